# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guide on migration begins with: a Kafka instance with two sink tasks, of which one lacks what Smart Connect needs."""

from __future__ import annotations

from typing import Any

from .cloud import HOME_PROJECT, HOME_REGION

BUCKET = "my-archive"


def _sink_task(name: str, topics: str, **settings: Any) -> dict[str, Any]:
    descriptor = {
        "topics": topics,
        "consumer_strategy": "latest",
        "destination_file_type": "TEXT",
        "obs_bucket_name": BUCKET,
        "obs_path": name,
        "record_delimiter": "\n",
        "deliver_time_interval": 300,
        **settings,
    }
    return {"task_name": name, "source_type": "BLOB", "destination_type": "OBS", "obs_destination_descriptor": descriptor}


def migration_estate() -> dict[str, Any]:
    """A seed document."""
    instance = {
        "id": "7b3c1d9e-2a4f-4c65-9d0e-8f1a2b3c4d5e",
        "name": "kafka-prod",
        "connector_enable": True,
        "connector_id": "5f0d6f1b-7c11-4a51-9a5e-0f6c2ab12f4e",
        "topics": [{"name": "orders", "partitions": 3, "end_offsets": [10, 10, 10]}, {"name": "logins", "partitions": 1}],
        "sink_tasks": [_sink_task("orders", "orders", partition_format="yyyy/MM/dd"), _sink_task("audit", "logins", partition_format="")],
    }
    # what there is to migrate: sink tasks that Smart Connect does not show, one of them from before partition_format was mandatory
    switches = {"dms.store": "two", "dms.empty_partition_format": "accepted"}
    return {"switches": switches, "buckets": {BUCKET: HOME_REGION}, "projects": [{"id": HOME_PROJECT, "dms": {"instances": [instance]}}]}
