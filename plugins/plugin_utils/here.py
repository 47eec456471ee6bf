# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running a module of this collection on the controller without packing it up first.

For another host Ansible finds and parses all that a module imports, packs it, and starts a Python that unpacks and
compiles it: for modules of this size most of what an unchanged service costs. Where that host is the controller and
that Python the one that runs already, a fork of it calls the same `main` with the same arguments and reads the same
JSON from it. Whatever does not fit goes the usual way.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import tempfile
import traceback
from typing import Any

from ansible import constants
from ansible.module_utils import basic
from ansible.plugins.action import ActionBase

try:
    from ansible.module_utils import _internal
    from ansible.module_utils.common.json import Direction, get_module_encoder
except ImportError:  # ansible-core 2.18 packs its modules in another form
    _KNOWN_FORM = False
else:
    _KNOWN_FORM = hasattr(os, "fork")

MODULES = "ansible_collections.swarm.rollout.plugins.modules."
_PROFILE = "legacy"


class Here(ActionBase):
    """An action whose modules run here where they would run here anyway."""

    _supports_async = True

    def execute(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """The result of the module that the task names."""
        if not self._fits(task_vars):
            packed: dict[str, Any] = self._execute_module(
                module_args=arguments, task_vars=task_vars, wrap_async=self._task.async_val
            )
            return packed
        given = dict(arguments)
        self._update_module_args(self._task.action, given, task_vars)
        return self._run_here(str(self._task.action), given)

    def _fits(self, task_vars: dict[str, Any]) -> bool:
        """Whether the module would run on this machine, as this user, with this Python."""
        if not _KNOWN_FORM or self._task.async_val or getattr(constants, "DEFAULT_KEEP_REMOTE_FILES", False):
            return False
        if self._connection.transport != "local" or self._play_context.become:
            return False
        wanted = task_vars.get("ansible_python_interpreter")
        if wanted is None:
            wanted = constants.config.get_config_value("INTERPRETER_PYTHON", variables=task_vars)
        python = str(self._templar.template(wanted))
        return python == sys.executable or os.path.realpath(python) == _venv_python(python)

    def _run_here(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        environment: dict[str, Any] = {}
        self._compute_environment_string(raw_environment_out=environment)
        encoder = get_module_encoder(_PROFILE, Direction.CONTROLLER_TO_MODULE)
        payload = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}, cls=encoder).encode("utf-8")
        self._used_interpreter = "#!%s" % sys.executable
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            pid = os.fork()
            if pid == 0:
                _child(name, payload, environment, out.fileno(), err.fileno())
            status = _wait(pid)
            out.seek(0)
            err.seek(0)
            answer = {
                "rc": os.waitstatus_to_exitcode(status),
                "stdout": out.read().decode("utf-8", "surrogateescape"),
                "stderr": err.read().decode("utf-8", "surrogateescape"),
            }
        data: dict[str, Any] = self._parse_returned_data(answer, _PROFILE)
        for key in [key for key in data if key.startswith("_ansible_") and key != "_ansible_parsed"]:
            del data[key]
        return data


def _wait(pid: int) -> int:
    """How the module's process ended. It does not outlive a task that is over before, as by its `timeout`."""
    try:
        return os.waitpid(pid, 0)[1]
    except BaseException:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        raise


def _venv_python(python: str) -> str:
    """The file of this Python where `python` is in the same virtual environment under another name; else empty.

    Two environments may share one file: what they can import is told by the folder.
    """
    same_folder = os.path.dirname(os.path.abspath(python)) == os.path.dirname(os.path.abspath(sys.executable))
    return os.path.realpath(sys.executable) if same_folder else ""


def _child(name: str, payload: bytes, environment: dict[str, Any], out: int, err: int) -> None:
    """The module's process: everything that it prints goes to the files, and it never returns."""
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), _text(1), _text(2)
        os.environ.update({key: str(value) for key, value in environment.items()})
        # Or its warnings would go to a display that nobody looks at, not into the result.
        _internal.is_controller = False
        basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = payload, _PROFILE
        importlib.import_module(MODULES + name.rpartition(".")[2]).main()
        code = 0
    except SystemExit as exc:
        code = exc.code if isinstance(exc.code, int) else 1
    except BaseException:  # noqa: BLE001 - nothing of this process may run on as a second Ansible
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _text(number: int) -> Any:
    return open(number, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
