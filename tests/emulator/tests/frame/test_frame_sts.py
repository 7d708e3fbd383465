# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An agency assumed by the account's id."""

from __future__ import annotations

from typing import Any

import pytest

from huaweicloud_emulator.cloud import HOME_PROJECT

STREAMS = f"/v2/{HOME_PROJECT}/streams"


def _account(client: Any) -> str:
    answer = client.signed("GET", "/v5/caller-identity")
    assert answer.status == 200
    return str(answer.json["account_id"])


def test_a_key_of_an_agency(client: Any) -> None:
    body = {"agency_urn": f"iam::{_account(client)}:agency:dis_admin_agency", "agency_session_name": "ansible", "duration_seconds": 900}
    answer = client.signed("POST", "/v5/agencies/assume", body)
    assert answer.status == 200
    key = answer.json["credentials"]
    how = {"access": key["access_key_id"], "secret": key["secret_access_key"], "token": key["security_token"]}
    assert client.signed("GET", STREAMS, **how).status == 200
    client.local.admin("PUT", "clock", {"offset_seconds": 901})
    assert client.signed("GET", STREAMS, **how).status == 401


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"agency_urn": "iam::none:agency:dis_admin_agency"}, 404),
        ({"agency_urn": "dis_admin_agency"}, 400),
        ({"agency_session_name": ""}, 400),
        ({"duration_seconds": 1}, 400),
    ],
)
def test_what_is_refused(client: Any, change: dict[str, Any], status: int) -> None:
    body = {"agency_urn": f"iam::{_account(client)}:agency:dis_admin_agency", "agency_session_name": "ansible"}
    assert client.signed("POST", "/v5/agencies/assume", body | change).status == status


def test_an_agency_that_is_not_there_and_a_caller_without_credentials(client: Any) -> None:
    body = {"agency_urn": f"iam::{_account(client)}:agency:nobody", "agency_session_name": "ansible"}
    answer = client.signed("POST", "/v5/agencies/assume", body)
    assert (answer.status, answer.code) == (404, "STS.0404")
    assert client.send("POST", "/v5/agencies/assume", b"{}").status == 401
