# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the lab keeps its files, and the locks that keep two commands from doing the same work."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import LabError
from .progress import Progress


def home() -> Path:
    """The lab's state directory: SWARM_ROLLOUT_LAB_HOME, else in the user's cache."""
    given = os.environ.get("SWARM_ROLLOUT_LAB_HOME")
    if given:
        return Path(given).expanduser().absolute()
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "swarm-rollout-lab"


@contextmanager
def locked(name: str, progress: Progress) -> Iterator[None]:
    """Hold a lock of that name; the kernel lets go of it when the process ends, however it ends."""
    folder = home() / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(f"The lab cannot write to {home()}: set SWARM_ROLLOUT_LAB_HOME ({error.strerror}).") from error
    with (folder / name).open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say(f"waiting for another command of the lab to finish ({name})")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
