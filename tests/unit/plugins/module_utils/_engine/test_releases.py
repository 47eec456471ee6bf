# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of releases in the Swarm: found, stored and labelled, whatever becomes of answers and of others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import EngineError, NotFound, UncertainWrite
from ansible_collections.swarm.rollout.plugins.module_utils._core.release import Composition, Member, encode
from ansible_collections.swarm.rollout.plugins.module_utils._engine import releases
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.records import NumberTaken

from .conftest import Answer, FakeEngine
from .lockstore import Store, StoreDoor


class Door(StoreDoor):
    """A door that lists as well. `lost` answers of writes never come, `unsent` writes never arrive."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.lost = 0
        self.unsent = 0
        self.before_write: Any = lambda: None

    def get_list(self, path: str, query: Any = None) -> list[Any]:
        self.calls.append(("GET", path))
        label, _equals, value = query["filters"]["label"][0].partition("=")
        found = [raw for raw in self.store.configs.values() if label in raw["Spec"]["Labels"]]
        return [{**raw, "Spec": dict(raw["Spec"])} for raw in found if value in ("", raw["Spec"]["Labels"][label])]

    def post(self, path: str, body: Any = None, query: Any = None) -> Any:
        self.before_write()
        if self.unsent:
            self.unsent -= 1
            self.calls.append(("POST", path))
            raise UncertainWrite("the connection broke")
        answer = super().post(path, body, query)
        if self.lost:
            self.lost -= 1
            raise UncertainWrite("the connection broke")
        return answer


@pytest.fixture
def door() -> Door:
    return Door(Store())


def shop(number: int = 1, name: str = "shop", **more: Any) -> Composition:
    return Composition(name, number, {"web": Member(None, {"Name": "web"})}, **more)


def posts(door: Door) -> int:
    return sum(1 for method, _path in door.calls if method == "POST")


def kept(door: Door, number: int = 1) -> Composition:
    found = releases.find(door, "shop", number)  # type: ignore[arg-type]
    assert found is not None
    return found


def store(door: Door, one: Composition) -> None:
    releases.store(door, one)  # type: ignore[arg-type]


def relabel(door: Door, one: Composition) -> None:
    releases.relabel(door, one)  # type: ignore[arg-type]


def test_a_stored_record_is_found(door: Door) -> None:
    store(door, shop(1))
    store(door, shop(2))
    store(door, shop(2, "other"))
    assert kept(door, 2).members == shop(2).members
    assert releases.find(door, "shop", 3) is None  # type: ignore[arg-type]


def test_a_number_is_taken_once(door: Door) -> None:
    store(door, shop(1))
    with pytest.raises(NumberTaken):
        store(door, shop(1, cause="of another run"))


def test_a_record_whose_answer_was_lost_is_stored(door: Door) -> None:
    door.lost = 1
    store(door, shop(1))
    assert kept(door).number == 1
    assert posts(door) == 1


def test_a_record_that_never_arrived_is_sent_again(door: Door) -> None:
    door.unsent = 2
    store(door, shop(1))
    assert kept(door).number == 1
    assert posts(door) == 3


def test_a_record_that_never_arrives_is_an_error(door: Door) -> None:
    store(door, shop(2, "other"))
    door.unsent = 1000
    with pytest.raises(UncertainWrite):
        store(door, shop(2))
    assert releases.find(door, "shop", 2) is None  # type: ignore[arg-type]
    assert posts(door) < 10


def test_a_record_that_arrives_late_is_stored_once(door: Door) -> None:
    late = [shop(1)]

    def arrive() -> None:
        # The first request is on its way still, and arrives before the second.
        if posts(door) == 1 and late:
            door.store.act("POST", "/configs/create", encode(late.pop()), None)

    door.unsent = 1
    door.before_write = arrive
    store(door, shop(1))
    assert kept(door).number == 1
    assert not late


def test_another_refusal_is_passed_on(door: Door) -> None:
    def refuse() -> None:
        raise EngineError("refused", 403, "not allowed")

    door.before_write = refuse
    with pytest.raises(EngineError, match="refused"):
        store(door, shop(1))


def test_the_outcome_is_written_to_the_record_as_it_was_read(door: Door) -> None:
    store(door, shop(1))
    relabel(door, replace(kept(door), outcome="completed", revisions={"web": "1.f"}))
    assert (kept(door).outcome, kept(door).revisions) == ("completed", {"web": "1.f"})
    assert kept(door).members == shop(1).members


def test_a_record_that_was_never_read_is_looked_up_first(door: Door) -> None:
    store(door, shop(1))
    relabel(door, shop(1, outcome="frozen"))
    assert kept(door).outcome == "frozen"


def test_a_conflict_is_written_again_over_what_is_there_now(door: Door) -> None:
    store(door, shop(1))
    mine = kept(door)
    relabel(door, replace(mine, reason="of another"))
    relabel(door, replace(mine, outcome="completed"))
    assert (kept(door).outcome, kept(door).reason) == ("completed", "")


def test_a_label_whose_answer_was_lost_is_written_again(door: Door) -> None:
    store(door, shop(1))
    door.lost = 1
    relabel(door, replace(kept(door), outcome="completed"))
    assert kept(door).outcome == "completed"


def test_a_label_that_did_not_arrive_is_written_again(door: Door) -> None:
    store(door, shop(1))
    door.unsent = 2
    relabel(door, replace(kept(door), outcome="completed"))
    assert kept(door).outcome == "completed"


def test_conflicts_without_end_are_an_error(door: Door) -> None:
    store(door, shop(1))
    mine = kept(door)
    (raw,) = door.store.configs.values()

    def quicker() -> None:
        raw["Version"] = {"Index": raw["Version"]["Index"] + 100}

    door.before_write = quicker
    before = posts(door)
    with pytest.raises(EngineError, match="the record of release shop 1 cannot be written"):
        relabel(door, replace(mine, outcome="completed"))
    assert posts(door) - before == 3


def test_a_record_that_others_deleted_is_said(door: Door) -> None:
    with pytest.raises(NotFound, match="the record of release shop 1 was deleted by others"):
        relabel(door, shop(1, outcome="completed"))
    store(door, shop(1))
    mine = kept(door)
    door.store.configs.clear()
    with pytest.raises(NotFound):
        relabel(door, replace(mine, outcome="completed"))


def test_dropping_what_is_gone_is_no_error(door: Door) -> None:
    store(door, shop(1))
    mine = kept(door)
    releases.drop(door, mine)  # type: ignore[arg-type]
    assert door.store.configs == {}
    releases.drop(door, mine)  # type: ignore[arg-type]


def raw(one: Composition, **more: Any) -> dict[str, Any]:
    return {"ID": "c%d" % one.number, "Version": {"Index": 1}, "Spec": {**encode(one), **more}}


def test_the_release_in_force_is_the_newest_that_stands() -> None:
    listed = [raw(shop(n, outcome=how)) for n, how in ((2, "completed"), (10, "rolled_back"), (1, "completed"))]
    found = releases.in_force(listed)
    assert found is not None
    assert found.number == 2
    assert releases.in_force([raw(shop(1, outcome="abandoned"))]) is None
    assert releases.in_force([]) is None


def test_older_data_is_not_looked_at_and_what_cannot_be_read_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []
    real = releases.decode

    def decode(one: Any) -> Any:
        read.append(one["ID"])
        return real(one)

    monkeypatch.setattr(releases, "decode", decode)
    listed = [raw(shop(1)), raw(shop(3), Data="nonsense"), raw(shop(2, outcome="completed"))]
    found = releases.in_force(listed)
    assert found is not None
    assert found.number == 2
    assert read == ["c3", "c2"]


def test_objects_are_told_apart_by_their_release() -> None:
    first, second, other = raw(shop(1)), raw(shop(2)), raw(shop(1, "other"))
    assert releases.by_release([first, other, second]) == {"shop": [first, second], "other": [other]}
    assert [one.number for one in releases.decoded([second, raw(shop(4), Data="x"), first])] == [1, 2]


@pytest.mark.parametrize(
    ("release", "label"), [("shop", "swarm.rollout.release=shop"), (None, "swarm.rollout.release")]
)
def test_a_listing_is_one_call(api: Api, engine: FakeEngine, release: Any, label: str) -> None:
    engine.on("GET", "/configs", Answer([raw(shop(1))]))
    assert releases.listing(api, release) == [raw(shop(1))]
    assert [seen.filters for seen in engine.seen] == [{"label": [label]}]
