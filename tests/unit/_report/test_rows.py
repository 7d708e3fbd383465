# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a row of the report says where little is known."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.kinds import describe_destination
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.rows import describe_movement


def test_what_moved_is_told_where_there_is_an_earlier_report_only() -> None:
    assert describe_movement({}) == describe_movement({"moved": None}) == ""
    assert describe_movement({"moved": {"lag": 0, "discarded": 1}}) == "1 record dropped"
    assert describe_movement({"moved": {"lag": 5}}).startswith("lag ")


@pytest.mark.parametrize(
    ("destination", "text"),
    [
        (None, "not reported"),
        ({"kind": "kafka", "bootstrap_servers": ["a:1", "b:2"]}, "Kafka a:1, b:2"),
        ({"kind": "kafka"}, "Kafka"),
        ({"kind": "kafka", "instance_id": "k-1", "bootstrap_servers": ["a:1"]}, "Kafka k-1"),
        ({"kind": "dws", "dws_cluster_name": "c", "dws_table_name": "t"}, "DWS c/t"),
        ({"kind": "obs", "obs_bucket_path": "archive/deep", "file_prefix": "/orders"}, "archive/deep/orders"),
        ({"kind": "obs"}, "OBS"),
        ({"kind": "tape"}, "TAPE"),
        ({"kind": "redis", "sink": None}, "Redis"),
    ],
)
def test_a_destination_that_is_not_told_whole(destination: Any, text: str) -> None:
    assert describe_destination({"destination": destination}) == text
