# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AnsibleModule as the modules of this collection need it: secrets inside options are neither logged nor returned."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Mapping, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values

from ._core.errors import sentence
from ._core.given import Unusable, refuse_unusable
from ._core.result_places import placed, placed_options, rare
from ._core.secret_values import SecretValues, spelled
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

    Results are hidden by place as well. Ansible replaces what it knows in every text and number of a result; a secret
    that is a name or a number in it, such as a password that is also the name of the image, is kept from it.
    """

    def __init__(
        self, refused: Refused = misshapen, entries: Mapping[str, Arguments] | None = None, **settings: Any
    ) -> None:
        """`refused` says what no option may hold; `entries` has the arguments of options that hold such of services."""
        self._refused = refused
        self._entries = entries or {}
        self._unusable: Unusable | None = None
        self._hidden: dict[str, Any] | None = None
        self._secrets: frozenset[str] = frozenset()
        self._names: frozenset[str] = frozenset()
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
            self._know(secrets_of_options(self.params, self._entries))
            return
        # Not repeated with the invocation either: no program could read some of it.
        self.params = {name: value for name, value in self.params.items() if name.startswith("_ansible_")}
        self.argument_spec = {name: {**one, "required": False} for name, one in self.argument_spec.items()}
        self.required_one_of = None

    def _take(self) -> None:
        """The options are what they have to be: hide what they hold, that of the environment included."""
        if self._hidden is None:
            self._know(secrets_of_options(self.params, self._entries))
            shown = shown_options(self.argument_spec, self.params, self._entries)
            self._hidden, self._names = placed_options(shown, self.secrets.hide, self._entries)
            self._spare(())

    def _know(self, secrets: frozenset[str]) -> None:
        """Keep these secrets, and those that Ansible has added itself, of the options that are declared so."""
        declared = frozenset(self.no_log_values) - self._secrets
        self._secrets |= secrets | declared | spelled(declared)
        self.no_log_values.update(self._secrets)

    @property
    def secrets(self) -> SecretValues:
        """What must not be seen in texts that others wrote."""
        return SecretValues(self._secrets)

    @property
    def rare_secrets(self) -> SecretValues:
        """Those of them that must not be seen anywhere, since they are part of no name and no word of ours."""
        return SecretValues(frozenset(self.no_log_values))

    def _spare(self, names: Iterable[str]) -> None:
        """Keep secrets that are part of these names, or of those in the options, from what Ansible replaces."""
        self._know(frozenset())
        self.no_log_values.intersection_update(rare(self._secrets, self._names, names))

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
        self._spare(placed(more, self.secrets.hide).names)
        # In this order: a secret of several lines is not found in one.
        text = sentence(str(remove_values(str(msg), self.no_log_values)))
        super().fail_json(msg=text, **{**more, **self._invocation()})
        raise SystemExit(1)  # never reached: Ansible has left

    def _invocation(self) -> dict[str, Any]:
        # An option that has no name here, or that is not what it has to be, may be a secret as a whole.
        return {"invocation": {"module_args": self._hidden or {}}}

    def _return_formatted(self, kwargs: dict[str, Any]) -> None:
        """As Ansible's, which it calls last, with all that it added of errors; the result is hidden by place."""
        found = placed({key: value for key, value in kwargs.items() if key != "invocation"}, self.secrets.hide)
        self._spare(found.names)
        super()._return_formatted({**kwargs, **found.value})
