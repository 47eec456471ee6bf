# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README as Ansible Galaxy shows it."""

from __future__ import annotations

from pathlib import Path

from tests.site.links import targets
from tests.site.published import main, published

ROOT = Path(__file__).resolve().parents[3]


def test_links_lead_to_the_version_in_the_repository():
    text = "![p](docs/images/a.png) [d](docs/a.md#b) [w](https://e.org/) [h](#here) `[c](d.md)`"
    assert published(text, "https://git.example.org/x", "1.2.3") == (
        "![p](https://git.example.org/x/raw/1.2.3/docs/images/a.png) "
        "[d](https://git.example.org/x/blob/1.2.3/docs/a.md#b) [w](https://e.org/) [h](#here) `[c](d.md)`"
    )


def test_the_readme_of_the_archive_has_no_local_link(tmp_path: Path):
    for name in ("README.md", "galaxy.yml"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    assert [target for target in targets((tmp_path / "README.md").read_text(encoding="utf-8")) if target[0] != "#"]
    main(tmp_path)
    assert [
        target for target in targets((tmp_path / "README.md").read_text(encoding="utf-8")) if target[0] != "#"
    ] == []
