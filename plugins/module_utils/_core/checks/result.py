# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a check found."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, Mapping, Sequence

from ..errors import sentence
from .settings import Check

PASSED = "passed"
FAILED = "failed"
INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class CheckResult:
    """One check's verdict. `text` sets the value against the limit; `seconds` is how long it took.

    `value` and `limit` are shares from 0 to 1, seconds, counts or whatever a query returns; None where
    nothing was measured. Inconclusive is neither: what was seen is not enough to say.
    """

    name: str
    kind: str
    status: str
    value: float | None
    limit: float | None
    text: str
    seconds: float = 0.0
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether all is well."""
        return self.status == PASSED

    @property
    def failed(self) -> bool:
        """Whether something is wrong for certain."""
        return self.status == FAILED

    @property
    def named(self) -> str:
        """The verdict as a clause of a message."""
        return "check %s: %s" % (self.name, self.text)

    def lasting(self, seconds: float) -> CheckResult:
        """The same verdict of a check that took so many seconds."""
        return replace(self, seconds=seconds)

    def as_dict(self) -> dict[str, Any]:
        """The result as modules return it; numbers that JSON does not have are written as Prometheus does."""
        return {
            "name": self.name,
            "kind": self.kind,
            "status": self.status,
            "value": _plain(self.value),
            "limit": _plain(self.limit),
            "text": self.text,
            "seconds": round(self.seconds, 3),
            "details": _plain(self.details),
        }


def verdict(
    check: Check,
    status: str,
    text: str,
    value: float | None = None,
    limit: float | None = None,
    details: Mapping[str, Any] | None = None,
) -> CheckResult:
    """The verdict of a check whose time is not known yet. The text may quote what a server or a command said."""
    return CheckResult(check.name, check.kind, status, value, limit, sentence(text), 0.0, details or {})


def inconclusive(check: Check, why: str, **details: Any) -> CheckResult:
    """The verdict of a check that cannot say."""
    return verdict(check, INCONCLUSIVE, "inconclusive: " + why, details=details)


def first_not_passed(results: Sequence[CheckResult]) -> CheckResult | None:
    """The verdict that decides: the first that is not passed; None where all are."""
    return next((result for result in results if not result.passed), None)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
