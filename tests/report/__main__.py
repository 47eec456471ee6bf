# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pictures of the guide, from a recorded run: `make screenshots`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from ansible_collections.swarm.rollout.plugins.plugin_utils._report.data import report_data
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.render import report_html
from tests.report.browser import Look, started
from tests.report.runs import NOW, recorded

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
# Name, run, width of the window, scheme, and which part of the page is shown: from where, how much.
PICTURES = (
    ("report", "steps", 1040, "light", 0, 1086),
    ("report-dark", "failed", 1040, "dark", 652, 960),
    ("report-phone", "steps", 360, "light", 0, 1440),
)
LARGEST = 150_000


def main() -> int:
    """Take them, and say how large they are."""
    with tempfile.TemporaryDirectory() as folder, started() as browser:
        for name, run, width, scheme, top, height in PICTURES:
            page = Path(folder) / f"{run}.html"
            page.write_text(report_html(report_data(recorded(run), NOW)), encoding="utf-8")
            look = Look(browser, page, width, scheme)
            target = IMAGES / f"{name}.png"
            look.picture(target, top, height)
            look.close()
            size = target.stat().st_size
            print(f"{target}: {size} bytes")
            if size > LARGEST:
                print(f"{target} is larger than {LARGEST} bytes", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
