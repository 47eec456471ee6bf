# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several controllers at once: numbers are unique, nothing is lost or doubled."""

from __future__ import annotations

from tests.integration.cluster import other_image
from tests.integration.history.past import Past, plain

WRITERS = 8


def test_eight_writers(stage: Past):
    stage.have("web:1", replicas=2)
    running = [
        stage.begin("web:2", docker_host=stage.hosts[n % len(stage.hosts)], env={"BY": str(n)}, change_cause=f"by {n}")
        for n in range(WRITERS)
    ]
    ran = [one.wait() for one in running]

    stored = stage.stored()
    assert sorted(stored) == list(range(1, max(stored) + 1))
    assert sorted(one["cause"] for one in stored.values() if one["cause"]) == [f"by {n}" for n in range(WRITERS)]
    numbers = [one.rollout["revision"] for one in ran if one.changed]
    assert len(numbers) == len(set(numbers))
    for n, one in enumerate(ran):
        record = next(record for record in stored.values() if record["cause"] == f"by {n}")
        assert record["outcome"] == one.outcome, one.msg
        if not one.changed:
            assert (one.failed, one.outcome) == (True, "superseded")
    # What is in force is what its record says, and its task says that it is through.
    spec = stage.cluster.service(stage.name)["Spec"]
    own = stored[stage.carried()]
    assert plain(own["spec"]) == plain(spec)
    assert own["outcome"] == "completed"
    assert stage.now()["drift"] is None
    assert [one["revision"] for one in stage.told() if one["current"]] == [own["number"]]


def test_eight_writers_after_a_change_by_other_hands(stage: Past):
    stage.have("web:1")
    stage.cluster.write(stage.name, other_image("whoami:1.0"))
    stage.at_rest({"whoami:1.0": 1})
    theirs = stage.cluster.spec(stage.name)
    running = [stage.begin("web:2", env={"BY": str(n)}, change_cause=f"by {n}") for n in range(WRITERS)]
    for one in running:
        one.wait()
    stored = stage.stored()
    adopted = [one for one in stored.values() if one["outside"]]
    assert [plain(one["spec"]) for one in adopted] == [plain(theirs)]
    assert sorted(one["cause"] for one in stored.values() if one["actor"] or one["cause"].startswith("by")) == [
        f"by {n}" for n in range(WRITERS)
    ]
    assert "pending" not in stage.outcomes().values()


def test_eight_writers_create_the_same_service(stage: Past):
    running = [stage.begin("web:1", stop_grace_period="2s", update_config={"monitor": "1s"}) for _ in range(WRITERS)]
    ran = [one.wait() for one in running]
    assert [one.failed for one in ran] == [False] * WRITERS, [one.msg for one in ran]
    assert sum(one.changed for one in ran) == 1
    stored = stage.stored()
    assert [one["outcome"] for one in stored.values()].count("completed") == 1
    assert stored[stage.carried()]["outcome"] == "completed"
    assert "pending" not in stage.outcomes().values()
