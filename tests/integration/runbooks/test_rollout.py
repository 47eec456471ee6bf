# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook rollout: forth, not at all, and back."""

from __future__ import annotations

import json

from tests.integration.runbooks.books import NEVER, Books, Ear


def test_a_good_rollout_with_all_that_belongs_to_it(stage: Books):
    stage.have("web:1", 2)
    stage.write("note.yml", "{ansible.builtin.copy: {dest: '%s/note', content: '{{ rollout_facts }}'}}" % stage.folder)
    hooks = "{pre_apply: note.yml, post_verify: '', on_failure: note.yml}"
    with Ear() as ear:
        told = [
            {"url": ear.url("/200/hush"), "headers": {"X-Token": "hush"}},
            {"url": ear.url("/204/slack"), "format": "slack"},
            {"url": ear.url("/500/broken")},
            {"url": ear.url("/200/failures"), "on": ["failure"]},
        ]
        ran = stage.roll(
            rollout_steps="1,100%",
            rollout_change_cause="<more> votes",
            rollout_hooks=hooks,
            rollout_notify=json.dumps(told),
            rollout_report_dir=str(stage.folder / "reports"),
            rollout_approval="",
            rollout_plan_strict="false",
        )
        assert ran.status == 0, ran.output
        assert stage.serving() == {"web:2": 2}
        (plain,), (slack,) = ear.at("/200/hush"), ear.at("/204/slack")
        assert len(ear.at("/500/broken")) == 3
        assert not ear.at("/200/failures")
        assert next(headers for path, headers, _body in ear.heard if path == "/200/hush")["X-Token"] == "hush"
    facts = json.loads((stage.folder / "note").read_text(encoding="utf-8"))
    assert (facts["name"], facts["result"]) == (stage.name, None)
    assert facts["plan"]["action"] == "replace"
    assert (plain["outcome"], plain["success"], plain["name"]) == ("completed", True, stage.name)
    assert (plain["from_image"], plain["to_image"], plain["change_cause"]) == ("web:1", "web:2", "<more> votes")
    assert slack["text"].startswith(f"{stage.name}: completed in ")
    assert {"title": "Why", "value": "<more> votes", "short": True} in slack["attachments"][0]["fields"]
    assert "warning: not told, after three attempts: 127.0.0.1: status 500" in ran.output
    assert "hush" not in ran.output
    assert ran.artifact("swarm_rollout_outcome") == "completed"
    assert ran.artifact("swarm_rollout_revision") == stage.info()[0]["revision"] == plain["revision"]
    assert ran.artifact("swarm_rollout_report") == plain["report"]
    assert (stage.folder / "reports" / plain["report"].rpartition("/")[2]).is_file()

    (stage.folder / "note").unlink()
    before = stage.cluster.service(stage.name)["Version"]
    with Ear() as ear:
        asked = stage.roll(
            "--check",
            "--diff",
            rollout_image="web:1",
            rollout_notify=ear.url("/200/hush"),
            rollout_report_dir=str(stage.folder / "none"),
            rollout_approval="prompt",
        )
        assert asked.status == 0, asked.output
        assert ear.heard == []
    assert "web:2 -> web:1" in asked.output
    assert '+    "image": "web:1"' in asked.output
    assert stage.cluster.service(stage.name)["Version"] == before
    assert not (stage.folder / "none").exists()


def test_a_broken_release_goes_back_and_the_play_fails(stage: Books):
    stage.have("web:1", 2)
    stage.write(
        "fail.yml", "{ansible.builtin.copy: {dest: '%s/failed', content: '{{ rollout_facts }}'}}" % stage.folder
    )
    with Ear() as ear:
        ran = stage.roll(
            rollout_image="exit:1.0",
            rollout_options='{resolve_image: "false", update_config: {monitor: 2s, failure_action: rollback}}',
            rollout_hooks={"on_failure": str(stage.folder / "fail.yml")},
            rollout_notify=ear.url("/200/all"),
            rollout_report_dir=str(stage.folder / "reports"),
        )
        assert ran.status == 2, ran.output
        (told,) = ear.at("/200/all")
    assert stage.serving() == {"web:1": 2}
    assert (told["outcome"], told["success"]) == ("rolled_back", False)
    assert "failed=1" in ran.output
    assert ran.artifact("swarm_rollout_outcome") == "rolled_back"
    assert ran.artifact("swarm_rollout_message").startswith(f"{stage.name}: rolled back after")
    assert json.loads((stage.folder / "failed").read_text(encoding="utf-8"))["outcome"] == "rolled_back"
    assert list((stage.folder / "reports").glob("*.html"))


def test_what_verification_does_not_pass_goes_back(stage: Books):
    stage.have("web:1", 2)
    first = stage.info()[0]["revision"]
    ran = stage.roll(rollout_verify_checks=NEVER, rollout_steps="[1]")
    assert ran.status == 2, ran.output
    assert stage.serving() == {"web:1": 2}
    assert ran.artifact("swarm_rollout_outcome") == "rolled_back"
    message = ran.artifact("swarm_rollout_message")
    assert message.startswith(f"{stage.name}: check command: exit status 1, not exit status 0; taken back: ")
    history = stage.info(history=True)[0]["history"]
    assert [(one["revision"], one["restores"]) for one in history[:2]] == [(first + 2, first), (first + 1, None)]
    assert history[0]["cause"] == f"revision {first + 1} was not verified"

    # A pause by hand that is not verified is aborted, which is no further revision.
    paused = stage.roll(rollout_verify_checks=NEVER, rollout_steps="1", rollout_step_pause="manual")
    assert (paused.status, paused.artifact("swarm_rollout_outcome")) == (2, "rolled_back"), paused.output
    stage.cluster.wait("stable", lambda: stage.serving() == {"web:1": 2})
    assert stage.info()[0]["rollout"] is None


def test_a_hook_after_it_that_fails_takes_it_back(stage: Books):
    stage.have("web:1", 1)
    stage.write("smoke.yml", "{name: Smoke, ansible.builtin.fail: {msg: it smokes}}")
    ran = stage.roll(rollout_hooks="post_apply: smoke.yml")
    assert ran.status == 2, ran.output
    assert stage.serving() == {"web:1": 1}
    assert f"{stage.name}: it smokes; taken back: " in ran.artifact("swarm_rollout_message")


def test_hooks_around_each_step(stage: Books):
    stage.have("web:1", 3)
    note = "{ansible.builtin.lineinfile: {create: true, path: '%s/order', line: '%s {{ rollout_facts.step }}'}}"
    for name in ("pre", "post"):
        stage.write(f"{name}.yml", note % (stage.folder, name))
    ran = stage.roll(
        rollout_steps="1,2",
        rollout_hooks="{pre_step: pre.yml, post_step: post.yml}",
        rollout_report_dir=str(stage.folder / "reports"),
    )
    assert ran.status == 0, ran.output
    assert stage.serving() == {"web:2": 3}
    assert (stage.folder / "order").read_text(encoding="utf-8").split("\n")[:-1] == [
        *("pre 0", "post 1"),
        *("pre 1", "post 2"),
        *("pre 2", "post 3"),
    ]
    assert ran.artifact("swarm_rollout_outcome") == "completed"
    report = json.loads(next((stage.folder / "reports").glob("*.json")).read_text(encoding="utf-8"))
    assert report["from_image"] == "web:1"
    assert {one["slot"] for one in report["services"][0]["timeline"]} == {1, 2, 3}

    # A second run changes nothing and makes no step; one that fails after the first takes that back.
    again = stage.roll(rollout_steps="1,2", rollout_hooks="{pre_step: pre.yml, post_step: post.yml}")
    assert (again.status, again.artifact("swarm_rollout_outcome")) == (0, "unchanged"), again.output
    stage.write("smoke.yml", "{name: Smoke, ansible.builtin.fail: {msg: it smokes}}")
    bad = stage.roll(rollout_image="web:1", rollout_steps="1,2", rollout_hooks="post_step: smoke.yml")
    assert (bad.status, bad.artifact("swarm_rollout_outcome")) == (2, "rolled_back"), bad.output
    stage.cluster.wait("stable", lambda: stage.serving() == {"web:2": 3})

    stray = stage.roll(rollout_hooks="post_step: smoke.yml")
    assert stray.status == 2
    assert "the hooks pre_step and post_step are for a rollout_service with rollout_steps" in stray.output


def test_approval(stage: Books):
    stage.have("web:1", 1)
    nobody = stage.roll("--tags", "apply", rollout_approval="prompt")
    assert (nobody.status, nobody.artifact("swarm_rollout_outcome")) == (2, "refused"), nobody.output
    assert "not approved, nothing was changed" in nobody.artifact("swarm_rollout_message")
    no = stage.roll(rollout_approval="prompt", typed="no")
    assert (no.status, stage.serving()) == (2, {"web:1": 1}), no.output
    yes = stage.roll(rollout_approval="prompt", typed="yes")
    assert (yes.status, stage.serving()) == (0, {"web:2": 1}), yes.output


def test_what_is_refused_before_anything_is_done(stage: Books):
    stage.have("web:1", 1)
    before = stage.cluster.service(stage.name)["Version"]
    hook = stage.roll(rollout_hooks="{pre_apply: missing.yml}")
    assert hook.status == 2
    assert "rollout_hooks: the file of pre_apply does not exist, nothing was changed" in hook.output
    image = stage.roll(rollout_image="nobody/has:this", rollout_notify="")
    assert (image.status, image.artifact("swarm_rollout_outcome")) == (2, "refused"), image.output
    assert "not begun, nothing was changed: the image nobody/has:this is not on" in image.output
    full = stage.roll(rollout_options='{resolve_image: "false", reservations: {memory: 900G}}')
    assert (full.status, full.artifact("swarm_rollout_outcome")) == (2, "refused"), full.output
    assert "not begun, nothing was changed" in full.output
    assert "memory" in full.artifact("swarm_rollout_message")
    both = stage.roll(rollout_release="{name: shop, services: []}")
    assert both.status == 2
    assert "give either rollout_service" in both.output
    looked = stage.roll("--tags", "preflight,plan", rollout_notify="http://127.0.0.1:9/")
    assert looked.status == 0, looked.output
    assert "web:1 -> web:2" in looked.output
    assert "3 of 3 managers are reachable, 1 may be lost" in looked.output
    assert not looked.left_artifacts
    strict = stage.roll(rollout_plan_strict="yes", rollout_options='{resolve_image: "false"}')
    assert (strict.status, strict.artifact("swarm_rollout_outcome")) == (2, "refused"), strict.output
    assert "rollout_plan_strict refuses this plan" in strict.output
    assert stage.cluster.service(stage.name)["Version"] == before
