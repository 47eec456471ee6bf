# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is documented is what the table has: every option, its type, its choices, its sub-options."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.swarm.rollout.plugins.doc_fragments.service import ModuleDocFragment
from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.entries import Entries
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.field import OLDEST
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.table import FIELDS, TABLE

DOCUMENTED = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
_COMPARED = ("type", "elements", "choices", "default", "required", "aliases")


def flattened(options: dict[str, Any], inner: str, prefix: str = "") -> dict[str, dict[str, Any]]:
    """Every option and sub-option by dotted name, with what has to agree."""
    found: dict[str, dict[str, Any]] = {}
    for name, option in options.items():
        dotted = prefix + name
        found[dotted] = {key: option[key] for key in _COMPARED if option.get(key) not in (None, [])}
        below = option.get(inner) or (
            FIELDS[dotted].kind.suboptions() if inner == "options" and dotted in FIELDS else {}
        )
        found.update(flattened(below, inner, dotted + "."))
    return found


def test_the_documentation_agrees_with_the_argument_spec():
    documented = flattened(DOCUMENTED, "suboptions")
    assert documented == flattened(spec.argument_spec(), "options")


@pytest.mark.parametrize("dotted", sorted(flattened(DOCUMENTED, "suboptions")))
def test_every_option_is_described(dotted):
    option: dict[str, Any] = {"suboptions": DOCUMENTED}
    for name in dotted.split("."):
        option = option["suboptions"][name]
    assert option["description"]
    assert all(isinstance(line, str) and line.rstrip().endswith((".", ")")) for line in option["description"])


def described(dotted: str) -> str:
    """The description of an option, or for a sub-option also those of the options around it."""
    texts: list[str] = []
    option: dict[str, Any] = {"suboptions": DOCUMENTED}
    for name in dotted.split("."):
        option = option["suboptions"][name]
        texts += option["description"]
    return " ".join(texts)


@pytest.mark.parametrize("row", [row for row in TABLE if row.since > OLDEST], ids=lambda row: row.option)
def test_the_api_version_that_an_option_needs_is_named(row):
    assert "Docker API %d.%d" % row.since in described(row.option)


def test_the_api_versions_of_sub_options_are_named():
    newer = [
        (row.option + "." + sub.option, sub.since)
        for row in TABLE
        for sub in (row.kind.subs if isinstance(row.kind, Entries) else ())
        if sub.since > OLDEST
    ]
    assert ("mounts.volume_subpath", (1, 45)) in newer
    for option, since in newer:
        assert "Docker API %d.%d" % since in " ".join(described(option).split())
