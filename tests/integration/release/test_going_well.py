# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases that succeed: waves, jobs once, nothing twice, the way back, and who belongs to it."""

from __future__ import annotations

from tests.integration.release.shop import WAVES, Shop, outcome, story


def test_a_shop_from_nothing_to_its_second_version_and_back(shop: Shop):
    services = shop.services(1)
    planned = shop.release(services, check=True)
    assert (planned.failed, planned.changed, shop.snapshot()) == (False, True, {})
    assert [
        [one["service"].rpartition("-")[2] for one in wave["services"]] for wave in planned.result["plan"]["waves"]
    ] == WAVES

    ran = shop.release(services, change_cause="opening")
    assert (ran.failed, outcome(ran), ran.result["release"]["revision"]) == (False, "completed", 1), ran.msg
    shop.is_declared(services)
    assert (shop.schema(), shop.migrations()) == (1, {1: 1})
    assert story(ran, "migrate")["job"] == {"exit_code": 0, "log": ["migrate: schema 0 -> 1"]}
    first = shop.snapshot()

    again = shop.release(services, debug=True)
    assert (again.changed, outcome(again)) == (False, "unchanged")
    # The services, the records, the network, and the tasks of what was written a moment ago.
    assert sorted(again.result["engine_calls"]) == ["GET /configs", "GET /networks", "GET /services", "GET /tasks"]
    assert shop.snapshot() == first

    second = shop.services(2)
    ran = shop.release(second, change_cause="prices")
    assert (ran.failed, outcome(ran), ran.result["release"]["revision"]) == (False, "completed", 2), ran.msg
    assert story(ran, "mail")["outcome"] == story(ran, "db")["outcome"] == "unchanged"
    shop.is_declared(second)
    assert (shop.schema(), shop.migrations()) == (2, {1: 1, 2: 1})

    back = shop.release(to="previous")
    assert (back.failed, outcome(back), back.result["release"]["restores"]) == (False, "completed", 1), back.msg
    shop.is_as(first)
    assert shop.migrations() == {1: 1, 2: 1}, "going back runs no job"
    left = shop.release(to="previous")
    assert (left.changed, outcome(left)) == (False, "unchanged")

    forward = shop.release(to="2")
    assert (forward.failed, forward.result["release"]["restores"]) == (False, 2), forward.msg
    shop.is_declared(second)
    assert shop.records() == {1: "completed", 2: "completed", 3: "completed", 4: "completed"}
    assert shop.lock_is_free()


def test_services_come_and_go(shop: Shop):
    shop.have(1)
    others = shop.cluster.engine.post(
        "/services/create", {"Name": f"{shop.name}x", "TaskTemplate": {"ContainerSpec": {"Image": "web:1"}}}
    )["ID"]
    fewer = shop.services(1, mail=None, cart=None)
    ran = shop.release(fewer)
    assert (ran.changed, outcome(ran)) == (False, "unchanged")
    assert set(shop.snapshot()) == {"db", "mail", "migrate", "catalog", "cart", "api", "worker", "web"}

    ran = shop.release(fewer, prune=True)
    assert (ran.failed, ran.changed, outcome(ran)) == (False, True, "completed"), ran.msg
    assert set(shop.snapshot()) == {"db", "migrate", "catalog", "api", "worker", "web"}
    assert others in {service["ID"] for service in shop.cluster.engine.get("/services")}
    again = shop.release(fewer, prune=True)
    assert (again.changed, outcome(again)) == (False, "unchanged")

    back = shop.release(to="1")
    assert (back.failed, outcome(back)) == (False, "completed"), back.msg
    shop.is_declared(shop.services(1))
    gone = shop.services(1, mail={"state": "absent"})
    assert outcome(shop.release(gone)) == "completed"
    assert "mail" not in shop.snapshot()


def test_a_job_that_failed_runs_again_and_one_that_succeeded_does_not(shop: Shop):
    shop.have(1)
    broken = shop.services(1, migrate={"image": "shop/migrate:broken"})
    before = shop.snapshot()
    for _attempt in range(2):
        ran = shop.release(broken)
        assert (ran.failed, outcome(ran), ran.result["release"]["failed_wave"]) == (True, "rolled_back", 2)
        assert story(ran, "migrate")["job"]["exit_code"] == 3
        assert 'column "price" has 3 rows that cannot be converted' in ran.msg
        shop.is_as(before)
    tasks = shop.cluster.tasks(shop.full("migrate"))
    assert len([task for task in tasks if task["Status"]["State"] == "failed"]) == 2

    ran = shop.release(shop.services(2))
    assert (ran.failed, shop.migrations()) == (False, {1: 1, 2: 1}), ran.msg
    assert shop.release(shop.services(2, worker={"env": {"SPEED": "fast"}})).changed
    assert shop.migrations() == {1: 1, 2: 1}
