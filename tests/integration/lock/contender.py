# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A process that takes a lock and then does what it is told, line by line.

    python -m tests.integration.lock.contender < conversation

The first line is JSON: host, service, owner, wait, and if wanted lease, every, ask, hidden (it leaves no trace of its
process, as if it were on another machine). It answers `held`, or `locked` with the reason; then `asked` (after
a renewal), `told` (without), `check` and `leave` are answered with a line each.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from tests.integration.running import ROOT

LIMIT = 60.0


class Contender:
    """The process as a test sees it."""

    def __init__(self, options: dict[str, Any]) -> None:
        paths = [str(ROOT), str(ROOT / ".ansible" / "link"), os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.lock.contender"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": ":".join(filter(None, paths))},
            cwd=ROOT,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.tell(json.dumps(options))

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.strip())
        self._lines.put("ended")

    def tell(self, line: str) -> None:
        """Give it an order."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def hear(self) -> str:
        """Its next answer."""
        return self._lines.get(timeout=LIMIT)

    def ask(self, line: str) -> str:
        """Give an order and hear the answer."""
        self.tell(line)
        return self.hear()

    @property
    def silent(self) -> bool:
        """Whether it has said nothing more."""
        return self._lines.empty()

    def kill(self) -> None:
        """End it with SIGKILL; it can give nothing back."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def stop(self) -> None:
        """Let it stand still as a suspended machine does."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again."""
        self._process.send_signal(signal.SIGCONT)


def main() -> None:
    """Be the process."""
    from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import RolloutError
    from ansible_collections.swarm.rollout.plugins.module_utils._engine import claim
    from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
    from ansible_collections.swarm.rollout.plugins.module_utils._engine.lock import Lock
    from ansible_collections.swarm.rollout.plugins.module_utils._engine.options import ConnectionOptions
    from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import SystemClock

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    options = json.loads(sys.stdin.readline())
    if options.pop("hidden", False):
        claim.this_process = lambda: None
    hold = options.pop("hold", None)
    options.setdefault("reason", "release 1.2")
    door = Api(ConnectionOptions(hosts=(options.pop("host").replace("http://", "tcp://"),)))
    try:
        with Lock(door, options.pop("service"), clock=SystemClock(), **options) as lock:
            begun = time.time()
            if hold is not None:
                time.sleep(hold)
                lock.check()
                say(json.dumps([begun, time.time()]))
                return
            say("held")
            for line in sys.stdin:
                order = line.strip()
                if order == "leave":
                    break
                try:
                    if order == "asked":
                        lock.refresh()
                        say(lock.asked)
                    elif order == "told":
                        say(lock.asked)
                    else:
                        lock.check()
                        say("fine")
                except RolloutError as error:
                    say(f"{error.kind}: {error}")
        say("left")
    except RolloutError as error:
        say(f"{error.kind}: {error}")


if __name__ == "__main__":
    main()
