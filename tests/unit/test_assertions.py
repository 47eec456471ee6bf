# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No test passes without having asserted something; and what is taken for an assertion."""

from __future__ import annotations

import ast
from textwrap import dedent, indent

import pytest

from tests.assertions import Names, names, silent
from tests.listed import ROOT, listed

# What tests in this file's tables can call: everything else that they name is unknown.
WORLD = """
ROWS = [1, 2]
MORE = [*ROWS]
FOUND = sorted(glob("*"))

def has_it(value):
    assert value

def has_both(one, other):
    has_it(one)
    has_it(other)

def looks(value):
    return has_it

def settled(value):
    while not value():
        raise AssertionError("not settled")

def rows():
    assert read()
    yield 1

def either(value):
    assert value
"""
ELSEWHERE = """
class Other:
    def either(self, value):
        return value
"""


def known() -> Names:
    return names([ast.parse(WORLD), ast.parse(ELSEWHERE)])


def ends(body: str) -> list[int]:
    """The line of a test with this body, counted from its `def`, where it can end without an assertion."""
    code = "def test_it(given):\n" + indent(dedent(body).strip("\n"), "    ")
    return [one.line - 1 for one in silent(ast.parse(code), known())]


@pytest.mark.parametrize(
    "body",
    [
        "assert given",
        "with pytest.raises(ValueError):\n    int(given)",
        "with open(given), pytest.warns(UserWarning):\n    int(given)",
        "pytest.raises(ValueError, int, given)",
        "given.assert_called_once_with(1)",
        "pytest.skip('not here')",
        "if given:\n    pytest.skip('not here')\nassert given",
        "raise AssertionError",
        # Helpers.
        "has_it(given)",
        "given.has_it(1)",
        "has_both(given, given)",
        "settled(given)",
        "def check(value):\n    assert value\ncheck(given)",
        "def looks(value):\n    assert value\nlooks(given)",
        # Ways.
        "if given:\n    assert given\nelse:\n    assert not given",
        "assert given\nif given:\n    return",
        "try:\n    found = read(given)\nexcept OSError as exc:\n    assert exc.errno\nelse:\n    assert found",
        "try:\n    read(given)\nfinally:\n    assert given",
        "try:\n    assert given\nfinally:\n    given.close()",
        "match given:\n    case 1:\n        assert given\n    case _:\n        pytest.fail('no')",
        "while True:\n    if given():\n        assert given\n        break",
        # Loops that have something to go over.
        "for row in (1, 2):\n    assert row",
        "for row in ROWS:\n    assert row",
        "for row in MORE:\n    assert row",
        "for number, row in enumerate(zip(ROWS, MORE)):\n    assert row",
        "for key, row in {'a': 1}.items():\n    assert row",
        "for number in range(3):\n    assert number",
        "for row in [one + 1 for one in ROWS]:\n    assert row",
        "for row in rows():\n    assert row",
        "for row in [*given, 1]:\n    assert row",
        "table = [1]\nfor row in table:\n    assert row",
        "for row in given:\n    assert row\nassert given",
        "for row in ROWS:\n    if not row:\n        assert given\n        continue\n    assert row",
        "assert all(row for row in ROWS)",
        "assert given and all(given)",
    ],
)
def test_it_asserts(body: str) -> None:
    assert ends(body) == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("read(given)", 1),
        ("assert True", 1),
        ("assert all(row for row in given)", 1),
        ("assert all(given) and True", 1),
        # Helpers.
        ("looks(given)", 1),
        ("either(given)", 1),
        ("found = has_it(given)", 1),
        ("call(lambda: has_it(given))", 1),
        ("def check(value):\n    assert value\ncall(check)", 3),
        ("def has_it(value):\n    return value\nhas_it(given)", 3),
        # Ways.
        ("if given:\n    return\nassert given", 2),
        ("if given:\n    assert given", 2),
        ("if given:\n    assert given\nelif given is None:\n    assert not given", 4),
        ("try:\n    assert read(given)\nexcept OSError:\n    pass", 4),
        ("with suppress(OSError):\n    assert read(given)", 2),
        ("match given:\n    case 1:\n        assert given", 3),
        ("while given():\n    assert given", 2),
        ("while True:\n    if given():\n        break\n    assert given", 4),
        # Loops that may have nothing to go over.
        ("for row in given:\n    assert row", 2),
        ("for row in FOUND:\n    assert row", 2),
        ("for row in UNKNOWN:\n    assert row", 2),
        ("for row in []:\n    assert row", 2),
        ("for number in range(len(given)):\n    assert number", 2),
        ("for row in [one for one in ROWS if one]:\n    assert row", 2),
        ("for row in zip(ROWS, given):\n    assert row", 2),
        ("for row in [*given]:\n    assert row", 2),
        ("ROWS = given\nfor row in ROWS:\n    assert row", 3),
        ("for row in ROWS:\n    if row:\n        continue\n    assert row", 4),
        ("for row in ROWS:\n    if row:\n        return\n    assert row", 3),
    ],
)
def test_it_can_end_without_an_assertion(body: str, line: int) -> None:
    assert ends(body) == [line]


def test_methods_of_test_classes_are_tests_and_other_functions_are_none() -> None:
    code = (
        "class TestIt:\n    def test_one(self): pass\n\ndef helper(): pass\n\nclass It:\n    def test_two(self): pass\n"
    )
    assert [one.test for one in silent(ast.parse(code), known())] == ["TestIt::test_one"]


def test_the_constant_of_the_module_itself_counts() -> None:
    code = "FOUND = [1]\n\ndef test_it():\n    for row in FOUND:\n        assert row\n"
    assert silent(ast.parse(code), known()) == []
    assert len(silent(ast.parse(code.replace("[1]", "read()")), known())) == 1


def test_every_test_asserts() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in listed("tests/*.py", "plugins/*.py")}
    everywhere = names(trees.values())
    modules = [path for path in trees if path.name.startswith("test_")]
    assert modules
    assert [
        "%s:%d: %s can end without an assertion" % (path.relative_to(ROOT), one.line, one.test)
        for path in modules
        for one in silent(trees[path], everywhere)
    ] == []
