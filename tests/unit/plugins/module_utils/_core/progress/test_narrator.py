# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is told and what is not: each thing once, and no secret."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.account import FAILURES_SHOWN
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.result import CheckResult
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Task
from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence import Patience, State, Waiting, goal
from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import END, NOTE, STATE, Line, Narrator
from ansible_collections.swarm.rollout.plugins.module_utils._core.progress.narrator import LONGEST

SPEC: dict[str, Any] = {"Name": "vote", "Mode": {"Replicated": {"Replicas": 5}}}
AIM = goal("update", SPEC, None, Patience(), started=0.0, wall=1e9)
START = State(progress_at=0.0, unsettled_at=0.0, desired=5)
SECRET = "correct-horse-battery"


class Heard:
    """Who listens, with a clock that is moved by hand."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.now = 0.0
        self.asked = 0
        self.voice = Narrator(self.lines.append, lambda: self.now)

    def nodes(self) -> dict[str, str]:
        self.asked += 1
        return {"n1": "node1"}

    def look(self, after: float = 5.0, **seen: Any) -> None:
        self.now += after
        self.voice.watch(AIM, replace(START, **seen), self.nodes)

    @property
    def texts(self) -> list[str]:
        return [line.shown() for line in self.lines]


def failed(number: int = 1, error: str = "task: non-zero exit (1)") -> Task:
    status = {"State": "failed", "Err": error}
    return Task.of({"ID": "task%d" % number, "Slot": number, "NodeID": "n1", "Status": status})


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_without_a_change_nothing_is_told_again(heard: Heard) -> None:
    for updated in (0, 0, 1, 1, 1, 2):
        heard.look(updated=updated)
    assert heard.texts == ["vote: %d of 5 updated" % number for number in (0, 1, 2)]


def test_the_seconds_of_a_watch_are_no_change(heard: Heard) -> None:
    for _look in range(4):
        heard.look(after=2.0, updated=5, settled_at=1.0, look_at=11.0)
    assert heard.texts == ["vote: 5 of 5 updated, verifying 1 s of 10 s"]


def test_numbers_are_not_told_several_times_a_second(heard: Heard) -> None:
    for updated in range(5):
        heard.look(after=0.4, updated=updated)
    assert heard.texts == ["vote: 0 of 5 updated", "vote: 3 of 5 updated"]
    heard.look(after=0.1, updated=4, waiting=Waiting("a task cannot be placed", None, unplaced=True))
    assert heard.texts[-1].endswith("a task cannot be placed"), "more than a number at once"


def test_each_failure_is_told_once_and_the_nodes_are_asked_for_once(heard: Heard) -> None:
    heard.look()
    assert heard.asked == 0
    heard.look(failures=(failed(1),))
    heard.look(failures=(failed(1), failed(2)))
    notes = [line.text for line in heard.lines if line.kind == NOTE]
    assert [text.partition(" failed")[0] for text in notes] == [
        "vote: task vote.1 (task1) on node node1",
        "vote: task vote.2 (task2) on node node1",
    ]
    assert heard.asked == 1
    assert heard.texts[-1] == "vote: 0 of 5 updated, 2 failed"


def test_a_crash_loop_does_not_drown_everything_else(heard: Heard) -> None:
    heard.look(failures=tuple(failed(number) for number in range(100)))
    assert sum(line.kind == NOTE for line in heard.lines) == FAILURES_SHOWN
    assert heard.texts[-1] == "vote: 0 of 5 updated, 100 failed"


def test_what_the_former_specification_fails_with_is_told_as_well(heard: Heard) -> None:
    heard.look(rolling_back=True, failures=(failed(1),), setbacks=(failed(2),))
    assert heard.texts[0].startswith("vote: task vote.1 ")
    assert heard.texts[1].startswith("vote: rolling back: task vote.2 ")
    assert heard.texts[2] == "vote: rolling back: 0 of 5 tasks, 2 failed"


def test_the_next_step_is_told_at_once(heard: Heard) -> None:
    heard.voice.move(step=(1, 2))
    heard.look(updated=1)
    heard.voice.move(step=(2, 2))
    heard.look(after=0.1, updated=1)
    assert heard.texts == ["vote: step 1/2: 1 of 5 updated", "vote: step 2/2: 1 of 5 updated"]


def test_others_of_a_release_speak_beside_it(heard: Heard) -> None:
    one = heard.voice.within(release="shop", wave=(1, 2))
    other = heard.voice.within(release="shop", wave=(1, 2))
    one.watch(AIM, START, heard.nodes)
    other.watch(AIM, START, heard.nodes)
    assert heard.texts == ["shop: wave 1/2: vote: 0 of 5 updated"] * 2
    one.ended("vote", "vote: completed in 3.0 s")
    assert heard.lines[-1] == Line("vote", "shop: wave 1/2: vote: completed in 3.0 s", END)


def test_what_concerns_the_whole_swarm_is_said_of_no_service(heard: Heard) -> None:
    heard.voice.within(release="shop").aside("the Swarm has no leader")
    assert heard.lines == [Line("", "the Swarm has no leader", NOTE)]


def test_checks_begin_and_end(heard: Heard) -> None:
    heard.voice.move(step=(1, 3))
    heard.voice.doing("vote", "check http")
    for status, text in (("passed", "all well"), ("failed", "98% < 99%"), ("inconclusive", "inconclusive: no answer")):
        heard.voice.checked("vote", CheckResult("http", "http", status, None, None, text))
    assert heard.texts == [
        "vote: step 1/3: check http",
        "vote: step 1/3: check http passed: all well",
        "vote: step 1/3: check http failed: 98% < 99%",
        "vote: step 1/3: check http: inconclusive: no answer",
    ]
    assert [line.kind for line in heard.lines] == [STATE, NOTE, NOTE, NOTE]


def test_going_back_says_why_and_goes_on_from_there(heard: Heard) -> None:
    heard.voice.move(step=(1, 3))
    heard.voice.going_back("vote", "step 1 of 3: check http failed")
    heard.look(updated=4)
    assert heard.texts == [
        "vote: rolling back: step 1 of 3: check http failed",
        "vote: rolling back: 4 of 5 tasks",
    ]


def test_where_nobody_listens_nobody_is_asked() -> None:
    silent = Narrator()
    assert not silent.heard
    assert not silent.within(release="shop").heard
    silent.doing("vote", "check http")
    silent.watch(AIM, START, dict)


def test_a_line_is_one_line_of_bearable_length(heard: Heard) -> None:
    heard.voice.note("vote", "first\nsecond\r\n\tthird")
    assert heard.texts[-1] == "vote: first second third"
    heard.voice.note("vote", "x" * 5000)
    assert len(heard.texts[-1]) == LONGEST


LEAKS = st.sampled_from(["postgres://u:%s@db/shop", "DB_PASSWORD=%s", "mysql: token=%s; retrying", "api_key=%s\n"])
STATES = st.builds(
    State,
    progress_at=st.just(0.0),
    unsettled_at=st.just(0.0),
    updated=st.integers(0, 3),
    desired=st.just(3),
    rolling_back=st.booleans(),
    waiting=st.none() | LEAKS.map(lambda text: Waiting(text % SECRET, None, unplaced=True)),
    failures=st.lists(st.builds(failed, st.integers(1, 4), LEAKS.map(lambda text: text % SECRET)), max_size=3).map(
        lambda tasks: tuple({task.id: task for task in tasks}.values())
    ),
)


@given(st.lists(st.tuples(STATES, st.floats(0.0, 10.0)), max_size=20))
def test_whatever_happens_only_changes_are_told_and_no_secret(looks: list[tuple[State, float]]) -> None:
    heard = Heard()
    for seen, after in looks:
        before = len(heard.lines)
        heard.now += after
        heard.voice.watch(AIM, seen, heard.nodes)
        count = len(heard.lines)
        heard.voice.watch(AIM, seen, heard.nodes)
        assert len(heard.lines) == count, "the same look again tells nothing"
        assert sum(line.kind == STATE for line in heard.lines[before:]) <= 1
    states = [line for line in heard.lines if line.kind == STATE]
    assert all((one.text, one.doing) != (other.text, other.doing) for one, other in zip(states, states[1:]))
    notes = [line.text for line in heard.lines if line.kind == NOTE]
    assert len({text.split(" (")[1].split(")")[0] for text in notes}) == len(notes)
    assert not any(SECRET in line.text or "\n" in line.text for line in heard.lines)
