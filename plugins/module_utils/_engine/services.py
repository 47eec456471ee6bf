# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services: read, create, update, remove, in the Engine's own JSON."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from .._core.cluster import JsonObject, Service
from .._core.errors import EngineError, NotFound
from .api import Api, segment


def get(api: Api, name_or_id: str) -> Service | None:
    """The service of exactly that name or full ID, or None.

    The Engine would also take the beginning of an ID (moby daemon/cluster/helpers.go), so that a service
    which does not exist yet could be mistaken for another. Its defaults are not filled in: a spec that
    was read with them restarts tasks when it is sent back.
    """
    try:
        found = Service.of(api.get("/services/" + segment(name_or_id)))
    except NotFound:
        return None
    except EngineError as exc:
        if "ambiguous" in exc.reason:
            return None
        raise
    return found if name_or_id in (found.name, found.id) else None


def list_services(api: Api, filters: Mapping[str, Iterable[str]] | None = None) -> list[Service]:
    """All services, or those that match the Engine's filters (`name` is a prefix, `label`, `id`, `mode`)."""
    query = {"filters": {key: list(values) for key, values in filters.items()}} if filters else None
    return [Service.of(raw) for raw in api.get_list("/services", query)]


def create(api: Api, spec: JsonObject, registry_auth: str | None = None) -> tuple[str, list[str]]:
    """Create a service; its ID and the Engine's warnings. A name in use raises `EngineError` 409."""
    answer = api.post("/services/create", body=spec, headers=_auth(registry_auth))
    return str((answer or {}).get("ID", "")), _warnings(answer)


def update(
    api: Api,
    service_id: str,
    version: int,
    spec: JsonObject,
    rollback: bool = False,
    registry_auth: str | None = None,
    registry_auth_from: str | None = None,
) -> list[str]:
    """Replace the spec of a service at `version`; the Engine's warnings.

    `rollback` asks the Engine to restore its one PreviousSpec (the body is ignored but required).
    `registry_auth_from` is `spec` or `previous-spec`. Raises `OutOfSequence` when the service was
    written since `version`, `UncertainWrite` when the answer was lost.
    """
    query: dict[str, Any] = {"version": version}
    if rollback:
        query["rollback"] = "previous"
    if registry_auth_from:
        query["registryAuthFrom"] = registry_auth_from
    path = "/services/%s/update" % segment(service_id)
    return _warnings(api.post(path, body=spec, query=query, headers=_auth(registry_auth)))


def remove(api: Api, service_id: str) -> bool:
    """Remove a service; False if it was not there."""
    try:
        api.delete("/services/" + segment(service_id))
    except NotFound:
        return False
    return True


def _auth(registry_auth: str | None) -> Mapping[str, str] | None:
    return {"X-Registry-Auth": registry_auth} if registry_auth else None


def _warnings(answer: Any) -> list[str]:
    """`Warnings` of an answer; before API 1.44 a create answers one `Warning`."""
    if not isinstance(answer, dict):
        return []
    found = list(answer.get("Warnings") or ())
    if answer.get("Warning"):
        found.append(answer["Warning"])
    return [str(text) for text in found]
