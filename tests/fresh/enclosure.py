# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A running system of its own: a root with its own processes, mounts, host name, control groups and network.

Everything of it ends with its first process, which ends with this program, however this program ends.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.lab.debian import ensure
from tests.lab.errors import LabError
from tests.lab.progress import Progress

# The user-mode network answers for the machine's resolver at this address.
RESOLVER = "10.0.2.3"
_NAMESPACES = ("--mount", "--pid", "--net", "--ipc", "--uts", "--cgroup")
_GROUP = "swarm-rollout-fresh-"
_WITH_ME = ("setpriv", "--pdeathsig", "KILL")
_INTO_GROUPS = 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs"; shift; done; shift; exec "$@"'
# The root becomes the root of its namespace for good: a mere chroot would stop the Engine's own containers.
_SETUP = r"""
set -eu
root=$1
shift
hostname fresh
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for number in 0:stdin 1:stdout 2:stderr; do
  ln -s "/proc/self/fd/${number%:*}" "$root/dev/${number#*:}"
done
if grep -q '^[^ ]* /sys/fs/cgroup cgroup2' /proc/mounts; then
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
else
  mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
  while IFS=: read -r number controllers _path; do
    [ -n "$controllers" ] || continue
    case $controllers in name=*) options=none,$controllers ;; *) options=$controllers ;; esac
    mkdir "$root/sys/fs/cgroup/${controllers#name=}"
    mount -t cgroup -o "$options" cgroup "$root/sys/fs/cgroup/${controllers#name=}"
  done < /proc/self/cgroup
fi
for folder in "$@"; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
  mount -o remount,bind,ro "$root$folder"
done
cd "$root"
pivot_root . .
umount -l .
exec /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c '
  cd /
  echo ready
  exec < /dev/null > /dev/null 2>&1
  # Whoever loses its parent becomes a child of this process, which has to wait for it.
  while :; do sleep 3600 & wait $!; done
'
"""


@dataclass(frozen=True)
class Done:
    """What a command left: its exit status, its lines with their times, its seconds and those of processors."""

    status: int
    lines: tuple[tuple[float, str], ...]
    seconds: float
    work: float

    @property
    def text(self) -> str:
        """All that it printed."""
        return "\n".join(line for _time, line in self.lines)


class Enclosure:
    """A root that runs; as a context manager it is gone afterwards."""

    def __init__(self, root: Path, variables: Mapping[str, str], mounts: Iterable[Path], progress: Progress) -> None:
        self._root = root
        self._variables = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            **variables,
        }
        self._mounts = [str(path) for path in mounts]
        self._progress = progress
        self._groups: list[Path] = []
        self._processes: list[subprocess.Popen[str]] = []
        self._first = 0

    def __enter__(self) -> Enclosure:
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def run(self, command: str, log: Path, *, folder: str = "/", limit: float = 3600.0) -> Done:
        """Run a shell command. Each line goes into the log with the seconds so far, and those of processors."""
        namespaces = [f"--target={self._first}", *_NAMESPACES]
        inside = [*("/usr/bin/env", "-i"), *(f"{name}={value}" for name, value in self._variables.items())]
        words = [*inside, "/bin/sh", "-c", f"cd {folder} && {command}"]
        log.parent.mkdir(parents=True, exist_ok=True)
        started, worked = time.monotonic(), self._worked()
        lines: list[tuple[float, str]] = []
        with log.open("w") as kept, self._begin(["nsenter", *namespaces, *words]) as process:
            timer = threading.Timer(limit, process.kill)
            timer.start()
            try:
                assert process.stdout is not None
                for line in process.stdout:
                    lines.append((time.monotonic() - started, line.rstrip("\n")))
                    kept.write(f"[{lines[-1][0]:7.1f} {self._worked() - worked:6.1f}] {line}")
                    kept.flush()
                status = process.wait()
            finally:
                timer.cancel()
                if process.poll() is None:
                    process.kill()
        self._processes.remove(process)
        return Done(status, tuple(lines), time.monotonic() - started, self._worked() - worked)

    def _worked(self) -> float:
        """The processors' seconds that all of it has used so far."""
        for group in self._groups:
            if (group / "cpuacct.usage").exists():
                return int((group / "cpuacct.usage").read_text()) / 1e9
            if (group / "cpu.stat").exists():
                fields = dict(line.split() for line in (group / "cpu.stat").read_text().splitlines())
                if "usage_usec" in fields:
                    return int(fields["usage_usec"]) / 1e6
        return 0.0

    def _start(self) -> None:
        ensure("slirp4netns", progress=self._progress)
        self._groups = _new_groups()
        (self._root / "etc/resolv.conf").unlink(missing_ok=True)
        (self._root / "etc/resolv.conf").write_text(f"nameserver {RESOLVER}\n")
        (self._root / "etc/hostname").write_text("fresh\n")
        (self._root / "etc/hosts").write_text("127.0.0.1 localhost fresh\n::1 localhost\n")
        separate = ["unshare", *_NAMESPACES, "--propagation=private", "--fork", "--kill-child"]
        holder = self._begin([*separate, "sh", "-c", _SETUP, "sh", str(self._root), *self._mounts])
        assert holder.stdout is not None
        said: list[str] = []
        while not said or said[-1] != "ready":
            line = holder.stdout.readline()
            if not line:
                raise LabError(f"The root {self._root} could not be started: {' '.join(said) or 'no message'}")
            said.append(line.strip())
        children = Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text().split()
        self._first = int(children[0])
        self._connect()

    def _connect(self) -> None:
        """Give it a network that reaches what this machine reaches, without a rule or a device on this machine."""
        reading, writing = os.pipe()
        command = ["slirp4netns", "--configure", "--mtu=1500", "--disable-host-loopback", f"--ready-fd={writing}"]
        process = subprocess.Popen(
            [*_WITH_ME, *command, str(self._first), "tap0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=(writing,),
        )
        self._processes.append(process)
        os.close(writing)
        with os.fdopen(reading, "rb") as ready:
            if not ready.read(1):
                assert process.stderr is not None
                raise LabError(f"slirp4netns did not start: {process.stderr.read().strip()[-300:]}")

    def _begin(self, command: Sequence[str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*_WITH_ME, "sh", "-c", _INTO_GROUPS, "sh", *map(str, self._groups), "--", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._processes.append(process)
        return process

    def _end(self) -> None:
        if self._first:
            with suppress(ProcessLookupError):
                os.kill(self._first, signal.SIGKILL)
        for process in reversed(self._processes):
            process.kill()
            process.wait()
        for group in self._groups:
            _remove_group(group)


def _new_groups() -> list[Path]:
    """A control group below this process' own in every hierarchy; below the root where there is only one."""
    made = []
    name = f"{_GROUP}{os.getpid()}"
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, controllers, own = line.split(":", 2)
        place = Path("/sys/fs/cgroup")
        if number == "0":
            if not (place / "cgroup.controllers").exists():
                continue
            group = place / name
        else:
            group = place / controllers.removeprefix("name=") / own.lstrip("/") / name
        for left in group.parent.glob(f"{_GROUP}*"):
            # Of a run that was killed: its processes went with it, its groups did not.
            if not Path("/proc", left.name.removeprefix(_GROUP)).exists():
                _remove_group(left)
        group.mkdir()
        for value in ("cpuset.cpus", "cpuset.mems"):
            if number != "0" and (group / value).exists():
                (group / value).write_text((group.parent / value).read_text())
        made.append(group)
    return made


def _remove_group(group: Path) -> None:
    """Remove a control group with all below it; what ran in it takes a moment to be gone."""
    for _ in range(50):
        for folder, _folders, _files in os.walk(group, topdown=False):
            with suppress(OSError):
                Path(folder).rmdir()
        if not group.exists():
            return
        time.sleep(0.1)
