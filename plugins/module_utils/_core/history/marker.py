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
from dataclasses import dataclass
from typing import Any, Mapping

from ..cluster import JsonObject
from ..spec import canonical

REVISION_LABEL = "swarm.rollout.revision"
_LENGTH = 12
PROGRESS_LABEL = "swarm.rollout.progress"
_BACK = "back"
_STEP = "step"


@dataclass(frozen=True)
class Marker:
    """Which revision a specification says it is; `intact`: it still is what was written then.

    `returning`: its update configuration is that of the way back, and its own has still to be put back.
    `stepping`: a progressive rollout to it is under way.
    """

    number: int
    intact: bool
    returning: bool = False
    stepping: bool = False


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
    labels = spec.get("Labels")
    text = labels.get(REVISION_LABEL) if isinstance(labels, Mapping) else None
    number, dot, digits = str(text or "").partition(".")
    if not dot or not number.isdigit() or int(number) < 1:
        return None
    digits, dot, sign = digits.partition(".")
    return Marker(int(number), digits == fingerprint(spec), sign == _BACK, sign == _STEP)
