# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dumping (sink) tasks: the API that the vendor calls out of date and still serves."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from . import deliveries, echo, lifecycle, refusals, validation
from .book import Book
from .connector import refuse_task_write_while_busy
from .form import Form, json_object

router = APIRouter()

URL = "/v2/{project_id}/connectors/{connector_id}/sink-tasks"


@router.post(URL)
async def create_sink_task(request: Request, connector_id: str) -> Response:
    cloud, project = request.state.cloud, request.state.project
    book: Book = project.books["dms"]
    instance = book.instance_of_connector(connector_id)
    body = json_object(request)
    refuse_task_write_while_busy(request, instance)
    config = validation.sink_task(cloud, project, body)
    deliveries.refuse_bad_key(cloud, project, config, refusals.invalid_sink_parameter)
    if not book.name_is_free(instance, "sink", config.name):
        raise refusals.invalid_sink_parameter(f"there is a task named {config.name} already")
    book.room_for_one_more(instance, "sink")
    return JSONResponse({"task_id": lifecycle.add(cloud, instance, config, "sink").id})


@router.get(URL)
async def list_sink_tasks(request: Request, connector_id: str) -> Response:
    cloud = request.state.cloud
    book: Book = request.state.project.books["dms"]
    instance = book.instance_of_connector(connector_id)
    tasks = book.tasks(instance, "sink")
    answer = {
        "tasks": [echo.sink_list_item(cloud, task) for task in tasks],
        "total_number": len(tasks),
        "max_tasks": instance.max_tasks,
        "quota_tasks": instance.quota_tasks,
    }
    for task in tasks:
        lifecycle.seen(task)
    return JSONResponse(answer)


@router.put(URL)
async def update_sink_task_quota(request: Request, connector_id: str) -> Response:
    book: Book = request.state.project.books["dms"]
    instance = book.instance_of_connector(connector_id)
    wanted = Form(request.state.cloud, json_object(request), refusals.invalid_sink_parameter).integer("sink_max_tasks", 1)
    refuse_task_write_while_busy(request, instance)
    if instance.quota_is_final:
        raise refusals.quota_not_changeable("instances created since September 2022 have the largest quota already")
    if wanted < instance.max_tasks:
        raise refusals.quota_not_changeable("it cannot be lowered")
    if wanted > instance.quota_tasks:
        raise refusals.quota_not_changeable(f"at most {instance.quota_tasks}")
    instance.max_tasks = wanted
    return Response(status_code=204)


@router.get(URL + "/{task_id}")
async def show_sink_task_detail(request: Request, connector_id: str, task_id: str) -> Response:
    cloud = request.state.cloud
    book: Book = request.state.project.books["dms"]
    instance = book.instance_of_connector(connector_id)
    task = book.task(instance, "sink", task_id)
    with_topics = request.query_params.get("topic-info", "false")
    if with_topics not in ("true", "false"):
        raise refusals.invalid_sink_parameter("topic-info must be true or false")
    answer = echo.sink_details(cloud, instance, task, with_topics == "true")
    lifecycle.seen(task)
    return JSONResponse(answer)


@router.delete(URL + "/{task_id}")
async def delete_sink_task(request: Request, connector_id: str, task_id: str) -> Response:
    book: Book = request.state.project.books["dms"]
    instance = book.instance_of_connector(connector_id)
    task = book.task(instance, "sink", task_id)
    refuse_task_write_while_busy(request, instance)
    lifecycle.remove(request.state.cloud, instance, task)
    return Response(status_code=204)
