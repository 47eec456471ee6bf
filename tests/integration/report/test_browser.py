# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recorded reports in a real browser: nothing overflows, is cut or is fetched, and what is shown is what is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from ansible_collections.swarm.rollout.plugins.filter.status_tree import status_tree
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.data import report_data
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.render import report_html
from tests.report.__main__ import STATUS_WIDTH, status_page
from tests.report.browser import Look, started
from tests.report.runs import NAMES, NOW, hostile, many, recorded, services

PHONE, DESK = 360, 1280
# A4 without its margins.
PAPER = 688


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with started() as found:
        yield found


def written(folder: Path, run: dict[str, Any]) -> Path:
    """The page of a run, with its JSON beside it."""
    data = report_data(run, NOW)
    page = folder / "report.html"
    page.write_text(report_html(data), encoding="utf-8")
    page.with_suffix(".json").write_text(json.dumps(data), encoding="utf-8")
    return page


def runs(name: str) -> dict[str, Any]:
    """A run by name."""
    return {"hostile": hostile, "many": lambda: many(60)}.get(name, lambda: recorded(name))()


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", [*NAMES, "hostile", "many"])
def test_it_is_legible_and_fetches_nothing(browser: Browser, tmp_path: Path, name: str, width: int):
    page = written(tmp_path, runs(name))
    look = Look(browser, page, width)
    assert look.bad() == []
    look.open_details()
    assert look.bad() == []
    assert look.requests == [page.as_uri()]
    assert look.page.locator("script").count() == 0
    look.close()


@pytest.mark.parametrize("name", ["failed", "steps", "gap", "release"])
def test_it_fits_a_sheet_of_paper(browser: Browser, tmp_path: Path, name: str):
    look = Look(browser, written(tmp_path, runs(name)), PAPER)
    look.page.emulate_media(media="print")
    assert look.bad() == []
    figures = look.page.locator(".figures").bounding_box()
    rows: dict[float, list[Any]] = {}
    for one in look.page.locator(".figures > div").all():
        box = one.bounding_box()
        assert box
        rows.setdefault(box["y"], []).append(box)
    assert figures
    for row in rows.values():
        assert row[-1]["x"] + row[-1]["width"] == pytest.approx(figures["x"] + figures["width"], abs=1), "a hole"
    look.close()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_it_shows_the_figures_that_the_json_has(browser: Browser, tmp_path: Path, width: int):
    for name in NAMES:
        page = written(tmp_path, recorded(name))
        data = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
        look = Look(browser, page, width)
        assert look.texts(".figures dd") == [one["value"] for one in data["figures"]]
        assert look.texts("h1") == [data["name"]]
        assert look.texts(".hero .pill") == [data["word"]]
        assert look.texts(".command") == [one["command"] for one in data["next"]]
        drawn = look.page.evaluate("() => document.querySelectorAll('.plot > g > title').length")
        shown = [one for one in data["services"] if one["outcome"] not in ("unchanged", "skipped")]
        tasks, steps = (sum(len(one[key]) for one in shown) for key in ("timeline", "steps"))
        batches = look.page.evaluate("() => document.querySelectorAll('.plot > g > .b-planned').length")
        assert drawn == tasks + steps + batches
        look.close()
    assert len(NAMES) > 5, "the recorded runs are gone"


def test_dark_is_dark_light_is_light_and_paper_is_white(browser: Browser, tmp_path: Path):
    page = written(tmp_path, recorded("steps"))
    for scheme, dark in (("light", False), ("dark", True)):
        look = Look(browser, page, DESK, scheme)
        paper, ink = look.brightness()
        assert (paper < 0.2 and ink > 0.8) if dark else (paper > 0.9 and ink < 0.2)
        look.page.emulate_media(media="print", color_scheme="dark")
        paper, ink = look.brightness()
        assert (paper, ink) == (1.0, 0.0)
        look.close()


def test_bars_stand_where_the_seconds_say_on_the_screen(browser: Browser, tmp_path: Path):
    page = written(tmp_path, recorded("steps"))
    data = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    (section,) = data["services"]
    entry = section["timeline"][0]
    longest = max([section["duration"], *(one["at"] + one["duration"] for one in section["steps"])])
    for width in (PHONE, DESK):
        look = Look(browser, page, width)
        plot = look.page.locator(".plot").bounding_box()
        assert plot
        task = look.page.locator(".plot > g").filter(has=look.page.locator(f"title:has-text('{entry['task'][:12]}')"))
        for number, span in enumerate(entry["spans"]):
            drawn = task.locator("rect").nth(number).bounding_box()
            assert drawn
            assert drawn["x"] == pytest.approx(plot["x"] + plot["width"] * span["from"] / longest, abs=1.5)
            end = section["duration"] if span["to"] is None else span["to"]
            assert drawn["x"] + drawn["width"] == pytest.approx(plot["x"] + plot["width"] * end / longest, abs=1.5)
        look.close()


def test_the_looks_would_notice_what_is_wrong(browser: Browser, tmp_path: Path):
    """A page that overflows, fetches and overprints is found out."""
    page = tmp_path / "bad.html"
    page.write_text(
        "<!DOCTYPE html><div class='card'><svg width='100' height='40'><text x='5' y='20'>one</text>"
        "<text x='8' y='20'>two</text></svg></div><p style='width:2000px'>wide</p>"
        "<p style='width:20px;overflow:hidden;white-space:nowrap'>this text is cut</p><img src='missing.png'>",
        encoding="utf-8",
    )
    look = Look(browser, page, PHONE)
    told = "\n".join(look.bad())
    for words in ("wider than the window", "reaches", "is cut", "lies over"):
        assert words in told
    assert len(look.requests) == 2
    look.close()


def test_the_picture_of_the_status_shows_the_whole_tree(browser: Browser, tmp_path: Path):
    path = tmp_path / "status.html"
    path.write_text(status_page(), encoding="utf-8")
    look = Look(browser, path, STATUS_WIDTH)
    assert look.bad() == []
    shown = look.page.locator("pre").inner_text().splitlines()
    assert shown[2:] == status_tree(services(), revisions=3).splitlines()
    look.picture(tmp_path / "status.png", 0, look.height())
    assert (tmp_path / "status.png").stat().st_size > 10_000
    look.close()
