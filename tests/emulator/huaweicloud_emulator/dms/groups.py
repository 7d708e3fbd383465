# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Consumer groups of an instance and how far they are: the only place where the lag of a Smart Connect task can be looked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from . import offsets, paging, refusals
from .book import Book, Instance, Task
from .offsets import Position

router = APIRouter()

COORDINATOR = 1
STRATEGY = "range"


@dataclass(frozen=True)
class Consumption:
    """A group as the API shows it, be it a task's or any other."""

    group_id: str
    created_at: int
    state: str
    description: str
    topics: dict[str, list[Position]]

    @property
    def lag(self) -> int:
        return offsets.sum_of_lags([position for positions in self.topics.values() for position in positions])

    @property
    def members(self) -> list[dict[str, str]]:
        if self.state != "STABLE":
            return []
        return [{"member_id": f"{self.group_id}-member-1", "client_id": f"{self.group_id}-client-1", "host": "/192.168.0.21"}]

    def brief(self) -> dict[str, Any]:
        return {
            "createdAt": self.created_at,
            "group_id": self.group_id,
            "state": self.state,
            "coordinator_id": COORDINATOR,
            "group_desc": self.description,
        }


def group_id(book: Book, task: Task) -> str | None:
    """The name of the group that a task reads with. A copy between Kafka instances reads without one, like any MirrorMaker."""
    manner = book.cloud.switches["dms.group_name"]
    if manner == "none" or task.config.sink_type == "NONE" or task.goal == "WAITING":
        return None
    return f"connect-{task.name if manner == 'connect-name' else task.id}"


def consumptions(book: Book, instance: Instance) -> list[Consumption]:
    groups = []
    for task in instance.tasks:
        name = group_id(book, task)
        if name is not None:
            topics = {topic: offsets.shown_positions(book.cloud, instance, task, topic) for topic in offsets.topics_of(instance, task)}
            state = "STABLE" if task.status == "RUNNING" else "EMPTY"
            groups.append(Consumption(name, task.create_time, state, "", topics))
    for group in instance.groups.values():
        topics = {
            topic: _positions(book, at, instance.topics[topic].ends) for topic, at in group.offsets.items() if topic in instance.topics
        }
        groups.append(Consumption(group.id, group.created_at, group.state, group.description, topics))
    return groups


def _positions(book: Book, at: list[int], ends: list[int]) -> list[Position]:
    positions = [Position(number, current, end) for number, (current, end) in enumerate(zip(at, ends, strict=True))]
    return [offsets.without_offset(book.cloud, position) for position in positions]


@router.get("/v2/{project_id}/instances/{instance_id}/groups")
async def list_instance_consumer_groups(request: Request, instance_id: str) -> Response:
    book: Book = request.state.project.books["dms"]
    part = request.query_params.get("group", "")
    matching = [consumption for consumption in consumptions(book, book.instance(instance_id)) if part in consumption.group_id]
    page = paging.page(request, matching)
    return JSONResponse({"groups": [consumption.brief() | {"lag": consumption.lag} for consumption in page], "total": len(matching)})


@router.get("/v2/{project_id}/instances/{instance_id}/groups/{group}")
@router.get("/v2/kafka/{project_id}/instances/{instance_id}/groups/{group}")
async def show_group(request: Request, instance_id: str, group: str) -> Response:
    return JSONResponse({"group": _consumption(request, instance_id, group).brief() | {"assignment_strategy": STRATEGY}})


@router.get("/v2/{project_id}/instances/{instance_id}/management/groups/{group}")
async def show_groups(request: Request, instance_id: str, group: str) -> Response:
    """The older view: the group with its members and all its offsets."""
    consumption = _consumption(request, instance_id, group)
    written = str if request.state.cloud.switches["dms.group_offsets"] == "all texts" else int
    assignment = [{"topic": topic, "partitions": list(range(len(positions)))} for topic, positions in consumption.topics.items()]
    shown = {
        "group_id": consumption.group_id,
        "state": consumption.state,
        "coordinator_id": COORDINATOR,
        "members": [member | {"assignment": assignment} for member in consumption.members],
        "group_message_offsets": [
            {
                "partition": position.partition,
                "lag": written(position.lag),
                "topic": topic,
                "message_current_offset": written(position.current),
                "message_log_end_offset": written(position.end),
            }
            for topic, positions in consumption.topics.items()
            for position in positions
        ],
        "assignment_strategy": STRATEGY,
    }
    return JSONResponse({"group": shown})


@router.get("/v2/kafka/{project_id}/instances/{instance_id}/groups/{group}/message-offset")
async def list_instance_consumer_group_message_offset(request: Request, instance_id: str, group: str) -> Response:
    switches = request.state.cloud.switches
    consumption = _consumption(request, instance_id, group)
    topic, partition = request.query_params.get("topic", ""), request.query_params.get("partition", "")
    if not topic and switches["dms.group_topic"] == "mandatory":
        raise refusals.invalid_parameter("topic is mandatory")
    written = str if switches["dms.group_offsets"] != "numbers" else int
    also = str if switches["dms.group_offsets"] == "all texts" else int
    member = consumption.members[0] if consumption.members else {"member_id": "", "client_id": "", "host": ""}
    details = [
        {
            "partition": written(position.partition),
            "message_current_offset": written(position.current),
            "topic": name,
            "message_log_start_offset": 0,
            "lag": also(position.lag),
            "message_log_end_offset": also(position.end),
            "consumer_id": member["member_id"],
            "host": member["host"],
            "client_id": member["client_id"],
        }
        for name, positions in consumption.topics.items()
        for position in positions
        if topic in ("", name) and partition in ("", str(position.partition))
    ]
    return JSONResponse({"group_message_offsets": list(paging.page(request, details)), "total": len(details)})


@router.get("/v2/kafka/{project_id}/instances/{instance_id}/groups/{group}/topics")
async def list_instance_consumer_group_topics(request: Request, instance_id: str, group: str) -> Response:
    consumption = _consumption(request, instance_id, group)
    part = request.query_params.get("topic", "")
    topics = [
        {"topic": topic, "partitions": len(positions), "lag": offsets.sum_of_lags(positions)}
        for topic, positions in consumption.topics.items()
        if part in topic
    ]
    return JSONResponse({"topics": list(paging.page(request, topics)), "total": len(topics)})


def _consumption(request: Request, instance_id: str, group: str) -> Consumption:
    book: Book = request.state.project.books["dms"]
    for consumption in consumptions(book, book.instance(instance_id)):
        if consumption.group_id == group:
            return consumption
    raise refusals.group_missing(request.state.cloud)
