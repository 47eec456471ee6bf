# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One JSON message to a webhook, with one limit for all that the other side may take.

Ansible's own library sends it, since webhooks are often behind the proxies that it knows. It limits each single wait
only: an endpoint that sends a byte now and then would hold a playbook for ever, and one that never ends its answer
would fill the memory. So the answer is not read beyond its status, and whoever takes longer than the limit is left
behind.
"""

from __future__ import annotations

import json
import threading
from typing import Any, Callable, Mapping, NamedTuple
from urllib.error import HTTPError, URLError

from ansible.module_utils.urls import ConnectionError as UrlsError
from ansible.module_utils.urls import open_url

from .http import TIMED_OUT, overridden, phrase


class Posted(NamedTuple):
    """The status that was answered, 0 where there was none; then `why` says what happened, without the URL."""

    status: int
    why: str

    @property
    def taken(self) -> bool:
        """Whether the endpoint took the message. Redirects are not followed: they are no success."""
        return 200 <= self.status < 300

    @property
    def told(self) -> str:
        """What came of it, in a few words."""
        return self.why or "status %d" % self.status


def post(
    url: str,
    body: Any,
    headers: Mapping[str, str],
    timeout: float,
    *,
    validate_certs: bool = True,
    send: Callable[..., Any] = open_url,
) -> Posted:
    """Send the body as JSON; never raises for what the network or the endpoint does.

    `timeout` is in seconds, for everything from the name of the host to the status.
    """
    found: list[Posted] = []
    data = json.dumps(body).encode()

    def work() -> None:
        found.append(_post(send, url, data, headers, timeout, validate_certs))

    # A daemon: what hangs ends with the process.
    thread = threading.Thread(target=work, name="webhook", daemon=True)
    thread.start()
    thread.join(timeout)
    return found[0] if found else Posted(0, TIMED_OUT)


def _post(
    send: Callable[..., Any],
    url: str,
    data: bytes,
    headers: Mapping[str, str],
    timeout: float,
    validate_certs: bool,
) -> Posted:
    try:
        with send(
            url,
            data=data,
            headers=overridden({"Content-Type": "application/json"}, headers),
            method="POST",
            timeout=timeout,
            validate_certs=validate_certs,
            http_agent="swarm.rollout",
            follow_redirects="none",
        ) as answer:
            return Posted(int(answer.status), "")
    except HTTPError as error:
        error.close()
        return Posted(int(error.code), "")
    except Exception as error:  # noqa: BLE001 - of many kinds, and the text of each may repeat the URL
        return Posted(0, _why(error))


def _why(error: BaseException) -> str:
    inner = error.reason if isinstance(error, URLError) else error
    if isinstance(inner, UrlsError):
        return "it cannot be connected to"
    return phrase(inner) if isinstance(inner, Exception) else "it cannot be connected to"
