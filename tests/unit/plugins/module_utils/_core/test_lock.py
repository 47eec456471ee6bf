# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a lock's object says, and what is made of objects that others wrote."""

from __future__ import annotations

import base64
import string
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core import lock
from ansible_collections.swarm.rollout.plugins.module_utils._core.history import object_name as record_name
from ansible_collections.swarm.rollout.plugins.module_utils._core.lock import Held, Process, decode, describe, encode

SINCE = "2026-11-24T10:02:11.250Z"
# The moment of SINCE in seconds.
BEGUN = 1_795_514_531.25
HELD = Held("anna@deploy1", "release 1.2", SINCE, BEGUN + 60, "token", asked="", object_id="c1", version=7)
NAMES = st.text(string.ascii_lowercase + string.digits + "-_", min_size=1, max_size=63)
LINES = st.text(string.ascii_letters + string.digits + "@:.-é", min_size=1, max_size=40)
WORDS = st.text(string.ascii_letters + string.digits + "-:[]", min_size=1, max_size=20)
KEYS = ["ID", "Version", "Index", "Spec", "Labels", *("swarm.rollout.lock" + end for end in (".expires", ".token"))]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.dictionaries(st.sampled_from(KEYS), inner),
)


def stored(service: str, held: Held, version: int = 7) -> dict[str, Any]:
    return {"ID": "c1", "Version": {"Index": version}, "Spec": encode(service, held)}


@given(
    NAMES,
    st.builds(
        Held,
        owner=LINES,
        reason=LINES,
        since=st.just(SINCE),
        expires=st.integers(0, 4_000_000_000_000).map(lambda number: number / 1000),
        token=WORDS,
        process=st.none() | st.builds(Process, WORDS, WORDS, WORDS, st.integers(1, 9999), st.integers(0)),
        asked=LINES,
        lease=st.floats(0.01, 1e6),
        beat=st.integers(0),
    ),
)
def test_what_was_written_is_read(service: str, held: Held) -> None:
    assert decode(stored(service, held)) == replace(held, object_id="c1", version=7)


@given(ANYTHING)
def test_anything_can_be_read_and_described(raw: Any) -> None:
    held = decode(raw)
    assert describe(held, BEGUN)
    assert decode(stored("web", held)).token == held.token


@pytest.mark.parametrize("label", ["expires", "lease", "beat", "process"])
@pytest.mark.parametrize("value", ["", "soon", "-1", "nan", "inf", "1e300", "a b c d e", "a b c 1 -2"])
def test_labels_that_others_wrote_over(label: str, value: str) -> None:
    raw = stored("web", HELD)
    raw["Spec"]["Labels"]["swarm.rollout.lock." + label] = value
    held = decode(raw)
    assert held.token == "token"
    assert (held.lease, held.process) == (60.0, None)
    assert held.expires in (0.0, HELD.expires)


def test_a_free_lock_has_only_its_name() -> None:
    spec = encode("web", Held(owner="left over", asked="left over"))
    assert spec["Labels"] == {"swarm.rollout.lock": "web"}
    assert decode(stored("web", Held())).free
    assert base64.b64decode(spec["Data"])


def test_it_is_not_listed_among_the_revisions() -> None:
    assert "swarm.rollout.service" not in encode("web", HELD)["Labels"]


@given(NAMES, NAMES)
def test_each_service_has_a_name_of_its_own(one: str, other: str) -> None:
    assert len(lock.object_name(one)) <= 64
    assert (lock.object_name(one) == lock.object_name(other)) == (one == other)
    assert lock.object_name(one) != record_name(other, 1)


def test_names_are_the_same_for_ever() -> None:
    assert lock.object_name("web") == "swarm-rollout.web.lock"
    assert record_name("web", 12) == "swarm-rollout.web.r12"
    assert lock.object_name("a" * 63) == "swarm-rollout.%s-7d3e74a05d.lock" % ("a" * 34)


def test_who_holds_it() -> None:
    said = 'held by anna@deploy1 since 2026-11-24 10:02:11 UTC for "release 1.2"'
    assert describe(HELD, BEGUN) == said
    assert describe(replace(HELD, reason=""), BEGUN) == said.partition(" for")[0]
    assert describe(HELD, BEGUN + 120) == said + ", not renewed since its lease ended 1 min ago"
    assert describe(replace(HELD, asked="ben@laptop: abort"), BEGUN) == said + ' (left for it: "ben@laptop: abort")'
    assert describe(Held(), BEGUN) == "free"


def test_secrets_in_a_reason_are_not_kept() -> None:
    held = replace(HELD, reason="pull from https://ben:hunter2@example.org/", asked="x\ny" * 500)
    labels = lock.labels("web", held)
    assert "hunter2" not in str(labels) + describe(held, BEGUN)
    assert all(len(value) <= 200 and "\n" not in value for value in labels.values())


def test_a_holder_is_silent_after_a_lease_without_renewal() -> None:
    sight = lock.seen(None, HELD, 10.0)
    sight = lock.seen(sight, replace(HELD, asked="ben@laptop: abort", version=8), 40.0)
    assert not sight.silent(HELD, 69.9)
    assert sight.silent(HELD, 70.0)
    assert not sight.renewed


def test_a_renewal_or_another_holder_begins_anew() -> None:
    first = lock.seen(None, HELD, 10.0)
    renewed = lock.seen(first, replace(HELD, beat=1), 50.0)
    assert renewed.renewed
    assert not renewed.silent(HELD, 109.9)
    other = lock.seen(renewed, replace(HELD, token="other", beat=1), 60.0)
    assert not other.renewed
    assert not other.silent(HELD, 119.9)
