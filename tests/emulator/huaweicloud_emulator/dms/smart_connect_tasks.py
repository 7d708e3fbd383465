# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Smart Connect tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from . import change, deliveries, echo, lifecycle, paging, refusals, validation
from .book import Book, Instance, Task
from .connector import refuse_task_write_while_busy
from .form import json_object

router = APIRouter()

URL = "/v2/{project_id}/instances/{instance_id}/connector/tasks"
RESTART_URL = "/v2/{project_id}/kafka/instances/{instance_id}/connector/tasks/{task_id}/restart"

CHANGED_PARTLY = ("deliver_time_interval", "record_delimiter", "store_keys")


@router.post(URL)
async def create_connector_task(request: Request, instance_id: str) -> Response:
    cloud, project = request.state.cloud, request.state.project
    book: Book = project.books["dms"]
    instance = book.instance_with_connector(instance_id)
    body = json_object(request)
    refuse_task_write_while_busy(request, instance)
    config = validation.smart_connect_task(cloud, project, book, body)
    deliveries.refuse_bad_key(cloud, project, config, refusals.invalid_parameter)
    if not book.name_is_free(instance, "connect", config.name):
        raise refusals.invalid_parameter(f"there is a task named {config.name} already")
    book.room_for_one_more(instance, "connect")
    return JSONResponse(echo.smart_connect_task(cloud, lifecycle.add(cloud, instance, config, "connect"), "create"))


@router.get(URL)
async def list_connector_tasks(request: Request, instance_id: str) -> Response:
    cloud = request.state.cloud
    book: Book = request.state.project.books["dms"]
    instance = book.instance_with_connector(instance_id)
    tasks = book.tasks(instance, "connect")
    page = paging.page(request, tasks)
    answer = {
        "tasks": [echo.smart_connect_task(cloud, task, "list") for task in page],
        "total_number": len(tasks),
        "max_tasks": instance.max_tasks,
        "quota_tasks": instance.quota_tasks,
    }
    for task in page:
        lifecycle.seen(task)
    return JSONResponse(answer)


@router.get(URL + "/{task_id}")
async def show_connector_task(request: Request, instance_id: str, task_id: str) -> Response:
    book: Book = request.state.project.books["dms"]
    task = book.task(book.instance_with_connector(instance_id), "connect", task_id)
    answer = echo.smart_connect_task(request.state.cloud, task, "show")
    lifecycle.seen(task)
    return JSONResponse(answer)


@router.put(URL + "/{task_id}")
async def modify_connector_task(request: Request, instance_id: str, task_id: str) -> Response:
    cloud, project = request.state.cloud, request.state.project
    book: Book = project.books["dms"]
    manner = cloud.switches["dms.modify"]
    if manner == "unknown":
        raise refusals.unknown_url(cloud)
    if manner == "not allowed":
        raise refusals.method_not_allowed()
    instance = book.instance_with_connector(instance_id)
    task = book.task_to_change(instance, "connect", task_id)
    changes = json_object(request)
    refuse_task_write_while_busy(request, instance)
    if task.goal == "RUNNING" and cloud.switches["dms.modify_while_running"] == "refused":
        raise refusals.wrong_task_state(task.status)
    if manner == "refused":
        raise refusals.invalid_parameter("the settings of a Smart Connect task cannot be modified")
    changes = _without_secrets(changes, cloud.switches["dms.modify_secrets"])
    if manner == "partly":
        sink = change.part(changes, "sink_task")
        changes = {"sink_task": {key: sink[key] for key in CHANGED_PARTLY if key in sink}}
    config = None
    if manner != "ignored":
        keep_omitted = manner == "partly" or cloud.switches["dms.modify_omitted"] == "kept"
        config = change.reconfigured(cloud, project, book, task, changes, keep_omitted)
        deliveries.refuse_bad_key(cloud, project, config, refusals.invalid_parameter)
        if not book.name_is_free(instance, "connect", config.name, but=task):
            raise refusals.invalid_parameter(f"there is a task named {config.name} already")
    lifecycle.modify(cloud, instance, task, config)
    status = cloud.switches["dms.modify_status"]
    if status == 204:
        return Response(status_code=204)
    answered = config if cloud.switches["dms.modify_answer"] == "as asked" else None
    return JSONResponse(echo.smart_connect_task(cloud, task, "create", answered), status)


@router.delete(URL + "/{task_id}")
async def delete_connector_task(request: Request, instance_id: str, task_id: str) -> Response:
    return _act(request, instance_id, task_id, lifecycle.remove, again=True)


@router.put(URL + "/{task_id}/pause")
async def pause_connector_task(request: Request, instance_id: str, task_id: str) -> Response:
    return _act(request, instance_id, task_id, lifecycle.pause)


@router.put(URL + "/{task_id}/resume")
async def resume_connector_task(request: Request, instance_id: str, task_id: str) -> Response:
    return _act(request, instance_id, task_id, lifecycle.resume)


@router.put(RESTART_URL)
async def restart_connector_task(request: Request, instance_id: str, task_id: str) -> Response:
    return _act(request, instance_id, task_id, lifecycle.restart)


@router.put(URL + "/{task_id}/restart")
async def restart_smart_connector_task(request: Request, instance_id: str, task_id: str) -> Response:
    if request.state.cloud.switches["dms.restart_alias"] == "unknown":
        raise refusals.unknown_url(request.state.cloud)
    return _act(request, instance_id, task_id, lifecycle.restart)


def _act(request: Request, instance_id: str, task_id: str, action: Callable[[Any, Instance, Task], None], again: bool = False) -> Response:
    """``again``: whether a task that is already on its way out will do."""
    book: Book = request.state.project.books["dms"]
    instance = book.instance_with_connector(instance_id)
    task = (book.task if again else book.task_to_change)(instance, "connect", task_id)
    refuse_task_write_while_busy(request, instance)
    action(request.state.cloud, instance, task)
    return Response(status_code=204)


def _without_secrets(changes: dict[str, Any], manner: str) -> dict[str, Any]:
    given = [f"{name}.{key}" for name in change.PARTS for key in change.SECRETS if key in change.part(changes, name)]
    if given and manner == "refused":
        raise refusals.invalid_parameter(f"{', '.join(given)} cannot be modified")
    if given and manner == "ignored":
        cleared = {
            name: {key: value for key, value in change.part(changes, name).items() if key not in change.SECRETS}
            for name in change.PARTS
            if name in changes
        }
        return changes | cleared
    return changes
