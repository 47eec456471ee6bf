# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds tests that can pass without having asserted anything, by reading their code.

An assertion is `assert`, `pytest.raises` and its like, an `assert_...` method of a mock, or a helper that asserts,
called as a statement of its own. Helpers and constants are known by name: a name counts where everything of that name
in the code that was read asserts somewhere, itself or by way of others, or is a table that is not empty.

Every way through a test has to pass an assertion: both branches of an `if`, what leads to an early `return`, each
handler of a `try`. The body of a loop, and what `all(...)` goes over, counts where there surely is something to go
over. `pytest.skip` is no way through: a skipped test is counted as one.

What is not seen: whether an assertion can fail, and whether a helper reaches its own; helpers that come as values,
such as those of `functools.partial`; fixtures that assert; state machines of Hypothesis. A table of `parametrize` that
is empty is refused by pytest itself (`empty_parameter_set_mark` in pyproject.toml).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Function = ast.FunctionDef | ast.AsyncFunctionDef
T = TypeVar("T")

# Of pytest: what asserts, and what ends a test otherwise than by passing.
_ASSERTS = frozenset({"raises", "warns", "deprecated_call", "fail"})
_ENDS = frozenset({"fail", "skip", "exit", "xfail"})
# What gives something where all that it is given does.
_KEEPS = frozenset(
    {"enumerate", "sorted", "reversed", "list", "tuple", "set", "frozenset", "dict", "zip", "product", "permutations"}
)
_VIEWS = frozenset({"items", "keys", "values", "split", "splitlines"})


@dataclass(frozen=True)
class Names:
    """What is known by name: functions that assert, and constants that are not empty."""

    asserting: frozenset[str] = frozenset()
    filled: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Helper:
    """A function: whether it asserts itself, and what it calls as a statement of its own."""

    asserts: bool
    calls: frozenset[str]

    @staticmethod
    def of(function: Function) -> _Helper:
        calls = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Assert):
                return _Helper(True, frozenset())
            if isinstance(node, ast.Raise) and "AssertionError" in (_called(node.exc), getattr(node.exc, "id", "")):
                return _Helper(True, frozenset())
            if isinstance(node, ast.Expr | ast.withitem):
                call = node.value if isinstance(node, ast.Expr) else node.context_expr
                if _is_asserting_call(call, frozenset()):
                    return _Helper(True, frozenset())
                calls.add(_called(call))
        return _Helper(False, frozenset(calls))

    def holds(self, asserting: frozenset[str]) -> bool:
        """Whether it asserts, itself or by way of one of these."""
        return self.asserts or bool(self.calls & asserting)


@dataclass(frozen=True)
class Silent:
    """A test that can pass without an assertion, and the line where it then ends."""

    test: str
    line: int


def names(trees: Iterable[ast.Module]) -> Names:
    """What the functions and constants of these modules are worth to a test."""
    trees = list(trees)
    functions = _collected(
        (node.name, _Helper.of(node)) for tree in trees for node in ast.walk(tree) if isinstance(node, Function)
    )
    constants = _collected(pair for tree in trees for pair in _assigned(tree.body))
    asserting = _grown(functions, frozenset(), _Helper.holds)
    return Names(asserting, _grown(constants, frozenset(), _filled_beside(asserting)))


def silent(tree: ast.Module, known: Names) -> list[Silent]:
    """The tests of a module that can pass without an assertion."""
    constants = _collected(_assigned(tree.body))
    asserting = _before(known.asserting, tree.body)
    filled = known.filled.difference(constants) | _grown(constants, known.filled, _filled_beside(asserting))
    known = Names(asserting, filled)
    found = []
    for name, test in _tests(tree):
        inside = list(ast.walk(test))
        asserting = _before(known.asserting, inside[1:])
        local = _collected(_assigned(inside))
        filled = known.filled.difference(local) | _grown(local, known.filled, _filled_beside(asserting))
        line = _Way(Names(asserting, filled)).through(test)
        if line is not None:
            found.append(Silent(name, line))
    return found


def _grown(
    named: Mapping[str, Sequence[T]],
    known: frozenset[str],
    holds: Callable[[T, frozenset[str]], bool],
) -> frozenset[str]:
    """The names of which everything holds, where that may depend on names that are known, and on each other."""
    found: frozenset[str] = frozenset()
    while True:
        so_far = known.difference(named) | found
        more = frozenset(name for name, nodes in named.items() if all(holds(node, so_far) for node in nodes))
        if more == found:
            return found
        found = more


def _collected(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for name, node in pairs:
        found.setdefault(name, []).append(node)
    return found


def _before(asserting: frozenset[str], nearer: Iterable[ast.AST]) -> frozenset[str]:
    """The functions that assert, where those that are nearer come before others of the same name."""
    functions = _collected((node.name, _Helper.of(node)) for node in nearer if isinstance(node, Function))
    return asserting.difference(functions) | _grown(functions, asserting, _Helper.holds)


def _filled_beside(asserting: frozenset[str]) -> Callable[[ast.AST, frozenset[str]], bool]:
    return lambda node, filled: _is_filled(node, Names(asserting, filled))


def _assigned(statements: Iterable[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """Names that are given a value, and the value; for a loop's or a context's name, what stands for nothing known."""
    for node in statements:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.id, node.value) for target in targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            yield from ((part.id, ast.Pass()) for part in ast.walk(node.target) if isinstance(part, ast.Name))
        elif isinstance(node, ast.arg):
            yield node.arg, ast.Pass()


def _tests(scope: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, Function]]:
    for node in scope.body:
        if isinstance(node, Function) and node.name.startswith("test"):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from _tests(node, node.name + "::")


def _called(node: ast.AST | None) -> str:
    """The last word of what is called; empty for what is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _of_pytest(node: ast.AST, which: frozenset[str]) -> bool:
    func = node.func if isinstance(node, ast.Call) else None
    return isinstance(func, ast.Attribute) and getattr(func.value, "id", "") == "pytest" and func.attr in which


def _is_asserting_call(node: ast.AST, asserting: frozenset[str]) -> bool:
    name = _called(node)
    return name in asserting or name.startswith("assert_") or _of_pytest(node, _ASSERTS)


def _is_filled(node: ast.AST, known: Names) -> bool:
    """Whether there surely is something to go over."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return any(not isinstance(item, ast.Starred) or _is_filled(item.value, known) for item in node.elts)
    if isinstance(node, ast.Dict):
        return any(
            key is not None or _is_filled(value, known) for key, value in zip(node.keys, node.values, strict=True)
        )
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes) and bool(node.value)
    if isinstance(node, ast.Name):
        return node.id in known.filled
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _is_filled(node.left, known) or _is_filled(node.right, known)
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        return all(not one.ifs and _is_filled(one.iter, known) for one in node.generators)
    return isinstance(node, ast.Call) and _is_filled_call(node, known)


def _is_filled_call(node: ast.Call, known: Names) -> bool:
    name = _called(node)
    if name in known.asserting:
        return True
    if name == "range":
        try:
            return bool(range(*[ast.literal_eval(given) for given in node.args]))
        except (ValueError, TypeError):
            return False
    if isinstance(node.func, ast.Attribute) and name in _VIEWS:
        return _is_filled(node.func.value, known)
    return name in _KEEPS and bool(node.args) and all(_is_filled(given, known) for given in node.args)


def _is_empty_claim(node: ast.expr, known: Names) -> bool:
    """Whether `assert` of it may say nothing: a constant, or all of what may be none."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        return all(_is_empty_claim(value, known) for value in node.values)
    return _called(node) == "all" and isinstance(node, ast.Call) and not _is_filled(node.args[0], known)


class _Way:
    """The ways through a test: at each place, whether all ways there have passed an assertion.

    A place that is never reached counts as one where they have.
    """

    def __init__(self, known: Names) -> None:
        self._known = known
        self._returns: list[tuple[int, bool]] = []
        self._breaks: list[list[bool]] = []
        self._continues: list[list[bool]] = []

    def through(self, test: Function) -> int | None:
        """The first line where the test may end without an assertion; None where it cannot."""
        self._returns.append((test.end_lineno or test.lineno, self._block(test.body, False)))
        lines = [line for line, asserted in self._returns if not asserted]
        return min(lines) if lines else None

    def _block(self, body: list[ast.stmt], asserted: bool) -> bool:
        for node in body:
            asserted = self._statement(node, asserted)
        return asserted

    def _statement(self, node: ast.stmt, asserted: bool) -> bool:
        if isinstance(node, ast.If):
            return self._block(node.body, asserted) & self._block(node.orelse, asserted)
        if isinstance(node, ast.For | ast.AsyncFor):
            return self._loop(node, asserted, once=_is_filled(node.iter, self._known))
        if isinstance(node, ast.While):
            endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
            return self._loop(node, asserted, once=endless, endless=endless)
        if isinstance(node, ast.Try):
            return self._try(node, asserted)
        if isinstance(node, ast.With | ast.AsyncWith):
            return self._with(node, asserted)
        if isinstance(node, ast.Match):
            return self._match(node, asserted)
        return self._simple(node, asserted)

    def _simple(self, node: ast.stmt, asserted: bool) -> bool:
        if isinstance(node, ast.Return):
            self._returns.append((node.lineno, asserted))
            return True
        if isinstance(node, ast.Break | ast.Continue):
            (self._breaks if isinstance(node, ast.Break) else self._continues)[-1].append(asserted)
            return True
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and _of_pytest(node.value, _ENDS)):
            return True
        if isinstance(node, ast.Assert):
            return asserted or not _is_empty_claim(node.test, self._known)
        return asserted or (isinstance(node, ast.Expr) and _is_asserting_call(node.value, self._known.asserting))

    def _loop(
        self, node: ast.For | ast.AsyncFor | ast.While, asserted: bool, *, once: bool, endless: bool = False
    ) -> bool:
        self._breaks.append([])
        self._continues.append([])
        body = self._block(node.body, asserted)
        body &= all(self._continues.pop())
        ended = endless or (body if once else asserted)
        return self._block(node.orelse, ended) & all(self._breaks.pop())

    def _try(self, node: ast.Try, asserted: bool) -> bool:
        after = self._block(node.orelse, self._block(node.body, asserted))
        for handler in node.handlers:
            after &= self._block(handler.body, asserted)
        return self._block(node.finalbody, asserted) or after

    def _with(self, node: ast.With | ast.AsyncWith, asserted: bool) -> bool:
        calls = [item.context_expr for item in node.items]
        before = asserted
        asserted = self._block(node.body, asserted)
        if any(_called(call) == "suppress" for call in calls):
            asserted = before
        return asserted or any(_is_asserting_call(call, self._known.asserting) for call in calls)

    def _match(self, node: ast.Match, asserted: bool) -> bool:
        whole = any(
            case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
            for case in node.cases
        )
        ends = [self._block(case.body, asserted) for case in node.cases]
        return all(ends) and (asserted or whole)
