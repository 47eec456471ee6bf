# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # For modules that change what serves
    DOCUMENTATION = r"""
options:
  availability:
    description:
      - Asks a URL at a steady rate from shortly before the first write until the last task that is replaced has
        gone, and returns how available it was, with the longest gap and the latencies of old and new version.
      - The requests are made by the host of the module, each over a connection of its own, since a connection that is
        kept open asks the same task each time. A slow answer holds up no request after it.
      - What happened to tasks around an interruption is told by the clocks of their nodes, and the requests by that
        of the host of the module.
      - A task that changes nothing makes no request, nor does one that creates the service.
      - Durations are written such as V(10s), V(1m30s) or V(500ms), or as a number of seconds.
    type: dict
    version_added: 0.1.0
    suboptions:
      url:
        description:
          - What to ask, such as V(http://vote.example.org/health). Best is the way that users come in.
          - A user and a password in it are sent as basic authentication and are never returned.
        type: str
        required: true
      interval:
        description:
          - The time from the beginning of a request to that of the next one, at least V(10ms). An outage that is
            shorter than this may go unseen.
        type: str
        default: 500ms
      timeout:
        description:
          - How long an answer may take, from the beginning of the request to the end of the answer, before the request
            counts as failed.
        type: str
        default: 2s
      expect:
        description:
          - What a good answer is. No answer is never good.
        type: dict
        suboptions:
          status:
            description:
              - The HTTP statuses that are good, such as V(200), V(2xx) or V(200-299). Redirects are not followed.
            type: list
            elements: str
            default: ["200-399"]
          body:
            description:
              - A regular expression that has to be found in the body, of which the first 64 KiB are read.
            type: str
      budget:
        description:
          - How many requests may fail, as a count such as V(0) or V(5), or as a share such as V(0.5%). When more have
            failed the rollout is ended as failed, at once, and taken back. A way back is never ended for it.
          - A share is taken of at least 100 requests. With V(2%) two may fail from the beginning; with V(0.5%) none may
            before there are 200.
          - Without it availability is only measured.
        type: str
      version:
        description:
          - A regular expression that finds in an answer which version gave it, such as V(version=[0-9.]+). It is looked
            for in the headers, of which each is a line with its name, a colon, a blank and its value, and then in the
            body. Its group is the version, or all that it matches where it has none; it has at most one.
          - Versions that answered before the first write are the old ones. Without it, latencies of old and new are not
            told apart.
        type: str
      validate_certs:
        description:
          - Whether certificates of C(https) are verified.
        type: bool
        default: true
"""
