# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rollback restores: which revision, and the specification that is laid over the service for it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any, Mapping, Sequence

from ..cluster import JsonObject, mode_of
from ..errors import OptionError
from ..spec import Networks, differences
from .choice import numbered, with_image
from .marker import read
from .revision import Revision


@dataclass(frozen=True)
class Aim:
    """What the user asked for: a number, an image, or (neither) what was good before."""

    number: int | None = None
    image: str | None = None
    keep_replicas: bool = True


def choose(revisions: Sequence[Revision], current: JsonObject, aim: Aim) -> Revision | None:
    """The revision to go back to; None where nothing that was good differs from what is there.

    Going back skips revisions that would change nothing: after scaling, the one before the scale is
    the same release. Raises `OptionError` for a number or an image that is not recorded.
    """
    if aim.number is not None:
        return numbered(revisions, aim.number)
    if aim.image is not None:
        return with_image(revisions, aim.image)
    for candidate in sorted(_before(revisions, current), key=lambda revision: -revision.number):
        if not candidate.good or mode_of(candidate.spec) != mode_of(current):
            continue
        restored = restoration(candidate.spec, current, keep_replicas=aim.keep_replicas)
        if differences(current, restored):
            return candidate
    return None


def names_of(revisions: Sequence[Revision]) -> dict[str, str]:
    """The names of networks by ID, of all that the revisions tell of."""
    return {found: name for revision in revisions for found, name in revision.networks.items()}


def brought_up(revisions: Sequence[Revision], networks: Networks) -> list[Revision]:
    """The revisions as they would be restored today: attached to the present networks of the same names."""
    return [replace(one, spec=networks.brought_up(one.spec)) for one in revisions]


def _before(revisions: Sequence[Revision], current: JsonObject) -> list[Revision]:
    """The revisions before the one in force. A rollback's revision stands for the one it restored."""
    marker = read(current)
    if marker is None or not marker.intact:
        # Changed by other hands: everything recorded came before.
        return list(revisions)
    known = {revision.number: revision for revision in revisions}
    number, seen = marker.number, set()
    while number not in seen and number in known and known[number].restores is not None:
        seen.add(number)
        number = known[number].restores or number
    return [revision for revision in revisions if revision.number < number]


def restoration(target: JsonObject, current: JsonObject, *, keep_replicas: bool) -> dict[str, Any]:
    """The specification that going back to `target` writes: its own, with the present number of replicas.

    The counter of forced updates stays as it is: it is no setting, and what differs only there is the
    same release. Raises `OptionError` when the mode differs, which Swarm cannot change in place.
    """
    if mode_of(target) != mode_of(current):
        raise OptionError(
            "to",
            mode_of(target),
            "the service runs as %s by now and Swarm cannot change a mode in place; declare the service with "
            "swarm_service and allow_recreate: true" % mode_of(current),
        )
    restored = copy.deepcopy(dict(target))
    if keep_replicas and mode_of(current) == "replicated":
        restored["Mode"] = copy.deepcopy(current.get("Mode") or {})
    template = dict(restored.get("TaskTemplate") or {})
    template["ForceUpdate"] = (current.get("TaskTemplate") or {}).get("ForceUpdate") or 0
    return {**restored, "TaskTemplate": template}


def with_own_config(spec: JsonObject, recorded: JsonObject) -> dict[str, Any]:
    """A copy of a specification that travels, with the update configuration that its revision recorded."""
    found = copy.deepcopy(dict(spec))
    if recorded.get("UpdateConfig"):
        found["UpdateConfig"] = copy.deepcopy(recorded["UpdateConfig"])
    else:
        found.pop("UpdateConfig", None)
    return found


def moving(restored: JsonObject, rollback_config: Mapping[str, Any] | None) -> dict[str, Any]:
    """The restored specification as it travels: its rollback configuration is the update configuration.

    Swarm offers its own rollback only for its one previous specification; any other travels as an
    update. A rollback configuration has no rollback of its own, so the way back ends paused at worst.
    Jobs know no updates.
    """
    travelling = copy.deepcopy(dict(restored))
    if mode_of(restored).endswith("-job"):
        return travelling
    config = dict(rollback_config or restored.get("RollbackConfig") or {})
    if config.get("FailureAction") == "rollback":
        config["FailureAction"] = "pause"
    if config:
        travelling["UpdateConfig"] = config
    else:
        travelling.pop("UpdateConfig", None)
    return travelling
