# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shop of the guide, released from its infrastructure repository as the guide tells."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.cluster import Cluster
from tests.integration.running import ROOT
from tests.lab.lab import Lab

REPOSITORY = Path(__file__).parent / "repository"
GUIDE = (ROOT / "docs" / "guides" / "releases.md").read_text(encoding="utf-8")
SERVICES = ("db", "mail", "catalog", "cart", "api", "worker", "web")


@pytest.fixture
def cluster(lab: Lab) -> Iterator[Cluster]:
    """An empty lab that has the shop's images and its network."""
    lab.clean()
    lab.shop()
    found = Cluster(lab.settings()["docker_host"])
    found.engine.post("/networks/create", {"Name": "shop", "Driver": "overlay"})
    yield found
    lab.clean()


def play(lab: Lab, name: str, *arguments: str) -> tuple[int, str]:
    """Run a playbook of the repository; its exit status and what it printed."""
    hosts = json.dumps({"docker_hosts": list(lab.settings()["docker_hosts"])})
    ran = subprocess.run(
        ["ansible-playbook", "-i", "inventory.yml", f"{name}.yml", "-e", hosts, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"},
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    return ran.returncode, ran.stdout + ran.stderr


def images(cluster: Cluster) -> dict[str, dict[str, int]]:
    """What serves."""
    return {name: cluster.serving(name) for name in SERVICES}


@pytest.mark.parametrize("name", ["inventory.yml", "group_vars/shop.yml", "release.yml", "rollback.yml"])
def test_the_guide_shows_the_repository_as_it_is(name: str) -> None:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    shown = text.split("SPDX-License-Identifier: GPL-3.0-or-later\n\n", 1)[1]
    assert shown in GUIDE


def test_the_repository_releases_the_shop_and_puts_it_back(lab: Lab, cluster: Cluster) -> None:
    status, told = play(lab, "release", "--check", "--diff")
    assert (status, "release shop: 8 of 8 services" in told) == (0, True), told
    assert not cluster.engine.get("/services")

    status, told = play(lab, "release")
    assert (status, "release 1 completed" in told) == (0, True), told
    first = images(cluster)
    assert first["api"] == {"shop/api:1": 2}
    status, told = play(lab, "release")
    assert (status, "changed=0" in told) == (0, True), told

    status, told = play(lab, "release", "-e", "shop_version=2")
    assert (status, "release 2 completed" in told) == (0, True), told
    second = images(cluster)
    assert (second["api"], second["web"], second["db"]) == ({"shop/api:2": 2}, {"web:2": 3}, {"shop/db:1": 1})

    status, told = play(lab, "rollback", "-e", "cause=orders")
    assert (status, "completed (back to 1)" in told) == (0, True), told
    assert images(cluster) == first

    status, told = play(lab, "release", "-e", "shop_version=2", "-e", "shop_api_version=broken")
    assert (status, "rolled back in wave 3" in told) == (2, True), told
    assert images(cluster) == first
