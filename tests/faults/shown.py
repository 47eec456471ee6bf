# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a result shows a service as it is: each option against the specification in the cluster.

Shares no code with the collection: the forms of values (durations, sizes, constraints) are read here once more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Json = dict[str, Any]
# Labels in which the collection itself notes things, and what takes the place of a secret.
OWN = "swarm.rollout."
MASKED = "********"
UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9, "d": 86400 * 10**9}
SECOND = UNITS["s"]
MISSING = object()
MODES = {"Replicated": "replicated", "Global": "global", "ReplicatedJob": "replicated-job", "GlobalJob": "global-job"}
# What Swarm never has of a job, and is shown as nothing.
SERVICES_ONLY = ("update_config.", "rollback_config.")

Read = Callable[[Any], Any]


def nanoseconds(value: Any) -> Any:
    """A duration as options write it (`1m30s`, `500ms`) in nanoseconds; a number as it is."""
    if not isinstance(value, str):
        return value or 0
    parts = re.findall(r"([0-9.]+)(ns|us|ms|s|m|h|d)", value)
    if "".join(number + unit for number, unit in parts) != value or not parts:
        return value
    return round(sum(Fraction(number) * UNITS[unit] for number, unit in parts))


def number(value: Any) -> Any:
    """A number, also where it is written as text; nothing is 0."""
    if value in (None, ""):
        return 0
    return float(value) if isinstance(value, int | float) or re.fullmatch(r"-?[0-9.]+", str(value)) else value


def size(value: Any) -> Any:
    """Bytes, of a number or of text such as `1.5G`."""
    found = re.fullmatch(r"([0-9.]+)([bkmgt]?)b?", str(value).lower())
    return round(float(found[1]) * 1024 ** "bkmgt".index(found[2] or "b")) if found else value or 0


def text(value: Any) -> Any:
    """Text; nothing is empty."""
    return value or ""


def same(value: Any) -> Any:
    """The value itself."""
    return value


def words(value: Any) -> list[str]:
    """A list whose order says nothing, of texts or of pairs."""
    if isinstance(value, Mapping):
        return sorted(f"{key}={one}" for key, one in value.items())
    return sorted("".join(str(one).split()) for one in value or ())


def ordered(value: Any) -> list[str]:
    """A list whose order counts."""
    return [str(one) for one in value or ()]


def pairs(value: Any) -> dict[str, str]:
    """Names and values, also from lines such as `A=b`, without what the collection notes for itself."""
    if isinstance(value, Mapping):
        found = {str(key): str(one) for key, one in value.items()}
    else:
        found = dict(str(one).partition("=")[::2] for one in value or ())
    return {key: one for key, one in found.items() if not key.startswith(OWN)}


def named(*keys: str) -> Read:
    """A list of objects by those of their keys that tell which they are, whichever of them has it."""

    def read(value: Any) -> list[str]:
        return sorted(str(next((one[key] for key in keys if one.get(key)), "")) for one in value or ())

    return read


def ports(value: Any) -> list[tuple[int, int, str, str]]:
    """Published ports, as the Engine or an option writes them."""
    return sorted(
        (
            int(one.get("PublishedPort") or one.get("published_port") or 0),
            int(one.get("TargetPort") or one.get("target_port") or 0),
            str(one.get("Protocol") or one.get("protocol") or "tcp"),
            str(one.get("PublishMode") or one.get("mode") or "ingress"),
        )
        for one in value or ()
    )


def preferences(value: Any) -> list[str]:
    """What tasks are spread over."""
    return [str(one.get("spread") or (one.get("Spread") or {}).get("SpreadDescriptor") or "") for one in value or ()]


@dataclass(frozen=True)
class Shown:
    """One option: where it stands in a specification, how both sides are read, and what its absence means."""

    path: str
    read: Read = same
    default: Any = None

    def there(self, spec: Mapping[str, Any]) -> Any:
        """What the cluster has, read."""
        value = at(spec, self.path)
        return self.read(self.default if value in (MISSING, None) else value)


def _moves(option: str, key: str) -> dict[str, Shown]:
    # An object without the key moves all at once; no object moves one.
    return {
        f"{option}.parallelism": Shown(f"{key}.Parallelism", number, 1),
        f"{option}.delay": Shown(f"{key}.Delay", nanoseconds, 0),
        f"{option}.failure_action": Shown(f"{key}.FailureAction", text, "pause"),
        f"{option}.monitor": Shown(f"{key}.Monitor", nanoseconds, 5 * SECOND),
        f"{option}.max_failure_ratio": Shown(f"{key}.MaxFailureRatio", number, 0),
        f"{option}.order": Shown(f"{key}.Order", text, "stop-first"),
    }


_T = "TaskTemplate."
_C = _T + "ContainerSpec."
TABLE: dict[str, Shown] = {
    "name": Shown("Name", text),
    "max_concurrent": Shown("Mode.ReplicatedJob.MaxConcurrent"),
    "labels": Shown("Labels", pairs),
    "image": Shown(_C + "Image", text),
    "command": Shown(_C + "Command", ordered),
    "args": Shown(_C + "Args", ordered),
    "env": Shown(_C + "Env", pairs),
    "container_labels": Shown(_C + "Labels", pairs),
    "hostname": Shown(_C + "Hostname", text),
    "working_dir": Shown(_C + "Dir", text),
    "user": Shown(_C + "User", text),
    "groups": Shown(_C + "Groups", words),
    "init": Shown(_C + "Init"),
    "tty": Shown(_C + "TTY", bool, False),
    "read_only": Shown(_C + "ReadOnly", bool, False),
    "stop_signal": Shown(_C + "StopSignal", text),
    "stop_grace_period": Shown(_C + "StopGracePeriod", nanoseconds, 10 * SECOND),
    "dns": Shown(_C + "DNSConfig.Nameservers", ordered),
    "dns_search": Shown(_C + "DNSConfig.Search", ordered),
    "dns_options": Shown(_C + "DNSConfig.Options", words),
    "sysctls": Shown(_C + "Sysctls", pairs),
    "cap_add": Shown(_C + "CapabilityAdd", words),
    "cap_drop": Shown(_C + "CapabilityDrop", words),
    "oom_score_adj": Shown(_C + "OomScoreAdj", number),
    "isolation": Shown(_C + "Isolation", text, "default"),
    "mounts": Shown(_C + "Mounts", named("target", "Target")),
    "secrets": Shown(_C + "Secrets", named("secret_name", "SecretName")),
    "configs": Shown(_C + "Configs", named("config_name", "ConfigName")),
    "healthcheck.test": Shown(_C + "Healthcheck.Test", ordered),
    "healthcheck.interval": Shown(_C + "Healthcheck.Interval", nanoseconds),
    "healthcheck.timeout": Shown(_C + "Healthcheck.Timeout", nanoseconds),
    "healthcheck.retries": Shown(_C + "Healthcheck.Retries", number),
    "healthcheck.start_period": Shown(_C + "Healthcheck.StartPeriod", nanoseconds),
    "healthcheck.start_interval": Shown(_C + "Healthcheck.StartInterval", nanoseconds),
    "limits.cpus": Shown(_T + "Resources.Limits.NanoCPUs", number),
    "limits.memory": Shown(_T + "Resources.Limits.MemoryBytes", size),
    "limits.pids": Shown(_T + "Resources.Limits.Pids", number),
    "reservations.cpus": Shown(_T + "Resources.Reservations.NanoCPUs", number),
    "reservations.memory": Shown(_T + "Resources.Reservations.MemoryBytes", size),
    "memory_swap": Shown(_T + "Resources.SwapBytes", size),
    "restart_config.condition": Shown(_T + "RestartPolicy.Condition", text, "any"),
    "restart_config.delay": Shown(_T + "RestartPolicy.Delay", nanoseconds, 5 * SECOND),
    "restart_config.max_attempts": Shown(_T + "RestartPolicy.MaxAttempts", number),
    "restart_config.window": Shown(_T + "RestartPolicy.Window", nanoseconds),
    "placement.constraints": Shown(_T + "Placement.Constraints", words),
    "placement.preferences": Shown(_T + "Placement.Preferences", preferences),
    "placement.replicas_max_per_node": Shown(_T + "Placement.MaxReplicas", number),
    "logging.driver": Shown(_T + "LogDriver.Name", text),
    "logging.options": Shown(_T + "LogDriver.Options", pairs),
    "networks": Shown(_T + "Networks", named("id", "Target")),
    "publish": Shown("EndpointSpec.Ports", ports),
    "endpoint_mode": Shown("EndpointSpec.Mode", text, "vip"),
    "force_update": Shown(_T + "ForceUpdate", number),
    **_moves("update_config", "UpdateConfig"),
    **_moves("rollback_config", "RollbackConfig"),
}
# In what unit an option shows what the Engine stores: billionths of a processor.
SCALES = {"limits.cpus": 10**9, "reservations.cpus": 10**9}
# Flat keys in which community.docker shows the same: the option, and the unit of its number.
FLAT = {
    "limit_cpu": "limits.cpus",
    "limit_memory": "limits.memory",
    "reserve_cpu": "reservations.cpus",
    "reserve_memory": "reservations.memory",
    "restart_policy": "restart_config.condition",
    "restart_policy_delay": "restart_config.delay",
    "restart_policy_attempts": "restart_config.max_attempts",
    "restart_policy_window": "restart_config.window",
    "constraints": "placement.constraints",
    "placement_preferences": "placement.preferences",
    "replicas_max_per_node": "placement.replicas_max_per_node",
    "log_driver": "logging.driver",
    "log_driver_options": "logging.options",
    "update_parallelism": "update_config.parallelism",
    "update_delay": "update_config.delay",
    "update_failure_action": "update_config.failure_action",
    "update_monitor": "update_config.monitor",
    "update_max_failure_ratio": "update_config.max_failure_ratio",
    "update_order": "update_config.order",
}
# What is shown and not held against anything, since no service of a scene ever has it.
NOT_JUDGED = (
    "hosts",
    "ulimits",
    "credential_spec",
    "privileges.no_new_privileges",
    "privileges.seccomp",
    "privileges.apparmor",
    "privileges.selinux_context.disable",
    "privileges.selinux_context.user",
    "privileges.selinux_context.role",
    "privileges.selinux_context.type",
    "privileges.selinux_context.level",
    "reservations.generic_resources",
    "memory_swappiness",
    "healthcheck.disabled",
    "healthcheck_disabled",
)


def at(data: Any, path: str) -> Any:
    """What stands at a path with dots, or `MISSING`."""
    for key in path.split("."):
        if not isinstance(data, Mapping) or key not in data:
            return MISSING
        data = data[key]
    return data


def mode_of(spec: Mapping[str, Any]) -> str:
    """The mode of a service, as options call it."""
    mode = spec.get("Mode") or {}
    return next((name for key, name in MODES.items() if key in mode), "replicated")


def replicas_of(spec: Mapping[str, Any]) -> int | None:
    """How many tasks are wanted, of a job how many completions; None where it is one on each node."""
    mode = spec.get("Mode") or {}
    if "ReplicatedJob" in mode:
        job = mode["ReplicatedJob"] or {}
        return int(job.get("TotalCompletions", job.get("MaxConcurrent", 1)))
    if mode_of(spec) != "replicated":
        return None
    return int((mode.get("Replicated") or {}).get("Replicas") or 0)


def leaves(shown: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Every option that is shown, with its value; what holds names of the user's is one option."""
    for key, value in shown.items():
        name = before + key
        if isinstance(value, Mapping) and name not in TABLE and name not in FLAT and name not in NOT_JUDGED:
            yield from leaves(value, f"{name}.")
        else:
            yield name, value


def contradictions(shown: Mapping[str, Any], spec: Mapping[str, Any], *, whole: bool) -> list[str]:
    """What is shown and is not so; `whole`: nothing is left out, as it is of a failure what is as by default."""
    found = []
    told = dict(leaves(shown))
    for option, value in told.items():
        there = expected(option, value, spec)
        if there is not None:
            found.append(f"swarm_service.{option} is {value!r}, and the cluster has {there[0]!r}")
    mode = mode_of(spec)
    for option, row in TABLE.items():
        if option in told or (mode.endswith("-job") and option.startswith(SERVICES_ONLY)):
            continue
        if whole or row.there(spec) != row.there({}):
            found.append(f"swarm_service does not show {option}, and the cluster has {row.there(spec)!r}")
    if "mode" not in told and (whole or mode != "replicated"):
        found.append(f"swarm_service does not show mode, and the cluster has {mode!r}")
    if "replicas" not in told and replicas_of(spec) not in (1, None):
        found.append(f"swarm_service does not show replicas, and the cluster has {replicas_of(spec)!r}")
    return found


def expected(option: str, value: Any, spec: Mapping[str, Any]) -> tuple[Any] | None:
    """What the cluster has instead; None where it has just that."""
    if option in NOT_JUDGED:
        return None
    there: Any
    if option in ("mode", "replicas"):
        counted = mode_of(spec) if option == "mode" else replicas_of(spec)
        return None if value == counted else (counted,)
    # A flat key that is an option as well has the form of the option.
    row = TABLE.get(FLAT.get(option, option))
    if row is None:
        return ("no such option",)
    if value is None and option in FLAT:
        return None if at(spec, row.path) in (MISSING, None) else (row.there(spec),)
    if value is None and mode_of(spec).endswith("-job") and option.startswith(SERVICES_ONLY):
        return None
    there = row.there(spec)
    scale = SCALES.get(FLAT.get(option, option))
    told = row.read(value * scale if scale and isinstance(value, int | float) else value)
    if isinstance(there, dict) and isinstance(told, dict):
        there = {key: MASKED if told.get(key) == MASKED else one for key, one in there.items()}
    return None if told == there else (there,)
