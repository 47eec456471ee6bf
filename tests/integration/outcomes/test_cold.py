# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module does the same in a Python of its own, as on a host, and in a fork, as in nearly all tests."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.integration.outcomes.test_both_ways import steady
from tests.integration.running import ROOT, Ran, Running
from tests.integration.stage import Stage


def runs(name: str, host: str) -> dict[str, dict[str, Any]]:
    """The options of each module for a run that changes nothing, and loads as much of the collection as it can."""
    to_manager = {"name": name, "docker_host": host, "_ansible_check_mode": True, "_ansible_diff": True}
    # What is said of a registry that does not answer has the port that was asked from.
    image = {"image": "web:2", "resolve_image": "false"}
    entry = {"name": name, **image, "steps": [1, "100%"], "checks": [{"tasks": {"healthy_for": "1s"}}]}
    return {
        "swarm_service": {**to_manager, **entry, "env": {"DB_PASSWORD": "hunter22"}},
        "swarm_service_info": {**to_manager, "history": True, "readiness": True},
        "swarm_service_rollback": {**to_manager, "to": "1"},
        "swarm_rollout": {**to_manager, "state": "promoted"},
        "swarm_release": {**to_manager, "services": [entry]},
        # It has no check mode worth the name: nobody listens there.
        "webhook": {"url": "http://127.0.0.1:1/", "body": {"text": name}},
    }


def comparable(ran: Ran) -> tuple[int, set[str], str, list[str]]:
    """What two runs have in common: numbers of seconds stand in sentences as well."""
    told = re.sub(r"\b\d+(\.\d+)? s\b", "some s", json.dumps(steady(ran.result), sort_keys=True))
    # The result is one line of standard output; behind it stands what came on the standard error.
    return ran.status, set(ran.result), told, ran.output.strip().splitlines()[1:]


def test_modules_do_the_same_cold_and_forked(stage: Stage):
    stage.have("web:1")
    options = runs(stage.name, stage.host)
    assert set(options) == {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}
    started = {
        module: [Running(module, given, cold=cold) for cold in (True, False)] for module, given in options.items()
    }
    for module, (cold, forked) in started.items():
        assert (cold.cold, forked.cold) == (True, False)
        one, other = cold.wait(), forked.wait()
        assert one.failed is (module == "webhook"), one.msg
        assert comparable(one) == comparable(other), module
