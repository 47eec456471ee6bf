# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The oracle itself: what it takes for declared, former, mixed, and for none of them."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest

from tests.faults import oracle
from tests.faults.oracle import Seen
from tests.faults.strategies import Version

OLD, NEW = Version("web:1", "1", 2), Version("web:2", "2", 2)


def spec(image: str, release: str, replicas: int = 2, **more: Any) -> dict[str, Any]:
    container = {"Image": image, "Env": [f"RELEASE={release}"], **more.pop("container", {})}
    return {
        "Name": "f",
        "Labels": {"swarm.rollout.revision": "1.abc", **more.pop("labels", {})},
        "TaskTemplate": {"ContainerSpec": container, "ForceUpdate": 1, **more.pop("template", {})},
        "Mode": {"Replicated": {"Replicas": replicas}},
        "UpdateConfig": {"Parallelism": 1},
        **more,
    }


BEFORE = spec("web:1", "1")
FORMER = oracle.known(OLD, BEFORE)
DECLARED = oracle.known(NEW, None, BEFORE)


def task(image: str, release: str, state: str = "running", desired: str = "running", number: int = 0) -> dict[str, Any]:
    template = spec(image, release)["TaskTemplate"]
    return {"ID": f"{image}-{number}", "Spec": template, "Status": {"State": state}, "DesiredState": desired}


def seen(present: dict[str, Any], *tasks: dict[str, Any]) -> Seen:
    return Seen({"ID": "s", "Spec": present}, tasks)


def where(present: dict[str, Any], *tasks: dict[str, Any], **given: Any) -> str:
    return oracle.place(seen(present, *tasks), FORMER, DECLARED, **given)


@pytest.mark.parametrize(
    ("present", "tasks", "found"),
    [
        (spec("web:2", "2"), [task("web:2", "2"), task("web:2", "2")], "declared"),
        (spec("web:1", "1"), [task("web:1", "1"), task("web:1", "1")], "former"),
        (spec("web:2", "2"), [task("web:2", "2"), task("web:1", "1")], "mixed"),
        (spec("web:1", "1"), [task("web:2", "2"), task("web:1", "1")], "mixed"),
        (spec("web:2", "2"), [task("web:2", "2")], "declared, 1 of 2"),
        (spec("web:2", "2"), [task("web:2", "2"), task("web:2", "2", "starting")], "declared, 1 of 2"),
        (spec("web:2", "2"), [task("web:2", "2"), task("web:2", "2", desired="shutdown")], "declared, 1 of 2"),
        (spec("web:2", "2"), [task("web:2", "2")] * 3, "declared, 3 of 2"),
        (spec("web:2", "1"), [], "third"),
        (spec("web:2", "2", 3), [], "third"),
        (spec("web:2", "2"), [task("web:2", "2"), task("web:9", "2")], "third"),
        (spec("web:1", "1", labels={"a": "b"}), [], "third"),
        (spec("web:2", "2", labels={"a": "b"}), [], "third"),
        (spec("web:2", "2", container={"Hostname": "x"}), [], "third"),
    ],
)
def test_where_a_service_is(present: dict[str, Any], tasks: list[dict[str, Any]], found: str) -> None:
    assert where(present, *tasks) == found


def test_a_digest_and_what_is_empty_are_no_difference() -> None:
    present = spec("web:2@sha256:1234", "2", template={"Placement": {}}, EndpointSpec={})
    assert where(present, task("web:2", "2"), task("web:2", "2")) == "declared"


def test_how_tasks_move_counts_where_it_is_asked_for() -> None:
    present = spec("web:2", "2", UpdateConfig={"Parallelism": 7})
    tasks = [task("web:2", "2"), task("web:2", "2")]
    assert where(present, *tasks) == "declared"
    assert where(present, *tasks, way=True) == "third"


def test_nothing_is_absent_and_others_have_a_name_of_their_own() -> None:
    assert oracle.place(Seen(None), None, DECLARED) == "absent"
    theirs = oracle.Facts("vote:indent", ("RELEASE=1",))
    assert where(spec("vote:indent", "1"), theirs=[theirs]) == "theirs"
    assert where(spec("vote:indent", "1")) == "third"


def test_every_option_that_the_matrix_declares_is_a_fact() -> None:
    version = NEW.also(
        configs=[{"config_name": "c"}],
        secrets=[{"secret_name": "s"}],
        reservations={"memory": 1024},
        healthcheck={"test": ["CMD", "false"]},
        command=["sleep", "1"],
    )
    container = {
        "Image": "web:2",
        "Env": ["RELEASE=2"],
        "Command": ["sleep", "1"],
        "Configs": [{"ConfigName": "c"}],
        "Secrets": [{"SecretName": "s"}],
        "Healthcheck": {"Test": ["CMD", "false"]},
    }
    template = {"ContainerSpec": container, "Resources": {"Reservations": {"MemoryBytes": 1024}}}
    assert oracle.facts_of(template) == oracle.known(version).facts


def test_a_task_of_a_third_specification_is_found_among_those_that_ended() -> None:
    present = seen(spec("web:2", "2"), task("web:2", "2"), task("web:1", "1", "shutdown"))
    assert oracle.strangers(present, FORMER, DECLARED) == []
    odd = seen(spec("web:2", "2"), task("web:1", "2", "shutdown"))
    assert "web:1" in oracle.strangers(odd, FORMER, DECLARED)[0]
    assert oracle.strangers(odd, FORMER, DECLARED, [oracle.Facts("web:1", ("RELEASE=2",))]) == []


def test_a_task_that_differs_from_its_service_in_any_setting_is_astray() -> None:
    good = task("web:2", "2")
    assert oracle.astray(seen(spec("web:2", "2"), good)) == []
    good["Spec"]["ContainerSpec"]["Hostname"] = "x"
    assert len(oracle.astray(seen(spec("web:2", "2"), good))) == 1


def test_what_moves_is_not_quiet_and_what_lacks_a_task_not_full() -> None:
    resting = seen(
        spec("web:2", "2"), task("web:2", "2"), task("web:2", "2"), task("web:1", "1", "shutdown", "shutdown")
    )
    assert (resting.quiet, resting.full) == (True, True)
    assert not seen(spec("web:2", "2"), task("web:2", "2", "running", "shutdown")).quiet
    assert not seen(spec("web:2", "2"), task("web:2", "2", "preparing")).quiet
    assert not seen(spec("web:2", "2"), *[task("web:2", "2")] * 3).quiet
    assert not seen(spec("web:2", "2"), task("web:2", "2")).full


def config(number: int, outcome: str, held: dict[str, Any], *, packed: bool = False) -> dict[str, Any]:
    data = json.dumps({"number": number, "spec": held}).encode()
    labels = {"swarm.rollout.service": "f", "swarm.rollout.outcome": outcome}
    encoded = base64.b64encode(zlib.compress(data) if packed else data).decode()
    return {"Spec": {"Name": f"f.r{number}", "Labels": labels, "Data": encoded}}


def test_the_history_is_read_packed_or_not_and_in_order() -> None:
    stored = [config(2, "completed", BEFORE, packed=True), config(1, "completed", BEFORE)]
    assert [(one.number, one.outcome) for one in oracle.history(stored, "f")] == [(1, "completed"), (2, "completed")]
    assert oracle.history(stored, "g") == []


@pytest.mark.parametrize(
    ("label", "records", "wrong"),
    [
        ("1.abc", [(1, "completed", "web:1")], ""),
        ("1.abc", [(1, "completed", "web:1"), (2, "rolled_back", "web:2")], ""),
        ("", [(1, "completed", "web:1")], "does not say which revision"),
        ("3.abc", [(1, "completed", "web:1")], "is in force and not recorded"),
        ("1.abc", [(1, "completed", "web:2")], "says something else"),
        ("1.abc", [(1, "completed", "web:1"), (2, "pending", "web:2")], "revision 2 has no outcome"),
        ("1.abc.back", [(1, "completed", "web:1")], "on its way"),
        ("1.abc", [(1, "completed", "web:1"), (1, "completed", "web:1")], "recorded twice"),
    ],
)
def test_what_is_wrong_with_a_history(label: str, records: list[tuple[int, str, str]], wrong: str) -> None:
    present = seen(spec("web:1", "1", labels={"swarm.rollout.revision": label}))
    stored = [oracle.Record(number, outcome, spec(image, image[-1])) for number, outcome, image in records]
    found = oracle.remembered(present, stored, ended=True)
    assert (found == []) if not wrong else any(wrong in one for one in found)


def test_a_lock_that_is_held_is_found_and_a_free_one_is_none() -> None:
    held = {"Spec": {"Name": "swarm-rollout.f.lock", "Labels": {"swarm.rollout.lock.token": "x"}}}
    free = {"Spec": {"Name": "swarm-rollout.f.lock", "Labels": {}}}
    assert oracle.locks([held, free], "f") == ["swarm-rollout.f.lock is still held"]
    assert oracle.locks([held], "g") == []


def test_releases_are_known_by_number() -> None:
    labels = {
        "swarm.rollout.release": "f",
        "swarm.rollout.release.number": "3",
        "swarm.rollout.release.outcome": "completed",
    }
    assert oracle.releases([{"Spec": {"Name": "x", "Labels": labels}}], "f") == {3: "completed"}
