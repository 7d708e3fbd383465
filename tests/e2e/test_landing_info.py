# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""dump_landing_info against a server that speaks S3, with tasks as dump_tasks_info returns them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock

import boto3
import pytest
from moto.s3.models import s3_backends

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api import transport
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import Given
from ansible_collections.opendump.huaweicloud.plugins.module_utils._module import dump_landing_info as module_body
from huaweicloud_emulator.server import Local

from .conftest import Run

CHINA = timezone(timedelta(hours=8))
KEYS = {"obs_access_key": "LISTERACCESSKEY00001", "obs_secret_key": "lister-secret-key-0001"}
Put = Callable[..., str]


@pytest.fixture
def put(obs: str) -> Put:
    """Lay files into the bucket: put("dump/", minutes_ago=5, count=1500)."""

    def lay(directory: str, *, minutes_ago: float = 5, zone: timezone = CHINA, name: str = "file", size: int = 10, count: int = 1) -> str:
        moment = datetime.now(UTC) - timedelta(minutes=minutes_ago)
        key = ""
        for number in range(count):
            key = "%s%s/%s-%05d" % (directory, moment.astimezone(zone).strftime("%Y/%m/%d/%H/%M"), name, number)
            stored = s3_backends["123456789012"]["aws"].put_object("archive", key, b"x" * size)
            stored.last_modified = moment.replace(tzinfo=None)
        return key

    return lay


def task(kind: str = "smart_connect_task", lag: int | None = 0, **more: Any) -> dict[str, Any]:
    bucket = "obs_bucket_path" if kind == "dis_transfer_task" else "obs_bucket_name"
    path = "file_prefix" if kind == "dis_transfer_task" else "obs_path"
    return {
        "kind": kind,
        "parent": "parent",
        "parent_name": "parent",
        "name": more.pop("name", "task"),
        "id": "id",
        "health": "ok",
        "lag": lag,
        "topics": None if kind == "dis_transfer_task" else ["orders"],
        "topics_regex": None,
        "created_at": "2024-01-01T00:00:00Z",
        "last_transfer_at": None,
        "destination": {
            "kind": "obs",
            bucket: more.pop("bucket", "archive"),
            path: "dump",
            "partition_format": "yyyy/MM/dd/HH/mm",
            "deliver_time_interval": 300,
        },
        **more,
    }


def test_more_files_than_one_page_holds(run: Run, obs: str, put: Put) -> None:
    put("dump/orders/", count=1100, minutes_ago=12)
    newest = put("dump/orders/", count=1005, minutes_ago=2)
    put("dump/orders/", count=3, minutes_ago=90)
    result = run("dump_landing_info", tasks=[task()], since=3600, **KEYS)
    assert result.get("failed") is not True, result
    page = boto3.client("s3", endpoint_url=obs, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b").list_objects(
        Bucket="archive"
    )
    assert page["IsTruncated"], "the server does not page, so this test proves nothing"
    assert (result["changed"], result["summary"]) == (
        False,
        {"tasks": 1, "landing": 1, "quiet": 0, "stuck": 0, "unreadable": 0, "unknown": 0},
    )
    landing = result["landing"][0]
    assert (landing["verdict"], landing["objects"], landing["bytes"]) == ("landing", 2105, 21050)
    assert landing["newest"]["size"] == 10
    assert landing["newest"]["key"][: len(newest) - 5] == newest[:-5]
    assert landing["prefixes"] == ["dump/orders/"]


def test_every_verdict_in_the_order_of_the_tasks(run: Run, obs: str, put: Put) -> None:
    put("dump/", name="dis", minutes_ago=3)
    put("dump/late/", minutes_ago=600)
    tasks = [
        task("dis_transfer_task", lag=None),
        task(topics=["late"], lag=0),
        task(topics=["late"], lag=812),
        task("kafka_sink_task", topics=["none"], lag=None, name="sink"),
        task(bucket="no-such-bucket"),
        {**task(), "destination": {"kind": "kafka"}},
    ]
    tasks = [{**entry, "id": str(number)} for number, entry in enumerate(tasks)]
    result = run("dump_landing_info", tasks=tasks, **KEYS)
    verdicts = [entry["verdict"] for entry in result["landing"]]
    # the transfer task's files lie where sink tasks without directories of topics would put theirs, and their names say no topic
    assert verdicts == ["unknown", "unknown", "unknown", "unknown", "unreadable", "unknown"]
    assert "directory of its own" in result["landing"][0]["reason"]
    assert run("dump_landing_info", tasks=tasks[:1], **KEYS)["landing"][0]["verdict"] == "landing"
    tasks = [{**entry, "destination": {**entry["destination"], "obs_path": "dump/late"}} for entry in tasks[1:4]]
    result = run("dump_landing_info", tasks=[{**entry, "topics": ["x"], "id": "one and the same"} for entry in tasks], **KEYS)
    assert [entry["verdict"] for entry in result["landing"]] == ["quiet", "stuck", "unknown"]
    assert all(entry["newest"]["modified_at"] for entry in result["landing"])
    assert "812 messages wait" in result["landing"][1]["reason"]


def test_the_local_cloud_says_that_it_has_no_buckets(cloud: Local, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment leads there, so that no real bucket is asked for a play on it."""
    monkeypatch.setenv("HW_OBS_ENDPOINT", cloud.url)
    entry = run("dump_landing_info", tasks=[task()], **KEYS)["landing"][0]
    assert entry["verdict"] == "unreadable"
    assert "The local cloud has no OBS, so no bucket can be looked into. Set HW_OBS_ENDPOINT to a server that speaks S3" in entry["reason"]


def test_a_bucket_that_is_not_there_is_no_failure(run: Run, obs: str) -> None:
    result = run("dump_landing_info", tasks=[task(bucket="no-such-bucket"), task(lag=1)], **KEYS)
    assert result.get("failed") is not True
    missing, stuck = result["landing"]
    assert (missing["verdict"], missing["error"]["code"], missing["error"]["status"]) == ("unreadable", "NoSuchBucket", 404)
    assert (missing["objects"], missing["bytes"], missing["newest"]) == (None, None, None)
    assert (stuck["verdict"], stuck["objects"], stuck["error"]) == ("stuck", 0, None)


@pytest.mark.parametrize("newer", [{"lag": -1}, {"lag": 2}])
def test_a_bucket_that_answers_with_a_page_never_pages_anybody(run: Run, monkeypatch: pytest.MonkeyPatch, newer: dict[str, Any]) -> None:
    """What is no list is unreadable, and neither quiet nor stuck; what one bucket answers has no part in the verdict on the next."""
    pages = {"html": b"<html>Sign in</html>", "empty": b"", "foreign": b"<Foreign/>", "good": GOOD, "odd": GOOD.replace(b"false", b"maybe")}
    with serving(lambda handler: respond(handler, 200, pages[handler.path.strip("/").partition("?")[0]])) as url:
        monkeypatch.setenv("HW_OBS_ENDPOINT", url)
        result = run("dump_landing_info", tasks=[task(bucket=name, **newer) for name in pages], parallelism=1, **KEYS)
    assert result.get("failed") is not True, result
    verdicts = {entry["bucket"]: entry["verdict"] for entry in result["landing"]}
    stuck = "stuck" if newer["lag"] > 0 else "unknown"
    assert verdicts == {"html": "unreadable", "empty": "unreadable", "foreign": "unreadable", "good": stuck, "odd": "unreadable"}
    assert result["summary"]["unreadable"] == 4
    assert "-1 messages" not in str(result["landing"])


@pytest.mark.parametrize("status", [401, 403, 404])
def test_buckets_that_are_refused_are_unreadable(run: Run, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    with serving(lambda handler: respond(handler, status, b"")) as url:
        monkeypatch.setenv("HW_OBS_ENDPOINT", url)
        result = run("dump_landing_info", tasks=[task(lag=9), task(bucket="other", lag=9)], **KEYS)
    assert [(entry["verdict"], entry["error"]["status"]) for entry in result["landing"]] == [("unreadable", status)] * 2


@pytest.mark.parametrize("word", ["t", "Yes", "1", "on", "TRUE"])
def test_one_reading_of_hw_insecure(word: str) -> None:
    """The same words turn verification off for the API and for the bucket."""
    options = {"parallelism": 1, "obs_addressing": "auto", "region": "r", **KEYS}
    given = Given(options, {"HW_INSECURE": word})
    with mock.patch(transport.__name__ + ".Transport") as opened:
        module_body.find_buckets(given, module_body.Reader(given).key, "", print)
    assert opened.call_args.args == (1, False)


def test_zones(run: Run, obs: str, put: Put) -> None:
    put("dump/orders/", minutes_ago=5, zone=UTC)
    declared = run("dump_landing_info", tasks=[task()], time_zone="UTC", **KEYS)["landing"][0]
    assert (declared["verdict"], declared["objects"]) == ("landing", 1)
    other = run("dump_landing_info", tasks=[task()], **KEYS)["landing"][0]
    assert other["verdict"] == "landing"
    assert "check time_zone" in other["reason"]
    assert run("dump_landing_info", tasks=[task()], time_zone="Nowhere", **KEYS)["failed"]


def test_whose_key_is_used(run: Run, monkeypatch: pytest.MonkeyPatch, listener: tuple[str, list[str]]) -> None:
    url, keys = listener
    monkeypatch.setenv("HW_OBS_ENDPOINT", url)
    run("dump_landing_info", tasks=[task()], **KEYS)
    run("dump_landing_info", tasks=[task()])
    monkeypatch.delenv("OPENDUMP_OBS_ACCESS_KEY")
    monkeypatch.delenv("OPENDUMP_OBS_SECRET_KEY")
    run("dump_landing_info", tasks=[task()])
    assert keys == ["LISTERACCESSKEY00001", "WRITERACCESSKEY00001", "EMULATORACCESSKEY001"]
    monkeypatch.delenv("HW_ACCESS_KEY")
    monkeypatch.delenv("HW_SECRET_KEY")
    monkeypatch.setenv("HW_AUTH_TOKEN", "a-token")
    none = run("dump_landing_info", tasks=[task()])
    assert none["failed"]
    assert "OPENDUMP_OBS_ACCESS_KEY" in none["msg"]


def test_a_wrong_key_is_used_once(run: Run, monkeypatch: pytest.MonkeyPatch, listener: tuple[str, list[str]]) -> None:
    url, keys = listener
    monkeypatch.setenv("HW_OBS_ENDPOINT", url)
    refused = run("dump_landing_info", tasks=[task(name=f"task-{number}") for number in range(20)], **KEYS)
    assert refused["failed"]
    assert refused["error"]["code"] == "InvalidAccessKeyId"
    assert len(keys) == 1
    assert KEYS["obs_secret_key"] not in str(refused)


def test_half_a_key_and_no_place(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENDUMP_OBS_SECRET_KEY")
    half = run("dump_landing_info", tasks=[task()], obs_endpoint="http://127.0.0.1:9")
    assert "Set the other one too" in half["msg"]
    monkeypatch.delenv("HW_REGION_NAME")
    assert "HW_OBS_ENDPOINT" in run("dump_landing_info", tasks=[task()], **KEYS)["msg"]


GOOD = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"


def respond(handler: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextlib.contextmanager
def serving(act: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A server that does one and the same with each request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            act(self)

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that knows no key, and the keys that it was shown."""
    keys: list[str] = []

    def refuse(handler: BaseHTTPRequestHandler) -> None:
        keys.append(handler.headers["Authorization"].partition("Credential=")[2].partition("/")[0])
        respond(handler, 403, b"<Error><Code>InvalidAccessKeyId</Code><Message>No such key.</Message></Error>")

    with serving(refuse) as url:
        yield url, keys
