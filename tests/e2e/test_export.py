# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From an estate to a file of variables and back: what was exported changes nothing where it came from, and makes the same elsewhere."""

from __future__ import annotations

import os
import pathlib
import re
import zlib
from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.filter.to_dumping_vars import to_dumping_vars
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.records import merge_twins
from huaweicloud_emulator.server import Local

from .conftest import INSTANCE, INSTANCE_NAME, PROJECT, Play, Run
from .test_sink_migration import DESCRIPTOR
from .test_smart_connect_task import DESTINATIONS as COPIES
from .test_transfer_task import DESTINATIONS as DUMPS
from .test_unknowns import CASES

EXPORT = "opendump.huaweicloud.export"
CONFIGURE = "opendump.huaweicloud.configure_dumping"
STREAMS = {f"stream-{number}": "JSON" if number == 4 else "BLOB" for number in range(5)}
INSTANCES = {f"kafka-{number}": f"{number}1111111-2222-3333-4444-555555555555" for number in range(2)}
# what nobody would name so, and everybody can
HOSTILE = "{{ lookup('pipe', 'touch pwned') }}"

# some of them, always the same; all where OPENDUMP_SOAK is set
CHOSEN = [case for case in CASES if os.environ.get("OPENDUMP_SOAK") or zlib.crc32(str(case).encode()) % 6 == 0]


def empty_estate() -> dict[str, Any]:
    topics = [{"name": "topic-test", "partitions": 1, "end_offsets": [7]}, {"name": "topic-other", "partitions": 1}]
    streams = [{"name": name, "partition_count": 1, "data_type": data} for name, data in STREAMS.items()]
    instances = [{"id": key, "name": name, "connector_enable": True, "topics": topics, "max_tasks": 40} for name, key in INSTANCES.items()]
    return {"projects": [{"id": PROJECT, "dis": {"streams": streams}, "dms": {"instances": instances}}]}


def fifty_tasks() -> dict[str, list[dict[str, Any]]]:
    """DIS to all five places, sink tasks, Smart Connect tasks of all kinds; every third one is paused where that can be."""
    transfers, connects, sinks = [], [], []
    for number in range(18):
        name = list(DUMPS)[number % len(DUMPS)]
        option, declared, _change = DUMPS[name]
        stream = "stream-4" if name == "obs json" else f"stream-{number % 4}"
        options = {**declared, **({"mrs_hdfs_path": HOSTILE} if option == "mrs" else {})}
        paused = {"state": "paused"} if number % 3 == 0 else {}
        transfers.append({"stream_name": stream, "task_name": f"dump-{number}", option: options, **paused})
    for number in range(20):
        declared, changed, _fields = list(COPIES.values())[number % len(COPIES)]
        paused = {"state": "paused"} if number % 3 == 0 else {}
        chosen = changed if number % 2 else declared
        connects.append({"instance_name": f"kafka-{number % 2}", "task_name": f"copy-{number}", **chosen, **paused})
    for number in range(12):
        which = {"topics_regex": "topic-.*"} if number % 4 == 0 else {"topics": ["topic-test", "topic-other"]}
        obs = {"obs_bucket_name": "testobs", "record_delimiter": ["newline", "comma", "none"][number % 3], "consumer_strategy": "earliest"}
        sinks.append({"instance_name": f"kafka-{number % 2}", "task_name": f"sink-{number}", **which, "obs": obs})
    return {"dis_transfer_tasks": transfers, "kafka_sink_tasks": sinks, "smart_connect_tasks": connects}


def fill(cloud: Local, run: Run, store: str = "two") -> int:
    cloud.reset()
    cloud.switch({"dms.store": store})
    cloud.seed(empty_estate())
    wanted = fifty_tasks()
    result = run("dump_tasks", **wanted)
    assert result.get("failed") is not True, result["msg"]
    return sum(map(len, wanted.values()))


def estate(run: Run) -> list[dict[str, Any]]:
    """Everything that is there but what a task gets at its birth."""
    result = run("dump_tasks_info")
    assert result["errors"] == []
    ignored = ("id", "created_at", "last_transfer_at", "partitions", "lag", "lag_source")
    tasks = [{key: value for key, value in task.items() if key not in ignored} for task in result["tasks"]]
    return sorted(tasks, key=lambda task: (task["kind"], task["parent"], task["name"]))


@pytest.mark.parametrize("store", ["one", "two"])
def test_round_trip_of_fifty_tasks(cloud: Local, run: Run, play: Play, tmp_path: pathlib.Path, store: str) -> None:
    number = fill(cloud, run, store)
    assert number == 50
    before = estate(run)
    assert {task["destination"]["kind"] for task in before} == {"obs", "mrs", "dli", "cloudtable", "dws", "kafka", "redis"}
    assert {task["health"] for task in before} == {"ok", "paused"}
    file = tmp_path / "estate.yml"
    exported = play(EXPORT, extra_vars={"dumping_export_file": str(file)})
    assert (exported.code, exported.recap["changed"]) == (0, 1), exported.text
    assert "[WARNING]" not in exported.text, exported.text
    assert exported.result("Say what")["msg"] == [f"{file}: 50 tasks"]
    assert file.stat().st_mode & 0o777 == 0o600
    again = play(EXPORT, extra_vars={"dumping_export_file": str(file)})
    assert (again.code, again.recap["changed"]) == (0, 0), again.text

    # a user who has not filled in a single secret
    without = {"OPENDUMP_OBS_ACCESS_KEY": None, "OPENDUMP_OBS_SECRET_KEY": None}
    applied = play(CONFIGURE, "-e", f"@{file}", env=without)
    assert (applied.code, applied.recap["changed"]) == (0, 0), applied.text
    assert applied.result("Configure all")["summary"]["unchanged"] == 50
    assert estate(run) == before
    assert not (tmp_path / "pwned").exists()


def test_exported_tasks_can_be_made_anew(cloud: Local, run: Run, play: Play, tmp_path: pathlib.Path) -> None:
    fill(cloud, run)
    before = estate(run)
    file = tmp_path / "estate.yml"
    assert play(EXPORT, extra_vars={"dumping_export_file": str(file), "dumping_export_by_name": True}).code == 0
    text = file.read_text(encoding="utf-8")
    assert "instance_id" not in text
    cloud.reset()
    cloud.switch({"dms.store": "two"})
    cloud.seed(empty_estate())
    variables = set(re.findall(r"lookup\('ansible\.builtin\.env', '(\w+)'\)", text))
    done = play(CONFIGURE, "-e", f"@{file}", env={name: f"filled-in-{name}" for name in variables})
    assert done.code == 0, done.text
    assert done.result("Configure all")["summary"]["created"] == 50
    assert estate(run) == before
    assert not (tmp_path / "pwned").exists()
    assert "filled-in" not in done.text


@pytest.mark.parametrize(("switch", "value"), CHOSEN, ids=str)
def test_round_trip_whatever_the_services_do(cloud: Local, run: Run, switch: str, value: Any) -> None:
    """What the contract leaves open is a switch: with each value, what was exported is accepted and changes nothing."""
    cloud.reset()
    cloud.switch({switch: value})
    cloud.seed(empty_estate())
    wanted = fifty_tasks()
    quick = {"wait_interval": 0.01, "wait_timeout": 2.0}
    run("dump_tasks", **{name: [{**task, **quick} for task in tasks[: len(DUMPS)]] for name, tasks in wanted.items()})
    there = run("dump_tasks_info")
    assert len(there["tasks"]) > len(DUMPS)  # with some values not all tasks can be made
    variables = to_dumping_vars(there, form="data")
    assert sum(map(len, variables.values())) == len(merge_twins(there["tasks"]))
    applied = run("dump_tasks", **{name.removeprefix("dumping_"): items for name, items in variables.items()})
    assert (applied.get("failed", False), applied["changed"]) == (False, False), applied


def test_tasks_of_one_name_are_told_by_their_ids(cloud: Local, run: Run) -> None:
    descriptor = {**DESCRIPTOR, "topics": "topic-test"}
    twins = [{"source_type": "BLOB", "task_name": "twin", "destination_type": "OBS", "obs_destination_descriptor": descriptor}] * 2
    document = empty_estate()
    document["projects"][0]["dms"]["instances"][0]["sink_tasks"] = twins
    cloud.reset()
    cloud.switch({"dms.store": "two"})
    cloud.seed(document)
    variables = to_dumping_vars(run("dump_tasks_info"), form="data")
    assert [set(entry) for entry in variables["dumping_kafka_sink_tasks"]] == [{"instance_id", "task_id", "topics", "obs"}] * 2
    applied = run("dump_tasks", kafka_sink_tasks=variables["dumping_kafka_sink_tasks"])
    assert (applied.get("failed", False), applied["summary"]["unchanged"]) == (False, 2), applied


def test_what_cannot_be_declared_is_said_and_ends_the_run(cloud: Local, play: Play, tmp_path: pathlib.Path) -> None:
    """The file is there, purge does not take what is not in it, and no sign of a name reaches the terminal."""
    lake = {"source_type": "NONE", "sink_type": "LAKE_SINK", "sink_task": {"lake": "\x1b[2J\u202e"}}
    answer = {"tasks": [{"task_name": "lake-\x9b", "id": "t-1", "status": "RUNNING", "topics": "a", **lake}], "total_number": 1}
    cloud.fault({"match": {"method": "GET", "path": "/connector/tasks"}, "count": -1, "do": {"status": 200, "headers": {}, "body": answer}})
    given = {"dumping_export_file": "estate.yml", "dumping_export_kinds": ["smart_connect_task"]}
    played = play(EXPORT, "-vvv", extra_vars=given)
    assert played.code == 2
    assert "lake-[U+009B]" in played.result("See whether all")["msg"]
    assert not set("\x1b\x9b\u202e") & set(played.text)
    assert 'dumping_purge_except:\n  - !unsafe "lake-\\x9B"' in (tmp_path / "estate.yml").read_text(encoding="utf-8")
    assert play(EXPORT, extra_vars={**given, "dumping_export_allow_left_out": "yes"}).code == 0


def test_purge_never_takes_what_an_export_left_out(cloud: Local, run: Run) -> None:
    """On every kind: here no service shows the bucket, without which no task can be declared."""
    cloud.switch({"dms.store": "two"})
    stream = {"stream_name": "newstream", "task_name": "dis", "obs": {"obs_bucket_path": "obsbucket"}}
    kafka = {"instance_id": INSTANCE, "topics": ["topic-test"], "obs": {"obs_bucket_name": "testobs"}}
    sink, connect = {**kafka, "task_name": "sink"}, {**kafka, "task_name": "connect"}
    run("dump_tasks", dis_transfer_tasks=[stream], kafka_sink_tasks=[sink], smart_connect_tasks=[connect])
    cloud.switch({"dis.never_shown": "obs_bucket_path", "dms.never_shown": "obs_bucket_name"})
    text = to_dumping_vars(run("dump_tasks_info"))
    assert len(re.findall(r"^# left out: ", text, re.MULTILINE)) == 3, text
    kept = re.findall(r'^  - !unsafe "(.+)"$', text.partition("dumping_purge_except:")[2], re.MULTILINE)
    assert sorted(kept) == ["connect", "dis", "sink"]
    purge = {"purge": True, "purge_match": ".", "purge_stream_names": ["newstream"], "purge_instance_names": [INSTANCE_NAME]}
    assert len(run("dump_tasks", check=True, **purge)["purged"]) == 3, "which it would take otherwise"
    spared = run("dump_tasks", **purge, purge_except=kept)
    assert (spared.get("failed", False), spared["changed"], spared["purged"]) == (False, False, []), spared


def test_check_mode_writes_nothing(cloud: Local, play: Play, tmp_path: pathlib.Path) -> None:
    for path in (tmp_path / "estate.yml", tmp_path / "not" / "yet" / "estate.yml"):
        played = play(EXPORT, check=True, extra_vars={"dumping_export_file": str(path)})
        assert (played.code, path.exists()) == (0, False), played.text
        assert played.result("Say what was exported")["msg"] == [f"{path}: 0 tasks would be written"]
    played = play(EXPORT, extra_vars={"dumping_export_file": "not/yet/estate.yml"})
    assert (played.code, path.exists()) == (0, True), played.text


def test_half_of_it_is_not_written(cloud: Local, run: Run, play: Play, tmp_path: pathlib.Path) -> None:
    fill(cloud, run)
    refusal = {"status": 403, "code": "DIS.4224", "text": "No right."}
    cloud.fault({"match": {"path": "/streams/stream-1/transfer-tasks"}, "count": -1, "do": {"refuse": refusal}})
    given = {"dumping_export_file": str(tmp_path / "estate.yml")}
    played = play(EXPORT, extra_vars=given)
    assert played.code == 2
    assert "DIS.4224" in played.result("Refuse a partial export")["msg"]
    assert not (tmp_path / "estate.yml").exists()
    (tmp_path / "estate.yml").write_text("mine: true\n", encoding="utf-8")
    narrow = play(EXPORT, extra_vars={**given, "dumping_export_stream_names": ["stream-0"], "dumping_export_kinds": ["dis_transfer_task"]})
    assert narrow.code == 0, narrow.text
    parents = re.findall(r'stream_name: !unsafe "(\S+)"', (tmp_path / "estate.yml").read_text(encoding="utf-8"))
    assert set(parents) == {"stream-0"}
    (kept,) = tmp_path.glob("estate.yml.*~")
    assert kept.read_text(encoding="utf-8") == "mine: true\n"
