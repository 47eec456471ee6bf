# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The known alternative, taken out of a package that holds much more."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.bench import known

MANIFEST = "ansible_collections/community/docker/MANIFEST.json"
WANTED = {MANIFEST, "ansible_collections/community/library_inventory_filtering_v1/plugins/plugin_utils/x.py"}
OTHERS = {"ansible_collections/community/docker_swarm/x.py", "ansible_collections/community/general/x.py", "x.py"}


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "ansible-1.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name in WANTED | OTHERS:
            archive.writestr(name, json.dumps({"collection_info": {"version": "4.8.5"}}))
    return path


def test_only_what_is_needed_is_taken_out(tmp_path, wheel):
    known.extract(wheel, tmp_path / "out")
    files = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert files == WANTED


def test_what_an_interrupted_run_left_is_not_taken_for_the_whole(tmp_path, wheel):
    left = tmp_path / "out.part" / "left"
    left.parent.mkdir()
    left.write_text("half")
    known.extract(wheel, tmp_path / "out")
    assert not (tmp_path / "out" / "left").exists()
    assert not left.exists()


def test_it_is_fetched_once(tmp_path, wheel, monkeypatch):
    fetched = []

    def download(cache: Path) -> Path:
        fetched.append(cache)
        return wheel

    monkeypatch.setattr(known, "_download", download)
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", "/ours")
    first, second = known.known(tmp_path / "cache"), known.known(tmp_path / "cache")
    assert first == second
    assert fetched == [tmp_path / "cache"]
    assert first.community_docker == "4.8.5"
    assert first.collections_path() == f"/ours:{first.path}"
