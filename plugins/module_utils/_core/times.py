# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Instants as the Engine writes them, read into seconds."""

from __future__ import annotations

import re
from datetime import datetime, timezone

_RFC3339 = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$")


def instant(text: str) -> float | None:
    """Seconds since the epoch of an RFC 3339 text with up to nanoseconds; None where it is none.

    The Engine writes Go's zero time (year 1) for "never": None as well.
    """
    match = _RFC3339.match(text)
    if match is None:
        return None
    base, fraction, zone = match.groups()
    try:
        moment = datetime.fromisoformat(base + ("+00:00" if zone == "Z" else zone))
    except ValueError:
        return None
    if moment.year < 1971:
        return None
    return moment.timestamp() + float(fraction or 0)


def written(seconds: float) -> str:
    """The instant as RFC 3339 text in UTC with milliseconds, as results show it."""
    moment = datetime.fromtimestamp(seconds, tz=timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (moment.microsecond // 1000)


def spoken(seconds: float) -> str:
    """A span as people say it: its two largest units."""
    whole = int(max(seconds, 0))
    parts: list[str] = []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, whole = divmod(whole, size)
        if count or (unit == "s" and not parts):
            parts.append("%d %s" % (count, unit))
    return " ".join(parts[:2])
