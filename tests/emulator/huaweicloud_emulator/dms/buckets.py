# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The OBS buckets that a task may write to."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

router = APIRouter()


@router.get("/v1.0/dms/obs/buckets")
async def list_obs_buckets(request: Request) -> Response:
    return JSONResponse(
        [
            {"bucketName": name, "location": region, "bucketStorageClass": "STANDARD", "bucketType": "OBJECT", "statusCode": 0}
            for name, region in sorted(request.state.cloud.buckets.items())
        ]
    )
