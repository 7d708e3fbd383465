# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter with_defaults: what an item says wins, and takes away what it excludes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.opendump.huaweicloud.plugins.filter.with_defaults import FilterModule

with_defaults = FilterModule().filters()["with_defaults"]

OBS = {"obs_bucket_name": "archive", "access_key": "a", "secret_key": "s", "deliver_time_interval": 60}
DEFAULTS = {
    "wait_timeout": 90,
    "instance_name": "kafka-orders",
    "smart_connect_tasks": {"topics": ["orders"], "obs": OBS},
    "dis_transfer_tasks": {"stream_name": "newstream", "wait_timeout": 30},
}


def merge(item: Any, list_name: str = "smart_connect_tasks", defaults: Any = None) -> Any:
    return with_defaults([item], list_name, DEFAULTS if defaults is None else defaults)[0]


def test_destinations_are_merged_and_the_item_wins() -> None:
    got = merge({"task_name": "t", "obs": {"obs_path": "p", "deliver_time_interval": 300}})
    assert got == {
        "task_name": "t",
        "wait_timeout": 90,
        "instance_name": "kafka-orders",
        "topics": ["orders"],
        "obs": {**OBS, "obs_path": "p", "deliver_time_interval": 300},
    }


def test_lists_are_replaced() -> None:
    assert merge({"topics": ["payments"]})["topics"] == ["payments"]


def test_defaults_of_one_list_win_over_those_of_all_and_stay_there() -> None:
    assert merge({"task_name": "t"}, "dis_transfer_tasks") == {"task_name": "t", "stream_name": "newstream", "wait_timeout": 30}
    assert merge({"task_name": "t"}, "kafka_sink_tasks") == {"task_name": "t", "instance_name": "kafka-orders", "wait_timeout": 90}


@pytest.mark.parametrize(
    ("item", "gone"),
    [
        ({"kafka": {"instance_id": "i"}}, "obs"),
        ({"topics_regex": "topic-.*"}, "topics"),
        ({"instance_id": "i"}, "instance_name"),
    ],
)
def test_item_takes_away_the_defaults_that_it_excludes(item: dict[str, Any], gone: str) -> None:
    assert gone in merge({})
    assert gone not in merge(item)


def test_exclusion_holds_inside_a_destination_too() -> None:
    defaults = {"smart_connect_tasks": {"kafka": {"instance_id": "peer", "direction": "pull"}}}
    assert merge({"kafka": {"bootstrap_servers": ["b:9092"]}}, defaults=defaults) == {
        "kafka": {"bootstrap_servers": ["b:9092"], "direction": "pull"}
    }


def test_default_of_one_list_takes_away_the_common_one_that_it_excludes() -> None:
    defaults = {"instance_name": "kafka-orders", "kafka_sink_tasks": {"connector_id": "c"}}
    assert merge({}, "kafka_sink_tasks", defaults) == {"connector_id": "c"}


def test_null_takes_a_default_away() -> None:
    got = merge({"wait_timeout": None, "obs": {"deliver_time_interval": None}})
    assert "wait_timeout" not in got
    assert got["obs"] == {key: value for key, value in OBS.items() if key != "deliver_time_interval"}
    assert "obs" not in merge({"obs": None})


def test_nothing_that_was_given_is_changed() -> None:
    items: list[Any] = [{"task_name": "t", "obs": {"obs_path": "p"}}, {"task_name": "u"}]
    before, defaults = copy.deepcopy(items), copy.deepcopy(DEFAULTS)
    first, second = with_defaults(items, "smart_connect_tasks", DEFAULTS)
    first["obs"]["obs_path"] = "changed"
    assert (items, defaults) == (before, DEFAULTS)
    assert second["obs"] == OBS


def test_text_is_read_as_yaml_and_its_templates_stay_text() -> None:
    text = '- task_name: t\n  topics: [a, b]\n  obs:\n    obs_path: \'{{ lookup("pipe", "id") }}\'\n'
    got = with_defaults(text, "smart_connect_tasks", {})
    assert got == [{"task_name": "t", "topics": ["a", "b"], "obs": {"obs_path": '{{ lookup("pipe", "id") }}'}}]
    assert with_defaults("[]", "smart_connect_tasks") == with_defaults(" \n", "smart_connect_tasks") == []
    assert with_defaults(None, "smart_connect_tasks") == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- secret_key: hush-hush\n  - x: [", "text that is no YAML (line 2, column"),
        ("- !!python/object/apply:os.getcwd []", "text that is no YAML"),
        ("task_name: hush-hush", "no list of tasks"),
        ("hush-hush", "no list of tasks"),
        ({"task_name": "hush-hush"}, "no list of tasks"),
        (7, "no list of tasks"),
    ],
)
def test_what_is_no_list_of_tasks_is_refused_without_being_shown(text: Any, says: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        with_defaults(text, "smart_connect_tasks", {})
    assert says in str(caught.value)
    assert "hush" not in str(caught.value)


def test_items_that_are_no_mapping_are_left_for_the_module_to_report() -> None:
    assert with_defaults(["newtask", None, {"task_name": "t"}], "kafka_sink_tasks", {}) == ["newtask", None, {"task_name": "t"}]


@pytest.mark.parametrize(
    ("defaults", "says"),
    [
        ({"wait_timout": 5}, "no option wait_timout"),
        ({"kafka_sink_task": {}}, "no option kafka_sink_task"),
        ({"kafka_sink_tasks": ["x"]}, "no mapping"),
    ],
)
def test_defaults_for_nothing_are_refused(defaults: dict[str, Any], says: str) -> None:
    with pytest.raises(AnsibleFilterError, match=says):
        with_defaults([], "kafka_sink_tasks", defaults)


def test_unknown_list_is_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="there is no list 'dis_tasks'"):
        with_defaults([], "dis_tasks", {})


def test_defaults_may_be_text() -> None:
    json = '{"wait_timeout": 30, "smart_connect_tasks": "obs: {obs_path: a}"}'
    for text in ("wait_timeout: 30\nsmart_connect_tasks: {obs: {obs_path: a}}", json):
        assert merge({"task_name": "t"}, defaults=text) == {"task_name": "t", "wait_timeout": 30, "obs": {"obs_path": "a"}}
    assert merge({"task_name": "t"}, defaults="") == merge({"task_name": "t"}, defaults=" \n") == {"task_name": "t"}


@pytest.mark.parametrize(
    ("defaults", "says"),
    [
        ({"smart_connect_tasks": {"obs": {"bucket": "hush-hush"}}}, "dumping_defaults, for smart_connect_tasks: unknown option obs.bucket"),
        ({"on_immutable_change": "replace"}, "dumping_defaults, for smart_connect_tasks: value of on_immutable_change must be one of"),
        ({"wait_timeout": "soon"}, "dumping_defaults, for smart_connect_tasks: argument 'wait_timeout' is of type"),
        ({"wait_timout": 5}, "dumping_defaults: there is no option wait_timout"),
        ("obs: {secret_key: hush-hush", "dumping_defaults is text that is no YAML (line"),
        ("hush-hush", "dumping_defaults is no mapping of options to values."),
        (["hush-hush"], "dumping_defaults is no mapping of options to values."),
        ({"smart_connect_tasks": "hush-hush"}, "dumping_defaults.smart_connect_tasks is no mapping of options to values."),
    ],
)
def test_a_wrong_default_is_named_as_the_variable_it_stands_in(defaults: Any, says: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        with_defaults([{"task_name": "t"}], "smart_connect_tasks", defaults, "dumping_")
    assert says in str(caught.value)
    assert "hush" not in str(caught.value)


def test_a_wrong_list_is_named_as_the_variable_it_is() -> None:
    with pytest.raises(AnsibleFilterError, match=r"^dumping_smart_connect_tasks is no list of tasks"):
        with_defaults("a: b", "smart_connect_tasks", {}, "dumping_")
