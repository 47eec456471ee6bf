# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests of the demo: what was answered before, during and after is told apart and counted."""

from __future__ import annotations

import http.server
import json
import runpy
import sys
import threading
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "playbooks/files/demo_requests.py"


class Service(http.server.BaseHTTPRequestHandler):
    """Answers from a list, its last answer for ever; a number is an HTTP status without an answer."""

    answers: list[str | int]

    def do_GET(self):
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.send_response(200 if isinstance(answer, str) else answer)
        self.end_headers()
        self.wfile.write(str(answer).encode())

    def log_message(self, *_arguments):
        """Say nothing."""


@pytest.fixture
def ask(monkeypatch, capsys):
    """Runs the script against a service with those answers."""
    server = http.server.HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def run(answers, *options):
        monkeypatch.setattr(Service, "answers", list(answers), raising=False)
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), r"--what=version=(\S+)", *options, url])
        runpy.run_path(str(SCRIPT), run_name="__main__")
        return json.loads(capsys.readouterr().out)

    yield run
    server.shutdown()
    server.server_close()


def test_a_few_requests_are_all_after(ask):
    told = ask(["version=1 task=a", 503, "version=1 task=b", "hello"], "--count=4")
    assert told["before"]["requests"] == told["during"]["requests"] == 0
    assert told["after"] == {
        "requests": 4,
        "failed": 1,
        "answers": {"1": 2, "hello": 1},
        "errors": {"HTTP 503": 1},
        "last": ["version=1 task=a", "HTTP 503", "version=1 task=b", "hello"],
    }


def test_requests_go_on_until_somebody_removes_the_file(ask, tmp_path, monkeypatch):
    asking = tmp_path / "asking"
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            asking.unlink()

    monkeypatch.setattr(time, "sleep", sleep)
    answers = ["version=1", "version=1", "version=1", "version=2", "version=2", "version=3"]
    told = ask(answers, "--count=2", "--pause=0.5", f"--while-exists={asking}")
    assert told["before"]["answers"] == {"1": 2}
    assert told["during"]["answers"] == {"1": 1, "2": 2}
    assert told["after"]["answers"] == {"3": 2}
    assert pauses == [0.5, 0.5, 0.5]


def test_the_limit_ends_requests_that_nobody_ends(ask, tmp_path, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    told = ask(["version=1"], "--count=1", "--limit=0", f"--while-exists={tmp_path / 'asking'}")
    assert told["during"]["requests"] == 0
    assert told["after"]["requests"] == 1


def test_nobody_there(monkeypatch, capsys):
    with http.server.HTTPServer(("127.0.0.1", 0), Service) as gone:
        port = gone.server_port
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), "--count=2", f"http://127.0.0.1:{port}"])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    told = json.loads(capsys.readouterr().out)
    assert told["after"]["errors"] == {"Connection refused": 2}
