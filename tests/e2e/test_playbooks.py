# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks, as users call them: by their names, with variables from files and inventories."""

from __future__ import annotations

import json
import pathlib
import re
import signal
import subprocess
import sys
from typing import Any

import pytest
import with_local_cloud
import yaml

from huaweicloud_emulator.server import Local

from .conftest import INSTANCE_NAME, Play, Run

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIGURE = "opendump.huaweicloud.configure_dumping"
REGIONS = ROOT / "docs" / "examples" / "regions" / "inventory.yml"


def test_nothing_declared_says_what_to_declare(cloud: Local, play: Play) -> None:
    played = play(CONFIGURE, extra_vars={"dumping_dis_transfer_tasks": ""})
    assert played.code == 2
    message = played.result("See whether anything is declared")["msg"]
    assert "Set at least one of dumping_dis_transfer_tasks" in message
    example = yaml.safe_load(re.search(r"^  dumping_.*?\n\n", message, re.MULTILINE | re.DOTALL)[0])  # type: ignore[index]
    assert example["dumping_smart_connect_tasks"][0]["obs"]
    assert cloud.requests() == []


def test_declared_tasks_are_configured_and_said(play: Play) -> None:
    transfer = {"stream_name": "newstream", "task_name": "newtask", "obs": {"obs_bucket_path": "obsbucket"}}
    connect = {"instance_name": INSTANCE_NAME, "task_name": "sc-1", "topics": ["topic-test"], "obs": {"obs_bucket_name": "testobs"}}
    declared = {"dumping_dis_transfer_tasks": [transfer], "dumping_smart_connect_tasks": [connect]}
    played = play(CONFIGURE, extra_vars=declared, check=True, diff=True)
    assert played.code == 0, played.text
    assert played.result("Say what was done")["msg"] == ["newstream/newtask: would create", f"{INSTANCE_NAME}/sc-1: would create"]
    assert "transfer task 'newtask'" in played.stdout
    assert played.recap["changed"] == 1


def test_nothing_to_do_is_no_failure(play: Play) -> None:
    """All lists are off, a survey answers with an empty list, the facts are skipped."""
    task = {"stream_name": "newstream", "task_name": "newtask", "obs": {"obs_bucket_path": "obsbucket"}}
    given = [
        {"dumping_dis_transfer_tasks": [task], "dumping_dis_transfer_tasks_enabled": False},
        {"dumping_dis_transfer_tasks": "[]"},
        {"dumping_dis_transfer_tasks": [task]},
    ]
    site = [{"import_playbook": CONFIGURE, "vars": variables} for variables in given]
    for arguments in ((), ("--skip-tags", "dumping_facts")):
        played = play(site, *arguments)
        assert played.code == 0, played.text
        messages = [entry["result"]["msg"] for entry in played.tasks if "Say what" in entry["task"]]
        assert messages[:2] == [[], []]
        assert messages[2] == ["newstream/newtask: as declared" if arguments else "newstream/newtask: create"]


def test_what_succeeded_is_said_and_counted_where_something_fails(cloud: Local, play: Play, run: Run) -> None:
    created = run("dis_transfer_task", stream_name="newstream", task_name="stray", obs={"obs_bucket_path": "obsbucket"})
    assert created["changed"], created
    task = {"stream_name": "newstream", "task_name": "newtask", "obs": {"obs_bucket_path": "obsbucket"}}
    lost = {**task, "stream_name": "no-such-stream"}
    played = play(CONFIGURE, extra_vars={"dumping_dis_transfer_tasks": [lost, task]})
    assert played.code == 2
    assert played.recap["changed"] == 1
    assert played.result("Report undeclared tasks")["msg"] == [
        "newstream/newtask: create",
        "1 task there is not declared; see purge (newstream/stray)",
    ]
    again = play(CONFIGURE, extra_vars={"dumping_dis_transfer_tasks": [task]})
    assert again.result("Say what was done")["msg"] == [
        "newstream/newtask: as declared",
        "1 task there is not declared; see purge (newstream/stray)",
    ]


def test_each_host_of_the_example_inventory_is_a_project_of_its_own(cloud: Local, play: Play) -> None:
    hosts: dict[str, Any] = yaml.safe_load(REGIONS.read_text(encoding="utf-8"))["dumping_projects"]["hosts"]
    topics = [{"name": "topic-obs-orders", "partitions": 3}]
    instances = [{"name": "kafka-orders", "connector_enable": True, "topics": topics}]
    cloud.seed(
        {
            "buckets": {host["archive_bucket"]: host["dumping_region"] for host in hosts.values()},
            "projects": [
                {
                    "id": host["dumping_project_id"],
                    "name": host["dumping_region"] + "_shop",
                    "agencies": ["dis_admin_agency"],
                    "dis": {"streams": [{"name": task["stream_name"]} for task in host.get("dumping_dis_transfer_tasks", [])]},
                    "dms": {"instances": instances},
                }
                for host in hosts.values()
            ],
        }
    )
    played = play(CONFIGURE, "-i", str(REGIONS), extra_vars={"dumping_hosts": "dumping_projects"})
    assert played.code == 0, played.text
    messages = {task["host"]: task["result"]["msg"] for task in played.tasks if "Say what" in task["task"]}
    assert messages == {
        "shop-eu": ["clicks/clicks-to-obs: create", "kafka-orders/orders-to-obs: create"],
        "shop-singapore": ["kafka-orders/orders-to-obs: create"],
    }
    posted = {re.search(r"/v2/(\w+)/", request["path"])[1] for request in cloud.requests(method="POST")}  # type: ignore[index]
    assert posted == {host["dumping_project_id"] for host in hosts.values()}


def test_watch_makes_three_reports_over_a_task_that_fails_loses_records_and_is_healed() -> None:
    """Since when, what was lost and what was healed are right to the second and the record."""
    done = subprocess.run([sys.executable, str(ROOT / "dev" / "watch.py")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    printed = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", done.stdout)
    for line in (
        "orders-to-obs has failed since TIME; 7 records were dropped; the service says:",
        "made TIME, exit status 2, metric opendump_report_ok 0, page .cache/watch/2-failed.html",
        "orders-to-obs: healed, ABNORMAL → RUNNING",
        "well again at TIME, having failed since TIME",
    ):
        assert line in printed, printed
    folder = ROOT / ".cache" / "watch"
    first, second, third = (json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("1-well", "2-failed", "3-healed"))
    failed, healed = ((folder / f"{name}.html").read_text("utf-8") for name in ("2-failed", "3-healed"))
    assert sorted(path.name for path in folder.iterdir() if "-" not in path.name) == ["dumping.prom"]

    assert "1 of 2 dumps needs you." in failed
    ill, well = second["dumps"]
    assert (ill["name"], ill["moved"]["since"], ill["moved"]["discarded"]) == ("orders-to-obs", first["made_at"], 7)
    assert {problem["what"]: problem["since"] for problem in ill["problems"]} == dict.fromkeys(("failed", "discard"), second["made_at"])
    assert (second["since"]["made_at"], second["since"]["dropped"]) == (first["made_at"], 7)
    assert "the bucket does not exist" in ill["explanation"] and well["explanation"] is None
    assert re.search(r"The service says:.*the bucket does not exist", failed)
    assert "7 records were dropped" in failed

    (recovered,) = third["since"]["recovered"]
    assert (recovered["name"], recovered["what"]) == ("orders-to-obs", ["failed"])
    assert (recovered["since"], recovered["seen_at"]) == (second["made_at"], third["made_at"])
    assert (third["since"]["made_at"], third["since"]["dropped"]) == (second["made_at"], 5)
    assert [(row["name"], row["before"], row["after"]) for row in third["healing"]] == [("orders-to-obs", "ABNORMAL", "RUNNING")]
    assert third["history"]["failed"] == [0, 1, 0]
    assert third["history"]["times"] == [first["made_at"], second["made_at"], third["made_at"]]
    assert next(dump for dump in third["dumps"] if dump["name"] == "orders-to-obs")["trend"]["health"] == "ofo"
    assert "failed since %s" % second["made_at"].replace("T", " ").replace("Z", " UTC") in healed


def test_demo_shows_what_is_there_and_keeps_the_cloud_until_it_is_interrupted() -> None:
    command = [sys.executable, "-u", str(ROOT / "dev" / "demo.py"), "--keep"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True) as demo:
        lines = []
        for line in demo.stdout or ():
            lines.append(line)
            if "export HW_SECRET_KEY" in line:
                break
        text = "".join(lines)
        address = re.search(r"the local cloud runs at (\S+)", text)
        up = bool(address) and with_local_cloud.answers(address[1])  # type: ignore[index]
        demo.send_signal(signal.SIGINT)
        text += demo.stdout.read() if demo.stdout else ""
        code = demo.wait(30)
    assert code == 0, text
    assert up, text
    assert not with_local_cloud.answers(address[1])  # type: ignore[index]
    assert "nothing changed in the second run" in text
    page = re.search(r"open the report in a browser: (\S+)", text)
    assert page, text
    assert "smart-connect-orders" in pathlib.Path(page[1]).read_text(encoding="utf-8")
    for task in ("newtask", "obsTransfer-1122976956", "smart-connect-1 ", "smart-connect-orders"):
        assert re.search(rf'"(DIS transfer|Kafka sink|Smart Connect) .*{task}', text), text
    assert "smart-connect-1: update obs.deliver_time_interval" in text
    assert "XXXX" not in text
    assert "WARNING" not in text


def test_demo_fails_when_the_second_run_changes_something(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "ansible-playbook"
    fake.write_text("#!/bin/sh\necho 'localhost : ok=5 changed=1 unreachable=0 failed=0'\n", encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    done = subprocess.run([sys.executable, str(ROOT / "dev" / "demo.py")], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "the second run changed something (changed=1)" in done.stderr


def test_the_last_task_of_a_stream_is_purged_though_nothing_is_declared(play: Play, run: Run, cloud: Local) -> None:
    run("dis_transfer_task", stream_name="newstream", task_name="last", obs={"obs_bucket_path": "obsbucket"})
    purge = {"dumping_purge": True, "dumping_purge_match": "^last$", "dumping_purge_stream_names": ["newstream"]}
    played = play("opendump.huaweicloud.configure_dumping", extra_vars=purge)
    assert played.code == 0, played.text
    assert played.result("Say what was done")["msg"] == ["newstream/last: delete (was not declared)"]
    assert run("dis_transfer_task_info", stream_name="newstream")["tasks"] == []
