# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users hand in, taken apart: texts, booleans, numbers, lists, names with values.

Whatever comes from a task, an AWX survey (flat texts) or a Compose file goes through here. What cannot
be used ends as an OptionError that names the option, the value and what to write instead.
"""

from __future__ import annotations

import csv
import json
import re
from typing import Any, Iterable, Mapping, NoReturn, Sequence

from ..errors import OptionError

_TRUE = frozenset(("yes", "y", "true", "t", "on", "1"))
_FALSE = frozenset(("no", "n", "false", "f", "off", "0"))


def refuse(option: str, value: Any, advice: str) -> NoReturn:
    """Raise the error that a user sees: the option, the value, what to write instead."""
    raise OptionError(option, value, advice) from None


def text_of(value: Any, option: str) -> str:
    """Text from text or a whole number; what YAML may have mangled (true, 1.10) is refused."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    # What a dict or list holds is not repeated: beside a flag it may be a secret whatever its names are.
    told = type(value).__name__ if isinstance(value, (Mapping, list, tuple)) else value
    refuse(option, told, "write text, in quotes where YAML would read it as something else")


IN_QUOTES = 'put it in quotes, as "%s" or as "%d": without them YAML makes the same number of both'


def of_two_equal(number: Any) -> str:
    """`22:22` for 1342: what YAML reads as that number where two equal parts below 60 stand; empty for others."""
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < 60 * 61 or number % 61:
        return ""
    return "%d:%d" % (number // 61, number // 61)


# Words in the names of settings that YAML reads as other numbers without quotes: 022 as 18, 22:30 as 1350.
_OCTAL_NAMES = frozenset(("mode", "umask", "mask", "chmod", "perm", "perms", "permission", "permissions"))
_CLOCK_NAMES = frozenset(("at", "clock", "schedule"))
# These count seconds as well, which are whole minutes then.
_TIME_NAMES = frozenset(("time", "times", "hour", "hours"))
_PAIR_NAMES = frozenset(("port", "ports", "publish", "listen", "bind", "user"))
_NAME_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def doubtful_numbers(pairs: Mapping[Any, Any], option: str) -> tuple[str, ...]:
    """A sentence for each number without quotes that YAML may have made of another text, judged by its name.

    The number itself is not repeated: it may be a secret.
    """
    found = []
    for name, value in pairs.items():
        if isinstance(value, bool) or not isinstance(value, int):
            continue
        words = {word.lower() for word in _NAME_WORD.findall(str(name))}
        example = ""
        if words & _OCTAL_NAMES and value > 7:
            example = "18 of 022"
        elif 60 <= value < 24 * 60 * 60 and (words & _CLOCK_NAMES or (words & _TIME_NAMES and value % 60)):
            example = "1350 of 22:30"
        elif words & _PAIR_NAMES and of_two_equal(value):
            example = "1342 of 22:22"
        if example:
            found.append(
                "%s.%s: the number is taken as its digits; if something else stands there, put it in quotes, since "
                "YAML makes %s" % (option, name, example)
            )
    return tuple(found)


def flag_of(value: Any, option: str) -> bool:
    """A boolean from a boolean, 0, 1, or the words that YAML and Ansible know."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, (int, str)) else ""
    if word not in _TRUE and word not in _FALSE:
        refuse(option, value, "write true or false")
    return word in _TRUE


def whole_number(value: Any) -> int | None:
    """The whole number that a value or its text stands for, or None."""
    if isinstance(value, bool) or not isinstance(value, (int, str, float)):
        return None
    try:
        number = int(value) if not isinstance(value, float) else int(value) if value == int(value) else None
    except (ValueError, OverflowError):
        return None
    return number


def items_of(value: Any, option: str) -> Sequence[Any]:
    """The items of a list, or of a text with commas (as AWX surveys hand lists in)."""
    value = unpacked(value)
    if isinstance(value, str):
        return [item.strip() for item in value.split(",")] if value.strip() else []
    if not isinstance(value, (list, tuple)):
        refuse(option, value, "write a list")
    return value


def unpacked(value: Any) -> Any:
    """What a text holds that is JSON of a list or an object; anything else as it is.

    Ansible cuts a text at its commas where it wants a list, JSON included: such a list is put together again.
    """
    text = ",".join(value) if _texts(value) else value
    if isinstance(text, str) and text.strip()[:1] in ("{", "["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return value
    return value


def rejoined(value: Any, known: Iterable[str]) -> Any:
    """One short text of `name=value,name=value` that Ansible has cut at its commas, put together again.

    Its parts all have known names, in any letter case; in a list of such texts the first name comes back.
    """
    if not _texts(value) or any("," in part for part in value):
        return value
    names = [part.partition("=")[0].strip().lower() for part in value]
    if names.count(names[0]) > 1 or not set(names) <= set(known):
        return value
    return ",".join(value)


def _texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(item, str) for item in value)


def pairs_of(value: Any, option: str) -> Iterable[tuple[str, Any]]:
    """Names and values of a dict, of a list of `name=value`, or of that list as one text."""
    value = unpacked(value)
    if isinstance(value, Mapping):
        return [(text_of(name, option), item) for name, item in value.items()]
    found = []
    for item in items_of(value, option):
        name, _equals, text = text_of(item, option).partition("=")
        found.append((name.strip(), text))
    if not all(name for name, _text in found):
        refuse(option, value, "write a dict, or a list of name=value")
    return found


def unique(items: Iterable[Any]) -> list[Any]:
    """The items without repetitions, in their order."""
    found: list[Any] = []
    for item in items:
        if item not in found:
            found.append(item)
    return found


def lowered(value: Any) -> Any:
    """A text in small letters; anything else as it is."""
    return value.lower() if isinstance(value, str) else value


def fields_of(text: str, where: str) -> dict[str, Any]:
    """`a=1,b=2,c` as a dict (`c` is true); a field with a comma stands in double quotes, as in CSV.

    Names may have any letter case, as the CLI has them. One given several times collects its values in a list.
    """
    found: dict[str, Any] = {}
    try:
        cells = next(csv.reader([text]), [])
    except csv.Error:
        refuse(where, text, "write name=value, separated by commas, in one line")
    for cell in cells:
        name, equals, value = cell.strip().partition("=")
        name = name.lower()
        if not name:
            refuse(where, text, "write name=value, separated by commas")
        given: Any = value if equals else True
        if name in found:
            known = found[name] if isinstance(found[name], list) else [found[name]]
            given = [*known, given]
        found[name] = given
    return found
