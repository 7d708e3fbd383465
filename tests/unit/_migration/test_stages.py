# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a migration, for every situation that can be: what must never be planned, and that every plan leads somewhere."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.kafka_sink_task import KafkaSinkTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._migration import stages as migration
from ansible_collections.opendump.huaweicloud.plugins.module_utils._migration.stages import Choices, Situation, Stage, find_stage
from ansible_collections.opendump.huaweicloud.plugins.module_utils._migration.successor import Writing, compare_successor, design_successor
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.fields import flatten_fields
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.records import Parent, Partition, Task

INSTANCE = Parent("instance-1", "kafka", "connector-1")
BEFORE = {"a/0": 100}


def old_task(status: str, written: int | None = 100) -> Task:
    part = Partition("0", "RUNNING", written, 100, None if written is None else 100 - written, topic="a")
    return Task("kafka_sink_task", INSTANCE, "old", "old-id", status, destination="obs", partitions=[part])


def new_task(status: str) -> Task:
    return Task("smart_connect_task", INSTANCE, "old-sc", "new-id", status, destination="obs")


OLD = [
    None,
    *(old_task(status) for status in ("RUNNING", "CREATING", "PAUSED", "ERROR", "ODD")),
    old_task("ERROR", 90),
    old_task("RUNNING", None),
]
NEW = [None, *(new_task(status) for status in ("WAITING", "CREATING", "RUNNING", "PAUSED", "RESTARTING", "ERROR", "ODD"))]


def situations() -> Iterator[Situation]:
    flags = (False, True)
    for old, new, begin, ours, sent, withdrawn, finished in itertools.product(
        OLD, NEW, (None, BEFORE), flags, flags, (None, "new-id"), flags
    ):
        yield Situation(old, new, begin=begin, ours=ours, sent=sent, withdrawn=withdrawn, finished=finished)


CHOICES = [
    Choices(policy, strategy, delete_old, rollback)
    for policy, strategy, delete_old, rollback in itertools.product(
        ("gap_free", "no_duplicates"), ("latest", "earliest"), (False, True), (False, True)
    )
    if (policy, strategy) != ("no_duplicates", "earliest")
]


@pytest.mark.parametrize("chosen", CHOICES, ids=str)
def test_what_must_never_be_planned(chosen: Choices) -> None:
    for now in situations():
        at = find_stage(now, chosen)
        where = (now, at)
        steps = at.steps
        assert not (at.blocked and steps), where
        assert at.outcome, where
        if migration.DELETE_OLD in steps:
            assert chosen.delete_old, where
            assert not chosen.rollback, where
            assert steps[-1] == migration.DELETE_OLD, where
            runs = now.successor and now.successor.status == "RUNNING" and migration.DELETE_SUCCESSOR not in steps
            assert runs or {migration.START, migration.VERIFY} & set(steps), where
            if not now.sent and chosen.consumer_strategy == "latest":
                proof = migration.CATCH_UP if chosen.policy == "gap_free" else migration.CHECK
                assert steps[-2] == proof, where
        if migration.DELETE_SUCCESSOR in steps:
            assert now.old is not None, where
            assert now.ours or now.withdrawing, where
            assert not now.sent or steps[0] == migration.SETTLE, where
            assert chosen.rollback or migration.CREATE in steps, where
        if chosen.policy == "no_duplicates" and not chosen.delete_old and now.old is not None:
            assert migration.START not in steps, where
        if chosen.rollback:
            assert set(steps) <= {migration.SETTLE, migration.DELETE_SUCCESSOR}, where
        if migration.CREATE in steps:
            assert now.successor is None or migration.DELETE_SUCCESSOR in steps, where


@pytest.mark.parametrize("problem", ["problems", "needs"])
def test_what_is_not_right_keeps_every_step_from_being_taken(problem: str) -> None:
    now = Situation(old_task("RUNNING"), **{problem: ["something is wrong"]})
    at = find_stage(now, Choices("gap_free", delete_old=True))
    assert at.blocked
    assert "something is wrong" in at.blocked


def test_adopted_tasks_are_never_touched() -> None:
    for chosen in CHOICES:
        for now in situations():
            now.adopted = True
            assert find_stage(now, chosen).steps == []


def outcome(now: Situation, **choices: Any) -> Stage:
    return find_stage(now, Choices(**{"policy": "gap_free", **choices}))


def test_order_of_the_steps() -> None:
    now = Situation(old_task("RUNNING"))
    gap_free = outcome(now, delete_old=True).steps
    assert gap_free == ["create_successor", "start_successor", "verify_running", "catch_up", "delete_old"]
    careful = outcome(now, policy="no_duplicates", delete_old=True).steps
    assert careful == ["create_successor", "drain", "start_successor", "verify_running", "check_offsets", "delete_old"]
    again = outcome(now, consumer_strategy="earliest", delete_old=True).steps
    assert again == ["create_successor", "start_successor", "verify_running", "delete_old"]


def test_a_sink_task_that_cannot_catch_up_is_not_waited_for() -> None:
    now = Situation(old_task("ERROR", 90))
    assert "will not catch up" in str(outcome(now, delete_old=True).blocked)
    assert not outcome(now, delete_old=True, consumer_strategy="earliest").blocked


def test_without_offsets_nothing_is_deleted_but_after_a_new_start_from_the_beginning() -> None:
    now = Situation(old_task("RUNNING", None))
    for policy in ("gap_free", "no_duplicates"):
        assert "no offsets" in str(outcome(now, policy=policy, delete_old=True).blocked)
    assert outcome(now, delete_old=True, consumer_strategy="earliest").steps


# offsets


def test_lag_says_more_than_the_last_offset() -> None:
    """Whether the last offset is that of the last message or of the next one is not documented; the lag leaves no doubt."""
    part = Partition("0", last_transfer_offset=99, log_end_offset=100, lag=0, topic="a")
    positions = migration.read_positions(Task("kafka_sink_task", INSTANCE, "old", partitions=[part]))
    assert positions == {"a/0": (100, 100)}
    assert migration.count_behind(positions) == 0


def test_one_unknown_partition_makes_the_whole_unknown() -> None:
    parts = [Partition("0", last_transfer_offset=1, log_end_offset=1, topic="a"), Partition("1", topic="a")]
    assert migration.read_positions(Task("kafka_sink_task", INSTANCE, "old", partitions=parts)) is None
    assert migration.read_positions(None) is None


def test_partitions_that_came_later_count_as_repeated() -> None:
    positions = {"a/0": migration.Position(100, 110), "a/1": migration.Position(5, 5)}
    assert migration.count_beyond(positions, BEFORE) == 5
    assert migration.count_behind(positions) == 10
    assert migration.has_reached(positions, {"a/0": 100})
    assert not migration.has_reached(positions, {"a/0": 100, "a/9": 7}), "of a partition that is not shown nobody knows"
    assert not migration.has_reached(positions, {"a/0": 101})


# the mapping

WRITING = Writing("-sc", {}, "latest", [{"access_key": "AK", "secret_key": "SK"}, {"obs_bucket_name": "mine", "agency_name": "writer"}])
RAW = {
    "topics": "b,a",
    "obs.consumer_strategy": "latest",
    "obs.destination_file_type": "TEXT",
    "obs.obs_bucket_name": "testobs",
    "obs.obs_path": "dumps/",
    "obs.partition_format": "yyyy/MM",
    "obs.record_delimiter": "\n",
    "obs.deliver_time_interval": "300",
}


def mapped(**values: Any) -> Any:
    task = old_task("RUNNING")
    task.values = {key: value for key, value in {**RAW, **values}.items() if value is not None}
    return design_successor(task, WRITING)


def test_every_field_of_a_sink_task_is_carried_over_or_decided_upon() -> None:
    successor = mapped()
    assert successor.problems == successor.needs == []
    assert successor.options == {
        "instance_id": "instance-1",
        "task_name": "old-sc",
        "topics": ["a", "b"],
        "obs": {
            "consumer_strategy": "latest",
            "destination_file_type": "TEXT",
            "obs_bucket_name": "testobs",
            "obs_path": "dumps",
            "partition_format": "yyyy/MM",
            "record_delimiter": "newline",
            "deliver_time_interval": 300,
        },
    }
    fields = {path for path, field in flatten_fields(KafkaSinkTask.list_fields("obs")) if not field.secret}
    assert fields <= {*RAW, "topics_regex"}
    assert successor.declaration.values["obs.secret_key"] == "SK"
    assert "SK" not in str(successor.options)


def test_a_writer_for_one_bucket_goes_before_that_for_all() -> None:
    successor = mapped(**{"obs.obs_bucket_name": "mine"})
    assert successor.options["obs"]["agency_name"] == "writer"
    assert "obs.access_key" not in successor.declaration.values


def test_what_has_no_counterpart_is_a_problem() -> None:
    assert "missing_partition_format" in mapped(**{"obs.partition_format": None}).problems[0]
    assert mapped(**{"obs.deliver_time_interval": 7}).problems
    successor = design_successor(Task("kafka_sink_task", INSTANCE, "old", "id", "RUNNING", destination="obs", values={}), WRITING)
    assert successor.problems


def test_a_candidate_is_compared_field_by_field() -> None:
    successor = mapped()
    values = {**RAW, "topics": "a,b", "obs.record_delimiter": "\\n"}
    candidate = Task("smart_connect_task", INSTANCE, "old-sc", "id", "RUNNING", destination="obs", values=values)
    assert compare_successor(successor, candidate) == []
    candidate.values = {**values, "obs.obs_path": "other", "topics": "a"}
    assert compare_successor(successor, candidate) == ["topics", "obs.obs_path"]
    candidate.destination = "kafka"
    assert compare_successor(successor, candidate)


def test_of_a_successor_only_an_agency_need_not_be_shown() -> None:
    """A key is never shown, so a task that writes with one shows no agency; of anything else that is not shown nothing is known."""
    successor = mapped(**{"obs.obs_bucket_name": "mine"})
    assert successor.declaration is not None

    def compare(**changes: Any) -> list[str]:
        values = {**successor.declaration.values, **changes}  # type: ignore[union-attr]
        shown = {path: value for path, value in values.items() if value is not None}
        return compare_successor(successor, Task("smart_connect_task", INSTANCE, "old-sc", destination="obs", values=shown))

    assert compare() == [] and compare(**{"obs.agency_name": None}) == []
    assert compare(**{"obs.agency_name": "another"}) == ["obs.agency_name"]
    assert compare(**{"obs.obs_path": None}) == ["obs.obs_path"]


def test_nothing_written_yet_is_a_position() -> None:
    part = Partition("0", last_transfer_offset=0, log_end_offset=0, lag=0, topic="a")
    assert migration.read_positions(Task("kafka_sink_task", INSTANCE, "old", partitions=[part])) == {"a/0": (0, 0)}


@pytest.mark.parametrize("destination", [None, "kafka"])
def test_only_a_dump_to_obs_has_a_counterpart(destination: str | None) -> None:
    design = design_successor(Task("kafka_sink_task", INSTANCE, "old", "old-id", "RUNNING", destination=destination), WRITING)
    assert design.declaration is None
    (problem,) = design.problems
    assert "only dumps to OBS have a counterpart" in problem and (destination or "not shown") in problem


def test_keys_of_the_environment_are_not_for_one_who_writes_with_an_agency() -> None:
    environ = {"OPENDUMP_OBS_ACCESS_KEY": "EAK", "OPENDUMP_OBS_SECRET_KEY": "ESK"}
    for bucket, expected in (("mine", {"obs.agency_name": "writer"}), ("other", {"obs.access_key": "EAK", "obs.secret_key": "ESK"})):
        writing = replace(WRITING, writers=WRITING.writers[1:], environ=environ)
        old = Task("kafka_sink_task", INSTANCE, "old", destination="obs", values={**RAW, "obs.obs_bucket_name": bucket})
        declaration = design_successor(old, writing).declaration
        assert declaration is not None
        written = {path: declaration.values.get(path) for path in ("obs.agency_name", "obs.access_key", "obs.secret_key")}
        assert {path: value for path, value in written.items() if value} == expected
    # half a pair of keys is not made whole with half of another
    half = design_successor(old, replace(WRITING, writers=[{"access_key": "AK"}], environ=environ))
    assert half.needs and "ESK" not in str(vars(half.declaration) if half.declaration else "")


@pytest.mark.parametrize("own", ["earliest", "latest"])
@pytest.mark.parametrize("chosen", ["earliest", "latest"])
def test_what_a_later_start_can_miss_is_said(own: str, chosen: str) -> None:
    old = Task("kafka_sink_task", INSTANCE, "old", destination="obs", values={**RAW, "obs.consumer_strategy": own})
    losses = " ".join(design_successor(old, replace(WRITING, consumer_strategy=chosen)).losses)
    assert ("first messages can be missed" in losses) is ((own, chosen) == ("earliest", "latest"))


def test_a_successor_is_being_withdrawn_if_it_is_the_very_one() -> None:
    new = new_task("RUNNING")
    assert Situation(None, new, withdrawn="new-id").withdrawing
    assert not Situation(None, new, withdrawn="another").withdrawing
    assert not Situation(None, None, withdrawn="new-id").withdrawing
    assert not Situation(None, new).withdrawing


@pytest.mark.parametrize(("delete_old", "blocked"), [(True, True), (False, False)])
def test_where_a_successor_began_matters_to_who_deletes_the_sink_task_only(delete_old: bool, blocked: bool) -> None:
    now = Situation(old_task("RUNNING"), new_task("RUNNING"), ours=True)
    stage = outcome(now, policy="no_duplicates", delete_old=delete_old)
    assert ("duplicates cannot be ruled out" in str(stage)) is blocked, stage
