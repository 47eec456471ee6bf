# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the cluster shows, in the terms of what was declared. Knows the Engine's API and nothing of the collection."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.faults.strategies import Version

Json = dict[str, Any]

# Labels in which the collection itself notes things: no setting of anybody.
OWN = "swarm.rollout."
REVISION = OWN + "revision"
# How tasks move is no part of what runs: while a service is on its way these are those of the way.
WAY = ("UpdateConfig", "RollbackConfig")
ENDED = ("complete", "failed", "shutdown", "rejected", "orphaned", "remove")


@dataclass(frozen=True)
class Facts:
    """What a specification says to run, as far as the matrix ever declares it."""

    image: str
    env: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    configs: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    memory: int = 0
    check: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """A state that a service may be in.

    `spec` is the whole specification where it was seen before; else `around` is the specification that was there
    before, of which nothing but the facts and the number of replicas may have changed.
    """

    facts: Facts
    replicas: int
    spec: Json | None = None
    around: Json | None = None


@dataclass(frozen=True)
class Seen:
    """A service as the cluster shows it: its object (None where there is none) and all of its tasks."""

    service: Json | None
    tasks: Sequence[Json] = ()

    @property
    def spec(self) -> Json:
        """Its specification."""
        return dict((self.service or {}).get("Spec") or {})

    @property
    def running(self) -> list[Json]:
        """Its tasks that serve; one with a health check is `running` only while it is healthy."""
        return [task for task in self.tasks if task["Status"]["State"] == "running" == task["DesiredState"]]

    @property
    def quiet(self) -> bool:
        """Whether nothing of it is on its way; with start-first, more tasks serve than are wanted until one stops."""
        if self.service is not None and len(self.running) > replicas_of(self.spec):
            return False
        return all((task["Status"]["State"] == "running") == (task["DesiredState"] == "running") for task in self.tasks)

    @property
    def full(self) -> bool:
        """Whether as many of its tasks serve as are wanted."""
        return self.service is None or len(self.running) >= replicas_of(self.spec)


@dataclass(frozen=True)
class Record:
    """One entry of a service's history, straight from its config object."""

    number: int
    outcome: str
    spec: Json


def clean(value: Any) -> Any:
    """A value without what is empty in it, which the Engine leaves out or fills in, and without IDs beside names."""
    if isinstance(value, dict):
        found = {key: clean(one) for key, one in value.items() if key not in ("ConfigID", "SecretID")}
        return {key: one for key, one in found.items() if one not in (None, {}, [], "", 0, False)}
    if isinstance(value, list):
        return [clean(one) for one in value]
    return value


def facts_of(template: Json) -> Facts:
    """The facts of a task template, or of a task's specification."""
    container = template.get("ContainerSpec") or {}
    reserved = ((template.get("Resources") or {}).get("Reservations") or {}).get("MemoryBytes") or 0
    return Facts(
        image=str(container.get("Image", "")).partition("@")[0],
        env=tuple(sorted(container.get("Env") or ())),
        command=(*(container.get("Command") or ()), *(container.get("Args") or ())),
        configs=tuple(sorted(one["ConfigName"] for one in container.get("Configs") or ())),
        secrets=tuple(sorted(one["SecretName"] for one in container.get("Secrets") or ())),
        memory=int(reserved),
        check=tuple((container.get("Healthcheck") or {}).get("Test") or ()),
    )


def known(version: Version, spec: Json | None = None, around: Json | None = None) -> Known:
    """What a version declares, in the same terms."""
    options = dict(version.options)
    facts = Facts(
        image=version.image,
        env=(f"RELEASE={version.release}",),
        command=tuple(options.get("command") or ()),
        configs=tuple(sorted(one["config_name"] for one in options.get("configs") or ())),
        secrets=tuple(sorted(one["secret_name"] for one in options.get("secrets") or ())),
        memory=int((options.get("reservations") or {}).get("memory", 0)),
        check=tuple((options.get("healthcheck") or {}).get("test") or ()),
    )
    return Known(facts, version.replicas, spec, around)


def settings(spec: Json, *, way: bool) -> Json:
    """A specification without what is no setting; without how tasks move as well, unless `way`."""
    labels = {key: value for key, value in (spec.get("Labels") or {}).items() if not key.startswith(OWN)}
    template = {key: value for key, value in spec["TaskTemplate"].items() if key not in ("ForceUpdate", "Runtime")}
    kept = {key: value for key, value in spec.items() if way or key not in WAY}
    found: Json = clean({**kept, "Labels": labels, "TaskTemplate": template})
    return found


def replicas_of(spec: Json) -> int:
    """How many tasks it wants."""
    return int(((spec.get("Mode") or {}).get("Replicated") or {}).get("Replicas") or 0)


def is_at(spec: Json, state: Known, *, way: bool = False) -> bool:
    """Whether a specification is that state's, to the last setting as far as all of it is known."""
    if state.spec is not None:
        return bool(settings(spec, way=way) == settings(state.spec, way=way))
    if (facts_of(spec["TaskTemplate"]), replicas_of(spec)) != (state.facts, state.replicas):
        return False
    return state.around is None or bool(rest(spec, way=way) == rest(state.around, way=way))


def rest(spec: Json, *, way: bool) -> Json:
    """A specification without what the matrix declares: it stays what it is whatever happens."""
    found = settings(spec, way=way)
    container = dict(found["TaskTemplate"].get("ContainerSpec") or {})
    for key in ("Image", "Env", "Command", "Args", "Configs", "Secrets", "Healthcheck"):
        container.pop(key, None)
    template = {**found["TaskTemplate"], "ContainerSpec": container}
    template.pop("Resources", None)
    found["TaskTemplate"] = template
    found.pop("Mode", None)
    return found


def place(seen: Seen, former: Known | None, declared: Known, *, way: bool = False, theirs: Sequence[Facts] = ()) -> str:
    """Where a service is: `declared`, `former`, `absent`; on the way: `mixed`; short of tasks; or a third state.

    `way`: how its tasks move has to be that of the state as well. `theirs`: what somebody else declared meanwhile.
    """
    if seen.service is None:
        return "absent"
    spec = seen.spec
    names = {"declared": declared, **({"former": former} if former else {})}
    at = next((name for name, state in names.items() if is_at(spec, state, way=way)), None)
    if at is None:
        return "theirs" if facts_of(spec["TaskTemplate"]) in theirs else "third"
    kinds = [facts_of(task["Spec"]) for task in seen.running]
    if any(kind not in {state.facts for state in names.values()} for kind in kinds):
        return "third"
    wanted = names[at].replicas
    if len(kinds) == wanted and set(kinds) == {names[at].facts}:
        return at
    if len(kinds) == wanted and names[at].facts in kinds:
        return "mixed"
    return f"{at}, {sum(1 for kind in kinds if kind == names[at].facts)} of {wanted}"


def strangers(seen: Seen, former: Known | None, declared: Known, others: Iterable[Facts] = ()) -> list[str]:
    """Tasks, those that have ended included, that ran neither the declared nor the former specification."""
    allowed = {declared.facts, *others, *({former.facts} if former else ())}
    found = {facts_of(task["Spec"]) for task in seen.tasks} - allowed
    return [f"a task of a third specification: {facts}" for facts in found]


def astray(seen: Seen) -> list[str]:
    """Tasks that serve and differ in any setting from what their service says."""
    spec = seen.spec
    own = settings({"TaskTemplate": spec.get("TaskTemplate") or {}}, way=True)
    found = []
    for task in seen.running:
        template = {key: value for key, value in task["Spec"].items() if key != "NetworkAttachmentSpec"}
        if settings({"TaskTemplate": template}, way=True) != own:
            found.append(f"task {task['ID'][:12]} differs from its service: {template}")
    return found


def record(config: Json) -> Record:
    """A history entry from its config object."""
    content = base64.b64decode(config["Spec"]["Data"])
    data = json.loads(content if content.startswith(b"{") else zlib.decompress(content))
    return Record(int(data["number"]), str(config["Spec"]["Labels"].get(OWN + "outcome", "")), data["spec"])


def history(configs: Iterable[Json], service: str) -> list[Record]:
    """The records of a service, oldest first."""
    mine = [one for one in configs if (one["Spec"].get("Labels") or {}).get(OWN + "service") == service]
    return sorted((record(one) for one in mine), key=lambda one: one.number)


def releases(configs: Iterable[Json], release: str) -> dict[int, str]:
    """The outcome of each recorded release, by number."""
    labels = [one["Spec"].get("Labels") or {} for one in configs]
    mine = [one for one in labels if one.get(OWN + "release") == release]
    return {int(one[OWN + "release.number"]): one.get(OWN + "release.outcome", "") for one in mine}


def locks(configs: Iterable[Json], scene: str) -> list[str]:
    """The locks of a scene that somebody still has."""
    held = [one["Spec"] for one in configs if (one["Spec"].get("Labels") or {}).get(OWN + "lock.token")]
    return [f"{one['Name']} is still held" for one in held if scene in one["Name"]]


def remembered(seen: Seen, records: Sequence[Record], *, ended: bool) -> list[str]:
    """What is wrong with the history of a service that is there; `ended`: no change of it is under way any more."""
    if seen.service is None:
        return []
    label = str((seen.spec.get("Labels") or {}).get(REVISION, ""))
    number = label.split(".", maxsplit=1)[0]
    if not number.isdigit():
        return ["the service does not say which revision it is"]
    found = []
    numbers = [one.number for one in records]
    if len(set(numbers)) != len(numbers):
        found.append(f"a revision is recorded twice: {numbers}")
    mine = next((one for one in records if one.number == int(number)), None)
    if mine is None:
        return [*found, f"revision {number} is in force and not recorded: {numbers}"]
    if facts_of(mine.spec["TaskTemplate"]) != facts_of(seen.spec["TaskTemplate"]):
        found.append(f"revision {number} is in force and its record says something else")
    if ended:
        found += [f"revision {one.number} has no outcome" for one in records if one.outcome in ("", "pending")]
        if not label.endswith((".step", ".back")):
            return found
        found.append(f"the service says that it is on its way: {label}")
    return found


__all__ = [
    "ENDED",
    "Facts",
    "Json",
    "Known",
    "Record",
    "Seen",
    "astray",
    "clean",
    "facts_of",
    "history",
    "is_at",
    "known",
    "locks",
    "place",
    "record",
    "releases",
    "remembered",
    "replicas_of",
    "rest",
    "settings",
    "strangers",
]
