# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role dumping_report and its playbook, run by ansible-playbook: what is written, how a run ends, and what is healed."""

from __future__ import annotations

import csv
import json
import pathlib
import re
from typing import Any

import pytest
from moto.s3.models import s3_backends

from huaweicloud_emulator.server import Local

from .conftest import PROJECT, Play, Played, Run
from .reliability.selection import SOAK

PLAYBOOK = "opendump.huaweicloud.report"
OBS = {"agency_name": "dis_admin_agency", "obs_bucket_path": "obsbucket", "deliver_time_interval": 300}
SINK_OBS = {"consumer_strategy": "latest", "destination_file_type": "TEXT", "obs_bucket_name": "testobs", "partition_format": "yyyy/MM/dd"}
KINDS = ("html", "json", "csv", "md")
DECISION = "Fail when the report found problems"
# for tests that read nothing else: each file takes as long as asking for the dumps
JSON_ALONE = {"dumping_report_html": "", "dumping_report_csv": "", "dumping_report_markdown": ""}
NO_TABLES = {"dumping_report_csv": "", "dumping_report_markdown": ""}
# How often a race is looked for; there was one when both hosts of a play wrote the same files.
ROUNDS = 20 if SOAK else 1


def transfer_task(name: str, **more: Any) -> dict[str, Any]:
    return {"destination_type": "OBS", "obs_destination_descriptor": {"task_name": name, **OBS}, **more}


def sink_task(name: str, **more: Any) -> dict[str, Any]:
    descriptor = {**SINK_OBS, "topics": "topic-test", "deliver_time_interval": 300}
    return {"source_type": "BLOB", "task_name": name, "destination_type": "OBS", "obs_destination_descriptor": descriptor, **more}


def connect_task(name: str, **more: Any) -> dict[str, Any]:
    sink = {**SINK_OBS, "deliver_time_interval": 300, "record_delimiter": "\\n", "obs_path": "connect"}
    return {"task_name": name, "topics": "topic-test", "sink_type": "OBS_SINK", "sink_task": sink, **more}


def instance(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "connector_enable": True, "topics": [{"name": "topic-test", "end_offsets": [900, 800, 700]}], **more}


def seed(cloud: Local, streams: list[dict[str, Any]], instances: list[dict[str, Any]]) -> None:
    cloud.reset()
    cloud.seed(
        {
            "buckets": {"obsbucket": "eu-west-101", "testobs": "eu-west-101"},
            "projects": [{"id": PROJECT, "dis": {"streams": streams}, "dms": {"instances": instances}}],
        }
    )


@pytest.fixture
def estate(cloud: Local) -> Local:
    """One dump of each kind, all well."""
    seed(
        cloud,
        [{"name": "orders", "partition_count": 2, "records": 50, "tasks": [transfer_task("orders-to-obs")]}],
        [instance("kafka-orders", sink_tasks=[sink_task("sink")], smart_connect_tasks=[connect_task("connect")])],
    )
    cloud.switch({"dms.store": "two"})
    return cloud


def break_transfer_task(cloud: Local, name: str = "orders-to-obs", stream: str = "orders", status: str = "ABNORMAL") -> None:
    cloud.patch({"project": PROJECT, "service": "dis", "find": {"stream": stream, "task": name}, "status": status})


def break_kafka_task(cloud: Local, name: str, status: str = "FAILED") -> None:
    cloud.patch({"project": PROJECT, "service": "dms", "find": {"task_name": name}, "status": status})


def report(folder: pathlib.Path) -> Any:
    return json.loads((folder / "dumping-report.json").read_text(encoding="utf-8"))


def decided(played: Played) -> str:
    """The last line, without where the page is."""
    return str(played.result(DECISION)["msg"]).partition(" See /")[0]


def written(folder: pathlib.Path) -> list[str]:
    return sorted(path.suffix[1:] for path in folder.glob("dumping-report.*"))


def test_all_is_well_and_where_nothing_can_be_read_yesterdays_green_page_goes(estate: Local, play: Play, tmp_path: pathlib.Path) -> None:
    options = {"dumping_report_directory": str(tmp_path), "dumping_report_metrics": str(tmp_path / "dumping.prom")}
    played = play(PLAYBOOK, extra_vars=options)
    assert played.code == 0, played.text
    assert played.result(DECISION)["msg"] == f"All 3 dumps are well. See {tmp_path}/dumping-report.html"
    assert len(re.findall("^TASK ", played.stdout, re.MULTILINE)) <= 22, "who reads the last line has not far to go"
    assert played.recap["changed"] == 0
    assert written(tmp_path) == sorted(KINDS)
    document = report(tmp_path)
    assert (document["ok"], document["problems"], document["failures"]) == (True, [], [])
    assert {dump["kind"] for dump in document["dumps"]} == {"dis_transfer_task", "kafka_sink_task", "smart_connect_task"}
    assert document["totals"]["dumps"] == document["totals"]["ok"] == 3
    table = list(csv.DictReader((tmp_path / "dumping-report.csv").read_text(encoding="utf-8").splitlines()))
    assert sorted(row["name"] for row in table) == ["connect", "orders-to-obs", "sink"]
    assert "| orders-to-obs | orders | DIS | running" in (tmp_path / "dumping-report.md").read_text(encoding="utf-8")
    totals = played.result("Give the totals")["ansible_stats"]["data"]
    assert totals["dumping_report_total_dumps"] == 3
    assert totals["dumping_report_total_deciding"] == 0
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("dumping-report.*")} == {0o640}
    assert "opendump_report_ok 1" in (tmp_path / "dumping.prom").read_text(encoding="utf-8")

    estate.fault({"match": {}, "count": -1, "do": {"refuse": {"status": 403, "code": "DIS.4224", "text": "No right."}}})
    played = play(PLAYBOOK, extra_vars={**options, **NO_TABLES})
    assert played.code != 0
    line = decided(played)
    assert line.startswith("Nothing could be read. 1 place could not be read")
    assert line.count("No right.") == 1
    assert line.count("could be read") == 1
    assert str(played.result(DECISION)["msg"]).endswith(f"See {tmp_path}/dumping-report.html")
    document = report(tmp_path)
    assert (document["ok"], document["totals"]["places_unread"], len(document["unseen"]), document["since"]["gone"]) == (False, 1, 3, [])
    page = (tmp_path / "dumping-report.html").read_text(encoding="utf-8")
    assert '<body class="bad">' in page
    assert "No right." in page
    assert "opendump_report_ok 0" in (tmp_path / "dumping.prom").read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.glob("dumping.prom*")) == ["dumping.prom"]


def test_a_failed_dump_and_one_that_cannot_be_read_fail_the_run_after_the_files_are_written(
    estate: Local, play: Play, tmp_path: pathlib.Path
) -> None:
    break_kafka_task(estate, "connect")
    estate.switch({"dms.extra_fields": {"task": {"error_message": "NoSuchBucket"}}})
    estate.fault(
        {
            "match": {"method": "GET", "path": "/streams/orders/transfer-tasks"},
            "count": -1,
            "do": {"refuse": {"status": 403, "code": "DIS.4224", "text": "No right."}},
        }
    )
    folder = tmp_path / "made" / "reports"
    played = play(PLAYBOOK, extra_vars={"dumping_report_directory": str(folder)})
    assert played.code != 0
    assert written(folder) == sorted(KINDS)
    assert decided(played).startswith("1 of 2 dumps needs you. ")
    assert "1 stream or Kafka instance could not be read: orders" in decided(played)
    assert "1 Smart Connect task cannot deliver (FAILED): kafka-orders/connect" in decided(played)
    assert played.tasks[-1]["task"].endswith(DECISION)
    page = (folder / "dumping-report.html").read_text(encoding="utf-8")
    assert "1 of 2 dumps needs you." in page
    assert "DIS.4224" in page
    assert re.search(r"The service says:.*NoSuchBucket", page)
    assert actions(estate) == []


def test_limits_and_what_decides_are_the_users_choice(estate: Local, play: Play, tmp_path: pathlib.Path) -> None:
    estate.patch({"project": PROJECT, "service": "dms", "find": {"task_name": "sink"}, "set": {"lag": 600}})
    old = {"last_transfer_timestamp": 1700000000000}
    estate.patch({"project": PROJECT, "service": "dis", "find": {"stream": "orders", "task": "orders-to-obs"}, "set": old})
    options = {**JSON_ALONE, "dumping_report_directory": str(tmp_path)}
    played = play(PLAYBOOK, extra_vars={**options, "dumping_report_max_lag": 599, "dumping_report_max_silence": "3600"})
    assert played.code != 0
    assert [problem["what"] for problem in report(tmp_path)["problems"]] == ["lag", "silence"]
    assert "too far behind" in decided(played)
    assert written(tmp_path) == ["json"], "an empty path is no file"

    break_transfer_task(estate)
    bounds = {"dumping_report_max_lag": 600, "dumping_report_max_silence": "", "dumping_report_fail_on": ["lag", "silence"]}
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"\xff\x00hunter2")
    played = play(PLAYBOOK, extra_vars={**options, **bounds, "dumping_report_last": str(garbage)})
    assert played.code == 0, played.text
    assert decided(played) == (
        "Nothing urgent, but 1 of 3 dumps is worth a look. "
        f"Not compared with the last report: dumping_report_last is {garbage}, which is no JSON (line 1, column 1)."
    )


def test_wrong_limits_are_refused_before_anything_is_asked(estate: Local, play: Play, tmp_path: pathlib.Path) -> None:
    """What else is wrong is asked of the filter, which refuses it."""
    estate.admin("DELETE", "requests")
    played = play(PLAYBOOK, extra_vars={"dumping_report_directory": str(tmp_path), "dumping_report_fail_on": ["sadness"]})
    assert played.code != 0
    assert "dumping_report_fail_on names 'sadness'; there are" in re.sub(r"\s+", " ", played.text)
    assert estate.requests() == []
    assert written(tmp_path) == []
    played = play(PLAYBOOK, extra_vars={"dumping_report_directory": str(tmp_path), "dumping_report_metrics": "dumping.txt"})
    assert played.code != 0
    assert "dumping_report_metrics is dumping.txt, but node_exporter reads only files whose names end in .prom" in played.text
    assert estate.requests() == []


def test_check_mode_writes_and_heals_nothing_and_decides_the_same(estate: Local, play: Play, tmp_path: pathlib.Path) -> None:
    break_transfer_task(estate)
    folder = tmp_path / "of" / "reports"
    played = play(PLAYBOOK, check=True, extra_vars={"dumping_report_directory": str(folder), "dumping_report_heal": True})
    assert decided(played).startswith("1 of 3")
    assert not folder.parent.exists()
    assert actions(estate) == []


def test_a_task_that_both_kafka_apis_show_counts_once(estate: Local, play: Play, tmp_path: pathlib.Path) -> None:
    estate.switch({"dms.store": "one"})
    estate.patch({"project": PROJECT, "service": "dms", "find": {"task_name": "connect"}, "set": {"lag": 40}})
    break_kafka_task(estate, "connect")
    played = play(PLAYBOOK, extra_vars={**JSON_ALONE, "dumping_report_directory": str(tmp_path), "dumping_report_heal": True})
    assert played.code == 0, played.text
    written = report(tmp_path)
    assert sorted((dump["name"], dump["kind"]) for dump in written["dumps"] if dump["kind"] != "dis_transfer_task") == [
        ("connect", "smart_connect_task"),
        ("sink", "smart_connect_task"),
    ]
    connect = next(dump for dump in written["dumps"] if dump["name"] == "connect")
    assert (connect["lag"], len(connect["partitions"])) == (40, 3)
    assert [(healing["kind"], healing["outcome"]) for healing in written["healing"]] == [("smart_connect_task", "healed")]


def actions(cloud: Local) -> list[str]:
    # the dump log is read by POST
    sent = [entry["path"] for entry in cloud.requests() if entry["method"] != "GET" and "/transfertasklog/" not in entry["path"]]
    return [re.sub(r"/[0-9a-f-]{36}", "/…", path.split(PROJECT)[1]) for path in sent]


def test_healing(estate: Local, play: Play, tmp_path: pathlib.Path) -> None:
    break_transfer_task(estate)
    break_kafka_task(estate, "connect")
    played = play(PLAYBOOK, extra_vars={**NO_TABLES, "dumping_report_directory": str(tmp_path), "dumping_report_heal": True})
    assert played.code == 0, played.text
    assert decided(played) == "All 3 dumps are well. 2 healed: orders-to-obs, connect."
    done = actions(estate)
    assert sorted(done) == sorted(
        2 * ["/streams/orders/transfer-tasks/action"] + ["/instances/…/connector/tasks/…/pause", "/instances/…/connector/tasks/…/resume"]
    )
    assert not [path for path in done if "restart" in path]
    written = report(tmp_path)
    assert {(healing["name"], healing["outcome"], healing["before"], healing["after"]) for healing in written["healing"]} == {
        ("orders-to-obs", "healed", "ABNORMAL", "RUNNING"),
        ("connect", "healed", "FAILED", "RUNNING"),
    }
    assert written["totals"]["ok"] == 3
    assert "What this run did to heal" in (tmp_path / "dumping-report.html").read_text(encoding="utf-8")


def test_healing_keeps_to_its_limit_and_leaves_sink_tasks_alone(cloud: Local, play: Play, tmp_path: pathlib.Path) -> None:
    streams = [{"name": "orders", "tasks": [transfer_task(f"task-{number}", state="ABNORMAL") for number in range(4)]}]
    seed(cloud, streams, [instance("kafka-orders", sink_tasks=[sink_task("sink", status="ERROR")])])
    cloud.switch({"dms.store": "two"})
    played = play(
        PLAYBOOK,
        extra_vars={**JSON_ALONE, "dumping_report_directory": str(tmp_path), "dumping_report_heal": True, "dumping_report_heal_limit": 2},
    )
    assert played.code != 0
    outcomes = sorted((healing["name"], healing["outcome"]) for healing in report(tmp_path)["healing"])
    assert outcomes == [
        ("sink", "not_possible"),
        ("task-0", "healed"),
        ("task-1", "healed"),
        ("task-2", "over_limit"),
        ("task-3", "over_limit"),
    ]
    assert report(tmp_path)["totals"]["failed"] == 3
    assert len(cloud.requests(method="POST", path="/action$")) == 4


def test_what_cannot_be_healed_is_named_and_still_fails_the_run(estate: Local, play: Play, tmp_path: pathlib.Path) -> None:
    """One refuses to be paused; one is paused and does not run again, which is failed and not paused."""
    seed(estate, [], [instance("kafka-orders", smart_connect_tasks=[connect_task("stays"), connect_task("connect")])])
    for name in ("stays", "connect"):
        break_kafka_task(estate, name)
    (stays,) = [task["id"] for task in estate.state()["projects"][0]["dms"]["instances"][0]["tasks"] if task["name"] == "stays"]
    busy = {"refuse": {"status": 400, "code": "DMS.00400026", "text": "Busy."}}
    estate.fault(*({"match": {"method": "PUT", "path": path}, "count": -1, "do": busy} for path in (f"{stays}/pause$", "/resume$")))
    options = {
        **JSON_ALONE,
        "dumping_report_directory": str(tmp_path),
        "dumping_report_heal": True,
        "dumping_report_heal_wait_timeout": 3,
        "dumping_report_retry_budget": 0,
    }
    played = play(PLAYBOOK, extra_vars=options)
    assert played.code != 0
    healed = {done["name"]: done for done in report(tmp_path)["healing"]}
    assert {name: (done["outcome"], done["after"]) for name, done in healed.items()} == {
        "stays": ("failed", "FAILED"),
        "connect": ("failed", "PAUSED"),
    }
    assert "Could not be paused" in healed["stays"]["text"]
    assert "did not run again" in healed["connect"]["text"]
    assert report(tmp_path)["totals"]["failed"] == 2
    sent = [path for path in actions(estate) if "restart" in path or "resume" in path]
    assert sent == ["/instances/…/connector/tasks/…/resume"]


@pytest.mark.usefixtures("obs")
def test_whether_files_land(estate: Local, play: Play, tmp_path: pathlib.Path) -> None:
    old = {"create_time": 1700000000000}
    streams = [{"name": "orders", "tasks": [transfer_task("orders-to-obs", **old)]}]
    seed(estate, streams, [instance("kafka-orders", sink_tasks=[sink_task("waits", lag=30, **old), sink_task("rests", lag=0, **old)])])
    estate.switch({"dms.store": "two"})
    backend = s3_backends["123456789012"]["aws"]
    for bucket in ("obsbucket", "testobs"):
        backend.create_bucket(bucket, "us-east-1")
    backend.put_object("obsbucket", "some-file", b"0123456789")
    options = {**NO_TABLES, "dumping_report_directory": str(tmp_path), "dumping_report_landing": True}
    played = play(PLAYBOOK, extra_vars=options)
    assert played.code != 0
    assert {dump["name"]: dump["landing"]["verdict"] for dump in report(tmp_path)["dumps"]} == {
        "waits": "stuck",
        "rests": "quiet",
        "orders-to-obs": "landing",
    }
    assert decided(played) == "1 of 3 dumps needs you. 1 Kafka sink task runs, but no file lands: kafka-orders/waits."
    page = (tmp_path / "dumping-report.html").read_text(encoding="utf-8")
    assert "1 new file, 10\u202fB" in page


def test_many_places_are_in_one_report(estate: Local, play: Play, tmp_path: pathlib.Path) -> None:
    """Well, unreadable, and failed before its turn: page, JSON, metrics and the end of the run say the same."""
    other = "1" * 32
    estate.seed({"projects": [{"id": other, "dis": {"streams": [{"name": "geo", "tasks": [transfer_task("broken", state="ABNORMAL")]}]}}]})
    site = [
        {
            "hosts": "all",
            "gather_facts": False,
            "tasks": [
                {"ansible.builtin.fail": {"msg": "Not today."}, "when": "inventory_hostname == 'shop-af'"},
                {"ansible.builtin.include_role": {"name": "opendump.huaweicloud.dumping_report"}},
            ],
        }
    ]
    inventory = tmp_path / "inventory.json"
    here: dict[str, Any] = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    hosts = {"shop-af": here, "shop-eu": {**here, "dumping_project_id": other, "dumping_project_name": "shop"}, "shop-sg": here}
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    folder = tmp_path / "out"
    options = {**NO_TABLES, "dumping_report_directory": str(folder), "dumping_report_metrics": str(folder / "dumping.prom")}
    played = play(site, "-i", str(inventory), "--forks", "2", extra_vars=options)
    assert played.code != 0
    written = report(folder)
    assert {place["place"]: (place["ok"], place["read"], place["dumps"]) for place in written["places"]} == {
        "shop-af": (False, False, 0),
        "shop-eu": (False, True, 1),
        "shop-sg": (True, True, 3),
    }
    assert written["totals"]["dumps"] == 4
    page = (folder / "dumping-report.html").read_text(encoding="utf-8")
    assert "1 of 4 dumps in shop-eu needs you." in page
    assert "shop-af could not be read." in page
    metrics = (folder / "dumping.prom").read_text(encoding="utf-8")
    assert "opendump_report_ok 0" in metrics
    assert re.search(r'opendump_place_read\{place="shop-af".*\} 0', metrics)
    assert sorted(path.name for path in folder.iterdir()) == ["dumping-report.html", "dumping-report.json", "dumping.prom"]


def test_two_regions_of_which_one_is_broken_agree_every_time(estate: Local, play: Play, tmp_path: pathlib.Path) -> None:
    other = "1" * 32
    broken = {"streams": [{"name": "geo", "tasks": [transfer_task("broken", state="ABNORMAL"), transfer_task("fine")]}]}
    estate.seed({"projects": [{"id": other, "name": "ap-southeast-3", "dis": broken}]})
    here: dict[str, Any] = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    there = {"dumping_region": "ap-southeast-3", "dumping_project_id": other}
    inventory = tmp_path / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"shop-eu": here, "shop-sg": {**here, **there}}}}), encoding="utf-8")
    folder = tmp_path / "out"
    options = {"dumping_hosts": "all", "dumping_report_directory": str(folder), "dumping_report_metrics": str(folder / "dumping.prom")}
    made_at = set()
    for round_ in range(ROUNDS):
        played = play(PLAYBOOK, "-i", str(inventory), "--forks", "2", extra_vars=options)
        written = report(folder)
        page = (folder / "dumping-report.html").read_text(encoding="utf-8")
        metrics = (folder / "dumping.prom").read_text(encoding="utf-8")
        seen = {
            "exit": played.code,
            "json": (written["ok"], {place["place"]: (place["region"], place["ok"], place["dumps"]) for place in written["places"]}),
            "page": (
                re.findall(r"<h1>.*?<span>(.*?)</span></h1>", page),
                page.count('class="open-row"'),
                re.findall(r"<body class=\"(\w+)", page),
            ),
            "metrics": re.findall(r'^opendump_(?:report_ok|place_ok\{place="[\w-]+").*? (\d)$', metrics, re.MULTILINE),
            "broken": re.findall(r'opendump_dump_health\{.*name="broken".*region="(.*?)".*opendump_dump_health="failed"\} 1', metrics),
            "files": sorted(path.suffix[1:] for path in folder.iterdir()),
        }
        print("round %2d: %s" % (round_ + 1, seen))
        made_at.add(written["made_at"])
        assert seen == {
            "exit": 2,
            "json": (False, {"shop-eu": ("eu-west-101", True, 3), "shop-sg": ("ap-southeast-3", False, 2)}),
            "page": (["1 of 5 dumps in shop-sg needs you."], 5, ["bad"]),
            "metrics": ["0", "1", "0"],
            "broken": ["ap-southeast-3"],
            "files": sorted([*KINDS, "prom"]),
        }, played.text
        assert written["made_at"].replace("T", " ").replace("Z", " UTC") in page
    assert len(made_at) == ROUNDS, "each round wrote its own report"


@pytest.mark.usefixtures("estate")
def test_places_that_have_their_turn_one_after_the_other(play: Play, tmp_path: pathlib.Path) -> None:
    """In a play with serial the report is red until all have been read, and that decides nothing."""
    kept = {"ansible.builtin.command": {"cmd": f"cp {tmp_path}/dumping-report.json {tmp_path}/{{{{ inventory_hostname }}}}.json"}}
    role = {"ansible.builtin.include_role": {"name": "opendump.huaweicloud.dumping_report"}}
    site = [{"hosts": "all", "gather_facts": False, "connection": "local", "serial": 1, "tasks": [role, kept]}]
    played = play(site, "-i", "eu,sg,", extra_vars={**JSON_ALONE, "dumping_report_directory": str(tmp_path)})
    assert played.code == 0, played.text
    then, now = (json.loads((tmp_path / f"{host}.json").read_text(encoding="utf-8")) for host in ("eu", "sg"))
    assert [(place["place"], place["read"]) for place in then["places"]] == [("eu", True), ("sg", False)]
    assert (then["ok"], then["unreadable"][0]["msg"]) == (False, "Its turn in this play has not come yet.")
    assert [(place["place"], place["ok"], place["dumps"]) for place in now["places"]] == [("eu", True, 3), ("sg", True, 3)]
    assert now["ok"]


def test_records_say_which_topics_are_missing_and_how_long_data_waits(estate: Local, run: Run) -> None:
    break_transfer_task(estate)
    estate.seed(
        {
            "projects": [
                {"id": PROJECT, "dms": {"instances": [instance("other", smart_connect_tasks=[connect_task("typo", topics="topic-tset")])]}}
            ]
        }
    )
    estate.admin("DELETE", "requests")
    tasks = {task["name"]: task for task in run("dump_tasks_info")["tasks"]}
    assert {name: (task["topics_missing"], task["retention"]) for name, task in tasks.items()} == {
        "orders-to-obs": (None, 24 * 3600),
        "sink": ([], 72 * 3600),
        "connect": ([], 72 * 3600),
        "typo": (["topic-tset"], None),
    }
    assert len(estate.requests(method="GET", path="/topics$")) == 2, "one look at each instance, whatever kinds of tasks it holds"


def test_whatever_the_kind_a_task_that_is_not_well_says_why(cloud: Local, run: Run) -> None:
    streams = [{"name": "orders", "tasks": [transfer_task(name) for name in ("dis-well", "dis-ill")]}]
    sinks = [sink_task("sink-well"), sink_task("sink-ill")]
    connects = [connect_task("connect-well"), connect_task("connect-ill"), connect_task("connect-odd")]
    seed(cloud, streams, [instance("kafka-orders", sink_tasks=sinks, smart_connect_tasks=connects)])
    cloud.switch({"dms.store": "two", "dms.extra_fields": {"task": {"error_message": "NoSuchBucket", "error_count": 3, "tags": []}}})
    log = [{"createTimeStr": "2026-01-01 03:04:05", "state": "OK"}, {"createTimeStr": "2026-01-02 03:04:05", "reason": "bucket is gone"}]
    find = {"stream": "orders", "task": "dis-ill"}
    cloud.patch({"project": PROJECT, "service": "dis", "find": find, "status": "ABNORMAL", "set": {"log": log}})
    for name, status in (("sink-ill", "FAILED"), ("connect-ill", "ERROR"), ("connect-odd", "PONDERING")):
        break_kafka_task(cloud, name, status)
    cloud.admin("DELETE", "requests")
    explanations = {task["name"]: task["explanation"] for task in run("dump_tasks_info")["tasks"]}
    assert "bucket is gone" in explanations.pop("dis-ill")
    assert explanations == {
        **dict.fromkeys(("dis-well", "sink-well", "connect-well")),
        **dict.fromkeys(("sink-ill", "connect-ill", "connect-odd"), "error_message NoSuchBucket"),
    }
    assert len(cloud.requests(path="/transfertasklog/")) == 1, "one more request, for the one task that is not well"


def test_five_hundred_dumps_over_twenty_parents_in_one_module_call(cloud: Local, play: Play, tmp_path: pathlib.Path) -> None:
    streams = [
        {"name": f"stream-{stream}", "records": 5, "tasks": [transfer_task(f"s{stream}-{number}") for number in range(25)]}
        for stream in range(10)
    ]
    instances = [
        instance(f"kafka-{place}", smart_connect_tasks=[connect_task(f"c{place}-{number}", lag=number) for number in range(25)])
        for place in range(10)
    ]
    seed(cloud, streams, instances)
    cloud.switch({"dms.store": "two"})
    played = play(PLAYBOOK, extra_vars={**NO_TABLES, "dumping_report_directory": str(tmp_path)})
    assert played.code == 0, played.text
    assert decided(played) == "All 500 dumps are well."
    assert [task["task"].split(" : ")[-1] for task in played.tasks if "tasks" in task["result"]] == ["Gather all dumps in one call"]
    assert (tmp_path / "dumping-report.html").read_text(encoding="utf-8").count('class="open-row"') == 500
