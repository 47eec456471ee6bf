# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports as filters: what is wrong with a run is said as Ansible says it."""

from __future__ import annotations

import time
from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import sentence


def as_filter(name: str, make: Callable[[Any, float], Any]) -> Callable[[Any], Any]:
    """The filter of that name, which calls `make` with a run and the moment (seconds since the epoch).

    Its `ValueError` becomes an `AnsibleFilterError`.
    """

    def report(run: Any) -> Any:
        try:
            return make(run, time.time())
        except ValueError as exc:
            raise AnsibleFilterError(sentence("%s: %s" % (name, exc))) from None

    return report
