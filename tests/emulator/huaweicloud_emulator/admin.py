# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The admin API: seed, switch, break and look at the local cloud. It asks for no credentials."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from .answers import read_answers
from .cloud import HOME_ACCESS_KEY, HOME_DOMAIN, HOME_PROJECT, Cloud
from .faults import MOST_SECONDS, WrongFault
from .refusal import Refusal
from .seed_document import WrongSeed, apply_seed, check_seed
from .switches import WrongSwitch
from .writer_keys import STATUSES, VALID

router = APIRouter(prefix="/_emulator")
SHOWN_REQUESTS = 40


class WrongOrder(ValueError):
    """An admin request that cannot be understood."""


def explain(error: Exception) -> JSONResponse | None:
    """The answer to an order that is wrong; None for errors that are not the caller's."""
    if isinstance(error, Refusal):
        return JSONResponse({"error": error.text, "code": error.code}, 400)
    if isinstance(error, (WrongOrder, WrongSeed, WrongFault, WrongSwitch, ValueError)):
        return JSONResponse({"error": str(error)}, 400)
    return None


def cloud_of(request: Request) -> Cloud:
    cloud: Cloud = request.app.state.cloud
    return cloud


async def _json(request: Request, default: Any = None) -> Any:
    body = await request.body()
    if not body and default is not None:
        return default
    try:
        return json.loads(body)
    except ValueError as error:
        raise WrongOrder(f"the body is not JSON: {error}") from None


def _only(document: Any, known: Iterable[str]) -> dict[str, Any]:
    known = set(known)
    if not isinstance(document, dict):
        raise WrongOrder(f"the body is an object with {', '.join(sorted(known))}")
    strange = sorted(set(document) - known)
    if strange:
        raise WrongOrder(f"there is no {', '.join(strange)} here; there are: {', '.join(sorted(known))}")
    return document


@router.get("/health")
async def health() -> dict[str, Any]:
    return {"status": "ok"}


@router.post("/reset")
async def reset(request: Request) -> dict[str, Any]:
    """Everything back to empty, with the built-in account; a body is a seed document that is put in then. A wrong one changes nothing."""
    cloud = cloud_of(request)
    document = await _json(request, {})
    check_seed(cloud, document)
    cloud.reset()
    apply_seed(cloud, document)
    return {"status": "ok"}


@router.post("/seed")
async def seed(request: Request) -> dict[str, Any]:
    """Add the content of a seed document; ``{"demo": true}`` adds the demo estate."""
    cloud = cloud_of(request)
    apply_seed(cloud, await _json(request))
    return {"status": "ok", "projects": sorted(cloud.projects)}


@router.get("/switches")
async def show_switches(request: Request) -> dict[str, Any]:
    return cloud_of(request).switches.document()


@router.patch("/switches")
async def set_switches(request: Request) -> dict[str, Any]:
    """Name and value of each switch to change; null puts it back to its default."""
    changes = await _json(request)
    if not isinstance(changes, dict):
        raise WrongOrder("the body is an object of switches and values")
    switches = cloud_of(request).switches
    switches.update(changes)
    return {name: switches[name] for name in changes}


@router.post("/answers")
async def take_answers(request: Request) -> dict[str, Any]:
    """Set the switches that an answers file has a value for, until the next reset; the others stay as they are."""
    switches = cloud_of(request).switches
    values = read_answers(switches, await _json(request))
    switches.update(values)
    return {"set": values}


@router.get("/faults")
async def show_faults(request: Request) -> list[dict[str, Any]]:
    return cloud_of(request).faults.state()


@router.post("/faults")
async def add_faults(request: Request) -> list[dict[str, Any]]:
    return cloud_of(request).faults.add(await _json(request))


@router.delete("/faults")
async def clear_faults(request: Request) -> dict[str, Any]:
    cloud_of(request).faults.clear()
    return {"status": "ok"}


@router.get("/requests")
async def show_requests(request: Request) -> list[dict[str, Any]]:
    """The journal; ``method``, ``service`` and ``path`` (a regular expression) select."""
    query = _only(dict(request.query_params), ("method", "path", "service"))
    try:
        return cloud_of(request).journal.matching(query.get("method"), query.get("path"), query.get("service"))
    except re.error as error:
        raise WrongOrder(f"path is a regular expression: {error}") from None


@router.delete("/requests")
async def clear_requests(request: Request) -> dict[str, Any]:
    cloud_of(request).journal.clear()
    return {"status": "ok"}


@router.get("/state")
async def state(request: Request) -> dict[str, Any]:
    """Everything there is, without secrets; reading it moves no status on."""
    cloud = cloud_of(request)
    return {
        "now": cloud.now().isoformat(timespec="milliseconds"),
        "clock_offset_seconds": cloud.clock_offset.total_seconds(),
        "account": {"domain_name": HOME_DOMAIN, "project_id": HOME_PROJECT, "access_key": HOME_ACCESS_KEY},
        "projects": [
            {
                "id": project.id,
                "name": project.name,
                "domain_name": project.domain_name,
                "enabled": project.enabled,
                "agencies": sorted(project.agencies),
                **{service.name: service.snapshot(cloud, project) for service in cloud.services if service.snapshot is not None},
            }
            for project in cloud.projects.values()
        ],
        "buckets": cloud.buckets,
        "writer_keys": [key.shown() for key in cloud.writer_keys.values()],
        "switches": cloud.switches.changed(),
        "faults": cloud.faults.state(),
        "requests": cloud.journal.last(SHOWN_REQUESTS),
    }


def patched(cloud: Cloud, document: Any) -> dict[str, Any]:
    """Carry out what ``/patch`` takes. Raises ValueError or Refusal."""
    if not isinstance(document, dict) or not isinstance(document.get("find"), dict):
        raise WrongOrder('a patch is an object with "service", "find" (an object) and what to do: "set", "delete", "status" …')
    document = dict(document)
    wanted = document.pop("project", HOME_PROJECT)
    project = cloud.projects.get(wanted)
    if project is None:
        raise WrongOrder(f"there is no project {wanted}; there are: {', '.join(sorted(cloud.projects))}")
    able = {service.name: service.patch for service in cloud.services if service.patch is not None}
    named = document.pop("service", None)
    change = able.get(named)
    if change is None:
        raise WrongOrder(f"service is one of {', '.join(sorted(able))}, not {named!r}")
    return change(cloud, project, document)


@router.post("/patch")
async def patch(request: Request) -> dict[str, Any]:
    """Change something behind the caller's back, as a colleague at the console would.

    ``project`` (the built-in one), ``service``, ``find``, and what the service takes: ``set``, ``delete``, ``status`` and others.
    """
    return patched(cloud_of(request), await _json(request))


@router.get("/writer_keys")
async def show_writer_keys(request: Request) -> list[dict[str, Any]]:
    return [key.shown() for key in cloud_of(request).writer_keys.values()]


@router.patch("/writer_keys")
async def change_writer_keys(request: Request) -> list[dict[str, Any]]:
    """Revoke keys that write into buckets, or give and take rights: ``{"AKOLD": {"status": "revoked"}}``; all of them or none."""
    cloud, changes = cloud_of(request), await _json(request)
    known = cloud.writer_keys
    for access, change in _only(changes, known).items():
        change = _only(change, ("status", "buckets"))
        if change.get("status", VALID) not in STATUSES:
            raise WrongOrder(f"the status of {access} is one of {', '.join(STATUSES)}, not {change['status']!r}")
        buckets = change.get("buckets")
        if buckets is not None and not (isinstance(buckets, list) and all(isinstance(name, str) for name in buckets)):
            raise WrongOrder(f"the buckets of {access} are a list of names, or null for any")
    for access, change in changes.items():
        known[access].status = change.get("status", known[access].status)
        if "buckets" in change:
            known[access].buckets = None if change["buckets"] is None else frozenset(change["buckets"])
    return await show_writer_keys(request)


@router.post("/deliver")
async def deliver(request: Request) -> list[dict[str, Any]]:
    """Let every task deliver what waits, now; ``{"project": …}`` for one project. The answer says what came of each."""
    cloud = cloud_of(request)
    wanted = _only(await _json(request, {}), ("project",)).get("project")
    if wanted is not None and wanted not in cloud.projects:
        raise WrongOrder(f"there is no project {wanted}; there are: {', '.join(sorted(cloud.projects))}")
    return [
        {"project": project.id, **done}
        for project in cloud.projects.values()
        if wanted in (None, project.id)
        for service in cloud.services
        if service.deliver is not None
        for done in service.deliver(cloud, project)
    ]


@router.get("/files")
async def show_files(request: Request) -> list[dict[str, Any]]:
    """The files that dumps have left in buckets, oldest first; ``bucket`` selects. They have no content."""
    wanted = _only(dict(request.query_params), ("bucket",)).get("bucket")
    return [file.shown() for file in cloud_of(request).files if wanted in (None, file.bucket)]


@router.get("/clock")
async def show_clock(request: Request) -> dict[str, Any]:
    cloud = cloud_of(request)
    return {"now": cloud.now().isoformat(timespec="milliseconds"), "offset_seconds": cloud.clock_offset.total_seconds()}


@router.put("/clock")
async def move_clock(request: Request) -> dict[str, Any]:
    """Move the cloud's clock against the machine's."""
    document = _only(await _json(request), ("offset_seconds",))
    offset = document.get("offset_seconds")
    if not isinstance(offset, (int, float)) or isinstance(offset, bool) or abs(offset) > MOST_SECONDS:
        raise WrongOrder(f"offset_seconds is a number of seconds within ten years, not {offset!r}")
    cloud_of(request).clock_offset = timedelta(seconds=offset)
    return await show_clock(request)


@router.post("/tokens/expire")
async def expire_tokens(request: Request) -> dict[str, Any]:
    """Let all IAM tokens expire now."""
    return {"expired": cloud_of(request).identity.expire_tokens()}
