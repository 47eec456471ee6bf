# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters that are given damaged results, plans and runs: text or one sentence, and markup only from the template."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.filter import (
    certificate_text,
    endpoints,
    from_text,
    history_table,
    hook_files,
    joined,
    masked,
    plan_text,
    report_data,
    report_html,
    report_markdown,
    status_tree,
)
from tests.report.runs import NAMES, recorded, services

from . import desk
from .effort import effort
from .hostile_values import hostile, leaves, places, replaced, without

FILTERS: dict[str, Callable[..., Any]] = {
    name: function
    for module in (
        certificate_text,
        endpoints,
        from_text,
        history_table,
        hook_files,
        joined,
        masked,
        plan_text,
        report_data,
        report_html,
        report_markdown,
        status_tree,
    )
    for name, function in module.FilterModule().filters().items()
}
REPORTS = ("report_data", "report_html", "report_markdown")
MARKUP = "\"><img src=x onerror=alert(1)><script>x</script>'`[a](javascript:x)"


@functools.cache
def runs() -> dict[str, list[tuple[Any, ...]]]:
    """For each filter what it is given when all is well."""
    swarm = desk.stocked()
    with desk.on_paper(swarm):
        told = desk.run("swarm_service_info", {"history": True, "releases": True}).result
        planned = desk.run(
            "swarm_service", {"name": "web", "image": "web:9", "resolve_image": "false", "replicas": 4}, check=True
        ).result["plan"]
    certificate = recorded("gap")["result"]["rollout"]["availability"]
    every = [(recorded(name),) for name in NAMES]
    return {
        "certificate_text": [(certificate,)],
        "endpoints": [
            ([{"url": "http://a/", "format": "slack", "on": ["failure"], "headers": {"A": "b"}}], "x_notify")
        ],
        "from_text": [("[1, 50%]", "list", "x"), ("{a: 1}", "dict", "x"), ("5", "int", "x"), ("yes", "bool", "x")],
        "history_table": [(told["services"][0]["history"],), (told["releases"][0]["history"],)],
        "hook_files": [({"pre_apply": ""}, "x_hooks", ["pre_apply", "post_apply"], ["/tmp"])],
        "joined": [([run["result"] for run in (recorded("steps"), recorded("paused"))],)],
        "masked": [({"a": ["b", {"PASSWORD": "c"}]},)],
        "plan_text": [(planned,)],
        "status_tree": [(services(),), (told["services"],)],
        **dict.fromkeys(REPORTS, every),
    }


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_what_the_fuzzing_begins_with_passes(name: str) -> None:
    made = [FILTERS[name](*given_values) for given_values in runs()[name]]
    assert made
    assert None not in made


def is_one_sentence(said: str) -> None:
    """How a filter refuses."""
    assert "\n" not in said
    assert len(said) <= desk.LONGEST


@pytest.mark.parametrize("name", sorted(FILTERS))
@effort(12)
@given(data=st.data())
def test_a_hostile_value_is_a_sentence(name: str, data: st.DataObject) -> None:
    first, *others = data.draw(st.sampled_from(runs()[name]), label="given")
    for _time in range(data.draw(st.integers(1, 3), label="times")):
        ways = list(places(first))
        way = data.draw(st.sampled_from(ways), label="way")
        absent = bool(way) and data.draw(st.booleans(), label="absent")
        first = without(first, way) if absent else replaced(first, way, data.draw(hostile, label="value"))
    said = ""
    try:
        FILTERS[name](first, *others)
    except AnsibleFilterError as exc:
        said = exc.message
    is_one_sentence(said)


class Skeleton(HTMLParser):
    """The elements of a page with their attributes, without any text and without the values that are data."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.active: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(sorted(name for name, _value in attrs))))
        for name, value in attrs:
            text = (value or "").strip().lower()
            if name.startswith("on") or (name in ("href", "src") and text.startswith(("javascript", "data:text"))):
                self.active.append("%s %s=%s" % (tag, name, value))

    handle_startendtag = handle_starttag


def marked(document: Any, mark: str) -> Any:
    """A document in which every text that is shown is the mark."""
    if isinstance(document, dict):
        return {key: item if key == "kind" else marked(item, mark) for key, item in document.items()}
    if isinstance(document, list):
        return [marked(item, mark) for item in document]
    return document + mark if isinstance(document, str) else document


# Texts that decide what is drawn, and how; everything else is only shown.
_DECISIVE = ("kind", "outcome", "state", "status", "started_at", "finished_at", "at", "created_at", "action", "mode")


def only_shown(document: Any, mark: str, key: str = "") -> Any:
    """The same where texts that decide about the page stay as they are."""
    if isinstance(document, dict):
        return {name: only_shown(item, mark, str(name)) for name, item in document.items()}
    if isinstance(document, list):
        return [only_shown(item, mark, key) for item in document]
    return document + mark if isinstance(document, str) and key not in _DECISIVE else document


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("marking", [marked, only_shown])
def test_no_element_of_a_page_is_made_of_data(name: str, marking: Callable[[Any, str], Any]) -> None:
    harmless = Skeleton(FILTERS["report_html"](marking(recorded(name), "x" * len(MARKUP))))
    marked_page = Skeleton(FILTERS["report_html"](marking(recorded(name), MARKUP)))
    assert set(marked_page.found) <= set(harmless.found)
    assert marked_page.active == []


@effort(15)
@given(name=st.sampled_from(NAMES), text=st.text(st.sampled_from("<>&\"'`=/ ax\n"), min_size=1), place=st.integers(0))
def test_no_attribute_of_a_page_is_made_of_data(name: str, text: str, place: int) -> None:
    run = recorded(name)
    ways = [way for way in places(run) if isinstance(_at(run, way), str)]
    way = ways[place % len(ways)]
    known = {pair for one in NAMES for pair in Skeleton(FILTERS["report_html"](recorded(one))).found}
    try:
        page = FILTERS["report_html"](replaced(run, way, text))
    except AnsibleFilterError as exc:
        is_one_sentence(exc.message)
    else:
        assert set(Skeleton(page).found) <= known, way


def _at(document: Any, way: tuple[Any, ...]) -> Any:
    for key in way:
        document = document[key]
    return document


@effort(20)
@given(value=leaves)
def test_data_of_a_report_is_json(value: Any) -> None:
    run = replaced(recorded("steps"), ("result", "rollout", "reason"), value)
    try:
        data = FILTERS["report_data"](run)
    except AnsibleFilterError as exc:
        is_one_sentence(exc.message)
    else:
        assert json.loads(json.dumps(data)) == data
