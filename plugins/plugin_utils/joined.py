# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several runs of modules that moved one service step by step, told as the one rollout that they are."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ansible_collections.swarm.rollout.plugins.module_utils._core.account import FAILURES_SHOWN
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability import Budget
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.certificate import success_rate
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.gaps import MOST_GAPS
from ansible_collections.swarm.rollout.plugins.module_utils._core.times import instant

Json = Mapping[str, Any]


def join(results: Sequence[Json]) -> dict[str, Any]:
    """The last result, with what the earlier ones tell of the same rollout; `results` are in order of time.

    Moments that count from the start of a run (`timeline`, `states`) count from the start of the first. A step that
    was looked at twice stands there as it was last.
    """
    last = dict(results[-1])
    told = [result for result in results if result.get("rollout")]
    last["changed"] = any(result.get("changed") for result in results)
    if len(told) < 2 or not last.get("rollout"):
        return last
    accounts = [result["rollout"] for result in told]
    first, final = accounts[0], accounts[-1]
    after = [_seconds(first["started_at"], account["started_at"]) for account in accounts]
    failures = [failure for account in accounts for failure in account.get("failures") or []]
    last["rollout"] = {
        **final,
        "started_at": first["started_at"],
        "duration": round(_seconds(first["started_at"], final["finished_at"]), 3),
        "previous_revision": first["previous_revision"],
        "from_image": first["from_image"],
        "steps": _by_key("step", [account.get("steps") or [] for account in accounts]),
        "failures": failures[:FAILURES_SHOWN],
        "tasks": {**final["tasks"], "failed": sum(account["tasks"].get("failed") or 0 for account in accounts)},
        "states": [
            {**state, "at": round(state["at"] + shift, 3)}
            for account, shift in zip(accounts, after)
            for state in account.get("states") or []
        ],
        "timeline": _by_key(
            "task",
            [
                [_shifted(entry, shift) for entry in account.get("timeline") or []]
                for account, shift in zip(accounts, after)
            ],
        ),
        "timeline_omitted": sum(account.get("timeline_omitted") or 0 for account in accounts),
    }
    measured = [account["availability"] for account in accounts if account.get("availability")]
    if measured:
        last["rollout"]["availability"] = join_certificates(measured)
    return last


def join_certificates(parts: Sequence[Json]) -> dict[str, Any]:
    """One certificate of several that were measured one after the other.

    Probes are added up; of latencies the highest of the parts is told, since quantiles cannot be added. Between the
    parts nothing was measured.
    """
    if len(parts) == 1:
        return dict(parts[0])
    probes, failures = _sum(parts, "probes"), _sum(parts, "failures")
    gaps = sorted((gap for part in parts for gap in part["gaps"]), key=lambda gap: -gap["seconds"])
    versions: dict[str, int] = {}
    for part in parts:
        for version, count in part["versions"].items():
            versions[version] = versions.get(version, 0) + count
    budget = Budget.parse(parts[0]["budget"], "budget") if parts[0]["budget"] is not None else None
    return {
        **parts[0],
        "probes": probes,
        "failures": failures,
        "success_rate": success_rate(probes, failures),
        "within_budget": None if budget is None else not budget.exceeded(probes, failures),
        "longest_gap": max(part["longest_gap"] for part in parts),
        "gaps": gaps[:MOST_GAPS],
        "latency": {kind: _slowest(parts, kind) for kind in ("all", "old", "new")},
        "versions": versions,
        "late": {
            "probes": sum(part["late"]["probes"] for part in parts),
            "longest": max(part["late"]["longest"] for part in parts),
        },
        "missed": _sum(parts, "missed"),
        "started_at": next((part["started_at"] for part in parts if part["started_at"]), None),
        "finished_at": next((part["finished_at"] for part in reversed(parts) if part["finished_at"]), None),
    }


def _sum(parts: Sequence[Json], key: str) -> int:
    return sum(int(part[key]) for part in parts)


def _slowest(parts: Sequence[Json], kind: str) -> dict[str, float | None] | None:
    known = [part["latency"][kind] for part in parts if part["latency"][kind]]
    if not known:
        return None
    return {
        share: max((one[share] for one in known if one[share] is not None), default=None)
        for share in ("p50", "p95", "p99")
    }


def _by_key(key: str, lists: Sequence[Sequence[Json]]) -> list[Json]:
    """The entries in order of their first appearance, each as it was told last."""
    found: dict[Any, Json] = {}
    for entries in lists:
        for entry in entries:
            found[entry[key]] = entry
    return list(found.values())


def _shifted(entry: Json, shift: float) -> dict[str, Any]:
    return {
        **entry,
        "spans": [
            {**span, **{edge: round(span[edge] + shift, 3) for edge in ("from", "to") if span.get(edge) is not None}}
            for span in entry["spans"]
        ],
    }


def _seconds(begin: str | None, end: str | None) -> float:
    since, until = instant(begin or ""), instant(end or "")
    return 0.0 if since is None or until is None else max(until - since, 0.0)
