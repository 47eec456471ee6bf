# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a release tells: one result for the whole, one story for each service."""

from __future__ import annotations

from typing import Any, Mapping

from ..._core import release as core
from ..._core import spec
from ..._core.account import Span, short_image
from ..._core.cluster import image_of
from ..._core.masking import mask_text
from ..._core.times import spoken, written
from ..context import Context
from .casting import Cast
from .entries import ReleaseRequest
from .part import SKIPPED, UNDER_WAY, WAITING, Part
from .transaction import End, Transaction

_NOT_BEGUN = {
    core.ROLLED_BACK: "the release went back",
    core.ROLLBACK_FAILED: "the release went back",
    core.FROZEN: "the release froze",
    core.FAILED: "what it depends on failed",
}
# Longer lists of names end in how many more there are.
_NAMED = 6


def result(
    request: ReleaseRequest, transaction: Transaction, foreign: Mapping[str, str], end: End, span: Span
) -> dict[str, Any]:
    """The result of a run that did something."""
    parts, order = transaction.parts, transaction.order
    waves = {name: number for number, wave in enumerate(order, 1) for name in wave}
    services = [service(part, waves.get(name), end) for name, part in parts.items()]
    book = transaction.book
    release = {
        **_outline(request, order, book.number, book.previous, foreign),
        "outcome": end.outcome,
        "reason": mask_text(end.reason),
        "started_at": written(span.wall),
        "finished_at": written(span.wall + span.duration),
        "duration": round(span.duration, 3),
        "failed_wave": transaction.failed_in or None,
    }
    if release["point_of_no_return"] is not None:
        release["point_of_no_return"]["passed"] = transaction.passed
    return {
        "changed": any(part.written for part in parts.values()) or any(one.get("undone") for one in services),
        "msg": "; ".join((_message(request.name, release, parts, _moving(parts, order)), *left_alone(foreign))),
        "release": release,
        "services": services,
        "plan": None,
        "diff": diff(parts),
    }


def unchanged(
    ctx: Context, request: ReleaseRequest, cast: Cast, number: int | None, previous: int | None
) -> dict[str, Any]:
    """The result of a run that had nothing to do."""
    moment = written(ctx.clock.time())
    end = End("unchanged")
    waves = {name: place for place, wave in enumerate(cast.order, 1) for name in wave}
    new = number is not None and number != previous
    release = {
        **_outline(request, cast.order, number, previous if new else None, cast.foreign),
        "outcome": "unchanged",
        "reason": "",
        "started_at": moment,
        "finished_at": moment,
        "duration": 0.0,
        "failed_wave": None,
    }
    noted = ", recorded as release %d" % number if new and number is not None else ""
    text = "%s: nothing to change in %s%s" % (request.name, _count(len(cast.parts), "service"), noted)
    return {
        "changed": False,
        "msg": "; ".join((text, *left_alone(cast.foreign))),
        "release": release,
        "services": [service(part, waves.get(name), end) for name, part in cast.parts.items()],
        "plan": None,
        "diff": [],
    }


def service(part: Part, wave: int | None, end: End) -> dict[str, Any]:
    """One entry of `services`. Of what is as declared already there is nothing more to say than that."""
    state = "absent" if part.member.after is None else "present"
    if part.idle and not part.undo_outcome:
        told = _told(part, end)
        return {"name": part.name, "wave": wave, "state": state, "outcome": "unchanged", "changed": False, "msg": told}
    known = part.error.partial if part.error is not None else part.result
    rollout = known.get("rollout")
    before, after = part.member.before, part.member.after
    return {
        "name": part.name,
        "wave": wave,
        "state": state,
        "outcome": "skipped" if part.status in (SKIPPED, WAITING) and not part.idle else part.outcome,
        "changed": part.written,
        "msg": mask_text(_told(part, end)),
        "changes": list(known.get("changes") or ()),
        "from_image": image_of(before) if before else None,
        "to_image": image_of(after) if after else None,
        "rollout": rollout,
        "job": part.ended,
        "undone": _undone(part),
    }


def diff(parts: Mapping[str, Part]) -> list[dict[str, Any]]:
    """One entry per service that differs from what it was before the release."""
    found = []
    for name, part in parts.items():
        if not part.changes:
            continue
        references = part.decision.plan.references if part.decision is not None else spec.NO_REFERENCES
        before, after = spec.diff(part.member.before, part.member.after, references)
        found.append({"before_header": name, "after_header": name, "before": before, "after": after})
    return found


def left_alone(foreign: Mapping[str, str]) -> list[str]:
    """One clause for each other release that lists some of the services now."""
    found = []
    for release in dict.fromkeys(foreign.values()):
        names = [name for name, other in foreign.items() if other == release]
        verbs = ("belongs", "is") if len(names) == 1 else ("belong", "are")
        found.append("%s %s to release %s now and %s left alone" % (_list(names), verbs[0], release, verbs[1]))
    return found


def _outline(
    request: ReleaseRequest, order: Any, number: int | None, previous: int | None, foreign: Mapping[str, str]
) -> dict[str, Any]:
    point = request.policy.point
    return {
        "name": request.name,
        "revision": number,
        "previous_revision": previous,
        "waves": [list(wave) for wave in order],
        "left_alone": dict(foreign),
        "point_of_no_return": {"service": point, "passed": False} if point else None,
    }


def _undone(part: Part) -> dict[str, Any] | None:
    if not part.undo_outcome:
        return None
    known = part.undo_error.message if part.undo_error is not None else (part.undone or {}).get("msg", "")
    return {"outcome": part.undo_outcome, "msg": mask_text(str(known))}


def _told(part: Part, end: End) -> str:
    """The story in one sentence."""
    if part.idle:
        text = "%s: nothing to change" % part.name if part.member.after is not None else "%s: not there" % part.name
        return "; ".join((text, part.noted)) if part.noted else text
    if part.status in (WAITING, SKIPPED, UNDER_WAY):
        return "%s: not begun, since %s" % (part.name, _NOT_BEGUN.get(end.outcome, "the release ended before"))
    text = part.why if part.error is not None else str(part.result.get("msg") or part.name)
    if part.undo_error is not None:
        return "%s; going back failed: %s" % (text, part.undo_error.message)
    if part.undone is not None:
        return "%s; then the release went back: %s" % (text, part.undone.get("msg", ""))
    return text


def _message(name: str, release: Mapping[str, Any], parts: Mapping[str, Part], waves: int) -> str:
    took = spoken(release["duration"])
    moved = [part for part in parts.values() if part.changes]
    label = "%s: release %s" % (name, release["revision"])
    if release["outcome"] == core.COMPLETED:
        return "%s completed in %s: %s of %d changed in %s: %s" % (
            label,
            took,
            _count(len(moved), "service"),
            len(parts),
            _count(waves, "wave"),
            _list([_moved(part) for part in moved]),
        )
    where = " in wave %d of %d" % (release["failed_wave"], len(release["waves"])) if release["failed_wave"] else ""
    return "%s %s%s after %s: %s; %s" % (
        label,
        release["outcome"].replace("_", " "),
        where,
        took,
        release["reason"],
        _now(release, parts),
    )


def _now(release: Mapping[str, Any], parts: Mapping[str, Part]) -> str:
    """What state things are in, and what to do next."""
    outcome = release["outcome"]
    back = [name for name, part in parts.items() if part.undo_outcome and part.undo_error is None and not part.stays]
    on = [part.name for part in parts.values() if part.moved and not part.undo_outcome]
    rest = [part.name for part in parts.values() if part.status in (WAITING, SKIPPED) and not part.idle]
    if outcome == core.ROLLED_BACK:
        kept = [name for name, part in parts.items() if part.undo_outcome and part.stays]
        left = "; %s stays: a job is not run backwards" % _list(kept) if kept else ""
        nothing = "nothing else was changed" if any(part.written for part in parts.values()) else "nothing was changed"
        state = "%s %s as before" % (_list(back), "is" if len(back) == 1 else "are") if back else nothing
        return "%s%s; correct it and run the task again" % (state, left)
    bad = ["%s %s" % (name, part.outcome.replace("_", " ")) for name, part in parts.items() if _stands_failed(part)]
    parts_told = ["%s new" % _list(on)] if on else []
    parts_told += [_list(bad)] if bad else []
    parts_told += ["%s not begun" % _list(rest)] if rest else []
    parts_told += ["%s as before" % _list(back)] if back else []
    advice = {
        core.FROZEN: "correct it and run the task again to go on, or go back with to: previous",
        core.FAILED: "correct it and run the task again, or go back with to: previous",
    }.get(outcome, "look at it with swarm_service_info, then run the task again, or go back with to: previous")
    return "; ".join(["now: %s" % ", ".join(parts_told)] * bool(parts_told) + ["next: %s" % advice])


def _moving(parts: Mapping[str, Part], order: Any) -> int:
    """In how many waves something is to be done."""
    return sum(1 for wave in order if any(name in parts and not parts[name].idle for name in wave))


def _stands_failed(part: Part) -> bool:
    """Whether it failed and nothing was done about it."""
    return part.error is not None and not part.undo_outcome


def _moved(part: Part) -> str:
    before, after = part.member.before, part.member.after
    if after is None:
        return "%s removed" % part.name
    image = short_image(image_of(after))
    if before is None:
        return "%s created (%s)" % (part.name, image)
    former = short_image(image_of(before))
    return "%s (%s)" % (part.name, "%s to %s" % (former, image) if former != image else image)


def _list(words: list[str]) -> str:
    more = len(words) - _NAMED
    return ", ".join(words[:_NAMED]) + (" and %d more" % more if more > 0 else "") if words else "none"


def _count(number: int, noun: str) -> str:
    return "%d %s%s" % (number, noun, "" if number == 1 else "s")
