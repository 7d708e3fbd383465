# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kafka instances: show and list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from . import paging, refusals
from .book import Book, Instance

router = APIRouter()

ALL_GRANTED = "all_granted_eps"

DETAILS: dict[str, Any] = {
    "engine": "kafka",
    "engine_version": "2.7",
    "description": "",
    "specification": "kafka.2u4g.cluster*3 broker",
    "storage_space": 300,
    "used_storage_space": 0,
    "total_storage_space": 300,
    "partition_num": "750",
    "port": 9092,
    "connect_address": "192.168.0.10,192.168.0.11,192.168.0.12",
    "resource_spec_code": "",
    "product_id": "kafka.2u4g.cluster",
    "node_num": 3,
    "broker_num": 3,
    "enable_auto_topic": True,
    "ssl_enable": False,
    "kafka_security_protocol": "PLAINTEXT",
    "enable_publicip": False,
    "retention_policy": "time_base",
    "service_type": "advanced",
    "storage_type": "hec",
    "storage_spec_code": "dms.physical.storage.high.v2",
    "enterprise_project_id": "0",
    "maintain_begin": "22:00",
    "maintain_end": "02:00",
    "is_logical_volume": True,
    "extend_times": 0,
    "support_features": "kafka.crossvpc.domain.enable",
    "new_spec_billing_enable": True,
    "tags": [],
}


def shown(instance: Instance) -> dict[str, Any]:
    connector = instance.connector if instance.connector is not None and instance.connector.ready else None
    return {
        "name": instance.name,
        "instance_id": instance.id,
        "status": instance.walk.peek(),
        "type": instance.type,
        "charging_mode": instance.charging_mode,
        "created_at": str(int(instance.created.timestamp() * 1000)),
        "connector_enable": connector is not None,
        "connector_id": connector.id if connector else "",
        "connector_node_num": connector.node_num if connector else 0,
        **instance.details,
    }


@router.get("/v2/{project_id}/instances")
async def list_instances(request: Request) -> Response:
    book: Book = request.state.project.books["dms"]
    query = request.query_params
    matching = [instance for instance in _granted(book, query) if _matches(instance, query)]
    start = paging.whole_number(request, "offset", 0, 0)
    if start > 0 and start >= len(matching):
        raise refusals.offset_past_the_end()
    page = paging.page(request, matching)
    answer = {"instances": [shown(instance) for instance in page], "instance_num": len(matching)}
    for instance in page:
        instance.walk.read()
    return JSONResponse(answer)


@router.get("/v2/{project_id}/instances/{instance_id}")
async def show_instance(request: Request, instance_id: str) -> Response:
    book: Book = request.state.project.books["dms"]
    instance = book.instance(instance_id)
    answer = shown(instance)
    instance.walk.read()
    return JSONResponse(answer)


def _granted(book: Book, query: Mapping[str, str]) -> list[Instance]:
    """The instances that the caller may see. Raises Refusal when the rights do not cover the enterprise projects that are asked for."""
    granted, asked = book.granted_projects(), query.get("enterprise_project_id", "")
    if granted is not None and asked not in {*granted, ALL_GRANTED} and book.cloud.switches["dms.outside_granted_eps"] == "refused":
        raise refusals.no_permission()
    if granted is not None and not asked and book.cloud.switches["dms.outside_granted_eps"] == "empty":
        return []
    return [instance for instance in book.all_instances() if book.granted(instance)]


def _matches(instance: Instance, query: Mapping[str, str]) -> bool:
    name = query.get("name", "")
    exact = query.get("exact_match_name", "false") == "true"
    return (
        (not name or (instance.name == name if exact else name in instance.name))
        and query.get("instance_id", "") in ("", instance.id)
        and query.get("engine", "") in ("", instance.details["engine"])
        and query.get("status", "") in ("", instance.walk.peek())
        and query.get("enterprise_project_id", "") in ("", ALL_GRANTED, instance.details["enterprise_project_id"])
        and (query.get("include_failure", "") != "false" or instance.walk.peek() != "CREATEFAILED")
    )
