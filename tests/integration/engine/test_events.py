# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Service events of a real manager."""

from __future__ import annotations

import threading
import time

from ansible_collections.swarm.rollout.plugins.module_utils._engine import services
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.events import ServiceEvent, ServiceEvents

from .conftest import Making


def until(events: ServiceEvents, wanted: str, limit: float = 30) -> list[ServiceEvent]:
    """All events up to one that has the wanted update state or action."""
    found: list[ServiceEvent] = []
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        for event in events.wait(1):
            found.append(event)
            if wanted in (event.action, event.update_state_new):
                return found
    raise AssertionError("no %s among %s" % (wanted, found))


def test_a_stream_opened_before_a_write_misses_nothing(api: Api, making: Making) -> None:
    with ServiceEvents(api) as events:
        assert events.alive
        service_id = making.create(making.spec(replicas=0))
        created = until(events, "create")
        while not any(event.service_id == service_id for event in created):
            # Others create services at the same time.
            created += until(events, "create")
    assert [event.action for event in created if event.service_id == service_id] == ["create"]


def test_an_update_is_told_as_it_happens(api: Api, making: Making) -> None:
    service_id = making.create(making.spec(replicas=1))
    making.wait_for_task(service_id, "running")
    found = making.read(service_id)
    update = {"Parallelism": 1, "Monitor": 1, "FailureAction": "pause", "Order": "stop-first"}
    template = dict(found.spec["TaskTemplate"], ForceUpdate=1)
    with ServiceEvents(api, service_id) as events:
        services.update(api, service_id, found.version, dict(found.spec, TaskTemplate=template, UpdateConfig=update))
        told = until(events, "completed", 60)
        assert {event.service_id for event in told} == {service_id}
        assert "updating" in {event.update_state_new for event in told}
        lag = time.time() - told[-1].time
        assert lag < 0.5
        services.remove(api, service_id)
        assert until(events, "remove")[-1].name == found.name


def test_closing_leaves_no_thread(api: Api) -> None:
    for _turn in range(5):
        events = ServiceEvents(api, "nosuchservice")
        assert events.alive
        events.close()
    assert [thread.name for thread in threading.enumerate() if thread.name == "swarm-events"] == []
