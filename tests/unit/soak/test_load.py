# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The load: every request counted once, failures with time and reason, on a server of our own."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.soak.account import Sample, account, percentile
from tests.soak.load import Load, ask, drive


class Fifth(BaseHTTPRequestHandler):
    """Answers with a version; every fifth request with an error, every tenth with nothing."""

    numbers = itertools.count(1)

    def do_GET(self) -> None:
        number = next(self.numbers)
        if number % 10 == 0:
            self.close_connection = True
            return
        body = b"app=vote version=flaky slot=1\n"
        self.send_response(500 if number % 5 == 0 else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def url() -> Iterator[str]:
    """Where the server listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Fifth,), {"numbers": itertools.count(1)})) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def test_every_request_is_counted_once(url: str):
    samples = drive(url, 2000.0, threading.Event(), seconds=0.1, threads=4)
    report = account(samples, url=url, rate=2000.0, seconds=0.1)

    assert report["total"] == 200
    assert report["reasons"] == {"HTTP 500": 20, "RemoteDisconnected": 20}
    assert report["failed"] == len(report["failures"]) == 40
    assert report["versions"] == {"flaky": 180}
    assert json.loads(json.dumps(report)) == report


def test_a_failure_tells_when_and_why_and_who(url: str):
    began = time.time()
    samples = drive(url, 100.0, threading.Event(), seconds=0.1, threads=1)
    failures = account(samples, url=url, rate=100.0, seconds=0.1)["failures"]

    assert [(one["reason"], one["version"]) for one in failures] == [("HTTP 500", "flaky"), ("RemoteDisconnected", "")]
    assert all(one["at"] >= began - 0.01 for one in failures)


def test_nobody_there_is_a_failure():
    assert ask("127.0.0.1", 1, "/") == ("", "ConnectionRefusedError")


def test_a_load_of_its_own_process_reports_when_its_block_ends(url: str):
    with Load(url, rate=500.0) as load:
        assert load.report == {}

    assert load.report["rate"] == 500.0
    assert load.report["url"] == url


@given(st.lists(st.floats(0, 1000), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_a_value_that_the_share_does_not_exceed(values: list[float], share: float):
    ascending = sorted(values)
    found = percentile(ascending, share)

    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_failures_do_not_make_the_times_better():
    samples = [Sample(1.0, 0.2, "a"), Sample(2.0, 0.0, "", "refused")]
    report = account(samples, url="u", rate=1.0, seconds=2.0)

    assert report["p50"] == report["p99"] == 200.0


def test_no_request_at_all_is_no_error():
    assert account([], url="u", rate=1.0, seconds=0.0)["total"] == 0
