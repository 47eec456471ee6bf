# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A line on its way from the module to the controller."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import END, NOTE, STATE, Line

seconds = st.floats(0, 1e6)
lines = st.builds(Line, st.text(), st.text(), st.sampled_from([STATE, NOTE, END]), st.text(), seconds, seconds)


@given(lines, st.integers(1, 10**6))
def test_what_is_packed_is_one_line_of_ascii_and_comes_out_again(line: Line, number: int) -> None:
    packed = line.packed(number)
    assert packed.isascii()
    assert packed.splitlines() == [packed]
    assert Line.unpacked(packed) == (number, line)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "Last login: Mon Nov 23 08:00:00",
        "{",
        "[]",
        "7",
        "null",
        '"text"',
        "{}",
        '{"n": 1}',
        '{"n": 1, "subject": "vote", "text": "0 of 5", "color": "red"}',
        '{"n": "1", "subject": "vote", "text": "0 of 5"}',
        '{"n": 1, "subject": "vote", "text": 5}',
        '{"n": 1, "subject": null, "text": "0 of 5"}',
        '{"n": 1, "subject": "vote", "text": "0 of 5", "kind": "shout"}',
        '{"n": 1, "subject": "vote", "text": "0 of 5", "done": "soon"}',
        '{"n": 1, "subject": "vote", "text": "0 of 5", "need": NaN}',
    ],
)
def test_anything_else_is_no_line(raw: str) -> None:
    assert Line.unpacked(raw) is None


@given(st.dictionaries(st.sampled_from(["n", "subject", "text", "kind", "doing", "done", "need"]), st.integers()))
def test_nothing_that_a_host_sends_is_an_error(data: dict[str, Any]) -> None:
    found = Line.unpacked(json.dumps(data))
    assert found is None or found[1].shown(5.0)


@pytest.mark.parametrize(
    ("later", "shown"),
    [(0.0, "vote: 1 of 5 updated, verifying 2 s of 10 s"), (5.0, "vote: 1 of 5 updated, verifying 7 s of 10 s")],
)
def test_what_takes_its_time_goes_on(later: float, shown: str) -> None:
    assert Line("vote", "vote: 1 of 5 updated", doing="verifying", done=2.4, need=9.2).shown(later) == shown


def test_what_takes_its_time_is_never_beyond_it() -> None:
    line = Line("vote", "vote: 5 of 5 updated", doing="verifying", done=2.0, need=10.0)
    assert line.shown(60.0).endswith("verifying 10 s of 10 s")


@pytest.mark.parametrize(("later", "shown"), [(0.4, "vote: 1 of 5 updated"), (30.2, "vote: 1 of 5 updated (for 30 s)")])
def test_a_state_says_how_long_it_lasts(later: float, shown: str) -> None:
    assert Line("vote", "vote: 1 of 5 updated").shown(later) == shown
