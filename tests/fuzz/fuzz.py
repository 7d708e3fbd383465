# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fuzz what reads bytes from elsewhere: the local cloud's verifier, and the parsers of the collection's client.

Usage: python tests/fuzz/fuzz.py [SECONDS] [TARGET …]. Each target runs in a process of its own, for its part of the time.
A crash is kept in .cache/fuzz-corpus and ends this with an error; ``python tests/fuzz/fuzz.py --replay TARGET FILE`` runs it again.
"""

from __future__ import annotations

import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import atheris

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / ".cache" / "fuzz-corpus"
NOW = datetime(2026, 11, 21, 6, 0, 0, tzinfo=UTC)
DATE = "20261121T060000Z"
MODULE_UTILS = "ansible_collections.opendump.huaweicloud.plugins.module_utils."

with atheris.instrument_imports(include=["huaweicloud_emulator.verifier", MODULE_UTILS[:-1]], enable_loader_override=False):
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._api import answers as _answers
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._api import refusals as _refusals
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._api import transport as _transport
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.endpoints import find_endpoint
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.error_bodies import read_refusal
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.error_codes import explain
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.profiles import read_profile
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.redaction import make_printable, mask_secrets
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.request import Request, quote_segment
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.retry import parse_http_date, read_retry_after
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.signing import build_canonical_query, sign
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import OpendumpError
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.dis_transfer_task import DisTransferTask
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.kafka_sink_task import KafkaSinkTask
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.smart_connect_task import SmartConnectTask
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.result import build_task_record
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.records import Parent, Task
    from huaweicloud_emulator.identity import AccessKey
    from huaweicloud_emulator.verifier import Signed, Unverified, verify

KEY = AccessKey("FUZZEDACCESSKEY00001", "fuzzed-secret-key-0001", "opendump", "opendump")


def _verified(request: Signed, plus_is_space: bool = False) -> bool:
    with contextlib.suppress(Unverified):
        return verify(request, {KEY.access: KEY}.get, NOW, lambda key: False, plus_is_space) is KEY
    return False


def verifier(data: bytes) -> None:
    """Whatever arrives is verified or refused; without the secret nothing is verified."""
    fuzzed = atheris.FuzzedDataProvider(data)
    authorization = fuzzed.ConsumeUnicodeNoSurrogates(120)
    if fuzzed.ConsumeBool():
        authorization = (
            f"SDK-HMAC-SHA256 Access={KEY.access}, SignedHeaders={fuzzed.ConsumeUnicode(40)}, Signature={fuzzed.ConsumeUnicode(64)}"
        )
    headers = [("host", "dis.example.org"), ("x-sdk-date", fuzzed.ConsumeUnicode(20) if fuzzed.ConsumeBool() else DATE)]
    headers += [("authorization", authorization)] if fuzzed.ConsumeBool() else []
    headers += [(fuzzed.ConsumeUnicode(12).lower(), fuzzed.ConsumeUnicode(20)) for _each in range(fuzzed.ConsumeIntInRange(0, 4))]
    request = Signed("POST", fuzzed.ConsumeBytes(40), fuzzed.ConsumeBytes(60), headers, fuzzed.ConsumeBytes(60))
    assert not _verified(request, fuzzed.ConsumeBool()), "verified without the secret"


def signer(data: bytes) -> None:
    """What the client signs, the verifier, which is other code, accepts; and nothing that was changed on the way."""
    fuzzed = atheris.FuzzedDataProvider(data)
    segments = [fuzzed.ConsumeUnicodeNoSurrogates(12) for _each in range(fuzzed.ConsumeIntInRange(0, 4))]
    try:
        path = "/" + "/".join(map(quote_segment, segments))
    except OpendumpError:
        return
    number = fuzzed.ConsumeIntInRange(0, 4)
    query = [(fuzzed.ConsumeUnicodeNoSurrogates(8), fuzzed.ConsumeUnicodeNoSurrogates(12)) for _each in range(number)]
    body = fuzzed.ConsumeBytes(200)
    sent = sign(KEY.access, KEY.secret, "POST", path, query, {"Host": "dis.example.org", "X-Sdk-Date": DATE}, body)
    headers = [(name.lower(), value) for name, value in sent.items()]
    line = build_canonical_query(query).encode()
    assert _verified(Signed("POST", path.encode(), line, headers, body)), (path, query, body)
    assert not _verified(Signed("POST", path.encode(), line, headers, body + b"x")), "another body"
    assert unquote_to_bytes(path)


def refusals(data: bytes) -> None:
    """Every error answer has a code and a text that can be shown, without the secret in it."""
    fuzzed = atheris.FuzzedDataProvider(data)
    status = fuzzed.ConsumeIntInRange(300, 599)
    headers = {"Retry-After": fuzzed.ConsumeUnicode(30), "Date": fuzzed.ConsumeUnicode(30), "X-Request-Id": fuzzed.ConsumeUnicode(20)}
    body = fuzzed.ConsumeBytes(4000)
    refusal = read_refusal(status, headers, body, lambda text: mask_secrets(text, [KEY.secret]))
    assert KEY.secret not in "".join(refusal)
    assert len(refusal.text) < 2000 and len(refusal.code) < 500
    for service in ("dis", "dms", "iam"):
        explain(service, status, refusal.code)
    waits = read_retry_after(headers, 0.0)
    assert waits is None or waits >= 0
    parse_http_date(headers["Date"])
    make_printable(refusal.text).encode("utf-8")


def answers(data: bytes) -> None:
    """Every answer becomes a document, or an error that says so; every document becomes records, or an error."""
    request = Request(find_endpoint("dis", "https://dis.example.org", None, None), "GET", "/v2/x")
    try:
        document = _answers.read_document(request, _transport.Reply(200, {}, data))
    except OpendumpError:
        return
    _answers.read_total(document)
    json.dumps(document).encode("ascii")
    for kind in (DisTransferTask, KafkaSinkTask, SmartConnectTask):
        adapter = kind(_Answering(document))
        parent = Parent("parent", "parent", "connector")
        with contextlib.suppress(OpendumpError):
            for task in adapter.listing(parent).tasks:
                json.dumps(build_task_record(kind, task))
        with contextlib.suppress(OpendumpError):
            json.dumps(build_task_record(kind, adapter.look(parent, Task(kind.name, parent, "name", "id"))))


class _Answering:
    """A client that always gets this answer."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.shared: dict[type, Any] = {}

    def call(self, *_request: Any, **_more: Any) -> Any:
        return self.document

    enterprise_project_id = None

    def pages(self, *_request: Any, **_more: Any) -> list[Any]:
        return [self.document] if isinstance(self.document, dict) else []


def profiles(data: bytes) -> None:
    """A configuration file of whatever content is a profile, or an error that says what is wrong with it."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        with contextlib.suppress(OpendumpError):
            read_profile(file.name, None)


def endpoints(data: bytes) -> None:
    """An endpoint is where the credentials go: a host, or an error."""
    text = atheris.FuzzedDataProvider(data).ConsumeUnicodeNoSurrogates(200)
    for url in (text, "https://" + text):
        try:
            place = find_endpoint("dis", url, None, None)
        except OpendumpError:
            continue
        assert urlsplit(place.base).hostname, url
    _refusals._strip_query(text)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (verifier, signer, refusals, answers, profiles, endpoints)
}
SEEDS: dict[str, list[bytes]] = {
    "answers": [
        b'{"total_number":1,"tasks":[{"task_name":"name","task_id":"id","id":"id","status":"RUNNING","state":"RUNNING","create_time":1,'
        b'"destination_type":"OBS","obs_destination_description":{"deliver_time_interval":"300","record_delimiter":"\\n"},'
        b'"obs_destination_descriptor":{"topics":"a,b"},"source_type":"NONE","sink_type":"OBS_SINK","sink_task":{"obs_path":"x"}}]}',
        b'{"task_name":"name","state":"ABNORMAL","destination_type":"OBS","obs_destination_description":{"processing_schema":{}},'
        b'"partitions":[{"partitionId":"shardId-0000000000","status":"ACTIVE","last_transfer_offset":"7","discard":null}],'
        b'"topics_info":[{"topic":"t","partitions":[{"partition_id":"0","lag":"2"}]}]}',
    ],
    "refusals": [b'\x00\x01{"error_code":"DIS.4303","error_msg":"Exceeded"}', b"<html><title>502 Bad Gateway</title></html>"],
    "profiles": [b'{"current":"a","profiles":[{"name":"a","mode":"AKSK","accessKeyId":"x"}]}', b"[basic]\nak = a\nsk = b%c\n"],
    "endpoints": [b"dis.example.org:8443/path", b"user:word@[::1]:1"],
}


def fuzz(name: str, seconds: int) -> None:
    corpus = CORPUS / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS.get(name, [])):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=10", "-rss_limit_mb=2048", "-verbosity=0", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={corpus.parent}/{name}-", str(corpus)], TARGETS[name])
    atheris.Fuzz()


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--replay"]:
        TARGETS[arguments[1]](pathlib.Path(arguments[2]).read_bytes())
        return 0
    if arguments[:1] == ["--target"]:
        fuzz(arguments[1], int(arguments[2]))
        return 0
    seconds = int(arguments[0]) if arguments else 60
    names = arguments[1:] or list(TARGETS)
    failed = []
    for name in names:
        each = max(1, seconds // len(names))
        done = subprocess.run([sys.executable, __file__, "--target", name, str(each)], capture_output=True, text=True, check=False)
        runs = next((line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed_units" in line), "no")
        print(f"fuzz: {name}: {runs} inputs in {each} s, {'no crash' if done.returncode == 0 else 'CRASHED'}", flush=True)
        if done.returncode != 0:
            failed.append(name)
            print(done.stdout[-2000:] + done.stderr[-4000:])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
