# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The list of what the demo is going to show says what it shows."""

from __future__ import annotations

import re

import yaml

from tests.listed import ROOT

PLAYBOOKS = ROOT / "playbooks"
# A line of the list: the step, how it is to end, what it shows.
LINE = re.compile(r"^(\S+(?: \S+)*) {2,}([a-z_]+) {2,}(\S.*)$", re.M)


def listed_steps() -> list[tuple[str, str]]:
    """The steps, each with its expected outcome, as the list has them."""
    text = (PLAYBOOKS / "files/demo_acts.txt").read_text(encoding="utf-8")
    return [(step, outcome) for step, outcome, _shows in LINE.findall(text)]


def played(tasks: list[dict[str, object]]) -> list[str]:
    """The names under which steps come into the table, in the order of the play."""
    found = []
    for task in tasks:
        variables = task.get("vars")
        if isinstance(variables, dict) and "demo_step" in variables:
            found.append(str(variables["demo_step"]))
        for part in ("block", "rescue"):
            inner = task.get(part)
            if isinstance(inner, list):
                found += played(inner)
        if str(task.get("ansible.builtin.import_tasks", "")).endswith("progressive.yml"):
            found += played(yaml.safe_load((PLAYBOOKS / "tasks/demo/progressive.yml").read_text(encoding="utf-8")))
    return found


def test_the_list_has_the_steps_of_the_play_in_their_order():
    (play,) = yaml.safe_load((PLAYBOOKS / "demo.yml").read_text(encoding="utf-8"))
    assert [step for step, _outcome in listed_steps()] == played(play["tasks"])


def test_the_readme_shows_the_same_steps_with_the_same_outcomes():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"^STEP .*?(?=^```)", readme, re.M | re.S)
    rows = [re.split(r" {2,}", line) for line in table.splitlines()[1:]]
    assert [(row[0], row[1]) for row in rows] == listed_steps()
