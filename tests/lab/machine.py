# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this machine and its outer Engine already have: labs, subnets, ports."""

from __future__ import annotations

import re
import socket
from pathlib import Path

from . import outer
from .api import Engine, label_filter
from .plan import LABEL, lab_names
from .progress import Progress


def all_labs(progress: Progress) -> list[str]:
    """The names of all labs on this machine, half-made ones included."""
    host = outer.revive(progress)
    if host is None:
        return []
    labelled = label_filter(LABEL)
    return lab_names(
        [*host.get("/containers/json", all=True, filters=labelled), *host.get("/networks", filters=labelled)]
    )


def own_subnet(host: Engine, name: str) -> str | None:
    """The subnet of a lab that was interrupted after its network was made."""
    for network in host.get("/networks", filters=label_filter(f"{LABEL}={name}")):
        for config in network["IPAM"]["Config"] or []:
            return str(config["Subnet"])
    return None


def taken_subnets(host: Engine) -> list[str]:
    taken = [
        config["Subnet"]
        for network in host.get("/networks")
        for config in (network["IPAM"]["Config"] or [])
        if config.get("Subnet")
    ]
    routes = Path("/proc/net/route")
    if routes.exists():
        for destination, mask in re.findall(
            r"^\S+\t(\w{8})\t\w{8}\t\w+\t\d+\t\d+\t\d+\t(\w{8})", routes.read_text(), re.M
        ):
            if int(mask, 16):
                address = socket.inet_ntoa(bytes.fromhex(destination)[::-1])
                taken.append(f"{address}/{int(mask, 16).bit_count()}")
    return taken


def is_free(port: int) -> bool:
    """Tell whether nothing listens on that port of this machine's loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
