# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The images of the shop do what tests of several services rely on: a real database, real migrations."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest

from tests.integration.cluster import Cluster
from tests.lab.lab import Lab

pytestmark = pytest.mark.alone

Json = dict[str, Any]
REPLICATED: Json = {"Replicated": {"Replicas": 1}}
JOB: Json = {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}}
PORT = 5003


class Shop:
    """A network with a database on it, on a lab that has the images."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.names = {node.name: node for node in lab.plan().nodes}
        self.cluster = Cluster(lab.settings()["docker_host"])
        self.network = str(self.cluster.engine.post("/networks/create", {"Name": "shop", "Driver": "overlay"})["Id"])
        self.create("db", "shop/db:1")
        # A task with a health check is running only when it is healthy.
        self.cluster.wait("the database runs", lambda: bool(self.cluster.running("db")))

    def create(self, name: str, image: str, mode: Json = REPLICATED, port: int | None = None) -> None:
        """A service of one task that is tried once."""
        published = {"Protocol": "tcp", "TargetPort": 80, "PublishedPort": port, "PublishMode": "host"}
        self.cluster.engine.post(
            "/services/create",
            {
                "Name": name,
                "Mode": mode,
                "TaskTemplate": {
                    "ContainerSpec": {"Image": image},
                    "Networks": [{"Target": self.network}],
                    "RestartPolicy": {"Condition": "none"},
                },
                "EndpointSpec": {"Ports": [published]} if port else {},
            },
        )

    def ended(self, name: str) -> tuple[int, str]:
        """The exit code of a service's one task, and what it printed."""

        def over() -> Json | None:
            (task,) = self.cluster.tasks(name) or ({"Status": {"State": "new"}},)
            return task if task["Status"]["State"] in ("complete", "failed", "rejected") else None

        self.cluster.wait(f"{name} has ended", lambda: over() is not None)
        task = over()
        assert task is not None
        container = task["Status"]["ContainerStatus"]
        path = f"/containers/{container['ContainerID']}/logs"
        log = self.engine(task).call("GET", path, query={"stdout": True, "stderr": True})
        return container["ExitCode"], plain(log)

    def job(self, name: str, image: str) -> tuple[int, str]:
        """Run a job to its end."""
        self.create(name, image, JOB)
        return self.ended(name)

    def ask(self, sql: str) -> list[str]:
        """Ask the database, inside its container; one line for each row."""
        (task,) = self.cluster.running("db")
        container = task["Status"]["ContainerStatus"]["ContainerID"]
        return self.engine(task).run(container, ["psql", "-XAtc", sql]).split()

    def page(self, name: str) -> str:
        """What a service answers on the port that its one task publishes."""
        (task,) = self.cluster.running(name)
        port = self.names[self.node(task)].ports[PORT]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            return str(answer.read().decode())

    def node(self, task: Json) -> str:
        """The name of the node a task was given to."""
        return str(self.cluster.engine.get(f"/nodes/{task['NodeID']}")["Description"]["Hostname"])

    def engine(self, task: Json) -> Any:
        """The Engine that has the task's container."""
        return self.lab.engine(self.node(task))


def plain(log: bytes) -> str:
    """What a container printed, without the eight bytes that the Engine puts before each piece."""
    text = ""
    while log:
        size = int.from_bytes(log[4:8], "big")
        text, log = text + log[8 : 8 + size].decode(), log[8 + size :]
    return text


@pytest.fixture
def shop(swarm: Lab) -> Shop:
    """The shop with its database; gone with everything else of the test."""
    swarm.shop()
    return Shop(swarm)


RUNS = "SELECT version, count(*) FROM migration_runs GROUP BY version ORDER BY version"
SCHEMA = "SELECT max(version) FROM schema_version"


def test_migrations_change_the_schema_that_releases_need(shop: Shop) -> None:
    assert shop.job("migrate1", "shop/migrate:1") == (0, "migrate: schema 0 -> 1\n")
    assert shop.ask(SCHEMA) == ["1"]

    shop.create("early", "shop/api:2")
    assert shop.ended("early") == (3, "api: needs schema 2, the database has 1\n")

    code, said = shop.job("broken", "shop/migrate:broken")
    assert code == 3
    assert sorted(said.splitlines()) == [
        'migrate: column "price" has 3 rows that cannot be converted',
        "migrate: schema 1 -> 2",
    ]
    assert shop.ask(SCHEMA) == ["1"], "a migration that failed leaves nothing behind"

    assert shop.job("migrate2", "shop/migrate:2") == (0, "migrate: schema 1 -> 2\n")
    assert shop.job("again", "shop/migrate:2") == (0, "migrate: schema is 2, nothing to do\n")
    assert shop.ask(RUNS) == ["1|1", "2|2"]

    shop.create("api", "shop/api:2", port=PORT)
    shop.cluster.wait("the api runs", lambda: bool(shop.cluster.running("api")))
    assert shop.page("api").startswith("app=api version=2 schema=2 task=")


def test_jobs_and_releases_that_are_none(shop: Shop) -> None:
    shop.create("api", "shop/api:broken")
    slow = shop.job("slow", "shop/migrate:slow")

    assert slow == (0, "migrate: schema 0 -> 1\nmigrate: schema 1 -> 2\n")
    assert shop.ask(SCHEMA) == ["2"]
    assert shop.ended("api") == (3, "api: cannot start: the template of the front page is missing\n")
    assert shop.job("migrate3", "shop/migrate:3") == (0, "migrate: schema 2 -> 3\n")
    assert shop.ask(RUNS) == ["2|1", "3|1"]
