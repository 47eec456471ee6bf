# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan as it is printed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.swarm.rollout.plugins.filter.plan_text import FilterModule

text = FilterModule().filters()["plan_text"]

PLAN: dict[str, Any] = {
    "id": "p1.716.974c51.782319.a8ac27.2e9b23.chwi0262-lwehd7e1",
    "service": "vote",
    "action": "replace",
    "changes": [
        {"option": "image", "before": "vote:indent", "after": "vote:movies", "replaces_tasks": True},
        {"option": "env", "before": None, "after": {"REGION": "eu"}, "replaces_tasks": True},
    ],
    "order": "start-first",
    "parallelism": 2,
    "serving": 3,
    "wanted": 3,
    "batches": [
        {
            "slots": [{"slot": 1, "node": "node1"}, {"slot": 2, "node": "node2"}],
            "serving_min": 3,
            "surge": 2,
            "starts_at": 0.0,
        },
        {"slots": [{"slot": 3, "node": None}], "serving_min": 3, "surge": 1, "starts_at": 150.2},
    ],
    "lowest_serving": 3,
    "highest_running": 5,
    "estimated_seconds": 7300.0,
    "estimate_from": "measured",
    "capacity": {
        "fits": False,
        "problems": ["slot 2 (now on node2): its new task finds no node beside the old one", "node1 has room for none"],
        "largest_parallelism": 1,
        "proposal": "update_config.parallelism: 1",
    },
    "warnings": [{"code": "restart_none", "option": "restart_config.condition", "message": "a slot stays empty"}],
    "notes": ["Swarm takes the slots in no particular order"],
}

PRINTED = """\
vote: will have tasks replaced
  image  vote:indent -> vote:movies
  env    - -> {"REGION": "eu"}

  BATCH  AT          SERVING  SURGE  SLOTS
  1      0 s         3        +2     1 on node1, 2 on node2
  2      2 min 30 s  3        +1     3 on no node

  3 serve now, 3 are wanted; never fewer than 3 serve; at most 5 run at once; start-first, 2 at a time; \
about 2 h 01 min (from measured)
  room: NOT ENOUGH; update_config.parallelism: 1
    slot 2 (now on node2): its new task finds no node beside the old one
    node1 has room for none
  warning: restart_none: a slot stays empty
  note: Swarm takes the slots in no particular order
  id: p1.716.974c51.782319.a8ac27.2e9b23.chwi0262-lwehd7e1"""


def test_a_plan_as_printed() -> None:
    assert text(PLAN) == PRINTED


def test_nothing_is_one_line() -> None:
    assert text({"service": "vote", "action": "nothing"}) == "vote: nothing to change"


def test_no_plan_is_no_text() -> None:
    assert text(None) == ""


def test_many_batches_are_shortened() -> None:
    batch = {"slots": [{"slot": None, "node": "node1"}], "serving_min": 1, "surge": 0, "starts_at": None}
    lines = text({**PLAN, "batches": [batch] * 40, "parallelism": 0, "estimated_seconds": None}).splitlines()
    assert "  ... 28 further batches ..." in lines
    assert sum(line.endswith("node1") for line in lines) == 12
    assert any("all at a time; no end can be foreseen" in line for line in lines)


@pytest.mark.parametrize("wrong", ["text", [], {}, {"action": "fly"}])
def test_what_is_no_plan_is_refused(wrong: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="plan_text takes"):
        text(wrong)
