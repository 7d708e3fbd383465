# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The dump log: rows sorted and paged as the vendor's page says."""

from __future__ import annotations

from typing import Any

import pytest

ROWS = [
    {
        "createTimeStr": "2026-11-21 03:00:00",
        "startTime": 1,
        "endTime": 9,
        "state": "RUNNING",
        "records": 30,
        "readRecords": 30,
        "dataSize": 5,
    },
    {
        "createTimeStr": "2026-11-21 03:05:00",
        "startTime": 2,
        "endTime": 8,
        "state": "ERROR",
        "records": 4,
        "readRecords": 40,
        "dataSize": 70,
    },
    {
        "createTimeStr": "2026-11-21 03:10:00",
        "startTime": 3,
        "endTime": 7,
        "state": "ABNORMAL",
        "records": 200,
        "readRecords": 2,
        "dataSize": 6,
    },
]


@pytest.fixture
def path(dis: Any) -> str:
    dis.create()
    dis.patch(set={"log": ROWS})
    return f"/v1/transfertasklog/{dis.show()['task_id']}"


def starts(answer: tuple[int, Any]) -> list[int]:
    assert answer[0] == 200, answer
    return [row["startTime"] for row in answer[1]["transferTaskLogList"]]


def test_the_newest_row_comes_first(dis: Any, path: str) -> None:
    assert dis("POST", path) == (200, {"totalNum": 3, "message": None, "errorCode": None, "transferTaskLogList": ROWS[::-1]})


@pytest.mark.parametrize(
    ("key", "ascending"),
    [
        ("createTimeStr", [1, 2, 3]),
        ("endTime", [3, 2, 1]),
        ("state", [3, 2, 1]),
        ("records", [2, 1, 3]),
        ("readRecords", [3, 1, 2]),
        ("dataSize", [1, 3, 2]),
    ],
)
def test_rows_are_sorted(dis: Any, path: str, key: str, ascending: list[int]) -> None:
    assert starts(dis("POST", path, {"sortBy": key, "order": "asc"})) == ascending
    assert starts(dis("POST", path, {"sortBy": key, "order": "desc"})) == ascending[::-1]


def test_rows_are_paged(dis: Any, path: str) -> None:
    assert starts(dis("POST", path, {"pageInfo": {"pageIndex": 2, "pageTotal": 2}})) == [1]
    assert dis("POST", path, {"pageInfo": {"pageIndex": 2, "pageTotal": 2}})[1]["totalNum"] == 3


@pytest.mark.parametrize("body", [{"order": "up"}, {"sortBy": "name"}, {"pageInfo": []}, {"pageInfo": {}}, {"pageInfo": {"pageIndex": 0}}])
def test_strange_wishes_are_refused(dis: Any, path: str, body: dict[str, Any]) -> None:
    assert dis.refused("POST", path, body) == "DIS.4200"


def test_an_unknown_task(dis: Any) -> None:
    assert dis.refused("POST", "/v1/transfertasklog/AAAAAAAAAAAAAAAAAAA") == "DIS.4354"
