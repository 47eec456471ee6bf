# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images inside the nodes, and the archive they come in."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import tarfile

import pytest

from tests.lab import archive, images, scripts
from tests.lab.archive import File, Image


def read(path) -> dict[str, bytes]:
    """Every file of a tar."""
    with tarfile.open(path) as tar:
        return {entry.name: handle.read() for entry in tar if (handle := tar.extractfile(entry)) is not None}


def test_an_archive_has_what_an_engine_loads(tmp_path):
    layer = archive.layer([File("bin"), File("bin/tool", b"x"), File("bin/alias", link="tool")])
    path = tmp_path / "images.tar"

    archive.write(
        path,
        [Image(("a:1",), (layer,), {"Cmd": ["a"]}), Image(("b:1",), (layer,), {"Cmd": ["b"]})],
        architecture="amd64",
    )

    files = read(path)
    manifest = json.loads(files["manifest.json"])
    assert [entry["RepoTags"] for entry in manifest] == [["a:1"], ["b:1"]]
    digest = hashlib.sha256(layer).hexdigest()
    for entry in manifest:
        config = json.loads(files[entry["Config"]])
        assert entry["Config"] == f"{hashlib.sha256(files[entry['Config']]).hexdigest()}.json"
        assert config["rootfs"]["diff_ids"] == [f"sha256:{digest}"]
        assert files[entry["Layers"][0]] == layer
    assert sum(name.endswith(".tar") for name in files) == 1


def test_the_same_input_gives_the_same_archive(tmp_path):
    for name in ("one", "two"):
        archive.write(tmp_path / name, [Image(("a:1",), (archive.layer([File("x", b"y")]),), {})], architecture="amd64")

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_an_interrupted_archive_is_never_taken_for_a_whole_one(tmp_path):
    with pytest.raises(TypeError):
        archive.write(tmp_path / "images.tar", [Image(("a:1",), (), {"Cmd": {1, 2}})], architecture="amd64")

    assert not (tmp_path / "images.tar").exists()


def test_every_image_of_the_lab_is_there():
    names = {name for image in images.images(b"", b"", "26") for name in image.names}

    assert names == {
        *(
            "vote:indent",
            "vote:movies",
            "vote:flaky",
            "vote:slowly",
            "whoami:1.0",
            "whoami:2.0",
            "slow:1.0",
            "crash:1.0",
            "exit:1.0",
        ),
        *("web:1", "web:2", "job:ok", "job:fail", "lab/edge:1"),
    }


def test_health_is_cheap_where_the_engine_can_probe_faster_at_the_start():
    assert "StartInterval" not in images.healthcheck("20.10")
    assert images.healthcheck("20.10")["Interval"] == 2_000_000_000
    assert images.healthcheck("26")["StartInterval"] < images.healthcheck("26")["Interval"]


def test_light_images_have_no_health_check():
    configs = {image.names[0]: image.config for image in images.images(b"", b"", "26")}

    assert "Healthcheck" not in configs["web:1"]
    assert "Healthcheck" in configs["vote:indent"]


def test_the_base_layer_has_busybox_under_its_names():
    with tarfile.open(fileobj=io.BytesIO(images.base_layer(b"#!", "sh wget busybox"))) as tar:
        links = {entry.name: entry.linkname for entry in tar if entry.issym()}
        modes = {entry.name: entry.mode for entry in tar}

    assert links == {"bin/sh": "busybox", "bin/wget": "busybox"}
    assert modes["www"] == 0o1777


@pytest.mark.parametrize("script", [scripts.SERVICE, scripts.ODD, scripts.EDGE])
def test_the_scripts_are_well_formed(script):
    assert subprocess.run(["sh", "-n"], input=script, text=True, check=False).returncode == 0


def test_the_failing_images_say_why_and_how_they_end():
    ended = subprocess.run(
        ["sh", "-c", scripts.SERVICE, "service", "exit"], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert ended.stderr == "exit: cannot start: configuration key DATABASE_URL is missing\n"


def answer(version: str, die: str) -> tuple[str, dict[str, str], str]:
    """Status, headers and body of one answer of an image that misbehaves."""
    program = scripts.ODD.replace("RANDOM", die)
    page = f"app=vote version={version}"
    env = {"ODD": version, "PAGE": page, "PATH": os.environ["PATH"]}
    ended = subprocess.run(["sh", "-c", program], env=env, capture_output=True, check=True)
    head, _blank, body = ended.stdout.decode().partition("\r\n\r\n")
    status, *lines = head.split("\r\n")
    return status, dict(line.split(": ", 1) for line in lines), body


@pytest.mark.parametrize("die", ["0", "1", "2", "3", "4"])
def test_every_fifth_answer_of_a_flaky_version_is_an_error(die):
    status, headers, body = answer("flaky", die)

    assert status == ("HTTP/1.0 500 Internal Server Error" if die == "0" else "HTTP/1.0 200 OK")
    assert body == "app=vote version=flaky\n"
    assert headers["Content-Length"] == str(len(body))


def test_a_slow_version_answers_rightly():
    assert answer("slowly", "0")[0] == "HTTP/1.0 200 OK"


def test_the_health_check_of_the_odd_versions_asks_what_always_works():
    configs = {image.names[0]: image.config for image in images.images(b"", b"", "26")}
    with tarfile.open(fileobj=io.BytesIO(images.base_layer(b"#!", "sh"))) as tar:
        files = set(tar.getnames())

    for name in ("vote:flaky", "vote:slowly"):
        assert configs[name]["Healthcheck"]["Test"][-1] == "http://127.0.0.1/health"
    assert "odd/health" in files
    assert "odd/index.html" not in files, "httpd would not ask the program then"


@pytest.mark.parametrize("script", ["SERVICE", "ODD", "EDGE"])
def test_a_changed_script_makes_other_images(monkeypatch, script: str):
    before = images.key("node:26", "26")
    monkeypatch.setattr(images, script, "#!/bin/sh\n")

    assert images.key("node:26", "26") != before


def test_images_of_other_nodes_and_engines_are_told_apart():
    assert len({images.key("node:26", "26"), images.key("node:27", "26"), images.key("node:26", "20.10")}) == 3
    assert images.key("node:26", "26") == images.key("node:26", "26")
