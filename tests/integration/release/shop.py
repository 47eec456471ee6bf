# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A shop of eight services with a real database, released as one; and an oracle that asks the cluster only."""

from __future__ import annotations

import secrets
from typing import Any

from tests.integration.cluster import Cluster, Json, image
from tests.integration.running import Ran, Running
from tests.lab.lab import Lab

QUICK: Json = {"monitor": "1s", "parallelism": 0}
START_FIRST: Json = {"monitor": "1s", "order": "start-first", "failure_action": "rollback"}
# What is in a specification without being a setting: who wrote it, and how often it was forced.
_LABELS = ("swarm.rollout.revision", "swarm.rollout.progress")
NAMES = ("db", "mail", "migrate", "catalog", "cart", "api", "worker", "web")
SERVING = tuple(name for name in NAMES if name != "migrate")
WAVES = [["db", "mail"], ["migrate", "catalog", "cart"], ["api", "worker"], ["web"]]


class Shop:
    """One shop on a lab that has its images, with names of its own. `close` leaves nothing behind."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.hosts = list(lab.settings()["docker_hosts"])
        self.cluster = Cluster(self.hosts[0])
        self.name = f"shop-{secrets.token_hex(2)}"
        self.network = str(self.cluster.engine.post("/networks/create", {"Name": self.name, "Driver": "overlay"})["Id"])
        self.running: list[Running] = []

    def full(self, name: str) -> str:
        """The name of one of its services in the Swarm."""
        return f"{self.name}-{name}"

    def services(self, version: int, **other: Any) -> list[Json]:
        """What the repository declares for a version. `other` are options of single services over that; None: gone."""
        networks, database = [self.name], {"DATABASE_HOST": f"tasks.{self.full('db')}"}
        job = {"mode": "replicated-job", "restart_config": {"condition": "none"}}
        found: dict[str, Json] = {
            "db": {"image": "shop/db:1", "stop_grace_period": "3s"},
            "mail": {"image": "web:1"},
            "migrate": {"image": f"shop/migrate:{version}", **job, "env": database, "depends_on": ["db"]},
            "catalog": {"image": f"web:{version}", "replicas": 2, "depends_on": ["db"]},
            "cart": {"image": f"web:{version}", "depends_on": ["db"]},
            "api": {"image": f"shop/api:{version}", "replicas": 2, "env": database, "depends_on": ["migrate"]},
            "worker": {"image": f"web:{version}", "depends_on": ["migrate"]},
            "web": {
                "image": f"web:{version}",
                "replicas": 2,
                "steps": [1, "100%"],
                "checks": [{"tasks": {"healthy_for": "1s"}}],
                "depends_on": ["api", "catalog", "cart"],
            },
        }
        for name, options in other.items():
            if options is None:
                del found[name]
            else:
                found[name] = {**found.get(name, {}), **options}
        for name, options in found.items():
            config = {} if name == "migrate" else {"update_config": START_FIRST if name in ("api", "web") else QUICK}
            options.update({**config, **options})
            options.setdefault("stop_grace_period", "2s")
            options.update(name=self.full(name), networks=networks, resolve_image="false")
            options["depends_on"] = [self.full(one) for one in options.get("depends_on", ()) if one in found]
        return list(found.values())

    def begin(self, services: list[Json] | None = None, **options: Any) -> Running:
        """Start `swarm_release` and do not wait for it."""
        internal = {f"_ansible_{key}_mode": options.pop(key) for key in ("check",) if key in options}
        given = {"docker_host": self.hosts[0], "name": self.name, **internal, **options}
        if services is not None:
            given["services"] = services
        running = Running("swarm_release", given)
        self.running.append(running)
        return running

    def release(self, services: list[Json] | None = None, **options: Any) -> Ran:
        """Run `swarm_release`."""
        return self.begin(services, **options).wait()

    def have(self, version: int = 1) -> dict[str, Json]:
        """The shop at rest; its specifications."""
        ran = self.release(self.services(version))
        assert not ran.failed, ran.msg
        self.is_declared(self.services(version))
        return self.snapshot()

    def snapshot(self) -> dict[str, Json]:
        """The specification of each of its services that is there, without what is no setting."""
        found = {}
        for service in self.own("services"):
            spec = service["Spec"]
            labels = {key: value for key, value in (spec.get("Labels") or {}).items() if key not in _LABELS}
            found[spec["Name"].removeprefix(f"{self.name}-")] = {**spec, "Labels": labels}
        return found

    def own(self, kind: str) -> list[Json]:
        """The shop's services, or configs with their records, straight from the Swarm."""
        return [one for one in self.cluster.engine.get(f"/{kind}") if f"{self.name}-" in one["Spec"]["Name"]]

    def wait_until_quiet(self) -> None:
        """Until nothing is on its way any more: tasks that stop take their time."""

        def quiet() -> bool:
            tasks = self.cluster.tasks_of_all([service["ID"] for service in self.own("services")])
            return all((task["Status"]["State"] == "running") == (task["DesiredState"] == "running") for task in tasks)

        self.cluster.wait("nothing moves any more", quiet)

    def tasks_run_their_service(self, leaving_out: tuple[str, ...] = ()) -> None:
        """Every task that runs has its service's present specification, and there are as many as are wanted."""
        self.wait_until_quiet()
        for name, spec in self.snapshot().items():
            if "Replicated" not in spec["Mode"] or name in leaving_out:
                continue
            running = self.cluster.running(self.full(name))
            assert len(running) == spec["Mode"]["Replicated"]["Replicas"], name
            for task in running:
                assert same_task(task["Spec"], spec["TaskTemplate"]), (name, task["Spec"], spec["TaskTemplate"])

    def is_as(self, before: dict[str, Json], *, but: tuple[str, ...] = ("migrate",)) -> None:
        """Specifications and running tasks are just what they were; jobs are left out, since nothing un-runs them."""
        now = self.snapshot()
        assert {name for name in now if name not in but} == {name for name in before if name not in but}
        for name, spec in before.items():
            if name not in but:
                assert settings(now[name]) == settings(spec), name
        self.tasks_run_their_service()

    def is_declared(self, services: list[Json]) -> None:
        """Specifications and running tasks are what the list declares, in the terms of the list."""
        now = self.snapshot()
        declared = {one["name"].removeprefix(f"{self.name}-"): one for one in services if one.get("state") != "absent"}
        assert set(now) == set(declared)
        for name, one in declared.items():
            container = now[name]["TaskTemplate"]["ContainerSpec"]
            env = [f"{key}={value}" for key, value in one.get("env", {}).items()]
            assert (image(now[name]), container.get("Env") or []) == (one["image"], env), name
            if "Replicated" in now[name]["Mode"]:
                assert now[name]["Mode"]["Replicated"]["Replicas"] == one.get("replicas", 1), name
        self.tasks_run_their_service()

    def ask(self, sql: str) -> list[str]:
        """Ask the database, inside its container; one line for each row."""
        (task,) = self.cluster.running(self.full("db"))
        node = str(self.cluster.engine.get(f"/nodes/{task['NodeID']}")["Description"]["Hostname"])
        container = task["Status"]["ContainerStatus"]["ContainerID"]
        return str(self.lab.engine(node).run(container, ["psql", "-XAtc", sql])).split()

    def schema(self) -> int:
        """The version of the database's schema."""
        return int(self.ask("SELECT max(version) FROM schema_version")[0])

    def migrations(self) -> dict[int, int]:
        """How often a job of each version has run to its end."""
        rows = self.ask("SELECT version, count(*) FROM migration_runs GROUP BY version")
        return {int(version): int(count) for version, _bar, count in (row.partition("|") for row in rows)}

    def records(self) -> dict[int, str]:
        """The outcome of each release that is recorded, straight from the Swarm."""
        found = {}
        for item in self.cluster.engine.get("/configs"):
            labels = item["Spec"].get("Labels") or {}
            if labels.get("swarm.rollout.release") == self.name:
                found[int(labels["swarm.rollout.release.number"])] = labels["swarm.rollout.release.outcome"]
        return dict(sorted(found.items()))

    def lock_is_free(self) -> bool:
        """Whether nobody holds the lock of the release, straight from the Swarm."""
        name = f"swarm-rollout.{self.name}.release-lock"
        found = [item["Spec"] for item in self.cluster.engine.get("/configs") if item["Spec"]["Name"] == name]
        return all("swarm.rollout.lock.token" not in spec["Labels"] for spec in found)

    def close(self) -> None:
        """Take all of it away."""
        for running in self.running:
            running.kill()
        self.cluster.clear(self.name)


def settings(spec: Json) -> Json:
    """A specification without the counter of forced updates and without what is empty."""
    template = {key: value for key, value in spec["TaskTemplate"].items() if key != "ForceUpdate"}
    return {**{key: value for key, value in spec.items() if value not in ({}, [], None)}, "TaskTemplate": template}


def same_task(one: Json, other: Json) -> bool:
    """Whether a task's specification is that of its service."""
    return all(
        (one.get(key) or None) == (other.get(key) or None)
        for key in {*one, *other} - {"ForceUpdate", "Runtime", "NetworkAttachmentSpec"}
    )


def story(ran: Ran, name: str) -> Json:
    """What the result tells of one service."""
    return next(one for one in ran.result["services"] if one["name"].endswith(f"-{name}"))


def outcome(ran: Ran) -> str:
    """The outcome of the release."""
    return str(ran.result["release"]["outcome"])
