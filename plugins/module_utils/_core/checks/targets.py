# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where to ask: the service at the URL given, or each task at an address of its own.

A task that publishes a port in host mode, or uses its node's network, is asked at its node; another one
at its address in its network, which only hosts inside that network reach.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_interface
from typing import Callable, Iterable, Mapping
from urllib.parse import urlsplit, urlunsplit

from ..cluster import JsonObject, Node, Task
from .settings import Requests

NODE = "node"
NETWORK = "network"
SERVICE = "service"

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Target:
    """One place to ask. `reach` is NODE, NETWORK or SERVICE; `side` says old or new where both are asked.

    `inside` is the address and prefix length in a network that only its members reach (`10.0.1.5/24`).
    """

    key: str
    label: str
    address: str
    url: str
    reach: str
    side: str = "new"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    inside: str = ""

    @property
    def advice(self) -> str:
        """What to do where it cannot be reached."""
        if self.reach == NODE:
            return "open that port to this host, or run the check where it is open"
        return "publish the port in host mode, or run the check on a host in that network"


class NoAddress(Exception):
    """A task cannot be asked; the text is a sentence that says why and what to do."""


def service_target(settings: Requests) -> Target:
    """The URL as it was given."""
    address = urlsplit(settings.url).netloc.rpartition("@")[2]
    return Target(SERVICE, "the service", address, settings.url, SERVICE, "new", settings.headers)


def task_targets(
    settings: Requests, tasks: Iterable[Task], nodes: Iterable[Node], name: str, side: str = "new"
) -> tuple[Target, ...]:
    """Each of the service's tasks at an address of its own. Raises `NoAddress`."""
    known = {node.id: node for node in nodes}
    found = []
    for task in sorted(tasks, key=lambda one: (one.slot, one.node_id, one.id)):
        node = known.get(task.node_id)
        hostname = node.hostname if node else task.node_id
        label = "%s.%s on %s" % (name, task.slot, hostname) if task.slot else "%s on %s" % (name, hostname)
        host, port, reach = _address(settings, task, node, label)
        address = "%s:%d" % ("[%s]" % host if ":" in host else host, port)
        url, headers = _request(settings, address)
        inside = _closed(task) if reach == NETWORK else ""
        found.append(Target(task.id, label, address, url, reach, side, headers, inside))
    return tuple(found)


def _closed(task: Task) -> str:
    """The address in an overlay network. Those of other drivers, such as macvlan, may be routed to."""
    first = task.attachments[0]
    return first.address if first.driver == "overlay" else ""


def refuse_outside(targets: Iterable[Target], source: Callable[[str], str]) -> None:
    """Raises `NoAddress` where a target is in an overlay network that this host is not in.

    `source(address)` is the address that this host speaks to it with, empty for none. Who is in the network
    has one of its addresses. From outside a stranger may answer at the same address, since the addresses
    of overlay networks are in use elsewhere too: nothing is asked then.
    """
    for target in targets:
        if not target.inside:
            continue
        own = source(target.inside.split("/")[0])
        if not own or ip_address(own) not in ip_interface(target.inside).network:
            raise NoAddress(
                "%s at %s is not asked, since this host%s is not in its network %s: %s"
                % (target.label, target.address, " (%s)" % own if own else "", _network(target), target.advice)
            )


def _network(target: Target) -> str:
    return str(ip_interface(target.inside).network)


def _address(settings: Requests, task: Task, node: Node | None, label: str) -> tuple[str, int, str]:
    """Host, port and how it is reached."""
    parts = urlsplit(settings.url)
    wanted = settings.port or parts.port
    published = [port for port in task.ports if _at_node(port)]
    fitting = [port for port in published if wanted in (None, port.get("TargetPort"))]
    if not fitting and settings.port is None:
        # The port of a url may as well be the one that the node publishes.
        fitting = [port for port in published if wanted == port.get("PublishedPort")]
    at_node = node.address if node else ""
    if len({port["PublishedPort"] for port in fitting}) > 1:
        ports = ", ".join(str(port.get("TargetPort")) for port in fitting)
        raise NoAddress("%s publishes several ports (%s): say with port which one is to be asked" % (label, ports))
    default = wanted or _DEFAULT_PORTS.get(parts.scheme, 80)
    if at_node and fitting:
        return at_node, int(fitting[0]["PublishedPort"]), NODE
    if at_node and any(attachment.driver == "host" for attachment in task.attachments):
        return at_node, default, NODE
    if task.attachments and task.attachments[0].address:
        return task.attachments[0].address.split("/")[0], default, NETWORK
    raise NoAddress(
        "%s has no address to ask it at: publish %s in host mode, or attach the service to a network"
        % (label, "port %d" % wanted if wanted else "its port")
    )


def _at_node(port: JsonObject) -> bool:
    return port.get("PublishMode") == "host" and bool(port.get("PublishedPort")) and port.get("Protocol") != "udp"


def _request(settings: Requests, address: str) -> tuple[str, Mapping[str, str]]:
    """The URL at a task's address. The name in the URL goes along, since servers may answer by it."""
    parts = urlsplit(settings.url)
    login, at, given = parts.netloc.rpartition("@")
    url = urlunsplit((parts.scheme or "http", login + at + address, parts.path or "/", parts.query, ""))
    if not given or any(name.lower() == "host" for name in settings.headers):
        return url, settings.headers
    return url, {**settings.headers, "Host": given}
