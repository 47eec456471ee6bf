# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stage on which a play changes something and reports on it."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.integration.availability.door import Measured
from tests.integration.cluster import Json
from tests.integration.running import LIMIT, deprecated

_INVENTORY = f"localhost ansible_connection=local ansible_python_interpreter={sys.executable}\n"


class Report:
    """The three files of one report."""

    def __init__(self, folder: Path) -> None:
        (page,) = folder.glob("*.html")
        self.name = page.stem
        self.page = page.read_text(encoding="utf-8")
        self.data: Json = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
        self.markdown = page.with_suffix(".md").read_text(encoding="utf-8")

    @property
    def figures(self) -> list[str]:
        """The first figures as the page shows them."""
        head = self.page.partition('<dl class="figures">')[2].partition("</dl>")[0]
        return [html.unescape(text) for text in re.findall(r"data-figure>([^<]*)<", head)]

    @property
    def text(self) -> str:
        """What the page says, without its markup."""
        return html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", self.page, flags=re.DOTALL))

    def is_of_one_piece(self) -> None:
        """Whether the page and the Markdown show what the JSON has."""
        assert self.figures == [one["value"] for one in self.data["figures"]]
        for text in (self.data["word"], self.data["name"], self.data["message"]):
            assert text in self.text
        for one in self.data["figures"]:
            assert f"| {one['label']} | {one['value']} |" in self.markdown
        for one in self.data["next"]:
            assert one["command"] in self.text
            assert one["command"] in self.markdown


class Desk(Measured):
    """Plays run with the lab's first manager; their reports are read where the role says they are."""

    def __init__(self, test: str, hosts: list[str]) -> None:
        super().__init__(test, hosts)
        self.folder = Path(tempfile.mkdtemp(prefix="reports-"))

    def report(
        self, module: str, options: Json, kind: str = "rollout", *, fails: bool = False, check: bool = False, **run: Any
    ) -> tuple[Report | None, str]:
        """Run a module in a play, then the role on what it returned; the report and what the play printed."""
        reports = self.folder / "reports"
        shutil.rmtree(reports, ignore_errors=True)
        given = {"docker_host": self.host, "name": self.name, **options}
        about = {"kind": kind, "name": given["name"], "result": "{{ done }}", **run}
        tasks = [
            {
                "name": "Change",
                f"swarm.rollout.{module}": given,
                "register": "done",
                "failed_when": f"(done.failed | default(false)) is not {'true' if fails else 'false'}",
            },
            {
                "name": "Report",
                "ansible.builtin.include_role": {"name": "swarm.rollout.report"},
                "vars": {"report_dir": str(reports), "report_run": about},
            },
            {"name": "Paths", "ansible.builtin.debug": {"var": "report_paths"}},
        ]
        (self.folder / "play.yml").write_text(
            json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]), encoding="utf-8"
        )
        (self.folder / "inventory").write_text(_INVENTORY, encoding="utf-8")
        command = ["ansible-playbook", "-i", str(self.folder / "inventory"), str(self.folder / "play.yml")]
        ended = subprocess.run(
            [*command, "--check"] if check else command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
            env={**os.environ, "ANSIBLE_NOCOLOR": "1"},
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert deprecated(ended.stdout + ended.stderr) == []
        return (Report(reports) if reports.exists() else None), ended.stdout

    def reported(self, module: str, options: Json, kind: str = "rollout", **more: Any) -> Report:
        """The report of a run that is of one piece."""
        found, _printed = self.report(module, options, kind, **more)
        assert found is not None
        found.is_of_one_piece()
        return found

    def is_as_stamped(self, section: Json) -> int:
        """Whether the timeline has the times that the cluster itself stamped; how many tasks were compared."""
        begun = moment(section["started_at"])
        tasks = {task["ID"]: task for task in self.cluster.tasks(section["name"])}
        compared = 0
        for entry in section["timeline"]:
            task = tasks.get(entry["task"])
            if task is None:
                continue
            first, last = entry["spans"][0], entry["spans"][-1]
            if not entry["old"]:
                assert abs(max(moment(task["CreatedAt"]) - begun, 0.0) - first["from"]) < 0.1, entry
            if task["Status"]["State"] in ("running", "failed") and last["state"] == task["Status"]["State"]:
                if not entry["old"]:
                    assert abs(moment(task["Status"]["Timestamp"]) - begun - last["from"]) < 0.1, entry
                compared += 1
            if task["Status"]["State"] == "shutdown" and last["to"] is not None:
                assert abs(moment(task["Status"]["Timestamp"]) - begun - last["to"]) < 0.1, entry
                compared += 1
        return compared

    def close(self) -> None:
        """The files go as well."""
        super().close()
        shutil.rmtree(self.folder, ignore_errors=True)


def moment(stamp: str) -> float:
    """Seconds since the epoch of an instant as the Engine writes it."""
    base, _dot, rest = stamp.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{base}+00:00").timestamp() + float(f"0.{rest or 0}")
