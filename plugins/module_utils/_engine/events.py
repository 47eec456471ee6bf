# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service events of a manager, read on a connection of their own and kept in a queue.

The Engine's event stream has no heartbeat, can end without a word, and does not carry what a task does:
it only makes waiting prompt. Whoever waits polls behind it.
"""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import Any

from .._core.errors import RolloutError
from .api import Api
from .stream import Stream

OPEN_SECONDS = 10.0
_END_SECONDS = 1.0


@dataclass(frozen=True)
class ServiceEvent:
    """One change of a service. `time` is in seconds since the epoch, by the manager's clock.

    The update states are empty when the state did not change; a reset to none has no new state either
    (moby daemon/cluster/services.go and daemon/events.go).
    """

    action: str
    service_id: str
    time: float
    name: str = ""
    update_state_new: str = ""
    update_state_old: str = ""
    image_new: str = ""
    image_old: str = ""
    replicas_new: int | None = None
    replicas_old: int | None = None

    @staticmethod
    def of(raw: Any) -> ServiceEvent:
        """From one object of `GET /events`."""
        data = raw if isinstance(raw, dict) else {}
        actor = data.get("Actor") or {}
        facts = actor.get("Attributes") or {}
        nano = data.get("timeNano")
        return ServiceEvent(
            action=str(data.get("Action", "")),
            service_id=str(actor.get("ID", "")),
            time=nano / 1e9 if isinstance(nano, int) else float(data.get("time") or 0),
            name=str(facts.get("name", "")),
            update_state_new=str(facts.get("updatestate.new", "")),
            update_state_old=str(facts.get("updatestate.old", "")),
            image_new=str(facts.get("image.new", "")),
            image_old=str(facts.get("image.old", "")),
            replicas_new=_number(facts.get("replicas.new")),
            replicas_old=_number(facts.get("replicas.old")),
        )


class ServiceEvents:
    """Open before a write, so that nothing the write causes is missed.

    The constructor returns when the stream is open or has failed to open; it raises nothing for a stream
    that cannot be had, since whoever waits polls anyway. A stream that ends is opened again behind the
    scenes every `pause` seconds; what happened meanwhile is not told, so `wait` returns at once, with
    nothing, when a stream has ended and when one has been opened again: poll then.
    """

    def __init__(self, api: Api, service_id: str | None = None, pause: float = 1.0) -> None:
        self._api = api.clone()
        self._service_id = service_id
        self._pause = pause
        self._queue: queue.Queue[ServiceEvent | None] = queue.Queue()
        self._closed = threading.Event()
        self._retry = threading.Event()
        self._stream: Stream | None = None
        self._open()
        self._thread = threading.Thread(target=self._run, name="swarm-events", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the stream is open, as far as this side can tell."""
        return self._stream is not None

    def reopen(self) -> bool:
        """Try at once to open a stream that has ended, without waiting for it; whether it is open now."""
        self._retry.set()
        return self.alive

    def wait(self, timeout: float) -> list[ServiceEvent]:
        """What has happened since the last call; waits up to `timeout` seconds for a first event."""
        found: list[ServiceEvent] = []
        try:
            item = self._queue.get(timeout=max(timeout, 0.0))
            while True:
                if item is not None:
                    found.append(item)
                item = self._queue.get_nowait()
        except queue.Empty:
            return found

    def close(self) -> None:
        """End the stream and its thread, within a second."""
        self._closed.set()
        self._retry.set()
        stream = self._stream
        if stream is not None:
            stream.close()
        self._thread.join(_END_SECONDS)
        self._api.close()

    def __enter__(self) -> ServiceEvents:
        return self

    def __exit__(self, *unused: Any) -> None:
        self.close()

    def _open(self) -> None:
        filters = {"scope": ["swarm"], "type": ["service"]}
        if self._service_id:
            filters["service"] = [self._service_id]
        timeout = min(OPEN_SECONDS, self._api.options.timeout)
        try:
            self._stream = self._api.stream("/events", {"filters": filters}, timeout)
        except RolloutError:
            self._stream = None
        if self._closed.is_set() and self._stream is not None:
            self._stream.close()

    def _run(self) -> None:
        while not self._closed.is_set():
            stream = self._stream
            if stream is not None:
                self._read(stream)
                self._stream = None
                stream.close()
                self._queue.put(None)
            self._retry.wait(self._pause)
            self._retry.clear()
            if not self._closed.is_set():
                self._open()
                if self._stream is not None:
                    self._queue.put(None)

    def _read(self, stream: Stream) -> None:
        for raw in stream.objects():
            event = ServiceEvent.of(raw)
            # The Engine's filter matches names and prefixes of IDs too.
            if not self._service_id or event.service_id == self._service_id:
                self._queue.put(event)


def _number(text: Any) -> int | None:
    try:
        return int(text)
    except (TypeError, ValueError):
        return None
