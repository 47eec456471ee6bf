# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The targets of the fuzzing that coverage guides: their first texts, and what it has found once."""

from __future__ import annotations

import pytest

from tests.fuzz.targets import TARGETS, attempt

FOUND = [
    ("durations", "99e9999977"),
    ("numbers", ".2e55525215"),
    ("options", "publish\npublished=80,target=\udcff\rhost"),
    ("images", "docker.io/library/web/b@sh2:" + "a" * 32),
    ("checks", '[{"comm\\nd": {"aimeout": "0=3"}}]'),
    ("checks", '[{"%s": {}}]' % ("comm" * 1000)),
    ("masking", "api_key=E=x"),
    ("prometheus", '{"status": "success", "data": {"resultType": "sca\udcff\x1b[2J"}}'),
    ("patterns", "(" * 600 + ")" * 600),
]


@pytest.mark.parametrize(("name", "text"), FOUND)
def test_what_was_found_once(name: str, text: str) -> None:
    attempt(TARGETS[name], text)


@pytest.mark.parametrize("name", TARGETS)
def test_what_it_begins_with(name: str) -> None:
    for text in TARGETS[name].seeds:
        attempt(TARGETS[name], text)
