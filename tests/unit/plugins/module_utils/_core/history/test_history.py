# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records that survive anything, markers that notice any change, and the choice of a target."""

from __future__ import annotations

import base64
import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core import history, spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Service
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError
from ansible_collections.swarm.rollout.plugins.module_utils._core.history import Aim, Revision

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
SPECS = st.dictionaries(st.text(max_size=8), JSON, max_size=5)
NAMES = st.from_regex(r"[a-z][a-z0-9_.-]{0,62}", fullmatch=True)


def web(image: str = "web:1", replicas: int = 2, **more: Any) -> dict[str, Any]:
    return {
        "Name": "web",
        "TaskTemplate": {"ContainerSpec": {"Image": image}},
        "Mode": {"Replicated": {"Replicas": replicas}},
        **more,
    }


def revision(number: int, image: str = "web:1", outcome: str = "completed", **more: Any) -> Revision:
    return Revision("web", number, more.pop("spec", web(image)), outcome=outcome, **more)


def stored(one: Revision) -> dict[str, Any]:
    return {"ID": "c%d" % one.number, "Version": {"Index": 5}, "Spec": history.encode(one)}


@settings(deadline=None)
@given(
    NAMES, st.integers(1, 10**6), SPECS, st.text(max_size=50), st.dictionaries(st.text(max_size=9), st.text(max_size=9))
)
def test_a_record_comes_back_as_it_was(
    name: str, number: int, content: dict[str, Any], cause: str, actor: dict[str, str]
) -> None:
    content = {**content, "Name": name}
    one = Revision(name, number, content, "2026-11-22T18:00:00.000Z", cause, actor, restores=3, pinned=True)
    again = history.decode(stored(one))
    assert again is not None
    assert (again.service, again.number, again.spec, again.cause) == (name, number, content, cause)
    assert (again.actor, again.restores, again.pinned, again.outcome) == (actor, 3, True, history.PENDING)


def test_the_names_of_networks_are_kept_and_nothing_is_added_to_older_records() -> None:
    one = revision(1, networks={"n1": "back"})
    again = history.decode(stored(one))
    assert again is not None
    assert (again.networks, history.encode(again)["Data"]) == ({"n1": "back"}, history.encode(one)["Data"])
    older = history.decode(stored(revision(2)))
    assert older is not None
    assert (older.networks, history.names_of([one, older])) == ({}, {"n1": "back"})
    assert b"networks" not in base64.b64decode(history.encode(older)["Data"])


def on(network: str, image: str = "web:1") -> dict[str, Any]:
    template = {"ContainerSpec": {"Image": image}, "Networks": [{"Target": network}]}
    return web(TaskTemplate=template)


def test_a_revision_lacks_the_networks_that_are_gone() -> None:
    made = [revision(1, spec=on("n1")), revision(2, spec=on("n2")), revision(3, spec=on("n3"))]
    networks = spec.Networks({"n3": "n3", "back": "n3"}, {"n1": "back", "n2": "front"})
    told = history.entries(made, Service.of({"Spec": made[2].spec}), history.Existing({}, networks), 0.0)
    assert [(one["revision"], one["missing"]) for one in told] == [(3, []), (2, ['network "front"']), (1, [])]


def test_going_back_passes_by_what_differs_in_a_network_that_was_made_again() -> None:
    networks = spec.Networks({"n3": "n3", "back": "n3"}, {"n1": "back"})
    made = [revision(1, spec=on("n1", "web:0")), revision(2, spec=on("n1")), revision(3, spec=on("n3"))]
    now = history.marked(made[2].spec, 3)
    found = history.choose(history.brought_up(made, networks), now, Aim())
    assert found is not None
    assert (found.number, spec.network_ids(found.spec)) == (1, ("n3",))


def test_a_specification_without_a_name_is_no_record() -> None:
    assert history.decode(stored(revision(1, spec={"TaskTemplate": {}}))) is None


def test_a_specification_of_another_service_is_no_record() -> None:
    assert history.decode(stored(revision(1, spec={"Name": "api"}))) is None


@settings(deadline=None)
@given(JSON | st.binary(max_size=50).map(lambda data: {"Spec": {"Data": base64.b64encode(data).decode()}}))
def test_nonsense_is_no_record_and_no_error(raw: Any) -> None:
    assert history.decode(raw) is None


def test_what_becomes_known_later_is_in_the_labels() -> None:
    one = revision(3, outcome="completed", duration=21.4, swap=4.25)
    again = history.decode(stored(one))
    assert again is not None
    assert (again.outcome, again.duration, again.swap) == ("completed", 21.4, 4.25)
    damaged = stored(one)
    damaged["Spec"]["Labels"] = dict.fromkeys(history.labels(one), "nonsense")
    again = history.decode(damaged)
    assert again is not None
    assert (again.duration, again.swap) == (None, None)


def test_a_large_specification_is_packed() -> None:
    big = web(Huge={str(n): "some text that repeats %d" % n for n in range(8000)})
    one = Revision("web", 1, big)
    encoded = history.encode(one)
    assert len(base64.b64decode(encoded["Data"])) < 100_000
    again = history.decode({"ID": "c", "Version": {"Index": 1}, "Spec": encoded})
    assert again is not None
    assert again.spec == big


@settings(deadline=None)
@given(NAMES, st.integers(1, 10**9))
def test_names_of_records_fit(name: str, number: int) -> None:
    assert len(history.object_name(name, number)) <= 64


def test_a_marker_is_intact_until_something_means_something_else() -> None:
    marked = history.marked(web(), 7)
    marker = history.read(marked)
    assert marker is not None
    assert (marker.number, marker.intact) == (7, True)
    filled_in = copy.deepcopy(marked)
    filled_in["TaskTemplate"]["Runtime"] = "container"
    filled_in["TaskTemplate"]["ForceUpdate"] = 0
    again = history.read(filled_in)
    assert again is not None
    assert again.intact
    changed = history.read({**marked, "Mode": {"Replicated": {"Replicas": 9}}})
    assert changed is not None
    assert not changed.intact


@pytest.mark.parametrize("text", ["", "7", "x.abc", "0.abc", "-1.abc", ".", "7abc"])
def test_a_marker_that_cannot_be_read_is_none(text: str) -> None:
    assert history.read(web(Labels={history.REVISION_LABEL: text})) is None


@settings(deadline=None)
@given(SPECS)
def test_a_marker_does_not_change_what_a_specification_means(content: dict[str, Any]) -> None:
    content = {key: value for key, value in content.items() if key not in ("Labels", "Mode", "TaskTemplate")}
    assert history.fingerprint(history.marked(content, 3)) == history.fingerprint(content)


def pick(revisions: list[Revision], current: dict[str, Any], **aim: Any) -> int | None:
    chosen = history.choose(revisions, current, Aim(**aim))
    return chosen.number if chosen else None


def test_previous_is_the_last_good_one_that_differs() -> None:
    revisions = [revision(1, "web:1"), revision(2, "web:2"), revision(3, "web:bad", "rolled_back")]
    assert pick(revisions, history.marked(web("web:2"), 2)) == 1
    revisions.append(revision(4, spec=web("web:2", replicas=9)))
    scaled = history.marked(web("web:2", replicas=9), 4)
    assert pick(revisions, scaled) == 1
    assert pick(revisions, scaled, keep_replicas=False) == 2


def test_going_back_from_a_rollback_goes_further_back() -> None:
    revisions = [
        revision(1, "web:1"),
        revision(2, "web:2"),
        revision(3, "web:3"),
        revision(4, "web:2", restores=2),
    ]
    assert pick(revisions, history.marked(web("web:2"), 4)) == 1
    twice = [*revisions, revision(5, "web:2", restores=4)]
    assert pick(twice, history.marked(web("web:2"), 5)) == 1


def test_after_a_change_by_other_hands_previous_is_the_last_recorded() -> None:
    drifted = {**history.marked(web("web:2"), 2), "TaskTemplate": web("web:9")["TaskTemplate"]}
    assert pick([revision(1), revision(2, "web:2")], drifted) == 2


def test_nothing_good_before_is_none() -> None:
    assert pick([revision(1, "web:0", "failed")], history.marked(web(), 2)) is None


def test_a_number_or_an_image_that_is_not_there_says_what_is() -> None:
    revisions = [revision(1), revision(2, "web:bad", "rolled_back")]
    with pytest.raises(OptionError, match="recorded are 1, 2"):
        pick(revisions, web(), number=9)
    with pytest.raises(OptionError, match="recorded are web:1, web:bad"):
        pick(revisions, web(), image="web:9")
    with pytest.raises(OptionError, match=r"ended rolled back; use to: 2"):
        pick(revisions, web(), image="web:bad")
    assert pick(revisions, web(), number=2) == 2
    assert pick(revisions, web(), image="web:1") == 1


def test_another_mode_cannot_be_gone_back_to() -> None:
    with pytest.raises(OptionError, match="allow_recreate"):
        history.restoration({**web(), "Mode": {"Global": {}}}, web(), keep_replicas=True)


def test_the_way_back_is_ruled_by_the_rollback_configuration() -> None:
    restored = web(UpdateConfig={"Parallelism": 1}, RollbackConfig={"Parallelism": 0, "FailureAction": "rollback"})
    assert history.moving(restored, None)["UpdateConfig"] == {"Parallelism": 0, "FailureAction": "pause"}
    assert history.moving(restored, {"Parallelism": 3})["UpdateConfig"] == {"Parallelism": 3}
    assert "UpdateConfig" not in history.moving(web(UpdateConfig={"Parallelism": 1}), None)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["completed", "failed", "pending", "adopted"]), st.booleans()), max_size=25),
    st.integers(1, 12),
    st.integers(1, 25),
)
def test_pruning_keeps_the_way_back(history_of: list[tuple[str, bool]], limit: int, current: int) -> None:
    revisions = [revision(n, outcome=how, pinned=pin) for n, (how, pin) in enumerate(history_of, start=1)]
    gone = {one.number for one in history.to_prune(revisions, limit, current)}
    good = [one.number for one in revisions if one.good]
    assert current not in gone
    assert not gone & {one.number for one in revisions if one.pinned}
    assert not gone & {max(good, default=0), max((n for n in good if n < current), default=0)}
    assert len(gone) <= max(len(revisions) - limit, 0)


def test_after_many_scalings_the_way_back_is_still_there() -> None:
    scaled = [revision(n, "web:2", spec=web("web:2", replicas=n)) for n in range(2, 14)]
    revisions = [revision(1), *scaled]
    assert [one.number for one in history.to_prune(revisions, 10, 13)] == [2, 3, 4]
    assert pick(revisions, history.marked(web("web:2", 13), 13)) == 1


def held(spec: dict[str, Any], state: str = "", running: int = 2, version: int = 90, **more: Any) -> Service:
    return Service.of(
        {
            "ID": "s",
            "Version": {"Index": version},
            "Spec": spec,
            "UpdateStatus": {"State": state},
            "ServiceStatus": {"RunningTasks": running, "DesiredTasks": 2},
            **more,
        }
    )


LABEL_5: dict[str, Any] = {"PreviousSpec": history.marked(web("web:5"), 5)}


@pytest.mark.parametrize(
    ("current", "state", "running", "more", "ended"),
    [
        # In force.
        (5, "completed", 2, {}, "completed"),
        (5, "updating", 2, {}, "pending"),
        (5, "paused", 2, {}, "paused"),
        (5, "", 1, {}, "pending"),
        # Written over.
        (6, "completed", 2, {}, "superseded"),
        # Gone back from.
        (4, "rollback_completed", 2, {}, "rolled_back"),
        (4, "rollback_started", 2, {}, "pending"),
        (4, "rollback_paused", 2, {}, "rollback_failed"),
        (4, "completed", 2, LABEL_5, "rolled_back"),
        (4, "completed", 2, {}, "rolled_back"),
        # Never written: what the service says is older than the record.
        (4, "completed", 2, {"PreviousSpec": web("web:3")}, "abandoned"),
        (4, "rollback_completed", 2, {"Version": {"Index": 80}}, "abandoned"),
        (4, "", 2, {}, "abandoned"),
    ],
)
def test_how_an_interrupted_change_ended_is_read_off_the_cluster(
    current: int, state: str, running: int, more: dict[str, Any], ended: str
) -> None:
    service = held(history.marked(web(), current), state, running, **more)
    assert history.how_it_ended(revision(5, outcome=history.PENDING, base=80), service) == ended


def test_a_record_that_is_not_written_yet_may_be_in_a_moment() -> None:
    one = revision(5, outcome=history.PENDING, base=90, created_at="2026-11-22T18:00:00.000Z")
    service = held(history.marked(web(), 4))
    moment = 1795370400.0
    assert history.how_it_ended(one, service, moment + 2) == "pending"
    assert history.how_it_ended(one, service, moment + 3600) == "abandoned"
    assert history.how_it_ended(one, service) == "abandoned"


def test_what_others_wrote_over_was_superseded() -> None:
    drifted = {**history.marked(web(), 5), "Mode": {"Replicated": {"Replicas": 1}}}
    assert history.how_it_ended(revision(5, outcome=history.PENDING), held(drifted, running=1)) == "superseded"
    stripped = held(web("web:9"), "completed", **LABEL_5)
    assert history.how_it_ended(revision(5, "web:5", outcome=history.PENDING), stripped) == "superseded"


@pytest.mark.parametrize(
    ("state", "version", "ended"),
    [
        ("rollback_completed", 90, "completed"),
        ("rollback_started", 90, "pending"),
        ("rollback_paused", 90, "rollback_failed"),
        ("completed", 80, "abandoned"),
    ],
)
def test_how_an_interrupted_rollback_of_swarms_own_ended(state: str, version: int, ended: str) -> None:
    one = revision(5, outcome=history.PENDING, restores=3, base=80)
    service = held(history.marked(web(), 3), state, version=version, PreviousSpec=history.marked(web("web:4"), 4))
    assert history.how_it_ended(one, service) == ended


def test_drift_is_told_option_by_option() -> None:
    changed = {**history.marked(web(), 1), "Mode": {"Replicated": {"Replicas": 5}}}
    held = Service.of({"ID": "s", "Version": {"Index": 77}, "Spec": changed})
    found = history.drift([revision(1)], held, spec.NO_REFERENCES)
    assert found == {
        "since_revision": 1,
        "message": "changed outside at index 77",
        "changes": [{"option": "replicas", "before": 2, "after": 5}],
    }
    assert history.drift([revision(1)], Service.of({"Spec": history.marked(web(), 1)}), spec.NO_REFERENCES) is None


def test_after_swarms_own_rollback_the_rollbacks_revision_is_in_force() -> None:
    revisions = [revision(1), revision(2, "web:2"), revision(3, restores=1)]
    assert history.current_number(revisions, history.marked(web(), 1)) == 3
    assert history.current_number([*revisions, revision(4, "web:4")], history.marked(web(), 4)) == 4


def test_what_was_adopted_by_an_interrupted_run_is_no_drift_any_more() -> None:
    drifted = {**history.marked(web(), 1), "Mode": {"Replicated": {"Replicas": 5}}}
    adopted = revision(2, outcome=history.ADOPTED, spec=drifted, outside=True)
    left = revision(3, "web:3", outcome=history.ABANDONED)
    service = Service.of({"ID": "s", "Spec": drifted})
    assert history.drift([revision(1), adopted, left], service, spec.NO_REFERENCES) is None
    assert history.current_number([revision(1), adopted, left], drifted) == 2
    assert history.drift([revision(1), adopted, revision(3, "web:3")], service, spec.NO_REFERENCES) is not None


def test_drift_is_told_where_a_stack_took_the_label_away() -> None:
    service = Service.of({"ID": "s", "Version": {"Index": 78}, "Spec": web("web:3")})
    found = history.drift(
        [revision(1), revision(2, "web:2"), revision(3, "web:bad", "failed")], service, spec.NO_REFERENCES
    )
    assert found is not None
    assert (found["since_revision"], [one["option"] for one in found["changes"]]) == (2, ["image"])
    assert history.drift([], service, spec.NO_REFERENCES) is None


def test_a_marker_that_was_copied_to_another_service_is_not_its_own() -> None:
    copied = history.read({**history.marked(web(), 7), "Name": "other"})
    assert copied is not None
    assert not copied.intact


def test_a_specification_on_its_way_back_says_so() -> None:
    marker = history.read(history.marked(web(), 7, returning=True))
    assert marker is not None
    assert (marker.number, marker.intact, marker.returning) == (7, True, True)
    plain = history.read(history.marked(web(), 7))
    assert plain is not None
    assert not plain.returning


def test_a_forced_update_is_no_release() -> None:
    forced = web()
    forced["TaskTemplate"] = {**forced["TaskTemplate"], "ForceUpdate": 3}
    assert not spec.differences(forced, history.restoration(web(), forced, keep_replicas=True))


def test_previous_skips_what_cannot_be_gone_back_to() -> None:
    other_mode = revision(2, spec={**web("web:2"), "Mode": {"Global": {}}})
    assert pick([revision(1), other_mode], history.marked(web("web:3"), 3)) == 1


def test_jobs_travel_without_an_update_configuration() -> None:
    job = {**web(), "Mode": {"ReplicatedJob": {}}, "RollbackConfig": {"Parallelism": 0}}
    assert "UpdateConfig" not in history.moving(job, {"Parallelism": 2})


def test_long_names_that_begin_alike_have_records_of_their_own() -> None:
    first, second = "a" * 62 + "1", "a" * 62 + "2"
    assert history.object_name(first, 1) != history.object_name(second, 1)
    assert len(history.object_name(first, 10**6)) <= 64
