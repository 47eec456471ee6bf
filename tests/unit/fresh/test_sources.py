# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an empty root takes over from the machine's settings of apt and pip."""

from __future__ import annotations

import pytest

from tests.fresh.sources import codename, for_suite, local_paths, own_certificates, variables

LIST = "deb http://mirror.example/debian bookworm main\ndeb http://mirror.example/debian bookworm-updates main\n"
SOURCES = "URIs: http://mirror.example/bookworm.d\nSuites: bookworm bookworm-security\nComponents: main\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LIST, LIST.replace("bookworm", "trixie")),
        (SOURCES, "URIs: http://mirror.example/bookworm.d\nSuites: trixie trixie-security\nComponents: main\n"),
        ("Suites: bookworm\n", "Suites: trixie\n"),
        ("Suites: nodistro\n", "Suites: nodistro\n"),
    ],
)
def test_the_sources_of_another_suite(text, expected):
    assert for_suite(text, "bookworm", "trixie") == expected


@pytest.mark.parametrize(
    ("release", "name"),
    [
        ('ID=debian\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian"\n', "bookworm"),
        ("ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n", None),
        ("", None),
    ],
)
def test_the_name_of_this_machines_debian(release, name):
    assert codename(release) == name


def test_only_variables_that_lead_to_packages_are_taken_over():
    environment = {
        "PIP_INDEX_URL": "http://index.example/simple",
        "https_proxy": "http://proxy.example",
        "NO_PROXY": "localhost",
        "SWARM_ROLLOUT_LAB_MIRROR": "http://mirror.example",
        "DOCKER_HOST": "tcp://127.0.0.1:2375",
        "PIPX_HOME": "/x",
        "PATH": "/usr/bin",
        "SOME_TOKEN": "x",
    }
    assert set(variables(environment)) == {"PIP_INDEX_URL", "https_proxy", "NO_PROXY", "SWARM_ROLLOUT_LAB_MIRROR"}


@pytest.mark.parametrize(
    ("settings", "paths"),
    [
        ("[global]\nfind-links = /srv/wheels\n", ["/srv/wheels"]),
        ("extra-index-url = file:///srv/one/simple file:///srv/two/simple/", ["/srv/one", "/srv/two"]),
        ("/etc/ssl/certs/ca.crt", ["/etc/ssl/certs/ca.crt"]),
        ("cert=/etc/ssl/a.pem\ncert=/etc/ssl/a.pem", ["/etc/ssl/a.pem"]),
        ("index-url = https://index.example/simple", []),
        ("180", []),
    ],
)
def test_paths_of_this_machine_in_pips_settings(settings, paths):
    assert local_paths(settings) == paths


def certificate(name: str) -> str:
    """Something that looks like one."""
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----" % name


def test_certificates_that_came_with_no_package_are_the_machines_own():
    bundle = "\n".join([certificate("public"), certificate("ours"), certificate("other")])
    assert own_certificates(bundle, [certificate("other") + "\n", certificate("public") + "\n"]) == [
        certificate("ours")
    ]
