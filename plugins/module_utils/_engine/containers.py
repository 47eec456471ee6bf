# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Containers as the managers themselves have them; of those on other nodes a manager knows nothing."""

from __future__ import annotations

from .._core.cluster import JsonObject
from .._core.errors import RolloutError
from .._core.masking import mask_printed
from .api import Api, segment

# Seconds for the answer of one manager: the account of a stall is not to wait for one that is gone.
_PATIENCE = 3.0


def health_output(api: Api, container_id: str, spec: JsonObject) -> str:
    """What the last health check of a container wrote; empty where none of the managers in `docker_hosts` has it.

    The secrets of the module's task are hidden, and those of `spec`, with which the container runs.
    """
    for door in api.each():
        try:
            found = door.get("/containers/%s/json" % segment(container_id), timeout=_PATIENCE)
        except RolloutError:
            continue
        runs = ((found.get("State") or {}).get("Health") or {}).get("Log") or []
        said = str(runs[-1].get("Output") or "").strip() if runs else ""
        return mask_printed(api.secrets.with_those_in(spec).hide(said))
    return ""
