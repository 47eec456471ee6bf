# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages of the site."""

from __future__ import annotations

import zlib

from tests.site.ansible import PAGES, inventory
from tests.site.pages import Part, contents, page, playbooks, toctree

CONTENTS = """# Documentation

## Everyday

- [A guide](guides/a.md): words
- [Elsewhere](https://example.org)

## No documents

Words with a [link](b.md).

## Moving

| [one](b.md) | words |
"""


def test_contents_are_the_lists_and_tables_under_headings():
    assert contents("docs/README.md", CONTENTS) == [
        Part("Everyday", ("docs/guides/a.md",)),
        Part("Moving", ("docs/b.md",)),
    ]


def test_a_toctree_names_pages_relative_to_its_own():
    made = toctree("docs/decisions/README.md", Part("All", ("docs/decisions/0001-a.md", "README.md")))
    assert ":caption: All\n\n0001-a\n../../index\n```" in made


def test_a_page_links_to_the_reference_and_to_the_front():
    text = (
        "[m](../../plugins/modules/swarm_service.py) [f](../../README.md#more) [s](#here) [o](b.md#c) [w](http://e.org)"
    )
    assert page("docs/guides/a.md", text) == (
        "[m](../../reference/swarm_service_module.rst) [f](../../index.md#more) [s](#here) [o](b.md#c) [w](http://e.org)"
    )


def test_playbooks_are_described_by_their_heads():
    text = "# SPDX-License-Identifier: GPL-3.0-or-later\n\n# Checks:\n#   ansible-playbook x\n# And more.\n- name: x"
    made = playbooks({"verify.yml": text})
    assert "## swarm.rollout.verify\n\nChecks:\n\n```console\nansible-playbook x\n```\n\nAnd more.\n" in made


def test_the_inventory_has_every_page():
    head, _, packed = inventory().partition(b"zlib.\n")
    assert head.startswith(b"# Sphinx inventory version 2\n")
    rows = zlib.decompress(packed).decode().splitlines()
    assert [row.split(" ")[0] for row in rows] == list(PAGES)
    assert (
        "common_return_values std:label -1 reference_appendices/common_return_values.html#common-return-values -"
        in rows
    )
