# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: certificate_text
short_description: Print a certificate of availability as text
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Renders the RV(swarm.rollout.swarm_service#module:rollout.availability) that M(swarm.rollout.swarm_service) returns
    when its option O(swarm.rollout.swarm_service#module:availability) is given.
  - It shows the success rate beside the budget, the longest spans without a good answer with what happened to tasks
    around them, the latencies of the old and the new version side by side, and requests that were made late.
positional: _input
options:
  _input:
    description:
      - The certificate.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: A new image, measured
  swarm.rollout.swarm_service:
    name: vote
    image: vote:movies
    availability:
      url: http://vote.example.org/
      budget: 0.5%
  register: deployed

- name: As text
  ansible.builtin.debug:
    msg: "{{ deployed.rollout.availability | swarm.rollout.certificate_text }}"
"""

RETURN = r"""
_value:
  description:
    - The text, of several lines. Empty where nothing was measured.
  type: str
"""

from typing import Any, Callable, Iterable, Mapping, Sequence

from ansible.errors import AnsibleFilterError

from ansible_collections.swarm.rollout.plugins.plugin_utils.sheltered import sheltered

# So many gaps are shown, and so many events beside each.
_GAPS = 3
_EVENTS = 8
_QUANTILES = ("p50", "p95", "p99")
_NEEDED = ("probes", "failures", "gaps", "latency", "late", "missed")


def certificate_text(cert: Any) -> str:
    """The certificate as text."""
    if not cert:
        return ""
    if not isinstance(cert, Mapping) or any(name not in cert for name in _NEEDED):
        raise AnsibleFilterError("certificate_text takes the rollout.availability that swarm_service returns")
    lines = ["availability of %s" % cert.get("url", "?")]
    if not cert["probes"]:
        return "\n".join([*lines, "  nothing was measured"])
    lines.append("  probes    %d, one each %s, from %s to %s" % _span(cert))
    lines.append("  failed    %s" % _failed(cert))
    lines.append("  budget    %s" % _budget(cert))
    lines += _gaps(cert["gaps"])
    lines += _latency(cert["latency"])
    lines += _versions(cert.get("versions") or {})
    lines += _late(cert)
    return "\n".join(lines)


def _span(cert: Mapping[str, Any]) -> tuple[Any, ...]:
    return cert["probes"], _time(cert["interval"]), _clock(cert["started_at"]), _clock(cert["finished_at"])


def _failed(cert: Mapping[str, Any]) -> str:
    rate = "100" if cert["success_rate"] == 100 else "%.3f" % cert["success_rate"]
    return "%s; success rate %s%%" % (cert["failures"] or "none", rate)


def _budget(cert: Mapping[str, Any]) -> str:
    if cert.get("budget") is None:
        return "none, only measured"
    kind = "failures allowed" if not cert["budget"].endswith("%") else "of the probes may fail"
    return "%s %s: %s" % (cert["budget"], kind, "kept" if cert["within_budget"] else "OVER BUDGET")


def _gaps(gaps: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    if not gaps:
        yield "  gaps      none"
    for number, gap in enumerate(gaps[:_GAPS]):
        faults = ", ".join("%s (%d)" % pair for pair in gap["faults"].items())
        head = "longest gap" if not number else "gap"
        yield "  %s %s from %s: %s" % (head, _time(gap["seconds"]), _clock(gap["began_at"]), faults)
        for event in gap["events"][:_EVENTS]:
            yield "    %s" % _event(event)
        if len(gap["events"]) > _EVENTS:
            yield "    ... %d more events" % (len(gap["events"]) - _EVENTS)
    if len(gaps) > _GAPS:
        yield "  ... %d shorter gaps" % (len(gaps) - _GAPS)


def _event(event: Mapping[str, Any]) -> str:
    slot = "" if event.get("slot") is None else " of slot %s" % event["slot"]
    node = " on %s" % event["node"] if event.get("node") else ""
    error = ": %s" % event["error"] if event.get("error") else ""
    return "%s  task %s%s%s %s%s" % (_clock(event["at"]), event["task"][:12], slot, node, event["what"], error)


def _latency(latency: Mapping[str, Any]) -> Iterable[str]:
    sides = [(name, latency[name]) for name in ("old", "new", "all") if latency.get(name)]
    if not sides:
        return
    rows: list[tuple[str, ...]] = [("latency", *_QUANTILES)]
    rows += [(name, *(_time(values[key]) for key in _QUANTILES)) for name, values in sides]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    widths[0] = max(widths[0], 8)
    for row in rows:
        yield "  %s  %s" % (
            row[0].ljust(widths[0]),
            "  ".join(cell.rjust(width) for cell, width in zip(row[1:], widths[1:])),
        )


def _versions(versions: Mapping[str, int]) -> Iterable[str]:
    if versions:
        yield "  versions  %s" % ", ".join("%s (%d)" % pair for pair in versions.items())


def _late(cert: Mapping[str, Any]) -> Iterable[str]:
    late, missed = cert["late"], cert["missed"]
    if late["probes"]:
        yield "  late      %d probes, by up to %s" % (late["probes"], _time(late["longest"]))
    if missed:
        yield "  left out  %d probes, for which there was no time" % missed


def _clock(text: str) -> str:
    """The time of day of an RFC 3339 text in UTC."""
    return text.partition("T")[2].rstrip("Z")


def _time(seconds: float) -> str:
    if seconds >= 1:
        return "%.2f s" % seconds
    return "%.3g ms" % (seconds * 1000) if seconds < 0.1 else "%.0f ms" % (seconds * 1000)


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"certificate_text": sheltered("certificate_text", certificate_text)}
