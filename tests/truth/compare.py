# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What others would have said of the same fault: each tool on a service of its own, in one Swarm, and the page of it.

Three services run the same release and get the same fault: one is changed with this collection, one with `docker
service update --detach=false`, one with `docker stack deploy`, the command that community.docker's `docker_stack` runs.
Of the CLI's service two judges make what they can: one reads the update status alone, one the task history alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.faults import keeper
from tests.faults.counts import count, image_of, short
from tests.faults.oracle import Seen
from tests.faults.record import ROOT, whole
from tests.faults.scene import Scene
from tests.faults.versions import under_test
from tests.integration.cluster import Json, other_image
from tests.lab.api import Engine
from tests.lab.errors import LabError
from tests.lab.lab import Lab
from tests.truth import record

NOTHING = "\N{EN DASH}"
OURS, CLI = "swarm.rollout", "docker service update --detach=false"
STACK, WAITING = "docker stack deploy", "docker stack deploy --detach=false"
PAGE = ROOT / "docs" / "truth.md"
# A command that has not ended after so long is stopped; what it would have said is not known then.
LIMIT = 90.0
# The cluster is asked once nothing has moved for so long, and after so many seconds at the latest.
REST = 3.0
RESTLESS = 15.0
QUICK: Json = {"parallelism": 1, "monitor": "1s", "delay": "0s", "order": "stop-first"}
Later = Callable[[Scene, str], None]


@dataclass(frozen=True)
class Fault:
    """One row: what is declared, with which settings, and what happens meanwhile."""

    name: str
    title: str
    image: str = "web:2"
    action: str = "rollback"
    order: str = "stop-first"
    constraint: str = ""
    # At which second somebody does something to the service.
    second: float = 0.0
    later: Later | None = None


@dataclass(frozen=True)
class Observed:
    """What one tool did with its service: exit status (None: it never came back), its last line, and what is there."""

    status: int | None
    said: str
    state: str
    cluster: str
    good: bool
    tasks: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Row:
    """One fault with what each said. `tools`: by the tool's name."""

    title: str
    tools: Mapping[str, Observed] = field(default_factory=dict)


def by_status(seen: Observed) -> str:
    """What a judge says who reads nothing but the update status."""
    return {
        "": "nothing to judge",
        "completed": "good",
        "updating": "still under way",
        "paused": "bad",
        "rollback_started": "bad",
        "rollback_completed": "bad",
        "rollback_paused": "bad",
    }.get(seen.state, seen.state)


def by_history(seen: Observed, image: str) -> str:
    """What a judge says who reads nothing but the list of tasks: whether any of the new image failed, whether any runs.

    `tasks` are pairs of image and state, as the Engine lists them, ended ones included.
    """
    mine = [state for name, state in seen.tasks if name == image]
    if any(state in ("failed", "rejected") for state in mine):
        return "bad"
    return "good" if "running" in mine else "still under way" if mine else "nothing to judge"


def _kill(scene: Scene, name: str) -> None:
    found = scene.cluster.running(name)
    if found:
        task = found[0]
        node = scene.cluster.engine.get(f"/nodes/{task['NodeID']}")["Description"]["Hostname"]
        container = task["Status"]["ContainerStatus"]["ContainerID"]
        Engine(scene.addresses[node]).post(f"/containers/{container}/kill")


def _other(scene: Scene, name: str) -> None:
    scene.cluster.write(name, other_image("vote:indent"))


def _back(scene: Scene, name: str) -> None:
    scene.cluster.go_back(name)


FAULTS = (
    Fault("none", "none: a good release"),
    Fault("exits", "the new process ends at once, failure action rollback", "exit:1.0"),
    Fault("exits-pause", "the new process ends at once, failure action pause", "exit:1.0", "pause"),
    Fault("exits-continue", "the new process ends at once, failure action continue", "exit:1.0", "continue"),
    Fault("crashes", "the new process crashes after 3 s, watched for one", "crash:1.0"),
    Fault("unhealthy", "the new task becomes unhealthy", "whoami:2.0"),
    Fault("missing", "no node can get the image", "nowhere:1"),
    Fault("unplaced", "no node satisfies the placement", constraint="node.labels.rack==none"),
    Fault("killed", "a task is killed while the update runs", second=1.0, later=_kill),
    Fault("other", "somebody writes another image meanwhile", second=1.5, later=_other),
    Fault("back", "somebody rolls it back meanwhile", second=1.5, later=_back),
)


class Compared:
    """One fault under one tool, with a service of its own."""

    def __init__(self, fault: Fault, lab: Lab) -> None:
        self.fault = fault
        self.scene = Scene(lab, 1)

    def run(self, tool: str) -> Observed:
        """What it says, and what is there then."""
        ways: dict[str, Callable[[], Observed]] = {
            OURS: self._ours,
            CLI: self._update,
            STACK: self._stack,
            WAITING: lambda: self._stack("--detach=false"),
        }
        try:
            return ways[tool]()
        finally:
            self.scene.close()

    def _ours(self) -> Observed:
        fault, name = self.fault, f"{self.scene.name}-ours"
        moves = {**QUICK, "failure_action": fault.action, "order": fault.order}
        options: Json = {
            "name": name,
            "replicas": 2,
            "update_config": moves,
            "rollback_config": {"monitor": "1s", "parallelism": 0},
            "restart_config": {"delay": "500ms"},
            "stop_grace_period": "1s",
            "resolve_image": "false",
            "progress_deadline": "12s",
            "wait_timeout": "60s",
        }
        made = self.scene.start("swarm_service", {**options, "image": "web:1"}).wait()
        assert not made.failed, made.msg
        if fault.constraint:
            options["placement"] = {"constraints": [fault.constraint]}
        running = self.scene.start("swarm_service", {**options, "image": fault.image})
        self._meanwhile(name)
        ran = running.wait()
        outcome = ran.outcome or "error"
        return self._observed(name, int(ran.failed), f"{outcome}: {rest_of(ran.msg, name)}")

    def _update(self) -> Observed:
        fault, name = self.fault, f"{self.scene.name}-cli"
        flags = ["--update-monitor=1s", "--rollback-monitor=1s", "--rollback-parallelism=0", "--restart-delay=500ms"]
        self._must(
            "service",
            "create",
            "-q",
            "--no-resolve-image",
            "--stop-grace-period=1s",
            "--replicas=2",
            *flags,
            f"--update-failure-action={fault.action}",
            f"--name={name}",
            "web:1",
        )
        words = ["service", "update", "-q", "--no-resolve-image", "--detach=false", f"--image={fault.image}"]
        if fault.constraint:
            words.append(f"--constraint-add={fault.constraint}")
        return self._observed(name, *self._docker([*words, name], name))

    def _stack(self, *flags: str) -> Observed:
        fault, stack = self.fault, f"{self.scene.name}-stack{len(flags)}"
        name = f"{stack}_web"
        deploy: Json = {
            "replicas": 2,
            "update_config": {**QUICK, "failure_action": fault.action, "order": fault.order},
            "rollback_config": {"monitor": "1s", "parallelism": 0},
            "restart_policy": {"delay": "500ms"},
        }
        with TemporaryDirectory() as folder:
            file = Path(folder, "stack.json")

            def words(image: str, more: Json) -> list[str]:
                service = {"image": image, "stop_grace_period": "1s", "deploy": {**deploy, **more}}
                file.write_text(json.dumps({"version": "3.8", "services": {"web": service}}), encoding="utf-8")
                return ["stack", "deploy", "--resolve-image=never", "-c", str(file)]

            self._must(*words("web:1", {}), "--detach=false", stack)
            placed = {"placement": {"constraints": [fault.constraint]}} if fault.constraint else {}
            status, said = self._docker([*words(fault.image, placed), *flags, stack], name)
        return self._observed(name, status, said)

    def _meanwhile(self, name: str) -> None:
        if self.fault.later is not None:
            time.sleep(self.fault.second)
            self.fault.later(self.scene, name)

    def _must(self, *words: str) -> None:
        done = subprocess.run(
            ["docker", "-H", self.scene.hosts[0], *words], capture_output=True, text=True, check=False, timeout=100
        )
        assert done.returncode == 0, done.stderr

    def _docker(self, words: Sequence[str], name: str) -> tuple[int | None, str]:
        """Exit status and last line of a command, while something happens to its service."""
        process = subprocess.Popen(
            ["docker", "-H", self.scene.hosts[0], *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._meanwhile(name)
        try:
            out, _nothing = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None, ""
        lines = [line.strip() for line in out.splitlines() if line.strip()]
        return process.returncode, rest_of(lines[-1] if lines else "", name)

    def _at_rest(self, name: str) -> tuple[Json, Seen]:
        """The service and its tasks once nothing moves, or for ever something does."""
        cluster = self.scene.cluster
        begun = since = time.monotonic()
        last: object = None
        while True:
            service = cluster.service(name)
            seen = Seen(service, cluster.tasks_of(service["ID"]))
            signs = sorted((task["ID"], task["Status"]["State"], task["DesiredState"]) for task in seen.tasks)
            now = time.monotonic()
            if signs != last:
                last, since = signs, now
            if now - since >= REST or now - begun >= RESTLESS:
                return service, seen
            time.sleep(0.3)

    def _observed(self, name: str, status: int | None, said: str) -> Observed:
        """What is there once it has settled."""
        service, seen = self._at_rest(name)
        found = count(seen)
        serving = Counter(short(image_of(task["Spec"])) for task in seen.running)
        state = str((service.get("UpdateStatus") or {}).get("State", ""))
        tasks = [(short(image_of(task["Spec"])), task["Status"]["State"]) for task in seen.tasks]
        declared = short(image_of(seen.spec["TaskTemplate"]))
        told = ", ".join(f"{number} serve {image}" for image, number in sorted(serving.items())) or "nothing serves"
        good = bool(found and found.image == self.fault.image and found.serving == found.desired and len(serving) == 1)
        return Observed(status, said, state, f"declared {declared}; {told}", good, tasks)


def rest_of(text: str, name: str) -> str:
    """A line without the names of this run."""
    return " ".join(text.replace(name, "web").split())[:160]


def observed(fault: Fault, lab: Lab) -> Row:
    """One row; once more where the lab itself got lost under it, as a leader that dies of a bug of its own."""
    tools = [OURS, *((CLI, STACK, WAITING) if shutil.which("docker") else ())]

    def row() -> Row:
        with ThreadPoolExecutor(len(tools)) as workers:
            return Row(
                fault.title,
                dict(
                    zip(tools, workers.map(Compared.run, (Compared(fault, lab) for _tool in tools), tools), strict=True)
                ),
            )

    try:
        return row()
    except (AssertionError, LabError, OSError) as error:
        print(f"{fault.name}: {error}; once more", flush=True)
        keeper.mend(lab)
        return row()


def main(lab: Lab, path: Path) -> int:
    """Observe all faults, store what was observed, and write the page."""
    rows = []
    for fault in FAULTS:
        row = observed(fault, lab)
        rows.append({"name": fault.name, "image": fault.image, **asdict(row)})
        print(
            f"{fault.name}: " + "; ".join(f"{tool}: {one.status} {one.cluster}" for tool, one in row.tools.items()),
            flush=True,
        )
    under = under_test(lab)
    cli = (
        subprocess.run(["docker", "--version"], capture_output=True, text=True, check=False).stdout.strip()
        if shutil.which("docker")
        else ""
    )
    load = round(os.getloadavg()[0])
    compared = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "engine": under.engine,
        "cli": cli,
        "rows": rows,
        "limit": LIMIT,
        "load": load,
    }
    record.store({**record.read(path), "compared": compared}, path)
    whole(PAGE, text(compared))
    return 0


def text(compared: Mapping[str, Any]) -> str:
    """The page, from what was observed."""
    if not compared:
        return HEAD + "\nNothing was observed yet: `make truth ARGS=--compare` does it.\n"
    told = (
        f"Observed on {compared['date']}, Engine {compared['engine']}, {compared['cli'] or 'no Docker CLI'}, with a "
        f"load of {compared['load']} on the machine; a command was stopped when it had not ended after "
        f"{compared['limit']:g} s."
    )
    parts = [HEAD, told, "", *_table(compared["rows"]), ""]
    if not compared["cli"]:
        parts += ["There was no Docker CLI on that machine: what it would have said is not known.", ""]
    return "\n".join([*parts, *_details(compared["rows"]), TAIL])


def _table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    tools = [*dict.fromkeys(tool for row in rows for tool in row["tools"])]
    others = [tool for tool in tools if tool != OURS]
    head = ["fault", *(f"`{tool}`" for tool in others), "update status alone", "task history alone", "`swarm.rollout`"]
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    for row in rows:
        seen = {tool: Observed(**one) for tool, one in row["tools"].items()}
        judged = seen.get(CLI, seen[OURS])
        cells = [_verdict(_status(seen[tool].status), seen[tool].good) for tool in others]
        cells += [_verdict(word, judged.good) for word in (by_status(judged), by_history(judged, row["image"]))]
        cells.append(_verdict(_ours(seen[OURS]), seen[OURS].good))
        lines.append("| " + " | ".join([row["title"], *cells]) + " |")
    return lines


def _status(status: int | None) -> str:
    return "no answer" if status is None else "good" if status == 0 else "bad"


def _ours(seen: Observed) -> str:
    return ("bad" if seen.status else "good") + f" (`{seen.said.partition(':')[0]}`)"


def _verdict(word: str, good: bool) -> str:
    """A word as a cell; bold where the cluster says otherwise."""
    said = word.partition(" (")[0]
    wrong = said not in ("good", "bad") or (said == "good") != good
    return f"**{word}**" if wrong else word


def _details(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What each said in its own words, and what the cluster had then."""
    lines = ["## In their words"]
    for row in rows:
        lines += [
            "",
            f"### {row['title'].capitalize()}",
            "",
            "| tool | exit | its last line | update status | the cluster |",
        ]
        lines.append("| --- | --- | --- | --- | --- |")
        for tool, one in row["tools"].items():
            status = "failed" if one["status"] else "ok"
            status = status if tool == OURS else ("stopped" if one["status"] is None else str(one["status"]))
            said = one["said"].replace("|", "\\|").replace("<", "&lt;") or NOTHING
            lines.append(f"| `{tool}` | {status} | {said} | {one['state'] or NOTHING} | {one['cluster']} |")
    return lines


HEAD = """# Who says what

The same fault under several tools, each with a service of its own in the same Swarm: two replicas of `web:1` become
`web:2`, one after the other, watched for a second. A cell is what the tool makes a pipeline believe: *good* or *bad* by
its exit status, or *no answer* where it had not ended when it was stopped: it may have waited for ever, or for longer
than anybody did here. **Bold** is what the cluster contradicts, or does not say: *good* where not every wanted task
serves what was asked for, *bad* where it does. This page is written by `make truth ARGS=--compare`.

- *update status alone* judges the service of the CLI by `UpdateStatus.State` and nothing else, *task history alone* by
  its list of tasks and nothing else, both once nothing moves any more, or 15 s after the end.
- `docker stack deploy` is the command that `docker_stack` of community.docker runs, without `--detach`; the module
  fails when that does. The module itself was not run.
"""
TAIL = """
## How to repeat it

```console
$ make truth ARGS=--compare
```
"""
