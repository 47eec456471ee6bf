# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands where in a result: names and numbers, which come out as they are, and texts, which lose their secrets.

A password may be a common word: the name of the service and of its image, an outcome, a year. Where it stands as one
of these it is none, and whoever reads the result needs it.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Mapping, NamedTuple

from .shown_options import MAY_HOLD_SECRETS, Arguments

Hide = Callable[[str], str]

# What a text is. A sentence is our own: what others said in it had its secrets hidden before it was composed.
NAME, SENTENCE, TEXT = "name", "sentence", "text"
# What all that stands below is: names, texts, texts with how often they were said, or options of a service by their
# names.
_NAMES, _TEXTS, _COUNTED, _OPTIONS = "names", "texts", "counted texts", "options"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A message is one of a plan, or Swarm's own on an update, in which there is nothing of its users but the ID of a task.
_SENTENCES = _words("message msg notes obstacles problems proposal reason stalled_on text warnings")
_SAID_BY_OTHERS = _words("cause command error exception fault labels last_error log output query")
# Objects and who does something; words out of a few; times, shares and other numbers that are written as text.
_NAMED = _words(
    """
    absent_on address after_header before_header by changed_since code down driver host id image images leader missing
    name new node nodes old option place point_of_no_return present_on ran_on release service services set_aside slot
    slots stable_image target targets task unchanged unknown_on url from_image to_image waves engine_calls

    action changed changes desired_state error_kind estimate_from kind mode on_failure order outcome protocol state
    status what

    age at began_at budget changed_at completed_at created_at finished_at from limit share since started_at steps to
    updated_at value
    """
)
_PLACES: dict[str, str] = {
    **dict.fromkeys(_NAMED, NAME),
    **dict.fromkeys(_SENTENCES, SENTENCE),
    **dict.fromkeys(_SAID_BY_OTHERS, TEXT),
    "faults": _COUNTED,
    "actor": _TEXTS,
    # Names of services with those of releases; versions with how often they answered.
    "left_alone": _NAMES,
    "versions": _NAMES,
    "swarm_service": _OPTIONS,
    "previous": _OPTIONS,
}
# Options of a service, and parts of others, that hold what their users want. All others are names and numbers.
FREE_OPTIONS = frozenset(
    ("args", "command", "container_labels", "env", "labels", "log_driver_options", "options", "test")
)
# Options of a task that may hold anything, in any form that they may be given in.
_FREE_GIVEN = MAY_HOLD_SECRETS | {"change_cause"}
# Words of our own sentences, which would be hard to read without them. Who has such a password has it in texts of
# others hidden all the same.
_OUR_WORDS = """
absent after again all already and another applied are availability available back be because been before begun
being between by cannot cause change changed changes check checks code commands completed config configs containers
correct cost could created declare declared different docker does done each earlier else end ended engine error exit
expected failed failure first for former from go going gone good had has have he health healthy held here how if
image images in inconclusive interrupted into is it its job label last least left limit list lock log made manager
managers may meanwhile message missing monitor more name named needs network networks new next no node nodes none
not nothing now of off old on one only option options or order other others out over paused pending placed plan
previous probes progress provide put read ready reason record recorded registry release removed replicas restored
result revision roll rollback rolled rollout run running runs same secret secrets serve served serves service
services setting share slot slots somebody specification stable stalled started state status stays step steps still
stop stopped such superseded swarm take taken task tasks tell than that the their them then there they this time
timed timeout to token unchanged under undone unknown until up update updated usable user verified wait waited
waiting wanted was wave waves way were what when where which while who why will with within without word words would
write written yet you
"""


class Placed(NamedTuple):
    """A result without secrets in its texts, and all that stands in it where names and numbers do."""

    value: Any
    names: frozenset[str]


def placed(result: Mapping[str, Any], hide: Hide) -> Placed:
    """The result of a module. `hide` takes the secrets out of a text; what no place is known for is one."""
    walk = _Walk(hide)
    return Placed(walk.inside(result, TEXT), frozenset(walk.names))


def placed_options(options: Mapping[str, Any], hide: Hide, entries: Mapping[str, Arguments]) -> Placed:
    """The options of a task, hidden as they may be shown. `entries` are those that hold options of services."""
    walk = _Walk(hide)
    return Placed(walk.given(options, entries), frozenset(walk.names))


def place_of(key: str) -> str | None:
    """What stands under that key of a result; None where nobody has said it."""
    return _PLACES.get(key)


def rare(secrets: Iterable[str], *names: Iterable[str]) -> frozenset[str]:
    """The secrets that are part of none of those names, nor of a word of ours.

    Wherever such a one turns up it is no accident, so it can be hidden in all that comes out.
    """
    # Some versions of Ansible take true and false for numbers.
    known = "\n".join((_OUR_WORDS, "True False None", *(name for several in names for name in several)))
    return frozenset(secret for secret in secrets if secret and secret not in known)


class _Walk:
    """One way through a result; `names` are those that it came by."""

    def __init__(self, hide: Hide) -> None:
        self._hide = hide
        self.names: set[str] = set()

    def value(self, value: Any, kind: str) -> Any:
        """What stands at a place of that kind."""
        if isinstance(value, str):
            if kind in (TEXT, _TEXTS, _COUNTED):
                return self._hide(value)
            if kind != SENTENCE:
                self.names.add(value)
        elif isinstance(value, Mapping):
            return self.inside(value, kind)
        elif isinstance(value, (list, tuple)):
            return [self.value(item, kind) for item in value]
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            return self._number(value, kind)
        return value

    def _number(self, value: float, kind: str) -> Any:
        digits = str(value)
        if kind == _TEXTS:
            shown = self._hide(digits)
            return value if shown == digits else shown
        self.names.add(digits)
        return value

    def inside(self, value: Mapping[str, Any], kind: str) -> dict[str, Any]:
        """A dict at a place of that kind, each entry by its own place."""
        if kind == _COUNTED:
            return {self._hide(str(key)): self.value(item, TEXT) for key, item in value.items()}
        return {key: self.value(item, self._kind(str(key), item, kind, value)) for key, item in value.items()}

    def given(self, options: Mapping[str, Any], entries: Mapping[str, Arguments]) -> dict[str, Any]:
        """Options of a task, as they were given."""
        found: dict[str, Any] = {}
        for name, value in options.items():
            if name not in entries:
                found[name] = self.value(value, _TEXTS if name in _FREE_GIVEN else _NAMES)
            elif isinstance(value, (list, tuple)):
                found[name] = [self._entry(one) for one in value]
            else:
                found[name] = self._entry(value)
        return found

    def _entry(self, value: Any) -> Any:
        return self.given(value, {}) if isinstance(value, Mapping) else self.value(value, _TEXTS)

    def _kind(self, key: str, item: Any, around: str, beside: Mapping[str, Any]) -> str:
        """What stands under a key of a dict that is at a place of the kind `around`."""
        if around in (_NAMES, _TEXTS):
            return around
        if around == _OPTIONS:
            # What the table of options does not know comes under the Engine's own names.
            return _TEXTS if key in FREE_OPTIONS or key[:1].isupper() else _OPTIONS
        if key in ("before", "after"):
            return _option_kind(str(beside["option"])) if "option" in beside else _OPTIONS
        if key == "service" and isinstance(item, Mapping):
            return _OPTIONS
        return _PLACES.get(key, TEXT)


def _option_kind(option: str) -> str:
    """What the value of an option of that dotted name is."""
    parts = option.split(".")
    return _TEXTS if FREE_OPTIONS.intersection(parts) or option[:1].isupper() else _OPTIONS
