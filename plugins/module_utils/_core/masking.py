# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must not appear in results, diffs, logs and reports, and how it is hidden.

Swarm keeps secrets out of a spec only when people use its secrets; many put passwords into the
environment, into arguments or into URLs. Names decide: a value is hidden when its name looks secret.
"""

from __future__ import annotations

import json
import re
import shlex
from contextlib import suppress
from typing import Any, Mapping, Sequence

MASK = "********"
# What is nested deeper than any option is hidden whole, and not searched.
_DEEPEST = 50


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Whole words of a name that say "secret", and fragments that say it wherever they stand.
_WORDS = _set_of(
    "key keys pass pwd pw auth authorization bearer jwt cookie salt pat cred creds passcode otp webhook sas"
)
# Words that end so, as in DBPASS and AUTHKEY; some do that have another meaning.
_ENDING = re.compile(r"(?:pass|keys?|creds?|pwd)$")
_HARMLESS = _set_of(
    """
    bypass compass encompass overpass surpass trespass underpass donkey hockey hotkey hotkeys jockey monkey monkeys
    turkey turnkey valkey whiskey
    """
)
_FRAGMENTS = re.compile(r"passw|passphrase|secret|token|credential|api_?key|access_?key|private_?key", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# The lookbehinds let a search begin once in a word: texts are other people's, and may be long.
_URL = re.compile(r"(?P<head>(?<![A-Za-z0-9+.-])[A-Za-z0-9+.-]+://[^\s/:@?#]*:)(?P<password>[^\s/]+)(?=@)")
_ASSIGNMENT = re.compile(r"(?P<head>-{0,2}(?P<name>[A-Za-z][A-Za-z0-9_.-]*)=)(?P<value>.+)", re.DOTALL)
# Settings inside one text, as in connection strings and mount options: only names that leave no doubt. Two equals
# signs compare, as in constraints.
_INSIDE = re.compile(
    r"(?P<head>(?<![\w-])(?:(?=[\w-]*(?:passw|passphrase|secret|token|(?:api|access|account|private)_?key))[\w-]+|pwd|sig)"
    r"=)(?P<value>[^\s,;&=][^\s,;&]*)",
    re.IGNORECASE,
)
# The same in what programs print, where a colon does as well, as in JSON and in headers.
_PRINTED = re.compile(
    r"(?P<head>(?<![\w-])(?=[\w-]*(?:passw|passphrase|secret|token|(?:api|access|private)[_-]?key|authorization))[\w-]+"
    r"[\"']?\s?:\s?[\"']?(?:(?:Basic|Bearer|Token)\s)?)(?P<value>[^\s\"',;&{}\[\]]+)",
    re.IGNORECASE,
)
# Names with values anywhere in a text, as in a dict that is written as text, whoever is to read it. Two equals signs
# compare, and a colon before slashes belongs to a URL.
_NAMED = re.compile(r"(?<![\w.-])(?P<name>[A-Za-z][\w.-]*)[\"']?\s*(?::(?!//)|=(?!=))\s*(?P<value>[^\s=]\S*)")
# Nothing in it can be taken apart; and from which length that would take seconds.
_PLAIN = re.compile(r"[\w./+-]*")
_LONGEST = 10_000
_BRACKETS = " \t\r\n\"'[]{}"
_FLAG = re.compile(r"--?(?P<name>[A-Za-z][A-Za-z0-9_.-]*)")


def looks_secret(name: str) -> bool:
    """Whether a variable, option or label of this name is likely to hold a secret."""
    if _FRAGMENTS.search(name):
        return True
    words = [word.lower() for word in _WORD.findall(name)]
    return any(word in _WORDS or (_ENDING.search(word) and word not in _HARMLESS) for word in words)


def is_secret(name: str, value: str) -> bool:
    """Whether the value has to be hidden: its name looks secret, and it is no path to a file.

    Images read `DB_PASSWORD_FILE=/run/secrets/db`; the path is worth seeing and gives nothing away.
    """
    if not value or not looks_secret(name):
        return False
    return not (value.startswith("/") and re.search(r"(file|path|dir)$", name, re.IGNORECASE))


def mask_text(text: str) -> str:
    """The text with hidden passwords of URLs (`scheme://user:password@host`) and of `password=…` in it."""
    if "://" in text:
        text = _URL.sub(lambda match: match.group("head") + MASK, text)
    return _INSIDE.sub(lambda match: match.group("head") + MASK, text) if "=" in text else text


def mask_printed(text: str) -> str:
    """A line that a program printed, with what `mask_text` hides, and with `password: …` and the like hidden."""
    text = mask_text(text)
    return _PRINTED.sub(lambda match: match.group("head") + MASK, text) if ":" in text else text


def mask_value(name: str, value: str) -> str:
    """The value as it may be shown beside its name."""
    return MASK if is_secret(name, value) else mask_text(value)


def mask_pairs(pairs: Mapping[str, str | None]) -> dict[str, str | None]:
    """Names and values with every secret one hidden."""
    return {name: value if value is None else mask_value(name, value) for name, value in pairs.items()}


def mask_words(words: Sequence[str]) -> list[str]:
    """A command line with `--password=…`, `--password …`, `TOKEN=…` and URL passwords hidden."""
    shown: list[str] = []
    hide_next = False
    for word in words:
        flag = _FLAG.fullmatch(word)
        if hide_next and flag is None:
            shown.append(MASK)
            hide_next = False
            continue
        assignment = _ASSIGNMENT.fullmatch(word)
        if assignment and is_secret(assignment.group("name"), assignment.group("value")):
            shown.append(assignment.group("head") + MASK)
        else:
            shown.append(mask_text(word))
        hide_next = flag is not None and looks_secret(flag.group("name"))
    return shown


def hidden(name: str, value: Any) -> Any:
    """Any JSON value as it may be shown beside its name."""
    if isinstance(value, str):
        return mask_value(name.rpartition(".")[2], value)
    if isinstance(value, Mapping):
        return {key: hidden(str(key), item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        texts = all(isinstance(item, str) for item in value)
        return mask_words(value) if texts else [hidden(name, item) for item in value]
    return value


def readings(text: str) -> list[Any]:
    """What an option may take a text for besides itself: JSON, or parts between commas and words of a command line.

    A text that is too long to be taken apart by hand has none of the latter.
    """
    if text.lstrip()[:1] in ("{", "["):
        with suppress(ValueError, RecursionError):
            return [json.loads(text)]
    if len(text) > _LONGEST:
        return []
    found: list[Any] = []
    if "," in text:
        # As of a list or dict that was meant for YAML and came as text.
        found.append([part.strip(_BRACKETS) for part in text.split(",")])
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    return found if words in ([], [text]) else [*found, words]


def masked(value: Any, name: str = "", deepest: int = _DEEPEST) -> Any:
    """The value of an option that may hold secrets, in any form that it may be given in, as it may be seen.

    All below a name that looks secret is hidden. A text that can be read as more than itself is hidden whole when
    any reading of it holds a secret, and so is one that is too long to be read.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return MASK if is_secret(name, value) else _masked_text(value, deepest)
    if isinstance(value, (int, float)):
        return MASK if looks_secret(name) else value
    if deepest == 0:
        return MASK
    if isinstance(value, Mapping):
        return {
            mask_text(str(key)): masked(item, name if looks_secret(name) else str(key), deepest - 1)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        words = _words(value)
        return [
            shown if shown != word else masked(item, name, deepest - 1)
            for item, word, shown in zip(value, words, mask_words(words))
        ]
    return MASK


def _masked_text(text: str, deepest: int) -> str:
    if _PLAIN.fullmatch(text):
        return text
    if len(text) > _LONGEST or deepest == 0:
        return MASK
    shown = mask_words([text])[0]
    for match in _NAMED.finditer(shown):
        if is_secret(match.group("name"), match.group("value")) and not match.group("value").startswith(MASK):
            return MASK
    return MASK if any(masked(found, "", deepest - 1) != found for found in readings(shown)) else shown


def _words(items: Sequence[Any]) -> list[str]:
    """The items as words of a command line; where a dict or a list stands is a word that says nothing."""
    return [str(item) if isinstance(item, (str, int, float)) else "x" for item in items]


def secrets_of_text(text: str) -> frozenset[str]:
    """The passwords of URLs and of settings in a text."""
    inside = [*_URL.finditer(text), *_INSIDE.finditer(text)]
    found = {match.groupdict().get("password") or match.groupdict().get("value") for match in inside}
    return frozenset(one for one in found if one)


def secrets_in(value: Any, name: str = "", deepest: int = _DEEPEST) -> frozenset[str]:
    """The texts that would be hidden in any value, passwords inside URLs and settings included.

    A number below a secret name is one too, and so is all that stands below it. A text is searched in each of its
    readings.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return frozenset((str(value),)) if looks_secret(name) else frozenset()
    if isinstance(value, str):
        if is_secret(name, value):
            return secrets_of_text(value) | {value}
        alone = secrets_of_text(value) | _secrets_of_words([value])
        if _PLAIN.fullmatch(value) or deepest == 0:
            return alone
        return alone.union(*(secrets_in(found, "", deepest - 1) for found in readings(value)))
    if deepest == 0:
        return frozenset()
    if isinstance(value, Mapping):
        inner = ((name if looks_secret(name) else str(key), item) for key, item in value.items())
        return frozenset().union(*(secrets_in(item, key, deepest - 1) for key, item in inner))
    if isinstance(value, (list, tuple)):
        return _secrets_of_words(_words(value)).union(*(secrets_in(item, name, deepest - 1) for item in value))
    return frozenset()


def _secrets_of_words(words: Sequence[str]) -> frozenset[str]:
    pairs = list(zip(words, mask_words(words)))
    whole = {word for word, shown in pairs if shown == MASK}
    parts = {word.partition("=")[2] for word, shown in pairs if shown != word and shown.partition("=")[2] == MASK}
    return frozenset((whole | parts) - {""})
