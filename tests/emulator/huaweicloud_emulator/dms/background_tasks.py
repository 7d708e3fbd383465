# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Background tasks of an instance: what has become of a job."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from . import paging, refusals
from .book import Book, Job

router = APIRouter()


def shown(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "name": job.name,
        "user_name": "opendump",
        "user_id": "",
        "params": json.dumps(job.params),
        "status": job.status,
        "created_at": _iso(job.created_at),
        "updated_at": _iso(job.updated_at),
    }


@router.get("/v2/{project_id}/instances/{instance_id}/tasks")
async def list_background_tasks(request: Request, instance_id: str) -> Response:
    book: Book = request.state.project.books["dms"]
    jobs = book.instance(instance_id).jobs[::-1]
    earliest, latest = _bound(request, "begin_time"), _bound(request, "end_time")
    jobs = [job for job in jobs if (earliest is None or job.created_at >= earliest) and (latest is None or job.created_at <= latest)]
    start = paging.whole_number(request, "start", 1, 1)
    limit = paging.whole_number(request, "limit", 10, 1, 100)
    return JSONResponse({"task_count": str(len(jobs)), "tasks": [shown(job) for job in jobs[start - 1 : start - 1 + limit]]})


@router.get("/v2/{project_id}/instances/{instance_id}/tasks/{task_id}")
async def show_background_task(request: Request, instance_id: str, task_id: str) -> Response:
    book: Book = request.state.project.books["dms"]
    instance = book.instance(instance_id)
    rows = [shown(job) for job in instance.jobs if job.id == task_id]
    if not rows:
        raise refusals.background_task_missing()
    # Whoever follows a job this way sees the instance move on too.
    instance.walk.read()
    return JSONResponse({"task_count": "1", "tasks": rows})


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _bound(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name, "")
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise refusals.invalid_parameter(f"{name} must be YYYYMMDDHHmmss") from error
