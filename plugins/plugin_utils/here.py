# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running a module of this collection on the controller without packing it up first.

For another host Ansible finds and parses all that a module imports, packs it, and starts a Python that unpacks and
compiles it: for modules of this size most of what an unchanged service costs. Where that host is the controller and
that Python the one that runs already, a fork of it calls the same `main` with the same arguments and reads the same
JSON from it. Whatever does not fit goes the usual way. On both ways the lines that the module tells while it waits
are shown.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import tempfile
import traceback
from contextlib import ExitStack, closing
from typing import Any

from ansible import constants
from ansible.module_utils import basic
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import VARIABLE
from ansible_collections.swarm.rollout.plugins.plugin_utils.distant import Reader, random_path
from ansible_collections.swarm.rollout.plugins.plugin_utils.live import Ear, Speaker

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
        speaker = self._speaker(arguments, task_vars)
        if not self._fits(task_vars):
            result = self._run_packed(arguments, task_vars, speaker)
        else:
            given = dict(arguments)
            self._update_module_args(self._task.action, given, task_vars)
            result = self._run_here(str(self._task.action), given, speaker)
        if speaker is not None:
            speaker.conclude(result)
        return result

    def _speaker(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> Speaker | None:
        """Who shows what happens; None where nothing will, nobody listens, or nothing may be shown."""
        task = self._task
        if task.check_mode or task.async_val or task.no_log:
            return None
        if not boolean(arguments.get("progress", True), strict=False):
            return None
        return Speaker(lambda text: Display().display(text, stderr=True), str(task_vars.get("inventory_hostname", "")))

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

    def _run_packed(
        self, arguments: dict[str, Any], task_vars: dict[str, Any], speaker: Speaker | None
    ) -> dict[str, Any]:
        """The usual way. What the module tells is in a file beside it, named in its environment."""
        reader = None
        given = self._task.environment
        if speaker is not None:
            path = random_path(self)
            several = given if isinstance(given, list) else [given]
            self._task.environment = [*several, {VARIABLE: "file:%s" % path}]
            reader = Reader(self, path, speaker)
            reader.start()
        try:
            result: dict[str, Any] = self._execute_module(
                module_args=arguments, task_vars=task_vars, wrap_async=self._task.async_val
            )
        finally:
            self._task.environment = given
            if reader is not None:
                reader.stop()
        if reader is not None and "module_stdout" in result:
            # It said nothing that can be read, so it did not come to its end.
            reader.remove()
        return result

    def _run_here(self, name: str, arguments: dict[str, Any], speaker: Speaker | None) -> dict[str, Any]:
        environment: dict[str, Any] = {}
        self._compute_environment_string(raw_environment_out=environment)
        encoder = get_module_encoder(_PROFILE, Direction.CONTROLLER_TO_MODULE)
        payload = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}, cls=encoder).encode("utf-8")
        self._used_interpreter = "#!%s" % sys.executable
        with ExitStack() as stack:
            out = stack.enter_context(tempfile.TemporaryFile())
            err = stack.enter_context(tempfile.TemporaryFile())
            ear = stack.enter_context(closing(Ear(speaker))) if speaker is not None else None
            if ear is not None:
                environment[VARIABLE] = "fd:%d" % ear.write
            pid = os.fork()
            if pid == 0:
                _child(name, payload, environment, out.fileno(), err.fileno())
            status = _wait(pid, ear)
            out.seek(0)
            err.seek(0)
            answer = {
                "rc": os.waitstatus_to_exitcode(status),
                "stdout": out.read().decode("utf-8", "surrogateescape"),
                "stderr": err.read().decode("utf-8", "surrogateescape"),
            }
        return _as_dict(self._parse_returned_data(answer, _PROFILE), str(answer["stdout"]))


def _wait(pid: int, ear: Ear | None) -> int:
    """How the module's process ended. It does not outlive a task that is over before, as by its `timeout`."""
    try:
        return os.waitpid(pid, 0)[1] if ear is None else ear.listen(pid)
    except BaseException:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        raise


def _as_dict(parsed: Any, printed: str) -> dict[str, Any]:
    """The result without what only concerns Ansible itself."""
    if hasattr(parsed, "remove_internal_keys") and hasattr(parsed, "as_result_dict"):  # ansible-core 2.21
        parsed.remove_internal_keys()
        return dict(parsed.as_result_dict(for_round_trip=True))
    data = dict(parsed if isinstance(parsed, dict) else json.loads(printed))
    return {key: value for key, value in data.items() if not key.startswith("_ansible_") or key == "_ansible_parsed"}


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
