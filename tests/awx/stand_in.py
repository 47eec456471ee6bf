# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""As much of AWX's API as the modules of awx.awx use to make objects. It keeps them and does nothing with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]

HIDDEN = "$encrypted$"
SECRETS = {"key", "vault_password", "token"}
# Which kinds of objects AWX lists as unified job templates, under which type.
UNIFIED = {"job_templates": "job_template", "projects": "project", "workflow_job_templates": "workflow_job_template"}
BUILT_IN = {"organizations": ["Default"], "credential_types": ["Vault"]}


class StandIn:
    """The objects by kind, each with a number; what is associated with each; the surveys."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, Json]] = {}
        self.linked: dict[str, list[int]] = {}
        self.surveys: dict[str, Json] = {}
        self.written: list[tuple[str, str, Json]] = []
        self.lock = Lock()
        self._last = 0
        for kind, names in BUILT_IN.items():
            for name in names:
                self._add(kind, {"name": name})

    def named(self, kind: str, name: str) -> Json:
        """An object by its name."""
        return next(one for one in self.objects[kind].values() if one["name"] == name)

    def answer(self, method: str, path: str, query: Json, data: Json) -> tuple[int, Json]:
        """Status and body of one request below /api/v2/."""
        parts = path.strip("/").split("/")
        if method != "GET":
            self.written.append((method, path, data))
        match parts:
            case ["unified_job_templates"]:
                return 200, listed(self._unified(query))
            case [kind]:
                return self._kind(method, kind, query, data)
            case [kind, number]:
                if method == "PATCH":
                    self.objects[kind][int(number)].update(data)
                return 200, shown(self.objects[kind][int(number)])
            case [_kind, _number, "survey_spec"]:
                if method == "POST":
                    self.surveys[path.strip("/")] = data
                return 200, self.surveys.get(path.strip("/"), {})
            case ["workflow_job_template_nodes", number, "create_approval_template"]:
                return 201, self._approval(int(number), data)
            case [_kind, _number, _relation]:
                return self._relation(method, path.strip("/"), data)
            case _:
                return 404, {"detail": "Not found."}

    def _kind(self, method: str, kind: str, query: Json, data: Json) -> tuple[int, Json]:
        if method == "POST":
            return 201, self._add(kind, data)
        return 200, listed([one for one in self.objects.get(kind, {}).values() if fits(one, query)])

    def _approval(self, number: int, data: Json) -> Json:
        made = self._add("workflow_approval_templates", data)
        node = self.objects["workflow_job_template_nodes"][number]
        node["related"]["unified_job_template"] = made["url"]
        node["unified_job_template"] = made["id"]
        return made

    def _relation(self, method: str, key: str, data: Json) -> tuple[int, Json]:
        if method == "POST":
            numbers = self.linked.setdefault(key, [])
            if data.get("disassociate"):
                numbers.remove(data["id"])
            else:
                numbers.append(data["id"])
            return 204, {}
        return 200, listed([{"id": number} for number in self.linked.get(key, [])])

    def _add(self, kind: str, data: Json) -> Json:
        self._last += 1
        url = f"/api/v2/{kind}/{self._last}/"
        relations = {name: f"{url}{name}/" for name in ("survey_spec",)}
        made = {**data, "id": self._last, "url": url, "type": kind.rstrip("s"), "related": relations}
        if kind == "projects":
            # It is fetched already, so that nobody has to wait for it.
            made.update(scm_revision="4f1d2c", summary_fields={})
        self.objects.setdefault(kind, {})[self._last] = made
        return shown(made)

    def _unified(self, query: Json) -> list[Json]:
        return [
            one
            for kind, name in UNIFIED.items()
            for one in self.objects.get(kind, {}).values()
            if name == query["type"] and fits(one, {key: value for key, value in query.items() if key != "type"})
        ]


def fits(one: Json, query: Json) -> bool:
    """Whether an object is asked for."""
    return all(str(one.get(key)) == value for key, value in query.items())


def listed(found: list[Json]) -> Json:
    """A page that is the only one."""
    return {"count": len(found), "next": None, "results": [shown(one) for one in found]}


def shown(value: Any) -> Any:
    """What AWX gives back: no secrets."""
    if isinstance(value, dict):
        return {key: HIDDEN if key in SECRETS and value[key] else shown(one) for key, one in value.items()}
    return [shown(one) for one in value] if isinstance(value, list) else value


@contextmanager
def serving(awx: StandIn) -> Iterator[str]:
    """Its address while it answers."""

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            address = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            data = json.loads(body) if body else {}
            with awx.lock:
                query = dict(parse_qsl(address.query, keep_blank_values=True))
                status, told = awx.answer(self.command, address.path.removeprefix("/api/v2/"), query, data)
            text = b"" if status == 204 else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = respond  # noqa: N815

        def log_message(self, *_arguments: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
