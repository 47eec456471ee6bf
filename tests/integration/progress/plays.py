# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbooks whose lines are read while they run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.swarm.rollout.plugins.plugin_utils import here
from tests.integration.cluster import Json
from tests.integration.running import MODULE_PYTHON, deprecated
from tests.integration.stage import Stage

# One task at a time, with a pause in which somebody who looks sees how far it is.
SLOWLY: Json = {"parallelism": 1, "monitor": "3s", "delay": "6s", "order": "start-first"}
# Where a module does not run in a fork of the controller (ansible-core 2.18, another Python), its lines come through a
# file that is looked at every few seconds: what it told last may go unread.
EVERY_LINE = here._KNOWN_FORM and sys.executable == MODULE_PYTHON
LOCAL: Json = {"ansible_connection": "local", "ansible_python_interpreter": MODULE_PYTHON}


class Play:
    """One play under way; its lines in the order in which they come, of both streams."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("DOCKER_")}
        self._process = subprocess.Popen(
            ["ansible-playbook", "-i", str(folder / "inventory"), str(folder / "project" / "play.yml")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**inherited, "ANSIBLE_NOCOLOR": "1", **environment},
            text=True,
        )
        self.seen: list[str] = []

    def __iter__(self) -> Iterator[str]:
        """Each further line, as it comes."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.seen.append(line.rstrip())
            yield self.seen[-1]

    def until(self, *texts: str) -> str:
        """Read on until a line that has all of these."""
        for line in self:
            if all(text in line for text in texts):
                return line
        raise AssertionError("no line has %s:\n%s" % (texts, "\n".join(self.seen)))

    def end(self) -> int:
        """Read all the rest; the exit status."""
        list(self)
        assert deprecated("\n".join(self.seen)) == []
        return self._process.wait()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


class Plays(Stage):
    """A stage on which playbooks run. `temporary` is where modules on other hosts may keep files."""

    def __init__(self, test: str, hosts: list[str]) -> None:
        super().__init__(test, hosts)
        self.folder = Path(tempfile.mkdtemp(prefix="plays-"))
        self.temporary = self.folder / "temporary"
        self.temporary.mkdir()
        self._plays: list[Play] = []

    def task(self, image: str, *, name: str = "", **more: Any) -> Json:
        """A task that gives the service, or the one of this name, the image; `more` are further options of it."""
        options = {"name": name or self.name, "image": image, "docker_host": self.host, "resolve_image": "false"}
        return {"swarm.rollout.swarm_service": {**options, **more}}

    def write(self, *tasks: Json, host: str = "localhost", variables: Json | None = None, **play: Any) -> None:
        """Write a play and its inventory in the layout of a private data folder of ansible-runner."""
        inventory = {"all": {"hosts": {host: LOCAL if variables is None else variables}}}
        content = [{"hosts": "all", "gather_facts": False, "tasks": list(tasks), **play}]
        for name, data in (("inventory/hosts.yml", inventory), ("project/play.yml", content)):
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_text(json.dumps(data), encoding="utf-8")

    def play(
        self,
        *tasks: Json,
        environment: dict[str, str] | None = None,
        host: str = "localhost",
        variables: Json | None = None,
        **more: Any,
    ) -> Play:
        """Start a play of these tasks."""
        self.write(*tasks, host=host, variables=variables, **more)
        found = Play(self.folder, {"ANSIBLE_SYSTEM_TMPDIRS": str(self.temporary), **(environment or {})})
        self._plays.append(found)
        return found

    def close(self) -> None:
        """No play runs on, and nothing is left behind."""
        for play in self._plays:
            play.kill()
        super().close()
        shutil.rmtree(self.folder)
