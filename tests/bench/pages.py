# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a report takes to draw, and how large it is: `tests/tools/run python3 -m tests.bench.pages`."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

from ansible_collections.swarm.rollout.plugins.plugin_utils._report.data import report_data
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.markdown import report_markdown
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.render import report_html
from tests.bench.machine import versions_here
from tests.bench.record import keep
from tests.bench.report import table
from tests.report.runs import NOW, many

ROUNDS = 9
SIZES = (10, 200, 1000)
# A process of its own: what the first page costs, the imports and the compilation of the templates included.
_FIRST = """
import sys, time
sys.path[:0] = %r
from tests.report.runs import NOW, many
run = many(200)
begun = time.perf_counter()
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.data import report_data
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.render import report_html
report_html(report_data(run, NOW))
print(time.perf_counter() - begun)
"""


def main() -> int:
    """Measure, print a table and keep it."""
    head = ("slots", "data", "HTML", "Markdown", "size of the HTML", "of the JSON")
    rows = []
    for slots in SIZES:
        run = many(slots)
        data = report_data(run, NOW)
        times = [
            _seconds(partial(report_data, run, NOW)),
            _seconds(partial(report_html, data)),
            _seconds(partial(report_markdown, data)),
        ]
        sizes = [len(report_html(data).encode()), len(json.dumps(data).encode())]
        rows.append(
            [str(slots), *(f"{one * 1000:.0f} ms" for one in times), *(f"{one / 1000:.0f} kB" for one in sizes)]
        )
    firsts = sorted(float(_first()) for _round in range(ROUNDS))
    first = f"{statistics.median(firsts):.2f} s for 200 slots"
    print(table(head, rows, left=1), f"\n\nthe first page of a process, imports included: {first}")
    keep("pages", {"head": head, "rows": rows, "first": first}, versions_here())
    return 0


def _seconds(act: Callable[[], object]) -> float:
    """The median time of a call."""
    found = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        act()
        found.append(time.perf_counter() - begun)
    return statistics.median(found)


def _first() -> str:
    return subprocess.run(
        [sys.executable, "-c", _FIRST % (sys.path,)], capture_output=True, text=True, check=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main())
