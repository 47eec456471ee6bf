# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both sides declare the same."""

from __future__ import annotations

import pytest
import yaml

from tests.bench.releases import CROWD, MANY, crowd, several
from tests.bench.stand import changed
from tests.bench.tasks import Tasks, service

TASKS = Tasks("tcp://127.0.0.1:1")
DISTINCT = {"resolve_image", "docker_host"}


def test_one_service_is_declared_alike_on_both_sides():
    (ours,), (theirs,) = TASKS.ours(service("a")).values(), TASKS.theirs(service("a")).values()
    assert {key: value for key, value in ours.items() if key not in DISTINCT} == service("a")
    assert {key: value for key, value in theirs.items() if key not in DISTINCT} == service("a")


def test_the_loop_and_the_release_name_the_same_services():
    looped = TASKS.theirs_looped(several("x"))
    release = TASKS.release("r", several("x"))["swarm.rollout.swarm_release"]
    assert looped["loop"] == [one["name"] for one in release["services"]]
    assert len(looped["loop"]) == MANY
    assert looped["community.docker.docker_swarm_service"]["name"] == "{{ item }}"


def test_most_of_the_crowd_has_no_task():
    declared = crowd()
    assert len({one["name"] for one in declared}) == CROWD
    assert 0 < sum(one["replicas"] for one in declared) <= CROWD / 20


def test_a_playbook_of_many_services_says_what_they_share_once():
    written = yaml.safe_dump(TASKS.release("r", crowd()))
    assert written.count("&id") == 1
    assert written.count("*id") == CROWD - 1


@pytest.mark.parametrize(("number", "line"), [(0, "changed=0"), (12, "changed=12")])
def test_the_recap_tells_how_many_tasks_changed_something(number, line):
    output = f"changed: [localhost]\n\nPLAY RECAP ****\nlocalhost   : ok=1    {line}    unreachable=0\n"
    assert changed(output) == number


def test_a_playbook_without_a_recap_is_an_error():
    with pytest.raises(AssertionError, match="told nothing"):
        changed("ERROR!")
