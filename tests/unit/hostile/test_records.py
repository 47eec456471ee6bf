# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Histories, releases and locks in which anybody has written: read with care, or left out, never a traceback."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core import lock
from tests.unit.plugins.module_utils._operations.release.paper import entry, shop

from . import desk
from .effort import effort
from .hostile_values import hostile, places, replaced, without

RUNS: dict[str, tuple[str, dict[str, Any]]] = {
    "info": ("swarm_service_info", {"history": True, "readiness": True, "releases": True}),
    "update": ("swarm_service", entry("web", "web:9")),
    "back": ("swarm_service_rollback", {"name": "web", "to": "previous"}),
    "back to a number": ("swarm_service_rollback", {"name": "api", "to": "1"}),
    "release": ("swarm_release", {"name": "shop", "services": shop(3), "parallel": 1}),
    "restore": ("swarm_release", {"name": "shop", "to": "previous", "parallel": 1}),
    "remove": ("swarm_service", {"name": "web", "state": "absent"}),
}


def _read(data: str) -> Any:
    return json.loads(base64.b64decode(data))


def _written(record: Any) -> str:
    return base64.b64encode(json.dumps(record).encode()).decode()


RAW = st.one_of(
    st.sampled_from(
        (
            "",
            "!",
            "====",
            base64.b64encode(zlib.compress(b" " * 40_000_000, 9)).decode(),
            base64.b64encode(zlib.compress(b"{}")[:-2]).decode(),
            base64.b64encode(b'{"a":' * 5000).decode(),
            base64.b64encode(b"\xff\xfe{}").decode(),
            _written({"format": 99, "service": "web", "number": 1, "spec": {}}),
            _written([]),
        )
    ),
    st.binary(max_size=40).map(lambda data: base64.b64encode(data).decode()),
)


def run_on(name: str, configs: dict[str, Any]) -> desk.Ended:
    swarm = desk.stocked()
    swarm.configs = configs
    module, options = RUNS[name]
    with desk.on_paper(swarm):
        ended = desk.run(module, options)
    desk.orderly(ended)
    return ended


@pytest.mark.parametrize("name", sorted(RUNS))
@effort(12)
@given(data=st.data())
def test_a_damaged_record_is_no_traceback(name: str, data: st.DataObject) -> None:
    configs = desk.stocked().configs
    for _time in range(data.draw(st.integers(1, 4), label="times")):
        config = configs[data.draw(st.sampled_from(sorted(configs)), label="config")]["Spec"]
        kind = data.draw(st.sampled_from(("data", "record", "absent", "labels")), label="kind")
        if kind == "data":
            config["Data"] = data.draw(RAW, label="raw")
        elif kind == "labels":
            label = data.draw(st.sampled_from(sorted(config["Labels"])), label="label")
            config["Labels"][label] = data.draw(st.text(max_size=10) | st.just("9" * 6000), label="text")
        else:
            try:
                record = _read(config["Data"])
            except (ValueError, RecursionError):  # by what was put there before
                continue
            way = data.draw(st.sampled_from([way for way in places(record) if way] or [()]), label="way")
            if way and kind == "absent":
                config["Data"] = _written(without(record, way))
            else:
                config["Data"] = _written(replaced(record, way, data.draw(hostile, label="value")))
    run_on(name, configs)


def test_records_of_a_version_to_come_are_left_alone() -> None:
    configs = desk.stocked().configs
    for config in configs.values():
        record = _read(config["Spec"]["Data"])
        if isinstance(record, dict):
            config["Spec"]["Data"] = _written({**record, "format": 2})
    ended = run_on("info", configs)
    assert not ended.failed
    assert all(not service["history"] for service in ended.result["services"])


@effort(60)
@given(
    marks=st.dictionaries(
        st.sampled_from(
            [
                lock.LOCK_LABEL + part
                for part in (
                    "",
                    ".owner",
                    ".reason",
                    ".since",
                    ".expires",
                    ".lease",
                    ".beat",
                    ".token",
                    ".process",
                    ".asked",
                )
            ]
        ),
        st.text(max_size=12)
        | st.sampled_from(("nan", "inf", "-1", "9" * 6000, "1e400", "٣", "a b c 1 2", "a b c ² 2")),
    )
)
def test_a_damaged_lock_can_be_described(marks: dict[str, str]) -> None:
    held = lock.decode({"ID": "x", "Version": {"Index": 1}, "Spec": {"Labels": marks}})
    assert "\n" not in lock.describe(held, 1.8e9)
    assert held.lease > 0
