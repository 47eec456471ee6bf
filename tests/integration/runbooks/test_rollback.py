# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks rollback, for a service and for a release, and verify."""

from __future__ import annotations

from typing import Any

from tests.integration.runbooks.books import AT_ONCE, NEVER, Books, Ear


def test_a_service_goes_back_and_stays(stage: Books):
    stage.have("web:1", 2, change_cause="the first")
    stage.service("web:2", resolve_image="false")
    answers = {"rollback_service": stage.name, "rollback_from_image": "web:2", "rollback_checks": AT_ONCE}
    before = stage.cluster.service(stage.name)["Version"]
    shown = stage.play("rollback", "--check", **answers)
    assert shown.status == 0, shown.output
    assert '"cause     the first"' in shown.output
    assert '"image     web:1"' in shown.output
    assert stage.cluster.service(stage.name)["Version"] == before

    with Ear() as ear:
        more = {"rollback_notify": ear.url("/200/x"), "rollback_report_dir": "reports", "rollback_change_cause": "slow"}
        ran = stage.play("rollback", **answers, **more)
        assert ran.status == 0, ran.output
        (told,) = ear.at("/200/x")
    assert stage.serving() == {"web:1": 2}
    assert (told["event"], told["outcome"], told["to_image"]) == ("rollback", "completed", "web:1")
    assert list((stage.folder / "reports").glob("*.html"))
    assert stage.info(history=True)[0]["history"][0]["cause"] == "slow"

    again = stage.play("rollback", **answers)
    assert (again.status, again.artifact("swarm_rollout_outcome")) == (0, "unchanged"), again.output
    assert "changed=0" in again.output

    bad = stage.play("rollback", rollback_service=stage.name, rollback_to_image="web:2", rollback_checks=NEVER)
    assert (bad.status, bad.artifact("swarm_rollout_outcome")) == (2, "unverified"), bad.output
    assert stage.serving() == {"web:2": 2}


def test_what_a_rollback_refuses(stage: Books):
    stage.have("web:1", 1)
    stage.service("web:2", resolve_image="false")
    nobody = stage.play("rollback", rollback_service=stage.name, rollback_approval="prompt")
    assert (nobody.status, nobody.artifact("swarm_rollout_outcome")) == (2, "refused"), nobody.output
    number = stage.play("rollback", rollback_service=stage.name, rollback_to="77")
    assert (number.status, number.artifact("swarm_rollout_outcome")) == (2, "refused"), number.output
    both = stage.play("rollback", rollback_service=stage.name, rollback_to="1", rollback_to_image="web:1")
    assert both.status == 2
    assert "give rollback_to or rollback_to_image, not both" in both.output
    assert stage.serving() == {"web:2": 1}


def release(stage: Books, image: str) -> str:
    common = f'image: "{image}", resolve_image: "false", update_config: {{monitor: 1s, parallelism: 0}}'
    return (
        f"{{name: {stage.name}, services: [{{name: {stage.name}-a, {common}}}, "
        f"{{name: {stage.name}-b, {common}, depends_on: [{stage.name}-a]}}]}}"
    )


def test_a_release_forth_and_back(stage: Books):
    def serving() -> list[dict[str, int]]:
        return [dict(stage.cluster.serving(f"{stage.name}-{one}")) for one in "ab"]

    first = stage.play("rollout", rollout_release=release(stage, "web:1"), rollout_verify_checks=AT_ONCE)
    assert (first.status, first.artifact("swarm_rollout_outcome")) == (0, "completed"), first.output
    second = stage.play(
        "rollout",
        rollout_release=release(stage, "web:2"),
        rollout_verify_checks=NEVER,
        rollout_verify_service=f"{stage.name}-b",
        rollout_report_dir="reports",
    )
    assert (second.status, second.artifact("swarm_rollout_outcome")) == (2, "rolled_back"), second.output
    assert f"release {stage.name}: 2 of 2 services" in second.output
    assert serving() == [{"web:1": 1}, {"web:1": 1}]
    assert list((stage.folder / "reports").glob("*.html"))

    third = stage.play("rollout", rollout_release=release(stage, "web:2"), rollout_verify_checks=AT_ONCE)
    assert (third.status, serving()) == (0, [{"web:2": 1}, {"web:2": 1}]), third.output
    back = stage.play("rollback", rollback_release=stage.name, rollback_checks=AT_ONCE)
    assert (back.status, serving()) == (0, [{"web:1": 1}, {"web:1": 1}]), back.output


def test_behind_its_point_of_no_return_a_release_stays(stage: Books):
    def shop(image: str, run: int) -> dict[str, Any]:
        common = {"resolve_image": "false", "update_config": {"monitor": "1s", "parallelism": 0}}
        job = {"name": f"{stage.name}-job", "image": "job:ok", "mode": "replicated-job", "env": {"RUN": str(run)}}
        after = {"name": f"{stage.name}-a", "image": image, "depends_on": [f"{stage.name}-job"], **common}
        services = [{**job, "resolve_image": "false", "restart_config": {"condition": "none"}}, after]
        return {"name": stage.name, "point_of_no_return": f"{stage.name}-job", "services": services}

    first = stage.play("rollout", rollout_release=shop("web:1", 1), rollout_verify_checks=AT_ONCE)
    assert (first.status, first.artifact("swarm_rollout_outcome")) == (0, "completed"), first.output
    second = stage.play(
        "rollout",
        rollout_release=shop("web:2", 2),
        rollout_verify_checks=NEVER,
        rollout_verify_service=f"{stage.name}-a",
    )
    assert (second.status, second.artifact("swarm_rollout_outcome")) == (2, "unverified"), second.output
    assert "nothing was taken back, since the point of no return is passed" in second.output
    assert stage.cluster.serving(f"{stage.name}-a") == {"web:2": 1}


def test_verify(stage: Books):
    stage.have("web:1", 1)
    good = stage.play("verify", verify_service=stage.name, verify_checks=AT_ONCE, verify_report_dir="reports")
    assert good.status == 0, good.output
    assert list((stage.folder / "reports").glob("*.html"))
    bad = stage.play("verify", verify_service=stage.name, verify_url="http://127.0.0.1:9/", verify_checks="")
    assert bad.status == 2, bad.output
    assert "check http" in bad.output
