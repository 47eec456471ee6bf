# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of a release: what was written is read, and what others wrote is never a traceback."""

from __future__ import annotations

import base64
import random
import string
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core import history, lock, release
from ansible_collections.swarm.rollout.plugins.module_utils._core.packing import pack
from ansible_collections.swarm.rollout.plugins.module_utils._core.release import Composition, Member

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
SPECS = st.none() | st.dictionaries(st.text(max_size=8), JSON, max_size=4)


def _named(name: str, member: Member) -> Member:
    before, after = ({**one, "Name": name} if one is not None else None for one in (member.before, member.after))
    return replace(member, before=before, after=after)


NAMES = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=63)
TEXTS = st.text(max_size=30)
MARKS = st.text(string.hexdigits + ".", min_size=1, max_size=20)
MEMBERS = st.dictionaries(
    NAMES, st.builds(Member, SPECS, SPECS, st.lists(NAMES, max_size=3).map(tuple)), max_size=4
).map(lambda found: {name: _named(name, member) for name, member in found.items()})
COMPOSITIONS = st.builds(
    Composition,
    release=NAMES,
    number=st.integers(1, 10**6),
    members=MEMBERS,
    waves=st.lists(st.lists(NAMES, max_size=3).map(tuple), max_size=3).map(tuple),
    unlisted=st.lists(NAMES, max_size=3).map(tuple),
    point=NAMES | st.just(""),
    created_at=TEXTS,
    cause=TEXTS,
    actor=st.dictionaries(TEXTS, TEXTS, max_size=3),
    restores=st.none() | st.integers(1, 10**6),
    outcome=st.sampled_from(["pending", "completed", "rolled_back", "frozen"]),
    reason=TEXTS,
    back=st.booleans(),
    duration=st.none() | st.integers(0, 10**6).map(lambda number: number / 1000),
    pinned=st.booleans(),
    revisions=st.dictionaries(NAMES, MARKS, max_size=3),
)
KEYS = ["format", "release", "number", "services", "order", "waves", "unlisted", "point", "actor", "restores"]
GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, "after", "before", "depends_on", "web"]), inner, max_size=5)
    ),
)


def stored(one: Composition, version: int = 5) -> dict[str, Any]:
    return {"ID": "c1", "Version": {"Index": version}, "Spec": release.encode(one)}


def shop(number: int = 3, **more: Any) -> Composition:
    return Composition("shop", number, {"web": Member({"Name": "web"}, {"Name": "web", "x": 1})}, **more)


@given(COMPOSITIONS)
def test_what_was_written_is_read(one: Composition) -> None:
    again = release.decode(stored(one))
    assert again == replace(one, object_id="c1", version=5)
    assert list(again.members) == list(one.members), "the order is that of the task"


@pytest.mark.parametrize("text", [{}, {"Name": "api"}])
def test_a_service_without_a_name_or_with_anothers_is_no_record(text: dict[str, Any]) -> None:
    assert release.decode(stored(Composition("shop", 3, {"web": Member({"Name": "web"}, text)}))) is None


@given(COMPOSITIONS)
def test_release_and_number_are_told_without_reading_the_data(one: Composition) -> None:
    raw = stored(one)
    raw["Spec"].pop("Data")
    assert (release.release_of(raw), release.number_of(raw)) == (one.release, one.number)


def test_a_member_that_does_not_change_is_stored_once() -> None:
    large = {"Name": "web", "text": "".join(random.Random(1).choices(string.ascii_letters, k=5000))}
    same = release.encode(Composition("shop", 1, {"web": Member(large, large)}))
    assert len(base64.b64decode(same["Data"])) < 6000
    again = release.decode({"Spec": same})
    assert again is not None
    assert again.members["web"] == Member(large, large)


@given(GARBAGE | st.binary(max_size=50).map(lambda data: {"Spec": {"Data": base64.b64encode(data).decode()}}))
def test_what_is_no_record_is_none(raw: Any) -> None:
    assert release.decode(raw) is None
    assert release.number_of(raw) == 0
    assert release.release_of(raw) == ""


@pytest.mark.parametrize("member", [5, "web", [], {"after": 5}, {"after": {"Mode": []}}, {"before": {"Name": 1}}])
def test_a_record_whose_services_cannot_be_read_is_none(member: Any) -> None:
    data = pack({"format": 1, "release": "shop", "number": 1, "services": {"web": member}})
    assert release.decode({"Spec": {"Data": data}}) is None


@given(st.dictionaries(st.sampled_from(KEYS), GARBAGE), st.dictionaries(st.text(max_size=5), GARBAGE))
def test_nothing_inside_of_a_record_is_trusted(content: dict[str, Any], labels: dict[str, Any]) -> None:
    data = pack({**content, "format": 1, "release": "shop", "number": 1, "services": {"web": {}}})
    marks = {**labels, "swarm.rollout.release.duration": "x", "swarm.rollout.release.revisions": "a b=1 =2"}
    found = release.decode({"Spec": {"Data": data, "Labels": marks}, "Version": content})
    assert found is not None
    assert (found.release, found.number, list(found.members), found.duration) == ("shop", 1, ["web"], None)
    assert all(isinstance(name, str) for wave in found.waves for name in wave)
    assert release.encode(found)


@given(st.integers(0, 2000))
def test_a_truncated_record_is_none(cut: int) -> None:
    for one in (shop(), shop(cause="the same again " * 10_000)):
        raw = stored(one)
        data = raw["Spec"]["Data"]
        raw["Spec"]["Data"] = data[: min(cut, len(data) - 1)]
        assert release.decode(raw) is None


@pytest.mark.parametrize("number", [0, -1, "1", None, 1.5])
def test_a_number_that_is_none_makes_no_record(number: Any) -> None:
    from ansible_collections.swarm.rollout.plugins.module_utils._core.packing import pack

    data = pack({"format": 1, "release": "shop", "number": number, "services": {}})
    assert release.decode({"Spec": {"Data": data}}) is None


def test_a_record_of_a_revision_is_none_of_a_release() -> None:
    revision = history.encode(history.Revision("web", 1, {"Name": "web"}))
    assert release.decode({"Spec": revision}) is None
    assert history.decode({"Spec": release.encode(shop())}) is None


def test_labels_say_what_became_known() -> None:
    plain = release.labels(shop())
    assert plain == {
        "swarm.rollout.release": "shop",
        "swarm.rollout.release.number": "3",
        "swarm.rollout.release.outcome": "pending",
    }
    known = release.labels(
        shop(outcome="completed", reason="x" * 900, back=True, duration=1.5, pinned=True, revisions={"a": "1.f"})
    )
    assert len(known["swarm.rollout.release.reason"]) == 500
    assert known["swarm.rollout.release.duration"] == "1.500"
    assert known["swarm.rollout.release.revisions"] == "a=1.f"
    assert (known["swarm.rollout.release.back"], known["swarm.rollout.release.pinned"]) == ("true", "true")


def test_no_label_that_lists_revisions_or_locks() -> None:
    found = release.labels(shop())
    assert history.SERVICE_LABEL not in found
    assert lock.LOCK_LABEL not in found


@given(NAMES, NAMES, st.integers(1, 10**6), st.integers(1, 10**6))
def test_no_two_kinds_of_objects_share_a_name(one: str, other: str, number: int, second: int) -> None:
    mine = release.object_name(one, number)
    assert len(mine) <= 64
    assert len(lock.object_name(lock.release_key(one))) <= 64
    theirs = {
        history.object_name(other, second),
        lock.object_name(other),
        lock.object_name(lock.release_key(other)),
        lock.object_name(lock.release_key(one)),
    }
    assert mine not in theirs
    assert lock.object_name(lock.release_key(one)) not in {lock.object_name(other), history.object_name(other, second)}
    if (one, number) != (other, second):
        assert mine != release.object_name(other, second)


def test_long_names_that_begin_alike_are_told_apart() -> None:
    first, second = "a" * 62 + "1", "a" * 62 + "2"
    assert release.object_name(first, 1) != release.object_name(second, 1)
    assert len(release.object_name(first, 10**6)) <= 64


def test_one_that_does_not_fit_is_refused() -> None:
    noise = "".join(random.Random(1).choices(string.hexdigits, k=1_500_000))
    with pytest.raises(ValueError, match="KiB"):
        release.encode(Composition("shop", 1, {"web": Member(None, {"Name": noise})}))


@pytest.mark.parametrize(
    ("outcome", "good", "stands", "is_open"),
    [
        ("pending", False, True, True),
        ("completed", True, True, False),
        ("frozen", False, True, True),
        ("failed", False, True, False),
        ("superseded", False, True, False),
        ("rollback_failed", False, True, False),
        ("rolled_back", False, False, False),
        ("abandoned", False, False, False),
    ],
)
def test_what_an_outcome_means(outcome: str, good: bool, stands: bool, is_open: bool) -> None:
    one = shop(outcome=outcome)
    assert (one.good, one.stands, one.open) == (good, stands, is_open)


def test_who_belongs_to_a_release() -> None:
    members = {
        "gone": Member({"Name": "gone"}, None),
        "web": Member(None, {"Name": "web"}),
        "nothing": Member(None, None),
    }
    one = Composition("shop", 1, members, unlisted=("old", "web"), outcome="completed")
    assert one.present == ("web",)
    assert one.belonging == ("web", "old")
    assert replace(one, outcome="pending").belonging == ("web", "old", "gone"), "nobody knows whether it has gone"


@pytest.mark.parametrize(
    ("before", "after", "job"),
    [
        (None, {"Mode": {"ReplicatedJob": {}}}, True),
        ({"Mode": {"GlobalJob": {}}}, None, True),
        ({"Mode": {"Replicated": {}}}, {"Mode": {"Global": {}}}, False),
        (None, None, False),
    ],
)
def test_a_job_is_one_now_or_before(before: Any, after: Any, job: bool) -> None:
    assert Member(before, after).job is job
