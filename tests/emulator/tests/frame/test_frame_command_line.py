# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: help, port file, seeds, TLS, and errors that end it at once."""

from __future__ import annotations

import contextlib
import datetime
import http.client
import itertools
import json
import os
import pathlib
import select
import ssl
import subprocess
import sys
from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import huaweicloud_emulator
from huaweicloud_emulator.__main__ import welcome
from huaweicloud_emulator.seed_document import ESTATES, apply_seed
from huaweicloud_emulator.server import new_cloud, running

ENVIRONMENT = dict(os.environ, PYTHONPATH=str(pathlib.Path(huaweicloud_emulator.__file__).parent.parent))
COMMAND = [sys.executable, "-m", "huaweicloud_emulator"]


def ended(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False)


@contextlib.contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the first line it says."""
    with subprocess.Popen([*COMMAND, *arguments], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert select.select([process.stdout], [], [], 60)[0], "it says nothing"
            yield process, process.stdout.readline()
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, pathlib.Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    unencrypted = serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted))
    return cert_file, key_file


def test_help_tells_options_and_the_account() -> None:
    done = ended("--help")
    assert done.returncode == 0
    for words in ("--portfile", "--seed", "--tls-cert", "EMULATORACCESSKEY001", "HW_DIS_ENDPOINT"):
        assert words in done.stdout


def test_portfile_is_there_when_requests_are_answered_and_goes_at_the_end(tmp_path: pathlib.Path) -> None:
    portfile = tmp_path / "port"
    with started("--port", "0", "--portfile", str(portfile), "--seed", "demo") as (_each, line):
        assert line.startswith("The local cloud listens on http://127.0.0.1:")
        port = int(portfile.read_text())
        assert line.strip().endswith(f":{port}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/_emulator/state")
        state = json.load(connection.getresponse())
        connection.close()
        assert state["projects"][0]["dis"]["streams"][0]["name"] == "newstream"
    assert list(tmp_path.iterdir()) == []


def test_what_it_prints_is_an_environment_to_work_in() -> None:
    """Every estate of the package by its name, and the lines to copy, run by a shell that then calls the cloud."""
    for name in ESTATES:
        with started("--port", "0", "--seed", name) as (process, _line):
            assert process.stdout is not None
            lines = list(itertools.takewhile(lambda line: "Ctrl-C" not in line, process.stdout))
            exports = [line.strip() for line in lines if line.lstrip().startswith("export ")]
            script = "; ".join([*exports, "env"])
            done = subprocess.run(["sh", "-c", script], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True)
            there = dict(line.split("=", 1) for line in done.stdout.splitlines())
            connection = http.client.HTTPConnection(there["HW_DIS_ENDPOINT"].rpartition("/")[2], timeout=30)
            connection.request("GET", "/_emulator/state")
            buckets = json.load(connection.getresponse())["buckets"]
            connection.close()
            assert ("my-archive" in buckets) == (name in ("first_play", "migration"))
        assert there["HW_DMS_ENDPOINT"] == there["HW_IAM_ENDPOINT"] == there["HW_DIS_ENDPOINT"] == there["HW_OBS_ENDPOINT"]
        assert (there["HW_ACCESS_KEY"], there["HW_REGION_NAME"]) == ("EMULATORACCESSKEY001", "eu-west-101")
        assert len(there["OPENDUMP_OBS_ACCESS_KEY"]) == 20


def test_a_key_for_buckets_that_the_seed_revoked_is_not_printed() -> None:
    cloud = new_cloud()
    keys = [{"access": "GONE", "secret": "gone", "status": "revoked"}, {"access": "GOOD", "secret": "it's good"}]
    apply_seed(cloud, {"writer_keys": keys})
    assert "OPENDUMP_OBS_ACCESS_KEY=GOOD OPENDUMP_OBS_SECRET_KEY='it'\"'\"'s good'" in welcome(cloud, "http://127.0.0.1:1")


def test_seed_file(tmp_path: pathlib.Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"buckets": ["from-a-file"]}))
    with started("--port", "0", "--seed", str(seed)) as (_each, line):
        connection = http.client.HTTPConnection(line.strip().rpartition("/")[2], timeout=30)
        connection.request("GET", "/_emulator/state")
        assert "from-a-file" in json.load(connection.getresponse())["buckets"]
        connection.close()


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file"), ("{", "Expecting"), ('{"streams": []}', "streams: there is no such key")],
    ids=["no file", "no JSON", "wrong"],
)
def test_wrong_seed_ends_it(tmp_path: pathlib.Path, content: str | None, words: str) -> None:
    seed = tmp_path / "seed.json"
    if content is not None:
        seed.write_text(content)
    done = ended("--port", "0", "--seed", str(seed))
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_answers_file(tmp_path: pathlib.Path) -> None:
    answers = tmp_path / "answers.json"
    document = {"format": "opendump-answers/1", "answers": {"dis.put_status": {"value": 204, "told": True}}}
    answers.write_text(json.dumps(document))
    with started("--port", "0", "--answers", str(answers), "--seed", "regions") as (_each, line):
        connection = http.client.HTTPConnection(line.strip().rpartition("/")[2], timeout=30)
        connection.request("POST", "/_emulator/reset")
        connection.getresponse().read()
        connection.request("GET", "/_emulator/state")
        assert json.load(connection.getresponse())["switches"] == {"dis.put_status": 204}
        connection.close()
    document["answers"] = {"dis.putt": {"value": 204, "told": True}}
    answers.write_text(json.dumps(document))
    done = ended("--port", "0", "--answers", str(answers))
    assert done.returncode == 2
    assert f"--answers {answers}: answers.dis.putt: there is no such key; did you mean dis.put?" in done.stderr


def test_taken_port_ends_it() -> None:
    with running() as local:
        port = local.url.rpartition(":")[2]
        done = ended("--port", port)
    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1 port {port}" in done.stderr


def test_wrong_certificate_ends_it(tmp_path: pathlib.Path) -> None:
    done = ended("--port", "0", "--tls-cert", str(tmp_path / "none.pem"))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_tls(certificate: tuple[pathlib.Path, pathlib.Path]) -> None:
    cert_file, key_file = certificate
    with started("--port", "0", "--tls-cert", str(cert_file), "--tls-key", str(key_file)) as (_each, line):
        assert line.startswith("The local cloud listens on https://")
        context = ssl.create_default_context(cafile=str(cert_file))
        connection = http.client.HTTPSConnection("localhost", int(line.rpartition(":")[2]), timeout=30, context=context)
        connection.request("GET", "/_emulator/health")
        assert json.load(connection.getresponse()) == {"status": "ok"}
        connection.close()


def test_tls_in_a_thread(certificate: tuple[pathlib.Path, pathlib.Path]) -> None:
    with running(host="localhost", tls_cert=certificate[0], tls_key=certificate[1]) as local:
        assert local.url.startswith("https://localhost:")
        assert local.admin("GET", "health") == {"status": "ok"}
