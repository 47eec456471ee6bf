# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Image references: spelling, tags, digests."""

from __future__ import annotations

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.image import Image, spelled, split_image

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("nginx", Image("nginx", "latest")),
        ("docker.io/library/nginx:1", Image("nginx", "1")),
        ("index.docker.io/team/app", Image("team/app", "latest")),
        ("localhost:5000/a/b:c", Image("localhost:5000/a/b", "c")),
        ("[::1]:5000/a", Image("[::1]:5000/a", "latest")),
        ("Registry.example.com/a__b/c-d.e", Image("Registry.example.com/a__b/c-d.e", "latest")),
        ("nginx@" + DIGEST, Image("nginx", "", DIGEST)),
        ("nginx:1@" + DIGEST, Image("nginx", "1", DIGEST)),
        (DIGEST, Image(DIGEST)),
        (DIGEST[7:], Image(DIGEST[7:])),
    ],
)
def test_references_are_split(reference, parts):
    assert split_image(reference) == parts
    assert split_image(str(parts)) == parts


@pytest.mark.parametrize("reference", ["", "Nginx", "nginx:", "nginx@sha256:12", "a b", "nginx:-x", "/nginx", "a//b"])
def test_what_is_no_reference_is_refused(reference):
    with pytest.raises(ValueError, match="write an image"):
        split_image(reference)
    assert spelled(reference) == reference


def test_pinning():
    assert spec.pin("docker.io/library/nginx", DIGEST) == "nginx:latest@" + DIGEST
    assert spec.pin("nginx:1@sha256:" + "0" * 64, DIGEST) == "nginx:1@" + DIGEST
    assert spec.is_pinned("nginx@" + DIGEST)
    assert spec.is_pinned(DIGEST)
    assert not spec.is_pinned("nginx:1")


def test_tags_are_compared_without_digests():
    assert spec.same_tag("nginx", "docker.io/library/nginx:latest@" + DIGEST)
    assert not spec.same_tag("nginx:1", "nginx:2")
    assert spec.is_image("nginx:1@" + DIGEST, "docker.io/library/nginx:1")
    assert spec.is_image("nginx@" + DIGEST, "docker.io/library/nginx@" + DIGEST)
    assert not spec.is_image("nginx@sha256:" + "0" * 64, "nginx@" + DIGEST)
    assert spec.wanted_image(spec.parse({"image": "nginx"})) == "nginx:latest"
    assert spec.wanted_image(spec.parse({})) is None
