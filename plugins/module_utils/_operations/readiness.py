# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding out whether a rollback would get through, without changing anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from .._core import history, plan, spec
from .._core.cluster import JsonObject, Node, Service, Task, image_of
from .._core.errors import OptionError, RolloutError
from .._core.preflight import cluster_facts, image_facts
from .._core.readiness import ImageFacts, readiness, where
from .._engine import images
from .._engine.tasks import list_nodes, list_tasks
from .context import Context


@dataclass
class Surroundings:
    """The cluster around the services that are asked about: read once, each image looked up once.

    `login` is for the registry of the images, in place of the user's own.
    """

    ctx: Context
    nodes: Sequence[Node]
    tasks: Sequence[Task]
    login: Mapping[str, Any] | None = field(default=None, repr=False)
    images: dict[str, ImageFacts] = field(default_factory=dict)

    @staticmethod
    def of(ctx: Context, login: Mapping[str, Any] | None = None) -> Surroundings:
        """Two calls."""
        return Surroundings(ctx, tuple(list_nodes(ctx.api)), tuple(list_tasks(ctx.api)), login)

    def answer(self, current: Service, target: JsonObject, missing: Sequence[str]) -> dict[str, Any]:
        """Whether `current` can go back to `target`; per image one call to its registry and two per manager."""
        travelling = history.moving(target, None)
        overlay = spec.Overlay(travelling, spec.differences(current.spec, travelling))
        name = image_of(target)
        facts = plan.Facts(
            nodes=tuple(self.nodes),
            tasks=tuple(self.tasks),
            timings=plan.learn(self.tasks, current.id),
            api_version=self.ctx.api.api_version,
        )
        found = plan.make(current.name, current, overlay, facts)
        return readiness(where(self._image(name), target, self.nodes, self.tasks), missing, found)

    def image(self, name: str) -> dict[str, Any]:
        """Whether a service that may run on any node would find the image; calls as for `answer`."""
        return image_facts(where(self._image(name), {}, self.nodes, self.tasks))

    def cluster(self) -> dict[str, Any]:
        """How the Swarm itself is; no call."""
        return cluster_facts(self.nodes)

    def _image(self, name: str) -> ImageFacts:
        if name not in self.images:
            self.images[name] = _look_up(self.ctx, name, self.login)
        return self.images[name]


def preflight(ctx: Context, images: Sequence[str] | None) -> dict[str, Any]:
    """The Swarm as `cluster`, and where images were named, those as `images`."""
    if not images:
        return {"cluster": cluster_facts(list_nodes(ctx.api))}
    around = Surroundings.of(ctx)
    return {"cluster": around.cluster(), "images": [around.image(name) for name in dict.fromkeys(images)]}


def _look_up(ctx: Context, name: str, given: Mapping[str, Any] | None) -> ImageFacts:
    from .._engine.registry import image_digest, registry_auth_header

    asked = {}
    for manager in ctx.api.each():
        try:
            has = images.has_image(manager, name)
            if has is not None:
                asked[images.own_node(manager)] = has
        except RolloutError:
            # A manager that cannot be asked is one more node of which only tasks tell.
            continue
    try:
        login = registry_auth_header(name, given)
    except OptionError:
        login = None
    answer = image_digest(ctx.api, name, login)
    pullable = True if answer.digest else (False if answer.problem == "missing" else None)
    return ImageFacts(name, asked, pullable, "" if pullable else answer.reason)
