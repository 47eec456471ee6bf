# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a registry says of an image, asked through the manager, and the logins for it.

Pinning an image to its digest is the client's job: the Engine stores the name it is given, and each node
would otherwise resolve a tag by itself.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import Any, Mapping
from urllib.parse import quote

from .._core.errors import EngineError, OptionError
from .api import Api
from .failures import NoAnswerInTime

LOOKUP_SECONDS = 15.0
DOCKER_HUB = "docker.io"
_DENIED = re.compile(r"unauthorized|authentication required|no basic auth|denied|forbidden", re.IGNORECASE)
_ABSENT = re.compile(r"manifest unknown|name unknown|not known to registry|not found|no such", re.IGNORECASE)
_SILENT = re.compile(
    r"dial tcp|no such host|refused|timeout|no route|unreachable|x509|tls:|HTTPS client|\bEOF\b|HTTP status: 5",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ImageAnswer:
    """What became of a lookup: a digest (`sha256:…`), or a problem and its reason in one sentence.

    `problem` is empty, `missing`, `unauthorized`, `unreachable` or `other`. `platforms` are in the form
    of a service's Placement.Platforms.
    """

    image: str
    digest: str | None = None
    platforms: tuple[Mapping[str, str], ...] = ()
    problem: str = ""
    reason: str = ""


def image_digest(
    api: Api, image: str, registry_auth: str | None = None, timeout: float = LOOKUP_SECONDS
) -> ImageAnswer:
    """The digest of an image and the platforms it is made for, from its registry.

    A registry that does not know or does not answer is no error here: what follows from it is the
    caller's decision. Raises the connection errors of `Api` only for the manager itself.
    """
    headers = {"X-Registry-Auth": registry_auth} if registry_auth else None
    path = "/distribution/%s/json" % quote(image, safe="/:@")
    try:
        answer = api.get(path, timeout=timeout, headers=headers)
    except EngineError as exc:
        return _no_answer(image, exc)
    except NoAnswerInTime:
        return ImageAnswer(
            image,
            problem="unreachable",
            reason="the registry of %s did not answer within %g s" % (image, timeout),
        )
    data = answer if isinstance(answer, dict) else {}
    digest = str((data.get("Descriptor") or {}).get("digest") or "")
    if not digest:
        return ImageAnswer(image, problem="other", reason="the registry gave no digest for %s" % image)
    return ImageAnswer(image, digest, _platforms(data.get("Platforms")))


def registry_of(image: str) -> str:
    """The registry in an image's name; `docker.io` where it names none."""
    first, *path = image.split("/", 1)
    if path and ("." in first or ":" in first or first == "localhost"):
        return DOCKER_HUB if first == "index.docker.io" else first
    return DOCKER_HUB


def registry_auth_header(
    image: str, login: Mapping[str, Any] | None = None, config_path: str | None = None
) -> str | None:
    """The value of `X-Registry-Auth` for an image; None where the user has no login for its registry.

    `login` has `username` and `password`, or `identity_token`. Without it the user's Docker configuration
    is asked, its credential helpers included: the file `config_path`, else that of DOCKER_CONFIG or of the
    home folder. Raises `OptionError` when there is half a login, or when the configuration cannot be read.

    The header holds a password: never show it.
    """
    registry = registry_of(image)
    if login and any(login.values()):
        return _encode(_explicit(registry, login))
    from docker import auth, errors

    try:
        found = auth.load_config(config_path).resolve_authconfig(registry)
    except (errors.DockerException, ValueError, OSError, KeyError, TypeError, AttributeError) as exc:
        # Neither the words of the cause nor the cause itself: they may quote the file or a helper.
        trouble = type(exc).__name__
    else:
        return _encode(found) if found else None
    raise OptionError(
        "registry_auth",
        config_path or "the Docker configuration of this user",
        "the login for %s in it cannot be read (%s); run docker login again, or give the login as options"
        % (registry, trouble),
    )


def _explicit(registry: str, login: Mapping[str, Any]) -> dict[str, Any]:
    """A login from options in the Engine's form (moby api/types/registry AuthConfig)."""
    server = "https://index.docker.io/v1/" if registry == DOCKER_HUB else registry
    if login.get("identity_token"):
        return {"identitytoken": login["identity_token"], "serveraddress": server}
    for option in ("username", "password"):
        if not login.get(option):
            raise OptionError("registry_auth", "without " + option, "a login needs username and password")
    return {"username": login["username"], "password": login["password"], "serveraddress": server}


def _encode(auth: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(auth).encode("ascii")).decode("ascii")


def _platforms(raw: Any) -> tuple[Mapping[str, str], ...]:
    """In the spec's form.

    As with the Docker CLI an image for arm carries no architecture: nodes report theirs with a variant
    (armv7l), which would never match.
    """
    found = []
    for item in raw or ():
        architecture = str(item.get("architecture") or item.get("Architecture") or "")
        system = str(item.get("os") or item.get("OS") or "")
        found.append({"Architecture": "" if architecture.lower() == "arm" else architecture, "OS": system})
    return tuple(found)


def _no_answer(image: str, refused: EngineError) -> ImageAnswer:
    registry = registry_of(image)
    status, reason, told = refused.status, refused.reason, refused.told
    if status in (401, 403) or _DENIED.search(reason):
        return ImageAnswer(
            image,
            problem="unauthorized",
            reason="registry %s does not let this login read %s (%s)" % (registry, image, told),
        )
    if _SILENT.search(reason):
        return ImageAnswer(
            image,
            problem="unreachable",
            reason="registry %s cannot be reached from the manager (%s)" % (registry, told),
        )
    if status == 404 or _ABSENT.search(reason):
        return ImageAnswer(
            image, problem="missing", reason="registry %s has no image %s (%s)" % (registry, image, told)
        )
    return ImageAnswer(image, problem="other", reason="%s: %s" % (image, told))
