# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A secret may be a common word: results stay usable, and it is hidden where it is a secret and where others say it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils import _sink
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import EngineError
from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import VARIABLE
from ansible_collections.swarm.rollout.plugins.modules import swarm_service, webhook
from tests.arguments import INVOCATION
from tests.unit.conftest import RunModule
from tests.unit.hostile import desk
from tests.unit.hostile.desk import Ended, StockedSwarm, on_paper

# Nobody writes this by accident.
RARE = "yellowcanary4711"
MASK = "********"
# Name of the service and of its image, an image, outcomes, states, choices, numbers, times, what a node is called.
COMMON = (
    *("vote", "vote:2", "ote:", "completed", "paused", "rolled_back", "release", "running", "pause", "stop-first"),
    *("failed", "node", "1000", "2027", "5000000000", "True", "before", "shop"),
)
FEW = ("vote", "vote:2", "completed", "pause", "1000", "2027", "True")


def run(module: str, options: dict[str, Any], check: bool = False) -> Ended:
    """Run a module that returns its options as well."""
    return desk.run(module, {**options, **INVOCATION}, check)


class Swarm(StockedSwarm):
    """One whose nodes and containers say what they are given to say."""

    def __init__(self) -> None:
        super().__init__()
        self.error = "task: non-zero exit (3)"
        self.log = "no database"

    def _task(self, raw: dict[str, Any], slot: int, state: str, desired: str) -> dict[str, Any]:
        found = super()._task(raw, slot, state, desired)
        if state == "failed":
            found["Status"].update(Err=self.error, ContainerStatus={"ContainerID": "c1", "ExitCode": 3})
        return found

    def get_list(self, path: str, query: Any = None) -> list[Any]:
        found = super().get_list(path, query)
        return copy.deepcopy(list(self.configs.values())) if path == "/configs" and query is None else found

    def raw(self, *given: Any) -> bytes:
        return self.log.encode("utf-8")


def service(image: str, secret: str, **more: Any) -> dict[str, Any]:
    """Options of a service with a secret."""
    return {
        "name": "vote",
        "image": image,
        "resolve_image": "false",
        "env": {"VOTE_PASSWORD": secret, "COLOUR": "blue"},
        "args": ["--token", secret, "--colour=blue"],
        "update_config": {"delay": "1000s"},
        **more,
    }


def story(secret: str) -> list[Ended]:
    """All kinds of results about one service, and about a release that it is in."""
    swarm, found = Swarm(), []
    swarm.dies.add("vote:3")

    def go(module: str, check: bool = False, **options: Any) -> None:
        found.append(run(module, options, check))

    def release(number: int) -> dict[str, Any]:
        return {
            "name": "shop",
            "parallel": 1,
            "services": [service("vote:%d" % number, secret), {"name": "gone", "state": "absent"}],
        }

    with on_paper(swarm):
        go("swarm_service", **service("vote:1", secret, replicas=2))
        go("swarm_service", **service("vote:2", secret), check=True)
        go("swarm_service", **service("vote:2", secret), change_cause="the second")
        go("swarm_service", **service("vote:2", secret), change_cause="the second")
        go("swarm_service", **service("vote:3", secret))
        go("swarm_service_rollback", name="vote", check=True)
        go("swarm_service_rollback", name="vote", to_image=found[2].result["rollout"]["to_image"])
        go("swarm_service_info", name=["vote"], history=True, readiness=True)
        go("swarm_service_info", name=["vote"], plan=service("vote:3", secret))
        go("swarm_rollout", name="vote", state="paused")
        go("swarm_release", **release(1), check=True)
        go("swarm_release", **release(1))
        go("swarm_release", **release(3))
        go("swarm_service_info", releases=True)
        go("swarm_service", name="vote", state="absent", env={"VOTE_PASSWORD": secret})
    return found


def plain(ended: Ended) -> Any:
    """A result without what stands for the specification as a whole, secrets included, and so differs with them."""
    result = copy.deepcopy(ended.result)
    result.pop("invocation", None)
    plans = [result.get("plan"), *((result.get("plan") or {}).get("waves") or ())]
    for plan in (*plans, *(one for wave in plans[1:] for one in wave["services"])):
        if isinstance(plan, dict):
            plan.pop("id", None)
    return result


@pytest.fixture(scope="module")
def usual() -> list[Ended]:
    """The results where the secret is one that nobody else would say."""
    found = story(RARE)
    assert RARE not in "".join(ended.text for ended in found)
    return found


def test_the_story_has_every_kind_of_result(usual: list[Ended]) -> None:
    outcomes = [(ended.result.get("rollout") or ended.result.get("release") or {}).get("outcome") for ended in usual]
    assert outcomes == [
        *("completed", "planned", "completed", "unchanged", "paused", "planned", "completed", None, None, "unchanged"),
        *("planned", "completed", "rolled_back", None, "completed"),
    ]
    assert usual[1].result["plan"]["id"]
    assert usual[5].result["target"]["image"] == "vote:2"
    assert usual[7].result["services"][0]["slots"]
    assert usual[13].result["releases"]


@pytest.mark.parametrize("secret", COMMON)
def test_a_result_is_the_same_whatever_the_secret_is(usual: list[Ended], secret: str) -> None:
    found = story(secret)
    assert [ended.status for ended in found] == [ended.status for ended in usual]
    for ended, expected in zip(found, usual):
        assert plain(ended) == plain(expected)


@pytest.mark.parametrize("secret", FEW)
def test_it_is_hidden_where_it_is_a_secret(secret: str) -> None:
    swarm = Swarm()
    beside = {"DATABASE": "login %s" % secret, "URL": "postgres://app:%s@db/app" % secret}
    options = service(
        "vote:1",
        secret,
        env={"VOTE_PASSWORD": secret, **beside},
        command=["serve", "--banner", "<%s>" % secret],
        labels={"note": secret},
        logging={"driver": "syslog", "options": {"tag": secret}},
        healthcheck={"test": ["CMD", "check", secret]},
    )
    caused = {**options, "change_cause": "so that %s is known" % secret}
    with on_paper(swarm):
        planned = run("swarm_service", options, check=True).result
        done = run("swarm_service", caused).result
        asked = run("swarm_service_info", {"name": ["vote"], "plan": {**options, "hostname": "other"}}).result
    given = done["invocation"]["module_args"]
    given_there = asked["invocation"]["module_args"]["plan"]
    for shown in (planned["swarm_service"], done["swarm_service"], planned["diff"]["after"], given, given_there):
        assert shown["env"] == {
            "VOTE_PASSWORD": MASK,
            "DATABASE": "login " + MASK,
            "URL": "postgres://app:%s@db/app" % MASK,
        }
        assert shown["labels"] == {"note": MASK}
        assert shown["args"] == ["--token", MASK, "--colour=blue"]
        assert shown["command"] == ["serve", "--banner", "<%s>" % MASK]
        assert shown["logging"] == {"driver": "syslog", "options": {"tag": MASK}}
        assert shown["healthcheck"]["test"][-1] == MASK
        assert shown["image"] == "vote:1"
    assert given["change_cause"] == "so that %s is known" % MASK
    changes = {one["option"]: one["after"] for one in planned["plan"]["changes"]}
    assert changes["env"]["DATABASE"] == "login " + MASK
    assert changes["labels"] == {"note": MASK}
    assert done["swarm_service"]["log_driver_options"] == {"tag": MASK}


# A word that is in no dictionary of ours, one of it, and the name of the service.
@pytest.mark.parametrize("secret", [RARE, "marmalade", "vote", "rollout"])
@pytest.mark.parametrize("named", [True, False], ids=["in the task", "in the service only"])
def test_it_is_hidden_in_what_nodes_and_containers_say(secret: str, named: bool) -> None:
    swarm = Swarm()
    swarm.dies.add("vote:2")
    swarm.error = 'exec: "%s": not found' % secret
    swarm.log = "start\nlogin with %s failed" % secret
    options = service("vote:1", secret)
    later = {**options, "image": "vote:2"} if named else {"name": "vote", "image": "vote:2", "resolve_image": "false"}
    with on_paper(swarm):
        run("swarm_service", options)
        failed = run("swarm_service", later)
        (found,) = run("swarm_service_info", {"name": ["vote"]}).result["services"]
    (failure,) = failed.result["rollout"]["failures"]
    assert failure["error"] == 'exec: "%s": not found' % MASK
    assert failure["log"] == ["start", "login with %s failed" % MASK]
    assert (
        'task vote.1 (task2) on node one failed with exit code 3: "exec: "%s": not found", its last words: start | '
        "login with %s failed" % (MASK, MASK)
    ) in failed.message
    assert failed.message.startswith("vote: paused after 0.0 s (vote:1 to vote:2), ")
    assert [slot["last_error"] for slot in found["slots"] if slot["last_error"]] == [failure["error"]]
    if secret in (RARE, "marmalade"):
        assert secret not in failed.text


@pytest.mark.parametrize("secret", [RARE, "marmalade", "shop"])
def test_it_is_recorded_with_no_release(secret: str) -> None:
    swarm = Swarm()
    swarm.dies.add("vote:2")
    swarm.log = "login with %s failed" % secret
    with on_paper(swarm):
        for number in (1, 2):
            entry = service("vote:%d" % number, secret)
            ended = run("swarm_release", {"name": "shop", "parallel": 1, "services": [entry]})
        listed = run("swarm_service_info", {"releases": True})
    reasons = [one.reason for one in swarm.records()]
    assert "login with %s failed" % MASK in reasons[-1]
    assert "login with %s failed" % MASK in ended.message
    assert reasons[-1] == listed.result["releases"][0]["history"][0]["reason"]
    if secret != "shop":
        assert secret not in ended.text + listed.text + "".join(reasons)


@pytest.mark.parametrize(("secret", "cause"), [(RARE, "use %s now" % MASK), ("vote", "use vote now")])
def test_a_cause_that_is_recorded_loses_what_is_no_word(secret: str, cause: str) -> None:
    swarm = Swarm()
    with on_paper(swarm):
        run("swarm_service", service("vote:1", secret, change_cause="use %s now" % secret))
        (found,) = run("swarm_service_info", {"name": ["vote"], "history": True}).result["services"]
    assert [one["cause"] for one in found["history"]] == [cause]


@pytest.mark.parametrize("secret", ["vote", "vote:2", "ote:"])
def test_a_rollback_that_is_given_the_image_of_a_result_goes_back(secret: str) -> None:
    swarm = Swarm()
    with on_paper(swarm):
        for number in (1, 2):
            done = run("swarm_service", service("vote:%d" % number, secret)).result["rollout"]
        back = run("swarm_service_rollback", {"name": "vote", "from_image": done["to_image"]}).result
        assert (done["from_image"], done["to_image"]) == ("vote:1", "vote:2")
        assert (back["rollout"]["outcome"], swarm.images()) == ("completed", {"vote": "vote:1"})
        again = run("swarm_service_rollback", {"name": "vote", "to_image": done["to_image"]}).result
    assert (again["rollout"]["outcome"], swarm.images()) == ("completed", {"vote": "vote:2"})


@pytest.mark.parametrize("secret", FEW)
def test_so_it_is_with_a_login(usual: list[Ended], secret: str) -> None:
    swarm = Swarm()
    login = {"username": "bob", "password": secret}
    with on_paper(swarm):
        ended = run("swarm_service", service("vote:1", RARE, registry_auth=login, replicas=2))
    assert ended.result["invocation"]["module_args"]["registry_auth"] == {
        "username": "bob",
        "password": MASK,
        "identity_token": None,
    }
    assert plain(ended) == plain(usual[0])


def test_a_login_that_is_no_word_is_said_nowhere() -> None:
    swarm = Swarm()
    swarm.dies.add("vote:1")
    swarm.error = "denied: %s" % RARE
    with on_paper(swarm):
        ended = run("swarm_service", service("vote:1", "vote", registry_auth={"identity_token": RARE}))
    assert ended.result["rollout"]["failures"][0]["error"] == "denied: " + MASK
    assert RARE not in ended.text


@pytest.mark.parametrize("secret", [RARE, "marmalade", "vote"])
def test_so_it_is_with_an_error_of_ours(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    swarm = Swarm()

    def crash(*given: Any) -> None:
        raise ZeroDivisionError("with " + secret)

    monkeypatch.setattr(swarm, "get_list", crash)
    with on_paper(swarm):
        ended = run("swarm_service", {**service("vote:1", secret), "_ansible_verbosity": 3})
    assert ended.result["error_kind"] == "bug"
    assert secret not in ended.result.get("exception", "")
    assert (secret in ended.text) == (secret == "vote")


def test_a_refusal_keeps_its_words() -> None:
    swarm = Swarm()
    swarm.faults["POST", "/services/create"] = [EngineError("memory refused POST /services/create: no", 500, "no")]
    with on_paper(swarm):
        ended = run("swarm_service", service("vote:1", "services"))
    assert ended.message == "memory refused POST /services/create: no"


@pytest.mark.parametrize("secret", ["204", "example", "hooks.example.org", "check", "false", "sent"])
@pytest.mark.parametrize("option", ["headers", "body"])
def test_so_it_is_with_a_webhook(run_module: RunModule, option: str, secret: str) -> None:
    options = {"url": "https://hooks.example.org/T0/example", "body": {}, "headers": {}, option: {"X-Token": secret}}
    ended = run_module(webhook.main, check=True, **options)
    assert (ended.result["host"], ended.result["status"], ended.result["taken"]) == ("hooks.example.org", 0, False)
    assert ended.result["msg"] == "hooks.example.org: nothing is sent in check mode"
    given = ended.result["invocation"]["module_args"]
    assert (given["url"], given["headers"]) == (MASK, MASK)
    assert given["body"] == ({"X-Token": MASK} if option == "body" else {})


def test_a_login_beside_a_mistake_is_said_nowhere(run_module: RunModule) -> None:
    options = {"name": RARE, "state": RARE, "registry_auth": {"username": "bob", "password": RARE}}
    ended = run_module(swarm_service.main, **options)
    assert ended.failed
    assert RARE not in ended.printed


@pytest.mark.parametrize("secret", ["vote", "running"])
def test_live_progress_keeps_names_and_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, secret: str) -> None:
    heard: list[str] = []
    monkeypatch.setenv(VARIABLE, "file:%s" % (tmp_path / "lines"))
    monkeypatch.setattr(_sink.os, "write", lambda _file, line: heard.append(line.decode("ascii")))
    swarm = Swarm()
    with on_paper(swarm):
        run("swarm_service", service("vote:1", secret))
    assert any('"vote: 1 of 1 running"' in line for line in heard), heard
