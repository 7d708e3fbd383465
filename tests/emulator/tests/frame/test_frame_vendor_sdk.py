# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's SDK finds its project through the local IAM, and says what the gateway refuses."""

from __future__ import annotations

from typing import Any

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials  # type: ignore[import-untyped]
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException  # type: ignore[import-untyped]
from huaweicloudsdkcore.region.region import Region  # type: ignore[import-untyped]
from huaweicloudsdkdis.v2 import DisClient, ListStreamsRequest  # type: ignore[import-untyped]

from huaweicloud_emulator.cloud import HOME_ACCESS_KEY, HOME_PROJECT, HOME_REGION, HOME_SECRET_KEY


def list_streams(credentials: Any, url: str) -> Any:
    return (
        DisClient.new_builder()
        .with_credentials(credentials)
        .with_region(Region(HOME_REGION, url))
        .build()
        .list_streams(ListStreamsRequest())
    )


def test_project_is_discovered(client: Any) -> None:
    client.local.seed({"access_keys": [{"access": "AKDISCOVERY", "secret": "sk"}]})
    credentials = BasicCredentials("AKDISCOVERY", "sk").with_iam_endpoint(client.local.url)
    assert list_streams(credentials, client.local.url).total_number == 0
    assert [entry["path"] for entry in client.local.requests()] == ["/v3/projects", f"/v2/{HOME_PROJECT}/streams"]


def test_temporary_key(client: Any) -> None:
    role = {"agency_name": "dis_admin_agency", "domain_name": "opendump"}
    answer = client.signed(
        "POST", "/v3.0/OS-CREDENTIAL/securitytokens", {"auth": {"identity": {"methods": ["assume_role"], "assume_role": role}}}
    )
    credential = answer.json["credential"]
    credentials = BasicCredentials(credential["access"], credential["secret"], HOME_PROJECT).with_security_token(
        credential["securitytoken"]
    )
    assert list_streams(credentials, client.local.url).total_number == 0


def test_refusal_of_the_gateway(client: Any) -> None:
    with pytest.raises(ClientRequestException) as refused:
        list_streams(BasicCredentials(HOME_ACCESS_KEY, HOME_SECRET_KEY + "x", HOME_PROJECT), client.local.url)
    error = refused.value
    assert (error.status_code, error.error_code) == (401, "APIGW.0301")
    assert error.request_id == client.local.requests()[-1]["request_id"]
