# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sentences for trouble on the wire, and whether a request may have arrived."""

from __future__ import annotations

import errno
import socket
import ssl
from http.client import RemoteDisconnected

import pytest
import requests.exceptions
import urllib3.exceptions

from ansible_collections.swarm.rollout.plugins.module_utils._engine.failures import (
    Failure,
    NoAnswerInTime,
    connection_error,
)
from ansible_collections.swarm.rollout.plugins.module_utils._engine.options import ConnectionOptions

TCP = "tcp://m1:2376"
PLAIN = ConnectionOptions(hosts=(TCP,))
TLS = ConnectionOptions(hosts=(TCP,), tls=True, validate_certs=True, ca_path="/ca.pem")
MUTUAL = ConnectionOptions(
    hosts=(TCP,),
    tls=True,
    validate_certs=True,
    ca_path="/ca.pem",
    client_cert="/cert.pem",
    client_key="/key.pem",
)
SSH = ConnectionOptions(hosts=("ssh://m1",), use_ssh_client=True)


def told(
    exc: BaseException, host: str = TCP, options: ConnectionOptions = PLAIN, note: str = "", timeout: float = 60
) -> Failure:
    """What comes out for an exception."""
    return connection_error(host, options, exc, "POST /v1.45/services/create?x=1", timeout, note)


def wrapped(inner: BaseException) -> requests.exceptions.ConnectionError:
    """As requests and urllib3 wrap what happens on a connection."""
    return requests.exceptions.ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted.", inner))


def verification(code: int, message: str) -> ssl.SSLCertVerificationError:
    """A certificate that OpenSSL refuses."""
    exc = ssl.SSLCertVerificationError(1, "certificate verify failed")
    exc.verify_code, exc.verify_message = code, message
    return exc


def alert(reason: str) -> ssl.SSLError:
    """A handshake that fails."""
    exc = ssl.SSLError(1, "[SSL: %s] words" % reason)
    exc.reason = reason
    return exc


BEFORE = [
    (FileNotFoundError(2, "No such file or directory"), "unix:///run/d.sock", "no socket at /run/d.sock"),
    (PermissionError(13, "Permission denied"), "unix:///run/d.sock", "may not use the socket /run/d.sock"),
    (ConnectionRefusedError(111, "refused"), "unix:///run/d.sock", "listens on the socket /run/d.sock"),
    (ConnectionRefusedError(111, "refused"), TCP, "listens at tcp://m1:2376"),
    (socket.gaierror(-2, "Name or service not known"), TCP, "cannot be resolved"),
    (OSError(errno.EHOSTUNREACH, "No route to host"), TCP, "cannot be reached"),
    (requests.exceptions.ConnectTimeout("x"), TCP, "within 10 s"),
    (requests.exceptions.InvalidURL("nonsense"), TCP, "nonsense"),
]


@pytest.mark.parametrize(("exc", "host", "words"), BEFORE)
def test_no_connection_means_nothing_was_sent(exc: BaseException, host: str, words: str) -> None:
    failure = told(wrapped(exc), host)
    assert words in failure.error.message
    assert not failure.sent


@pytest.mark.parametrize(
    "exc",
    [
        RemoteDisconnected("Remote end closed connection without response"),
        ConnectionResetError(104, "Connection reset by peer"),
        BrokenPipeError(32, "Broken pipe"),
        urllib3.exceptions.IncompleteRead(3, 10),
    ],
)
def test_a_connection_that_breaks_may_have_carried_the_request(exc: BaseException) -> None:
    failure = told(wrapped(exc))
    assert failure.sent
    assert "broke during POST /v1.45/services/create (" in failure.error.message


def test_an_answer_that_is_late_names_the_option_only_if_it_is_the_options_limit() -> None:
    failure = told(requests.exceptions.ReadTimeout("x"))
    assert isinstance(failure.error, NoAnswerInTime)
    assert failure.sent
    assert "within 60 s (option timeout)" in failure.error.message
    assert "option" not in told(requests.exceptions.ReadTimeout("x"), timeout=3).error.message


def test_a_hint_where_the_port_may_want_tls() -> None:
    assert "set validate_certs or tls" in told(wrapped(ConnectionResetError())).error.message
    assert "client_cert" in told(wrapped(ConnectionResetError()), options=TLS).error.message


TLS_TROUBLE = [
    (verification(10, "certificate has expired"), TLS, "has expired"),
    (verification(9, "not yet valid"), TLS, "not valid yet"),
    (verification(62, "Hostname mismatch, certificate is not valid for 'm1'."), TLS, "set tls_hostname"),
    (verification(20, "unable to get local issuer certificate"), TLS, "not signed by ca_path /ca.pem"),
    (verification(18, "self-signed"), ConnectionOptions(tls=True, validate_certs=True), "set ca_path"),
    (verification(24, "invalid CA certificate"), TLS, "invalid CA certificate"),
    (alert("WRONG_VERSION_NUMBER"), TLS, "does not speak TLS"),
    (alert("TLSV13_ALERT_CERTIFICATE_REQUIRED"), TLS, "wants a client certificate"),
    (alert("TLSV1_ALERT_UNKNOWN_CA"), MUTUAL, "does not accept the client certificate /cert.pem"),
    (alert("KEY_VALUES_MISMATCH"), MUTUAL, "/key.pem does not belong to client_cert /cert.pem"),
    (alert("NO_CERTIFICATE_OR_CRL_FOUND"), TLS, "ca_path /ca.pem holds no certificate"),
    (ssl.SSLError(9, "[SSL] PEM lib (_ssl.c:4065)"), MUTUAL, "is not a PEM file"),
    (
        OSError("Could not find a suitable TLS CA certificate bundle, invalid path: /ca.pem"),
        TLS,
        "ca_path: there is no file /ca.pem",
    ),
    (
        OSError("Could not find the TLS key file, invalid path: /key.pem"),
        MUTUAL,
        "client_key: there is no file /key.pem",
    ),
]


@pytest.mark.parametrize(("exc", "options", "words"), TLS_TROUBLE)
def test_tls_trouble_names_the_option_and_was_not_sent(
    exc: BaseException, options: ConnectionOptions, words: str
) -> None:
    failure = told(requests.exceptions.SSLError(exc), options=options)
    assert words in failure.error.message
    assert not failure.sent


def test_a_tls_connection_that_ends_without_a_word_is_a_broken_one() -> None:
    failure = told(requests.exceptions.SSLError(ssl.SSLEOFError(8, "EOF occurred")), options=MUTUAL)
    assert failure.sent


@pytest.mark.parametrize(
    ("note", "sent"),
    [
        ("anna@m1: Permission denied (publickey).", False),
        ("ssh: Could not resolve hostname m1: Name or service not known", False),
        ("bash: line 1: docker: command not found", False),
        ("Host key verification failed.", False),
        ("Timeout, server m1 not responding.", True),
    ],
)
def test_ssh_says_what_ssh_said(note: str, sent: bool) -> None:
    failure = told(wrapped(RemoteDisconnected("x")), "ssh://m1", SSH, note)
    assert failure.error.message == "SSH to ssh://m1 failed: " + note
    assert failure.sent is sent


def test_ssh_without_its_program_or_package() -> None:
    assert "no ssh program" in told(wrapped(FileNotFoundError(2, "ssh")), "ssh://m1", SSH).error.message
    exc = requests.exceptions.ConnectionError("Install paramiko package to enable ssh:// support")
    assert "needs the Python package paramiko" in told(exc, "ssh://m1", PLAIN).error.message


def test_an_exception_that_goes_round_in_circles() -> None:
    exc = OSError("one")
    exc.__context__ = ValueError("two")
    exc.__context__.__cause__ = exc
    assert told(exc).sent
