# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the prober of a rollout costs: processor time beside the time that passes, 20 probes a second.

`python3 -m tests.bench.prober` alone needs no lab. The prober is a process of its own, and only its own time on
the processors counts, so that others at work do not make the figure worse.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ansible_collections.swarm.rollout.plugins.module_utils._core.availability import parse
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.certificate import certificate
from ansible_collections.swarm.rollout.plugins.module_utils._engine.prober import Prober

SECONDS = 10.0
RATE = 20


class Quiet(BaseHTTPRequestHandler):
    """Answers, and says nothing about it."""

    def do_GET(self) -> None:
        """A short answer that tells a version."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"version=2.0 ok\n")

    def log_message(self, *arguments: object) -> None:
        """Nothing."""


def cost(rate: int = RATE, seconds: float = SECONDS) -> dict[str, float]:
    """Processor seconds per second, and how many probes were late or left out, of a prober in a process of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    command = [sys.executable, "-m", "tests.bench.prober", str(server.server_port), str(rate), str(seconds)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    finally:
        server.shutdown()
        server.server_close()
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def measure(port: int, rate: int, seconds: float) -> dict[str, float]:
    """Probe a local server for so long, in this process."""
    raw = {"url": f"http://127.0.0.1:{port}/", "interval": f"{1000 / rate}ms", "budget": "1%", "version": r"=(\S+)"}
    settings = parse(raw)
    assert settings is not None
    with Prober(settings) as prober:
        # What is imported and set up once is not what a second costs.
        begun, used = time.monotonic(), sum(os.times()[:2])
        changed = time.time()
        prober.start()
        time.sleep(seconds)
        prober.stop()
        used, passed = sum(os.times()[:2]) - used, time.monotonic() - begun
    cert = certificate(settings, prober.probes(), [], changed)
    assert not cert["failures"], cert
    return {
        "share": used / passed,
        "probes": cert["probes"],
        "late": cert["late"]["probes"],
        "latest": max(probe.late for probe in prober.probes()),
        "missed": cert["missed"],
    }


def main() -> None:
    """With arguments, the process that is measured; without, the measurement."""
    if len(sys.argv) == 4:
        figures = measure(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
        print(json.dumps(figures))
        return
    for number in range(5):
        print(f"round {number + 1}: {cost()}")


if __name__ == "__main__":
    main()
