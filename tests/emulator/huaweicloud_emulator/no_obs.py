# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The place of OBS, where there is none: clients that sign as S3 does are told so, and ask no real bucket in its stead."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import Scope

ANSWER = """\
<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>NoObs</Code><Message>The local cloud has no OBS, so no bucket can be looked into. Set HW_OBS_ENDPOINT to a server that speaks \
S3, or do without.</Message></Error>
"""


def is_for_obs(scope: Scope) -> bool:
    """Whether a request is signed as S3 wants it."""
    return any(name == b"authorization" and value.startswith(b"AWS4-") for name, value in scope["headers"])


def answer_for_obs() -> Response:
    return Response(ANSWER, 404, media_type="application/xml")
