# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collections taken out of a package that holds much more."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests import published
from tests.bench import known

MANIFEST = "ansible_collections/community/docker/MANIFEST.json"
FILTERING = "ansible_collections/community/library_inventory_filtering_v1/plugins/plugin_utils/x.py"
AWX = "ansible_collections/awx/awx/x.py"
OTHERS = {"ansible_collections/community/docker_swarm/x.py", "ansible_collections/community/general/x.py", "x.py"}


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "ansible-1.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name in {MANIFEST, FILTERING, AWX, *OTHERS}:
            archive.writestr(name, json.dumps({"collection_info": {"version": "4.8.5"}}))
    return path


@pytest.fixture
def fetched(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where the package was fetched to, each time."""
    caches: list[Path] = []

    def download(cache: Path) -> Path:
        caches.append(cache)
        return wheel

    monkeypatch.setattr(published, "_download", download)
    return caches


def files(path: Path) -> set[str]:
    return {str(one.relative_to(path)) for one in path.rglob("*") if one.is_file()}


def test_only_what_is_asked_for_is_taken_out(tmp_path, fetched):
    path = published.collections("community.docker", cache=tmp_path / "cache")
    assert files(path) == {MANIFEST}
    assert published.collections("community.docker", "awx.awx", cache=tmp_path / "cache") == path
    assert files(path) == {MANIFEST, AWX}


def test_what_an_interrupted_run_left_is_not_taken_for_the_whole(tmp_path, wheel):
    left = tmp_path / "out.part" / "ansible_collections" / "awx" / "awx" / "left"
    left.parent.mkdir(parents=True)
    left.write_text("half")
    published.extract(wheel, tmp_path / "out", "ansible_collections/awx/awx/")
    assert files(tmp_path / "out") == {AWX}
    assert not left.exists()


def test_the_known_alternative_is_fetched_once(tmp_path, fetched, monkeypatch):
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", "/ours")
    first, second = known.known(tmp_path / "cache"), known.known(tmp_path / "cache")
    assert first == second
    assert fetched == [tmp_path / "cache"]
    assert first.community_docker == "4.8.5"
    assert first.collections_path() == f"/ours:{first.path}"
    assert files(first.path) == {MANIFEST, FILTERING}
