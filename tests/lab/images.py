# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images inside the nodes: tiny services that behave well, badly, or slowly on purpose."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import archive, places
from .api import Engine
from .archive import File, Image
from .plan import LABEL
from .progress import Progress
from .scripts import EDGE, ODD, SERVICE

SECOND = 1_000_000_000
EDGE_IMAGE = "lab/edge:1"


def healthcheck(engine: str, *, path: str = "/", warm_up: int = 10) -> dict[str, Any]:
    """Healthy soon after the start, and cheap from then on.

    Engines from 25 on can probe often at the start and seldom later; the older one has one interval,
    and its first probe comes only after it.
    """
    return probe(engine, "wget", "-q", "-O", "/dev/null", f"http://127.0.0.1{path}", warm_up=warm_up)


def probe(engine: str, *command: str, warm_up: int) -> dict[str, Any]:
    """The same with any command."""
    check: dict[str, Any] = {
        "Test": ["CMD", *command],
        "Timeout": 2 * SECOND,
        "Retries": 3,
        "StartPeriod": warm_up * SECOND,
    }
    if engine == "20.10":
        return {**check, "Interval": 2 * SECOND}
    return {**check, "Interval": 10 * SECOND, "StartInterval": SECOND // 2}


def failing_check() -> dict[str, Any]:
    """A check that fails while the process runs well: unhealthy after two probes, a second apart."""
    return {
        "Test": ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/health"],
        "Interval": SECOND,
        "Timeout": SECOND,
        "Retries": 2,
    }


def images(base: bytes, edge: bytes, engine: str) -> list[Image]:
    """All images for the nodes of an engine generation."""

    def service(name: str, *command: str, check: dict[str, Any] | None = None, port: bool = True) -> Image:
        config: dict[str, Any] = {
            "Env": ["PATH=/bin"],
            "Entrypoint": ["/bin/service", *command],
            "WorkingDir": "/",
            "Labels": {f"{LABEL}.image": name},
        }
        if check:
            config["Healthcheck"] = check
        if port:
            config["ExposedPorts"] = {"80/tcp": {}}
        return Image(names=(name,), layers=(base,), config=config)

    good = healthcheck(engine)
    blind = healthcheck(engine, path="/health")
    return [
        service("vote:indent", "page", "vote", "indent", check=good),
        service("vote:movies", "page", "vote", "movies", check=good),
        service("vote:flaky", "odd", "vote", "flaky", check=blind),
        service("vote:slowly", "odd", "vote", "slowly", check=blind),
        service("whoami:1.0", "page", "whoami", "1.0", check=good),
        service("whoami:2.0", "page", "whoami", "2.0", check=failing_check()),
        service("slow:1.0", "slow", "slow", "1.0", check=healthcheck(engine, warm_up=30)),
        service("crash:1.0", "crash", "crash", "1.0"),
        service("exit:1.0", "exit", port=False),
        service("web:1", "page", "web", "1"),
        service("web:2", "page", "web", "2"),
        service("job:ok", "job", "ok", port=False),
        service("job:fail", "job", "fail", port=False),
        Image(
            names=(EDGE_IMAGE,),
            layers=(base, edge),
            config={
                "Env": ["PATH=/bin"],
                "Entrypoint": ["/bin/edge"],
                "Labels": {f"{LABEL}.image": EDGE_IMAGE},
            },
        ),
    ]


def base_layer(busybox: bytes, applets: str) -> bytes:
    """The layer that every image has: busybox, its names, and the script that plays the services."""
    links = [File(f"bin/{name}", link="busybox", mode=0o777) for name in applets.split() if name != "busybox"]
    return archive.layer(
        [
            *(File(folder) for folder in ("bin", "dev", "etc", "proc", "sys")),
            File("tmp", mode=0o1777),
            File("www", mode=0o1777),
            File(
                "etc/passwd",
                b"root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n",
                mode=0o644,
            ),
            File("etc/group", b"root:x:0:\nnogroup:x:65534:\n", mode=0o644),
            File("bin/busybox", busybox),
            File("bin/service", SERVICE.encode()),
            File("bin/edge", EDGE.encode()),
            File("odd"),
            File("odd/cgi-bin"),
            File("odd/cgi-bin/index.cgi", ODD.encode()),
            File("odd/health", b"ok\n", mode=0o644),
            *links,
        ]
    )


def key(node_image: str, engine: str) -> str:
    """Changes with all that the images are made of; their binaries come from the node image."""
    recipe = repr((node_image, images(base_layer(b"", ""), b"", engine)))
    return hashlib.sha256(recipe.encode()).hexdigest()[:10]


def ensure_archive(outer: Engine, node_image: str, engine: str, progress: Progress) -> Path:
    """The archive of all images for that engine generation; cut from the node image where it is missing."""
    path = places.home() / "images" / f"{engine}-{key(node_image, engine)}.tar"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with places.locked(f"archive-{engine}", progress):
        if path.exists():
            return path
        progress.say("building the test images")
        parts = _parts(outer, node_image, f"swarm-rollout-parts-{engine}")
        base = base_layer(parts["busybox"], parts["applets"].decode())
        archive.write(path, images(base, parts["haproxy.tar"], engine), architecture=architecture(outer))
    return path


def architecture(outer: Engine) -> str:
    """The machine's architecture, as images call it."""
    name: str = outer.info()["Architecture"]
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(name, name)


def _parts(outer: Engine, node_image: str, name: str) -> Mapping[str, bytes]:
    """Copy the prepared parts out of a node image, by way of a container that never starts."""
    # One may be left of a command that was killed.
    outer.delete(f"/containers/{name}", force=True, v=True)
    labels = {f"{LABEL}.image": "parts"}
    outer.post("/containers/create", {"Image": node_image, "Cmd": ["true"], "Labels": labels}, name=name)
    try:
        data = outer.call("GET", f"/containers/{name}/archive", query={"path": "/lab"})
    finally:
        outer.delete(f"/containers/{name}", force=True, v=True)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {
            Path(entry.name).name: handle.read()
            for entry in tar
            if entry.isfile() and (handle := tar.extractfile(entry)) is not None
        }


def missing(node: Engine, archive_path: Path) -> bool:
    """Tell whether a node lacks some image of the archive."""
    with tarfile.open(archive_path) as tar:
        wanted = {
            name.removesuffix(".json") for name in tar.getnames() if name.endswith(".json") and name != "manifest.json"
        }
    have = {image["Id"].removeprefix("sha256:") for image in node.get("/images/json")}
    return not wanted <= have
