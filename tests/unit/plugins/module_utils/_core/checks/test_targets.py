# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where tasks are asked: at their nodes, or in their networks."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.targets import (
    NETWORK,
    NODE,
    NoAddress,
    Target,
    refuse_outside,
    service_target,
    task_targets,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Attachment, Node, Task
from ansible_collections.swarm.rollout.tests.unit.plugins.module_utils._core.checks.paper import check, node, task

PUBLISHED = {"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "host"}
OTHER = {"Protocol": "tcp", "TargetPort": 81, "PublishedPort": 32768, "PublishMode": "host"}
UDP = {"Protocol": "udp", "TargetPort": 80, "PublishedPort": 8053, "PublishMode": "host"}
INSIDE = Attachment("overlay", "10.0.1.5/24")


def only(asked: Task, *nodes: Node, url: str = "/health", **options: Any) -> Target:
    settings = check("http", url=url, target="tasks", **options)[1]
    (found,) = task_targets(settings, [asked], nodes or (node(),), "vote")
    return found


def test_a_port_published_in_host_mode_is_asked_at_the_node() -> None:
    found = only(task(2, ports=(PUBLISHED, UDP), attachments=(INSIDE,)))
    assert (found.url, found.address, found.reach) == ("http://10.213.0.11:8080/health", "10.213.0.11:8080", NODE)
    assert found.label == "vote.2 on host-n1"
    assert found.headers == {}


def test_the_port_says_which_of_several() -> None:
    both = task(1, ports=(PUBLISHED, OTHER))
    assert only(both, port=81).address == "10.213.0.11:32768"
    assert only(both, url="http://vote:80/").address == "10.213.0.11:8080"
    assert only(both, url="http://vote:8080/").address == "10.213.0.11:8080"
    with pytest.raises(NoAddress, match=r"several ports \(80, 81\): say with port"):
        only(both)


def test_a_task_in_a_network_is_asked_there() -> None:
    inside = task(1, attachments=(INSIDE, Attachment("overlay", "10.0.2.5/24")))
    assert (only(inside).address, only(inside).reach) == ("10.0.1.5:80", NETWORK)
    assert only(inside, url="https://vote/").url == "https://10.0.1.5:443/"
    assert only(inside, port=3000).address == "10.0.1.5:3000"
    assert only(task(1, ports=(OTHER,), attachments=(INSIDE,)), port=80).address == "10.0.1.5:80"
    assert only(task(1, attachments=(Attachment("overlay", "fd00::5/64"),))).url == "http://[fd00::5]:80/health"


def test_a_task_on_the_network_of_its_node_is_asked_at_the_node() -> None:
    found = only(task(1, attachments=(Attachment("host", ""),)), port=9000)
    assert (found.address, found.reach) == ("10.213.0.11:9000", NODE)


def test_a_task_without_any_address_says_what_to_do() -> None:
    with pytest.raises(NoAddress, match="publish port 80 in host mode, or attach"):
        only(task(1), port=80)


def test_the_name_in_the_url_goes_along() -> None:
    published = task(1, ports=(PUBLISHED,))
    found = only(published, url="http://vote.example.org/a?b=c", headers={"A": "b"})
    assert found.url == "http://10.213.0.11:8080/a?b=c"
    assert found.headers == {"A": "b", "Host": "vote.example.org"}
    assert only(published, url="http://vote.example.org/", headers={"host": "x"}).headers == {"host": "x"}


def test_global_tasks_are_named_by_their_node() -> None:
    assert only(task(0, ports=(PUBLISHED,))).label == "vote on host-n1"


def test_a_manager_that_does_not_know_its_own_address_is_known_to_the_others() -> None:
    leader = node(address="0.0.0.0", ManagerStatus={"Addr": "[fd00::1]:2377"})
    assert only(task(1, ports=(PUBLISHED,)), leader).address == "[fd00::1]:8080"


def test_the_service_is_asked_as_given() -> None:
    found = service_target(check("http", url="http://bob:s3cret@vote:81/x", headers={"A": "b"})[1])
    assert (found.url, found.address, found.headers) == ("http://bob:s3cret@vote:81/x", "vote:81", {"A": "b"})


@pytest.mark.parametrize(
    ("attachment", "own", "refused"),
    [
        (INSIDE, "10.0.1.77", False),
        (INSIDE, "192.0.2.2", True),
        (INSIDE, "10.0.2.77", True),
        (INSIDE, "", True),
        (INSIDE, "fd00::1", True),
        (Attachment("overlay", "fd00::5/64"), "fd00::77", False),
        (Attachment("macvlan", "198.51.100.5/24"), "192.0.2.2", False),
    ],
)
def test_who_is_not_in_an_overlay_network_does_not_ask_there(attachment: Attachment, own: str, refused: bool) -> None:
    found = only(task(1, attachments=(attachment,)))
    asked = []

    def source(address: str) -> str:
        asked.append(address)
        return own

    if refused:
        with pytest.raises(NoAddress, match=r"10\.0\.1\.5:80 is not asked, .* network 10\.0\.1\.0/24: publish"):
            refuse_outside([found], source)
    else:
        refuse_outside([found], source)
    # Of other networks it does not matter from where.
    assert asked == ([attachment.address.split("/")[0]] if attachment.driver == "overlay" else [])


def test_a_task_at_its_node_is_asked_from_everywhere() -> None:
    def source(address: str) -> str:
        raise AssertionError("it does not matter from where")

    asked = only(task(1, ports=(PUBLISHED,), attachments=(INSIDE,)))
    assert asked.reach == NODE
    refuse_outside([asked], source)


def test_what_the_engine_says_of_networks() -> None:
    mesh = {"Network": {"Spec": {"Name": "ingress", "Ingress": True}}, "Addresses": ["10.0.0.9/24"]}
    own = {"Network": {"Spec": {"Name": "x"}, "DriverState": {"Name": "overlay"}}, "Addresses": ["10.0.3.3/24"]}
    host = {"Network": {"Spec": {"Name": "host"}, "DriverState": {"Name": "host"}}}
    found = Task.of({"ID": "t", "NetworksAttachments": [mesh, own]})
    assert found.attachments == (Attachment("overlay", "10.0.3.3/24"),)
    assert Task.of({"ID": "t", "NetworksAttachments": [host]}).attachments == (Attachment("host", ""),)
    assert Task.of({"ID": "t", "NetworksAttachments": None}).attachments == ()
