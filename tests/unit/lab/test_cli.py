# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: its grammar, and how it fails."""

from __future__ import annotations

import pytest

from tests.lab import cli
from tests.lab.errors import LabError


def test_up_asks_for_nothing_by_default():
    given = cli.parser().parse_args(["up"])

    assert (given.name, given.nodes, given.managers, given.engine, given.registry) == (
        "lab",
        None,
        None,
        None,
        False,
    )


def test_up_takes_everything():
    given = cli.parser().parse_args(
        ["up", "--name", "b", "--nodes", "5", "--managers", "3", "--engine", "20.10", "--registry"]
    )

    assert (given.name, given.nodes, given.managers, given.engine, given.registry) == (
        "b",
        5,
        3,
        "20.10",
        True,
    )


@pytest.mark.parametrize("verb", sorted(cli.NODE_VERBS))
def test_node_verbs_take_a_node(verb):
    assert cli.parser().parse_args([verb, "node2"]).node == "node2"


@pytest.mark.parametrize("arguments", [[], ["fly"], ["up", "--engine", "1.0"], ["up", "--nodes", "many"], ["stop"]])
def test_a_wrong_command_line_is_refused(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)

    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_an_error_is_one_sentence(monkeypatch, capsys):
    def fail(*arguments: object) -> None:
        raise LabError("There is no lab: make one.")

    monkeypatch.setattr(cli, "run", fail)

    assert cli.main(["status"]) == 1
    assert capsys.readouterr().err == "[lab] There is no lab: make one.\n"


def test_an_interrupted_command_says_how_to_go_on(monkeypatch, capsys):
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run", interrupt)

    assert cli.main(["up"]) == 130
    assert "the same command goes on" in capsys.readouterr().err


def test_a_bad_name_never_reaches_an_engine(capsys):
    assert cli.main(["status", "--name", "No Name"]) == 1
    assert "cannot name a lab" in capsys.readouterr().err


def test_an_edge_needs_a_service_and_a_network(capsys):
    assert cli.main(["edge", "--service", "vote"]) == 1
    assert "--network" in capsys.readouterr().err
