# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the controller shows of a module's lines, and how it listens to one that runs here."""

from __future__ import annotations

import os
from typing import Any, Callable

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import END, NOTE, Line

live = pytest.importorskip("ansible_collections.swarm.rollout.plugins.plugin_utils.live")


class Terminal:
    """What is shown, and a clock that is moved by hand."""

    def __init__(self, host: str = "localhost") -> None:
        self.shown: list[str] = []
        self.now = 100.0
        self.number = 0
        self.speaker = live.Speaker(self.shown.append, host, lambda: self.now)

    def tell(self, text: str, subject: str = "vote", **more: Any) -> None:
        self.number += 1
        self.speaker.hear(Line(subject, text, **more).packed(self.number))

    def later(self, seconds: float) -> None:
        for _second in range(int(seconds)):
            self.now += 1.0
            self.speaker.beat()


@pytest.mark.parametrize(
    ("host", "shown"), [("localhost", "vote: 1"), ("", "vote: 1"), ("manager1", "[manager1] vote: 1")]
)
def test_another_host_is_named(host: str, shown: str) -> None:
    terminal = Terminal(host)
    terminal.tell("vote: 1")
    assert terminal.shown == [shown]


def test_the_last_state_is_shown_again_when_nothing_comes() -> None:
    terminal = Terminal()
    terminal.later(60)
    assert terminal.shown == [], "before the first line there is nothing to repeat"
    terminal.tell("vote: 1 of 5 updated")
    terminal.later(14)
    terminal.tell("vote: task vote.2 failed", kind=NOTE)
    terminal.later(31)
    assert terminal.shown == [
        "vote: 1 of 5 updated",
        "vote: task vote.2 failed",
        "vote: 1 of 5 updated (for 29 s)",
        "vote: 1 of 5 updated (for 44 s)",
    ]


def test_a_watch_goes_on_between_two_lines() -> None:
    terminal = Terminal()
    terminal.tell("vote: 5 of 5 updated", doing="verifying", done=2.0, need=60.0)
    terminal.later(16)
    assert terminal.shown[-1] == "vote: 5 of 5 updated, verifying 17 s of 60 s"


def test_of_several_services_one_that_is_under_way_is_repeated() -> None:
    terminal = Terminal()
    terminal.tell("shop: api: 1 of 3", "api")
    terminal.tell("shop: web: 1 of 2", "web")
    terminal.tell("shop: web: completed", "web", kind=END)
    terminal.later(16)
    assert terminal.shown[-1] == "shop: api: 1 of 3 (for 15 s)"
    terminal.tell("shop: api: completed", "api", kind=END)
    terminal.later(60)
    assert terminal.shown[-1] == "shop: api: completed"


def test_what_was_heard_before_and_what_is_no_line_is_passed_over() -> None:
    terminal = Terminal()
    terminal.tell("vote: 1")
    terminal.speaker.hear(Line("vote", "vote: 1").packed(1))
    terminal.speaker.hear("Last login: yesterday")
    assert terminal.shown == ["vote: 1"]


def test_what_comes_from_another_host_does_not_steer_the_terminal() -> None:
    terminal = Terminal()
    terminal.tell("vote: \x1b[2Jgone\nfatal: [localhost]: FAILED!\x07")
    assert terminal.shown == ["vote:  [2Jgone fatal: [localhost]: FAILED! "]


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        ({"msg": "vote: completed"}, ["vote: completed"]),
        ({"msg": "no", "failed": True}, []),
        ({}, []),
        ({"msg": 7}, []),
    ],
)
def test_a_good_end_is_told_where_something_was_told(result: dict[str, Any], shown: list[str]) -> None:
    terminal = Terminal()
    terminal.tell("vote: 1")
    terminal.speaker.silence()
    terminal.speaker.conclude(result)
    assert terminal.shown[1:] == shown
    unchanged = Terminal()
    unchanged.speaker.conclude(result)
    assert unchanged.shown == []


def test_once_it_is_silenced_nothing_more_is_shown() -> None:
    terminal = Terminal()
    terminal.tell("vote: 1")
    terminal.speaker.silence()
    terminal.tell("vote: 2")
    terminal.later(60)
    assert terminal.shown == ["vote: 1"]


def test_a_display_that_fails_is_no_reason_to_fail() -> None:
    tried = []

    def broken(text: str) -> None:
        tried.append(text)
        raise OSError(text)

    speaker = live.Speaker(broken)
    speaker.hear(Line("vote", "vote: 1").packed(1))
    speaker.conclude({"msg": "done"})
    assert tried == ["vote: 1", "done"]


def heard_from(work: Callable[[int], None]) -> tuple[int, list[str]]:
    """The status of a process that does this with the writing end, and what was shown of it."""
    terminal = Terminal()
    ear = live.Ear(terminal.speaker)
    pid = os.fork()
    if pid == 0:
        try:
            work(ear.write)
        finally:
            os._exit(7)
    try:
        status = ear.listen(pid)
    finally:
        ear.close()
    return os.waitstatus_to_exitcode(status), terminal.shown


def test_lines_come_however_they_are_cut_and_the_status_with_the_end() -> None:
    def work(end: int) -> None:
        data = b"".join(Line("vote", "vote: %d" % number).packed(number).encode() + b"\n" for number in (1, 2, 3))
        for place in range(0, len(data), 50):
            os.write(end, data[place : place + 50])

    assert heard_from(work) == (7, ["vote: 1", "vote: 2", "vote: 3"])


def test_a_line_may_come_in_parts() -> None:
    terminal = Terminal()
    ear = live.Ear(terminal.speaker)
    for byte in (Line("vote", "vote: 1").packed(1) + "\n").encode():
        assert terminal.shown == []
        ear._take(bytes([byte]))
    ear.close()
    assert terminal.shown == ["vote: 1"]


def test_a_process_that_says_nothing() -> None:
    assert heard_from(lambda end: None) == (7, [])


def test_one_that_outlives_the_module_with_the_pipe_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_LOOK", 0.05)
    read, write = os.pipe()

    def work(end: int) -> None:
        child = os.fork()
        if child == 0:
            os.close(write)
            os.read(read, 1)
            os._exit(0)

    status, _shown = heard_from(work)
    os.close(write)
    os.close(read)
    assert status == 7
