# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which services other releases list, and what that keeps a release from."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.release import Claim, Composition, Member, claims

HAS = Member(None, {"Name": "worker"})
LEFT = Member({"Name": "worker"}, None)
NEVER = Member(None, None)


def release(name: str, second: int | None, member: Member | None = HAS, **more: Any) -> Composition:
    """A release that was recorded in that second and has one service, `worker`."""
    stamp = "" if second is None else "2026-11-27T01:45:%02d.5Z" % second
    members = {"worker": member} if member is not None else {}
    return Composition(name, 1, members, **{"outcome": "completed", "stored_at": stamp, **more})


SHOP, JOBS = release("shop", 2), release("jobs", 3)


@pytest.mark.parametrize(
    ("in_force", "found"),
    [
        ([], None),
        ([SHOP], None),
        ([JOBS], Claim("jobs", last=True)),
        ([SHOP, JOBS], Claim("jobs", last=True)),
        ([release("shop", 4), JOBS], Claim("jobs", last=False)),
        # Who does not list it any more has no say, however late.
        ([release("shop", 4, None, unlisted=("worker",)), JOBS], Claim("jobs", last=True)),
        ([SHOP, release("jobs", 3, None, unlisted=("worker",))], None),
        # While nobody knows how far a removal came, it is listed.
        ([SHOP, release("jobs", 3, LEFT)], None),
        ([SHOP, release("jobs", 3, LEFT, outcome="pending")], Claim("jobs", last=True)),
        ([SHOP, release("jobs", 3, LEFT, outcome="frozen")], Claim("jobs", last=True)),
        ([SHOP, release("jobs", 3, NEVER, outcome="pending")], None),
        # Where nobody can say who was last, it is left alone.
        ([SHOP, release("jobs", 2)], Claim("jobs", last=True)),
        ([release("shop", None), JOBS], Claim("jobs", last=True)),
        ([release("shop", None), release("jobs", None)], Claim("jobs", last=True)),
        # Of several others it is the last.
        ([release("shop", 4), release("wiki", 1), JOBS], Claim("jobs", last=False)),
        ([JOBS, SHOP, release("wiki", 5)], Claim("wiki", last=True)),
    ],
)
def test_a_service_belongs_to_the_release_that_listed_it_last(in_force: list[Composition], found: Claim | None) -> None:
    assert claims("shop", in_force).get("worker") == found


@pytest.mark.parametrize(
    ("last", "removal", "barred"), [(True, True, True), (True, False, True), (False, True, True), (False, False, False)]
)
def test_what_two_list_is_removed_by_neither(last: bool, removal: bool, barred: bool) -> None:
    assert Claim("jobs", last).bars(removal=removal) is barred
