# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option of every module, given what nobody means: one sentence that names the option, and nothing written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._engine import command, http
from tests.unit.plugins.module_utils._core.spec.examples import EVERYTHING

from . import desk
from .effort import effort
from .hostile_values import hostile, places, replaced

if TYPE_CHECKING:
    from .hostile_values import Path

CHECKS: list[Any] = [
    {"name": "up", "tasks": {"healthy_for": "1s", "max_restarts": 0, "oom": True}},
    {
        "http": {
            "url": "http://127.0.0.1:9/x?y=z",
            "interval": "100ms",
            "timeout": "1s",
            "samples": 3,
            "max_failure": "1%",
            "max_latency_p95": "300ms",
            "expect": {"status": ["2xx", 301], "body": "ok"},
            "headers": {"Authorization": "Bearer x"},
            "validate_certs": False,
            "target": "service",
        }
    },
    {"baseline": {"url": "http://{address}/", "samples": 60, "min_samples": 50, "failure_margin": "1%"}},
    {"prometheus": {"url": "http://127.0.0.1:9", "query": "up", "min": 0.5, "window": "1m", "headers": {"A": "b"}}},
    {"command": {"argv": ["true", "x"], "timeout": "1s", "expect_rc": 0, "env": {"A": "b"}}},
]
AVAILABILITY: dict[str, Any] = {
    "url": "http://127.0.0.1:9/",
    "interval": "100ms",
    "timeout": "1s",
    "expect": {"status": [200]},
    "budget": "1%",
    "validate_certs": True,
}
CONNECTION: dict[str, Any] = {
    "docker_host": "tcp://127.0.0.1:2376",
    "tls": True,
    "tls_hostname": "manager",
    "api_version": "1.45",
    "timeout": 10,
    "use_ssh_client": False,
    "debug": False,
    "ca_path": "/tmp/ca.pem",
    "client_cert": "/tmp/cert.pem",
    "client_key": "/tmp/key.pem",
}
PATIENCE: dict[str, Any] = {"wait_timeout": "1m", "progress_deadline": "30s", "min_healthy_time": "1s"}
HISTORY: dict[str, Any] = {
    "change_cause": "because",
    "require_change_cause": True,
    "revision_history_limit": 5,
    "pin": True,
    "actor": {"user": "anna", "host": "laptop"},
}
SERVICE: dict[str, Any] = {
    **EVERYTHING,
    **HISTORY,
    "name": "web",
    "state": "present",
    "unspecified": "reset",
    "resolve_image": "false",
    "registry_auth": {"username": "u", "password": "pass-word"},
    "with_registry_auth": True,
    "allow_recreate": True,
    "strict": False,
    "steps": [1, "50%", "100%"],
    "step_pause": "1s",
    "lock_wait": "10s",
    "checks": CHECKS,
    "availability": AVAILABILITY,
}

# Each module with all that it takes, in a form that passes.
BASES: dict[str, list[dict[str, Any]]] = {
    "swarm_service": [{**CONNECTION, **PATIENCE, **SERVICE}],
    "swarm_service_rollback": [
        {
            **CONNECTION,
            **PATIENCE,
            **HISTORY,
            "name": "web",
            "from_image": "web:2",
            "to": "1",
            "keep_replicas": False,
            "force": True,
            "readiness": True,
            "rollback_config": EVERYTHING["rollback_config"],
            "availability": AVAILABILITY,
            "lock_wait": "1s",
        },
        {"name": "web", "to_image": "web:2"},
    ],
    "swarm_service_info": [
        {
            **CONNECTION,
            "name": ["web"],
            "labels": {},
            "history": True,
            "readiness": True,
            "releases": True,
            "cluster": True,
            "images": ["web:1"],
            "plan": {
                key: value
                for key, value in SERVICE.items()
                if key not in ("name", "state", "registry_auth", "availability")
            },
        }
    ],
    "swarm_rollout": [
        {
            **CONNECTION,
            **PATIENCE,
            "name": "web",
            "state": "verified",
            "checks": CHECKS,
            "change_cause": "look",
            "actor": {"user": "anna"},
        },
        {"name": "web", "state": "advanced", "to": "50%", "availability": AVAILABILITY, "lock_wait": "1s"},
    ],
    "swarm_release": [
        {
            **CONNECTION,
            **PATIENCE,
            **HISTORY,
            "name": "shop",
            "on_failure": "freeze",
            "point_of_no_return": "web",
            "parallel": 2,
            "prune": True,
            "lock_wait": "1s",
            "services": [
                {**SERVICE, "networks": [], "configs": [], "secrets": [], "depends_on": ["db"]},
                {"name": "db", "image": "db:3", "resolve_image": "false", "replicas": 2},
            ],
        },
        {"name": "shop", "to": "previous", "keep_replicas": False},
    ],
}
# Python warns of `[[` in the regular expression of a check, on a stream that Ansible shows to nobody.
pytestmark = pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")
CASES = [(module, number) for module, bases in BASES.items() for number in range(len(bases))]


def closed(*given: Any, **more: Any) -> Any:
    """No network, no programs: what options make of these is tested elsewhere."""
    raise OSError("there is no network here")


@pytest.fixture(autouse=True)
def closed_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that an option says reaches the machine."""
    monkeypatch.setattr(http, "_connect", closed)
    monkeypatch.setattr(command.subprocess, "Popen", closed)


@pytest.mark.parametrize(("module", "number"), CASES)
@pytest.mark.parametrize("check", [True, False])
def test_what_the_fuzzing_begins_with_passes(module: str, number: int, check: bool) -> None:
    swarm = desk.stocked()
    with desk.on_paper(swarm):
        ended = desk.run(module, BASES[module][number], check)
    desk.orderly(ended)
    assert not ended.failed or ended.result.get("error_kind") == "rollout", ended.message


words = re.compile(r"[a-z_0-9]+")


def names(module: str, path: Path) -> set[str]:
    """How a message may name what stands at that path."""
    found = {str(part) for part in path if isinstance(part, str)}
    # Another service that depends on one of another name is what is wrong then.
    return found | {"depends_on"} if module == "swarm_release" and path[-1:] == ("name",) else found


@pytest.mark.parametrize(("module", "number"), CASES)
@effort(30)
@given(data=st.data())
def test_a_hostile_value_is_a_sentence_that_names_its_option(module: str, number: int, data: st.DataObject) -> None:
    base = BASES[module][number]
    path = data.draw(st.sampled_from(list(places(base))[1:]), label="path")
    value = data.draw(hostile, label="value")
    check = data.draw(st.booleans(), label="check")
    swarm = desk.stocked()
    with desk.on_paper(swarm):
        ended = desk.run(module, replaced(base, path, value), check)
    desk.orderly(ended)
    if ended.failed and ended.result.get("error_kind") in (None, "option", "unsupported"):
        assert names(module, path) & set(words.findall(ended.message)), ended.message
        assert swarm.writes() == []
    if check:
        assert swarm.writes() == []
