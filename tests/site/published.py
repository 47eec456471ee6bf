# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README as Ansible Galaxy shows it: Galaxy has no files beside it, so each link leads to the repository."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from tests.site.links import local, relinked, resolved

PICTURES = (".png", ".svg", ".jpg")


def published(text: str, repository: str, version: str) -> str:
    """The document with its local links made absolute, to the files as they were in that version (a tag)."""

    def absolute(target: str) -> str:
        if not local(target) or target.startswith("#"):
            return target
        path, anchor = resolved("README.md", target)
        shown = "raw" if path.endswith(PICTURES) else "blob"
        return f"{repository}/{shown}/{version}/{path}" + (f"#{anchor}" if anchor else "")

    return relinked(text, absolute)


def main(folder: Path) -> None:
    """Rewrite the README of the collection that lies in a folder."""
    galaxy = yaml.safe_load((folder / "galaxy.yml").read_text(encoding="utf-8"))
    readme = folder / "README.md"
    text = published(readme.read_text(encoding="utf-8"), galaxy["repository"].rstrip("/"), str(galaxy["version"]))
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
