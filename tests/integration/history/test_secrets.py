# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A secret that people put into a specification is shown by nothing that this collection prints."""

from __future__ import annotations

from typing import Any

from ansible_collections.swarm.rollout.plugins.filter.history_table import history_table
from tests.integration.history.past import Past

CANARY = "yellow-bird-4711"


def test_no_secret_in_history_info_diff_messages_and_errors(stage: Past):
    hidden: dict[str, Any] = {
        "env": {"DB_PASSWORD": CANARY, "URL": f"postgres://poll:{CANARY}@db/poll"},
        "container_labels": {"token": CANARY},
        "args": [f"--password={CANARY}"],
    }
    stage.have("web:1", change_cause=f"password={CANARY} rotated", actor={"user": f"https://anna:{CANARY}@x"}, **hidden)
    assert CANARY in str(stage.stored()[1]), "the record is as readable as the service itself, no less"
    rotated = {**hidden, "env": {"DB_PASSWORD": CANARY + "2", "URL": f"postgres://poll:{CANARY}@db/poll"}}
    printed = [stage.service("web:2", diff=True, **rotated).output]
    stage.cluster.write(
        stage.name, lambda spec: spec["TaskTemplate"]["ContainerSpec"].update(Env=[f"DB_PASSWORD={CANARY}3"])
    )
    stage.at_rest({"web:2": 1})
    now = stage.now()
    printed += [str(now), history_table(now["history"])]
    for options in ({"to": "1"}, {"to": "9"}, {"to_image": "web:9"}, {"to": "previous"}):
        printed.append(stage.start("swarm_service_rollback", check=True, diff=True, **options).wait().output)
    printed.append(stage.rollback(to="1", diff=True).output)
    printed.append(stage.service(state="absent", diff=True).output)
    results = [text.split('"invocation"')[0] for text in printed]
    assert now["drift"]["changes"]
    for text in results:
        assert CANARY not in text
