# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users may write for each option, as strategies: many forms of the same meanings."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.table import TABLE

WORD = st.text("abcxyzABC019_-.", min_size=1, max_size=8).filter(lambda word: word[0].isalnum())
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
DURATION = st.one_of(
    st.sampled_from(["10s", "1m30s", "500ms", "1h", "0", "1.5s", "1ns"]), st.integers(0, 10**6), st.just(0.25)
)
SIZE = st.one_of(st.sampled_from(["512M", "1.5G", "0", "100KiB"]), st.integers(0, 2**40))
CPUS = st.one_of(st.sampled_from(["0.5", "2", 0.1]), st.integers(0, 64))
RATIO = st.one_of(st.floats(0, 1), st.sampled_from(["25%", "0.1", 1]))
# Any mode as text with a leading 0; as numbers those that cannot be digits without one.
MODE_BITS = st.one_of(
    st.integers(0, 0o7777).map("0{:o}".format), st.sampled_from([0o400, 0o640, 0o644, 0o1777, "644", "1777", "0o400"])
)
ADDRESS = st.one_of(st.ip_addresses().map(str), st.just("host-gateway"), st.ip_addresses(v=6).map("[{}]".format))
NAME = st.sampled_from(["alpha", "beta", "gamma", "delta"])
FLAG = st.sampled_from([True, False, "yes", "no", "true", 0, 1])


def pairs(values: Any = TEXT) -> Any:
    """A dict, or the list of name=value that means the same."""
    return st.one_of(
        st.dictionaries(WORD, values, max_size=4),
        st.lists(st.builds("{}={}".format, WORD, WORD), max_size=4),
    )


def unique_by(name: str, entry: Any) -> Any:
    """A list of dicts that differ in one key."""
    return st.lists(entry, max_size=4, unique_by=lambda item: item[name] if isinstance(item, dict) else item)


def optional(**fields: Any) -> Any:
    """A dict with any of these keys."""
    return st.fixed_dictionaries({}, optional=fields)


MOUNT = st.one_of(
    st.fixed_dictionaries(
        {"target": WORD.map("/{}".format), "source": WORD, "type": st.just("volume")},
        optional={
            "no_copy": FLAG,
            "readonly": FLAG,
            "labels": st.dictionaries(WORD, TEXT, max_size=2),
            "driver_config": st.fixed_dictionaries({"name": WORD, "options": st.dictionaries(WORD, WORD, max_size=2)}),
            "volume_subpath": WORD,
        },
    ),
    st.fixed_dictionaries(
        {"target": WORD.map("/{}".format), "source": WORD.map("/{}".format)},
        optional={"propagation": st.sampled_from(["rslave", "rprivate", "shared"]), "non_recursive": FLAG},
    ),
    st.fixed_dictionaries(
        {"target": WORD.map("/{}".format), "type": st.just("tmpfs")},
        optional={
            "tmpfs_size": SIZE,
            "tmpfs_mode": MODE_BITS,
            "tmpfs_options": st.lists(st.sampled_from(["noexec", "uid=1", "size=5"]), max_size=3),
        },
    ),
)


def file_entry(what: str, names: list[str]) -> Any:
    """A config or secret in its long form."""
    return st.fixed_dictionaries(
        {what + "_name": st.sampled_from(names), "filename": WORD},
        optional={"uid": st.integers(0, 9).map(str), "gid": st.integers(0, 9).map(str), "mode": MODE_BITS},
    )


NETWORK = st.fixed_dictionaries(
    {"name": st.sampled_from(["front", "back", "other"])},
    optional={"aliases": st.lists(WORD, max_size=3), "options": st.dictionaries(WORD, WORD, max_size=2)},
)
PORT = st.one_of(
    st.fixed_dictionaries(
        {"published_port": st.integers(1, 65535), "target_port": st.integers(1, 65535)},
        optional={
            "protocol": st.sampled_from(["tcp", "udp", "sctp"]),
            "mode": st.sampled_from(["ingress", "host"]),
        },
    ),
)
ULIMIT = st.tuples(
    st.sampled_from(["nofile", "nproc", "core", "memlock", "stack"]), st.integers(0, 100), st.integers(100, 200)
).map(lambda limit: {"name": limit[0], "soft": limit[1], "hard": limit[2]})

FORMS: dict[str, Any] = {
    "mode": st.just("replicated"),
    "replicas": st.integers(0, 50),
    "max_concurrent": st.nothing(),
    "labels": pairs(),
    "image": st.sampled_from(["nginx", "nginx:1.27", "docker.io/library/nginx:2", "reg.example.com:5000/a/b:c"]),
    "command": st.one_of(st.lists(TEXT, max_size=4), st.sampled_from(["sh -c 'a b'", "serve"])),
    "args": st.lists(TEXT, max_size=4),
    "env": st.one_of(
        st.dictionaries(WORD, TEXT, max_size=5),
        st.lists(st.one_of(WORD, st.builds("{}={}".format, WORD, WORD)), max_size=5),
    ),
    "container_labels": pairs(),
    "groups": st.lists(WORD, max_size=4),
    "init": FLAG,
    "stop_grace_period": DURATION,
    "hosts": st.dictionaries(NAME, st.one_of(ADDRESS, st.lists(ADDRESS, min_size=1, max_size=2)), max_size=3),
    "dns": st.lists(st.ip_addresses().map(str), max_size=3),
    "dns_search": st.lists(WORD, max_size=3),
    "dns_options": st.lists(WORD, max_size=3),
    "sysctls": pairs(),
    "cap_add": st.lists(st.sampled_from(["net_admin", "CAP_SYS_TIME", "all"]), max_size=3),
    "cap_drop": st.lists(st.sampled_from(["ALL", "chown"]), max_size=3),
    "ulimits": unique_by("name", ULIMIT),
    "oom_score_adj": st.integers(-1000, 1000),
    "mounts": unique_by("target", MOUNT),
    "secrets": unique_by("filename", file_entry("secret", ["db", "db-2", "tls"])),
    "configs": unique_by("filename", file_entry("config", ["site", "site-2", "account"])),
    "credential_spec": st.sampled_from(["file://x", "registry://y", "config://account"]),
    "privileges.seccomp": st.sampled_from(["default", "unconfined", {"a": [1]}, '{"a": [1]}']),
    "healthcheck.disabled": st.nothing(),
    "healthcheck.test": st.sampled_from(["curl x", ["CMD", "a", "b"], ["CMD-SHELL", "c"], []]),
    "reservations.generic_resources": st.sampled_from([[], ["GPU=2"], "GPU=1,FPGA=3", {"GPU": 4}]),
    "memory_swap": st.one_of(SIZE, st.just(-1)),
    "memory_swappiness": st.integers(-1, 100),
    "placement.constraints": st.lists(
        st.sampled_from(["node.role==worker", "node.role != manager", "a == b"]), max_size=3
    ),
    "placement.preferences": st.lists(st.builds("spread={}".format, WORD), max_size=3),
    "logging.options": pairs(),
    "networks": unique_by("name", NETWORK),
    "publish": st.lists(PORT, max_size=4, unique_by=lambda port: (port["published_port"], port["target_port"])),
    "force_update": st.nothing(),
}
BY_KIND: dict[str, Any] = {
    "Text": TEXT,
    "Flag": FLAG,
    "DaemonFlag": FLAG,
    "Count": st.integers(0, 1000),
    "Duration": DURATION,
    "Size": SIZE,
    "Cpus": CPUS,
    "Ratio": RATIO,
}


def form_of(option: str) -> Any:
    """What a user may write for an option."""
    row = next(row for row in TABLE if row.option == option)
    if option in FORMS:
        return FORMS[option]
    if type(row.kind).__name__ == "Choice":
        return st.sampled_from(row.kind.argument()["choices"])
    return BY_KIND[type(row.kind).__name__]


WRITABLE = tuple(row.option for row in TABLE if not form_of(row.option).is_empty)


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for option, value in flat.items():
        names = option.split(".")
        options = params
        for name in names[:-1]:
            options = options.setdefault(name, {})
        options[names[-1]] = value
    return params


PARAMS = (
    st.lists(st.sampled_from(WRITABLE), unique=True, max_size=12)
    .flatmap(lambda options: st.fixed_dictionaries({option: form_of(option) for option in options}))
    .map(_nested)
    # The Engine has no such service, and the table refuses it.
    .filter(lambda params: params.get("endpoint_mode") != "dnsrr")
    .filter(lambda params: "memory_swap" not in params)
)

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("UVW", min_size=1), inner, max_size=3)
    ),
    max_leaves=6,
)
