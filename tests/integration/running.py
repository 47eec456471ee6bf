# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starting modules from tests, waiting for them, killing them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.fork_server import Forked, ForkServer, ForkServerGone
from tests.integration.usage import MODULE_RUNS, ModuleRun

ROOT = Path(__file__).resolve().parents[2]
# On which Python playbooks run modules: that of the controller, or another one to see whether it does as well.
MODULE_PYTHON = os.environ.get("SWARM_MODULE_PYTHON") or sys.executable
# No run of a test takes longer; one that does hangs.
LIMIT = 300.0
AS_MODULE = "tests.integration.as_module"
# Whatever modules import: Ansible, the SDK with all that it needs, and the collection.
IMPORTS = (
    "tests.arguments",
    "docker.api.client",
    "ansible_collections.swarm.rollout.plugins.module_utils",
    "ansible_collections.swarm.rollout.plugins.modules",
)


def _inherited() -> dict[str, str]:
    """What a module has of this process's environment: nothing of Docker, and the collection to import."""
    paths = [str(ROOT), str(ROOT / ".ansible" / "link"), os.environ.get("PYTHONPATH", "")]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DOCKER_")}
    return {**kept, "PYTHONPATH": ":".join(filter(None, paths))}


_FORKS = ForkServer(_inherited(), ROOT, IMPORTS)


@dataclass(frozen=True)
class Ran:
    """How a module ended: its exit status, the JSON it returned, all that it printed, and when."""

    status: int
    result: dict[str, Any]
    output: str
    seconds: float
    ended: float

    @property
    def failed(self) -> bool:
        """Whether the module reports failure."""
        return bool(self.result.get("failed"))

    @property
    def changed(self) -> bool:
        """Whether the module reports a change."""
        return bool(self.result["changed"])

    @property
    def msg(self) -> str:
        """The one sentence."""
        return str(self.result.get("msg", ""))

    @property
    def outcome(self) -> str | None:
        """The rollout's outcome; None where an error came before any rollout."""
        rollout = self.result.get("rollout")
        return rollout["outcome"] if rollout else None

    @property
    def rollout(self) -> dict[str, Any]:
        """The whole account."""
        return dict(self.result["rollout"])

    @property
    def states(self) -> list[str]:
        """The update states that were seen, in order."""
        return [seen["state"] for seen in self.rollout["states"]]

    @property
    def warnings(self) -> list[str]:
        """The warnings as texts."""
        return [_text(warning) for warning in self.result.get("warnings") or ()]


def _text(warning: Any) -> str:
    return warning if isinstance(warning, str) else str(warning["event"]["msg"])


def deprecated(output: str) -> list[str]:
    """What Ansible says of features that go away: whoever runs the newest ansible-core reads it at every task."""
    return [line for line in output.splitlines() if "[DEPRECATION WARNING]" in line]


class Running:
    """One module under way: in a fork of a Python that has imported everything, or `cold`, in a Python of its own.

    What measures a module's process, or is about what it imports, wants it cold.
    """

    def __init__(
        self, module: str, options: dict[str, Any], environment: dict[str, str] | None = None, *, cold: bool = False
    ) -> None:
        whole = {**_inherited(), **(environment or {})}
        self._process: subprocess.Popen[str] | Forked
        self.cold = cold or not _FORKS.fits(whole)
        if self.cold:
            self._begun = time.monotonic()
            self._process = subprocess.Popen(
                [sys.executable, "-m", AS_MODULE, module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=whole,
                cwd=ROOT,
                text=True,
            )
        else:
            _FORKS.ready()
            self._begun = time.monotonic()
            self._process = _FORKS.start(AS_MODULE, [module], whole)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(options))
        self._process.stdin.close()
        self._process.stdin = None

    def kill(self) -> None:
        """End it at once, as the kernel does when memory is short; nothing of it runs afterwards."""
        self._process.kill()
        if self._process.stdout is not None and not self._process.stdout.closed:
            # Without the server nobody knows how it ended, but it has.
            with contextlib.suppress(ForkServerGone):
                self._process.communicate()
            self._note()

    @property
    def under_way(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def wait(self) -> Ran:
        """Wait for its end."""
        try:
            out, err = self._process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        ended = time.time()
        seconds = self._note()
        status = self._process.returncode
        assert status is not None
        assert out.strip(), f"the module printed no result: {err}"
        return Ran(status, json.loads(out), out + err, seconds, ended)

    def _note(self) -> float:
        """How long it took; kept with what it cost."""
        seconds = time.monotonic() - self._begun
        MODULE_RUNS.append(ModuleRun(seconds, self._process.cpu if isinstance(self._process, Forked) else 0.0))
        return seconds


def run(module: str, options: dict[str, Any], environment: dict[str, str] | None = None, *, cold: bool = False) -> Ran:
    """Run a module to its end."""
    return Running(module, options, environment, cold=cold).wait()
