# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a lab is shown."""

from __future__ import annotations

from dataclasses import replace

from tests.lab import settings
from tests.lab.plan import LabPlan, plan_lab


def plan() -> LabPlan:
    """Two managers and a worker, all running."""
    made = plan_lab(
        "lab",
        engine="26",
        nodes=3,
        managers=2,
        subnet="10.213.0.0/24",
        port_is_free=lambda port: True,
    )
    return replace(made, nodes=tuple(replace(node, running=True) for node in made.nodes))


def test_everything_to_connect_is_there():
    shown = settings.describe(plan(), {}, {})

    assert shown["docker_host"] == "tcp://127.0.0.1:23751"
    assert shown["docker_hosts"] == ["tcp://127.0.0.1:23751", "tcp://127.0.0.1:23752"]
    assert [node["name"] for node in shown["managers"]] == ["node1", "node2"]
    assert [node["name"] for node in shown["workers"]] == ["node3"]
    assert shown["workers"][0]["ports"]["5000"] == "127.0.0.1:25008"
    assert shown["edge_url"] == "http://127.0.0.1:5000"
    assert shown["registry"] == {}


def test_docker_host_is_a_manager_that_runs():
    whole = plan()
    broken = replace(whole, nodes=(replace(whole.nodes[0], running=False), *whole.nodes[1:]))

    assert settings.describe(broken, {}, {})["docker_host"] == whole.nodes[1].docker_host


def test_the_edge_that_exists_is_the_edge():
    shown = settings.describe(plan(), {"vote": "http://127.0.0.1:5003"}, {})

    assert shown["edge_url"] == "http://127.0.0.1:5003"


def test_a_shell_gets_exports():
    lines = settings.exports(settings.describe(plan(), {}, {})).splitlines()

    assert lines == [
        "export DOCKER_HOST=tcp://127.0.0.1:23751",
        "export DOCKER_HOSTS=tcp://127.0.0.1:23751,tcp://127.0.0.1:23752",
    ]


def test_members_show_the_swarm_beside_the_container():
    listed = [
        {
            "Description": {"Hostname": "node1", "Engine": {"EngineVersion": "26.1.5"}},
            "Spec": {"Role": "manager", "Availability": "drain"},
            "Status": {"State": "ready"},
            "ManagerStatus": {"Leader": True, "Reachability": "reachable"},
        }
    ]

    rows = settings.members(plan(), {"node1": "running", "node2": "paused"}, listed)

    assert rows[0]["manager"] == "leader"
    assert rows[0]["availability"] == "drain"
    assert (rows[1]["container"], rows[1]["swarm"], rows[1]["role"]) == (
        "paused",
        "unknown",
        "manager (planned)",
    )
    assert rows[2]["container"] == "missing"


def test_a_table_is_aligned():
    assert settings.table([{"a": "1", "long": "x"}, {"a": "333", "long": ""}]) == "A    LONG\n1    x\n333"
    assert settings.table([]) == ""
