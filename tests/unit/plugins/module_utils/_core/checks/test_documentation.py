# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is documented of `checks` is what the table has."""

from __future__ import annotations

import re
from typing import Any

import yaml

from ansible_collections.swarm.rollout.plugins.doc_fragments.checks import ModuleDocFragment
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks import CHECKS_ARGUMENTS
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.placeholders import NAMES

DOCUMENTED: dict[str, Any] = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
COMPARED = ("type", "elements", "choices", "default", "required", "aliases")


def flattened(options: dict[str, Any], inner: str, prefix: str = "") -> dict[str, dict[str, Any]]:
    """Every option and sub-option by dotted name, with what has to agree."""
    found: dict[str, dict[str, Any]] = {}
    for name, option in options.items():
        found[prefix + name] = {key: option[key] for key in COMPARED if option.get(key) not in (None, [])}
        found.update(flattened(option.get(inner) or {}, inner, prefix + name + "."))
    return found


def test_the_documentation_agrees_with_the_table() -> None:
    assert flattened(DOCUMENTED, "suboptions") == flattened({"checks": CHECKS_ARGUMENTS}, "options")


def descriptions(options: dict[str, Any]) -> list[str]:
    """All sentences."""
    found: list[str] = []
    for option in options.values():
        assert option["description"]
        found += option["description"] + descriptions(option.get("suboptions") or {})
    return found


def test_every_option_is_described_in_sentences() -> None:
    assert all(line.rstrip().endswith((".", ")")) for line in descriptions(DOCUMENTED))


def test_every_placeholder_is_documented() -> None:
    query = DOCUMENTED["checks"]["suboptions"]["prometheus"]["suboptions"]["query"]
    assert set(re.findall(r"C\(\$\{(\w+)\}\)", " ".join(query["description"]))) == set(NAMES)
