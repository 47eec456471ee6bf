# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a specification refers to, looked up in the Swarm: one call per kind, none where nothing is named."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Sequence

from .._core import spec
from .._engine.api import Api


class Lookup:
    """Names, IDs and digests; what was learnt for one service of a task serves the others.

    Not for use by two threads at once: see `beside`.
    """

    def __init__(self) -> None:
        self._names: Any = None
        self._digests: dict[tuple[str, str | None], Any] = {}

    def beside(self, api: Api) -> Lookup:
        """A second one for another thread, which asks through `api` and begins with what is known here."""
        other = Lookup()
        other._names = None if self._names is None else self._names.over(api)
        other._digests = dict(self._digests)
        return other

    def learn(self, api: Api, wanted: Iterable[spec.Needed]) -> None:
        """Look all of it up at once, so that one call per kind does for many services."""
        needed = list(wanted)
        parts = ("networks", "configs", "secrets")
        self._resolve(
            api, spec.Needed(*(tuple({name: None for one in needed for name in getattr(one, part)}) for part in parts))
        )

    def for_writing(self, api: Api, desired: spec.Desired, before: Mapping[str, Any] | None) -> spec.References:
        """IDs and names that comparing and writing need, and the names of the networks in use."""
        return self._resolve(api, needed_for_writing(desired, before))

    def for_reading(self, api: Api, *specs: Mapping[str, Any] | None) -> spec.References:
        """Names of the networks that the specifications are attached to; at most one listing."""
        ids = {item for one in specs if one for item in spec.network_ids(one)}
        return self._resolve(api, spec.Needed(tuple(sorted(ids))))

    def networks(self, api: Api, names: Mapping[str, str], specs: Iterable[Mapping[str, Any] | None]) -> spec.Networks:
        """Which of the networks of former specifications there are still; `names` is what they were called, by ID."""
        ids = {item for one in specs if one for item in spec.network_ids(one)}
        if not ids:
            return spec.Networks({}, names)
        wanted = sorted(ids | {names[one] for one in ids if one in names})
        return spec.Networks(self._of_the_engine(api).existing(wanted), names)

    def network_names(self, api: Api, *specs: Mapping[str, Any] | None) -> dict[str, str]:
        """The names by ID of the networks that the specifications are attached to; no call for what was learnt."""
        ids = sorted({item for one in specs if one for item in spec.network_ids(one)})
        if not ids:
            return {}
        names = self._of_the_engine(api)
        names.existing(ids)
        found: dict[str, str] = names.named(ids)
        return found

    def digest(self, api: Api, image: str, login: str | None) -> Any:
        """What the registry says of an image; asked once for each image and login."""
        from .._engine.registry import image_digest

        key = (image, login)
        if key not in self._digests:
            self._digests[key] = image_digest(api, image, login)
        return self._digests[key]

    def _resolve(self, api: Api, needed: spec.Needed) -> spec.References:
        if not needed:
            return spec.NO_REFERENCES
        found: spec.References = self._of_the_engine(api).resolve(needed)
        return found

    def _of_the_engine(self, api: Api) -> Any:
        if self._names is None:
            from .._engine.references import Lookup as Names

            self._names = Names(api)
        return self._names


def needed_for_writing(desired: spec.Desired, before: Mapping[str, Any] | None) -> spec.Needed:
    """What `Lookup.for_writing` will ask for."""
    needed = spec.references_needed(desired, before)
    networks = (*needed.networks, *spec.network_ids(before or {}))
    return spec.Needed(networks, needed.configs, needed.secrets)


def missing_objects(api: Api, *specs: Mapping[str, Any]) -> list[str]:
    """Configs and secrets that specifications refer to and that are gone; one call per kind in use."""
    missing = []
    for what in ("config", "secret"):
        ids = {found: name for one in specs for found, name in spec.object_ids(one)[what].items()}
        if ids:
            listed = api.get_list("/%ss" % what, {"filters": {"id": sorted(ids)}})
            there = {raw.get("ID") for raw in listed if isinstance(raw, dict)}
            missing += ['%s "%s"' % (what, name) for found, name in sorted(ids.items()) if found not in there]
    return missing


def lacking(api: Api, networks: spec.Networks, *specs: Mapping[str, Any]) -> str:
    """What going back to specifications needs and is gone, as the object of a sentence; empty where nothing is."""
    objects = missing_objects(api, *specs)
    lost = list(dict.fromkeys(found for one in specs for found in networks.gone(one)))
    return "; and ".join(([gone(objects)] if objects else []) + ([gone_networks(networks, lost)] if lost else []))


def gone_networks(networks: spec.Networks, lost: Sequence[str]) -> str:
    """Networks that are gone, as the object of a sentence."""
    named = [networks.names[one] for one in lost if one in networks.names]
    others = [one for one in lost if one not in networks.names]
    parts = []
    if named:
        what = "that was deleted; one created again under its name will do"
        if len(named) > 1:
            what = "that were deleted; those created again under their names will do"
        parts.append("the %s %s" % (" and the ".join('network "%s"' % name for name in named), what))
    if others:
        names = "the network that was deleted and of which only the ID %s is recorded"
        if len(others) > 1:
            names = "networks that were deleted and of which only the IDs %s are recorded"
        parts.append(names % " and ".join(others))
    return "; and ".join(parts)


def gone(missing: Sequence[str]) -> str:
    """What `missing_objects` found, as the object of a sentence. A specification names objects by their IDs."""
    what = "that was deleted; one created again under its name is another object"
    if len(missing) > 1:
        what = "that were deleted; those created again under their names are other objects"
    return "the %s %s" % (" and the ".join(missing), what)
