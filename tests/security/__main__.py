# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that is tried on security, and the page that tells of it: `SWARM_LAB=... python3 -m tests.security`."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from xml.etree import ElementTree

from tests.fuzz import running as fuzz
from tests.fuzz.targets import TARGETS

# Seconds for each reader.
MOMENT = 20
ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
PROSE = Path(__file__).parent / "prose.md"
PASSED, FAILED, NOT_POSSIBLE = "passed", "FAILED", "not possible"


@dataclass(frozen=True)
class Tried:
    """One row of the page."""

    what: str
    how: str
    verdict: str
    seconds: float

    def row(self) -> str:
        """As Markdown."""
        return f"| {self.what} | {self.how} | {self.verdict} | {self.seconds:.0f} s |"


# What is tried with pytest: a title, and what is run.
TESTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Hostile options, answers, records, locks, plans and runs", ("tests/unit/hostile",)),
    (
        "Checks and webhooks against servers that hang, drip, flood, redirect or lie",
        (
            "tests/unit/plugins/module_utils/_engine/test_http.py",
            "tests/unit/plugins/module_utils/_engine/test_webhook.py",
            "tests/unit/plugins/modules/test_webhook.py",
        ),
    ),
    (
        "Masking",
        (
            "tests/unit/plugins/module_utils/_core/test_masking.py",
            "tests/unit/plugins/module_utils/_core/test_result_places.py",
            "tests/unit/plugins/module_utils/_core/test_secret_values.py",
            "tests/unit/plugins/module_utils/test_common_secrets.py",
            "tests/unit/plugins/module_utils/test_module.py",
            "tests/unit/plugins/module_utils/test_secrets_of_options.py",
        ),
    ),
    ("Files of live progress", ("tests/unit/plugins/module_utils/test_sink.py",)),
    ("Reports: nothing is markup by chance", ("tests/unit/plugins/plugin_utils/report",)),
    (
        "TLS: authorities, names, expiry, client certificates, on a real Engine",
        ("tests/integration/engine/test_connections.py",),
    ),
    ("SSH: keys, known hosts, on a real Engine", ("tests/integration/engine/test_ssh.py",)),
    (
        "A canary for each place that may hold a secret, on a real Swarm",
        ("tests/integration/runbooks/test_canary.py", "tests/integration/history/test_secrets.py"),
    ),
)


def run(command: Sequence[str]) -> tuple[int, str, float]:
    """Exit status, output, seconds."""
    begun = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr, time.monotonic() - begun


def pytest(what: str, paths: Sequence[str]) -> Tried:
    """Run tests and count them."""
    with NamedTemporaryFile(suffix=".xml") as report:
        status, output, took = run((sys.executable, "-m", "pytest", "-q", "--junit-xml", report.name, *paths))
        try:
            suite = next(ElementTree.parse(report.name).getroot().iter("testsuite"))
        except (ElementTree.ParseError, StopIteration):
            return Tried(what, "pytest", FAILED, took)
    count = {key: int(suite.get(key) or 0) for key in ("tests", "failures", "errors", "skipped")}
    if status:
        print(output[-3000:])
    how = f"{count['tests']} tests" + (f", {count['skipped']} skipped" if count["skipped"] else "")
    return Tried(what, how, PASSED if status == 0 and count["tests"] > count["skipped"] else FAILED, took)


def bandit() -> Tried:
    """Look for risky code."""
    status, output, took = run(("bandit", "--recursive", "--configfile", "pyproject.toml", "plugins"))
    lines = re.search(r"Total lines of code: (\d+)", output)
    if status:
        print(output[-3000:])
    how = f"bandit {importlib.metadata.version('bandit')}, {lines.group(1) if lines else '?'} lines"
    return Tried("Risky code in plugins", how, PASSED if status == 0 and lines else FAILED, took)


def fuzzing() -> Tried:
    """Let coverage guide the search for texts that break a reader, for a moment; `make fuzz` gives it longer."""
    what = "Texts for every reader of text, found by coverage"
    if not fuzz.possible():
        return Tried(what, "atheris, which is not made for this machine", NOT_POSSIBLE, 0)
    begun = time.monotonic()
    fuzzed = [fuzz.fuzz(target, MOMENT) for target in TARGETS]
    for one in fuzzed:
        if one.found:
            print(f"{one.target}: {one.found}")
    how = f"atheris {importlib.metadata.version('atheris')}, {sum(one.runs for one in fuzzed):,} texts"
    verdict = FAILED if any(one.found for one in fuzzed) else PASSED
    return Tried(what, f"{how} for {len(fuzzed)} readers", verdict, time.monotonic() - begun)


def dependencies() -> Tried:
    """Ask PyPI for known vulnerabilities of what is installed. Where it cannot say, that is said."""
    status, output, took = run(("pip-audit", "--local", "--vulnerability-service", "pypi", "--progress-spinner", "off"))
    unknown = output.count("could not be audited")
    known = len(list(importlib.metadata.distributions()))
    what = "Known vulnerabilities of what is installed for development"
    how = f"pip-audit {importlib.metadata.version('pip-audit')}, {known} packages"
    if unknown >= known // 2 or ("No known vulnerabilities" not in output and "Found" not in output):
        return Tried(what, f"{how}, of which the package index could not audit {unknown or 'any'}", NOT_POSSIBLE, took)
    if status:
        print(output[-3000:])
    return Tried(what, how, PASSED if status == 0 else FAILED, took)


def page(tried: Sequence[Tried]) -> str:
    """The document."""
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("ansible-core", "docker", "hypothesis")
    )
    table = ["| tried | how | | took |", "|---|---|---|---|", *(one.row() for one in tried)]
    head = f"{datetime.now(UTC):%Y-%m-%d}, Python {sys.version.split()[0]}, {versions}."
    return PROSE.read_text(encoding="utf-8").replace("@HEAD@", head).replace("@TABLE@", "\n".join(table))


def main() -> int:
    """Try everything, write the page; 1 where something failed."""
    tried = []
    for what, attempt in (
        ("bandit", bandit),
        ("pip-audit", dependencies),
        ("atheris", fuzzing),
        *((what, lambda what=what, paths=paths: pytest(what, paths)) for what, paths in TESTS),
    ):
        print(f"[security] {what} ...", flush=True)
        tried.append(attempt())
        print(f"[security] {tried[-1].verdict}, {tried[-1].seconds:.0f} s", flush=True)
    PAGE.write_text(page(tried), encoding="utf-8")
    impossible = [one for one in tried if one.verdict == NOT_POSSIBLE]
    for one in impossible:
        print(f"[security] NOT POSSIBLE HERE: {one.what} ({one.how})")
    failed = [one.what for one in tried if one.verdict == FAILED]
    print(f"[security] {'FAILED: ' + '; '.join(failed) if failed else 'nothing failed'}; see docs/security.md")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
