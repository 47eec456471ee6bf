# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runbooks are given, read from values of any form: surveys send text, inventories send lists and dicts.

No sentence of an error repeats a value, since any of them may hold a secret.
"""

from __future__ import annotations

import os
from typing import Any, Iterable, Mapping, Sequence
from urllib.parse import urlsplit

import yaml

_TRUE = ("true", "yes", "on", "1", "y", "t")
_FALSE = ("false", "no", "off", "0", "n", "f")
_FORMATS = ("plain", "slack")
_OCCASIONS = ("success", "failure")
_KEYS = ("url", "format", "on", "headers")


class Unreadable(ValueError):
    """A value that is not what its name stands for; its text is a sentence for the user."""


def read(value: Any, kind: str, name: str) -> Any:
    """The value as `kind` (str, bool, int, list or dict); None where it is not given, as an empty text is.

    An empty list or dict that is not text stays what it is. Raises `Unreadable`.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return _READERS[kind](value, name)


def _text(value: Any, name: str) -> str:
    if isinstance(value, (Mapping, list, tuple)):
        raise Unreadable("%s: write a text, not a %s" % (name, _form(value)))
    return str(value).strip()


def _bool(value: Any, name: str) -> bool:
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise Unreadable("%s: write true or false" % name)


def _int(value: Any, name: str) -> int:
    try:
        return int(str(value).strip())
    except ValueError:
        raise Unreadable("%s: write a whole number" % name) from None


def _list(value: Any, name: str) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, Mapping):
        return [dict(value)]
    text = str(value).strip()
    found = _parsed(text, name, "a list, such as [1, 50%] or 1,50%")
    if isinstance(found, list):
        return found
    if isinstance(found, dict):
        return [found]
    return [part.strip() for part in text.split(",") if part.strip()]


def _dict(value: Any, name: str) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    what = "names and values, such as {replicas: 5}, as YAML or JSON"
    found = _parsed(str(value), name, what) if isinstance(value, str) else None
    if not isinstance(found, dict):
        raise Unreadable("%s: write %s" % (name, what))
    return found


_READERS = {"str": _text, "bool": _bool, "int": _int, "list": _list, "dict": _dict}


def _parsed(text: str, name: str, what: str) -> Any:
    """The YAML of a text; the text itself where it only looks like some and is none."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        if text[:1] not in "[{" and "\n" not in text:
            return text
        mark = getattr(error, "problem_mark", None)
        place = " (line %d, column %d)" % (mark.line + 1, mark.column + 1) if mark else ""
        raise Unreadable("%s: this is no YAML or JSON%s; write %s" % (name, place, what)) from None


def endpoints(value: Any, name: str) -> list[dict[str, Any]]:
    """Whom to tell: one dict each with `url`, `host` (which may be shown), `format`, `on` and `headers`."""
    found = []
    for place, given in enumerate(read(value, "list", name) or (), start=1):
        where = "%s, entry %d" % (name, place)
        entry = {"url": given} if isinstance(given, str) else given
        if not isinstance(entry, Mapping):
            raise Unreadable("%s: write a URL, or a dict with url, format, on and headers" % where)
        # Unquoted, YAML takes the word "on" for true.
        found.append(_endpoint({"on" if key is True else str(key): one for key, one in entry.items()}, where))
    return found


def _endpoint(entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    unknown = sorted(set(entry) - set(_KEYS))
    if unknown:
        raise Unreadable("%s: there is no %s; it has %s" % (where, unknown[0], ", ".join(_KEYS)))
    url = str(entry.get("url") or "").strip()
    host = _host(url)
    if not host:
        raise Unreadable("%s: url has to begin with http:// or https:// and name a host" % where)
    chosen = str(entry.get("format") or _FORMATS[0])
    if chosen not in _FORMATS:
        raise Unreadable("%s: format is one of %s" % (where, ", ".join(_FORMATS)))
    occasions = read(entry.get("on"), "list", where + ", on")
    wanted = list(_OCCASIONS) if occasions is None else [str(one) for one in occasions]
    if not wanted or set(wanted) - set(_OCCASIONS):
        raise Unreadable("%s: on takes %s" % (where, " and ".join(_OCCASIONS)))
    headers = read(entry.get("headers"), "dict", where + ", headers") or {}
    return {
        "url": url,
        "host": host,
        "format": chosen,
        "on": wanted,
        "headers": {str(key): str(one) for key, one in headers.items()},
    }


def _host(url: str) -> str:
    """The host of an address, without anything in it that may be secret; empty where there is none."""
    try:
        parts = urlsplit(url)
        # A port that is no number is an error as well.
        return (parts.hostname or "") if parts.scheme in ("http", "https") and parts.port != 0 else ""
    except ValueError:
        return ""


def hook_files(value: Any, name: str, known: Sequence[str], folders: Iterable[str]) -> dict[str, list[str]]:
    """The absolute path of each hook's file, a list since `[]` stands for none. Raises `Unreadable`."""
    found: dict[str, list[str]] = {hook: [] for hook in known}
    places = [os.path.abspath(folder) for folder in folders if folder]
    for hook, path in (read(value, "dict", name) or {}).items():
        if hook not in found:
            raise Unreadable("%s: there is no hook %s; there are %s" % (name, hook, ", ".join(known)))
        text = read(path, "str", "%s, %s" % (name, hook))
        if text is None:
            continue
        candidates = [os.path.join(folder, os.path.expanduser(text)) for folder in places]
        existing = [one for one in candidates if os.path.isfile(one)]
        if not existing:
            tried = ", ".join(dict.fromkeys(candidates))
            raise Unreadable("%s: the file of %s does not exist, nothing was changed; tried %s" % (name, hook, tried))
        found[hook] = [existing[0]]
    return found


def _form(value: Any) -> str:
    return "dict" if isinstance(value, Mapping) else "list"
