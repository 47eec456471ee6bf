# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords that are common words: the result stays usable, and what containers say stays without them."""

from __future__ import annotations

import time

from tests.integration.stage import QUICK, Stage

MASK = "********"


def test_a_rollback_is_fed_with_the_result_whatever_the_password_is(stage: Stage):
    year = time.strftime("%Y", time.gmtime())
    secrets = {
        "VOTE_PASSWORD": "vote",
        "API_KEY": "completed",
        "TOKEN_TTL": "1000",
        "AUTH_SINCE": year,
        "KEY_MODE": "pause",
        "NAME_TOKEN": stage.name,
    }
    stage.have("vote:indent", env=secrets)
    ran = stage.service("vote:movies", env=secrets, diff=True)
    assert (ran.failed, ran.outcome, ran.result["changes"]) == (False, "completed", ["image"]), ran.output
    assert (ran.rollout["from_image"], ran.rollout["to_image"]) == ("vote:indent", "vote:movies")
    assert ran.rollout["started_at"].startswith(year)
    assert ran.msg.startswith(f"{stage.name}: completed in ")
    assert ran.msg.endswith("(vote:indent to vote:movies); 1 of 1 tasks run vote:movies now")
    shown = ran.result["swarm_service"]
    assert (shown["name"], shown["image"], shown["update_monitor"]) == (stage.name, "vote:movies", 1_000_000_000)
    assert shown["update_config"]["failure_action"] == "pause"
    assert shown["env"] == dict.fromkeys(secrets, MASK)
    assert ran.result["diff"] == {"before": {"image": "vote:indent"}, "after": {"image": "vote:movies"}}

    back = stage.rollback(from_image=ran.rollout["to_image"])

    assert (back.failed, back.outcome, back.changed) == (False, "completed", True), back.output
    assert stage.cluster.serving(stage.name) == {"vote:indent": 1}
    assert stage.rollback(to_image=ran.rollout["to_image"]).outcome == "completed"
    assert stage.cluster.serving(stage.name) == {"vote:movies": 1}


def test_a_container_that_says_its_password_is_quoted_without_it(stage: Stage):
    # What crash:1.0 says at its end has this word; the second task does not name it.
    stage.have("web:1", env={"DB_PASSWORD": "database"})
    watched = {**QUICK, "monitor": "5s", "failure_action": "rollback"}
    ran = stage.service("crash:1.0", update_config=watched)
    assert (ran.failed, ran.outcome) == (True, "rolled_back"), ran.output
    said = f"crash: lost the connection to the {MASK}, giving up"
    assert ran.rollout["failures"][0]["log"] == [said]
    assert f"its last words: {said}" in ran.msg
    assert stage.info(name=[stage.name])[0]["service"]["env"] == {"DB_PASSWORD": MASK}
