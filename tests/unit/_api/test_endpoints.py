# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the services are."""

from __future__ import annotations

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.endpoints import find_endpoint
from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError


@pytest.mark.parametrize(
    "service, region, cloud, base",
    [
        ("dis", "cn-north-4", None, "https://dis.cn-north-4.myhuaweicloud.com"),
        ("dms", "eu-west-101", None, "https://dms.eu-west-101.myhuaweicloud.eu"),
        ("iam", "eu-west-101", None, "https://iam.eu-west-101.myhuaweicloud.eu"),
        ("iam", "eu-west-0", None, "https://iam.eu-west-0.myhuaweicloud.com"),
        ("dis", "eu-de", "otc.t-systems.com", "https://dis.eu-de.otc.t-systems.com"),
        ("dis", "eu-west-101", "cloud.example", "https://dis.eu-west-101.cloud.example"),
        ("iam", None, "cloud.example", "https://iam.cloud.example"),
    ],
)
def test_by_region_and_cloud(service: str, region: str | None, cloud: str | None, base: str) -> None:
    assert find_endpoint(service, None, region, cloud).base == base


@pytest.mark.parametrize(
    "url, base, prefix, address",
    [
        ("https://dis.example.com", "https://dis.example.com", "", "dis.example.com:443"),
        ("https://dis.example.com/", "https://dis.example.com", "", "dis.example.com:443"),
        ("HTTPS://DIS.Example.com:443/", "https://dis.example.com", "", "dis.example.com:443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "", "127.0.0.1:8080"),
        ("http://[::1]:8080/gateway/dis/", "http://[::1]:8080", "/gateway/dis", "[::1]:8080"),
    ],
)
def test_by_url(url: str, base: str, prefix: str, address: str) -> None:
    result = find_endpoint("dis", url, "cn-north-4", None)
    assert (result.base, result.prefix, result.address) == (base, prefix, address)


def test_version_at_the_end_of_iam_is_left_out() -> None:
    assert find_endpoint("iam", "https://iam.eu-de.otc.t-systems.com/v3", None, None).prefix == ""
    assert find_endpoint("iam", "https://gateway.example.com/iam/v3/", None, None).prefix == "/iam"
    assert find_endpoint("dis", "https://gateway.example.com/v3", None, None).prefix == "/v3"


@pytest.mark.parametrize(
    "url",
    [
        "dis.example.com",
        "ftp://dis.example.com",
        "https://",
        "https:///path",
        "https://user:canary@dis.example.com",
        "https://dis.example.com?canary=1",
        "https://dis.example.com#canary",
        "https://dis.example.com:port",
        "https://dis.example.com:99999",
        "https://dis.example.com:0",
        "https://dis.example.com:",
        "https://dis example.com",
        "https://dis.example.com/\n",
        "https://d\u00eds.example.com",
        "https://[::1",
    ],
)
def test_a_url_that_cannot_be_one_is_an_error_that_names_option_and_variable(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        find_endpoint("dis", url, "cn-north-4", None)
    assert "dis_endpoint (HW_DIS_ENDPOINT)" in str(caught.value)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "region, cloud, named",
    [
        ("evil.example.com/#", None, "HW_REGION_NAME"),
        ("cn-north-4", "evil.example.com/x", "HW_CLOUD"),
        ("cn-north-4", "https://myhuaweicloud.com", "HW_CLOUD"),
        (None, None, "HW_DMS_ENDPOINT"),
        (None, "cloud.example", "region (HW_REGION_NAME)"),
    ],
)
def test_nothing_to_make_an_address_of(region: str | None, cloud: str | None, named: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        find_endpoint("dms", None, region, cloud)
    assert named in str(caught.value)
