# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laying a task over a service: what is written, what is kept, and what it is called."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import MissingReference, OptionError
from ansible_collections.swarm.rollout.tests.unit.plugins.module_utils._core.spec.examples import (
    EVERYTHING,
    REFS,
    rich,
)

SECOND = 10**9


def lay(before, params, **more):
    return spec.overlay(before, spec.parse(params), REFS, name="web", **more)


def options(result):
    return [change.option for change in result.changes]


def container(result):
    return result.spec["TaskTemplate"]["ContainerSpec"]


# Creating --------------------------------------------------------------------------------------------


def test_a_new_service_needs_an_image():
    with pytest.raises(OptionError, match="a new service needs an image"):
        lay(None, {"replicas": 2})


def test_a_new_service_has_no_more_than_was_said():
    result = lay(None, {"image": "nginx"})
    assert result.spec == {
        "Name": "web",
        "TaskTemplate": {"ContainerSpec": {"Image": "nginx:latest"}},
        "Mode": {"Replicated": {"Replicas": 1}},
    }
    assert result.differs
    assert not result.recreate


@pytest.mark.parametrize(
    ("params", "mode"),
    [
        ({"mode": "global"}, {"Global": {}}),
        ({"mode": "replicated", "replicas": 0}, {"Replicated": {"Replicas": 0}}),
        ({"mode": "replicated-job"}, {"ReplicatedJob": {"MaxConcurrent": 1}}),
        ({"mode": "replicated-job", "replicas": 5}, {"ReplicatedJob": {"TotalCompletions": 5, "MaxConcurrent": 5}}),
        (
            {"mode": "replicated-job", "replicas": 5, "max_concurrent": 2},
            {"ReplicatedJob": {"TotalCompletions": 5, "MaxConcurrent": 2}},
        ),
        ({"mode": "global-job"}, {"GlobalJob": {}}),
    ],
)
def test_the_four_modes(params, mode):
    assert lay(None, {"image": "nginx", **params}).spec["Mode"] == mode


def test_every_option_finds_its_place():
    result = lay(None, EVERYTHING)
    assert {change.option.split(".")[0] for change in result.changes} == set(EVERYTHING) - {"mode", "endpoint_mode"}
    assert not lay(result.spec, EVERYTHING).differs
    task = result.spec["TaskTemplate"]
    assert task["Resources"] == {
        "Limits": {"NanoCPUs": 1_500_000_000, "MemoryBytes": 512 * 1024**2, "Pids": 100},
        "Reservations": {
            "NanoCPUs": 250_000_000,
            "MemoryBytes": 64 * 1024**2,
            "GenericResources": [{"DiscreteResourceSpec": {"Kind": "GPU", "Value": 2}}],
        },
        "SwapBytes": 1024**3,
        "MemorySwappiness": 10,
    }
    assert task["Networks"] == [{"Target": "n1"}, {"Target": "n2", "Aliases": ["b"], "DriverOpts": {"o": "p"}}]
    assert task["ContainerSpec"]["Secrets"][1] == {
        "SecretID": "s3",
        "SecretName": "tls",
        "File": {"Name": "tls.pem", "UID": "5", "GID": "6", "Mode": 256},
    }
    assert task["ContainerSpec"]["Configs"] == [
        {
            "ConfigID": "c1",
            "ConfigName": "site",
            "File": {"Name": "/etc/site.conf", "UID": "0", "GID": "0", "Mode": 256},
        },
        {"ConfigID": "c3", "ConfigName": "account", "Runtime": {}},
    ]
    assert task["ContainerSpec"]["Privileges"]["CredentialSpec"] == {"Config": "c3"}
    assert result.spec["RollbackConfig"] == {
        "Parallelism": 0,
        "Delay": SECOND,
        "FailureAction": "continue",
        "Monitor": 6 * SECOND,
        "MaxFailureRatio": 0.5,
        "Order": "start-first",
    }


# Keeping ---------------------------------------------------------------------------------------------


def test_one_label_of_a_rich_service_is_all_that_changes():
    before = rich()
    result = lay(before, {"labels": {"team": "b", "tier": "front"}})
    expected = rich()
    expected["Labels"]["team"] = "b"
    assert result.spec == expected
    assert before == rich()
    assert result.changes == (spec.Change("labels", {"team": "a"}, {"team": "b"}, False),)
    assert not result.replaces_tasks


def test_labels_of_the_collection_and_of_the_stack_stay():
    result = lay(rich(), {"labels": {}, "container_labels": {"a": "b"}})
    assert result.spec["Labels"] == {"swarm.rollout.revision": "7", "com.docker.stack.namespace": "shop"}
    assert container(result)["Labels"] == {"com.docker.stack.namespace": "shop", "a": "b"}
    named = lay(rich(), {"labels": {"com.docker.stack.namespace": "other"}})
    assert named.spec["Labels"]["com.docker.stack.namespace"] == "other"


@pytest.mark.parametrize(
    "params",
    [
        {"image": "nginx:1.27"},
        {"env": ["UNSET", "DB_PASSWORD=hunter2", "A=1", "Z=26"]},
        {"networks": ["front", {"name": "back", "aliases": ["x", "y"]}]},
        {"secrets": ["db", "old"]},
        {"publish": ["8080:80"]},
        {"placement": {"constraints": ["node.role ==  worker"]}},
        {"limits": {"memory": "64M"}},
        {"update_config": {"parallelism": 2, "delay": 10, "monitor": "5s", "order": "stop-first"}},
        {"restart_config": {"condition": "any", "delay": "5s", "window": "0s"}},
        {"rollback_config": {}},
        {"stop_grace_period": "10s", "endpoint_mode": "vip", "mode": "replicated", "isolation": "default"},
        {"command": [], "dns": [], "healthcheck": {}, "logging": {}, "privileges": {"selinux_context": {}}},
    ],
)
def test_the_same_in_other_words_changes_nothing(params):
    result = lay(rich(), params)
    assert result.changes == ()
    assert result.spec == rich()


def test_the_order_of_what_stays_is_kept():
    result = lay(rich(), {"env": {"NEW": "1", "A": "2", "Z": "26"}})
    assert container(result)["Env"] == ["Z=26", "A=2", "NEW=1"]
    result = lay(rich(), {"networks": ["other", "front", {"name": "back", "aliases": ["x", "y"]}]})
    assert result.spec["TaskTemplate"]["Networks"] == [
        {"Target": "n2", "Aliases": ["y", "x"]},
        {"Target": "n1"},
        {"Target": "n3"},
    ]


def test_an_entry_keeps_what_is_unknown_about_it():
    wanted = [{"type": "volume", "source": "v", "target": "/v", "readonly": True}]
    result = lay(rich(), {"mounts": wanted, "publish": ["8080:80", "8443:443"]})
    assert container(result)["Mounts"] == [
        {
            "Type": "volume",
            "Source": "v",
            "Target": "/v",
            "VolumeOptions": {"Unknown": 1},
            "New": True,
            "ReadOnly": True,
        }
    ]
    assert result.spec["EndpointSpec"]["Ports"][0]["Name"] == "http"


def test_a_mount_of_another_type_loses_the_options_of_the_former():
    result = lay(rich(), {"mounts": [{"type": "bind", "source": "/x", "target": "/v"}]})
    assert container(result)["Mounts"] == [{"Type": "bind", "Source": "/x", "Target": "/v", "New": True}]


def test_a_rotated_secret_moves_in_under_the_same_name():
    result = lay(rich(), {"secrets": [{"secret_name": "db-2", "filename": "db"}, "old"]})
    assert [(item["SecretID"], item["File"]["Name"]) for item in container(result)["Secrets"]] == [
        ("s9", "old"),
        ("s2", "db"),
    ]


def test_old_networks_at_the_top_move_only_when_networks_change():
    before = rich()
    before["Networks"] = before["TaskTemplate"].pop("Networks")
    assert lay(before, {"networks": ["front", {"name": "back", "aliases": ["x", "y"]}]}).spec == before
    result = lay(before, {"networks": ["front"]})
    assert result.spec["TaskTemplate"]["Networks"] == [{"Target": "n1"}]
    assert "Networks" not in result.spec


def test_an_emptied_option_leaves_nothing_behind():
    result = lay(rich(), {"env": {}, "mounts": [], "limits": {}, "publish": []})
    assert "Env" not in container(result)
    assert "Mounts" not in container(result)
    assert "Limits" not in result.spec["TaskTemplate"]["Resources"]
    assert "Ports" not in result.spec["EndpointSpec"]


def test_the_config_of_a_credential_spec_is_no_file_and_is_kept():
    before = lay(None, {"image": "nginx", "credential_spec": "config://account", "configs": ["site"]}).spec
    assert spec.show(before)["configs"] == [{"config_id": "c1", "config_name": "site", "filename": "site"}]
    emptied = lay(before, {"configs": []})
    assert container(emptied)["Configs"] == [{"ConfigID": "c3", "ConfigName": "account", "Runtime": {}}]
    assert not lay(before, {"credential_spec": "config://account"}).differs
    unset = lay(before, {"credential_spec": ""})
    assert [item["ConfigName"] for item in container(unset)["Configs"]] == ["site"]
    assert "Privileges" not in container(unset)


# Complete objects ------------------------------------------------------------------------------------


def test_a_written_update_config_is_whole_and_has_the_defaults_of_the_cli():
    before = rich()
    del before["UpdateConfig"]
    result = lay(before, {"update_config": {"order": "start-first"}})
    assert result.spec["UpdateConfig"] == {
        "Parallelism": 1,
        "Delay": 0,
        "FailureAction": "pause",
        "Monitor": 5 * SECOND,
        "MaxFailureRatio": 0.0,
        "Order": "start-first",
    }
    assert options(result) == ["update_config.order"]


def test_what_is_missing_in_a_partial_update_config_means_all_at_once():
    before = rich()
    before["UpdateConfig"] = {"Delay": SECOND}
    assert spec.show(before)["update_config"]["parallelism"] == 0
    result = lay(before, {"update_config": {"order": "start-first"}})
    assert result.spec["UpdateConfig"]["Parallelism"] == 0
    assert options(lay(before, {"update_config": {"parallelism": 1}})) == ["update_config.parallelism"]


# Images ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "image", ["nginx:1.27", "docker.io/library/nginx:1.27", "nginx:1.27@sha256:" + "a" * 64, "nginx@sha256:" + "a" * 64]
)
def test_the_same_tag_keeps_its_digest(image):
    assert not lay(rich(), {"image": image}).differs


@pytest.mark.parametrize("image", ["nginx:1.28", "nginx", "other/nginx:1.27", "nginx:1.27@sha256:" + "b" * 64])
def test_another_image_is_written(image):
    result = lay(rich(), {"image": image})
    assert options(result) == ["image"]
    assert result.replaces_tasks


def test_a_resolved_image_is_compared_exactly_and_brings_its_platforms():
    platforms = [{"architecture": "arm", "os": "linux", "variant": "v7"}, {"Architecture": "amd64", "OS": "linux"}]
    same = "nginx:1.27@sha256:" + "a" * 64
    assert not lay(rich(), {"image": "nginx:1.27"}, image=same, platforms=platforms).differs
    result = lay(rich(), {"image": "nginx:1.27"}, image="nginx:1.27@sha256:" + "b" * 64, platforms=platforms)
    assert options(result) == ["image"]
    assert result.spec["TaskTemplate"]["Placement"]["Platforms"] == [
        {"OS": "linux"},
        {"Architecture": "amd64", "OS": "linux"},
    ]


# Mode, force, reset ----------------------------------------------------------------------------------


def test_another_mode_asks_for_a_new_service():
    result = lay(rich(), {"mode": "global"})
    assert result.recreate
    assert result.replaces_tasks
    assert result.spec["Mode"] == {"Global": {}}
    job = lay(rich(), {"mode": "replicated-job", "replicas": 4})
    assert job.spec["Mode"] == {"ReplicatedJob": {"TotalCompletions": 4, "MaxConcurrent": 4}}
    assert "UpdateConfig" not in job.spec


def of_a_stack(image="app:1", label="app:1"):
    before = rich()
    before["TaskTemplate"]["ContainerSpec"]["Image"] = image
    before["Labels"]["com.docker.stack.image"] = label
    return before


@pytest.mark.parametrize(
    ("params", "more", "label"),
    [
        ({"image": "app:2"}, {}, "app:2"),
        ({"image": "app:2"}, {"image": "app:2@sha256:" + "1" * 64}, "app:2"),
        ({"image": "app:2", "labels": {"a": "b"}}, {}, "app:2"),
        ({"image": "app:2"}, {"unspecified": "reset"}, "app:2"),
        ({"image": "app:2", "labels": {"com.docker.stack.image": "mine"}}, {}, "mine"),
        ({"image": "app:1"}, {}, "app:1"),
        ({"env": {"A": "1"}}, {}, "app:1"),
    ],
)
def test_the_image_that_a_stack_remembers_follows_the_one_that_is_written(params, more, label):
    result = lay(of_a_stack(), params, **more)
    assert result.spec["Labels"]["com.docker.stack.image"] == label
    assert not lay(result.spec, params, **more).differs


def test_the_image_that_a_stack_remembers_keeps_its_spelling_and_is_not_invented():
    assert lay(of_a_stack("app:2", "other:1"), {"image": "app:2"}).changes == ()
    anew = lay(of_a_stack("app:latest", "docker.io/library/app"), {"image": "app"}, image="app@sha256:" + "1" * 64)
    assert anew.spec["Labels"]["com.docker.stack.image"] == "docker.io/library/app"
    assert "com.docker.stack.image" not in lay(rich(), {"image": "app:2"}).spec["Labels"]


def test_options_are_checked_against_the_mode_that_the_service_has():
    before = rich()
    before["Mode"] = {"Global": {}}
    with pytest.raises(OptionError, match="replicas: 3 is not usable"):
        lay(before, {"replicas": 3})


def test_what_means_nothing_for_the_mode_that_the_service_has_is_left_out_and_said_so():
    fleet = lay(None, {"image": "nginx", "mode": "global"}).spec
    result = lay(fleet, {"placement": {"replicas_max_per_node": 2}, "max_concurrent": 1})
    assert not result.differs
    assert [text.partition(" is ignored")[0] for text in result.warnings] == [
        "max_concurrent (1)",
        "placement.replicas_max_per_node (2)",
    ]
    for replicas in (0, 1, 5):
        with pytest.raises(OptionError, match="replicas"):
            lay(fleet, {"replicas": replicas})
    job = lay(None, {"image": "nginx", "mode": "replicated-job"}).spec
    assert lay(job, {"update_config": {}, "replicas": 1}).warnings == ()


# Rows of: a dict without sub-options as Ansible hands it over, what the rich service loses by it.
EMPTIED = [
    ({"placement": {"constraints": None, "preferences": None}}, "placement", ["placement.constraints"]),
    ({"limits": {}}, "limits", ["limits.memory"]),
    ({"update_config": {}}, "update_config", ["update_config.delay", "update_config.parallelism"]),
]


@pytest.mark.parametrize(("params", "option", "gone"), EMPTIED)
def test_a_dict_without_sub_options_that_takes_something_away_is_said(params, option, gone):
    result = lay(rich(), params)
    assert sorted(options(result)) == gone
    (text,) = result.warnings
    assert text.startswith("%s is given without sub-options" % option)
    assert [name for name in gone if name not in text] == []
    assert lay(result.spec, params).warnings == ()
    assert lay(rich(), params, unspecified="reset").warnings == ()
    assert lay(None, {"image": "nginx", **params}).warnings == ()


def test_what_is_taken_away_by_its_own_name_is_not_said():
    assert lay(rich(), {"placement": {"constraints": []}, "limits": {"memory": 0}}).warnings == ()


@pytest.mark.parametrize("how", [{"params": {"force_update": True}}, {"params": {}, "force": True}])
def test_force_counts_on(how):
    params = how.pop("params")
    result = lay(rich(), params, **how)
    assert result.spec["TaskTemplate"]["ForceUpdate"] == 5
    assert result.changes == (spec.Change("force_update", 4, 5, True),)


def test_reset_takes_back_what_is_not_mentioned():
    result = lay(rich(), {"image": "nginx:1.27", "env": {"A": "1"}}, unspecified="reset")
    assert container(result)["Env"] == ["A=1"]
    assert "Mounts" not in container(result)
    assert "Networks" not in result.spec["TaskTemplate"]
    assert result.spec["Labels"] == {"swarm.rollout.revision": "7", "com.docker.stack.namespace": "shop"}
    assert result.spec["Mode"] == {"Replicated": {"Replicas": 3}}
    assert result.spec["TaskTemplate"]["ForceUpdate"] == 4
    assert container(result)["FutureThing"] == {"Deep": [1, 2]}
    assert result.spec["UpdateConfig"]["Parallelism"] == 1
    assert not lay(result.spec, {"image": "nginx:1.27", "env": {"A": "1"}}, unspecified="reset").differs


@pytest.mark.parametrize(("init", "after"), [(False, False), (True, None), (None, None)])
def test_reset_leaves_the_no_to_an_init_that_the_cli_writes(init, after):
    before = lay(None, {"image": "nginx", "init": init}).spec
    assert spec.show(lay(before, {}, unspecified="reset").spec)["init"] is after


# What has to be looked up ----------------------------------------------------------------------------


def test_nothing_is_looked_up_for_what_the_service_has():
    desired = spec.parse({"secrets": ["db", "old"], "image": "nginx"})
    needed = spec.references_needed(desired, rich())
    assert not needed
    assert spec.overlay(rich(), desired, spec.NO_REFERENCES, name="web").changes[0].option == "image"


def test_new_names_are_looked_up():
    desired = spec.parse(
        {"secrets": ["db", "tls"], "configs": ["site"], "networks": ["front"], "credential_spec": "config://account"}
    )
    needed = spec.references_needed(desired, rich())
    assert needed == spec.Needed(networks=("front", "n2", "n1"), configs=("site", "account"), secrets=("tls",))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"networks": ["nowhere"]}, 'networks: there is no network named "nowhere"'),
        ({"secrets": ["gone"]}, 'secrets: there is no secret named "gone"'),
        ({"configs": ["gone"]}, 'configs: there is no config named "gone"'),
        ({"credential_spec": "config://gone"}, 'credential_spec: there is no config named "gone"'),
    ],
)
def test_what_does_not_exist_is_said(params, message):
    with pytest.raises(MissingReference, match=message):
        lay(rich(), params)


def test_networks_may_be_named_by_id():
    assert not lay(rich(), {"networks": ["n1", {"name": "n2", "aliases": ["x", "y"]}]}).differs
    unknown = spec.overlay(
        rich(), spec.parse({"networks": ["n1", {"id": "n2", "aliases": ["x", "y"]}]}), spec.NO_REFERENCES, name="web"
    )
    assert not unknown.differs


def test_one_network_under_two_names_is_refused():
    with pytest.raises(OptionError, match="name it once"):
        lay(rich(), {"networks": ["front", "n1"]})


# What changes cost -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "replaces"),
    [
        ({"labels": {"x": "y"}}, False),
        ({"replicas": 9}, False),
        ({"update_config": {"delay": 5}}, False),
        ({"rollback_config": {"delay": 5}}, False),
        ({"placement": {"preferences": ["spread=node.labels.a"]}}, False),
        ({"placement": {"replicas_max_per_node": 2}}, False),
        ({"placement": {"constraints": ["node.role==manager"]}}, True),
        ({"container_labels": {"x": "y"}}, True),
        ({"restart_config": {"delay": "9s"}}, True),
        ({"publish": ["80:80"]}, True),
        ({"endpoint_mode": "dnsrr"}, True),
        ({"logging": {"driver": "none"}}, True),
    ],
)
def test_what_replaces_tasks(params, replaces):
    result = lay(rich(), params)
    assert result.differs
    assert result.replaces_tasks is replaces


def test_the_arguments_stay_as_they_are():
    before, desired = rich(), spec.parse(EVERYTHING)
    values = copy.deepcopy(dict(desired.values))
    spec.overlay(before, desired, REFS, name="web")
    assert before == rich()
    assert desired.values == values
