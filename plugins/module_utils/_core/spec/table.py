# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of service options: everything else in this package is derived from it.

A row says what an option is called, what kind of value it takes, where it stands in the Engine's
ServiceSpec, what its absence means there, which API version brought it, whether changing it keeps
the running tasks, which service modes know it, and its flat name in community.docker's results.
"""

from __future__ import annotations

from typing import Any

from ..units import SECOND, YEAR
from .field import ALL_MODES, OLDEST, SERVICES, Field, Place
from .image import ImageKind
from .kinds import Choice, Count, Cpus, DaemonFlag, Duration, Flag, Kind, Ratio, Size, Text
from .lists import Addresses, Hosts, TextList, Words
from .mounts import MOUNTS
from .objects import CONFIGS, NETWORKS, SECRETS, FilePlace, NetworkPlace
from .pairs import Env, Labels, Pairs
from .places import (
    CREDENTIAL_PLACE,
    CredentialSpec,
    ForceUpdate,
    HealthOffPlace,
    HealthTestPlace,
    LabelPlace,
    ModePlace,
    ReplicasPlace,
)
from .ports import PORTS
from .special import (
    ULIMITS,
    GenericResources,
    HealthTest,
    Preferences,
    Seccomp,
    normal_capability,
    normal_constraint,
)

_TASK = ("TaskTemplate",)
_CONTAINER = ("TaskTemplate", "ContainerSpec")
_HEALTH_TEST = (*_CONTAINER, "Healthcheck", "Test")
_COUNTED = ("replicated", "replicated-job")
_ACTIONS = ("pause", "continue", "rollback")
_ORDERS = ("stop-first", "start-first")
MONITOR = 5 * SECOND


def _task(option: str, kind: Kind, path: str, default: Any = None, **more: Any) -> Field:
    return Field(option, kind, Place(_TASK + tuple(path.split("."))), default, **more)


def _container(option: str, kind: Kind, path: str, default: Any = None, **more: Any) -> Field:
    return Field(option, kind, Place(_CONTAINER + tuple(path.split("."))), default, **more)


def _rolling(option: str, key: str, since: tuple[int, int], prefix: str) -> tuple[Field, ...]:
    """The six settings of an update or a rollback, which the Engine has in two equal objects."""
    rolling_back = option == "rollback_config"
    actions = _ACTIONS[:2] if rolling_back else _ACTIONS
    rows: tuple[tuple[str, Kind, str, Any, Any], ...] = (
        # In an object without the key the Engine takes parallelism as 0, all at once.
        ("parallelism", Count(), "Parallelism", 1, 0),
        ("delay", Duration(), "Delay", 0, None),
        ("failure_action", Choice(choices=actions), "FailureAction", "pause", None),
        ("monitor", Duration(zero_means=MONITOR), "Monitor", MONITOR, None),
        ("max_failure_ratio", Ratio(), "MaxFailureRatio", 0.0, None),
        ("order", Choice(choices=_ORDERS), "Order", "stop-first", None),
    )
    return tuple(
        Field(
            "%s.%s" % (option, name),
            kind,
            Place((key, path)),
            default,
            partial=partial,
            since=max(since, (1, 29) if name == "order" else OLDEST),
            in_place=True,
            modes=SERVICES,
            legacy=prefix + name if prefix else "",
        )
        for name, kind, path, default, partial in rows
    )


TABLE: tuple[Field, ...] = (
    # The mode comes first: where the counts stand depends on it.
    Field("mode", Choice(choices=ALL_MODES), ModePlace(("Mode",)), "replicated", legacy="mode"),
    Field("replicas", Count(minimum=-1), ReplicasPlace(("Mode",)), 1, in_place=True, modes=_COUNTED, legacy="replicas"),
    Field(
        "max_concurrent",
        Count(minimum=1),
        Place(("Mode", "ReplicatedJob", "MaxConcurrent")),
        1,
        since=(1, 41),
        modes=("replicated-job",),
    ),
    Field("labels", Labels(), LabelPlace(("Labels",)), {}, in_place=True, legacy="labels"),
    _container("image", ImageKind(), "Image", "", legacy="image"),
    _container("command", Words(), "Command", (), legacy="command"),
    _container("args", Words(), "Args", (), legacy="args"),
    _container("env", Env(), "Env", {}, legacy="env"),
    Field("container_labels", Labels(), LabelPlace((*_CONTAINER, "Labels")), {}, legacy="container_labels"),
    _container("hostname", Text(), "Hostname", "", legacy="hostname"),
    _container("working_dir", Text(), "Dir", "", legacy="working_dir"),
    _container("user", Text(pair=True), "User", "", legacy="user"),
    _container("groups", TextList(), "Groups", (), legacy="groups"),
    _container("init", DaemonFlag(), "Init", None, since=(1, 37), legacy="init"),
    _container("tty", Flag(), "TTY", False, legacy="tty"),
    _container("read_only", Flag(), "ReadOnly", False, since=(1, 28), legacy="read_only"),
    _container("stop_signal", Text(), "StopSignal", "", since=(1, 28), legacy="stop_signal"),
    _container("stop_grace_period", Duration(), "StopGracePeriod", 10 * SECOND, legacy="stop_grace_period"),
    _container("hosts", Hosts(), "Hosts", (), legacy="hosts"),
    _container("dns", Addresses(ordered=True), "DNSConfig.Nameservers", (), legacy="dns"),
    _container("dns_search", TextList(ordered=True), "DNSConfig.Search", (), legacy="dns_search"),
    _container("dns_options", TextList(), "DNSConfig.Options", (), legacy="dns_options"),
    _container("sysctls", Pairs(), "Sysctls", {}, since=(1, 40), legacy="sysctls"),
    _container("cap_add", TextList(normal=normal_capability), "CapabilityAdd", (), since=(1, 41), legacy="cap_add"),
    _container("cap_drop", TextList(normal=normal_capability), "CapabilityDrop", (), since=(1, 41), legacy="cap_drop"),
    _container("ulimits", ULIMITS, "Ulimits", (), since=(1, 41)),
    _container("oom_score_adj", Count(minimum=-1000, maximum=1000), "OomScoreAdj", 0, since=(1, 46)),
    _container("isolation", Choice(choices=("default", "process", "hyperv")), "Isolation", "default", since=(1, 35)),
    _container("mounts", MOUNTS, "Mounts", (), legacy="mounts"),
    _container("secrets", SECRETS, "Secrets", (), legacy="secrets"),
    Field("configs", CONFIGS, FilePlace((*_CONTAINER, "Configs")), (), since=(1, 30), legacy="configs"),
    Field(
        "credential_spec",
        CredentialSpec(),
        CREDENTIAL_PLACE,
        None,
        since=(1, 29),
    ),
    _container("privileges.no_new_privileges", Flag(), "Privileges.NoNewPrivileges", False, since=(1, 44)),
    _container("privileges.seccomp", Seccomp(), "Privileges.Seccomp", "default", since=(1, 44)),
    _container(
        "privileges.apparmor",
        Choice(choices=("default", "disabled")),
        "Privileges.AppArmor.Mode",
        "default",
        since=(1, 44),
    ),
    _container(
        "privileges.selinux_context.disable",
        Flag(),
        "Privileges.SELinuxContext.Disable",
        False,
        since=(1, 29),
    ),
    *(
        _container(
            "privileges.selinux_context." + name.lower(),
            Text(),
            "Privileges.SELinuxContext." + name,
            "",
            since=(1, 29),
        )
        for name in ("User", "Role", "Type", "Level")
    ),
    # Switched off before the command: one place in the Engine's JSON holds both.
    Field("healthcheck.disabled", Flag(), HealthOffPlace(_HEALTH_TEST), False, legacy="healthcheck_disabled"),
    Field("healthcheck.test", HealthTest(), HealthTestPlace(_HEALTH_TEST), ()),
    _container("healthcheck.interval", Duration(), "Healthcheck.Interval", 0),
    _container("healthcheck.timeout", Duration(), "Healthcheck.Timeout", 0),
    _container("healthcheck.retries", Count(), "Healthcheck.Retries", 0),
    _container("healthcheck.start_period", Duration(), "Healthcheck.StartPeriod", 0, since=(1, 29)),
    _container("healthcheck.start_interval", Duration(), "Healthcheck.StartInterval", 0, since=(1, 44)),
    _task("limits.cpus", Cpus(), "Resources.Limits.NanoCPUs", 0, legacy="limit_cpu"),
    _task("limits.memory", Size(), "Resources.Limits.MemoryBytes", 0, legacy="limit_memory"),
    _task("limits.pids", Count(), "Resources.Limits.Pids", 0, since=(1, 41)),
    _task("reservations.cpus", Cpus(), "Resources.Reservations.NanoCPUs", 0, legacy="reserve_cpu"),
    _task("reservations.memory", Size(), "Resources.Reservations.MemoryBytes", 0, legacy="reserve_memory"),
    _task(
        "reservations.generic_resources",
        GenericResources(),
        "Resources.Reservations.GenericResources",
        {},
        since=(1, 32),
    ),
    _task("memory_swap", Size(unlimited=True), "Resources.SwapBytes", None, since=(1, 52)),
    _task("memory_swappiness", Count(minimum=-1, maximum=100), "Resources.MemorySwappiness", -1, since=(1, 52)),
    _task(
        "restart_config.condition",
        Choice(choices=("none", "on-failure", "any")),
        "RestartPolicy.Condition",
        "any",
        legacy="restart_policy",
    ),
    _task("restart_config.delay", Duration(), "RestartPolicy.Delay", 5 * SECOND, legacy="restart_policy_delay"),
    _task(
        "restart_config.max_attempts",
        Count(),
        "RestartPolicy.MaxAttempts",
        0,
        legacy="restart_policy_attempts",
    ),
    _task("restart_config.window", Duration(longest=YEAR), "RestartPolicy.Window", 0, legacy="restart_policy_window"),
    _task(
        "placement.constraints",
        TextList(normal=normal_constraint),
        "Placement.Constraints",
        (),
        legacy="constraints",
    ),
    # Tasks stay where they are when only these two change.
    _task(
        "placement.preferences",
        Preferences(),
        "Placement.Preferences",
        (),
        since=(1, 27),
        in_place=True,
        legacy="placement_preferences",
    ),
    _task(
        "placement.replicas_max_per_node",
        Count(),
        "Placement.MaxReplicas",
        0,
        since=(1, 40),
        in_place=True,
        modes=_COUNTED,
        # A global service has one task on a node anyway.
        moot=True,
        legacy="replicas_max_per_node",
    ),
    _task("logging.driver", Text(), "LogDriver.Name", "", legacy="log_driver"),
    _task("logging.options", Pairs(loose=True), "LogDriver.Options", {}, legacy="log_driver_options"),
    Field("networks", NETWORKS, NetworkPlace((*_TASK, "Networks")), (), legacy="networks"),
    Field("publish", PORTS, Place(("EndpointSpec", "Ports")), (), legacy="publish"),
    Field(
        "endpoint_mode",
        Choice(choices=("vip", "dnsrr")),
        Place(("EndpointSpec", "Mode")),
        "vip",
        legacy="endpoint_mode",
    ),
    *_rolling("update_config", "UpdateConfig", OLDEST, "update_"),
    *_rolling("rollback_config", "RollbackConfig", (1, 28), ""),
    _task("force_update", ForceUpdate(), "ForceUpdate", 0),
)

FIELDS: dict[str, Field] = {row.option: row for row in TABLE}
GROUPS: tuple[str, ...] = tuple(dict.fromkeys(row.group for row in TABLE if row.group))
# Objects that are written whole, because the Engine takes what is missing in them as zero.
COMPLETE = ("update_config", "rollback_config", "restart_config")


def rows_of(group: str) -> tuple[Field, ...]:
    """The sub-options of a group, those of groups inside it included."""
    return tuple(row for row in TABLE if row.option.startswith(group + "."))


def argument_spec() -> dict[str, Any]:
    """The Ansible argument spec of all service options, those of connection and waiting excepted."""
    spec: dict[str, Any] = {"env_files": {"type": "list", "elements": "path"}}
    for row in TABLE:
        options = spec
        names = row.option.split(".")
        for name in names[:-1]:
            options = options.setdefault(name, {"type": "dict", "options": {}})["options"]
        options[names[-1]] = row.kind.argument()
    # Names, not contents: without this Ansible warns about an option called "secrets".
    spec["secrets"]["no_log"] = False
    return spec
