# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the probes say."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.availability import Budget, Settings
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.certificate import certificate, sentence
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.gaps import find_gaps
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.probe import Probe
from ansible_collections.swarm.rollout.plugins.module_utils._core.times import instant, written

# 2023-11-14T22:13:20Z
T0 = 1700000000.0
SETTINGS = Settings("http://me:s3cret@vote.example.org/", interval=0.5)


def probes(pattern: str, *, versions: str = "", interval: float = 0.5, seconds: float = 0.02) -> list[Probe]:
    """One probe per letter: `.` good, `x` failed, `t` timed out, blank left out."""
    told = versions or " " * len(pattern)
    made = []
    for place, letter in enumerate(pattern):
        if letter != " ":
            fault = {".": "", "x": "HTTP 500", "t": "timed out"}[letter]
            took = 2.0 if letter == "t" else seconds
            made.append(Probe(T0 + place * interval, 0.0, took, fault, told[place].strip()))
    return made


def certify(pattern: str, events: Any = (), **more: Any) -> dict[str, Any]:
    return certificate(SETTINGS, probes(pattern, **more), events, T0 + 1.5)


def test_all_went_well() -> None:
    cert = certify("." * 10)
    assert (cert["probes"], cert["failures"], cert["success_rate"]) == (10, 0, 100.0)
    assert (cert["longest_gap"], cert["gaps"]) == (0.0, [])
    assert (cert["budget"], cert["within_budget"]) == (None, None)
    assert cert["started_at"] == "2023-11-14T22:13:20.000Z"
    assert cert["finished_at"] == "2023-11-14T22:13:24.520Z"
    assert sentence(cert) == "availability 100% (10 probes)"


def test_a_gap_reaches_from_good_to_good() -> None:
    cert = certify("...xt....x..")
    assert cert["longest_gap"] == 1.5
    assert [(gap["began_at"][-7:], gap["seconds"], gap["failures"], gap["faults"]) for gap in cert["gaps"]] == [
        ("21.000Z", 1.5, 2, {"HTTP 500": 1, "timed out": 1}),
        ("24.000Z", 1.0, 1, {"HTTP 500": 1}),
    ]
    assert sentence(cert) == "availability 75.000% (3 of 12 probes failed, longest gap 1.50 s)"


def test_open_gaps_reach_to_the_edge() -> None:
    assert certify("xx..")["longest_gap"] == 1.0
    assert certify("..xt")["longest_gap"] == 3.0
    assert certify("xxxt")["longest_gap"] == 3.5


def test_probes_left_out_within_a_gap_make_it_no_shorter() -> None:
    cert = certify("..x   x..")
    assert cert["longest_gap"] == 3.0
    assert cert["missed"] == 3


def test_the_order_in_which_probes_ended_does_not_matter() -> None:
    made = probes("..xt..x..")
    assert certificate(SETTINGS, made[::-1], (), T0) == certificate(SETTINGS, made, (), T0)


def test_the_twenty_longest_gaps_are_shown() -> None:
    cert = certify("".join("." + "x" * count for count in range(1, 31)) + ".")
    assert [gap["failures"] for gap in cert["gaps"]] == list(range(30, 10, -1))


def test_one_failure_never_rounds_to_a_hundred() -> None:
    cert = certify("x" + "." * 199999)
    assert cert["success_rate"] == 99.999
    assert sentence(cert).startswith("availability 99.999% (1 of 200000 ")


@given(st.text(alphabet=".xt", min_size=1, max_size=80))
def test_the_figures_agree(pattern: str) -> None:
    cert = certify(pattern)
    failures = len(pattern) - pattern.count(".")
    assert cert["probes"] == len(pattern)
    assert cert["failures"] == failures
    assert (cert["success_rate"] == 100) == (failures == 0)
    assert cert["success_rate"] <= 100 * (1 - failures / len(pattern)) + 1e-9
    assert bool(cert["gaps"]) == (failures > 0)
    assert cert["longest_gap"] == max([gap["seconds"] for gap in cert["gaps"]], default=0.0)
    if len(cert["gaps"]) < 20:
        assert sum(gap["failures"] for gap in cert["gaps"]) == failures
        assert sum(sum(gap["faults"].values()) for gap in cert["gaps"]) == failures
    assert cert["missed"] == 0
    json.dumps(cert, allow_nan=False)


@given(st.text(alphabet=".xt ", min_size=1, max_size=80))
def test_a_gap_is_what_lies_between_two_good_answers(pattern: str) -> None:
    made = probes(pattern)
    gaps = find_gaps(made)
    assert [probe for gap in gaps for probe in gap.failed] == [probe for probe in made if not probe.ok]
    assert all(later.began >= earlier.ended for earlier, later in zip(gaps, gaps[1:]))
    for gap in gaps:
        assert gap.began <= gap.failed[0].began <= gap.failed[-1].began <= gap.ended
        assert not [probe for probe in made if probe.ok and gap.began < probe.began < gap.ended]


@given(st.text(alphabet=".xt", min_size=1, max_size=80))
def test_the_sentence_says_the_figures_and_hides_no_failure(pattern: str) -> None:
    cert = certify(pattern)
    said = re.fullmatch(
        r"availability (100|\d\d?\.\d{3})% \((?:(\d+) of )?(\d+) probes(?: failed, longest gap (\d+\.\d\d) s)?\)",
        sentence(cert),
    )
    assert said is not None
    assert (int(said[2] or 0), int(said[3])) == (cert["failures"], len(pattern))
    assert (said[1] == "100") == (said[4] is None) == (cert["failures"] == 0)
    assert float(said[1]) == cert["success_rate"]


@given(st.text(alphabet=".x ", max_size=80).map(lambda middle: "." + middle + "."))
def test_places_left_out_are_counted(pattern: str) -> None:
    assert certify(pattern)["missed"] == pattern.count(" ")


def test_the_budget_is_judged() -> None:
    made = probes("." * 100 + "xx")
    kept = certificate(replace(SETTINGS, budget=Budget(count=2)), made, (), T0)
    assert (kept["budget"], kept["within_budget"]) == ("2", True)
    spent = certificate(replace(SETTINGS, budget=Budget.parse("1%", "b")), made, (), T0)
    assert (spent["budget"], spent["within_budget"]) == ("1%", False)
    assert sentence(spent) == (
        "availability 98.039% (2 of 102 probes failed, longest gap 1.02 s), over the budget of 1%"
    )


def test_what_was_not_made_is_said() -> None:
    assert sentence(certify("..  .")) == "availability 100% (3 probes, 2 more could not be made in time)"
    empty = certificate(SETTINGS, (), (), T0)
    assert empty["success_rate"] is None
    assert (empty["started_at"], empty["finished_at"]) == (None, None)
    assert sentence(empty) == "availability not measured (no probe was made)"


def test_what_happened_around_a_gap_stands_beside_it() -> None:
    moments = {"before": 21.0 - 2.1, "stop": 21.0 - 1.9, "within": 21.7, "start": 22.5 + 1.9, "after": 22.5 + 2.1}
    events = [{"at": written(T0 - 20 + second), "what": what} for what, second in moments.items()]
    cert = certify("...xx....", events=[*events, {"at": "nonsense"}, {}])
    assert cert["gaps"][0]["began_at"] == written(T0 + 1.0)
    assert [event["what"] for event in cert["gaps"][0]["events"]] == ["stop", "within", "start"]


def test_old_and_new_are_told_apart_by_when_they_were_first_seen() -> None:
    made = [replace_seconds(p, 0.3 if p.version == "b" else 0.1) for p in probes("......x", versions="aaababb")]
    latency = certificate(SETTINGS, made, (), T0 + 1.5)["latency"]
    assert latency["old"] == {"p50": 0.1, "p95": 0.1, "p99": 0.1}
    assert latency["new"] == {"p50": 0.3, "p95": 0.3, "p99": 0.3}
    assert latency["all"] == {"p50": 0.1, "p95": 0.3, "p99": 0.3}


def replace_seconds(probe: Probe, seconds: float) -> Probe:
    return probe._replace(seconds=seconds)


def test_without_versions_there_is_no_old_and_new() -> None:
    cert = certify("....xx")
    assert (cert["latency"]["old"], cert["latency"]["new"]) == (None, None)
    assert cert["latency"]["all"] == {"p50": 0.02, "p95": 0.02, "p99": 0.02}
    assert cert["versions"] == {}
    assert certify("xx")["latency"]["all"] is None
    # The same version all along, and a service that was not there before.
    assert certify("......", versions="aaaaaa")["latency"]["new"] is None
    assert certify("xxx...", versions="   aaa")["latency"]["old"] is None


def test_versions_are_counted_and_never_fill_the_result() -> None:
    assert certify("..x.", versions="abba")["versions"] == {"a": 2, "b": 2}
    many = [probe._replace(version=str(number)) for number, probe in enumerate(probes("." * 100))]
    assert certificate(SETTINGS, many, (), T0)["versions"].pop("others") == 80


@pytest.mark.parametrize(("late", "counted"), [(0.2, 0), (0.251, 1), (0.9, 1)])
def test_late_is_later_than_half_an_interval(late: float, counted: int) -> None:
    made = [probe._replace(late=late if number == 3 else 0.001) for number, probe in enumerate(probes("......"))]
    cert = certificate(SETTINGS, made, (), T0)
    assert cert["late"] == {"probes": counted, "longest": late if counted else 0.0}


def test_fifty_milliseconds_are_never_late() -> None:
    made = [probe._replace(late=0.049) for probe in probes("...", interval=0.01)]
    assert certificate(replace(SETTINGS, interval=0.01), made, (), T0)["late"]["probes"] == 0


def test_a_late_probe_counts_where_it_began() -> None:
    made = probes("...")
    made[1] = made[1]._replace(late=0.4, fault="HTTP 502")
    made[0] = made[0]._replace(late=0.1)
    cert = certificate(SETTINGS, made, (), T0)
    assert instant(cert["started_at"]) == pytest.approx(T0 + 0.1, abs=0.001)
    assert cert["longest_gap"] == 0.9


def test_no_password_is_shown() -> None:
    assert certify("..x")["url"] == "http://vote.example.org/"
