# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which shape the answer to a GET has to have."""

from __future__ import annotations

from .._core import shapes
from .._core.shape import ANY, Listed, Shape

_SHAPES: dict[str, Shape] = {
    "services": shapes.SERVICE,
    "tasks": shapes.TASK,
    "nodes": shapes.NODE,
    "configs": shapes.OBJECT,
    "secrets": shapes.OBJECT,
    "networks": shapes.NETWORK,
    "distribution": shapes.DISTRIBUTION,
    "images": shapes.IMAGE,
    "info": shapes.INFO,
    "containers": shapes.CONTAINER,
}
_LISTED = ("services", "tasks", "nodes", "configs", "secrets", "networks")


def shape_at(path: str) -> Shape:
    """The shape at a path without version: `/nodes` is a list, `/nodes/one` an object."""
    kind, _slash, which = path[1:].partition("/")
    shape = _SHAPES.get(kind, ANY)
    return Listed(shape) if kind in _LISTED and not which else shape
