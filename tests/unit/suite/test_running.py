# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The suite as a program: lanes side by side, logs, second attempts, being stopped."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.suite.running import POLITE, Suite
from tests.suite.steps import MOST_AGAIN, ROOT, Lane, Step
from tests.suite.summary import Run

pytestmark = pytest.mark.sleeps


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder below the checkout, as logs are named relative to it."""
    path = ROOT / ".ansible" / f"test-of-the-suite-{os.getpid()}"
    yield path
    shutil.rmtree(path)


def shell(name: str, command: str, *, again: bool = False, report: bool = False) -> Step:
    return Step(name, f"step {name}", ("bash", "-c", command), 10, again=again, report=report, polite=False)


def run(folder: Path, *lanes: tuple[Step, ...]) -> Run:
    return Suite([Lane(str(number), steps) for number, steps in enumerate(lanes)], folder, "none").run()


def ended(of: Run) -> dict[str, tuple[int, tuple[str, ...]]]:
    return {one.step.name: (one.status, one.again) for one in of.ended}


def test_steps_of_a_lane_go_on_after_a_failure_whose_log_is_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run(folder, (shell("bad", "echo the reason; exit 3"), shell("good", "echo quiet")))
    assert ended(found) == {"bad": (3, ()), "good": (0, ())}
    printed = capsys.readouterr().out
    assert "FAILED: step bad" in printed
    assert "the reason" in printed
    assert "quiet" not in printed
    assert (folder / "good.log").read_text() == "quiet\n"


def test_lanes_run_side_by_side(folder: Path, tmp_path: Path) -> None:
    # Each waits for what only the other does.
    one = shell(
        "one", f"touch {tmp_path}/a; for i in {{1..100}}; do [ -e {tmp_path}/b ] && exit; sleep 0.1; done; exit 1"
    )
    two = shell(
        "two", f"touch {tmp_path}/b; for i in {{1..100}}; do [ -e {tmp_path}/a ] && exit; sleep 0.1; done; exit 1"
    )
    assert ended(run(folder, (one,), (two,))) == {"one": (0, ()), "two": (0, ())}


@pytest.mark.parametrize(("again", "status", "names"), [(True, 0, ("flaky",)), (False, 1, ())])
def test_what_may_be_tried_again_is(
    folder: Path, tmp_path: Path, again: bool, status: int, names: tuple[str, ...]
) -> None:
    flaky = shell("flaky", f"[ -e {tmp_path}/tried ] || {{ touch {tmp_path}/tried; exit 1; }}", again=again)
    assert ended(run(folder, (flaky,))) == {"flaky": (status, names)}


def test_what_fails_twice_has_failed(folder: Path) -> None:
    assert ended(run(folder, (shell("bad", "exit 4", again=True),))) == {"bad": (4, ())}


def test_a_suite_that_is_stopped_ends_what_it_started(folder: Path, tmp_path: Path) -> None:
    long = shell("long", f"touch {tmp_path}/begun; sleep 60 & wait")
    suite = Suite([Lane("only", (long, shell("never", f"touch {tmp_path}/never")))], folder, "none")

    def stop() -> None:
        while not (tmp_path / "begun").exists():
            time.sleep(0.02)
        suite.stop()

    threading.Thread(target=stop).start()
    begun = time.monotonic()
    found = suite.run()
    assert time.monotonic() - begun < 30
    assert [one.step.name for one in found.ended] == ["long"]
    assert not (tmp_path / "never").exists()


@pytest.mark.parametrize(("polite", "niceness"), [(True, POLITE), (False, 0)])
def test_a_polite_step_leaves_the_processor_to_others(folder: Path, polite: bool, niceness: int) -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    step = Step(
        "only", "step only", ("bash", "-c", "sleep 0.3; nice; cat /proc/self/autogroup || true"), 10, polite=polite
    )
    assert ended(run(folder, (step,))) == {"only": (0, ())}
    told, _line, group = (folder / "only.log").read_text().partition("\n")
    assert int(told) == max(before, niceness)
    # Not every kernel groups processes by session.
    assert not Path("/proc/self/autogroup").exists() or group.strip().endswith(f"nice {niceness}")


REPORT = """<testsuites><testsuite name="pytest">%s</testsuite></testsuites>"""
FAILURE = '<testcase classname="tests.unit.test_x" name="%s" time="1"><failure message="no"/></testcase>'


@pytest.mark.parametrize(
    ("failures", "status", "again"), [(1, 0, 1), (MOST_AGAIN, 0, MOST_AGAIN), (MOST_AGAIN + 1, 1, 0)]
)
def test_only_the_tests_that_failed_are_tried_again_and_only_a_few(
    folder: Path, tmp_path: Path, failures: int, status: int, again: int
) -> None:
    (tmp_path / "report.xml").write_text(REPORT % "".join(FAILURE % f"test_{number}" for number in range(failures)))
    report = f"cp {tmp_path}/report.xml {folder}/tests.xml; exit 1"
    chosen = ("bash", "-c", f'echo "$@" >{tmp_path}/chosen', "bash")
    step = Step("tests", "step tests", ("bash", "-c", report), 10, report=True, chosen=chosen, polite=False)
    (found,) = run(folder, (step,)).ended
    assert (found.status, len(found.again)) == (status, again)
    tried = (tmp_path / "chosen").read_text().split() if (tmp_path / "chosen").exists() else []
    assert tried == list(found.again)
    assert all(one.startswith("tests/unit/test_x.py::test_") for one in tried)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_lane_that_breaks_off_is_no_success(folder: Path) -> None:
    broken = Step("broken", "step broken", ("/no/such/program",), 10, polite=False)
    found = run(folder, (broken, shell("after", "true")), (shell("other", "true"),))
    assert found.complaints == ["step broken: not run", "step after: not run"]
