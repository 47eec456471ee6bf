# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every flag of the Docker CLI has its row in docs/cli-flags.md, and every row names an option that exists."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[5] / "docs" / "cli-flags.md"
# The output of `docker service COMMAND --help`, flags only, with the version of the client it came from.
CLI = json.loads((HERE / "cli_flags.json").read_text(encoding="utf-8"))
# Options of the module that are no service options.
OF_THE_MODULE = {"name", "wait", "resolve_image", "with_registry_auth"}


def rows() -> dict[str, tuple[str, str]]:
    """Flag to the commands that have it and the option that does the same."""
    found = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"\| `--([a-z-]+)` \| ([a-z, ]+) \| (?:`([a-z_.]+)`|-) \|.*\|", line)
        if match:
            found[match.group(1)] = (match.group(2), match.group(3) or "")
    return found


@pytest.mark.parametrize("command", CLI["commands"])
def test_every_flag_has_a_row(command):
    page = rows()
    flags = CLI["commands"][command]
    assert flags
    for flag in flags:
        assert flag in page, "docs/cli-flags.md has no row for --%s of docker service %s" % (flag, command)
        assert command in page[flag][0].split(", ")


def test_every_row_names_an_option_that_exists():
    page = rows()
    assert page
    for flag, (_commands, option) in page.items():
        if option in OF_THE_MODULE or flag in ("quiet", "rollback"):
            continue
        options: dict[str, Any] = spec.argument_spec()
        for name in option.split("."):
            assert name in options, "--%s: there is no option %s" % (flag, option)
            options = options[name].get("options", {})


def test_every_option_has_a_flag_or_is_said_to_have_none():
    named = {option for _commands, option in rows().values()}
    text = PAGE.read_text(encoding="utf-8")

    def check(options: dict[str, Any], prefix: str = "") -> None:
        for name, option in options.items():
            dotted = prefix + name
            if dotted not in named and "`%s`" % dotted not in text:
                assert option.get("options"), dotted
                check(option["options"], dotted + ".")

    check(spec.argument_spec())


def test_the_page_names_the_version_of_the_cli():
    assert CLI["client"] in PAGE.read_text(encoding="utf-8")
