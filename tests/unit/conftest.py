# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all unit tests share: no sleeping, and a way to run a module as Ansible does."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, Callable

import pytest
from hypothesis import HealthCheck, settings

from ansible_collections.swarm.rollout.tests.arguments import INVOCATION, patch_module_args

# How fast the machine is says nothing about the code.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known, and let tests share a process."""
    config.addinivalue_line("markers", "sleeps: this test may call time.sleep")
    config.addinivalue_line("markers", "slow: this test tries everything there is; `make units-slow` runs it")
    # ansible-test forks for every single test, and with each fork goes what the tests before it have cached.
    if config.pluginmanager.has_plugin("ansible_forked"):
        config.pluginmanager.unregister(name="ansible_forked")


@pytest.fixture(autouse=True)
def no_sleep(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that would really wait: clocks and sleeps are parameters in this collection."""
    if request.node.get_closest_marker("sleeps"):
        return

    def refuse(seconds: float) -> None:
        raise AssertionError("a unit test wanted to sleep %s s; pass a fake sleep" % seconds)

    monkeypatch.setattr(time, "sleep", refuse)


@dataclass(frozen=True)
class ModuleRun:
    """How a module ended: its exit status, the JSON it printed, and all that it printed."""

    status: int
    result: dict[str, Any]
    printed: str = ""

    @property
    def failed(self) -> bool:
        """Whether the module reports failure."""
        return bool(self.result.get("failed"))


RunModule = Callable[..., ModuleRun]


@pytest.fixture
def run_module(capsys: pytest.CaptureFixture[str]) -> RunModule:
    """Run a module's ``main`` with options; ``check`` and ``diff`` as on the command line.

    Nothing of AnsibleModule is replaced: the result is parsed from what the module printed.
    """

    def run(main: Callable[[], None], check: bool = False, diff: bool = False, **options: Any) -> ModuleRun:
        arguments = dict(options, _ansible_check_mode=check, _ansible_diff=diff, **INVOCATION)
        capsys.readouterr()
        with patch_module_args(arguments), pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        code = ended.value.code
        return ModuleRun(
            status=code if isinstance(code, int) else 0,
            result=json.loads(printed.out),
            printed=printed.out + printed.err,
        )

    return run
