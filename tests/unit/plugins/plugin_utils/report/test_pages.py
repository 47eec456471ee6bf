# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the pages have in them: every figure, nothing that is markup by chance, nothing secret, and not too much."""

from __future__ import annotations

import html
import json
import re
import shlex
from html.parser import HTMLParser

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.swarm.rollout.plugins.filter import report_data as data_filter
from ansible_collections.swarm.rollout.plugins.filter import report_html as html_filter
from ansible_collections.swarm.rollout.plugins.filter import report_markdown as markdown_filter
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.data import report_data
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.markdown import report_markdown
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.render import report_html
from tests.report.runs import NAMES, NOW, SCRIPT, hostile, many, recorded

SECRETS = ("hunter2", "abc123", "sk-12345")
_ALONE = {"meta", "link", "circle", "path", "rect", "line", "br", "img", "input"}


class Page(HTMLParser):
    """Reads a page; `tags` are its elements, `open_tags` those that were never closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open_tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in _ALONE:
            self.open_tags.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags, tag
        assert self.open_tags.pop() == tag


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_run_has_a_page_that_shows_its_figures(name: str):
    data = report_data(recorded(name), NOW)
    page = report_html(data)
    found = Page(page)
    assert found.open_tags == []
    assert not {"script", "iframe", "object", "embed", "img"} & set(found.tags)
    shown = [html.unescape(text) for text in re.findall(r"data-figure>([^<]*)</dd>", page)]
    assert shown[: len(data["figures"])] == [one["value"] for one in data["figures"]]
    text = html.unescape(re.sub(r"<[^>]+>", "", page))
    assert data["word"] in text
    assert data["message"] in text
    for section in data["services"]:
        assert section["name"] in text
        for failure in section["failures"]:
            assert failure["error"] in text
            assert all(line in text for line in failure["log"])
    for one in data["next"]:
        assert one["command"] in text


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_fetched_from_anywhere(name: str):
    page = report_html(report_data(recorded(name), NOW))
    for key, value in Page(page).attributes:
        assert not key.startswith("on"), key
        if key in ("src", "href", "xlink:href", "action", "data"):
            assert value == "data:,", (key, value)
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert "@import" not in style
    assert set(re.findall(r"url\(([^)]*)\)", style)) <= {
        f"#p-{kind}" for kind in ("draining", "pending", "preparing", "ready", "starting", "served")
    }


def test_what_is_markup_stays_text():
    data = report_data(hostile(), NOW)
    page = report_html(data)
    found = Page(page)
    assert found.open_tags == []
    assert not {"script", "img", "b"} & set(found.tags)
    assert SCRIPT not in page
    assert html.escape(SCRIPT, quote=False).replace("'", "&#39;") in page
    assert "{{ 7 * 191 }}" in page
    assert "1337" not in page
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", data["file"])
    assert len(data["file"]) < 120


def test_markdown_does_not_become_markup_either():
    text = report_markdown(report_data(hostile(), NOW))
    outside = re.sub(r"(?ms)^(`{3,})\n.*?^\1$", "", text)
    assert "<script" not in outside
    assert "<img" not in outside
    assert "&lt;script&gt;" in outside
    fences = re.findall(r"(?m)^(`{3,})$", text)
    assert "````" in fences, "a log line of three backticks does not end its block"


@pytest.mark.parametrize("name", [*NAMES, "hostile"])
def test_secrets_are_in_none_of_the_files(name: str):
    run = hostile() if name == "hostile" else recorded(name)
    run["change_cause"] = "deploy with password=hunter2"
    run["result"].setdefault("warnings", []).append("see postgres://vote:hunter2@db/votes")
    data = report_data(run, NOW)
    for text in (report_html(data), report_markdown(data), json.dumps(data)):
        for secret in SECRETS:
            assert secret not in text
    assert "********" in report_html(data)


def test_two_hundred_slots_stay_small():
    data = report_data(many(200), NOW)
    assert len(data["services"][0]["timeline"]) == 400
    assert len(report_html(data)) < 2_000_000
    assert len(report_markdown(data)) < 50_000
    assert len(json.dumps(data)) < 500_000


def test_the_page_is_for_light_dark_paper_and_for_ears():
    page = report_html(report_data(recorded("steps"), NOW))
    for text in ("prefers-color-scheme: dark", "@media print", 'lang="en"', 'role="img"', "aria-labelledby"):
        assert text in page
    for picture in re.findall(r"<svg[^>]*>", page):
        assert 'role="img"' in picture or 'aria-hidden="true"' in picture or 'overflow="visible"' in picture
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for used in re.findall(r'aria-labelledby="([^"]+)"', page):
        assert set(used.split()) <= set(ids)


def test_where_it_stands_now_is_shown():
    run = recorded("steps")
    page = report_html(report_data(run, NOW))
    assert "<dt>Tasks running</dt><dd>6 of 6</dd>" in page
    assert "changed outside" not in page
    assert "first release" in page
    run["status"].update(drifted=True, history=run["status"]["history"] * 4)
    page = report_html(report_data(run, NOW))
    assert "changed outside since its revision" in page
    assert "3 older ones" in page


def test_an_option_that_was_refused_makes_a_report_too():
    run = {"kind": "rollout", "name": "vote", "result": {"failed": True, "changed": False, "msg": "image: not usable"}}
    data = report_data(run, NOW)
    assert (data["outcome"], data["tone"], data["services"]) == ("failed", "bad", [])
    assert data["file"] == "vote-20261127T050000Z"
    assert "image: not usable" in report_html(data)
    assert "image: not usable" in report_markdown(data)


def test_a_stall_says_why():
    run = recorded("failed")
    assert "Why it stalled" not in report_html(report_data(run, NOW))
    run["result"]["rollout"]["stalled_on"] = 'a task cannot be placed: "no suitable <node>"'
    data = report_data(run, NOW)
    page, text = report_html(data), report_markdown(data)
    assert "Why it stalled" in page
    assert "A task cannot be placed: &#34;no suitable &lt;node&gt;&#34;." in page
    assert "### Why it stalled" in text


def test_check_mode_is_told_as_a_plan():
    run = recorded("steps")
    run["result"]["rollout"].update(outcome="planned", timeline=[])
    data = report_data(run, NOW)
    assert data["word"] == "Planned, nothing done"
    assert "What was changed" in report_html(data)


@pytest.mark.parametrize(
    ("name", "outcome", "tone"),
    [
        ("steps", "completed", "good"),
        ("failed", "rolled_back", "wary"),
        ("rollback", "completed", "good"),
        ("paused", "paused", "wary"),
        ("verify", "passed", "good"),
        ("gap", "rolled_back", "wary"),
        ("release", "completed", "good"),
        ("release_rolled_back", "rolled_back", "wary"),
    ],
)
def test_the_outcome_in_words(name: str, outcome: str, tone: str):
    data = report_data(recorded(name), NOW)
    assert (data["outcome"], data["tone"]) == (outcome, tone)


def test_the_figures_of_a_release_count_what_was_changed():
    figures = {one["label"]: one["value"] for one in report_data(recorded("release"), NOW)["figures"]}
    assert figures == {
        "Duration": "6.57 s",
        "Services changed": "4 of 5",
        "Waves changed": "3 of 4",
        "Failed tasks": "0",
    }


def test_what_to_type_next_follows_from_the_outcome():
    def commands(name: str) -> list[str]:
        return [one["command"] for one in report_data(recorded(name), NOW)["next"]]

    assert commands("steps")[0] == "ansible-playbook swarm.rollout.rollback -e rollback_service=vote"
    assert commands("release")[0] == "ansible-playbook swarm.rollout.rollback -e rollback_release=shop"
    assert "state=advanced" in commands("paused")[0]
    assert "state=aborted" in commands("paused")[1]
    assert commands("failed") == ["ansible-playbook swarm.rollout.status -e status_services=vote"]
    run = recorded("failed")
    run["name"] = "a b; rm -rf /"
    command = report_data(run, NOW)["next"][0]["command"]
    assert shlex.split(command)[-2:] == ["-e", '{"status_services": "a b; rm -rf /"}']


def test_filters_take_a_run_or_its_data_and_refuse_what_is_neither():
    data = data_filter.report_data(recorded("steps"))
    assert html_filter.report_html(data) == report_html(data)
    assert markdown_filter.report_markdown(data) == report_markdown(data)
    assert "<!DOCTYPE html>" in html_filter.report_html(recorded("steps"))
    for wrong in (None, "vote", {"name": "vote"}, {"kind": "dance", "name": "v", "result": {}}):
        for use in (data_filter.report_data, html_filter.report_html, markdown_filter.report_markdown):
            with pytest.raises(AnsibleFilterError, match=r"report_\w+: "):
                use(wrong)
    with pytest.raises(AnsibleFilterError, match="give one of rollout") as long:
        data_filter.report_data({"kind": "x" * 20_000, "name": "web", "result": {}})
    assert len(str(long.value)) <= 2000
    with pytest.raises(AnsibleFilterError, match="give the name"):
        data_filter.report_data({"kind": "rollout", "name": "", "result": {}})
