# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""STS: temporary access keys of an agency that is named by its URN, with the account's id in it."""

from __future__ import annotations

import json
import re
import secrets
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from . import actions, rights
from .cloud import Cloud
from .iam import DURATIONS
from .identity import Caller
from .refusal import Refusal
from .service import Service

router = APIRouter()
URN = re.compile(r"iam::([^:]+):agency:(.+)")


def _invalid(text: str) -> Refusal:
    return Refusal(400, "STS.0400", text)


def _caller(request: Request) -> Caller:
    if request.state.caller is None:
        raise Refusal(401, "STS.0401", "The request you have made requires authentication.")
    caller: Caller = request.state.caller
    return caller


@router.post("/v5/agencies/assume")
async def assume_agency(request: Request) -> Response:
    """``agency_urn``, ``agency_session_name`` and ``duration_seconds``; a key of that agency."""
    cloud: Cloud = request.state.cloud
    rights.require(cloud, _caller(request), "iam", *actions.ASSUME_AGENCY)
    try:
        document = json.loads(request.state.body or b"null")
    except ValueError:
        raise _invalid("The request body is not JSON.") from None
    if not isinstance(document, dict):
        raise _invalid("The request body is not an object.")
    urn = URN.fullmatch(str(document.get("agency_urn")))
    session = document.get("agency_session_name")
    if urn is None or not isinstance(session, str) or not session:
        raise _invalid("agency_urn (iam::<account id>:agency:<name>) and agency_session_name are mandatory.")
    domain_name = cloud.identity.domain_named(None, urn.group(1))
    if domain_name is None or urn.group(2) not in cloud.identity.agencies_of(domain_name):
        raise Refusal(404, "STS.0404", "The agency does not exist.")
    seconds = document.get("duration_seconds", 3600)
    if not isinstance(seconds, int) or seconds not in DURATIONS:
        raise _invalid(f"duration_seconds is from {DURATIONS.start} to {DURATIONS.stop - 1}.")
    expires = cloud.now() + timedelta(seconds=seconds)
    key = cloud.identity.add_key(
        "HST" + secrets.token_hex(9).upper()[:17],
        secrets.token_urlsafe(30),
        domain_name,
        f"{domain_name}/{urn.group(2)}",
        cloud.identity.random_text(600),
        expires,
    )
    credentials: dict[str, Any] = {
        "access_key_id": key.access,
        "secret_access_key": key.secret,
        "security_token": key.security_token,
        "expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return JSONResponse(
        {"credentials": credentials, "assumed_agency": {"urn": f"sts::{urn.group(1)}:assumed-agency:{urn.group(2)}/{session}"}}
    )


@router.get("/v5/caller-identity")
async def show_caller(request: Request) -> Response:
    caller = _caller(request)
    account = request.state.cloud.identity.domain_id(caller.domain_name)
    return JSONResponse(
        {"account_id": account, "principal_urn": f"iam::{account}:user:{caller.user_name}", "principal_id": caller.user_name}
    )


SERVICE = Service(
    name="sts",
    router=router,
    owns=lambda path: path in ("/v5/agencies/assume", "/v5/caller-identity"),
    project_of=lambda path: None,
    needs_credentials=False,
)
