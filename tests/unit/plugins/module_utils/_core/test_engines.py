# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Engines by the API that they brought."""

from __future__ import annotations

from ansible_collections.swarm.rollout.plugins.module_utils._core import engines
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.entries import Entries
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.table import TABLE


def test_a_version_is_shown_with_the_engine_that_users_know() -> None:
    assert engines.shown((1, 46)) == "1.46 (Docker Engine 27.0)"


def test_what_is_not_known_is_shown_as_it_is() -> None:
    assert engines.shown((1, 12)) == "1.12"
    assert engines.engine_of((9, 9)) is None


def test_whatever_an_option_needs_has_an_engine() -> None:
    needed = {row.since for row in TABLE}
    for row in TABLE:
        if isinstance(row.kind, Entries):
            needed |= {sub.since for sub in row.kind.subs}
    newer = {version for version in needed if version > (1, 41)}
    assert newer
    assert {version for version in newer if engines.engine_of(version) is None} == set()
