# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tiny service label that says which revision a specification is, and whether it still is that one.

`swarm.rollout.revision: "7.3f9a0c1d2b4e"`: the number, and a fingerprint of the specification in canonical
form. A change by other hands leaves the label but not the fingerprint, so drift is seen without any call.
`"7.3f9a0c1d2b4e.back"` is a rollback under way: its update configuration is still that of the way back.
`"8.77ab019e0d22.step"` is a progressive rollout under way; a second label says where it stands (see `steps`).
"""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Mapping

from ..cluster import JsonObject
from ..spec import canonical
from ..units import digits_of

REVISION_LABEL = "swarm.rollout.revision"
_LENGTH = 12
PROGRESS_LABEL = "swarm.rollout.progress"
_BACK = "back"
_STEP = "step"


@dataclass(frozen=True)
class Marker:
    """Which revision a specification says it is.

    `returning`: its update configuration is that of the way back, and its own has still to be put back.
    `stepping`: a progressive rollout to it is under way.
    """

    number: int
    digits: str
    spec: JsonObject = field(repr=False)
    returning: bool = False
    stepping: bool = False

    @cached_property
    def intact(self) -> bool:
        """Whether the specification still is what was written then; reckoned when somebody asks."""
        return self.digits == fingerprint(self.spec)


def fingerprint(spec: JsonObject) -> str:
    """Twelve hexadecimal digits of a service's name and its specification's meaning; the label does not count."""
    text = json.dumps([spec.get("Name"), canonical(spec)], sort_keys=True, default=list, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_LENGTH]


def marked(spec: JsonObject, number: int, *, returning: bool = False, progress: str = "") -> dict[str, Any]:
    """A copy of the specification that carries the number and its fingerprint, and `progress` where it is stepping."""
    found = copy.deepcopy(dict(spec))
    labels = dict(found.get("Labels") or {})
    labels.pop(PROGRESS_LABEL, None)
    sign = "." + _STEP if progress else "." + _BACK if returning else ""
    labels[REVISION_LABEL] = "%d.%s%s" % (number, fingerprint(spec), sign)
    if progress:
        labels[PROGRESS_LABEL] = progress
    found["Labels"] = labels
    return found


def read(spec: JsonObject) -> Marker | None:
    """The marker of a specification; None where there is none that can be read."""
    text, dot, digits = text_of(spec).partition(".")
    number = digits_of(text)
    if not dot or not number:
        return None
    digits, dot, sign = digits.partition(".")
    return Marker(number, digits, spec, sign == _BACK, sign == _STEP)


def text_of(spec: JsonObject) -> str:
    """The label as it stands, empty where there is none: equal texts are equal revisions, at no cost."""
    labels = spec.get("Labels")
    return str(labels.get(REVISION_LABEL) or "") if isinstance(labels, Mapping) else ""
