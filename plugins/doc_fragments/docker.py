# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # How to reach the managers of a Swarm
    DOCUMENTATION = r"""
options:
  docker_host:
    description:
      - Address of a Swarm manager. The path of a Unix socket, V(tcp://192.0.2.23:2376), or
        V(ssh://deploy@manager1).
      - With O(tls) or O(validate_certs) a V(tcp://) address is used with TLS.
      - An V(https://) address is used as with O(validate_certs), unless O(tls) is set.
      - Without this option the environment variable E(DOCKER_HOST) is used, then E(DOCKER_HOSTS) (see
        O(docker_hosts)), then V(unix:///var/run/docker.sock).
    type: str
    aliases: [docker_url]
  docker_hosts:
    description:
      - Addresses of several managers of one Swarm, in the forms of O(docker_host). The first that can serve
        is used. When it is lost during the task, the next takes over.
      - Takes the place of E(DOCKER_HOST). Giving this option and a different O(docker_host) as well is
        refused, so that no default from elsewhere decides which cluster is changed.
      - The environment variable E(DOCKER_HOSTS), addresses separated by commas, is used only where neither
        option and no E(DOCKER_HOST) is given.
    type: list
    elements: str
  tls:
    description:
      - Use TLS without checking the certificate of the Engine. O(validate_certs) takes precedence.
      - Without this option the environment variable E(DOCKER_TLS) is used.
    type: bool
    default: false
  validate_certs:
    description:
      - Use TLS and check that the certificate of the Engine is valid, signed by O(ca_path), and made for its
        host name.
      - Without this option the environment variable E(DOCKER_TLS_VERIFY) is used.
    type: bool
    default: false
    aliases: [tls_verify]
  tls_hostname:
    description:
      - Name that the certificate of the Engine is made for, where that is not the name in O(docker_host).
      - Without this option the environment variable E(DOCKER_TLS_HOSTNAME) is used.
    type: str
  ca_path:
    description:
      - File with the certificate of the authority that signed the certificate of the Engine.
      - Without this option, and with TLS, C(ca.pem) in the folder named by the environment variable
        E(DOCKER_CERT_PATH) is used if it is there. Without either the authorities known to Python's requests
        are.
    type: path
    aliases: [ca_cert, tls_ca_cert, cacert_path]
  client_cert:
    description:
      - File with the client certificate to show to the Engine. Needs O(client_key).
      - Without this option, and with TLS, C(cert.pem) in the folder named by the environment variable
        E(DOCKER_CERT_PATH) is used if it is there.
    type: path
    aliases: [tls_client_cert, cert_path]
  client_key:
    description:
      - File with the key of O(client_cert).
      - Without this option, and with TLS, C(key.pem) in the folder named by the environment variable
        E(DOCKER_CERT_PATH) is used if it is there.
    type: path
    aliases: [tls_client_key, key_path]
  api_version:
    description:
      - Version of the Engine API to use, such as V(1.45). V(auto) takes the newest that both sides know, and
        costs no request of its own.
      - Without this option the environment variable E(DOCKER_API_VERSION) is used.
    type: str
    default: auto
    aliases: [docker_api_version]
  timeout:
    description:
      - Seconds to wait for an answer of the Engine. Connecting is given up after 10 seconds at the latest.
      - Without this option the environment variable E(DOCKER_TIMEOUT) is used.
    type: int
    default: 60
  use_ssh_client:
    description:
      - For V(ssh://) addresses, use the program C(ssh) with its configuration, keys and agent. Otherwise the
        Python package paramiko is used.
    type: bool
    default: false
  debug:
    description:
      - Return the requests that were sent to the Engine as C(engine_calls), a list of method and path. Queries and
        bodies are left out.
    type: bool
    default: false
requirements:
  - Docker SDK for Python 7.0 or newer
  - A Swarm manager with Docker Engine 20.10 (API 1.41) or newer
notes:
  - The connection options, their aliases and environment variables are those of community.docker, so its
    C(module_defaults) can be used.
"""
