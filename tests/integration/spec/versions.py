# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which options the lab's Engine knows, told before any test is started."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from typing import Any

import docker

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from tests.lab.errors import LabError
from tests.lab.lab import Lab

Version = tuple[int, int]
# What is taken for the version where there is no lab: tests are listed then and not run, and all rows are shown.
NEWEST: Version = (99, 0)


def api_of(client: docker.APIClient) -> Version:
    """The version of the API that an Engine speaks."""
    major, minor = client.version()["ApiVersion"].split(".")
    return int(major), int(minor)


@cache
def api_of_the_lab() -> Version:
    """That of the first manager of the lab that SWARM_LAB names."""
    try:
        hosts = Lab(os.environ["SWARM_LAB"]).settings()["docker_hosts"]
    except (KeyError, LabError):
        return NEWEST
    with closing(docker.APIClient(base_url=hosts[0], version="auto", timeout=60)) as client:
        return api_of(client)


def knows(api: Version, params: Mapping[str, Any]) -> bool:
    """Whether such an Engine keeps everything that is asked for."""
    return all(api >= since for _option, since in spec.needs(spec.parse(params)))


def known(api: Version, params: Mapping[str, Any]) -> dict[str, Any]:
    """The options, sub-options and entries of an example that such an Engine knows."""
    found: dict[str, Any] = {}
    for option, value in params.items():
        if isinstance(value, dict) and spec.argument_spec()[option].get("options"):
            parts = {name: inner for name, inner in value.items() if knows(api, {option: {name: inner}})}
            if parts:
                found[option] = parts
        elif isinstance(value, list):
            entries = [item for item in value if knows(api, {option: [item]})]
            if entries:
                found[option] = entries
        elif knows(api, {option: value}):
            found[option] = value
    return found
