# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a progressive rollout."""

from __future__ import annotations

import pytest
import yaml

from ansible_collections.swarm.rollout.plugins.doc_fragments.steps import ModuleDocFragment
from ansible_collections.swarm.rollout.plugins.module_utils._core import steps
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError


def test_nothing_given():
    assert steps.parse({}) == (None, steps.Way(lock_wait=0.0))
    assert steps.parse({"steps": []})[0] is None


def test_all_given():
    schedule, way = steps.parse({"steps": [1], "step_pause": "1m30s", "on_failed_check": "pause", "lock_wait": "5m"})
    assert schedule is not None
    assert schedule.text == "1,100%"
    assert way == steps.Way(pause=90.0, manual=False, abort=False, lock_wait=300.0)


def test_a_manual_pause_is_no_duration():
    assert steps.parse({"steps": [1], "step_pause": "manual"})[1] == steps.Way(manual=True, lock_wait=0.0)


@pytest.mark.parametrize("option", ["step_pause", "lock_wait"])
def test_a_bad_duration_is_named(option):
    with pytest.raises(OptionError, match='^%s: "soon" is not usable: give a duration' % option):
        steps.parse({option: "soon"})


def test_the_documentation_has_the_same_options():
    documented = {
        **yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"],
        **yaml.safe_load(ModuleDocFragment.SCHEDULE)["options"],
    }
    keys = ("type", "elements", "choices", "default")
    assert {name: {key: one[key] for key in keys if key in one} for name, one in documented.items()} == {
        name: {key: one[key] for key in keys if key in one} for name, one in steps.STEPS_ARGUMENTS.items()
    }
