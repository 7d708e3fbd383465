# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the fields of a descriptor may hold."""

from __future__ import annotations

from typing import Any

import pytest

TASKS = "streams/s1/transfer-tasks"

GOOD = [
    ("task_name", "a" * 64),
    ("task_name", "-_9"),
    ("deliver_time_interval", 30),
    ("deliver_time_interval", 900),
    ("deliver_time_interval", "60"),
    ("deliver_time_interval", None),
    ("deliver_size_interval", 1),
    ("deliver_size_interval", 300),
    ("consumer_strategy", "TRIM_HORIZON"),
    ("file_prefix", "_pf"),
    ("file_prefix", ""),
    ("file_prefix", "x" * 50),
    ("partition_format", "yyyy/MM/dd/HH/mm"),
    ("partition_format", ""),
    ("destination_file_type", "text"),
    ("destination_file_type", "Text"),
    ("destination_file_type", "csv"),
    ("destination_file_type", "parquet"),
    ("destination_file_type", "carbon"),
    ("record_delimiter", ","),
    ("record_delimiter", "|"),
    ("record_delimiter", "NULL"),
    ("record_delimiter", "null"),
    ("processing_schema", {"timestamp_name": "at", "timestamp_type": "Timestamp"}),
    ("agency_name", None),
]

BAD = [
    ("task_name", "", ""),
    ("task_name", None, "null"),
    ("task_name", "a" * 65, "a" * 65),
    ("task_name", "a b", "a b"),
    ("task_name", "ä", "ä"),
    ("task_name", 5, "5"),
    ("agency_name", "a" * 65, "a" * 65),
    ("deliver_time_interval", 29, "29"),
    ("deliver_time_interval", 901, "901"),
    ("deliver_time_interval", "soon", "soon"),
    ("deliver_time_interval", True, "true"),
    ("deliver_time_interval", 30.5, "30.5"),
    ("deliver_size_interval", 0, "0"),
    ("deliver_size_interval", 301, "301"),
    ("consumer_strategy", "latest", "latest"),
    ("file_prefix", "/a", "/a"),
    ("file_prefix", "a-b", "a-b"),
    ("file_prefix", "x" * 51, "x" * 51),
    ("partition_format", "yyyy-MM", "yyyy-MM"),
    ("partition_format", "N/A", "N/A"),
    ("obs_bucket_path", None, "null"),
    ("obs_bucket_path", "ab", "ab"),
    ("obs_bucket_path", "Bucket", "Bucket"),
    ("obs_bucket_path", "b" * 64, "b" * 64),
    ("destination_file_type", "orc", "orc"),
    ("record_delimiter", "tab", "tab"),
    ("record_delimiter", "\t", "\t"),
    ("processing_schema", {"timestamp_name": "at"}, '{"timestamp_name": "at"}'),
    ("processing_schema", {"timestamp_type": "Timestamp"}, '{"timestamp_type": "Timestamp"}'),
    ("processing_schema", {"timestamp_name": "at", "timestamp_type": "String"}, '{"timestamp_name": "at", "timestamp_type": "String"}'),
    ("processing_schema", "at", "at"),
]


@pytest.mark.parametrize(("field", "value"), GOOD)
def test_taken(dis: Any, field: str, value: Any) -> None:
    assert dis.create(**{field: value} if field != "task_name" else {"name": value}) == (201, None)


@pytest.mark.parametrize(("field", "value", "shown"), BAD)
def test_refused(dis: Any, field: str, value: Any, shown: str) -> None:
    status, answer = dis.create(**{field: value} if field != "task_name" else {"name": value})
    assert status == 400
    assert answer == {"errorCode": "DIS.4200", "message": f"Invalid request. [Invalid {field} {shown}.]"}
    assert dis.tasks()["total_number"] == 0


def test_a_wrong_format_of_times_is_refused(dis: Any) -> None:
    schema = {"timestamp_name": "at", "timestamp_type": "String", "timestamp_format": "yyyy"}
    assert dis.create(processing_schema=schema)[1]["errorCode"] == "DIS.4200"


@pytest.mark.parametrize("file_type", ["csv", "parquet", "carbon", "Parquet"])
@pytest.mark.parametrize("data_type", ["BLOB", "CSV"])
def test_structured_files_need_a_stream_of_json(empty: Any, file_type: str, data_type: str) -> None:
    empty.seed({"streams": [{"name": "s1", "data_type": data_type}]})
    assert empty.create(destination_file_type=file_type)[1]["errorCode"] == "DIS.4200"
    assert empty.create(destination_file_type="text")[0] == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"destination_type": "OBS"},
        {"destination_type": "OBS", "obs_destination_descriptor": []},
        {"destination_type": "UQUERY", "obs_destination_descriptor": {"task_name": "t"}},
        {"destination_type": ["OBS"], "obs_destination_descriptor": {"task_name": "t"}},
        {"destination_type": "DLI", "obs_destination_descriptor": {"task_name": "t", "obs_bucket_path": "obsbucket"}},
        {
            "destination_type": "OBS",
            "obs_destination_descriptor": {"task_name": "t", "obs_bucket_path": "obsbucket"},
            "dli_destination_descriptor": {"task_name": "t"},
        },
    ],
)
def test_a_body_has_the_descriptor_of_its_type_and_no_other(dis: Any, body: dict[str, Any]) -> None:
    assert dis.refused("POST", TASKS, body) == "DIS.4200"
