# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab takes from Debian: packages for this machine, and root file systems for its images."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

from .errors import LabError
from .progress import Progress

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
LISTS = Path("/var/lib/apt/lists")
SUITES = ("bullseye", "bookworm", "trixie", "forky", "sid", "oldstable", "stable", "testing", "unstable")

# The programs that the lab and the tests call, each with the packages that bring it: the first one that
# the machine's Debian or Ubuntu knows.
PROGRAMS: dict[str, tuple[str, ...]] = {
    "debootstrap": ("debootstrap",),
    # From Debian 13 on the command is not part of the Engine's package.
    "docker": ("docker-cli", "docker.io"),
    "dockerd": ("docker.io",),
    "iptables": ("iptables",),
    "openssl": ("openssl",),
    "slirp4netns": ("slirp4netns",),
    "ssh": ("openssh-client",),
    "ssh-keygen": ("openssh-client",),
    "sshd": ("openssh-server",),
    "unshare": ("util-linux",),
}


def is_debian(os_release: str | None = None) -> bool:
    """Tell whether this machine is Debian, Ubuntu or made of them."""
    if os_release is None:
        path = Path("/etc/os-release")
        os_release = path.read_text() if path.exists() else ""
    words = re.findall(r'^(?:ID|ID_LIKE)="?([^"\n]*)"?$', os_release, flags=re.MULTILINE)
    return any(word in ("debian", "ubuntu") for line in words for word in line.split())


def is_root() -> bool:
    """Tell whether this process may do everything."""
    return os.geteuid() == 0


def install(packages: Iterable[str], progress: Progress) -> None:
    """Install packages with apt, without starting the services that come with them."""
    wanted = list(packages)
    if not (is_root() and is_debian()):
        raise LabError(f"The lab needs {', '.join(wanted)}: install them, or run it as root on Debian or Ubuntu.")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    with progress.long(f"installing {' '.join(wanted)} with apt (about 15 s)"):
        # A machine that has just started is often updating itself.
        command = ["apt-get", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", *wanted]
        first = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if first.returncode != 0:
            # Lists that are missing or old are the usual reason, and the only one that mends itself.
            subprocess.run(["apt-get", "update"], env=environment, capture_output=True, check=False)
            first = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if first.returncode != 0:
        raise LabError(f"apt-get could not install {' '.join(wanted)}: {_last_line(first.stderr)}")


def ensure(*names: str, progress: Progress, also: Iterable[str] = ()) -> None:
    """Install what is missing of these programs, and these packages with them, in one go."""
    wanted = [*packages(_missing(names), _is_known), *also]
    if wanted:
        install(wanted, progress)


def obtainable(*names: str) -> bool:
    """Tell whether these programs are here, or may be installed."""
    return present(*names) or (is_root() and is_debian())


def present(*names: str) -> bool:
    """Tell whether these programs are here."""
    return not _missing(names)


def packages(names: Iterable[str], is_known: Callable[[str], bool]) -> list[str]:
    """The packages that bring these programs, each once."""
    chosen = []
    for name in names:
        *better, last = PROGRAMS[name]
        chosen.append(next(filter(is_known, better), last))
    return list(dict.fromkeys(chosen))


def _missing(names: Iterable[str]) -> list[str]:
    # Whoever is not root does not look where daemons are.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    return [name for name in names if shutil.which(name, path=path) is None]


def _is_known(package: str) -> bool:
    """Tell whether apt could install a package; without its lists it knows none."""
    if not (is_root() and is_debian()):
        return False
    if not any(LISTS.glob("*_Packages*")):
        subprocess.run(["apt-get", "update"], capture_output=True, check=False)
    return subprocess.run(["apt-cache", "madison", package], capture_output=True, check=False).stdout != b""


def mirror(folder: Path = Path("/etc/apt")) -> str | None:
    """The Debian mirror that this machine's own apt uses; None where it has none."""
    given = os.environ.get("SWARM_ROLLOUT_LAB_MIRROR")
    if given:
        return given
    files = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    for file in files:
        if file.is_file() and file.suffix in (".list", ".sources"):
            found = _mirror_in(file.read_text(), deb822=file.suffix == ".sources")
            if found:
                return found
    return None


def _mirror_in(text: str, *, deb822: bool) -> str | None:
    entries: list[tuple[str, list[str]]] = []
    if deb822:
        for stanza in re.split(r"\n\s*\n", text):
            fields = {
                key.lower(): value.strip()
                for key, value in re.findall(r"^([A-Za-z-]+):(.*)$", stanza, flags=re.MULTILINE)
            }
            if "deb" in fields.get("types", "").split() and fields.get("enabled", "yes").lower() != "no":
                entries += [(uri, fields.get("suites", "").split()) for uri in fields.get("uris", "").split()]
    else:
        for line in re.findall(r"^deb\s+(?:\[[^\]]*\]\s*)?(.*)$", text, flags=re.MULTILINE):
            uri, *rest = line.split()
            entries.append((uri, rest[:1]))
    for uri, suites in entries:
        if uri.startswith(("http://", "https://", "file:")) and any(suite in SUITES for suite in suites):
            return uri
    return None


def ensure_debootstrap(progress: Progress) -> None:
    """Install what `debootstrap` needs where it is missing."""
    ensure("debootstrap", "unshare", progress=progress, also=() if KEYRING.exists() else ("debian-archive-keyring",))


def debootstrap(suite: str, packages: Iterable[str], target: Path, progress: Progress) -> None:
    """Make a minimal Debian of that suite in a folder."""
    ensure_debootstrap(progress)
    if not is_root():
        raise LabError("Building images takes root (debootstrap): run the same command once as root.")
    source = mirror()
    command = [
        # Whatever debootstrap mounts and starts is gone with it, also when it is interrupted.
        *("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"),
        *("debootstrap", "--variant=minbase", f"--keyring={KEYRING}", f"--include={','.join(packages)}"),
        suite,
        str(target),
        *([source] if source else []),
    ]
    log = target.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            code = process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if code != 0:
        raise LabError(f"debootstrap of {suite} failed: {_last_line(log.read_text(errors='replace'))} (log: {log})")


def chroot(tree: Path, script: str) -> None:
    """Run a shell script inside such a Debian."""
    done = subprocess.run(["chroot", str(tree), "sh", "-c", script], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f"The image in {tree} could not be finished: {done.stderr.strip()[-300:]}")


def remove(tree: Path) -> None:
    """Remove such a Debian, or what there is of it."""
    if not tree.exists():
        return
    # debootstrap mounts in a namespace of its own, so nothing is mounted here; the option is the second lock.
    subprocess.run(["rm", "-rf", "--one-file-system", str(tree)], check=False)
    shutil.rmtree(tree, ignore_errors=True)


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no message"
