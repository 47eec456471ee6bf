# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text for the data of config objects: what was packed comes back, whatever else stands there is nothing."""

from __future__ import annotations

import base64
import json
import random
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core import packing

LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


def raw(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_what_was_packed_comes_back(content: dict[str, Any]) -> None:
    record = {**content, "format": 1}
    assert packing.unpack(packing.pack(record), 1) == record


def test_a_long_one_is_compressed_and_comes_back() -> None:
    record = {"format": 1, "text": "the same again " * 20_000}
    packed = packing.pack(record)
    assert len(packed) < 10_000
    assert packing.unpack(packed, 1) == record


def test_one_that_does_not_fit_is_refused_with_its_size() -> None:
    noise = "".join(random.Random(1).choices("0123456789abcdef", k=1_200_000))
    with pytest.raises(ValueError, match="KiB, a record holds 480"):
        packing.pack({"format": 1, "noise": noise})


@given(
    st.none()
    | st.integers()
    | st.text()
    | st.binary(max_size=60).map(raw)
    | JSON.map(lambda v: raw(json.dumps(v).encode()))
)
def test_anything_else_is_none(data: Any) -> None:
    assert packing.unpack(data, 1) is None


@given(st.integers(0, 300))
def test_a_truncated_one_is_none(cut: int) -> None:
    for text in ("short", "long and the same again " * 5_000):
        packed = packing.pack({"format": 1, "text": text})
        assert packing.unpack(packed[: min(cut, len(packed) - 1)], 1) is None


def test_another_format_and_a_bomb_are_none() -> None:
    assert packing.unpack(packing.pack({"format": 2}), 1) is None
    bomb = b'{"format": 1, "x": "' + b" " * (packing.LARGEST * 65) + b'"}'
    assert packing.unpack(raw(zlib.compress(bomb)), 1) is None
    assert packing.unpack(raw(b"{" * 100_000), 1) is None
    assert packing.unpack(raw(b'{"a":' * 100_000), 1) is None


@pytest.mark.parametrize(("text", "found"), [("21.400", 21.4), ("", None), (None, None), ("soon", None), ([], None)])
def test_seconds(text: Any, found: Any) -> None:
    assert packing.seconds(text) == found


@pytest.mark.parametrize(
    ("version", "found"), [({"Index": 7}, 7), ({"Index": "7"}, 0), ({}, 0), (None, 0), (7, 0), ([], 0)]
)
def test_the_version_of_an_object(version: Any, found: int) -> None:
    assert packing.index_of({"Version": version}) == found
    assert packing.index_of({}) == 0
