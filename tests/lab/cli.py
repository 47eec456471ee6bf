# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the lab."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from . import machine, nodeimage, outer, settings
from .errors import LabError
from .lab import DEFAULT_NAME, Lab, ensure_outer
from .nodeimage import DEFAULT_ENGINE, SUITES
from .progress import Progress

NODE_VERBS = {
    "stop": "lose a node at once, as when the power fails",
    "start": "start a lost node again",
    "pause": "freeze everything on a node",
    "resume": "let a frozen node go on",
    "cutoff": "cut a node off from the others; its API stays reachable from here",
    "rejoin": "connect a node again that was cut off",
    "promote": "make a node a manager",
    "demote": "make a node a worker",
}


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    top = argparse.ArgumentParser(
        prog="python3 -m tests.lab", description="Real Docker Swarms of several nodes on this machine."
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=text, description=text)
        sub.add_argument("--name", default=DEFAULT_NAME, help="the lab's name (default: %(default)s)")
        sub.add_argument("--quiet", action="store_true", help="say nothing while working")
        return sub

    up = verb("up", "bring a lab up, or back up; nothing happens where nothing is missing")
    up.add_argument("--nodes", type=int, help="how many nodes (default: 3)")
    up.add_argument("--managers", type=int, help="how many of them are managers (default: 3)")
    up.add_argument("--engine", choices=sorted(SUITES), help=f"generation of the Engine (default: {DEFAULT_ENGINE})")
    up.add_argument("--registry", action="store_true", help="also start the registries")

    down = verb("down", "remove every trace of a lab")
    down.add_argument("--all", action="store_true", help="of all labs on this machine")
    down.add_argument("--purge", action="store_true", help="also the private daemon, the node images and all caches")

    env = verb("env", "print the connection settings")
    env.add_argument("--json", action="store_true", help="as JSON, with everything there is to know")

    status = verb("status", "show the nodes as they are now")
    status.add_argument("--json", action="store_true", help="as JSON")

    clean = verb("clean", "remove services, networks, configs, secrets and what is left of tasks")
    clean.add_argument("--keep-edge", action="store_true", help="leave edges and their networks")

    verb("shop", "load the images of a shop with a PostgreSQL into all nodes, and print their names")
    verb("registry", "start the registries and print their names and login")

    edge = verb("edge", "bring requests from this machine to the tasks of a service in turn")
    edge.add_argument("--service", help="the service")
    edge.add_argument("--network", help="an overlay network the service is on")
    edge.add_argument("--port", type=int, default=80, help="the port its tasks listen on (default: %(default)s)")
    edge.add_argument("--listen", type=int, help="the port on 127.0.0.1, one of those the nodes publish")
    edge.add_argument("--node", default="node1", help="the node the edge stands on (default: %(default)s)")
    edge.add_argument("--remove", action="store_true", help="remove the edge of --service, or all edges")

    for name, text in NODE_VERBS.items():
        sub = verb(name, text)
        sub.add_argument("node", metavar="NODE")
        if name == "stop":
            sub.add_argument("--graceful", action="store_true", help="shut its Engine down in good order instead")

    verb("image", "make the node image of an engine generation beforehand").add_argument(
        "--engine", choices=sorted(SUITES), default=DEFAULT_ENGINE, help="which (default: %(default)s)"
    )
    return top


def main(arguments: Sequence[str]) -> int:
    """Run one command; 0 if it went well, 1 if not, 130 if it was interrupted."""
    try:
        given = parser().parse_args(arguments)
        run(given, Progress(quiet=given.quiet))
    except LabError as error:
        print(f"[lab] {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("[lab] interrupted; the same command goes on from here", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 1
    return 0


def run(given: argparse.Namespace, progress: Progress) -> None:
    """Do what one command asks for."""
    lab = Lab(given.name, progress=progress)
    match given.verb:
        case "up":
            lab.up(
                engine=given.engine,
                node_count=given.nodes,
                managers=given.managers,
                with_registry=given.registry,
            )
            print(settings.exports(lab.settings()))
        case "down":
            _down(lab, given, progress)
        case "env":
            described = lab.settings()
            print(json.dumps(described, indent=2) if given.json else settings.exports(described))
        case "status":
            _status(lab, given, progress)
        case "clean":
            removed = lab.clean(keep_edge=given.keep_edge)
            progress.say("removed " + ", ".join(f"{count} {kind}" for kind, count in removed.items()))
        case "registry" | "shop":
            print(json.dumps(getattr(lab, given.verb)(), indent=2))
        case "edge":
            _edge(lab, given, progress)
        case "image":
            print(nodeimage.ensure(ensure_outer(given.engine, progress), given.engine, progress))
        case "stop":
            lab.stop(given.node, graceful=given.graceful)
        case _:
            getattr(lab, given.verb)(given.node)


def _down(lab: Lab, given: argparse.Namespace, progress: Progress) -> None:
    names = machine.all_labs(progress)
    others = [name for name in names if name != lab.name]
    if given.purge and others and not given.all:
        raise LabError(f"Other labs are still there ({', '.join(others)}): add --all to purge them too.")
    for name in names if given.all else [lab.name]:
        if not Lab(name, progress=progress).down():
            progress.say(f"there is no lab '{name}'")
    if given.purge:
        host = outer.find()
        if host is not None:
            nodeimage.prune(host)
        outer.purge(progress)


def _status(lab: Lab, given: argparse.Namespace, progress: Progress) -> None:
    members = lab.members()
    if given.json:
        print(json.dumps(members, indent=2))
        return
    plan = lab.plan()
    print(f"lab '{plan.name}': engine {plan.engine}, network {plan.subnet}")
    print(settings.table(members))
    others = [name for name in machine.all_labs(progress) if name != lab.name]
    if others:
        print(f"other labs: {', '.join(others)}")


def _edge(lab: Lab, given: argparse.Namespace, progress: Progress) -> None:
    if given.remove:
        progress.say(f"removed {lab.remove_edge(given.service)} edges")
        return
    if not given.service or not given.network:
        raise LabError("An edge needs --service and --network (or --remove).")
    print(lab.edge(given.service, given.network, port=given.port, listen=given.listen, node=given.node))
