# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo estate: streams, instances, topics and tasks with the names that the vendor's own examples use.

One stream without tasks, one Kafka instance with Smart Connect and the three Smart Connect tasks of the vendor's list example, and its
peer without Smart Connect. No sink task and no transfer task: those are for the reader to declare.
"""

from __future__ import annotations

from typing import Any

from .cloud import HOME_AGENCY, HOME_PROJECT, HOME_REGION

STREAM = "newstream"
INSTANCE = "kafka-orders"
INSTANCE_ID = "1b13b5d8-6e3f-4c4a-9d0a-5f2f6c1d7a10"
CONNECTOR_ID = "7e2c1f54-93b8-4d7e-8a56-0c4d2b9e6f31"
PEER = "kafka-backup"
PEER_ID = "59f6d088-2f0b-4e63-9c1d-8d5f0a7b3e42"
BUCKETS = ("6666", "abcabc", "obsbucket", "opendump-archive", "testobs")

_COPY_FROM_PEER: dict[str, Any] = {
    "id": "194917d0-4c8e-4b1a-8f67-2d9b6e0c5a13",
    "task_name": "smart-connect-1571576841",
    "create_time": 1708427753133,
    "topics": "topic-1643449744",
    "source_type": "KAFKA_REPLICATOR_SOURCE",
    "source_task": {
        "current_cluster_name": "A",
        "cluster_name": "B",
        "direction": "pull",
        "instance_id": PEER_ID,
        "consumer_strategy": "earliest",
        "sync_consumer_offsets_enabled": False,
        "rename_topic_enabled": False,
        "provenance_header_enabled": False,
        "compression_type": "none",
        "task_num": 2,
        "replication_factor": 3,
    },
}

_DUMP: dict[str, Any] = {
    "id": "3c0ac4d1-7a52-4f0e-b3c9-61d8e2f4a725",
    "task_name": "smart-connect-1",
    "create_time": 1708565483911,
    "topics_regex": "topic-obs*",
    "sink_type": "OBS_SINK",
    "sink_task": {
        "consumer_strategy": "earliest",
        "destination_file_type": "TEXT",
        "obs_bucket_name": "abcabc",
        "obs_path": "obsTransfer-1810125534",
        "partition_format": "yyyy/MM/dd/HH/mm",
        "record_delimiter": "\\n",
        "deliver_time_interval": 300,
        "store_keys": False,
    },
}

_REDIS: dict[str, Any] = {
    "id": "8a205bbd-0e94-4d3f-a1b7-c5f3d6082e39",
    "task_name": "smart-connect-121248117",
    "create_time": 1708427753133,
    "topics": "topic-sc",
    "source_type": "REDIS_REPLICATOR_SOURCE",
    "source_task": {
        "redis_address": "192.168.91.179:6379",
        "redis_type": "standalone",
        "dcs_instance_id": "949190a2-598a-4afd-99a8-dad3cae1e7cd",
        "sync_mode": "RDB_ONLY",
        "full_sync_wait_ms": 13000,
        "full_sync_max_retry": 4,
        "ratelimit": -1,
    },
    "sink_type": "REDIS_REPLICATOR_SINK",
    "sink_task": {
        "redis_address": "192.168.119.51:6379",
        "redis_type": "standalone",
        "dcs_instance_id": "9b981368-a8e3-416a-87d9-1581a968b41b",
    },
}


def demo_estate() -> dict[str, Any]:
    """A seed document."""
    return {
        "buckets": dict.fromkeys(BUCKETS, HOME_REGION),
        "projects": [
            {
                "id": HOME_PROJECT,
                "agencies": [HOME_AGENCY],
                "dis": {"streams": [{"name": STREAM, "partition_count": 2, "records": [289897, 290112]}]},
                "dms": {
                    "instances": [
                        {
                            "id": INSTANCE_ID,
                            "name": INSTANCE,
                            "created": "2023-11-20T08:30:00Z",
                            "connector_enable": True,
                            "connector_id": CONNECTOR_ID,
                            "connector_node_num": 2,
                            "topics": [
                                {"name": "topic-sdk-no-delete", "partitions": 3, "end_offsets": [3, 3, 3]},
                                {"name": "topic-test", "partitions": 3, "end_offsets": [812, 797, 805]},
                                {"name": "topic-obs-orders", "partitions": 3, "end_offsets": [15240, 15198, 15377]},
                                {"name": "topic-obs-payments", "partitions": 3, "end_offsets": [9012, 8990, 9105]},
                                {"name": "topic-sc", "partitions": 1, "end_offsets": [4410]},
                                {"name": "topic-1643449744", "partitions": 3, "end_offsets": [120, 118, 131]},
                            ],
                            "smart_connect_tasks": [_COPY_FROM_PEER, _DUMP, _REDIS],
                        },
                        {
                            "id": PEER_ID,
                            "name": PEER,
                            "created": "2023-11-20T08:45:00Z",
                            "topics": [{"name": "topic-1643449744", "partitions": 3, "end_offsets": [120, 118, 131]}],
                        },
                    ]
                },
            }
        ],
    }
