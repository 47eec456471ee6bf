# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record adds up and forgets nothing; the page says no more than it knows; cells are chosen by their names."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import keeper, page, record
from tests.faults.__main__ import line, rounds, work
from tests.faults.cell import Result
from tests.faults.matrix import FAULTS, Place, place_of, places, selected
from tests.faults.record import Under
from tests.faults.strategies import STRATEGIES
from tests.lab.lab import Lab
from tests.truth import record as truth

NOW = Under("0123456789ab", "26.1.5", "2.19.14", "7.2.0")
CELL = "update-stop-first/api:slow"


def ran(*complaints: str, cell: str = CELL, seconds: float = 10.0) -> Result:
    return Result(cell, 7, seconds, "completed", list(complaints))


def several(*results: Result, under: Under = NOW, date: str = "2026-01-02") -> record.Record:
    found: record.Record = {}
    for result in results:
        found = record.added(found, result, under, date)
    return found


def test_runs_in_a_row_add_up() -> None:
    entry = several(ran(seconds=4), ran(seconds=6), ran(seconds=5))[CELL]
    assert (entry.runs, entry.seconds, entry.failure) == (3, (4, 6, 5), None)


def test_a_failure_begins_anew_and_is_remembered() -> None:
    found = several(ran(), ran(), ran("it hung", "and more"))
    assert (found[CELL].runs, found[CELL].seconds) == (0, ())
    found = record.added(found, ran(), NOW, "2026-01-03")
    entry = found[CELL]
    assert (entry.runs, entry.date) == (1, "2026-01-03")
    assert entry.failure == record.Failure("2026-01-02", NOW.code, 7, "it hung; and more")


@pytest.mark.parametrize("part", ["code", "engine", "ansible_core", "docker"])
def test_another_version_of_anything_begins_anew(part: str) -> None:
    found = several(ran(), ran())
    other = replace(NOW, **{part: "other"})
    assert record.runs(found, CELL, other) == 0
    assert record.added(found, ran(), other, "2026-01-03")[CELL].runs == 1


def test_it_is_stored_and_read_again(tmp_path: Path) -> None:
    found = several(ran(), ran("no"), ran(), ran(cell="create/api:slow"))
    path = tmp_path / "record.json"
    record.write(found, path)
    assert record.read(path) == found
    assert record.read(tmp_path / "none.json") == {}
    seen: list[record.Record] = []
    record.add(path, ran(), NOW, "2026-01-04", seen.append)
    assert record.read(path)[CELL].runs == 2
    assert seen == [record.read(path)]


def test_two_suites_lose_nothing_of_each_other(tmp_path: Path) -> None:
    path, beside = tmp_path / "record.json", tmp_path / "record.md"

    def add(cell: str) -> None:
        for _number in range(10):
            record.add(path, ran(cell=cell), NOW, "2026-01-04", lambda found: page.write(found, beside, NOW))

    threads = [threading.Thread(target=add, args=(cell,)) for cell in (CELL, "create/api:slow")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {entry.runs for entry in record.read(path).values()} == {10}
    assert beside.read_text(encoding="utf-8") == page.text(record.read(path), NOW, truth.runs())


def test_the_digest_is_that_of_the_code_and_the_judge(tmp_path: Path) -> None:
    for folder in record.CODE:
        (tmp_path / folder).mkdir(parents=True)
    module = tmp_path / record.CODE[0] / "it.py"
    module.write_text("1")
    before = record.digest(tmp_path)
    (tmp_path / "README.md").write_text("other")
    assert record.digest(tmp_path) == before
    module.write_text("2")
    changed = record.digest(tmp_path)
    assert changed != before
    judge = tmp_path / record.JUDGE[0]
    judge.parent.mkdir(parents=True)
    judge.write_text("milder")
    assert record.digest(tmp_path) != changed


def test_the_judge_that_the_digest_covers_is_there() -> None:
    assert [name for name in record.JUDGE if not (record.ROOT / name).exists()] == []


def test_the_page_tells_what_is_known_and_no_more() -> None:
    failing = "create/api:slow"
    found = several(*[ran(seconds=14.2)] * 3, ran("it | hung", cell=failing))
    text = page.text(found, NOW)
    row = next(one for one in text.splitlines() if "every call takes 2 s |" in one)
    cells = dict(zip(["title", *STRATEGIES], [one.strip() for one in row.strip("|").split("|")], strict=True))
    assert cells["update-stop-first"] == "3/3 · 14 s"
    assert cells["create"] == "failed"
    assert cells["release"] == page.NOT_YET
    assert f"Of {len(places())} cells 0 have passed 10 times" in text
    assert "1 less often or with others, 1 failed last" in text
    assert "it \\| hung" in text
    assert page.OLD not in text


def test_the_page_marks_what_was_seen_with_other_code() -> None:
    found = several(*[ran()] * 10)
    assert "10/10 · 10 s |" in page.text(found, NOW)
    other = replace(NOW, code="ffff")
    text = page.text(found, other)
    assert f"10/10 · 10 s {page.OLD} |" in text
    assert "cells 0 have passed 10 times" in text
    assert NOW.code in text


def test_what_makes_no_sense_has_a_reason_in_the_legend() -> None:
    text = page.text({}, NOW)
    for fault in FAULTS:
        assert fault.title in text
        for strategy, why in fault.without.items():
            assert strategy in STRATEGIES
            assert why in text
    assert page.cells() == [place.name for place in places()]


def test_the_committed_page_is_that_of_the_committed_record() -> None:
    found = record.read()
    said = record.PATH.with_suffix(".md").read_text(encoding="utf-8")
    runs = truth.runs()
    assert any(page.text(found, under, runs) == said for under in {entry.under for entry in found.values()})


@pytest.mark.parametrize(
    ("pattern", "all_of"),
    [
        ("update*/api:*", lambda place: place.name.startswith("update") and place.fault.family == "api"),
        ("api:slow", lambda place: place.fault.identity() == "api:slow"),
        ("release", lambda place: place.strategy.name == "release"),
    ],
)
def test_cells_are_chosen_by_patterns(pattern: str, all_of) -> None:
    found = selected([pattern])
    assert found == [place for place in places() if all_of(place)]
    assert found


def test_a_pattern_that_matches_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no cell matches nonsense"):
        selected(["release", "nonsense"])


def test_names_are_unique_and_lead_back() -> None:
    names = [place.name for place in places()]
    assert len(set(names)) == len(names)
    assert [place_of(name).name for name in names] == names
    assert selected([]) == places()


def test_rounds_give_each_cell_its_times() -> None:
    some = places()[:5]
    found = list(rounds(some, {}, 3, resume=False))
    assert [len(batch) for batch in found] == [5, 5, 5]


def test_resuming_takes_the_fewest_first_and_only_what_is_missing() -> None:
    first, second, third = places()[:3]
    counts = {first.name: 3, second.name: 1, third.name: 2}
    found = [[place.name for place in batch] for batch in rounds([first, second, third], counts, 3, resume=True)]
    assert found == [[second.name], [second.name, third.name]]


def test_cells_that_need_the_lab_alone_have_it() -> None:
    alone = next(place for place in places() if place.fault.alone)
    others = [place for place in places() if not place.fault.alone][:4]
    under_way: set[str] = set()
    most: dict[str, int] = {}
    lock = threading.Lock()

    def run(place: Place, seed: int) -> Result:
        with lock:
            under_way.add(place.name)
            most[place.name] = len(under_way)
        threading.Event().wait(0.02)
        with lock:
            most[place.name] = max(most[place.name], len(under_way))
            under_way.discard(place.name)
        return ran(cell=place.name)

    found = [one.cell for one in work([alone, *others], run, 2, random.Random(1), float("inf"))]
    assert sorted(found) == sorted(place.name for place in [alone, *others])
    assert (most[alone.name], max(most.values())) == (1, 2)


def test_nothing_is_begun_when_the_time_is_over() -> None:
    assert list(work(places()[:3], lambda place, seed: ran(), 2, random.Random(1), time.monotonic() - 1)) == []


def quick(deadline: float) -> Place:
    place = place_of(CELL)
    return Place(place.strategy, type("Quick", (place.fault,), {"deadline": deadline}))


@pytest.mark.sleeps
def test_a_cell_that_hangs_is_killed_with_all_that_it_started() -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
    begun = time.monotonic()
    result = keeper.run(quick(0.5), 7, Lab("none"), ("-c", code))
    assert time.monotonic() - begun < 30
    assert (result.passed, result.complaints) == (False, ["it hung: killed after its 0.5 s"])


@pytest.mark.sleeps
def test_a_cell_that_breaks_has_failed_with_its_last_words() -> None:
    result = keeper.run(quick(30), 7, Lab("none"), ("-c", "raise AssertionError('not within 60 s')"))
    assert result.complaints == ["AssertionError: not within 60 s"]
    assert "FAILED" in line(result)
    assert "seed 7" in line(result)
