# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing that is secret comes out anywhere: a word for each place that may hold one, looked for everywhere."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.integration.runbooks.books import Books, Ear

# What the specification of the service has to hold, and with it the cluster and its record of the specification.
SPEC = {
    "env": "yellow-env-4711",
    "number": "94839201117",
    "key": "yellow-key-4711",
    "url": "yellow-url-4711",
    "args": "yellow-args-4711",
    "container label": "yellow-clabel-4711",
    "label": "yellow-label-4711",
}
# What is used once and kept nowhere.
ONCE = {
    "registry": "yellow-registry-4711",
    "check URL": "yellow-check-4711",
    "check header": "yellow-header-4711",
    "check command": "yellow-command-4711",
    "availability URL": "yellow-availability-4711",
    "webhook path": "yellow-hook-4711",
    "webhook header": "yellow-hookheader-4711",
    "hook variable": "yellow-hookvar-4711",
    "cause": "yellow-cause-4711",
    "config": "yellow-config-4711",
    "secret": "yellow-secret-4711",
}
OPTIONS: dict[str, Any] = {
    "resolve_image": "false",
    "update_config": {"monitor": "1s", "parallelism": 0, "order": "start-first"},
    "env": {
        "DB_PASSWORD": SPEC["env"],
        "PIN_TOKEN": int(SPEC["number"]),
        "TLS_PRIVATE_KEY": f"-----BEGIN PRIVATE KEY-----\n{SPEC['key']}\n-----END PRIVATE KEY-----\n",
        "URL": f"postgres://u:{SPEC['url']}@db/x",
    },
    "args": [f"--password={SPEC['args']}"],
    "container_labels": {"api.token": SPEC["container label"]},
    "labels": {"deploy.secret": SPEC["label"]},
    "registry_auth": {"username": "bob", "password": ONCE["registry"]},
}


def checks(url: str) -> list[Any]:
    """One that says much and passes, and one that says much and fails."""
    asked = url.replace("http://", f"http://u:{ONCE['check URL']}@")
    headers = {"Authorization": f"Bearer {ONCE['check header']}"}
    return [
        {"command": {"argv": ["true"], "env": {"API_TOKEN": ONCE["check command"]}, "timeout": "5s"}},
        {"http": {"url": asked, "headers": headers, "samples": 2, "timeout": "1s", "interval": "10ms"}},
    ]


def leaks(text: str, words: dict[str, str]) -> list[str]:
    """Which of the words stand there, in the plain or in base64."""
    found = {name for name, word in words.items() if word in text}
    return sorted(
        found | {name for name, word in words.items() if base64.b64encode(word.encode()).decode()[:-4] in text}
    )


def files(*folders: Path) -> dict[str, str]:
    """The content of all files below."""
    return {
        str(path): path.read_text(encoding="utf-8", errors="replace")
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }


def record(config: dict[str, Any]) -> dict[str, Any]:
    """A config of the collection, readable, without the specification that it records."""
    data = base64.b64decode(config["Spec"].get("Data") or "")
    with_spec = data if data[:1] in (b"{", b"K") else zlib.decompress(data)
    told = json.loads(with_spec) if with_spec.startswith(b"{") else {"text": with_spec.decode()}
    told.pop("spec", None)
    return {**told, "labels": config["Spec"]["Labels"], "name": config["Spec"]["Name"]}


@pytest.mark.parametrize(("way", "status"), [("local", 200), ("packed", 503)])
def test_a_secret_word_comes_out_nowhere(stage: Books, way: str, status: int):
    """On this host and it goes well; on another one, where the module is sent to, and it goes back."""
    stage.have("web:1", 1)
    engine = stage.cluster.engine
    for kind in ("config", "secret"):
        data = base64.b64encode(ONCE[kind].encode()).decode()
        engine.post(f"/{kind}s/create", {"Name": f"{stage.name}-{kind}", "Data": data, "Labels": {}})
    options = {**OPTIONS, "configs": [f"{stage.name}-config"], "secrets": [f"{stage.name}-secret"]}
    temporary = stage.folder / "tmp"
    temporary.mkdir()
    stage.environment = {
        "ANSIBLE_REMOTE_TMP": str(temporary),
        "ANSIBLE_LOCAL_TEMP": str(temporary),
        "TMPDIR": str(temporary),
    }
    if way == "packed":
        inventory = stage.folder / "hosts"
        inventory.write_text(f"away ansible_connection=local ansible_remote_tmp={temporary}\n", encoding="utf-8")
        stage.inventory = str(inventory)
    stage.write("hook.yml", "{ansible.builtin.debug: {msg: 'hooked'}}")
    secrets = stage.folder / "vars.json"
    with Ear() as ear:
        secrets.write_text(
            json.dumps(
                {
                    "rollout_options": options,
                    "rollout_checks": checks(ear.url(f"/{status}/")),
                    "rollout_steps": ["100%"],
                    "rollout_verify_checks": checks(ear.url(f"/{status}/")),
                    "rollout_change_cause": f"rotated password={ONCE['cause']}",
                    "rollout_hooks": {"pre_apply": "hook.yml", "on_failure": "hook.yml"},
                    "hook_token": ONCE["hook variable"],
                    "rollout_report_dir": str(stage.folder / "reports"),
                    "rollout_notify": [
                        {
                            "url": ear.url(f"/200/{ONCE['webhook path']}"),
                            "headers": {"X-Token": ONCE["webhook header"]},
                        },
                        {"url": ear.url(f"/500/{ONCE['webhook path']}"), "format": "slack"},
                    ],
                }
            ),
            encoding="utf-8",
        )
        named = {"rollout_service": stage.name, "rollout_image": "web:2"}
        ran = stage.play("rollout", "-vvvv", "-e", f"@{secrets}", "--diff", **named)
        assert (ran.status == 0) == (status == 200), ran.output[-3000:]
        bodies = json.dumps([body for _path, _headers, body in ear.heard])
        assert ear.at(f"/200/{ONCE['webhook path']}"), ran.output[-3000:]
    everything = {**SPEC, **ONCE}
    assert leaks(ran.output, everything) == []
    assert leaks(bodies, everything) == []
    secrets.unlink()
    for path in (stage.folder / "reports").iterdir():
        assert path.stat().st_mode & 0o777 == 0o640, "a report is not for everybody"
    assert (stage.folder / "reports").stat().st_mode & 0o777 == 0o750
    written = files(stage.folder)
    assert any(name.endswith(".html") for name in written)
    assert {name: leaks(text, everything) for name, text in written.items() if leaks(text, everything)} == {}
    spec = str(stage.cluster.service(stage.name)["Spec"])
    if status == 200:
        assert leaks(spec, SPEC) == sorted(SPEC), "it has to be there, or the test looks for nothing"
    assert leaks(spec, ONCE) == []
    configs = [
        one for one in engine.get("/configs") if one["Spec"]["Name"].startswith(f"swarm-rollout.{stage.name[:20]}")
    ]
    assert configs
    for config in configs:
        assert leaks(json.dumps(record(config)), everything) == []


ENV = {"DB_PASSWORD": "{}"}
# What is refused, where a password may stand in it or beside it, and what is said of it.
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "address": ({"docker_hosts": "tcp://u:{}@127.0.0.1:9"}, "it holds a password; use certificates or SSH keys"),
    "image": ({"rollout_image": "https://u:{}@registry.example.org/web:2"}, "write an image such as"),
    "check": ({"rollout_checks": [{"http": {"url": "ftp://u:{}@example.org/"}}]}, "write a URL that begins with http"),
    "endpoint": ({"rollout_notify": "ftp://u:{}@example.org/"}, "url has to begin with http"),
    "availability": ({"rollout_availability": {"url": "http://u:{}@"}}, "write a URL with a host"),
    "misspelt option": ({"rollout_options": {"replicass": 3, "env": ENV}}, "replicass"),
    "misspelt env": ({"rollout_options": {"envv": ENV}}, "envv"),
    "wrong type": ({"rollout_options": {"replicas": "three", "env": ENV}}, "write a whole number, not another text"),
    "wrong choice": ({"rollout_options": {"endpoint_mode": "both", "env": ENV}}, "write one of vip, dnsrr"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refusal_does_not_repeat_it(stage: Books, what: str):
    stage.have("web:1", 1)
    word = "yellow-refused-4711"
    options, said = REFUSED[what]
    given = {
        "rollout_service": stage.name,
        "rollout_image": "web:2",
        "rollout_steps": ["100%"],
        **json.loads(json.dumps(options).replace("{}", word)),
    }
    (stage.folder / "vars.json").write_text(json.dumps(given), encoding="utf-8")
    ran = stage.play("rollout", "-vvvv", "-e", f"@{stage.folder / 'vars.json'}")
    assert ran.status != 0, ran.output[-2000:]
    assert said in ran.output, ran.output[-2000:]
    assert leaks(ran.output, {what: word}) == []
    assert stage.serving() == {"web:1": 1}
