# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request, one answer: what goes over the wire, and what happens when no whole answer comes back."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import ipaddress
import pathlib
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted_service import SECRET_KEY, Clients, Received, ScriptedService, answer, drop, send_and_close, tunnel

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api import transport as _transport
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.client import quote_segment
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.signing import sign
from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ApiError, ConfigurationError, TransportError


def signature_fits(request: Received) -> bool:
    """Whether the signature is that of the request as it was received."""
    path, _each, query = request.target.partition("?")
    pairs = [(unquote(name), unquote(value)) for name, _each, value in (pair.partition("=") for pair in query.split("&") if pair)]
    given_signature = request.headers["Authorization"]
    names = given_signature.split("SignedHeaders=")[1].split(",")[0].split(";")
    headers = {name: value for name, value in request.headers.items() if name.lower() in names}
    access_key = given_signature.split("Access=")[1].split(",")[0]
    return sign(access_key, SECRET_KEY, request.method, path, pairs, headers, request.body)["Authorization"] == given_signature


def test_what_goes_over_the_wire(clients: Clients, service: ScriptedService) -> None:
    service.script = [answer(201, {"a": 1}), answer(204), answer(200, raw=b" \n"), answer(200, [1])]
    client = clients()
    assert client.call("dis", "POST", "/v2/{project_id}/streams/s/transfer-tasks", body={"text": "h\u00e9"}) == {"a": 1}
    assert client.call("dms", "DELETE", "/v2/{project_id}/x") is None
    assert client.call("dms", "PUT", "/v2/{project_id}/x") is None
    assert client.call("iam", "GET", "/v3/y", query=[("b", "1 2"), ("a", "\u00e9&")]) == [1]
    post, delete, put, get = service.received
    assert (post.method, post.target, post.json) == ("POST", "/v2/p1/streams/s/transfer-tasks", {"text": "h\u00e9"})
    assert post.headers["Content-Type"] == "application/json"
    assert post.headers["User-Agent"].startswith("opendump.huaweicloud/")
    assert post.headers["X-Project-Id"] == "p1"
    assert post.headers["Host"] == f"127.0.0.1:{service.port}"
    assert delete.body == b""
    assert put.headers["Content-Length"] == "0"
    assert get.target == "/v3/y?a=%C3%A9%26&b=1%202"
    assert "X-Project-Id" not in get.headers
    assert all(map(signature_fits, service.received))


def test_version_is_the_collections() -> None:
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._api import request as _request

    galaxy = (pathlib.Path(__file__).parents[3] / "galaxy.yml").read_text(encoding="utf-8")
    assert f"\nversion: {_request.VERSION}\n" in galaxy


anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    segment=anything.filter(lambda text: text not in ("", ".", "..")),
    query=st.lists(st.tuples(anything, anything), max_size=3),
)
def test_names_and_queries_of_any_signs_arrive_as_signed(
    clients: Clients, service: ScriptedService, segment: str, query: list[tuple[str, str]]
) -> None:
    client = clients.clients[0] if clients.clients else clients()
    client.call("dis", "GET", "/v2/streams/" + quote_segment(segment), query=query)
    received = service.received[-1]
    assert unquote(received.path.rpartition("/")[2]) == segment
    assert signature_fits(received)


@pytest.mark.parametrize("text", ["", ".", ".."])
def test_a_segment_that_makes_another_request_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        quote_segment(text)


def test_a_slash_in_a_name_stays_in_its_segment() -> None:
    assert quote_segment("a/../b ~") == "a%2F..%2Fb%20~"


def test_gateway_path_goes_before_the_services_and_is_signed(clients: Clients, service: ScriptedService) -> None:
    clients(dis_endpoint=service.url + "/gateway/dis/").call("dis", "GET", "/v2/{project_id}/streams")
    assert service.targets == ["GET /gateway/dis/v2/p1/streams"]
    assert signature_fits(service.received[0])


def test_threads_share_kept_alive_connections(clients: Clients, service: ScriptedService) -> None:
    client = clients(connections=4)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: client.call("dis", "GET", f"/v2/{{project_id}}/{number}"), range(60)))
    assert sorted(service.targets) == sorted(f"GET /v2/p1/{number}" for number in range(60))
    assert len({request.port for request in service.received}) <= 4


def test_netrc_neither_overrides_nor_adds(
    clients: Clients, service: ScriptedService, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password netrc-canary\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    clients().call("dis", "GET", "/v2/{project_id}/a")
    clients(auth_token="token").call("dis", "GET", "/v2/{project_id}/b")
    with_key, with_token = service.received
    assert with_key.headers["Authorization"].startswith("SDK-HMAC-SHA256 ")
    assert "Authorization" not in with_token.headers
    assert with_token.headers["X-Auth-Token"] == "token"


def test_proxies_by_the_usual_environment(clients: Clients, service: ScriptedService, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "direct.example.com")
    monkeypatch.setenv("HTTP_PROXY", service.url.replace("//", "//user:proxy-canary@"))
    monkeypatch.delenv("http_proxy", raising=False)
    client = clients(dis_endpoint="http://dis.example.com", real_time=True, retry_budget=0)
    client.call("dis", "GET", "/v2/{project_id}/streams")
    received = service.received[0]
    assert received.target == "http://dis.example.com/v2/p1/streams"
    assert received.headers["Host"] == "dis.example.com"
    service.script = [drop]
    with pytest.raises(TransportError) as caught:
        client.call("dis", "POST", "/v2/{project_id}/streams")
    assert f"through the proxy 127.0.0.1:{service.port}" in str(caught.value)
    assert "proxy-canary" not in f"{caught.value} {caught.value.details}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(clients: Clients, service: ScriptedService, status: int) -> None:
    service.script = [answer(status, headers={"Location": service.url + "/elsewhere?signature=canary"})]
    with pytest.raises(ApiError) as caught:
        clients().call("dis", "GET", "/v2/{project_id}/streams")
    assert len(service.received) == 1
    assert "redirects to http://127.0.0.1/elsewhere." in str(caught.value)
    assert "dis_endpoint (HW_DIS_ENDPOINT)" in str(caught.value)
    assert "canary" not in str(caught.value)


DRIPS = {
    "head": (b"", b"H"),
    "header": (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", b" "),
    "long body": (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
}


@pytest.mark.parametrize("where", list(DRIPS))
def test_a_server_that_drips_is_left_in_time(clients: Clients, service: ScriptedService, where: str) -> None:
    head, piece = DRIPS[where]
    service.script = [service.drip(head, piece, 0.05)]
    started = time.monotonic()
    with pytest.raises(TransportError, match=r"within 0.4 seconds \(request_timeout\)") as caught:
        clients(real_time=True, request_timeout=0.4, retry_budget=0).call("dis", "POST", "/v2/{project_id}/x")
    assert 0.3 < time.monotonic() - started < 2
    assert caught.value.possibly_executed


def test_a_silent_server_is_left_in_time(clients: Clients, service: ScriptedService) -> None:
    service.script = [service.hang]
    started = time.monotonic()
    with pytest.raises(TransportError, match=r"did not answer completely within 0.3 seconds") as caught:
        clients(real_time=True, request_timeout=0.3, retry_budget=0).call("dis", "GET", "/v2/{project_id}/x")
    assert time.monotonic() - started < 2
    assert not caught.value.possibly_executed


BROKEN = {
    "dropped": drop,
    "half a head": send_and_close(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "a head without its end": send_and_close(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"),
    "only a status line": send_and_close(b"HTTP/1.1 204 No Content\r\n"),
    "half a body": send_and_close(b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"a": 1}'),
    "half a chunk": send_and_close(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n{"),
    "no HTTP": send_and_close(b"SSH-2.0-OpenSSH_9\r\n"),
    "no gzip": answer(200, raw=b"{}", headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("what", list(BROKEN))
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_broken_answer_is_no_answer(clients: Clients, service: ScriptedService, what: str, method: str) -> None:
    service.script = [BROKEN[what]]
    with pytest.raises(TransportError) as caught:
        clients(retry_budget=0).call("dis", method, "/v2/{project_id}/x")
    assert caught.value.possibly_executed is (method == "PUT")
    assert ("Whether the request was executed is not known." in str(caught.value)) is (method == "PUT")
    assert len(service.received) == 1


@pytest.mark.parametrize("raw", [b'{"a": 1', b"<html>login</html>", b"\xff", b"[" * 100000])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_success_that_is_not_json_is_an_error(clients: Clients, service: ScriptedService, raw: bytes, method: str) -> None:
    service.script = [answer(200, raw=raw, headers={"Content-Type": "text/html"})]
    with pytest.raises(TransportError, match=r"not JSON.*text/html") as caught:
        clients(retry_budget=0).call("dis", method, "/v2/{project_id}/x")
    assert caught.value.possibly_executed is (method == "POST")


def free_port() -> int:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return int(closed.getsockname()[1])


def test_nothing_listens(clients: Clients) -> None:
    port = free_port()
    with pytest.raises(TransportError) as caught:
        clients(dis_endpoint=f"http://127.0.0.1:{port}", retry_budget=10).call("dis", "POST", "/v2/{project_id}/x")
    text = str(caught.value)
    assert f"127.0.0.1:{port}" in text
    assert "dis_endpoint (HW_DIS_ENDPOINT)" in text
    assert "Tried " in text and " in 10.0 seconds." in text
    assert not caught.value.possibly_executed


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A certificate of 127.0.0.1 that signed itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(certificate: pathlib.Path) -> Iterator[ScriptedService]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    scripted = ScriptedService(context)
    yield scripted
    scripted.close()


def test_certificates_are_verified(clients: Clients, secure: ScriptedService) -> None:
    with pytest.raises(TransportError, match=r"certificate.*self.signed.*ca_path.*validate_certs") as caught:
        clients(dis_endpoint=secure.url).call("dis", "POST", "/v2/{project_id}/x")
    assert not caught.value.possibly_executed
    assert secure.received == []
    assert clients.warnings == []


def test_trusting_a_ca_or_nothing_is_the_users_choice(
    clients: Clients, secure: ScriptedService, certificate: pathlib.Path, recwarn: pytest.WarningsRecorder
) -> None:
    clients(dis_endpoint=secure.url, ca_path=str(certificate)).call("dis", "GET", "/a")
    clients(dis_endpoint=secure.url, validate_certs=False).call("dis", "GET", "/b")
    clients(dis_endpoint=secure.url, environ={"HW_INSECURE": "true"}).call("dis", "GET", "/c")
    assert secure.targets == ["GET /a", "GET /b", "GET /c"]
    with pytest.raises(TransportError, match="certificate"):
        clients(dis_endpoint=secure.url, validate_certs=True, environ={"HW_INSECURE": "true"}).call("dis", "GET", "/d")
    with pytest.raises(TransportError, match="certificate"):
        clients(dis_endpoint=secure.url, environ={"HW_INSECURE": "false"}).call("dis", "GET", "/e")
    assert [warning for warning in recwarn if "Unverified" in str(warning.message)] == []


def test_a_drip_through_tls_is_left_in_time(clients: Clients, secure: ScriptedService) -> None:
    secure.script = [answer(200, {}), secure.drip(*DRIPS["header"], 0.05)]
    client = clients(dis_endpoint=secure.url, validate_certs=False, real_time=True, request_timeout=0.6, retry_budget=0)
    client.call("dis", "GET", "/a")
    started = time.monotonic()
    with pytest.raises(TransportError, match=r"within 0.6 seconds"):
        client.call("dis", "GET", "/b")
    assert time.monotonic() - started < 2


@pytest.fixture
def proxied(service: ScriptedService, monkeypatch: pytest.MonkeyPatch) -> ScriptedService:
    """The scripted service is the proxy of everything that is https."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "direct.example.com")
    monkeypatch.delenv("https_proxy", raising=False)
    monkeypatch.setenv("HTTPS_PROXY", service.url)
    return service


def test_https_through_a_proxy(clients: Clients, secure: ScriptedService, proxied: ScriptedService, certificate: pathlib.Path) -> None:
    proxied.always = tunnel
    client = clients(dis_endpoint=secure.url, ca_path=str(certificate), real_time=True, request_timeout=0.6, retry_budget=0)
    client.call("dis", "GET", "/a")
    client.call("dis", "POST", "/b")
    assert secure.targets == ["GET /a", "POST /b"]
    assert proxied.targets == [f"CONNECT 127.0.0.1:{secure.port}"]
    secure.script = [secure.drip(*DRIPS["header"], 0.05)]
    with pytest.raises(TransportError, match=r"within 0\.6 seconds") as caught:
        client.call("dis", "POST", "/c")
    assert caught.value.possibly_executed
    client.close()


@pytest.mark.parametrize(
    "status, text",
    [(407, r"proxy 127\.0\.0\.1:\d+ wants a user and a password\. .*HTTPS_PROXY"), (403, r"does not let through to DIS .*NO_PROXY")],
)
def test_a_proxy_that_refuses(clients: Clients, proxied: ScriptedService, status: int, text: str) -> None:
    proxied.always = answer(status)
    with pytest.raises(TransportError, match=text) as caught:
        clients(dis_endpoint="https://dis.example.com", retry_budget=0).call("dis", "POST", "/x")
    assert not caught.value.possibly_executed


def test_a_proxy_that_is_down(clients: Clients, proxied: ScriptedService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:proxy-canary@127.0.0.1:{free_port()}")
    with pytest.raises(TransportError, match=r"through the proxy 127\.0\.0\.1:\d+") as caught:
        clients(dis_endpoint="https://dis.example.com", retry_budget=0).call("dis", "POST", "/x")
    assert not caught.value.possibly_executed
    assert "canary" not in str(caught.value)


def test_a_proxy_whose_name_nobody_knows(clients: Clients, proxied: ScriptedService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:proxy-canary@proxy.cloud.invalid")
    with pytest.raises(
        TransportError, match=r"The name of the proxy proxy\.cloud\.invalid cannot be resolved\. Check HTTPS_PROXY"
    ) as caught:
        clients(dis_endpoint="https://dis.example.com").call("dis", "POST", "/x")
    assert "canary" not in str(caught.value)


def test_a_peer_of_old_tls_is_not_tried_again(clients: Clients, certificate: pathlib.Path, recwarn: pytest.WarningsRecorder) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    old = ScriptedService(context)
    try:
        with pytest.raises(TransportError, match=r"No TLS connection to DIS .*older than 1\.2.*dis_endpoint") as caught:
            clients(dis_endpoint=old.url, ca_path=str(certificate)).call("dis", "GET", "/a")
    finally:
        old.close()
    assert caught.value.lasting and not caught.value.possibly_executed
    assert clients.warnings == []


def deflated(size: int) -> bytes:
    return gzip.compress(b'{"a": "' + b"x" * size + b'"}')


@pytest.mark.parametrize("before", [100, 102, 103, 199])
def test_an_answer_before_the_answer_is_not_the_answer(clients: Clients, service: ScriptedService, before: int) -> None:
    early = b"HTTP/1.1 %d Early\r\nLink: </x>\r\n\r\n" % before
    service.script = [send_and_close(2 * early + b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 1}'), send_and_close(early)]
    client = clients(retry_budget=0)
    assert client.call("dis", "POST", "/x") == {"a": 1}
    with pytest.raises(TransportError, match="Whether the request was executed is not known"):
        client.call("dis", "POST", "/x")


def test_another_protocol_leaves_open_what_became_of_the_request(clients: Clients, service: ScriptedService) -> None:
    service.script = [send_and_close(b"HTTP/1.1 101 Switching\r\n\r\n")]
    with pytest.raises(ApiError) as caught:
        clients(retry_budget=0).call("dis", "POST", "/x")
    assert caught.value.possibly_executed


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("how", ["long", "compressed", "chunks without end"])
def test_a_reply_without_end_is_read_to_a_limit(
    clients: Clients, service: ScriptedService, monkeypatch: pytest.MonkeyPatch, how: str, method: str
) -> None:
    monkeypatch.setattr(_transport, "LARGEST_REPLY", 2**20)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    acts = {
        "long": answer(200, {"a": "x" * 2**20}),
        "compressed": answer(200, raw=deflated(50 * 2**20), headers={"Content-Encoding": "gzip"}),
        "chunks without end": service.drip(head, b"10000\r\n" + b" " * 65536 + b"\r\n", 0),
    }
    service.script = [acts[how]]
    with pytest.raises(TransportError, match=r"sends more than 1 MiB.*dis_endpoint") as caught:
        clients().call("dis", method, "/v2/{project_id}/x")
    assert caught.value.lasting and caught.value.possibly_executed is (method == "POST")
    assert clients.warnings == [] and len(service.received) == 1


@pytest.mark.parametrize("coding", ["gzip, gzip", "GZIP,deflate", "br", "zstd", "compress", "unknown"])
def test_a_reply_that_is_packed_as_nobody_asked_for_is_not_read(clients: Clients, service: ScriptedService, coding: str) -> None:
    service.script = [answer(200, raw=gzip.compress(deflated(50 * 2**20)), headers={"Content-Encoding": coding})]
    with pytest.raises(TransportError, match=r"packs its answer in a way that was not asked for.*dis_endpoint"):
        clients().call("dis", "GET", "/x")
    assert clients.warnings == []


def test_a_reply_up_to_the_limit_is_read(clients: Clients, service: ScriptedService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_transport, "LARGEST_REPLY", 2**20)
    service.script = [answer(200, raw=deflated(2**20 - 20), headers={"Content-Encoding": "gzip"})]
    assert len(clients().call("dis", "GET", "/x")["a"]) == 2**20 - 20


@pytest.fixture
def dead() -> Iterator[tuple[str, int]]:
    """An address that neither accepts nor refuses a connection: its queue is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _each in range(4):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        yield listener.getsockname()


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_what, **_more: answers)


def test_a_name_with_dead_addresses_keeps_to_the_time(clients: Clients, dead: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    client = clients(dis_endpoint="http://dis.example.com", real_time=True, request_timeout=0.6, retry_budget=0)
    resolve_to(monkeypatch, dead, dead, dead, dead)
    started = time.monotonic()
    with pytest.raises(TransportError, match=r"no connection to DIS at dis\.example\.com:80 within 0\.6 seconds"):
        client.call("dis", "POST", "/x")
    assert 0.5 < time.monotonic() - started < 1.5


def test_an_address_that_answers_is_found_behind_dead_ones(
    clients: Clients, service: ScriptedService, dead: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = clients(dis_endpoint="http://dis.example.com", real_time=True, request_timeout=2, retry_budget=0)
    resolve_to(monkeypatch, dead, ("127.0.0.1", service.port))
    client.call("dis", "POST", "/x")
    assert service.targets == ["POST /x"]


@pytest.mark.parametrize(
    "url, text",
    [
        ("socks5h://user:canary@127.0.0.1:1080", r"speaks SOCKS.*PySocks is missing.*requests\[socks\]"),
        ("https://", "is no URL of a proxy"),
        ("ftp://canary@proxy.example.com", "is no URL of a proxy"),
        ("http://canary@proxy:port", "is no URL of a proxy"),
        ("http://[canary", "is no URL of a proxy"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_and_not_tried(clients: Clients, monkeypatch: pytest.MonkeyPatch, url: str, text: str) -> None:
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", url)
    monkeypatch.setitem(sys.modules, "socks", None)
    with pytest.raises(ConfigurationError, match=r"The proxy of the environment \(HTTPS_PROXY\).*" + text) as caught:
        clients(dis_endpoint="https://dis.example.com").call("dis", "GET", "/x")
    assert "canary" not in str(caught.value)
    assert clients.warnings == []


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_ca_bundle_of_the_environment_that_is_not_there(clients: Clients, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "/does/not/exist.pem")
    with pytest.raises(ConfigurationError, match=variable + r" is /does/not/exist\.pem, which cannot be used: No such file"):
        clients(dis_endpoint="https://dis.example.com").call("dis", "GET", "/x")
    assert clients.warnings == []


def test_an_endpoint_without_tls_needs_no_ca_bundle(clients: Clients, service: ScriptedService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/does/not/exist.pem")
    service.script = [answer(200, {})]
    assert clients().call("dis", "GET", "/x") == {}


@pytest.mark.parametrize("what", ["missing", "unreadable text"])
def test_a_ca_path_that_cannot_be_used(clients: Clients, tmp_path: pathlib.Path, what: str) -> None:
    path = tmp_path / "ca.pem"
    if what != "missing":
        path.write_text("no certificate", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"ca_path is .*ca\.pem, which cannot be used"):
        clients(ca_path=str(path))


def test_a_connection_that_was_closed_while_idle_costs_nothing(clients: Clients, service: ScriptedService) -> None:
    closed = threading.Event()

    def answer_and_close(handler: Any) -> None:
        answer(200, {})(handler)
        drop(handler)
        closed.set()

    service.script = [answer_and_close]
    client = clients(retry_budget=0)
    client.call("dis", "GET", "/a")
    assert closed.wait(5)
    client.call("dis", "POST", "/b")
    assert service.targets == ["GET /a", "POST /b"]
