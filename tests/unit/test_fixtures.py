# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixtures of this folder do what they say."""

from __future__ import annotations

import time
from types import BuiltinFunctionType

import pytest
from ansible.module_utils.basic import AnsibleModule

from .conftest import RunModule


def main() -> None:
    """Run a module that returns its option."""
    module = AnsibleModule(argument_spec={"name": {"type": "str", "required": True}}, supports_check_mode=True)
    if module.params["name"] == "bad":
        module.fail_json(msg="bad name", changed=True)
    module.exit_json(changed=not module.check_mode, name=module.params["name"])


def test_a_module_returns_its_result(run_module: RunModule) -> None:
    run = run_module(main, name="web")
    assert (run.status, run.failed) == (0, False)
    assert run.result["name"] == "web"
    assert run.result["changed"] is True


def test_check_mode_reaches_the_module(run_module: RunModule) -> None:
    assert run_module(main, check=True, name="web").result["changed"] is False


def test_a_failure_keeps_the_result(run_module: RunModule) -> None:
    run = run_module(main, name="bad")
    assert (run.status, run.failed) == (1, True)
    assert run.result["msg"] == "bad name"
    assert run.result["changed"] is True


def test_a_missing_option_is_refused(run_module: RunModule) -> None:
    assert "missing required arguments: name" in run_module(main).result["msg"]


def test_sleeping_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"wanted to sleep 0\.1 s"):
        time.sleep(0.1)


@pytest.mark.sleeps
def test_sleeping_can_be_allowed() -> None:
    assert isinstance(time.sleep, BuiltinFunctionType)
