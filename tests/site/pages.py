# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages of the site, made from the documents of the repository. Nothing here touches a file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.site.links import headings, local, on_site, prose, relative, relinked, resolved

_ENTRY = re.compile(r"^ *[-*] +\[[^\]]*\]\(([^()\s]+)\)|^\| *\[[^\]]*\]\(([^()\s]+)\)")


@dataclass(frozen=True)
class Part:
    """A part of the contents: its caption and its documents, as paths in the repository."""

    caption: str
    documents: tuple[str, ...]


def page(document: str, text: str) -> str:
    """A document as a page of the site: links lead to where the site has what they mean."""
    here = on_site(document)

    def moved(target: str) -> str:
        if not local(target) or target.startswith("#"):
            return target
        path, anchor = resolved(document, target)
        there = on_site(path)
        # The anchors of a reference are made by other rules, and none of the documents means one.
        return relative(here, there) + (f"#{anchor}" if anchor and there.endswith(".md") else "")

    return relinked(text, moved)


def linked(document: str, text: str) -> list[str]:
    """The documents that begin an entry of a list or a row of a table, as paths in the repository."""
    found = []
    for is_prose, line in prose(text):
        match = _ENTRY.match(line) if is_prose else None
        target = match and (match[1] or match[2])
        if target and local(target):
            found.append(resolved(document, target)[0])
    return found


def contents(document: str, text: str) -> list[Part]:
    """The contents that a document lists, each heading of the second level a part."""
    parts: list[Part] = []
    caption, lines = "", list[str]()
    for is_prose, line in [*prose(text), (True, "## end\n")]:
        if is_prose and line.startswith("## "):
            documents = tuple(dict.fromkeys(linked(document, "".join(lines))))
            if caption and documents:
                parts.append(Part(caption, documents))
            caption, lines = headings(line)[0][1], []
        else:
            lines.append(line)
    return parts


def toctree(document: str, part: Part) -> str:
    """A part of the contents as Sphinx takes it, for the end of a page; it shows in the margin only."""
    here = on_site(document)
    names = [re.sub(r"\.(md|rst)$", "", relative(here, on_site(path))) for path in part.documents]
    caption = [f":caption: {part.caption}"] if part.caption else []
    return "\n".join(["", "```{toctree}", ":hidden:", ":maxdepth: 1", *caption, "", *names, "```", ""])


def playbooks(found: dict[str, str]) -> str:
    """The reference of the playbooks, from the words at the head of each: file names to texts."""
    lines = ["# Playbooks", "", "Each is run by its full name, from wherever the collection is installed.", ""]
    for name in sorted(found):
        lines += [f"## swarm.rollout.{name.removesuffix('.yml')}", "", *_head(found[name]), ""]
    return "\n".join(lines)


def _head(text: str) -> list[str]:
    """The comment before a playbook's first play; lines that are set in are commands."""
    body = text.split("SPDX-License-Identifier: GPL-3.0-or-later\n", 1)[-1].lstrip("\n")
    comment: list[str] = []
    for line in body.splitlines():
        if not line.startswith("#"):
            break
        comment.append(line[1:].removeprefix(" "))
    lines: list[str] = []
    code = False
    for line in comment:
        if line.startswith("  ") != code:
            code = not code
            lines += ["", "```console"] if code else ["```", ""]
        lines.append(line[2:] if code else line)
    return [*lines, "```"] if code else lines
