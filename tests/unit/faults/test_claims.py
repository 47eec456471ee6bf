# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lies that the judge finds in a result, each of another kind, and true results that it lets pass."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.spec import show
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.table import TABLE
from tests.faults import claims, judge, shown
from tests.faults.claims import Evidence
from tests.faults.film import Film, Frame
from tests.faults.oracle import Record, Seen
from tests.lab.errors import EngineGone

Json = dict[str, Any]
Lie = Callable[[Json], None]
START = claims.instant("2026-11-22T18:00:00Z")


def stamp(second: float) -> str:
    return f"2026-11-22T18:00:{second:06.3f}Z"


def spec(image: str, number: int, **more: Any) -> Json:
    return {
        "Name": "f",
        "Labels": {"swarm.rollout.revision": f"{number}.abc", "team": "shop"},
        "Mode": {"Replicated": {"Replicas": 3}},
        "UpdateConfig": {"Parallelism": 2, "Delay": 1_500_000_000, "FailureAction": "rollback", "Order": "start-first"},
        "TaskTemplate": {
            "ContainerSpec": {
                "Image": image,
                "Env": ["RELEASE=1", "API_TOKEN=hunter2"],
                "Command": ["sleep", "9 h"],
                "StopGracePeriod": 2_000_000_000,
                "Healthcheck": {"Test": ["CMD", "true"], "Interval": 90_000_000_000},
                "Configs": [{"ConfigID": "i", "ConfigName": "c", "File": {"Name": "/c", "UID": "0", "GID": "0"}}],
            },
            "Resources": {"Limits": {"NanoCPUs": 500_000_000, "MemoryBytes": 1 << 20}},
            "RestartPolicy": {"Condition": "on-failure", "Delay": 500_000_000},
            "Placement": {"Constraints": ["node.role==manager"]},
            "ForceUpdate": 0,
            **more,
        },
        "EndpointSpec": {"Ports": [{"PublishedPort": 8080, "TargetPort": 80, "Protocol": "tcp"}]},
    }


OLD, NEW = spec("web:1", 1), spec("web:2", 2)


def task(name: str, of: Json, slot: int, state: str = "running", desired: str = "running", at: float = 5.0) -> Json:
    return {
        "ID": name,
        "Slot": slot,
        "NodeID": "n1",
        "Spec": of["TaskTemplate"],
        "CreatedAt": stamp(at),
        "DesiredState": desired,
        "Version": {"Index": 1},
        "Status": {"State": state, "Timestamp": stamp(at + 0.4), "Err": "", "Message": state},
    }


def frame(since: float, until: float, of: Json | None, *tasks: Json, index: int = 1) -> Frame:
    service = None if of is None else {"ID": "s", "Spec": of, "Version": {"Index": index}}
    return Frame(START + since, START + until, {"f": Seen(service, tasks)})


GONE_AWAY = [task(f"o{slot}", OLD, slot, "shutdown", "shutdown", 0.0) for slot in (1, 2, 3)]
BROKEN = task("b1", NEW, 1, "failed", "shutdown", 6.0)
BROKEN["Status"].update(Err="task: non-zero exit (1)", ContainerStatus={"ExitCode": 1})
SERVING = [task(f"t{slot}", NEW, slot, at=7.0 + slot) for slot in (1, 2, 3)]
BEFORE = frame(0, 5, OLD, *(task(f"o{slot}", OLD, slot, at=0.0) for slot in (1, 2, 3)))
AFTER = frame(12, 40, NEW, *GONE_AWAY, BROKEN, *SERVING, index=9)
COMPLETED = Evidence(
    (BEFORE, frame(5.5, 11.5, NEW, *GONE_AWAY, BROKEN, *SERVING[:1], index=5), AFTER),
    START + 4.0,
    START + 20.5,
    (Record(1, "completed", OLD), Record(2, "completed", NEW)),
    declared="web:2",
)


def span(state: str, to: float | None = None) -> Json:
    return {"state": state, "from": 0.0, "to": to}


def entry(one: Json, last: Json, *, old: bool = False) -> Json:
    image = one["Spec"]["ContainerSpec"]["Image"]
    return {"slot": one["Slot"], "task": one["ID"], "image": image, "old": old, "spans": [last]}


def completed() -> Json:
    """A result that is true of `COMPLETED`."""
    return {
        "changed": True,
        "msg": "f: completed in 15.0 s (web:1 to web:2); 3 of 3 tasks run web:2 now",
        "swarm_service": show(NEW),
        "rollout": {
            "outcome": "completed",
            "revision": 2,
            "previous_revision": 1,
            "from_image": "web:1",
            "to_image": "web:2",
            "started_at": stamp(5.0),
            "finished_at": stamp(20.0),
            "tasks": {"desired": 3, "updated": 3, "running": 3, "failed": 1},
            "failures": [
                {"task": "b1", "slot": 1, "state": "failed", "exit_code": 1, "error": "task: non-zero exit (1)"}
            ],
            "timeline": [
                *(entry(one, span("draining", 1.0), old=True) for one in GONE_AWAY),
                entry(BROKEN, span("failed")),
                *(entry(one, span("running")) for one in SERVING),
            ],
            "timeline_omitted": 0,
        },
    }


def set_in(*keys: Any, to: Any) -> Lie:
    """A lie: something else stands there."""

    def lie(result: Json) -> None:
        for key in keys[:-1]:
            result = result[key]
        result[keys[-1]] = to

    return lie


def says(text: str) -> Lie:
    return set_in("msg", to=f"f: completed in 15.0 s (web:1 to web:2); {text}")


def found_in(result: Json, evidence: Evidence = COMPLETED) -> list[str]:
    return judge.contradicted(result, {"f": evidence})


def test_what_is_true_passes() -> None:
    assert found_in(completed()) == []


LIES: list[tuple[Lie, str]] = [
    (says("2 of 3 tasks run web:2 now"), "'2 of 3 tasks run web:2 now'"),
    (says("3 of 4 tasks run web:2 now"), "'3 of 4"),
    (says("3 of 3 tasks run web:1 now"), "web:1 now'"),
    (says("3 of 3 tasks run web:2 now, 1 runs web:1"), "1 runs web:1"),
    (says("3 of 3 tasks of web:2 ended with status 0"), "ended with status 0"),
    (says("1 of 3 tasks of web:2 ended with status 0 and 2 run now"), "ended with status 0"),
    (says("3 of 3 tasks of web:2 completed"), "completed'"),
    (says("the service is not there now"), "is not there, and it is"),
    (says("what runs now is not known: no manager answers"), "and counts tasks"),
    (set_in("rollout", "tasks", "desired", to=4), "rollout.tasks.desired is 4"),
    (set_in("rollout", "tasks", "updated", to=2), "rollout.tasks.updated is 2"),
    (set_in("rollout", "tasks", "running", to=0), "rollout.tasks.running is 0"),
    (set_in("rollout", "tasks", "failed", to=0), "1 failures are told"),
    (set_in("rollout", "tasks", to={}), "counts no tasks"),
    (set_in("swarm_service", to={}), "shows no service"),
    (set_in("swarm_service", to=show(OLD)), "swarm_service.image is 'web:1'"),
    (set_in("swarm_service", "replicas", to=4), "swarm_service.replicas is 4"),
    (set_in("swarm_service", "mode", to="global"), "swarm_service.mode is 'global'"),
    (set_in("swarm_service", "env", "RELEASE", to="2"), "swarm_service.env"),
    (set_in("swarm_service", "labels", to={}), "swarm_service.labels"),
    (set_in("swarm_service", "command", to=["sleep"]), "swarm_service.command"),
    (set_in("swarm_service", "configs", to=[]), "swarm_service.configs"),
    (set_in("swarm_service", "publish", to=[]), "swarm_service.publish"),
    (set_in("swarm_service", "limits", "cpus", to=1.0), "swarm_service.limits.cpus"),
    (set_in("swarm_service", "limit_memory", to=None), "swarm_service.limit_memory"),
    (set_in("swarm_service", "stop_grace_period", to="3s"), "swarm_service.stop_grace_period"),
    (set_in("swarm_service", "healthcheck", "interval", to="1m"), "swarm_service.healthcheck.interval"),
    (set_in("swarm_service", "restart_config", "condition", to="any"), "swarm_service.restart_config.condition"),
    (set_in("swarm_service", "placement", "constraints", to=[]), "swarm_service.placement.constraints"),
    (set_in("swarm_service", "update_config", "order", to="stop-first"), "swarm_service.update_config.order"),
    (set_in("swarm_service", "update_delay", to=1), "swarm_service.update_delay"),
    (set_in("swarm_service", "rollback_config", "monitor", to="1s"), "swarm_service.rollback_config.monitor"),
    (set_in("swarm_service", "splendour", to=1), "no such option"),
    (set_in("swarm_service", "endpoint_mode", to="dnsrr"), "swarm_service.endpoint_mode"),
    (set_in("rollout", "from_image", to="web:0"), "the service never had it"),
    (set_in("rollout", "from_image", to=None), "there was a service before"),
    (set_in("rollout", "to_image", to="web:1"), "web:2 was asked for"),
    (set_in("changed", to=False), "nothing was changed, and the specification was"),
    (set_in("rollout", "revision", to=3), "recorded are [1, 2]"),
    (set_in("rollout", "previous_revision", to=7), "the service carried 1"),
    (set_in("rollout", "failures", 0, "task", to="b2"), "there never was one"),
    (set_in("rollout", "failures", 0, "exit_code", to=3), "said to be failed (3"),
    (set_in("rollout", "failures", 0, "error", to="out of memory"), "out of memory"),
    (set_in("rollout", "failures", 0, "task", to="t1"), "and it is running"),
    (set_in("rollout", "timeline", 6, "spans", to=[span("failed")]), "as failed, and it is running"),
    (set_in("rollout", "timeline", 6, "spans", to=[span("draining")]), "as draining, and it is running"),
    (set_in("rollout", "timeline", 3, "spans", to=[span("running")]), "as running, and it is failed"),
    (set_in("rollout", "timeline", 6, "spans", to=[span("starting")]), "as starting, and it is running"),
    (set_in("rollout", "timeline", 0, "image", to="web:2"), "it is web:1"),
    (set_in("rollout", "timeline", 0, "slot", to=2), "it is in 1"),
    (set_in("rollout", "timeline", 0, "task", to="x"), "that never was"),
    (set_in("rollout", "finished_at", to=stamp(30)), "when it did not run"),
    (set_in("rollout", "started_at", to=stamp(1)), "when it did not run"),
    (lambda result: result["rollout"]["timeline"].pop(), "the timeline lacks task t3"),
]


@pytest.mark.parametrize(("lie", "found"), LIES, ids=[found for _lie, found in LIES])
def test_a_lie_is_found(lie: Lie, found: str) -> None:
    result = copy.deepcopy(completed())
    lie(result)
    assert any(found in one for one in found_in(result)), found_in(result)


def test_a_failure_that_is_not_told_is_found() -> None:
    result = completed()
    result["rollout"]["failures"] = []
    result["rollout"]["tasks"]["failed"] = 0
    assert found_in(result) == ["it counts 0 failed tasks, and 1 failed while it watched"]


def test_the_record_has_to_say_the_same() -> None:
    said_otherwise = replace(COMPLETED, records=(Record(1, "completed", OLD), Record(2, "rolled_back", NEW)))
    assert found_in(completed(), said_otherwise) == ["revision 2 ended completed, and its record says rolled_back"]
    warned = replace(said_otherwise, warnings=("f: the outcome is not recorded in its history: no leader",))
    assert found_in(completed(), warned) == []


def test_what_was_never_written_was_not_changed() -> None:
    result = {"changed": True, "msg": "f: lost", "failed": True}
    assert found_in(result, replace(COMPLETED, frames=(BEFORE,))) == [
        "it says that it changed the service, and nobody wrote to it"
    ]
    assert found_in({**result, "changed": False}, replace(COMPLETED, frames=(BEFORE,))) == []
    assert found_in({**result, "changed": False}) != []
    assert found_in({**result, "changed": False}, replace(COMPLETED, others_at=START + 4.5)) == []


def test_a_failure_shows_what_is_not_as_by_default_and_no_less() -> None:
    plain = show({})
    result = completed()
    result["failed"] = True
    result["swarm_service"] = {
        key: one for key, one in show(NEW).items() if one not in (None, "", [], {}) and one != plain.get(key)
    }
    assert found_in(result) == []
    del result["swarm_service"]["command"]
    assert "does not show command" in found_in(result)[0]
    del result["swarm_service"]["replicas"]
    assert any("does not show replicas" in one for one in found_in(result))


def test_what_moves_may_be_told_as_it_was_between_two_looks() -> None:
    half = frame(17.0, 19.0, NEW, *GONE_AWAY, BROKEN, SERVING[0], index=8)
    moving = replace(COMPLETED, frames=(BEFORE, half, replace(AFTER, since=START + 20.2)))
    for number in (1, 2, 3):
        result = completed()
        result["msg"] = f"f: timed out; {number} of 3 tasks run web:2 now"
        result["rollout"]["tasks"]["updated"] = result["rollout"]["tasks"]["running"] = number
        assert [one for one in found_in(result, moving) if "of 3" in one or "tasks." in one] == []
    result["msg"] = "f: timed out; 3 of 9 tasks run web:2 now"
    assert any("of 9" in one for one in found_in(result, moving))


def test_who_could_ask_nobody_says_so_and_nothing_else() -> None:
    result = completed()
    result.update(msg="f: timed out; what runs now is not known: no manager answers", swarm_service={})
    result["rollout"]["tasks"].update(desired=None, updated=None, running=None)
    assert found_in(result) == []
    result["swarm_service"] = show(NEW)
    assert found_in(result) == ["it says that nobody could be asked, and shows the service"]


def test_a_service_that_is_gone() -> None:
    gone = replace(COMPLETED, frames=(BEFORE, frame(6, 30, None)), others_at=START + 6)
    result = completed()
    assert {
        "it shows a service, and there is none",
        "it says '3 of 3 tasks run web:2 now', and there is no service",
    } <= {*found_in(result, gone)}
    result.update(
        msg="f: superseded after 3 s (web:1 to web:2), removed; the service is not there now", swarm_service={}
    )
    result["rollout"].update(outcome="superseded", revision=None, failures=[], timeline=[])
    result["rollout"]["tasks"] = {"desired": None, "updated": None, "running": None, "failed": 0}
    assert found_in(result, gone) == []


def test_it_is_back_where_it_was() -> None:
    back = replace(COMPLETED, frames=(*COMPLETED.frames, frame(19.0, 30.0, OLD, *SERVING, index=12)))
    result = {"changed": True, "msg": "f: rolled back; 0 of 3 tasks run web:1 now, 3 run web:2"}
    rollout = {**completed()["rollout"], "outcome": "rolled_back", "revision": None, "timeline": []}
    rollout["tasks"] = {"desired": 3, "updated": 0, "running": 3, "failed": 1}
    assert found_in({**result, "rollout": rollout}, back) == []
    assert any("again" in one for one in found_in({**result, "rollout": rollout}))


ONCE = spec("web:2", 2, RestartPolicy={"Condition": "none"})
JOB = {**spec("job:ok", 1), "Mode": {"ReplicatedJob": {"TotalCompletions": 3, "MaxConcurrent": 3}}}
EACH = {**NEW, "Mode": {"Global": {}}}


def counted(text: str, evidence: Evidence) -> list[str]:
    rollout = {**completed()["rollout"], "revision": None, "previous_revision": None, "failures": [], "timeline": []}
    rollout.update(from_image=None, to_image=None, outcome="timed_out", tasks={"failed": 9})
    return found_in({"changed": True, "msg": f"f: {text}", "rollout": rollout}, evidence)


def still(of: Json, *tasks: Json, nodes: tuple[Json, ...] = ()) -> Evidence:
    """Evidence of a service that was not there and stands still at the end."""
    last = replace(frame(5.0, 30.0, of, *tasks), nodes=nodes)
    return Evidence((frame(0, 4, None), last), START + 4.0, START + 20.5)


@pytest.mark.parametrize(
    ("true", "lie", "evidence"),
    [
        (
            "3 of 3 tasks of web:2 ended with status 0",
            "3 of 3 tasks run web:2 now",
            still(ONCE, *(task(f"t{slot}", ONCE, slot, "complete", "shutdown") for slot in (1, 2, 3))),
        ),
        (
            "2 of 3 tasks of web:2 ended with status 0 and 1 run now",
            "3 of 3 tasks of web:2 ended with status 0",
            still(
                ONCE,
                *(task(f"t{slot}", ONCE, slot, "complete", "shutdown") for slot in (1, 2)),
                task("t3", ONCE, 3),
            ),
        ),
        (
            "1 of 3 tasks of job:ok completed",
            "3 of 3 tasks of job:ok completed",
            still(
                JOB,
                task("t1", JOB, 1, "complete", "complete"),
                *(task(f"t{slot}", JOB, slot, "running", "complete") for slot in (2, 3)),
            ),
        ),
        (
            "1 of 2 tasks run web:2 now",
            "1 of 3 tasks run web:2 now",
            still(
                EACH,
                {**task("t1", EACH, 0), "NodeID": "n1"},
                nodes=tuple(
                    {"ID": f"n{number}", "Spec": {"Availability": how}, "Status": {"State": "ready"}}
                    for number, how in enumerate(("active", "active", "drain", "pause"), 1)
                ),
            ),
        ),
    ],
)
def test_one_shots_jobs_and_what_runs_on_each_node(true: str, lie: str, evidence: Evidence) -> None:
    assert counted(true, evidence) == []
    assert any(repr(lie) in one for one in counted(lie, evidence))


def test_a_release_is_held_to_the_end_of_each_of_its_rollouts() -> None:
    part = {**completed(), "name": "f", "undone": None}
    assert judge.contradicted({"release": {}, "services": [part]}, {"f": COMPLETED}) == []
    part["msg"] = "f: completed; 1 of 3 tasks run web:2 now"
    assert judge.contradicted({"release": {}, "services": [part]}, {"f": COMPLETED})[0].startswith("f: it says")


def test_every_option_that_is_shown_is_judged_or_said_not_to_be() -> None:
    known = {*shown.TABLE, *shown.NOT_JUDGED, *shown.FLAT, "mode", "replicas"}
    assert {row.option for row in TABLE} - known == set()
    assert {row.legacy for row in TABLE if row.legacy} - known == set()


@pytest.mark.parametrize(
    ("written", "nanoseconds"),
    [
        ("0s", 0),
        ("1m30s", 90 * 10**9),
        ("500ms", 5 * 10**8),
        ("1.5s", 15 * 10**8),
        ("8760h0.000000001s", 31536000 * 10**9 + 1),
        ("2h", 7200 * 10**9),
        (7, 7),
    ],
)
def test_durations_are_read(written: Any, nanoseconds: int) -> None:
    assert shown.nanoseconds(written) == nanoseconds


def test_a_film_keeps_what_differs_and_knows_when_it_was_blind() -> None:
    looks = [Seen({"ID": "s", "Spec": OLD, "Version": {"Index": number}}) for number in (1, 1, 2)]

    def look() -> tuple[dict[str, Seen], tuple[Json, ...]]:
        if not looks:
            raise EngineGone("nobody is there")
        return {"f": looks.pop(0)}, ()

    film = Film(look)
    for _turn in range(4):
        film.shoot()
    assert [len(film.frames), len(film.blind)] == [2, 1]
    assert film.frames[0].until >= film.frames[0].since
