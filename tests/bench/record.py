# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was measured last, section by section, and the page that is made of it: `python3 -m tests.bench.record`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from tests.bench.report import table

DOCS = Path(__file__).resolve().parents[2] / "docs"
RECORD = DOCS / "performance.json"
PAGE = DOCS / "performance.md"
_TEMPLATE = "performance.md.j2"


def recorded(path: Path = RECORD) -> dict[str, Any]:
    """Every section: what was measured, when and with which versions."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def keep(section: str, figures: Mapping[str, Any], versions: Mapping[str, Any]) -> None:
    """Put a section in the place of what it was, and make the page anew."""
    sections = {**recorded(), section: {"versions": dict(versions), **figures}}
    RECORD.write_text(json.dumps(dict(sorted(sections.items())), indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(sections), encoding="utf-8")


def page(sections: Mapping[str, Any]) -> str:
    """The document. A section that was never measured says so."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Markdown of our own figures, and no HTML.
        autoescape=False,
    )
    environment.globals.update(table=table, conditions=conditions)
    environment.filters.update(s2=lambda value: f"{value:.2f}", s1=lambda value: f"{value:.1f}")
    return environment.get_template(_TEMPLATE).render(sections=sections)


def conditions(section: Mapping[str, Any]) -> str:
    """When, with what, and how busy the machine was, in one sentence."""
    told = section["versions"]
    swarm = f"Engine {told['engine']} (API {told['api']}, {told['nodes']} nodes in containers on one machine)"
    parts = [
        *((swarm,) if "engine" in told else ()),
        f"ansible-core {told['ansible_core']}",
        f"Docker SDK {told['docker_sdk']}",
        f"Python {told['python']}",
        f"Linux {told['kernel']}",
        f"{told['processors']} processors",
    ]
    idle = section.get("idle_before")
    if idle is not None:
        parts.append(f"{idle:.0%} of them idle before")
    return f"Measured on {told['date']}: {', '.join(parts)}."


if __name__ == "__main__":
    PAGE.write_text(page(recorded()), encoding="utf-8")
    print(PAGE, file=sys.stderr)
