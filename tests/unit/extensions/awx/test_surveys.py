# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the surveys ask for is what the roles take: the variable, its type, its choices, whether it has to be given."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from tests.awx.documents import REPOSITORY, Json, documents, named, role_options

# What AWX refuses a survey without, and all that it knows.
NEEDED = {"question_name", "question_description", "variable", "type", "required"}
KNOWN = {*NEEDED, "default", "choices", "min", "max"}
TYPES = {"text": str, "textarea": str, "multiplechoice": str, "integer": int}
# Types of options that take what a question of that type answers.
FITS = {"text": {"str", "raw"}, "textarea": {"str", "raw"}, "multiplechoice": {"str", "raw"}, "integer": {"int", "raw"}}
# A role takes one of two; a survey asks for the first, which therefore has to be answered.
ALTERNATIVES = {"rollout_service": "rollout_release", "rollback_service": "rollback_release"}

WITH_SURVEY = [
    (variable, one["name"])
    for variable in ("controller_templates", "controller_workflows")
    for one in documents()[variable]
    if "survey_spec" in one
]
QUESTIONS = [
    pytest.param(question, id=f"{name}: {question['variable']}")
    for variable, name in WITH_SURVEY
    for question in named(variable, name)["survey_spec"]["spec"]
]


def option(variable: str) -> Json:
    """The option of the role that owns the variable."""
    found: Json = role_options(variable.split("_", 1)[0])[variable]
    return found


def answers(question: Json) -> list[Any]:
    """Answers that AWX would let pass: the default, each choice, some text or number."""
    given = list(question.get("choices", [])) or {"integer": [question.get("min", 1)]}.get(question["type"], ["x"])
    return [*given, question["default"]]


@pytest.mark.parametrize(("variable", "name"), WITH_SURVEY)
def test_a_survey_is_one_for_awx(variable: str, name: str) -> None:
    document = named(variable, name)
    assert document["survey_enabled"] is True
    survey = document["survey_spec"]
    assert set(survey) == {"name", "description", "spec"}
    asked = [question["variable"] for question in survey["spec"]]
    assert len(asked) == len(set(asked)) > 0
    assert len({question["question_name"] for question in survey["spec"]}) == len(asked)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_one_for_awx(question: Json) -> None:
    assert set(question) >= NEEDED
    assert set(question) <= KNOWN
    assert ("choices" in question) == (question["type"] == "multiplechoice")
    default = question["default"]
    assert type(default) is TYPES[question["type"]]
    assert default in question.get("choices", [default])
    if question["type"] == "integer":
        assert question["min"] <= default <= question["max"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_role_knows_the_variable_and_its_type_fits(question: Json) -> None:
    assert option(question["variable"]).get("type", "str") in FITS[question["type"]]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_choices_are_those_of_the_role(question: Json) -> None:
    told = option(question["variable"])
    if "choices" in told:
        assert [choice for choice in told["choices"] if choice] == question["choices"]
    elif "choices" in question:
        # A switch: the role documents what true does and takes the words as text.
        assert set(question["choices"]) == {"true", "false"}
        assert "V(true)" in " ".join(told["description"])
    else:
        assert question["type"] != "multiplechoice"


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_has_to_be_answered_is_what_the_role_needs(question: Json) -> None:
    variable = question["variable"]
    if variable in ALTERNATIVES:
        other = ALTERNATIVES[variable]
        assert f"Either this or O({other}) is needed" in " ".join(option(variable)["description"])
        assert question["required"]
    else:
        assert question["required"] == option(variable).get("required", False)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_role_takes_every_answer(question: Json) -> None:
    role = question["variable"].split("_", 1)[0]
    options = {name: {**one, "required": False} for name, one in role_options(role).items()}
    given = answers(question)
    assert given
    for answer in given:
        result = ArgumentSpecValidator(options).validate({question["variable"]: answer})
        assert result.error_messages == [], answer


# The nodes of a workflow have runbooks of their own.
@pytest.mark.parametrize(("variable", "name"), [one for one in WITH_SURVEY if one[0] != "controller_workflows"])
def test_the_runbook_is_that_of_the_role_that_is_asked_for(variable: str, name: str) -> None:
    document = named(variable, name)
    (role,) = {question["variable"].split("_", 1)[0] for question in document["survey_spec"]["spec"]}
    text = (REPOSITORY / document["playbook"]).read_text(encoding="utf-8")
    assert re.search(rf"import_playbook: swarm\.rollout\.{role}$", text, re.M)
