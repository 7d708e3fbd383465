# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account that has outgrown one region: three regions, each with a project of its own name and sub-projects, and users who see some.

Every project has one stream and one Kafka instance with Smart Connect; nothing is dumped yet. One sub-project is switched off.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from .cloud import HOME_AGENCY, HOME_PROJECT, HOME_REGION

REGIONS = {HOME_REGION: ("orders", "payments"), "eu-west-0": ("orders", "archive"), "ap-southeast-1": ("orders", "payments", "retired")}
DISABLED = "ap-southeast-1_retired"
READER, READER_PASSWORD = "reader", "emulator-password-0002"
READER_ACCESS_KEY, READER_SECRET_KEY = "EMULATORACCESSKEY002", "emulator-secret-key-0002-do-not-use"
ORDERS, ORDERS_PASSWORD = "orders", "emulator-password-0003"
ORDERS_ACCESS_KEY, ORDERS_SECRET_KEY = "EMULATORACCESSKEY003", "emulator-secret-key-0003-do-not-use"


def project_names() -> list[str]:
    return [name for region, subs in REGIONS.items() for name in (region, *(f"{region}_{sub}" for sub in subs))]


def project_id(name: str) -> str:
    """The same in every run."""
    return HOME_PROJECT if name == HOME_REGION else hashlib.sha256(name.encode()).hexdigest()[:32]


def bucket(region: str) -> str:
    return f"archive-{region}"


def _uuid(text: str) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16], version=4))


def _project(name: str) -> dict[str, Any]:
    team = name.partition("_")[2] or "shared"
    instance = {
        "id": _uuid(f"instance of {name}"),
        "name": f"kafka-{team}",
        "connector_enable": True,
        "connector_id": _uuid(f"connector of {name}"),
        "topics": [{"name": f"topic-{team}", "partitions": 3, "end_offsets": [120, 118, 131]}],
    }
    return {
        "id": project_id(name),
        "name": name,
        "description": f"the {team} team" if "_" in name else "",
        "enabled": name != DISABLED,
        "agencies": [HOME_AGENCY],
        "dis": {"streams": [{"name": f"stream-{team}", "partition_count": 2, "records": [400, 410]}]},
        "dms": {"instances": [instance]},
    }


def regions_estate() -> dict[str, Any]:
    """A seed document."""
    read_only = {
        "Version": "1.1",
        "Statement": [
            {"Effect": "Allow", "Action": ["iam:projects:listProjects", "dis:*:get*", "dis:*:list*", "dms:*:get*", "dms:*:list*"]},
        ],
    }
    return {
        "buckets": {bucket(region): region for region in REGIONS},
        "users": [
            {"name": READER, "password": READER_PASSWORD, "policies": [read_only]},
            {
                "name": ORDERS,
                "password": ORDERS_PASSWORD,
                "projects": [project_id(name) for name in project_names() if name.endswith("_orders")],
            },
        ],
        "access_keys": [
            {"access": READER_ACCESS_KEY, "secret": READER_SECRET_KEY, "user_name": READER},
            {"access": ORDERS_ACCESS_KEY, "secret": ORDERS_SECRET_KEY, "user_name": ORDERS},
        ],
        "projects": [_project(name) for name in project_names()],
    }
