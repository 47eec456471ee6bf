# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases that fail: everything is as before, or stays where it is on purpose; never anything else."""

from __future__ import annotations

from tests.integration.cluster import other_image
from tests.integration.release.shop import Shop, outcome, story


def test_a_failure_in_the_second_wave_takes_everything_back(shop: Shop):
    before = shop.have(1)
    ran = shop.release(shop.services(2, mail={"image": "web:2"}, catalog={"image": "exit:1.0", "replicas": 2}))
    assert (ran.failed, ran.changed, outcome(ran)) == (True, True, "rolled_back")
    assert ran.result["release"]["failed_wave"] == 2
    assert "configuration key DATABASE_URL is missing" in ran.msg
    assert story(ran, "web")["outcome"] == "skipped"
    assert story(ran, "mail")["undone"]["outcome"] == "completed"
    shop.is_as(before)
    assert shop.schema() == 2, "the migration beside it was not cut off"
    assert shop.records() == {1: "completed", 2: "rolled_back"}
    assert shop.release(shop.services(1)).changed, "the job is declared otherwise than it is"
    shop.is_as(before)


def test_what_was_created_goes_and_what_was_removed_returns(shop: Shop):
    shop.have(1)
    more = {"image": "web:1", "depends_on": ["db"]}
    first = shop.services(1, extra=more)
    assert not shop.release(first).failed
    before = shop.snapshot()
    # `extra` makes room for a service that needs it gone; that one, new, and `api` do not get far.
    wanted = shop.services(
        2,
        extra={"state": "absent"},
        fresh={"image": "web:2", "depends_on": ["extra"]},
        api={"image": "shop/api:broken", "depends_on": ["migrate", "fresh"]},
    )
    ran = shop.release(wanted)
    assert (ran.failed, outcome(ran)) == (True, "rolled_back"), ran.msg
    assert story(ran, "extra")["undone"]["outcome"] == "completed"
    assert story(ran, "fresh")["undone"]["outcome"] == "completed"
    shop.is_as(before)
    # The history of what returned has not gone with it.
    assert [item for item in shop.own("configs") if item["Spec"]["Name"].endswith("-extra.r1")]


def test_after_the_point_of_no_return_it_freezes_and_goes_on_from_there(shop: Shop):
    before = shop.have(1)
    broken = shop.services(2, api={"image": "shop/api:broken"})
    ran = shop.release(broken, point_of_no_return=shop.full("migrate"))
    assert (ran.failed, outcome(ran)) == (True, "frozen")
    assert ran.result["release"]["point_of_no_return"]["passed"] is True
    assert "the point of no return" in ran.msg
    now = shop.snapshot()
    # Its own failure action took `api` back; `web` was not begun; what came before stays.
    assert now["api"] == before["api"]
    assert now["web"] == before["web"]
    assert shop.cluster.serving(shop.full("catalog")) == {"web:2": 2}
    assert shop.schema() == 2
    shop.tasks_run_their_service()

    mended = shop.release(shop.services(2), point_of_no_return=shop.full("migrate"))
    assert (mended.failed, outcome(mended)) == (False, "completed"), mended.msg
    shop.is_declared(shop.services(2))
    assert shop.migrations() == {1: 1, 2: 1}


def test_before_the_point_of_no_return_it_goes_back(shop: Shop):
    before = shop.have(1)
    wanted = shop.services(2, migrate={"image": "shop/migrate:broken"})
    ran = shop.release(wanted, point_of_no_return=shop.full("migrate"))
    assert (ran.failed, outcome(ran)) == (True, "rolled_back")
    assert ran.result["release"]["point_of_no_return"]["passed"] is False
    shop.is_as(before)


def test_freeze_and_continue(shop: Shop):
    before = shop.have(1)
    wanted = shop.services(
        2, catalog={"image": "exit:1.0", "update_config": {"failure_action": "rollback", "monitor": "1s"}}
    )
    frozen = shop.release(wanted, on_failure="freeze")
    assert (frozen.failed, outcome(frozen)) == (True, "frozen")
    now = shop.snapshot()
    assert now["api"] == before["api"]
    assert shop.cluster.serving(shop.full("cart")) == {"web:2": 1}

    went_on = shop.release(wanted, on_failure="continue")
    assert (went_on.failed, outcome(went_on)) == (True, "failed")
    assert story(went_on, "web")["outcome"] == "skipped", "it depends on the catalog"
    assert shop.cluster.serving(shop.full("api")) == {"shop/api:2": 2}
    assert shop.cluster.serving(shop.full("worker")) == {"web:2": 1}
    assert shop.cluster.serving(shop.full("catalog")) == {"web:1": 2}
    assert shop.cluster.serving(shop.full("web")) == {"web:1": 2}
    back = shop.release(to="1")
    assert not back.failed, back.msg
    shop.is_as(before)


def test_somebody_else_at_work(shop: Shop):
    before = shop.have(1)
    running = shop.begin(shop.services(2))
    shop.cluster.wait("the migration", lambda: "migrate" in str(shop.records()) or len(shop.records()) == 2)
    shop.cluster.write(shop.full("worker"), other_image("vote:indent"))
    ran = running.wait()
    assert ran.failed, ran.msg
    assert story(ran, "worker")["outcome"] == "superseded"
    assert shop.cluster.serving(shop.full("worker")) == {"vote:indent": 1}, "theirs stays"
    shop.is_as(before, but=("migrate", "worker"))


def test_two_at_once(shop: Shop):
    shop.have(1)
    first = shop.begin(shop.services(2))
    shop.cluster.wait("the first has begun", lambda: len(shop.records()) == 2)
    refused = shop.release(shop.services(2, cart=None), lock_wait="0s")
    assert (refused.failed, refused.result["error_kind"]) == (True, "locked")
    assert "another rollout of this release is under way" in refused.msg
    second = shop.release(shop.services(2))
    assert (second.failed, second.changed, outcome(second)) == (False, False, "unchanged"), second.msg
    assert outcome(first.wait()) == "completed"
    shop.is_declared(shop.services(2))


def test_nonsense_is_refused_before_anything_happens(shop: Shop):
    before = shop.have(1)
    name = shop.full
    for services, options, words in (
        (shop.services(2, api={"depends_on": ["web"]}), {}, "they wait for each other"),
        ([*shop.services(2), {"name": name("x"), "image": "web:1", "depends_on": ["nobody"]}], {}, "no such service"),
        ([*shop.services(2), {"name": name("web")}], {}, "listed twice"),
        (shop.services(2, api={"imgae": "x"}), {}, "imgae"),
        (shop.services(2, api={"replicas": "many"}), {}, "replicas"),
        (shop.services(2, worker={"configs": [{"config_name": "nosuch"}]}), {}, 'no config named "nosuch"'),
        (shop.services(2), {"point_of_no_return": "nobody"}, "point_of_no_return"),
        (shop.services(2), {"parallel": 0}, "parallel"),
        (shop.services(2, web={"step_pause": "manual"}), {}, "step_pause"),
        (shop.services(2, worker={"wait": False}), {}, "always waits"),
        (None, {"to": "99"}, "no release of this number"),
    ):
        ran = shop.release(services, **options)
        assert ran.failed, words
        assert words in ran.msg, ran.msg
        assert "Traceback" not in ran.output
    assert shop.snapshot() == before
    assert shop.records() == {1: "completed"}
