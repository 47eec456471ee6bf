# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks, configs and secrets that a service names: from names to the IDs the Engine wants, and back."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from .._core.errors import NotFound, OptionError
from .._core.spec import Needed, References
from .api import Api, segment

# Swarm's stand-ins for each node's own networks. They are in no list but can be asked for by name, which
# is what the Docker CLI does for `--network host` (moby daemon/cluster/networks.go). `none` has none.
_PREDEFINED = ("host", "bridge")


def network_names(api: Api) -> dict[str, str]:
    """The names of all networks of the Swarm by ID, its stand-ins for `host` and `bridge` included."""
    return Lookup(api).network_names()


class Lookup:
    """Lookups by exact name or full ID; what was learnt serves later lookups, of other services too.

    What does not exist is left out of the answers: whoever needs it knows its option.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._networks: dict[str, str] = {}
        self._network_names: dict[str, str] = {}
        self._objects: dict[str, dict[str, str]] = {"/configs": {}, "/secrets": {}}

    def over(self, api: Api) -> Lookup:
        """Another one that asks through `api` and begins with what was learnt here."""
        other = Lookup(api)
        other._networks = dict(self._networks)
        other._network_names = dict(self._network_names)
        other._objects = {path: dict(known) for path, known in self._objects.items()}
        return other

    def resolve(self, needed: Needed) -> References:
        """IDs and names for what is needed.

        Raises `OptionError` for a network that exists on the manager only: no service can use it.
        """
        self._learn_networks(needed.networks)
        networks = {name: self._networks[name] for name in needed.networks if name in self._networks}
        return References(
            networks=networks,
            network_names={found: self._network_names[found] for found in networks.values()},
            configs=self._find("/configs", needed.configs),
            secrets=self._find("/secrets", needed.secrets),
        )

    def existing(self, wanted: Iterable[str]) -> dict[str, str]:
        """The IDs of those networks that there are, of an ID or a name each; those of one manager alone are none.

        One listing and, where some are in no list, two more calls.
        """
        asked = list(dict.fromkeys(wanted))
        if any(one not in self._networks for one in asked):
            self._list_networks()
        if any(one not in self._networks for one in asked):
            for name in _PREDEFINED:
                self._ask_predefined(name)
        return {one: self._networks[one] for one in asked if one in self._networks}

    def named(self, ids: Iterable[str]) -> dict[str, str]:
        """The names of those networks by ID, as far as they were learnt."""
        return {one: self._network_names[one] for one in ids if one in self._network_names}

    def network_names(self) -> dict[str, str]:
        """The names of all networks of the Swarm by ID."""
        self._list_networks()
        for name in _PREDEFINED:
            self._ask_predefined(name)
        return dict(self._network_names)

    def _learn_networks(self, wanted: Iterable[str]) -> None:
        names = [name for name in wanted if name not in self._networks]
        if any(name not in _PREDEFINED for name in names):
            self._list_networks()
        for name in names:
            if name in _PREDEFINED:
                self._ask_predefined(name)
        absent = [name for name in names if name not in self._networks]
        if absent:
            # An ID that is in no list may be that of a stand-in, which a present spec refers to.
            for name in _PREDEFINED:
                self._ask_predefined(name)
        for name in absent:
            if name not in self._networks:
                self._refuse_local_network(name)

    def _list_networks(self) -> None:
        for raw in self._api.get_list("/networks", {"filters": {"scope": ["swarm"]}}):
            self._note_network(raw)

    def _ask_predefined(self, name: str) -> None:
        if name in self._networks:
            return
        try:
            self._note_network(self._api.get("/networks/" + name, {"scope": "swarm"}))
        except NotFound:
            return

    def _note_network(self, raw: Any) -> None:
        data: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
        found, name = str(data.get("Id") or ""), str(data.get("Name") or "")
        if found and name:
            self._networks[found] = found
            self._networks[name] = found
            self._network_names[found] = name

    def _refuse_local_network(self, name: str) -> None:
        try:
            found = self._api.get("/networks/" + segment(name))
        except NotFound:
            return
        if isinstance(found, dict) and name in (found.get("Name"), found.get("Id")):
            raise OptionError(
                "networks",
                name,
                "this network (driver %s) belongs to the manager alone; services need one of the whole "
                "Swarm, made with the driver overlay" % found.get("Driver"),
            )

    def _find(self, path: str, wanted: Iterable[str]) -> dict[str, str]:
        """Asked for by name first, since a list of all configs carries all their data; then by ID."""
        names = list(wanted)
        known = self._objects[path]
        for key in ("name", "id"):
            absent = [name for name in names if name not in known]
            if not absent:
                break
            for raw in self._api.get_list(path, {"filters": {key: absent}}):
                found, spec = str(raw.get("ID") or ""), raw.get("Spec") or {}
                known[found] = found
                known[str(spec.get("Name") or found)] = found
        return {name: known[name] for name in names if name in known}
