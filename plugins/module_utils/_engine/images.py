# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images as the manager in use has them; it need not have those that other nodes run."""

from __future__ import annotations

from typing import Any, Mapping

from .._core.errors import EngineError, NotFound
from .api import Api, segment


def healthcheck(api: Api, image: str) -> Mapping[str, Any] | None:
    """The HEALTHCHECK of an image, {} where it has none; None where the manager cannot say."""
    if not image:
        return None
    try:
        answer = api.get("/images/%s/json" % segment(image))
    except EngineError:
        # Not there (404), or a name that this Engine cannot look up: both mean "unknown".
        return None
    config = answer.get("Config") if isinstance(answer, dict) else None
    found = config.get("Healthcheck") if isinstance(config, dict) else None
    return found if isinstance(found, dict) else {}


def has_image(api: Api, image: str) -> bool | None:
    """Whether the manager in use has the image itself; None where it cannot say."""
    try:
        api.get("/images/%s/json" % segment(image))
    except NotFound:
        return False
    except EngineError:
        return None
    return True


def own_node(api: Api) -> str:
    """The ID of the node that the manager in use is."""
    answer = api.get("/info")
    swarm = answer.get("Swarm") if isinstance(answer, dict) else None
    return str(swarm.get("NodeID") or "") if isinstance(swarm, dict) else ""
