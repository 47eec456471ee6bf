# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fork server: runs `python -m NAME` again and again without importing Ansible and the collection each time.

The server is a process of its own, with one thread, that has imported what runs need and forks for each of them. The
fork closes what belongs to others, takes its three pipes and its environment, and runs NAME as Python's own `-m` does,
to the interpreter's regular end. It is a process as any other one: it can be signalled, stopped and killed, and what it
inherits (process group, working directory, umask, limits) is what the server was started with.

It differs from a process that was started anew (docs/decisions/0029-modules-in-tests-are-forked.md):

- What the interpreter and the C library read only when they start is that of the server. `ForkServer.fits` tells an
  environment that asks for something else.
- What the server has imported is there already, as it was when the server started, with what importing does besides
  (filters of warnings, functions to call at the exit).
- All forks of a server have the same seed for the hashes of texts, so sets have the same order in all of them.
- `/proc/PID/cmdline` and `/proc/PID/environ` are those of the server, its parent is the server.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import select
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

# By these beginnings: the variables that are read when a process starts, and MODULE_PEAK, which measures a whole one.
AT_START = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_", "GLIBC_TUNABLES", "OPENSSL_", "MODULE_PEAK")
# The server answers within milliseconds; its own start takes a second or two.
PATIENCE = 120.0
# Bytes: what a request may have, its environment included.
LARGEST = 1 << 20


class ForkServerGone(Exception):
    """The server ended, so that nobody knows how a run ends."""


class Forked:
    """One run, with what `subprocess.Popen` has for a process that it started, in text mode."""

    def __init__(self, server: _Server, line: socket.socket, pid: int, process: int, pipes: list[int]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        # Seconds of the processor, known at the end: a process that is no child of ours is not in our own account.
        self.cpu = 0.0
        self.stdin: io.TextIOWrapper | None = os.fdopen(pipes[0], "w", encoding="utf-8")
        self.stdout = os.fdopen(pipes[1], "rb", buffering=0)
        self.stderr = os.fdopen(pipes[2], "rb", buffering=0)
        self._read: dict[io.FileIO, bytes] = {self.stdout: b"", self.stderr: b""}
        self._server = server
        self._line = line
        self._turn = threading.Lock()
        # Unlike its number, this never means another process.
        self._process = process
        weakref.finalize(self, os.close, process)
        weakref.finalize(self, line.close)

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, number)

    def kill(self) -> None:
        """End it with SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def poll(self) -> int | None:
        """Its exit status in the form of `subprocess`; None while it runs. Raises `ForkServerGone`."""
        return self._wait(0.0)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for the end, and read what it printed. Raises `subprocess.TimeoutExpired`, `ForkServerGone`."""
        until = None if timeout is None else time.monotonic() + timeout

        def left() -> float | None:
            return None if until is None else max(0.0, until - time.monotonic())

        if self.stdin is not None:
            self.stdin.close()
        with selectors.DefaultSelector() as selector:
            for pipe in self._read:
                if not pipe.closed:
                    selector.register(pipe, selectors.EVENT_READ, pipe)
            while selector.get_map():
                ready = selector.select(left())
                if not ready:
                    raise self._overdue(timeout)
                for key, _events in ready:
                    piece = key.data.read(1 << 16)
                    self._read[key.data] += piece
                    if not piece:
                        selector.unregister(key.data)
                        key.data.close()
        if self._wait(left()) is None:
            raise self._overdue(timeout)
        return self._read[self.stdout].decode(), self._read[self.stderr].decode()

    def _overdue(self, timeout: float | None) -> subprocess.TimeoutExpired:
        return subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0)

    def _wait(self, seconds: float | None) -> int | None:
        """Its exit status; None where it has not ended within that time."""
        ended = select.poll()
        ended.register(self._process, select.POLLIN)
        if not ended.poll(None if seconds is None else seconds * 1000):
            return None
        with self._turn:
            if self.returncode is None:
                told = _hear(self._line)
                if not told:
                    raise self._server.gone()
                status, cpu = told.split()
                self.returncode, self.cpu = int(status), float(cpu)
                self._line.close()
        return self.returncode


class _Server:
    """One process of the server, from its start until it ends or is left."""

    def __init__(self, environment: dict[str, str], folder: Path, imports: tuple[str, ...]) -> None:
        self.asking, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._said = os.memfd_create("said")
        weakref.finalize(self, os.close, self._said)
        weakref.finalize(self, self.asking.close)
        with other:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.fork_server", *imports],
                stdin=other.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                env=environment,
                cwd=folder,
            )
        self.asking.settimeout(PATIENCE)
        if not _hear(self.asking):
            raise self.gone()

    def start(self, request: bytes) -> Forked:
        """Let it fork. Raises `ForkServerGone`."""
        with ExitStack() as failed, ExitStack() as theirs:
            line, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            failed.callback(line.close)
            theirs.callback(other.close)
            line.settimeout(PATIENCE)
            pipes, given = [], []
            for writes in (True, False, False):
                read, write = os.pipe()
                mine, its = (write, read) if writes else (read, write)
                pipes.append(mine)
                given.append(its)
                failed.callback(os.close, mine)
                theirs.callback(os.close, its)
            with suppress(BrokenPipeError, ConnectionResetError):
                socket.send_fds(self.asking, [request], [*given, other.fileno()])
            # Or nobody would see when the other side closes.
            theirs.close()
            process: list[int] = []
            pid = _hear(line, process)
            if not pid:
                raise self.gone()
            os.set_inheritable(process[0], False)
            failed.pop_all()
            return Forked(self, line, int(pid), process[0], pipes)

    def gone(self) -> ForkServerGone:
        """What to say when it does not answer."""
        try:
            status = f"status {self.process.wait(1)}"
        except subprocess.TimeoutExpired:
            status = "it has not ended, but does not answer"
        words = os.pread(self._said, LARGEST, 0).decode(errors="replace").strip()
        return ForkServerGone(f"the fork server of the tests is gone ({status}): {words or 'it said nothing'}")

    def close(self) -> None:
        """End it. Runs under way go on, and nobody hears how they end."""
        self.asking.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class ForkServer:
    """The server as those see it who start runs: started when it is first needed, and anew where it died.

    It ends with the process that started it, however that ends.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path, imports: tuple[str, ...] = ()) -> None:
        self._environment = dict(environment)
        self._folder = folder
        self._imports = imports
        self._turn = threading.Lock()
        self._server: _Server | None = None

    def fits(self, environment: Mapping[str, str]) -> bool:
        """Whether a fork can have that environment: what is read at the start only has to be as the server has it."""
        return _at_start(environment) == _at_start(self._environment)

    def ready(self) -> _Server:
        """The server, which has imported everything. Raises `ForkServerGone`."""
        with self._turn:
            if self._server is None or self._server.process.poll() is not None:
                self._server = _Server(self._environment, self._folder, self._imports)
                # Once, however often it is said.
                atexit.unregister(self.close)
                atexit.register(self.close)
            return self._server

    def start(self, name: str, arguments: list[str], environment: Mapping[str, str]) -> Forked:
        """Start `python -m NAME ARGUMENTS` with just that environment. Raises `ForkServerGone`."""
        request = {"name": name, "arguments": arguments, "environment": dict(environment)}
        return self.ready().start(json.dumps(request).encode())

    def close(self) -> None:
        """End the server. Runs under way go on, and nobody hears how they end."""
        with self._turn:
            if self._server is not None:
                self._server.close()
                self._server = None


def _hear(line: socket.socket, descriptors: list[int] | None = None) -> bytes:
    """The next message, and the descriptor that comes with it; empty where none comes any more."""
    try:
        told, found, _flags, _address = socket.recv_fds(line, 64, 1)
    except OSError:
        return b""
    if descriptors is not None:
        descriptors += found
    return told


def _at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in environment.items() if key.startswith(AT_START)}


def _import(names: list[str]) -> None:
    """Modules, and packages with all that is in them. What cannot be imported is left to the run that needs it."""
    for name in names:
        with suppress(Exception):
            package = importlib.import_module(name)
            for found in pkgutil.walk_packages(getattr(package, "__path__", ()), f"{name}.", lambda _name: None):
                with suppress(Exception):
                    importlib.import_module(found.name)


def _serve(asked: socket.socket) -> dict[str, Any] | None:
    """Fork at each request, and tell who asked how it ended. In a fork: what it is to run; None when nobody asks."""
    waiting = select.poll()
    waiting.register(asked, select.POLLIN)
    runs: dict[int, tuple[int, socket.socket]] = {}
    while True:
        for ready, _events in waiting.poll():
            if ready in runs:
                pid, line = runs.pop(ready)
                waiting.unregister(ready)
                os.close(ready)
                _pid, status, used = os.wait4(pid, 0)
                with line, suppress(OSError):
                    line.send(b"%d %f" % (os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime))
                continue
            request, descriptors, _flags, _address = socket.recv_fds(asked, LARGEST, 4)
            if not request:
                return None
            line = socket.socket(fileno=descriptors[3])
            pid = os.fork()
            if pid == 0:
                # By their objects first: one that is forgotten later would close somebody else's number.
                for one in (line, *(other for _pid, other in runs.values())):
                    one.close()
                asked.detach()
                for number in range(3):
                    os.dup2(descriptors[number], number)
                _close_others()
                found: dict[str, Any] = json.loads(request)
                return found
            process = os.pidfd_open(pid)
            with suppress(OSError):
                socket.send_fds(line, [b"%d" % pid], [process])
            for descriptor in descriptors[:3]:
                os.close(descriptor)
            waiting.register(process, select.POLLIN)
            runs[process] = (pid, line)


def _close_others() -> None:
    """Leave nothing open but the three pipes."""
    for number in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if number > 2:
            with suppress(OSError):
                os.close(number)


def main() -> None:
    """Be the server; in a fork, be what it is to run."""
    # Control-C goes to the whole process group: the runs are ended by it, the server by the end of the tests.
    interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
    _import(sys.argv[1:])
    # No collection touches what all forks share, or each would copy it.
    gc.collect()
    gc.freeze()
    asked = socket.socket(fileno=0)
    asked.send(b"ready")
    run = _serve(asked)
    if run is None:
        return
    signal.signal(signal.SIGINT, interrupted)
    os.environ.clear()
    os.environ.update(run["environment"])
    time.tzset()
    sys.argv[1:] = run["arguments"]
    runpy.run_module(run["name"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
