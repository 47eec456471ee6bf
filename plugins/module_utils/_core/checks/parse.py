# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the option `checks` to checks; everything wrong with it is found before anything is changed."""

from __future__ import annotations

import shlex
from typing import Any, Callable, Mapping

from ..errors import OptionError
from ..http import Expect, url_problem
from ..units import MILLISECOND
from .arguments import CHECKS_ARGUMENTS, KINDS
from .forms import Given
from .placeholders import refuse_unknown
from .settings import (
    BaselineSettings,
    Check,
    CommandSettings,
    HttpSettings,
    PrometheusSettings,
    Settings,
    TasksSettings,
)

_TABLE: Mapping[str, Mapping[str, Any]] = CHECKS_ARGUMENTS["options"]


def parse(raw: Any) -> tuple[Check, ...]:
    """The checks of the option, in their order. Raises `OptionError` (`checks[1].http.samples`)."""
    if raw is None:
        return ()
    if not isinstance(raw, (list, tuple)):
        raise OptionError("checks", raw, "give a list of checks")
    found: list[Check] = []
    for place, entry in enumerate(raw):
        given = Given(entry, "checks[%d]" % place, _TABLE)
        kinds = [kind for kind in KINDS if given.value(kind) is not None]
        if len(kinds) != 1:
            raise OptionError(given.option, ", ".join(kinds), "give exactly one of " + ", ".join(KINDS))
        kind = kinds[0]
        inner = Given(given.value(kind), given.named(kind), _TABLE[kind]["options"])
        found.append(Check(_name(given.text("name"), kind, found), kind, _READERS[kind](inner)))
    return tuple(found)


def _name(given: str, kind: str, before: list[Check]) -> str:
    """The name given, or the kind with a number where several of a kind have no name."""
    if given:
        return given
    same = sum(1 for check in before if check.kind == kind)
    return kind if not same else "%s %d" % (kind, same + 1)


def _tasks(given: Given) -> TasksSettings:
    return TasksSettings(
        healthy_for=given.seconds("healthy_for"),
        max_restarts=given.count("max_restarts", 0),
        oom=given.boolean("oom"),
    )


def _requests(given: Given) -> dict[str, Any]:
    url, target = given.text("url"), given.one_of("target")
    # A task is asked at its own address: a path alone says all there is to say.
    problem = "" if target == "tasks" and url.startswith("/") else url_problem(url)
    if problem:
        raise given.refusal("url", problem)
    port = None if given.value("port") is None else given.count("port", 1, 65535)
    if port is not None and target == "service":
        raise given.refusal("port", "write the port into the url, or set target to tasks")
    return {
        "url": url,
        "target": target,
        "port": port,
        "samples": given.count("samples", 1, 100_000),
        "interval": given.seconds("interval", MILLISECOND),
        "timeout": given.seconds("timeout", MILLISECOND),
        "expect": Expect.parse(given.value("expect"), given.named("expect")),
        "headers": given.pairs("headers"),
        "validate_certs": given.boolean("validate_certs"),
    }


def _http(given: Given) -> HttpSettings:
    slowest = None if given.value("max_latency_p95") is None else given.seconds("max_latency_p95", MILLISECOND)
    return HttpSettings(max_failure=given.share("max_failure"), max_latency=slowest, **_requests(given))


def _baseline(given: Given) -> BaselineSettings:
    requests = _requests(given)
    new, old = given.pattern("new"), given.pattern("old")
    if requests["target"] == "service" and new is None:
        raise given.refusal(
            "new",
            "write a regular expression that finds the new version in its answers, or set target to tasks",
        )
    if requests["target"] == "tasks" and (new or old):
        key = "new" if new else "old"
        raise given.refusal(key, "leave it out: with target tasks it is known who is asked")
    least = given.count("min_samples", 1, 100_000)
    if least > requests["samples"]:
        raise given.refusal("min_samples", "it cannot be more than samples")
    return BaselineSettings(
        new=new,
        old=old,
        min_samples=least,
        failure_margin=given.share("failure_margin"),
        latency_margin=given.share("latency_margin", None),
        latency_floor=given.seconds("latency_floor"),
        **requests,
    )


def _prometheus(given: Given) -> PrometheusSettings:
    url = given.text("url")
    problem = url_problem(url)
    if problem:
        raise given.refusal("url", problem)
    minimum, maximum = given.number("min"), given.number("max")
    if minimum is None and maximum is None:
        raise given.refusal("max", "give max, min or both")
    if minimum is not None and maximum is not None and minimum > maximum:
        raise given.refusal("min", "it is more than max")
    query = given.text("query")
    refuse_unknown(query, given.named("query"))
    window = given.nanoseconds("window", MILLISECOND)
    if window % MILLISECOND:
        raise given.refusal("window", "Prometheus knows nothing below 1ms")
    return PrometheusSettings(
        url=url,
        query=query,
        minimum=minimum,
        maximum=maximum,
        window=window,
        timeout=given.seconds("timeout", MILLISECOND),
        headers=given.pairs("headers"),
        validate_certs=given.boolean("validate_certs"),
    )


def _command(given: Given) -> CommandSettings:
    argv, cmd = given.value("argv"), given.text("cmd")
    if bool(argv) == bool(cmd):
        raise given.refusal("argv", "give either argv or cmd")
    if cmd:
        try:
            words = shlex.split(cmd)
        except ValueError as error:
            raise given.refusal("cmd", "its quotes do not match (%s)" % error) from None
        key = "cmd"
    else:
        words = [str(word) for word in argv] if isinstance(argv, (list, tuple)) else []
        key = "argv"
    if not words or not words[0]:
        raise given.refusal(key, "name a program")
    if any("\0" in word for word in words):
        raise given.refusal(key, "a NUL character cannot be passed on")
    return CommandSettings(
        argv=tuple(words),
        timeout=given.seconds("timeout", MILLISECOND),
        expect_rc=given.count("expect_rc", 0, 255),
        env=given.pairs("env"),
    )


_READERS: Mapping[str, Callable[[Given], Settings]] = {
    "tasks": _tasks,
    "http": _http,
    "baseline": _baseline,
    "prometheus": _prometheus,
    "command": _command,
}
