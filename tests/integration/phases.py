# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two phases of the integration tests: those that run beside others, then those that need the Swarm alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

# Seconds of each test that is long, written by `python3 -m tests.suite --durations` from a whole run.
DURATIONS = Path(__file__).with_name("durations.json")
# What a test is taken to last that is not among them.
A_MOMENT = 1.0
# Most of them wait for the cluster nearly all the time.
AT_A_TIME = 8
# Tests that share what is dear to make (a fixture of their module or session), or objects with fixed names: all of such
# a folder or file run on one worker, one after the other.
ON_ONE_WORKER = (
    "awx/test_apply.py",
    "checks/test_prometheus.py",
    "checks/test_requests.py",
    "engine/test_connections.py",
    "engine/test_ssh.py",
    "report/test_browser.py",
    "spec/",
)
# Tests that run playbooks, which need the processor while others wait for a cluster.
PLAYBOOKS = (
    "awx/",
    "guides/",
    "outcomes/test_both_ways.py",
    "progress/",
    "report/test_reports.py",
    "runbooks/",
)


@dataclass(frozen=True)
class Phase:
    """A name, which tests belong to it, and whether they run side by side."""

    name: str
    marker: str
    beside: bool

    def arguments(self, workers: int = AT_A_TIME) -> list[str]:
        """What pytest is given. Whoever is free takes the next test, see `scope`."""
        spread = ["-n", str(workers), "--dist", "loadscope", "--no-loadscope-reorder"]
        return ["-m", self.marker, *(spread if self.beside and workers > 1 else [])]


BESIDE = Phase("beside", "not alone", beside=True)
PHASES = (BESIDE, Phase("alone", "alone", beside=False))


def known_durations() -> dict[str, float]:
    """Seconds by test; empty where none were written."""
    return dict(json.loads(DURATIONS.read_text(encoding="utf-8"))) if DURATIONS.exists() else {}


def scope(nodeid: str) -> str:
    """What stays together on one worker: most tests are alone with themselves."""
    test = _inner(nodeid)
    return next((beginning for beginning in ON_ONE_WORKER if test.startswith(beginning)), test)


def _inner(nodeid: str) -> str:
    return nodeid.removeprefix("tests/integration/")


def by_duration(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The longest first, so that no long one begins when all others have ended. See `order`."""
    given = list(items)
    ranks = {one: rank for rank, one in enumerate(order(together([item.nodeid for item in given], known_durations())))}
    return sorted(given, key=lambda item: ranks[scope(item.nodeid)])


def together(nodeids: Iterable[str], known: Mapping[str, float]) -> dict[str, float]:
    """The seconds of each scope: what is known of its tests, and a moment for each of the others."""
    found: dict[str, float] = {}
    for nodeid in nodeids:
        found[scope(nodeid)] = found.get(scope(nodeid), 0.0) + known.get(_inner(nodeid), A_MOMENT)
    return found


def order(seconds: Mapping[str, float]) -> list[str]:
    """Scopes, the longest first; those that run playbooks and those that wait alternate until both have run out."""
    longest = sorted(seconds, key=lambda one: -seconds[one])
    kinds = [[one for one in longest if one.startswith(PLAYBOOKS) is busy] for busy in (True, False)]
    done: list[tuple[float, int, str]] = []
    for number, kind in enumerate(kinds):
        whole, begun = sum(seconds[one] for one in kind), 0.0
        for one in kind:
            done.append((begun / whole, number, one))
            begun += seconds[one]
    return [one for _share, _number, one in sorted(done, key=lambda entry: entry[:2])]
