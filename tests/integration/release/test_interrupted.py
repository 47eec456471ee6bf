# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A release that is killed in any wave is finished, or undone, by the same task run again."""

from __future__ import annotations

import pytest

from tests.integration.release.shop import Shop, outcome


@pytest.mark.parametrize("wave", ["first", "second", "third", "fourth"])
def test_killed_in_a_wave_and_run_again(shop: Shop, wave: str):
    shop.have(1)
    wanted = shop.services(2, mail={"image": "web:2"})
    running = shop.begin(wanted)
    moment = {"first": "mail", "second": "catalog", "third": "worker", "fourth": "web"}[wave]
    shop.cluster.wait(f"the {wave} wave", lambda: "web:2" in shop.cluster.serving(shop.full(moment)))
    running.kill()

    ran = shop.release(wanted)
    assert (ran.failed, outcome(ran)) == (False, "completed"), ran.msg
    shop.is_declared(wanted)
    assert shop.migrations() == {1: 1, 2: 1}
    assert shop.records() == {1: "completed", 2: "completed"}
    assert shop.lock_is_free()
    assert not shop.release(wanted).changed


def test_killed_on_the_way_back_and_run_again(shop: Shop):
    before = shop.have(1)
    broken = shop.services(2, mail={"image": "web:2"}, api={"image": "shop/api:broken"})
    running = shop.begin(broken)
    shop.cluster.wait("on the way back", lambda: shop.cluster.serving(shop.full("catalog")) == {"web:2": 2})
    shop.cluster.wait("something is back", lambda: "web:1" in shop.cluster.serving(shop.full("catalog")))
    running.kill()

    ran = shop.release(broken)
    assert (ran.failed, outcome(ran)) == (True, "rolled_back"), ran.msg
    assert "an interrupted run was on its way back" in ran.msg
    shop.is_as(before)
    assert shop.records() == {1: "completed", 2: "rolled_back"}
    # Nothing is in its way.
    assert outcome(shop.release(shop.services(2))) == "completed"
    shop.is_declared(shop.services(2))


def test_another_release_after_an_interruption_goes_back_to_what_was_before_both(shop: Shop):
    before = shop.have(1)
    running = shop.begin(shop.services(2, mail={"image": "web:2"}))
    shop.cluster.wait("the first wave", lambda: shop.cluster.serving(shop.full("mail")) == {"web:2": 1})
    running.kill()
    ran = shop.release(shop.services(2, mail={"image": "web:2"}, cart={"image": "exit:1.0"}))
    assert (ran.failed, outcome(ran)) == (True, "rolled_back"), ran.msg
    shop.is_as(before)
    assert shop.records() == {1: "completed", 2: "abandoned", 3: "rolled_back"}


def test_killed_while_it_puts_a_release_back(shop: Shop):
    first = shop.have(1)
    assert not shop.release(shop.services(2)).failed
    running = shop.begin(to="1")
    shop.cluster.wait("web is back", lambda: "web:1" in shop.cluster.serving(shop.full("web")))
    running.kill()
    ran = shop.release(to="1")
    assert (ran.failed, outcome(ran)) == (False, "completed"), ran.msg
    shop.is_as(first)
    assert shop.records() == {1: "completed", 2: "completed", 3: "completed"}
