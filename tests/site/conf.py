# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sphinx's settings for the documentation site. Everything comes from this machine; a warning is an error."""

from __future__ import annotations

import os
from typing import Any

from pygments.lexers.special import TextLexer

from tests.site.ansible import ADDRESS

project = "swarm.rollout"
copyright = "2026 swarm.rollout contributors"  # noqa: A001 - Sphinx's name
version = release = os.environ["SITE_VERSION"]
html_title = f"swarm.rollout {version}"

extensions = ["myst_parser", "sphinx.ext.intersphinx", "sphinx_antsibull_ext"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["files"]
nitpicky = True
default_role = "any"

# Anchors of headings, as git hosts make them.
myst_heading_anchors = 4
myst_enable_extensions = ["fieldlist"]

intersphinx_mapping = {"ansible": (ADDRESS, os.environ["SITE_INVENTORY"])}

html_theme = "furo"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_use_index = False
html_static_path: list[str] = []
pygments_style = "ansible"
pygments_dark_style = "monokai"


def setup(app: Any) -> None:
    """Diagrams stay readable text: what draws them would have to come from the network."""
    app.add_lexer("mermaid", TextLexer)
