# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the reference refers to in Ansible's own documentation, so that no build has to ask for it."""

from __future__ import annotations

import zlib

ADDRESS = "https://docs.ansible.com/projects/ansible/latest/"
# label: page. The anchor is the label with hyphens. A label that is missing here stops the build and is named.
PAGES = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
    "ansible_collections.ansible.builtin.uri_module": "collections/ansible/builtin/uri_module.html",
    "ansible_collections.community.docker.docker_swarm_service_module": (
        "collections/community/docker/docker_swarm_service_module.html"
    ),
}


def inventory() -> bytes:
    """These pages in the form that Sphinx reads inventories in."""
    rows = [
        "%s std:label -1 %s#%s -" % (label, page, label.replace("_", "-").replace(".", "-"))
        for label, page in PAGES.items()
    ]
    head = "# Sphinx inventory version 2\n# Project: Ansible\n# Version: latest\n"
    head += "# The remainder of this file is compressed using zlib.\n"
    return head.encode() + zlib.compress("".join(row + "\n" for row in rows).encode())
