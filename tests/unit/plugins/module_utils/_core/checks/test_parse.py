# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option `checks`: read, completed with defaults, refused with the full name of what is wrong."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.checks import CHECKS_ARGUMENTS
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.arguments import KINDS
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.parse import parse
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.placeholders import (
    NAMES,
    filled,
    prometheus_duration,
    used,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.settings import (
    BaselineSettings,
    CommandSettings,
    HttpSettings,
    PrometheusSettings,
    TasksSettings,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError

URL = "http://vote.example.org/health"
QUERY = 'max(errors{service="${service}", path=~"/api$"}[${window}])'

# One of each kind, as short as it may be.
SHORTEST: dict[str, dict[str, Any]] = {
    "tasks": {},
    "http": {"url": URL},
    "baseline": {"url": URL},
    "prometheus": {"url": "http://prometheus:9090", "query": "up", "max": 1},
    "command": {"cmd": "true"},
}


def one(kind: str, **more: Any) -> Any:
    """The settings of one check."""
    return parse([{kind: {**SHORTEST[kind], **more}}])[0].settings


def complaint(entry: Any) -> str:
    with pytest.raises(OptionError) as raised:
        parse([{"tasks": {}}, entry])
    return str(raised.value)


def test_nothing_given_is_no_check() -> None:
    assert parse(None) == ()
    assert parse([]) == ()


def test_defaults() -> None:
    tasks = one("tasks")
    assert isinstance(tasks, TasksSettings)
    assert (tasks.healthy_for, tasks.max_restarts, tasks.oom) == (10.0, 0, True)
    http = one("http")
    assert isinstance(http, HttpSettings)
    assert (http.target, http.samples, http.interval, http.timeout) == ("service", 50, 0.1, 2.0)
    assert (http.max_failure, http.max_latency, http.headers, http.validate_certs) == (Fraction(0), None, {}, True)
    baseline = one("baseline")
    assert isinstance(baseline, BaselineSettings)
    assert (baseline.target, baseline.samples, baseline.min_samples) == ("tasks", 100, 50)
    assert (baseline.failure_margin, baseline.latency_margin) == (Fraction(1, 100), Fraction(1, 2))
    prometheus = one("prometheus")
    assert isinstance(prometheus, PrometheusSettings)
    assert (prometheus.minimum, prometheus.maximum, prometheus.window) == (None, 1.0, 60 * 10**9)
    command = one("command")
    assert isinstance(command, CommandSettings)
    assert (command.argv, command.timeout, command.expect_rc, command.env) == (("true",), 60.0, 0, {})


def test_what_is_written_is_meant() -> None:
    http = one("http", target="tasks", port=8080, samples=7, interval=1, timeout="500ms", max_failure="0.05%")
    assert (http.target, http.port, http.samples, http.interval, http.timeout) == ("tasks", 8080, 7, 1.0, 0.5)
    assert http.max_failure == Fraction(5, 10_000)
    assert one("http", max_failure="0.29").max_failure == Fraction(29, 100)
    assert one("http", max_latency_p95="300ms", headers={"A": 1, "B": True}).headers == {"A": "1", "B": "true"}
    assert one("http", url="/health", target="tasks").url == "/health"
    assert parse([{"command": {"argv": ["a", "b c"]}}])[0].settings == one("command", cmd="a 'b c'")
    assert one("baseline", target="service", new="version=2").new.search("version=2.0")
    assert one("baseline", latency_margin="250%").latency_margin == Fraction(5, 2)


def test_names() -> None:
    checks = parse([{"http": {"url": URL}}, {"http": {"url": URL}}, {"name": "mine", "tasks": {}}, {"tasks": {}}])
    assert [check.name for check in checks] == ["http", "http 2", "mine", "tasks 2"]


@pytest.mark.parametrize(
    ("entry", "option"),
    [
        ("text", "checks[1]"),
        ({}, "checks[1]"),
        ({"name": "x"}, "checks[1]"),
        ({"tasks": {}, "command": {"cmd": "true"}}, "checks[1]"),
        ({"htpp": {}}, "checks[1].htpp"),
        ({"http": {"url": URL, "sample": 1}}, "checks[1].http.sample"),
        ({"http": {}}, "checks[1].http.url"),
        ({"http": {"url": "vote.example.org"}}, "checks[1].http.url"),
        ({"http": {"url": "/health"}}, "checks[1].http.url"),
        ({"http": {"url": URL, "samples": 0}}, "checks[1].http.samples"),
        ({"http": {"url": URL, "samples": 1.5}}, "checks[1].http.samples"),
        ({"http": {"url": URL, "interval": "0s"}}, "checks[1].http.interval"),
        ({"http": {"url": URL, "interval": "soon"}}, "checks[1].http.interval"),
        ({"http": {"url": URL, "timeout": -1}}, "checks[1].http.timeout"),
        ({"http": {"url": URL, "max_failure": "101%"}}, "checks[1].http.max_failure"),
        ({"http": {"url": URL, "max_failure": "few"}}, "checks[1].http.max_failure"),
        ({"http": {"url": URL, "target": "nodes"}}, "checks[1].http.target"),
        ({"http": {"url": URL, "port": 80}}, "checks[1].http.port"),
        ({"http": {"url": URL, "target": "tasks", "port": 65536}}, "checks[1].http.port"),
        ({"http": {"url": URL, "headers": ["A: b"]}}, "checks[1].http.headers"),
        ({"http": {"url": URL, "headers": {"A": ["b"]}}}, "checks[1].http.headers.A"),
        ({"http": {"url": URL, "validate_certs": "perhaps"}}, "checks[1].http.validate_certs"),
        ({"http": {"url": URL, "expect": {"status": "fine"}}}, "checks[1].http.expect"),
        ({"tasks": {"healthy_for": "-1s"}}, "checks[1].tasks.healthy_for"),
        ({"tasks": {"max_restarts": -1}}, "checks[1].tasks.max_restarts"),
        ({"tasks": {"oom": 3}}, "checks[1].tasks.oom"),
        ({"baseline": {"url": URL, "target": "service"}}, "checks[1].baseline.new"),
        ({"baseline": {"url": URL, "new": "x"}}, "checks[1].baseline.new"),
        ({"baseline": {"url": URL, "old": "x"}}, "checks[1].baseline.old"),
        ({"baseline": {"url": URL, "target": "service", "new": "("}}, "checks[1].baseline.new"),
        ({"baseline": {"url": URL, "samples": 10}}, "checks[1].baseline.min_samples"),
        ({"baseline": {"url": URL, "failure_margin": "-1%"}}, "checks[1].baseline.failure_margin"),
        ({"prometheus": {"url": "http://p", "query": "up"}}, "checks[1].prometheus.max"),
        ({"prometheus": {"url": "http://p", "max": 1}}, "checks[1].prometheus.query"),
        ({"prometheus": {"url": "p:9090", "query": "up", "max": 1}}, "checks[1].prometheus.url"),
        ({"prometheus": {"url": "http://p", "query": "up", "max": "nan"}}, "checks[1].prometheus.max"),
        ({"prometheus": {"url": "http://p", "query": "up", "max": 1, "min": 2}}, "checks[1].prometheus.min"),
        ({"prometheus": {"url": "http://p", "query": "${nobody}", "max": 1}}, "checks[1].prometheus.query"),
        ({"prometheus": {"url": "http://p", "query": "u", "max": 1, "window": "1us"}}, "checks[1].prometheus.window"),
        ({"command": {}}, "checks[1].command.argv"),
        ({"command": {"argv": ["a"], "cmd": "a"}}, "checks[1].command.argv"),
        ({"command": {"argv": [""]}}, "checks[1].command.argv"),
        ({"command": {"cmd": "echo 'a"}}, "checks[1].command.cmd"),
        ({"command": {"cmd": "true", "expect_rc": 256}}, "checks[1].command.expect_rc"),
        ({"command": {"cmd": "true", "env": "A=b"}}, "checks[1].command.env"),
    ],
)
def test_what_cannot_be_used_is_named(entry: Any, option: str) -> None:
    said = complaint(entry)
    assert said.startswith(option)
    assert said[len(option)] in ":."
    assert "\n" not in said


def test_no_complaint_shows_a_password() -> None:
    assert "s3cret" not in complaint({"http": {"url": "ftp://user:s3cret@host/"}})
    assert "s3cret" not in complaint({"prometheus": {"url": "ftp://user:s3cret@host/", "query": "up", "max": 1}})
    assert "s3cret" not in complaint({"http": {"url": URL, "headers": "Authorization: s3cret"}})
    assert "s3cret" not in complaint({"http": {"url": URL, "headers": {"Authorization": ["s3cret"]}}})
    assert "s3cret" not in complaint({"command": {"cmd": "login --password=s3cret 'a"}})


def test_settings_do_not_show_headers_and_arguments() -> None:
    shown = repr(one("http", headers={"Authorization": "s3cret"})) + repr(one("command", cmd="a", env={"B": "s3cret"}))
    assert "s3cret" not in shown


@pytest.mark.parametrize("kind", KINDS)
def test_options_that_ansible_has_completed_mean_the_same(kind: str) -> None:
    given_ = [{kind: SHORTEST[kind]}]
    validated = ArgumentSpecValidator({"checks": CHECKS_ARGUMENTS}).validate({"checks": given_})
    assert not validated.error_messages
    assert parse(validated.validated_parameters["checks"]) == parse(given_)


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "x"},
        {"tasks": {}, "command": {"cmd": "true"}},
        {"prometheus": {"url": "http://p", "query": "up"}},
        {"command": {"argv": ["a"], "cmd": "a"}},
        {"command": {}},
    ],
)
def test_ansible_refuses_it_too(entry: Any) -> None:
    assert ArgumentSpecValidator({"checks": CHECKS_ARGUMENTS}).validate({"checks": [entry]}).error_messages


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
OPTION_NAMES = sorted({name for kind in KINDS for name in CHECKS_ARGUMENTS["options"][kind]["options"]})


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(OPTION_NAMES), JSON, max_size=4))
def test_whatever_is_given_ends_in_checks_or_one_sentence(kind: str, options: dict[str, Any]) -> None:
    said = ""
    try:
        found = parse([{kind: {**SHORTEST[kind], **options}}])
    except OptionError as error:
        said = str(error)
    assert said.startswith("checks[0].") if said else [check.kind for check in found] == [kind]


def test_placeholders() -> None:
    assert used(QUERY) == {"service", "window"}
    sent = filled(QUERY, {"service": "vote", "window": "1m"})
    assert sent == 'max(errors{service="vote", path=~"/api$"}[1m])'
    assert filled('x{task=~"${old_tasks}"}', {"old_tasks": ""}) == 'x{task=~"-"}'
    parse([{"prometheus": {"url": "http://p", "query": "".join("${%s}" % name for name in NAMES), "max": 1}}])


def test_placeholders_and_ansible_templates_leave_each_other_alone() -> None:
    # Managed hosts, where this runs as well, have no Jinja.
    jinja2 = pytest.importorskip("jinja2")
    template = 'up{service="${service}", zone="{{ zone }}"}'
    rendered = jinja2.Environment(autoescape=True).from_string(template).render(zone="eu")
    assert rendered == 'up{service="${service}", zone="eu"}'


@given(st.integers(1, 10**9))
def test_durations_for_prometheus_are_exact(count: int) -> None:
    text = prometheus_duration(count * 10**6)
    size = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
    unit = text.lstrip("0123456789")
    assert int(text[: -len(unit)]) * size[unit] == count
