# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Docker Engine first spoke which version of the API."""

from __future__ import annotations

_FIRST = {
    (1, 40): "19.03",
    (1, 41): "20.10",
    (1, 42): "23.0",
    (1, 43): "24.0",
    (1, 44): "25.0",
    (1, 45): "26.0",
    (1, 46): "27.0",
    (1, 47): "27.2",
    (1, 48): "28.0",
    (1, 49): "28.1",
    (1, 50): "28.2",
    (1, 51): "28.3",
    (1, 52): "29.0",
}


def engine_of(version: tuple[int, int]) -> str | None:
    """The Engine that brought this version of the API; None for what is older or newer than what is known here."""
    return _FIRST.get(version)


def shown(version: tuple[int, int]) -> str:
    """The version, with the Engine that users know it by."""
    engine = engine_of(version)
    number = "%d.%d" % version
    return "%s (Docker Engine %s)" % (number, engine) if engine else number
