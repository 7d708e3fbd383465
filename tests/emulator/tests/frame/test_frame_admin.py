# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The admin API: journal, switches, seeds, clock, reset, and errors that say what is wrong."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from huaweicloud_emulator.cloud import HOME_PASSWORD, HOME_PROJECT, HOME_SECRET_KEY

STREAMS = f"/v2/{HOME_PROJECT}/streams"
CANARY = "canary-5f1e-secret"


def refusal(client: Any, method: str, path: str, document: Any) -> str:
    answer = client.send(method, f"/_emulator/{path}", json.dumps(document).encode() if document is not None else None)
    assert answer.status == 400, answer.text
    return str(answer.json["error"])


def test_journal_keeps_what_was_asked_and_answered(client: Any) -> None:
    client.signed("GET", STREAMS + "?limit=3")
    client.signed("GET", STREAMS + "/nothing")
    first, second = client.local.requests()
    assert (first["method"], first["path"], first["query"], first["status"], first["code"]) == ("GET", STREAMS, "limit=3", 200, None)
    assert (second["status"], second["code"], second["service"], second["auth"]) == (400, "DIS.4301", "dis", "aksk")
    assert [entry["path"] for entry in client.local.requests(path="nothing$", method="get")] == [STREAMS + "/nothing"]
    assert client.local.requests(service="dms") == []
    client.local.admin("DELETE", "requests")
    assert client.local.requests() == []


def test_no_secret_is_kept_in_journal_or_state(client: Any) -> None:
    client.local.seed({"demo": True})
    descriptor: dict[str, Any] = {
        "task_name": "t",
        "obs_bucket_path": "obsbucket",
        "agency_name": "dis_admin_agency",
        "deliver_time_interval": 300,
    }
    body: dict[str, Any] = {"destination_type": "DWS", "obs_destination_descriptor": descriptor}
    body["dws_destination_descriptor"] = {
        "task_name": "t",
        "user_password": CANARY,
        "nested": [{"secret_key": CANARY, "access_key": CANARY}],
    }
    client.signed("POST", f"{STREAMS}/newstream/transfer-tasks", body)
    instance = client.local.state()["projects"][0]["dms"]["instances"][0]["id"]
    sink: dict[str, Any] = {
        "obs_bucket_name": "testobs",
        "partition_format": "yyyy",
        "consumer_strategy": "latest",
        "destination_file_type": "TEXT",
    }
    sink |= {"access_key": CANARY, "secret_key": CANARY, "deliver_time_interval": 300}
    task = {"task_name": "canary-task", "topics": "topic-test", "sink_type": "OBS_SINK", "sink_task": sink}
    assert client.signed("POST", f"/v2/{HOME_PROJECT}/instances/{instance}/connector/tasks", task).status == 200
    token = client.token()
    client.send("GET", STREAMS, headers={"X-Auth-Token": token})
    text = json.dumps([client.local.requests(), client.local.state()])
    for secret in (CANARY, HOME_PASSWORD, HOME_SECRET_KEY, token, "Signature="):
        assert secret not in text
    journal = client.local.requests(path="connector/tasks")[-1]
    assert journal["body"]["sink_task"]["secret_key"] == "***"
    assert journal["body"]["sink_task"]["obs_bucket_name"] == "testobs"
    assert journal["secrets_sha256"]["sink_task.secret_key"] == hashlib.sha256(CANARY.encode()).hexdigest()


def test_a_body_that_is_not_json_is_only_measured(client: Any) -> None:
    client.send("POST", STREAMS, b"password=" + CANARY.encode())
    assert client.local.requests()[-1]["body"] == "<27 bytes, not JSON>"


@pytest.mark.parametrize(
    "body", [b'{"secret_key": "\\ud800", "\\udfff": "\\ud800"}', b"[" * 200_000, b"\xff\xfe", b"1e999", b'"text"', b"NaN"]
)
def test_no_body_breaks_journal_or_gateway(client: Any, body: bytes) -> None:
    for method, path in (("POST", STREAMS), ("POST", f"/v2/{HOME_PROJECT}/instances"), ("POST", "/v3/auth/tokens")):
        headers = {"X-Auth-Token": client.token()}
        assert client.send(method, path, body, headers).status in (400, 404), path
        assert client.local.requests()[-1]["status"] in (400, 404)


def test_switches_say_why_and_what_they_take(client: Any) -> None:
    switches = client.local.admin("GET", "switches")
    for name, switch in switches.items():
        assert switch["why"], name
        assert switch["value"] == switch["default"], name
        assert switch["takes"], name


def test_switches_change_all_or_none(client: Any) -> None:
    assert client.local.admin("PATCH", "switches", {"gateway.lockout": False}) == {"gateway.lockout": False}
    assert client.local.state()["switches"] == {"gateway.lockout": False}
    words = refusal(client, "PATCH", "switches", {"gateway.lockout": True, "gateway.plus_in_query": "minus"})
    assert words == "the switch gateway.plus_in_query takes one of 'literal', 'space', not 'minus'"
    assert client.local.state()["switches"] == {"gateway.lockout": False}
    client.local.switch({"gateway.lockout": None})
    assert client.local.state()["switches"] == {}


@pytest.mark.parametrize(
    ("method", "path", "document", "words"),
    [
        ("PATCH", "switches", {"gateway.nothing": 1}, "there is no switch 'gateway.nothing'; there are: "),
        ("PATCH", "switches", {"gateway.lockout": "yes"}, "takes true or false, not 'yes'"),
        ("PATCH", "switches", {"gateway.latency_ms": -5}, "takes a number, 0 or more"),
        ("PATCH", "switches", [], "an object of switches"),
        ("POST", "seed", None, "the body is not JSON"),
        ("POST", "seed", [], "the seed is an object, not list"),
        ("POST", "seed", {"streams": []}, "streams: there is no such key; there are: access_keys, buckets"),
        ("POST", "seed", {"projects": {}}, "projects: is a list, not an object"),
        ("POST", "seed", {"projects": [{"dis": {}, "kafka": {}}]}, "projects[0].kafka: there is no such key; there are: "),
        (
            "POST",
            "seed",
            {"projects": [{"name": "elsewhere"}]},
            "projects[0]: the project 0a1b2c3d4e5f60718293a4b5c6d7e8f9 is there already; its name is eu-west-101",
        ),
        ("POST", "seed", {"projects": [{"agencies": "dis_admin_agency"}]}, "projects[0].agencies: is a list, not a text"),
        ("POST", "seed", {"users": [{"name": "x"}]}, "users[0]: password is missing"),
        ("POST", "seed", {"access_keys": [{"access": "A", "secret": 1}]}, "access_keys[0].secret: is a text, not a number"),
        ("POST", "seed", {"buckets": {"b": 1}}, "buckets.b: is a text, not a number"),
        ("POST", "seed", {"projects": [{"dis": {"stream": []}}]}, "projects[0].dis.stream: there is no such key; did you mean streams?"),
        (
            "POST",
            "seed",
            {"projects": [{"dms": {"instance": []}}]},
            "projects[0].dms.instance: there is no such key; did you mean instances?",
        ),
        ("POST", "patch", {"service": "dis"}, 'a patch is an object with "service", "find"'),
        ("POST", "patch", {"service": "obs", "find": {}}, "service is one of dis, dms, not 'obs'"),
        ("POST", "patch", {"project": "x", "find": {}}, "there is no project x"),
        ("PUT", "clock", {"offset_seconds": "late"}, "offset_seconds is a number"),
        ("PUT", "clock", {"hours": 1}, "there is no hours here"),
        ("GET", "requests?paths=x", None, "there is no paths here"),
        ("GET", "requests?path=(", None, "path is a regular expression"),
    ],
)
def test_wrong_orders_are_explained(client: Any, method: str, path: str, document: Any, words: str) -> None:
    assert words in refusal(client, method, path, document)


def test_unknown_admin_path_names_the_known_ones(client: Any) -> None:
    answer = client.send("GET", "/_emulator/swiches")
    assert answer.status == 404
    assert "GET /_emulator/switches" in answer.json["there_is"]


def test_seed_adds_accounts_keys_and_buckets(client: Any) -> None:
    client.local.seed(
        {
            "projects": [{"id": "9" * 32, "name": "eu-west-109", "domain_name": "ninth"}],
            "users": [{"name": "ada", "password": "lovelace", "domain_name": "ninth"}],
            "access_keys": [{"access": "AKNINTH", "secret": "sk", "domain_name": "ninth", "user_name": "ada"}],
            "buckets": ["ninth-bucket"],
            "switches": {"iam.token_length": 64},
        }
    )
    assert client.signed("GET", f"/v2/{'9' * 32}/streams", access="AKNINTH", secret="sk").status == 200
    assert len(client.token(user="ada", password="lovelace", domain="ninth", scope={"project": {"name": "eu-west-109"}})) == 64
    assert client.local.state()["buckets"]["ninth-bucket"] == "eu-west-101"


def test_reset_leaves_only_the_built_in_account(client: Any) -> None:
    fresh = client.local.state()
    client.local.seed({"demo": True})
    client.local.seed({"projects": [{"id": "9" * 32}], "buckets": ["b"]})
    token = client.token()
    client.local.fault({"do": {"status": 500}})
    client.move_clock(100)
    client.local.reset()
    after = client.local.state()
    for state in (fresh, after):
        del state["now"]
    assert after == fresh
    assert client.send("GET", STREAMS, headers={"X-Auth-Token": token}).status == 401


def test_admin_api_and_page_are_not_in_the_journal(client: Any) -> None:
    client.send("GET", "/")
    client.send("GET", "/_emulator/health")
    assert client.local.requests() == []
