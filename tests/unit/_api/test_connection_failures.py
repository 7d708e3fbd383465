# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an error says of a connection that failed."""

from __future__ import annotations

import pytest
from scripted_service import Clients, ScriptedService

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import TransportError


def test_region_is_named_where_it_makes_the_address(clients: Clients) -> None:
    client = clients(dis_endpoint=None, region="no-such-region", cloud="cloud.invalid")
    with pytest.raises(
        TransportError, match=r"dis.no-such-region.cloud.invalid:443 cannot be resolved.*region \(HW_REGION_NAME\) or dis_endpoint"
    ):
        client.call("dis", "GET", "/v2/{project_id}/x")


def test_https_to_a_server_that_speaks_http(clients: Clients, service: ScriptedService) -> None:
    with pytest.raises(TransportError, match=r"wants http instead of https") as caught:
        clients(dis_endpoint=service.url.replace("http:", "https:")).call("dis", "POST", "/v2/{project_id}/x")
    assert not caught.value.possibly_executed
    assert clients.warnings == []
