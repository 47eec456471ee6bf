# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Swarm on paper with several services: each write makes at once the tasks that it would make in the end."""

from __future__ import annotations

import contextlib
import copy
import threading
from typing import Any, Callable

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.swarm.rollout.plugins.module_utils._core import release, spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import image_of, mode_of, replicas_of
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import EngineError, RolloutFailed
from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import Narrator
from ansible_collections.swarm.rollout.plugins.module_utils._core.release import Composition
from ansible_collections.swarm.rollout.plugins.module_utils._core.times import written
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.modules import swarm_release

from ..conftest import Clock, MemoryEngine

# As often a slot has to fail before it is given up.
FAILURES = 5
OURS = "swarm.rollout."
# One call after the other, whatever thread it comes from.
TURN = threading.RLock()


class Killed(BaseException):
    """The controller is gone; nothing of it catches this."""


class PaperSwarm(MemoryEngine):
    """Tasks of images in `dies` fail, those of a job too; Swarm pauses an update to such an image.

    `runs` are the images of all runs of jobs, `written` all names and images that were written, in their order.
    `meddle` are called once, after the image was written that they stand for. It dies at call `die_at`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.places: dict[str, dict[int, dict[str, Any]]] = {}
        self.ended: dict[str, list[dict[str, Any]]] = {}
        self.runs: list[str] = []
        self.written: list[tuple[str, str]] = []
        self.removed: list[str] = []
        self.dies: set[str] = set()
        self.meddle: dict[str, Callable[[], None]] = {}
        self.die_at: int | None = None
        self.die_acting = False
        self._number = 0

    def clone(self) -> PaperSwarm:
        return self

    def __enter__(self) -> PaperSwarm:
        return self

    def __exit__(self, *raised: object) -> None:
        return None

    def named(self, name: str) -> dict[str, Any]:
        """The service of that name, as the Engine keeps it."""
        return next(raw for raw in self.services.values() if raw["Spec"]["Name"] == name)

    def write(self, name: str, image: str) -> None:
        """Somebody else gives a service another image."""
        raw = self.named(name)
        theirs = copy.deepcopy(raw["Spec"])
        theirs["TaskTemplate"]["ContainerSpec"]["Image"] = image
        self.touch(raw["ID"], theirs)

    def plain(self) -> dict[str, Any]:
        """What all services mean, without what the collection notes on them and without the forced updates."""
        return {raw["Spec"]["Name"]: _plain(raw["Spec"]) for raw in self.services.values()}

    def images(self) -> dict[str, str]:
        """The image of each service."""
        return {raw["Spec"]["Name"]: image_of(raw["Spec"]) for raw in self.services.values()}

    def serving(self) -> dict[str, set[str]]:
        """The images that the tasks of each service which runs for ever have; empty for one without a task."""
        return {
            raw["Spec"]["Name"]: {task["Spec"]["ContainerSpec"]["Image"] for task in self.places[raw["ID"]].values()}
            for raw in self.services.values()
            if not mode_of(raw["Spec"]).endswith("-job")
        }

    def records(self) -> list[Composition]:
        """All recorded releases."""
        found = (release.decode(raw) for raw in self.configs.values() if release.release_of(raw))
        return sorted((one for one in found if one is not None), key=lambda one: one.number)

    def outcomes(self) -> list[tuple[int, str]]:
        """The numbers of all recorded releases, and how they ended."""
        return [(one.number, one.outcome) for one in self.records()]

    def writes(self) -> list[tuple[str, str]]:
        """The calls so far that changed something."""
        return [call for call in self.calls if call[0] != "GET"]

    def add(self, spec: dict[str, Any], **more: Any) -> dict[str, Any]:
        if any(raw["Spec"]["Name"] == spec["Name"] for raw in self.services.values()):
            raise EngineError("name in use", 409, "name conflicts with an existing object")
        self.index += 1
        stamp = written(self.clock.time())
        raw = {
            "ID": "id%d" % self.index,
            "Version": {"Index": self.index},
            "Spec": copy.deepcopy(spec),
            "CreatedAt": stamp,
            "UpdatedAt": stamp,
            **more,
        }
        self.services[raw["ID"]] = raw
        self.places[raw["ID"]], self.ended[raw["ID"]] = {}, []
        self._orchestrate(raw, "")
        return raw

    def _post(self, path: str, body: Any, query: dict[str, Any]) -> Any:
        if path.startswith("/services/") and not image_of(body):
            # As the Engine answers.
            raise EngineError("no image", 400, "rpc error: code = InvalidArgument desc = ContainerSpec: image ...")
        return super()._post(path, body, query)

    def _post_config(self, path: str, body: Any, query: dict[str, Any]) -> Any:
        found = super()._post_config(path, body, query)
        if found is not None:
            self.configs[found["ID"]]["CreatedAt"] = written(self.clock.time())
        return found

    def touch(self, service_id: str, spec: dict[str, Any] | None = None) -> None:
        super().touch(service_id, spec)
        if spec is not None:
            self.services[service_id]["UpdatedAt"] = written(self.clock.time())
            self._orchestrate(self.services[service_id], "completed")

    def _orchestrate(self, raw: dict[str, Any], status: str) -> None:
        """What Swarm makes of a write."""
        spec, image = raw["Spec"], image_of(raw["Spec"])
        self.written.append((spec["Name"], image))
        raw.pop("UpdateStatus", None)
        if mode_of(spec).endswith("-job"):
            self._run_job(raw, image)
            return
        places = self.places[raw["ID"]]
        # Of what runs on each node there is one, on the only node.
        slots = [0] if mode_of(spec) == "global" else list(range(1, replicas_of(spec) + 1))
        for slot in [slot for slot in places if slot not in slots]:
            del places[slot]
        dirty = [slot for slot in slots if slot not in places or places[slot]["Spec"] != spec["TaskTemplate"]]
        if dirty and image in self.dies:
            for _attempt in range(1 if status else FAILURES):
                self.ended[raw["ID"]].append(self._task(raw, dirty[0], "failed", "shutdown"))
            places.pop(dirty[0], None)
            if status:
                raw["UpdateStatus"] = {"State": "paused", "Message": "update paused due to failure of a task"}
        else:
            for slot in dirty:
                places[slot] = self._task(raw, slot, "running", "running")
            if status and dirty:
                raw["UpdateStatus"] = {"State": status}
        if image in self.meddle:
            self.meddle.pop(image)()

    def _run_job(self, raw: dict[str, Any], image: str) -> None:
        self.runs.append(image)
        raw["JobStatus"] = {"JobIteration": {"Index": self.index}}
        task = self._task(raw, 1, "failed" if image in self.dies else "complete", "complete")
        task["Status"]["ContainerStatus"] = {"ExitCode": 3 if image in self.dies else 0}
        self.ended[raw["ID"]].append({**task, "JobIteration": {"Index": self.index}})
        if image in self.meddle:
            self.meddle.pop(image)()

    def _task(self, raw: dict[str, Any], slot: int, state: str, desired: str) -> dict[str, Any]:
        self._number += 1
        stamp = written(self.clock.time())
        status: dict[str, Any] = {"State": state, "Timestamp": stamp}
        if state == "failed":
            status["Err"] = "task: non-zero exit (3)"
        return {
            "ID": "task%d" % self._number,
            "ServiceID": raw["ID"],
            "Slot": slot,
            "NodeID": "node1",
            "DesiredState": desired,
            "CreatedAt": stamp,
            "Status": status,
            "Spec": copy.deepcopy(raw["Spec"]["TaskTemplate"]),
        }

    def get_list(self, path: str, query: Any = None) -> list[Any]:
        with TURN:
            if path == "/services":
                return [{**raw, "ServiceStatus": self._counts(raw)} for raw in super().get_list(path, query)]
            if path == "/tasks":
                self._call("GET", path)
                return copy.deepcopy(self._listed((query or {}).get("filters") or {}))
            return super().get_list(path, query)

    def _counts(self, raw: dict[str, Any]) -> dict[str, int]:
        run = raw.get("JobStatus", {}).get("JobIteration")
        done = [task for task in self.ended[raw["ID"]] if run and task.get("JobIteration") == run]
        return {
            "RunningTasks": len(self.places[raw["ID"]]),
            "DesiredTasks": replicas_of(raw["Spec"]),
            "CompletedTasks": sum(1 for task in done if task["Status"]["State"] == "complete"),
        }

    def _listed(self, filters: dict[str, Any]) -> list[dict[str, Any]]:
        found = []
        for service_id in filters.get("service", list(self.services)):
            raw = self.services.get(service_id)
            if raw is None:
                continue
            tasks = [*self.places[service_id].values(), *self.ended[service_id]]
            if "_up-to-date" in filters:
                run = raw.get("JobStatus", {}).get("JobIteration")
                tasks = [task for task in tasks if task["Spec"] == raw["Spec"]["TaskTemplate"]]
                tasks = [task for task in tasks if run is None or task.get("JobIteration") == run]
            found += [task for task in tasks if task["ID"] in filters.get("id", [task["ID"]])]
        return found

    def delete(self, path: str, query: Any = None) -> None:
        if path.startswith("/services"):
            found = self.services.get(path.split("/")[2])
            super().delete(path, query)
            self.removed.append(found["Spec"]["Name"] if found else path)
        else:
            super().delete(path, query)

    def raw(self, *given: Any) -> bytes:
        return b"schema 1 -> 2\n"

    def _call(self, method: str, path: str, act: Any = lambda: None) -> Any:
        with TURN:
            if self.die_at is not None and len(self.calls) + 1 >= self.die_at:
                self.die_at = None
                self.calls.append((method, path))
                if self.die_acting:
                    with contextlib.suppress(EngineError):
                        act()
                raise Killed
            return super()._call(method, path, act)


def _plain(content: dict[str, Any]) -> Any:
    found = copy.deepcopy(content)
    found["Labels"] = {key: value for key, value in (found.get("Labels") or {}).items() if not key.startswith(OURS)}
    found["TaskTemplate"].pop("ForceUpdate", None)
    return spec.canonical(found)


class Free:
    """A lock that is always there; `taken` are the keys that were asked for."""

    taken: list[str] = []

    def __init__(self, ctx: Context, key: str, *given: Any, **more: Any) -> None:
        self.taken.append(key)

    def __enter__(self) -> Free:
        return self

    def __exit__(self, *raised: object) -> None:
        return None

    def check(self) -> None:
        return None


def entry(name: str, image: str, **more: Any) -> dict[str, Any]:
    """One entry of the option `services`, whose image nobody has to look up."""
    return {"name": name, "image": image, "resolve_image": "false", **more}


def job(image: str, **more: Any) -> dict[str, Any]:
    """The entry of the job."""
    return entry("migrate", image, mode="replicated-job", restart_config={"condition": "none"}, **more)


def shop(version: int, api: str = "") -> list[dict[str, Any]]:
    """Four services in three waves, and from the second version on one that goes and one that is new."""
    web = [entry("web", "web:%d" % version, depends_on=["migrate"])]
    return [
        entry("db", "db:%d" % version, replicas=2, update_config={"parallelism": 2, "order": "start-first"}),
        job("migrate:%d" % version, depends_on=["db"]),
        entry("api", api or "api:%d" % version, replicas=2, depends_on=["migrate"]),
        *(web if version > 1 else []),
        entry("old", "old:1", state="present" if version == 1 else "absent"),
    ]


def at_rest(version: int = 1) -> PaperSwarm:
    """A Swarm where that version of the shop was released a while ago."""
    swarm = PaperSwarm()
    for number in range(1, version + 1):
        assert go(swarm, shop(number))["release"]["outcome"] == "completed"
        swarm.clock.sleep(1000.0)
    return swarm


def go(swarm: PaperSwarm, services: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    """Declare a release whose services move one after the other, always in the same order."""
    return run(swarm, services=services, parallel=1, **options)


def run(swarm: PaperSwarm, check_mode: bool = False, told: list[str] | None = None, **options: Any) -> dict[str, Any]:
    """One run of `swarm_release`, as a process of its own; the result, also where it fails.

    What it tells while it runs comes to `told`.
    """
    given = {"name": "shop", **options}
    checked = ArgumentSpecValidator(swarm_release.ARGUMENTS).validate(given)
    assert not checked.error_messages
    ctx = Context(swarm, clock=swarm.clock, check_mode=check_mode)  # type: ignore[arg-type]
    if told is not None:
        lines = told
        ctx.voice = Narrator(lambda line: lines.append(line.shown()), swarm.clock.monotonic)
    try:
        found = dict(swarm_release.operate(ctx, checked.validated_parameters))
    except RolloutFailed as exc:
        found = {**exc.partial, "failed": True}
    return {**found, "warnings": ctx.warnings}


def ended(result: dict[str, Any]) -> dict[str, str]:
    """The outcome of each service."""
    return {one["name"]: one["outcome"] for one in result["services"]}
