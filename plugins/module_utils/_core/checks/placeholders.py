# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a query may name: `${service}`, `${window}` and the like, replaced before it is sent.

Only `${name}` is replaced: a `$` alone belongs to the regular expressions of PromQL, and Ansible's own
templates begin with `{{`, so that both can stand beside each other.
"""

from __future__ import annotations

import re
from typing import Mapping

from ..errors import OptionError
from ..units import MILLISECOND

NAMES = (
    "service",
    "service_id",
    "revision",
    "previous_revision",
    "step",
    "steps",
    "window",
    "new_tasks",
    "old_tasks",
    "new_nodes",
    "old_nodes",
)
# Where there is nothing to name: an empty text would match every series without the label.
NOBODY = "-"

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_UNITS = (("h", 3600 * 1000), ("m", 60 * 1000), ("s", 1000), ("ms", 1))


def used(query: str) -> frozenset[str]:
    """The names that a query uses."""
    return frozenset(_PLACEHOLDER.findall(query))


def refuse_unknown(query: str, option: str) -> None:
    """Raises `OptionError` where a query uses a name that nothing stands for."""
    for name in sorted(used(query) - set(NAMES)):
        raise OptionError(option, "${%s}" % name, "choose from " + ", ".join(NAMES))


def filled(query: str, values: Mapping[str, str]) -> str:
    """The query as it is sent; an empty value becomes one that matches nobody."""
    return _PLACEHOLDER.sub(lambda match: values.get(match.group(1)) or NOBODY, query)


def prometheus_duration(nanoseconds: int) -> str:
    """A duration of whole milliseconds as every Prometheus reads it: one number, one unit."""
    count = nanoseconds // MILLISECOND
    for unit, size in _UNITS:
        if count % size == 0:
            return "%d%s" % (count // size, unit)
    return "%dms" % count
