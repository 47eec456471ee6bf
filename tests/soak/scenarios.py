# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens to the service while it is asked. A scenario ends with one `Soaked`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.soak.place import Place, Soaked
from tests.soak.progressive import aborted, killed, through

Scenario = Callable[[Place], Soaked]


def _moved(place: Place, scenario: str, before: str, after: str, **options: Any) -> Soaked:
    """One update under load."""
    url = place.have(before, **options)
    with place.load(url) as load:
        place.around()
        ran = place.service(after, **options)
        place.around()
    return Soaked(scenario, load.report, [ran])


def plain(place: Place) -> Soaked:
    """A good version, task by task, start-first."""
    return _moved(place, "plain update", "vote:indent", "vote:movies")


def many(place: Place) -> Soaked:
    """A good version, three tasks at a time, start-first."""
    config = {"parallelism": 3, "delay": "0s", "monitor": "2s", "order": "start-first"}
    return _moved(place, "plain update by threes", "vote:movies", "vote:indent", update_config=config)


def stop_first(place: Place) -> Soaked:
    """A good version, task by task, stop-first."""
    config = {"parallelism": 1, "delay": "0s", "monitor": "2s", "order": "stop-first"}
    return _moved(place, "plain update, stop-first", "vote:indent", "vote:movies", update_config=config)


def scale(place: Place) -> Soaked:
    """From six to three and back to six."""
    url = place.have("vote:indent")
    with place.load(url) as load:
        place.around()
        runs = [place.service("vote:indent", replicas=count) for count in (3, 6)]
        place.around()
    return Soaked("six to three to six", load.report, runs)


def flaky(place: Place) -> Soaked:
    """A version with errors that no health check sees: what is lost without checks."""
    return _moved(place, "flaky version, no checks", "vote:indent", "vote:flaky")


SCENARIOS: dict[str, Scenario] = {
    "plain": plain,
    "threes": many,
    "stop-first": stop_first,
    "scale": scale,
    "flaky": flaky,
    # A success rate is only worth something over many requests.
    "through": lambda place: through(place, 20_000),
    "aborted": lambda place: aborted(place, 20_000),
    "killed": lambda place: killed(place, 20),
}
