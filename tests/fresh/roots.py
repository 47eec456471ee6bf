# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Minimal Debian roots: made once for each suite and kept, copied for each run."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab import debian, places
from tests.lab.errors import LabError
from tests.lab.progress import Progress
from tests.listed import ROOT, listed

# Of what the README asks for, all that a minimal Debian lacks.
PACKAGES = ("make",)
CHECKOUT = "/root/rollout"


def folder() -> Path:
    """Where the roots are kept."""
    return places.home() / "fresh"


def base(suite: str, progress: Progress) -> Path:
    """The kept root of a suite; made where it is missing."""
    tree = folder() / suite
    with places.locked(f"fresh-{suite}", progress):
        if tree.exists():
            return tree
        partial = folder() / f"{suite}.partial"
        debian.remove(partial)
        partial.parent.mkdir(parents=True, exist_ok=True)
        with progress.long(f"making a minimal Debian {suite} (about 60 s)"):
            debian.debootstrap(suite, PACKAGES, partial, progress)
        # Fetched lists and packages would spare the scripts a step.
        for name in ("var/lib/apt/lists", "var/cache/apt/archives"):
            subprocess.run(["find", str(partial / name), "-type", "f", "-delete"], check=True)
        partial.rename(tree)
    return tree


@contextmanager
def copied(suite: str, progress: Progress, *, keep: bool) -> Iterator[Path]:
    """A copy of a suite's root that is removed afterwards, or at the next run where this one is killed."""
    tree = base(suite, progress)
    _sweep()
    copy = Path(tempfile.mkdtemp(prefix=f"run-{suite}-", dir=folder()))
    with (copy / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            subprocess.run(["cp", "-a", "--reflink=auto", str(tree), str(copy / "root")], check=True)
            yield copy / "root"
        finally:
            if keep:
                (copy / "keep").touch()
                progress.say(f"the root stays in {copy / 'root'}")
            else:
                debian.remove(copy)


def _sweep() -> None:
    """Remove what killed runs left."""
    for copy in folder().glob("run-*"):
        try:
            with (copy / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not (copy / "keep").exists():
                    debian.remove(copy)
        except OSError:
            # Somebody is using it, or it has gone meanwhile.
            continue


def add_checkout(root: Path) -> None:
    """Copy this checkout as git would give it to a colleague, what is not committed yet included."""
    target = root / CHECKOUT.lstrip("/")
    clone = ["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(target)]
    done = subprocess.run(clone, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f"The checkout could not be cloned: {done.stderr.strip()[-300:]}")
    here = {path.relative_to(ROOT) for path in listed()}
    there = subprocess.run(["git", "ls-files", "-z"], cwd=target, capture_output=True, text=True, check=True).stdout
    for name in filter(None, there.split("\0")):
        if Path(name) not in here:
            (target / name).unlink()
    for path in here:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target / path, follow_symlinks=False)
