# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The targets of the fuzzing that coverage guides: their first texts, and what it has found once."""

from __future__ import annotations

import pytest

from tests.fuzz.targets import TARGETS, attempt

# Whether each is read now; otherwise it is refused with a sentence.
FOUND = [
    ("durations", "99e9999977", True),
    ("numbers", ".2e55525215", True),
    ("options", "publish\npublished=80,target=\udcff\rhost", False),
    ("images", "docker.io/library/web/b@sh2:" + "a" * 32, True),
    ("checks", '[{"comm\\nd": {"aimeout": "0=3"}}]', False),
    ("checks", '[{"%s": {}}]' % ("comm" * 1000), False),
    ("masking", "api_key=E=x", True),
    ("prometheus", '{"status": "success", "data": {"resultType": "sca\udcff\x1b[2J"}}', True),
    ("patterns", "(" * 600 + ")" * 600, False),
]
# What the fuzzing begins with to have a refusal as well.
REFUSED = {"options": ["mounts\n/srv:/data:ro"]}


@pytest.mark.parametrize(("name", "text", "is_read"), FOUND)
def test_what_was_found_once(name: str, text: str, is_read: bool) -> None:
    assert attempt(TARGETS[name], text) == is_read


@pytest.mark.parametrize("name", TARGETS)
def test_what_it_begins_with(name: str) -> None:
    seeds = TARGETS[name].seeds
    assert seeds
    assert [text for text in seeds if not attempt(TARGETS[name], text)] == REFUSED.get(name, [])
