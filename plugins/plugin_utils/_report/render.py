# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the data of a report to its page."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any, Mapping

import jinja2

from . import gantt, strips, words

_TEMPLATES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates")
# What a task's bars look like, in the order of the legend.
_LEGEND = (
    ("old", "old, running"),
    ("draining", "draining"),
    ("pending", "pending"),
    ("preparing", "preparing"),
    ("ready", "ready, waits to start"),
    ("starting", "starting"),
    ("new", "new, running"),
    ("restored", "restored, running"),
    ("done", "ended as meant"),
    ("failed", "failed"),
)


def report_html(data: Mapping[str, Any]) -> str:
    """The page: one file, with nothing to fetch and no script."""
    return _environment().get_template("report.html.j2").render(report=data)


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    """A plain one: what comes from a cluster is text that is escaped, never a template."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        gantt=gantt.gantt,
        strip=strips.strip,
        latencies=strips.latencies,
        release_lines=strips.release_lines,
        legend=_LEGEND,
        outcome_word=words.outcome_word,
    )
    environment.filters.update(
        seconds=words.seconds_text,
        clock=words.clock_text,
        rate=words.rate_text,
        image=words.image_text,
        spans=words.spans_text,
        state=words.state_text,
    )
    return environment
