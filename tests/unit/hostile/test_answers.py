# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Engines, and what is none, that answer otherwise than Engines do: one sentence, and nothing done by halves."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._engine import client

from . import desk
from .effort import effort
from .hostile_values import leaves, places, replaced, without
from .server import Meddle, Reply, Server, serving

RUNS: dict[str, tuple[str, dict[str, Any]]] = {
    **desk.CHANGES,
    "resolve": (
        "swarm_service",
        {"name": "web", "image": "web:9", "strict": True, "healthcheck": {"test": ["CMD", "x"]}},
    ),
    "info": (
        "swarm_service_info",
        {"history": True, "readiness": True, "releases": True, "cluster": True, "images": ["web:2"]},
    ),
    "verify": ("swarm_rollout", {"name": "web", "state": "verified", "checks": [{"tasks": {"healthy_for": "1s"}}]}),
}

HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1><hr>nginx/1.27</body></html>"


def _truncated(reply: Reply) -> Reply:
    return Reply(reply.status, reply.body[: len(reply.body) // 2])


def _cut_off(reply: Reply) -> Reply:
    return Reply(reply.status, reply.body[: len(reply.body) // 2], length=len(reply.body) + 1)


def _says(status: int, body: bytes, **headers: str) -> Any:
    return lambda reply: Reply(status, body, dict(headers))


# What no client can take for an Engine's right answer.
DAMAGES: dict[str, Any] = {
    "truncated": _truncated,
    "cut off": _cut_off,
    "empty": _says(200, b""),
    "no content": _says(204, b""),
    "null": lambda reply: Reply(200, b"[null]" if reply.body.startswith(b"[") else b"null"),
    "a text": _says(200, b'"ok"'),
    "a number": _says(200, b"1e999"),
    "no number": _says(200, b"[NaN]"),
    "bytes": _says(200, b"\xff\xfe\x00\x80" * 50),
    "bytes in JSON": _says(200, b'[{"ID": "\xff\xfe"}]'),
    "deep": _says(200, b"[" * 100_000),
    "many digits": _says(200, b"[" + b"9" * 10_000 + b"]"),
    "huge": _says(200, b" " * (3 << 20)),
    "a page": _says(200, HTML),
    "a page with an error": _says(502, HTML),
    "a login": _says(401, HTML),
    "a redirect": _says(301, b"", Location="http://127.0.0.1:9/"),
    "a redirect to a file": _says(302, b"", Location="file:///etc/passwd"),
    "not modified": _says(304, b""),
    "not found by others": _says(404, HTML),
    "teapot": _says(418, b'{"message": "I am a teapot"}'),
    "an error": _says(500, b'{"message": "rpc error: code = Unknown desc = it broke"}'),
    "an error of many lines": _says(500, json.dumps({"message": "a\nb\x1b[2J\r\n" * 500}).encode()),
    "an error that is a list": _says(500, b'{"message": [1, {"a": null}]}'),
    "busy": _says(503, b""),
    "no leader": _says(503, b'{"message": "The swarm does not have a leader."}'),
    "compressed": _says(200, b"\x1f\x8b not really", **{"Content-Encoding": "gzip"}),
}
REFUSALS = (
    "a login",
    "a redirect",
    "a redirect to a file",
    "not modified",
    "not found by others",
    "teapot",
    "an error",
    "an error of many lines",
    "an error that is a list",
    "no leader",
)
Act = Callable[[], Reply]
DAMAGE = st.sampled_from(sorted(DAMAGES))
# No run here makes more requests.
MOST = 60


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as found:
        yield found


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer of three megabytes is large enough for a test."""
    monkeypatch.setattr(client, "LARGEST", 2 << 20)


def carried_out(server: Server, name: str, meddle: Meddle) -> tuple[desk.Ended, dict[str, Any], dict[str, Any]]:
    """The run, and what all services meant before and after it."""
    module, options = RUNS[name]
    server.swarm, server.meddle, server.requests = desk.stocked(), meddle, 0
    before = meaning(server)
    connection = {"docker_host": server.host, "timeout": 5}
    with desk.on_paper(server.swarm, by_http=True):
        ended = desk.run(module, {**options, **connection})
    return ended, before, meaning(server)


_KNOWN: dict[str, tuple[dict[str, Any], int]] = {}


def declared_by(server: Server, name: str) -> tuple[dict[str, Any], int]:
    """What the services mean after the run when nothing is wrong, and how many requests that takes."""
    if name not in _KNOWN:
        _ended, _before, after = carried_out(server, name, as_it_should)
        _KNOWN[name] = after, server.requests
    return _KNOWN[name]


def meaning(server: Server) -> dict[str, Any]:
    """What the services mean, but for two things that a loss on the way may leave.

    A registry that does not answer leaves a tag without its digest and its platforms. A service that goes back has the
    settings of its way back as those of its update until it is there.
    """
    found = copy.deepcopy(server.swarm.plain())
    for options in found.values():
        for option in [option for option in options if option.startswith("update_config")]:
            del options[option]
        options["image"] = options["image"].partition("@")[0]
        options.pop("TaskTemplate.Placement.Platforms", None)
    return found


def as_it_should(number: int, act: Act) -> Reply:
    return act()


def damaged(damage: str, places: range) -> Meddle:
    """One that damages the answers to the requests of those numbers."""

    def meddle(number: int, act: Act) -> Reply:
        if number not in places:
            return act()
        # Who refuses has not done it.
        return DAMAGES[damage](Reply(200, b"") if damage in REFUSALS else act())

    return meddle


def wholly(after: dict[str, Any], *sides: dict[str, Any]) -> bool:
    """Whether each service is what it is on one of the sides."""
    names = set(after).union(*sides)
    return all(any(after.get(name) == side.get(name) for side in sides) for name in names)


@pytest.mark.parametrize("name", sorted(RUNS))
def test_without_meddling_all_is_well(server: Server, name: str) -> None:
    ended, before, after = carried_out(server, name, as_it_should)
    desk.orderly(ended)
    assert not ended.failed, ended.message
    assert ended.result["changed"] == (before != after)
    assert server.requests <= MOST


@pytest.mark.parametrize("name", sorted(RUNS))
@effort(15)
@given(damage=DAMAGE, where=st.integers(0, MOST), often=st.sampled_from((1, 2, MOST)))
def test_a_damaged_answer_is_a_sentence(server: Server, name: str, damage: str, where: int, often: int) -> None:
    declared, requests = declared_by(server, name)
    place = where % requests

    ended, before, after = carried_out(server, name, damaged(damage, range(place, place + often)))
    desk.orderly(ended)
    assert wholly(after, before, declared), ended.message
    if before != after:
        assert ended.result.get("changed"), ended.message
    if not ended.failed and name not in ("info", "verify"):
        assert after == declared, ended.message


@pytest.mark.parametrize("name", sorted(RUNS))
@effort(15)
@given(data=st.data())
def test_a_wrong_value_in_an_answer_is_a_sentence(server: Server, name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, 12), label="request")
    choice = data.draw(st.integers(0, 10_000), label="place in the answer")
    value = data.draw(leaves, label="value")
    kind = data.draw(st.sampled_from(("replaced", "absent", "unknown")), label="kind")

    def meddle(number: int, act: Act) -> Reply:
        reply = act()
        if number < place or not reply.body.startswith((b"[", b"{")):
            return reply
        document = json.loads(reply.body)
        ways = list(places(document))[1:]
        if not ways:
            return reply
        way = ways[choice % len(ways)]
        if kind == "absent":
            return Reply.of(without(document, way), reply.status)
        if kind == "unknown" and isinstance(way[-1], str):
            return Reply.of(replaced(document, (*way[:-1], "Future"), value), reply.status)
        return Reply.of(replaced(document, way, value), reply.status)

    ended, before, after = carried_out(server, name, meddle)
    desk.orderly(ended)
    if before != after:
        assert ended.result.get("changed"), ended.message
