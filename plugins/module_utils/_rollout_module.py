# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AnsibleModule as the modules of this collection need it: secrets inside options are neither logged nor returned."""

from __future__ import annotations

from typing import Any, Callable, Mapping, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values

from ._core.errors import sentence
from ._core.given import Unusable, refuse_unusable
from ._core.shown_options import Arguments, secrets_of_options, shown_options
from ._option_shapes import misshapen

Refused = Callable[[Arguments, Mapping[str, Any]], "Unusable | None"]


def unusable(arguments: Arguments, params: Mapping[str, Any]) -> Unusable | None:
    """The error for the first value that no option may hold, or that cannot be what its option is."""
    try:
        refuse_unusable(params)
    except Unusable as exc:
        return exc
    return misshapen(arguments, params)


class RolloutModule(AnsibleModule):
    """AnsibleModule that logs and returns its options with their secrets hidden, and sentences of bearable length.

    What no option may hold ends the task before it is looked at any closer. Ansible hides secrets by looking for them
    in what it has made of the options, and knows those of this collection only once all options are right. So it is
    given hidden options instead, and none as long as it has not taken them.
    """

    def __init__(
        self, refused: Refused = misshapen, entries: Mapping[str, Arguments] | None = None, **settings: Any
    ) -> None:
        """`refused` says what no option may hold; `entries` has the arguments of options that hold such of services."""
        self._refused = refused
        self._entries = entries or {}
        self._unusable: Unusable | None = None
        self._hidden: dict[str, Any] | None = None
        super().__init__(**settings)
        # The log, which is not written for `no_log`, has done it otherwise.
        self._take()
        if self._unusable is not None:
            self.fail_json(msg=self._unusable.message, error_kind=self._unusable.kind, changed=False)

    def _load_params(self) -> None:
        super()._load_params()
        # Nothing of the rest can fail the task yet: that takes the options that Ansible itself has put in here.
        self._unusable = self._refused(self.argument_spec, self.params)
        if self._unusable is None:
            self.no_log_values.update(secrets_of_options(self.params, self._entries))
            return
        # Not repeated with the invocation either: no program could read some of it.
        self.params = {name: value for name, value in self.params.items() if name.startswith("_ansible_")}
        self.argument_spec = {name: {**one, "required": False} for name, one in self.argument_spec.items()}
        self.required_one_of = None

    def _take(self) -> None:
        """The options are what they have to be: hide what they hold, that of the environment included."""
        if self._hidden is None:
            self.no_log_values.update(secrets_of_options(self.params, self._entries))
            self._hidden = shown_options(self.argument_spec, self.params, self._entries)

    def _log_invocation(self) -> None:
        self._take()
        params, self.params = self.params, self._hidden
        try:
            super()._log_invocation()
        finally:
            self.params = params

    def exit_json(self, **more: Any) -> NoReturn:
        """As Ansible's, with hidden options."""
        super().exit_json(**{**more, **self._invocation()})
        raise SystemExit(0)  # never reached: Ansible has left

    def fail_json(self, msg: str, **more: Any) -> NoReturn:
        """As Ansible's, with one line of bearable length and hidden options."""
        # In this order: a secret of several lines is not found in one.
        text = sentence(str(remove_values(str(msg), self.no_log_values)))
        super().fail_json(msg=text, **{**more, **self._invocation()})
        raise SystemExit(1)  # never reached: Ansible has left

    def _invocation(self) -> dict[str, Any]:
        # An option that has no name here, or that is not what it has to be, may be a secret as a whole.
        return {"invocation": {"module_args": self._hidden or {}}}
