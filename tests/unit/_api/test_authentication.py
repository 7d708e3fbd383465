# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens, keys of agencies and of servers: obtained when they are needed, renewed when they have expired, once."""

from __future__ import annotations

import json
import pathlib
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from scripted_service import ACCESS_KEY, Act, Clients, Clock, ScriptedService, answer, refuse

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api import iam as _iam
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.endpoints import find_endpoint
from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import (
    ApiError,
    ConfigurationError,
    OpendumpError,
    TransportError,
)

LOGIN: dict[str, Any] = {
    "access_key": None,
    "secret_key": None,
    "user_name": "user",
    "user_password": "password-canary",
    "domain_name": "domain",
}
AGENCY: dict[str, Any] = {"assume_agency": "agency", "assume_domain": "other"}
TOKENS = "/v3/auth/tokens?nocatalog=true"
KEYS = "/v3.0/OS-CREDENTIAL/securitytokens"


def moment(epoch: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(epoch))


def tokens(clock: Clock, seconds: float = 86400, project: str | None = "p1") -> Act:
    """token-1, token-2, …"""
    count = 0

    def act(handler: Any) -> None:
        nonlocal count
        count += 1
        document = {"token": {"expires_at": moment(clock.time + seconds), **({"project": {"id": project}} if project else {})}}
        answer(201, document, {"X-Subject-Token": f"token-{count}"})(handler)

    return act


def keys(clock: Clock, seconds: float = 3600) -> Act:
    count = 0

    def act(handler: Any) -> None:
        nonlocal count
        count += 1
        credential = {"access": f"access-{count}", "secret": f"secret-{count}", "securitytoken": f"security-{count}"}
        answer(201, {"credential": {**credential, "expires_at": moment(clock.time + seconds)}})(handler)

    return act


def test_login(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.by_path[TOKENS] = tokens(clock)
    client = clients(**LOGIN)
    client.call("dis", "GET", "/v2/{project_id}/x")
    client.call("dms", "GET", "/v2/{project_id}/y")
    login, first, second = service.received
    assert login.json["auth"]["identity"] == {
        "methods": ["password"],
        "password": {"user": {"name": "user", "password": "password-canary", "domain": {"name": "domain"}}},
    }
    assert login.json["auth"]["scope"] == {"project": {"id": "p1"}}
    assert first.headers["X-Auth-Token"] == second.headers["X-Auth-Token"] == "token-1"
    assert "Authorization" not in first.headers
    assert {"token-1", "password-canary"} <= client.secrets


def test_login_tells_the_project(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.by_path[TOKENS] = tokens(clock, project="from-token")
    clients(**LOGIN, project_id=None).call("dis", "GET", "/v2/{project_id}/x")
    assert service.received[0].json["auth"]["scope"] == {"project": {"name": "eu-west-101"}}
    assert service.targets == ["POST " + TOKENS, "GET /v2/from-token/x"]


def test_project_is_asked_for_where_the_login_does_not_tell_it(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.by_path[TOKENS] = tokens(clock, project=None)
    service.by_path["/v3/projects?name=eu-west-101"] = answer(200, {"projects": [{"id": "found", "name": "eu-west-101"}]})
    clients(**LOGIN, project_id=None).call("dis", "GET", "/v2/{project_id}/x")
    assert service.targets == ["POST " + TOKENS, "GET /v3/projects?name=eu-west-101", "GET /v2/found/x"]
    assert service.received[1].headers["X-Auth-Token"] == "token-1"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("code", ["APIGW.0307", "APIG.0301", "DMS.10240102"])
def test_an_expired_token_is_renewed_once(clients: Clients, service: ScriptedService, clock: Clock, code: str, method: str) -> None:
    service.by_path[TOKENS] = tokens(clock)
    service.script = [refuse(401, code), answer(200, {"done": True})]
    client = clients(**LOGIN)
    assert client.call("dis", method, "/v2/{project_id}/x") == {"done": True}
    assert [request.headers.get("X-Auth-Token") for request in service.received] == [None, "token-1", None, "token-2"]
    assert clients.warnings == []


def test_a_token_that_is_refused_again_is_an_error(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.by_path[TOKENS] = tokens(clock)
    service.by_path["/v2/p1/x"] = refuse(401, "APIGW.0307")
    client = clients(**LOGIN)
    for _each in range(2):
        with pytest.raises(ApiError, match=r"APIGW\.0307"):
            client.call("dis", "GET", "/v2/{project_id}/x")
    assert len(service.received) < 7
    assert service.targets.count("POST " + TOKENS) <= 3


def test_threads_renew_together(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.by_path[TOKENS] = tokens(clock)

    def good_is_the_second(handler: Any) -> None:
        (answer(200, {}) if handler.headers["X-Auth-Token"] == "token-2" else refuse(401, "APIGW.0307"))(handler)

    client = clients(**LOGIN)
    client.call("dis", "GET", "/v2/{project_id}/first")
    service.by_path["/v2/p1/x"] = good_is_the_second
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _number: client.call("dis", "GET", "/v2/{project_id}/x"), range(16)))
    assert service.targets.count("POST " + TOKENS) == 2


def test_a_token_is_renewed_before_it_expires(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.by_path[TOKENS] = tokens(clock, seconds=1000)
    client = clients(**LOGIN)
    for passed in (0, 900, 60):
        clock.time += passed
        client.call("dis", "GET", "/v2/{project_id}/x")
    used = [request.headers["X-Auth-Token"] for request in service.received if request.method == "GET"]
    assert used == ["token-1", "token-1", "token-2"]


def test_a_wrong_password_is_tried_once_by_all(clients: Clients, service: ScriptedService) -> None:
    wrong = {"error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}}
    service.by_path[TOKENS] = answer(401, wrong, {"X-IAM-Trace-Id": "trace"})
    client = clients(**LOGIN)

    def call(_number: int) -> str:
        with pytest.raises(ApiError) as caught:
            client.call("dis", "GET", "/v2/{project_id}/x")
        return str(caught.value)

    with ThreadPoolExecutor(8) as pool:
        texts = set(pool.map(call, range(16)))
    assert service.targets == ["POST " + TOKENS]
    (text,) = texts
    assert text.startswith("HTTP 401: The username or password is wrong. ")
    assert "request id trace" in text
    assert "check user_name, user_password and domain_name" in text
    assert "password-canary" not in text


def test_a_login_is_tried_again_while_iam_is_out_of_order(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    acts = iter([answer(503), tokens(clock)])

    def in_turn(handler: Any) -> None:
        next(acts)(handler)

    service.by_path[TOKENS] = in_turn
    clients(**LOGIN).call("dis", "GET", "/v2/{project_id}/x")
    assert len(clients.warnings) == 1


def test_iam_that_sends_no_token(clients: Clients, service: ScriptedService) -> None:
    service.by_path[TOKENS] = answer(201, {"token": {}})
    with pytest.raises(OpendumpError, match="no token"):
        clients(**LOGIN).call("dis", "GET", "/v2/{project_id}/x")


def test_iam_that_sends_no_key(clients: Clients, service: ScriptedService) -> None:
    service.by_path[KEYS] = answer(201, {"credential": {"access": "a"}})
    with pytest.raises(OpendumpError, match="no key of the agency 'agency'"):
        clients(**AGENCY).call("dis", "GET", "/v2/{project_id}/x")


@pytest.mark.parametrize("document", [None, [], {}, {"projects": None}])
def test_iam_that_sends_no_list_of_projects(clients: Clients, service: ScriptedService, document: Any) -> None:
    service.by_path["/v3/projects"] = answer(200, document)
    with pytest.raises(OpendumpError, match=r"cannot be read; set project_id"):
        clients(project_id=None).call("dis", "GET", "/v2/{project_id}/x")


def test_a_given_token_is_not_renewed(clients: Clients, service: ScriptedService) -> None:
    service.script = [refuse(401, "APIGW.0307", "The token must be updated.")]
    with pytest.raises(ApiError, match=r"token has expired.*auth_token of the options"):
        clients(auth_token="given").call("dis", "GET", "/v2/{project_id}/x")
    assert len(service.received) == 1


def test_an_agency_is_assumed_with_the_users_key(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.by_path[KEYS] = keys(clock)
    client = clients(**AGENCY)
    client.call("dis", "GET", "/v2/{project_id}/x")
    assume, call = service.received
    assert f"Access={ACCESS_KEY}," in assume.headers["Authorization"]
    role = assume.json["auth"]["identity"]["assume_role"]
    assert (role["agency_name"], role["domain_name"]) == ("agency", "other")
    assert 900 <= role["duration_seconds"] <= 86400
    assert "Access=access-1," in call.headers["Authorization"]
    assert call.headers["X-Security-Token"] == "security-1"
    assert "x-security-token" in call.headers["Authorization"]
    assert {"access-1", "secret-1", "security-1"} <= client.secrets


def test_an_agency_is_assumed_with_a_password_and_its_project_looked_up(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.by_path[TOKENS] = tokens(clock, project="users-own")
    service.by_path[KEYS] = keys(clock)
    service.by_path["/v3/projects?name=eu-west-101"] = answer(200, {"projects": [{"id": "agencys", "name": "eu-west-101"}]})
    clients(**LOGIN, **AGENCY, project_id=None).call("dis", "GET", "/v2/{project_id}/x")
    assert service.targets == ["POST " + TOKENS, "POST " + KEYS, "GET /v3/projects?name=eu-west-101", "GET /v2/agencys/x"]
    assert service.received[0].json["auth"]["scope"] == {"domain": {"name": "domain"}}
    assert "Access=access-1," in service.received[2].headers["Authorization"]


def test_keys_of_an_agency_are_renewed_when_they_expire_in_mid_run(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.by_path[KEYS] = keys(clock)
    client = clients(**AGENCY)
    for passed in (0, 3000, 560):
        clock.time += passed
        client.call("dis", "GET", "/v2/{project_id}/x")
    used = [request.headers["X-Security-Token"] for request in service.received if request.method == "GET"]
    assert used == ["security-1", "security-1", "security-2"]


def test_keys_of_an_agency_are_renewed_when_they_are_refused(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.by_path[KEYS] = keys(clock)
    service.script = [refuse(401, "APIGW.0301"), answer(200, {"done": True})]
    assert clients(**AGENCY).call("dis", "DELETE", "/v2/{project_id}/x") == {"done": True}
    assert service.targets.count("POST " + KEYS) == 2


def test_a_key_that_has_expired_by_our_clock_when_it_comes_is_used(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    """A clock that is wrong must not ask for a new key with each call."""
    service.by_path[KEYS] = keys(clock, seconds=-1000)
    client = clients(**AGENCY)
    for _each in range(3):
        client.call("dis", "GET", "/v2/{project_id}/x")
    assert service.targets.count("POST " + KEYS) == 1


def test_an_agency_of_an_account_by_id_is_assumed_through_sts(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    expiration = moment(clock.time + 3600)
    credentials = {"access_key_id": "sts-ak", "secret_access_key": "sts-sk", "security_token": "sts-st", "expiration": expiration}
    service.by_path["/v5/agencies/assume"] = answer(200, {"credentials": credentials})
    client = clients(assume_agency="ops", assume_domain_id="account")
    client.call("dis", "GET", "/v2/{project_id}/x")
    assume, call = service.received
    assert assume.json == {"agency_urn": "iam::account:agency:ops", "agency_session_name": "opendump", "duration_seconds": 3600}
    assert f"Access={ACCESS_KEY}," in assume.headers["Authorization"]
    assert "Access=sts-ak," in call.headers["Authorization"] and call.headers["X-Security-Token"] == "sts-st"
    assert {"sts-ak", "sts-sk", "sts-st"} <= client.secrets
    clock.time += 3590
    client.call("dis", "GET", "/v2/{project_id}/x")
    assert service.targets.count("POST /v5/agencies/assume") == 2


def test_sts_that_sends_no_key(clients: Clients, service: ScriptedService) -> None:
    service.by_path["/v5/agencies/assume"] = answer(200, {"credentials": {}})
    with pytest.raises(OpendumpError, match=r"STS sent no key of the agency 'ops'\. Check sts_endpoint \(HW_STS_ENDPOINT"):
        clients(assume_agency="ops", assume_domain_id="account").call("dis", "GET", "/v2/{project_id}/x")


@pytest.mark.parametrize(
    "options, environ, address",
    [
        ({}, {}, "https://sts.eu-west-101.myhuaweicloud.eu"),
        ({}, {"HW_STS_ENDPOINT": "https://sts.example.com"}, "https://sts.example.com"),
        ({}, {"HW_AUTH_URL": "https://iam.myhuaweicloud.eu/v3"}, "https://sts.eu-west-101.myhuaweicloud.eu"),
        ({}, {"HW_AUTH_URL": "https://iam.eu-de.otc.t-systems.com/v3"}, "https://sts.eu-de.otc.t-systems.com"),
        ({"iam_endpoint": "http://127.0.0.1:99"}, {}, "http://127.0.0.1:99"),
    ],
)
def test_sts_lies_beside_iam(clients: Clients, options: dict[str, str], environ: dict[str, str], address: str) -> None:
    client = clients(environ, **{"iam_endpoint": None, "region": "EU-WEST-101", **options})
    assert client._session.endpoint("sts").base == address


@pytest.mark.parametrize("variable", ["HW_IAM_ENDPOINT", "HW_AUTH_URL", "HUAWEICLOUD_SDK_IAM_ENDPOINT"])
def test_iam_by_the_variables_of_other_tools(clients: Clients, service: ScriptedService, clock: Clock, variable: str) -> None:
    service.by_path[TOKENS] = tokens(clock)
    clients({variable: service.url + "/v3"}, iam_endpoint=None, **LOGIN).call("dis", "GET", "/v2/{project_id}/x")
    assert service.targets[0].startswith("POST /v3/auth/tokens")


def test_an_agency_that_may_not_be_assumed(clients: Clients, service: ScriptedService) -> None:
    service.by_path[KEYS] = answer(403, {"error": {"code": 403, "message": "You have no right.", "title": "Forbidden"}})
    client = clients(**AGENCY)
    for _each in range(2):
        with pytest.raises(ApiError, match=r"You have no right\. .*Agent Operator"):
            client.call("dis", "GET", "/v2/{project_id}/x")
    assert len(service.received) == 1


def test_an_agency_of_a_wrong_key(clients: Clients, service: ScriptedService) -> None:
    service.by_path[KEYS] = refuse(401, "APIGW.0301")
    client = clients(**AGENCY)
    for _each in range(2):
        with pytest.raises(ApiError, match="access_key of the options"):
            client.call("dis", "GET", "/v2/{project_id}/x")
    assert len(service.received) == 1


# the server's own agency

NOBODY: dict[str, Any] = {"access_key": None, "secret_key": None}


@pytest.fixture
def metadata(service: ScriptedService, monkeypatch: pytest.MonkeyPatch) -> ScriptedService:
    """The scripted service is the metadata service as well."""
    monkeypatch.setattr(_iam, "METADATA", find_endpoint("dis", service.url, None, None)._replace(service="metadata"))
    return service


def test_metadata_is_the_last_resort(clients: Clients, metadata: ScriptedService, clock: Clock) -> None:
    metadata.by_path["/meta-data/latest/api/token"] = answer(200, raw=b"metadata-token\n")
    metadata.by_path["/openstack/latest/securitykey"] = keys(clock)
    # the metadata service answers 200
    client = clients(**NOBODY)
    with pytest.raises(ConfigurationError):
        client.call("dis", "GET", "/v2/{project_id}/x")
    metadata.received.clear()
    metadata.by_path["/openstack/latest/securitykey"] = answer(
        200, {"credential": {"access": "a-1", "secret": "s-1", "securitytoken": "t-1", "expires_at": moment(clock.time + 7200)}}
    )
    client = clients(**NOBODY)
    client.call("dis", "GET", "/v2/{project_id}/x")
    token, key, call = metadata.received
    assert (token.method, token.headers["X-Metadata-Token-Ttl-Seconds"]) == ("PUT", "21600")
    assert key.headers["X-Metadata-Token"] == "metadata-token"
    assert call.headers["X-Security-Token"] == "t-1"
    assert {"a-1", "s-1", "t-1"} <= client.secrets


def test_metadata_without_tokens_of_its_own(clients: Clients, metadata: ScriptedService, clock: Clock) -> None:
    metadata.by_path["/meta-data/latest/api/token"] = answer(405)
    metadata.by_path["/openstack/latest/securitykey"] = answer(200, {"credential": {"access": "a", "secret": "s", "securitytoken": "t"}})
    clients(**NOBODY).call("dis", "GET", "/v2/{project_id}/x")
    assert "X-Metadata-Token" not in metadata.received[1].headers


def test_metadata_is_not_asked_where_something_is_configured(clients: Clients, metadata: ScriptedService) -> None:
    clients().call("dis", "GET", "/v2/{project_id}/x")
    assert metadata.targets == ["GET /v2/p1/x"]


@pytest.mark.parametrize("document", [None, {}, {"credential": {}}, {"credential": {"access": "a"}}, [], "x"])
def test_nothing_is_configured(clients: Clients, metadata: ScriptedService, document: Any) -> None:
    metadata.by_path["/openstack/latest/securitykey"] = answer(200, document)
    client = clients(**NOBODY)
    for _each in range(2):
        with pytest.raises(ConfigurationError) as caught:
            client.call("dis", "GET", "/v2/{project_id}/x")
    assert len(metadata.received) == 2
    text = str(caught.value)
    assert text.startswith("No credentials are configured")
    for way in ("access_key", "HW_ACCESS_KEY", "HUAWEICLOUD_SDK_AK", "auth_token", "HW_AUTH_TOKEN", "user_name", "HW_USER_NAME", "profile"):
        assert way in text
    for way in ("HW_PROFILE", "~/.hcloud/config.json", "~/.huaweicloud/credentials", "ECS"):
        assert way in text


def test_no_server_at_all(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_iam, "METADATA", find_endpoint("dis", "http://127.0.0.1:9", None, None)._replace(service="metadata"))
    with pytest.raises(ConfigurationError, match=r"No credentials are configured \(and the metadata service does not answer\)"):
        clients(**NOBODY).call("dis", "GET", "/v2/{project_id}/x")


def test_a_profile_of_a_servers_agency(clients: Clients, metadata: ScriptedService, home: pathlib.Path) -> None:
    (home / ".hcloud").mkdir()
    profiles = {"profiles": [{"name": "server", "mode": "ecsAgency"}]}
    (home / ".hcloud" / "config.json").write_text(json.dumps(profiles), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="profile says to use the agency of this server"):
        clients(**NOBODY).call("dis", "GET", "/v2/{project_id}/x")


def test_region_and_project_of_a_profile(clients: Clients, service: ScriptedService, home: pathlib.Path) -> None:
    (home / ".hcloud").mkdir()
    profile = {
        "name": "p",
        "mode": "AKSK",
        "accessKeyId": "ak",
        "secretAccessKey": "sk",
        "region": "eu-west-101",
        "projectId": "of-profile",
    }
    (home / ".hcloud" / "config.json").write_text(json.dumps({"profiles": [profile]}), encoding="utf-8")
    service.by_path["/v3/projects?name=cn-north-4"] = answer(200, {"projects": [{"id": "looked-up", "name": "cn-north-4"}]})
    clients(**NOBODY, region=None, project_id=None).call("dis", "GET", "/v2/{project_id}/x")
    assert service.targets[-1] == "GET /v2/of-profile/x"
    # its project is of its region
    clients(**NOBODY, region="cn-north-4", project_id=None).call("dis", "GET", "/v2/{project_id}/x")
    assert service.targets[-1] == "GET /v2/looked-up/x"


def test_metadata_is_where_the_vendor_says() -> None:
    assert _iam.METADATA.base == "http://169.254.169.254"


# no secret leaves


def test_no_secret_in_errors_warnings_or_representations(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    """A service that repeats all that it was told."""

    def repeat(handler: Any) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        sent = service.received[-1].body.decode() + str(dict(handler.headers.items())) + str(length)
        refuse(status, "X.1 " + sent[:40], sent, {"X-Request-Id": "id-" + handler.headers.get("X-Auth-Token", "")})(handler)

    service.by_path[TOKENS] = tokens(clock)
    body = {"obs": {"access_key": "canary-obs-ak", "secret_key": "canary-obs-sk"}, "redis": [{"password": "canary-redis"}], "name": "told"}
    for status, options in (
        (400, {}),
        (503, {}),
        (400, LOGIN),
        (400, {"auth_token": "canary-token"}),
        (401, {"security_token": "canary-security"}),
    ):
        service.by_path["/v2/p1/x"] = repeat
        client = clients(**options, environ={"HW_SECRET_KEY": "canary-environment"}, retry_budget=1)
        with pytest.raises(ApiError) as caught:
            client.call("dis", "POST" if status == 400 else "GET", "/v2/{project_id}/x", body=body)
        seen = f"{caught.value} {caught.value!r} {caught.value.details} {vars(caught.value)} {client!r} {clients.warnings}"
        for secret in client.secrets | {"canary", "token-1", "password-canary"}:
            assert secret not in seen, (status, options)
    assert "told" in seen or status == 401


def test_secrets_that_do_not_count_are_secret_all_the_same(clients: Clients) -> None:
    client = clients(auth_token="the-token", environ={"HW_SECRET_KEY": "other-secret", "HW_USER_PASSWORD": "pass"})
    assert {"the-token", "other-secret", "pass", ACCESS_KEY} <= client.secrets


def test_transport_errors_hold_no_secret(clients: Clients) -> None:
    client = clients(dis_endpoint="http://127.0.0.1:9", auth_token="canary-token", retry_budget=1)
    with pytest.raises(TransportError) as caught:
        client.call("dis", "POST", "/v2/{project_id}/x", body={"secret_key": "canary-sk"}, query=[("a", "canary-query")])
    assert "canary" not in f"{caught.value} {caught.value.details} {clients.warnings}"
