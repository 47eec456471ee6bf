# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module run whole, in this process, over a Swarm on paper; and what must hold of every end that it comes to."""

from __future__ import annotations

import contextlib
import copy
import functools
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from unittest import mock

from ansible_collections.swarm.rollout.plugins.module_utils import _module
from ansible_collections.swarm.rollout.plugins.module_utils._engine import events
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._operations import (
    change,
    context,
    restore,
    rollback,
    standing,
)
from ansible_collections.swarm.rollout.plugins.module_utils._operations.progressive import act, begin, drive
from ansible_collections.swarm.rollout.plugins.module_utils._operations.release import bring, ensure, put_back
from tests.arguments import patch_module_args
from tests.unit.plugins.module_utils._operations.conftest import Clock
from tests.unit.plugins.module_utils._operations.progressive.paper import Deaf
from tests.unit.plugins.module_utils._operations.release.paper import PaperSwarm, entry, shop
from tests.unit.plugins.module_utils.leaking import MAINS as EVERY_MAIN

# Those that talk to a manager.
MAINS = {name: main for name, main in EVERY_MAIN.items() if name != "webhook"}
# One change of each kind, of the Swarm that is `stocked`: the module and its options.
CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "update": ("swarm_service", entry("web", "web:9", replicas=3)),
    "create": ("swarm_service", entry("fresh", "fresh:1", replicas=2, networks=["front"])),
    "remove": ("swarm_service", {"name": "web", "state": "absent"}),
    "rollback": ("swarm_service_rollback", {"name": "api", "to": "previous"}),
    "release": ("swarm_release", {"name": "shop", "services": shop(3), "parallel": 1}),
    "restore": ("swarm_release", {"name": "shop", "to": "1", "parallel": 1}),
}
# A sentence may quote a command's output or several causes; a dump of somebody's data is longer.
LONGEST = 2000
NETWORKS = ("front", "back", "other")

NODE: dict[str, Any] = {
    "ID": "node1",
    "Version": {"Index": 9},
    "Spec": {"Labels": {"zone": "a"}, "Role": "manager", "Availability": "active"},
    "Description": {
        "Hostname": "one",
        "Platform": {"Architecture": "x86_64", "OS": "linux"},
        "Resources": {"NanoCPUs": 4 * 10**9, "MemoryBytes": 2**33},
        "Engine": {
            "EngineVersion": "28.5.1",
            "Labels": {"a": "b"},
            "Plugins": [{"Type": "Network", "Name": "overlay"}],
        },
    },
    "Status": {"State": "ready", "Addr": "10.0.0.1"},
    "ManagerStatus": {"Leader": True, "Reachability": "reachable", "Addr": "10.0.0.1:2377"},
}
DISTRIBUTION: dict[str, Any] = {
    "Descriptor": {"mediaType": "m", "digest": "sha256:" + "a" * 64, "size": 5},
    "Platforms": [{"architecture": "amd64", "os": "linux"}],
}


class Endless(BaseException):
    """Somebody asked for a wait that nobody lives to see: there is nothing wrong with it."""


class ShortLived(Clock):
    """Time on paper, of which there is not more than a lifetime, nor more than one test has."""

    left = 5000

    def sleep(self, seconds: float) -> None:
        self.left -= 1
        if self.left < 0:
            raise Endless
        super().sleep(seconds)


class Lock:
    """A lock that is always there and that nobody asks for."""

    asked = ""

    def __init__(self, *given: Any, **more: Any) -> None:
        pass

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *raised: object) -> None:
        return None

    def check(self) -> None:
        """It is held."""

    def refresh(self) -> None:
        """It is held."""


@dataclass(frozen=True)
class Ended:
    """How a module ended: what it printed as JSON, and what it printed besides."""

    status: int
    result: dict[str, Any]
    text: str

    @property
    def failed(self) -> bool:
        """Whether it reports failure."""
        return bool(self.result.get("failed"))

    @property
    def message(self) -> str:
        """Its sentence."""
        return str(self.result.get("msg"))


def run(module: str, options: dict[str, Any], check: bool = False) -> Ended:
    """Run a module's `main` as Ansible does; raises whatever is not an orderly end."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    arguments = {
        **options,
        "_ansible_check_mode": check,
        "_ansible_diff": True,
    }
    # One after the other, since the oldest Python of managed hosts reads no list of them.
    with contextlib.ExitStack() as stack:
        for around in (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            _as_on_the_host(),
            patch_module_args(arguments),
        ):
            stack.enter_context(around)
        try:
            MAINS[module]()
        except Endless:
            return Ended(0, {}, "")
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 0
        else:
            raise AssertionError("%s ended without a word" % module)
    return Ended(status, json.loads(out.getvalue()), out.getvalue() + err.getvalue())


@contextlib.contextmanager
def _as_on_the_host() -> Iterator[None]:
    """A controller, as which Ansible sees this process, refuses texts that are no UTF-8; a host does not."""
    try:
        from ansible.module_utils._internal._json import _profiles
    except ImportError:
        yield
        return
    with mock.patch.object(_profiles, "_string_encoding_check_enabled", return_value=False, create=True):
        yield


def orderly(ended: Ended) -> None:
    """What holds of every end: no traceback, and of a failure one sentence on one line."""
    assert "exception" not in ended.result, ended.result["exception"]
    assert ended.result.get("error_kind") != "bug", ended.message
    assert "Traceback" not in ended.text
    if ended.failed:
        assert ended.message.strip(), "a failure without a word"
        assert "\n" not in ended.message, ended.message
        assert len(ended.message) <= LONGEST, ended.message


@contextlib.contextmanager
def on_paper(swarm: PaperSwarm, by_http: bool = False) -> Iterator[PaperSwarm]:
    """Modules that run meanwhile reach this Swarm: no lock, no time that passes, and no socket unless `by_http`."""

    def surrounded(api: Any, **more: Any) -> context.Context:
        return context.Context(api, **{"clock": swarm.clock, **more})

    def deaf(api: Any, service_id: str) -> Deaf:
        return Deaf(swarm, service_id)

    with contextlib.ExitStack() as stack:
        opened = functools.partial(Api, clock=swarm.clock) if by_http else lambda _options: swarm
        stack.enter_context(mock.patch.object(_module, "Api", opened))
        stack.enter_context(mock.patch.object(_module, "Context", surrounded))
        for place in (events, change, restore, standing, drive):
            if hasattr(place, "ServiceEvents"):
                stack.enter_context(mock.patch.object(place, "ServiceEvents", deaf))
        for place in (act, begin, rollback, bring, ensure, put_back):
            stack.enter_context(mock.patch.object(place, "locked", Lock))
        yield swarm


class Called(NamedTuple):
    """A call as the true door notes it."""

    method: str
    path: str


class StockedSwarm(PaperSwarm):
    """One of the newest API, that has networks, and the configs and secrets that are asked for."""

    api_version = (1, 52)

    def __init__(self) -> None:
        super().__init__()
        self.clock = ShortLived()

    def _call(self, method: str, path: str, act: Any = lambda: None) -> Any:
        found = super()._call(method, path, act)
        self.calls = [Called(*call) for call in self.calls]
        return found

    def get_list(self, path: str, query: Any = None) -> list[Any]:
        filters = (query or {}).get("filters") or {}
        if path == "/networks":
            self._call("GET", path)
            return [{"Id": "n-" + name, "Name": name, "Driver": "overlay"} for name in NETWORKS]
        if path in ("/configs", "/secrets") and "name" in filters:
            self._call("GET", path)
            return [{"ID": "o-" + name, "Spec": {"Name": name}} for name in filters["name"]]
        if path == "/nodes":
            self._call("GET", path)
            return copy.deepcopy([NODE])
        return super().get_list(path, query)

    def get(self, path: str, query: Any = None, **more: Any) -> Any:
        _root, kind, which = (*path.split("/", 2), "")[:3]
        if kind == "services":
            with contextlib.suppress(StopIteration):
                self._call("GET", path)
                services = self.services.values()
                found = next(raw for raw in services if which in (raw["ID"], raw["Spec"]["Name"]))
                return copy.deepcopy({**found, "ServiceStatus": self._counts(found)})
        known = {"distribution": DISTRIBUTION, "info": {"ID": "e", "Swarm": {"NodeID": "node1"}}, "images": {"Id": "i"}}
        return copy.deepcopy(known[kind]) if kind in known else super().get(path, query)


def stocked() -> StockedSwarm:
    """A Swarm in which the shop was released twice, with nothing noted of the calls so far."""
    return copy.deepcopy(_made())


@functools.lru_cache(maxsize=1)
def _made() -> StockedSwarm:
    swarm = StockedSwarm()
    with on_paper(swarm):
        for version in (1, 2):
            orderly(run("swarm_release", {"name": "shop", "services": shop(version), "parallel": 1}))
            swarm.clock.sleep(1000.0)
    swarm.calls.clear()
    swarm.written.clear()
    return swarm
