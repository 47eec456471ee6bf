# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links between documents: how they are read, where they lead on the site, and that each leads somewhere."""

from __future__ import annotations

import re

import pytest

from tests.listed import ROOT, listed
from tests.site.links import anchor, anchors, on_site, relative, relinked, resolved, targets
from tests.site.pages import contents, linked

DOCUMENTS = [path.relative_to(ROOT).as_posix() for path in listed("*.md")]


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


LINKS = [(path, target) for path in DOCUMENTS for target in dict.fromkeys(targets(read(path)))]


@pytest.mark.parametrize(("path", "target"), LINKS)
def test_every_link_leads_somewhere(path: str, target: str):
    there, fragment = resolved(path, target)
    assert (ROOT / there).exists()
    if fragment and there.endswith(".md"):
        assert fragment in anchors(read(there))


def test_every_document_is_in_the_contents():
    parts = contents("docs/README.md", read("docs/README.md"))
    listed = {path for part in parts for path in part.documents}
    listed |= set(linked("docs/decisions/README.md", read("docs/decisions/README.md")))
    documents = {path for path in DOCUMENTS if path.startswith("docs/")} - {"docs/README.md"}
    assert documents - listed == set(), "list them in docs/README.md"


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if "![" in read(path)])
def test_pictures_have_words(path: str):
    assert re.search(r"!\[\s*\]\(", read(path)) is None, "a picture without a description"


def test_code_is_left_alone():
    text = "[a](b.md) `[a](b.md)` ![c](d.png)\n```yaml\n[a](b.md)\n```\n[a](b.md)\n"
    changed = relinked(text, lambda target: "x/" + target)
    assert changed == "[a](x/b.md) `[a](b.md)` ![c](x/d.png)\n```yaml\n[a](b.md)\n```\n[a](x/b.md)\n"
    assert targets("[a](https://example.org/) [b](c.md#d)") == ["c.md#d"]


@pytest.mark.parametrize(
    ("document", "target", "path"),
    [
        ("README.md", "docs/a.md#b", ("docs/a.md", "b")),
        ("docs/guides/a.md", "../b.md", ("docs/b.md", "")),
        ("docs/guides/a.md", "#c", ("docs/guides/a.md", "c")),
    ],
)
def test_what_a_link_means(document: str, target: str, path: tuple[str, str]):
    assert resolved(document, target) == path


def test_a_link_out_of_the_repository_is_refused():
    with pytest.raises(ValueError, match="out of the repository"):
        resolved("docs/a.md", "../../b.md")


@pytest.mark.parametrize(
    ("document", "path", "link"),
    [
        ("index.md", "docs/a.md", "docs/a.md"),
        ("docs/guides/a.md", "docs/guides/b.md", "b.md"),
        ("docs/guides/a.md", "index.md", "../../index.md"),
        ("docs/guides/a.md", "reference/x.rst", "../../reference/x.rst"),
    ],
)
def test_how_a_page_refers_to_another(document: str, path: str, link: str):
    assert relative(document, path) == link


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("README.md", "index.md"),
        ("plugins/modules/swarm_service.py", "reference/swarm_service_module.rst"),
        ("plugins/filter/plan_text.py", "reference/plan_text_filter.rst"),
        ("roles/verify/README.md", "reference/verify_role.rst"),
        ("playbooks/verify.yml", "reference/playbooks.md"),
        ("docs/migrating.md", "docs/migrating.md"),
    ],
)
def test_the_reference_stands_for_the_code(path: str, there: str):
    assert on_site(path) == there


def test_anchors_are_those_of_git_hosts():
    assert anchor("From `docker service`, at once") == "from-docker-service-at-once"
    assert anchors("# A b\n## A b\n```\n# no heading\n```\n") == {"a-b", "a-b-1"}
