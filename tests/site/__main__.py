# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the documentation site into build/docs, from this checkout alone: `make docs`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tests.site.ansible import inventory
from tests.site.links import on_site, resolved, targets
from tests.site.pages import Part, contents, linked, page, playbooks, toctree

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "docs"
FRONT = "README.md"
CONTENTS = "docs/README.md"


def documents() -> list[str]:
    """The documents of the site, as paths in the repository."""
    found = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))]
    listed = [path for part in contents(CONTENTS, read(CONTENTS)) for path in part.documents]
    others = [path for path in listed if path.endswith((".md", ".rst")) and on_site(path) == path]
    return sorted({*found, *others, FRONT} - {CONTENTS})


def read(path: str) -> str:
    """A file of the repository."""
    return (ROOT / path).read_text(encoding="utf-8")


def stage(source: Path) -> None:
    """Lay the pages out under source, as Sphinx reads them."""
    for path in documents():
        text = read(path)
        if path.endswith(".md"):
            for target in targets(text):
                _take_along(source, resolved(path, target)[0])
            text = page(path, text) + _below(path, text)
        _write(source / on_site(path), text)
    found = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "playbooks").glob("*.yml")}
    _write(source / "reference" / "playbooks.md", playbooks(found))


def _below(path: str, text: str) -> str:
    """The contents below a page: of the whole site on its front, of a folder on the folder's own page."""
    if path == FRONT:
        reference = Part("Reference", ("reference/index.rst", "reference/playbooks.md"))
        return "".join(toctree(path, part) for part in [*contents(CONTENTS, read(CONTENTS)), reference])
    if path.startswith("docs/") and path.endswith("/README.md"):
        folder = path.removesuffix("README.md")
        inside = tuple(entry for entry in linked(path, text) if entry.startswith(folder))
        return toctree(path, Part("", inside)) if inside else ""
    return ""


def _take_along(source: Path, path: str) -> None:
    """Copy a file that is linked and is no page, such as a picture or a program; pages and folders stay."""
    if on_site(path) == path and not path.endswith((".md", ".rst")) and (ROOT / path).is_file():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, source / path)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def build() -> int:
    """Build everything anew; the exit status of the tool that failed, or 0."""
    shutil.rmtree(OUT, ignore_errors=True)
    source = OUT / "source"
    reference = source / "reference"
    reference.mkdir(parents=True, mode=0o700)
    stage(source)
    (OUT / "ansible.inv").write_bytes(inventory())
    galaxy = yaml.safe_load(read("galaxy.yml"))
    environment = {**os.environ, "SITE_VERSION": str(galaxy["version"]), "SITE_INVENTORY": str(OUT / "ansible.inv")}
    generated = [
        "antsibull-docs",
        "collection",
        "--use-current",
        "--squash-hierarchy",
        "--no-add-antsibull-docs-version",
    ]
    strictly = ["sphinx-build", "-b", "html", "-W", "--keep-going", "-q", "-j", "2", "-d", str(OUT / "cache")]
    for command in (
        [*generated, "--fail-on-error", "--dest-dir", str(reference), "swarm.rollout"],
        [*strictly, "-c", str(Path(__file__).parent), str(source), str(OUT / "html")],
    ):
        done = subprocess.run(command, env=environment, check=False)
        if done.returncode:
            return done.returncode
    print(f"file://{OUT}/html/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(build())
