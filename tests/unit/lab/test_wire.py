# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an HTTP message ends."""

from __future__ import annotations

import pytest

from tests.lab.wire import Chunked, Sized, parse_head

CHUNKS = b"5\r\nhello\r\n3;ext=1\r\nabc\r\n0\r\nTrailer: x\r\n\r\n"


def test_a_sized_body_ends_at_its_length():
    body = Sized(5)

    assert body.feed(b"abc") is None
    assert body.feed(b"defg") == 2
    assert Sized(0).feed(b"") == 0


@pytest.mark.parametrize("piece", [1, 2, 3, 7, len(CHUNKS)])
def test_a_chunked_body_ends_behind_its_trailers_however_it_is_cut(piece):
    body = Chunked()
    passed = 0
    data = CHUNKS + b"HTTP/1.1 200 next"
    for at in range(0, len(data), piece):
        end = body.feed(data[at : at + piece])
        if end is not None:
            passed = at + end
            break

    assert passed == len(CHUNKS)


def test_a_head_is_read_as_it_is_meant():
    head = parse_head(b"POST /v1.41/a?b=c HTTP/1.1\r\nCONTENT-LENGTH: 12\r\nTransfer-Encoding:  Chunked\r\n\r\n")

    assert head.start == ("POST", "/v1.41/a?b=c", "HTTP/1.1")
    assert head.length == 12
    assert head.chunked
    assert head.persistent


@pytest.mark.parametrize("raw", [b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"])
def test_a_last_message_is_known(raw):
    assert not parse_head(raw).persistent
