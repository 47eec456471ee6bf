# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Says what a rollback will restore before it acts; who makes it is filled in as for `swarm_service`."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.display import Display

from ansible_collections.swarm.rollout.plugins.action.swarm_service import ActionModule as Recorded
from ansible_collections.swarm.rollout.plugins.plugin_utils.live import beginning


class ActionModule(Recorded):
    """A module cannot speak before it ends: it is asked in check mode first, which writes nothing."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The module's result."""
        if self._is_to_be_told():
            planned = self._planned(task_vars)
            if planned.get("changed") and not planned.get("failed"):
                host = (task_vars or {}).get("inventory_hostname", "localhost")
                Display().display("%s%s" % (beginning(str(host)), planned.get("msg", "")), stderr=True)
        return super().run(tmp, task_vars)

    def _is_to_be_told(self) -> bool:
        """Not where nothing will be done, nobody listens, or nothing may be shown."""
        quiet = self._task.check_mode or self._task.async_val or self._task.no_log
        return not quiet and boolean(self._task.args.get("announce", True), strict=False)

    def _planned(self, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        arguments = {**self._task.args, "readiness": False}
        self._task.check_mode = True
        try:
            planned = self.execute(arguments, task_vars or {})
        finally:
            self._task.check_mode = False
        return planned
