# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role dumping, run by ansible-playbook: what it makes of its variables. What a single task does is tested with the modules."""

from __future__ import annotations

import hashlib
import json
import pathlib
from typing import Any

import yaml

from huaweicloud_emulator.server import Local

from .conftest import INSTANCE, INSTANCE_NAME, Play, Played, Run, localhost

SECRET = "hush-hush-secret-0001"
TRANSFER = {"stream_name": "newstream", "task_name": "newtask", "obs": {"partition_format": "yyyy/MM/dd"}}
SINK = {"task_name": "obsTransfer-1122976956", "topics": ["topic-test"], "obs": {"obs_path": "sink"}}
CONNECT = {"task_name": "smart-connect-1", "topics": ["topic-test"], "obs": {"obs_path": "connect", "deliver_time_interval": 120}}
DECLARED: dict[str, Any] = {
    "dumping_dis_transfer_tasks": [TRANSFER],
    "dumping_kafka_sink_tasks": [SINK],
    "dumping_smart_connect_tasks": [CONNECT, {"task_name": "smart-connect-2", "topics_regex": "topic-sdk.*"}],
    "dumping_defaults": {
        "instance_name": INSTANCE_NAME,
        "wait_interval": 0.01,
        "dis_transfer_tasks": {"obs": {"obs_bucket_path": "obsbucket", "deliver_time_interval": 60}},
        "kafka_sink_tasks": {"obs": {"obs_bucket_name": "testobs"}},
        "smart_connect_tasks": {
            "topics": ["topic-sdk-no-delete"],
            "obs": {"obs_bucket_name": "opendump-archive", "deliver_time_interval": 900, "secret_key": SECRET, "access_key": "A" * 20},
        },
    },
}


FACTS = ("results", "purged", "summary", "smart_connect_tasks", "quotas")
SHOWING = {"name": "Show the facts", "ansible.builtin.debug": {"msg": "{{ dumping_facts }}"}, "tags": "always"}


def role(**variables: Any) -> dict[str, Any]:
    """A play with the role, and its facts as the next play reads them."""
    included = {"ansible.builtin.import_role": {"name": "opendump.huaweicloud.dumping"}}
    return {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [{"block": [included], "always": [SHOWING]}],
        "vars": {**DECLARED, **variables},
    }


def facts(played: Played) -> list[dict[str, Any]]:
    """What the role set, once for each time it ran."""
    shown = [task["result"]["msg"] for task in played.tasks if task["task"] == SHOWING["name"]]
    return [{key: given[key] for key in FACTS} for given in shown]


def names(records: list[dict[str, Any]]) -> list[str]:
    return [record["name"] for record in records]


def task_names(cloud: Local) -> list[str]:
    (project,) = [place for place in cloud.state()["projects"] if place["dis"]["streams"]]
    return sorted(task["name"] for parent in [*project["dis"]["streams"], *project["dms"]["instances"]] for task in parent["tasks"])


def writes(cloud: Local) -> list[str]:
    return [f"{request['method']} {request['path']}" for request in cloud.requests() if request["method"] != "GET"]


def test_declares_all_kinds_with_their_defaults_and_a_second_run_changes_nothing(cloud: Local, play: Play) -> None:
    played = play([{**role(), "check_mode": True}, role(), role()], "-vvv")
    assert played.code == 0, played.text
    predicted, first, second = facts(played)
    assert [result["actions"] for result in predicted["results"]] == [["create"]] * 4
    assert predicted["smart_connect_tasks"] == []
    assert first["summary"] == predicted["summary"]
    assert first["summary"]["created"] == first["summary"]["declared"] == 4
    assert second["summary"]["unchanged"] == 4
    assert played.recap["changed"] == 2
    assert names(first["smart_connect_tasks"]) == names(second["smart_connect_tasks"])
    assert {"smart-connect-1", "smart-connect-2"} <= set(names(second["smart_connect_tasks"]))
    assert [(quota["parent"], quota["parent_name"]) for quota in second["quotas"]] == [(INSTANCE, INSTANCE_NAME)]
    assert SECRET not in played.text + json.dumps(played.tasks)
    # defaults are merged, and what an item excludes is left out
    transfer, sink, by_name, other = [result["task"] for result in first["results"]]
    assert (transfer["destination"]["obs_bucket_path"], transfer["destination"]["partition_format"]) == ("obsbucket", "yyyy/MM/dd")
    assert transfer["destination"]["deliver_time_interval"] == 60
    assert sink["destination"]["obs_bucket_name"] == "testobs"
    assert (by_name["topics"], by_name["destination"]["deliver_time_interval"]) == (["topic-test"], 120)
    assert (other["topics"], other["topics_regex"], other["destination"]["deliver_time_interval"]) == (None, "topic-sdk.*", 900)
    sent = [request for request in cloud.requests(method="POST") if "connector/tasks" in request["path"]]
    digest = hashlib.sha256(SECRET.encode()).hexdigest()
    assert [digest in request["secrets_sha256"].values() for request in sent] == [True, True]


def test_every_wrong_item_is_named_and_nothing_is_sent(cloud: Local, play: Play) -> None:
    wrong = [
        {"task_name": "one", "stream_name": "newstream", "obs": {"bucket": "obsbucket", "secret_kye": SECRET}},
        {"task_name": "two"},
        {"task_name": "three", "stream_name": "newstream", "state": "gone"},
        {"task_name": "four", "stream_name": "newstream", "obs": {"obs_bucket_path": "obsbucket", "deliver_time_interval": 5}},
        "five",
    ]
    played = play([role(dumping_dis_transfer_tasks=wrong)], "-vvv")
    assert played.code == 2
    message = played.result("Configure all dump tasks")["msg"]
    for number, says in enumerate(["bucket", "stream_name", "state", "deliver_time_interval is 5", "no mapping"]):
        (line,) = [line for line in message.splitlines() if line.startswith(f"dumping_dis_transfer_tasks[{number}]")]
        assert says in line
    assert cloud.requests() == []
    assert facts(played)[0]["results"] == []
    assert SECRET not in played.text + json.dumps(played.tasks)


def test_survey_answers_are_texts_and_no_template_in_them_is_run(cloud: Local, play: Play, tmp_path: pathlib.Path) -> None:
    # AWX hands survey answers over as !unsafe
    regex = "topic-{{ lookup('pipe', 'touch ran') }}.*"
    answers = tmp_path / "survey.yml"
    listed = yaml.safe_dump([{"task_name": "smart-connect-1", "topics_regex": regex}])
    answers.write_text(
        f"dumping_smart_connect_tasks: !unsafe {json.dumps(listed)}\n"
        "dumping_kafka_sink_tasks: ''\n"
        "dumping_purge: 'no'\n"
        "dumping_parallelism: '2'\n"
        "dumping_dis_transfer_tasks_enabled: 'no'\n",
        encoding="utf-8",
    )
    played = play([role()], "-e", f"@{answers}")
    assert played.code == 0, played.text
    (got,) = facts(played)
    assert [(result["task_name"], result["task"]["topics_regex"]) for result in got["results"]] == [("smart-connect-1", regex)]
    assert list(tmp_path.rglob("ran")) == []


def test_text_that_is_no_yaml_is_refused_without_being_shown_and_errors_name_the_variables_of_the_role(cloud: Local, play: Play) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "smart_connect_tasks is text that is no YAML (line": {
            "dumping_smart_connect_tasks": f"- task_name: a\n  obs: {{secret_key: {SECRET}"
        },
        "dumping_purge_match": {"dumping_purge": True, "dumping_purge_match": "("},
        "dumping_defaults, for dis_transfer_tasks: value of state must be one of": {"dumping_defaults": {"state": "gone"}},
        "dumping_parallelism is 0": {"dumping_parallelism": 0},
    }
    include = {"ansible.builtin.include_role": {"name": "opendump.huaweicloud.dumping"}}
    rescued = {"ansible.builtin.debug": {"msg": "refused"}}
    blocks = [{"block": [{**include, "vars": {**DECLARED, **given}}], "rescue": [rescued]} for given in wrong.values()]
    played = play(localhost(*blocks), "-vvv")
    assert played.recap["rescued"] == len(wrong), played.text
    messages = [entry["result"]["msg"] for entry in played.tasks if entry["outcome"] == "failed" and "Configure all" in entry["task"]]
    assert [says for says, message in zip(wrong, messages, strict=True) if says not in message] == []
    assert cloud.requests() == []
    assert SECRET not in played.text + json.dumps(played.tasks)


def test_purge_names_its_victims_in_check_mode_and_spares_lists_that_are_off(play: Play) -> None:
    stray = [CONNECT, {"task_name": "smart-connect-old", "topics_regex": "topic-sdk.*"}]
    purge: dict[str, Any] = {
        "dumping_kafka_sink_tasks": [],
        "dumping_smart_connect_tasks": [CONNECT],
        "dumping_purge": True,
        "dumping_purge_match": "^smart-",
    }
    off = {**purge, "dumping_dis_transfer_tasks_enabled": False}
    played = play([role(dumping_smart_connect_tasks=stray), {**role(**purge), "check_mode": True}, role(**purge), role(**off)])
    assert played.code == 2
    assert (
        "dumping_purge cannot be used while a list is switched off (dumping_dis_transfer_tasks)"
        in played.result("Configure all dump tasks")["msg"]
    )
    _seeded, previewed, purged, refused = facts(played)
    assert (refused["results"], refused["purged"]) == ([], [])
    assert [victim["task_name"] for victim in previewed["purged"]] == ["smart-connect-old"]
    assert "smart-connect-old" in names(previewed["smart_connect_tasks"])
    assert [victim["task_name"] for victim in purged["purged"]] == ["smart-connect-old"]
    assert "smart-connect-old" not in names(purged["smart_connect_tasks"])


def test_facts_tell_what_was_done_when_a_task_fails(cloud: Local, play: Play) -> None:
    lost = {**TRANSFER, "stream_name": "no-such-stream"}
    played = play([role(dumping_dis_transfer_tasks=[lost, TRANSFER], dumping_kafka_sink_tasks_enabled="no")])
    assert played.code == 2
    (got,) = facts(played)
    assert [bool(result["error"]) for result in got["results"]] == [True, False, False, False]
    assert "no-such-stream" in got["results"][0]["error"]["msg"]
    assert got["summary"]["failed"] == 1
    assert len(writes(cloud)) == 3


def test_facts_alone_change_nothing(cloud: Local, play: Play) -> None:
    played = play([role()], "--tags", "dumping_facts")
    assert played.code == 0, played.text
    (got,) = facts(played)
    assert (got["results"], got["summary"]) == ([], {})
    assert names(got["quotas"] and got["smart_connect_tasks"]) == []
    assert writes(cloud) == []
    assert [quota["parent"] for quota in got["quotas"]] == [INSTANCE]


def test_api_options_come_from_role_variables_and_module_defaults(cloud: Local, environment: dict[str, str], play: Play) -> None:
    common = dict.fromkeys(("dis_endpoint", "dms_endpoint", "iam_endpoint"), cloud.url)
    common |= {"access_key": environment["HW_ACCESS_KEY"], "secret_key": SECRET, "region": "not-this-one"}
    played = play(
        [
            {
                **role(
                    dumping_secret_key=environment["HW_SECRET_KEY"],
                    dumping_project_id=environment["HW_PROJECT_ID"],
                    dumping_region=environment["HW_REGION_NAME"],
                    dumping_user_name="",
                    dumping_kafka_sink_tasks=[],
                ),
                "module_defaults": {"group/opendump.huaweicloud.all": common},
            }
        ],
        env={name: None for name in environment if name.startswith("HW_")},
    )
    assert played.code == 0, played.text
    assert facts(played)[0]["summary"]["created"] == 3


def test_nothing_declared_needs_no_credentials(play: Play, environment: dict[str, str]) -> None:
    played = play(
        [localhost({"ansible.builtin.import_role": {"name": "opendump.huaweicloud.dumping"}}, SHOWING)[0]], env=dict.fromkeys(environment)
    )
    assert played.code == 0, played.text
    assert facts(played) == [{"results": [], "purged": [], "summary": {}, "smart_connect_tasks": [], "quotas": []}]


def test_what_services_do_otherwise_is_borne_by_the_role_too(cloud: Local, play: Play) -> None:
    """Changes that come late and wake what is paused, fields that are never shown, and a kind that cannot be changed in place."""
    cloud.switch({"dis.never_shown": "deliver_time_interval", "dms.never_shown": "deliver_time_interval"})
    first_run = play([role()])
    assert first_run.code == 0, first_run.text
    unproven = {entry["task_name"]: entry["unproven_fields"] for entry in facts(first_run)[0]["results"]}
    assert unproven[CONNECT["task_name"]] == ["obs.deliver_time_interval"]
    cloud.switch({"dis.put_dwell": 3, "dis.put_wakes": True, "dms.connect.changing": 3, "dms.modify_wakes": True})
    cloud.admin("DELETE", "requests")
    changed = {
        "dumping_dis_transfer_tasks": [{**TRANSFER, "state": "paused", "obs": {**TRANSFER["obs"], "file_prefix": "new"}}],
        "dumping_kafka_sink_tasks": [{**SINK, "on_immutable_change": "recreate", "obs": {"obs_path": "new"}}],
        "dumping_smart_connect_tasks": [{**CONNECT, "state": "paused", "obs": {**CONNECT["obs"], "obs_path": "new"}}],
    }
    played = play([role(**changed), role(**changed)])
    assert played.code == 0, played.text
    first, again = facts(played)
    assert [entry["actions"] for entry in first["results"]] == [["pause", "update", "pause"], ["recreate"], ["pause", "update", "pause"]]
    assert [entry["task"]["health"] for entry in first["results"]] == ["paused", "ok", "paused"]
    assert again["summary"]["changed"] == 0
    (connect,) = [task for task in cloud.state()["projects"][0]["dms"]["instances"][0]["tasks"] if task["name"] == CONNECT["task_name"]]
    assert connect["destination"]["deliver_time_interval"] == 120


def test_rights_agencies_and_slow_starts_are_borne_by_the_role_too(cloud: Local, play: Play, run: Run) -> None:
    """Rights that end at an enterprise project, keys in the environment beside an agency, tasks that fail at first or are being deleted,
    and a service that resets what a change leaves out."""
    cloud.switch({"dms.granted_eps": "0", "dms.outside_granted_eps": "refused", "dis.flaky_start": 2, "dms.flaky_start": 2})
    cloud.switch({"dms.modify_omitted": "reset"})
    connect = {**CONNECT, "obs": {"obs_bucket_name": "testobs", "obs_path": "connect", "agency_name": "dms_agency", "store_keys": True}}
    lists = {
        "dumping_dis_transfer_tasks": [TRANSFER],
        "dumping_kafka_sink_tasks": [SINK],
        "dumping_smart_connect_tasks": [connect],
        "dumping_defaults": {**DECLARED["dumping_defaults"], "smart_connect_tasks": {}},
    }
    outside = play([role(**lists)])
    assert outside.code == 2 and "set enterprise_project_id" in outside.text.replace("dumping_", "")
    created = play([role(**lists, dumping_enterprise_project_id="all_granted_eps")])
    assert created.code == 0, created.text
    assert [entry["task"]["health"] for entry in facts(created)[0]["results"]] == ["ok", "ok", "ok"]
    (body,) = [entry["body"] for entry in cloud.requests() if entry["method"] == "POST" and "dms_agency" in str(entry["body"])]
    assert "access_key" not in str(body) and "secret_key" not in str(body)

    cloud.patch({"service": "dms", "find": {"task_name": SINK["task_name"]}, "status": "DELETING"})
    later = {
        "dumping_kafka_sink_tasks": [{**SINK, "state": "absent"}],
        "dumping_smart_connect_tasks": [{**connect, "obs": {"obs_bucket_name": "testobs", "obs_path": "new", "agency_name": "dms_agency"}}],
    }
    changed = play([role(**{**lists, **later}, dumping_enterprise_project_id="all_granted_eps")])
    assert changed.code == 0, changed.text
    assert [entry["actions"] for entry in facts(changed)[0]["results"]] == [[], [], ["update"]]
    assert facts(changed)[0]["results"][2]["task"]["destination"]["store_keys"] is True


def test_what_cannot_be_changed_is_recreated_where_asked_and_what_is_not_made_anew_is_kept(cloud: Local, play: Play) -> None:
    """No call changes a task in place, and then no creation is accepted."""
    cloud.switch({"dis.put": "unknown", "dms.modify": "ignored"})

    def lists(folder: str, suffix: str = "") -> dict[str, Any]:
        kinds = {
            "dis_transfer_tasks": (TRANSFER, "file_prefix"),
            "kafka_sink_tasks": (SINK, "obs_path"),
            "smart_connect_tasks": (CONNECT, "obs_path"),
        }
        return {
            f"dumping_{name}": [{**item, "task_name": item["task_name"] + suffix, "obs": {**item["obs"], field: folder}}]
            for name, (item, field) in kinds.items()
        }

    policy = {"dumping_defaults": {**DECLARED["dumping_defaults"], "on_immutable_change": "recreate"}}
    played = play([role(**lists("old")), role(**lists("new"), **policy)])
    assert played.code == 0, played.text
    assert [entry["actions"] for entry in facts(played)[1]["results"]] == [["recreate"]] * 3
    there = task_names(cloud)
    assert len(there) == 3

    refusal = {"status": 400, "code": "X.1", "text": "No."}
    cloud.fault({"match": {"method": "POST", "path": "tasks$"}, "count": -1, "do": {"refuse": refusal}})
    renamed = play([role(**lists("new", "-2"), dumping_purge=True, dumping_purge_match=".")])
    assert renamed.code == 2 and "Not purged" in renamed.text
    assert task_names(cloud) == there


def test_the_guard_of_purge_cannot_be_stepped_over(cloud: Local, play: Play) -> None:
    off = role(dumping_purge=True, dumping_purge_match=".", dumping_smart_connect_tasks_enabled=False)
    played = play([off], "--start-at-task", "opendump.huaweicloud.dumping : Configure all dump tasks in one call")
    assert played.code == 2
    assert "is switched off (dumping_smart_connect_tasks)" in played.result("Configure all dump tasks")["msg"]
    assert cloud.requests() == []


def test_purge_reaches_parents_without_a_declared_task_and_spares_names(cloud: Local, play: Play, run: Run) -> None:
    for name in ("stray-1", "stray-2"):
        created = run("dis_transfer_task", stream_name="jsonstream", task_name=name, obs={"obs_bucket_path": "obsbucket"})
        assert created["changed"], created
    purge = {"dumping_purge": "yes", "dumping_purge_match": "^stray", "dumping_purge_stream_names": ["jsonstream"]}
    nothing = dict.fromkeys(("dumping_dis_transfer_tasks", "dumping_kafka_sink_tasks", "dumping_smart_connect_tasks"), "")
    played = play([role(**nothing, **purge, dumping_purge_except=["stray-1"])])
    assert played.code == 0, played.text
    assert [victim["task_name"] for victim in facts(played)[0]["purged"]] == ["stray-2"]
    assert played.result("Report undeclared tasks")["msg"] == [
        "1 task there is not declared; see purge: does not match purge_match, or is in purge_except (jsonstream/stray-1)"
    ]
