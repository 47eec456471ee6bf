# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A dead process is told from a living one, and from one that cannot be seen."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.lock import Process
from ansible_collections.swarm.rollout.plugins.module_utils._engine import process
from ansible_collections.swarm.rollout.plugins.module_utils._engine.process import is_dead, this_process

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")


def me() -> Process:
    found = this_process()
    assert found is not None
    return found


def child() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


def of(pid: int) -> Process:
    stat = Path("/proc/%d/stat" % pid).read_text(encoding="utf-8")
    return replace(me(), pid=pid, started=int(stat.rpartition(")")[2].split()[19]))


def test_this_one_lives() -> None:
    assert me().pid == os.getpid()
    assert not is_dead(me(), me())


def test_a_child_lives_until_it_is_killed_even_if_nobody_reaps_it() -> None:
    with child() as running:
        other = of(running.pid)
        assert not is_dead(other, me())
        running.kill()
        os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOWAIT)
        assert is_dead(other, me())
    assert is_dead(other, me())


def test_the_same_number_is_not_the_same_process() -> None:
    assert is_dead(replace(me(), started=me().started - 1), me())


@pytest.mark.parametrize("different", [{"host": "elsewhere"}, {"boot": "before"}, {"namespace": "pid:[1]"}])
def test_of_other_machines_nothing_is_known(different: Any) -> None:
    gone = replace(me(), started=0)
    assert is_dead(gone, me())
    assert not is_dead(replace(gone, **different), me())
    assert not is_dead(gone, None)


def test_a_process_that_proc_hides_is_not_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden(pid: int) -> Any:
        raise FileNotFoundError

    this = me()
    monkeypatch.setattr(process, "_stat", hidden)
    assert not is_dead(replace(this, started=1), this)


@pytest.mark.parametrize("pid", [2**31 - 1, 10**30])
def test_numbers_that_no_process_has(pid: int) -> None:
    assert is_dead(replace(me(), pid=pid), me()) in (True, False)


def test_without_proc_there_is_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "readlink", lambda path: "1")
    assert this_process() is None
