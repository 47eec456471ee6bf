# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options: their argument spec, their validation, and one frozen object of them.

Names, aliases, defaults and environment variables are those of `community.docker`;
`docker_hosts` (several managers, tried in turn) is this collection's own.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping
from urllib.parse import urlsplit

from ansible.module_utils.basic import env_fallback

from .._core.errors import OptionError

DEFAULT_HOST = "unix:///var/run/docker.sock"
DEFAULT_TIMEOUT = 60

CONNECTION_ARGUMENTS: dict[str, dict[str, Any]] = {
    "docker_host": {"type": "str", "fallback": (env_fallback, ["DOCKER_HOST"]), "aliases": ["docker_url"]},
    "docker_hosts": {"type": "list", "elements": "str"},
    "tls_hostname": {"type": "str", "fallback": (env_fallback, ["DOCKER_TLS_HOSTNAME"])},
    "api_version": {
        "type": "str",
        "default": "auto",
        "fallback": (env_fallback, ["DOCKER_API_VERSION"]),
        "aliases": ["docker_api_version"],
    },
    "timeout": {"type": "int", "default": DEFAULT_TIMEOUT, "fallback": (env_fallback, ["DOCKER_TIMEOUT"])},
    "ca_path": {"type": "path", "aliases": ["ca_cert", "tls_ca_cert", "cacert_path"]},
    "client_cert": {"type": "path", "aliases": ["tls_client_cert", "cert_path"]},
    "client_key": {"type": "path", "aliases": ["tls_client_key", "key_path"]},
    "tls": {"type": "bool", "default": False, "fallback": (env_fallback, ["DOCKER_TLS"])},
    "use_ssh_client": {"type": "bool", "default": False},
    "validate_certs": {
        "type": "bool",
        "default": False,
        "fallback": (env_fallback, ["DOCKER_TLS_VERIFY"]),
        "aliases": ["tls_verify"],
    },
    "debug": {"type": "bool", "default": False},
}
CONNECTION_REQUIRED_TOGETHER = [["client_cert", "client_key"]]

_VERSION = re.compile(r"^v?(\d+)\.(\d+)$")


@dataclass(frozen=True)
class ConnectionOptions:
    """How to reach the managers. `hosts` are tried in turn; `timeout` is in seconds."""

    hosts: tuple[str, ...] = (DEFAULT_HOST,)
    api_version: tuple[int, int] | None = None
    timeout: float = DEFAULT_TIMEOUT
    tls: bool = False
    validate_certs: bool = False
    tls_hostname: str | None = None
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    use_ssh_client: bool = False

    @staticmethod
    def of(params: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> ConnectionOptions:
        """From a module's parameters; raises `OptionError` for what cannot be used.

        Precedence of the managers: `docker_hosts`, `docker_host` (or the variable DOCKER_HOST), the
        variable DOCKER_HOSTS (separated by commas), the local socket. Naming managers in both options
        is refused, so that no default from elsewhere decides which cluster is changed.
        """
        env = os.environ if environ is None else environ
        hosts = _hosts(params, env)
        validate = bool(params.get("validate_certs"))
        secure = bool(params.get("tls")) or validate
        if not secure and any(host.startswith("https://") for host in hosts):
            # Asked for by the address alone: then with the check that browsers make too.
            secure = validate = True
        folder = env.get("DOCKER_CERT_PATH") if secure else None
        files = {
            option: params.get(option) or _in_folder(folder, name)
            for option, name in (
                ("ca_path", "ca.pem"),
                ("client_cert", "cert.pem"),
                ("client_key", "key.pem"),
            )
        }
        if bool(files["client_cert"]) != bool(files["client_key"]):
            given, absent = ("client_cert", "client_key") if files["client_cert"] else ("client_key", "client_cert")
            raise OptionError(given, files[given], "give %s as well, a TLS client needs both files" % absent)
        timeout = params.get("timeout", DEFAULT_TIMEOUT)
        if timeout is None or timeout <= 0:
            raise OptionError("timeout", timeout, "give a number of seconds above 0")
        return ConnectionOptions(
            hosts=hosts,
            api_version=_version(params.get("api_version")),
            timeout=float(timeout),
            tls=secure,
            validate_certs=validate,
            tls_hostname=params.get("tls_hostname") or None,
            use_ssh_client=bool(params.get("use_ssh_client")),
            **files,
        )


def _in_folder(folder: str | None, name: str) -> str | None:
    """The file of that name in DOCKER_CERT_PATH, if there is one."""
    if not folder:
        return None
    path = Path(folder).expanduser() / name
    return str(path) if path.is_file() else None


def _hosts(params: Mapping[str, Any], env: Mapping[str, str]) -> tuple[str, ...]:
    several = [host.strip() for host in params.get("docker_hosts") or [] if host and host.strip()]
    single = (params.get("docker_host") or "").strip()
    if several:
        if single and single not in (env.get("DOCKER_HOST"), *several):
            raise OptionError("docker_host", single, "give either docker_host or docker_hosts, not both")
        option, hosts = "docker_hosts", several
    elif single:
        option, hosts = "docker_host", [single]
    else:
        option = "DOCKER_HOSTS"
        hosts = [host.strip() for host in env.get("DOCKER_HOSTS", "").split(",") if host.strip()]
    return tuple(dict.fromkeys(_host(option, host) for host in hosts)) or (DEFAULT_HOST,)


def _host(option: str, host: str) -> str:
    """One address, with its scheme; a path is a socket and a bare name is TCP, as with the Docker CLI."""
    if "://" not in host:
        host = ("unix://" if host.startswith("/") else "tcp://") + host
    scheme, rest = host.split("://", 1)
    if scheme not in ("unix", "tcp", "http", "https", "ssh", "npipe"):
        raise OptionError(option, host, "it begins with unix://, tcp://, https://, ssh:// or npipe://")
    if scheme in ("unix", "npipe"):
        return host if rest else DEFAULT_HOST
    if ":" in rest.rpartition("@")[0]:
        raise OptionError(option, scheme + "://...", "it holds a password; use certificates or SSH keys")
    try:
        parts = urlsplit(host)
        name, port = parts.hostname, parts.port
    except ValueError:
        name, port = None, None
    if not name:
        raise OptionError(option, host, "a host name is missing, or the port is not a number")
    if port is None and scheme != "ssh":
        raise OptionError(option, host, "the port is missing: usually 2376 with TLS and 2375 without")
    if scheme == "ssh" and parts.path.strip("/"):
        raise OptionError(option, host, "a path is not possible with ssh://")
    return host.rstrip("/")


def _version(value: Any) -> tuple[int, int] | None:
    if value is None or str(value).lower() in ("auto", ""):
        return None
    match = _VERSION.match(str(value))
    if not match:
        raise OptionError("api_version", value, 'give "auto" or a version such as "1.45"')
    return int(match.group(1)), int(match.group(2))
