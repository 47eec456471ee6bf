# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a root takes over from this machine so that it reaches the same package sources, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
SHIPPED = Path("/usr/share/ca-certificates")
# What stands here is trusted for good, also when the package of all the others is installed later.
TRUSTED = "usr/local/share/ca-certificates"
PIP_FILES = ("/etc/pip.conf", "/etc/xdg/pip", "~/.config/pip", "~/.pip")
# Where a variable of this machine says how to reach something.
_VARIABLES = re.compile(r"^(?:PIP_\w+|(?:https?|ftp|all|no)_proxy|SWARM_ROLLOUT_LAB_MIRROR)$", re.IGNORECASE)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_PATH = re.compile(r"(?:^|file://|(?<=[\s'\"=]))(/[^\s'\"]+)")


def for_suite(text: str, codename: str, suite: str) -> str:
    """The apt sources of another suite, from those of this machine's own."""
    return re.sub(rf"(?<![\w.]){re.escape(codename)}(?=[\s/-]|$)", suite, text, flags=re.MULTILINE)


def variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Those that name package sources or the way to them."""
    return {name: value for name, value in environment.items() if _VARIABLES.match(name)}


def local_paths(settings: str) -> list[str]:
    """The folders and files of this machine that pip's settings point to; an index' files lie beside its list."""
    found = dict.fromkeys(path.rstrip("/") for path in _PATH.findall(settings))
    return [path.removesuffix("/simple") for path in found]


def own_certificates(bundle: str, shipped: Iterable[str]) -> list[str]:
    """The certificates that this machine trusts beside those that its distribution brings."""
    brought = {found for text in shipped for found in _CERTIFICATE.findall(text)}
    return [found for found in _CERTIFICATE.findall(bundle) if found not in brought]


def codename(os_release: str) -> str | None:
    """What this machine's Debian is called; None where it is another system."""
    fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', os_release, flags=re.MULTILINE))
    return fields.get("VERSION_CODENAME") if fields.get("ID") == "debian" else None


@dataclass(frozen=True)
class Sources:
    """What one root gets."""

    variables: Mapping[str, str]
    mounts: tuple[Path, ...]

    @classmethod
    def copied(cls, suite: str, root: Path) -> Sources:
        """Copy the settings of this machine's apt and pip into a root."""
        _copy_apt(suite, root)
        files = [Path(name).expanduser() for name in PIP_FILES]
        for path in filter(Path.exists, files):
            # The root's only user is root, whoever this is.
            home = path.is_relative_to(Path.home())
            _copy(path, root / ("root" / path.relative_to(Path.home()) if home else path.relative_to("/")))
        _copy_certificates(root)
        given = variables(os.environ)
        texts = [*(_text(path) for path in files), *given.values()]
        paths = [Path(name) for text in texts for name in local_paths(text)]
        for path in filter(Path.is_file, paths):
            _copy(path, root / path.relative_to("/"))
        folders = [path for path in paths if path.is_dir() and path not in files]
        return cls(given, tuple(dict.fromkeys(folders)))


def _copy_certificates(root: Path) -> None:
    if not BUNDLE.exists():
        return
    _copy(BUNDLE, root / BUNDLE.relative_to("/"))
    shipped = [path.read_text() for path in SHIPPED.rglob("*.crt")]
    folder = root / TRUSTED
    folder.mkdir(parents=True, exist_ok=True)
    for number, found in enumerate(own_certificates(BUNDLE.read_text(), shipped), 1):
        (folder / f"machine-{number}.crt").write_text(found + "\n")


def _copy_apt(suite: str, root: Path) -> None:
    apt = Path("/etc/apt")
    release = Path("/etc/os-release")
    own = codename(release.read_text()) if release.exists() else None
    lists = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))]
    texts = {path: path.read_text() for path in lists if path.suffix in (".list", ".sources") and path.is_file()}
    mine = {path: text for path, text in texts.items() if own and for_suite(text, own, "") != text}
    # On another system the one source that debootstrap wrote down is as good.
    if mine:
        (root / "etc/apt/sources.list").unlink(missing_ok=True)
    for path, text in mine.items():
        target = root / path.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(for_suite(text, own or "", suite))
        for key in map(Path, re.findall(r"(?i:signed-by)[:=]\s*(/[^\s\]]+)", text)):
            if key.exists() and not (root / key.relative_to("/")).exists():
                _copy(key, root / key.relative_to("/"))
    settings = [path for path in (apt / "apt.conf.d").glob("*") if path.is_file()]
    for path in _of_no_package([*settings, *filter(Path.is_file, [apt / "apt.conf"])]):
        _copy(path, root / path.relative_to("/"))


def _of_no_package(paths: Iterable[Path]) -> list[Path]:
    """What somebody wrote for this machine, as opposed to what came with a package."""
    asked = list(paths)
    if not asked:
        return []
    done = subprocess.run(["dpkg", "-S", *map(str, asked)], capture_output=True, text=True, check=False)
    owned = {line.rpartition(": ")[2] for line in done.stdout.splitlines()}
    return [path for path in asked if str(path) not in owned]


def _text(path: Path) -> str:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return "\n".join(file.read_text() for file in files if file.is_file())


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.copytree(path, target, dirs_exist_ok=True)
    else:
        shutil.copy(path, target)
