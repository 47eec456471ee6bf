# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks of former specifications: there, gone, or made again under their names."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.spec import Networks, network_ids

NOW = Networks({"n1": "n1", "n9": "n9", "back": "n9"}, {"n2": "back", "n3": "lost"})


def attached(*ids: str, at_the_top: bool = False) -> dict[str, Any]:
    entries = [{"Target": one, "Aliases": ["web"]} for one in ids]
    template: dict[str, Any] = {"ContainerSpec": {"Image": "web:1"}}
    if at_the_top:
        return {"Name": "web", "TaskTemplate": template, "Networks": entries}
    return {"Name": "web", "TaskTemplate": {**template, "Networks": entries}}


@pytest.mark.parametrize(
    ("ids", "missing", "again"),
    [
        (["n1"], [], []),
        (["n1", "n2"], [], ["back"]),
        (["n3"], ['network "lost"'], []),
        (["n4", "n1"], ['network "n4"'], []),
        ([], [], []),
    ],
)
def test_what_became_of_them(ids: list[str], missing: list[str], again: list[str]) -> None:
    assert (NOW.missing(attached(*ids)), NOW.again(attached(*ids))) == (missing, again)


@pytest.mark.parametrize("at_the_top", [False, True])
def test_the_one_of_the_same_name_takes_its_place(at_the_top: bool) -> None:
    former = attached("n1", "n2", "n3", at_the_top=at_the_top)
    before = copy.deepcopy(former)
    assert NOW.brought_up(former) == attached("n1", "n9", "n3", at_the_top=at_the_top)
    assert former == before
    assert network_ids(NOW.brought_up(former)) == ("n1", "n9", "n3")


def test_nothing_is_copied_where_nothing_was_made_again() -> None:
    former = attached("n1", "n3")
    assert NOW.brought_up(former) is former
