# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters that end in one sentence, whatever they are given: results come from files and other people's plays too."""

from __future__ import annotations

from functools import wraps
from typing import Any, Callable

from ansible.errors import AnsibleFilterError
from jinja2 import TemplateError

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import sentence

from .runbook import Unreadable

# What reading data of another shape than expected raises.
_MISREAD = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError, TemplateError)


def sheltered(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter of that name, with a sentence in place of what it raises for data that it cannot read."""

    @wraps(function)
    def called(*given: Any, **more: Any) -> Any:
        try:
            return function(*given, **more)
        except AnsibleFilterError:
            raise
        except Unreadable as exc:
            raise AnsibleFilterError(sentence(str(exc))) from None
        except _MISREAD as exc:
            raise AnsibleFilterError(
                "%s: what it was given has not the form that its documentation describes (%s)"
                % (name, type(exc).__name__)
            ) from None

    return called
