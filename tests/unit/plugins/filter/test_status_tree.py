# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services as a tree: the layout as it is printed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.swarm.rollout.plugins.filter.status_tree import FilterModule

text = FilterModule().filters()["status_tree"]


def slot(number: int, revision: int | None, **given: Any) -> dict[str, Any]:
    image = "vote:movies" if revision == 8 else "vote:indent"
    plain = {"node": f"node{number}", "state": "running", "updated": revision == 8, "age": 64.2}
    return {"slot": number, "revision": revision, "image": image, "error": None, "failures": 0, **plain, **given}


def record(number: int, age: float, **given: Any) -> dict[str, Any]:
    image = "vote:movies" if number % 2 == 0 else "vote:indent"
    plain = {"outcome": "completed", "image": image, "cause": None, "by": "anna@deploy1", "restores": None}
    return {"revision": number, "age": age, **plain, **given}


def service(**given: Any) -> dict[str, Any]:
    return {
        "name": "vote",
        "mode": "replicated",
        "image": "vote:movies",
        "revision": 8,
        "update": {"state": "completed"},
        "tasks": {"desired": 3, "running": 3, "completed": 0, "failed": 0},
        "slots": [slot(1, 8), slot(2, 8), slot(3, 8)],
        "service": {"update_config": {"order": "start-first", "parallelism": 2}},
        "rollout": None,
        "drift": None,
        "history": [record(8, 70, cause="release 2.1"), record(7, 90000, restores=5), record(6, 200000)],
        **given,
    }


UNDER_WAY: dict[str, Any] = {
    "rollout": {
        "revision": 8,
        "stable_revision": 7,
        "image": "vote:movies",
        "stable_image": "vote:indent",
        "step": 1,
        "of": 3,
        "steps": ["1", "50%", "100%"],
        "state": "driven",
        "driver": "anna@deploy1",
    },
    "update": {"state": "updating"},
    "slots": [slot(1, 7), slot(2, 8, state="starting", age=2.0), slot(3, 7)],
    "tasks": {"desired": 3, "running": 2, "completed": 0, "failed": 0},
}


def test_a_healthy_service() -> None:
    assert text([service()]).splitlines() == [
        "vote  ✔ healthy",
        "├─ strategy  rolling, 2 at a time, start-first",
        "├─ images    vote:movies (stable)",
        "├─ tasks     3 desired, 3 updated, 3 running",
        "├─ revision 8 (stable)  70 s ago  vote:movies  completed  release 2.1  by anna@deploy1",
        "│  ├─ ✔ vote.1 on node1  running for 64 s",
        "│  ├─ ✔ vote.2 on node2  running for 64 s",
        "│  └─ ✔ vote.3 on node3  running for 64 s",
        "├─ revision 7  25 h ago  vote:indent  completed, back to 5  by anna@deploy1",
        "└─ revision 6  2 d ago  vote:movies  completed  by anna@deploy1",
    ]


def test_a_progressive_rollout_under_way_in_ascii() -> None:
    assert text([service(**UNDER_WAY)], True, False, 2).splitlines() == [
        "vote  ~ progressing by anna@deploy1",
        "|- strategy  progressive, step 1 of 3 (1, 50%, 100%), start-first",
        "|- images    vote:indent (stable), vote:movies (canary)",
        "|- tasks     3 desired, 0 updated, 2 running",
        "|- revision 8 (canary)  70 s ago  vote:movies  completed  release 2.1  by anna@deploy1",
        "|  `- ~ vote.2 on node2  starting for 2 s",
        "`- revision 7 (stable)  25 h ago  vote:indent  completed, back to 5  by anna@deploy1",
        "   |- + vote.1 on node1  running for 64 s",
        "   `- + vote.3 on node3  running for 64 s",
    ]


def test_trouble_goes_first() -> None:
    broken = slot(3, 8, state="failed", failures=2, error="task: non-zero exit (3)", age=None)
    found = service(
        update={"state": "paused"},
        slots=[slot(1, 7), slot(2, 8), broken],
        tasks={"desired": 3, "running": 2, "completed": 0, "failed": 2},
        drift={"message": "changed outside at index 1893"},
    )
    assert text([found], False, False, 1).splitlines() == [
        "vote  ✖ update paused by Swarm",
        "├─ strategy  rolling, 2 at a time, start-first",
        "├─ images    vote:movies, vote:indent (before)",
        "├─ tasks     3 desired, 1 updated, 2 running, 2 failed of late",
        "├─ drift     changed outside at index 1893",
        "├─ revision 8 (wanted)  70 s ago  vote:movies  completed  release 2.1  by anna@deploy1",
        "│  ├─ ✖ vote.3 on node3  failed, failed 2 times of late: task: non-zero exit (3)",
        "│  └─ ✔ vote.2 on node2  running for 64 s",
        "└─ revision 7  25 h ago  vote:indent  completed, back to 5  by anna@deploy1",
        "   └─ ✔ vote.1 on node1  running for 64 s",
    ]


def first(**given: Any) -> str:
    return str(text([service(**given)]).splitlines()[0])


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"update": {"state": "updating"}}, "vote  ◌ updating"),
        ({"update": {"state": "rollback_started"}}, "vote  ◌ rolling back"),
        ({"update": {"state": "rollback_paused"}}, "vote  ✖ rollback paused by Swarm"),
        ({"update": {"state": "rollback_completed"}}, "vote  ✔ healthy, rolled back by Swarm"),
        ({"tasks": {"desired": 0, "running": 0, "completed": 0, "failed": 0}}, "vote  ○ scaled to nothing"),
        ({"tasks": {"desired": 4, "running": 3, "completed": 0, "failed": 0}}, "vote  ◌ starting"),
        (
            {"tasks": {"desired": 4, "running": 3, "completed": 0, "failed": 1}, "slots": [slot(1, 8, failures=1)]},
            "vote  ✖ degraded",
        ),
        ({"rollout": {**UNDER_WAY["rollout"], "state": "interrupted", "driver": None}}, None),
        (
            {
                "mode": "replicated-job",
                "tasks": {"desired": 1, "running": 0, "completed": 1, "failed": 0},
                "slots": [slot(1, 8, state="complete")],
            },
            "vote  ✔ job completed",
        ),
    ],
)
def test_how_a_service_is(given: dict[str, Any], line: str | None) -> None:
    assert first(**given) == (line or "vote  ‖ interrupted, the same task goes on")


def test_colour_is_only_by_option() -> None:
    assert "\x1b" not in text([service(), service(**UNDER_WAY)])
    assert first() == "vote  ✔ healthy"
    assert text([service()], False, True).splitlines()[0] == "vote  \x1b[32m✔ healthy\x1b[0m"


def test_many_tasks_are_cut() -> None:
    found = text([service(slots=[slot(number, 8) for number in range(1, 31)])]).splitlines()
    assert found[24] == "│  ├─ ✔ vote.20 on node20  running for 64 s"
    assert found[25] == "│  └─ ... 10 more tasks"


def test_tasks_that_no_record_knows() -> None:
    found = text([service(history=[], revision=None, slots=[slot(1, None)])]).splitlines()
    assert found[-2:] == ["└─ not recorded", "   └─ ✔ vote.1 on node1  running for 64 s"]


def test_several_services_and_none() -> None:
    assert text([]) == "no service"
    assert text([service(), service(name="whoami")]).split("\n\n")[1].startswith("whoami  ")


@pytest.mark.parametrize("wrong", [None, "text", {"services": []}, [{"name": "vote", "slots": []}]])
def test_what_is_no_list_of_services(wrong: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="status_tree takes the services"):
        text(wrong)
