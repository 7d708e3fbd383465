# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter to_dumping_vars: what it declares, what it leaves out, and that a service's words stay words."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.filter.to_dumping_vars import FilterModule
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS, LISTS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.fields import flatten_fields
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.items import find_item_problems

to_dumping_vars = FilterModule().filters()["to_dumping_vars"]

STREAM_DUMP: dict[str, Any] = {
    "kind": "dis_transfer_task",
    "parent": "orders",
    "parent_name": "orders",
    "name": "orders-to-obs",
    "id": "As8",
    "status": "RUNNING",
    "health": "ok",
    "topics": None,
    "topics_regex": None,
    "destination": {"kind": "obs", "agency_name": "dis_admin_agency", "obs_bucket_path": "archive", "file_prefix": None},
}
COPY: dict[str, Any] = {
    "kind": "smart_connect_task",
    "parent": "i-1",
    "parent_name": "kafka-orders",
    "name": "copy",
    "id": "c-1",
    "status": "WAITING",
    "health": "paused",
    "topics": ["b", "a"],
    "topics_regex": None,
    "destination": {"kind": "obs", "obs_bucket_name": "6666", "deliver_time_interval": 300, "agency_name": None, "store_keys": False},
}
SINK: dict[str, Any] = {**COPY, "kind": "kafka_sink_task", "status": "RUNNING", "health": "ok"}
KEYS = {name: "{{ lookup('ansible.builtin.env', 'OPENDUMP_OBS_%s') }}" % name.upper() for name in ("access_key", "secret_key")}
DIS, SINKS, COPIES = ("dumping_" + name for name in LISTS)


class Loader(yaml.SafeLoader):
    """What is marked unsafe comes back with its mark."""


class Unsafe(str):
    """Text that was marked."""


Loader.add_constructor("!unsafe", lambda loader, node: Unsafe(loader.construct_scalar(node)))


def load(text: str) -> Any:
    return yaml.load(str.__str__(text), Loader)


def with_destination(record: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**record, "destination": {**record["destination"], **changes}}


def test_each_kind_is_declared_without_defaults() -> None:
    variables = load(to_dumping_vars([COPY, STREAM_DUMP, {**SINK, "id": "s-1"}]))
    assert variables == {
        DIS: [{"stream_name": "orders", "task_name": "orders-to-obs", "obs": {"obs_bucket_path": "archive"}}],
        SINKS: [{"instance_id": "i-1", "task_name": "copy", "topics": ["b", "a"], "obs": {"obs_bucket_name": "6666", **KEYS}}],
        COPIES: [
            {"instance_id": "i-1", "task_name": "copy", "state": "paused", "topics": ["b", "a"], "obs": {"obs_bucket_name": "6666", **KEYS}}
        ],
    }


def test_what_services_show_undeclared_could_be_declared() -> None:
    """A usual value that its own field refuses would be a misspelling, and every task would be exported with it."""
    usual = [
        (field, field.usual) for kind in KINDS.values() for place in kind.destinations for _path, field in flatten_fields(place.fields)
    ]
    declared = [(field.name, field.rule.find_problems(field.rule.normalise(value))) for field, value in usual if value is not None]
    assert declared
    assert [entry for entry in declared if entry[1]] == []


def test_comments_say_where_a_task_comes_from() -> None:
    text = to_dumping_vars({"tasks": [STREAM_DUMP, COPY], "errors": []}, origin="region eu-west-101")
    assert text.startswith("# Dump tasks as they are in region eu-west-101.\n")
    assert '\n  # task orders-to-obs of stream orders, ID As8, RUNNING\n  - stream_name: !unsafe "orders"\n' in text
    assert '\n  # task copy of Kafka instance kafka-orders (i-1), ID c-1, WAITING\n  - instance_id: !unsafe "i-1"\n' in text


def test_an_item_begins_with_where_and_which_and_keeps_the_order_of_the_fields() -> None:
    lines = [
        line.strip("- ").partition(":")[0] for line in to_dumping_vars([COPY]).splitlines() if line.startswith("  ") and "#" not in line
    ]
    assert lines[:5] == ["instance_id", "task_name", "state", "topics", '!unsafe "b"']


def test_a_task_without_a_name_is_left_out_and_protects_none() -> None:
    assert "dumping_purge_except" not in to_dumping_vars([{**STREAM_DUMP, "kind": "other", "name": None}])


def test_order_does_not_depend_on_the_order_of_the_service() -> None:
    records = [{**STREAM_DUMP, "name": name, "parent": parent} for name in "cab" for parent in ("z", "y")]
    assert to_dumping_vars(records) == to_dumping_vars(records[::-1])
    assert [item["stream_name"] + item["task_name"] for item in load(to_dumping_vars(records))[DIS]] == ["ya", "yb", "yc", "za", "zb", "zc"]


def test_data_has_no_secrets() -> None:
    data = to_dumping_vars([COPY], form="data")
    assert data == {
        DIS: [],
        SINKS: [],
        COPIES: [{"instance_id": "i-1", "task_name": "copy", "state": "paused", "topics": ["b", "a"], "obs": {"obs_bucket_name": "6666"}}],
    }


def test_nothing_is_an_estate_too() -> None:
    assert load(to_dumping_vars([])) == load(to_dumping_vars({"tasks": []})) == {DIS: [], SINKS: [], COPIES: []}


def test_a_task_that_both_apis_show_is_exported_once() -> None:
    variables = load(to_dumping_vars([SINK, COPY]))
    assert (len(variables[SINKS]), len(variables[COPIES])) == (0, 1)
    other = {**SINK, "id": "s-2"}
    assert [len(load(to_dumping_vars([other, COPY]))[name]) for name in (SINKS, COPIES)] == [1, 1]


BOTH_SCHEMAS: dict[str, Any] = {
    "kind": "cloudtable",
    "cloudtable_cluster_name": "table",
    "cloudtable_cluster_id": "c-1",
    "cloudtable_table_name": "rows",
    "obs_backup_bucket_path": "archive",
    "cloudtable_schema": {
        "row_key": [{"value": "id", "type": "String"}],
        "columns": [{"column_family_name": "f", "column_name": "q", "value": "v", "type": "String"}],
    },
    "opentsdb_schema": [
        {
            "metric": [{"type": "Constant", "value": "m"}],
            "timestamp": {"type": "Timestamp", "value": "t"},
            "value": {"type": "Bigint", "value": "v"},
            "tags": [{"name": "n", "type": "String", "value": "v"}],
        }
    ],
}


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({**STREAM_DUMP, "destination": None}, "does not show where it dumps to"),
        (with_destination(STREAM_DUMP, kind="lake"), "dumps to lake, which cannot be declared"),
        (with_destination(STREAM_DUMP, obs_bucket_path=None), "missing required arguments: obs_bucket_path"),
        ({**STREAM_DUMP, "status": "DELETE"}, "is being deleted"),
        ({**COPY, "status": "DELETING"}, "is being deleted"),
        ({**STREAM_DUMP, "name": "{{ 7 }}"}, "task_name is '{{ 7 }}', but"),
        ({**STREAM_DUMP, "parent": ""}, "stream_name is empty"),
        ({**STREAM_DUMP, "kind": "other"}, "there is no list for tasks of this kind"),
        ({**COPY, "topics_regex": "a.*"}, "mutually exclusive"),
        ({**STREAM_DUMP, "destination": BOTH_SCHEMAS}, "exactly one of cloudtable_schema"),
    ],
)
def test_what_cannot_be_declared_is_left_out_and_said(record: dict[str, Any], why: str) -> None:
    text = to_dumping_vars([record, {**STREAM_DUMP, "name": "good"}])
    assert [item["task_name"] for item in load(text)[DIS]] == ["good"]
    (reason,) = [line for line in text.splitlines() if line.startswith("# left out: ")]
    assert why in reason


def test_a_field_that_cannot_be_declared_is_left_out_and_said() -> None:
    text = to_dumping_vars(
        [with_destination(STREAM_DUMP, deliver_time_interval=5, partition_format="yy", consumer_strategy="TRIM_HORIZON")]
    )
    assert load(text)[DIS][0]["obs"] == {"consumer_strategy": "TRIM_HORIZON", "obs_bucket_path": "archive"}
    assert "  # obs.deliver_time_interval is not declared: it is 5, allowed is 30 to 900 seconds\n" in text
    assert "  # obs.partition_format is not declared: it is 'yy', allowed is one of" in text


def test_several_tasks_of_one_name_are_told_by_their_ids() -> None:
    text = to_dumping_vars([COPY, {**COPY, "id": "c-2"}, {**COPY, "id": "c-3", "name": "no good name"}])
    assert [(copy.get("task_name"), copy.get("task_id")) for copy in load(text)[COPIES]] == [(None, "c-1"), (None, "c-2"), (None, "c-3")]
    assert "several tasks have this name" in text
    assert "its name could not be declared" in text


def test_instances_by_name_where_the_name_is_one_of_a_kind() -> None:
    twins = [{**COPY, "parent": parent, "parent_name": "twin", "id": parent} for parent in ("i-2", "i-3")]
    listed = load(to_dumping_vars([COPY, *twins], by_name=True))[COPIES]
    assert [(entry.get("instance_name"), entry.get("instance_id")) for entry in listed] == [
        ("kafka-orders", None),
        (None, "i-2"),
        (None, "i-3"),
    ]


def test_secrets_that_a_task_has_no_use_for_are_not_asked_for() -> None:
    assert load(to_dumping_vars([with_destination(COPY, agency_name="writer")]))[COPIES][0]["obs"] == {
        "agency_name": "writer",
        "obs_bucket_name": "6666",
    }
    kafka = {"kind": "kafka", "direction": "pull", "bootstrap_servers": ["k:9092"], "security_protocol": "PLAINTEXT"}
    assert "password" not in load(to_dumping_vars([{**COPY, "destination": kafka}]))[COPIES][0]["kafka"]
    sasl = {**kafka, "security_protocol": "SASL_SSL", "user_name": "copier"}
    assert load(to_dumping_vars([{**COPY, "destination": sasl}]))[COPIES][0]["kafka"]["password"] == (
        "{{ lookup('ansible.builtin.env', 'OPENDUMP_KAFKA_ORDERS_COPY_PASSWORD') }}"
    )


def test_what_could_not_be_read_is_said() -> None:
    errors = [{"kind": "dis_transfer_task", "parent": "clicks", "msg": "No right.\nAt all."}]
    assert "# not read: dis_transfer_task clicks: No right.␊At all.\n" in to_dumping_vars({"tasks": [], "errors": errors})


@pytest.mark.parametrize("wrong", ["text", 7, None, {"results": []}, [7], [{"name": "x"}], {"tasks": {}}])
def test_anything_else_is_refused(wrong: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="give it what dump_tasks_info returned"):
        to_dumping_vars(wrong)
    with pytest.raises(AnsibleFilterError, match="there is no form 'yaml'"):
        to_dumping_vars([], form="yaml")


NASTY = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "{{ 7 * 7 }}",
            "{% raw %}",
            "{# x",
            "#jinja2: variable_start_string:'[[', variable_end_string:']]'\n[[ 7 * 7 ]]",
            "#jinja2:block_start_string:'<%',block_end_string:'%>'\n<% if 1 %>x<% endif %>",
            "# x {{",
            "${7}",
            "<% 7 %>",
            "[% 7 %]",
            "a\n- b: c",
            "x\u2028y",
            "\u202efdp",
            "!vault |",
            "!unsafe x",
            "!!python/object/apply:os.system [true]",
            "%YAML 1.1",
            "--- x",
            "...",
            "&a *a",
            "<<: x",
            "<<",
            "&",
            "!",
            "*",
            "=",
            "yes",
            "1e3",
            "0123",
            "~",
            "",
            "'",
            '"',
            " {{ x }} \n",
            "\U0001f600",
        ]
    ),
)


def unmarked_texts(value: Any) -> list[str]:
    """Every text that is not marked."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in unmarked_texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in unmarked_texts(inner)]
    return [value] if isinstance(value, str) and not isinstance(value, Unsafe) else []


@settings(max_examples=60, deadline=None)
@given(*[NASTY] * 5)
def test_the_words_of_a_service_stay_words(name: str, path: str, parent: str, status: str, agency: str) -> None:
    """Whatever is in them, Ansible reads the file, takes none of it for a template, and declares what the service said."""
    mrs = {"kind": "mrs", "mrs_cluster_name": name, "mrs_cluster_id": "m", "mrs_hdfs_path": path, "obs_bucket_path": "archive"}
    rows = {"kind": "dws", "agency_name": agency, "options": {"null_as": path, "delimiter": status}}
    regex = {**COPY, "topics": None, "topics_regex": path, "parent": parent, "parent_name": name, "status": status, "name": name}
    topics = {**SINK, "topics": [name, path], "id": agency, "name": "copied"}
    dump = {**STREAM_DUMP, "parent": parent, "parent_name": parent}
    records = [{**dump, "destination": mrs, "status": status}, {**dump, "destination": rows, "name": name, "id": agency}, regex, topics]
    text = to_dumping_vars(records, origin=name)
    data = to_dumping_vars(records, form="data")
    for unmarked in set(unmarked_texts(load(text))) - {"paused", "<<", "=", "&", "!", "*", *KEYS.values()}:
        # nothing that is a number, a truth value, a date, null or a sign of YAML's own can be a template
        assert not isinstance(yaml.safe_load(unmarked), str), unmarked

    read = DataLoader().load(str.__str__(text))
    for item in (*read[SINKS], *read[COPIES]):
        assert {item["obs"].pop(key) for key in KEYS} == set(KEYS.values())
    used = Templar(DataLoader(), variables={}).template(read)

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {str(key): plain(inner) for key, inner in value.items()}
        return [plain(inner) for inner in value] if isinstance(value, list) else str.__str__(value) if isinstance(value, str) else value

    assert plain(used) == plain(data)
    for item in data[DIS]:
        assert find_item_problems(LISTS["dis_transfer_tasks"], item) == []
    assert all(line.startswith(("#", " ", "-", "dumping_")) or not line for line in text.splitlines())


@pytest.mark.parametrize("where", ["name", "parent", "obs_bucket_name", "topics"])
def test_what_equals_a_secret_refuses_the_export(where: str) -> None:
    for hidden in ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "x-********-y"):
        record = {**COPY, where: [hidden] if where == "topics" else hidden} if where in COPY else with_destination(COPY, **{where: hidden})
        path = where if where in COPY else f"destination.{where}"
        with pytest.raises(AnsibleFilterError, match=rf"its {path} equals a secret"):
            to_dumping_vars([record])


def test_a_state_that_a_kind_cannot_be_declared_in_is_said() -> None:
    text = to_dumping_vars([{**SINK, "id": "s-1", "status": "PAUSED", "health": "paused"}, COPY])
    assert "state" not in load(text)[SINKS][0] and load(text)[COPIES][0]["state"] == "paused"
    assert "it is paused, which cannot be declared of a sink task" in text


def test_a_secret_that_a_record_has_is_not_exported() -> None:
    assert "SHOWN" not in to_dumping_vars([with_destination(COPY, access_key="SHOWNACCESSKEY", secret_key="SHOWNSECRETKEY")])


def test_what_is_not_declared_is_summed_up_and_purge_does_not_take_it() -> None:
    lost = {**STREAM_DUMP, "destination": None, "name": "lost"}
    records = [lost, {**STREAM_DUMP, "status": "DELETE", "name": "going"}, with_destination(STREAM_DUMP, partition_format="yy\x1b")]
    summary = to_dumping_vars(records, form="summary")
    assert summary["declared"] == 1
    assert summary["left_out"] == ["task lost of stream orders, ID As8, RUNNING: the service does not show where it dumps to"]
    assert summary["leaving"] == ["task going of stream orders, ID As8, DELETE: it is being deleted"]
    (undeclared,) = summary["undeclared"]
    assert "obs.partition_format is not declared: it is 'yy" in undeclared
    assert undeclared.isprintable()
    assert load(to_dumping_vars(records))["dumping_purge_except"] == ["lost"]
    assert to_dumping_vars(records, form="data")["dumping_purge_except"] == ["lost"]


def test_a_copy_that_names_its_peer_in_two_ways_is_declared_by_the_first() -> None:
    peer = {
        "kind": "kafka",
        "direction": "pull",
        "instance_id": "i-2",
        "bootstrap_servers": ["a:9092"],
        "user_name": "",
        "topics_mapping": None,
    }
    assert load(to_dumping_vars([{**COPY, "destination": peer}]))[COPIES][0]["kafka"] == {"instance_id": "i-2", "direction": "pull"}
