# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One line as it travels from the module to the controller, and as people read it there."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

# The environment variable of a task in which the controller names where the module is to write its lines:
# `fd:NUMBER`, a descriptor that is open already, or `file:PATH`, a file to make and to remove.
VARIABLE = "SWARM_ROLLOUT_PROGRESS"

# How things are until something else is told of the same subject; something that happened; the subject's end.
STATE, NOTE, END = "state", "note", "end"
_KINDS = (STATE, NOTE, END)


@dataclass(frozen=True)
class Line:
    """`subject` is the service whose state it is. `doing` goes on for `need` seconds, of which `done` are over."""

    subject: str
    text: str
    kind: str = STATE
    doing: str = ""
    done: float = 0.0
    need: float = 0.0

    def shown(self, later: float = 0.0) -> str:
        """The line so many seconds after it was told."""
        if self.doing:
            done = min(self.done + later, self.need)
            return "%s, %s %d s of %d s" % (self.text, self.doing, int(done), math.ceil(self.need))
        return "%s (for %d s)" % (self.text, int(later)) if later >= 1.0 else self.text

    def packed(self, number: int) -> str:
        """One line of ASCII; `number` counts those of a task from 1."""
        return json.dumps({"n": number, **asdict(self)})

    @staticmethod
    def unpacked(raw: str) -> tuple[int, Line] | None:
        """The number and the line; None for anything else, as the noise of a login shell."""
        try:
            data: Any = json.loads(raw)
            number, line = data.pop("n"), Line(**data)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
        texts = (line.subject, line.text, line.doing)
        fits = isinstance(number, int) and all(isinstance(text, str) for text in texts) and line.kind in _KINDS
        return (number, line) if fits and all(map(_is_time, (line.done, line.need))) else None


def _is_time(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)
