# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of the option `checks`: what a check may say, its forms and its defaults.

The argument spec is made from it as it stands; `parse` takes names and defaults from it as well, so
that a check means the same wherever its options come from.
"""

from __future__ import annotations

from typing import Any

from ..http import EXPECT_ARGUMENTS

KINDS = ("tasks", "http", "baseline", "prometheus", "command")

_REQUESTS: dict[str, Any] = {
    "url": {"type": "str", "required": True},
    "port": {"type": "int"},
    "interval": {"type": "str", "default": "100ms"},
    "timeout": {"type": "str", "default": "2s"},
    "expect": EXPECT_ARGUMENTS,
    "headers": {"type": "dict"},
    "validate_certs": {"type": "bool", "default": True},
}

_TASKS: dict[str, Any] = {
    "healthy_for": {"type": "str", "default": "10s"},
    "max_restarts": {"type": "int", "default": 0},
    "oom": {"type": "bool", "default": True},
}

_HTTP: dict[str, Any] = {
    **_REQUESTS,
    "target": {"type": "str", "choices": ["service", "tasks"], "default": "service"},
    "samples": {"type": "int", "default": 50},
    "max_failure": {"type": "str", "default": "0%"},
    "max_latency_p95": {"type": "str"},
}

_BASELINE: dict[str, Any] = {
    **_REQUESTS,
    "target": {"type": "str", "choices": ["tasks", "service"], "default": "tasks"},
    "new": {"type": "str"},
    "old": {"type": "str"},
    "samples": {"type": "int", "default": 100},
    "min_samples": {"type": "int", "default": 50},
    "failure_margin": {"type": "str", "default": "1%"},
    "latency_margin": {"type": "str", "default": "50%"},
    "latency_floor": {"type": "str", "default": "10ms"},
}

_PROMETHEUS: dict[str, Any] = {
    "url": {"type": "str", "required": True},
    "query": {"type": "str", "required": True},
    "min": {"type": "float"},
    "max": {"type": "float"},
    "window": {"type": "str", "default": "1m"},
    "timeout": {"type": "str", "default": "10s"},
    "headers": {"type": "dict"},
    "validate_certs": {"type": "bool", "default": True},
}

_COMMAND: dict[str, Any] = {
    "argv": {"type": "list", "elements": "str"},
    "cmd": {"type": "str"},
    "timeout": {"type": "str", "default": "1m"},
    "expect_rc": {"type": "int", "default": 0},
    "env": {"type": "dict"},
}

CHECKS_ARGUMENTS: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "options": {
        "name": {"type": "str"},
        "tasks": {"type": "dict", "options": _TASKS},
        "http": {"type": "dict", "options": _HTTP},
        "baseline": {"type": "dict", "options": _BASELINE},
        "prometheus": {"type": "dict", "options": _PROMETHEUS, "required_one_of": [["min", "max"]]},
        "command": {
            "type": "dict",
            "options": _COMMAND,
            "mutually_exclusive": [["argv", "cmd"]],
            "required_one_of": [["argv", "cmd"]],
        },
    },
    "mutually_exclusive": [list(KINDS)],
    "required_one_of": [list(KINDS)],
}
