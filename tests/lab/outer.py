# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outer Engine, which runs the nodes as containers: the machine's own, or a private one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

from . import debian, places
from .api import Engine
from .errors import LabError
from .plan import LABEL
from .progress import Progress

DEFAULT = "unix:///var/run/docker.sock"
# The command is what people look into a lab with.
PROGRAMS = ("dockerd", "iptables", "docker")


def folder() -> Path:
    """Everything the private daemon has."""
    return places.home() / "engine"


def private_address() -> str:
    """Where the private daemon listens."""
    return f"unix://{folder()}/docker.sock"


def find() -> Engine | None:
    """The outer Engine if there is one that runs; never starts anything.

    A lab stays where it was made: once there is a private daemon, it is the one.
    """
    if (folder() / "data").is_dir():
        engine = Engine(private_address())
        return engine if engine.alive() else None
    for address in dict.fromkeys([os.environ.get("DOCKER_HOST") or DEFAULT, DEFAULT]):
        usable = _usable(address)
        if usable is not None:
            return usable
    return None


def revive(progress: Progress) -> Engine | None:
    """The outer Engine, started again if it is the private one and was killed: its labs may live on."""
    return ensure(progress) if (folder() / "data").is_dir() else find()


def ensure(progress: Progress) -> Engine:
    """The outer Engine; where there is none, install and start a private one."""
    engine = find()
    if engine is not None:
        return engine
    with places.locked("engine", progress):
        return find() or _start(progress)


def _usable(address: str) -> Engine | None:
    """An Engine that answers, publishes ports on this machine, and is not itself a node of a lab."""
    parts = urlsplit(address)
    if parts.scheme not in ("unix", "tcp") or (
        parts.scheme == "tcp" and parts.hostname not in ("127.0.0.1", "localhost")
    ):
        return None
    engine = Engine(address)
    if not engine.alive():
        return None
    # `env` sets DOCKER_HOST to a node, and labs do not nest.
    labels = engine.info().get("Labels") or []
    return None if any(label.startswith(f"{LABEL}=") for label in labels) else engine


def _start(progress: Progress) -> Engine:
    if not debian.is_root():
        raise LabError(
            "No Docker Engine answers at DOCKER_HOST or the default socket: start one, or run the lab as root"
            " on Debian or Ubuntu, where it brings its own."
        )
    debian.ensure(*PROGRAMS, progress=progress)
    place = folder()
    (place / "data").mkdir(parents=True, exist_ok=True)
    socket = place / "docker.sock"
    if len(str(socket)) > 100:
        raise LabError(f"{socket} is too long for a socket's path: set SWARM_ROLLOUT_LAB_HOME to a shorter one.")
    config = place / "daemon.json"
    config.write_text(
        json.dumps(
            {
                "data-root": str(place / "data"),
                "exec-root": str(place / "exec"),
                "pidfile": str(place / "pid"),
                "hosts": [f"unix://{socket}"],
                # Shares nothing with a daemon of the system: neither its bridge nor its containers.
                "bridge": "none",
                # The nodes outlive the daemon.
                "live-restore": True,
                "containerd-namespace": "swarm-rollout-lab",
                "containerd-plugins-namespace": "swarm-rollout-lab-plugins",
            },
            indent=2,
        )
    )
    log = place / "log"
    _wait_for_the_last_one(progress)
    for pidfile in _pidfiles():
        _forget_dead_pid(pidfile)
    with progress.long(f"starting a private Docker daemon under {place}"), log.open("ab") as output:
        process = subprocess.Popen(
            ["dockerd", "--config-file", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        engine = Engine(private_address())
        deadline = time.monotonic() + 90
        while not engine.alive(1.0):
            if process.poll() is not None or time.monotonic() > deadline:
                lines = log.read_text(errors="replace").splitlines() or ["no message"]
                raise LabError(f"The private Docker daemon did not start: {lines[-1][-300:]} (log: {log})")
            time.sleep(0.1)
    return engine


def _wait_for_the_last_one(progress: Progress) -> None:
    """A daemon that was told to end takes a while; two on the same data would spoil it."""
    pid = _pid(_pidfiles()[0])
    if not _is_ours(pid) or Engine(private_address()).alive():
        return
    deadline = time.monotonic() + 60
    with progress.long(f"waiting for the private daemon {pid} to end"):
        while _is_ours(pid):
            if time.monotonic() > deadline:
                raise LabError(f"Process {pid}, the private Docker daemon, hangs: end it with `kill -9 {pid}`.")
            time.sleep(0.1)


def _forget_dead_pid(pidfile: Path) -> None:
    """Remove the pid file of a killed daemon.

    Its number may belong to another process by now, or to what is left of the daemon itself until
    its parent takes notice; the next daemon would wait for either.
    """
    if pidfile.exists() and not _is_ours(_pid(pidfile)):
        pidfile.unlink()


def _pidfiles() -> tuple[Path, Path]:
    """Of the daemon and of its containerd, in the order they are ended."""
    return folder() / "pid", folder() / "exec" / "containerd" / "containerd.pid"


def _pid(pidfile: Path) -> int:
    try:
        return int(pidfile.read_text())
    except (OSError, ValueError):
        return 0


def _is_ours(pid: int) -> bool:
    """Tell whether a process was started from our folder; only such a one is ever signalled."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return False
    return str(folder()) in command


def purge(progress: Progress) -> None:
    """End the private daemon and remove everything the lab ever stored on this machine."""
    if (folder() / "data").is_dir():
        # Whatever still runs there would outlive its daemon.
        engine = ensure(progress)
        for container in engine.get("/containers/json", all=True):
            engine.delete(f"/containers/{container['Id']}", force=True, v=True)
    for pidfile in _pidfiles():
        _end(pidfile, progress)
    home = places.home()
    if not home.exists():
        return
    for mount in _mounts_below(home):
        subprocess.run(["umount", "--lazy", mount], capture_output=True, check=False)
    progress.say(f"removing {home}")
    subprocess.run(["rm", "-rf", "--one-file-system", str(home)], check=False)
    if home.exists():
        raise LabError(f"{home} could not be removed completely: look for what is mounted or running there.")


def _end(pidfile: Path, progress: Progress) -> None:
    pid = _pid(pidfile)
    if not _is_ours(pid):
        return
    progress.say(f"ending process {pid} ({pidfile.name.removesuffix('.pid')})")
    for number, wait in ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline:
            if not _is_ours(pid):
                return
            time.sleep(0.05)


def _mounts_below(place: Path) -> list[str]:
    """What is mounted below a folder, the innermost first."""
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return sorted((mount for mount in mounts if mount.startswith(f"{place}/")), key=len, reverse=True)
