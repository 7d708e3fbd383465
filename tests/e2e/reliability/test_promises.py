# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single promises, each where it is hardest to keep."""

from __future__ import annotations

import datetime
import ipaddress
import json
import pathlib
import socket
import threading
import time
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from huaweicloud_emulator.server import Local, new_cloud, running

from ..conftest import ESTATE, Run
from .estate import (
    IDLE_NAME,
    INSTANCE,
    INSTANCE_NAME,
    NAME,
    PASSING,
    PLAIN_NAME,
    STREAM,
    document,
    sink_task,
    smart_connect_task,
    tasks,
    transfer_task,
)
from .verbs import CONNECT, SINK, TRANSFER

QUICK: dict[str, Any] = {"wait_interval": 0.01, "wait_timeout": 2}
MANY: dict[str, Any] = {
    "dis_transfer_tasks": [{**TRANSFER, **QUICK, "task_name": f"dump-{number}"} for number in range(4)],
    "smart_connect_tasks": [{**CONNECT, **QUICK, "task_name": f"dump-{number}"} for number in range(8)],
    "kafka_sink_tasks": [{**SINK, **QUICK, "task_name": f"sink-{number}"} for number in range(8)],
}


def writes(cloud: Local) -> list[tuple[str, str]]:
    return [(entry["method"], entry["path"]) for entry in cloud.requests() if entry["method"] != "GET"]


# credentials


@pytest.mark.parametrize(("status", "code"), [(401, "APIGW.0301"), (403, "APIGW.0302"), (441, "DIS.4110")], ids=["401", "403", "441"])
def test_refused_credentials_are_not_tried_again(run: Run, cloud: Local, status: int, code: str) -> None:
    """Five failures lock a key, so twenty tasks of two services ask each service once."""
    cloud.fault({"count": -1, "do": {"refuse": {"status": status, "code": code, "text": "No."}}})
    failed = run("dump_tasks", **MANY, parallelism=8)
    assert failed["failed"] and failed["summary"]["failed"] == 20
    asked = [(entry["service"], entry["path"]) for entry in cloud.requests()]
    assert len(asked) == len(set(asked)), asked
    assert status == 403 or len(asked) <= 2, asked
    assert "warnings" not in failed


def test_a_wrong_secret_does_not_lock_the_key(run: Run, cloud: Local) -> None:
    assert run("dump_tasks", **MANY, secret_key="wrong-secret-key-000001")["failed"]
    assert run("dump_tasks", **MANY).get("failed") is not True


# once


def test_a_restart_is_never_sent_twice(run: Run, cloud: Local) -> None:
    """It would take away the progress that the task has made since the first."""
    cloud.reset()
    cloud.seed(document(smart_connect_tasks=[smart_connect_task(status="WAITING")]))
    cloud.switch({"dms.connect.starting": "1s"})
    cloud.fault({"match": {"path": "restart$"}, "when": "after", "count": -1, "do": {"status": 502, "body": "<html>Bad Gateway</html>"}})
    failed = run("smart_connect_task", **CONNECT, **QUICK, state="running", retry_budget=5)
    assert [path.rpartition("/")[2] for _method, path in writes(cloud)] == ["restart"]
    assert "It is not known whether" in failed["msg"], failed["msg"]


def test_two_names_of_one_instance_do_not_make_two_tasks(run: Run, cloud: Local) -> None:
    by_id = {**CONNECT, **QUICK}
    by_name = {**{key: value for key, value in by_id.items() if key != "instance_id"}, "instance_name": INSTANCE_NAME}
    failed = run("dump_tasks", smart_connect_tasks=[by_id, by_name])
    assert failed["failed"] and "Declared twice" in failed["msg"], failed["msg"]
    assert writes(cloud) == []


def test_a_task_by_its_name_and_by_its_id_is_one_task(run: Run, cloud: Local) -> None:
    result = run("smart_connect_task", **CONNECT, **QUICK)
    cloud.admin("DELETE", "requests")
    by_id = {**{key: value for key, value in CONNECT.items() if key != "task_name"}, **QUICK, "task_id": result["task"]["id"]}
    failed = run("dump_tasks", smart_connect_tasks=[{**CONNECT, **QUICK, "state": "paused"}, {**by_id, "state": "running"}])
    assert failed["failed"] and "Declared twice" in failed["msg"], failed["msg"]
    assert writes(cloud) == []


# what is said of changes is true


def test_a_change_that_cannot_be_looked_at_is_told(run: Run, cloud: Local) -> None:
    cloud.reset()
    cloud.seed(document(transfer_tasks=[transfer_task()]))
    page = {"status": 502, "body": "<html>Bad Gateway</html>"}
    # one look to decide, one right before the write
    cloud.fault({"match": {"method": "GET", "path": f"{NAME}$"}, "skip": 2, "count": -1, "do": page})
    changed = {**TRANSFER, "obs": {**TRANSFER["obs"], "deliver_time_interval": 60}}
    failed = run("dis_transfer_task", **changed, **QUICK, retry_budget=0.2)
    assert failed["failed"] and failed["changed"] and failed["actions"] == ["update"], failed
    cloud.admin("DELETE", "faults")
    assert not run("dis_transfer_task", **changed, **QUICK)["changed"]


def test_a_change_that_was_ignored_is_none(run: Run, cloud: Local) -> None:
    cloud.reset()
    cloud.seed(document(transfer_tasks=[transfer_task()]))
    cloud.switch({"dis.put": "ignored"})
    failed = run("dis_transfer_task", **{**TRANSFER, "obs": {**TRANSFER["obs"], "deliver_time_interval": 60}}, **QUICK)
    assert failed["failed"] and not failed["changed"] and failed["actions"] == [], failed


@pytest.mark.parametrize(("name", "state", "action"), [(PLAIN_NAME, "present", "enable"), (IDLE_NAME, "absent", "disable")])
def test_a_switch_that_cannot_be_looked_at_is_told(run: Run, cloud: Local, name: str, state: str, action: str) -> None:
    cloud.reset()
    cloud.seed(document())
    page = {"status": 502, "body": "<html>Bad Gateway</html>"}
    unreadable = {"match": {"method": "GET", "path": "instances/[^/]+$"}, "count": -1, "do": page}
    cloud.fault(unreadable)
    failed = run("smart_connect", instance_name=name, state=state, **QUICK, retry_budget=0.2)
    assert failed["failed"] and failed["changed"] and failed["actions"] == [action], failed
    cloud.reset()
    cloud.seed(document())
    cloud.fault({"match": {"method": "POST"}, "when": "after", "do": {"drop": True}}, unreadable)
    failed = run("smart_connect", instance_name=name, state=state, **QUICK, retry_budget=0.2)
    assert failed["failed"] and "It is not known whether Smart Connect" in failed["msg"], failed["msg"]
    cloud.admin("DELETE", "faults")
    assert not run("smart_connect", instance_name=name, state=state, **QUICK)["changed"]


def test_a_recreation_that_breaks_off_tells_what_the_old_task_had(run: Run, cloud: Local) -> None:
    """The next run cannot know it, for the task that had it is gone."""
    cloud.reset()
    cloud.seed(document(transfer_tasks=[transfer_task(file_prefix="kept_by_nobody", consumer_strategy="LATEST")]))
    page = {"status": 502, "body": "<html>Bad Gateway</html>"}
    cloud.fault({"match": {"method": "POST", "path": "transfer-tasks$"}, "count": -1, "do": page})
    anew = {**TRANSFER, "obs": {**TRANSFER["obs"], "consumer_strategy": "TRIM_HORIZON"}, "on_immutable_change": "recreate"}
    failed = run("dis_transfer_task", **anew, **QUICK, retry_budget=0.2)
    assert failed["changed"] and "It also had " in failed["msg"], failed
    assert "obs.file_prefix: 'kept_by_nobody'" in failed["msg"], failed["msg"]
    assert "obsbucket" not in failed["msg"], "what is declared need not be told"


# lists

ODD_ROWS: dict[str, Any] = {
    "an entry without a name": [{"id": "a", "task_id": "a", "status": "RUNNING", "state": "RUNNING"}],
    "an entry that is no object": ["dump"],
    "an entry that is null": [None],
    "a name that is no text": [{"task_name": 7}],
}


@pytest.mark.parametrize("row", ODD_ROWS)
@pytest.mark.parametrize("kind", ["dis_transfer_task", "kafka_sink_task", "smart_connect_task"])
def test_what_cannot_be_read_is_not_absent(run: Run, cloud: Local, kind: str, row: str) -> None:
    body = {"tasks": ODD_ROWS[row], "total_number": 1, "max_tasks": 18, "quota_tasks": 17}
    cloud.fault({"match": {"method": "GET", "path": "tasks$"}, "count": -1, "do": {"status": 200, "body": body}})
    options = {"dis_transfer_task": TRANSFER, "kafka_sink_task": SINK, "smart_connect_task": CONNECT}[kind]
    failed = run(kind, **options, **QUICK)
    assert "cannot be read; whether a task exists cannot be told" in failed["msg"], failed["msg"]
    assert writes(cloud) == []


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("kafka_sink_task", "absent"),
        ("kafka_sink_task", "present"),
        ("smart_connect_task", "absent"),
        ("smart_connect_task", "present"),
        ("smart_connect_task", "paused"),
    ],
)
def test_a_task_without_an_id_is_not_all_tasks(run: Run, cloud: Local, kind: str, state: str) -> None:
    """A request about a task whose ID is left out would be one about the list."""
    cloud.reset()
    cloud.seed(document(sink_tasks=[sink_task()]) if kind == "kafka_sink_task" else document(smart_connect_tasks=[smart_connect_task()]))
    whole = sink_task() if kind == "kafka_sink_task" else smart_connect_task(deliver_time_interval=60)
    body = {"tasks": [{**whole, "status": "RUNNING"}], "total_number": 1}
    cloud.fault({"match": {"method": "GET", "path": "tasks$"}, "count": -1, "do": {"status": 200, "body": body}})
    options = {"kafka_sink_task": SINK, "smart_connect_task": {**CONNECT, "obs": {**CONNECT["obs"], "deliver_time_interval": 300}}}[kind]
    failed = run(kind, **options, **QUICK, state=state, on_immutable_change="recreate")
    assert "shows no ID" in failed["msg"], failed
    assert not [path for _method, path in writes(cloud) if path.endswith("tasks")], writes(cloud)


def test_an_answer_about_another_task_is_not_acted_upon(run: Run, cloud: Local) -> None:
    cloud.reset()
    cloud.seed(document(transfer_tasks=[transfer_task()]))
    body = {"task_name": "bystander-1", "task_id": "x", "state": "RUNNING", "destination_type": "OBS", "obs_destination_description": {}}
    cloud.fault({"match": {"method": "GET", "path": f"{NAME}$"}, "count": -1, "do": {"status": 200, "body": body}})
    failed = run("dis_transfer_task", **TRANSFER, **QUICK, state="paused")
    assert "the service shows 'bystander-1'" in failed["msg"], failed["msg"]
    assert writes(cloud) == []


@pytest.mark.parametrize("page", [1, 2])
def test_a_list_that_changes_between_pages_hides_nothing(run: Run, cloud: Local, page: int) -> None:
    """A task that slips from the second page to the first while the list is read must not be taken for absent."""
    cloud.reset()
    cloud.seed(document(smart_connect_tasks=[smart_connect_task(f"dump-{number:02}") for number in range(60)]))
    patch = {"service": "dms", "find": {"instance_id": INSTANCE, "task_name": "dump-03"}, "delete": True}
    cloud.fault(
        {"match": {"method": "GET", "path": "tasks$"}, "skip": page - 1, "when": "after" if page == 1 else "before", "do": {"patch": patch}}
    )
    result = run("smart_connect_task_info", instance_id=INSTANCE)
    # the two stores are one, so that this list shows sink tasks as well
    there = sorted(task["name"] for task in tasks(cloud)[("dms", INSTANCE)])
    assert sorted(task["name"] for task in result["tasks"] if task["name"] != PASSING) == there
    assert not run("smart_connect_task", **{**CONNECT, **QUICK, "task_name": "dump-50"})["changed"]


# time


def test_the_time_of_a_run_is_bounded_whatever_drips(run: Run, cloud: Local) -> None:
    cloud.fault({"count": -1, "do": {"drip": 0.05}})
    started = time.monotonic()
    failed = run("dump_tasks", **MANY, request_timeout=0.4, retry_budget=0.5)
    assert failed["failed"] and "did not answer completely within 0.4 seconds" in failed["msg"], failed
    assert time.monotonic() - started < 10


def test_a_service_that_comes_up_within_the_budget_is_waited_for(run: Run, environment: dict[str, str], local: Local) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    stop = threading.Event()

    def come_up() -> None:
        time.sleep(0.3)
        with running(seed=2, port=port) as late:
            late.seed(ESTATE)
            stop.wait(20)

    later = threading.Thread(target=come_up)
    later.start()
    try:
        done = run("dis_transfer_task", **TRANSFER, **QUICK, dis_endpoint=url, retry_budget=10)
        assert done["actions"] == ["create"], done
        assert any("nothing listens there" in warning and "Trying again" in warning for warning in map(json.dumps, done["warnings"])), done
    finally:
        stop.set()
        later.join()


def test_each_retry_is_warned_about_once(run: Run, cloud: Local) -> None:
    cloud.fault({"match": {"method": "GET"}, "count": 3, "do": {"status": 503, "body": "<html>busy</html>"}})
    done = run("dis_transfer_task", **TRANSFER, **QUICK, retry_budget=10)
    assert done["actions"] == ["create"]
    assert len(done["warnings"]) == 3
    assert all("Trying again in" in json.dumps(warning) for warning in done["warnings"])
    assert not run("dis_transfer_task", **TRANSFER, **QUICK).get("warnings")


# whom the credentials are told


def certificate(folder: pathlib.Path, name: str, host: str = "127.0.0.1", days: int = 1) -> tuple[pathlib.Path, pathlib.Path, pathlib.Path]:
    """A CA of its own, and a certificate and key that it signed."""
    now = datetime.datetime.now(datetime.UTC)

    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def make(subject: str, of: Any, ends: datetime.datetime, *extensions: tuple[x509.ExtensionType, bool]) -> x509.Certificate:
        built = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{name} CA")]))
            .public_key(of.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=10))
            .not_valid_after(ends)
        )
        for extension, critical in extensions:
            built = built.add_extension(extension, critical)
        return built.sign(ca_key, hashes.SHA256())

    # From Python 3.13 on, certificates have to have all that the standard asks of them.
    usage = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    ca = make(
        f"{name} CA",
        ca_key,
        now + datetime.timedelta(days=5),
        (x509.BasicConstraints(ca=True, path_length=None), True),
        (x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), True),
        (x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), False),
    )
    alternative: x509.GeneralName = x509.DNSName(host)
    if host[0].isdigit():
        alternative = x509.IPAddress(ipaddress.ip_address(host))
    leaf = make(
        host,
        key,
        now + datetime.timedelta(days=days),
        (x509.SubjectAlternativeName([alternative]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), False),
    )
    files = tuple(folder / f"{name}-{part}.pem" for part in ("ca", "certificate", "key"))
    pem = serialization.Encoding.PEM
    files[0].write_bytes(ca.public_bytes(pem))
    files[1].write_bytes(leaf.public_bytes(pem))
    files[2].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return files[0], files[1], files[2]


@pytest.mark.parametrize(
    ("host", "days", "options", "text"),
    [
        ("127.0.0.1", 1, {"ca_path": True}, None),
        ("127.0.0.1", 1, {"validate_certs": False}, None),
        ("127.0.0.1", 1, {}, "unable to get local issuer certificate"),
        ("127.0.0.1", 1, {"validate_certs": True}, "unable to get local issuer certificate"),
        ("127.0.0.1", -1, {"ca_path": True}, "certificate has expired"),
        ("dis.example.org", 1, {"ca_path": True}, "IP address mismatch"),
        ("127.0.0.1", 1, {"ca_path": "another"}, "unable to get local issuer certificate"),
    ],
    ids=["own CA", "not verified", "unknown CA", "unknown CA, said", "expired", "another host", "another CA"],
)
def test_certificates(run: Run, tmp_path: pathlib.Path, host: str, days: int, options: dict[str, Any], text: str | None) -> None:
    ca, leaf, key = certificate(tmp_path, "right", host, days)
    if options.get("ca_path"):
        options = {**options, "ca_path": str(ca if options["ca_path"] is True else certificate(tmp_path, "another")[0])}
    seeded = new_cloud(3)
    with running(seeded, tls_cert=leaf, tls_key=key) as secure:
        seeded.journal.clear()
        place = {"dis_endpoint": secure.url, "retry_budget": 5}
        started = time.monotonic()
        result = run("dis_transfer_task_info", stream_name=STREAM, **place, **options)
        asked = [entry.path for entry in seeded.journal._entries]
    if text is None:
        assert "DIS.4301" in result["msg"] and asked
    else:
        assert text in result["msg"] and "ca_path" in result["msg"], result["msg"]
        assert asked == []
        assert time.monotonic() - started < 4, "a certificate does not get better"
