# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether Ansible can read the options at all, before it looks into them.

It takes for granted that options with sub-options are dicts, and that numbers end: `limits: 5` and `timeout: inf` end
in tracebacks of its own, `timeout: 1e999999999` takes all memory, and a text that is no dict leads to a sentence that
names no option. A list of three is a number to it (sign, digits and exponent, as Python's `Decimal` has them), or one
more traceback.
"""

from __future__ import annotations

from typing import Any, Mapping

from ansible.module_utils.common.validation import check_type_dict

from ._core.given import Unusable

# Of the numbers that Engines keep.
_LARGEST = 2.0**63
_Arguments = Mapping[str, Mapping[str, Any]]


def misshapen(arguments: _Arguments, given: Mapping[str, Any], above: str = "") -> Unusable | None:
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
    if argument.get("type") in ("int", "float"):
        if isinstance(value, (list, tuple)):
            return Unusable(option, "write a number, not %s" % _kind(value))
        if isinstance(value, (int, float, str)) and not _bearable(value):
            return Unusable(option, "write a number that 64 bits hold")
    return None


def _bearable(value: float | str) -> bool:
    """Whether it is no number, which Ansible says by itself, or one of a size that there is."""
    try:
        # Comparisons with what is no number are all false.
        return abs(float(value)) <= _LARGEST
    except OverflowError:
        return False
    except ValueError:
        return True


def _inside(inner: _Arguments, several: bool, value: Any, option: str) -> Unusable | None:
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
        deeper = misshapen(inner, found, option + ".")
        if deeper is not None:
            return deeper
    return None


def _kind(value: Any) -> str:
    """What a value is, without repeating it: it may be a secret."""
    for kinds, word in ((str, "a text"), ((bool, int, float), "a number or truth value"), ((list, tuple), "a list")):
        if isinstance(value, kinds):
            return word
    return "a dict" if isinstance(value, Mapping) else "nothing"
