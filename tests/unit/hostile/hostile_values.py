# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that nobody means, and JSON documents in which one of them stands in place of something right."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:  # managed hosts may have a Python that cannot subscript a tuple
    Path = tuple[Any, ...]

TEXTS = (
    "",
    " ",
    "\n",
    "a\0b",
    "\ud800",
    "\udfff" * 3,
    "\u202eevil",
    "\x1b[2J\x1b]0;title\x07",
    "é" * 100,
    "x" * 20_000,
    "a" * 20_000 + "://",
    "9" * 400,
    "99e9999977",
    "a=1\rb,b=2",
    "(" * 600 + ")" * 600,
    "-1",
    "1e400",
    "1e-400",
    "nan",
    "inf",
    "0x10",
    "٣",
    "true",
    "null",
    "[]",
    "{}",
    "[" * 200,
    '{"a": ' * 200,
    "a=b,c=d",
    "=,=,=",
    ",,,",
    '"',
    "'",
    "%s %d %(x)s",
    "{{ 1 / 0 }}",
    "{% raw %}",
    "${x} ${ } ${",
    "../../../etc/passwd",
    "file:///etc/passwd",
    "http://[::1",
    "http://user:pa ss@host:99999/",
    "<script>alert(1)</script>",
    "'; DROP TABLE services; --",
    "10s" * 500,
    "100%%",
    "50%-",
    "sha256:" + "g" * 64,
    "name@sha256:",
    "unix://",
    "tcp://:",
    "(((((",
    "(a+)+$",
    "CON",
)
NUMBERS = (
    0,
    -1,
    1,
    65536,
    2**31,
    2**63,
    -(2**63) - 1,
    10**30,
    10**400,
    0.1,
    -0.0,
    1e308,
    float("nan"),
    float("inf"),
    float("-inf"),
)


def _deep(levels: int, inner: Any) -> Any:
    for level in range(levels):
        inner = [inner] if level % 2 else {"a": inner}
    return inner


OTHERS: tuple[Any, ...] = (
    None,
    True,
    False,
    [],
    {},
    [None],
    [[]],
    [{}],
    {"": ""},
    {"a": None},
    {"a": {"b": {"c": []}}},
    [1, "2", None, [], {}],
    {"name": {"name": "name"}},
    ["x"] * 40,
    _deep(30, "x"),
    _deep(150, "x"),
)

leaves = st.one_of(
    st.sampled_from(TEXTS),
    st.sampled_from(NUMBERS),
    st.sampled_from(OTHERS),
    st.text(max_size=20),
    st.integers(),
    st.floats(),
)
hostile = st.one_of(
    leaves,
    st.lists(leaves, max_size=3),
    st.dictionaries(st.sampled_from(("name", "url", "target", "type", "source", "", "x" * 300)), leaves, max_size=3),
)


def places(document: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all values in a document, its own included."""
    yield path
    if isinstance(document, dict):
        for key, item in document.items():
            yield from places(item, (*path, key))
    elif isinstance(document, list):
        for place, item in enumerate(document):
            yield from places(item, (*path, place))


def replaced(document: Any, path: Path, value: Any) -> Any:
    """A copy with another value at that path."""
    if not path:
        return copy.deepcopy(value)
    found = copy.deepcopy(document)
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = copy.deepcopy(value)
    return found


def without(document: Any, path: Path) -> Any:
    """A copy in which nothing stands at that path."""
    found = copy.deepcopy(document)
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return found
