# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the first play of README and the guide "Getting started" finds: two streams, a Kafka instance with Smart Connect, one without."""

from __future__ import annotations

from typing import Any

from .cloud import HOME_AGENCY, HOME_PROJECT, HOME_REGION

BUCKET = "my-archive"


def first_play_estate() -> dict[str, Any]:
    """A seed document."""
    streams = [{"name": "orders", "partition_count": 2, "records_per_second": 5}, {"name": "returns", "partition_count": 1}]
    kafka_prod = {
        "id": "7b3c1d9e-2a4f-4c65-9d0e-8f1a2b3c4d5e",
        "name": "kafka-prod",
        "connector_enable": True,
        "connector_id": "5f0d6f1b-7c11-4a51-9a5e-0f6c2ab12f4e",
        "topics": [
            {"name": "orders", "partitions": 3, "end_offsets": [10, 10, 10]},
            {"name": "returns", "partitions": 1},
            {"name": "clicks", "partitions": 3, "messages_per_second": 5},
        ],
    }
    kafka_new = {"id": "c4d5e9b3-c1d9-4e2a-8f4c-65d0e8f1a2b3", "name": "kafka-new", "topics": [{"name": "clicks", "partitions": 3}]}
    return {
        "buckets": {BUCKET: HOME_REGION},
        "projects": [
            {
                "id": HOME_PROJECT,
                "agencies": [HOME_AGENCY],
                "dis": {"streams": streams},
                "dms": {"instances": [kafka_prod, kafka_new]},
            }
        ],
    }
