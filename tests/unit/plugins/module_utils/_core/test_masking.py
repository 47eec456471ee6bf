# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What looks secret is hidden, and what does not stays readable."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.masking import (
    MASK,
    hidden,
    is_secret,
    looks_secret,
    mask_pairs,
    mask_printed,
    mask_text,
    mask_words,
    masked,
    secrets_in,
)


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD",
        "DB_PASSWD",
        "dbPassword",
        "passphrase",
        "CLIENT_SECRET",
        "secrets",
        "GITHUB_TOKEN",
        "API_KEY",
        "apiKey",
        "apikey",
        "AWS_SECRET_ACCESS_KEY",
        "KEY",
        "MYSQL_PWD",
        "BASIC_AUTH",
        "basicAuth",
        "GOOGLE_CREDENTIALS",
        "JWT",
        "splunk-token",
        *("DBPASS", "SMTPPASS", "TS_AUTHKEY", "SSHKEY", "ENCRYPTIONKEY", "licensekey", "SSH_PRIVKEY", "HMACKEYS"),
        *("DB_PASSCODE", "CREDS", "DBCREDS", "OTP_SEED", "SLACK_WEBHOOK_URL", "SAS_URL", "ROOTPWD"),
    ],
)
def test_names_that_look_secret(name):
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *("PATH", "AUTHOR", "KEYBOARD", "MONKEY", "PATTERN", "COMPASS", "HOSTNAME", "PORT", "max-size", "KEYCLOAK_URL"),
        *("VALKEY_HOST", "BYPASS", "TURKEY", "HOTKEYS", "PASSENGERS", "CREDIT", "OPTIONS", "SASS_DIR"),
    ],
)
def test_names_that_do_not(name):
    assert not looks_secret(name)


def test_a_path_to_a_secret_is_none():
    assert not is_secret("DB_PASSWORD_FILE", "/run/secrets/db")
    assert is_secret("DB_PASSWORD_FILE", "hunter2")
    assert is_secret("DB_PASSWORD", "/run/secrets/db")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgres://app:hunter2@db/x", "postgres://app:%s@db/x" % MASK),
        ("redis://:hunter2@cache:6379", "redis://:%s@cache:6379" % MASK),
        ("amqp://a:p@ss@mq and https://x/y", "amqp://a:%s@mq and https://x/y" % MASK),
        ("https://example.com:8080/a@b", "https://example.com:8080/a@b"),
        ("addr=10.0.0.1,username=u,password=hunter2,rw", "addr=10.0.0.1,username=u,password=%s,rw" % MASK),
        ("Server=db;Password=hunter2;", "Server=db;Password=%s;" % MASK),
        ("curl http://x/?token=abc&page=1", "curl http://x/?token=%s&page=1" % MASK),
        ("token=YWJjZA==, password=a=b;c=d", "token=%s, password=%s;c=d" % (MASK, MASK)),
        ("Server=db;Pwd=hunter2;x", "Server=db;Pwd=%s;x" % MASK),
        ("AccountName=a;AccountKey=abc==;x=y", "AccountName=a;AccountKey=%s;x=y" % MASK),
        ("SharedAccessKey=abc", "SharedAccessKey=%s" % MASK),
        ("https://x/?se=1&sig=abc&sv=2", "https://x/?se=1&sig=%s&sv=2" % MASK),
        ("design=plain, config=none", "design=plain, config=none"),
        ("node.labels.secret==a", "node.labels.secret==a"),
        ("node.labels.key == a", "node.labels.key == a"),
        ("node.labels.key==a", "node.labels.key==a"),
        ("plain", "plain"),
    ],
)
def test_passwords_inside_texts_are_hidden(text, shown):
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password: hunter2", "password: " + MASK),
        ('{"user": "bob", "password": "hunter2", "n": 1}', '{"user": "bob", "password": "%s", "n": 1}' % MASK),
        ("{'api-key': 'abc'}", "{'api-key': '%s'}" % MASK),
        ("> Authorization: Bearer abc.def", "> Authorization: Bearer " + MASK),
        ("authorization: Basic YTpi", "authorization: Basic " + MASK),
        ("DB_PASSWORD=hunter2 token:abc", "DB_PASSWORD=%s token:%s" % (MASK, MASK)),
        ("at 10:00:00: user: bob, port: 80", "at 10:00:00: user: bob, port: 80"),
        ("password:", "password:"),
    ],
)
def test_passwords_in_what_programs_print_are_hidden(text, shown):
    assert mask_printed(text) == shown


def test_a_long_line_that_a_program_prints_takes_no_time():
    for text in ("password" * 20_000, "password: " * 20_000, "a:" * 100_000, 'secret"' * 20_000):
        begun = time.process_time()
        mask_printed(text)
        assert time.process_time() - begun < 2


def test_command_lines_hide_what_flags_introduce():
    words = [
        "serve",
        "--password",
        "hunter2",
        "--token=abc",
        "KEY=abc",
        "-v",
        "--auth",
        "--port",
        "80",
        "x=1",
    ]
    hidden = ["serve", "--password", MASK, "--token=" + MASK, "KEY=" + MASK]
    assert mask_words(words) == [*hidden, "-v", "--auth", "--port", "80", "x=1"]


def test_pairs_keep_what_is_no_secret():
    pairs = {"A": "1", "TOKEN": "abc", "URL": "http://u:pw@h", "TOKEN_EMPTY": "", "GONE": None}
    masked = {"A": "1", "TOKEN": MASK, "URL": "http://u:%s@h" % MASK, "TOKEN_EMPTY": "", "GONE": None}
    assert mask_pairs(pairs) == masked


def test_the_hidden_values_can_be_listed():
    assert secrets_in({"A": "1", "TOKEN": "abc", "URL": "http://u:pw@h", "GONE": None}) == {"abc", "pw"}
    assert secrets_in(["--password", "hunter2", "--token=abc", "-v", "KEY=x", "plain"]) == {"hunter2", "abc", "x"}
    assert secrets_in([{"options": {"o": "user=u,password=hunter2"}}, {"a": [1, None]}]) == {"hunter2"}


def test_any_value_can_be_hidden():
    value = {"Env": ["TOKEN=abc", "A=1"], "Deep": [{"password": "hunter2", "n": 5}], "url": "http://u:pw@h"}
    shown = {"Env": ["TOKEN=" + MASK, "A=1"], "Deep": [{"password": MASK, "n": 5}], "url": "http://u:%s@h" % MASK}
    assert hidden("Plugin", value) == shown
    assert hidden("Plugin.apiKey", "abc") == MASK


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"DB_PASSWORD": "hunter2", "A": "1", "N": None}, {"DB_PASSWORD": MASK, "A": "1", "N": None}),
        ({"DB_PASSWORD": ["hunter2", {"a": 7}], "T": True}, {"DB_PASSWORD": [MASK, {"a": MASK}], "T": True}),
        ({"PIN_TOKEN": 7, "PORT": 80}, {"PIN_TOKEN": MASK, "PORT": 80}),
        ({"DB_PASSWORD_FILE": "/run/secrets/db"}, {"DB_PASSWORD_FILE": "/run/secrets/db"}),
        (["serve", "--password", "hunter2", "--port", 80], ["serve", "--password", MASK, "--port", 80]),
        (["--password", {"a": "hunter2"}], ["--password", MASK]),
        (["A=1", "SIGNING_KEY=hunter2"], ["A=1", "SIGNING_KEY=" + MASK]),
        ("SIGNING_KEY=hunter2", "SIGNING_KEY=" + MASK),
        ("postgres://u:hunter2@db/x", "postgres://u:%s@db/x" % MASK),
        ("A=1,SIGNING_KEY=hunter2", MASK),
        ("A=1,DB_PASSWORD=correct horse", MASK),
        ('{"SIGNING_KEY": "hunter2"}', MASK),
        ('{"SIGNING_KEY": "hunter2"', MASK),
        ("{SIGNING_KEY: hunter2}", MASK),
        ('{"credentials": {"a": "hunter2"}}', MASK),
        ('["serve", "--password", "hunter2"]', MASK),
        ("[serve, --password, hunter2]", MASK),
        ("serve --password hunter2", MASK),
        ("serve --password 'hunter2", MASK),
        ("sh -c 'serve --password hunter2'", MASK),
        ("curl -H 'Authorization: Bearer hunter2' http://a", MASK),
        ("A=1,B=2", "A=1,B=2"),
        ('{"a": "b"}', '{"a": "b"}'),
        ("serve --port 80, and wait", "serve --port 80, and wait"),
        ("https://example.com:8080/a", "https://example.com:8080/a"),
        ("word " * 3000, MASK),
        (object(), MASK),
    ],
)
def test_the_value_of_an_option_is_hidden_in_any_form(value, shown):
    assert masked(value) == shown


def test_nothing_is_seen_of_what_has_no_bottom():
    value: Any = ["hunter2"]
    for _level in range(5000):
        value = [value]
    assert "hunter2" not in repr(masked(value))
    assert secrets_in(value) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "SIGNING_KEY=hunter2",
        "A=1,SIGNING_KEY=hunter2",
        '{"SIGNING_KEY": "hunter2"}',
        "serve --password hunter2",
        "serve --password hunter2 '",
        "sh -c 'serve --password hunter2'",
        "[serve, --password, hunter2]",
    ],
)
def test_secrets_are_found_in_each_reading_of_a_text(text):
    assert secrets_in(text) == {"hunter2"}
