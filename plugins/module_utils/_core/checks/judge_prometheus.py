# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Prometheus server's answer to an instant query says, and the verdict on it.

The form is that of its HTTP API, `/api/v1/query`: a status, and for a success a result type with values
as texts (https://prometheus.io/docs/prometheus/latest/querying/api/).
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, Callable, Mapping

from ..http import Answer
from ..masking import mask_text
from .numbers import numbers
from .result import FAILED, PASSED, CheckResult, inconclusive, verdict
from .settings import Check, PrometheusSettings

_SHOWN = 5
_LENGTH = 200
Hide = Callable[[str], str]


class NoReading(Exception):
    """The answer says nothing that could be judged; the text says why."""


@dataclass(frozen=True)
class Reading:
    """One element of a result: its labels as PromQL writes them (empty for a scalar) and its value."""

    labels: str
    value: float


def read(answer: Answer, hide: Hide = mask_text) -> tuple[Reading, ...]:
    """The elements of an answer; `hide` takes secrets out of the server's words. Raises `NoReading`."""
    if not answer.status:
        raise NoReading("the server gave no answer: %s" % hide(answer.error))
    data = _json(answer)
    if data is None or data.get("status") not in ("success", "error"):
        raise NoReading("the server answered with HTTP %d and not as Prometheus does" % answer.status)
    if data["status"] == "error":
        said = " ".join(hide(str(data.get("error") or data.get("errorType") or "")).split())[:_LENGTH]
        raise NoReading("the server could not answer the query: %s" % said)
    result = data.get("data")
    kind, found = (result.get("resultType"), result.get("result")) if isinstance(result, dict) else (None, None)
    if kind == "scalar":
        return (Reading("", _value(found)),)
    if kind != "vector" or not isinstance(found, list):
        raise NoReading(
            "the query returns a %s; write one that returns an instant vector or a scalar" % hide(str(kind))
        )
    return tuple(_element(element, hide) for element in found)


def judge_prometheus(
    check: Check, settings: PrometheusSettings, answer: Answer, query: str, hide: Hide = mask_text
) -> CheckResult:
    """The verdict: every element has to lie within the limits. `query` is what was asked, `hide` as for `read`."""
    details: dict[str, Any] = {"query": mask_text(query)}
    try:
        found = read(answer, hide)
    except NoReading as reason:
        return inconclusive(check, str(reason), **details)
    known = [reading for reading in found if not math.isnan(reading.value)]
    details["series"] = len(found)
    details["values"] = [{"labels": one.labels, "value": one.value} for one in _worst_first(settings, known)[:_SHOWN]]
    beyond = _beyond(settings, known)
    if beyond is not None:
        worst, limit, sign = beyond
        text = "%s %s %s%s" % (*_between(worst, limit, sign), _where(worst, len(found)))
        return verdict(check, FAILED, text, worst.value, limit, details=details)
    if not found:
        return inconclusive(check, "the query returned no series", **details)
    if len(known) < len(found):
        return inconclusive(check, "%d of %d series returned NaN" % (len(found) - len(known), len(found)), **details)
    return _passed(check, settings, known, details)


def _beyond(settings: PrometheusSettings, known: list[Reading]) -> tuple[Reading, float, str] | None:
    """The element farthest beyond a limit, that limit and how it stands to it."""
    found: list[tuple[float, Reading, float, str]] = []
    for one in known:
        if settings.maximum is not None and one.value > settings.maximum:
            found.append((one.value - settings.maximum, one, settings.maximum, ">"))
        if settings.minimum is not None and one.value < settings.minimum:
            found.append((settings.minimum - one.value, one, settings.minimum, "<"))
    return max(found, key=lambda item: item[0])[1:] if found else None


def _worst_first(settings: PrometheusSettings, known: list[Reading]) -> list[Reading]:
    return sorted(known, key=lambda one: one.value, reverse=settings.maximum is not None)


def _passed(check: Check, settings: PrometheusSettings, known: list[Reading], details: dict[str, Any]) -> CheckResult:
    by_value = sorted(known, key=lambda one: one.value)
    low, high = by_value[0], by_value[-1]
    parts, shown, limit = [], high, settings.maximum
    if settings.maximum is not None:
        parts.append("%s <= %s" % numbers(high.value, settings.maximum))
    if settings.minimum is not None:
        parts.append("%s >= %s" % numbers(low.value, settings.minimum))
    if limit is None:
        shown, limit = low, settings.minimum
    text = ", ".join(parts) + _where(shown, len(known))
    return verdict(check, PASSED, text, shown.value, limit, details=details)


def _between(one: Reading, limit: float, sign: str) -> tuple[str, str, str]:
    value, shown = numbers(one.value, limit)
    return value, sign, shown


def _where(one: Reading, count: int) -> str:
    """Which series it is, where there is more than one."""
    return " at %s of %d series" % (one.labels or "{}", count) if count > 1 else ""


def _json(answer: Answer) -> Mapping[str, Any] | None:
    try:
        found = json.loads(answer.body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _element(element: Any, hide: Hide) -> Reading:
    data = element if isinstance(element, dict) else {}
    if "value" not in data:
        raise NoReading("the query returns histograms; write one that returns numbers")
    metric = data.get("metric")
    labels = metric if isinstance(metric, dict) else {}
    name = str(labels.get("__name__", ""))
    pairs = ['%s="%s"' % (key, labels[key]) for key in sorted(labels) if key != "__name__"]
    return Reading(hide("%s{%s}" % (name, ",".join(pairs)))[:_LENGTH], _value(data["value"]))


def _value(found: Any) -> float:
    try:
        return float(found[1])
    except (TypeError, ValueError, LookupError):
        raise NoReading("the server answered with a value that is no number") from None
