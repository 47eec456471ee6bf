# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether what a module said is true, given where the cluster is, and what it showed meanwhile. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.faults import claims
from tests.faults.claims import Evidence

# What a module may say of how it ended, and where its services are then. A place may go on with a number of tasks.
ENDS: dict[str, tuple[str, ...]] = {
    "completed": ("declared",),
    "unchanged": ("declared",),
    "rolled_back": ("former", "absent"),
    "paused": ("mixed", "declared,"),
    "stalled": ("mixed", "declared", "former"),
    "timed_out": ("mixed", "declared", "former"),
    "failed": ("mixed", "declared,", "former,", "absent"),
    "rollback_failed": ("mixed", "former,", "declared,"),
    "superseded": ("theirs", "mixed", "declared", "former", "absent"),
    "frozen": ("mixed", "declared", "former", "absent"),
    # It was written, and what became of it could not be found out.
    "applied": ("mixed", "declared", "former"),
    # It could not find out, or nothing was begun: then `changed` has to be true to the cluster.
    "error": ("mixed", "declared", "former", "absent"),
}
# What is green, without a human having asked for anything else.
GREEN = ("completed", "unchanged")
NOTHING = ("former", "absent")


@dataclass(frozen=True)
class Told:
    """What a module said; `outcome` is `error` where it ended before any rollout."""

    outcome: str
    failed: bool
    changed: bool
    msg: str
    output: str = ""
    kind: str = ""

    @classmethod
    def of(cls, result: Mapping[str, Any], output: str) -> Told:
        """From a module's result."""
        told = result.get("release") or result.get("rollout") or {}
        return cls(
            str(told.get("outcome") or "error"),
            bool(result.get("failed")),
            bool(result.get("changed")),
            str(result.get("msg", "")),
            output,
            str(result.get("error_kind", "")),
        )


def is_in(where: str, allowed: tuple[str, ...]) -> bool:
    """Whether a place is one of those; one that ends with a comma is only meant with its number of tasks."""
    return any(where == one or (where.startswith(f"{one.rstrip(',')}, ")) for one in allowed)


def complete(where: str, allowed: tuple[str, ...]) -> bool:
    """The same, but with all tasks where the outcome says so."""
    return where in allowed


def said_well(told: Told) -> list[str]:
    """What is wrong with the words themselves."""
    found = []
    if "Traceback" in told.output or told.kind == "bug":
        found.append("there is a traceback")
    if told.failed != (told.outcome not in GREEN):
        found.append(f"outcome {told.outcome}, but failed is {told.failed}")
    if told.failed and not told.msg:
        found.append("it failed without a word")
    if "\n" in told.msg.strip():
        found.append("its message is more than a line")
    return found


def true_to(told: Told, places: Mapping[str, str], *, loose: bool = False, recovers: bool = False) -> list[str]:
    """What is not true of what was said. `places`: where each service is.

    `loose`: tasks go on failing and coming back after the verdict, so that only specifications count. `recovers`: what
    was given up may have come up by itself since.
    """
    found = said_well(told)
    # A release tells how far it got when it could not go on; what became of the rest it cannot know.
    cut_short = told.outcome == "failed" and told.kind not in ("", "rollout")
    allowed = ENDS.get("error" if cut_short else told.outcome)
    if allowed is None:
        return [*found, f"an outcome that nobody knows: {told.outcome}"]
    if told.outcome in ("failed", "rollback_failed") and (loose or recovers):
        allowed = (*allowed, "declared", "former")
    fits = complete if told.outcome in (*GREEN, "rolled_back") and not loose else is_in
    found += [
        f"it said {told.outcome}, and {name} is {where}" for name, where in places.items() if not fits(where, allowed)
    ]
    if not told.changed and told.outcome not in GREEN and any(where not in NOTHING for where in places.values()):
        found.append(f"it said that nothing was changed, and {dict(places)}")
    return found


def contradicted(result: Mapping[str, Any], evidence: Mapping[str, Evidence]) -> list[str]:
    """Every claim of a result that the cluster contradicts; `evidence` by the name of each service."""
    if "release" in result:
        return claims.of_release(result, evidence)
    (name,) = evidence
    return claims.of_service(result, name, evidence[name])
