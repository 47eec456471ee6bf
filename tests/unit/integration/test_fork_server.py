# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A forked run behaves as a process that was started anew, and nobody waits for a fork server that is gone."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.fork_server import PATIENCE, Forked, ForkServer, ForkServerGone
from tests.integration.running import IMPORTS
from tests.listed import ROOT

pytestmark = [
    # subprocess.Popen does, where it waits with a time limit.
    pytest.mark.sleeps,
    pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="the fork server needs Linux"),
]

SNIPPET = "tests.unit.integration.snippet"
PATHS = ":".join(filter(None, [str(ROOT), str(ROOT / ".ansible" / "link"), os.environ.get("PYTHONPATH", "")]))
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": PATHS, "LC_ALL": "C.UTF-8"}
# A hang, however busy the machine is.
LIMIT = 120.0
Process = subprocess.Popen[str] | Forked
Start = Callable[..., Process]


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    found = ForkServer({**ENVIRONMENT, "DOCKER_HOST": "of the server only"}, ROOT)
    yield found
    found.close()


def cold(code: str, environment: Mapping[str, str] | None = None) -> Process:
    return subprocess.Popen(
        [sys.executable, "-m", SNIPPET, code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(ENVIRONMENT if environment is None else environment),
        cwd=ROOT,
        text=True,
    )


@pytest.fixture
def forked(server: ForkServer) -> Start:
    def start(code: str, environment: Mapping[str, str] | None = None) -> Process:
        return server.start(SNIPPET, [code], dict(ENVIRONMENT if environment is None else environment))

    return start


@pytest.fixture(params=["cold", "forked"])
def start(request: pytest.FixtureRequest, forked: Start) -> Start:
    """What is true of the one has to be true of the other."""
    return forked if request.param == "forked" else cold


def end(process: Process) -> tuple[int | None, str, str]:
    out, err = process.communicate(timeout=LIMIT)
    return process.returncode, out, err


def line(process: Process) -> str:
    """What it prints next, byte by byte: nothing is taken from `communicate`."""
    assert process.stdout is not None
    found = b""
    while not found.endswith(b"\n"):
        byte = os.read(process.stdout.fileno(), 1)
        assert byte, "it ended"
        found += byte
    return found.decode().strip()


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("pass", 0, ""),
        ("raise SystemExit", 0, ""),
        ("raise SystemExit(3)", 3, ""),
        ("raise SystemExit('in words')", 1, "in words\n"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("raise KeyboardInterrupt", -signal.SIGINT, "KeyboardInterrupt\n"),
        ("import os; os._exit(7)", 7, ""),
        ("import os; os.abort()", -signal.SIGABRT, ""),
        ("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL, ""),
    ],
)
def test_the_exit_status_is_told(start: Start, code: str, status: int, said: str) -> None:
    found, out, err = end(start(code))
    assert (found, out) == (status, "")
    assert err.endswith(said)
    assert bool(err) is bool(said)


def test_it_runs_to_the_regular_end_with_both_outputs_apart(start: Start) -> None:
    code = (
        "import atexit, sys, threading; atexit.register(print, 'at exit')\n"
        "go = threading.Event(); threading.Thread(target=lambda: go.wait() and print('thread')).start()\n"
        "print('out'); print('err', file=sys.stderr); print('ä', end=''); go.set()"
    )
    assert end(start(code)) == (0, "out\näthread\nat exit\n", "err\n")


def test_more_than_a_pipe_holds(start: Start) -> None:
    process = start("import sys; data = sys.stdin.read(); print(data); print(data, file=sys.stderr)")
    assert process.stdin is not None
    process.stdin.write("x" * 300_000)
    process.stdin.close()
    process.stdin = None
    assert end(process) == (0, "x" * 300_000 + "\n", "x" * 300_000 + "\n")


def test_the_environment_is_what_was_given_and_nothing_else(start: Start) -> None:
    # As Python sees it, and as a program sees that it starts; and the clock goes by it.
    code = (
        "import json, os, subprocess, time\n"
        "seen = subprocess.run(['env', '-0'], capture_output=True, text=True).stdout\n"
        "print(json.dumps([dict(os.environ), dict(one.split('=', 1) for one in seen[:-1].split('\\0')), time.tzname]))"
    )
    given = {**ENVIRONMENT, "TZ": "ABC-3", "TEXT": 'of two\nlines = "quoted" ä', "EMPTY": ""}
    status, out, err = end(start(code, given))
    assert (status, err) == (0, "")
    assert json.loads(out) == [given, given, ["ABC", "ABC"]]


FINGERPRINT = """
import gc, json, locale, os, resource, signal, socket, sys, tempfile, threading
with open("/proc/self/status") as file:
    status = dict(line.split(":", 1) for line in file)
opened = sorted(int(number) for number in os.listdir("/proc/self/fd"))
print(json.dumps({
    "descriptors": [number for number in opened if os.path.exists(f"/proc/self/fd/{number}")],
    "kinds": [os.readlink(f"/proc/self/fd/{number}").split(":")[0] for number in range(3)],
    "group": [os.getpgid(0), os.getsid(0)],
    "own": os.getpid() != os.getpgid(0),
    "threads": [threading.active_count(), status["Threads"]],
    "signals": [status[name] for name in ("SigBlk", "SigIgn", "SigCgt", "SigPnd", "ShdPnd")],
    "handlers": {number.name: str(signal.getsignal(number)).split(" at ")[0] for number in signal.Signals},
    "limits": [resource.getrlimit(number) for number in range(16)],
    "others": [os.getcwd(), status["Umask"], os.nice(0), os.getuid(), status["NoNewPrivs"]],
    "arguments": [sys.argv[0], len(sys.argv), sys.path, sys.flags, sys.executable, __name__],
    "streams": [[one.encoding, one.errors, one.line_buffering, one.isatty()]
                for one in (sys.stdin, sys.stdout, sys.stderr)],
    "locale": [locale.setlocale(locale.LC_ALL), locale.getencoding() if hasattr(locale, "getencoding") else ""],
    "memory": [gc.isenabled(), gc.get_threshold(), sys.getrecursionlimit()],
    "not yet": [tempfile.tempdir, socket.getdefaulttimeout()],
}))
"""


def test_it_is_a_process_like_one_that_was_started_anew() -> None:
    # With all that modules need imported: importing it has changed nothing of this.
    server = ForkServer(ENVIRONMENT, ROOT, (*IMPORTS, "no.such.module"))
    try:
        told = end(server.start(SNIPPET, [FINGERPRINT], ENVIRONMENT))
        imported = "import sys; print({'ansible', 'docker', 'ssl'} <= {*sys.modules})"
        assert end(server.start(SNIPPET, [imported], ENVIRONMENT)) == (0, "True\n", "")
    finally:
        server.close()
    (status, out, err), (other_status, other_out, other_err) = told, end(cold(FINGERPRINT))
    assert (status, err, other_status, other_err) == (0, "", 0, "")
    assert json.loads(out) == json.loads(other_out)
    assert json.loads(out)["descriptors"] == [0, 1, 2]


def test_chance_is_not_the_same_in_all_of_them(start: Start) -> None:
    code = "import random, tempfile, uuid; print(random.random(), next(tempfile._get_candidate_names()), uuid.uuid4())"
    first, second = (end(start(code))[1].split() for _time in range(2))
    assert len({*first, *second}) == 6


def test_it_is_ended_by_sigkill_at_once(start: Start) -> None:
    process = start("import atexit, time; atexit.register(print, 'after'); print('here', flush=True); time.sleep(60)")
    assert line(process) == "here"
    assert process.poll() is None
    process.kill()
    assert end(process) == (-signal.SIGKILL, "", "")
    assert process.poll() == -signal.SIGKILL
    process.kill()


# What is ignored here, as under nohup, is ignored by what is started from here.
HEARD = [one for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP) if signal.getsignal(one) is not signal.SIG_IGN]


@pytest.mark.parametrize("number", HEARD)
def test_signals_do_what_they_do_by_default(start: Start, number: signal.Signals) -> None:
    process = start("import time; print('here', flush=True); time.sleep(60)")
    assert line(process) == "here"
    process.send_signal(number)
    status, out, err = end(process)
    assert (status, out) == (-number, "")
    assert ("KeyboardInterrupt" in err) is (number == signal.SIGINT)


def test_a_handler_of_its_own_is_called(start: Start) -> None:
    process = start(
        "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit('told to end'))\n"
        "print('here', flush=True); time.sleep(60)"
    )
    assert line(process) == "here"
    process.send_signal(signal.SIGTERM)
    assert end(process) == (1, "", "told to end\n")


def test_it_can_be_stopped_and_go_on(start: Start) -> None:
    process = start("import sys; print('here', flush=True); print(sys.stdin.read())")
    assert line(process) == "here"
    process.send_signal(signal.SIGSTOP)
    assert process.stdin is not None
    process.stdin.close()
    process.stdin = None
    with pytest.raises(subprocess.TimeoutExpired):
        process.communicate(timeout=0.05)
    assert process.poll() is None
    process.send_signal(signal.SIGCONT)
    assert end(process) == (0, "\n", "")


def test_the_end_of_one_is_seen_while_others_run(start: Start) -> None:
    waits = "import sys; sys.stdin.read()"
    before, process, after = start(waits), start("print('through')"), start(waits)
    assert end(process) == (0, "through\n", "")
    assert (before.poll(), after.poll()) == (None, None)
    # The end of its input as well.
    assert end(before) == end(after) == (0, "", "")


def test_many_at_once(forked: Start) -> None:
    def one(number: int) -> tuple[int | None, str, str]:
        code = f"import sys, time; time.sleep(0.1); print('{number}' * 9999); print({number}, file=sys.stderr)"
        return end(forked(f"{code}; sys.exit({number})"))

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(one, range(16))) == [
            (number, f"{number}" * 9999 + "\n", f"{number}\n") for number in range(16)
        ]


def test_what_is_read_at_the_start_only_is_no_matter_of_a_fork() -> None:
    server = ForkServer({**ENVIRONMENT, "ANY": "thing"}, ROOT)
    assert server.fits({**ENVIRONMENT, "DOCKER_HOST": "tcp://manager1:2376", "TZ": "UTC"})
    for name in ("PYTHONHASHSEED", "PYTHONPATH", "LC_ALL", "LANG", "LD_PRELOAD", "OPENSSL_CONF", "MODULE_PEAK"):
        assert not server.fits({**ENVIRONMENT, name: "/another"}), name
    assert not server.fits({key: value for key, value in ENVIRONMENT.items() if key != "LC_ALL"})


def server_of(process: Process) -> int:
    """The parent of a forked run."""
    return int(Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_server_that_died_is_said_and_started_anew(forked: Start) -> None:
    process, killed = forked("import sys; sys.stdin.read()"), forked("import sys; sys.stdin.read()")
    os.kill(server_of(process), signal.SIGKILL)
    assert process.stdin is not None
    process.stdin.close()
    for _again in range(2):
        with pytest.raises(
            ForkServerGone, match=r"the fork server of the tests is gone \(status -9\): it said nothing"
        ):
            process.communicate(timeout=LIMIT)
    with pytest.raises(ForkServerGone):
        process.poll()
    killed.kill()
    with pytest.raises(ForkServerGone):
        killed.communicate(timeout=LIMIT)
    assert end(forked("print('again')")) == (0, "again\n", "")


def test_a_server_that_dies_before_it_answers_is_not_waited_for(server: ForkServer) -> None:
    known = server.ready()
    known.process.kill()
    os.waitid(os.P_PID, known.process.pid, os.WEXITED | os.WNOWAIT)
    begun = time.monotonic()
    with pytest.raises(ForkServerGone, match="status -9"):
        known.start(b"{}")
    assert time.monotonic() - begun < PATIENCE / 2


def test_the_last_words_of_a_server_are_told() -> None:
    with pytest.raises(ForkServerGone, match=r"\(status 1\): .*No module named"):
        ForkServer({**ENVIRONMENT, "PYTHONPATH": ""}, ROOT / "docs").ready()


def test_it_ends_with_whoever_started_it() -> None:
    code = (
        "import os, time\n"
        "from pathlib import Path\n"
        "from tests.integration.fork_server import ForkServer\n"
        f"server = ForkServer(dict(os.environ), Path.cwd())\n"
        f"run = server.start('{SNIPPET}', ['import time; time.sleep(60)'], dict(os.environ))\n"
        "print(run.pid, flush=True); time.sleep(60)"
    )
    starter = cold(code)
    run = int(line(starter))
    process = os.pidfd_open(int(Path(f"/proc/{run}/stat").read_text().rpartition(")")[2].split()[1]))
    starter.kill()
    starter.communicate()
    ended = select.poll()
    ended.register(process, select.POLLIN)
    try:
        assert ended.poll(LIMIT * 1000)
        # What it was about goes on, as it does when a parent is killed.
        os.kill(run, signal.SIGKILL)
    finally:
        os.close(process)
