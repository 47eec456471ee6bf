# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that hold a secret word, in every place and form that may hold one, for every module."""

from __future__ import annotations

import json
from typing import Any, Callable, Mapping

from ansible_collections.swarm.rollout.plugins.modules import (
    swarm_release,
    swarm_rollout,
    swarm_service,
    swarm_service_info,
    swarm_service_rollback,
    webhook,
)

# Letters and digits only: it is the same however the text around it is quoted, escaped or cut.
CANARY = "yellowcanary4711"
# What it stands in. The number is looked for as well.
NUMBER = 94839201117
SECRETS: dict[str, str] = {
    "plain": CANARY,
    "PEM": "-----BEGIN PRIVATE KEY-----\nMIIEvQ%s\n-----END PRIVATE KEY-----\n" % CANARY,
    "backslash": "C:\\new\\" + CANARY,
    "tab": "a\t" + CANARY,
    "both quotes": 'it\'s "%s"' % CANARY,
    "blanks": "correct horse %s" % CANARY,
}

MAINS: dict[str, Callable[[], None]] = {
    "swarm_service": swarm_service.main,
    "swarm_service_rollback": swarm_service_rollback.main,
    "swarm_service_info": swarm_service_info.main,
    "swarm_rollout": swarm_rollout.main,
    "swarm_release": swarm_release.main,
    "webhook": webhook.main,
}
NOWHERE = "unix:///nowhere.sock"


def service_places(secret: str) -> dict[str, dict[str, Any]]:
    """Options of a service, by what the secret stands in. All can be read."""
    packed = json.dumps(secret)
    return {
        "env": {"env": {"DB_PASSWORD": secret}},
        "env as list": {"env": ["DB_PASSWORD=" + secret]},
        "env as text": {"env": "FOO=1,SIGNING_KEY=" + secret},
        "env as JSON": {"env": '{"SIGNING_KEY": %s}' % packed},
        "number in env": {"env": {"PIN_TOKEN": NUMBER}},
        "args": {"args": ["--password", secret]},
        "args with equals": {"args": ["--signing-key=" + secret]},
        "command": {"command": ["serve", "--password", secret]},
        "labels": {"labels": {"deploy.secret": secret}},
        "labels as JSON": {"labels": '{"deploy.key": %s}' % packed},
        "container_labels": {"container_labels": {"api.token": secret}},
        "logging": {"logging": {"driver": "splunk", "options": {"splunk-token": secret}}},
        "logging as JSON": {"logging": {"driver": "splunk", "options": '{"splunk-token": %s}' % packed}},
        "healthcheck": {"healthcheck": {"test": ["CMD", "look", "--password", secret]}},
        "mounts": {"mounts": [{"target": "/d", "volume_options": {"driver_options": {"password": secret}}}]},
        "networks": {"networks": [{"name": "front", "options": {"api_key": secret}}]},
        "registry_auth": login(secret),
        "registry_auth as JSON": {"registry_auth": '{"username": "bob", "password": %s}' % packed},
        "checks": {"checks": check("http", {"url": "http://a/", "headers": {"Authorization": secret}})},
        "command of a check": {"checks": check("command", {"argv": ["look", "--token", secret]})},
        "env of a check": {"checks": check("command", {"argv": ["look"], "env": {"API_TOKEN": secret}})},
    }


def login(secret: str) -> dict[str, Any]:
    return {"registry_auth": {"username": "bob", "password": secret}}


def check(kind: str, options: Mapping[str, Any]) -> list[Any]:
    return [{kind: dict(options)}]


# Forms that only hold a word.
WORDS: dict[str, dict[str, Any]] = {
    "command as text": {"command": "serve --password " + CANARY},
    "URL in env": {"env": {"DATABASE": "postgres://shop:%s@db/shop" % CANARY}},
    "URL of a check": {"checks": check("http", {"url": "http://u:%s@a/" % CANARY})},
    "cmd of a check": {"checks": check("command", {"cmd": "look --password " + CANARY})},
    "availability": {"availability": {"url": "http://u:%s@a/" % CANARY}},
    "registry_auth as text": {"registry_auth": "username=bob,password=" + CANARY},
    "change_cause": {"change_cause": "rotated password=" + CANARY},
}


def every_service_place() -> dict[str, dict[str, Any]]:
    """All places of a service, with all secrets."""
    found = {
        "%s: %s" % (place, kind): options
        for kind, secret in SECRETS.items()
        for place, options in service_places(secret).items()
    }
    return {**found, **WORDS}


def bundles(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same in few rows: options that go together stand together."""
    found: list[dict[str, Any]] = []
    for options in rows.values():
        for bundle in found:
            if not set(options) & set(bundle):
                bundle.update(options)
                break
        else:
            found.append(dict(options))
    return {str(number): bundle for number, bundle in enumerate(found, start=1)}


def within(module: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a service as that module takes them."""
    connection = {"docker_host": NOWHERE}
    if module == "swarm_service":
        return {"name": "web", **connection, **options}
    if module == "swarm_release":
        return {"name": "shop", "services": [{"name": "web", **options}], **connection}
    plan = {key: value for key, value in options.items() if key not in ("availability", "registry_auth")}
    return {"name": ["web"], "plan": plan, **connection}


def other_places(module: str) -> dict[str, dict[str, Any]]:
    """Options of a module that takes none of a service."""
    url = "http://u:%s@a/" % CANARY
    if module == "swarm_service_rollback":
        return {
            "availability": {"name": "web", "to": "1", "availability": {"url": url}},
            "actor": {"name": "web", "to": "1", "actor": {"git_token": CANARY}},
            **{
                "registry_auth, %s" % kind: {"name": "web", "to": "1", **login(secret)}
                for kind, secret in SECRETS.items()
            },
            "registry_auth as text": {"name": "web", "to": "1", **WORDS["registry_auth as text"]},
        }
    if module == "swarm_rollout":
        base = {"name": "web", "state": "verified"}
        return {
            place: {**base, **options}
            for place, options in {**service_places(CANARY), **WORDS}.items()
            if set(options) <= {"checks", "availability", "change_cause"}
        }
    hook = {"url": "https://hooks.example.org/T0/1", "body": {"text": "done"}}
    return {
        "url": {**hook, "url": "https://hooks.example.org/T0/" + CANARY},
        "headers": {**hook, "headers": {"X-Token": CANARY}},
        "headers as text": {**hook, "headers": '{"X-Token": "%s"}' % CANARY},
        "PEM in body": {**hook, "body": {"token": SECRETS["PEM"]}},
        "body as text": {**hook, "body": '{"token": "%s"}' % CANARY},
    }


WITH_SERVICES = ("swarm_service", "swarm_release", "swarm_service_info")


def places(module: str) -> dict[str, dict[str, Any]]:
    """All options of a module that hold a secret, by what it stands in; each is right by itself."""
    if module not in WITH_SERVICES:
        return other_places(module)
    rows = every_service_place()
    several = rows if module == "swarm_service" else bundles(rows)
    found = {place: within(module, options) for place, options in several.items()}
    return {**found, "docker_host": {**within(module, {}), "docker_host": "tcp://u:%s@h:1" % CANARY}}


def few_places(module: str) -> dict[str, dict[str, Any]]:
    """The same in as few rows as possible, for what looks into none of them."""
    if module not in WITH_SERVICES:
        return other_places(module)
    rows = {**bundles({**service_places(CANARY), **WORDS}), "PEM": bundles(service_places(SECRETS["PEM"]))["1"]}
    return {place: within(module, options) for place, options in rows.items()}


def mistakes(module: str) -> dict[str, dict[str, Any]]:
    """What makes options wrong before anybody has looked at them; None takes one away."""
    found: dict[str, dict[str, Any]] = {
        "unknown option": {"replicass": 3},
        "no number": {"timeout": "soon"},
        "no truth value": {"validate_certs": "perhaps"},
        "required option": {"body" if module == "webhook" else "name": None},
    }
    if module == "webhook":
        return found
    found["required together"] = {"client_cert": "/cert.pem"}
    more: dict[str, dict[str, Any]] = {
        "swarm_service": {
            "choice": {"state": "here"},
            "number in options": {"limits": {"cpus": "many"}},
            "choice in options": {"restart_config": {"condition": "often"}},
            "unknown in options": {"limits": {"memoryy": "1G"}},
            "no dict": {"limits": 5},
        },
        "swarm_service_rollback": {"choice": {"rollback_config": {"order": "any"}}, "exclusive": {"to_image": "a:1"}},
        "swarm_service_info": {"no dict": {"plan": 5}},
        "swarm_rollout": {"choice": {"state": "here"}, "exclusive": {"checks": [{"tasks": {}, "http": {}}]}},
        "swarm_release": {"choice": {"on_failure": "cry"}, "exclusive": {"to": "previous"}},
    }
    if module == "swarm_service_info":
        del found["required option"]
    return {**found, **more[module]}


# What is wrong inside of an option that holds options of services.
ENTRY_MISTAKES: dict[str, dict[str, Any]] = {
    "unknown option": {"replicass": 3},
    "no number": {"replicas": "three"},
    "choice": {"unspecified": "forget"},
    "unknown in options": {"limits": {"memoryy": "1G"}},
    "no dict": {"limits": 5},
}

# The secret is where nobody expects one, or in a form that cannot be read.
MISPLACED: dict[str, dict[str, Any]] = {
    "misspelt env": {"envv": {"DB_PASSWORD": CANARY}},
    "misspelt, a word": {"envv": CANARY},
    "misspelt, below a plain name": {"registry_auht": {"username": "bob", "pin": CANARY}},
    "misspelt, a list": {"argss": ["--pin", CANARY]},
    "misspelt and PEM": {"envv": {"pin": SECRETS["PEM"]}},
    "a number": {"replicas": CANARY},
    "a number, PEM": {"replicas": SECRETS["PEM"]},
    "a number, a dict": {"replicas": {"DB_PASSWORD": CANARY}},
    "a fraction": {"limits": {"cpus": CANARY}},
    "a truth value": {"tty": CANARY},
    "a truth value, a list": {"tty": [CANARY]},
    "a choice": {"unspecified": CANARY},
    "a choice in options": {"restart_config": {"condition": CANARY}},
    "a number of a check": {"checks": check("http", {"url": "http://a/", "samples": CANARY})},
    "a choice of a check": {"checks": check("http", {"url": "http://a/", "target": CANARY})},
    "unknown in a check": {"checks": check("http", {"url": "http://a/", "haeders": {"pin": CANARY}})},
    "checks, a word": {"checks": CANARY},
    "logging, a word": {"logging": CANARY},
    "a name, a dict": {"image": {"DB_PASSWORD": CANARY}},
    "env, a list of dicts": {"env": [{"DB_PASSWORD": CANARY}]},
    "env, a list of dicts, cut": {"env": [{"DB_PASSWORD": CANARY + "x" * 80}]},
    "env, YAML in a text": {"env": "{DB_PASSWORD: %s}" % CANARY},
    "env, JSON that breaks off": {"env": '{"DB_PASSWORD": "%s"' % CANARY},
    "env, a list": {"env": {"DB_PASSWORD": [CANARY]}},
    "env, a dict": {"env": {"DB_PASSWORD": {"pin": CANARY}}},
    "labels, a list": {"labels": {"api.token": [SECRETS["PEM"]]}},
    "labels, a list of dicts": {"labels": [{"api.token": SECRETS["both quotes"]}]},
    "command that ends in a quote": {"command": 'serve --password %s "' % CANARY},
    "command, a dict": {"command": {"password": CANARY}},
    "command, a dict inside": {"command": ["serve", "--password", {"pin": CANARY}]},
    "driver options": {"logging": {"options": {"splunk-token": [SECRETS["tab"]]}}},
    "mounts": {"mounts": [{"target": "/d", "password": CANARY, "volume_options": {"password": CANARY}}]},
}
MISPLACED_LOGINS: dict[str, dict[str, Any]] = {
    "registry_auth, a word": {"registry_auth": CANARY},
    "registry_auth, a list": {"registry_auth": [CANARY]},
    "registry_auth, a dict inside": {"registry_auth": {"username": "bob", "password": {"pin": CANARY}}},
    "registry_auth, cut at a comma": {"registry_auth": "username=bob,password=a,%s=b" % CANARY},
    "registry_auth, misspelt inside": {"registry_auth": {"username": "bob", "pasword": CANARY}},
}


def misplaced(module: str) -> dict[str, dict[str, Any]]:
    """Options of a module of which one, the one with the secret, is wrong."""
    if module in WITH_SERVICES:
        several = MISPLACED if module == "swarm_service_info" else {**MISPLACED, **MISPLACED_LOGINS}
        return {place: within(module, options) for place, options in several.items()}
    base = next(iter(other_places(module).values()))
    shared: dict[str, dict[str, Any]] = {
        "misspelt": {**base, "haeders": {"Authorization": CANARY}},
        "misspelt, a word": {**base, "haeders": CANARY},
        "a number": {**base, "timeout": CANARY},
        "a truth value": {**base, "validate_certs": CANARY},
    }
    if module == "swarm_service_rollback":
        shared.update({place: {**base, **options} for place, options in MISPLACED_LOGINS.items()})
    if module == "webhook":
        return {**shared, "headers, a word": {**base, "headers": CANARY}, "body, a list": {**base, "body": [CANARY]}}
    return {**shared, "availability": {**base, "availability": {"url": "http://a/", "budgett": CANARY}}}
