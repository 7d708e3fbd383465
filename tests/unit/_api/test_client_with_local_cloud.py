# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client against the local cloud, which checks signatures, tokens, agencies and clocks with code of its own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.client import Client, quote_segment
from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ApiError, ConfigurationError, Meaning
from huaweicloud_emulator.server import Local, running

KEY = {"access_key": "EMULATORACCESSKEY001", "secret_key": "emulator-secret-key-0001-do-not-use"}
LOGIN = {"user_name": "opendump", "user_password": "emulator-password-0001", "domain_name": "opendump"}
AGENCY = {"assume_agency": "dis_admin_agency", "assume_domain": "opendump"}
PROJECT = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
STREAMS = "/v2/{project_id}/streams"


@pytest.fixture(scope="module")
def local() -> Iterator[Local]:
    with running(seed=1) as cloud:
        yield cloud


@pytest.fixture
def cloud(local: Local) -> Local:
    local.reset()
    instances = [{"id": "11111111-2222-3333-4444-%012d" % number, "name": "kafka-%d" % number} for number in range(7)]
    local.seed({"projects": [{"id": PROJECT, "dms": {"instances": instances}}]})
    return local


@pytest.fixture
def connect(cloud: Local) -> Iterator[Any]:
    clients: list[Client] = []
    warnings: list[str] = []

    def client(**options: Any) -> Client:
        usual = {"region": "eu-west-101", "retry_budget": 5}
        usual.update(dict.fromkeys(("dis_endpoint", "dms_endpoint", "iam_endpoint"), cloud.url))
        clients.append(Client({**usual, **options}, environ={"HOME": "/nonexistent"}, warn=warnings.append, wait=lambda _seconds: None))
        return clients[-1]

    client.warnings = warnings  # type: ignore[attr-defined]
    yield client
    for opened in clients:
        opened.close()


@pytest.mark.parametrize(
    "who", [KEY, LOGIN, {**KEY, **AGENCY}, {**LOGIN, **AGENCY}], ids=["key", "login", "agency by key", "agency by login"]
)
def test_every_way_to_authenticate_is_accepted(connect: Any, cloud: Local, who: dict[str, str]) -> None:
    client = connect(**who)
    assert client.call("dis", "GET", STREAMS)["total_number"] == 0
    client.call("dis", "POST", STREAMS, body={"stream_name": "new", "partition_count": 1})
    assert client.call("dis", "GET", STREAMS, query=[("limit", "1"), ("start_stream_name", "a b+c/\u00e9&=")])["total_number"] == 1
    refused = [request for request in cloud.requests() if request["status"] >= 400]
    assert refused == []


def test_accounts_by_id(connect: Any, cloud: Local) -> None:
    """The agency's key comes from STS then, which lies at the same address."""
    account = cloud.cloud.identity.domain_id(AGENCY["assume_domain"])
    login = {**{name: value for name, value in LOGIN.items() if name != "domain_name"}, "domain_id": account}
    for who in (KEY, login):
        client = connect(**who, assume_agency=AGENCY["assume_agency"], assume_domain_id=account)
        assert client.call("dis", "GET", STREAMS)["total_number"] == 0
    assert [request["status"] for request in cloud.requests(path="agencies/assume")] == [200, 200]


def test_names_of_any_signs_are_signed_as_they_are_sent(connect: Any) -> None:
    client = connect(**KEY)
    for name in ("a b", "a+b", "a%2Fb", "a/b", "\u6d41", "~*'()!@:;,$&=?#[]"):
        with pytest.raises(ApiError) as caught:
            client.call("dis", "GET", STREAMS + "/" + quote_segment(name))
        assert caught.value.code != "APIGW.0301", name


def test_a_wrong_secret_costs_one_request(connect: Any, cloud: Local) -> None:
    client = connect(**{**KEY, "secret_key": "wrong-secret"})
    with ThreadPoolExecutor(8) as pool:
        errors = list(pool.map(lambda _number: failure(client), range(16)))
    assert {error.meaning for error in errors} == {Meaning.UNAUTHENTICATED}
    assert len(cloud.requests()) == 1
    # so the key is not locked
    assert connect(**KEY).call("dis", "GET", STREAMS)["total_number"] == 0


def failure(client: Client) -> ApiError:
    with pytest.raises(ApiError) as caught:
        client.call("dis", "GET", STREAMS)
    return caught.value


def test_tokens_that_expire_in_mid_run_are_renewed(connect: Any, cloud: Local) -> None:
    client = connect(**LOGIN)
    client.call("dis", "GET", STREAMS)
    cloud.admin("POST", "tokens/expire")
    client.call("dis", "POST", STREAMS, body={"stream_name": "new", "partition_count": 1})
    assert [request["status"] for request in cloud.requests(path="tokens")] == [201, 201]
    assert connect.warnings == []


def test_keys_of_an_agency_that_expire_in_mid_run_are_renewed(connect: Any, cloud: Local) -> None:
    client = connect(**LOGIN, **AGENCY, project_id=PROJECT)
    client.call("dis", "GET", STREAMS)
    keys = [key for key in cloud.cloud.identity.keys.values() if key.security_token]
    assert len(keys) == 1
    keys[0].expires_at = cloud.cloud.now()
    client.call("dis", "POST", STREAMS, body={"stream_name": "new", "partition_count": 1})
    assert len([request for request in cloud.requests(path="securitytokens") if request["status"] == 201]) == 2


def test_a_wrong_clock_is_told(connect: Any, cloud: Local) -> None:
    cloud.admin("PUT", "clock", {"offset_seconds": 3600})
    with pytest.raises(ApiError) as caught:
        connect(**KEY, project_id=PROJECT).call("dis", "GET", STREAMS)
    assert caught.value.meaning is Meaning.UNAUTHENTICATED
    assert "clock of this machine" in str(caught.value)


def test_a_region_without_project(connect: Any) -> None:
    with pytest.raises(ConfigurationError, match="no project named 'cn-north-4'"):
        connect(**KEY, region="cn-north-4").call("dis", "GET", STREAMS)


@pytest.mark.parametrize("shape", ["errorCode", "error_code"])
def test_errors_of_dis_in_both_shapes(connect: Any, cloud: Local, shape: str) -> None:
    cloud.switch({"dis.error_shape": shape})
    with pytest.raises(ApiError) as caught:
        connect(**KEY).call("dis", "GET", STREAMS + "/none")
    assert (caught.value.code, caught.value.meaning, caught.value.status) == ("DIS.4301", Meaning.PARENT_ABSENT, 400)
    assert caught.value.request_id


@pytest.mark.parametrize(
    "do",
    [
        {"status": 429, "headers": {"Retry-After": "0"}},
        {"status": 502, "body": "<html>Bad Gateway</html>"},
        {"refuse": {"status": 400, "code": "DIS.4303", "text": "Exceeded traffic control limit."}},
        {"drop": True},
        {"truncate": 10},
    ],
    ids=str,
)
def test_reads_survive_faults(connect: Any, cloud: Local, do: dict[str, Any]) -> None:
    cloud.fault({"match": {"service": "dis"}, "count": 2, "when": "after", "do": do})
    assert connect(**KEY).call("dis", "GET", STREAMS)["total_number"] == 0
    assert len(connect.warnings) == 2


def test_lists_of_many_pages(connect: Any) -> None:
    pages = connect(**KEY).list_pages("dms", "/v2/{project_id}/instances", items="instances", limit=3, query=[("engine", "kafka")])
    assert [len(page["instances"]) for page in pages] == [3, 3, 1]
    assert len({instance["instance_id"] for page in pages for instance in page["instances"]}) == 7
