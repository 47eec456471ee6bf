# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images of a shop: a real PostgreSQL, jobs that migrate its schema, and services that need one.

Made and loaded on demand only: they are larger than all other images of the lab together.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from . import archive, debian, places
from .api import Engine
from .archive import File, Image
from .images import architecture, healthcheck, probe
from .plan import LABEL
from .progress import Progress
from .shopscripts import CUT, MIGRATE_SQL, PAGE, QUERY, SCHEMA, SCHEMA_SQL, SERVICE

# The same PostgreSQL whatever the nodes are made of: a root built once serves the images for all engines.
SUITE = "bookworm"
PACKAGES = ("busybox-static", "postgresql-15")
MIGRATIONS = ("1", "2", "3", "broken", "slow")
RELEASES = ("1", "2", "broken")


def images(root: bytes, engine: str) -> list[Image]:
    """The images of the shop for the nodes of an engine generation."""
    layers = (root, scripts_layer())

    def image(role: str, version: str, **config: Any) -> Image:
        name = f"shop/{role}:{version}"
        return Image(
            names=(name,),
            layers=layers,
            config={
                "Env": [
                    "PATH=/bin:/usr/bin",
                    # The last one since a test that asks through an Engine may give it a terminal.
                    *("PGUSER=shop", "PGDATABASE=shop", "PSQL_PAGER="),
                    f"DATABASE_HOST={'127.0.0.1' if role == 'db' else 'tasks.db'}",
                    # So that a bare `psql` in the database's own container finds it.
                    *(("PGHOST=127.0.0.1",) if role == "db" else ()),
                ],
                "Entrypoint": ["/bin/service", role, version],
                "WorkingDir": "/",
                "Labels": {f"{LABEL}.image": name},
                **config,
            },
        )

    ready = probe(engine, "pg_isready", "-q", "-h", "127.0.0.1", warm_up=30)
    # An api may wait for its database for 20 s before it serves.
    serving = healthcheck(engine, path="/health", warm_up=30)
    return [
        # PostgreSQL refuses to run as root.
        image("db", "1", User="postgres", Healthcheck=ready, ExposedPorts={"5432/tcp": {}}),
        *(image("migrate", version) for version in MIGRATIONS),
        *(image("api", version, Healthcheck=serving, ExposedPorts={"80/tcp": {}}) for version in RELEASES),
    ]


def names(engine: str) -> list[str]:
    """The names of the images."""
    return [name for image in images(b"", engine) for name in image.names]


def scripts_layer() -> bytes:
    """What the images have above PostgreSQL and busybox."""
    return archive.layer(
        [
            *(File(folder) for folder in ("dev", "etc", "proc", "sys", "shop", "shop/www", "shop/www/cgi-bin")),
            # Empty: without it PostgreSQL complains at every start.
            File("usr/share/zoneinfo"),
            # Everybody's, also as the first content of a volume.
            File("data", mode=0o1777),
            File("tmp", mode=0o1777),
            File(
                "etc/passwd",
                b"root:x:0:0:root:/:/bin/sh\npostgres:x:70:70:postgres:/data:/bin/sh\n",
                mode=0o644,
            ),
            File("etc/group", b"root:x:0:\npostgres:x:70:\n", mode=0o644),
            File("bin/service", SERVICE.encode()),
            File("bin/query", QUERY.encode()),
            File("bin/schema", SCHEMA.encode()),
            File("shop/schema.sql", SCHEMA_SQL.encode(), mode=0o644),
            File("shop/migrate.sql", MIGRATE_SQL.encode(), mode=0o644),
            File("shop/www/cgi-bin/index.cgi", PAGE.encode()),
            File("shop/www/health", b"ok\n", mode=0o644),
        ]
    )


def root_key() -> str:
    """Changes with all that the root is made of."""
    return _digest((SUITE, PACKAGES, CUT))


def key(engine: str) -> str:
    """Changes with all that the images are made of."""
    return _digest((root_key(), images(b"", engine)))


def ensure_archive(outer: Engine, engine: str, progress: Progress) -> Path:
    """The archive of the images for that engine generation; made where it is missing."""
    path = places.home() / "images" / f"shop-{engine}-{key(engine)}.tar"
    if path.exists():
        return path
    with places.locked("shop", progress):
        if not path.exists():
            root = _ensure_root(progress).read_bytes()
            progress.say("building the images of the shop")
            archive.write(path, images(root, engine), architecture=architecture(outer))
    return path


def _ensure_root(progress: Progress) -> Path:
    """The layer below all of them; kept, so that a changed script takes no debootstrap."""
    path = places.home() / "images" / f"shop-root-{root_key()}.tar"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    tree = places.home() / "build" / "shop"
    tree.parent.mkdir(parents=True, exist_ok=True)
    debian.remove(tree)
    try:
        with progress.long(f"building PostgreSQL for the shop: debootstrap {SUITE} (about 50 s)"):
            debian.debootstrap(SUITE, PACKAGES, tree, progress)
        debian.chroot(tree, CUT)
        partial = path.with_suffix(".partial")
        shutil.copyfile(tree / "shop.tar", partial)
        partial.replace(path)
    finally:
        debian.remove(tree)
    return path


def _digest(recipe: object) -> str:
    return hashlib.sha256(repr(recipe).encode()).hexdigest()[:10]
