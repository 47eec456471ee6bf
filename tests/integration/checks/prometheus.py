# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real Prometheus server that watches itself, from Debian's package, as a process of the test."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.lab.packages import unpacked
from tests.lab.progress import Progress

CONFIG = """
global:
  scrape_interval: 500ms
  scrape_timeout: 400ms
scrape_configs:
  - job_name: itself
    static_configs:
      - targets: ["127.0.0.1:{port}"]
        labels: {{service: "{service}", task: "{task}"}}
  - job_name: gone
    static_configs:
      - targets: ["127.0.0.1:1"]
"""


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Prometheus:
    """The server; what it scrapes of itself carries a service's and a task's name."""

    def __init__(self, folder: Path, service: str, task: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        config = folder / "prometheus.yml"
        config.write_text(CONFIG.format(port=self.port, service=service, task=task))
        self._log = (folder / "prometheus.log").open("wb")
        self._process = subprocess.Popen(
            [
                str(unpacked("prometheus", Progress()) / "usr/bin/prometheus"),
                f"--config.file={config}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
            ],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )

    def wait(self, query: str, limit: float = 60.0) -> None:
        """Wait until a query has an answer with a series in it."""
        deadline = time.monotonic() + limit
        while not self.ask(query):
            assert self._process.poll() is None, Path(self._log.name).read_text()
            assert time.monotonic() < deadline, f"no series of {query}"
            time.sleep(0.1)

    def ask(self, query: str) -> list[Any]:
        """The series of a query, asked without the collection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/api/v1/query?" + urlencode({"query": query}))
            answer = connection.getresponse()
            found = json.loads(answer.read()) if answer.status == 200 else {"data": {"result": []}}
        except (OSError, ValueError):
            return []
        finally:
            connection.close()
        return list(found["data"]["result"])

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
