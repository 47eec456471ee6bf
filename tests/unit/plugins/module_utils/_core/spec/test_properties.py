# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of the whole table: what holds for any service and any task."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.table import FIELDS
from ansible_collections.swarm.rollout.tests.unit.plugins.module_utils._core.spec.examples import REFS, rich
from ansible_collections.swarm.rollout.tests.unit.plugins.module_utils._core.spec.strategies import (
    JSON,
    PARAMS,
    WRITABLE,
    form_of,
)

# The first examples of so large a strategy take a while to draw.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Unknown fields may stand anywhere between the known ones.
_SPOTS: tuple[tuple[str, ...], ...] = (
    (),
    ("TaskTemplate",),
    ("TaskTemplate", "ContainerSpec"),
    ("TaskTemplate", "Resources"),
    ("TaskTemplate", "Placement"),
    ("UpdateConfig",),
    ("EndpointSpec",),
)


@st.composite
def services(draw: Any) -> dict[str, Any]:
    """Any service: what some task made of the rich one, or of nothing, with unknown fields strewn in."""
    params = {"image": "nginx", **draw(PARAMS)}
    before = draw(st.sampled_from([None, rich()]))
    service = spec.overlay(before, spec.parse(params), REFS, name="web").spec
    for spot in draw(st.lists(st.sampled_from(_SPOTS), max_size=3)):
        inner = service
        for key in spot:
            inner = inner.setdefault(key, {})
        inner["X" + draw(st.text("PQR", min_size=1, max_size=2))] = draw(JSON)
    return json.loads(json.dumps(service))


@pytest.mark.parametrize("option", WRITABLE)
def test_what_is_shown_can_be_written_again(option):
    row = FIELDS[option]

    @settings(max_examples=40)
    @given(form_of(option))
    def check(form):
        value = row.parse(form)
        shown = row.kind.show(value, spec.NO_REFERENCES)
        again = row.default if shown is None else row.parse(shown)
        assert row.kind.same(again, value)

    check()


@pytest.mark.parametrize("option", WRITABLE)
def test_what_is_written_is_read_again(option):
    row = FIELDS[option]

    @settings(max_examples=40)
    @given(form_of(option))
    def check(form):
        value = row.kind.settle(row.parse(form), row.default, REFS, option)
        service: dict[str, Any] = {"Mode": {"Replicated": {"Replicas": 1}}}
        row.write(service, value)
        assert row.kind.same(row.read(json.loads(json.dumps(service))), value)

    check()


@PATIENT
@given(services())
def test_a_task_that_says_nothing_changes_nothing(service):
    before = copy.deepcopy(service)
    result = spec.overlay(service, spec.parse({}), REFS, name="web")
    assert json.dumps(result.spec) == json.dumps(before)
    assert not result.differs
    assert service == before


@PATIENT
@given(services(), PARAMS)
def test_a_second_run_changes_nothing(service, params):
    desired = spec.parse(params)
    once = spec.overlay(service, desired, REFS, name="web")
    again = spec.overlay(json.loads(json.dumps(once.spec)), desired, REFS, name="web")
    assert not again.differs
    assert again.spec == once.spec


@PATIENT
@given(services(), PARAMS)
def test_only_what_is_mentioned_changes(service, params):
    desired = spec.parse(params)
    result = spec.overlay(service, desired, REFS, name="web")
    assert {change.option for change in result.changes} <= set(desired.values)
    if not result.changes:
        assert result.spec == service


@PATIENT
@given(services(), PARAMS)
def test_every_mentioned_value_is_there_afterwards(service, params):
    desired = spec.parse(params)
    result = spec.overlay(service, desired, REFS, name="web")
    missing = []
    for option, value in desired.values.items():
        row = FIELDS[option]
        settled = row.kind.settle(value, row.read(service), REFS, option)
        if not row.kind.same(row.read(result.spec), settled):
            missing.append(option)
    assert missing == []


@PATIENT
@given(services(), PARAMS)
def test_changes_say_where_two_specs_differ_and_nothing_else(service, params):
    after = spec.overlay(service, spec.parse(params), REFS, name="web")
    assert spec.differences(service, after.spec, REFS) == after.changes
    assert spec.differences(after.spec, after.spec, REFS) == ()
    old, new = spec.diff(service, after.spec, REFS)
    assert bool(old or new) == bool(after.changes)


@PATIENT
@given(services())
def test_a_shown_service_laid_over_itself_changes_nothing(service):
    shown = spec.show(service, REFS, masked=False)
    shown.pop("force_update")
    assert not spec.overlay(service, spec.parse(shown), REFS, name="web").differs


@PATIENT
@given(services())
def test_an_own_task_runs_the_service(service):
    assert spec.same_task_spec(service["TaskTemplate"], service)


@PATIENT
@given(services(), PARAMS)
def test_reset_brings_a_service_to_what_a_new_one_would_be(service, params):
    desired = spec.parse({"image": "nginx:1.27", "replicas": 2, **params})
    reset = spec.overlay(service, desired, REFS, name="web", unspecified="reset")
    new = spec.overlay(None, desired, REFS, name="web")
    others = []
    for option, row in FIELDS.items():
        left, right = row.read(reset.spec), row.read(new.spec)
        if option in ("labels", "container_labels"):
            left = {name: value for name, value in left.items() if not name.startswith("com.docker.stack.")}
        if option == "init" and left is False:
            left = right  # what the CLI writes into every service is left alone
        if not row.kind.same(left, right):
            others.append(option)
    assert set(others) <= {"force_update", "image", "mode"}
