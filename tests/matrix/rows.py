# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is run on what.

A full product would take days. Engines vary with one controller, controllers on one engine; of ansible-core, Python and
Docker SDK every pair occurs, since what breaks takes seldom three of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch

ENGINES = {"28": "28.5", "20.10": "20.10", "26": "26.1"}
DEFAULT_ENGINE = "26"
# Which Pythons a controller with this ansible-core may have, of those that are supported here.
PYTHONS = {
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13"),
    "2.21": ("3.12", "3.13"),
}
SDKS = ("7.0", "newest")
# Hosts on which modules run; a controller has a newer one.
OLD_PYTHONS = ("3.8", "3.9", "3.10")

UNITS = ("tests/unit/plugins",)
# Whether Swarm itself behaves as the collection takes it to, and the collection on it.
WIDE = tuple(
    "tests/integration/" + topic
    for topic in (
        *("facts", "traps", "spec", "plan", "lock", "outcomes"),
        *("history/test_a_story.py", "progressive/test_going_well.py", "release/test_going_well.py"),
    )
)
# What differs between versions of Ansible: starting modules, action plugins, playbooks, roles, filters, results.
SMALL = tuple(
    "tests/integration/" + topic
    for topic in (
        "outcomes/test_going_well.py",
        "progress",
        "runbooks",
        "release/test_going_well.py",
        "history/test_a_story.py",
        "calls",
    )
)
# What packs a module up and starts it on a host.
PACKED = tuple(
    "tests/integration/" + topic for topic in ("progress", "runbooks/test_rollout.py", "runbooks/test_rollback.py")
)

ENGINE, CONTROLLER, HOST = "engine", "controller", "host"


@dataclass(frozen=True)
class Row:
    """One line of the table. An empty `core` means the virtualenv of this checkout."""

    name: str
    kind: str
    engine: str
    tests: tuple[str, ...]
    core: str = ""
    python: str = ""
    sdk: str = ""


def _engines() -> list[Row]:
    return [Row(f"engine-{version}", ENGINE, engine, WIDE) for engine, version in ENGINES.items()]


def _controllers() -> list[Row]:
    pythons = sorted({python for some in PYTHONS.values() for python in some})
    return [
        Row(f"core-{core}-python-{python}-sdk-{sdk}", CONTROLLER, DEFAULT_ENGINE, SMALL, core, python, sdk)
        for number, core in enumerate(PYTHONS)
        for python in PYTHONS[core]
        for sdk in (SDKS[(number + pythons.index(python)) % len(SDKS)],)
    ]


def _hosts() -> list[Row]:
    return [
        Row(f"host-python-{python}-sdk-{sdk}", HOST, DEFAULT_ENGINE, PACKED, python=python, sdk=sdk)
        for number, python in enumerate(OLD_PYTHONS)
        for sdk in (SDKS[number % len(SDKS)],)
    ]


ROWS: tuple[Row, ...] = (*_engines(), *_controllers(), *_hosts())


def picked(patterns: list[str]) -> list[Row]:
    """The rows whose names match one of these, all without any; those of one engine follow each other.

    Raises `ValueError` for a pattern that matches none.
    """
    for pattern in patterns:
        if not any(fnmatch(row.name, pattern) for row in ROWS):
            raise ValueError(f"no row is called {pattern}; --list shows their names")
    found = [row for row in ROWS if not patterns or any(fnmatch(row.name, pattern) for pattern in patterns)]
    return sorted(found, key=lambda row: list(ENGINES).index(row.engine))
