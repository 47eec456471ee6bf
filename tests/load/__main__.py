# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A thousand services, three hundred tasks, fifty services changed at once: `SWARM_LAB=... python3 -m tests.load`.

Memory is the most that the process of the module held at once; what is true is asked of the cluster. The figures go to
`docs/load.json`, and as a page to `docs/load.md`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.machine import lab_versions
from tests.integration import running
from tests.integration.running import Ran, Running
from tests.lab.api import Engine
from tests.lab.lab import Lab

ROOT = Path(__file__).resolve().parents[2]
RECORD, PAGE = ROOT / "docs" / "load.json", ROOT / "docs" / "load.md"
PREFIX = "load-"
MOST_MIB = 120
# What explains the calls.
NOTE = (
    "No event tells of the tasks of a new service. Their looks fall on the same half seconds and share a listing "
    "([decision 0024](decisions/0024-looks-that-meet.md)); an update is told by events, with slower looks behind them."
)
Json = dict[str, Any]


def name_of(number: int) -> str:
    """The name of a service of the load."""
    return f"{PREFIX}{number:04d}"


def entry(number: int, replicas: int, image: str) -> Json:
    """The service as an entry of a release; no health check, since a machine with little to spare fails them."""
    return {
        "name": name_of(number),
        "image": image,
        "replicas": replicas,
        "resolve_image": "false",
        "stop_grace_period": "1s",
        "update_config": {"parallelism": 0, "monitor": "1s"},
    }


class Load:
    """The Swarm under load, and modules run on it."""

    def __init__(self, host: str, services: int, busy: int, replicas: int) -> None:
        self.host, self.services, self.busy, self.replicas = host, services, busy, replicas
        self.engine = Engine(host)
        self.rows: list[Json] = []
        self.wrong: list[str] = []

    def idle(self) -> None:
        """Create those services that run nothing; they are there for the listings to be long."""
        spec: Json = {
            "TaskTemplate": {"ContainerSpec": {"Image": "web:1"}},
            "Mode": {"Replicated": {"Replicas": 0}},
        }

        def create(number: int) -> None:
            self.engine.post("/services/create", {**spec, "Name": name_of(number)})

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(create, range(self.busy, self.services)))

    def run(self, what: str, module: str, **options: Any) -> Ran:
        """Run a module, and keep what it cost."""
        with tempfile.NamedTemporaryFile() as peak:
            begun = time.monotonic()
            started = Running(
                module,
                {"docker_host": self.host, "timeout": 120, "debug": True, **options},
                {"MODULE_PEAK": peak.name},
                cold=True,
            )
            ran = started.wait()
            took = time.monotonic() - begun
            memory = int(Path(peak.name).read_text() or 0) / 1024
        calls = Counter(_kind(call) for call in ran.result.get("engine_calls", ()))
        row = {
            "what": what,
            "seconds": round(took, 1),
            "memory": round(memory),
            "calls": sum(calls.values()),
            "writes": sum(count for call, count in calls.items() if not call.startswith("GET")),
            "by_kind": dict(calls.most_common()),
        }
        self.rows.append(row)
        print(f"[load] {what}: {took:.1f} s, {memory:.0f} MiB, {row['calls']} calls: {ran.msg[:200]}", flush=True)
        self.check(not ran.failed, f"{what}: {ran.msg[:300]}")
        self.check(memory < MOST_MIB, f"{what}: {memory:.0f} MiB of memory")
        return ran

    def check(self, holds: bool, what: str) -> None:
        """Note what does not hold."""
        if not holds:
            print(f"[load] WRONG: {what}", flush=True)
            self.wrong.append(what)

    def release(self, what: str, image: str, outcome: str) -> None:
        """Release all busy services with that image, and ask the cluster whether the result is true."""
        entries = [entry(number, self.replicas, image) for number in range(self.busy)]
        ran = self.run(what, "swarm_release", name="load", services=entries)
        told = Counter(one["outcome"] for one in ran.result.get("services", ()))
        self.check(told == {outcome: self.busy}, f"{what}: outcomes {dict(told)}")
        here: Counter[str] = Counter()
        names = {one["ID"]: one["Spec"]["Name"] for one in self.engine.get("/services")}
        for task in self.engine.get("/tasks", filters={"desired-state": ["running"]}):
            right = task["Spec"]["ContainerSpec"]["Image"] == image and task["Status"]["State"] == "running"
            if right and names.get(task["ServiceID"], "").startswith(PREFIX):
                here[names[task["ServiceID"]]] += 1
        self.check(
            here == {name_of(number): self.replicas for number in range(self.busy)},
            f"{what}: {sum(here.values())} tasks of {len(here)} services run {image} by the cluster's own word",
        )

    def clear(self) -> None:
        """Remove all of it."""

        def remove(path: str) -> None:
            self.engine.delete(path)

        ours = [f"/services/{one['ID']}" for one in self.engine.get("/services") if _ours(one)]
        ours += [f"/configs/{one['ID']}" for one in self.engine.get("/configs") if "load" in one["Spec"]["Name"]]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(remove, ours))


def _ours(service: Json) -> bool:
    return str(service["Spec"]["Name"]).startswith(PREFIX)


def _kind(call: str) -> str:
    """A request without names and IDs."""
    method, path = call.split(" ", 1)
    parts = path.strip("/").split("/")
    return f"{method} /{parts[0]}" + ("/…" + "".join("/" + part for part in parts[2:]) if len(parts) > 1 else "")


@contextmanager
def patient() -> Iterator[None]:
    """Runs under load may take as long as they take."""
    limit, running.LIMIT = running.LIMIT, 3600.0
    try:
        yield
    finally:
        running.LIMIT = limit


def page(record: Json) -> str:
    """The page of the documentation."""
    rows = [
        f"| {row['what']} | {row['seconds']} s | {row['memory']} MiB | {row['calls']} | {row['writes']} |"
        for row in record["rows"]
    ]
    kinds = [
        f"- {row['what']}: " + ", ".join(f"{count} of `{call}`" for call, count in row["by_kind"].items())
        for row in record["rows"]
    ]
    about = (
        f"{record['date']}, {record['where']}. {record['services']} services on three nodes, {record['busy']} of "
        f"them with {record['replicas']} replicas each ({record['busy'] * record['replicas']} tasks), the others "
        "with none. All busy services are changed by one `swarm_release`. Memory is the most that the process of "
        f"the module held at once, Python and the Docker SDK included; {MOST_MIB} MiB are the limit."
    )
    return "\n".join(
        [
            "# Under load",
            "",
            "Written by `make load`; do not edit by hand. The figures are in [load.json](load.json).",
            "",
            about,
            "",
            "| | took | memory | Engine calls | of them writes |",
            "|---|---|---|---|---|",
            *rows,
            "",
            NOTE,
            "",
            "What was asked for:",
            "",
            *kinds,
            "",
            "After each release the cluster was asked by other means which tasks run which image: "
            + ("every outcome was true." if not record["wrong"] else "NOT TRUE: " + "; ".join(record["wrong"])),
            "",
        ]
    )


def main() -> int:
    """Put the load on, measure, take it off."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.load", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--services", type=int, default=1000)
    parser.add_argument("--busy", type=int, default=50)
    parser.add_argument("--replicas", type=int, default=6)
    asked = parser.parse_args()
    host = next(iter(Lab(os.environ["SWARM_LAB"]).settings()["docker_hosts"]))
    load = Load(host, asked.services, asked.busy, asked.replicas)
    load.clear()
    try:
        with patient():
            load.idle()
            load.release(f"{asked.busy} services created", "web:1", "completed")
            load.release(f"{asked.busy} services updated", "web:2", "completed")
            load.release("the same once more", "web:2", "unchanged")
            ran = load.run(f"all {asked.services} services read", "swarm_service_info", history=True)
            load.check(len(ran.result.get("services", ())) >= asked.services, "not all services were read")
    finally:
        load.clear()
    record = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "where": "Engine {engine}, {nodes} nodes in containers on one machine, ansible-core {ansible_core}".format(
            **lab_versions(load.engine)
        ),
        "services": asked.services,
        "busy": asked.busy,
        "replicas": asked.replicas,
        "rows": load.rows,
        "wrong": load.wrong,
    }
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(record), encoding="utf-8")
    return 1 if load.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
