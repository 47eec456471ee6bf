# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A headless Chromium that opens a page and is asked how it looks."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.lab.debian import install
from tests.lab.progress import Progress

# The browser, and the fonts that the page asks for first.
PACKAGES = ("chromium", "fonts-inter", "fonts-dejavu-core")
# What drives the browser is linked to a library that a minimal Debian lacks.
LIBRARY, ITS_PACKAGE = "libatomic.so.1", "libatomic1"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_HEIGHT = 900

# Elements that reach beyond the window, texts that are cut, and texts of a picture that lie over each other.
_BAD = """
() => {
  const found = [], wide = innerWidth + 0.5;
  const seen = box => box.width > 0 && box.height > 0;
  for (const one of document.querySelectorAll('body *')) {
    if (one.closest('.sr, .defs')) continue;
    // Out of sight on purpose, for those who listen to the page.
    if (one.closest('thead') && getComputedStyle(one.closest('thead')).position === 'absolute') continue;
    const box = one.getBoundingClientRect();
    if (!seen(box)) continue;
    if (box.right > wide || box.left < -0.5)
      found.push(`${one.tagName}.${one.className.baseVal ?? one.className} reaches ${box.left} to ${box.right}`);
    if (one instanceof HTMLElement && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
        && getComputedStyle(one).overflowX !== 'visible')
      found.push(`${one.tagName}.${one.className} is cut: ${one.textContent.trim().slice(0, 60)}`);
  }
  for (const cell of document.querySelectorAll('.figures dd, .pill, h1, td, th, code, dd')) {
    if (cell.closest('thead') && getComputedStyle(cell.closest('thead')).position === 'absolute') continue;
    if (seen(cell.getBoundingClientRect()) && cell.clientWidth && cell.scrollWidth > cell.clientWidth + 1)
      found.push(`${cell.tagName} spills: ${cell.textContent.trim().slice(0, 60)}`);
  }
  for (const svg of document.querySelectorAll('svg')) {
    if (svg.parentElement.closest('svg')) continue;
    const card = svg.closest('.card')?.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()])
      .filter(([_text, box]) => seen(box));
    boxes.forEach(([text, box], place) => {
      if (card && (box.left < card.left || box.right > card.right || box.bottom > card.bottom))
        found.push(`"${text}" leaves its card`);
      for (const [other, their] of boxes.slice(place + 1))
        if (box.left < their.right - 1 && their.left < box.right - 1 && box.top < their.bottom - 3
            && their.top < box.bottom - 3)
          found.push(`"${text}" lies over "${other}"`);
    });
  }
  return [document.documentElement.scrollWidth > innerWidth ? 'the page is wider than the window' : '', ...found]
    .filter(Boolean);
}
"""
_DARKNESS = """
() => {
  const level = text => { const [r, g, b] = text.match(/[0-9.]+/g).map(Number); return (r + g + b) / 765; };
  return [level(getComputedStyle(document.body).backgroundColor), level(getComputedStyle(document.body).color)];
}
"""


def chromium() -> str:
    """The program: that of CHROMIUM, one that is installed, or Debian's; what is missing for it is installed."""
    given = os.environ.get("CHROMIUM")
    names = (given,) if given else _NAMES
    found = next(filter(None, map(shutil.which, names)), None)
    wanted = [*(() if found else PACKAGES), *(() if _is_there(LIBRARY) else (ITS_PACKAGE,))]
    if wanted:
        install(wanted, Progress())
    found = found or shutil.which("chromium")
    assert found, "Chromium is not found after installing it"
    return found


def _is_there(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


@contextmanager
def started() -> Iterator[Browser]:
    """One browser for many pages."""
    # First, since it brings what the driver needs, too.
    program = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Look:
    """One page as somebody sees it: how wide the window is, light or dark. `requests` is what it asked for."""

    def __init__(self, browser: Browser, path: Path, width: int, scheme: Any = "light", scale: float = 1.0) -> None:
        self.requests: list[str] = []
        self.page: Page = browser.new_page(
            viewport={"width": width, "height": _HEIGHT}, color_scheme=scheme, device_scale_factor=scale
        )
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())

    def bad(self) -> list[str]:
        """What overflows, is cut or is illegible; empty where nothing is."""
        found: list[str] = self.page.evaluate(_BAD)
        return found

    def open_details(self) -> None:
        """Unfold everything."""
        self.page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")

    def brightness(self) -> tuple[float, float]:
        """That of the background and of the text, from 0 to 1."""
        paper, ink = self.page.evaluate(_DARKNESS)
        return paper, ink

    def texts(self, selector: str) -> list[str]:
        """The visible texts of all elements that match."""
        return [" ".join(text.split()) for text in self.page.locator(selector).all_inner_texts()]

    def picture(self, path: Path, top: int, height: int) -> None:
        """Take a picture of a part of the page."""
        path.parent.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size
        assert size
        clip: Any = {"x": 0, "y": top, "width": size["width"], "height": height}
        self.page.screenshot(path=path, full_page=True, clip=clip)

    def height(self) -> int:
        """How high the whole page is."""
        return int(self.page.evaluate("() => document.body.getBoundingClientRect().height"))

    def close(self) -> None:
        """Leave the page."""
        self.page.close()
