# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request, asked of a local server that says exactly what the test tells it to."""

from __future__ import annotations

import base64
import shutil
import socket
import ssl
import struct
import subprocess
import threading
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._engine import http, resolve
from ansible_collections.swarm.rollout.plugins.module_utils._engine.http import fetch, phrase

Talk = Callable[[socket.socket], None]
# Longer than any of these tests takes; nothing waits for it.
LONG = 30.0


class Served:
    """The address, and the requests that came."""

    def __init__(self, port: int, host: str) -> None:
        self.port = port
        self.url = "http://%s:%d/" % (host, port)
        self.requests: list[str] = []


@contextmanager
def server(talk: Talk, family: int = socket.AF_INET, context: ssl.SSLContext | None = None) -> Iterator[Served]:
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
    listener.listen(8)
    served = Served(listener.getsockname()[1], "[::1]" if family == socket.AF_INET6 else "127.0.0.1")

    def serve() -> None:
        while True:
            try:
                taken = listener.accept()[0]
                connection = taken if context is None else context.wrap_socket(taken, server_side=True)
            except ssl.SSLError:
                continue
            except OSError:
                return
            with connection:
                text = b""
                while b"\r\n\r\n" not in text:
                    piece = connection.recv(4096)
                    if not piece:
                        break
                    text += piece
                served.requests.append(text.decode("latin-1"))
                try:
                    talk(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield served
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def says(*lines: str, body: bytes = b"") -> Talk:
    return lambda connection: connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)


OK = says("HTTP/1.1 200 OK", "Content-Length: 5", "X-Version: 2.0", "Via: a", "Via: b", body=b"hello")


def test_an_answer_is_read() -> None:
    with server(OK) as served:
        answer = fetch(served.url, LONG)
    assert (answer.status, answer.body, answer.error) == (200, "hello", "")
    assert answer.headers["X-Version"] == "2.0"
    assert answer.headers["Via"] == "a, b"
    assert answer.seconds > 0


def test_what_is_sent() -> None:
    with server(OK) as served:
        fetch(served.url + "p%20q/é?x=1&y=ü#part", LONG, headers={"X-Mine": "1", "user-agent": "me"})
        host = "Host: 127.0.0.1:%d" % served.port
    lines = served.requests[0].split("\r\n")
    assert lines[0] == "GET /p%20q/%C3%A9?x=1&y=%C3%BC HTTP/1.1"
    assert host in lines
    assert "X-Mine: 1" in lines
    assert [line for line in lines if line.lower().startswith("user-agent:")] == ["user-agent: me"]
    assert "Connection: close" in lines


def test_a_host_header_given_wins() -> None:
    with server(OK) as served:
        fetch(served.url, LONG, headers={"Host": "vote.example.org"})
    assert [line for line in served.requests[0].split("\r\n") if line.startswith("Host:")] == ["Host: vote.example.org"]


def test_each_request_has_a_connection_of_its_own() -> None:
    ports = []

    def talk(connection: socket.socket) -> None:
        ports.append(connection.getpeername()[1])
        OK(connection)

    with server(talk) as served:
        for number in range(3):
            assert fetch(served.url, LONG).status == 200, number
    assert len(set(ports)) == 3


def test_credentials_in_the_url_are_sent_and_never_told() -> None:
    with server(says("HTTP/1.1 401 No", "Content-Length: 0")) as served:
        answer = fetch(served.url.replace("//", "//me:s3%40cret@"), LONG)
    assert answer.status == 401
    assert "Authorization: Basic %s\r\n" % base64.b64encode(b"me:s3@cret").decode() in served.requests[0]
    for url in ("http://me:s3cret@127.0.0.1:1/", "http://me:s3cret@ho st/", "http://me:s3cret@%s/" % ("a" * 70)):
        answer = fetch(url, LONG)
        assert answer.error
        assert "s3cret" not in repr(answer)


def test_redirects_are_answers() -> None:
    with server(says("HTTP/1.1 302 Found", "Location: http://127.0.0.1:1/", "Content-Length: 0")) as served:
        assert fetch(served.url, LONG).status == 302
    assert len(served.requests) == 1


def test_a_long_body_is_cut_at_the_limit() -> None:
    long = says("HTTP/1.1 200 OK", "Content-Length: 100000", body=b"a" * 100000)
    chunked = says("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", body=b"9c40\r\n" + b"a" * 40000 + b"\r\n0\r\n\r\n")
    for talk in (long, chunked):
        with server(talk) as served:
            assert len(fetch(served.url, LONG, limit=300).body) == 300
    with server(long) as served:
        assert len(fetch(served.url, LONG).body) == 65536
    with server(chunked) as served:
        assert len(fetch(served.url, LONG).body) == 40000


@pytest.mark.parametrize(
    ("talk", "error"),
    [
        (lambda connection: None, "connection closed without an answer"),
        (says("HTTP/1.1 200 OK", "Content-Length: 50", body=b"short"), "answer cut off"),
        (says("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", body=b"50\r\nshort"), "answer cut off"),
        (says("220 mail.example.org ESMTP"), "answer is not HTTP"),
        (says("HTTP/1.1 200 OK", *["A: b"] * 200), "answer is not HTTP"),
        (says("HTTP/1.1 200 OK", "A: " + "b" * 70000), "answer is not HTTP"),
    ],
)
def test_no_whole_answer_is_an_error(talk: Talk, error: str) -> None:
    with server(talk) as served:
        answer = fetch(served.url, LONG)
    assert (answer.status, answer.body, answer.error) == (0, "", error)


def test_a_reset_is_an_error() -> None:
    def reset(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with server(reset) as served:
        answer = fetch(served.url, LONG)
    assert answer.error in ("connection reset", "connection closed without an answer")


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        answer = fetch("http://127.0.0.1:%d/" % taken.getsockname()[1], LONG)
    assert (answer.status, answer.error) == (0, "connection refused")


def test_ipv6() -> None:
    try:
        with server(OK, socket.AF_INET6) as served:
            answer = fetch(served.url, LONG)
    except OSError:
        pytest.skip("no IPv6 here")
    assert answer.body == "hello"
    assert "Host: [::1]:%d\r\n" % served.port in served.requests[0]


class Ticking:
    """Each look at it takes a tenth of a second."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        self.now += 0.1
        return self.now


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 100),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_a_server_that_dribbles_for_ever_is_given_up(begin: bytes, piece: bytes) -> None:
    def dribble(connection: socket.socket) -> None:
        connection.sendall(begin)
        while True:
            connection.sendall(piece)

    with server(dribble) as served:
        answer = fetch(served.url, 1.5, clock=Ticking(), limit=10**7)
    assert (answer.status, answer.body, answer.error) == (0, "", "timed out")


def test_a_server_that_says_nothing_is_given_up() -> None:
    over = threading.Event()

    def silent(connection: socket.socket) -> None:
        over.wait(LONG)

    with server(silent) as served:
        answer = fetch(served.url, 0.05)
        over.set()
    assert (answer.status, answer.error) == (0, "timed out")


def test_a_header_that_cannot_be_sent_is_an_error() -> None:
    with server(OK) as served:
        answer = fetch(served.url, LONG, headers={"X": "s3cret\r\nY: 1"})
    assert answer.error.startswith("request cannot be sent")
    assert "s3cret" not in answer.error


def test_a_name_that_cannot_be_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*arguments: Any, **more: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert fetch("http://vote.example.org/", LONG).error == "name cannot be resolved"


def test_a_resolver_that_hangs_holds_nobody_and_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, begun, over = [], threading.Event(), threading.Event()

    def hangs(host: str, port: int, flags: int = 0, **more: Any) -> Any:
        if flags:
            raise socket.gaierror
        asked.append(host)
        begun.set()
        over.wait(LONG)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))]

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    for number in range(3):
        assert fetch("http://slow.example.org/", 0.02).error == "timed out", number
    assert begun.wait(LONG)
    assert asked == ["slow.example.org"]
    waiting = resolve._under_way["slow.example.org", 80]
    over.set()
    assert waiting.done.wait(LONG)
    # Answers are not kept.
    assert fetch("http://slow.example.org/", LONG).error == "connection refused"
    assert len(asked) == 2


def test_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl command")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(cert), "-days", "1", "-subj", "/CN=test"]
    subprocess.run([*command, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(cert), str(key))
    http._context.cache_clear()
    with server(OK, context=context) as served:
        url = served.url.replace("http:", "https:")
        assert fetch(url, LONG, validate_certs=False).body == "hello"
        assert fetch(url, LONG).error.startswith("TLS: certificate not accepted: self")
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        http._context.cache_clear()
        assert fetch(url, LONG).body == "hello"
    http._context.cache_clear()


def test_tls_where_none_is_spoken() -> None:
    with server(OK) as served:
        # The server waits for the end of a request that is no HTTP.
        answer = fetch(served.url.replace("http:", "https:"), 0.05)
    assert answer.error == "timed out" or answer.error.startswith("TLS: ")


@pytest.mark.parametrize("url", ["ftp://a/", "", "http://"])
def test_what_is_no_url_is_not_asked(url: str) -> None:
    answer = fetch(url, LONG)
    assert (answer.status, answer.seconds) == (0, 0.0)
    assert answer.error.startswith("write a URL")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OSError(113, "No route to host"), "no route to host"),
        (OSError(), "network error"),
        (BrokenPipeError(), "connection reset"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"), "TLS: handshake failed"),
        (HTTPException("what the server said"), "answer is not HTTP"),
    ],
)
def test_errors_are_plain_phrases(error: Exception, text: str) -> None:
    assert phrase(error) == text
