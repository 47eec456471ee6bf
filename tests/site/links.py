# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links between the documents of the repository, and where they lead on the site. Nothing here touches a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

# [text](target) outside of code; a picture begins with an exclamation mark.
_LINK = re.compile(r"(?P<head>!?\[[^\]]*\]\()(?P<target>[^()\s]+)(?P<tail>\))")
_FENCE = re.compile(r"^ *(```+|~~~+)")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_PLUGIN = re.compile(r"plugins/(modules|filter|test|lookup)/([a-z0-9_]+)\.py")
_ROLE = re.compile(r"roles/([a-z0-9_]+)(/README\.md)?")
_PLAYBOOK = re.compile(r"playbooks/([a-z0-9_]+)\.yml")


def prose(text: str) -> Iterator[tuple[bool, str]]:
    """The lines of a Markdown document, each with whether it is prose (not in a fenced block)."""
    fence = ""
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line)
        if fence:
            yield False, line
            if found and found.group(1).startswith(fence):
                fence = ""
        elif found:
            fence = found.group(1)
            yield False, line
        else:
            yield True, line


def local(target: str) -> bool:
    """Whether a link stays inside the repository."""
    return not re.match(r"[a-z][a-z0-9+.-]*:|//", target)


def targets(text: str) -> list[str]:
    """The local targets that a document links to, anchors included, in order."""
    found: list[str] = []

    def keep(target: str) -> str:
        if local(target):
            found.append(target)
        return target

    relinked(text, keep)
    return found


def relinked(text: str, change: Callable[[str], str]) -> str:
    """The document with each link's target changed; what is code stays as it is."""

    def one(match: re.Match[str]) -> str:
        return match["head"] + change(match["target"]) + match["tail"]

    def line(text: str) -> str:
        kept = [match.span() for match in _CODE.finditer(text)]

        def outside(match: re.Match[str]) -> str:
            inside = any(first <= match.start() and match.end() <= last for first, last in kept)
            return match.group() if inside else one(match)

        return _LINK.sub(outside, text)

    return "".join(line(part) if is_prose else part for is_prose, part in prose(text))


def resolved(document: str, target: str) -> tuple[str, str]:
    """The path in the repository that a link of a document means, and its anchor ("" for none)."""
    path, _, anchor = target.partition("#")
    if not path:
        return document, anchor
    parts: list[str] = []
    for part in (PurePosixPath(document).parent / path).parts:
        if part == "..":
            if not parts:
                raise ValueError(f"{document}: the link {target} leads out of the repository")
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts), anchor


def relative(document: str, path: str) -> str:
    """How a document refers to another path."""
    here = PurePosixPath(document).parent.parts
    there = PurePosixPath(path).parts
    common = 0
    while common < min(len(here), len(there) - 1) and here[common] == there[common]:
        common += 1
    return "/".join([".."] * (len(here) - common) + list(there[common:]))


def anchor(heading: str) -> str:
    """The anchor that git hosts and the site give a heading."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip()).lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def headings(text: str) -> list[tuple[int, str]]:
    """Level and text of each heading of a document."""
    found = [re.match(r"(#+) +(.*?) *#*$", line.rstrip("\n")) for is_prose, line in prose(text) if is_prose]
    return [(len(match[1]), match[2]) for match in found if match]


def anchors(text: str) -> set[str]:
    """All anchors of a document; headings that repeat are numbered."""
    known: set[str] = set()
    for _level, heading in headings(text):
        name, number = anchor(heading), 0
        while (name if not number else f"{name}-{number}") in known:
            number += 1
        known.add(name if not number else f"{name}-{number}")
    return known


def on_site(path: str) -> str:
    """Where the site has what the repository has at a path: the reference instead of the code that it is made from."""
    if path in ("README.md", "docs/README.md"):
        return "index.md"
    if found := _PLUGIN.fullmatch(path):
        kind = "module" if found[1] == "modules" else found[1]
        return f"reference/{found[2]}_{kind}.rst"
    if found := _ROLE.fullmatch(path):
        return f"reference/{found[1]}_role.rst"
    if _PLAYBOOK.fullmatch(path):
        return "reference/playbooks.md"
    return path
