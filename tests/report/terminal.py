# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a terminal shows, as a page that a browser can take a picture of."""

from __future__ import annotations

import html
import re

_COLOURS = {"32": "#4cc38a", "36": "#5ec8e5", "33": "#e5c07b", "31": "#ff7b72", "2": "#8b949e"}
_COLOURED = re.compile(r"\x1b\[(\d+)m(.*?)\x1b\[0m", re.DOTALL)
_PAGE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Terminal</title>
<style>
body { margin: 0; padding: 20px 24px; background: #0d1117; }
pre { margin: 0; color: #d6dde6; font: 14px/1.45 'DejaVu Sans Mono', monospace; }
.prompt { color: #8b949e; }
</style>
<pre><span class="prompt">$ %s</span>

%s</pre></html>
"""


def page(command: str, output: str) -> str:
    """A command and what it printed; colours of the terminal are kept. Raises `KeyError` for one that has none here."""

    def painted(found: re.Match[str]) -> str:
        return f'<span style="color: {_COLOURS[found[1]]}">{found[2]}</span>'

    return _PAGE % (html.escape(command), _COLOURED.sub(painted, html.escape(output, quote=False)))
