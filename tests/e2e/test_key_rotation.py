# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys are rotated in place, and what is said of the old one is true: what is proven goes on when it is revoked."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from in_process import read_printed

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.transport import Transport
from ansible_collections.opendump.huaweicloud.plugins.module_utils._rotation import run as rotation_run
from huaweicloud_emulator.server import Local

from .bucket_server import BucketServer, serve_buckets
from .conftest import PROJECT, Play, Result, Run
from .reliability.selection import SOAK, chosen

OLD = {"access": "OLDWRITERKEY00000001", "secret": "old-writer-secret-key-0001"}
NEW = {"access": "NEWWRITERKEY00000002", "secret": "new-writer-secret-key-0002"}
NAMES = ["kafka-a", "kafka-b", "kafka-c", "kafka-d", "kafka-e", "kafka-f"]
IDS = {name: "%d1111111-2222-3333-4444-555555555555" % number for number, name in enumerate(NAMES, 1)}
CHECK = "opendump-rotation-check"
Rotate = Callable[..., Result]


OWN = {
    "access_key": OLD["access"],
    "secret_key": OLD["secret"],
    "consumer_strategy": "latest",
    "destination_file_type": "TEXT",
    "obs_bucket_name": "archive",
    "partition_format": "yyyy/MM/dd/HH/mm",
    "deliver_time_interval": 30,
}


def smart_connect_task(name: str, topic: str = "busy", status: str = "RUNNING", **fields: Any) -> dict[str, Any]:
    sink = {**OWN, "obs_path": name, "record_delimiter": "\\n", **fields}
    sink = {key: value for key, value in sink.items() if value is not None}
    return {"task_name": name, "status": status, "topics": topic, "source_type": "NONE", "sink_type": "OBS_SINK", "sink_task": sink}


def sink_task(name: str) -> dict[str, Any]:
    own = {**OWN, "topics": "busy", "obs_path": name, "record_delimiter": "\n"}
    return {"task_name": name, "source_type": "BLOB", "destination_type": "OBS", "obs_destination_descriptor": own}


def instance(name: str, tasks: list[dict[str, Any]], sinks: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    topics = [{"name": "busy", "partitions": 1, "messages_per_second": 200}, {"name": "quiet", "partitions": 1}]
    return {
        "id": IDS[name],
        "name": name,
        "connector_enable": True,
        "topics": topics,
        "smart_connect_tasks": tasks,
        "sink_tasks": sinks or [],
    }


def document(*instances: dict[str, Any]) -> dict[str, Any]:
    return {
        "projects": [{"id": PROJECT, "dms": {"instances": list(instances)}}],
        "writer_keys": [OLD, NEW],
        "buckets": ["archive", "other"],
    }


def forty() -> dict[str, Any]:
    """Forty tasks on six instances: one paused, one quiet, one sink task, two on an instance whose service ignores secrets."""
    plain = {name: [smart_connect_task("%s-%d" % (name, number)) for number in range(7)] for name in NAMES[:5]}
    plain["kafka-a"].append(smart_connect_task("paused", status="PAUSED"))
    plain["kafka-b"].append(smart_connect_task("quiet", "quiet"))
    plain["kafka-f"] = [smart_connect_task("ignored-%d" % number) for number in range(2)]
    return document(*(instance(name, plain[name], [sink_task("sink")] if name == "kafka-c" else None) for name in NAMES))


def ignore_secrets_on(local: Local, name: str) -> None:
    """Modify accepts and ignores secrets on this instance, and on no other. Smart Connect does not show sink tasks."""
    local.switch({"dms.store": "two"})
    ways = ((IDS[name], "ignored"), ("connector/tasks/", "accepted"))
    local.fault(
        *(
            {"match": {"method": "PUT", "path": "%s.*[^/]{36}$" % where}, "count": -1, "do": {"switch": {"dms.modify_secrets": value}}}
            for where, value in ways
        )
    )


@pytest.fixture(scope="module")
def buckets(local: Local) -> Iterator[tuple[BucketServer, str]]:
    with serve_buckets(local) as served:
        yield served


@pytest.fixture
def rotate(cloud: Local, run: Run, buckets: tuple[BucketServer, str], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Rotate:
    cloud.reset()
    # the local cloud delivers at once: what has delivered nothing two seconds after its write has nothing to deliver
    monkeypatch.setattr(rotation_run, "LATE", -28.0)

    def call(**options: Any) -> Result:
        given = {
            "new_access_key": NEW["access"],
            "new_secret_key": NEW["secret"],
            "state_file": str(tmp_path / "rotation.json"),
            "obs_endpoint": buckets[1],
            "delivery_timeout": 40,
            "wait_interval": 0.2,
            "parallelism": 1,
            **options,
        }
        result = run("dump_key_rotation", **given)
        assert not secrets_in(json.dumps(result)), result
        state = tmp_path / "rotation.json"
        assert not state.exists() or not secrets_in(state.read_text(encoding="utf-8"))
        return result

    return call


def secrets_in(text: str) -> list[str]:
    return [value for pair in (OLD, NEW) for value in pair.values() if value in text]


def tasks_of(local: Local) -> dict[str, dict[str, Any]]:
    """All Kafka tasks of the project by name."""
    (project,) = [row for row in local.state()["projects"] if row["id"] == PROJECT]
    return {task["name"]: task for row in project["dms"]["instances"] for task in row["tasks"]}


def writes(local: Local) -> list[str]:
    """What was changed, each as method and path."""
    return ["%s %s" % (entry["method"], entry["path"]) for entry in local.requests(service="dms") if entry["method"] != "GET"]


def revoke(local: Local, access: str = OLD["access"]) -> set[str]:
    """Revoke a key, let everything deliver; the tasks that then fail."""
    local.admin("PATCH", "writer_keys", {access: {"status": "revoked"}})
    local.admin("PUT", "clock", {"offset_seconds": 60})
    local.admin("POST", "deliver")
    return {name for name, task in tasks_of(local).items() if task["status"] == "ABNORMAL"}


def verdicts(result: Result) -> dict[str, str]:
    return {task["name"]: task["verdict"] for task in result["tasks"]}


def key_of(task: dict[str, Any]) -> str:
    """Which pair a task holds, old or new."""
    digests = {hashlib.sha256(pair["access"].encode()).hexdigest(): name for name, pair in (("old", OLD), ("new", NEW))}
    return digests[task["secrets_sha256"]["access_key"]]


EXPECTED = {"paused": "written", "quiet": "written", "sink": "cannot", "ignored-0": "cannot", "ignored-1": "cannot"}


def check_forty(local: Local, result: Result) -> None:
    """The end of a rotation of the forty, whatever came before."""
    assert result["failed"] is True
    text = verdicts(result)
    assert len(text) == 40
    assert {name: verdict for name, verdict in text.items() if verdict != "proven"} == EXPECTED, result["lines"]
    assert result["msg"].startswith("Do not revoke the old key yet: 5 tasks are not proven: ")
    assert all(name in result["msg"] for name in EXPECTED)
    there = tasks_of(local)
    assert CHECK not in there
    assert {name for name, task in there.items() if key_of(task) == "old"} == {"sink", "ignored-0", "ignored-1"}
    assert there["paused"]["status"] == "PAUSED"
    failing = revoke(local)
    assert failing == {"sink", "ignored-0", "ignored-1"}
    assert failing <= set(EXPECTED)


def test_forty_tasks_and_what_is_said_of_the_old_key_is_true(cloud: Local, rotate: Rotate) -> None:
    cloud.seed(forty())
    ignore_secrets_on(cloud, "kafka-f")
    result = rotate()
    assert result["changed"] is True
    assert "use it, or the key is not allowed to write" in next(line for line in result["lines"] if "ignored-0" in line)
    assert "It is paused" in next(line for line in result["lines"] if "/paused" in line)
    assert "Nothing to deliver yet" in next(line for line in result["lines"] if "/quiet" in line)
    sink = next(line for line in result["lines"] if "/sink" in line)
    assert "playbook migrate" in sink and "'latest' leaves out" in sink
    # one instance after the other, and nothing twice
    puts = [
        path.split("/instances/")[1][:36] for path in writes(cloud) if path.startswith("PUT") and path.rpartition("/")[2].count("-") == 4
    ]
    by_parent = [name for number, name in enumerate(puts) if number == 0 or puts[number - 1] != name]
    assert len(by_parent) == 12, "six check tasks, then six groups of tasks"
    written = len(writes(cloud))
    again = rotate()
    assert again["changed"] is False
    assert [path for path in writes(cloud)[written:] if IDS["kafka-f"] not in path] == [], "what was proven is not touched again"
    check_forty(cloud, again)


@contextlib.contextmanager
def start_module(environment: dict[str, str], folder: pathlib.Path, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """The module in a process of its own, as Ansible runs it."""
    given = {
        "new_access_key": NEW["access"],
        "new_secret_key": NEW["secret"],
        "state_file": str(folder / "rotation.json"),
        "wait_interval": 0.2,
        **options,
    }
    arguments = folder / "options.json"
    arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": {**given, "_ansible_remote_tmp": str(folder)}}), encoding="utf-8")
    code = "from ansible_collections.opendump.huaweicloud.plugins.modules import dump_key_rotation; dump_key_rotation.main()"
    settings = {**os.environ, **environment, "PYTHONPATH": os.environ["ANSIBLE_COLLECTIONS_PATH"]}
    command = [sys.executable, "-c", code, str(arguments)]
    with subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process


class Killed(BaseException):
    """As if the process had been killed: nothing is caught, nothing is cleared away."""


@pytest.fixture
def kill_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let that many requests be answered, and no more; -1 for no limit. Counts in ``kill_after.count``."""
    real = Transport.exchange
    left = {"requests": -1, "count": 0}

    def exchange(self: Transport, *arguments: Any, **more: Any) -> Any:
        reply = real(self, *arguments, **more)
        left["count"] += 1
        left["requests"] -= 1
        if left["requests"] == 0:
            raise Killed
        return reply

    monkeypatch.setattr(Transport, "exchange", exchange)

    def set_limit(number: int) -> int:
        count, left["requests"], left["count"] = left["count"], number, 0
        return count

    return set_limit


def small() -> dict[str, Any]:
    """The same variety on two instances."""
    first = [smart_connect_task("dump-a"), smart_connect_task("dump-b"), smart_connect_task("paused", status="PAUSED")]
    return document(
        instance("kafka-a", [*first, smart_connect_task("quiet", "quiet")], [sink_task("sink")]),
        instance("kafka-f", [smart_connect_task("ignored-0"), smart_connect_task("ignored-1")]),
    )


@pytest.mark.timeout(0 if SOAK else 300)  # hundreds of runs where all is tried
@pytest.mark.parametrize("estate", [small, *([forty] if SOAK else [])])
def test_killed_after_any_request_it_comes_to_the_same_end(
    cloud: Local,
    rotate: Rotate,
    kill_after: Callable[[int], int],
    tmp_path: pathlib.Path,
    estate: Callable[[], dict[str, Any]],
) -> None:
    patience = 400  # a busy machine shall not be taken for a quiet task
    state = tmp_path / "rotation.json"

    def begin() -> None:
        cloud.reset()
        cloud.seed(estate())
        ignore_secrets_on(cloud, "kafka-f")
        state.unlink(missing_ok=True)

    begin()
    kill_after(-1)
    rotate(delivery_timeout=patience)
    total = kill_after(-1)
    every = [number for number in range(1, total) if chosen(f"rotation-{number}", 1)]
    tried = every if SOAK else range(9, total, total // 4)
    for number in tried:
        begin()
        kill_after(number)
        with contextlib.suppress(Killed):  # how often it looks is a matter of time
            rotate(delivery_timeout=patience)
        noted = json.loads(state.read_text())["tasks"].values() if state.exists() else []
        proven = {entry["name"] for entry in noted if entry.get("proven_at")}
        kill_after(-1)
        before = len(writes(cloud))
        result = rotate(delivery_timeout=patience)
        assert {name: verdict for name, verdict in verdicts(result).items() if verdict != "proven"} == EXPECTED, (number, result["lines"])
        there = tasks_of(cloud)
        touched = {name for name, task in there.items() if any(path.endswith(task["id"]) for path in writes(cloud)[before:])}
        assert not touched & proven, number
        assert CHECK not in there, number
        assert revoke(cloud) == {"sink", "ignored-0", "ignored-1"}, number


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_a_process_that_is_ended_in_the_middle_is_gone_on_with(
    number: signal.Signals,
    cloud: Local,
    rotate: Rotate,
    environment: dict[str, str],
    buckets: tuple[BucketServer, str],
    tmp_path: pathlib.Path,
) -> None:
    """Ended while it writes, which a slow answer makes sure of."""
    cloud.seed(small())
    ignore_secrets_on(cloud, "kafka-f")
    (victim,) = [task["id"] for name, task in tasks_of(cloud).items() if name == "dump-b"]
    cloud.fault({"match": {"method": "PUT", "path": "%s$" % victim}, "when": "after", "do": {"hang": 5}})
    with start_module(environment, tmp_path, obs_endpoint=buckets[1]) as process:
        deadline = time.monotonic() + 60
        while key_of(tasks_of(cloud)["dump-b"]) != "new" and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
    printed = read_printed(stdout or "{}")
    assert not secrets_in(json.dumps(printed) + stderr)
    if number == signal.SIGKILL:
        assert process.returncode == -number and CHECK in tasks_of(cloud), (stdout, stderr)
    else:
        assert printed["old_key_can_be_revoked"] is False, (printed, stderr)
    result = rotate()
    assert {name: verdict for name, verdict in verdicts(result).items() if verdict != "proven"} == EXPECTED, result["lines"]
    assert CHECK not in tasks_of(cloud)
    assert revoke(cloud) == {"sink", "ignored-0", "ignored-1"}


def test_a_new_key_that_is_refused_gets_into_no_task(cloud: Local, rotate: Rotate, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.seed(document(instance("kafka-a", [smart_connect_task("dump-a"), smart_connect_task("elsewhere", obs_bucket_name="other")])))
    cloud.admin("PATCH", "writer_keys", {NEW["access"]: {"buckets": ["archive"]}})
    refused = rotate(new_access_key="NOSUCHKEY00000000001")
    assert refused["failed"] and "The new key is refused, so nothing was written" in refused["msg"], refused["msg"]
    assert writes(cloud) == []
    result = rotate()
    assert verdicts(result) == {"dump-a": "proven", "elsewhere": "refused"}
    line = next(line for line in result["lines"] if "elsewhere" in line)
    assert "Not written" in line and "AccessDenied" in line
    assert {name: key_of(task) for name, task in tasks_of(cloud).items()} == {"dump-a": "new", "elsewhere": "old"}
    monkeypatch.setenv("OPENDUMP_NEW_OBS_SECRET_KEY", NEW["secret"])
    monkeypatch.setenv("OPENDUMP_NEW_OBS_ACCESS_KEY", "ANOTHERKEY0000000003")
    before = len(writes(cloud))
    mixed = rotate(new_secret_key="")
    assert "Which two belong together is not known" in mixed["msg"] and len(writes(cloud)) == before
    monkeypatch.setenv("OPENDUMP_NEW_OBS_ACCESS_KEY", NEW["access"])
    assert verdicts(rotate(check=True, new_secret_key="")) == {"dump-a": "proven", "elsewhere": "refused"}
    monkeypatch.delenv("OPENDUMP_NEW_OBS_SECRET_KEY")
    half = rotate(new_secret_key="")
    assert "OPENDUMP_NEW_OBS_SECRET_KEY" in half["msg"] and "nothing was written" in half["msg"]


def test_check_mode_says_whom_it_would_touch(cloud: Local, rotate: Rotate, run: Run, tmp_path: pathlib.Path) -> None:
    cloud.seed(small())
    cloud.switch({"dms.store": "two"})
    result = rotate(check=True, name_pattern="^(dump-a|sink)$")
    assert result["conclusion"] == "1 of 2 tasks would get the new key; 1 cannot."
    assert result["lines"][0] == "kafka-a/sink: cannot. " + result["tasks"][0]["reason"]
    assert result["lines"][1] == "kafka-a/dump-a: would get the new key"
    assert (result["changed"], result["old_key_can_be_revoked"], result.get("failed")) == (True, False, None)
    assert writes(cloud) == [] and not (tmp_path / "rotation.json").exists()
    assert "no task that writes with keys" in rotate(name_pattern="^nothing$")["msg"]
    assert rotate(check=True, name_pattern="^nothing$")["conclusion"].startswith("No task would get the new key: none")
    for check in (True, False):
        keyless = rotate(check=check, new_secret_key="")
        assert "there is no new_secret_key" in keyless["msg"]
        assert keyless["conclusion"] == "Do not revoke the old key yet: nothing was asked and nothing was written."


def test_all_proven_and_tasks_with_an_agency_left_alone(cloud: Local, rotate: Rotate) -> None:
    agency = smart_connect_task("with-agency", access_key=None, secret_key=None, agency_name="dms_admin_agency")
    cloud.seed(document(instance("kafka-a", [smart_connect_task("dump-a"), agency, smart_connect_task("quiet", "quiet")])))
    result = rotate(allow_quiet=True)
    assert result.get("failed") is None
    assert result["conclusion"] == "1 proven, 1 written with nothing to deliver yet, the old key can be revoked."
    assert rotate()["conclusion"] == "Do not revoke the old key yet: 1 task is not proven: kafka-a/quiet (written)."
    only = rotate(name_pattern="dump")
    assert only["conclusion"].startswith("The 1 proven, the old key can be revoked. Only the tasks that were chosen")
    assert not any(tasks_of(cloud)["with-agency"]["id"] in path for path in writes(cloud))
    assert revoke(cloud) == set()


@pytest.mark.parametrize(
    ("switches", "expected", "says"),
    [
        ({"dms.modify_secrets": "refused"}, "refused", "cannot be modified"),
        ({"delivery.key_check": "at once"}, "proven", "offset of busy/0"),
        ({"delivery.key_check": "at once", "dms.modify_secrets": "ignored"}, "cannot", "takes it in a change"),
        ({"dms.group_name": "none"}, "proven", "file dump-a/"),
        ({"dms.modify": "ignored"}, "cannot", "the check task is ABNORMAL"),
        ({"dms.modify": "unknown"}, "refused", "404"),
        ({"dms.connect.changing": 4, "dms.modify_wakes": True}, "proven", "delivered since"),
        ({"dms.flaky_start": 2}, "proven", "delivered since"),
    ],
)
def test_services_that_take_new_keys_in_other_ways(
    cloud: Local, rotate: Rotate, switches: dict[str, Any], expected: str, says: str
) -> None:
    cloud.seed(document(instance("kafka-a", [smart_connect_task("dump-a"), smart_connect_task("paused", status="PAUSED")])))
    cloud.switch(switches)
    result = rotate(allow_quiet=True)
    assert verdicts(result)["dump-a"] == expected, result["lines"]
    assert says in result["lines"][0]
    assert result["old_key_can_be_revoked"] is (expected == "proven")
    assert tasks_of(cloud)["paused"]["status"] == "PAUSED"
    failing = revoke(cloud)
    assert failing == (set() if expected == "proven" else {"dump-a"})


def test_an_inactive_old_key_is_the_proof_where_no_check_task_is_wanted(cloud: Local, rotate: Rotate) -> None:
    cloud.seed(small())
    ignore_secrets_on(cloud, "kafka-f")
    assert set(verdicts(rotate(instance_names=["kafka-f"], delivery_timeout=0.5)).values()) <= {"written", "cannot"}
    cloud.admin("PATCH", "writer_keys", {OLD["access"]: {"status": "revoked"}})
    cloud.admin("POST", "deliver")
    before = len(writes(cloud))
    result = rotate(proof="old_key_inactive")
    assert verdicts(result) == {
        "dump-a": "proven", "dump-b": "proven", "paused": "written", "quiet": "written", "sink": "cannot",
        "ignored-0": "refused", "ignored-1": "refused",
    }  # fmt: skip
    assert not any(path.startswith("POST") for path in writes(cloud)[before:])
    assert "ABNORMAL" in next(line for line in result["lines"] if "ignored-0" in line)


@pytest.mark.parametrize("recovery", ["by itself", "when started"])
def test_a_task_that_had_failed_with_a_revoked_key_goes_on_where_it_was(cloud: Local, rotate: Rotate, recovery: str) -> None:
    cloud.seed(document(instance("kafka-a", [smart_connect_task("dump-a")])))
    cloud.switch({"delivery.recovery": recovery})
    assert revoke(cloud) == {"dump-a"}
    result = rotate()
    assert verdicts(result) == {"dump-a": "proven"}, result["lines"]
    assert not any(path.endswith("restart") for path in writes(cloud) if tasks_of(cloud)["dump-a"]["id"] in path)


def test_where_buckets_cannot_be_reached_offsets_are_the_proof(cloud: Local, rotate: Rotate) -> None:
    cloud.seed(document(instance("kafka-a", [smart_connect_task("dump-a")])))
    unseen = {"obs_endpoint": "http://127.0.0.1:9", "retry_budget": 0}
    foreseen = rotate(check=True, **unseen)
    doubt = "hether {} reaches {} bucket could not be tried."
    assert foreseen["conclusion"] == "The only task would get the new key. W" + doubt.format("it", "the")
    assert foreseen["lines"] == ["kafka-a/dump-a: would get the new key. W" + doubt.format("the new key", "its")]
    result = rotate(**unseen)
    assert verdicts(result) == {"dump-a": "proven"}, result
    assert any("only offsets can show" in str(text) for text in result["warnings"]), result["warnings"]


def test_what_cannot_be_read_is_not_passed_over(cloud: Local, rotate: Rotate) -> None:
    cloud.seed(small())
    cloud.fault({"match": {"method": "GET", "path": IDS["kafka-f"] + "/connector/tasks$"}, "count": -1, "do": {"status": 403}})
    result = rotate()
    assert "Not all tasks can be read, so nothing was written" in result["msg"]
    assert writes(cloud) == [] and result["old_key_can_be_revoked"] is False
    assert result["conclusion"] == "Do not revoke the old key yet: which tasks write with it is not known, and nothing was written."


@pytest.mark.parametrize(("names", "warned"), [(NEW, True), (OLD, False)], ids=["the new one", "another one"])
def test_the_key_that_plays_write_with_is_hardly_a_new_one(
    names: dict[str, str], warned: bool, cloud: Local, rotate: Rotate, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.seed(document(instance("kafka-a", [smart_connect_task("dump-a")])))
    monkeypatch.setenv("OPENDUMP_OBS_ACCESS_KEY", names["access"])
    result = rotate(check=True)
    assert ("it must not be revoked" in json.dumps(str(result.get("warnings")))) is warned, result


def test_the_playbook_says_each_task_and_the_sentence(
    cloud: Local, play: Play, buckets: tuple[BucketServer, str], tmp_path: pathlib.Path
) -> None:
    cloud.reset()
    cloud.seed(document(instance("kafka-a", [smart_connect_task("dump-a"), smart_connect_task("paused", status="PAUSED")])))
    keys = {"OPENDUMP_NEW_OBS_ACCESS_KEY": NEW["access"], "OPENDUMP_NEW_OBS_SECRET_KEY": NEW["secret"]}
    answers = {"rotate_keys_obs_endpoint": buckets[1], "rotate_keys_wait_interval": "0.2", "rotate_keys_instance_names": "kafka-a"}
    name = "opendump.huaweicloud.rotate_keys"
    planned = play(name, "-vvv", extra_vars=answers, check=True, env=keys)
    assert planned.code == 0, planned.text
    assert "2 of 2 tasks would get the new key." in planned.text
    refused = play(name, "-vvv", extra_vars=answers, env=keys)
    assert refused.code == 2, refused.text
    assert "kafka-a/dump-a: proven. It has delivered since" in refused.text
    assert "Do not revoke the old key yet: 1 task is not proven: kafka-a/paused (written)." in refused.text
    passed = play(
        name,
        "-vvv",
        extra_vars={
            **answers,
            "rotate_keys_allow_quiet": "yes",
            "rotate_keys_new_access_key": NEW["access"],
            "rotate_keys_new_secret_key": NEW["secret"],
        },
    )
    assert passed.code == 0, passed.text
    assert "1 proven, 1 written with nothing to deliver yet, the old key can be revoked." in passed.text
    for played in (planned, refused, passed):
        assert not secrets_in(played.text)
    state = (tmp_path / "rotate-keys.json").read_text(encoding="utf-8")
    assert not secrets_in(state)
