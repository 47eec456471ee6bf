# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pictures of the documents, from recorded runs: `make screenshots`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from ansible_collections.swarm.rollout.plugins.filter.status_tree import status_tree
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.data import report_data
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.render import report_html
from tests.report import terminal
from tests.report.browser import Look, started
from tests.report.runs import NOW, recorded, services

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
# Name, run, width of the window, scheme, and which part of the page is shown: from where, how much.
REPORTS = (
    ("report", "steps", 1040, "light", 0, 1086),
    ("report-dark", "failed", 1040, "dark", 652, 960),
    ("report-phone", "steps", 360, "light", 0, 1440),
)
STATUS_WIDTH = 1130
LARGEST = 150_000


def status_page() -> str:
    """What the playbook status prints of three services."""
    return terminal.page("ansible-playbook swarm.rollout.status", status_tree(services(), colour=True, revisions=3))


def take(browser: Browser, page: str, target: Path, width: int, scheme: str, top: int, height: int | None) -> None:
    """One picture; without a height, of the whole page. Raises `SystemExit` where it is too large for a document."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(page, encoding="utf-8")
        look = Look(browser, path, width, scheme)
        look.picture(target, top, height or look.height())
        look.close()
    size = target.stat().st_size
    print(f"{target}: {size} bytes")
    if size > LARGEST:
        raise SystemExit(f"{target} is larger than {LARGEST} bytes")


def main() -> int:
    """Take them, and say how large they are."""
    with started() as browser:
        for name, run, width, scheme, top, height in REPORTS:
            page = report_html(report_data(recorded(run), NOW))
            take(browser, page, IMAGES / f"{name}.png", width, scheme, top, height)
        take(browser, status_page(), IMAGES / "status.png", STATUS_WIDTH, "dark", 0, None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
