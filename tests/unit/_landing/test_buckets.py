# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a bucket is asked, and what becomes of answers that are none: each is an error with words of its own, and soon."""

from __future__ import annotations

import gzip
import http.server
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from scripted_service import Act, Clock, ScriptedService, answer, drop

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.credentials import Key
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.endpoints import find_endpoint
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.transport import Transport
from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import OpendumpError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._landing.buckets import Buckets, KeyRefused
from ansible_collections.opendump.huaweicloud.plugins.module_utils._landing.files import CutOff

ENTRY = "<Contents><Key>%s</Key><Size>1</Size><LastModified>2026-02-03T04:05:06Z</LastModified></Contents>"
EMPTY = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
Made = Callable[..., Buckets]


def page(*keys: str, more: bool = False, folders: tuple[str, ...] = ()) -> bytes:
    inside = "".join(ENTRY % key for key in keys)
    inside += "".join(f"<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>" for folder in folders)
    return f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{inside}</ListBucketResult>".encode()


def refuse(status: int, code: str = "", headers: dict[str, str] | None = None) -> Act:
    return answer(status, raw=f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode() if code else b"", headers=headers)


@pytest.fixture
def buckets(service: ScriptedService, clock: Clock) -> Iterator[Made]:
    transports = []

    def make(url: str = "", real_time: bool = False, **more: Any) -> Buckets:
        transport = Transport(8, True)
        transports.append(transport)
        watch: dict[str, Any] = {} if real_time else {"wait": clock.wait, "now": clock.now, "monotonic": clock.now}
        key = Key("ACCESSKEYCANARY0001", "secret-key-canary-0001", more.pop("token", ""))
        return Buckets(
            key, find_endpoint("obs", url or service.url, None, None), "eu-west-101", transport, **{"timeout": 5.0, **watch, **more}
        )

    yield make
    for transport in transports:
        transport.close()


def names(reached: Buckets, prefix: str = "", **more: str) -> list[str]:
    return [file.key for file in reached.open_bucket("archive", 1000).list_objects(prefix, **more)]


def test_pages_are_read_to_the_last(service: ScriptedService, buckets: Made) -> None:
    service.script = [answer(raw=page("a/1", "a/2", more=True)), answer(raw=page("a/3"))]
    assert names(buckets(), "a/", after="a/1", until="a/9") == ["a/2", "a/3"]
    first, second = (parse_qs(request.target.partition("?")[2]) for request in service.received)
    assert first == {"prefix": ["a/"], "max-keys": ["1000"], "encoding-type": ["url"], "marker": ["a/1"]}
    assert second["marker"] == ["a/2"]
    assert service.received[0].path == "/archive"


def test_directories(service: ScriptedService, buckets: Made) -> None:
    service.script = [answer(raw=page("a/1", folders=("a/x/",), more=True)), answer(raw=page(folders=("a/x/", "a/y/")))]
    assert buckets().open_bucket("archive", 1000).list_directories("a/") == ["a/x/", "a/y/"]
    assert "delimiter=%2F" in service.received[0].target


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "an empty answer"),
        (b"<html><body>Sign in</body></html>", "but html"),
        (b"<!DOCTYPE html><html>", "document type"),
        (b"<ListAllMyBucketsResult/>", "but ListAllMyBucketsResult"),
        (b'{"tasks": []}', "not XML"),
        (EMPTY.replace(b"false", b""), "whether it is complete"),
        (page("elsewhere/1"), "names that were not asked for"),
        (page(folders=("elsewhere/",)), "names that were not asked for"),
    ],
)
def test_what_is_no_list_is_an_error(service: ScriptedService, buckets: Made, body: bytes, what: str) -> None:
    service.always = answer(raw=body)
    with pytest.raises(OpendumpError, match=what) as caught:
        names(buckets(), "a/")
    assert "Bucket 'archive' could not be read" in str(caught.value)
    assert "obs_endpoint" in str(caught.value)
    assert len(service.received) == 1


@pytest.mark.parametrize("status", [204, 301, 302, 307, 308, 400, 401, 403, 404, 418])
def test_other_answers_are_errors_asked_for_once(service: ScriptedService, buckets: Made, status: int) -> None:
    service.always = answer(
        status, raw=b"<p>a page</p>" if status != 204 else b"", headers={"Location": service.url + "/again?signature=s"}
    )
    with pytest.raises(OpendumpError) as caught:
        names(buckets())
    assert caught.value.details["status"] == status
    assert len(service.received) == 1
    assert ("Redirects are not followed" in str(caught.value)) == (300 <= status < 400)
    assert "signature=s" not in str(caught.value)


def test_refusals_say_what_to_do(service: ScriptedService, buckets: Made) -> None:
    service.always = refuse(404, "NoSuchBucket", {"x-obs-request-id": "0017"})
    with pytest.raises(OpendumpError, match=r"NoSuchBucket \(HTTP 404\): No\. The dump writes") as caught:
        names(buckets())
    assert (caught.value.details["code"], caught.value.details["request_id"], caught.value.details["service"]) == (
        "NoSuchBucket",
        "0017",
        "obs",
    )
    service.always = refuse(403, "InvalidAccessKeyId")
    with pytest.raises(KeyRefused, match="no further request was sent"):
        names(buckets())


def test_who_is_not_let_in_at_all_does_not_ask_for_the_next_bucket(service: ScriptedService, buckets: Made) -> None:
    service.always = refuse(401)
    reached = buckets()
    for name in ("archive", "other"):
        with pytest.raises(OpendumpError, match="HTTP 401"):
            list(reached.open_bucket(name, 1000).list_objects(""))
    assert len(service.received) == 1


def test_the_key_is_in_no_message(service: ScriptedService, buckets: Made) -> None:
    text = "<Error><Code>Odd</Code><Message>Do not use secret-key-canary-0001 of ACCESSKEYCANARY0001.</Message></Error>"
    service.always = answer(400, raw=text.encode())
    with pytest.raises(OpendumpError) as caught:
        names(buckets())
    assert "canary" not in str(caught.value).lower() + str(caught.value.details).lower()


def test_what_may_pass_is_tried_again_within_the_budget(service: ScriptedService, buckets: Made, clock: Clock) -> None:
    warnings: list[str] = []
    service.script = [refuse(503, "SlowDown", {"Retry-After": "3"}), refuse(500), drop, answer(raw=page("a"))]
    assert names(buckets(warn=warnings.append)) == ["a"]
    assert (len(warnings), clock.waits[0]) == (3, 3.0)
    service.always = refuse(503)
    reached = buckets(retry_budget=20.0)
    started = clock.now()
    for _each in range(3):
        with pytest.raises(OpendumpError, match="HTTP 503"):
            names(reached)
    assert clock.now() - started <= 20, "a service that is down costs its budget once"


def endless(body: Callable[[str], bytes]) -> Act:
    def act(handler: http.server.BaseHTTPRequestHandler) -> None:
        marker = parse_qs(urlsplit(handler.path).query).get("marker", [""])[0]
        answer(raw=body(marker))(handler)

    return act


ENDLESS = {
    "one name a page": lambda marker: page("%08d" % (int(marker or 0) + 1), more=True),
    "no name a page": lambda marker: page(more=True).replace(
        b"</ListBucketResult>", b"<NextMarker>%08d</NextMarker></ListBucketResult>" % (int(marker or 0) + 1)
    ),
    "folders": lambda marker: page(folders=("%08d/" % (int((marker or "0").rstrip("/")) + 1),), more=True),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_no_list_is_endless(service: ScriptedService, buckets: Made, kind: str) -> None:
    service.always = endless(ENDLESS[kind])
    with pytest.raises(CutOff):
        list(buckets().open_bucket("archive", 1000).list_objects(""))
    assert len(service.received) == 22


def test_a_list_that_comes_again_and_again_is_an_error(service: ScriptedService, buckets: Made) -> None:
    service.always = answer(raw=page("a", "b", more=True))
    with pytest.raises(OpendumpError, match="repeats the same page"):
        names(buckets())
    assert len(service.received) == 2
    service.always = answer(raw=page(more=True))
    with pytest.raises(OpendumpError, match="repeats the same page"):
        names(buckets())


def test_a_look_has_an_end_in_time(service: ScriptedService, buckets: Made, clock: Clock) -> None:
    def slow(handler: http.server.BaseHTTPRequestHandler) -> None:
        clock.time += 4.9
        endless(ENDLESS["one name a page"])(handler)

    service.always = slow
    with pytest.raises(CutOff):
        list(buckets().open_bucket("archive", 10**6).list_objects(""))
    assert len(service.received) == 11


def test_an_answer_that_drips_ends_in_time(service: ScriptedService, buckets: Made) -> None:
    service.always = service.drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<ListBucketResult>", b" ", 0.05)
    started = time.monotonic()
    with pytest.raises(OpendumpError, match="did not answer completely within"):
        names(buckets(timeout=0.3, retry_budget=0.0, real_time=True))
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_without_end_takes_no_memory(service: ScriptedService, buckets: Made, packed: bool) -> None:
    """300 MB, plain or packed."""
    body = gzip.compress(bytes(300 * 10**6), 1) if packed else bytes(64 * 10**6)
    service.always = answer(raw=body, headers={"Content-Encoding": "gzip"} if packed else None)
    tracemalloc.start()
    try:
        with pytest.raises(OpendumpError, match="sends more than 32 MiB"):
            names(buckets())
        assert tracemalloc.get_traced_memory()[1] < 150 * 10**6
    finally:
        tracemalloc.stop()
    assert len(service.received) == 1


@pytest.mark.parametrize("name", ["", "a", "a/b", "a?b", "evil.example#", "a b", "..", "-a-", "ü" * 5, "a" * 300, "a@b.example"])
def test_names_that_no_bucket_has_are_not_asked_for(service: ScriptedService, buckets: Made, name: str) -> None:
    with pytest.raises(OpendumpError, match="no bucket can have this name"):
        list(buckets().open_bucket(name, 10).list_objects(""))
    assert service.received == []


def test_a_directory_that_cannot_be_sent(service: ScriptedService, buckets: Made) -> None:
    with pytest.raises(OpendumpError, match="cannot be sent"):
        names(buckets(), "\ud800")


@pytest.mark.parametrize(
    ("addressing", "url", "name", "host", "path"),
    [
        ("auto", "https://obs.eu-west-101.myhuaweicloud.eu", "archive", "archive.obs.eu-west-101.myhuaweicloud.eu", "/"),
        ("auto", "https://obs.eu-west-101.myhuaweicloud.eu", "my.archive", "obs.eu-west-101.myhuaweicloud.eu", "/my.archive"),
        ("virtual", "https://obs.example:8443/s3", "my.archive", "my.archive.obs.example:8443", "/s3/"),
        ("virtual", "https://obs.example", "My_Archive", "obs.example", "/My_Archive"),
        ("path", "https://obs.example", "archive", "obs.example", "/archive"),
        ("auto", "https://10.0.0.1:9000", "archive", "10.0.0.1:9000", "/archive"),
        ("auto", "https://[::1]:9000", "archive", "[::1]:9000", "/archive"),
        ("auto", "https://storage", "archive", "storage", "/archive"),
    ],
)
def test_where_a_bucket_is_asked_for(buckets: Made, addressing: str, url: str, name: str, host: str, path: str) -> None:
    endpoint, place = buckets(url, addressing=addressing)._locate(name)
    assert (endpoint.host, place) == (host, path)


def test_the_users_aws_configuration_takes_no_part(
    service: ScriptedService, buckets: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "config").write_text("[default]\nregion = mars\nendpoint_url = http://127.0.0.1:9\nrole_arn = arn:aws:iam::1:role/x\n")
    for name, value in {
        "CONFIG_FILE": str(tmp_path / "config"),
        "PROFILE": "none",
        "ACCESS_KEY_ID": "X",
        "ENDPOINT_URL": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv("AWS_" + name, value)
    service.always = answer(raw=EMPTY)
    assert names(buckets(token="a-token")) == []
    (request,) = service.received
    assert "Credential=ACCESSKEYCANARY0001/" in request.headers["Authorization"]
    assert "/eu-west-101/s3/" in request.headers["Authorization"]
    assert request.headers["x-amz-security-token"] == "a-token"
