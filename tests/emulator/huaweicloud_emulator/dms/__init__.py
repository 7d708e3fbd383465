# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DMS for Kafka: instances with topics and consumer groups, Smart Connect, and both APIs of its dumping tasks."""

from __future__ import annotations

import re

from fastapi import APIRouter

from ..service import Service, project_in_path
from . import background_tasks, buckets, connector, console, groups, instances, refusals, sink_tasks, smart_connect_tasks, topics
from .book import Book
from .seed import seed
from .seed_shape import SEED
from .snapshot import snapshot
from .switches import SWITCHES

OWNED = re.compile(r"/v2/(?:kafka/[^/]+/instances|[^/]+/(?:instances|connectors|kafka))(?:/|$)|/v1\.0/dms/")


def owns(path: str) -> bool:
    return OWNED.match(path) is not None


def project_of(path: str) -> str | None:
    return None if path.startswith("/v1.0/dms/") else project_in_path(path)


PARTS = (instances, topics, background_tasks, connector, sink_tasks, smart_connect_tasks, groups, buckets)

router = APIRouter()
for part in PARTS:
    router.include_router(part.router)

SERVICE = Service(
    name="dms",
    router=router,
    owns=owns,
    new_book=Book,
    switches=SWITCHES,
    seed=seed,
    seed_shape=SEED,
    snapshot=snapshot,
    patch=console.patch,
    deliver=console.deliver_all,
    foreign_project=refusals.foreign_project(),
    project_of=project_of,
)
