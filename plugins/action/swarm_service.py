# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs on the controller before the modules that change services: says who makes the change."""

from __future__ import annotations

import getpass
import os
import socket
from typing import Any

from ansible_collections.swarm.rollout.plugins.plugin_utils.here import Here

# What AWX and Tower give to the jobs they start, by the name under which it is recorded.
_JOB_VARIABLES = {
    "awx_job": ("awx_job_id", "tower_job_id"),
    "awx_job_template": ("awx_job_template_name", "tower_job_template_name"),
    "awx_user": ("awx_user_name", "tower_user_name"),
    "git_revision": ("awx_project_revision", "tower_project_revision"),
}


class ActionModule(Here):
    """Runs the module of the same name with its `actor` filled in."""

    _requires_connection = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The module's result."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        arguments = dict(self._task.args)
        given = arguments.get("actor") or {}
        if isinstance(given, dict):
            arguments["actor"] = {**who(task_vars or {}), **given}
        result.update(self.execute(arguments, task_vars or {}))
        return result


def who(task_vars: dict[str, Any]) -> dict[str, str]:
    """User and host of the controller and, where they are known, the job, its user and its git revision."""
    found = {"user": _user(), "host": socket.gethostname()}
    for name, variables in _JOB_VARIABLES.items():
        value = next((task_vars[variable] for variable in variables if task_vars.get(variable)), None)
        if value is not None:
            found[name] = str(value)
    return {name: value for name, value in found.items() if value}


def _user() -> str:
    """The user who runs the playbook; who used sudo for it is named by their own name."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError, ImportError):
        # A container without an entry for its user in the password file.
        return str(os.getuid())
