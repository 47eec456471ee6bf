# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images of the shop, the scripts in them, and the archive they come in."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.lab import archive, cli, shop, shopscripts
from tests.lab.api import Engine
from tests.lab.progress import Progress

QUIET = Progress(quiet=True)


def configs(engine: str = "26") -> dict:
    """The configuration of every image."""
    return {image.names[0]: image.config for image in shop.images(b"", engine)}


def test_every_image_of_the_shop_is_there():
    assert shop.names("26") == [
        "shop/db:1",
        *("shop/migrate:1", "shop/migrate:2", "shop/migrate:3", "shop/migrate:broken", "shop/migrate:slow"),
        *("shop/api:1", "shop/api:2", "shop/api:broken"),
    ]


def test_all_of_them_share_their_layers():
    assert len({image.layers for image in shop.images(b"root", "26")}) == 1


def test_jobs_have_no_health_check():
    checked = {name.split(":")[0] for name, config in configs().items() if "Healthcheck" in config}

    assert checked == {"shop/db", "shop/api"}


def test_the_database_is_healthy_when_it_takes_connections():
    check = configs()["shop/db:1"]["Healthcheck"]

    assert check["Test"][:2] == ["CMD", "pg_isready"]
    assert check["StartInterval"] < 1_000_000_000
    assert "StartInterval" not in configs("20.10")["shop/db:1"]["Healthcheck"]


def test_only_the_database_does_without_root():
    assert {name: config["User"] for name, config in configs().items() if "User" in config} == {"shop/db:1": "postgres"}


def test_jobs_and_services_look_for_the_tasks_of_db():
    assert "DATABASE_HOST=tasks.db" in configs()["shop/api:2"]["Env"]
    assert "DATABASE_HOST=127.0.0.1" in configs()["shop/db:1"]["Env"]


def test_the_page_is_a_program_and_health_is_a_file():
    with tarfile.open(fileobj=io.BytesIO(shop.scripts_layer())) as tar:
        modes = {entry.name: entry.mode for entry in tar}

    assert modes["shop/www/cgi-bin/index.cgi"] == 0o755
    assert modes["data"] == 0o1777, "the database does not run as root"
    assert "shop/www/health" in modes
    assert "shop/www/index.html" not in modes, "httpd would not ask the program then"


@pytest.mark.parametrize("name", ["CUT", "SERVICE", "QUERY", "SCHEMA", "PAGE"])
def test_the_scripts_are_well_formed(name: str):
    script = getattr(shopscripts, name)

    assert subprocess.run(["sh", "-n"], input=script, text=True, check=False).returncode == 0


@pytest.fixture
def play(tmp_path: Path):
    """Run the program of an image on a database of that schema, where psql is only played."""

    def run(role: str, version: str, *, schema: int = 0, code: int = 0) -> subprocess.CompletedProcess[str]:
        for name, script in {"schema": f"echo {schema}", "query": f"echo query $*; exit {code}"}.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / name).chmod(0o755)
        program = shopscripts.SERVICE.replace("/bin/schema", "schema").replace("sleep 1", "sleep 0")
        env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "DATABASE_HOST": "tasks.db"}
        return subprocess.run(
            ["sh", "-c", program, "service", role, version], env=env, capture_output=True, text=True, check=False
        )

    return run


def test_a_release_refuses_a_schema_that_is_too_old(play):
    ended = play("api", "2", schema=1)

    assert ended.returncode == 3
    assert ended.stderr == "api: needs schema 2, the database has 1\n"


def test_a_broken_release_asks_no_database(play):
    ended = play("api", "broken", schema=2)

    assert ended.returncode == 3
    assert ended.stderr.startswith("api: cannot start: ")


@pytest.mark.parametrize(
    ("version", "target", "fault"), [("1", "1", "none"), ("3", "3", "none"), ("slow", "2", "slow")]
)
def test_a_migration_has_a_target(play, version: str, target: str, fault: str):
    ended = play("migrate", version)

    assert ended.returncode == 0
    assert f"query -v target={target} -v fault={fault} " in ended.stdout


def test_a_broken_migration_fails_although_it_rolled_back_in_good_order(play):
    assert play("migrate", "broken").returncode == 3


def test_an_error_of_the_database_is_the_jobs_end(play):
    assert play("migrate", "2", code=2).returncode == 2


@pytest.mark.parametrize("script", ["SERVICE", "QUERY", "SCHEMA", "SCHEMA_SQL", "MIGRATE_SQL", "PAGE"])
def test_a_changed_script_makes_other_images_of_the_same_root(monkeypatch, script: str):
    before, root = shop.key("26"), shop.root_key()
    monkeypatch.setattr(shop, script, "")

    assert shop.key("26") != before
    assert shop.root_key() == root


@pytest.mark.parametrize("part", ["SUITE", "PACKAGES", "CUT"])
def test_another_root_makes_other_images(monkeypatch, part: str):
    before, root = shop.key("26"), shop.root_key()
    monkeypatch.setattr(shop, part, "another")

    assert shop.root_key() != root
    assert shop.key("26") != before


@pytest.fixture
def built(tmp_path: Path, monkeypatch) -> list[str]:
    """What was built of Debian packages, which is only played."""
    monkeypatch.setenv("SWARM_ROLLOUT_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(Engine, "info", lambda self, timeout=None: {"Architecture": "x86_64"})
    built: list[str] = []

    def debootstrap(suite: str, packages: tuple[str, ...], tree: Path, progress: Progress) -> None:
        built.append(suite)
        tree.mkdir()

    monkeypatch.setattr(shop.debian, "debootstrap", debootstrap)
    monkeypatch.setattr(shop.debian, "chroot", lambda tree, script: (tree / "shop.tar").write_bytes(archive.layer([])))
    return built


def test_the_root_is_built_once_for_all_engines(built: list[str], tmp_path: Path):
    outer = Engine("unix:///nowhere")

    paths = [shop.ensure_archive(outer, engine, QUIET) for engine in ("26", "26", "20.10")]

    assert built == ["bookworm"]
    assert len(set(paths)) == 2
    assert all(path.exists() for path in paths)
    assert not (tmp_path / "build" / "shop").exists()


def test_a_build_that_failed_leaves_nothing_that_passes_for_a_root(built: list[str], tmp_path: Path, monkeypatch):
    monkeypatch.setattr(shop.debian, "chroot", lambda tree, script: None)

    with pytest.raises(FileNotFoundError):
        shop.ensure_archive(Engine("unix:///nowhere"), "26", QUIET)

    assert not list((tmp_path / "images").glob("*.tar"))
    assert not (tmp_path / "build" / "shop").exists()


def test_the_verb_prints_the_names(monkeypatch, capsys):
    monkeypatch.setattr(cli.Lab, "shop", lambda self: [self.name, "shop/db:1"])

    assert cli.main(["shop", "--name", "pg"]) == 0
    assert capsys.readouterr().out == '[\n  "pg",\n  "shop/db:1"\n]\n'
