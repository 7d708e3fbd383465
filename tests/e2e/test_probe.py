# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The probe against the local cloud: whatever a client can observe there, it finds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.client import Client
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.catalogue import BY_SWITCH, QUESTIONS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.ground import Places
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.question import Question
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.run import Outcome, Probe
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.talk import Pace
from huaweicloud_emulator.server import Local, new_cloud

from .conftest import ACCESS_KEY, INSTANCE, PROJECT, REGION, SECRET_KEY

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
FAST = Pace(0.01, 0.06, 5)
SLOWER = Pace(0.01, 0.15, 5)


def values_of(name: str) -> list[Any]:
    switch = SWITCHES.declared(name)
    if isinstance(switch.values, tuple):
        return list(switch.values)
    return {"bool": [False, True], "dwell": [0, 2, "0.08s"]}.get(switch.kind()) or TEXTS[name]


def found(answer: Mapping[str, Any], wanted: Any) -> bool:
    """A number of answers is found as that; a time as well as it can be looked at."""
    value = answer["value"]
    if isinstance(wanted, str) and wanted[:1].isdigit() and wanted.endswith("s"):
        return isinstance(value, str) and float(value[:-1]) == pytest.approx(float(wanted[:-1]), abs=0.04)
    if "reads" in answer and isinstance(wanted, int):
        return bool(answer["reads"] == wanted)
    return bool(value == wanted and type(value) is type(wanted))


@pytest.fixture
def cloud(local: Local) -> Local:
    local.reset()
    local.seed(ESTATE)
    return local


@pytest.fixture
def client(cloud: Local) -> Iterator[Client]:
    options = {
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "region": REGION,
        "project_id": PROJECT,
        **{f"{service}_endpoint": cloud.url for service in ("dis", "dms", "iam")},
    }
    client = Client(options, environ={})
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
        "path": "opendump-probe",
        "access_key": WRITER[0],
        "secret_key": WRITER[1],
    }
    return Places(**{**lent, **others})


def probe(client: Client, pace: Pace = FAST, questions: tuple[Question, ...] = QUESTIONS, **others: str) -> Outcome:
    return Probe(client, places(**others), pace, time.time, questions).run()


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
    pace = SLOWER if isinstance(value, str) and value.endswith("s") else FAST
    outcome = probe(client, pace, (BY_SWITCH[name],), stream=stream)
    assert found(outcome.answers[name], value), outcome.answers[name]
    assert outcome.left == []
    assert names_left(cloud) == []
