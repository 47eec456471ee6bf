# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: plan_text
short_description: Print the plan of a change as text
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Renders the RV(swarm.rollout.swarm_service#module:plan) that check mode of M(swarm.rollout.swarm_service) or the
    option O(swarm.rollout.swarm_service_info#module:plan) of M(swarm.rollout.swarm_service_info) returns, or the
    RV(swarm.rollout.swarm_release#module:plan) of M(swarm.rollout.swarm_release).
  - It shows what changes, one line per batch, the lowest number of serving tasks, the expected duration, whether there
    is room, and warnings.
positional: _input
options:
  _input:
    description:
      - The plan.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: What would be done
  swarm.rollout.swarm_service:
    name: vote
    image: vote:movies
  check_mode: true
  register: looked_at

- name: As text
  ansible.builtin.debug:
    msg: "{{ looked_at.plan | swarm.rollout.plan_text }}"
"""

RETURN = r"""
_value:
  description:
    - The text, of several lines. Empty where there is no plan, as in the result of a run that changed something.
  type: str
"""

import json
from typing import Any, Callable, Iterable, Mapping, Sequence

from ansible.errors import AnsibleFilterError

from ansible_collections.swarm.rollout.plugins.plugin_utils.sheltered import sheltered

_ACTIONS = {
    "create": "will be created",
    "in_place": "will be updated in place, no task is replaced",
    "replace": "will have tasks replaced",
    "recreate": "will be removed and created again",
    "remove": "will be removed",
    "nothing": "nothing to change",
}
_WIDEST = 60
# So many batches are shown at the beginning and at the end of a long list.
_FIRST = 10
_LAST = 2
_HEADINGS = ("BATCH", "AT", "SERVING", "SURGE", "SLOTS")


def plan_text(plan: Any) -> str:
    """The plan as text."""
    if plan is None:
        return ""
    if isinstance(plan, Mapping) and plan.get("action") == "release":
        return "\n".join(_release(plan))
    if not isinstance(plan, Mapping) or plan.get("action") not in _ACTIONS:
        raise AnsibleFilterError("plan_text takes the plan that a module of swarm.rollout returns")
    return "\n".join(_service(plan))


def _release(plan: Mapping[str, Any]) -> Iterable[str]:
    """Wave by wave, each service as by itself."""
    waves = plan["waves"]
    services = sum(len(wave["services"]) for wave in waves)
    seconds = plan.get("estimated_seconds")
    end = "no end can be foreseen" if seconds is None else "about %s" % _time(seconds)
    yield "release %s: %d of %d services, %s" % (
        plan["release"],
        services,
        services + len(plan["unchanged"]),
        end if waves else "nothing to change",
    )
    for wave in waves:
        seconds = wave.get("estimated_seconds")
        yield ""
        yield "wave %d%s" % (wave["wave"], "" if seconds is None else ", about %s" % _time(seconds))
        for one in wave["services"]:
            yield from ("  " + line if line else "" for line in _service(one, alone=False))
            if one["service"] == plan.get("point_of_no_return"):
                yield "    the point of no return: after it a failure freezes the release"
    yield ""
    yield "when a service fails: %s" % plan["on_failure"]
    said = [text for wave in waves for one in wave["services"] for text in one.get("notes") or ()]
    yield from ("note: %s" % text for text in dict.fromkeys((*said, *(plan.get("notes") or ()))))


def _service(plan: Mapping[str, Any], *, alone: bool = True) -> Iterable[str]:
    """One service. In a release, what is said of several is said once, at its end."""
    lines = ["%s: %s" % (plan.get("service"), _ACTIONS[plan["action"]])]
    if plan["action"] != "nothing":
        lines += _changes(plan.get("changes") or ())
        lines += _batches(plan.get("batches") or ())
        lines += ["", "  " + _summary(plan)]
        lines += _capacity(plan.get("capacity") or {}, plan["wanted"] > plan["serving"])
    lines += ["  warning: %s: %s" % (one["code"], one["message"]) for one in plan.get("warnings") or ()]
    if not alone:
        return lines
    lines += ["  note: %s" % text for text in plan.get("notes") or ()]
    if plan.get("id"):
        lines.append("  id: %s" % plan["id"])
    return lines


def _changes(changes: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    width = max([len(one["option"]) for one in changes] or [0])
    for one in changes:
        yield "  %s  %s -> %s" % (one["option"].ljust(width), _value(one.get("before")), _value(one.get("after")))


def _value(value: Any) -> str:
    if value is None:
        return "-"
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    text = " ".join(text.split())
    return text if len(text) <= _WIDEST else text[: _WIDEST - 3] + "..."


def _batches(batches: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    if not batches:
        return
    rows = [_HEADINGS]
    for number, one in enumerate(batches, start=1):
        at = "-" if one.get("starts_at") is None else _time(one["starts_at"])
        slots = ", ".join(_slot(spot) for spot in one["slots"])
        rows.append((str(number), at, str(one["serving_min"]), "+%d" % one["surge"], slots))
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    left_out = len(batches) - _FIRST - _LAST
    yield ""
    for place, row in enumerate(rows):
        if left_out > 0 and _FIRST < place <= _FIRST + left_out:
            if place == _FIRST + 1:
                yield "  ... %d further batches ..." % left_out
            continue
        yield ("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths))).rstrip()


def _slot(spot: Mapping[str, Any]) -> str:
    node = spot.get("node") or "no node"
    return node if spot.get("slot") is None else "%s on %s" % (spot["slot"], node)


def _summary(plan: Mapping[str, Any]) -> str:
    parts = ["%d serve now, %d are wanted" % (plan["serving"], plan["wanted"])]
    if plan["action"] not in ("create", "remove"):
        parts.append("never fewer than %d serve" % plan["lowest_serving"])
    if plan["highest_running"] > max(plan["serving"], plan["wanted"]):
        parts.append("at most %d run at once" % plan["highest_running"])
    if plan.get("order"):
        size = plan.get("parallelism")
        parts.append("%s, %s at a time" % (plan["order"], size if size else "all"))
    seconds = plan.get("estimated_seconds")
    if seconds is None:
        parts.append("no end can be foreseen")
    elif plan.get("estimate_from"):
        parts.append("about %s (from %s)" % (_time(seconds), plan["estimate_from"]))
    return "; ".join(parts)


def _capacity(capacity: Mapping[str, Any], grows: bool) -> Iterable[str]:
    if capacity.get("fits", True):
        largest = capacity.get("largest_parallelism")
        if largest or grows:
            yield "  room: enough%s" % (" for a parallelism of up to %s" % largest if largest else "")
        return
    yield "  room: NOT ENOUGH; %s" % capacity.get("proposal")
    for text in capacity.get("problems") or ():
        yield "    %s" % text


def _time(seconds: float) -> str:
    whole = round(seconds)
    if whole < 120:
        return "%d s" % whole
    minutes, rest = divmod(whole, 60)
    if minutes < 120:
        return "%d min %02d s" % (minutes, rest)
    return "%d h %02d min" % divmod(minutes, 60)


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"plan_text": sheltered("plan_text", plan_text)}
