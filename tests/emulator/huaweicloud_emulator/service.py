# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the frame wants to know of a service."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from .refusal import Refusal
from .shape import Shape
from .switches import Switch

if TYPE_CHECKING:
    from .cloud import Cloud, Project

_PROJECT_IN_PATH = re.compile(r"/v\d+(?:\.\d+)?/(?:kafka/)?([^/]+)(?:/|$)")


def project_in_path(path: str) -> str | None:
    """The project id of ``/v2/{project_id}/…`` and ``/v2/kafka/{project_id}/…``."""
    match = _PROJECT_IN_PATH.match(path)
    return match.group(1) if match else None


def fields_error_body(cloud: Cloud, refusal: Refusal, request_id: str) -> dict[str, Any]:
    """The error shape of most services."""
    return {"error_code": refusal.code, "error_msg": refusal.text, **refusal.more}


NOT_YOURS = Refusal(403, "APIGW.0302", "The IAM user is not authorized to access the API.")


@dataclass
class Service:
    """One service behind the gateway.

    Handlers are ``async def`` without an ``await`` between reading and writing state, so that each request is atomic; they find ``cloud``,
    ``project`` and ``body`` (bytes) in ``request.state`` and raise ``Refusal``.
    """

    name: str
    router: APIRouter
    owns: Callable[[str], bool]
    new_book: Callable[[Cloud, Project], Any] = lambda cloud, project: None
    error_body: Callable[[Cloud, Refusal, str], dict[str, Any]] = fields_error_body
    switches: dict[str, Switch] = field(default_factory=dict)
    seed: Callable[[Cloud, Project, dict[str, Any]], None] | None = None
    seed_shape: Shape | None = None
    snapshot: Callable[[Cloud, Project], dict[str, Any]] | None = None
    patch: Callable[[Cloud, Project, dict[str, Any]], dict[str, Any]] | None = None
    deliver: Callable[[Cloud, Project], list[dict[str, Any]]] | None = None
    foreign_project: Refusal = NOT_YOURS
    project_of: Callable[[str], str | None] = project_in_path
    needs_credentials: bool = True
    request_id_headers: tuple[str, ...] = ("X-Request-Id",)
