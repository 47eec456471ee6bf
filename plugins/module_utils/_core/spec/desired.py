# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a task says to canonical values: only what was said, each checked, then against each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping, Sequence

from ..errors import OptionError
from ..masking import secrets_in
from .field import JOBS, OLDEST, Field
from .kinds import Canonical
from .table import COMPLETE, FIELDS, TABLE, rows_of

KEEP_REPLICAS = -1


@dataclass(frozen=True)
class Desired:
    """What a task says about a service: canonical values by option name, and nothing it did not say.

    `emptied` are the options with sub-options that were given without any of them.
    """

    values: Mapping[str, Canonical] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()

    @property
    def secrets(self) -> frozenset[str]:
        """Values given that look secret, for whoever has to keep them out of output."""
        return secrets_in(self.values)


def parse(params: Mapping[str, Any], env_file_lines: Sequence[str] | None = None) -> Desired:
    """The wanted service from task options; options that are not a service's are ignored.

    `env_file_lines` are the lines of all `env_files`, in order (see `read_env_file`), None where there is no such
    option: files without a line mean no variables. `env` wins over them. Raises OptionError.
    """
    values: dict[str, Canonical] = {}
    warnings: list[str] = []
    emptied: dict[str, None] = {}
    for row, given in _mentioned(params):
        if given is _EMPTIED:
            values[row.option] = row.default
            emptied[row.group] = None
            continue
        values[row.option] = row.parse(given)
        warnings += row.kind.doubts(given, row.option)
    if env_file_lines is not None:
        lines = FIELDS["env"].parse(list(env_file_lines))
        values["env"] = {**lines, **values.get("env", {})}
    _rules(values)
    if "mode" in values:
        idle = check_mode(values, values["mode"], said=True, emptied=tuple(emptied))
        values = {option: value for option, value in values.items() if option not in idle.options}
        warnings += idle.warnings
    return Desired(values, tuple(warnings), tuple(emptied))


_EMPTIED = object()


def _mentioned(params: Mapping[str, Any]) -> Iterable[tuple[Field, Any]]:
    """Each row that the task mentions, with the value given."""
    groups: dict[str, Mapping[str, Any] | None] = {"": params}
    for row in TABLE:
        group, _dot, name = row.option.rpartition(".")
        if group not in groups:
            groups[group] = _group(group, groups, params)
        options = groups[group]
        if options is _ALL_EMPTY:
            yield row, _EMPTIED
            continue
        given = options.get(name) if options is not None else None
        if given is None or (row.option == "replicas" and str(given) == str(KEEP_REPLICAS)):
            continue
        if row.option == "force_update" and not _truth(given):
            continue
        yield row, given


_ALL_EMPTY: Mapping[str, Any] = {"": None}


def _group(
    group: str, groups: Mapping[str, Mapping[str, Any] | None], params: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """The sub-options given for a group; None when it is not mentioned, _ALL_EMPTY when it is emptied."""
    options: Any = params
    for name in group.split("."):
        options = options.get(name)
        if options is None:
            return None
        if not isinstance(options, Mapping):
            raise OptionError(group, options, "write a dict of %s" % _names(group))
        if all(value is None for value in options.values()):
            return _ALL_EMPTY
    known = {row.option[len(group) + 1 :].partition(".")[0] for row in rows_of(group)}
    for name, value in options.items():
        if name not in known and value is not None:
            raise OptionError(group, name, "use %s" % _names(group))
    return options  # type: ignore[no-any-return]


def _names(group: str) -> str:
    names = (row.option[len(group) + 1 :].partition(".")[0] for row in rows_of(group))
    return ", ".join(dict.fromkeys(names))


def _truth(given: Any) -> bool:
    return bool(FIELDS["tty"].kind.parse(given, "force_update"))


def _rules(values: dict[str, Canonical]) -> None:
    """Checks between options that hold whatever the service is now."""
    _health(values)
    if values.get("endpoint_mode") == "dnsrr":
        for port in values.get("publish", ()):
            if port["mode"] == "ingress":
                advice = "publish with mode: host, the routing mesh needs endpoint_mode: vip"
                raise OptionError("endpoint_mode", "dnsrr", advice)
    swap = values.get("memory_swap")
    if swap not in (None, FIELDS["memory_swap"].default) and values.get("limits.memory") == 0:
        raise OptionError("memory_swap", swap, "set limits.memory as well")


def _health(values: dict[str, Canonical]) -> None:
    if values.get("healthcheck.test") == ("NONE",):
        del values["healthcheck.test"]
        if values.get("healthcheck.disabled") is False:
            raise OptionError("healthcheck.disabled", False, "the test NONE says the opposite")
        values["healthcheck.disabled"] = True
    if values.get("healthcheck.disabled"):
        for row in rows_of("healthcheck"):
            if row.option != "healthcheck.disabled" and values.get(row.option, row.default) != row.default:
                shown = row.kind.show(values[row.option])
                raise OptionError(row.option, shown, "remove it, the check is disabled")
    elif values.get("healthcheck.test"):
        values["healthcheck.disabled"] = False


@dataclass(frozen=True)
class Idle:
    """Options that mean nothing for a mode and contradict nothing, and what is said about leaving them out."""

    options: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()


def check_mode(values: Mapping[str, Canonical], mode: str, said: bool, emptied: Sequence[str] = ()) -> Idle:
    """The options that a service of this mode does not know. Raises OptionError where one asks for something.

    A default asks for nothing: tasks that deploy services of several modes have it for all. But where the task has not
    `said` the mode itself, a number of replicas is what it is about. An option that was `emptied` is not worth a word.
    """
    idle: dict[str, None] = {}
    told: dict[str, str] = {}
    for option, value in values.items():
        row = FIELDS[option]
        if mode in row.modes:
            continue
        silent = row.kind.same(value, row.default)
        if not (row.moot or silent) or (option == "replicas" and not said):
            raise OptionError(option, row.kind.show(value), _leave_out(option, mode))
        if row.group in emptied or (row.moot and silent):
            continue
        idle[option] = None
        name = row.group if row.group in COMPLETE else option
        shown = "" if row.group in COMPLETE else " (%s)" % row.kind.show(value)
        told[name] = "%s%s is ignored: %s" % (name, shown, _has_none(mode))
    return Idle(frozenset(idle), tuple(told.values()))


def _has_none(mode: str) -> str:
    what = "a job" if mode in JOBS else "a %s service" % mode
    return "%s (mode %s) has none" % (what, mode)


def _leave_out(option: str, mode: str) -> str:
    if option == "replicas" and mode == "global":
        return "remove it, %s; it runs one task on every node that meets its constraints" % _has_none(mode)
    return "remove it, %s" % _has_none(mode)


def needs(desired: Desired) -> tuple[tuple[str, tuple[int, int]], ...]:
    """The Engine API versions that the mentioned options need, as (option, (1, 41)), oldest API excepted."""
    found: dict[str, tuple[int, int]] = {}
    for option, value in desired.values.items():
        row = FIELDS[option]
        # A default needs nothing of the Engine: the key is left out.
        if row.since > OLDEST and (option == "force_update" or not row.kind.same(value, row.default)):
            found[option] = row.since
        found.update(row.kind.needs(value, option))
    if desired.values.get("mode") in JOBS:
        found["mode"] = (1, 41)
    return tuple(found.items())


def read_env_file(text: str, origin: str = "env_files") -> list[str]:
    """The `NAME=value` lines of an environment file: comments and empty lines left out, values as they are.

    Raises OptionError naming the file (`origin`) and line; the value itself stays out of the message.
    """
    lines = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        stripped = line.lstrip()
        if not stripped or stripped.startswith("#"):
            continue
        name, equals, value = stripped.partition("=")
        if not equals or not name.strip() or any(blank in name.strip() for blank in " \t"):
            raise OptionError("env_files", "%s line %d" % (origin, number), "write NAME=value")
        lines.append("%s=%s" % (name.strip(), value))
    return lines
