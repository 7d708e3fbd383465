# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Streams: the endpoints that tasks need around them."""

from __future__ import annotations

import re
from typing import Any

import pytest


def test_create_show_list_delete(empty: Any) -> None:
    body = {
        "stream_name": "s-1_a",
        "partition_count": 2,
        "stream_type": "ADVANCED",
        "data_type": "JSON",
        "data_duration": 72,
        "data_schema": '{"type": "record"}',
        "auto_scale_enabled": True,
        "tags": [{"key": "k", "value": "v"}],
    }
    assert empty("POST", "streams", body) == (201, None)
    status, shown = empty("GET", "streams/s-1_a")
    assert status == 200
    assert re.fullmatch(r"[A-Za-z0-9]{19}", shown["stream_id"])
    expected = {
        "stream_name": "s-1_a",
        "status": "RUNNING",
        "stream_type": "ADVANCED",
        "data_type": "JSON",
        "retention_period": 72,
        "data_schema": '{"type": "record"}',
        "auto_scale_enabled": True,
        "tags": [{"key": "k", "value": "v"}],
        "writable_partition_count": 2,
        "readable_partition_count": 2,
        "has_more_partitions": False,
    }
    assert {name: shown[name] for name in expected} == expected
    assert [partition["partition_id"] for partition in shown["partitions"]] == ["shardId-0000000000", "shardId-0000000001"]
    assert [partition["hash_range"] for partition in shown["partitions"]] == [
        "[0 : 4611686018427387903]",
        "[4611686018427387904 : 9223372036854775807]",
    ]
    listed = empty("GET", "streams")[1]
    assert (listed["total_number"], listed["stream_names"], listed["has_more_streams"]) == (1, ["s-1_a"], False)
    assert listed["stream_info_list"][0]["partition_count"] == 2
    assert empty("DELETE", "streams/s-1_a") == (204, None)
    assert empty.refused("GET", "streams/s-1_a") == "DIS.4301"
    assert empty.refused("DELETE", "streams/s-1_a") == "DIS.4301"


def test_the_default_is_a_common_blob_stream_for_a_day(empty: Any) -> None:
    empty("POST", "streams", {"stream_name": "s", "partition_count": 1})
    shown = empty("GET", "streams/s")[1]
    assert (shown["stream_type"], shown["data_type"], shown["retention_period"]) == ("COMMON", "BLOB", 24)
    assert shown["partitions"][0]["hash_range"] == "[0 : 9223372036854775807]"
    assert shown["partitions"][0]["sequence_number_range"] == "[0 : 0]"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"stream_name": "a b"}, "DIS.4200"),
        ({"stream_name": "a" * 65}, "DIS.4200"),
        ({"stream_name": None}, "DIS.4200"),
        ({"partition_count": 0}, "DIS.4200"),
        ({"partition_count": None}, "DIS.4200"),
        ({"data_type": "XML"}, "DIS.4200"),
        ({"stream_type": "BIG"}, "DIS.4200"),
        ({"data_duration": 23}, "DIS.4200"),
        ({"compression_format": "bz2"}, "DIS.4200"),
        ({"data_schema": "{"}, "DIS.4360"),
        ({"stream_name": "s1"}, "DIS.4307"),
        ({"partition_count": 49}, "DIS.4308"),
        ({"stream_type": "ADVANCED", "partition_count": 11}, "DIS.4308"),
    ],
)
def test_what_create_refuses(dis: Any, change: dict[str, Any], code: str) -> None:
    assert dis.refused("POST", "streams", {"stream_name": "new", "partition_count": 1} | change) == code
    assert dis("GET", "streams")[1]["stream_names"] == ["s1"]


def test_create_wants_a_body(empty: Any) -> None:
    assert empty.refused("POST", "streams") == "DIS.4202"
    assert empty.refused("POST", "streams", b"nonsense") == "DIS.4300"


def test_list_pages(empty: Any) -> None:
    empty.seed({"streams": [{"name": f"s{number:02}"} for number in range(12)]})
    first = empty("GET", "streams")[1]
    assert (first["stream_names"], first["has_more_streams"], first["total_number"]) == ([f"s{n:02}" for n in range(10)], True, 12)
    remainder = empty("GET", "streams?limit=5&start_stream_name=s09")[1]
    assert (remainder["stream_names"], remainder["has_more_streams"]) == (["s10", "s11"], False)
    assert empty.refused("GET", "streams?limit=101") == "DIS.4200"


def test_partitions_page(dis: Any) -> None:
    first = dis("GET", "streams/s1?limit_partitions=1")[1]
    assert ([partition["partition_id"] for partition in first["partitions"]], first["has_more_partitions"]) == (
        ["shardId-0000000000"],
        True,
    )
    remainder = dis("GET", "streams/s1?start_partitionId=shardId-0000000000")[1]
    assert ([partition["partition_id"] for partition in remainder["partitions"]], remainder["has_more_partitions"]) == (
        ["shardId-0000000001"],
        False,
    )
    assert dis.refused("GET", "streams/s1?start_partitionId=x") == "DIS.4201"
    assert dis.refused("GET", "streams/s1?limit_partitions=1001") == "DIS.4200"


def test_scaling_gives_tasks_new_partitions(dis: Any) -> None:
    dis.create()
    assert dis("PUT", "streams/s1", {"stream_name": "s1", "target_partition_count": 3}) == (200, None)
    assert len(dis.show()["partitions"]) == 3
    shown = dis("GET", "streams/s1")[1]
    assert shown["update_partition_counts"][0]["src_partition_count"] == 2
    assert dis("PUT", "streams/s1", {"stream_name": "s1", "target_partition_count": 1})[0] == 200
    shown = dis("GET", "streams/s1")[1]
    assert [partition["status"] for partition in shown["partitions"]] == ["ACTIVE", "DELETED", "DELETED"]
    assert (shown["writable_partition_count"], shown["readable_partition_count"]) == (1, 3)


def test_scaling_is_refused_with_the_words_seen_live(dis: Any) -> None:
    status, answer = dis("PUT", "streams/s1", {"stream_name": "s1"})
    assert (status, answer) == (400, {"errorCode": "DIS.4200", "message": "Invalid request. [Invalid target_partition_count null.]"})


def test_five_scalings_an_hour(dis: Any) -> None:
    for count in (3, 4, 5, 6, 7):
        assert dis("PUT", "streams/s1", {"target_partition_count": count})[0] == 200
    assert dis.refused("PUT", "streams/s1", {"target_partition_count": 8}) == "DIS.4200"
    dis.local.admin("PUT", "clock", {"offset_seconds": 3601})
    assert dis("PUT", "streams/s1", {"target_partition_count": 8})[0] == 200
