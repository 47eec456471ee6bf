# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options for a registry login that goes to Swarm."""

from __future__ import annotations

from typing import Any

LOGIN_ARGUMENTS: dict[str, dict[str, Any]] = {
    "with_registry_auth": {"type": "bool", "default": False},
    "registry_auth": {
        "type": "dict",
        "options": {
            "username": {"type": "str"},
            "password": {"type": "str", "no_log": True},
            "identity_token": {"type": "str", "no_log": True},
        },
    },
}
