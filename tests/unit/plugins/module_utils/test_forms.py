# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values as Ansible hands them to a module: taken as they are meant, or refused in a sentence, never something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence import patience_of
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.table import FIELDS
from ansible_collections.swarm.rollout.plugins.module_utils._module import PATIENCE_ARGUMENTS
from ansible_collections.swarm.rollout.plugins.module_utils._operations import service
from ansible_collections.swarm.rollout.plugins.module_utils._option_shapes import misshapen
from ansible_collections.swarm.rollout.plugins.module_utils._service_options import SERVICE_ARGUMENTS

ARGUMENTS: dict[str, dict[str, Any]] = {**PATIENCE_ARGUMENTS, **SERVICE_ARGUMENTS}
ANSIBLE = ArgumentSpecValidator(ARGUMENTS)


def parsed(**options: Any) -> spec.Desired:
    """What the options mean, after all that Ansible makes of them."""
    given = {"name": "web", **options}
    wrong = misshapen(ARGUMENTS, given)
    if wrong is not None:
        raise wrong
    result = ANSIBLE.validate(given)
    assert result.error_messages == []
    patience_of(result.validated_parameters)
    return service.request(result.validated_parameters).desired


def shown(desired: spec.Desired, option: str) -> Any:
    """An option as it is shown."""
    return FIELDS[option].kind.show(desired.values[option])


# Rows of: what the task says, the option that it says, the same as it is shown.
TAKEN: list[tuple[dict[str, Any], str, Any]] = [
    ({"args": "sh -c 'echo a,b; sleep 600'"}, "args", ["sh", "-c", "echo a,b; sleep 600"]),
    ({"args": "redis-server --appendonly yes"}, "args", ["redis-server", "--appendonly", "yes"]),
    ({"args": '["a b", "c,d"]'}, "args", ["a b", "c,d"]),
    ({"args": ["--port", 80, '{"a": 1}']}, "args", ["--port", "80", '{"a": 1}']),
    ({"args": 3600}, "args", ["3600"]),
    ({"args": []}, "args", []),
    ({"args": ""}, "args", []),
    ({"command": "sh -c 'echo a,b'"}, "command", ["sh", "-c", "echo a,b"]),
    ({"command": '["a", "b"]'}, "command", ["a", "b"]),
    ({"ulimits": {"memlock": {"soft": -1, "hard": -1}, "nofile": 65536}}, "ulimits", [
        {"name": "memlock", "soft": -1, "hard": -1}, {"name": "nofile", "soft": 65536, "hard": 65536}]),
    ({"ulimits": {"name": "nofile", "soft": 1}}, "ulimits", [{"name": "nofile", "soft": 1, "hard": 1}]),
    ({"ulimits": {"nofile": "1:2"}}, "ulimits", [{"name": "nofile", "soft": 1, "hard": 2}]),
    ({"ulimits": "nofile=1:2, nproc=3"}, "ulimits", [
        {"name": "nofile", "soft": 1, "hard": 2}, {"name": "nproc", "soft": 3, "hard": 3}]),
    ({"ulimits": {}}, "ulimits", []),
    ({"ulimits": ""}, "ulimits", []),
    ({"networks": {"back": {"aliases": ["es"]}, "front": None}}, "networks", [
        {"name": "back", "id": None, "aliases": ["es"]}, {"name": "front", "id": None}]),
    ({"networks": {"name": "back", "aliases": ["es"]}}, "networks", [
        {"name": "back", "id": None, "aliases": ["es"]}]),
    ({"networks": '{"back": {}}'}, "networks", [{"name": "back", "id": None}]),
    ({"networks": "back, front"}, "networks", [{"name": "back", "id": None}, {"name": "front", "id": None}]),
    ({"networks": "name=back,alias=a,alias=b"}, "networks", [{"name": "back", "id": None, "aliases": ["a", "b"]}]),
    ({"networks": []}, "networks", []),
    ({"networks": {}}, "networks", []),
    ({"secrets": [{"source": "db", "target": "db.txt", "mode": 0o440}]}, "secrets", [
        {"secret_name": "db", "filename": "db.txt", "mode": "0440"}]),
    ({"secrets": "db, tls"}, "secrets", [
        {"secret_name": "db", "filename": "db"}, {"secret_name": "tls", "filename": "tls"}]),
    ({"configs": ["Source=site,Target=/etc/s,Mode=0400"]}, "configs", [
        {"config_name": "site", "filename": "/etc/s", "mode": "0400"}]),
    ({"reservations": {"generic_resources": {"GPU": 2}}}, "reservations.generic_resources", ["GPU=2"]),
    ({"reservations": {"generic_resources": "GPU=2,FPGA=1"}}, "reservations.generic_resources", ["GPU=2", "FPGA=1"]),
    ({"mounts": ["Type=Bind,Source=/srv,Target=/srv,Bind-Propagation=RSlave"]}, "mounts", [
        {"type": "bind", "source": "/srv", "target": "/srv", "propagation": "rslave"}]),
    ({"mounts": "Type=bind,source=/srv,target=/srv,consistency=cached"}, "mounts", [
        {"type": "bind", "source": "/srv", "target": "/srv"}]),
    ({"mounts": [{"source": "/srv", "target": "/srv", "consistency": "delegated"}]}, "mounts", [
        {"type": "bind", "source": "/srv", "target": "/srv"}]),
    ({"mounts": ["type=bind,source=/srv,target=/srv,bind-create-src=false"]}, "mounts", [
        {"type": "bind", "source": "/srv", "target": "/srv"}]),
    ({"hosts": ["db6=[2001:db8::1]", "gw:host-gateway", "a:10.0.0.1"]}, "hosts", {
        "db6": "2001:db8::1", "gw": "host-gateway", "a": "10.0.0.1"}),
    ({"hosts": {"db6": "[::1]"}}, "hosts", {"db6": "::1"}),
    ({"dns": "9.9.9.9,2620:fe::fe"}, "dns", ["9.9.9.9", "2620:fe::fe"]),
    ({"user": 1000}, "user", "1000"),
    ({"user": "33:33"}, "user", "33:33"),
    ({"publish": ["8080:80/UDP"]}, "publish", [
        {"published_port": 8080, "target_port": 80, "protocol": "udp", "mode": "ingress"}]),
    ({"publish": [53]}, "publish", [
        {"published_port": None, "target_port": 53, "protocol": "tcp", "mode": "ingress"}]),
    ({"publish": {"target_port": 80, "published_port": 8080}}, "publish", [
        {"published_port": 8080, "target_port": 80, "protocol": "tcp", "mode": "ingress"}]),
    ({"publish": "published=8080,target=80"}, "publish", [
        {"published_port": 8080, "target_port": 80, "protocol": "tcp", "mode": "ingress"}]),
    ({"publish": "80, 81:82"}, "publish", [
        {"published_port": None, "target_port": 80, "protocol": "tcp", "mode": "ingress"},
        {"published_port": 81, "target_port": 82, "protocol": "tcp", "mode": "ingress"}]),
    ({"sysctls": {"net.ipv4.tcp_keepalive_time": 601}}, "sysctls", {"net.ipv4.tcp_keepalive_time": "601"}),
    ({"publish": ["1342"]}, "publish", [
        {"published_port": None, "target_port": 1342, "protocol": "tcp", "mode": "ingress"}]),
    ({"update_config": {"delay": 2000000}}, "update_config.delay", "555h33m20s"),
    ({"update_config": {"delay": "5000000000ns"}}, "update_config.delay", "5s"),
    ({"stop_grace_period": "1000h"}, "stop_grace_period", "1000h"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "option", "means"), TAKEN)
def test_what_is_meant_is_taken(options: dict[str, Any], option: str, means: Any) -> None:
    desired = parsed(**options)
    assert shown(desired, option) == means
    assert desired.warnings == ()


# Rows of: what the task says, how the sentence begins, what it has to say.
REFUSED: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"args": [True]}, "args: ", ["in quotes"]),
    ({"args": ["--ratio", 1.10]}, "args: ", ["in quotes"]),
    ({"args": {"a": 1}}, "args: ", ["list of words"]),
    ({"args": '{"a": 1}'}, "args: ", ["list of words"]),
    ({"args": "sh -c 'oops"}, "args: ", ["close the quotes"]),
    ({"secrets": [{"secret_name": "a", "source": "b"}]}, "secrets[0]: ", ["secret_name, source", "once"]),
    ({"secrets": [{"secret_name": "a", "mode": "256"}]}, "secrets[0].mode: ", ['"0400"', '"0256"']),
    ({"secrets": [{"secret_name": "a", "mode": "416"}]}, "secrets[0].mode: ", ['"0640"']),
    ({"secrets": [{"secret_name": "a", "mode": "292"}]}, "secrets[0].mode: ", ['"0444"']),
    ({"configs": [{"config_name": "a", "mode": 644}]}, "configs[0].mode: ", ["1204", '"0644"']),
    ({"mounts": [{"type": "tmpfs", "target": "/t", "tmpfs_mode": 1777}]}, "mounts[0].tmpfs_mode: ", ['"01777"']),
    ({"secrets": [{"secret_name": "a", "uid": "www-data"}]}, "secrets[0].uid: ", ["number", "1000"]),
    ({"configs": [{"config_name": "a", "gid": "-1"}]}, "configs[0].gid: ", ["number"]),
    ({"configs": [{"config_name": "a", "gid": 2**32}]}, "configs[0].gid: ", ["number"]),
    ({"mounts": ["/srv:/srv:ro"]}, "mounts[0]: ", ['"/srv:/srv:ro"', "type=bind,source=/srv,target=/srv,readonly"]),
    ({"mounts": "data:/data"}, "mounts[0]: ", ["type=volume,source=data,target=/data"]),
    (
        {"mounts": ["/srv:/data:ro,rslave"]},
        "mounts[0]: ",
        ["source=/srv,target=/data,readonly,bind-propagation=rslave"],
    ),
    ({"mounts": ["type=bind,source=/srv,target=/srv,bind-create-src"]}, "mounts[0]: ", ["make the folder"]),
    (
        {"mounts": [{"source": "/a", "target": "/b", "bind": {"create_host_path": True}}]},
        "mounts[0]: ",
        ["propagation"],
    ),
    ({"mounts": [{"target": "/b", "volume": {"nocopy": True}}]}, "mounts[0]: ", ["no_copy"]),
    ({"mounts": [{"target": "/b", "consistency": "eventual"}]}, "mounts[0]: ", ["cached"]),
    ({"mounts": [{"source": "/a", "read_only": True}]}, "mounts[0]: ", ["target is missing"]),
    ({"mounts": {"source": "/a", "target": "/b"}}, "mounts: ", ["write a list"]),
    ({"publish": 1342}, "publish[0]: ", ['"22:22"', '"1342"']),
    ({"publish": [1342]}, "publish[0]: ", ['"22:22"', '"1342"']),
    ({"publish": [133342]}, "publish[0]: ", ["quotes", "2222:22"]),
    ({"user": 2013}, "user: ", ['"33:33"', '"2013"']),
    ({"user": True}, "user: ", ["in quotes"]),
    ({"dns": ["dns.example.com"]}, "dns: ", ["dns.example.com", "9.9.9.9"]),
    ({"hosts": ["x:not-an-ip"]}, "hosts: ", ["not-an-ip", "host-gateway"]),
    ({"hosts": {"x": "10.0.0.256"}}, "hosts: ", ["IP address"]),
    ({"hosts": {"x": "fe80::1%eth0"}}, "hosts: ", ["IP address"]),
    ({"ulimits": {"files": 5}}, "ulimits[0]: ", ["nofile"]),
    ({"ulimits": {"nofile": [1, 2]}}, "ulimits.nofile: ", ["text"]),
    ({"ulimits": 5}, "ulimits: ", ["write a list"]),
    ({"networks": {"back": "es"}}, "networks.back: ", ["aliases"]),
    ({"networks": {"back": {"ipv4_address": "10.0.0.5"}}}, "networks[0]: ", ["ipv4_address", "leave it out"]),
    ({"networks": {"back": {"driver_opts": {"a": "b"}}}}, "networks[0]: ", ["driver_opts", "options"]),
    (
        {"reservations": {"generic_resources": [{"discrete_resource_spec": {"kind": "gpu", "value": 1}}]}},
        "reservations.generic_resources[0]: ",
        ["gpu=1"],
    ),
    ({"reservations": {"generic_resources": {"gpu": {"value": 1}}}}, "reservations.generic_resources: ", ["GPU=2"]),
    ({"update_config": {"delay": 5000000000}}, "update_config.delay: ", ["158 years", "did you mean 5s?"]),
    ({"update_config": {"delay": 10000000000}}, "update_config.delay: ", ["did you mean 10s?"]),
    ({"update_config": {"monitor": "1000000000"}}, "update_config.monitor: ", ["did you mean 1s?"]),
    ({"rollback_config": {"monitor": 500000000}}, "rollback_config.monitor: ", ["did you mean 500ms?"]),
    ({"restart_config": {"delay": 10000000}}, "restart_config.delay: ", ["did you mean 10ms?"]),
    ({"restart_config": {"window": 120000000000}}, "restart_config.window: ", ["did you mean 2m?"]),
    ({"healthcheck": {"interval": 90000000000}}, "healthcheck.interval: ", ["did you mean 1m30s?"]),
    ({"stop_grace_period": 30000000000}, "stop_grace_period: ", ["did you mean 30s?"]),
    ({"progress_deadline": 600000000000}, "progress_deadline: ", ["did you mean 10m?"]),
    ({"wait_timeout": "3600000000000"}, "wait_timeout: ", ["did you mean 1h?"]),
    ({"mode": "global", "replicas": 0}, "replicas: ", ["global", "every node"]),
]


@pytest.mark.parametrize(("options", "begins", "words"), REFUSED)
def test_what_cannot_be_meant_is_refused_with_the_form_to_write(
    options: dict[str, Any], begins: str, words: list[str]
) -> None:
    with pytest.raises(OptionError) as caught:
        parsed(**options)
    message = str(caught.value)
    assert message.startswith(begins)
    assert [word for word in words if word not in message] == []
    assert "{'" not in message
    assert "['" not in message
    assert "True" not in message


# Rows of: what the task says, the option, how it is shown, how the warning begins.
DOUBTED: list[tuple[dict[str, Any], str, Any, str]] = [
    ({"env": {"UMASK": 18}}, "env", {"UMASK": "18"}, "env.UMASK: "),
    ({"env": {"logFileMode": 420}}, "env", {"logFileMode": "420"}, "env.logFileMode: "),
    ({"env": {"BACKUP_AT": 1350}}, "env", {"BACKUP_AT": "1350"}, "env.BACKUP_AT: "),
    ({"env": {"BACKUP_TIME": 1350}}, "env", {"BACKUP_TIME": "1350"}, "env.BACKUP_TIME: "),
    ({"env": {"SSH_PORT": 1342}}, "env", {"SSH_PORT": "1342"}, "env.SSH_PORT: "),
    ({"labels": {"swarm.cronjob.schedule": 210}}, "labels", {"swarm.cronjob.schedule": "210"}, "labels.swarm"),
    ({"update_config": {"monitor": 0}}, "update_config.monitor", "5s", "update_config.monitor: "),
    (
        {"publish": [8080]},
        "publish",
        [{"published_port": None, "target_port": 8080, "protocol": "tcp", "mode": "ingress"}],
        "publish: 8080 ",
    ),
]


@pytest.mark.parametrize(("options", "option", "means", "begins"), DOUBTED)
def test_what_yaml_may_have_changed_is_taken_with_a_warning(
    options: dict[str, Any], option: str, means: Any, begins: str
) -> None:
    desired = parsed(**options)
    assert shown(desired, option) == means
    (told,) = desired.warnings
    assert told.startswith(begins)


@pytest.mark.parametrize(
    "env",
    [
        {"PORT": 8080},
        {"TIMEOUT": 601},
        {"CACHE_TIME": 600},
        {"MODE": 5},
        {"COUNT": 1342},
        {"UMASK": "022"},
        {"BACKUP_AT": "22:30"},
        {},
    ],
)
def test_numbers_that_can_only_be_numbers_need_no_quotes(env: dict[str, Any]) -> None:
    desired = parsed(env=env)
    assert desired.values["env"] == {name: str(value) for name, value in env.items()}
    assert desired.warnings == ()


def test_a_doubtful_number_is_not_repeated() -> None:
    (told,) = parsed(env={"TOKEN_AT": 74123}).warnings
    assert told.startswith("env.TOKEN_AT: ")
    assert "74123" not in told


# Files of variables ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "more", "env"),
    [
        ("# nothing\n", {}, {}),
        ("", {"env": {"A": "1"}}, {"A": "1"}),
        ("B=2\n", {"env": {"A": "1"}}, {"A": "1", "B": "2"}),
        (None, {}, {}),
        (None, {"env": {"A": "1"}}, {"A": "1"}),
    ],
)
def test_files_without_a_variable_mean_none(
    tmp_path: Path, lines: str | None, more: dict[str, Any], env: dict[str, str]
) -> None:
    files = []
    if lines is not None:
        (tmp_path / "app.env").write_text(lines)
        files = [str(tmp_path / "app.env")]
    assert parsed(env_files=files, **more).values["env"] == env


def test_an_empty_text_is_no_file() -> None:
    assert parsed(env_files="").values["env"] == {}
    assert "env" not in parsed().values


# Round trips -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "key"), [("update_config", "update_delay"), ("restart_config", "restart_policy_delay")]
)
def test_the_flat_keys_of_a_result_are_no_durations(option: str, key: str) -> None:
    params: dict[str, Any] = {"image": "web:1", option: {"delay": "10s"}}
    result = spec.show(spec.overlay(None, spec.parse(params), spec.NO_REFERENCES, name="web").spec)
    with pytest.raises(OptionError, match=r"did you mean 10s\?"):
        parsed(**{option: {"delay": result[key]}})
    assert shown(parsed(**{option: result[option]}), option + ".delay") == "10s"
