# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option `availability`: its values, its budget, its documentation."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.doc_fragments.availability import ModuleDocFragment
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability import (
    AVAILABILITY_ARGUMENTS,
    Budget,
    needs_waiting,
    parse,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError

URL = "http://vote.example.org/"


def test_only_a_url_is_needed() -> None:
    settings = parse({"url": URL})
    assert settings is not None
    assert (settings.interval, settings.timeout, settings.validate_certs) == (0.5, 2.0, True)
    assert settings.budget is None
    assert settings.version is None
    assert parse(None) is None


def test_everything_is_read() -> None:
    raw = {"url": URL, "interval": "50ms", "timeout": 1, "budget": "5", "version": "v=(.*)", "validate_certs": False}
    settings = parse({**raw, "expect": {"status": ["204"], "body": "ok"}})
    assert settings is not None
    assert (settings.interval, settings.timeout, settings.validate_certs) == (0.05, 1.0, False)
    assert settings.budget == Budget(count=5)
    assert settings.version is not None
    assert settings.expect.status == ((204, 204),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("url", None),
        ("url", ""),
        ("url", "vote"),
        ("url", 5),
        ("interval", "9ms"),
        ("interval", "soon"),
        ("timeout", "0"),
        ("budget", "1.5"),
        ("version", "("),
        ("version", "(a)|(b)"),
        ("expect.status", "many"),
        ("expect.body", "("),
    ],
)
def test_what_is_wrong_is_named(name: str, value: Any) -> None:
    first, dot, second = name.partition(".")
    with pytest.raises(OptionError) as caught:
        parse({"url": URL, first: {second: value} if dot else value})
    assert caught.value.option == "availability." + name


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(OptionError) as caught:
        parse({"url": "http://me:s3cret@host:port/"})
    assert "s3cret" not in str(caught.value)
    settings = parse({"url": "http://me:s3cret@host/"})
    assert "s3cret" not in repr(settings)


def test_no_waiting_no_measuring() -> None:
    assert "wait" in str(needs_waiting())


@pytest.mark.parametrize(
    ("raw", "budget"),
    [
        (None, None),
        ("", None),
        ("0", Budget(count=0)),
        (7, Budget(count=7)),
        ("0.5%", Budget(share=Fraction(1, 200))),
        (" 10 % ", Budget(share=Fraction(1, 10))),
        ("0%", Budget(share=Fraction(0))),
    ],
)
def test_budgets_are_counts_or_shares(raw: Any, budget: Budget | None) -> None:
    assert Budget.parse(raw, "b") == budget


@pytest.mark.parametrize(
    "raw", ["-1", "0.5", "101%", "-1%", "%", "few", "1e999999999", "1e-999999999%", "1e999999999%", True, "0.1.2%"]
)
def test_other_budgets_are_refused(raw: Any) -> None:
    with pytest.raises(OptionError, match=r"^b: .* such as 0\.5%"):
        Budget.parse(raw, "b")


@given(st.integers(0, 10**6))
def test_a_budget_is_written_as_it_is_read(number: int) -> None:
    share = "%d.%04d" % divmod(number, 10**4)
    text = share.rstrip("0").rstrip(".") + "%"
    assert str(Budget.parse(text, "b")) == text
    assert str(Budget.parse(str(number), "b")) == str(number)


@pytest.mark.parametrize(
    ("budget", "probes", "failures", "text"),
    [
        ("0", 400, 0, ""),
        ("0", 1, 1, "1 of 1 probes failed (100.00%), over the budget of 0"),
        ("5", 400, 5, ""),
        ("5", 400, 6, "6 of 400 probes failed (1.50%), over the budget of 5"),
        ("1%", 400, 4, ""),
        ("1%", 400, 12, "12 of 400 probes failed (3.00%), over the budget of 1%"),
        # One of five is not 20%.
        ("1%", 5, 1, ""),
        ("1%", 5, 2, "2 of 5 probes failed (40.00%), over the budget of 1%"),
        ("0%", 1000, 1, "1 of 1000 probes failed (0.10%), over the budget of 0%"),
        # Just over it is not shown as equal to it.
        ("1%", 199999, 2000, "2000 of 199999 probes failed (1.00001%), over the budget of 1%"),
    ],
)
def test_what_is_over_budget_is_said(budget: str, probes: int, failures: int, text: str) -> None:
    parsed = Budget.parse(budget, "b")
    assert parsed is not None
    assert parsed.exceeded(probes, failures) == text


@given(st.integers(0, 10**5), st.integers(0, 10**5), st.integers(0, 1000))
def test_one_failure_more_never_helps(probes: int, failures: int, tenths: int) -> None:
    budget = Budget(share=Fraction(tenths, 1000))
    probes = max(probes, failures)
    over = bool(budget.exceeded(probes, failures))
    assert over == (failures * 1000 > tenths * max(probes, 100))
    assert not over or budget.exceeded(probes + 1, failures + 1) or tenths == 1000


def test_documented_as_it_is() -> None:
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    _compare(documented, {"availability": AVAILABILITY_ARGUMENTS})


def _compare(documented: dict[str, Any], table: dict[str, Any]) -> None:
    assert set(documented) == set(table)
    for name, entry in documented.items():
        kept = ("type", "elements", "default", "required", "choices")
        assert {k: entry[k] for k in kept if k in entry} == {k: table[name][k] for k in kept if k in table[name]}
        assert entry["description"]
        _compare(entry.get("suboptions", {}), table[name].get("options", {}))
