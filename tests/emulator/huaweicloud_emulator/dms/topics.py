# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Topics of an instance."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from . import paging
from .book import Book, Topic

router = APIRouter()

MOST_PARTITIONS = 750
PAGES = {"200": (50, 200), "50": (10, 50)}


def shown(topic: Topic) -> dict[str, Any]:
    """The page's example has the booleans as texts."""
    return {
        "name": topic.name,
        "partition": len(topic.ends),
        "replication": topic.replication,
        "retention_time": topic.retention_hours,
        "sync_replication": "false",
        "sync_message_flush": "false",
        "policiesOnly": "false",
        "topic_type": 0,
        "topic_desc": topic.description,
        "created_at": topic.created_at,
        "external_configs": {},
        "topic_other_configs": [
            {
                "name": "max.message.bytes",
                "valid_values": "[0...10485760]",
                "default_value": "10485760",
                "config_type": "dynamic",
                "value": "10485760",
                "value_type": "int",
            }
        ],
    }


@router.get("/v2/{project_id}/instances/{instance_id}/topics")
async def list_topics(request: Request, instance_id: str) -> Response:
    book: Book = request.state.project.books["dms"]
    topics = list(book.instance(instance_id).topics.values())
    limit, most = PAGES[request.state.cloud.switches["dms.topics_limit"]]
    page = paging.page(request, topics, limit, most)
    return JSONResponse(
        {
            "total": len(topics),
            "size": 0,
            "remain_partitions": MOST_PARTITIONS - sum(len(topic.ends) for topic in topics),
            "max_partitions": MOST_PARTITIONS,
            "topic_max_partitions": 100,
            "topics": [shown(topic) for topic in page],
        }
    )
