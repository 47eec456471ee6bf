# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stage that runs playbooks by their names from a shell, as a user does, and an endpoint that hears of it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.integration.running import LIMIT, MODULE_PYTHON, deprecated
from tests.integration.stage import Stage

# No registry is in reach of a lab. A text, as surveys send it.
OPTIONS = '{resolve_image: "false", update_config: {monitor: 1s, parallelism: 0, order: start-first}}'
AT_ONCE = "[{tasks: {healthy_for: 1s}}]"
NEVER = '[{command: {argv: ["false"]}}]'
# Types an answer once it is asked for it, in a terminal of its own.
_TERMINAL = "import pty, sys; status = pty.spawn(sys.argv[1:]); sys.exit(status >> 8)"


@dataclass(frozen=True)
class Played:
    """How a playbook ended, and all that it printed."""

    status: int
    output: str

    def artifact(self, name: str) -> Any:
        """What the run left for the next job of a workflow."""
        told = self.output.rpartition("RUN: ")[2]
        return json.loads(told)[name]

    @property
    def left_artifacts(self) -> bool:
        """Whether there are any."""
        return "CUSTOM STATS" in self.output


class Books(Stage):
    """A service of `web:1` that runbooks change; `folder` is where they are started."""

    def __init__(self, test: str, hosts: list[str]) -> None:
        super().__init__(test, hosts)
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self.inventory = "localhost,"
        self.environment: dict[str, str] = {}

    def close(self) -> None:
        """Leave nothing behind."""
        super().close()
        self._folder.cleanup()

    def play(self, book: str, *arguments: str, typed: str | None = None, **answers: Any) -> Played:
        """Run `swarm.rollout.BOOK`; `typed` is what somebody at a terminal answers to the question."""
        command = [
            "ansible-playbook",
            *("-i", self.inventory),
            f"swarm.rollout.{book}",
            *("-e", json.dumps({"docker_hosts": ",".join(self.hosts), **answers})),
            *arguments,
        ]
        kept = {key: value for key, value in os.environ.items() if not key.startswith("DOCKER_")}
        environment = {**kept, "ANSIBLE_PYTHON_INTERPRETER": MODULE_PYTHON, "ANSIBLE_SHOW_CUSTOM_STATS": "true"}
        environment.update(self.environment, PWD=str(self.folder))
        if typed is not None:
            return _at_a_terminal(command, environment, self.folder, typed)
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT,
        )
        assert deprecated(done.stderr + done.stdout) == []
        return Played(done.returncode, done.stderr + done.stdout)

    def roll(self, *arguments: str, typed: str | None = None, **answers: Any) -> Played:
        """Roll the service out to web:2, quickly."""
        given = {"rollout_service": self.name, "rollout_image": "web:2", "rollout_options": OPTIONS}
        return self.play("rollout", *arguments, typed=typed, **{**given, "rollout_verify_checks": AT_ONCE, **answers})

    def serving(self) -> dict[str, int]:
        """What serves."""
        return dict(self.cluster.serving(self.name))

    def write(self, name: str, *tasks: str) -> str:
        """A file of tasks, for a hook; each is one line of YAML."""
        (self.folder / name).write_text("".join(f"- {task}\n" for task in tasks), encoding="utf-8")
        return name


def _at_a_terminal(command: list[str], environment: dict[str, str], folder: Path, typed: str) -> Played:
    process = subprocess.Popen(
        [sys.executable, "-c", _TERMINAL, *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    end = threading.Timer(LIMIT, process.kill)
    end.start()
    said, answer = b"", typed.encode()
    try:
        while True:
            if select.select([process.stdout], [], [], 1.0)[0]:
                piece = os.read(process.stdout.fileno(), 65536)
                if not piece:
                    break
                said += piece
            _question, asked, since = said.partition(b"anything else to stop")
            # Ansible throws away what was typed before it began to listen, which is a moment after it asked: all
            # of it or, with bad luck, the end of it.
            if asked and not since.strip(b": \r\n" + answer):
                process.stdin.write(answer + b"\n")
                process.stdin.flush()
        status = process.wait()
    finally:
        end.cancel()
        process.kill()
        process.stdin.close()
        process.stdout.close()
    return Played(status, said.decode("utf-8", "replace").replace("\r\n", "\n"))


class Ear:
    """An HTTP server that remembers what it was told at which path, and answers with that path's first number."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], Any]] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ear.heard.append((self.path, dict(self.headers), json.loads(body)))
                self.send_response(int(self.path.split("/")[1]))
                self.end_headers()

            def do_GET(self) -> None:
                self.send_response(int(self.path.split("/")[1]))
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> Ear:
        return self

    def __exit__(self, *unused: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def at(self, path: str) -> list[Any]:
        """What was told at a path."""
        return [body for place, _headers, body in self.heard if place == path]
