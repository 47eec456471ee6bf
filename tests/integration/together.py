# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests that mostly wait for the cluster wait side by side.

A test marked `together` uses services of its own names only and nothing else of the cluster. At the first
of a folder all of that folder are started, so many at a time; each is then reported in its turn with its own
result. Tests without the mark run alone, after those of their folder. `together(stage=CLASS)` gives the class
of the test's stage.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.integration.stage import Stage

AT_A_TIME = 8


class Pool:
    """The marked tests of one folder and, once started, their ends."""

    def __init__(self) -> None:
        self.items: list[pytest.Function] = []
        self._ends: dict[str, Future[None]] = {}
        self._workers = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="test")

    def wait(self, item: pytest.Function, hosts: list[str]) -> None:
        """The end of one test; starts all of them first."""
        if not self._ends:
            self._ends = {one.nodeid: self._workers.submit(_run, one, hosts) for one in self.items}
        self._ends[item.nodeid].result()

    def close(self) -> None:
        """Nothing more is started; what runs is waited for."""
        self._workers.shutdown(cancel_futures=True)


_POOLS = pytest.StashKey[dict[Path, Pool]]()


def marked(item: pytest.Item) -> pytest.Mark | None:
    """The mark of a test that may run beside others."""
    return item.get_closest_marker("together")


def stage_of(kind: type[Stage]) -> Any:
    """The fixture `stage` of a folder whose tests use that class."""

    @pytest.fixture
    def stage(request: pytest.FixtureRequest, hosts: list[str]) -> Iterator[Stage | None]:
        """The test's place in the Swarm; a marked test gets its own where it runs."""
        if marked(request.node):
            yield None
            return
        found = kind(request.node.name, hosts)
        yield found
        found.close()

    return stage


def _run(item: pytest.Function, hosts: list[str]) -> None:
    mark = marked(item)
    stage = (mark.kwargs if mark else {}).get("stage", Stage)(item.name, hosts)
    try:
        given = item.callspec.params if hasattr(item, "callspec") else {}
        item.obj(stage=stage, **given)
    finally:
        stage.close()


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "together: this test may run beside the others of its folder with this mark")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the marked tests of each folder before its others, and remember those that are selected."""
    folders = {folder: place for place, folder in enumerate(dict.fromkeys(item.path.parent for item in items))}
    items.sort(key=lambda item: (folders[item.path.parent], marked(item) is None))
    pools: dict[Path, Pool] = {}
    for item in items:
        if isinstance(item, pytest.Function) and marked(item):
            pools.setdefault(item.path.parent, Pool()).items.append(item)
    config.stash[_POOLS] = pools


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the workers."""
    for pool in config.stash.get(_POOLS, {}).values():
        pool.close()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A marked test is not called but waited for."""
    if not marked(pyfuncitem):
        return None
    hosts: list[str] = pyfuncitem.funcargs["hosts"]  # type: ignore[assignment]
    pyfuncitem.config.stash[_POOLS][pyfuncitem.path.parent].wait(pyfuncitem, hosts)
    return True
