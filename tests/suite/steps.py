# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of `make test`: what each runs, how long it may take, and what runs beside what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# More failed tests than this are no bad luck: nothing is tried a second time then.
MOST_AGAIN = 12
# The whole suite fails beyond this. It is meant to be 45 min, once runs on two cores that do nothing else have shown
# that it holds.
MOST_SECONDS = 75 * 60
# A step that takes longer than this many times its budget is named in the summary.
OVER = 1.5


@dataclass(frozen=True)
class Step:
    """One command. `budget`: seconds that it may take on two cores, beside the other lanes.

    `report`: pytest writes a JUnit report of it. `chosen`: the command that tries failed tests a second time; their
    node IDs are added. `again`: the whole step is tried a second time. `polite`: it has the processor only while tests
    that watch a Swarm leave it.
    """

    name: str
    title: str
    command: tuple[str, ...]
    budget: int
    report: bool = False
    chosen: tuple[str, ...] = ()
    again: bool = False
    polite: bool = True

    def with_report(self, path: str) -> tuple[str, ...]:
        """The command that writes its JUnit report to a path; as it is where there is none."""
        if not self.report:
            return self.command
        given = [word.removeprefix("ARGS=") for word in self.command if word.startswith("ARGS=")]
        others = tuple(word for word in self.command if not word.startswith("ARGS="))
        return (*others, "ARGS=" + " ".join([*given, f"--junit-xml={path}"]))


@dataclass(frozen=True)
class Lane:
    """Steps that run one after the other, beside those of other lanes.

    `lab`: the ending of the name of the lab that is brought up for them; none where they need no Swarm.
    """

    name: str
    steps: tuple[Step, ...]
    lab: str | None = None


def _check(name: str, title: str, budget: int) -> Step:
    return Step(name, title, ("make", name), budget)


def _units(name: str, title: str, budget: int) -> Step:
    # Beside other lanes a test of a time limit may find it passed.
    return Step(name, title, ("make", name), budget, report=True, chosen=("tests/tools/run", "pytest"))


def _phase(phase: str, title: str, budget: int) -> Step:
    command = ("make", "integration", f"ARGS=--phase {phase}")
    # SWARM_LAB names the lab; this name is for those who run it without.
    chosen = ("tests/tools/with-lab", "test", "python3", "-m", "tests.integration")
    return Step(f"integration-{phase}", title, command, budget, report=True, chosen=chosen, polite=False)


def _scenarios(folder: Path) -> tuple[Step, ...]:
    names = sorted(path.parent.name for path in folder.glob("*/molecule.yml"))
    return tuple(
        Step(
            f"scenario-{name}",
            f"scenario {name}",
            ("make", "scenario", f"NAME={name}"),
            90,
            again=True,
            polite=False,
        )
        for name in names
    )


ROOT = Path(__file__).resolve().parents[2]

# What breaks nodes and managers has a Swarm of its own, so that all others can share one.
LANES = (
    Lane(
        "checks",
        (
            _check("lint-code", "lint: format, ruff, shell scripts", 15),
            _check("types", "types: mypy", 40),
            _units("units", "unit tests", 120),
            _check("changelog-lint", "changelog", 5),
            _check("lint-ansible", "lint: ansible-lint, production profile", 60),
            _check("docs-lint", "documentation of modules and plugins", 30),
            _check("docs", "documentation site", 40),
            _units("units-slow", "slow unit tests: hostile input, killed at every call", 240),
            Step("units-oldest", "unit tests on the oldest Python", ("make", "units-oldest"), 240, again=True),
            _check("sanity", "ansible-test sanity", 300),
            _check("build", "build and import", 60),
        ),
    ),
    Lane(
        "swarm",
        (
            _phase("beside", "integration tests that run side by side", 900),
            Step(
                "runbooks-oldest",
                "runbooks on the oldest ansible-core",
                ("make", "runbooks-oldest"),
                240,
                report=True,
                again=True,
                polite=False,
            ),
        ),
        lab="",
    ),
    Lane(
        "nodes",
        (
            _phase("alone", "integration tests that need the Swarm alone", 720),
            *_scenarios(ROOT / "molecule"),
        ),
        lab="-nodes",
    ),
)
