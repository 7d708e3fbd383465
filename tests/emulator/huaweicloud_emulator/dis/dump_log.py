# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The dump log of a task: ``POST /v1/transfertasklog/{task_id}``, a path without a project.

The vendor's page gives the request and the envelope of the answer. Of the rows only the names of the keys they can be sorted by are known,
so these are all that a row has here; a seed or a patch may put in rows of any other form.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .lookup import book_of, no_such_task
from .refusals import invalid
from .validation import json_object

router = APIRouter()
SORT_KEYS = ("createTimeStr", "startTime", "endTime", "state", "records", "readRecords", "dataSize")


@router.post("/v1/transfertasklog/{task_id}")
async def show_log(request: Request, task_id: str) -> Response:
    """Sorted by creation time, newest first, unless ``sortBy`` and ``order`` say otherwise; pages are counted from 1."""
    book = book_of(request)
    asked = json_object(request.state.body) if request.state.body.strip() else {}
    order, key = asked.get("order") or "desc", asked.get("sortBy") or "createTimeStr"
    if order not in ("desc", "asc"):
        raise invalid("order", order)
    if key not in SORT_KEYS:
        raise invalid("sortBy", key)
    number, size = _page(asked.get("pageInfo"))
    task = next((task for _each, task in book.tasks() if task.id == task_id), None)
    if task is None:
        raise no_such_task(book, task_id)
    rows = sorted(task.log, key=lambda row: _sortable(row.get(key)), reverse=order == "desc")
    page = rows[(number - 1) * size : number * size]
    return JSONResponse({"totalNum": len(rows), "message": None, "errorCode": None, "transferTaskLogList": page})


def _sortable(value: Any) -> tuple[float, str]:
    """Numbers before texts, what is missing first."""
    return (float(value), "") if isinstance(value, int | float) else (float("inf") if value else float("-inf"), str(value or ""))


def _page(given: Any) -> tuple[int, int]:
    if given is None:
        return 1, 10
    if not isinstance(given, dict):
        raise invalid("pageInfo", given)
    number, size = given.get("pageIndex"), given.get("pageTotal", 10)
    for name, value in (("pageIndex", number), ("pageTotal", size)):
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise invalid(name, value)
    return number, size  # type: ignore[return-value]
