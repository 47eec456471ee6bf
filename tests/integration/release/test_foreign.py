# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that was handed over to another release: going back with its former one leaves it alone."""

from __future__ import annotations

from typing import Any

from tests.integration.running import Ran
from tests.integration.stage import QUICK, Stage


class Releases:
    """Two releases that share a worker over time, with names of the stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.web, self.worker = f"{stage.name}-web", f"{stage.name}-worker"
        self.shop, self.jobs = f"{stage.name}-shop", f"{stage.name}-jobs"

    def service(self, name: str, version: int) -> dict[str, Any]:
        """One entry of the option `services`; its version is told by a variable, so that any image does."""
        options = {"update_config": QUICK, "stop_grace_period": "1s", "resolve_image": "false"}
        return {"name": name, "image": "web:1", "env": {"VERSION": str(version)}, **options}

    def run(self, release: str, **options: Any) -> Ran:
        """Run `swarm_release`; it succeeds."""
        ran = self.stage.start("swarm_release", name=release, **options).wait()
        assert not ran.failed, ran.output
        return ran

    def declare(self, release: str, **versions: int) -> Ran:
        """Declare a release with these versions of its services."""
        return self.run(release, services=[self.service(getattr(self, name), one) for name, one in versions.items()])

    def version(self, name: str) -> str:
        """The version that a service has."""
        (found,) = self.stage.cluster.spec(name)["TaskTemplate"]["ContainerSpec"]["Env"]
        return str(found.partition("=")[2])

    def all_of_the_worker(self) -> tuple[Any, ...]:
        """The service, the tasks that serve and the records of its history."""
        cluster = self.stage.cluster
        history = [one["ID"] for one in cluster.engine.get("/configs") if self._is_history(one)]
        assert history
        found = cluster.service(self.worker)
        return found["ID"], found["Spec"], cluster.running_ids(self.worker), sorted(history)

    def _is_history(self, config: Any) -> bool:
        return (config["Spec"].get("Labels") or {}).get("swarm.rollout.service") == self.worker


def test_handed_over(stage: Stage):
    ours = Releases(stage)
    ours.declare(ours.shop, web=1)
    ours.declare(ours.shop, web=2, worker=2)
    ours.declare(ours.jobs, worker=9)
    ours.declare(ours.shop, web=3)
    theirs = ours.all_of_the_worker()

    foretold = ours.run(ours.shop, to="1", check=True)
    moving = [one["service"] for wave in foretold.result["plan"]["waves"] for one in wave["services"]]
    assert moving == [ours.web]
    # It was not there in the first, and was another one in the second.
    for to in ("1", "2"):
        ran = ours.run(ours.shop, to=to)
        assert (ran.changed, ran.result["release"]["outcome"]) == (True, "completed"), ran.msg
        assert ours.version(ours.web) == to
        assert ran.result["release"]["left_alone"] == {ours.worker: ours.jobs}
        assert f"{ours.worker}: it belongs to release {ours.jobs} now and is left alone" in ran.warnings
        assert ours.all_of_the_worker() == theirs
