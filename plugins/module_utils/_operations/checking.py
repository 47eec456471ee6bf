# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the checks of a step, or of a service as it stands, and bring their verdicts back."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, cycle, islice
from typing import Callable, Iterable, NamedTuple, Sequence

from .._core.checks import Check, CheckResult
from .._core.checks.answers import Sample
from .._core.checks.result import inconclusive
from .._core.checks.scene import Scene, environment, facts, node_names, refreshed
from .._core.checks.settings import (
    BaselineSettings,
    CommandSettings,
    HttpSettings,
    PrometheusSettings,
    Requests,
    TasksSettings,
)
from .._core.checks.targets import NoAddress, Target, refuse_outside, service_target, task_targets
from .._core.cluster import Node, Task
from .._core.http import Answer
from .._core.masking import mask_text
from .._engine.tasks import list_nodes, list_tasks
from .context import Context

__all__ = ["Scene", "run_checks"]

# Between two looks at the tasks, in seconds.
_LOOK = 1.0
# Where answers decide who is old and who is new, so many times the samples are asked for at most.
_SERVICE_SHARE = 5


class Doors(NamedTuple):
    """The ways out: one request, and the address of this host that another one sees."""

    fetch: Callable[..., Answer]
    source: Callable[[str], str]


def never() -> bool:
    """Nobody interrupts."""
    return False


def run_checks(
    ctx: Context,
    checks: Sequence[Check],
    scene: Scene,
    interrupted: Callable[[], bool] = never,
    doors: Doors | None = None,
) -> tuple[CheckResult, ...]:
    """The verdicts in the order of the checks, up to the first that failed; the rest is not run.

    `interrupted` is asked between samples and checks; the check under way is then inconclusive unless it
    has seen enough to fail. Raises what the Engine's door raises.
    """
    runner = _Runner(ctx, scene, interrupted, doors or _doors())
    results: list[CheckResult] = []
    for check in checks:
        if interrupted():
            break
        begun = ctx.clock.monotonic()
        ctx.voice.doing(scene.service.name, "check %s" % check.name)
        result = runner.run(check)
        ctx.voice.checked(scene.service.name, result)
        results.append(result.lasting(ctx.clock.monotonic() - begun))
        if result.failed:
            break
    return tuple(results)


def _doors() -> Doors:
    from .._engine.http import fetch
    from .._engine.sampling import source_address

    return Doors(fetch, source_address)


class _Runner:
    """Runs one check after the other; asks for the nodes once, and only if a check needs them."""

    def __init__(self, ctx: Context, scene: Scene, interrupted: Callable[[], bool], doors: Doors) -> None:
        self.ctx, self.scene, self.interrupted, self.doors = ctx, scene, interrupted, doors
        self._nodes: list[Node] | None = None

    def run(self, check: Check) -> CheckResult:
        settings = check.settings
        try:
            if isinstance(settings, TasksSettings):
                return self._tasks(check, settings)
            if isinstance(settings, HttpSettings):
                return self._http(check, settings)
            if isinstance(settings, BaselineSettings):
                return self._baseline(check, settings)
            if isinstance(settings, PrometheusSettings):
                return self._prometheus(check, settings)
            return self._command(check, settings)
        except NoAddress as reason:
            return inconclusive(check, str(reason))

    def nodes(self) -> list[Node]:
        if self._nodes is None:
            self._nodes = self.ctx.patiently(lambda: list_nodes(self.ctx.api))
        return self._nodes

    def tasks(self) -> list[Task]:
        """All tasks of the service as they are now."""
        return self.ctx.patiently(lambda: list_tasks(self.ctx.api, [self.scene.service.id]))

    def _tasks(self, check: Check, settings: TasksSettings) -> CheckResult:
        from .._core.checks.judge_tasks import Health, Wanted, judge_tasks, look, patience

        scene, clock = self.scene, self.ctx.clock
        wanted = Wanted.of(scene.service.spec, scene.new, scene.old, scene.since)
        health, deadline = Health(), clock.monotonic() + patience(settings)
        while True:
            health = look(wanted, health, self.tasks(), clock.time())
            verdict = judge_tasks(check, settings, wanted, health, clock.monotonic() >= deadline)
            if verdict is not None:
                return verdict
            if self.interrupted():
                return inconclusive(check, "interrupted before the new tasks ran long enough")
            clock.sleep(_LOOK)

    def _http(self, check: Check, settings: HttpSettings) -> CheckResult:
        from .._core.checks.judge_http import decided, judge_http

        targets, _old = self._targets(settings)
        if not targets:
            return inconclusive(check, "there are no new tasks to ask")
        wanted = max(settings.samples, len(targets))
        samples = self._sample(settings, islice(cycle(targets), wanted), lambda sofar: decided(settings, sofar, wanted))
        return judge_http(check, settings, samples, wanted)

    def _baseline(self, check: Check, settings: BaselineSettings) -> CheckResult:
        from .._core.checks.judge_baseline import enough, judge_baseline, nothing_left
        from .._core.checks.judge_http import unheard

        if not self.scene.old:
            return nothing_left(check)
        new, old = self._targets(settings, old=True)
        if not new or not old:
            return inconclusive(check, "there are no %s tasks to ask" % ("old" if new else "new"))
        if settings.target == "tasks":
            pairs = zip(cycle(old), cycle(new))
            asked: Iterable[Target] = islice(chain.from_iterable(pairs), 2 * settings.samples)
        else:
            asked = islice(cycle(new), _SERVICE_SHARE * settings.samples)
        samples = self._sample(settings, asked, lambda sofar: enough(settings, sofar) or unheard(sofar))
        return judge_baseline(check, settings, samples)

    def _targets(self, settings: Requests, old: bool = False) -> tuple[tuple[Target, ...], tuple[Target, ...]]:
        """Whom to ask: the new ones and, where they are wanted, the old ones."""
        if settings.target == "service":
            service = (service_target(settings),)
            return service, service
        scene = refreshed(self.scene, self.tasks())
        name, nodes = scene.service.name, self.nodes()
        new = task_targets(settings, scene.new, nodes, name, "new")
        former = task_targets(settings, scene.old, nodes, name, "old") if old else ()
        refuse_outside((*new, *former), self.doors.source)
        return new, former

    def _sample(
        self, settings: Requests, targets: Iterable[Target], decided: Callable[[Sequence[Sample]], bool]
    ) -> list[Sample]:
        from .._engine.sampling import sample

        return sample(
            targets,
            interval=settings.interval,
            timeout=settings.timeout,
            validate_certs=settings.validate_certs,
            fetch=self.doors.fetch,
            clock=self.ctx.clock,
            interrupted=self.interrupted,
            decided=decided,
        )

    def _prometheus(self, check: Check, settings: PrometheusSettings) -> CheckResult:
        from .._core.checks.judge_prometheus import judge_prometheus
        from .._core.checks.placeholders import filled, prometheus_duration, used
        from .._engine.prometheus import instant_query

        nodes = self.nodes() if any(name.endswith("_nodes") for name in used(settings.query)) else ()
        window = prometheus_duration(settings.window)
        values = {**facts(self.scene), **node_names(self.scene, nodes), "window": window}
        query = filled(settings.query, values)
        answer = instant_query(settings, query, self.doors.fetch)
        return judge_prometheus(check, settings, answer, query, self._hide)

    def _command(self, check: Check, settings: CommandSettings) -> CheckResult:
        from .._core.checks.judge_command import judge_command
        from .._engine.command import run_command

        ended = run_command(settings, environment(self.scene), self.ctx.clock, self.interrupted)
        return judge_command(check, settings, replace(ended, output=self._hide(ended.output)))

    def _hide(self, text: str) -> str:
        """What a server or a program says, without secrets."""
        return mask_text(self.ctx.api.secrets.hide(text))
