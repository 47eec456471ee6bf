# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a specification refers to, looked up in the Swarm: one call per kind, none where nothing is named."""

from __future__ import annotations

from typing import Any, Mapping

from .._core import spec
from .._engine.api import Api


def for_writing(api: Api, desired: spec.Desired, before: Mapping[str, Any] | None) -> spec.References:
    """IDs and names that comparing and writing need, and the names of the networks in use."""
    needed = spec.references_needed(desired, before)
    networks = (*needed.networks, *spec.network_ids(before or {}))
    return _resolve(api, spec.Needed(networks, needed.configs, needed.secrets))


def for_reading(api: Api, *specs: Mapping[str, Any] | None) -> spec.References:
    """Names of the networks that the specifications are attached to; at most one listing."""
    ids = {item for one in specs if one for item in spec.network_ids(one)}
    return _resolve(api, spec.Needed(tuple(sorted(ids))))


def missing_objects(api: Api, wanted: Mapping[str, Any]) -> list[str]:
    """Configs and secrets that a specification refers to and that are gone; one call per kind in use."""
    missing = []
    for what, ids in spec.object_ids(wanted).items():
        if ids:
            listed = api.get_list("/%ss" % what, {"filters": {"id": sorted(ids)}})
            there = {raw.get("ID") for raw in listed if isinstance(raw, dict)}
            missing += ['%s "%s"' % (what, name) for found, name in sorted(ids.items()) if found not in there]
    return missing


def _resolve(api: Api, needed: spec.Needed) -> spec.References:
    if not needed:
        return spec.NO_REFERENCES
    from .._engine.references import resolve

    return resolve(api, needed)
