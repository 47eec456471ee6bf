# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Image references: one spelling per image, and when two of them name the same one.

`nginx`, `nginx:latest` and `docker.io/library/nginx:latest` are one image. A digest behind a tag is
what a registry said the tag meant when the service was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .forms import refuse, text_of
from .kinds import NO_REFERENCES, Canonical, Json, Kind, References

_NAME = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    r"(?P<name>(?:[A-Za-z0-9.\[\]:-]+/)?%s(?:/%s)*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[+.-][A-Za-z0-9]+)*:[0-9a-fA-F]{32,}))?" % (_NAME, _NAME)
)
_BARE_ID = re.compile(r"sha256:[0-9a-f]{64}|[0-9a-f]{64}")


@dataclass(frozen=True)
class Image:
    """A reference in its parts; an empty tag stands only beside a digest."""

    name: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        tag = ":" + self.tag if self.tag else ""
        return self.name + tag + ("@" + self.digest if self.digest else "")


def split_image(reference: str) -> Image:
    """The parts of a reference in Docker's familiar spelling; ValueError when it is none."""
    if _BARE_ID.fullmatch(reference):
        return Image(reference)
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError("write an image such as nginx:1.27 or registry.example.com/team/app:2.0")
    tag, digest = match.group("tag") or "", match.group("digest") or ""
    return Image(_familiar(match.group("name")), tag or ("" if digest else "latest"), digest)


def _familiar(name: str) -> str:
    for host in ("index.docker.io/", "docker.io/"):
        if name.startswith(host):
            name = name[len(host) :]
            break
    short = name[len("library/") :] if name.startswith("library/") else name
    return name if "/" in short else short


def spelled(reference: str) -> str:
    """A reference in Docker's familiar spelling with its tag; what is no reference stays as it is."""
    try:
        return str(split_image(reference))
    except ValueError:
        return reference


def is_pinned(reference: str) -> bool:
    """Whether the reference names its content: it has a digest, or is an image ID."""
    return "@" in reference or _BARE_ID.fullmatch(reference) is not None


def pin(reference: str, digest: str) -> str:
    """The reference with this digest (`sha256:…`) in place of any other."""
    return "%s@%s" % (spelled(reference).partition("@")[0], digest)


def digest_of(reference: str) -> str:
    """The digest (`sha256:…`) that the reference is pinned to, empty where it is to none."""
    return spelled(reference).partition("@")[2]


def is_image(present: str, asked: str) -> bool:
    """Whether a service that runs `present` runs what was asked for: a tag without a digest means any digest."""
    return spelled(present) == spelled(asked) if is_pinned(asked) else same_tag(present, asked)


def same_tag(left: str, right: str) -> bool:
    """Whether two references name the same repository and tag, whatever their digests."""
    return spelled(left).partition("@")[0] == spelled(right).partition("@")[0]


class ImageKind(Kind):
    """The image of a service, canonical in the familiar spelling."""

    def argument(self) -> dict[str, Any]:
        return {"type": "str"}

    def parse(self, value: Any, option: str) -> str:
        text = text_of(value, option).strip()
        try:
            return str(split_image(text))
        except ValueError as error:
            refuse(option, text, str(error))

    def read(self, raw: Json) -> str:
        return spelled(str(raw))

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return value or None

    def settle(self, wanted: Canonical, current: Canonical, refs: References, option: str) -> Canonical:
        """A wanted tag keeps the digest that the service runs: moving it is for whoever resolves tags."""
        if not current:
            return wanted
        if not is_pinned(wanted) and same_tag(wanted, current):
            return current
        # name@digest without a tag is the same content as name:tag@digest.
        mine, other = split_image(wanted), current.partition("@")
        if mine.digest and not mine.tag and mine.digest == other[2]:
            return current if spelled(other[0]).rpartition(":")[0] == mine.name else wanted
        return wanted
