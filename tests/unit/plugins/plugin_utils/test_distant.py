# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading what a module on another host tells, beside the connection that waits for it."""

from __future__ import annotations

import re
import threading
import time
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import Line

distant = pytest.importorskip("ansible_collections.swarm.rollout.plugins.plugin_utils.distant")
live = pytest.importorskip("ansible_collections.swarm.rollout.plugins.plugin_utils.live")

PATH = "/var/tmp/.swarm rollout"


class Become:
    """What becomes another user; it keeps the state of a command."""


class Connection:
    def __init__(self, become: Any = None) -> None:
        self.become = become

    def set_become_plugin(self, become: Any) -> None:
        self.become = become


class Host:
    """A host with one file. It hangs while `holds` is not set, and fails with `fault`."""

    def __init__(self) -> None:
        self.file: list[str] | None = None
        self.fault: Exception | None = None
        self.noise = ""
        self.holds: threading.Event | None = None


class Action:
    """A task on that host; `asked` are the commands, with the connections that they came over."""

    def __init__(self, become: Any = None) -> None:
        self._connection = Connection(become)
        self.asked: list[tuple[str, Any]] = []
        self.host = Host()

    def _low_level_execute_command(self, command: str) -> dict[str, Any]:
        self.asked.append((command, self._connection))
        if self.host.holds is not None:
            self.host.holds.wait(10)
        if self.host.fault is not None:
            raise self.host.fault
        if self.host.file is None:
            return {"rc": 1, "stdout": "", "stderr": "tail: cannot open"}
        start = re.match(r"tail -n \+(\d+) '(.*)'$", command)
        assert start, command
        assert start[2] == PATH
        return {"rc": 0, "stdout": self.host.noise + "".join(self.host.file[int(start[1]) - 1 :])}

    def get_shell_option(self, option: str, default: Any = None) -> Any:
        return {"system_tmpdirs": ["/srv/tmp/", "/tmp"]}.get(option, default)


class Run:
    """A reader at work, with its pauses cut short."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, action: Action) -> None:
        for name in ("FIRST", "EVERY"):
            monkeypatch.setattr(distant, name, 0.01)
        monkeypatch.setattr(distant, "_SHARE", 1)
        self.shown: list[str] = []
        self.action = action
        self.reader = distant.Reader(action, PATH, live.Speaker(self.shown.append))

    def until(self, condition: Any) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline
            threading.Event().wait(0.005)

    @property
    def looks(self) -> int:
        return len(self.action.asked)


def packed(number: int) -> str:
    return Line("vote", "vote: %d of 5 updated" % number).packed(number) + "\n"


def test_a_file_that_comes_and_grows_is_read_from_where_it_was_left(monkeypatch: pytest.MonkeyPatch) -> None:
    action = Action()
    run = Run(monkeypatch, action)
    run.reader.start()
    run.until(lambda: run.looks >= 2)
    assert run.shown == []
    action.host.file = [packed(1), packed(2)]
    run.until(lambda: len(run.shown) == 2)
    action.host.noise = "Welcome to manager1\n"
    action.host.file = [*action.host.file, packed(3), packed(4)[:20]]
    run.until(lambda: len(run.shown) == 3)
    looks = run.looks
    run.until(lambda: run.looks > looks + 1)
    assert run.action.asked[-1][0].startswith("tail -n +4 ")
    action.host.file = [*action.host.file[:3], packed(4)]
    run.until(lambda: len(run.shown) == 4)
    run.reader.stop()
    assert run.shown == ["vote: %d of 5 updated" % number for number in (1, 2, 3, 4)]


def test_it_uses_a_connection_and_a_way_to_become_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    action = Action(Become())
    run = Run(monkeypatch, action)
    run.reader.start()
    run.until(lambda: run.looks >= 2)
    run.reader.stop()
    (used,) = {id(connection): connection for _command, connection in action.asked}.values()
    assert used is not action._connection
    assert isinstance(used.become, Become)
    assert used.become is not action._connection.become


def test_a_module_that_ends_at_once_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    action = Action()
    run = Run(monkeypatch, action)
    monkeypatch.setattr(distant, "FIRST", 60.0)
    run.reader.start()
    begun = time.monotonic()
    run.reader.stop()
    assert run.looks == 0
    assert time.monotonic() - begun < 5


def test_a_look_under_way_is_hardly_waited_for_and_says_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    action = Action()
    action.host.holds = threading.Event()
    action.host.file = [packed(1)]
    run = Run(monkeypatch, action)
    run.reader.start()
    run.until(lambda: run.looks == 1)
    begun = time.monotonic()
    run.reader.stop()
    assert time.monotonic() - begun < 5
    action.host.holds.set()
    run.reader._thread.join(10)
    assert (run.shown, run.reader._thread.is_alive()) == ([], False)


def test_a_connection_that_fails_again_and_again_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    action = Action()
    action.host.fault = OSError("no route")
    run = Run(monkeypatch, action)
    run.reader.start()
    run.reader._thread.join(10)
    assert run.looks == 3
    run.reader.stop()


def test_removing_fails_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    action = Action()
    action.host.fault = OSError("no route")
    Run(monkeypatch, action).reader.remove()
    assert action.asked[0][0] == "rm -f '%s'" % PATH


def test_nobody_can_guess_the_name() -> None:
    names = {distant.random_path(Action()) for _name in range(100)}
    assert len(names) == 100
    assert all(re.fullmatch(r"/srv/tmp/\.swarm-rollout-[0-9a-f]{32}", name) for name in names)
