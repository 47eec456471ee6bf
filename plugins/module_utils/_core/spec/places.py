# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options whose place in the ServiceSpec is more than a path: mode, replicas, health, credentials."""

from __future__ import annotations

from typing import Any, Mapping

from ..cluster import mode_of
from ..errors import MissingReference
from .field import Place, look_up, put, remove
from .forms import refuse, text_of
from .kinds import NO_REFERENCES, Canonical, Json, Kind, References
from .pairs import HIDDEN_LABELS

_MODE_KEYS = {
    "replicated": "Replicated",
    "global": "Global",
    "replicated-job": "ReplicatedJob",
    "global-job": "GlobalJob",
}


class LabelPlace(Place):
    """Labels without those of this collection, which stay through every write."""

    def get(self, spec: Mapping[str, Any]) -> Json:
        found = super().get(spec)
        if not isinstance(found, Mapping):
            return None
        return {name: value for name, value in found.items() if not name.startswith(HIDDEN_LABELS)}

    def put(self, spec: dict[str, Any], raw: Json) -> None:
        super().put(spec, {**self._hidden(spec), **raw})

    def drop(self, spec: dict[str, Any]) -> None:
        hidden = self._hidden(spec)
        super().put(spec, hidden) if hidden else super().drop(spec)

    def _hidden(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        found = super().get(spec)
        labels = found.items() if isinstance(found, Mapping) else ()
        return {name: value for name, value in labels if name.startswith(HIDDEN_LABELS)}


class ModePlace(Place):
    """The one of four objects under Mode that is there; a new mode forgets the counts of the old one."""

    def get(self, spec: Mapping[str, Any]) -> Json:
        return mode_of(spec)

    def put(self, spec: dict[str, Any], raw: Json) -> None:
        spec["Mode"] = {_MODE_KEYS[raw]: {"Replicas": 1} if raw == "replicated" else {}}

    def drop(self, spec: dict[str, Any]) -> None:
        self.put(spec, "replicated")


class ReplicasPlace(Place):
    """The wanted number of tasks: replicas of a service, completions of a job."""

    def get(self, spec: Mapping[str, Any]) -> Json:
        job = look_up(spec, ("Mode", "ReplicatedJob"))
        if isinstance(job, Mapping):
            # The Engine's default for the total is the number that run at once.
            return job.get("TotalCompletions", job.get("MaxConcurrent"))
        return look_up(spec, ("Mode", "Replicated", "Replicas"))

    def put(self, spec: dict[str, Any], raw: Json) -> None:
        mode = mode_of(spec)
        if mode == "replicated":
            put(spec, ("Mode", "Replicated", "Replicas"), raw)
        elif mode == "replicated-job":
            put(spec, ("Mode", "ReplicatedJob", "TotalCompletions"), raw)

    def drop(self, spec: dict[str, Any]) -> None:
        self.put(spec, 1)


class HealthTestPlace(Place):
    """The health command; `NONE` is not one, it is `healthcheck.disabled`."""

    def get(self, spec: Mapping[str, Any]) -> Json:
        found = super().get(spec)
        return None if found == ["NONE"] else found


class HealthOffPlace(Place):
    """Whether the health check of the image is switched off, which the Engine writes as a command."""

    def get(self, spec: Mapping[str, Any]) -> Json:
        return True if super().get(spec) == ["NONE"] else None

    def put(self, spec: dict[str, Any], raw: Json) -> None:
        # The other settings mean nothing now, and the CLI takes them away as well.
        put(spec, self.path[:-1], {"Test": ["NONE"]})

    def drop(self, spec: dict[str, Any]) -> None:
        if self.get(spec):
            super().drop(spec)


_FORMS = {"config": "Config", "file": "File", "registry": "Registry"}
_CONFIGS = ("TaskTemplate", "ContainerSpec", "Configs")


class CredentialPlace(Place):
    """The credential spec; one that comes from a config also stands in the list of configs."""

    def get(self, spec: Mapping[str, Any]) -> Json:
        found = super().get(spec)
        if not isinstance(found, Mapping):
            return None
        for form, key in _FORMS.items():
            if found.get(key):
                return {"form": form, "value": self._name(spec, found[key]), "id": found[key]}
        return None

    def put(self, spec: dict[str, Any], raw: Json) -> None:
        self.drop(spec)
        from_config = raw["form"] == "config"
        super().put(spec, {_FORMS[raw["form"]]: raw["id"] if from_config else raw["value"]})
        if from_config:
            entry = {"ConfigID": raw["id"], "ConfigName": raw["value"], "Runtime": {}}
            put(spec, _CONFIGS, (look_up(spec, _CONFIGS) or []) + [entry])

    def drop(self, spec: dict[str, Any]) -> None:
        others = [item for item in look_up(spec, _CONFIGS) or () if item.get("Runtime") is None]
        if len(others) != len(look_up(spec, _CONFIGS) or ()):
            put(spec, _CONFIGS, others) if others else remove(spec, _CONFIGS, len(_CONFIGS) - 1)
        super().drop(spec)

    def _name(self, spec: Mapping[str, Any], identity: str) -> str:
        for item in look_up(spec, _CONFIGS) or ():
            if isinstance(item, Mapping) and item.get("ConfigID") == identity:
                return str(item.get("ConfigName"))
        return identity


CREDENTIAL_PLACE = CredentialPlace(("TaskTemplate", "ContainerSpec", "Privileges", "CredentialSpec"))


class CredentialSpec(Kind):
    """Where Windows finds a managed service account: `config://NAME`, `file://NAME`, `registry://KEY`."""

    def argument(self) -> dict[str, Any]:
        return {"type": "str"}

    def parse(self, value: Any, option: str) -> dict[str, str]:
        form, _mark, name = text_of(value, option).partition("://")
        if form not in _FORMS or not name:
            refuse(option, value, "write config://NAME, file://NAME or registry://KEY")
        return {"form": form, "value": name, "id": ""}

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return None if value is None else "%s://%s" % (value["form"], value["value"])

    def same(self, left: Canonical, right: Canonical) -> bool:
        if left is None or right is None:
            return left is right
        return (left["form"], left["value"]) == (right["form"], right["value"])

    def settle(self, wanted: Canonical, current: Canonical, refs: References, option: str) -> Canonical:
        if wanted is None or wanted["form"] != "config" or self.same(wanted, current):
            return wanted
        if wanted["value"] not in refs.configs:
            raise MissingReference(option, "config", wanted["value"])
        return {**wanted, "id": refs.configs[wanted["value"]]}

    def needs(self, value: Canonical, option: str) -> tuple[tuple[str, tuple[int, int]], ...]:
        return ((option, (1, 40)),) if value and value["form"] == "config" else ()


class ForceUpdate(Kind):
    """Asked for with a boolean; the Engine keeps a counter, and a changed counter replaces every task."""

    def argument(self) -> dict[str, Any]:
        return {"type": "bool", "default": False}

    def read(self, raw: Json) -> int:
        return int(raw)
