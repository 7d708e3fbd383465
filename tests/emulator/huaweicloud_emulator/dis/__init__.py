# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DIS: streams and the transfer tasks that dump them."""

from __future__ import annotations

import re

from fastapi import APIRouter

from ..service import Service, project_in_path
from . import dump_log, streams, transfer_tasks
from .book import Book
from .console import deliver_all, patch, snapshot
from .refusals import error_body, refusal
from .seed import seed
from .seed_shape import SEED
from .switches import SWITCHES

_PATHS = re.compile(r"/v2/[^/]+/streams?(?:/|$)")
_LOG = "/v1/transfertasklog/"

router = APIRouter()
for _part in (streams, transfer_tasks, dump_log):
    router.include_router(_part.router)


def owns(path: str) -> bool:
    return path.startswith(_LOG) or _PATHS.match(path) is not None


def project_of(path: str) -> str | None:
    """The dump log's path names no project; the caller's own is meant."""
    return None if path.startswith(_LOG) else project_in_path(path)


SERVICE = Service(
    name="dis",
    router=router,
    owns=owns,
    new_book=Book,
    error_body=error_body,
    switches=SWITCHES,
    seed=seed,
    seed_shape=SEED,
    snapshot=snapshot,
    patch=patch,
    deliver=deliver_all,
    foreign_project=refusal("DIS.4117"),
    project_of=project_of,
)
