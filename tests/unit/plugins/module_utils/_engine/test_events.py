# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Service events: there before the write, prompt, never in the way."""

from __future__ import annotations

import json
import threading
import time

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.events import ServiceEvent, ServiceEvents

from .conftest import Answer, FakeEngine


def event(service_id: str = "s1", action: str = "update", **attributes: str) -> bytes:
    """One line of the Engine's event stream."""
    raw = {
        "Type": "service",
        "Action": action,
        "Actor": {"ID": service_id, "Attributes": {"name": "web", **attributes}},
        "scope": "swarm",
        "time": 1700000000,
        "timeNano": 1700000000500000000,
    }
    return json.dumps(raw).encode() + b"\n"


def threads() -> list[str]:
    """The readers that run."""
    return [thread.name for thread in threading.enumerate() if thread.name == "swarm-events"]


def test_what_an_event_says() -> None:
    raw = json.loads(
        event(
            **{
                "updatestate.new": "updating",
                "updatestate.old": "completed",
                "image.new": "web:2",
                "image.old": "web:1",
                "replicas.new": "5",
                "replicas.old": "x",
            }
        )
    )
    assert ServiceEvent.of(raw) == ServiceEvent(
        "update", "s1", 1700000000.5, "web", "updating", "completed", "web:2", "web:1", 5, None
    )
    assert ServiceEvent.of("nonsense") == ServiceEvent("", "", 0.0)


def test_the_stream_is_open_when_the_constructor_returns(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/events", Answer(lines=[]))
    with ServiceEvents(api, "s1") as events:
        assert events.alive
        assert engine.seen[0].filters == {"scope": ["swarm"], "type": ["service"], "service": ["s1"]}
    assert threads() == []


def test_events_for_a_service_that_is_not_there_yet(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/events", Answer(lines=[event("new", "create")]))
    with ServiceEvents(api) as events:
        assert [found.service_id for found in events.wait(5)] == ["new"]
        assert "service" not in engine.seen[0].filters


def test_events_of_others_are_left_out(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/events", Answer(lines=[event("s12"), event("s1"), event("s")]))
    with ServiceEvents(api, "s1") as events:
        assert [found.service_id for found in events.wait(5)] == ["s1"]


def test_events_cut_anywhere_arrive_whole(engine: FakeEngine, api: Api) -> None:
    data = event(name="one") + b"\x1e" + event(name="two")
    pieces = [data[place : place + 7] for place in range(0, len(data), 7)]
    engine.on("GET", "/events", Answer(lines=pieces))
    found: list[str] = []
    with ServiceEvents(api, "s1") as events:
        while len(found) < 2:
            found += [item.name for item in events.wait(5)]
    assert found == ["one", "two"]


def test_waiting_in_vain_takes_as_long_as_asked(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/events", Answer(lines=[]))
    with ServiceEvents(api, "s1") as events:
        start = time.monotonic()
        assert events.wait(0.05) == []
        assert 0.04 < time.monotonic() - start < 1
        assert events.wait(-1) == []


def test_closing_is_prompt_while_nothing_happens(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/events", Answer(lines=[]))
    events = ServiceEvents(api, "s1")
    start = time.monotonic()
    events.close()
    events.close()
    assert time.monotonic() - start < 0.5
    assert threads() == []


def test_a_stream_that_ends_wakes_the_waiter_and_comes_back(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/events", Answer(raw=event()), Answer(lines=[event(action="remove")]))
    with ServiceEvents(api, "s1", pause=0.01) as events:
        found: list[str] = []
        deadline = time.monotonic() + 5
        while "remove" not in found and time.monotonic() < deadline:
            found += [item.action for item in events.wait(5)]
        assert found == ["update", "remove"]
        assert events.alive
    assert engine.paths() == ["GET /events", "GET /events"]


def test_a_stream_that_cannot_be_opened_is_no_error(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/events", Answer({"message": "no"}, 500), Answer(lines=[]))
    with ServiceEvents(api, "s1", pause=60) as events:
        assert not events.alive
        assert events.wait(0.01) == []
        assert not events.reopen()
        assert events.wait(5) == []
        assert events.alive
        assert events.reopen()


@pytest.mark.parametrize("line", [b"not json\n", b'{"Actor": null}\n'])
def test_nonsense_does_not_kill_the_reader(engine: FakeEngine, api: Api, line: bytes) -> None:
    engine.on("GET", "/events", Answer(lines=[line, event()]), Answer(lines=[event()]))
    with ServiceEvents(api, pause=0.01) as events:
        found: list[str] = []
        for _look in range(5):
            found += [item.service_id for item in events.wait(5)]
            if "s1" in found:
                break
        assert "s1" in found


def test_the_manager_of_the_stream_may_die(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/events", Answer(lines=[]))
    with ServiceEvents(api, "s1", pause=60) as events:
        engine.stop()
        assert events.wait(5) == []
        assert not events.alive
    assert threads() == []


def test_the_door_itself_stays_free(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/events", Answer(lines=[]))
    engine.on("GET", "/nodes", Answer([]))
    with ServiceEvents(api, "s1"):
        assert api.get("/nodes") == []
    assert api.get("/nodes") == []
