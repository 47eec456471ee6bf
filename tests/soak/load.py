# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A steady load: so many requests a second, each on a new connection, whatever becomes of the others.

`python3 -m tests.soak.load URL --rate 150 --out FILE` asks until it is told to stop (SIGTERM, SIGINT) or
--seconds have passed, then writes the report (see `account`) at once and whole. `Load` runs it as a process
of its own, so that the load neither slows down who measures nor waits for it.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.soak.account import Sample, account

ROOT = Path(__file__).resolve().parents[2]
# What a person waits for.
TIMEOUT = 5.0
# Enough for the rate at 0.4 s an answer.
THREADS = 96
VERSION = re.compile(rb"\bversion=(\S+)")


def ask(host: str, port: int, path: str, timeout: float = TIMEOUT) -> tuple[str, str]:
    """One request on a connection of its own: the version that answered, and why it failed, or nothing."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        answer = connection.getresponse()
        found = VERSION.search(answer.read())
    except TimeoutError:
        return "", "timeout"
    except (OSError, http.client.HTTPException) as error:
        return "", type(error).__name__
    finally:
        connection.close()
    return found[1].decode() if found else "", "" if answer.status == http.client.OK else f"HTTP {answer.status}"


def drive(url: str, rate: float, stop: threading.Event, *, seconds: float | None, threads: int) -> list[Sample]:
    """Ask at a constant rate until `stop` is set or the seconds have passed; every request's fate."""
    parts = urlsplit(url)
    host, port, path = parts.hostname or "127.0.0.1", parts.port or 80, parts.path or "/"
    begun, wall = time.monotonic(), time.time()
    last = None if seconds is None else int(seconds * rate)
    due: Iterator[int] = iter(itertools.count() if last is None else range(last))
    turn = threading.Lock()
    samples: list[Sample] = []

    def work() -> None:
        while True:
            with turn:
                number = next(due, None)
            if number is None or stop.wait(max(0.0, begun + number / rate - time.monotonic())):
                return
            sent = time.monotonic()
            version, reason = ask(host, port, path)
            took = time.monotonic() - sent
            late = max(0.0, sent - begun - number / rate)
            samples.append(Sample(wall + sent - begun, took, version, reason, late))

    workers = [threading.Thread(target=work) for _number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return samples


class Load:
    """A load in a process of its own: it runs in the `with` block; `report` is there after it."""

    def __init__(self, url: str, rate: float = 150.0) -> None:
        self.report: dict[str, Any] = {}
        self.begun = 0.0
        self._given = [url, "--rate", str(rate)]

    def __enter__(self) -> Load:
        self._folder = tempfile.TemporaryDirectory(prefix="soak-")
        self._out = Path(self._folder.name) / "report.json"
        command = [sys.executable, "-m", "tests.soak.load", *self._given, "--out", str(self._out)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        if not self._process.stdout.readline():  # it says so once it asks
            raise RuntimeError(f"the load did not start: {' '.join(command)}")
        self.begun = time.monotonic()
        return self

    def __exit__(self, *_raised: object) -> None:
        try:
            self._process.terminate()
            self._process.communicate()  # no request outlasts its timeout
            self.report = json.loads(self._out.read_text())
        finally:
            self._folder.cleanup()


def main() -> int:
    """Ask, then write what became of it."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.soak.load", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--rate", type=float, default=150.0, help="requests a second (default: 150)")
    parser.add_argument("--seconds", type=float, help="how long (default: until SIGTERM)")
    parser.add_argument("--threads", type=int, default=THREADS, help="requests under way at most (default: 96)")
    parser.add_argument("--out", type=Path, required=True, help="where the report goes")
    given = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    print(f"asking {given.url}", flush=True)
    begun = time.monotonic()
    samples = drive(given.url, given.rate, stop, seconds=given.seconds, threads=given.threads)
    report = account(samples, url=given.url, rate=given.rate, seconds=time.monotonic() - begun)
    partial = given.out.with_suffix(".partial")
    partial.write_text(json.dumps(report, indent=1) + "\n")
    os.replace(partial, given.out)  # noqa: PTH105 - atomic
    return 0


if __name__ == "__main__":
    sys.exit(main())
