# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Transfer tasks: create, replace, list, show, delete, start and stop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..refusal import Refusal
from .book import GONE, Book, Stream, Task
from .deliveries import note_failure
from .echo import task_details, task_row
from .existence import check_existence
from .lookup import book_of, no_such_task, stream_named, task_named, whole_query
from .refusals import invalid, refusal
from .validation import Declared, declared_task, json_object

router = APIRouter()
BAD_STATES = ("ABNORMAL", "ERROR")
_Handler = Callable[..., Awaitable[Response]]
_TASKS = ("/v2/{project_id}/streams/{stream_name}/transfer-tasks", "/v2/{project_id}/stream/{stream_name}/transfer-tasks")


def _route(method: str, below: str = "") -> Callable[[_Handler], _Handler]:
    """Every call is also there under the singular ``/stream/`` that old clients use."""

    def add(handler: _Handler) -> _Handler:
        for path in _TASKS:
            router.add_api_route(path + below, handler, methods=[method])
        return handler

    return add


def _running(book: Book, stream: Stream) -> None:
    status = stream.walk.peek()
    if status == "RUNNING" or (status == "CREATING" and book.cloud.switches["dis.task_on_creating_stream"] == "allowed"):
        return
    raise refusal("DIS.4205")


@_route("POST")
async def create(request: Request, stream_name: str) -> Response:
    """201 without a body. Checked in this order: body, JSON, stream, fields, name, quota, bucket, agency, rest of the destination."""
    book, switches = book_of(request), request.state.cloud.switches
    document = json_object(request.state.body)
    stream = stream_named(book, stream_name)
    _running(book, stream)
    declared = declared_task(document, stream, switches)
    if declared.name in stream.tasks:
        raise refusal("DIS.4355", declared.name)
    if len(stream.tasks) >= switches["dis.task_quota"]:
        raise refusal("DIS.4357")
    check_existence(book, declared)
    task = book.new_task(stream, declared.name, declared.destination.type, declared.descriptor, state="STARTING")
    state = switches["dis.new_task_state"]
    if state == "RUNNING":
        _run(book, task, None, switches["dis.create_dwell"])
    else:
        task.walk.move(state, dwell=switches["dis.create_dwell"], arrived=lambda: note_failure(book.cloud, task, state))
    task.visible.move("yes", via="no", dwell=switches["dis.create_lag"])
    return Response(status_code=switches["dis.dws_create_status"] if task.destination_type == "DWS" else 201)


@_route("PUT")
async def replace(request: Request, stream_name: str) -> Response:
    """Replaces every field of the task that the descriptor names; what is not sent falls back on its default."""
    book, switches = book_of(request), request.state.cloud.switches
    way = switches["dis.put"]
    if way == "unknown":
        raise Refusal(404, "APIGW.0101", "The API does not exist or has not been published in the environment.")
    if way == "not_allowed":
        raise Refusal(405, "405", "Method Not Allowed", {"Allow": "GET, POST"})
    document = json_object(request.state.body)
    if way == "refused":
        raise refusal("DIS.4300")
    stream = stream_named(book, stream_name)
    _running(book, stream)
    declared = declared_task(document, stream, switches)
    task = task_named(book, stream, declared.name)
    _may_become(task, declared, book)
    check_existence(book, declared)
    _change(book, task, declared if way == "honoured" else None)
    return Response(status_code=switches["dis.put_status"])


def _strategy(descriptor: dict[str, Any]) -> str:
    return str(descriptor.get("consumer_strategy") or "LATEST")


def _may_become(task: Task, declared: Declared, book: Book) -> None:
    switches = book.cloud.switches
    if declared.destination.type != task.destination_type and switches["dis.put_destination_type"] == "refused":
        raise invalid("destination_type", declared.destination.type)
    if _strategy(declared.descriptor) != _strategy(task.descriptor) and switches["dis.put_consumer_strategy"] == "refused":
        raise invalid("consumer_strategy", _strategy(declared.descriptor))
    if task.walk.peek() == "RUNNING" and switches["dis.put_while_running"] == "refused":
        raise refusal("DIS.4200", f"Invalid state RUNNING of {task.name}.")


def _change(book: Book, task: Task, declared: Declared | None) -> None:
    """Let the settings follow as soon as the switches have it, and the state with them; None: the settings stay as they are."""
    switches = book.cloud.switches
    late = switches["dis.put_dwell"]
    if declared is not None:
        before = task.descriptor, task.destination_type
        after = _descriptor(task, declared, switches["dis.put_ignores"]), declared.destination.type

        def become(settings: tuple[dict[str, Any], str]) -> None:
            task.descriptor, task.destination_type = settings

        task.change.begin(lambda: become(after), lambda: become(before), late, switches["dis.put_rolled_back"])
    state = task.walk.peek()
    woken = switches["dis.put_wakes"] and (state == "PAUSED" or task.stopping)
    if woken or (state == "RUNNING" and not task.stopping and late != 0):
        task.stopping = False
        _run(book, task, "STARTING" if switches["dis.put_state"] == "STARTING" else None, late)


def _descriptor(task: Task, declared: Declared, ignored: str) -> dict[str, Any]:
    kept = {name.strip() for name in ignored.split(",") if name.strip()} | {"consumer_strategy"}
    descriptor = {name: value for name, value in declared.descriptor.items() if name not in kept}
    descriptor |= {name: value for name, value in task.descriptor.items() if name in kept and declared.destination.field(name)}
    return descriptor


@_route("GET")
async def list_(request: Request, stream_name: str) -> Response:
    """``limit`` (10) and ``start_task_name``, which is itself left out; ``total_number`` counts all tasks of the stream."""
    book, switches = book_of(request), request.state.cloud.switches
    stream = stream_named(book, stream_name)
    limit = whole_query(request, "limit", 10)
    if limit > 10 and switches["dis.list_limit_over_10"] != "honoured":
        if switches["dis.list_limit_over_10"] == "refused":
            raise refusal("DIS.4200", f"Invalid limit {limit}.")
        limit = 10
    tasks = _in_order(stream, switches["dis.list_order"])
    tasks = [task for task in tasks if task.visible.read() == "yes"]
    following = _after(book, tasks, request.query_params.get("start_task_name"), switches["dis.list_order"])
    rows = [(task, task.walk.read()) for task in following[:limit]]
    for task, _state in rows:
        task.change.read()
    book.tidy()
    answer: dict[str, Any] = {
        "total_number": len(tasks),
        "tasks": [task_row(task, state, switches) for task, state in rows if state != GONE],
    }
    if switches["dis.list_quota"] == "present":
        answer["quota"] = switches["dis.task_quota"]
    if switches["dis.list_has_more_tasks"] == "present":
        answer["has_more_tasks"] = len(following) > limit
    return JSONResponse(answer)


def _in_order(stream: Stream, order: str) -> list[Task]:
    tasks = list(stream.tasks.values())
    if order == "name":
        return sorted(tasks, key=lambda task: task.name)
    return tasks if order == "created" else tasks[::-1]


def _after(book: Book, tasks: list[Task], start: str | None, order: str) -> list[Task]:
    if not start:
        return tasks
    if order == "name":
        return [task for task in tasks if task.name > start]
    for index, task in enumerate(tasks):
        if task.name == start:
            return tasks[index + 1 :]
    raise no_such_task(book, start)


@_route("GET", "/{task_name}")
async def show(request: Request, stream_name: str, task_name: str) -> Response:
    book, switches = book_of(request), request.state.cloud.switches
    stream = stream_named(book, stream_name)
    task = stream.tasks.get(task_name)
    state = GONE if task is None or task.visible.read() == "no" else task.walk.read()
    if task is None or state == GONE:
        raise refusal(switches["dis.missing_task_code"], task_name, status=switches["dis.missing_status"])
    book.tidy()
    answer = task_details(stream, task, state, switches)
    task.change.read()
    return JSONResponse(answer)


@_route("DELETE", "/{task_name}")
async def delete(request: Request, stream_name: str, task_name: str) -> Response:
    book = book_of(request)
    task = task_named(book, stream_named(book, stream_name), task_name)
    task.walk.move(GONE, via="DELETE", dwell=book.cloud.switches["dis.delete_dwell"])
    book.tidy()
    return Response(status_code=204)


@_route("POST", "/action")
async def act(request: Request, stream_name: str) -> Response:
    """Start or stop tasks by id; 200 without a body, nothing is said of single tasks."""
    book, switches = book_of(request), request.state.cloud.switches
    document = json_object(request.state.body)
    stream = stream_named(book, stream_name)
    action = document.get("action")
    if action not in ("start", "stop"):
        raise invalid("action", action)
    ids = _ids(document.get("tasks"))
    there = {task.id: task for task in stream.tasks.values() if task.walk.peek() != "DELETE"}
    known = [there[id] for id in ids if id in there]
    unknown = [id for id in ids if id not in there]
    lenient = switches["dis.action_with_unknown_ids"]
    if unknown and lenient == "refused_whole":
        raise no_such_task(book, unknown[0])
    if switches["dis.action_without_effect"] == "refused":
        for task in known:
            if _without_effect(task, action):
                raise refusal("DIS.4200", f"Invalid action {action} for the task {task.name} in state {task.walk.peek()}.")
    for task in known:
        if not _without_effect(task, action):
            _start(book, task) if action == "start" else _stop(book, task)
    if unknown and lenient == "rest_done_and_refused":
        raise no_such_task(book, unknown[0])
    book.tidy()
    return Response(status_code=200)


def _ids(tasks: Any) -> list[str]:
    if not isinstance(tasks, list) or not tasks:
        raise invalid("tasks", tasks)
    for task in tasks:
        if not isinstance(task, dict) or not isinstance(task.get("id"), str) or not task["id"]:
            raise refusal("DIS.4200", "Invalid tasks.id.")
    return [task["id"] for task in tasks]


def _without_effect(task: Task, action: str) -> bool:
    state, moving = task.walk.peek(), task.walk.moving()
    if action == "start":
        return (state == "RUNNING" and not moving) or (state == "STARTING" and moving and not task.stopping)
    return state == "PAUSED" or task.stopping


def _start(book: Book, task: Task) -> None:
    switches = book.cloud.switches
    before = task.walk.peek()
    task.stopping = False
    task.blocked = None
    if before in BAD_STATES and switches["dis.start_on_abnormal"] == "fails_again":
        task.walk.move(before, via="STARTING", dwell=switches["dis.start_dwell"], arrived=lambda: note_failure(book.cloud, task, before))
    else:
        _run(book, task, "STARTING", switches["dis.start_dwell"])


def _run(book: Book, task: Task, via: str | None, dwell: int | str) -> None:
    """Let the task be RUNNING after the dwell, unless its start is flaky: then it is in a bad state for a while first."""
    switches = book.cloud.switches
    flaky = switches["dis.flaky_start"]
    if flaky == 0:
        task.walk.move("RUNNING", via=via, dwell=dwell)
    else:
        task.walk.move(switches["dis.flaky_state"], via=via, dwell=dwell, arrived=lambda: task.walk.move("RUNNING", dwell=flaky))


def _stop(book: Book, task: Task) -> None:
    def stopped() -> None:
        task.stopping = False

    task.stopping = True
    task.walk.move("PAUSED", dwell=book.cloud.switches["dis.stop_dwell"], arrived=stopped)
