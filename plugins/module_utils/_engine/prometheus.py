# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One instant query to a Prometheus server."""

from __future__ import annotations

from typing import Callable
from urllib.parse import urlencode

from .._core.checks.settings import PrometheusSettings
from .._core.http import Answer

# An instant vector of some thousand series.
_LIMIT = 4 * 1024 * 1024


def instant_query(settings: PrometheusSettings, query: str, fetch: Callable[..., Answer]) -> Answer:
    """What the server's HTTP API answers to the query, whatever its status."""
    url = "%s/api/v1/query?%s" % (settings.url.rstrip("/"), urlencode({"query": query}))
    return fetch(
        url,
        settings.timeout,
        headers=dict(settings.headers),
        validate_certs=settings.validate_certs,
        limit=_LIMIT,
    )
