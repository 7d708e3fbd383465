# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users get wrong, in every module and in the role: one clear message that says what to do, no traceback, no secret, no write."""

from __future__ import annotations

import copy
import json
import pathlib
import socket
from typing import Any

import pytest

from huaweicloud_emulator.server import Local

from ..conftest import ACCESS_KEY, CORE, INSTANCE, INSTANCE_NAME, SECRET_KEY, Play, Result, Run
from .selection import SOAK
from .tally import Tally

CANARY = "canary-of-a-user-0815"
# Ansible's own check of nested options repeats a wrong value from 2.18 on.
REPEATED = ["often"] if CORE >= (2, 18) else ["cannot be converted to an int"]
TRANSFER: dict[str, Any] = {"stream_name": "newstream", "task_name": "newtask", "obs": {"obs_bucket_path": "obsbucket"}}
KAFKA_OBS: dict[str, Any] = {"obs_bucket_name": "testobs", "access_key": "WRITERACCESSKEY00001", "secret_key": CANARY}
SINK: dict[str, Any] = {"instance_name": INSTANCE_NAME, "task_name": "sink-task", "topics": ["topic-test"], "obs": KAFKA_OBS}
CONNECT: dict[str, Any] = {"instance_id": INSTANCE, "task_name": "connect-task", "topics": ["topic-test"], "obs": KAFKA_OBS}
MIRROR: dict[str, Any] = {
    **{name: CONNECT[name] for name in ("instance_id", "task_name", "topics")},
    "kafka": {"direction": "pull", "bootstrap_servers": ["10.0.0.1:9092"]},
}
REDIS_SIDE: dict[str, Any] = {"redis_address": ["10.0.0.1:6379"], "redis_type": "standalone"}
OBS_KEYS = {"obs_access_key": "WRITERACCESSKEY00001", "obs_secret_key": CANARY}
DECLARED: dict[str, Any] = {"dis_transfer_tasks": [TRANSFER], "kafka_sink_tasks": [SINK], "smart_connect_tasks": [CONNECT]}
# One right call of each module.
RIGHT: dict[str, dict[str, Any]] = {
    "dis_transfer_task": TRANSFER,
    "dis_transfer_task_info": {"stream_name": "newstream"},
    "kafka_sink_task": SINK,
    "kafka_sink_task_info": {"instance_name": INSTANCE_NAME},
    "smart_connect_task": CONNECT,
    "smart_connect_task_info": {"instance_id": INSTANCE},
    "smart_connect": {"instance_name": INSTANCE_NAME},
    "dump_tasks": DECLARED,
    "dump_tasks_info": {},
    "kafka_sink_migration": {"instance_names": [INSTANCE_NAME], "policy": "gap_free", "state_file": "state.json"},
}
NO_CREDENTIALS = dict.fromkeys(("HW_ACCESS_KEY", "HW_SECRET_KEY"))
# Who asks, and whom: the same in every module. Changes of the options, changes of the environment, and what the message says.
EVERYWHERE: dict[str, tuple[dict[str, Any], dict[str, str | None], list[str]]] = {
    "an unknown option": ({"task_nmae": CANARY}, {}, ["task_nmae", "Supported parameters"]),
    "no credentials": ({}, NO_CREDENTIALS, ["access_key", "HW_ACCESS_KEY"]),
    "a key without its secret": ({}, {"HW_SECRET_KEY": None}, ["HW_SECRET_KEY is not", "Set the other one too"]),
    "a wrong secret": ({"access_key": ACCESS_KEY, "secret_key": CANARY}, {}, ["signature", "secret_key"]),
    "an unknown key": ({"access_key": "NOSUCHKEY00000000001", "secret_key": CANARY}, {}, ["access_key"]),
    "a token that is none": ({"auth_token": CANARY}, NO_CREDENTIALS, ["auth_token"]),
    "a wrong password": (
        {"user_name": "opendump", "user_password": CANARY, "domain_name": "opendump"},
        NO_CREDENTIALS,
        ["user_password"],
    ),
    "a user without an account": ({"user_name": "opendump", "user_password": CANARY}, NO_CREDENTIALS, ["domain_name"]),
    "an unknown project": ({"project_id": "0" * 32}, {}, ["project"]),
    "an unknown project name": ({"project_name": "nowhere"}, {"HW_PROJECT_ID": None}, ["project", "nowhere"]),
    "an unknown profile": ({"profile": "nowhere"}, NO_CREDENTIALS, ["profile", "nowhere"]),
    "a config file that is not there": ({"config_file": "/nowhere/config.json"}, NO_CREDENTIALS, ["/nowhere/config.json"]),
    "neither region nor endpoint": (
        {},
        dict.fromkeys(("HW_REGION_NAME", "HW_DIS_ENDPOINT", "HW_DMS_ENDPOINT", "HW_IAM_ENDPOINT")),
        ["region", "HW_REGION_NAME"],
    ),
    "an endpoint that is no URL": ({"dis_endpoint": "http://", "dms_endpoint": "http://"}, {}, ["_endpoint"]),
    "a service that is down": ({}, {}, ["nothing listens there", "_endpoint"]),
    "a CA file that is not there": ({"ca_path": "/nowhere/ca.pem"}, {}, ["ca_path", "/nowhere/ca.pem"]),
    "no time for a request": ({"request_timeout": 0}, {}, ["request_timeout is 0", "more than 0"]),
    "a negative budget": ({"retry_budget": -1}, {}, ["retry_budget is -1", "0 or more"]),
    "a budget that is no number": ({"retry_budget": "often"}, {}, ["retry_budget", "float"]),
}


def obs(options: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**options, "obs": {**options["obs"], **changes}}


def without(options: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in names}


def items(**lists: Any) -> dict[str, Any]:
    return {**copy.deepcopy(DECLARED), **lists}


# What is wrong with the tasks themselves.
OWN: list[tuple[str, str, dict[str, Any], list[str]]] = [
    *(
        row
        for module, right in (("kafka_sink_task", SINK), ("smart_connect_task", CONNECT))
        for row in (
            (module, "topics and topics_regex", {**right, "topics_regex": "a.*"}, ["topics|topics_regex"]),
            (module, "no topics", without(right, "topics"), ["topics", "topics_regex"]),
            (module, "a topic that is none", {**right, "topics": ["a b"]}, ["topics", "a b"]),
            (module, "interval 29", obs(right, deliver_time_interval=29), ["deliver_time_interval is 29, allowed is 30 to 900 seconds"]),
            (module, "interval 901", obs(right, deliver_time_interval=901), ["deliver_time_interval is 901, allowed is 30 to 900"]),
            (module, "interval in words", obs(right, deliver_time_interval="often"), ["deliver_time_interval", *REPEATED]),
            (module, "a long name", {**right, "task_name": "n" * 65}, ["task_name", "64"]),
            (module, "a name of odd signs", {**right, "task_name": "a/b c"}, ["task_name is 'a/b c'"]),
            (module, "no name", without(right, "task_name"), ["task_name", "task_id"]),
            (module, "a name and an ID", {**right, "task_id": "4711"}, ["task_name|task_id"]),
            (module, "two instances", {**right, "instance_name": "a", "instance_id": "b"}, ["instance_id", "instance_name"]),
            (module, "no instance", without(right, "instance_name", "instance_id"), ["instance_id", "instance_name"]),
            (module, "no bucket", {**right, "obs": without(right["obs"], "obs_bucket_name")}, ["obs_bucket_name"]),
            (module, "a bucket in capitals", obs(right, obs_bucket_name="LANDING"), ["obs_bucket_name", "LANDING"]),
            (module, "an unknown partition format", obs(right, partition_format="dd.MM.yyyy"), ["partition_format", "yyyy/MM/dd"]),
            (module, "an unknown delimiter", obs(right, record_delimiter="hash"), ["record_delimiter", "newline"]),
            (module, "an unknown member", obs(right, bucket=CANARY), ["obs", "bucket", "Supported parameters"]),
            (module, "an unknown state", {**right, "state": "stopped"}, ["state", "present", "absent"]),
            (module, "no destination", without(right, "obs"), ["destination", "obs"]),
            (module, "no time to wait", {**right, "wait_timeout": 0}, ["wait_timeout is 0.0, allowed is more than 0 seconds"]),
            (module, "an instance that is not there", {**without(right, "instance_id"), "instance_name": "nowhere"}, ["nowhere"]),
            (
                module,
                "an ID that is not there",
                {**without(right, "task_name"), "task_id": "4711"},
                ["no", "with the ID '4711'", "there are"],
            ),
        )
    ),
    ("kafka_sink_task", "every topic", {**without(SINK, "topics"), "topics_regex": ".*"}, ["topics_regex is '.*'"]),
    ("kafka_sink_task", "paused", {**SINK, "state": "paused"}, ["state", "present", "absent"]),
    ("kafka_sink_task", "a connector and an instance", {**SINK, "connector_id": "c"}, ["connector_id", "instance_name"]),
    ("smart_connect_task", "two destinations", {**CONNECT, "kafka": MIRROR["kafka"]}, ["obs", "kafka", "redis"]),
    ("smart_connect_task", "a mirror from nowhere", {**MIRROR, "kafka": {"direction": "pull"}}, ["instance_id", "bootstrap_servers"]),
    ("smart_connect_task", "a mirror without direction", {**MIRROR, "kafka": {"instance_id": "i"}}, ["direction"]),
    (
        "smart_connect_task",
        "a mirror that cannot log in",
        {**MIRROR, "kafka": {**MIRROR["kafka"], "security_protocol": "SASL_SSL", "sasl_mechanism": "PLAIN", "user_name": "u"}},
        ["password"],
    ),
    ("smart_connect_task", "redis without a sink", {**without(CONNECT, "obs"), "redis": {"source": REDIS_SIDE}}, ["sink"]),
    ("dis_transfer_task", "no stream", without(TRANSFER, "stream_name"), ["stream_name"]),
    ("dis_transfer_task", "a stream that is not there", {**TRANSFER, "stream_name": "nowhere"}, ["nowhere", "DIS.4301"]),
    ("dis_transfer_task", "no name", without(TRANSFER, "task_name"), ["task_name"]),
    ("dis_transfer_task", "a long name", {**TRANSFER, "task_name": "n" * 65}, ["task_name", "64"]),
    ("dis_transfer_task", "an empty name", {**TRANSFER, "task_name": ""}, ["task_name"]),
    ("dis_transfer_task", "interval 29", obs(TRANSFER, deliver_time_interval=29), ["is 29, allowed is 30 to 900 seconds"]),
    ("dis_transfer_task", "a schema without its member", obs(TRANSFER, processing_schema={"timestamp_name": "t"}), ["timestamp_type"]),
    ("dis_transfer_task", "two destinations", {**TRANSFER, "dws": {}}, ["obs", "dws"]),
    ("dis_transfer_task", "parquet from a stream of bytes", obs(TRANSFER, destination_file_type="parquet"), ["JSON", "newstream"]),
    ("dis_transfer_task", "an unknown member", obs(TRANSFER, bucket=CANARY), ["bucket", "Supported parameters"]),
    ("dis_transfer_task", "a name that is not there, paused", {**without(TRANSFER, "obs"), "state": "paused"}, ["no transfer task", "obs"]),
    ("dis_transfer_task_info", "a stream that is not there", {"stream_name": "nowhere"}, ["nowhere", "DIS.4301"]),
    ("kafka_sink_task_info", "an instance that is not there", {"instance_name": "nowhere"}, ["nowhere"]),
    ("smart_connect_task_info", "an instance that is not there", {"instance_id": "nowhere"}, ["nowhere"]),
    ("smart_connect_task_info", "a name and an ID", {"instance_id": INSTANCE, "task_name": "a", "task_id": "b"}, ["task_name|task_id"]),
    ("smart_connect", "no instance", {}, ["instance_id", "instance_name"]),
    ("smart_connect", "one node", {"instance_name": INSTANCE_NAME, "node_cnt": 1}, ["node_cnt is 1, allowed is 2 or more"]),
    ("smart_connect", "an instance that is not there", {"instance_name": "nowhere"}, ["nowhere"]),
    ("dump_tasks", "purge of anything", {**DECLARED, "purge": True}, ["purge_match"]),
    ("dump_tasks", "purge of an empty pattern", {**DECLARED, "purge": True, "purge_match": ""}, ["purge_match"]),
    ("dump_tasks", "a pattern that is none", {**DECLARED, "purge": True, "purge_match": "("}, ["purge_match is no regular expression"]),
    ("dump_tasks", "nobody at work", {**DECLARED, "parallelism": 0}, ["parallelism is 0, allowed is 1 or more"]),
    ("dump_tasks", "one task twice", items(dis_transfer_tasks=[TRANSFER, TRANSFER]), ["Declared twice", "newtask"]),
    ("dump_tasks", "an item that is a text", items(kafka_sink_tasks=["sink"]), ["kafka_sink_tasks[0]", "no mapping"]),
    (
        "dump_tasks",
        "a wrong item",
        items(dis_transfer_tasks=[obs(TRANSFER, deliver_time_interval=29)]),
        ["dis_transfer_tasks[0] (newtask)"],
    ),
    ("dump_tasks", "an unknown option of an item", items(kafka_sink_tasks=[{**SINK, "secret_kye": CANARY}]), ["secret_kye"]),
    ("dump_landing_info", "no tasks", {}, ["tasks"]),
    ("dump_landing_info", "an unknown option", {"tasks": [], "secret_kye": CANARY}, ["secret_kye", "Supported parameters"]),
    ("dump_landing_info", "a time that is none", {"tasks": [], "since": "lately", **OBS_KEYS}, ["since", "lately"]),
    ("dump_landing_info", "an unknown time zone", {"tasks": [], "time_zone": "Nowhere", **OBS_KEYS}, ["time_zone", "Nowhere"]),
    ("kafka_sink_migration", "no policy", {"instance_names": [INSTANCE_NAME], "state_file": "s.json"}, ["policy"]),
    ("kafka_sink_migration", "no state file", {"instance_names": [INSTANCE_NAME], "policy": "gap_free"}, ["state_file"]),
    ("dump_tasks_info", "a pattern that is none", {"name_pattern": "("}, ["name_pattern is no regular expression"]),
    ("dump_tasks_info", "a health that is none", {"health": ["well"]}, ["health", "failed"]),
    ("dump_tasks_info", "an instance that is not there", {"instance_names": ["nowhere"]}, ["nowhere"]),
]


def judge(result: Result, cloud: Local, says: list[str]) -> None:
    shown = json.dumps(result, ensure_ascii=False)
    message = result.get("msg", "")
    assert result.get("failed") and not result.get("changed"), shown
    assert all(word in message for word in says), message
    assert 20 < len(message) < 3000, message
    assert "Traceback" not in shown and "exception" not in result and "should not happen" not in message, shown
    assert CANARY not in shown and SECRET_KEY not in shown, shown
    assert [entry["path"] for entry in cloud.requests() if entry["method"] != "GET" and not entry["path"].endswith("/auth/tokens")] == []


def tried(tally: Tally, result: Result, cloud: Local, says: list[str]) -> None:
    try:
        judge(result, cloud, says)
    except BaseException:
        tally.bad_input(False)
        raise
    tally.bad_input(True)


@pytest.fixture
def nowhere() -> str:
    """A URL where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize("wrong", EVERYWHERE)
@pytest.mark.parametrize("module", RIGHT)
def test_who_asks_and_whom(
    run: Run, cloud: Local, tally: Tally, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path, nowhere: str, module: str, wrong: str
) -> None:
    options, environment, says = EVERYWHERE[wrong]
    for name, value in environment.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", "/nowhere")
    monkeypatch.chdir(tmp_path)
    places = {"dis_endpoint": nowhere, "dms_endpoint": nowhere} if wrong == "a service that is down" else {}
    result = run(module, **{**RIGHT[module], "retry_budget": 0.2, **options, **places})
    tried(tally, result, cloud, says)


@pytest.mark.parametrize(("module", "wrong", "options", "says"), OWN, ids=[f"{row[0]}-{row[1]}".replace(" ", "_") for row in OWN])
def test_what_is_declared(run: Run, cloud: Local, tally: Tally, module: str, wrong: str, options: dict[str, Any], says: list[str]) -> None:
    for check in (True, False):
        tried(tally, run(module, check=check, **options), cloud, says)


# the same by way of the role, as a user meets it

ROLE: dict[str, tuple[dict[str, Any], dict[str, str | None], list[str]]] = {
    "a wrong secret": ({}, {"HW_SECRET_KEY": CANARY}, ["signature", "secret_key"]),
    "no credentials": ({}, NO_CREDENTIALS, ["HW_ACCESS_KEY"]),
    "interval 29": ({"dumping_dis_transfer_tasks": [obs(TRANSFER, deliver_time_interval=29)]}, {}, ["is 29, allowed is 30 to 900"]),
    "a misspelt secret": ({"dumping_kafka_sink_tasks": [{**SINK, "secret_kye": CANARY}]}, {}, ["secret_kye"]),
    "topics and topics_regex": ({"dumping_kafka_sink_tasks": [{**SINK, "topics_regex": "a.*"}]}, {}, ["topics|topics_regex"]),
}
SOME = ("a wrong secret", "a misspelt secret")


@pytest.mark.parametrize("wrong", [name for name in ROLE if SOAK or name in SOME])
def test_the_role(play: Play, cloud: Local, tally: Tally, wrong: str) -> None:
    changes, environment, says = ROLE[wrong]
    variables = {f"dumping_{name}": tasks for name, tasks in DECLARED.items()} | changes
    role = {"hosts": "localhost", "gather_facts": False, "roles": ["opendump.huaweicloud.dumping"], "vars": variables}
    played = play([role], "-vvv", env=environment)
    assert played.code == 2, played.text
    heard = played.text + json.dumps(played.tasks)
    assert CANARY not in heard and "Traceback" not in heard and "should not happen" not in heard, heard
    tried(tally, {"changed": False, **played.result("Configure all dump tasks"), "failed": True}, cloud, says)
