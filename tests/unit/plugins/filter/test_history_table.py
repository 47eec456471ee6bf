# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table as it is printed."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.swarm.rollout.plugins.filter.history_table import FilterModule

table = FilterModule().filters()["history_table"]

HISTORY = [
    {
        "revision": 12,
        "current": True,
        "created_at": "2026-11-22T18:49:11.855Z",
        "outcome": "completed",
        "image": "web:2@sha256:" + "ab" * 32,
        "cause": "a very long story about why this had to be done tonight",
        "by": "anna@deploy1 job 77",
        "restores": 9,
        "pinned": True,
    },
    {
        "revision": 11,
        "created_at": "2026-11-22T18:41:50.001Z",
        "outcome": "rolled_back",
        "image": "web:3",
        "cause": None,
        "by": None,
        "missing": ['secret "db"'],
    },
]

PRINTED = """\
REVISION    CREATED              OUTCOME                          IMAGE           CAUSE                                     BY
12* pinned  2026-11-22 18:49:11  completed (back to 9)            web:2@abababab  a very long story about why this had ...  anna@deploy1 job 77
11          2026-11-22 18:41:50  rolled back (needs secret "db")  web:3\
"""  # noqa: E501 - the layout is what is tested


def test_the_table_as_it_is_printed() -> None:
    assert table(HISTORY) == PRINTED


def test_an_empty_history_is_only_headings() -> None:
    assert table([]) == "REVISION  CREATED  OUTCOME  IMAGE  CAUSE  BY"


@pytest.mark.parametrize("value", ["text", {"revision": 1}, [1, 2]])
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(AnsibleFilterError, match="history_table takes"):
        table(value)
