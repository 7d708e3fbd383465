# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rights: policies of both models, what they let through, and how each service refuses."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import pytest

from huaweicloud_emulator import actions
from huaweicloud_emulator.cloud import HOME_DOMAIN, HOME_PROJECT
from huaweicloud_emulator.server import new_cloud

ACCESS, SECRET = "AKLIMITED", "sk-limited"
STREAMS, INSTANCES = f"/v2/{HOME_PROJECT}/streams", f"/v2/{HOME_PROJECT}/instances"
README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
INSTANCE = "1b13b5d8-6e3f-4c4a-9d0a-5f2f6c1d7a10"
CONNECTOR_TASKS = f"{INSTANCES}/{INSTANCE}/connector/tasks"
NO_TASK = "99999999-9999-4999-8999-999999999999"
IDS = {"stream_name": "newstream", "task_name": "none", "instance_id": INSTANCE, "task_id": NO_TASK, "group": "g"}
IDS |= {"project_id": HOME_PROJECT, "connector_id": "7e2c1f54-93b8-4d7e-8a56-0c4d2b9e6f31"}


def policy(*names: str, version: str = "1.1", effect: str = "Allow") -> dict[str, Any]:
    return {"Version": version, "Statement": [{"Effect": effect, "Action": list(names)}]}


def limit(client: Any, *policies: Any) -> None:
    client.local.seed({"access_keys": [{"access": ACCESS, "secret": SECRET, "policies": list(policies)}]})


def ask(client: Any, method: str, target: str, document: Any = None) -> Any:
    return client.signed(method, target, document, access=ACCESS, secret=SECRET)


def list_needs(call: actions.Call, version: str) -> list[str]:
    return [action.partition("|")[0] for action in (call.policy if version == "1.1" else call.identity)]


def target(call: actions.Call) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: IDS[match.group(1)], call.path)


def refused_for_rights(answer: Any) -> bool:
    return answer.status == 403 and answer.code in ("DIS.4116", "DMS.00403003", "403")


def leaves(router: Any) -> Iterator[Any]:
    """The routes of a router and of those it includes, which newer versions of FastAPI keep whole."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        yield from leaves(inner) if inner is not None else [route]


def test_every_call_of_the_services_has_a_row() -> None:
    free = {
        ("POST", "/v3/auth/tokens"),
        ("POST", "/v3.0/OS-CREDENTIAL/securitytokens"),
        ("GET", "/v3/auth/projects"),
        ("GET", "/v3/auth/domains"),
        ("POST", "/v5/agencies/assume"),
        ("GET", "/v5/caller-identity"),
    }
    rowless = [
        (method, route.path)
        for service in new_cloud().services
        for route in leaves(service.router)
        for method in route.methods
        if (method, route.path) not in free and actions.call_of(method, re.sub(r"\{\w+\}", "x", route.path)) is None
    ]
    assert rowless == []


@pytest.mark.parametrize("version", ["1.1", "5.0"])
def test_each_action_of_a_call_is_needed_and_all_are_enough(client: Any, version: str) -> None:
    client.local.seed({"demo": True})
    for call in actions.CALLS:
        every = list_needs(call, version)
        body = {} if call.method in ("POST", "PUT") else None
        for action in every:
            limit(client, policy("obs:object:get", *(entry for entry in every if entry != action), version=version))
            answer = ask(client, call.method, target(call), body)
            assert refused_for_rights(answer), (call, action, answer.status, answer.text)
        limit(client, policy(*every, version=version))
        answer = ask(client, call.method, target(call), body)
        assert not refused_for_rights(answer), (call, answer.text)


def test_without_a_policy_everything_is_allowed_and_with_an_empty_list_nothing(client: Any) -> None:
    client.local.seed({"access_keys": [{"access": ACCESS, "secret": SECRET}]})
    assert ask(client, "GET", STREAMS).status == 200
    limit(client)
    assert ask(client, "GET", STREAMS).code == "DIS.4116"


def test_the_answers_of_the_services(client: Any) -> None:
    limit(client, policy("obs:bucket:list"))
    dis = ask(client, "GET", STREAMS)
    assert (dis.status, dis.json) == (
        403,
        {"errorCode": "DIS.4116", "message": "Invalid RBAC. [Policy doesn't allow dis:streams:list to be performed.]"},
    )
    dms = ask(client, "GET", INSTANCES)
    assert (dms.status, dms.json) == (403, {"error_code": "DMS.00403003", "error_msg": "No permission to perform this operation."})
    iam = ask(client, "GET", "/v3/projects?name=eu-west-101")
    assert (iam.status, iam.json["error"]["code"]) == (403, 403)
    assert "iam:projects:listProjects" in iam.json["error"]["message"]
    assert ask(client, "GET", "/v3/auth/projects").status == 200
    client.local.switch({"rights.named": "always", "rights.dis_refusal": "gateway", "rights.list_projects": "free"})
    assert "dms:instance:list" in ask(client, "GET", INSTANCES).json["error_msg"]
    gateway = ask(client, "GET", STREAMS)
    assert (gateway.status, gateway.code) == (403, "APIGW.0302")
    assert "dis:streams:list" in gateway.json["error_msg"]
    assert gateway.json["request_id"]
    assert ask(client, "GET", "/v3/projects").status == 200


def test_identity_policies_refuse_with_an_encoded_message(client: Any) -> None:
    limit(client, policy("obs:bucket:list", version="5.0"))
    assert set(ask(client, "GET", INSTANCES).json) == {"error_code", "error_msg", "encoded_authorization_message"}
    client.local.switch({"rights.encoded_message": False})
    assert set(ask(client, "GET", INSTANCES).json) == {"error_code", "error_msg"}


def test_deny_wins_wildcards_and_aliases(client: Any) -> None:
    client.local.seed({"demo": True})
    limit(client, policy("dis:*:*"), policy("dis:transferTasks:delete", effect="Deny"))
    assert ask(client, "GET", f"{STREAMS}/newstream/transfer-tasks").status == 200
    assert ask(client, "DELETE", f"{STREAMS}/newstream/transfer-tasks/t").code == "DIS.4116"
    limit(client, policy("dms:instance:createConnectorSinkTask", version="5.0"))
    assert ask(client, "PUT", f"{CONNECTOR_TASKS}/{NO_TASK}/pause").code == "DMS.00404026"
    assert ask(client, "POST", CONNECTOR_TASKS, {}).code == "DMS.00403003"
    limit(client, "DMS ReadOnlyAccess")
    assert ask(client, "GET", CONNECTOR_TASKS).status == 200
    assert ask(client, "DELETE", f"{CONNECTOR_TASKS}/{NO_TASK}").code == "DMS.00403003"


def test_start_and_stop_of_dis_need_what_the_switch_says(client: Any) -> None:
    client.local.seed({"demo": True})
    path, body = f"{STREAMS}/newstream/transfer-tasks/action", {"action": "stop", "tasks": [{"id": "x"}]}
    limit(client, policy("dis:transferTasks:create"))
    assert ask(client, "POST", path, body).code == "DIS.4116"
    for action in ("dis:transferTasks:create", "none"):
        client.local.switch({"rights.start_and_stop_of_dis": action})
        assert ask(client, "POST", path, body).code == "DIS.4354"


def test_rights_of_a_user_hold_for_its_tokens_and_keys_and_change_at_once(client: Any) -> None:
    user = {"name": "ada", "password": "lovelace", "policies": [policy("dis:streams:list", "dms:*")]}
    client.local.seed({"users": [user], "access_keys": [{"access": ACCESS, "secret": SECRET, "user_name": "ada"}]})
    token = {"X-Auth-Token": client.token(user="ada", password="lovelace")}
    assert client.send("GET", STREAMS, headers=token).status == ask(client, "GET", STREAMS).status == 200
    client.local.seed({"users": [user | {"policies": [policy("dms:*")]}]})
    assert client.send("GET", STREAMS, headers=token).status == ask(client, "GET", STREAMS).status == 403
    temporary = client.send("POST", "/v3.0/OS-CREDENTIAL/securitytokens", b'{"auth": {"identity": {"methods": ["token"]}}}', token).json[
        "credential"
    ]
    answer = client.signed("GET", STREAMS, access=temporary["access"], secret=temporary["secret"], token=temporary["securitytoken"])
    assert answer.status == 403


def test_agencies_have_rights_of_their_own_and_assuming_one_needs_a_right(client: Any) -> None:
    agency = {"name": "dump_agency", "policies": [policy("dis:streams:list")]}
    client.local.seed({"projects": [{"agencies": [agency]}]})
    role = {"domain_name": HOME_DOMAIN, "agency_name": "dump_agency"}
    body = {"auth": {"identity": {"methods": ["assume_role"], "assume_role": role}}}
    limit(client, policy("dis:*"))
    refused = ask(client, "POST", "/v3.0/OS-CREDENTIAL/securitytokens", body)
    assert refused.status == 403
    assert "agencies:assume" in json.dumps(refused.json)
    limit(client, policy("iam:agencies:assume"))
    key = ask(client, "POST", "/v3.0/OS-CREDENTIAL/securitytokens", body).json["credential"]
    how = {"access": key["access"], "secret": key["secret"], "token": key["securitytoken"]}
    assert client.signed("GET", STREAMS, **how).status == 200
    assert client.signed("GET", INSTANCES, **how).code == "DMS.00403003"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("DMS AlmightyAccess", "policies[0]: there is no system-defined policy 'DMS AlmightyAccess'"),
        ({"Version": "2.0", "Statement": []}, "policies[0].Version: is one of 1.0, 1.1, 5.0"),
        ({"Version": "1.1", "Statements": []}, "policies[0].Statements: the local cloud knows Statement, Version here"),
        (policy("dis:transferTasks:create", effect="allow"), "policies[0].Statement[0].Effect: is Allow or Deny"),
        (policy("dis.transferTasks"), "policies[0].Statement[0].Action[0]: is an action such as"),
        ({"Version": "5.0", "Statement": [{"Effect": "Allow", "Action": "dms:*", "Condition": {}}]}, "Statement[0].Condition: the local"),
        ({"Version": "5.0", "Statement": [{"Effect": "Allow", "Action": "dms:*", "Resource": "dms:x:y:kafka:1"}]}, "no single resources"),
    ],
)
def test_a_policy_that_cannot_be_evaluated_is_refused(client: Any, given: Any, words: str) -> None:
    with pytest.raises(RuntimeError) as refused:
        limit(client, given)
    assert "access_keys[0].policies[0]" in str(refused.value)
    assert words in str(refused.value)


def test_the_readme_has_the_table_of_calls() -> None:
    def cell(names: tuple[str, ...]) -> str:
        return ", ".join(f"`{name}`" for name in names).replace("|", "` or `")

    rows = [
        f"| `{call.method} {call.path}`{' (assumed)' if call.assumed else ''} | {cell(call.policy)} |"
        + f" {cell(call.identity) if call.identity != call.policy else 'the same'} |\n"
        for call in actions.CALLS
    ]
    text = README.read_text(encoding="utf-8")
    assert [row for row in rows if row not in text] == []
    assert text.count("\n| `GET /v2/") == len([row for row in rows if row.startswith("| `GET /v2/")])
