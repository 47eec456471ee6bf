# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates made for a test run: an authority, an Engine's, a client's, and wrong ones."""

from __future__ import annotations

import subprocess
from pathlib import Path

_DAYS = "1"


class Authority:
    """A certificate authority in a folder."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self.folder = folder
        self.ca = folder / (name + ".pem")
        self._key = folder / (name + "-key.pem")
        self._run(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-keyout", str(self._key), "-out", str(self.ca), "-days", _DAYS, "-subj", "/CN=" + name),
            *("-addext", "keyUsage=critical,keyCertSign"),
        )

    def issue(self, name: str, names: str, *, days: str = _DAYS) -> tuple[Path, Path]:
        """A certificate for subject alternative names (`DNS:a,IP:b`) and its key."""
        cert, key, request = (self.folder / (name + end) for end in (".pem", "-key.pem", ".csr"))
        extensions = self.folder / (name + ".ext")
        extensions.write_text("subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\n" % names)
        self._run(
            *("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-keyout", str(key), "-out", str(request), "-subj", "/CN=" + name),
        )
        self._run(
            *("x509", "-req", "-in", str(request), "-CA", str(self.ca), "-CAkey", str(self._key)),
            *("-CAcreateserial", "-days", days, "-extfile", str(extensions), "-out", str(cert)),
        )
        return cert, key

    @staticmethod
    def _run(*arguments: str) -> None:
        subprocess.run(("openssl", *arguments), check=True, capture_output=True)
