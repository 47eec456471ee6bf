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
        if self._names is None:
            from .._engine.references import Lookup as Names

            self._names = Names(api)
        found: spec.References = self._names.resolve(needed)
        return found


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


def gone(missing: Sequence[str]) -> str:
    """What `missing_objects` found, as the object of a sentence. A specification names objects by their IDs."""
    what = "that was deleted; one created again under its name is another object"
    if len(missing) > 1:
        what = "that were deleted; those created again under their names are other objects"
    return "the %s %s" % (" and the ".join(missing), what)
