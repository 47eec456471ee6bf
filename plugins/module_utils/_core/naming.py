# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of the config objects that the collection keeps in the Swarm."""

from __future__ import annotations

import hashlib

_HEAD = "swarm-rollout."
# Config names have at most 64 characters; what is cut off is told apart by a few digits of its hash.
_LIMIT = 64
_HASH_LENGTH = 10


def config_name(service: str, tail: str) -> str:
    """`swarm-rollout.SERVICE.TAIL`, where a long service name is cut and told apart by a hash.

    No two services share one: a service name has no dot and at most 63 characters (swarmkit
    manager/controlapi/common.go).
    """
    room = _LIMIT - len(_HEAD) - len(tail) - 1
    if len(service) > room:
        digits = hashlib.sha256(service.encode("utf-8")).hexdigest()[:_HASH_LENGTH]
        service = "%s-%s" % (service[: room - _HASH_LENGTH - 1], digits)
    return "%s%s.%s" % (_HEAD, service, tail)
