# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes in place: in which order with the run state, how they are proven, what happens where a service cannot make them, and what
others do at the same time.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any

import pytest

from huaweicloud_emulator.server import Local

from .conftest import INSTANCE, Run


@dataclass(frozen=True)
class Subject:
    """One kind of task that can be changed, and the switches of its service."""

    module: str
    options: dict[str, Any]
    folder: str
    late: dict[str, Any]
    wakes: str
    refused_while_running: dict[str, Any]
    rolled_back: str
    update: str
    find: dict[str, Any]

    def declare(self, folder: str = "old", **more: Any) -> dict[str, Any]:
        return {**self.options, "obs": {**self.options["obs"], self.folder: folder}, **more}


DIS = Subject(
    "dis_transfer_task",
    {"stream_name": "newstream", "task_name": "dump", "obs": {"obs_bucket_path": "obsbucket"}},
    "file_prefix",
    {"dis.put_dwell": 6},
    "dis.put_wakes",
    {"dis.put_while_running": "refused"},
    "dis.put_rolled_back",
    "dis.put",
    {"service": "dis", "find": {"stream": "newstream", "task": "dump"}},
)
CONNECT = Subject(
    "smart_connect_task",
    {"instance_id": INSTANCE, "task_name": "dump", "topics": ["topic-test"], "obs": {"obs_bucket_name": "testobs"}},
    "obs_path",
    {"dms.connect.changing": 6},
    "dms.modify_wakes",
    {"dms.modify_while_running": "refused"},
    "dms.modify_rolled_back",
    "dms.modify",
    {"service": "dms", "find": {"task_name": "dump"}},
)
SUBJECTS = pytest.mark.parametrize("subject", [DIS, CONNECT], ids=lambda subject: subject.module)


def there(cloud: Local) -> list[dict[str, Any]]:
    project = cloud.state()["projects"][0]
    return [
        task
        for parent in [*project["dis"]["streams"], *project["dms"]["instances"]]
        for task in parent["tasks"]
        if task["name"] == "dump" and not task.get("deleting")
    ]


def writes(cloud: Local) -> list[str]:
    return [entry["method"] for entry in cloud.requests() if entry["method"] != "GET"]


def well(result: dict[str, Any]) -> dict[str, Any]:
    assert result.get("failed") is not True, result["msg"]
    return result


@SUBJECTS
@pytest.mark.parametrize("refused", [False, True])
def test_a_task_is_paused_before_it_is_changed_and_started_after_it(run: Run, cloud: Local, subject: Subject, refused: bool) -> None:
    well(run(subject.module, **subject.declare()))
    cloud.switch(subject.refused_while_running if refused else {})
    predicted = run(subject.module, check=True, **subject.declare("new", state="paused"))
    paused = well(run(subject.module, **subject.declare("new", state="paused")))
    assert paused["actions"] == predicted["actions"] == ["pause", "update"]
    assert paused["diff"] == predicted["diff"], "the pause is shown, too"
    assert (paused["diff"]["before"]["state"], paused["task"]["health"]) == ("running", "paused")
    assert there(cloud)[0]["destination"][subject.folder] == "new"
    started = well(run(subject.module, **subject.declare("newer", state="running")))
    assert started["actions"][0] == "update" and len(started["actions"]) == 2
    assert started["task"]["health"] == "ok"
    assert not run(subject.module, **subject.declare("newer", state="running"))["changed"]


@SUBJECTS
@pytest.mark.parametrize("state", ["present", "paused"])
def test_a_change_that_wakes_a_paused_task_is_followed_by_a_pause(run: Run, cloud: Local, subject: Subject, state: str) -> None:
    well(run(subject.module, **subject.declare()))
    well(run(subject.module, **subject.declare(state="paused")))
    cloud.switch({subject.wakes: True, **dict.fromkeys(subject.late, 2)})
    changed = well(run(subject.module, **subject.declare("new", state=state)))
    assert changed["actions"] == ["update", "pause"]
    assert changed["task"]["health"] == "paused"
    assert not run(subject.module, **subject.declare("new", state="paused"))["changed"]


@SUBJECTS
@pytest.mark.parametrize("state", ["present", "paused"])
@pytest.mark.parametrize("fate", ["ignored", "rolled back", "rolled back late"])
def test_a_change_that_is_not_made_and_wakes_a_paused_task_is_followed_by_a_pause(
    run: Run, cloud: Local, subject: Subject, state: str, fate: str
) -> None:
    well(run(subject.module, **subject.declare()))
    well(run(subject.module, **subject.declare(state="paused")))
    cloud.switch(
        {subject.wakes: True, **({subject.update: "ignored"} if fate == "ignored" else {subject.rolled_back: 1 + fate.count("late")})}
    )
    failed = run(subject.module, **subject.declare("new", state=state))
    assert failed["failed"] and any(word in failed["msg"] for word in ("ignored the change", "did not last")), failed
    (task,) = there(cloud)
    assert task["status"] == "PAUSED" and task["destination"][subject.folder] == "old"
    if fate == "ignored":
        left = well(run(subject.module, **subject.declare("new", state=state, on_immutable_change="ignore")))
        assert (left["changed"], left["actions"]) == (False, []), "what was woken by this run and paused again is as it was"
        assert [task["status"] for task in there(cloud)] == ["PAUSED"]
        again = well(run(subject.module, **subject.declare("new", state=state, on_immutable_change="recreate")))
        assert "recreate" in again["actions"] and again["diff"]["before"]["state"] == "paused"
        assert [is_paused(task) for task in there(cloud)] == [True], "it is not woken for good by its re-creation"


def is_paused(task: dict[str, Any]) -> bool:
    return task["status"] in ("PAUSED", "WAITING")


@SUBJECTS
def test_a_diff_shows_what_was_done_where_the_rest_failed(run: Run, cloud: Local, subject: Subject) -> None:
    well(run(subject.module, **subject.declare()))
    cloud.switch({subject.update: "ignored"})
    failed = run(subject.module, **subject.declare("new", state="paused"))
    assert (failed["failed"], failed["actions"]) == (True, ["pause"]), failed
    before, after = failed["diff"]["before"], failed["diff"]["after"]
    assert (before.pop("state"), after.pop("state")) == ("running", "paused") and before == after


@SUBJECTS
def test_a_diff_of_a_task_that_could_not_be_re_created_shows_that_it_is_gone(run: Run, cloud: Local, subject: Subject) -> None:
    well(run(subject.module, **subject.declare()))
    cloud.switch({subject.update: "ignored"})
    code = "DIS.4300" if subject is DIS else "DMS.10540012"
    cloud.fault(
        {"match": {"method": "POST", "path": "tasks$"}, "count": -1, "do": {"refuse": {"status": 400, "code": code, "text": "No."}}}
    )
    failed = run(subject.module, **subject.declare("new", on_immutable_change="recreate"))
    assert (failed["actions"], failed["diff"]["after"]) == (["delete"], {}), failed


@SUBJECTS
def test_where_nothing_can_be_seen_of_a_change_it_is_said_that_the_task_was_paused(run: Run, cloud: Local, subject: Subject) -> None:
    well(run(subject.module, **subject.declare()))
    well(run(subject.module, **subject.declare(state="paused")))
    cloud.switch({subject.wakes: True})
    path = "transfer-tasks/dump$" if subject is DIS else "connector/tasks/[^/]+$"
    gone = {"refuse": {"status": 504, "code": "", "text": "Gateway Time-out"}}
    cloud.fault({"match": {"method": "GET", "path": path}, "skip": 1 + int(subject is DIS), "count": -1, "do": gone})
    failed = run(subject.module, **subject.declare("new"), retry_budget=0.1)
    assert failed["failed"] and "was paused before" in failed["msg"] and "declare state: paused" in failed["msg"], failed
    cloud.admin("DELETE", "faults")
    assert [task["status"] for task in there(cloud)] == ["RUNNING"], "which nobody could see"
    assert well(run(subject.module, **subject.declare("new", state="paused")))["actions"] == ["pause"]


@SUBJECTS
@pytest.mark.parametrize("state", ["present", "running"])
def test_a_change_that_is_refused_while_the_task_runs_says_how_to_go_on(run: Run, cloud: Local, subject: Subject, state: str) -> None:
    well(run(subject.module, **subject.declare()))
    cloud.switch(subject.refused_while_running)
    refused = run(subject.module, **subject.declare("new", state=state), retry_budget=0.1)
    assert refused["failed"] and not refused["changed"] and "declare state: paused with the change" in refused["msg"], refused
    assert [task["status"] for task in there(cloud)] == ["RUNNING"]


@SUBJECTS
def test_a_change_that_comes_late_is_waited_for(run: Run, cloud: Local, subject: Subject) -> None:
    well(run(subject.module, **subject.declare()))
    cloud.switch(subject.late)
    changed = well(run(subject.module, **subject.declare("new")))
    assert (changed["changed"], changed["actions"]) == (True, ["update"])
    assert changed["task"]["destination"][subject.folder] == "new"
    cloud.switch(dict.fromkeys(subject.late, 1000))
    late = run(subject.module, **subject.declare("newer", wait_timeout=0.1))
    assert late["failed"] and not late["changed"]
    assert "does not show within wait_timeout" in late["msg"] and "not known" in late["msg"]


@SUBJECTS
def test_a_change_that_comes_late_on_a_task_that_says_nothing_of_it_is_waited_for(run: Run, cloud: Local, subject: Subject) -> None:
    well(run(subject.module, **subject.declare()))
    silent = "dis.put_state" if subject is DIS else "dms.connect.changing_status"
    cloud.switch({**dict.fromkeys(subject.late, 2), silent: "unchanged"})
    changed = well(run(subject.module, **subject.declare("new")))
    assert (changed["actions"], changed["task"]["destination"][subject.folder]) == (["update"], "new")


@SUBJECTS
def test_a_change_that_goes_back_is_an_error(run: Run, cloud: Local, subject: Subject) -> None:
    well(run(subject.module, **subject.declare()))
    cloud.switch({subject.rolled_back: 1})
    failed = run(subject.module, **subject.declare("new", on_immutable_change="recreate"))
    assert failed["failed"] and "did not last" in failed["msg"], failed
    assert there(cloud)[0]["destination"][subject.folder] == "old"


RESTARTING = {"dis_transfer_task": "STARTING", "smart_connect_task": "RESTARTING"}
MOVES = {
    # what the looks show, from the one that proves the change on; the last of them is a moment after all waiting is over
    "back while it restarts": ([{"status": True}, {"back": True}], "did not last"),
    "back after it ran again": ([{}, {"status": True}, {"status": True}, {"back": True}], "did not last"),
    "restarts once more and stays": ([{}, {"status": True}, {"status": True}, {"status": False}], ""),
    "never comes to rest": ([{}, *[{"status": True}] * 60], "its status is changing again"),
}


@SUBJECTS
@pytest.mark.parametrize("way", ["module", "dump_tasks"])
@pytest.mark.parametrize("moves", MOVES)
def test_a_change_is_looked_at_until_the_task_has_come_to_rest(run: Run, cloud: Local, subject: Subject, way: str, moves: str) -> None:
    def declare(folder: str) -> dict[str, Any]:
        # only what never comes to rest waits for the end of the time
        options = subject.declare(folder, wait_interval=0.01, wait_timeout=0.2 if moves == "never comes to rest" else 20)
        return run(subject.module, **options) if way == "module" else run("dump_tasks", **{subject.module + "s": [options]})

    path = "transfer-tasks/dump$" if subject is DIS else "connector/tasks/[^/]+$"
    looks = {"method": "GET", "path": path}
    well(declare("older"))
    cloud.admin("DELETE", "requests")
    well(declare("old"))
    seen = [entry["method"] for entry in cloud.requests() if re.search(path, entry["path"]) or entry["method"] == "PUT"]
    before, after = seen.index("PUT"), len(seen) - seen.index("PUT") - 1
    assert after == 2, "one look proves the change, and one confirms it"
    shown, expected = MOVES[moves]
    for number, move in enumerate(shown):
        patch = {**subject.find}
        if "status" in move:
            patch["status"] = RESTARTING[subject.module] if move["status"] else "RUNNING"
        if "back" in move:
            patch |= {"status": "RUNNING", "set": {subject.folder: "old"}}
        if move:
            cloud.fault({"match": looks, "skip": before + number, "count": 1, "do": {"patch": patch}})
    result = declare("new")
    (task,) = there(cloud)
    if expected:
        assert result["failed"] and expected in result["msg"], result
    else:
        well(result)
        assert result["changed"] and task["destination"][subject.folder] == "new"


# not shown

HIDDEN = {
    "dis": ("dis_transfer_task", "obs", {"stream_name": "newstream"}, DIS.options["obs"], "agency_name,deliver_time_interval"),
    "mrs": (
        "dis_transfer_task",
        "mrs",
        {"stream_name": "newstream"},
        {"mrs_cluster_name": "m", "mrs_cluster_id": "i", "mrs_hdfs_path": "/h", "obs_bucket_path": "obsbucket", "retry_duration": 60},
        "retry_duration,mrs_hdfs_path",
    ),
    "connect": ("smart_connect_task", "obs", {"instance_id": INSTANCE}, CONNECT.options["obs"], "partition_format,store_keys"),
    "copy": (
        "smart_connect_task",
        "kafka",
        {"instance_id": INSTANCE},
        {"bootstrap_servers": ["192.168.0.1:9092"], "direction": "pull", "compression_type": "zstd", "task_num": 3},
        "compression_type,direction",
    ),
    "sink": ("kafka_sink_task", "obs", {"instance_id": INSTANCE}, CONNECT.options["obs"], "obs_path,deliver_time_interval"),
}
# what is declared besides, of the fields that are hidden
BESIDES: dict[str, dict[str, Any]] = {
    "dis": {"agency_name": "dis_admin_agency", "deliver_time_interval": 60},
    "connect": {"partition_format": "yyyy", "store_keys": True},
    "sink": {"obs_path": "a", "deliver_time_interval": 60},
}


@pytest.mark.parametrize("way", ["module", "dump_tasks"])
@pytest.mark.parametrize("case", HIDDEN)
def test_what_is_never_shown_is_sent_once_and_said_to_be_unproven(run: Run, cloud: Local, case: str, way: str) -> None:
    module, option, where, own, hidden = HIDDEN[case]
    cloud.switch({"%s.never_shown" % ("dis" if module.startswith("dis") else "dms"): hidden})
    names = sorted("%s.%s" % (option, name) for name in hidden.split(","))

    def declare(check: bool = False, **more: Any) -> dict[str, Any]:
        policy = {} if module == "dis_transfer_task" else {"topics": ["topic-test"]}
        inside = {**own, **BESIDES.get(case, {}), **more}
        options = {**where, **policy, "task_name": "dump", "on_immutable_change": "recreate", "wait_interval": 0.01, option: inside}
        if way == "module":
            return well(run(module, check=check, **options))
        result = well(run("dump_tasks", check=check, **{module + "s": [options, {**options, "task_name": "dump-2"}]}))
        return {**result["results"][0], "warnings": result.get("warnings", [])}

    first = declare()
    assert (first["changed"], sorted(first["unproven_fields"])) == (True, names)
    warnings = [text for text in first["warnings"] if "does not show" in str(text) and "'dump'" in str(text)]
    assert len(warnings) == 1 and all(name in str(warnings) for name in names)
    (before,) = there(cloud)
    cloud.admin("DELETE", "requests")
    for check in (True, False):
        again = declare(check=check)
        assert (again["changed"], again["actions"], sorted(again["unproven_fields"])) == (False, [], names)
        assert not again.get("warnings")
    assert writes(cloud) == []
    if case in ("dis", "connect"):
        # they go along with another change, and are not reset by it
        changed = declare(**{"file_prefix" if case == "dis" else "obs_path": "new"})
        assert changed["actions"] == ["update"] and sorted(changed["unproven_fields"]) == names
        (after,) = there(cloud)
        assert {name: after["destination"][name] for name in BESIDES[case]} == BESIDES[case]
        assert after["id"] == before["id"]
        assert "is not what it was" not in str(changed.get("warnings")), "what is not shown has not changed"


@pytest.mark.parametrize("module", ["dis_transfer_task", "kafka_sink_task"])
def test_a_new_task_that_is_shown_otherwise_than_declared_is_told_of(run: Run, cloud: Local, module: str) -> None:
    dis = module == DIS.module
    options = {**(DIS.options if dis else SINK)}
    options["obs"] = {**options["obs"], "deliver_time_interval": 60}
    other = {"patch": {**(DIS.find if dis else CONNECT.find), "set": {"deliver_time_interval": 600}}}
    cloud.fault({"match": {"method": "POST"}, "count": 1, "when": "after", "do": other})
    created = well(run(module, **options))
    assert "shows obs.deliver_time_interval otherwise" in str(created["warnings"]), created


UNABLE = ["ignored", "unknown", {"dis.put": "not_allowed", "dms.modify": "not allowed"}]


@SUBJECTS
@pytest.mark.parametrize("how", UNABLE, ids=["ignored", "unknown", "not allowed"])
def test_what_a_service_turns_out_to_be_unable_to_do_is_up_to_the_user(run: Run, cloud: Local, subject: Subject, how: Any) -> None:
    well(run(subject.module, **subject.declare(state="present")))
    well(run(subject.module, **subject.declare(state="paused")))
    (before,) = there(cloud)
    cloud.switch({subject.update: how if isinstance(how, str) else how[subject.update]})
    failed = run(subject.module, **subject.declare("new"))
    assert failed["failed"] and not failed["changed"]
    assert "'recreate'" in failed["msg"] and "'ignore'" in failed["msg"] and subject.folder in failed["msg"]
    left = well(run(subject.module, **subject.declare("new", on_immutable_change="ignore")))
    assert (left["changed"], left["actions"], left["changed_fields"]) == (False, [], [])
    assert "left as it is" in str(left["warnings"])
    assert there(cloud)[0]["id"] == before["id"]
    again = well(run(subject.module, **subject.declare("new", on_immutable_change="recreate")))
    assert again["actions"][0] == "recreate", again
    (after,) = there(cloud)
    assert after["id"] != before["id"] and after["destination"][subject.folder] == "new"
    assert again["task"]["health"] == "paused"


@SUBJECTS
def test_what_was_recreated_meanwhile_is_planned_anew(run: Run, cloud: Local, subject: Subject) -> None:
    """Between the list and the look right before the write."""
    well(run(subject.module, **subject.declare()))
    anew = {"patch": {**subject.find, "recreate": True}}
    path = "transfer-tasks/dump$" if subject is DIS else "connector/tasks/[^/]+$"
    # a transfer task is looked at twice, for its list does not show all of it
    cloud.fault({"match": {"method": "GET", "path": path}, "skip": int(subject is DIS), "count": 1, "do": anew})
    changed = well(run(subject.module, **subject.declare("new")))
    assert (changed["actions"], changed["task"]["destination"][subject.folder]) == (["update"], "new")
    assert len(there(cloud)) == 1


@pytest.mark.parametrize("skip", [1, 2])
@SUBJECTS
def test_a_change_that_another_run_overwrites_is_made_once_more(run: Run, cloud: Local, subject: Subject, skip: int) -> None:
    """The other run looked before this one wrote, and replaces the whole task at one of the looks that come after."""
    well(run(subject.module, **subject.declare()))
    path = "transfer-tasks/dump$" if subject is DIS else "connector/tasks/[^/]+$"
    theirs = {"patch": {**subject.find, "set": {subject.folder: "old", "deliver_time_interval": 60}}}
    cloud.fault({"match": {"method": "GET", "path": path}, "skip": skip + int(subject is DIS), "count": 1, "do": theirs})
    changed = well(run(subject.module, **subject.declare("new")))
    destination = there(cloud)[0]["destination"]
    assert (changed["actions"], destination[subject.folder]) == (["update"], "new"), changed
    assert int(destination["deliver_time_interval"]) == 60


@SUBJECTS
def test_a_task_that_runs_is_not_paused_after_its_recreation(run: Run, cloud: Local, subject: Subject) -> None:
    well(run(subject.module, **subject.declare(state="running")))
    cloud.switch({subject.update: "ignored"})
    again = well(run(subject.module, **subject.declare("new", on_immutable_change="recreate")))
    assert (again["actions"], again["task"]["health"]) == (["recreate"], "ok")


@SUBJECTS
def test_a_change_that_is_made_in_part_is_none_of_another_run(run: Run, cloud: Local, subject: Subject) -> None:
    """A service that ignores one field may touch another by itself; what was declared for ignored changes is done then."""
    well(run(subject.module, **subject.declare()))
    back = {"patch": {**subject.find, "set": {subject.folder: "old", "partition_format": "yyyy/MM"}}}
    cloud.fault({"match": {"method": "PUT"}, "count": 1, "when": "after", "do": back})
    declared = subject.declare("new", on_immutable_change="ignore")
    declared["obs"]["deliver_time_interval"] = 60
    left = well(run(subject.module, **declared))
    assert left["actions"] == ["update"]
    assert left["diff"]["after"]["obs"][subject.folder] == "old"
    assert "left as it is, as on_immutable_change says" in str(left["warnings"])
    destination = there(cloud)[0]["destination"]
    assert (int(destination["deliver_time_interval"]), destination[subject.folder]) == (60, "old")


ACTION = {DIS.module: {"method": "POST", "path": "action$"}, CONNECT.module: {"method": "PUT", "path": "/pause$"}}


@SUBJECTS
def test_what_others_change_while_a_task_is_being_paused_is_kept(run: Run, cloud: Local, subject: Subject) -> None:
    well(run(subject.module, **subject.declare()))
    theirs = {"patch": {**subject.find, "set": {"deliver_time_interval": 60}}}
    cloud.fault({"match": ACTION[subject.module], "count": 1, "when": "after", "do": theirs})
    assert well(run(subject.module, **subject.declare("new"), state="paused"))["actions"] == ["pause", "update"]
    destination = there(cloud)[0]["destination"]
    assert (int(destination["deliver_time_interval"]), destination[subject.folder]) == (60, "new")


@SUBJECTS
def test_a_pause_alone_is_not_waited_for_where_nobody_wants_to_wait(run: Run, cloud: Local, subject: Subject) -> None:
    well(run(subject.module, **subject.declare()))
    cloud.fault({"match": ACTION[subject.module], "count": 1, "do": {"status": 200, "body": "{}"}})
    assert well(run(subject.module, **subject.declare(), state="paused", wait=False, wait_timeout=0.2))["actions"] == ["pause"]


@pytest.mark.parametrize("module", ["kafka_sink_task", "smart_connect_task"])
def test_a_new_task_whose_id_no_answer_tells_is_found_by_its_name(run: Run, cloud: Local, module: str) -> None:
    cloud.fault({"match": {"method": "POST", "path": "tasks$"}, "when": "after", "do": {"status": 200, "body": "{}"}})
    created = well(run(module, **SINK))
    assert (created["actions"], created["task"]["id"]) == (["create"], there(cloud)[0]["id"])


def test_a_task_that_somebody_else_creates_between_the_halves_of_a_recreation_is_left_alone(run: Run, cloud: Local) -> None:
    well(run("dis_transfer_task", **DIS.declare()))
    theirs = {
        "destination_type": "OBS",
        "obs_destination_descriptor": {
            "task_name": "dump",
            "agency_name": "dis_admin_agency",
            "obs_bucket_path": "theirs",
            "consumer_strategy": "LATEST",
            "deliver_time_interval": 300,
        },
    }
    patch = {"patch": {"service": "dis", "find": {"stream": "newstream"}, "create": theirs}}
    cloud.fault({"match": {"method": "POST", "path": "transfer-tasks$"}, "count": 1, "when": "before", "do": patch})
    anew = {**DIS.declare(), "obs": {"obs_bucket_path": "obsbucket", "consumer_strategy": "TRIM_HORIZON"}}
    failed = run("dis_transfer_task", **anew, on_immutable_change="recreate")
    assert "changed meanwhile by somebody else" in failed["msg"] and "The old transfer task" in failed["msg"], failed["msg"]
    assert [task["destination"]["obs_bucket_path"] for task in there(cloud)] == ["theirs"]
    assert writes(cloud)[-2:] == ["DELETE", "POST"]


# being deleted

SINK = {"instance_id": INSTANCE, "task_name": "dump", "topics": ["topic-test"], "obs": {"obs_bucket_name": "testobs"}}


LEAVING = [
    (module, word)
    for module, words in {
        "dis_transfer_task": ["DELETE"],
        "smart_connect_task": ["DELETING", "DELETED"],
        "kafka_sink_task": ["DELETING", "DELETED"],
    }.items()
    for word in words
]


@pytest.mark.parametrize(("module", "word"), LEAVING)
def test_a_task_that_is_being_deleted_is_not_there(run: Run, cloud: Local, module: str, word: str) -> None:
    dis = module == DIS.module
    options = DIS.options if dis else SINK
    well(run(module, **options))
    cloud.patch({**(DIS.find if dis else CONNECT.find), "status": word})
    assert not run(module, **options, state="absent")["changed"]
    assert run(module, check=True, **options)["actions"] == ["create"]
    stuck = run(module, **options, wait_timeout=0.1)
    assert stuck["failed"] and "still listed" in stuck["msg"] and "is being deleted" in stuck["msg"]
    assert stuck["task"]["status"] == word, "what there is, is shown"
    parents = {"purge_stream_names": ["newstream"]} if dis else {"purge_instance_names": ["kafka-dump"]}
    assert not run("dump_tasks", purge=True, purge_match=".", **parents)["changed"]


@pytest.mark.parametrize("module", ["smart_connect_task", "kafka_sink_task"])
def test_what_is_being_deleted_keeps_nothing_else_waiting_and_is_waited_for_once(run: Run, cloud: Local, module: str) -> None:
    names = ["dump", "dump-2", "dump-3"]
    items = [{**SINK, "task_name": name, "wait_timeout": 0.6, "wait_interval": 0.1} for name in names]
    well(run("dump_tasks", **{module + "s": items}))
    for name in names:
        cloud.patch({"service": "dms", "find": {"task_name": name}, "status": "DELETING"})
    cloud.admin("DELETE", "requests")
    started = time.monotonic()
    result = run("dump_tasks", **{module + "s": [*items, {**SINK, "task_name": "other"}]})
    assert time.monotonic() - started < 1.5, "each of them was waited for by itself"
    *stuck, other = result["results"]
    assert not other["error"] and other["actions"] == ["create"]
    assert all("is being deleted" in entry["error"]["msg"] and "status DELETING" in entry["error"]["msg"] for entry in stuck)
    methods = [entry["method"] for entry in cloud.requests()]
    assert methods.index("POST") < len(methods) - 6, "it was created before the others were waited for"


@pytest.mark.parametrize("module", ["dis_transfer_task", "smart_connect_task", "kafka_sink_task"])
def test_a_task_that_fails_for_two_looks_and_then_runs_is_well(run: Run, cloud: Local, module: str) -> None:
    cloud.switch({"dis.flaky_start": 2, "dms.flaky_start": 2})
    assert well(run(module, **(DIS.options if module == DIS.module else SINK)))["task"]["status"] == "RUNNING"


# twins

KEYS = {"access_key": "THEIRKEY", "secret_key": "their-secret-key"}
LATEST = {"consumer_strategy": "latest", "deliver_time_interval": 300}
TWIN = {
    "smart_connect_task": {
        "smart_connect_task": {
            "task_name": "dump",
            "topics": "topic-test",
            "source_type": "NONE",
            "sink_type": "OBS_SINK",
            "sink_task": {**KEYS, "obs_bucket_name": "testobs", "obs_path": "theirs", "partition_format": "yyyy/MM/dd", **LATEST},
        }
    },
    "kafka_sink_task": {
        "sink_task": {
            "task_name": "dump",
            "source_type": "BLOB",
            "destination_type": "OBS",
            "obs_destination_descriptor": {
                **KEYS,
                "topics": "topic-test",
                "obs_bucket_name": "testobs",
                "obs_path": "theirs",
                "partition_format": "yyyy/MM/dd",
                "record_delimiter": ";",
                "destination_file_type": "TEXT",
                **LATEST,
            },
        }
    },
}
CREATE = {"smart_connect_task": "connector/tasks$", "kafka_sink_task": "sink-tasks$"}


@pytest.mark.parametrize("module", CREATE)
@pytest.mark.parametrize("resolution", ["ms", "s"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_of_two_that_were_created_at_once_never_both_are_taken_back(
    run: Run, cloud: Local, module: str, resolution: str, when: str
) -> None:
    """Somebody else's is older: ours goes. Ours is older: it stays, and the error names both, for theirs may be wanted."""
    cloud.switch({"dms.create_time_resolution": resolution})
    theirs = {"patch": {"service": "dms", "find": {"instance_id": INSTANCE}, "create": TWIN[module]}}
    cloud.fault({"match": {"method": "POST", "path": CREATE[module]}, "count": 1, "when": when, "do": theirs})
    result = run(module, **SINK, wait_timeout=0.2)
    left = there(cloud)
    if result.get("failed"):
        assert len(left) == 2, result
        assert all(task["id"] in result["msg"] for task in left), result["msg"]
        older = min(left, key=lambda task: (task["create_time"], task["id"]))
        assert "this run made %s" % older["id"] in result["msg"]
    else:
        assert len(left) == 1
        assert result["task"]["id"] == left[0]["id"]
        assert "taken back" in str(result["warnings"])
        assert not run(module, **SINK)["changed"]


@pytest.mark.parametrize("module", CREATE)
def test_of_two_of_one_name_none_is_taken_for_the_one_whose_answer_was_lost(run: Run, cloud: Local, module: str) -> None:
    theirs = {"patch": {"service": "dms", "find": {"instance_id": INSTANCE}, "create": TWIN[module]}}
    cloud.fault({"match": {"method": "POST", "path": CREATE[module]}, "count": 1, "when": "after", "do": {"drop": True, **theirs}})
    failed = run(module, **SINK, wait_timeout=0.2)
    assert failed["failed"] and len(there(cloud)) == 2, failed
    assert all(task["id"] in failed["msg"] for task in there(cloud)), failed["msg"]


def test_the_task_that_stays_is_shown_as_it_is_after_it_was_made_as_declared(run: Run, cloud: Local) -> None:
    theirs = {"patch": {"service": "dms", "find": {"instance_id": INSTANCE}, "create": TWIN["smart_connect_task"]}}
    cloud.switch({"dms.create_time_resolution": "ms"})
    cloud.fault({"match": {"method": "POST", "path": CREATE["smart_connect_task"]}, "count": 1, "do": {**theirs, "clock": 5}})
    obs = {"obs_bucket_name": "testobs", "partition_format": "yyyy/MM"}
    result = run("smart_connect_task", **{**SINK, "obs": obs}, wait=False)
    assert "taken back" in str(result.get("warnings")) and result["actions"] == ["update"], result
    assert result["task"]["destination"]["partition_format"] == there(cloud)[0]["destination"]["partition_format"] == "yyyy/MM"
