# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the options are what they have to be, said before Ansible looks into them, and without their values.

Ansible repeats what is no number, no truth value or none of the choices, and that may be a secret in the wrong place;
of a dict in place of a text it makes a text. It takes for granted that options with sub-options are dicts, and that
numbers end: `limits: 5` and `timeout: inf` end in tracebacks of its own, `timeout: 1e999999999` takes all memory, and
a text that is no dict leads to a sentence that names no option. A list of three is a number to it (sign, digits and
exponent, as Python's `Decimal` has them), or one more traceback.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_dict,
    check_type_float,
    check_type_int,
)

from ._core.given import Unusable
from ._core.shown_options import Arguments, by_any_name

# Of the numbers that Engines keep.
_LARGEST = 2.0**63
_READERS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "int": (check_type_int, "a whole number"),
    "float": (check_type_float, "a number"),
    "bool": (check_type_bool, "true or false"),
}


def misshapen(arguments: Arguments, given: Mapping[str, Any], above: str = "") -> Unusable | None:
    """The error for the first option that cannot be what it is by `arguments`; None where all can."""
    for name, argument in arguments.items():
        for key in (name, *(argument.get("aliases") or ())):
            found = _problem(argument, given.get(key), above + key)
            if found is not None:
                return found
    return None


def _problem(argument: Mapping[str, Any], value: Any, option: str) -> Unusable | None:
    inner = argument.get("options")
    if inner is not None:
        return _inside(inner, argument["type"] == "list", value, option)
    if value is None:
        return None
    found = _wrong_kind(argument, value)
    if found is None and argument.get("type") in ("int", "float") and isinstance(value, (int, float, str)):
        # Before it is read: an endless one takes all memory.
        found = None if _bearable(value) else "write a number that 64 bits hold"
    found = found or _unreadable(argument, value)
    return None if found is None else Unusable(option, found)


def _wrong_kind(argument: Mapping[str, Any], value: Any) -> str | None:
    """What to write instead of a dict or list."""
    kind = argument.get("type", "str")
    if kind in ("int", "float") and isinstance(value, (list, tuple)):
        return "write a number, not %s" % _kind(value)
    if kind == "list" and isinstance(value, Mapping):
        return "write a list, with a dash in front of each entry, not a dict"
    items = value if isinstance(value, (list, tuple)) else ()
    for one, item in [(kind, value), *((argument.get("elements"), item) for item in items)]:
        if one in ("str", "path") and isinstance(item, (Mapping, list, tuple)):
            return "write a text, not %s" % _kind(item)
    return None


def _unreadable(argument: Mapping[str, Any], value: Any) -> str | None:
    """What to write instead of a value that Ansible would repeat."""
    if argument.get("type") in _READERS:
        read, what = _READERS[argument["type"]]
        try:
            read(value)
        except (TypeError, ValueError):
            return "write %s, not %s" % (what, _kind(value, "another text"))
    choices = argument.get("choices")
    if choices and value not in choices and _is_refused(argument, value):
        return "write one of %s, not %s" % (", ".join(choices), _kind(value, "another text"))
    return None


def _is_refused(argument: Mapping[str, Any], value: Any) -> bool:
    """Whether it is none of the choices for Ansible either, which knows what YAML makes of `yes` and `off`."""
    alone = {key: argument[key] for key in ("type", "choices")}
    return bool(ArgumentSpecValidator({"option": alone}).validate({"option": value}).errors.errors)


def _bearable(value: float | str) -> bool:
    """Whether it is no number, which Ansible says by itself, or one of a size that there is."""
    try:
        # Comparisons with what is no number are all false.
        return abs(float(value)) <= _LARGEST
    except OverflowError:
        return False
    except ValueError:
        return True


def _inside(inner: Arguments, several: bool, value: Any, option: str) -> Unusable | None:
    if value is None:
        return None
    if several and not isinstance(value, (list, tuple, str)):
        return Unusable(option, "write a list of dicts, not %s" % _kind(value))
    # A text is cut at its commas, as Ansible does.
    items = (value.split(",") if isinstance(value, str) else value) if several else [value]
    for item in items:
        try:
            found = item if isinstance(item, Mapping) else check_type_dict(item)
        except TypeError:
            words = "a list of dicts, each" if several else "a dict"
            return Unusable(option, "write %s with some of %s, not %s" % (words, ", ".join(inner), _kind(item)))
        if found is not item and not set(found) <= set(by_any_name(inner)):
            # What stands before an equals sign in a text may be a piece of a secret that holds commas or blanks.
            return Unusable(option, "write a dict with some of %s; this text holds something else" % ", ".join(inner))
        deeper = misshapen(inner, found, option + ".")
        if deeper is not None:
            return deeper
    return None


def _kind(value: Any, text: str = "a text") -> str:
    """What a value is, without repeating it: it may be a secret."""
    for kinds, word in ((str, text), ((bool, int, float), "a number or truth value"), ((list, tuple), "a list")):
        if isinstance(value, kinds):
            return word
    return "a dict" if isinstance(value, Mapping) else "nothing"
