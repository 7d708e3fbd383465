# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan: what would be done, read from nothing but what is declared and what is there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.dis_transfer_task import DisTransferTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.kafka_sink_task import KafkaSinkTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import ALL
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.smart_connect_task import SmartConnectTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.apply import is_same_task
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.plan import Plan, Refused, make_plan
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task import fields
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.declared import Declared, declare
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.kind import Kind
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.records import Parent, Task
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.rules import Rule, Text

STREAM = Parent("newstream", "newstream")
INSTANCE = Parent("instance-1", "kafka", "connector-1")
DIS_OBS = {"obs_bucket_path": "obsbucket", "deliver_time_interval": 60, "agency_name": "dis_admin_agency"}
KAFKA_OBS = {"obs_bucket_name": "testobs", "access_key": "AK", "secret_key": "SK"}


def dis(**options: Any) -> Declared:
    return declare(DisTransferTask, {"stream_name": "newstream", "task_name": "newtask", "obs": DIS_OBS, **options}, {})


def sink(**options: Any) -> Declared:
    return declare(KafkaSinkTask, {"instance_id": "instance-1", "task_name": "dump", "topics": ["a"], "obs": KAFKA_OBS, **options}, {})


def connect(**options: Any) -> Declared:
    return declare(SmartConnectTask, {"instance_id": "instance-1", "task_name": "dump", "topics": ["a"], "obs": KAFKA_OBS, **options}, {})


def there(wanted: Declared, status: str = "RUNNING", **changes: Any) -> Task:
    """The task as its service shows it after it was created as declared, then changed behind our back."""
    plan = make_plan(wanted, STREAM, None)
    kind = wanted.kind
    values = fields.read_values(kind.list_fields(wanted.destination), plan.build_body())
    values.update({path.replace("__", "."): value for path, value in changes.items()})
    values = {path: value for path, value in values.items() if value is not None}
    return Task(kind.name, INSTANCE, wanted.name or "", "id-1", status, destination=wanted.destination, values=values)


def planned(wanted: Declared, current: Task | None) -> Plan:
    return make_plan(wanted, INSTANCE, current)


@pytest.mark.parametrize("make", [dis, sink, connect])
def test_a_second_run_has_nothing_to_do(make: Any) -> None:
    plan = planned(make(), there(make()))
    assert not plan.changed
    assert plan.actions == []
    assert plan.changed_fields == []


@pytest.mark.parametrize(
    ("make", "state", "actions"),
    [
        (dis, "present", ["create"]),
        (dis, "running", ["create"]),
        (dis, "paused", ["create", "pause"]),
        (connect, "paused", ["create"]),
        (sink, "present", ["create"]),
        (sink, "absent", []),
    ],
)
def test_a_missing_task(make: Any, state: str, actions: list[str]) -> None:
    assert planned(make(state=state), None).actions == actions


@pytest.mark.parametrize(
    ("make", "status", "state", "actions"),
    [
        (dis, "RUNNING", "paused", ["pause"]),
        (dis, "PAUSED", "paused", []),
        (dis, "PAUSED", "running", ["start"]),
        (dis, "PAUSED", "present", []),
        (dis, "STARTING", "running", []),
        (dis, "ABNORMAL", "running", ["start"]),
        (dis, "ERROR", "present", []),
        (dis, "ERROR", "paused", ["pause"]),
        (connect, "PAUSED", "running", ["resume"]),
        (connect, "WAITING", "running", ["start"]),
        (connect, "WAITING", "paused", []),
        (connect, "RUNNING", "paused", ["pause"]),
        (connect, "SOMETHING", "running", []),
        (connect, "RUNNING", "absent", ["delete"]),
    ],
)
def test_run_states(make: Any, status: str, state: str, actions: list[str]) -> None:
    plan = planned(make(state=state), there(make(), status))
    assert plan.actions == actions
    assert plan.changed is bool(actions)


@pytest.mark.parametrize("make", [dis, connect])
def test_a_changed_field_is_changed_in_place_and_nothing_else_is_lost(make: Any) -> None:
    current = there(make(), obs__deliver_time_interval=900, obs__file_prefix="kept", obs__obs_path="kept")
    plan = planned(make(obs={**(DIS_OBS if make is dis else KAFKA_OBS), "deliver_time_interval": 60}), current)
    assert plan.actions == ["update"]
    assert plan.changed_fields == ["obs.deliver_time_interval"]
    body = plan.build_body()["obs"]
    assert body["deliver_time_interval"] == 60
    assert body["file_prefix" if make is dis else "obs_path"] == "kept"
    assert plan.build_diff()["before"]["obs"]["deliver_time_interval"] == 900
    assert plan.build_diff()["after"]["obs"]["deliver_time_interval"] == 60


def test_a_default_of_ours_is_sent_once_and_never_compared() -> None:
    assert planned(sink(), None).build_body()["obs"]["deliver_time_interval"] == 300
    assert not planned(sink(), there(sink(), obs__deliver_time_interval=900)).changed


def test_what_the_api_cannot_change_fails_by_default_and_says_what_it_would_cost() -> None:
    with pytest.raises(Refused) as refused:
        planned(sink(topics=["a", "b"]), there(sink()))
    text = str(refused.value)
    assert "topics (is ['a'], declared ['a', 'b'])" in text
    assert "no call that changes a sink task" in text
    assert "skips what arrives meanwhile" in text
    assert "on_immutable_change" in text


def test_recreate_keeps_what_is_readable_and_not_declared() -> None:
    current = there(sink(), obs__obs_path="kept", obs__record_delimiter=";")
    plan = planned(sink(topics=["b"], on_immutable_change="recreate"), current)
    assert plan.actions == ["recreate"]
    assert plan.build_body()["obs"]["obs_path"] == "kept"
    assert plan.build_body()["obs"]["record_delimiter"] == ";"
    assert plan.build_body()["obs"]["secret_key"] == "SK"
    assert plan.build_body()["topics"] == "b"


def test_recreate_without_the_secrets_is_refused_before_anything_is_deleted() -> None:
    without = {"obs_bucket_name": "testobs"}
    with pytest.raises(Refused, match=r"obs\.secret_key \(or OPENDUMP_OBS_SECRET_KEY\) is needed"):
        planned(sink(topics=["b"], obs=without, on_immutable_change="recreate"), there(sink()))


@pytest.mark.parametrize(
    ("status", "state", "paused"), [("PAUSED", "present", True), ("PAUSED", "running", False), ("RUNNING", "paused", True)]
)
def test_recreate_keeps_the_run_state_that_is_not_declared(status: str, state: str, paused: bool) -> None:
    current = there(connect(), status)
    current.destination = "kafka"
    plan = planned(connect(state=state, on_immutable_change="recreate"), current)
    assert plan.actions == ["recreate"]
    assert plan.changed_fields[0] == "destination"
    assert plan.paused is paused


def test_ignore_leaves_the_immutable_alone_and_changes_the_rest() -> None:
    wanted = dis(obs={**DIS_OBS, "consumer_strategy": "TRIM_HORIZON", "deliver_time_interval": 90}, on_immutable_change="ignore")
    plan = planned(wanted, there(dis()))
    assert plan.actions == ["update"]
    assert plan.changed_fields == ["obs.deliver_time_interval"]
    assert plan.build_body()["obs"]["consumer_strategy"] == "LATEST"


def test_a_regular_expression_takes_the_place_of_topics() -> None:
    wanted = declare(SmartConnectTask, {"instance_id": "i", "task_name": "dump", "topics_regex": "a.*", "obs": KAFKA_OBS}, {})
    plan = planned(wanted, there(connect()))
    assert plan.actions == ["update"]
    assert plan.changed_fields == ["topics_regex"]
    assert "topics" not in plan.build_body()


def test_secrets_are_written_on_request_only_and_never_shown() -> None:
    assert not planned(connect(), there(connect())).changed
    plan = planned(connect(update_secrets="always"), there(connect()))
    assert plan.actions == ["update"]
    assert plan.changed_fields == ["obs.access_key", "obs.secret_key"]
    assert plan.build_body()["obs"]["secret_key"] == "SK"
    shown = repr(plan.build_diff())
    assert "SK" not in shown
    assert "(secret, written again)" in shown
    new = repr(planned(connect(), None).build_diff())
    assert "(secret, written)" in new
    assert "again" not in new
    assert "SK" not in repr(plan)
    assert "SK" not in repr(plan.predict())


def test_secrets_of_a_task_that_cannot_be_changed_are_an_immutable_change() -> None:
    with pytest.raises(Refused, match=r"obs\.access_key \(secret, to be written because of update_secrets\)"):
        planned(sink(update_secrets="always"), there(sink()))


def test_a_replacement_without_the_password_is_refused() -> None:
    dws = {
        "obs_bucket_path": "obsbucket",
        "dws_cluster_name": "c",
        "dws_cluster_id": "c1",
        "dws_database_name": "d",
        "dws_schema": "s",
        "dws_table_name": "t",
        "dws_delimiter": ",",
        "user_name": "u",
        "kms_user_key_name": "k",
        "kms_user_key_id": "k1",
    }
    options = {"stream_name": "newstream", "task_name": "newtask"}
    full = declare(DisTransferTask, {**options, "dws": {**dws, "user_password": "PW"}}, {})
    current = there(full)
    without = declare(DisTransferTask, {**options, "dws": {**dws, "dws_table_name": "t2"}}, {})
    with pytest.raises(Refused, match=r"never shows dws\.user_password"):
        planned(without, current)
    changed = declare(DisTransferTask, {**options, "dws": {**dws, "dws_table_name": "t2", "user_password": "PW"}}, {})
    assert planned(changed, current).build_body()["dws"]["user_password"] == "PW"


def test_of_a_task_that_dumps_elsewhere_the_destination_is_what_changes() -> None:
    dws = {"obs_bucket_path": "obsbucket", "dws_cluster_name": "c", "dws_cluster_id": "c1", "dws_database_name": "d", "dws_schema": "s"}
    dws |= {
        "dws_table_name": "t",
        "dws_delimiter": ",",
        "user_name": "u",
        "user_password": "P",
        "kms_user_key_name": "k",
        "kms_user_key_id": "i",
    }
    wanted = declare(
        DisTransferTask, {"stream_name": "newstream", "task_name": "newtask", "dws": dws, "on_immutable_change": "recreate"}, {}
    )
    plan = planned(wanted, there(dis()))
    assert (plan.actions, plan.changed_fields, plan.unproven) == (["recreate"], ["destination"], [])


def test_a_task_can_be_paused_without_declaring_where_it_dumps_to() -> None:
    wanted = declare(SmartConnectTask, {"instance_id": "i", "task_name": "dump", "state": "paused"}, {})
    assert planned(wanted, there(connect())).actions == ["pause"]
    with pytest.raises(Refused, match="without a destination"):
        planned(wanted, None)


@pytest.mark.parametrize("make", [dis, sink, connect])
def test_planning_again_on_what_was_planned_finds_nothing(make: Any) -> None:
    predicted = planned(make(), None).predict()
    assert predicted is not None
    assert not planned(make(), predicted).changed


@pytest.mark.parametrize("make", [dis, sink, connect])
@pytest.mark.parametrize("on_immutable_change", ["fail", "recreate", "ignore"])
def test_a_task_that_does_not_show_its_destination_is_left_alone(make: Any, on_immutable_change: str) -> None:
    current = Task(make().kind.name, INSTANCE, "dump", "id-1", "RUNNING")
    with pytest.raises(Refused, match=r"does not show where the .* dumps to.*Nothing was changed"):
        planned(make(on_immutable_change=on_immutable_change), current)
    assert planned(make(state="absent"), current).actions == ["delete"]


FORMATS = st.sampled_from(["yyyy", "yyyy/MM", "yyyy/MM/dd", "yyyy/MM/dd/HH", "yyyy/MM/dd/HH/mm"])
DELIMITERS = st.sampled_from(["newline", "\n", "\\n", "comma", ",", "semicolon", "|", "none"])
FOLDERS = st.text("abc_/", min_size=1, max_size=8).filter(lambda text: text.strip("/") != "")
COMMON = {"deliver_time_interval": st.integers(30, 900), "partition_format": FORMATS, "record_delimiter": DELIMITERS}
DECLARATIONS: dict[str, tuple[Any, st.SearchStrategy[dict[str, Any]]]] = {
    "transfer task": (
        dis,
        st.fixed_dictionaries(
            {"obs_bucket_path": st.just("obsbucket")},
            optional={**COMMON, "file_prefix": FOLDERS, "consumer_strategy": st.sampled_from(["LATEST", "trim_horizon"])},
        ),
    ),
    **{
        name: (
            make,
            st.fixed_dictionaries(
                {key: st.just(value) for key, value in KAFKA_OBS.items()},
                optional={
                    **COMMON,
                    "obs_path": FOLDERS,
                    "store_keys": st.booleans(),
                    "consumer_strategy": st.sampled_from(["latest", "EARLIEST"]),
                },
            ),
        )
        for name, make in (("sink task", sink), ("Smart Connect task", connect))
    },
}


@pytest.mark.parametrize("name", DECLARATIONS)
@given(data=st.data())
def test_what_a_plan_leads_to_needs_no_plan(name: str, data: st.DataObject) -> None:
    """Whatever was there before, or nothing."""
    make, options = DECLARATIONS[name]
    wanted, before = data.draw(options), data.draw(st.none() | options)
    declared = make(obs=wanted, on_immutable_change="recreate", state=data.draw(st.sampled_from(sorted(make().kind.list_states()))))
    first = planned(declared, there(make(obs=before), "RUNNING") if before else None)
    if declared.state == "absent":
        assert planned(declared, None).actions == []
        return
    written = fields.read_values(declared.kind.list_fields("obs"), first.build_body()) if first.changed_fields else None
    values = there(make(obs=before)).values if written is None else written
    status = "PAUSED" if declared.state == "paused" else "RUNNING"
    after = Task(declared.kind.name, INSTANCE, declared.name or "", "id-1", status, destination="obs", values=values)
    assert planned(declared, after).actions == []


def some_value(rule: Rule) -> Any:
    """Anything that no rule takes for empty."""
    if isinstance(rule, Text) and rule.choices:
        return rule.choices[-1]
    return {"int": 60, "bool": True, "list": [{"value": "x", "name": "x", "type": "String"}], "dict": {"a": "b"}}.get(rule.option_type, "x")


FIELDS = [
    pytest.param(kind, destination.option, path, id=f"{kind.name}-{path}")
    for kind in ALL
    for destination in kind.destinations
    for path, known in fields.flatten_fields(kind.list_fields(destination.option))
    if not known.secret and path.startswith(destination.option)
]


@pytest.mark.parametrize(("kind", "option", "path"), FIELDS)
def test_what_is_not_shown_causes_no_write_unless_the_service_leaves_out_what_is_not_set(kind: type[Kind], option: str, path: str) -> None:
    known = dict(fields.flatten_fields(kind.list_fields(option)))
    wanted = Declared(kind, {}, "dump", destination=option, values={path: some_value(known[path].rule)}, on_immutable_change="recreate")
    secrets = {name: "x" for name, field in known.items() if field.secret}
    wanted.values.update(secrets if kind.replaces_whole else {})
    absent = {path, *kind.find_partners(option, path), "cloudtable.opentsdb_schema"}
    shown = {name: some_value(field.rule) for name, field in known.items() if name not in absent}
    current = Task(kind.name, INSTANCE, "dump", "id-1", "RUNNING", destination=option, values=shown)
    plan = planned(wanted, current)
    if known[path].omitted_when_unset and kind.can_update:
        assert (plan.actions, plan.changed_fields, plan.unproven) == (["update"], [path], [])
    else:
        assert (plan.actions, plan.changed_fields, plan.unproven) == ([], [], [path])
        if kind.can_update:
            other = next(
                name for name in ("%s.deliver_time_interval" % option, "kafka.task_num", "redis.source.ratelimit") if name in known
            )
            more = Declared(kind, {}, "dump", destination=option, values={**wanted.values, other: 61})
            if other != path:
                assert fields.get_value(planned(more, current).build_body(), path) == known[path].rule.encode(wanted.values[path])
    current.values[path] = ""
    assert planned(wanted, current).changed, "shown to be empty, it is another"


@pytest.mark.parametrize("make", [sink, connect])
def test_a_field_whose_opposite_is_shown_is_not_merely_unseen(make: Any) -> None:
    current = there(make(), topics=None, topics_regex="a.*")
    assert planned(make(on_immutable_change="recreate"), current).changed_fields == ["topics"]


@pytest.mark.parametrize("make", [dis, sink, connect])
def test_a_destination_of_which_nothing_is_shown_is_not_taken_for_the_declared_one(make: Any) -> None:
    current = there(make())
    current.values = {path: value for path, value in current.values.items() if "." not in path}
    with pytest.raises(Refused, match="does not show where"):
        planned(make(), current)


def test_a_dump_needs_topics_to_be_created_and_not_to_be_changed() -> None:
    silent = declare(SmartConnectTask, {"instance_id": "i", "task_name": "dump", "obs": {**KAFKA_OBS, "store_keys": True}}, {})
    with pytest.raises(Refused, match="one of topics and topics_regex is needed"):
        planned(silent, None)
    plan = planned(silent, there(connect(), obs__store_keys=False))
    assert plan.changed_fields == ["obs.store_keys"]
    assert plan.build_body()["topics"] == "a"


@pytest.mark.parametrize(
    ("kind", "options", "text"),
    [
        (DisTransferTask, {"stream_name": "s", "task_name": "a b"}, "task_name is 'a b'"),
        (
            DisTransferTask,
            {"stream_name": "s", "task_name": "t", "obs": {"obs_bucket_path": "obsbucket", "deliver_time_interval": 29}},
            "is 29, allowed is 30 to 900",
        ),
        (DisTransferTask, {"stream_name": "s", "task_name": "t", "wait_timeout": 0}, "wait_timeout is 0, allowed is more than 0 seconds"),
        (
            DisTransferTask,
            {"stream_name": "s", "task_name": "t", "obs": {"obs_bucket_path": "obsbucket", "processing_schema": {"timestamp_name": "ts"}}},
            "processing_schema lacks timestamp_type",
        ),
        (KafkaSinkTask, {"instance_id": "i", "task_name": "t", "topics_regex": ".*", "obs": KAFKA_OBS}, "topics_regex is '.*'"),
        (
            SmartConnectTask,
            {"instance_id": "i", "task_name": "t", "kafka": {"direction": "pull"}},
            "exactly one of instance_id and bootstrap_servers",
        ),
        (
            SmartConnectTask,
            {"instance_id": "i", "task_name": "t", "kafka": {"direction": "two-way", "instance_id": "j"}},
            "two-way needs rename_topic_enabled or provenance_header_enabled",
        ),
    ],
)
def test_bad_options_are_found_without_a_service(kind: Any, options: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        declare(kind, options, {})
    assert text in str(error.value)
    assert "Nothing was sent" in str(error.value)


def test_all_problems_of_a_task_come_in_one_message() -> None:
    with pytest.raises(ConfigurationError) as error:
        declare(
            KafkaSinkTask,
            {"instance_id": "i", "task_name": "!", "topics": ["a b"], "obs": {"obs_bucket_name": "X", "deliver_time_interval": 1}},
            {},
        )
    assert str(error.value).count(";") >= 3


# what a plan says of the task as it is and will be


def test_a_plan_knows_the_name_of_a_task_that_is_declared_by_its_id() -> None:
    by_id = declare(SmartConnectTask, {"instance_id": "instance-1", "task_id": "id-1", "state": "paused"}, {})
    assert (planned(by_id, there(connect())).name, Plan(by_id, INSTANCE, None).name) == ("dump", "")


def test_a_plan_writes_to_where_the_task_dumps_unless_it_is_made_anew() -> None:
    elsewhere = there(connect())
    elsewhere.destination = "kafka"
    by_name = declare(SmartConnectTask, {"instance_id": "instance-1", "task_name": "dump", "state": "paused"}, {})
    assert planned(by_name, there(connect())).destination == "obs"
    assert planned(connect(on_immutable_change="ignore"), elsewhere).destination == "kafka"
    assert planned(connect(on_immutable_change="recreate"), elsewhere).destination == "obs"
    assert Plan(by_name, INSTANCE, elsewhere, ["recreate"]).destination == "kafka"


@pytest.mark.parametrize(
    ("make", "before", "more", "status", "new"),
    [
        (connect, None, {}, "RUNNING", True),
        (connect, None, {"state": "paused"}, "WAITING", True),
        (dis, None, {"state": "paused"}, "PAUSED", True),
        (connect, "PAUSED", {"state": "running"}, "RUNNING", False),
        (connect, "WAITING", {"state": "running"}, "RUNNING", False),
        (dis, "PAUSED", {"state": "running"}, "RUNNING", False),
        (connect, "RUNNING", {"state": "paused"}, "PAUSED", False),
        (connect, "ERROR", {"update_secrets": "always"}, "ERROR", False),
        (sink, "RUNNING", {"topics": ["b"], "on_immutable_change": "recreate"}, "RUNNING", True),
    ],
)
def test_the_status_and_the_id_that_a_task_will_have(make: Any, before: str | None, more: dict[str, Any], status: str, new: bool) -> None:
    plan = planned(make(**more), there(make(), before) if before else None)
    future = plan.predict()
    assert future and (future.status, future.id is None) == (status, new)


def test_a_task_that_moves_takes_along_what_is_said_of_no_destination() -> None:
    obs = there(connect(), topics="a,b", obs__obs_path="left-behind")
    peer = {
        "cluster_name": "c",
        "direction": "pull",
        "bootstrap_servers": "h:9092",
        "user_name": "u",
        "password": "PW",
        "sasl_mechanism": "PLAIN",
    }
    kafka = {"instance_id": "instance-1", "task_name": "dump", "kafka": peer, "on_immutable_change": "recreate", "update_secrets": "always"}
    plan = planned(declare(SmartConnectTask, kafka, {}), obs)
    assert plan.values["topics"] == "a,b" and not [path for path in plan.values if path.startswith("obs.")]
    assert {"destination", "kafka.password"} <= set(plan.changed_fields)


def test_a_new_task_that_lacks_something_is_not_said_to_be_made_anew() -> None:
    with pytest.raises(Refused, match=r"cannot be created: obs\.access_key"):
        planned(sink(obs={"obs_bucket_name": "testobs"}), None)


# one task, or two of one name


@pytest.mark.parametrize(
    ("planned_as", "shown_as", "same"),
    [
        (("a", 1), ("a", 2), True),
        (("a", 1), ("b", 1), False),
        ((None, 1), ("b", 1), True),
        ((None, 1), (None, 2), False),
        (("a", 1), (None, 2), False),
        ((None, None), ("b", 2), True),
        ((None, 1), (None, None), True),
    ],
)
def test_tasks_are_told_apart_by_their_ids_or_else_by_when_they_were_created(
    planned_as: tuple[Any, Any], shown_as: tuple[Any, Any], same: bool
) -> None:
    first, second = (Task("smart_connect_task", INSTANCE, "dump", task_id, created=created) for task_id, created in (planned_as, shown_as))
    assert is_same_task(first, second) is same


@pytest.mark.parametrize("update_secrets", ["always", "on_create"])
def test_only_secrets_that_are_declared_are_written_again(update_secrets: str) -> None:
    by_agency = {"obs": {"obs_bucket_name": "testobs", "agency_name": "writer"}}
    wanted = connect(**by_agency, update_secrets=update_secrets)
    assert planned(wanted, there(wanted)).actions == []
    with_keys = connect(update_secrets=update_secrets)
    assert planned(with_keys, there(with_keys)).actions == (["update"] if update_secrets == "always" else [])
