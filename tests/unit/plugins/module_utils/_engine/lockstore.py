# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Config objects in memory, behind doors at which tests may let time pass and others act, and clocks that disagree."""

from __future__ import annotations

import copy
from typing import Any, Callable

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import EngineError, NotFound, OutOfSequence
from ansible_collections.swarm.rollout.plugins.module_utils._engine.options import ConnectionOptions

Hook = Callable[[str], None]


class World:
    """The time that really passes."""

    def __init__(self) -> None:
        self.now = 1_000.0


class Clock:
    """One machine's clocks: they run as fast as the world's, but need not show the same."""

    def __init__(self, world: World, skew: float = 0.0) -> None:
        self.world = world
        self.skew = skew
        self.stood = 0.0
        self.on_sleep: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        return self.world.now - self.stood

    def time(self) -> float:
        return 1_800_000_000.0 + self.world.now + self.skew

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.world.now += seconds
        self.on_sleep()


class Store:
    """What the managers keep. `door` gives a connection to it."""

    def __init__(self) -> None:
        self.configs: dict[str, dict[str, Any]] = {}
        self.index = 10

    def door(self) -> StoreDoor:
        return StoreDoor(self)

    def only(self) -> dict[str, Any]:
        """The one object there is."""
        found = list(self.configs.values())
        assert len(found) == 1
        return found[0]

    def labels(self) -> dict[str, str]:
        """The labels of the one object there is, without their common beginning."""
        return {key[len("swarm.rollout.lock.") :]: value for key, value in self.only()["Spec"]["Labels"].items()}

    def find(self, path: str) -> dict[str, Any]:
        wanted = path.split("/")[2]
        for raw in self.configs.values():
            if wanted in (raw["ID"], raw["Spec"]["Name"]):
                return raw
        raise NotFound("no such config", 404, "config %s not found" % wanted)

    def act(self, method: str, path: str, body: Any, query: Any) -> Any:
        if method == "GET":
            return copy.deepcopy(self.find(path))
        if method == "DELETE":
            return self.configs.pop(self.find(path)["ID"]) and None
        self.index += 1
        if path == "/configs/create":
            if any(raw["Spec"]["Name"] == body["Name"] for raw in self.configs.values()):
                raise EngineError("refused", 409, "config %s already exists" % body["Name"])
            name = "c%d" % self.index
            self.configs[name] = {"ID": name, "Version": {"Index": self.index}, "Spec": copy.deepcopy(body)}
            return {"ID": name}
        raw = self.find(path)
        if query["version"] != raw["Version"]["Index"]:
            raise OutOfSequence("refused", 500, "update out of sequence")
        assert body["Name"] == raw["Spec"]["Name"]
        raw["Version"]["Index"] = self.index
        raw["Spec"]["Labels"] = copy.deepcopy(body["Labels"])
        return None


class StoreDoor:
    """Behaves like `Api`. `hook` is called with `sent` before a request takes effect, with `answered` afterwards.

    What the hook raises is what the caller gets, so that it can lose requests and answers.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.options = ConnectionOptions()
        self.calls: list[tuple[str, str]] = []
        self.hook: Hook = lambda moment: None
        self.clones: list[StoreDoor] = []
        self.closed = False

    def get(self, path: str, query: Any = None) -> Any:
        return self._call("GET", path, None, query)

    def post(self, path: str, body: Any = None, query: Any = None) -> Any:
        return self._call("POST", path, body, query)

    def delete(self, path: str, query: Any = None) -> None:
        self._call("DELETE", path, None, query)

    def clone(self) -> StoreDoor:
        found = StoreDoor(self.store)
        self.clones.append(found)
        return found

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> StoreDoor:
        return self

    def __exit__(self, *unused: Any) -> None:
        self.close()

    def _call(self, method: str, path: str, body: Any, query: Any) -> Any:
        self.calls.append((method, path))
        self.hook("%s sent" % method)
        answer = self.store.act(method, path, body, query)
        self.hook("%s answered" % method)
        return answer
