# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docker archives (what `docker save` writes): images made without an Engine and without a registry.

`docker import` would give each image a layer of its own and knows fewer settings of a health check.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The same input gives the same bytes, and so the same image everywhere.
EPOCH = "2026-01-01T00:00:00Z"
EPOCH_SECONDS = 1767225600


@dataclass(frozen=True)
class File:
    """One entry of a layer: a file, a link (``link``), or a directory (no data, no link)."""

    path: str
    data: bytes | None = None
    link: str | None = None
    mode: int = 0o755


@dataclass(frozen=True)
class Image:
    """One image: its names, its layers from the bottom up, and the ``config`` of its containers."""

    names: tuple[str, ...]
    layers: tuple[bytes, ...]
    config: Mapping[str, Any]


def layer(files: Iterable[File]) -> bytes:
    """Pack files into a layer."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for file in files:
            _add(tar, file.path, file.data, link=file.link, mode=file.mode)
    return buffer.getvalue()


def write(path: Path, images: Iterable[Image], *, architecture: str) -> None:
    """Write images into one archive; equal layers are stored, and later loaded, once."""
    manifest: list[dict[str, Any]] = []
    blobs: dict[str, bytes] = {}
    for image in images:
        digests = [hashlib.sha256(data).hexdigest() for data in image.layers]
        blobs.update({f"{digest}.tar": data for digest, data in zip(digests, image.layers, strict=True)})
        description = json.dumps(
            {
                "architecture": architecture,
                "os": "linux",
                "created": EPOCH,
                "config": image.config,
                "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
                "history": [{"created": EPOCH, "created_by": "the lab"} for _ in digests],
            },
            sort_keys=True,
        ).encode()
        name = f"{hashlib.sha256(description).hexdigest()}.json"
        blobs[name] = description
        manifest.append(
            {"Config": name, "RepoTags": list(image.names), "Layers": [f"{digest}.tar" for digest in digests]}
        )
    partial = path.with_suffix(".partial")
    with tarfile.open(partial, mode="w") as tar:
        for name, data in blobs.items():
            _add(tar, name, data, mode=0o644)
        _add(tar, "manifest.json", json.dumps(manifest).encode(), mode=0o644)
    partial.replace(path)


def _add(tar: tarfile.TarFile, path: str, data: bytes | None, *, link: str | None = None, mode: int = 0o755) -> None:
    entry = tarfile.TarInfo(path)
    entry.mtime = EPOCH_SECONDS
    entry.mode = mode
    if link is not None:
        entry.type = tarfile.SYMTYPE
        entry.linkname = link
        tar.addfile(entry)
    elif data is None:
        entry.type = tarfile.DIRTYPE
        tar.addfile(entry)
    else:
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))
