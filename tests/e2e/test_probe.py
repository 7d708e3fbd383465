# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The probe against the local cloud: whatever a client can observe there, it finds."""

from __future__ import annotations

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.client import Client
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.answers import build_document, find_disagreements
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.apis import open_dis_api
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.catalogue import BY_SWITCH, QUESTIONS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.ground import Places
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.life import hold_lock
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.question import Question
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.run import Probe, ProbeResult
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.talk import ProbeTiming
from huaweicloud_emulator.server import Local, new_cloud

from .conftest import ACCESS_KEY, INSTANCE, PROJECT, REGION, SECRET_KEY, Play, Run
from .reliability.selection import SOAK

SWITCHES = new_cloud().switches
OBSERVABLE = [name for name in SWITCHES if SWITCHES.declared(name).observable]
CONNECTOR = "99999999-2222-3333-4444-555555555555"
WRITER = ("WRITERACCESSKEY00001", "writer-secret-key-0001")
ESTATE: dict[str, Any] = {
    "projects": [
        {
            "id": PROJECT,
            "dis": {"streams": [{"name": "jsonstream", "data_type": "JSON"}, {"name": "csvstream", "data_type": "CSV"}]},
            "dms": {
                "instances": [
                    {
                        "id": INSTANCE,
                        "name": "kafka-dump",
                        "connector_enable": True,
                        "connector_id": CONNECTOR,
                        "topics": [{"name": f"topic-{number:02}", "partitions": 1} for number in range(12)],
                    }
                ]
            },
        }
    ],
    "writer_keys": [{"access": WRITER[0], "secret": WRITER[1]}],
}
# What else has to be so that a client can see a switch at all.
COMPANIONS: dict[str, dict[str, Any]] = {
    "dis.flaky_state": {"dis.flaky_start": 2},
    "dis.put_state": {"dis.put_dwell": 2},
    "dms.flaky_status": {"dms.flaky_start": 2},
    "dms.deleting_status": {"dms.deleting": 2},
    "dms.modify_answer": {"dms.connect.changing": 2},
    "dms.connect.changing_status": {"dms.connect.changing": 2},
    "dms.unknown_url_code": {"dms.restart_alias": "unknown"},
    "dms.topics_limit": {"dms.limit_out_of_range": "clamped"},
}
TEXTS = {
    "dis.put_ignores": ["", "file_prefix", "deliver_time_interval,partition_format"],
    "dis.never_shown": ["", "file_prefix", "agency_name,partition_format"],
    "dms.never_shown": ["", "obs_path", "partition_format,store_keys"],
    "dis.extra_fields": [{}, {"compression_format": "", "new_thing": {"a": 1}}],
    "dms.extra_fields": [{}, {"task": {"tags": []}, "sink_task": {"new_thing": 1}, "obs_destination_descriptor": {"new_thing": True}}],
}
FAST = ProbeTiming(0.01, 0.06, 5)
SLOWER = ProbeTiming(0.01, 0.15, 5)


def values_of(name: str) -> list[Any]:
    switch = SWITCHES.declared(name)
    if isinstance(switch.values, tuple):
        return list(switch.values)
    return {"bool": [False, True], "dwell": [0, 2, "0.08s"]}.get(switch.kind()) or TEXTS[name]


def is_found(answer: Mapping[str, Any], wanted: Any) -> bool:
    """A number of answers is found as that; a time as well as it can be looked at."""
    value = answer["value"]
    if isinstance(wanted, str) and wanted[:1].isdigit() and wanted.endswith("s"):
        return isinstance(value, str) and float(value[:-1]) == pytest.approx(float(wanted[:-1]), abs=0.04)
    if "reads" in answer and isinstance(wanted, int):
        return bool(answer["reads"] == wanted)
    return bool(value == wanted and type(value) is type(wanted))


@pytest.fixture(autouse=True)
def marks(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks of life of probes that are killed stay in here."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def cloud(local: Local) -> Local:
    local.reset()
    local.seed(ESTATE)
    return local


def options_of(cloud: Local) -> dict[str, str]:
    return {
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "region": REGION,
        "project_id": PROJECT,
        **{f"{service}_endpoint": cloud.url for service in ("dis", "dms", "iam")},
    }


def connect(cloud: Local) -> Client:
    return Client(options_of(cloud), environ={})


@pytest.fixture
def client(cloud: Local) -> Iterator[Client]:
    client = connect(cloud)
    yield client
    client.close()


def places(**others: str) -> Places:
    lent = {
        "stream": "jsonstream",
        "dis_agency": "dis_admin_agency",
        "bucket": "testobs",
        "instance": INSTANCE,
        "connector": CONNECTOR,
        "topic": "topic-00",
        "path": "opendump_probe",
        "access_key": WRITER[0],
        "secret_key": WRITER[1],
    }
    return Places(**{**lent, **others})


def probe(client: Client, timing: ProbeTiming = FAST, questions: tuple[Question, ...] = QUESTIONS, **others: str) -> ProbeResult:
    return Probe(client, places(**others), timing, time.time, questions).run()


def names_left(cloud: Local) -> list[str]:
    project = cloud.state()["projects"][0]
    tasks = [task for stream in project["dis"]["streams"] for task in stream["tasks"]]
    tasks += [task for instance in project["dms"]["instances"] for task in instance["tasks"]]
    return [task.get("task_name") or task["name"] for task in tasks]


def test_there_is_a_question_for_each_switch_that_can_be_observed_and_it_knows_its_values() -> None:
    assert sorted(BY_SWITCH) == sorted(OBSERVABLE)
    for name in OBSERVABLE:
        switch, question = SWITCHES.declared(name), BY_SWITCH[name]
        assert question.assumed == switch.default, name
        values = list(switch.values) if isinstance(switch.values, tuple) else switch.kind()
        assert (sorted(map(str, question.values)) if isinstance(question.values, tuple) else question.values) == (
            sorted(map(str, values)) if isinstance(values, list) else values
        ), name


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in OBSERVABLE for value in values_of(name)], ids=str)
def test_every_value_of_every_switch_is_found(name: str, value: Any, cloud: Local, client: Client) -> None:
    cloud.switch({**COMPANIONS.get(name, {}), name: value})
    stream = "csvstream" if name == "dis.file_type_sources" else "jsonstream"
    timed = isinstance(value, str) and value.endswith("s")
    # a busy machine can sleep through a state that lasts a moment
    for _attempt in range(3 if timed else 1):
        outcome = probe(client, SLOWER if timed else FAST, (BY_SWITCH[name],), stream=stream)
        if is_found(outcome.answers[name], value):
            break
    assert is_found(outcome.answers[name], value), outcome.answers[name]
    assert outcome.left == []
    assert names_left(cloud) == []


def draw_settings() -> st.SearchStrategy[dict[str, Any]]:
    """Values of any number of switches; times are counted in answers, which are exact."""
    exact = {
        name: [value for value in values_of(name) if not (isinstance(value, str) and value[:1].isdigit() and value[-1:] == "s")]
        for name in OBSERVABLE
    }
    return st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in exact.items()})


@pytest.mark.timeout(0)
@settings(max_examples=400 if SOAK else 10, deadline=None, suppress_health_check=list(HealthCheck))
@example(chosen={"dis.never_shown": "file_prefix", "dis.put_ignores": "file_prefix"}, stream="jsonstream")
@given(chosen=draw_settings(), stream=st.sampled_from(["jsonstream", "csvstream"]))
def test_whatever_is_set_at_once_the_probe_finds_it_or_says_why_it_cannot_be_told(
    chosen: dict[str, Any], stream: str, local: Local
) -> None:
    local.reset()
    local.seed(ESTATE)
    local.switch(chosen)
    client = connect(local)
    outcome = probe(client, ProbeTiming(0.005, 0.03, 1.5), stream=stream)
    client.close()
    wanted = {name: local.cloud.switches[name] for name in OBSERVABLE}
    wrong = {
        name: (wanted[name], answer["value"])
        for name, answer in outcome.answers.items()
        if answer["told"] and not is_found(answer, wanted[name])
    }
    assert wrong == {}
    assert all(answer["why"] for answer in outcome.answers.values() if not answer["told"])
    assert outcome.left == [] and names_left(local) == []


def test_its_own_answers_make_the_local_cloud_answer_the_same(cloud: Local, client: Client) -> None:
    cloud.switch(
        {
            "dis.put_dwell": "0.2s",
            "dis.put_status": 204,
            "dms.modify_wakes": True,
            "dms.flaky_start": "0.1s",
            "dms.flaky_status": "ERROR",
            "dms.extra_fields": {"sink_task": {"new_thing": "canary-text"}},
            "dis.list_order": "newest",
        }
    )
    first = build_document(probe(client, SLOWER).answers, REGION, "2026-11-27T08:00:00Z")
    cloud.admin("POST", "reset")
    cloud.admin("POST", "answers", json.loads(json.dumps(first)))
    cloud.seed(ESTATE)
    second = build_document(probe(client, SLOWER).answers, REGION, "2026-11-27T09:00:00Z")
    assert find_disagreements(first, second) == [] and find_disagreements(second, first) == []
    assert [name for name, answer in first["answers"].items() if answer["told"] != second["answers"][name]["told"]] == []


WRITES = ("POST", "PUT", "DELETE")


class Killed(BaseException):
    """The process is gone: nothing is sent any more."""


class Mortal(Client):
    """A client that dies right after its nth write, or its nth request, before the answer is read."""

    last = 10**9
    deadly: Sequence[str] = WRITES
    counted = 0

    def ask(self, service: str, method: str, path: str, **more: Any) -> Any:
        if self.counted >= self.last:
            raise Killed
        answer = super().ask(service, method, path, **more)
        if method in self.deadly:
            self.counted += 1
            if self.counted >= self.last:
                raise Killed
        return answer


# Tasks of somebody else, one of which looks like a probe's; they must not be touched.
OTHERS = ("orders", "opendump-probe-x", "opendump-probe-00000001-0000000")


def seed_others(cloud: Local) -> None:
    estate = json.loads(json.dumps(ESTATE))
    project = estate["projects"][0]
    obs = {"agency_name": "dis_admin_agency", "obs_bucket_path": "testobs", "deliver_time_interval": 60}
    project["dis"]["streams"][0]["tasks"] = [
        {"destination_type": "OBS", "obs_destination_descriptor": {"task_name": name, **obs}} for name in OTHERS
    ]
    sink = {
        "consumer_strategy": "latest",
        "destination_file_type": "TEXT",
        "obs_bucket_name": "testobs",
        "obs_path": "a",
        "partition_format": "yyyy",
        "record_delimiter": "",
        "deliver_time_interval": 300,
        "access_key": WRITER[0],
        "secret_key": WRITER[1],
    }
    project["dms"]["instances"][0]["smart_connect_tasks"] = [
        {"task_name": name, "topics": "topic-00", "source_type": "NONE", "sink_type": "OBS_SINK", "sink_task": sink} for name in OTHERS
    ]
    cloud.seed(estate)


def ids_of(cloud: Local, names: tuple[str, ...]) -> set[str]:
    project = cloud.state()["projects"][0]
    tasks = [task for stream in project["dis"]["streams"] for task in stream["tasks"]]
    tasks += [task for instance in project["dms"]["instances"] for task in instance["tasks"]]
    return {str(task.get("task_id") or task.get("id")) for task in tasks if (task.get("task_name") or task["name"]) in names}


def writes_to_others(cloud: Local, others: set[str]) -> list[dict[str, Any]]:
    """Requests that change something and speak of a task that is not the probe's."""
    marks = [*(f"/{name}" for name in OTHERS), *others]
    texts = [(entry, json.dumps([entry["path"], entry["body"]])) for entry in cloud.requests() if entry["method"] != "GET"]
    return [entry for entry, text in texts if any(text.find(f'{mark}"') >= 0 or f"{mark}/" in text for mark in marks)]


def kill_and_see(local: Local, last: int, deadly: Sequence[str]) -> int | None:
    """Kill a probe at its nth such request and see that another one tidies up. How many tasks it left; None when it lived to its end."""
    local.reset()
    seed_others(local)
    others = ids_of(local, OTHERS)
    client = Mortal(options_of(local), environ={})
    client.last, client.deadly = last, deadly
    timing = ProbeTiming(0.001, 0.004, 2)
    killed = False
    try:
        Probe(client, places(), timing, time.time).run()
    except Killed:
        killed = True
    client.close()
    left = len(names_left(local)) - 2 * len(OTHERS)
    client = connect(local)
    assert Probe(client, places(), timing, time.time, (BY_SWITCH["dis.list_quota"],)).run().left == []
    client.close()
    assert sorted(names_left(local)) == sorted([*OTHERS, *OTHERS]), last
    assert len(others) == 2 * len(OTHERS) and writes_to_others(local, others) == [], last
    return left if killed else None


@pytest.mark.parametrize("first", [1, 2, 3, 4] if SOAK else [1])
def test_killed_after_any_write_the_next_run_tidies_up_and_nobody_else_is_touched(first: int, local: Local) -> None:
    """Between two writes nothing changes at the services, so that every other moment is like one of these; the soak tries them all."""
    deadly = (*WRITES, "GET") if SOAK else WRITES
    left = []
    while (tasks := kill_and_see(local, first + 4 * len(left), deadly)) is not None:
        left.append(tasks)
    assert len(left) > 10 and set(left) == {0, 1, 2}


# the module

LENT: dict[str, Any] = {
    "stream_name": "jsonstream",
    "instance_id": INSTANCE,
    "topic": "topic-00",
    "obs_bucket_name": "testobs",
    "obs_access_key": WRITER[0],
    "obs_secret_key": WRITER[1],
    "watch": 0.03,
    "wait_timeout": 3,
}


def most_tasks_at_once(cloud: Local) -> int:
    there, most = 0, 0
    for entry in cloud.requests():
        if (
            re.search(r"/(transfer-tasks|connector/tasks|sink-tasks)$", entry["path"])
            and entry["method"] == "POST"
            and entry["status"] < 300
        ):
            there += 1
        there -= entry["method"] == "DELETE" and entry["status"] < 300
        most = max(most, there)
    return most


def count_writes(cloud: Local) -> int:
    return sum(entry["method"] in WRITES for entry in cloud.requests())


@pytest.mark.parametrize("how", [{}, {"apply": True, "check": True}], ids=["plan", "check mode"])
def test_a_plan_says_what_would_be_done_and_writes_nothing(how: dict[str, Any], cloud: Local, run: Run) -> None:
    result = run("service_probe", **LENT, **how)
    assert not result.get("failed"), result["msg"]
    plan = result["plan"]
    assert (len(plan["questions"]), plan["not_asked"], plan["tasks_at_once"]) == (len(OBSERVABLE), [], 2)
    assert plan["objects"] == ["dis_agency_name", "instance_id", "obs_access_key", "obs_bucket_name", "stream_name", "topic"]
    assert len(plan["costs"]) == 4 and "answers" not in result and result["changed"] is False
    assert count_writes(cloud) == 0
    applied = run("service_probe", **LENT, apply=True)
    assert count_writes(cloud) == applied["writes"] <= plan["writes"]
    assert applied["changed"] is True and applied["left"] == [] and names_left(cloud) == []
    assert sum(applied["summary"].values()) == len(OBSERVABLE) and applied["summary"]["contradicted"] == 0
    assert most_tasks_at_once(cloud) == 2
    assert applied["markdown"].startswith("# What the services answer\n\nRegion eu-west-101,")


def test_what_is_not_lent_is_not_asked_about(cloud: Local, run: Run) -> None:
    result = run("service_probe", stream_name="jsonstream", watch=0.03, apply=True)
    assert {question["switch"] for question in result["plan"]["questions"]} >= {"dis.error_shape", "dis.list_quota"}
    missing = {row["switch"]: row["needs"] for row in result["plan"]["not_asked"]}
    assert missing["dis.put"] == ["obs_bucket_name"] and "instance_id or instance_name" in missing["dms.store"]
    assert result["answers"]["answers"]["dms.store"]["why"].startswith("it was not asked, because that needs ")
    assert count_writes(cloud) == 0


def test_with_an_agency_only_sink_tasks_need_a_key(cloud: Local, client: Client) -> None:
    outcome = probe(client, access_key="", secret_key="", agency="dis_admin_agency")
    not_asked = {name for name, answer in outcome.answers.items() if str(answer["why"]).startswith("it was not asked")}
    assert not_asked == {name for name in OBSERVABLE if name.startswith("dms.sink.")}
    assert outcome.answers["dms.never_shown"]["value"] == "" and names_left(cloud) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"questions": ["dis.pot"]}, "There is no question dis.pot"),
        ({"watch": 0}, "watch is 0"),
        ({"stream_name": "nostream"}, "cannot be read (DIS.4301"),
        ({"obs_path": "/a"}, "obs_path has"),
        ({"compare_with": {"format": "other"}}, "compare_with is no answers file"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_wrong_options_are_refused_before_anything_is_written(options: dict[str, Any], message: str, cloud: Local, run: Run) -> None:
    result = run("service_probe", **{**LENT, **options}, apply=True)
    assert result["failed"] and message in result["msg"]
    assert count_writes(cloud) == 0


@pytest.mark.parametrize("state", ["full", "off", "busy"])
def test_an_instance_without_room_or_smart_connect_is_refused_before_anything_is_written(state: str, cloud: Local, run: Run) -> None:
    estate = json.loads(json.dumps(ESTATE))
    instance = estate["projects"][0]["dms"]["instances"][0]
    instance.update({"full": {"max_tasks": 1}, "off": {"connector_enable": False}, "busy": {"status": "EXTENDING"}}[state])
    cloud.reset()
    cloud.seed(estate)
    result = run("service_probe", **LENT, apply=True)
    words = {"full": "needs room for 2", "off": "Smart Connect of Kafka instance", "busy": "is EXTENDING, not RUNNING"}
    assert result["failed"] and words[state] in result["msg"] and "Nothing was written" in result["msg"]
    assert count_writes(cloud) == 0


def test_nothing_tells_whose_answers_they_are(local: Local, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names, IDs and keys of everything that there is, and texts that a service may add."""
    estate = json.loads(
        json.dumps(ESTATE).replace("jsonstream", "canary-stream").replace("topic-", "canary-topic-").replace("kafka-dump", "canary-kafka")
    )
    project = estate["projects"][0]
    project["agencies"] = ["canary_agency"]
    estate["buckets"] = ["canary-bucket"]
    sink = {
        "agency_name": "canary_agency",
        "consumer_strategy": "latest",
        "destination_file_type": "TEXT",
        "obs_bucket_name": "canary-bucket",
    }
    sink |= {"obs_path": "canary", "partition_format": "yyyy", "record_delimiter": "", "deliver_time_interval": 300}
    project["dms"]["instances"][0]["smart_connect_tasks"] = [
        {"task_name": "canary-task", "topics": "canary-topic-01", "source_type": "NONE", "sink_type": "OBS_SINK", "sink_task": sink}
    ]
    estate["writer_keys"] = [{"access": "CANARYWRITER00000001", "secret": "canary-writer-secret-1"}]
    local.reset()
    local.seed(estate)
    local.switch(
        {
            "dis.extra_fields": {"owner": "canary-owner", "canary_deep": {"list": ["canary", 4711], "status": "CANARYSTATE1"}},
            "dms.extra_fields": {"task": {"tags": [{"key": "canary", "value": "canary"}]}, "sink_task": {"status": "canary-bucket"}},
        }
    )
    monkeypatch.setenv("OPENDUMP_OBS_ACCESS_KEY", "CANARYWRITER00000001")
    monkeypatch.setenv("OPENDUMP_OBS_SECRET_KEY", "canary-writer-secret-1")
    lent = {
        "stream_name": "canary-stream",
        "dis_agency_name": "canary_agency",
        "topic": "canary-topic-00",
        "obs_bucket_name": "canary-bucket",
    }
    result = run("service_probe", **lent, instance_name="canary-kafka", obs_path="canary_path", watch=0.03, wait_timeout=3, apply=True)
    assert not result.get("failed") and result["summary"]["not_told"] < 12, result
    text = json.dumps(result).lower().replace("canary_deep", "")
    ids = {
        part for entry in local.requests() for part in entry["path"].split("/") if re.fullmatch(r"[0-9a-f-]{32,36}|opendump-probe-.*", part)
    }
    assert len(ids) > 10
    hosts = [local.url.rpartition("/")[2], "127.0.0.1"]
    shown = [
        word
        for word in (*(identifier.lower() for identifier in ids), "canary", SECRET_KEY, ACCESS_KEY.lower(), PROJECT, *hosts)
        if word in text
    ]
    assert shown == []


@pytest.mark.parametrize("do", [{"status": 500}, {"drop": True}], ids=["500", "no answer"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_service_that_fails_leaves_nothing_behind(when: str, do: dict[str, Any], cloud: Local, run: Run) -> None:
    """Two create calls break, before or after they were executed; the rest is asked all the same."""
    cloud.fault(
        *(
            {
                "match": {"method": "POST", "path": "(transfer-tasks|connector/tasks|sink-tasks)$"},
                "skip": skip,
                "when": when,
                "do": do,
            }
            for skip in (0, 7)
        )
    )
    result = run("service_probe", **LENT, retry_budget=0.1, apply=True)
    assert not result.get("failed"), result["msg"]
    assert names_left(cloud) == []
    reasons = {answer["why"] for answer in result["answers"]["answers"].values() if not answer["told"]}
    assert "the service failed" in reasons and result["summary"]["confirmed"] > 20


def test_what_cannot_be_deleted_is_said_first_with_the_call_that_deletes_it(cloud: Local, run: Run) -> None:
    cloud.fault(
        {
            "match": {"method": "DELETE", "path": "transfer-tasks"},
            "count": -1,
            "do": {"refuse": {"status": 403, "code": "DIS.4116", "text": "No."}},
        }
    )
    result = run("service_probe", **LENT, questions=["dis.create_dwell"], apply=True)
    name = names_left(cloud)[0]
    assert result["failed"] and result["msg"].startswith("1 OF THE PROBE'S TASKS COULD NOT BE DELETED")
    assert f"DELETE /v2/{{project_id}}/streams/jsonstream/transfer-tasks/{name}" in result["msg"]
    assert result["left"][0]["why"] == "a task cannot be deleted"
    assert result["answers"]["answers"]["dis.create_dwell"]["value"] == 0
    cloud.admin("DELETE", "faults")
    assert run("service_probe", **LENT, questions=["dis.list_quota"], apply=True)["left"] == []
    assert names_left(cloud) == []


def test_another_probe_that_is_at_work_is_left_alone(cloud: Local, client: Client) -> None:
    other = Probe(client, places(), FAST, time.time)
    with hold_lock(other.own.run):
        created = other.own.create(
            open_dis_api(other.talk, "jsonstream"), "m", {"obs_destination_descriptor": {"obs_bucket_path": "testobs"}}
        ).task
        assert created is not None
        assert probe(client, questions=(BY_SWITCH["dis.list_quota"],)).left == []
        assert names_left(cloud) == [created.name]
    assert probe(client, questions=(BY_SWITCH["dis.list_quota"],)).left == []
    assert names_left(cloud) == []


@pytest.mark.parametrize(("age", "left"), [(3600, 1), (5 * 3600, 0)], ids=["one hour", "five hours"])
def test_a_probe_of_another_machine_is_tidied_up_after_when_it_is_old(age: int, left: int, cloud: Local, client: Client) -> None:
    other = Probe(client, places(), FAST, lambda: time.time() - age)
    other.own.create(open_dis_api(other.talk, "jsonstream"), "m", {"obs_destination_descriptor": {"obs_bucket_path": "testobs"}})
    probe(client, questions=(BY_SWITCH["dis.list_quota"],))
    assert len(names_left(cloud)) == left


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_a_signal_ends_it_and_its_tasks(
    number: int, cloud: Local, client: Client, environment: dict[str, str], tmp_path: pathlib.Path
) -> None:
    """At once; where nothing can be caught, with the next run."""
    arguments = {
        "ANSIBLE_MODULE_ARGS": {
            **LENT,
            "apply": True,
            "watch": 60,
            "wait_interval": 0.05,
            "questions": ["dis.put"],
            "_ansible_remote_tmp": "/tmp",
        }
    }
    options = tmp_path / "options.json"
    options.write_text(json.dumps(arguments), encoding="utf-8")
    code = "from ansible_collections.opendump.huaweicloud.plugins.modules import service_probe; service_probe.main()"
    environment = {**os.environ, **environment, "PYTHONPATH": os.environ["ANSIBLE_COLLECTIONS_PATH"], "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", code, str(options)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 60
        while not cloud.requests(method="PUT") and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(names_left(cloud)) == 1, process.communicate(timeout=60)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
    if number == signal.SIGKILL:
        assert (process.returncode, len(names_left(cloud))) == (-number, 1)
        assert probe(client, questions=(BY_SWITCH["dis.list_quota"],)).left == []
        assert names_left(cloud) == []
        return
    result = json.loads(stdout)
    assert result["failed"] and f"Stopped by {signal.Signals(number).name}" in result["msg"], (result, stderr)
    assert names_left(cloud) == []


def test_playbook_plans_asks_writes_files_and_compares(cloud: Local, play: Play, tmp_path: pathlib.Path) -> None:
    lent = {f"probe_{name}": value for name, value in LENT.items()} | {"probe_wait_interval": 0.01}
    planned = play("opendump.huaweicloud.probe", extra_vars=lent)
    assert planned.code == 0, planned.text
    assert f"{len(OBSERVABLE)} questions" in planned.stdout and "Ask with -e probe_apply=true" in planned.stdout
    assert list(tmp_path.glob("probe-answers*")) == [] and count_writes(cloud) == 0
    cloud.switch({"dis.put_status": 204})
    applied = play("opendump.huaweicloud.probe", "-vvv", extra_vars={**lent, "probe_apply": True})
    assert applied.code == 0, applied.text
    shown = [*WRITER, ACCESS_KEY, SECRET_KEY, PROJECT, INSTANCE, CONNECTOR, "jsonstream", "topic-00", "testobs", "dis_admin_agency"]
    assert [word for word in shown if word in applied.text] == []
    answers = json.loads((tmp_path / "probe-answers.json").read_text(encoding="utf-8"))
    assert answers["answers"]["dis.put_status"]["value"] == 204
    assert "| `204` | `200` | The modules work either way. |" in (tmp_path / "probe-answers.md").read_text(encoding="utf-8")
    (tmp_path / "probe-answers.json").rename(tmp_path / "other.json")
    cloud.switch({"dis.put_status": 200})
    compared = play("opendump.huaweicloud.probe", extra_vars={**lent, "probe_apply": True, "probe_compare_with": "other.json"})
    assert compared.result("Probe the services")["differences"] == [{"switch": "dis.put_status", "here": 200, "there": 204}]
    assert names_left(cloud) == []
