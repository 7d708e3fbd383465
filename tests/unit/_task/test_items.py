# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that are refused: all that is wrong in one message, misspelt ones with what may have been meant."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from in_process import call_module

from ansible_collections.opendump.huaweicloud.plugins.filter.with_defaults import with_defaults
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS, LISTS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.declared import build_item_spec
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.items import find_item_problems, list_paths
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.kind import Kind

MODULES = "ansible_collections.opendump.huaweicloud.plugins.modules."


def refuse(name: str, **options: Any) -> str:
    result = call_module(importlib.import_module(MODULES + name).main, options)
    assert result["failed"], result
    return str(result["msg"])


@pytest.mark.parametrize(
    ("module", "options", "parts"),
    [
        ("dis_transfer_task", {"stream_nam": "a"}, ["stream_name", "task_name", "unknown option stream_nam", "did you mean stream_name"]),
        (
            "smart_connect_task",
            {"instance_id": "a", "taskname": "b", "obs": {"obs_pth": "x"}},
            ["one of the following is required: task_name, task_id", "taskname", "did you mean task_name for taskname?"],
        ),
        (
            "smart_connect_task",
            {"instance_id": "a", "task_name": "b", "obs": {"obs_pth": "x"}},
            ["obs.obs_pth", "did you mean obs.obs_path"],
        ),
        ("dump_tasks_info", {"kinds": ["x"], "name_patern": "a"}, ["value of kinds", "did you mean name_pattern for name_patern?"]),
        ("kafka_sink_migration", {"polcy": "gap_free"}, ["policy", "state_file", "did you mean policy for polcy?"]),
        ("dump_key_rotation", {"stat_file": "x"}, ["missing required arguments: state_file", "did you mean state_file"]),
        ("dump_landing_info", {"task": []}, ["missing required arguments: tasks", "did you mean tasks for task?"]),
        ("service_probe", {"topc": "a"}, ["unknown option topc; did you mean topic for topc? Supported parameters"]),
        (
            "smart_connect",
            {"instance_nme": "a", "stat": "x"},
            ["did you mean instance_name for instance_nme?", "did you mean state for stat?"],
        ),
        (
            "kafka_sink_task",
            {"instance_id": "a", "task_name": "b", "state": "paused"},
            ["value of state", "no such call", "smart_connect_task"],
        ),
        (
            "dump_tasks",
            {"kafka_sink_tasks": [{"instance_id": "a", "task_name": "b", "state": "running"}], "purge_mach": "x"},
            ["kafka_sink_tasks[0] (b): value of state", "no such call", "unknown option purge_mach", "did you mean purge_match"],
        ),
        ("dump_tasks", {"dis_transfer_tasks": [{"stream_nam": "a", "task_name": "b"}]}, ["did you mean stream_name for stream_nam?"]),
        ("dump_tasks", {"purge": True}, ["purge_match is empty; purge needs to know", "for instance ^orders-"]),
    ],
)
def test_all_that_is_wrong_is_in_one_message(module: str, options: dict[str, Any], parts: list[str]) -> None:
    message = refuse(module, **options)
    assert [part for part in parts if part not in message] == [], message


SINK_WITHOUT_NAME = {"kafka_sink_tasks": [{"instance_id": "a"}]}
OF_THE_SINK = "kafka_sink_tasks[0] (without a name): one of the following is required: task_name, task_id"


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (["hunter2", {"stream_nam": "a"}], "dis_transfer_tasks[0] is no mapping"),
        (["hunter2"], "dis_transfer_tasks[0] is no mapping"),
        (7, "dis_transfer_tasks is no list"),
        ({"task_name": "hunter2"}, "dis_transfer_tasks is no list"),
        ("hunter2", "dis_transfer_tasks is text and no JSON of a list"),
        ([{"stream_name": "a", "task_name": "b", "obs": "hunter2: {"}], "dis_transfer_tasks[0].obs is text and no JSON of a mapping"),
    ],
)
def test_what_is_no_mapping_or_no_list_hides_nothing_else(wrong: Any, text: str) -> None:
    message = refuse("dump_tasks", dis_transfer_tasks=wrong, purge_mach="x", **SINK_WITHOUT_NAME)
    assert [part for part in (text, OF_THE_SINK, "did you mean purge_match", "Nothing was sent") if part not in message] == [], message
    assert message.count("dis_transfer_tasks[0]") <= 1 and "hunter2" not in message
    named = refuse("dump_tasks", dis_transfer_tasks=wrong, variable_prefix="dumping_", **SINK_WITHOUT_NAME)
    assert "dumping_" + text in named and "dumping_" + OF_THE_SINK in named


@pytest.mark.parametrize(("name", "what"), [(0o123, "83, which is a number"), (True, "True, which is a boolean"), (1.5, "1.5, which is a")])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_name_that_yaml_has_made_something_else_of_is_refused(kind: type[Kind], name: Any, what: str) -> None:
    """Of a task called 0123 it makes another one."""
    item = {kind.parent_options[0]: "a", "task_name": name, "state": "absent"}
    text = f"task_name is {what}"
    assert text in refuse(kind.name, **item) and text in refuse(kind.name, **item, stat="x")
    for more in ([], ["no mapping"]):
        message = refuse("dump_tasks", **{kind.list_option: [{**item, "task_name": "a"}, item, *more]}, variable_prefix="dumping_")
        assert f"dumping_{kind.list_option}[1] ({name}): {text}" in message and "quotes" in message
    spared = {"purge": True, "purge_match": ".", "purge_except": ["a", name]}
    assert f"purge_except holds {what}" in refuse("dump_tasks", **spared)


@pytest.mark.parametrize(
    ("state", "meant"),
    [
        ("stopped", "paused"),
        ("Stop", "paused"),
        ("puased", "paused"),
        ("started", "running"),
        ("resumed", "running"),
        ("deleted", "absent"),
    ],
)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_state_that_was_meant_is_said(kind: type[Kind], state: str, meant: str) -> None:
    item = {kind.parent_options[0]: "a", "task_name": "b", "state": state}
    says = f"did you mean {meant} for {state}?" if meant in kind.list_states() else kind.cannot_pause_says
    assert says
    assert says in refuse(kind.name, **item)
    assert says in refuse("dump_tasks", **{kind.list_option: [item]})


def test_the_value_of_a_misspelt_option_is_not_shown() -> None:
    assert "hunter2hunter2" not in refuse("dis_transfer_task", secretkey="hunter2hunter2", stream_name="a")


CONNECT = {"instance_id": "a", "task_name": "b", "topics": ["orders"]}


def plant(path: str, value: Any) -> dict[str, Any]:
    for name in reversed(path.split(".")):
        value = {name: value}
    return dict(value)


def misspell(path: str) -> str:
    """With two letters of its last name swapped."""
    outer, dot, name = path.rpartition(".")
    at = next(at for at in range(len(name) // 2, len(name)) if at and name[at] != name[at - 1])
    return outer + dot + name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]


@pytest.mark.parametrize("kind", LISTS.values(), ids=LISTS)
def test_each_misspelt_option_is_told_with_the_right_one_at_every_depth_and_in_defaults(kind: type[Kind]) -> None:
    for path in paths_outside_of_rows(build_item_spec(kind)["options"]):
        wrong = misspell(path)
        advice = f"did you mean {path} for {wrong}"
        assert advice in "; ".join(find_item_problems(kind, plant(wrong, "x")))
        if "." in path:
            for defaults in (plant(wrong, "x"), {kind.list_option: plant(wrong, "x")}):
                with pytest.raises(AnsibleFilterError, match=f"dumping_defaults, for {kind.list_option}: .*{advice}"):
                    with_defaults([{"task_name": "a"}], kind.list_option, defaults, "dumping_")


def paths_outside_of_rows(options: dict[str, Any]) -> list[str]:
    rows = [path for path in list_paths(options) if look_up(options, path)["type"] == "list"]
    return [path for path in list_paths(options) if not path.startswith(tuple(row + "." for row in rows))]


def look_up(options: dict[str, Any], path: str) -> dict[str, Any]:
    for name in path.split("."):
        argument = options[name]
        options = argument.get("options", {})
    return dict(argument)


@pytest.mark.parametrize("name", ["stae", "smart_conect_tasks", "osb", "obs_bucket_nme", "on_imutable_change"])
def test_a_default_that_no_task_could_have_is_told_with_the_one_that_was_meant(name: str) -> None:
    meant = {"stae": "state", "smart_conect_tasks": "smart_connect_tasks", "osb": "obs", "obs_bucket_nme": "obs.obs_bucket_name"}
    words = f"dumping_defaults: there is no option {name} .*; did you mean {meant.get(name, 'on_immutable_change')} for {name}"
    with pytest.raises(AnsibleFilterError, match=words):
        with_defaults([], "smart_connect_tasks", {name: 1}, "dumping_")


@pytest.mark.parametrize(
    ("kind", "wrong", "meant"),
    [
        ("smart_connect_task", {"obs": {"file_prefx": "x"}}, "obs.obs_path for obs.file_prefx"),
        ("smart_connect_task", {"obs": {"file_prefix": "x"}}, "obs.obs_path for obs.file_prefix"),
        ("smart_connect_task", {"obs": {"bukcet": "x"}}, "obs.obs_bucket_name for obs.bukcet"),
        ("smart_connect_task", {"osb": {"obs_path": "x"}}, "obs for osb"),
        ("smart_connect_task", {"obs_bucket_name": "x"}, "obs.obs_bucket_name for obs_bucket_name"),
        ("smart_connect_task", {"obs.obs_pth": "x"}, "obs.obs_path for obs.obs_pth"),
        ("kafka_sink_task", {"obs": {"obs_bucket_path": "x"}}, "obs.obs_bucket_name for obs.obs_bucket_path"),
        ("kafka_sink_task", {"deliver_time_interval": 60}, "obs.deliver_time_interval for deliver_time_interval"),
        ("dis_transfer_task", {"obs": {"obs_path": "x"}}, "obs.file_prefix for obs.obs_path"),
        ("dis_transfer_task", {"obs": {"bukcet": "x"}}, "obs.obs_bucket_path for obs.bukcet"),
        ("dis_transfer_task", {"dws": {"optoins": {}}}, "dws.options for dws.optoins"),
    ],
)
def test_what_was_meant_is_said_in_every_way_in(kind: str, wrong: dict[str, Any], meant: str) -> None:
    where = {"stream_name": "a", "task_name": "b"} if kind == "dis_transfer_task" else CONNECT
    assert f"did you mean {meant}?" in refuse(kind, **where, **wrong)
    message = refuse("dump_tasks", **{KINDS[kind].list_option: [{**where, **wrong}]})
    assert f"{KINDS[kind].list_option}[0] (b): " in message and f"did you mean {meant}?" in message
