# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of services: after what they depend on, those that leave last, and no arrows that lead in circles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError
from ansible_collections.swarm.rollout.plugins.module_utils._core.waves import arrange, dependents


@st.composite
def graphs(draw: Any) -> tuple[dict[str, list[str]], set[str]]:
    """Services without a cycle in any order of listing, and those among them that leave."""
    names = ["s%d" % number for number in range(draw(st.integers(0, 12)))]
    depends = {
        name: draw(st.lists(st.sampled_from(names[:place]), max_size=4)) if place else []
        for place, name in enumerate(names)
    }
    listed = draw(st.permutations(names))
    leaving = draw(st.sets(st.sampled_from(names))) if names else set()
    return {name: depends[name] for name in listed}, leaving


def places(waves: list[tuple[str, ...]]) -> dict[str, int]:
    return {name: number for number, wave in enumerate(waves) for name in wave}


def needed(depends: dict[str, list[str]], leaving: set[str]) -> set[str]:
    """The leaving ones that one which stays waits for, directly or by way of others."""
    todo = [name for name in depends if name not in leaving]
    found: set[str] = set()
    while todo:
        for other in depends[todo.pop()]:
            if other in leaving and other not in found:
                found.add(other)
                todo.append(other)
    return found


def test_services_without_arrows_are_one_wave_in_the_order_given() -> None:
    assert arrange({"b": [], "a": [], "c": []}) == [("b", "a", "c")]
    assert arrange({}) == []


def test_a_diamond_is_three_waves() -> None:
    depends = {"web": ["api", "catalog"], "api": ["db"], "catalog": ["db"], "db": []}
    assert arrange(depends) == [("db",), ("api", "catalog"), ("web",)]


def test_each_has_the_first_wave_that_it_can_have() -> None:
    assert arrange({"a": [], "b": ["a"], "c": ["b"], "late": ["a"]}) == [("a",), ("b", "late"), ("c",)]


def test_what_leaves_goes_last_and_who_depends_on_another_first() -> None:
    depends = {"db": [], "old-db": [], "old-api": ["old-db"], "api": ["db"]}
    waves = arrange(depends, ["old-db", "old-api"])
    assert waves == [("db",), ("api",), ("old-api",), ("old-db",)]


def test_what_leaves_goes_before_one_that_stays_and_waits_for_it() -> None:
    assert arrange({"new": [], "old": ["new"], "db": ["old"]}, ["old"]) == [("new",), ("old",), ("db",)]
    # Also where it is needed by way of another one that leaves.
    assert arrange({"db": ["b"], "b": ["a"], "a": []}, ["a", "b"]) == [("a",), ("b",), ("db",)]


@given(graphs())
def test_each_service_moves_once_and_after_what_it_depends_on(graph: Any) -> None:
    depends, _leaving = graph
    waves = arrange(depends)
    at = places(waves)
    assert sorted(name for wave in waves for name in wave) == sorted(depends)
    assert all(waves)
    assert all(at[other] < at[name] for name, wanted in depends.items() for other in wanted)


@given(graphs())
def test_those_that_leave_are_after_all_others_unless_they_are_needed(graph: Any) -> None:
    depends, leaving = graph
    at = places(arrange(depends, leaving))
    assert sorted(at) == sorted(depends)
    held = needed(depends, leaving)
    late = leaving - held
    staying = set(depends) - late
    assert all(at[one] < at[other] for one in staying for other in late)
    assert all(at[other] < at[name] for name in staying for other in depends[name] if other in staying)
    assert all(at[name] < at[other] for name in late for other in depends[name] if other in late), "the way back"


def test_a_cycle_is_refused_with_its_arrows() -> None:
    with pytest.raises(OptionError, match='"a -> c -> b -> a"') as refused:
        arrange({"x": [], "a": ["c"], "b": ["a"], "c": ["x", "b"]})
    assert refused.value.option == "depends_on"


def test_only_the_cycle_is_named_not_what_waits_for_it() -> None:
    with pytest.raises(OptionError, match='"b -> c -> b"'):
        arrange({"first": ["b"], "b": ["c"], "c": ["b"]})
    with pytest.raises(OptionError, match='"a -> a"'):
        arrange({"a": ["a"]})


def test_a_cycle_among_those_that_leave_is_refused_too() -> None:
    with pytest.raises(OptionError, match='"a -> b -> a"'):
        arrange({"a": ["b"], "b": ["a"], "c": []}, ["a", "b"])


@given(graphs(), st.data())
def test_an_arrow_back_to_where_it_comes_from_is_a_cycle(graph: Any, data: Any) -> None:
    depends, _leaving = graph
    arrows = [(name, other) for name, wanted in depends.items() for other in wanted]
    assume(arrows)
    name, other = data.draw(st.sampled_from(arrows))
    depends = {**depends, other: [*depends[other], name]}
    with pytest.raises(OptionError) as refused:
        arrange(depends)
    path = refused.value.message.split('"')[1]
    if not path.endswith("..."):
        steps = path.split(" -> ")
        assert steps[0] == steps[-1]
        assert all(after in depends[before] for before, after in zip(steps, steps[1:]))


def test_a_name_that_is_none_of_them_is_refused() -> None:
    with pytest.raises(OptionError, match='"db" is not usable: api depends on it'):
        arrange({"api": ["db"]})


def test_a_long_chain_is_no_recursion() -> None:
    depends = {"s0": [], **{"s%d" % number: ["s%d" % (number - 1)] for number in range(1, 600)}}
    assert arrange(depends) == [("s%d" % number,) for number in range(600)]
    backwards = dict(reversed(list(depends.items())))
    assert arrange(backwards, backwards) == [("s%d" % number,) for number in range(599, -1, -1)]
    with pytest.raises(OptionError, match="they wait for each other"):
        arrange({**depends, "s0": ["s599"]})
    assert len(dependents(depends, ["s0"])) == 599


def test_dependents_are_found_by_way_of_others() -> None:
    depends = {"db": [], "migrate": ["db"], "api": ["migrate"], "mail": ["db"], "log": []}
    assert dependents(depends, ["migrate"]) == {"api"}
    assert dependents(depends, ["db"]) == {"migrate", "api", "mail"}
    assert dependents(depends, ["log"]) == set()


@given(graphs(), st.data())
def test_nobody_among_the_others_depends_on_a_dependent(graph: Any, data: Any) -> None:
    depends, _leaving = graph
    assume(depends)
    origin = data.draw(st.sampled_from(sorted(depends)))
    found = dependents(depends, [origin])
    assert origin not in found
    for name, wanted in depends.items():
        assert (name in found) == bool(found.union([origin]).intersection(wanted))
