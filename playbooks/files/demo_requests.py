# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask a web service again and again, as browsers do, and tell as JSON who answered.

Without --while-exists it asks ten times. With it, it asks ten times, makes the file, asks on until
somebody removes the file, and asks ten times more: before, during and after.
"""

from __future__ import annotations

import argparse
import collections
import http.client
import json
import re
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

TIMEOUT = 3.0


def ask(url: str) -> tuple[str, str]:
    """One request on a new connection: the answer, or nothing and why."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=TIMEOUT)
    try:
        connection.request("GET", parts.path or "/")
        response = connection.getresponse()
        text = response.read(10000).decode(errors="replace").strip()
    except OSError as exc:
        return "", exc.strerror or str(exc) or type(exc).__name__
    except http.client.HTTPException as exc:
        return "", type(exc).__name__
    finally:
        connection.close()
    return (text, "") if response.status == http.client.OK else ("", f"HTTP {response.status}")


class Phase:
    """The answers before, during or after."""

    def __init__(self, what: re.Pattern[str]) -> None:
        self.what = what
        self.last: collections.deque[str] = collections.deque(maxlen=10)
        self.answers: collections.Counter[str] = collections.Counter()
        self.errors: collections.Counter[str] = collections.Counter()

    def ask(self, url: str) -> None:
        """One request more."""
        text, error = ask(url)
        self.last.append(text or error)
        if error:
            self.errors[error] += 1
        else:
            found = self.what.search(text)
            self.answers[found.group(1) if found else text[:20]] += 1

    def told(self) -> dict[str, object]:
        """How often each answer and each error came, and the last of them in full."""
        return {
            "requests": self.answers.total() + self.errors.total(),
            "failed": self.errors.total(),
            "answers": dict(self.answers),
            "errors": dict(self.errors),
            "last": list(self.last),
        }


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Ask a web service again and again and tell who answered.")
    parser.add_argument("url")
    parser.add_argument("--while-exists", type=Path, metavar="FILE", help="the file that this program makes")
    parser.add_argument("--what", type=re.compile, default=r"(\S+)", help="what is counted: its first group")
    parser.add_argument("--count", type=int, default=10, help="requests before and after")
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between two requests meanwhile")
    parser.add_argument("--limit", type=float, default=900.0, help="seconds until it ends by itself")
    return parser.parse_args()


def main() -> None:
    """Run the command line."""
    given = arguments()
    phases = {name: Phase(given.what) for name in ("before", "during", "after")}
    if given.while_exists is not None:
        for _number in range(given.count):
            phases["before"].ask(given.url)
        end = time.monotonic() + given.limit
        given.while_exists.touch()
        while given.while_exists.exists() and time.monotonic() < end:
            phases["during"].ask(given.url)
            time.sleep(given.pause)
    for _number in range(given.count):
        phases["after"].ask(given.url)
    sys.stdout.write(json.dumps({name: phase.told() for name, phase in phases.items()}) + "\n")


if __name__ == "__main__":
    main()
