# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many tasks in one call: validated whole, read side by side, written with care, reported one by one."""

from __future__ import annotations

import copy
import json
import socket
import time
from typing import Any

import pytest
import yaml

from huaweicloud_emulator.server import Local

from .conftest import INSTANCE, INSTANCE_NAME, Run

OBS = {"obs_bucket_name": "testobs"}
QUICK = {"wait_interval": 0.01}
DECLARED: dict[str, Any] = {
    "dis_transfer_tasks": [
        {"stream_name": "newstream", "task_name": f"dis-{number}", "obs": {"obs_bucket_path": "obsbucket"}, **QUICK} for number in range(3)
    ],
    "kafka_sink_tasks": [
        {"instance_name": INSTANCE_NAME, "task_name": f"sink-{number}", "topics": ["topic-test"], "obs": dict(OBS), **QUICK}
        for number in range(3)
    ],
    "smart_connect_tasks": [
        {"instance_id": INSTANCE, "task_name": f"connect-{number}", "topics": ["topic-test"], "obs": dict(OBS), **QUICK}
        for number in range(3)
    ],
}


def declared(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(DECLARED), **changes}


def writes(cloud: Local) -> list[str]:
    return [entry["method"] for entry in cloud.requests() if entry["method"] != "GET"]


def names(cloud: Local) -> set[str]:
    project = cloud.state()["projects"][0]
    parents = [*project["dis"]["streams"], *project["dms"]["instances"]]
    return {task["name"] for parent in parents for task in parent["tasks"]}


@pytest.mark.parametrize("store", ["one", "two"])
def test_everything_at_once(run: Run, cloud: Local, store: str) -> None:
    cloud.switch({"dms.store": store})
    predicted = run("dump_tasks", check=True, **declared())
    assert writes(cloud) == []
    first = run("dump_tasks", **declared())
    assert first.get("failed") is not True, first
    assert [(entry["kind"], entry["task_name"], entry["actions"]) for entry in first["results"]] == [
        (kind, f"{word}-{number}", ["create"])
        for kind, word in (("dis_transfer_task", "dis"), ("kafka_sink_task", "sink"), ("smart_connect_task", "connect"))
        for number in range(3)
    ]
    assert first["diff"] == predicted["diff"]
    assert {entry["task"]["status"] for entry in first["results"]} == {"RUNNING"}
    assert (first["summary"]["created"], first["summary"]["changed"], first["summary"]["failed"]) == (9, 9, 0)
    assert "warnings" not in first
    second = run("dump_tasks", **declared())
    assert not second["changed"]
    assert second["summary"]["unchanged"] == 9
    assert second["diff"] == []
    assert second["results"][0]["task"]["destination"]["deliver_time_interval"] == 300


def test_five_bad_items_are_five_messages_and_no_request(run: Run, cloud: Local) -> None:
    bad = declared()
    bad["dis_transfer_tasks"][0]["obs"]["deliver_time_interval"] = 29
    bad["dis_transfer_tasks"][2]["interval"] = 60
    bad["kafka_sink_tasks"][1]["topics_regex"] = "a.*"
    bad["smart_connect_tasks"][0]["obs"] = {"obs_path": "x"}
    bad["smart_connect_tasks"][1]["obs"]["deliver_time_interval"] = "often"
    failed = run("dump_tasks", **bad)
    assert failed["failed"]
    lines = failed["msg"].splitlines()
    assert lines[0].startswith("5 errors"), failed["msg"]
    assert [line.split(":")[0] for line in lines[1:]] == [
        "dis_transfer_tasks[0] (dis-0)",
        "dis_transfer_tasks[2] (dis-2)",
        "kafka_sink_tasks[1] (sink-1)",
        "smart_connect_tasks[0] (connect-0)",
        "smart_connect_tasks[1] (connect-1)",
    ]
    assert "29, allowed is 30 to 900" in lines[1]
    assert "unknown option interval" in lines[2]
    assert cloud.requests() == []


def test_a_task_declared_twice_is_refused(run: Run, cloud: Local) -> None:
    twice = declared()
    twice["dis_transfer_tasks"].append(twice["dis_transfer_tasks"][0])
    failed = run("dump_tasks", **twice)
    assert "Declared twice: transfer task 'dis-0'" in failed["msg"]
    assert cloud.requests() == []


def test_requests_and_connections_are_few(run: Run, cloud: Local) -> None:
    run("dump_tasks", **declared())
    cloud.admin("DELETE", "requests")
    run("dump_tasks", **declared())
    seen = cloud.requests()
    parents, whole = 3, 6  # sink tasks and transfer tasks are shown one by one, Smart Connect lists show all
    assert len(seen) <= whole + parents + 3
    assert len({entry["connection"] for entry in seen}) <= 8 + 1


def test_requests_of_a_first_run_are_few(run: Run, cloud: Local) -> None:
    """However many there are, new tasks of one kind and one destination are not all looked at once more, one by one."""
    cloud.admin("DELETE", "requests")
    first = run("dump_tasks", **declared())
    assert first["summary"]["created"] == 9
    tasks, parents, parents_with_new_tasks = 9, 3, 3
    assert len(cloud.requests()) <= tasks + parents + 3 + parents_with_new_tasks


@pytest.mark.parametrize("on_error", ["continue", "stop"])
def test_new_tasks_are_waited_for_when_all_are_created_unless_a_failure_is_to_stop_the_rest(run: Run, cloud: Local, on_error: str) -> None:
    cloud.admin("DELETE", "requests")
    first = run("dump_tasks", **declared(), parallelism=1, on_error=on_error)
    assert first["summary"]["created"] == 9
    seen = [(entry["method"], entry["path"].rpartition("/")[2]) for entry in cloud.requests()]
    creates = [number for number, (method, _path) in enumerate(seen) if method == "POST"]
    lists = {"transfer-tasks", "sink-tasks", "tasks"}
    between = [path for method, path in seen[creates[0] : creates[-1]] if method == "GET" and path in lists]
    assert bool(between) == (on_error == "stop"), seen


def test_what_one_new_task_does_not_show_is_said_of_all_that_declare_it(run: Run, cloud: Local) -> None:
    cloud.switch({"dis.never_shown": "deliver_size_interval"})
    tasks = declared()["dis_transfer_tasks"]
    for task in tasks[1:]:
        task["obs"]["deliver_size_interval"] = 64
    cloud.admin("DELETE", "requests")
    first = run("dump_tasks", dis_transfer_tasks=tasks)
    hidden = ["obs.deliver_size_interval"]
    assert [entry["unproven_fields"] for entry in first["results"]] == [[], hidden, hidden]
    assert sum("does not show obs.deliver_size_interval" in str(warning) for warning in first["warnings"]) == 2
    shown = [entry for entry in cloud.requests() if entry["method"] == "GET" and "/transfer-tasks/dis-" in entry["path"]]
    assert len(shown) == 1


def test_partial_failure_says_what_was_done_and_the_next_run_goes_on(run: Run, cloud: Local) -> None:
    cloud.fault(
        {
            "match": {"method": "POST", "path": "transfer-tasks$"},
            "skip": 1,
            "count": 1,
            "do": {"refuse": {"status": 400, "code": "DIS.4335", "text": "Invalid IAM agency."}},
        }
    )
    failed = run("dump_tasks", **declared())
    assert failed["failed"]
    assert failed["changed"]
    assert "1 of 9 tasks failed" in failed["msg"]
    assert "DIS.4335" in failed["msg"]
    wrong = [entry for entry in failed["results"] if entry["error"]]
    assert [entry["error"]["code"] for entry in wrong] == ["DIS.4335"]
    assert len(names(cloud)) == 8
    again = run("dump_tasks", **declared())
    assert again["summary"]["created"] == 1
    assert len(names(cloud)) == 9


def test_a_task_that_is_gone_is_named_though_others_failed_for_the_same_reason(run: Run, cloud: Local) -> None:
    item = {"instance_id": INSTANCE, "task_name": "dump", "topics": ["topic-test"], "obs": {"obs_bucket_name": "testobs"}}
    run("dump_tasks", kafka_sink_tasks=[item])
    refusal = {"status": 400, "code": "DMS.10540012", "text": "No."}
    cloud.fault({"match": {"method": "POST", "path": "sink-tasks$"}, "count": -1, "do": {"refuse": refusal}})
    moved = {**item, "obs": {**item["obs"], "obs_path": "new"}, "on_immutable_change": "recreate"}
    failed = run("dump_tasks", kafka_sink_tasks=[*({**item, "task_name": f"new-{number}"} for number in range(12)), moved])
    first, gone, same = failed["msg"].splitlines()[:3]
    assert "13 of 13 tasks failed" in first and "The same happened" not in gone
    assert "'dump'" in gone and "was deleted to be re-created" in gone and "does not exist now" in gone
    assert "'new-0'" in same and "deleted" not in same
    assert [entry["task"] for entry in failed["results"] if entry["task_name"] == "dump"] == [None]


def test_stop_leaves_the_rest_alone(run: Run, cloud: Local) -> None:
    cloud.fault(
        {
            "match": {"method": "POST", "path": "transfer-tasks$"},
            "count": 1,
            "do": {"refuse": {"status": 400, "code": "DIS.4335", "text": "Invalid IAM agency."}},
        }
    )
    only_dis = {"dis_transfer_tasks": declared()["dis_transfer_tasks"]}
    failed = run("dump_tasks", **only_dis, on_error="stop", parallelism=1)
    assert [bool(entry["error"]) for entry in failed["results"]] == [True, True, True]
    assert "Not attempted" in failed["results"][1]["error"]["msg"]
    assert writes(cloud) == ["POST"]


def test_purge(run: Run, cloud: Local) -> None:
    run("dump_tasks", **declared())
    fewer = {name: items[:2] for name, items in declared().items()}
    assert "purge_match" in run("dump_tasks", **fewer, purge=True)["msg"]
    preview = run("dump_tasks", check=True, **fewer, purge=True, purge_match="^(dis|sink|connect)-")
    assert [(entry["task_name"], entry["actions"]) for entry in preview["purged"]] == [
        (f"{word}-2", ["delete"]) for word in ("dis", "sink", "connect")
    ]
    whole = {word: shown["before"] for word, shown in zip(("dis", "sink", "connect"), preview["diff"], strict=True)}
    assert [whole[word]["obs"].get("deliver_time_interval") for word in whole] == [300] * 3
    assert whole["connect"]["topics"] == ["topic-test"]
    assert len(names(cloud)) == 9
    limited = run("dump_tasks", **fewer, purge=True, purge_match="-", purge_limit=2)
    assert limited["failed"]
    assert "more than purge_limit allows (2)" in limited["msg"]
    assert len(names(cloud)) == 9
    narrow = run("dump_tasks", **fewer, purge=True, purge_match="^dis-")
    assert [entry["task_name"] for entry in narrow["purged"]] == ["dis-2"]
    assert len(names(cloud)) == 8
    assert not run("dump_tasks", **fewer, purge=True, purge_match="^dis-")["changed"]


@pytest.mark.parametrize("store", ["one", "two"])
def test_purge_spares_what_is_declared_under_the_other_kafka_api(run: Run, cloud: Local, store: str) -> None:
    cloud.switch({"dms.store": store})
    both = {"kafka_sink_tasks": declared()["kafka_sink_tasks"], "smart_connect_tasks": declared()["smart_connect_tasks"]}
    run("dump_tasks", **both)
    purged = run("dump_tasks", **both, purge=True, purge_match="")
    assert "purge_match is empty" in purged["msg"]
    kept = run("dump_tasks", **both, purge=True, purge_match=".")
    assert not kept["changed"], kept["purged"]
    assert len(names(cloud)) == 6


def test_info_of_the_whole_project(run: Run, cloud: Local) -> None:
    run("dump_tasks", **declared())
    run("smart_connect_task", instance_id=INSTANCE, task_name="connect-1", state="paused")
    cloud.switch({"dms.store": "two"})
    gathered = run("dump_tasks_info")
    assert gathered["errors"] == []
    assert {task["kind"] for task in gathered["tasks"]} >= {"dis_transfer_task", "smart_connect_task"}
    assert gathered["summary"]["paused"] >= 1
    paused = run("dump_tasks_info", kinds=["smart_connect_task"], health=["paused"])
    assert [task["name"] for task in paused["tasks"]] == ["connect-1"]
    assert [task["name"] for task in run("dump_tasks_info", name_pattern="^dis-[01]$")["tasks"]] == ["dis-0", "dis-1"]
    streams = run("dump_tasks_info", stream_names=["newstream"])
    assert {task["parent"] for task in streams["tasks"]} == {"newstream"}


def test_one_unreadable_parent_is_an_error_of_its_tasks_only(run: Run, cloud: Local) -> None:
    cloud.fault(
        {
            "match": {"method": "GET", "path": "/connectors/"},
            "count": -1,
            "do": {"refuse": {"status": 403, "code": "DMS.00403003", "text": "No permission."}},
        }
    )
    failed = run("dump_tasks", **declared())
    assert [entry["kind"] for entry in failed["results"] if entry["error"]] == ["kafka_sink_task"] * 3
    assert len(names(cloud)) == 6


def test_parents_that_do_not_exist(run: Run, cloud: Local) -> None:
    elsewhere = {
        "dis_transfer_tasks": [
            {"stream_name": "nostream", "task_name": "a", "state": "absent"},
            {"stream_name": "nostream", "task_name": "b", "obs": {"obs_bucket_path": "obsbucket"}},
        ]
    }
    failed = run("dump_tasks", **elsewhere)
    assert [entry["error"] and entry["error"]["code"] for entry in failed["results"]] == [None, "DIS.4301"]


@pytest.mark.parametrize("check", [True, False])
def test_where_a_parent_is_not_there_its_tasks_are_absent(run: Run, cloud: Local, check: bool) -> None:
    gone = {"task_name": "dump", "state": "absent"}
    named = [{**gone, "instance_name": "nowhere"}]
    options = {"dis_transfer_tasks": [{**gone, "stream_name": "nowhere"}], "kafka_sink_tasks": named, "smart_connect_tasks": named}
    done = run("dump_tasks", check=check, **options)
    assert (done.get("failed", False), done["changed"], done["summary"]["unchanged"]) == (False, False, 3), done


def test_text_of_a_list_is_the_list(run: Run, cloud: Local) -> None:
    """As surveys and extra variables give it."""
    first = declared()["smart_connect_tasks"][0]
    done = run("dump_tasks", smart_connect_tasks=json.dumps([{**first, "topics": '["topic-test"]'}]))
    assert done.get("failed") is not True, done["msg"]
    assert names(cloud) == {"connect-0"}
    lists = {name: yaml.safe_dump(items) for name, items in declared().items()}
    done = run("dump_tasks", **lists)
    assert (done.get("failed"), done["summary"]["declared"], done["summary"]["unchanged"]) == (None, 9, 1)
    single = run("smart_connect_task", instance_id=INSTANCE, task_name="words", topics="- topic-test", obs="obs_bucket_name: testobs")
    assert single.get("failed") is not True, single["msg"]
    assert run("dump_tasks", smart_connect_tasks=" ")["summary"]["declared"] == 0
    cloud.admin("DELETE", "requests")
    assert "obs is text and no JSON of a mapping" in run("smart_connect_task", instance_id=INSTANCE, task_name="w", obs="testobs")["msg"]
    loose = run("dump_tasks", smart_connect_tasks="- {instance_id: a, task_name: b, topics: [no], obs: {obs_bucket_name: c}}")
    assert "quote" in loose["msg"]
    for text in ("connect-0", "{}", "[{", "a: b"):
        message = run("dump_tasks", smart_connect_tasks=text)["msg"]
        assert "smart_connect_tasks is text and no JSON of a list, such as [{…}, …]." in message
        assert 'hand on "{{ text | from_yaml }}"' in message
    assert cloud.requests() == []


# purge: last, only after success, and only what was planned

RENAMED = {"purge": True, "purge_match": "^(dis|sink|connect|new)-"}


def renamed(name: str) -> dict[str, Any]:
    """The list of one kind with every task under a new name."""
    return {name: [{**item, "task_name": f"new-{number}"} for number, item in enumerate(declared()[name][:2])]}


CREATES = {"dis_transfer_tasks": "transfer-tasks$", "kafka_sink_tasks": "sink-tasks$", "smart_connect_tasks": "connector/tasks$"}


@pytest.mark.parametrize("name", CREATES)
def test_nothing_is_purged_where_a_declared_task_failed(run: Run, cloud: Local, name: str) -> None:
    cloud.switch({"dms.store": "two"})
    run("dump_tasks", **{name: declared()[name]})
    before = names(cloud)
    refuse = {"refuse": {"status": 400, "code": "DIS.4335" if name.startswith("dis") else "DMS.00400062", "text": "Refused."}}
    cloud.fault({"match": {"method": "POST", "path": CREATES[name]}, "skip": 1, "count": -1, "do": refuse})
    failed = run("dump_tasks", **renamed(name), **RENAMED)
    assert failed["failed"]
    assert names(cloud) == before | {"new-0"}, "the old tasks stay"
    assert (failed["summary"]["spared"], failed["summary"]["purged"], failed["summary"]["failed"]) == (3, 0, 1)
    assert all(entry["actions"] == [] and "Not purged" in entry["error"]["msg"] for entry in failed["purged"])
    assert "3 tasks were not purged" in failed["msg"] and "new-0 (created)" in failed["msg"]
    cloud.admin("DELETE", "faults")
    again = run("dump_tasks", **renamed(name), **RENAMED)
    assert (again["summary"]["purged"], again["summary"]["spared"]) == (3, 0)
    assert names(cloud) == {"new-0", "new-1"}


@pytest.mark.parametrize("name", CREATES)
def test_nothing_is_purged_where_a_new_task_fails_at_once(run: Run, cloud: Local, name: str) -> None:
    """Whatever the answer to its creation said of it."""
    run("dump_tasks", **{name: declared()[name][:1]})
    before = names(cloud)
    find = {"stream": "newstream", "task": "new-1"} if name.startswith("dis") else {"task_name": "new-1"}
    sick = {"service": name[:3] if name.startswith("dis") else "dms", "find": find, "status": "ERROR"}
    cloud.fault({"match": {"method": "POST", "path": CREATES[name]}, "count": 1, "when": "after", "do": {"patch": sick}})
    failed = run("dump_tasks", **{name: [{**declared()[name][0], "task_name": "new-1"}]}, purge=True, purge_match=".")
    assert failed["failed"] and failed["results"][0]["task"]["status"] == "ERROR", failed
    assert (failed["summary"]["spared"], failed["summary"]["purged"]) == (1, 0)
    assert names(cloud) == before | {"new-1"}


@pytest.mark.parametrize("check", [True, False])
def test_nothing_is_purged_where_a_declared_task_is_refused_before_any_write(run: Run, cloud: Local, check: bool) -> None:
    run("dump_tasks", **declared())
    moved = {"kafka_sink_tasks": [{**declared()["kafka_sink_tasks"][0], "topics": ["topic-sdk-no-delete"]}]}
    failed = run("dump_tasks", check=check, **moved, purge=True, purge_match=".")
    assert failed["failed"] and failed["summary"]["spared"] == len(failed["purged"]) == 8 - 3, failed["summary"]
    assert len(names(cloud)) == 9


def test_a_rename_at_the_quota_is_refused_as_a_whole_unless_it_deletes_first(run: Run, cloud: Local) -> None:
    cloud.switch({"dis.task_quota": 5})
    five = [{**declared()["dis_transfer_tasks"][0], "task_name": f"dis-{number}"} for number in range(5)]
    new = [{**item, "task_name": f"new-{number}"} for number, item in enumerate(five)]
    run("dump_tasks", dis_transfer_tasks=five)
    cloud.admin("DELETE", "requests")
    for check in (True, False):
        refused = run("dump_tasks", check=check, dis_transfer_tasks=new, **RENAMED)
        assert refused["failed"] and "purge_first" in refused["msg"] and "at most 5" in refused["msg"]
    assert writes(cloud) == []
    done = run("dump_tasks", dis_transfer_tasks=new, **RENAMED, purge_first=True)
    assert done.get("failed") is not True, done["msg"]
    assert names(cloud) == {f"new-{number}" for number in range(5)}
    assert writes(cloud) == ["DELETE"] * 5 + ["POST"] * 5


@pytest.mark.parametrize("check", [True, False])
def test_nothing_is_deleted_first_for_what_has_no_room_even_then(run: Run, cloud: Local, check: bool) -> None:
    cloud.switch({"dis.task_quota": 5})
    old = [{**declared()["dis_transfer_tasks"][0], "task_name": f"dis-{number}"} for number in range(3)]
    new = [{**old[0], "task_name": f"new-{number}"} for number in range(6)]
    run("dump_tasks", dis_transfer_tasks=old)
    refused = run("dump_tasks", check=check, dis_transfer_tasks=new, **RENAMED, purge_first=True)
    assert refused["failed"] and "3 of at most 5 transfer tasks, and 6 are to be created after 3 are deleted" in refused["msg"]
    assert names(cloud) == {"dis-0", "dis-1", "dis-2"}


@pytest.mark.parametrize("name", ["kafka_sink_tasks", "smart_connect_tasks"])
def test_nothing_is_deleted_first_for_what_a_look_at_the_service_refuses(run: Run, cloud: Local, name: str) -> None:
    run("dump_tasks", **{name: declared()[name][:1]})
    before = names(cloud)
    wanted = {"task_name": "new-0", "topics": ["no-such-topic"], "check_topics": "fail"}
    options = {name: [{**declared()[name][0], **wanted}], "purge": True, "purge_match": ".", "purge_first": True}
    predicted = run("dump_tasks", check=True, **options)
    refused = run("dump_tasks", **options)
    assert refused["failed"] and "no topic 'no-such-topic'" in refused["msg"]
    assert refused["summary"] == predicted["summary"] and refused["summary"]["spared"] == 1
    assert names(cloud) == before


def test_each_task_of_an_instance_is_waited_for_in_the_list_of_its_own_api(run: Run, cloud: Local) -> None:
    """One is reached by the instance, the other by its connector, whichever comes first."""
    connect, sink = declared()["smart_connect_tasks"][0], declared()["kafka_sink_tasks"][0]
    sink = {**{name: value for name, value in sink.items() if name != "instance_name"}, "instance_id": INSTANCE, "wait_timeout": 5}
    run("dump_tasks", smart_connect_tasks=[connect])
    gone = {"smart_connect_tasks": [{**connect, "state": "absent"}]}
    done = run("dump_tasks", kafka_sink_tasks=[sink], **gone, purge=True, purge_match="^none$", purge_first=True)
    assert done.get("failed") is not True, done["msg"]
    assert [entry["task"] and entry["task"]["status"] for entry in done["results"]] == ["RUNNING", None]


@pytest.mark.parametrize("shown", [True, False])
def test_check_mode_foresees_a_full_stream(run: Run, cloud: Local, shown: bool) -> None:
    cloud.switch({"dis.task_quota": 5, "dis.list_quota": "present" if shown else "absent"})
    tasks = [{**declared()["dis_transfer_tasks"][0], "task_name": f"dis-{number}"} for number in range(7)]
    run("dump_tasks", dis_transfer_tasks=tasks[:3])
    messages = []
    for check in (True, False):
        full = run("dump_tasks", check=check, dis_transfer_tasks=tasks)
        assert [bool(entry["error"]) for entry in full["results"]] == [False] * 5 + [True] * 2
        assert (full["summary"]["changed"], full["summary"]["failed"]) == (2, 2)
        messages.append(full["msg"])
    assert "'dis-5' of stream newstream would be refused: stream newstream would have 5 of at most 5 transfer tasks" in messages[0]
    assert "Would be changed: dis-3 (to be created), dis-4 (to be created)." in messages[0]
    assert "Changed: dis-3 (created), dis-4 (created)." in messages[1]
    assert "DIS.4357" in messages[1]
    single = run("dis_transfer_task", check=True, **{**tasks[5], "wait_interval": 0.01})
    assert "at most 5 transfer tasks" in single["msg"]
    gone = run("dump_tasks", check=True, dis_transfer_tasks=[{**tasks[0], "state": "absent"}, *tasks[5:6]])
    assert not gone.get("failed"), gone


@pytest.mark.parametrize("name", ["kafka_sink_tasks", "smart_connect_tasks"])
def test_check_mode_warns_of_names_that_the_console_would_not_take(run: Run, cloud: Local, name: str) -> None:
    task = {**declared()[name][0], "task_name": "abc"}
    foreseen = run("dump_tasks", check=True, **{name: [task]})
    assert ["'abc' of" in text and "names of 4 to 64 letters" in text for text in map(json.dumps, foreseen["warnings"])] == [True]
    cloud.switch({"dms.task_name_rule": "any"})
    assert "warnings" not in run("dump_tasks", **{name: [task]})


def test_a_usual_quota_is_no_limit_where_there_are_more_tasks(run: Run, cloud: Local) -> None:
    cloud.switch({"dis.task_quota": 20})
    six = [{**declared()["dis_transfer_tasks"][0], "task_name": f"dis-{number}"} for number in range(6)]
    run("dump_tasks", dis_transfer_tasks=six)
    assert not run("dump_tasks", **renamed("dis_transfer_tasks"), **RENAMED).get("failed")


def test_purge_is_refused_beside_a_list_that_is_switched_off(run: Run, cloud: Local) -> None:
    run("dump_tasks", **declared())
    cloud.admin("DELETE", "requests")
    sinks = {"kafka_sink_tasks": declared()["kafka_sink_tasks"]}
    refused = run("dump_tasks", **sinks, purge=True, purge_match=".", lists_switched_off=["smart_connect_tasks"])
    assert refused["failed"] and "smart_connect_tasks" in refused["msg"]
    assert cloud.requests() == []
    assert not run("dump_tasks", **sinks, lists_switched_off=["smart_connect_tasks"]).get("failed")


def test_the_last_tasks_of_a_parent_are_purged_where_the_parent_is_named(run: Run, cloud: Local) -> None:
    run("dump_tasks", **declared())
    assert "purge is false" in run("dump_tasks", purge_stream_names=["newstream"])["msg"]
    nowhere = run("dump_tasks", purge=True, purge_match=".", purge_stream_names=["nostream"], purge_instance_names=["nowhere"])
    assert (nowhere.get("failed", False), nowhere["changed"]) == (False, False), nowhere
    done = run("dump_tasks", purge=True, purge_match=".", purge_stream_names=["newstream"], purge_instance_names=[INSTANCE_NAME])
    assert done.get("failed") is not True, done["msg"]
    assert done["summary"]["purged"] == 9
    assert names(cloud) == set()


def test_tasks_that_are_not_declared_are_counted(run: Run, cloud: Local) -> None:
    cloud.switch({"dms.store": "two"})
    run("dump_tasks", **declared())
    fewer = {name: items[:1] for name, items in declared().items()}
    assert run("dump_tasks", **fewer)["summary"]["undeclared"] == 6
    cut = run("dump_tasks", check=True, **fewer, purge=True, purge_match="-2$")
    assert cut["summary"]["undeclared"] == 3
    assert [(entry["parent_name"], entry["task_name"]) for entry in cut["undeclared"]] == [
        ("newstream", "dis-1"),
        (INSTANCE_NAME, "sink-1"),
        (INSTANCE_NAME, "connect-1"),
    ]
    left = run("dump_tasks", check=True, **fewer, purge=True, purge_match=".", purge_except=["dis-1", "sink-1"])
    assert {entry["task_name"] for entry in left["purged"]} == {"dis-2", "sink-2", "connect-1", "connect-2"}


# one parent is one parent


def connector(cloud: Local) -> str:
    return str(cloud.state()["projects"][0]["dms"]["instances"][0]["connector_id"])


@pytest.mark.parametrize("other", [{"instance_id": INSTANCE}, {"instance_name": INSTANCE_NAME}])
@pytest.mark.parametrize("check", [True, False])
def test_an_instance_that_is_named_in_two_ways_is_one(run: Run, cloud: Local, other: dict[str, str], check: bool) -> None:
    run("dump_tasks", kafka_sink_tasks=declared()["kafka_sink_tasks"])
    first, second, _third = (
        {key: value for key, value in item.items() if key != "instance_name"} for item in declared()["kafka_sink_tasks"]
    )
    both = [{**first, "connector_id": connector(cloud)}, {**second, **other}]
    purged = run("dump_tasks", check=check, kafka_sink_tasks=both, purge=True, purge_match=".")
    assert [entry["task_name"] for entry in purged["purged"]] == ["sink-2"], purged
    assert [entry["parent"] for entry in purged["results"]] == [INSTANCE, INSTANCE]
    assert names(cloud) == ({"sink-0", "sink-1", "sink-2"} if check else {"sink-0", "sink-1"})
    for name in ("sink-0", "not-there"):
        twice = [{**first, "task_name": name, "connector_id": connector(cloud)}, {**first, "task_name": name, **other}]
        assert "Declared twice" in run("dump_tasks", kafka_sink_tasks=twice)["msg"]


def test_an_instance_that_is_named_by_name_somewhere_is_called_so_everywhere(run: Run, cloud: Local) -> None:
    first, second, third = declared()["kafka_sink_tasks"]
    where = [{"connector_id": connector(cloud)}, {"instance_id": INSTANCE}, {"instance_name": INSTANCE_NAME}]
    sinks = [
        {**{key: value for key, value in item.items() if key != "instance_name"}, **named}
        for item, named in zip((first, second, third), where, strict=True)
    ]
    result = run("dump_tasks", kafka_sink_tasks=sinks)
    assert [entry["parent_name"] for entry in result["results"]] == [INSTANCE_NAME] * 3, result["msg"]
    undeclared = run("dump_tasks", kafka_sink_tasks=[sinks[0], {**sinks[2], "state": "absent"}])["undeclared"]
    assert [(entry["parent_name"], entry["task_name"]) for entry in undeclared] == [(INSTANCE_NAME, "sink-1")]


def test_a_task_that_both_apis_show_is_one_task(run: Run, cloud: Local) -> None:
    cloud.switch({"dms.store": "one"})
    sinks = {"kafka_sink_tasks": declared()["kafka_sink_tasks"][:1]}
    run("dump_tasks", **sinks)
    same = [{"instance_id": INSTANCE, "task_name": "sink-0", "state": "absent", **QUICK}]
    assert "Declared twice" in run("dump_tasks", **sinks, smart_connect_tasks=same)["msg"]
    assert names(cloud) == {"sink-0"}


# a write stands on a fresh look

LOOKS = {
    "dis_transfer_tasks": ("dis", {"stream": "newstream", "task": "dis-2"}),
    "kafka_sink_tasks": ("dms", {"task_name": "sink-2"}),
    "smart_connect_tasks": ("dms", {"task_name": "connect-2"}),
}


def task_of(cloud: Local, name: str) -> dict[str, Any]:
    project = cloud.state()["projects"][0]
    return next(
        task for parent in [*project["dis"]["streams"], *project["dms"]["instances"]] for task in parent["tasks"] if task["name"] == name
    )


@pytest.mark.parametrize("name", ["dis_transfer_tasks", "smart_connect_tasks"])
def test_what_others_change_between_look_and_write_is_kept(run: Run, cloud: Local, name: str) -> None:
    service, find = LOOKS[name]
    run("dump_tasks", **{name: declared()[name]})
    before = declared()[name]
    for item in before:
        item["obs"]["deliver_time_interval"] = 60
    folder = "file_prefix" if service == "dis" else "obs_path"
    # while the first of the three is written, somebody works on the third
    console = {"patch": {"service": service, "find": find, "set": {folder: "console"}}}
    cloud.fault({"match": {"method": "PUT"}, "count": 1, "do": console})
    changed = run("dump_tasks", **{name: before})
    assert changed["summary"]["updated"] == 3, changed
    destination = task_of(cloud, before[2]["task_name"])["destination"]
    assert (destination["deliver_time_interval"], destination[folder]) == (60, "console")


@pytest.mark.parametrize("name", LOOKS)
def test_only_the_task_that_was_found_is_purged(run: Run, cloud: Local, name: str) -> None:
    """Somebody deletes the task between look and deletion: nothing is left to do."""
    cloud.switch({"dms.store": "two"})
    service, find = LOOKS[name]
    run("dump_tasks", **{name: declared()[name]})
    cloud.fault({"match": {"method": "DELETE"}, "count": 1, "do": {"patch": {"service": service, "find": find, "delete": True}}})
    first = {name: [{**declared()[name][0]}]}
    purged = run("dump_tasks", **first, purge=True, purge_match=".")
    assert purged.get("failed") is not True, purged["msg"]
    assert [entry["actions"] for entry in purged["purged"]] == [["delete"], []]
    assert len(names(cloud)) == 1


@pytest.mark.parametrize("name", LOOKS)
def test_what_was_made_anew_under_its_name_is_not_purged(run: Run, cloud: Local, name: str) -> None:
    """Between look and deletion somebody deletes the task and makes another of its name: that one was never looked at."""
    cloud.switch({"dms.store": "two"})
    service, find = LOOKS[name]
    run("dump_tasks", **{name: declared()[name]})
    before = task_of(cloud, declared()[name][2]["task_name"])
    cloud.fault({"match": {"method": "DELETE"}, "count": 1, "do": {"patch": {"service": service, "find": find, "recreate": True}}})
    purged = run("dump_tasks", **{name: [{**declared()[name][0]}]}, purge=True, purge_match=".")
    after = task_of(cloud, before["name"])
    assert after["id"] != before["id"]
    assert sorted(names(cloud)) == sorted([declared()[name][0]["task_name"], after["name"]])
    assert [entry["changed"] for entry in purged["purged"]] == [True, False], purged
    assert "re-created" in str(purged) or purged["purged"][1]["actions"] == []


# what a large run says


def test_one_cause_is_said_once(run: Run, cloud: Local) -> None:
    do = {"refuse": {"status": 400, "code": "DIS.4335", "text": "Invalid IAM agency."}}
    cloud.fault({"match": {"method": "POST", "path": "transfer-tasks$"}, "count": -1, "do": do})
    failed = run("dump_tasks", **declared())
    assert failed["msg"].count("DIS.4335") == 1
    assert "The same happened to 2 more: dis-1, dis-2" in failed["msg"]
    assert "Changed: sink-0 (created)" in failed["msg"]


@pytest.mark.parametrize("gather", [True, False])
def test_a_dead_endpoint_is_waited_for_once_and_said_once(run: Run, gather: bool) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        began = time.monotonic()
        dead = run("dump_tasks", **declared(), gather=gather, dis_endpoint=url, dms_endpoint=url, iam_endpoint=url, retry_budget=2)
    assert time.monotonic() - began < 4.5, "each service and the gathering wait for themselves"
    assert dead["summary"]["failed"] == 9
    assert dead["msg"].count("nothing listens there") == len({entry["error"]["service"] for entry in dead["results"]}), dead["msg"]
    assert "gathered" not in dead["msg"]
    assert len(dead["warnings"]) <= 6


@pytest.mark.parametrize("check", [True, False])
def test_what_is_true_of_many_tasks_is_warned_of_once(run: Run, cloud: Local, check: bool) -> None:
    """Two causes on two kinds: a topic that is not there, and a bucket that is not listed."""
    kafka = {
        name: [{**item, "topics": ["topic-tset"]} for item in declared()[name]] for name in ("kafka_sink_tasks", "smart_connect_tasks")
    }
    kafka["smart_connect_tasks"][1]["obs"] = {"obs_bucket_name": "testosb"}
    texts = [text for text in map(str, run("dump_tasks", check=check, **kafka)["warnings"]) if "topic-tset" in text or "testosb" in text]
    assert len(texts) == 2, texts
    assert sum("The same is true of 5 more: sink-1, sink-2, connect-0, connect-1, connect-2." in text for text in texts) == 1, texts


@pytest.mark.parametrize("gather", [True, False])
def test_a_wrong_key_is_said_once(run: Run, cloud: Local, gather: bool) -> None:
    refused = run("dump_tasks", **declared(), gather=gather, secret_key="wrong")
    assert refused["failed"]
    assert refused["msg"].count("HTTP 401") == 1, refused["msg"]
    assert len(cloud.requests()) <= 3


def test_names_that_are_not_there_bring_those_that_are_near(run: Run, cloud: Local) -> None:
    task = declared()["dis_transfer_tasks"][0]
    connect = declared()["smart_connect_tasks"][0]
    del connect["instance_id"]
    wrong = run(
        "dump_tasks",
        dis_transfer_tasks=[{**task, "stream_name": "newstraem"}],
        smart_connect_tasks=[{**connect, "instance_name": INSTANCE_NAME + "s"}],
    )
    texts = [entry["error"]["msg"] for entry in wrong["results"]]
    assert "Did you mean the stream newstream?" in texts[0]
    assert f"did you mean {INSTANCE_NAME}?" in texts[1]
    far = run("dis_transfer_task", **{**task, "stream_name": "zzz"})
    assert "Did you mean" not in far["msg"]


def test_results_may_be_cut_to_what_changed(run: Run, cloud: Local) -> None:
    run("dump_tasks", **declared())
    other = declared()
    other["dis_transfer_tasks"][1]["obs"]["deliver_time_interval"] = 60
    cut = run("dump_tasks", **other, results="changed")
    assert [entry["task_name"] for entry in cut["results"]] == ["dis-1"]
    assert (cut["summary"]["declared"], cut["summary"]["unchanged"]) == (9, 8)


def test_a_declared_task_that_is_not_well_is_a_warning(run: Run, cloud: Local) -> None:
    run("dump_tasks", **declared())
    cloud.patch({"service": "dis", "find": {"stream": "newstream", "task": "dis-1"}, "status": "ABNORMAL"})
    seen = run("dump_tasks", **declared())
    assert not seen["changed"]
    assert "As declared, but ABNORMAL: transfer task 'dis-1'" in str(seen["warnings"])


# facts


def test_facts_come_with_the_same_call(run: Run, cloud: Local) -> None:
    cloud.switch({"dms.store": "two"})
    first = run("dump_tasks", **declared(), gather=True)["gathered"]
    there = run("dump_tasks_info", stream_names=["newstream"], instance_names=[INSTANCE_NAME])
    assert sorted(task["name"] for task in first["tasks"]) == sorted(names(cloud))

    def still(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(
            ({key: task[key] for key in ("kind", "name", "id", "status", "destination")} for task in tasks),
            key=lambda task: str((task["kind"], task["name"])),
        )

    assert still(first["tasks"]) == still(there["tasks"])
    assert {quota["parent"] for quota in first["quotas"]} == {"newstream", INSTANCE}
    some = run("dump_tasks", **declared(), gather=True, gather_kinds=["smart_connect_task"])["gathered"]
    assert {entry["kind"] for entry in some["tasks"] + some["quotas"]} == {"smart_connect_task"}
    assert still(some["tasks"]) == [task for task in still(there["tasks"]) if task["kind"] == "smart_connect_task"]
    cloud.admin("DELETE", "requests")
    again = run("dump_tasks", **declared(), gather=True)
    assert still(again["gathered"]["tasks"]) == still(there["tasks"])
    read = [(entry["path"], str(entry.get("query"))) for entry in cloud.requests()]
    assert sorted(read) == sorted(set(read)), "what was read to decide is not read again"


def test_facts_of_an_instance_that_is_named_by_its_connector_have_both_kinds(run: Run, cloud: Local) -> None:
    cloud.switch({"dms.store": "two"})
    run("dump_tasks", **{name: items for name, items in declared().items() if name != "dis_transfer_tasks"})
    sinks = [{key: value for key, value in item.items() if key != "instance_name"} for item in declared()["kafka_sink_tasks"]]
    by_connector = [{**item, "connector_id": connector(cloud)} for item in sinks]
    gathered = run("dump_tasks", kafka_sink_tasks=by_connector, gather=True)["gathered"]
    assert {task["name"] for task in gathered["tasks"]} == names(cloud)
    cloud.fault({"match": {"method": "GET", "path": "/instances$"}, "count": -1, "do": {"status": 403, "body": "{}"}})
    unread = run("dump_tasks", kafka_sink_tasks=by_connector, gather=True)["gathered"]["errors"]
    assert [error["kind"] for error in unread] == ["smart_connect_task"], "what was not looked at is not said to be empty"


def test_what_only_readers_want_is_asked_for_early_where_nothing_is_written_and_after_the_writes_elsewhere(run: Run, cloud: Local) -> None:
    cloud.switch({"dms.store": "two"})
    lists = declared(kafka_sink_tasks=[])
    run("dump_tasks", **lists)
    new = {**lists["dis_transfer_tasks"][0], "task_name": "dis-new"}
    lists["dis_transfer_tasks"].append(new)
    cloud.admin("DELETE", "requests")
    shown = run("dump_tasks", **lists, gather=True, gather_as="lists", gather_kinds=["smart_connect_task"])
    assert sorted(task["name"] for task in shown["smart_connect_tasks"]) == ["connect-0", "connect-1", "connect-2"]
    assert [quota["parent"] for quota in shown["quotas"]] == [INSTANCE] and "gathered" not in shown
    steps = [(entry["method"], entry["path"].rpartition("/")[2]) for entry in cloud.requests()]
    assert steps.count(("GET", "groups")) == 1
    assert steps.index(("GET", "groups")) < steps.index(("POST", "transfer-tasks"))

    lists["smart_connect_tasks"][0]["obs"]["deliver_time_interval"] = 60
    cloud.admin("DELETE", "requests")
    run("dump_tasks", **lists, gather=True, gather_as="lists")
    asked = [(entry["method"], entry["path"].rpartition("/")[2]) for entry in cloud.requests()]
    assert asked.count(("GET", "groups")) == 1
    assert asked.index(("GET", "groups")) > max(number for number, (method, _path) in enumerate(asked) if method == "PUT")


def test_lists_of_what_is_gathered_are_there_where_nothing_is(run: Run, cloud: Local) -> None:
    nothing = {"dis_transfer_tasks": [], "kafka_sink_tasks": [], "smart_connect_tasks": [], "quotas": []}
    for call in (run("dump_tasks", gather_as="lists"), run("dump_tasks", gather_as="lists", purge=True)):
        assert {name: call[name] for name in nothing} == nothing


def test_tasks_whose_list_tells_no_id_are_purged_too(run: Run, cloud: Local) -> None:
    cloud.switch({"dis.list_task_id": "absent"})
    one_more = [{**item, "task_name": "stray"} for item in declared()["dis_transfer_tasks"][:1]]
    run("dump_tasks", dis_transfer_tasks=[*declared()["dis_transfer_tasks"], *one_more])
    purged = run("dump_tasks", dis_transfer_tasks=declared()["dis_transfer_tasks"], purge=True, purge_match=".*")
    assert [entry["task_name"] for entry in purged["purged"]] == ["stray"] and purged["changed"], purged
