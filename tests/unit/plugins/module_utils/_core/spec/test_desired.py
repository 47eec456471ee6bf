# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users may write, what comes of it, and what they hear when it cannot be used."""

from __future__ import annotations

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.table import FIELDS


def nested(option, value):
    for name in reversed(option.split(".")):
        value = {name: value}
    return value


# Rows of: option, what the user wrote, the same as the collection shows it.
FORMS = [
    ("image", "docker.io/library/nginx", "nginx:latest"),
    ("image", "nginx:1.27@sha256:" + "a" * 64, "nginx:1.27@sha256:" + "a" * 64),
    ("image", "localhost:5000/web", "localhost:5000/web:latest"),
    ("command", "sh -c 'echo \"a b\"'", ["sh", "-c", 'echo "a b"']),
    ("command", ["sleep", 10], ["sleep", "10"]),
    ("args", ["--port", 80], ["--port", "80"]),
    ("env", {"A": 1, "B": ""}, {"A": "1", "B": ""}),
    ("env", ["A=1", "A=2", "B=x=y"], {"A": "2", "B": "x=y"}),
    ("env", "A=1,B=2", {"A": "1", "B": "2"}),
    ("env", '{"A": "1"}', {"A": "1"}),
    ("env", ["A=1", "GONE"], ["A=1", "GONE"]),
    ("labels", {"a": 1}, {"a": "1"}),
    ("labels", ["a=1", "b"], {"a": "1", "b": ""}),
    ("labels", "a=1,b=2", {"a": "1", "b": "2"}),
    (
        "logging.options",
        {"compress": True, "max-file": 3, "rate": 0.5},
        {"compress": "true", "max-file": "3", "rate": "0.5"},
    ),
    ("user", 1000, "1000"),
    ("stop_grace_period", "90", "1m30s"),
    ("stop_grace_period", 0.5, "500ms"),
    ("hosts", {"db": "10.0.0.1", "six": ["::1", "10.0.0.2"]}, {"db": "10.0.0.1", "six": ["::1", "10.0.0.2"]}),
    ("hosts", ["db:10.0.0.1", "six=::1"], {"db": "10.0.0.1", "six": "::1"}),
    ("cap_add", ["net_admin", "CAP_NET_ADMIN", "all"], ["CAP_NET_ADMIN", "ALL"]),
    ("dns", "9.9.9.9, 1.1.1.1", ["9.9.9.9", "1.1.1.1"]),
    (
        "ulimits",
        ["nofile=1024:2048", "nproc=5"],
        [{"name": "nofile", "soft": 1024, "hard": 2048}, {"name": "nproc", "soft": 5, "hard": 5}],
    ),
    (
        "ulimits",
        {"nofile": {"soft": 1, "hard": 2}, "core": -1},
        [{"name": "nofile", "soft": 1, "hard": 2}, {"name": "core", "soft": -1, "hard": -1}],
    ),
    ("mounts", [{"source": "/a", "target": "/b"}], [{"type": "bind", "source": "/a", "target": "/b"}]),
    (
        "mounts",
        ["type=bind,src=/a,dst=/b,ro,bind-propagation=rslave,bind-recursive=disabled"],
        [
            {
                "type": "bind",
                "source": "/a",
                "target": "/b",
                "readonly": True,
                "propagation": "rslave",
                "non_recursive": True,
            }
        ],
    ),
    (
        "mounts",
        ["source=v,target=/v,volume-label=a=b,volume-label=c=d,volume-subpath=s"],
        [{"type": "volume", "source": "v", "target": "/v", "labels": {"a": "b", "c": "d"}, "volume_subpath": "s"}],
    ),
    (
        "mounts",
        ['type=volume,target=/v,volume-driver=local,volume-opt=type=nfs,"volume-opt=o=addr=h,rw"'],
        [
            {
                "type": "volume",
                "target": "/v",
                "driver_config": {"name": "local", "options": {"type": "nfs", "o": "addr=h,rw"}},
            }
        ],
    ),
    (
        "mounts",
        "type=tmpfs,target=/t,tmpfs-size=1k,tmpfs-mode=1777",
        [{"type": "tmpfs", "target": "/t", "tmpfs_size": "1K", "tmpfs_mode": "1777"}],
    ),
    (
        "mounts",
        [{"type": "image", "source": "nginx", "target": "/i", "image_subpath": "s"}],
        [{"type": "image", "source": "nginx", "target": "/i", "image_subpath": "s"}],
    ),
    (
        "mounts",
        [{"type": "cluster", "source": "v", "target": "/c"}],
        [{"type": "cluster", "source": "v", "target": "/c"}],
    ),
    ("configs", ["site"], [{"config_name": "site", "filename": "site"}]),
    (
        "configs",
        ["source=site,target=/etc/s,mode=0400,uid=5"],
        [{"config_name": "site", "filename": "/etc/s", "uid": "5", "mode": "0400"}],
    ),
    (
        "secrets",
        [{"secret_name": "db", "secret_id": None, "filename": None, "uid": None, "gid": None, "mode": 420}],
        [{"secret_name": "db", "filename": "db", "mode": "0644"}],
    ),
    (
        "networks",
        ["front", {"name": "back", "aliases": "a,b"}],
        [{"name": "front", "id": None}, {"name": "back", "id": None, "aliases": ["a", "b"]}],
    ),
    (
        "networks",
        ["name=back,alias=a,alias=b,driver-opt=x=y"],
        [{"name": "back", "id": None, "aliases": ["a", "b"], "options": {"x": "y"}}],
    ),
    ("credential_spec", "file://spec.json", "file://spec.json"),
    ("healthcheck.test", "curl -f http://x", ["CMD-SHELL", "curl -f http://x"]),
    ("healthcheck.test", ["CMD", "true"], ["CMD", "true"]),
    ("limits.cpus", "0.5", 0.5),
    ("limits.memory", 1024, "1K"),
    ("reservations.generic_resources", "GPU=2,FPGA=1", ["GPU=2", "FPGA=1"]),
    ("memory_swap", -1, "-1"),
    ("placement.constraints", ["node.role==worker"], ["node.role == worker"]),
    ("placement.constraints", "node.labels.a!=b , node.id == x", ["node.labels.a != b", "node.id == x"]),
    ("placement.preferences", ["spread=node.labels.zone"], [{"spread": "node.labels.zone"}]),
    ("placement.preferences", [{"spread": "a"}, {"spread": "b"}], [{"spread": "a"}, {"spread": "b"}]),
    ("update_config.max_failure_ratio", "25%", 0.25),
    ("update_config.monitor", "1ns", "1ns"),
    ("privileges.seccomp", '{"b": 1, "a": 2}', {"a": 2, "b": 1}),
    ("init", "yes", True),
]


@pytest.mark.parametrize(("option", "written", "shown"), FORMS)
def test_forms_of_one_meaning(option, written, shown):
    desired = spec.parse(nested(option, written))
    assert FIELDS[option].kind.show(desired.values[option], spec.NO_REFERENCES) == shown


# Ansible cuts a text where it wants a list; these are lists as it hands them over.
CUT = [
    (
        "mounts",
        "type=bind,source=/a,target=/b,ro",
        [{"type": "bind", "source": "/a", "target": "/b", "readonly": True}],
    ),
    ("mounts", '[{"source": "/a", "target": "/b"}]', [{"type": "bind", "source": "/a", "target": "/b"}]),
    ("mounts", "target=/a,target=/b", [{"type": "volume", "target": "/a"}, {"type": "volume", "target": "/b"}]),
    ("networks", "name=back,alias=a,alias=b", [{"name": "back", "id": None, "aliases": ["a", "b"]}]),
    ("networks", "back,front", [{"name": "back", "id": None}, {"name": "front", "id": None}]),
    ("secrets", "source=db,target=x", [{"secret_name": "db", "filename": "x"}]),
    ("secrets", "db,tls", [{"secret_name": "db", "filename": "db"}, {"secret_name": "tls", "filename": "tls"}]),
    (
        "publish",
        "published=8080,target=80",
        [{"published_port": 8080, "target_port": 80, "protocol": "tcp", "mode": "ingress"}],
    ),
    (
        "publish",
        "80,81:82",
        [
            {"published_port": None, "target_port": 80, "protocol": "tcp", "mode": "ingress"},
            {"published_port": 81, "target_port": 82, "protocol": "tcp", "mode": "ingress"},
        ],
    ),
    (
        "ulimits",
        "nofile=1:2,nproc=3",
        [{"name": "nofile", "soft": 1, "hard": 2}, {"name": "nproc", "soft": 3, "hard": 3}],
    ),
    ("dns", '["9.9.9.9", "1.1.1.1"]', ["9.9.9.9", "1.1.1.1"]),
    ("args", "a,b", ["a", "b"]),
    ("reservations.generic_resources", "GPU=1,FPGA=2", ["GPU=1", "FPGA=2"]),
    ("placement.preferences", "spread=a,spread=b", [{"spread": "a"}, {"spread": "b"}]),
]


@pytest.mark.parametrize(("option", "text", "shown"), CUT)
def test_one_text_where_a_list_is_wanted(option, text, shown):
    desired = spec.parse(nested(option, text.split(",")))
    assert FIELDS[option].kind.show(desired.values[option], spec.NO_REFERENCES) == shown


PORTS = [
    ("80", [(0, 80, "tcp", "ingress")]),
    (80, [(0, 80, "tcp", "ingress")]),
    ("8080:80", [(8080, 80, "tcp", "ingress")]),
    ("8080:80/udp", [(8080, 80, "udp", "ingress")]),
    ("8000-8002:80-82", [(8000, 80, "tcp", "ingress"), (8001, 81, "tcp", "ingress"), (8002, 82, "tcp", "ingress")]),
    ("8000-8001:80", [(8000, 80, "tcp", "ingress"), (8001, 80, "tcp", "ingress")]),
    ("published=8080,target=80,protocol=sctp,mode=host", [(8080, 80, "sctp", "host")]),
    ({"published_port": 8080, "target_port": 80}, [(8080, 80, "tcp", "ingress")]),
    (
        {"published_port": "8000-8001", "target_port": "80-81", "mode": "host"},
        [(8000, 80, "tcp", "host"), (8001, 81, "tcp", "host")],
    ),
    ({"published_port": None, "target_port": 80, "protocol": "tcp", "mode": None}, [(0, 80, "tcp", "ingress")]),
]


@pytest.mark.parametrize(("written", "ports"), PORTS)
def test_forms_of_ports(written, ports):
    values = spec.parse({"publish": [written]}).values["publish"]
    assert [tuple(entry.values()) for entry in values] == ports


# Rows of: option, what the user wrote, a part of what they hear.
REFUSED = [
    ("image", "Not An Image", "write an image"),
    ("command", "sh -c 'oops", "close the quotes"),
    ("command", {"a": 1}, "list of words"),
    ("env", {"A": True}, "quote its value"),
    ("env", {"A": None}, "quote its value"),
    ("env", {"A": 1.1}, "quote its value"),
    ("env", ["=x"], "NAME=value"),
    ("labels", {"a": True}, "in quotes"),
    ("labels", {"a": 1.1}, "in quotes"),
    ("labels", {"swarm.rollout.revision": "1"}, "belong to this collection"),
    ("labels", 5, "write a list"),
    ("replicas", -2, "whole number"),
    ("replicas", "many", "whole number"),
    ("mode", "daemon", "choose one of"),
    ("stop_grace_period", "soon", "write a duration"),
    ("hosts", ["db"], "name: address"),
    ("init", "perhaps", "true or false"),
    ("oom_score_adj", 2000, "from -1000 to 1000"),
    ("ulimits", ["nofile"], "name=soft"),
    ("ulimits", ["nofile=5:4"], "above the hard one"),
    ("mounts", [{"source": "/a"}], "target is missing"),
    ("mounts", [{"target": "/a"}], "needs a source"),
    ("mounts", [{"source": "/a", "target": "/b", "no_copy": True}], "needs type volume"),
    ("mounts", [{"source": "/a", "target": "/b", "tmpfs_size": "1M"}], "needs type tmpfs"),
    ("mounts", [{"type": "tmpfs", "source": "x", "target": "/b"}], "has no source"),
    ("mounts", [{"source": "/a", "target": "/b", "colour": "red"}], "use one of"),
    ("mounts", ["source=/a,target=/b,bind-recursive=readonly,type=bind"], "enabled and disabled"),
    ("mounts", [{"source": "/a", "target": "/b"}, {"source": "/c", "target": "/b"}], "name it once"),
    ("secrets", [{"secret_name": "a", "mode": "rw"}], "octal"),
    ("secrets", [{"filename": "x"}], "secret_name is missing"),
    ("networks", [{}], "name of a network"),
    ("publish", ["127.0.0.1:80:80"], "without an address"),
    ("publish", ["8000-8002:80-81"], "same length"),
    ("publish", [{"published_port": 80}], "target_port is missing"),
    ("publish", ["70000:80"], "write ports"),
    ("publish", ["80:80/icmp"], "choose one of"),
    ("credential_spec", "spec.json", "config://NAME"),
    ("healthcheck.test", ["curl", "x"], "begin the list with"),
    ("limits.cpus", "lots", "number of CPUs"),
    ("limits.memory", "-5", "write a size"),
    ("reservations.generic_resources", ["GPU"], "name=count"),
    ("placement.preferences", [{"binpack": "x"}], "write spread"),
    ("update_config.failure_action", "explode", "choose one of"),
    ("rollback_config.failure_action", "rollback", "choose one of pause, continue"),
    ("update_config.max_failure_ratio", "150%", "share from 0 to 1"),
    ("update_config", "fast", "write a dict of"),
    ("update_config", {"paralelism": 2}, "use parallelism"),
    ("privileges.seccomp", "strict", "write default, unconfined"),
]


@pytest.mark.parametrize(("option", "written", "heard"), REFUSED)
def test_what_cannot_be_used_is_refused_in_one_sentence(option, written, heard):
    with pytest.raises(OptionError) as caught:
        spec.parse(nested(option, written))
    message = str(caught.value)
    assert heard in message
    assert message.startswith(option)
    assert "\n" not in message


def test_a_refused_variable_keeps_its_value_to_itself():
    with pytest.raises(OptionError) as caught:
        spec.parse({"env": {"DB_PASSWORD": 3.14159}})
    assert "3.14159" not in str(caught.value)


# Rules between options ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "option"),
    [
        ({"mode": "global", "replicas": 2}, "replicas"),
        ({"mode": "global", "replicas": 0}, "replicas"),
        ({"mode": "global-job", "replicas": 3}, "replicas"),
        ({"mode": "replicated", "max_concurrent": 2}, "max_concurrent"),
        ({"mode": "global-job", "max_concurrent": 2}, "max_concurrent"),
        ({"mode": "replicated-job", "update_config": {"parallelism": 2}}, "update_config.parallelism"),
        ({"mode": "global-job", "rollback_config": {"delay": 2}}, "rollback_config.delay"),
        ({"endpoint_mode": "dnsrr", "publish": ["80:80"]}, "endpoint_mode"),
        ({"healthcheck": {"disabled": True, "interval": "5s"}}, "healthcheck.interval"),
        ({"healthcheck": {"disabled": False, "test": "NONE"}}, "healthcheck.disabled"),
        ({"memory_swap": "1G", "limits": {"memory": 0}}, "memory_swap"),
    ],
)
def test_options_that_exclude_each_other(params, option):
    with pytest.raises(OptionError) as caught:
        spec.parse(params)
    assert caught.value.option == option


@pytest.mark.parametrize(
    ("params", "options"),
    [
        ({"mode": "global", "replicas": -1}, {"mode"}),
        ({"mode": "replicated-job", "update_config": {}}, {"mode", "update_config"}),
        ({"mode": "replicated-job", "replicas": 3, "max_concurrent": 2}, {"mode", "replicas", "max_concurrent"}),
        (
            {"endpoint_mode": "dnsrr", "publish": [{"published_port": 80, "target_port": 80, "mode": "host"}]},
            {"endpoint_mode", "publish"},
        ),
    ],
)
def test_options_that_go_together(params, options):
    assert {name.split(".")[0] for name in spec.parse(params).values} == options


# Rows of: what a task says for services of all modes, what of it is left, what the warnings are about.
IDLE = [
    ({"mode": "global", "replicas": 1}, {"mode"}, ["replicas (1)"]),
    ({"mode": "global-job", "replicas": 1}, {"mode"}, ["replicas (1)"]),
    (
        {"mode": "global", "placement": {"replicas_max_per_node": 1}},
        {"mode"},
        ["placement.replicas_max_per_node (1)"],
    ),
    (
        {"mode": "global-job", "placement": {"replicas_max_per_node": 3}},
        {"mode"},
        ["placement.replicas_max_per_node (3)"],
    ),
    ({"mode": "global", "placement": {"replicas_max_per_node": 0}}, {"mode", "placement"}, []),
    ({"mode": "replicated", "max_concurrent": 1}, {"mode"}, ["max_concurrent (1)"]),
    ({"mode": "global", "max_concurrent": 1}, {"mode"}, ["max_concurrent (1)"]),
    ({"mode": "global-job", "max_concurrent": 1}, {"mode"}, ["max_concurrent (1)"]),
    (
        {"mode": "replicated-job", "update_config": {"parallelism": 1, "order": "stop-first"}},
        {"mode"},
        ["update_config"],
    ),
    ({"mode": "global-job", "rollback_config": {"delay": "0s"}}, {"mode"}, ["rollback_config"]),
    ({"mode": "global-job", "rollback_config": {}}, {"mode", "rollback_config"}, []),
    ({"mode": "replicated", "replicas": 1}, {"mode", "replicas"}, []),
]


@pytest.mark.parametrize(("params", "left", "told"), IDLE)
def test_a_default_that_means_nothing_for_the_mode_is_left_out_and_said_so(params, left, told):
    desired = spec.parse(params)
    assert {name.split(".")[0] for name in desired.values} == left
    assert [text.partition(" is ignored: ")[0] for text in desired.warnings] == told
    assert all("(mode %s)" % params["mode"] in text for text in desired.warnings)


def test_none_is_not_mentioned():
    params = dict.fromkeys(spec.argument_spec())
    assert spec.parse(params).values == {}
    assert spec.parse({"replicas": -1, "force_update": False, "state": "present", "name": "web"}).values == {}


@pytest.mark.parametrize("test", ["NONE", "none", ["NONE"]])
def test_the_health_check_of_the_image_can_be_switched_off(test):
    assert spec.parse({"healthcheck": {"test": test}}).values == {"healthcheck.disabled": True}


def test_empty_text_unsets():
    values = spec.parse({"hostname": "", "stop_grace_period": "", "limits": {"memory": ""}}).values
    assert values == {"hostname": "", "stop_grace_period": 10**10, "limits.memory": 0}


def test_an_empty_dict_empties_all_its_options():
    desired = spec.parse({"limits": {}, "logging": {"driver": None, "options": None}})
    assert desired.values == {
        "limits.cpus": 0,
        "limits.memory": 0,
        "limits.pids": 0,
        "logging.driver": "",
        "logging.options": {},
    }


def test_which_dicts_were_emptied_is_kept():
    desired = spec.parse({"limits": {}, "logging": {"driver": None}, "placement": {"constraints": []}})
    assert desired.emptied == ("limits", "logging")
    assert spec.parse({"privileges": {"selinux_context": {}}}).emptied == ("privileges.selinux_context",)


@pytest.mark.parametrize("zero", [0, "0", "0s", "0.0"])
def test_monitor_zero_is_the_default_and_said_so(zero):
    desired = spec.parse({"update_config": {"monitor": zero}})
    assert desired.values["update_config.monitor"] == 5 * 10**9
    assert "1ns" in desired.warnings[0]
    assert spec.parse({"update_config": {"monitor": "5s"}}).warnings == ()


# Environment files -----------------------------------------------------------------------------------


def test_env_files_are_read_line_by_line():
    text = '\ufeff# comment\n\nA=1\n  B = two words \nC="quoted"\r\nD=\n'
    lines = spec.read_env_file(text)
    assert lines == ["A=1", "B= two words ", 'C="quoted"', "D="]


@pytest.mark.parametrize("line", ["NAME", "=x", "A B=1"])
def test_a_bad_line_of_an_env_file_is_named_without_its_value(line):
    with pytest.raises(OptionError, match=r"app\.env line 2") as caught:
        spec.read_env_file("A=1\n" + line, "app.env")
    assert caught.value.option == "env_files"


def test_env_wins_over_env_files():
    desired = spec.parse({"env": {"B": "3"}}, ["A=1", "B=2", "A=0"])
    assert desired.values["env"] == {"A": "0", "B": "3"}
    assert spec.parse({}, ["A=1"]).values["env"] == {"A": "1"}
    assert spec.parse({}, []).values["env"] == {}
    assert "env" not in spec.parse({}).values


# Versions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "needed"),
    [
        ({"image": "nginx", "replicas": 2}, {}),
        ({"cap_add": ["ALL"]}, {"cap_add": (1, 41)}),
        ({"cap_add": []}, {}),
        ({"mode": "replicated-job"}, {"mode": (1, 41)}),
        ({"healthcheck": {"start_interval": "1s"}}, {"healthcheck.start_interval": (1, 44)}),
        (
            {"mounts": [{"type": "tmpfs", "target": "/t", "tmpfs_options": ["noexec"]}]},
            {"mounts.tmpfs_options": (1, 46)},
        ),
        ({"mounts": [{"type": "cluster", "source": "v", "target": "/t"}]}, {"mounts.type": (1, 42)}),
        ({"credential_spec": "config://x"}, {"credential_spec": (1, 40)}),
        ({"memory_swap": "1G"}, {"memory_swap": (1, 52)}),
        ({"update_config": {"order": "start-first"}}, {"update_config.order": (1, 29)}),
    ],
)
def test_what_the_engine_must_know(params, needed):
    assert dict(spec.needs(spec.parse(params))) == needed


def test_secrets_among_the_wanted_values_are_listed():
    desired = spec.parse(
        {"env": {"TOKEN": "abc", "A": "1"}, "logging": {"driver": "splunk", "options": {"splunk-token": "def"}}}
    )
    assert desired.secrets == {"abc", "def"}
