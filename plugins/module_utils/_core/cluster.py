# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection knows of a cluster: frozen views on the Engine's answers.

The Engine's JSON comes in at one door (`Service.of`, `Task.of`, `Node.of`) and is read-only
afterwards; unknown keys stay in the raw mappings, because an update has to hand them back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping

from .secret_values import NO_SECRETS, SecretValues

# Order of a task's life (swarmkit api/types.proto). REMOVE and ORPHANED come after the terminal states.
TASK_STATES = (
    "new",
    "allocated",
    "pending",
    "assigned",
    "accepted",
    "preparing",
    "ready",
    "starting",
    "running",
    "complete",
    "shutdown",
    "failed",
    "rejected",
    "remove",
    "orphaned",
)
_RANK = {name: rank for rank, name in enumerate(TASK_STATES)}
_RUNNING = _RANK["running"]
# A rejected task never had a process; the Engine answers exit code 0 for it all the same.
_RAN = ("complete", "shutdown", "failed")

JsonObject = Mapping[str, Any]


def _object(value: Any) -> dict[str, Any]:
    """The value if it is a JSON object, else an empty one: the Engine omits what is empty."""
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


@dataclass(frozen=True)
class UpdateStatus:
    """The Engine's own word on an update; it can lie and is only one witness among several."""

    state: str = ""
    message: str = ""
    started_at: str = ""
    completed_at: str = ""

    @staticmethod
    def of(raw: Any) -> UpdateStatus:
        """From the Engine's `UpdateStatus`; an absent one has an empty state."""
        data = _object(raw)
        return UpdateStatus(
            state=_text(data.get("State")),
            message=_text(data.get("Message")),
            started_at=_text(data.get("StartedAt")),
            completed_at=_text(data.get("CompletedAt")),
        )


@dataclass(frozen=True)
class Service:
    """One service as a manager answered it.

    `running_tasks`, `desired_tasks` and `completed_tasks` are known where the listing asked for them
    (`GET /services?status=true`, API 1.41); None otherwise.
    """

    id: str
    name: str
    version: int
    spec: JsonObject
    previous_spec: JsonObject | None = None
    update_status: UpdateStatus = field(default_factory=UpdateStatus)
    created_at: str = ""
    updated_at: str = ""
    ports: tuple[JsonObject, ...] = ()
    job_iteration: int = 0
    running_tasks: int | None = None
    desired_tasks: int | None = None
    completed_tasks: int | None = None
    raw: JsonObject = field(default_factory=dict, repr=False, compare=False)

    @staticmethod
    def of(raw: Any) -> Service:
        """From `GET /services/{id}` or one entry of `GET /services`."""
        data = _object(raw)
        spec = _object(data.get("Spec"))
        previous = data.get("PreviousSpec")
        job = _object(data.get("JobStatus"))
        status = data.get("ServiceStatus")
        return Service(
            id=_text(data.get("ID")),
            name=_text(spec.get("Name")),
            version=_number(_object(data.get("Version")).get("Index")),
            spec=spec,
            previous_spec=previous if isinstance(previous, dict) and previous else None,
            update_status=UpdateStatus.of(data.get("UpdateStatus")),
            created_at=_text(data.get("CreatedAt")),
            updated_at=_text(data.get("UpdatedAt")),
            ports=tuple(p for p in _object(data.get("Endpoint")).get("Ports") or () if isinstance(p, dict)),
            job_iteration=_number(_object(job.get("JobIteration")).get("Index")),
            running_tasks=_number(status.get("RunningTasks")) if isinstance(status, dict) else None,
            desired_tasks=_number(status.get("DesiredTasks")) if isinstance(status, dict) else None,
            completed_tasks=_number(status.get("CompletedTasks")) if isinstance(status, dict) else None,
            raw=data,
        )

    @property
    def image(self) -> str:
        """The image its specification names, digest included; empty where there is none."""
        return image_of(self.spec)

    @property
    def mode(self) -> str:
        """`replicated`, `global`, `replicated-job` or `global-job`."""
        return mode_of(self.spec)


@dataclass(frozen=True)
class Attachment:
    """A task's address in a network, with its prefix length (`10.0.1.5/24`); empty where it has none.

    In a network of the driver `host` it has those of its node.
    """

    driver: str
    address: str


@dataclass(frozen=True)
class Task:
    """One task as a manager answered it. Times are the Engine's RFC 3339 text.

    `message` and `error` are without secrets, for people; whoever judges by them asks what it `says`. `attachments`
    are the networks it is attached to, the routing mesh's own left out.
    """

    id: str
    service_id: str
    slot: int
    node_id: str
    desired_state: str
    state: str
    timestamp: str
    created_at: str
    message: str
    error: str
    exit_code: int | None
    container_id: str
    spec: JsonObject = field(repr=False)
    job_iteration: int = 0
    version: int = 0
    ports: tuple[JsonObject, ...] = field(default=(), repr=False)
    attachments: tuple[Attachment, ...] = ()
    words: str = field(default="", repr=False, compare=False)

    @staticmethod
    def of(raw: Any, secrets: SecretValues = NO_SECRETS) -> Task:
        """From one entry of `GET /tasks`. Its texts lose those secrets and the ones of its own specification."""
        data = _object(raw)
        status = _object(data.get("Status"))
        container = _object(status.get("ContainerStatus"))
        code = container.get("ExitCode")
        state = _text(status.get("State"))
        spec = _object(data.get("Spec"))
        message, error = _text(status.get("Message")), _text(status.get("Err"))
        if error:
            secrets = secrets.with_those_in(spec)
        return Task(
            id=_text(data.get("ID")),
            service_id=_text(data.get("ServiceID")),
            slot=_number(data.get("Slot")),
            node_id=_text(data.get("NodeID")),
            desired_state=_text(data.get("DesiredState")),
            state=state,
            timestamp=_text(status.get("Timestamp")),
            created_at=_text(data.get("CreatedAt")),
            message=secrets.hide(message),
            error=secrets.hide(error),
            exit_code=code if isinstance(code, int) and state in _RAN else None,
            container_id=_text(container.get("ContainerID")),
            spec=spec,
            job_iteration=_number(_object(data.get("JobIteration")).get("Index")),
            version=_number(_object(data.get("Version")).get("Index")),
            ports=tuple(p for p in _object(status.get("PortStatus")).get("Ports") or () if isinstance(p, dict)),
            attachments=_attachments(data.get("NetworksAttachments")),
            words="%s\n%s" % (message, error),
        )

    def says(self, *phrases: str) -> bool:
        """Whether its node or Swarm said one of these of it, in small letters, whatever of that is a secret."""
        words = (self.words or "%s\n%s" % (self.message, self.error)).lower()
        return any(phrase in words for phrase in phrases)

    @property
    def place(self) -> str:
        """What the task fills: its slot, or for a global service its node."""
        return str(self.slot) if self.slot else self.node_id

    @property
    def running(self) -> bool:
        """Whether it serves now and is meant to."""
        return self.state == "running" and self.desired_state == "running"

    @property
    def ended(self) -> bool:
        """Whether it is beyond running (complete, failed, rejected, shut down, orphaned)."""
        return _RANK.get(self.state, 0) > _RUNNING


def _attachments(raw: Any) -> tuple[Attachment, ...]:
    """Those outside of `ingress`, whose addresses nobody but the routing mesh reaches."""
    found: list[Attachment] = []
    for entry in raw or ():
        network = _object(_object(entry).get("Network"))
        if _object(network.get("Spec")).get("Ingress"):
            continue
        driver = _text(_object(network.get("DriverState")).get("Name"))
        addresses = [text for text in _object(entry).get("Addresses") or () if isinstance(text, str)]
        found += [Attachment(driver, address) for address in addresses or [""]]
    return tuple(found)


@dataclass(frozen=True)
class Node:
    """One node of the Swarm."""

    id: str
    hostname: str
    role: str
    availability: str
    state: str
    labels: JsonObject = field(default_factory=dict, repr=False)
    raw: JsonObject = field(default_factory=dict, repr=False, compare=False)

    @staticmethod
    def of(raw: Any) -> Node:
        """From one entry of `GET /nodes`."""
        data = _object(raw)
        spec = _object(data.get("Spec"))
        return Node(
            id=_text(data.get("ID")),
            hostname=_text(_object(data.get("Description")).get("Hostname")),
            role=_text(spec.get("Role")),
            availability=_text(spec.get("Availability")),
            state=_text(_object(data.get("Status")).get("State")),
            labels=_object(spec.get("Labels")),
            raw=data,
        )

    @property
    def usable(self) -> bool:
        """Whether tasks can run there."""
        return self.state == "ready" and self.availability == "active"

    @property
    def address(self) -> str:
        """The address by which the managers know it; empty where they know none.

        A manager may show 0.0.0.0 for itself; the address that it advertises to the others is right then.
        """
        shown = _text(_object(self.raw.get("Status")).get("Addr"))
        if shown not in ("", "0.0.0.0", "::"):  # noqa: S104 - no binding # nosec B104
            return shown
        advertised = _text(_object(self.raw.get("ManagerStatus")).get("Addr"))
        return advertised.rpartition(":")[0].strip("[]")


def inner(data: JsonObject, *keys: str) -> JsonObject:
    """The object at a path of keys; an empty one where there is none, since the Engine omits what is empty."""
    for key in keys:
        value = data.get(key)
        data = value if isinstance(value, Mapping) else {}
    return data


def mode_of(spec: JsonObject) -> str:
    """The mode that a ServiceSpec asks for; the Engine's default is `replicated`."""
    mode = _object(spec.get("Mode"))
    if mode.get("Global") is not None:
        return "global"
    if mode.get("ReplicatedJob") is not None:
        return "replicated-job"
    if mode.get("GlobalJob") is not None:
        return "global-job"
    return "replicated"


def replicas_of(spec: JsonObject) -> int:
    """Tasks that a replicated service or job wants at the same time or in total; 0 for global ones."""
    mode = _object(spec.get("Mode"))
    replicated = mode.get("Replicated")
    if isinstance(replicated, dict):
        value = replicated.get("Replicas")
        return value if isinstance(value, int) else 1
    job = mode.get("ReplicatedJob")
    if isinstance(job, dict):
        total = job.get("TotalCompletions", job.get("MaxConcurrent", 1))
        return total if isinstance(total, int) else 1
    return 0 if mode_of(spec).startswith("global") else 1


def image_of(spec: JsonObject) -> str:
    """The image that a ServiceSpec names, digest included; empty where there is none."""
    container = _object(_object(spec.get("TaskTemplate")).get("ContainerSpec"))
    return _text(container.get("Image"))
