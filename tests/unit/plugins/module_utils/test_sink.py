# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where lines are written: only where that is safe, and never so that a task fails or waits for it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import VARIABLE, Line
from ansible_collections.swarm.rollout.plugins.module_utils._sink import Sink

LINE = Line("vote", "vote: 1 of 5 updated")


def as_it_is(text: str) -> str:
    return text


def to_file(path: Path) -> Sink:
    return Sink("file:%s" % path, as_it_is)


def test_the_environment_names_it_once() -> None:
    environment = {VARIABLE: "fd:1", "HOME": "/root"}
    assert Sink.taken_from(environment, as_it_is) is not None
    assert environment == {"HOME": "/root"}
    assert Sink.taken_from(environment, as_it_is) is None


def test_a_file_is_made_with_the_first_line_and_gone_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    sink = to_file(path)
    assert not path.exists()
    sink.write(LINE)
    sink.write(Line("vote", "vote: 2 of 5 updated"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = path.read_text().splitlines()
    assert lines == [LINE.packed(1), Line("vote", "vote: 2 of 5 updated").packed(2)]
    sink.close()
    assert not path.exists()
    sink.write(LINE)
    assert not path.exists()
    sink.close()


def test_what_is_there_is_neither_written_nor_removed(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("precious")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "new")
    for path in (theirs, link):
        sink = to_file(path)
        sink.write(LINE)
        sink.close()
    assert theirs.read_text() == "precious"
    assert link.is_symlink()
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("target", ["file:/nowhere/at/all", "file:relative", "fd:x", "fd:999", "tcp:1", "", "file:"])
def test_a_place_that_is_none_is_no_reason_to_fail(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    sink = Sink(target, as_it_is)
    sink.write(LINE)
    assert list(tmp_path.iterdir()) == []
    sink.close()
    assert capfd.readouterr() == ("", "")


def test_a_pipe_that_nobody_reads_holds_nothing_up() -> None:
    read, write = os.pipe()
    sink = Sink("fd:%d" % write, as_it_is)
    for _line in range(2000):
        sink.write(Line("vote", "x" * 400))
    first = os.read(read, 65536).split(b"\n")[0]
    assert Line.unpacked(first.decode()) == (1, Line("vote", "x" * 400))
    os.close(read)
    sink.write(LINE)
    sink.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(write)


def test_what_must_not_be_seen_is_hidden_before_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    sink = Sink("file:%s" % path, lambda text: text.replace("hunter22", "********"))
    sink.write(Line("vote", "vote: the password hunter22 is wrong"))
    assert "hunter22" not in path.read_text()
    assert "********" in path.read_text()
    sink.close()
