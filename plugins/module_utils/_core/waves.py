# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order in which the services of a release move: waves, each after those that its services depend on."""

from __future__ import annotations

from typing import Collection, Iterable, Mapping, Sequence

from .errors import OptionError

_OPTION = "depends_on"


def arrange(depends: Mapping[str, Sequence[str]], leaving: Collection[str] = ()) -> list[tuple[str, ...]]:
    """The waves of the services, from the names that each depends on; in a wave the order is the one given.

    `leaving` are those that will be removed. They go after all others, who depends on another one first; one that
    a service which stays depends on has its place among those. Raises `OptionError` for a name that is not among
    them, and for a cycle.
    """
    for name, wanted in depends.items():
        for other in wanted:
            if other not in depends:
                raise OptionError(_OPTION, other, "%s depends on it, and this release has no such service" % name)
    late = set(leaving)
    while True:
        held = {other for name, wanted in depends.items() if name not in late for other in wanted if other in late}
        if not held:
            break
        late -= held
    staying = _levels({name: wanted for name, wanted in depends.items() if name not in late})
    going = _levels({name: [other for other in depends[name] if other in late] for name in depends if name in late})
    return staying + going[::-1]


def dependents(depends: Mapping[str, Sequence[str]], of: Iterable[str]) -> set[str]:
    """Those that depend on one of them, directly or by way of others."""
    found: set[str] = set()
    todo = set(of)
    while todo:
        todo = {name for name, wanted in depends.items() if todo.intersection(wanted)} - found
        found |= todo
    return found


def _levels(depends: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    waves: list[tuple[str, ...]] = []
    done: set[str] = set()
    while len(done) < len(depends):
        ready = tuple(name for name, wanted in depends.items() if name not in done and done.issuperset(wanted))
        if not ready:
            _refuse_cycle({name: wanted for name, wanted in depends.items() if name not in done}, done)
        waves.append(ready)
        done.update(ready)
    return waves


def _refuse_cycle(left: Mapping[str, Sequence[str]], done: Collection[str]) -> None:
    """Each of those left waits for another of them: whoever follows the arrows comes back to where it was."""
    path = [next(iter(left))]
    while path[-1] not in path[:-1]:
        path.append(next(other for other in left[path[-1]] if other not in done))
    path = path[path.index(path[-1]) :]
    raise OptionError(_OPTION, " -> ".join(path), "they wait for each other; take one of the arrows away")
