# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Streams: create, list, show, delete, and the number of their partitions."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .book import GONE, HASH_KEYS, Book, Stream
from .destinations import NAME
from .field_checks import Check, Wrong, one_of, whole_number
from .lookup import book_of, stream_named, whole_query
from .refusals import invalid, refusal
from .validation import json_object

router = APIRouter()
ADVANCED_PARTITION_QUOTA = 10
SCALINGS_AN_HOUR = 5
HOUR_MS = 3_600_000
_STREAMS = "/v2/{project_id}/streams"

_CHECKS: dict[str, Check] = {
    "stream_name": NAME,
    "partition_count": whole_number(1, 10_000),
    "stream_type": one_of("COMMON", "ADVANCED"),
    "data_type": one_of("BLOB", "JSON", "CSV"),
    "data_duration": whole_number(24, 72),
    "compression_format": one_of("snappy", "gzip", "zip"),
    "auto_scale_min_partition_count": whole_number(1, 10_000),
    "auto_scale_max_partition_count": whole_number(1, 10_000),
}
_HANDED_BACK = (
    "data_schema",
    "compression_format",
    "csv_properties",
    "tags",
    "sys_tags",
    "auto_scale_enabled",
    "auto_scale_min_partition_count",
    "auto_scale_max_partition_count",
)


def declared_stream(document: dict[str, Any]) -> dict[str, Any]:
    """The checked members of a create body. Raises DIS.4200, DIS.4360."""
    kept = dict(document)
    for name, check in _CHECKS.items():
        if kept.get(name) is None and name not in ("stream_name", "partition_count"):
            continue
        try:
            kept[name] = check(kept.get(name))
        except Wrong:
            raise invalid(name, kept.get(name)) from None
    if kept.get("data_schema"):
        try:
            json.loads(kept["data_schema"])
        except (TypeError, ValueError):
            raise refusal("DIS.4360") from None
    return kept


def open_stream(book: Book, document: dict[str, Any]) -> Stream:
    """Create the stream of a checked create body. Raises DIS.4307, DIS.4308."""
    kept = declared_stream(document)
    if kept["stream_name"] in book.streams:
        raise refusal("DIS.4307", kept["stream_name"])
    stream_type = kept.get("stream_type") or "COMMON"
    _check_quota(book, stream_type, kept["partition_count"])
    return book.new_stream(
        kept["stream_name"],
        kept["partition_count"],
        stream_type=stream_type,
        data_type=kept.get("data_type") or "BLOB",
        data_duration=kept.get("data_duration") or 24,
        options={name: kept[name] for name in _HANDED_BACK if kept.get(name) is not None},
    )


def _check_quota(book: Book, stream_type: str, more: int) -> None:
    used = sum(len(stream.active()) for stream in book.streams.values() if stream.stream_type == stream_type)
    quota = ADVANCED_PARTITION_QUOTA if stream_type == "ADVANCED" else book.cloud.switches["dis.partition_quota"]
    if used + more > quota:
        raise refusal("DIS.4308")


@router.post(_STREAMS)
async def create(request: Request) -> Response:
    book = book_of(request)
    stream = open_stream(book, json_object(request.state.body))
    stream.walk.move("RUNNING", via="CREATING", dwell=book.cloud.switches["dis.stream_create_dwell"])
    return Response(status_code=201)


@router.get(_STREAMS)
async def list_(request: Request) -> Response:
    """By name; ``limit`` (10, at most 100) and ``start_stream_name``, which is itself left out."""
    book = book_of(request)
    limit = whole_query(request, "limit", 10, 100)
    start = request.query_params.get("start_stream_name") or ""
    following = sorted(name for name in book.streams if name > start)
    page = [book.streams[name] for name in following[:limit]]
    return JSONResponse(
        {
            "total_number": len(book.streams),
            "stream_names": [stream.name for stream in page],
            "has_more_streams": len(following) > limit,
            "stream_info_list": [_row(stream) for stream in page],
        }
    )


def _row(stream: Stream) -> dict[str, Any]:
    shared = ("tags", "sys_tags", "auto_scale_enabled", "auto_scale_min_partition_count", "auto_scale_max_partition_count")
    return {
        "stream_name": stream.name,
        "create_time": stream.created_ms,
        "retention_period": stream.data_duration,
        "status": stream.walk.read(),
        "stream_type": stream.stream_type,
        "data_type": stream.data_type,
        "partition_count": len(stream.active()),
    } | {name: stream.options[name] for name in shared if name in stream.options}


@router.get(_STREAMS + "/{stream_name}")
async def show(request: Request, stream_name: str) -> Response:
    """``limit_partitions`` (100, at most 1000) and ``start_partitionId``, which is itself left out."""
    stream = stream_named(book_of(request), stream_name)
    limit = whole_query(request, "limit_partitions", 100, 1000)
    start = request.query_params.get("start_partitionId")
    ids = [partition.id for partition in stream.partitions]
    if start and start not in ids:
        raise refusal("DIS.4201", start)
    first = ids.index(start) + 1 if start else 0
    active = len(stream.active())
    return JSONResponse(
        {
            "stream_id": stream.id,
            "stream_name": stream.name,
            "create_time": stream.created_ms,
            "last_modified_time": stream.modified_ms,
            "retention_period": stream.data_duration,
            "status": stream.walk.read(),
            "stream_type": stream.stream_type,
            "data_type": stream.data_type,
            "writable_partition_count": active,
            "readable_partition_count": len(stream.partitions),
            "partitions": _partitions(stream, request.state.cloud.switches["dis.sequence_upper_bound"])[first : first + limit],
            "has_more_partitions": len(ids) > first + limit,
            "update_partition_counts": stream.scalings,
            **stream.options,
        }
    )


def _partitions(stream: Stream, upper_bound: str) -> list[dict[str, Any]]:
    """The active partitions share the hash keys from 0 to 2^63 - 1; a closed one has none of them."""
    active = stream.active()
    ranges = {}
    for index, partition in enumerate(active):
        ranges[partition.id] = (HASH_KEYS * index // len(active), HASH_KEYS * (index + 1) // len(active) - 1)
    shown = []
    for partition in stream.partitions:
        end = partition.records if upper_bound == "next" else max(partition.records - 1, 0)
        low, high = ranges.get(partition.id, (0, 0))
        shown.append(
            {
                "status": partition.status,
                "partition_id": partition.id,
                "hash_range": f"[{low} : {high}]",
                "sequence_number_range": f"[0 : {end}]",
            }
        )
    return shown


@router.delete(_STREAMS + "/{stream_name}")
async def delete(request: Request, stream_name: str) -> Response:
    book = book_of(request)
    stream, switches = stream_named(book, stream_name), book.cloud.switches
    if stream.tasks and switches["dis.stream_delete_with_tasks"] == "refused":
        raise refusal("DIS.4200", f"Invalid stream_name {stream_name}, it has transfer tasks.")
    stream.walk.move(GONE, via="TERMINATING", dwell=switches["dis.stream_delete_dwell"])
    book.tidy()
    return Response(status_code=204)


@router.put(_STREAMS + "/{stream_name}")
async def scale(request: Request, stream_name: str) -> Response:
    """Change the number of partitions; at most five times an hour."""
    book = book_of(request)
    document = json_object(request.state.body)
    stream = stream_named(book, stream_name)
    if stream.walk.peek() != "RUNNING":
        raise refusal("DIS.4205")
    target = document.get("target_partition_count")
    if not isinstance(target, int) or isinstance(target, bool) or target < 1:
        raise invalid("target_partition_count", target)
    now, before = book.cloud.now_ms(), len(stream.active())
    recent = [scaling for scaling in stream.scalings if scaling["create_timestamp"] > now - HOUR_MS]
    if len(recent) >= SCALINGS_AN_HOUR:
        raise refusal("DIS.4200", f"The stream was scaled {SCALINGS_AN_HOUR} times in the last hour.")
    _check_quota(book, stream.stream_type, target - before)
    stream.scale(target)
    stream.scalings.append({"create_timestamp": now, "src_partition_count": before, "target_partition_count": target, "auto_scale": False})
    stream.modified_ms = now
    return Response(status_code=200)
