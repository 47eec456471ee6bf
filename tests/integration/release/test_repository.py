# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shop of the guide, released from its infrastructure repository by the commands of its pipeline."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import yaml

from tests.integration.cluster import Cluster
from tests.integration.running import LIMIT, ROOT
from tests.lab.lab import Lab

REPOSITORY = ROOT / "examples" / "infrastructure-repo"
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PIPELINE = yaml.safe_load((REPOSITORY / ".gitlab-ci.yml").read_text(encoding="utf-8"))
GUIDE = (ROOT / "docs" / "guides" / "releases.md").read_text(encoding="utf-8")
SERVICES = ("db", "mail", "catalog", "cart", "api", "worker", "web")
ALL = (*SERVICES, "migrate")


@pytest.fixture
def cluster(lab: Lab) -> Iterator[Cluster]:
    """A Swarm that has the shop's images and its network, and nothing of the shop itself."""
    lab.shop()
    found = Cluster(lab.settings()["docker_host"])
    found.forget("shop", *ALL)
    found.engine.post("/networks/create", {"Name": "shop", "Driver": "overlay"})
    yield found
    found.forget("shop", *ALL)
    (network,) = [one["Id"] for one in found.engine.get("/networks") if one["Name"] == "shop"]
    found.wait("the network is let go", partial(found.released, network))


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the password that the README tells."""
    told = re.search(r"The password of the two vaults is `(.+?)`", README)
    assert told
    path = tmp_path_factory.mktemp("vault") / "password"
    path.write_text(told[1] + "\n", encoding="utf-8")
    return path


class Pipeline:
    """Runs the jobs of the pipeline with the managers of the lab in place of the inventory's."""

    def __init__(self, lab: Lab, vault: Path) -> None:
        hosts = vault.with_name("hosts.json")
        hosts.write_text(json.dumps({"docker_hosts": list(lab.settings()["docker_hosts"])}), encoding="utf-8")
        self._arguments = f"-e @{hosts}"
        self._environment = {
            **os.environ,
            "ANSIBLE_VAULT_PASSWORD_FILE": str(vault),
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
            "CI_PIPELINE_ID": "77",
        }

    def run(self, job: str, arguments: str = "", **variables: str) -> tuple[int, str]:
        """Run a job's script; its exit status and what it printed. The arguments go where RELEASE_ARGS stands."""
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(PIPELINE[job]["script"])],
            cwd=REPOSITORY,
            env={**self._environment, **variables, "RELEASE_ARGS": f"{self._arguments} {arguments}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT,
        )
        return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture
def pipeline(lab: Lab, vault: Path) -> Pipeline:
    """The pipeline of the repository."""
    return Pipeline(lab, vault)


def images(cluster: Cluster) -> dict[str, dict[str, int]]:
    """What serves."""
    return {name: cluster.serving(name) for name in SERVICES}


def secret(environment: str, vault: Path) -> str:
    """What ansible-vault finds in the vault of an environment."""
    command = ["ansible-vault", "view", f"--vault-password-file={vault}", f"group_vars/{environment}/vault"]
    shown = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    return str(yaml.safe_load(shown)["vault_shop_database_password"])


QUOTED = ["inventories/production.yml", "group_vars/shop.yml", "group_vars/production/main.yml"]


@pytest.mark.parametrize("name", [*QUOTED, "release.yml", "rollback.yml"])
def test_the_guide_shows_the_repository_as_it_is(name: str) -> None:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    shown = text.split("SPDX-License-Identifier: GPL-3.0-or-later\n\n", 1)[1]
    assert shown in GUIDE


def test_each_environment_has_a_secret_of_its_own(vault: Path) -> None:
    first = (REPOSITORY / "group_vars" / "production" / "vault").read_text(encoding="utf-8")
    assert first.startswith("$ANSIBLE_VAULT;")
    assert len({secret(environment, vault) for environment in ("production", "staging")}) == 2


def test_the_environments_declare_the_same_variables() -> None:
    def variables(environment: str) -> set[str]:
        return set(yaml.safe_load((REPOSITORY / "group_vars" / environment / "main.yml").read_text(encoding="utf-8")))

    assert variables("production") == variables("staging")


def test_what_is_checked_first_needs_no_swarm(pipeline: Pipeline) -> None:
    status, told = pipeline.run("check")
    assert status == 0, told
    assert "production-swarm" in told


def test_the_pipeline_releases_the_shop_and_puts_it_back(pipeline: Pipeline, cluster: Cluster, vault: Path) -> None:
    status, told = pipeline.run("plan", ENVIRONMENT="staging")
    assert (status, "release shop: 8 of 8 services" in told) == (0, True), told
    assert not {one["Spec"]["Name"] for one in cluster.engine.get("/services")} & set(ALL)

    status, told = pipeline.run("production")
    assert (status, "release 1 completed" in told) == (0, True), told
    first = images(cluster)
    assert (first["api"], first["web"]) == ({"shop/api:1": 2}, {"web:1": 3})
    password = secret("production", vault)
    (api,) = [one for one in cluster.engine.get("/services") if one["Spec"]["Name"] == "api"]
    assert f"DATABASE_PASSWORD={password}" in api["Spec"]["TaskTemplate"]["ContainerSpec"]["Env"]
    assert password not in told
    status, told = pipeline.run("production")
    assert (status, "changed=0" in told) == (0, True), told

    status, told = pipeline.run("production", "-e shop_version=2")
    assert (status, "release 2 completed" in told) == (0, True), told
    second = images(cluster)
    assert (second["api"], second["web"], second["db"]) == ({"shop/api:2": 2}, {"web:2": 3}, {"shop/db:1": 1})

    status, told = pipeline.run("rollback")
    assert (status, "completed (back to 1)" in told, "pipeline 77" in told) == (0, True, True), told
    assert images(cluster) == first

    status, told = pipeline.run("production", "-e shop_version=2 -e shop_api_version=broken")
    assert (status, "rolled back in wave 3" in told) == (2, True), told
    assert images(cluster) == first
