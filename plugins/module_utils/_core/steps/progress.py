# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service label that says where a progressive rollout stands.

`swarm.rollout.progress: "stable=7 at=2 steps=1,25%,100%"`: the revision that an abort puts back, the step
that the specification was last written for, and the steps. It is written in the same request that moves
the tasks, so it is true whatever happens to the controller. It cannot be written alone: every write of a
service in the middle of its steps moves as many tasks again as the last step did (observed on 26.1).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..cluster import JsonObject
from ..errors import OptionError
from ..history.marker import PROGRESS_LABEL
from ..history.marker import read as read_marker
from .schedule import Schedule


@dataclass(frozen=True)
class Progress:
    """`stable` is the number of the revision to put back on an abort, `at` the number of the step, from 1."""

    stable: int
    at: int
    schedule: Schedule

    @property
    def label(self) -> str:
        """The text of the label."""
        return "stable=%d at=%d steps=%s" % (self.stable, self.at, self.schedule.text)


def read(spec: JsonObject) -> Progress | None:
    """What the label of a specification says; None where there is none that can be read."""
    labels = spec.get("Labels")
    text = labels.get(PROGRESS_LABEL) if isinstance(labels, dict) else None
    if not isinstance(text, str):
        return None
    found = dict(part.partition("=")[::2] for part in text.split())
    try:
        schedule = Schedule.parse(found["steps"].split(","))
        progress = Progress(int(found["stable"]), int(found["at"]), schedule)
    except (KeyError, ValueError, OptionError):
        return None
    return progress if progress.stable > 0 and 0 < progress.at <= len(schedule.steps) else None


def stepping(spec: JsonObject) -> bool:
    """Whether a progressive rollout of the service is under way. Others may have written meanwhile."""
    marker = read_marker(spec)
    return marker is not None and marker.stepping and read(spec) is not None
