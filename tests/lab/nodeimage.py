# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The node images: a Debian with an Engine of one generation, made once and kept by the outer Engine."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from . import debian, places
from .api import Engine, label_filter
from .errors import EngineError, LabError
from .plan import LABEL
from .progress import Progress

# Engine generation → the Debian suite that has it.
SUITES = {"20.10": "bookworm", "26": "trixie", "28": "sid"}
DEFAULT_ENGINE = "26"
PACKAGES = (
    *("docker.io", "iptables", "iproute2", "ca-certificates"),
    # What the images inside the nodes are made of, and the registry, which runs from this same image.
    *("busybox-static", "haproxy", "docker-registry"),
)
# Never needed to run anything: a third of the size.
LEFT_OUT = (
    "./var/cache/apt/*",
    "./var/lib/apt/lists/*",
    "./usr/share/doc/*",
    "./usr/share/man/*",
    "./usr/share/locale/*",
)
# The parts of the images for inside the nodes are cut out here, once, while there is a tree to cut from.
PARTS = r"""
set -e
mkdir -p /lab
cp /bin/busybox /lab/busybox
/bin/busybox --list > /lab/applets
libraries=$(ldd /usr/sbin/haproxy | sed -n 's/^[^/]*\(\/[^ ]*\) .*/\1/p')
tar -chf /lab/haproxy.tar -C / --transform 's,^/,,' -P /usr/sbin/haproxy $libraries
"""


def tag(engine: str) -> str:
    """The name of the node image of an engine generation; it changes with the recipe."""
    if engine not in SUITES:
        raise LabError(f"The lab has no engine '{engine}': choose one of {', '.join(SUITES)}.")
    recipe = repr((SUITES[engine], PACKAGES, LEFT_OUT, PARTS))
    return f"swarm-rollout-lab/node:{engine}-{hashlib.sha256(recipe.encode()).hexdigest()[:10]}"


def exists(outer: Engine, name: str) -> bool:
    """Tell whether the Engine has an image of that name."""
    try:
        outer.get(f"/images/{name}/json")
    except EngineError as error:
        if error.status == 404:
            return False
        raise
    return True


def ensure(outer: Engine, engine: str, progress: Progress) -> str:
    """Return the name of the node image; make the image where it is missing."""
    name = tag(engine)
    if exists(outer, name):
        return name
    with places.locked(f"image-{engine}", progress):
        if not exists(outer, name):
            _build(outer, engine, name, progress)
    return name


def prune(outer: Engine) -> None:
    """Remove all node images, those of older recipes included, and what was cut from them."""
    for container in outer.get("/containers/json", all=True, filters=label_filter(f"{LABEL}.image=parts")):
        outer.delete(f"/containers/{container['Id']}", force=True, v=True)
    for image in outer.get("/images/json", filters=label_filter(f"{LABEL}.image=node")):
        outer.delete(f"/images/{image['Id']}", force=True)


def prepare(engine: str, progress: Progress) -> Path:
    """Make the file system of a node image, which takes no Engine yet, and leave it to whoever makes the image."""
    suite = SUITES[engine]
    work = places.home() / "build"
    # The name changes with the recipe, as that of the image does.
    tree = work / tag(engine).rpartition(":")[2]
    with places.locked(f"tree-{engine}", progress):
        if tree.exists():
            return tree
        work.mkdir(parents=True, exist_ok=True)
        partial = work / suite
        debian.remove(partial)
        try:
            with progress.long(f"building node image for engine {engine}: debootstrap {suite} (about 60 s)"):
                debian.debootstrap(suite, PACKAGES, partial, progress)
            debian.chroot(partial, PARTS)
            partial.rename(tree)
        finally:
            debian.remove(partial)
    return tree


def _build(outer: Engine, engine: str, name: str, progress: Progress) -> None:
    tree = prepare(engine, progress)
    with progress.long(f"building node image for engine {engine}: importing it (about 10 s)"):
        _import(outer, tree, name)
    debian.remove(tree)


def _import(outer: Engine, tree: Path, name: str) -> None:
    excluded = [f"--exclude={pattern}" for pattern in LEFT_OUT]
    repository, _, version = name.partition(":")
    with subprocess.Popen(
        ["tar", "-C", str(tree), "--numeric-owner", *excluded, "-c", "."], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        pipe = process.stdout

        def chunks() -> Iterator[bytes]:
            while data := pipe.read(1 << 20):
                yield data

        outer.call(
            "POST",
            "/images/create",
            query={
                "fromSrc": "-",
                "repo": repository,
                "tag": version,
                "changes": f"LABEL {LABEL}.image=node",
            },
            stream=chunks(),
            timeout=300,
        )
    if process.returncode != 0 or not exists(outer, name):
        outer.delete(f"/images/{name}", force=True)
        raise LabError(f"The node image {name} could not be imported: is there room left on the disk?")
