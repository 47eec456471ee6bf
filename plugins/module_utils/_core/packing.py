# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records as the data of a Swarm config object: JSON, compressed where it is long, in base64."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any, Mapping

# Engines before 1.47 take 500 KiB of config data; a raft transaction holds 1.5 MiB.
LARGEST = 480 * 1024
_WORTH_COMPRESSING = LARGEST // 8
# A record that says it is longer when inflated was not written by this collection.
_INFLATED = LARGEST * 64
# Seconds. No rollout has taken ten years.
_ENDLESS = 10 * 366 * 86400


def pack(record: Mapping[str, Any]) -> str:
    """The text for `Data`. Raises `ValueError` when it does not fit."""
    data = json.dumps(record, separators=(",", ":"), sort_keys=True).encode("utf-8")
    if len(data) > _WORTH_COMPRESSING:
        data = zlib.compress(data, 9)
    if len(data) > LARGEST:
        raise ValueError("it has %d KiB, a record holds %d" % (len(data) // 1024, LARGEST // 1024))
    return base64.b64encode(data).decode("ascii")


def unpack(data: Any, version: int) -> dict[str, Any] | None:
    """The record; None for what is none of this `format`, or cannot be read: anybody may have written it."""
    if not isinstance(data, str):
        return None
    try:
        content = base64.b64decode(data, validate=True)
        if not content.startswith(b"{"):
            inflater = zlib.decompressobj()
            content = inflater.decompress(content, _INFLATED)
            if not inflater.eof:
                # Cut off, perhaps just before its checksum, or longer than anything that was packed here.
                return None
        record = json.loads(content, parse_constant=_no_constant)
    except (ValueError, zlib.error, RecursionError):
        return None
    return record if isinstance(record, dict) and record.get("format") == version else None


def _no_constant(name: str) -> None:
    """NaN and the infinities are no JSON, although Python reads them."""
    raise ValueError(name)


def seconds(text: Any) -> float | None:
    """A label that holds a number of seconds; None for anything else."""
    try:
        found = float(text)
    except (TypeError, ValueError):
        return None
    return found if 0 <= found < _ENDLESS else None


def index_of(raw: Mapping[str, Any]) -> int:
    """The version index of an object, 0 where it has none."""
    version = raw.get("Version")
    index = version.get("Index") if isinstance(version, Mapping) else 0
    return index if isinstance(index, int) else 0


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def texts_by_name(value: Any) -> dict[str, str]:
    """The texts of a JSON object by their names; what is no text is left out."""
    return {str(name): text for name, text in mapping(value).items() if isinstance(text, str) and text}
