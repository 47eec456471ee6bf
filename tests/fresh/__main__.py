# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python3 -m tests.fresh`: the project's commands on a Debian 12 and a Debian 13 that have nothing yet."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
from pathlib import Path

from tests.lab import debian
from tests.lab.errors import LabError
from tests.lab.progress import Progress
from tests.listed import ROOT
from tests.suite.summary import took

from . import roots, steps
from .enclosure import Enclosure
from .sources import Sources
from .steps import PARTS, SUITES, Result, Step

LOGS = ROOT / "build" / "fresh"
_PACKAGES = "dpkg-query --show --showformat='${db:Status-Abbrev} ${Package}\\n'"
_HISTORY = "cat /var/log/apt/history.log"


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    top = argparse.ArgumentParser(
        prog="python3 -m tests.fresh",
        description="Run the project's commands on minimal Debian roots, as somebody does on a new machine.",
    )
    top.add_argument("--suite", choices=SUITES, action="append", help="on this one only (default: all, in turn)")
    top.add_argument("--only", choices=list(PARTS), action="append", help="this part only (default: all, in turn)")
    top.add_argument("--keep", action="store_true", help="leave the roots, to look at them")
    return top


def main(arguments: list[str]) -> int:
    """Run one command; 0 if all went well."""
    given = parser().parse_args(arguments)
    # Told to end, it cleans up as when it is interrupted.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    progress = Progress()
    results: list[Result] = []
    try:
        _check_that_root_runs_it()
        for suite in given.suite or SUITES:
            for part in given.only or PARTS:
                results += _run(suite, part, progress, keep=given.keep)
    except LabError as error:
        print(f"[fresh] {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("[fresh] interrupted", file=sys.stderr)
        return 130
    finally:
        if results:
            print(steps.table(results))
    return 0 if all(one.good for one in results) else 1


def _check_that_root_runs_it() -> None:
    if not debian.is_root():
        raise LabError("A root of its own takes root: run the same command as root.")


def _run(suite: str, part: str, progress: Progress, *, keep: bool) -> list[Result]:
    """One part on a root of its own; what follows a step that failed is tried all the same."""
    results = []
    logs = LOGS / suite / part
    shutil.rmtree(logs, ignore_errors=True)
    with roots.copied(suite, progress, keep=keep) as root:
        roots.add_checkout(root)
        sources = Sources.copied(suite, root)
        with Enclosure(root, sources.variables, sources.mounts, progress) as enclosure:
            for number, step in enumerate(PARTS[part], 1):
                results.append(_step(enclosure, suite, step, logs / f"{number}.log", progress))
    return results


def _step(enclosure: Enclosure, suite: str, step: Step, log: Path, progress: Progress) -> Result:
    before, known = _state(enclosure, log)
    progress.say(f"{suite}, {step.name} (about {step.expected}), log: {log.relative_to(ROOT)} ...")
    done = enclosure.run(step.command, log, folder=roots.CHECKOUT)
    after, asked = _state(enclosure, log)
    result = Result(
        suite=suite,
        step=step,
        status=done.status,
        seconds=done.seconds,
        work=done.work,
        shown=steps.first_shown(done.lines, step.shows) if step.shows else None,
        missing=tuple(steps.missing(done.text)),
        skipped=tuple(steps.skipped(done.text)),
        asked=tuple(name for name in asked if name not in known),
        added=len(after - before),
    )
    progress.say(f"{suite}, {step.name}: {result.word} after {took(result.seconds)}")
    if not result.good:
        for _seconds, line in done.lines[-20:]:
            print(f"    {line}", file=sys.stderr)
    return result


def _state(enclosure: Enclosure, log: Path) -> tuple[frozenset[str], list[str]]:
    """The packages that are installed, and those that somebody asked for."""
    scratch = log.with_name("state.log")
    installed = steps.packages(enclosure.run(_PACKAGES, scratch).text)
    return installed, steps.requested(enclosure.run(_HISTORY, scratch).text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
