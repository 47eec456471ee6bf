# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a task's options to what would be written: the image, its digest, the label of a stack."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Service, image_of
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.draft import Draft, Request, draft

from .conftest import MemoryEngine
from .test_write import web

OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "1" * 64
TAG = "registry.example.org/app:latest"


def drafted(ctx: Context, before: dict[str, Any], resolve: str = "changed", **options: Any) -> Draft:
    return draft(ctx, Request("web", spec.parse(options), resolve_image=resolve), Service.of({"Spec": before}))


@pytest.mark.parametrize("resolve", ["changed", "true"])
@pytest.mark.parametrize("present", [TAG, "%s@%s" % (TAG, OLD)])
def test_a_forced_update_of_an_image_takes_what_its_tag_means_now(
    ctx: Context, engine: MemoryEngine, resolve: str, present: str
) -> None:
    engine.digests[TAG] = NEW
    made = drafted(ctx, web(present), resolve, image=TAG, force_update=True)
    assert image_of(made.overlay.spec) == "%s@%s" % (TAG, NEW)
    assert ([change.option for change in made.overlay.changes], ctx.warnings) == (["image", "force_update"], [])


@pytest.mark.parametrize(
    "options", [{"image": TAG}, {"force_update": True}, {"image": "%s@%s" % (TAG, OLD), "force_update": True}]
)
def test_the_digest_stays_where_nobody_asks_for_the_tag(
    ctx: Context, engine: MemoryEngine, options: dict[str, Any]
) -> None:
    engine.digests[TAG] = NEW
    made = drafted(ctx, web("%s@%s" % (TAG, OLD)), **options)
    assert image_of(made.overlay.spec) == "%s@%s" % (TAG, OLD)
    assert (engine.calls, ctx.warnings) == ([], [])


@pytest.mark.parametrize(
    ("resolve", "why"),
    [
        ("false", "since resolve_image is false: .*resolve_image: changed takes what the tag means now"),
        ("changed", "since registry registry.example.org has no image .*; run the task again when the registry tells"),
    ],
)
def test_content_that_is_kept_in_a_forced_update_is_said(
    ctx: Context, engine: MemoryEngine, resolve: str, why: str
) -> None:
    made = drafted(ctx, web("%s@%s" % (TAG, OLD)), resolve, image=TAG, force_update=True)
    assert image_of(made.overlay.spec) == "%s@%s" % (TAG, OLD)
    [said] = ctx.warnings
    assert said.startswith("image: %s keeps the digest %s, " % (TAG, OLD))
    assert re.search(why, said)


def test_without_a_digest_the_nodes_are_asked_as_ever(ctx: Context, engine: MemoryEngine) -> None:
    drafted(ctx, web(TAG), "false", image=TAG, force_update=True)
    assert ctx.warnings == []
    drafted(ctx, web(TAG), image=TAG, force_update=True)
    assert "is not pinned to a digest, since" in ctx.warnings[0]
