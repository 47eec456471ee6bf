# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What reads text that anybody may have written, each with what has to hold whatever the text is.

A target returns, or refuses with the collection's own error; anything else is a finding.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansible_collections.swarm.rollout.plugins.module_utils._core import (
    constraints,
    history,
    http,
    lock,
    masking,
    packing,
    release,
    spec,
    times,
    units,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks import judge_prometheus, parse
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.settings import PrometheusSettings
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Node
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import MissingReference, OptionError
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec import image

PASSWORD = "correct-horse"
_NAMES = spec.References({"front": "net1"}, {"net1": "front"}, {"site": "c1"}, {"db": "s1"})


@dataclass(frozen=True)
class Target:
    """What is tried, and texts to begin with: each way through the reader once."""

    read: Callable[[str], object]
    seeds: tuple[str, ...]


def _is_a_sentence(text: str) -> None:
    """How a refusal has to look: one line, of a length that somebody reads."""
    assert text.isprintable(), text
    assert len(text) <= 2000, len(text)


def _there_and_back(parse: Callable[[Any], int], write: Callable[[int], str]) -> Callable[[str], object]:
    """What was read and is written again has to be read as the same."""

    def read(text: str) -> None:
        found = _number(parse, text)
        assert found is None or parse(write(found)) == found, (found, write(found))

    return read


def _number(parse: Callable[[Any], Any], text: str) -> Any:
    """What a parser of numbers reads; None where it refuses, which the caller makes a sentence of."""
    try:
        return parse(text)
    except ValueError as advice:
        if isinstance(advice, UnicodeError):
            raise
        _is_a_sentence(str(advice))
        return None


def _options(text: str) -> None:
    """The first line names the option, each further line is an entry of it."""
    option, *lines = text.split("\n")
    value: Any = lines if option in _LISTS else "\n".join(lines)
    group, _dot, inner = option.partition(".")
    wanted = spec.parse({"image": "web:1", **({group: {inner: value}} if inner else {option: value})})
    try:
        laid = spec.overlay(None, wanted, _NAMES, name="web").spec
    except MissingReference:
        return
    assert not spec.overlay(laid, wanted, _NAMES, name="web").changes
    json.dumps(spec.show(laid, _NAMES))


_LISTS = ("args", "env", "labels", "mounts", "publish", "ulimits", "secrets", "configs", "networks", "dns", "cap_add")


def _image(text: str) -> None:
    assert image.is_image(text, text)
    if text.count("docker.io/") < 2:  # Docker itself takes the shorter spelling of such a name for another one
        assert image.is_image(image.spelled(text), text)


def _masked(text: str) -> None:
    """A password in a URL, in a setting or behind a flag is not seen, whatever stands around it."""
    if PASSWORD in text:
        return
    before, after = text[: len(text) // 2], text[len(text) // 2 :]
    for secret in (f"https://user:{PASSWORD}@host/", f"db_password={PASSWORD}", f"token=a={PASSWORD}"):
        assert PASSWORD not in masking.mask_text(f"{before} {secret} {after}"), (before, secret, after)
    words = [*before.split(" "), f"--password={PASSWORD}", "--token", PASSWORD, *after.split(" ")]
    assert PASSWORD not in " ".join(masking.mask_words(words)), words


def _record(text: str) -> None:
    history.decode({"ID": "1", "Spec": {"Name": "n", "Labels": {}, "Data": text}})
    release.decode({"ID": "1", "Spec": {"Name": "n", "Labels": {}, "Data": text}})
    found = packing.unpack(text, 1)
    if found is not None:
        assert packing.unpack(packing.pack(found), 1) == found


def _document(text: str) -> Any:
    """The JSON that it is; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _engine(text: str) -> None:
    """An answer of the Engine where a config is meant, or a node."""
    found = _document(text)
    lock.decode(found)
    history.decode(found)
    release.decode(found)
    constraints.matches(["node.labels.zone==a"], Node.of(found))


def _checks(text: str) -> None:
    parse.parse(_document(text))


def _prometheus(text: str) -> None:
    check = parse.parse([{"prometheus": {"url": "http://127.0.0.1/", "query": "up", "min": 0.5, "max": 2}}])[0]
    settings = check.settings
    assert isinstance(settings, PrometheusSettings)
    found = judge_prometheus.judge_prometheus(check, settings, http.Answer(200, text, 0.1), "up")
    _is_a_sentence(found.text)
    json.dumps(found.as_dict(), allow_nan=False)


def _constraint(text: str) -> None:
    constraints.first_unmet([text], _NODE)


def _instant(text: str) -> None:
    found = times.instant(text)
    assert found is None or isinstance(times.written(found), str)


_NODE = Node.of(
    {
        "ID": "n1",
        "Spec": {"Role": "worker", "Labels": {"zone": "a"}},
        "Description": {"Hostname": "one", "Engine": {"Labels": {"disk": "ssd"}}},
        "Status": {"Addr": "10.0.0.1"},
    }
)
_CHECK = '[{"http": {"url": "http://127.0.0.1/", "expect": {"status": ["2xx"], "body": "a+"}, "max_failure": "1%"}}]'
_LOCK = '{"ID": "1", "Spec": {"Name": "n", "Labels": {"swarm.rollout.lock": "web", "swarm.rollout.lock.since": "1"}}}'
_SERIES = '{"metric": {"a": "b"}, "value": [1, "2.5"]}'

TARGETS: dict[str, Target] = {
    "durations": Target(
        _there_and_back(units.parse_duration, units.format_duration), ("1h2m3.5s", "10ms", "0", "1.5us", "7")
    ),
    "sizes": Target(_there_and_back(units.parse_size, units.format_size), ("512M", "1.5GiB", "64k", "1024", "3b")),
    "numbers": Target(
        lambda text: [_number(parse, text) for parse in (units.parse_cpus, units.parse_ratio)], ("0.5", "10%", "1e-3")
    ),
    "options": Target(
        _options,
        (
            "mounts\ntype=volume,source=cache,target=/cache,volume-opt=type=nfs,readonly",
            "mounts\n/srv:/data:ro",
            "publish\n9000-9001:90-91/udp",
            "publish\npublished=80,target=80,mode=host",
            "env\nA=1\nB",
            "labels\na=b",
            "ulimits\nnofile=1:2",
            "secrets\nsource=a,target=b,mode=0400",
            "networks\nfront",
            "command\nsh -c 'a b'",
            "placement.constraints\nnode.role==worker",
            "update_config.max_failure_ratio\n10%",
            "credential_spec\nconfig://a",
            "stop_grace_period\n1m",
            "hosts.one\n10.0.0.1",
        ),
    ),
    "env files": Target(spec.read_env_file, ("# a\nA=1\nB = two\n", "\ufeffA=b")),
    "images": Target(_image, ("web:1", "docker.io/library/web", "lab:5000/a/b@sha256:" + "a" * 64, "localhost/a")),
    "masking": Target(_masked, ("http://a:b@c/ x", "DB_PASSWORD=x;api_key=y", "--token x -p y")),
    "records": Target(_record, (packing.pack({"format": 1, "service": "web", "number": 1, "spec": {}}), "e30=")),
    "answers": Target(_engine, (_LOCK, '{"ID": "1", "Spec": {"Role": "worker"}, "Description": {"Engine": 1}}')),
    "checks": Target(_checks, (_CHECK, '[{"command": {"argv": ["a"], "timeout": "1s"}}]', '[{"tasks": {}}]')),
    "prometheus": Target(
        _prometheus,
        (
            '{"status": "success", "data": {"resultType": "vector", "result": [' + _SERIES + "]}}",
            '{"status": "success", "data": {"resultType": "scalar", "result": [1, "NaN"]}}',
            '{"status": "error", "errorType": "bad_data", "error": "why"}',
        ),
    ),
    "patterns": Target(lambda text: http.parse_pattern(text, "expect.body"), ("^a+(b|c)$", "(?P<x>a)[^b]")),
    "constraints": Target(_constraint, ("node.labels.zone == a", "node.ip!=10.0.0.0/8", "engine.labels.disk==ssd")),
    "times": Target(_instant, ("2026-11-27T18:00:00.123456789Z", "2026-11-27T18:00:00+01:00")),
}


def attempt(target: Target, text: str) -> bool:
    """Read it; whether it was not refused. Raises whatever is a finding."""
    try:
        target.read(text)
    except OptionError as exc:
        _is_a_sentence(exc.message)
        return False
    return True
