# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM: tokens, agencies, temporary access keys, projects and domains."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from huaweicloud_emulator.cloud import HOME_AGENCY, HOME_DOMAIN, HOME_PROJECT, HOME_REGION

STREAMS = f"/v2/{HOME_PROJECT}/streams"
CUSTOMER = {"id": "c" * 32, "name": HOME_REGION, "domain_name": "customer", "agencies": ["operators"]}
TEMPORARY = "/v3.0/OS-CREDENTIAL/securitytokens"


def error(answer: Any) -> tuple[int, str]:
    """The message of an IAM error; its code is an integer and equals the status."""
    body = answer.json["error"]
    assert body["code"] == answer.status
    assert body["title"]
    return answer.status, str(body["message"])


def assume(client: Any, headers: dict[str, str], role: dict[str, Any], scope: dict[str, Any] | None = None) -> Any:
    auth: dict[str, Any] = {"identity": {"methods": ["assume_role"], "assume_role": role}}
    if scope is not None:
        auth["scope"] = scope
    return client.send("POST", "/v3/auth/tokens", json.dumps({"auth": auth}).encode(), headers)


def temporary(client: Any, role: dict[str, Any], method: str = "assume_role") -> Any:
    return client.signed("POST", TEMPORARY, {"auth": {"identity": {"methods": [method], method: role}}})


def test_password_token(client: Any) -> None:
    answer = client.log_in()
    token = answer.json["token"]
    assert answer.status == 201
    assert len(answer.headers["X-Subject-Token"]) == 1600
    assert answer.headers["X-Subject-Token"] not in answer.text.decode()
    assert token["project"]["id"] == HOME_PROJECT
    assert token["user"]["name"] == "opendump"
    assert token["methods"] == ["password"]
    lifetime = datetime.fromisoformat(token["expires_at"]) - datetime.fromisoformat(token["issued_at"])
    assert lifetime.total_seconds() == 86400
    assert {service["type"] for service in token["catalog"]} == {"iam", "dis", "dms"}


def test_nocatalog(client: Any) -> None:
    user = {"name": "opendump", "password": "emulator-password-0001", "domain": {"name": HOME_DOMAIN}}
    auth = {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": {"project": {"name": HOME_REGION}}}
    answer = client.send("POST", "/v3/auth/tokens?nocatalog=true", json.dumps({"auth": auth}).encode())
    assert answer.status == 201
    assert answer.json["token"]["catalog"] == []


def test_an_old_token_stays_good(client: Any) -> None:
    first, second = client.token(), client.token()
    assert first != second
    for token in (first, second):
        assert client.send("GET", STREAMS, headers={"X-Auth-Token": token}).status == 200


def test_token_length_is_a_switch(client: Any) -> None:
    client.local.switch({"iam.token_length": 12000})
    token = client.token()
    assert len(token) == 12000
    assert client.send("GET", STREAMS, headers={"X-Auth-Token": token}).status == 200


@pytest.mark.parametrize("wrong", [{"password": "guess"}, {"user": "nobody"}, {"domain": "nowhere"}])
def test_wrong_password(client: Any, wrong: dict[str, str]) -> None:
    assert error(client.log_in(**wrong)) == (401, "The username or password is wrong.")


def test_unknown_project(client: Any) -> None:
    assert error(client.log_in(scope={"project": {"name": "mars"}})) == (401, "Could not find project: mars.")


def test_domain_token_is_for_no_project(client: Any) -> None:
    answer = client.log_in(scope={"domain": {"name": HOME_DOMAIN}})
    assert answer.json["token"]["domain"]["name"] == HOME_DOMAIN
    assert "project" not in answer.json["token"]
    assert client.send("GET", STREAMS, headers={"X-Auth-Token": answer.headers["X-Subject-Token"]}).code == "DIS.4117"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[]",
        b"{}",
        b'{"auth": 1}',
        b'{"auth": {"identity": {}}}',
        b'{"auth": {"identity": {"methods": ["totp"]}}}',
        b'{"auth": {"identity": {"methods": ["password"], "password": {}}}}',
    ],
)
def test_unreadable_request(client: Any, body: bytes) -> None:
    assert error(client.send("POST", "/v3/auth/tokens", body))[0] == 400


def test_agency_token(client: Any) -> None:
    client.local.seed({"projects": [CUSTOMER]})
    mine = {"X-Auth-Token": client.token()}
    answer = assume(client, mine, {"domain_name": "customer", "agency_name": "operators"}, {"project": {"name": HOME_REGION}})
    assert answer.status == 201
    token = answer.json["token"]
    assert token["user"]["name"] == "customer/operators"
    assert token["assumed_by"]["user"]["name"] == "opendump"
    assert token["project"]["id"] == CUSTOMER["id"]
    theirs = {"X-Auth-Token": answer.headers["X-Subject-Token"]}
    assert client.send("GET", f"/v2/{CUSTOMER['id']}/streams", headers=theirs).status == 200
    assert client.send("GET", STREAMS, headers=theirs).code == "DIS.4117"


def test_agency_token_needs_a_caller_an_agency_a_domain_and_a_scope(client: Any) -> None:
    client.local.seed({"projects": [CUSTOMER]})
    mine = {"X-Auth-Token": client.token()}
    role, scope = {"domain_name": "customer", "agency_name": "operators"}, {"project": {"name": HOME_REGION}}
    assert error(assume(client, {}, role, scope))[0] == 401
    assert error(assume(client, mine, {**role, "agency_name": "spies"}, scope)) == (404, "Could not find agency: spies.")
    assert error(assume(client, mine, {**role, "domain_name": "nowhere"}, scope)) == (404, "Could not find domain: nowhere.")
    assert error(assume(client, mine, role))[0] == 400


def test_temporary_key_of_an_agency(client: Any) -> None:
    client.local.seed({"projects": [CUSTOMER]})
    answer = temporary(client, {"domain_name": "customer", "agency_name": "operators", "duration_seconds": 900})
    assert answer.status == 201
    credential = answer.json["credential"]
    key = {"access": credential["access"], "secret": credential["secret"]}
    streams = f"/v2/{CUSTOMER['id']}/streams"
    assert client.signed("GET", streams, **key, token=credential["securitytoken"]).status == 200
    assert client.signed("GET", STREAMS, **key, token=credential["securitytoken"]).code == "DIS.4117"
    # the token may come after signing, as one vendor client sends it; but it has to come, and be this key's
    assert client.signed("GET", streams, **key, extra={"X-Security-Token": credential["securitytoken"]}).status == 200
    assert client.signed("GET", streams, **key).status == 401
    assert client.signed("GET", streams, **key, token="another").status == 401


def test_temporary_key_expires(client: Any) -> None:
    answer = temporary(client, {"domain_name": HOME_DOMAIN, "agency_name": HOME_AGENCY})
    credential = answer.json["credential"]
    lives = datetime.fromisoformat(credential["expires_at"]).timestamp() - datetime.now().astimezone().timestamp()
    assert 890 < lives <= 900
    how = {"access": credential["access"], "secret": credential["secret"], "token": credential["securitytoken"]}
    assert client.signed("GET", STREAMS, **how).status == 200
    client.move_clock(880)
    assert client.signed("GET", STREAMS, **how).status == 200
    client.move_clock(901)
    now = datetime.fromisoformat(client.local.admin("GET", "clock")["now"]).strftime("%Y%m%dT%H%M%SZ")
    assert "securitytoken expired" in client.signed("GET", STREAMS, **how, date=now).json["error_msg"]


@pytest.mark.parametrize(("seconds", "status"), [(899, 400), (900, 201), (86400, 201), (86401, 400), ("soon", 400), ("1800", 201)])
def test_duration_of_a_temporary_key(client: Any, seconds: Any, status: int) -> None:
    assert temporary(client, {"domain_name": HOME_DOMAIN, "agency_name": HOME_AGENCY, "duration_seconds": seconds}).status == status


def test_temporary_key_by_token(client: Any) -> None:
    body = {"auth": {"identity": {"methods": ["token"], "token": {"id": client.token(), "duration_seconds": 1800}}}}
    for headers in ({}, {"X-Auth-Token": client.token()}):
        answer = client.send("POST", TEMPORARY, json.dumps(body).encode(), headers)
        credential = answer.json["credential"]
        how = {"access": credential["access"], "secret": credential["secret"], "token": credential["securitytoken"]}
        assert client.signed("GET", STREAMS, **how).status == 200


def test_projects_by_name(client: Any) -> None:
    client.local.seed({"projects": [CUSTOMER, {"id": "2" * 32, "name": "eu-west-102"}, {"id": "3" * 32, "name": "eu-west-102"}]})
    ids = {
        name: [project["id"] for project in client.signed("GET", f"/v3/projects?name={name}").json["projects"]]
        for name in ("eu-west-102", "mars")
    }
    assert ids == {"eu-west-102": ["2" * 32, "3" * 32], "mars": []}
    all_mine = client.signed("GET", "/v3/projects").json["projects"]
    assert [project["id"] for project in all_mine] == [HOME_PROJECT, "2" * 32, "3" * 32]
    assert set(all_mine[0]) >= {"id", "name", "domain_id", "parent_id", "enabled", "is_domain", "description", "links"}


def test_domains(client: Any) -> None:
    (domain,) = client.signed("GET", "/v3/auth/domains").json["domains"]
    assert domain["name"] == HOME_DOMAIN
    assert domain["id"] == client.signed("GET", "/v3/projects").json["projects"][0]["domain_id"]


@pytest.mark.parametrize("path", ["/v3/projects", "/v3/auth/domains"])
def test_discovery_needs_credentials(client: Any, path: str) -> None:
    assert error(client.send("GET", path))[0] == 401
    assert error(client.send("GET", path, headers={"X-Auth-Token": "made-up"}))[0] == 401
    assert client.signed("GET", path, secret="wrong").code == "APIGW.0301"
