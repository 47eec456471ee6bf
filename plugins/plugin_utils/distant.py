# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading what a module on another host tells, over the connection of its task, while the task waits for it."""

from __future__ import annotations

import contextvars
import copy
import os
import shlex
import threading
import time
from contextlib import suppress
from typing import Any

from ansible.utils.display import Display

from ansible_collections.swarm.rollout.plugins.plugin_utils.live import Speaker

# Seconds until the first look, so that what changes nothing costs nothing, and between looks.
FIRST = 2.0
EVERY = 2.0
# A look takes at most one part of so many of the time, however slow the connection is.
_SHARE = 5
# So many looks in a row may fail.
_PATIENCE = 3
# Seconds for which a look under way is waited for when the module has ended.
_LEAVE = 0.3
# With -vvv Ansible itself prints what a look does, which has to be over before this process is.
_LEAVE_TALKATIVE = 10.0


def random_path(action: Any) -> str:
    """A name that nobody can guess, in the first folder for temporary files that the task's shell knows of."""
    folders = action.get_shell_option("system_tmpdirs", default=None) or ["/tmp"]  # noqa: S108 - see above # nosec B108
    return "%s/.swarm-rollout-%s" % (str(folders[0]).rstrip("/"), os.urandom(16).hex())


class Reader:
    """Looks from a thread of its own at the file to which the module writes.

    The action, its connection and what becomes another user keep the state of the command that they run: the thread
    works with copies of them.
    """

    def __init__(self, action: Any, path: str, speaker: Speaker) -> None:
        self._action = action
        self._path = path
        self._speaker = speaker
        self._over = threading.Event()
        self._lines = 0
        # What Ansible knows of the task under way is bound to the thread.
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._follow,), name="swarm-progress", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """The module has ended: nothing more is shown, and hardly waited for."""
        self._over.set()
        self._speaker.silence()
        self._thread.join(_LEAVE if Display().verbosity < 3 else _LEAVE_TALKATIVE)

    def remove(self) -> None:
        """Remove the file that a module which was killed has left behind."""
        with suppress(Exception):
            self._action._low_level_execute_command("rm -f %s" % shlex.quote(self._path))

    def _follow(self) -> None:
        pause, failed = FIRST, 0
        action: Any = None
        while not self._over.wait(pause):
            begun = time.monotonic()
            try:
                action = action or twin(self._action)
                self._look(action)
                failed = 0
            except Exception:  # noqa: BLE001 - no task fails because nobody hears of it
                failed += 1
                if failed >= _PATIENCE:
                    return
            self._speaker.beat()
            pause = max(EVERY, (time.monotonic() - begun) * _SHARE)

    def _look(self, action: Any) -> None:
        found = action._low_level_execute_command("tail -n +%d %s" % (self._lines + 1, shlex.quote(self._path)))
        if found.get("rc") != 0:
            # It is not there yet, or not any more.
            return
        # The last one may be half written.
        for line in found.get("stdout", "").split("\n")[:-1]:
            if line.startswith("{"):
                self._lines += 1
                self._speaker.hear(line.strip())


def twin(action: Any) -> Any:
    """The same action with a connection of its own, over the same way."""
    found = copy.copy(action)
    found._connection = copy.copy(action._connection)
    become = action._connection.become
    if become is not None:
        found._connection.set_become_plugin(copy.copy(become))
    return found
