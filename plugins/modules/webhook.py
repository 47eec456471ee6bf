#!/usr/bin/python

# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: webhook
short_description: Tell a webhook something, within limits
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Sends a JSON message by POST. The roles of this collection tell with it how a rollout ended.
  - What the endpoint may cost is limited. O(timeout) is for everything, however slowly the answer comes, and of the
    answer only the status is read.
  - Neither the URL nor the headers are ever shown, since they are all that one needs to write to a webhook; messages
    name the host.
  - Redirects are not followed.
  - Proxies are those of the environment, as for M(ansible.builtin.uri).
attributes:
  check_mode:
    description: Can run in check mode.
    support: full
    details:
      - Nothing is sent.
  diff_mode:
    description: Tells in diff mode what changed.
    support: none
  idempotent:
    description: Does nothing when it is run again.
    support: none
    details:
      - A message is sent each time. As it changes nothing on the host, the task is never changed.
options:
  url:
    description:
      - The webhook, beginning with V(http://) or V(https://).
    type: str
    required: true
  body:
    description:
      - The message.
    type: dict
    required: true
  headers:
    description:
      - Headers to send with it. C(Content-Type) is V(application/json) unless it is given.
    type: dict
    default: {}
  timeout:
    description:
      - How many seconds the whole request may take, from V(1) to V(3600).
    type: int
    default: 10
  validate_certs:
    description:
      - Whether the certificate of an C(https) endpoint has to be valid.
    type: bool
    default: true
seealso:
  - module: ansible.builtin.uri
"""

EXAMPLES = r"""
- name: Tell the team
  swarm.rollout.webhook:
    url: "{{ vault_chat_webhook }}"
    body:
      text: "{{ swarm_rollout_summary }}"
  delegate_to: localhost
"""

RETURN = r"""
taken:
  description: Whether the endpoint took the message, which a status from 200 to 299 says.
  returned: always
  type: bool
status:
  description: The HTTP status that was answered; V(0) where there was no answer, or nothing was sent in check mode.
  returned: always
  type: int
  sample: 204
host:
  description: The host of the URL.
  returned: always
  type: str
  sample: hooks.example.org
"""

from typing import Any, Mapping
from urllib.parse import urlsplit

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import RolloutError, describe, sentence
from ansible_collections.swarm.rollout.plugins.module_utils._core.http import url_problem
from ansible_collections.swarm.rollout.plugins.module_utils._rollout_module import RolloutModule

# Nobody waits longer for a notification, and some systems cannot count the seconds of a century.
LONGEST = 3600

ARGUMENTS: dict[str, dict[str, Any]] = {
    "url": {"type": "str", "required": True, "no_log": True},
    "body": {"type": "dict", "required": True},
    "headers": {"type": "dict", "default": {}, "no_log": True},
    "timeout": {"type": "int", "default": 10},
    "validate_certs": {"type": "bool", "default": True},
}


def refuse(params: Mapping[str, Any]) -> None:
    """Raises `RolloutError` for what cannot be sent; never with the URL or a header's value in it."""
    problem = url_problem(params["url"])
    if problem:
        raise RolloutError("url: what is given is not usable: %s" % problem)
    if not 1 <= params["timeout"] <= LONGEST:
        raise RolloutError(
            "timeout: %s is not usable: write a number of seconds from 1 to %d, such as 10"
            % (describe(params["timeout"]), LONGEST)
        )
    for name, value in params["headers"].items():
        if isinstance(value, (dict, list)) or value is None:
            raise RolloutError("headers: the value of %s is not usable: write a text" % describe(name))


def main() -> None:
    """Send it."""
    module = RolloutModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    params = module.params
    try:
        refuse(params)
    except RolloutError as error:
        module.fail_json(msg=error.message, taken=False, status=0, host="")
    host = sentence(urlsplit(params["url"]).hostname or "")
    if module.check_mode:
        module.exit_json(
            changed=False, taken=False, status=0, host=host, msg="%s: nothing is sent in check mode" % host
        )
    from ansible_collections.swarm.rollout.plugins.module_utils._engine.webhook import post

    headers = {str(name): str(value) for name, value in params["headers"].items()}
    posted = post(params["url"], params["body"], headers, params["timeout"], validate_certs=params["validate_certs"])
    result: dict[str, Any] = {"changed": False, "taken": posted.taken, "status": posted.status, "host": host}
    text = "%s: %s" % (host, posted.told)
    if posted.taken:
        module.exit_json(msg=text, **result)
    module.fail_json(msg=text, **result)


if __name__ == "__main__":
    main()
