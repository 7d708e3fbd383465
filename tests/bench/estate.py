# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is declared in the benchmark: for a number of tasks, the parents that hold them, the options of the modules, and the wire.

Four of five are DIS transfer tasks, each of which has to be asked for by itself; the fifth is a Smart Connect task, which its list shows
whole. Parents are as full as the services let them be: 5 transfer tasks in a stream, 18 tasks in an instance. There are no sink tasks,
because the vendor's SDK cannot make any; they cost the same as transfer tasks.
"""

from __future__ import annotations

from typing import Any

PROJECT = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
PER_STREAM, PER_INSTANCE = 5, 18
WRITER = {"access_key": "WRITERACCESSKEY00001", "secret_key": "writer-secret-key-0001"}
TRANSFER = {
    "agency_name": "dis_admin_agency",
    "obs_bucket_path": "testobs",
    "deliver_time_interval": 300,
    "partition_format": "yyyy/MM/dd/HH",
}
KAFKA = {"consumer_strategy": "earliest", "obs_bucket_name": "testobs", "deliver_time_interval": 300, "partition_format": "yyyy/MM/dd/HH"}
LISTS = {
    "dis_transfer_task": "dis_transfer_tasks",
    "smart_connect_task": "smart_connect_tasks",
}


def share(tasks: int) -> dict[str, int]:
    """How many tasks of each kind."""
    fifth = tasks // 5
    return {"dis_transfer_task": tasks - fifth, "smart_connect_task": fifth}


def instance_id(number: int) -> str:
    return "00000000-0000-4000-8000-%012d" % number


def places(tasks: int) -> list[tuple[str, str, str]]:
    """Kind, parent and name of each task."""
    shares = share(tasks)
    return [
        *(("dis_transfer_task", "stream-%03d" % (n // PER_STREAM), "dump-%04d" % n) for n in range(shares["dis_transfer_task"])),
        *(("smart_connect_task", instance_id(n // PER_INSTANCE), "connect-%04d" % n) for n in range(shares["smart_connect_task"])),
    ]


def parents(tasks: int) -> dict[str, list[str]]:
    by_kind: dict[str, list[str]] = {kind: [] for kind in LISTS}
    for kind, parent, _name in places(tasks):
        if parent not in by_kind[kind]:
            by_kind[kind].append(parent)
    return by_kind


def seed_document(tasks: int) -> dict[str, Any]:
    """The local cloud's estate without any task."""
    there = parents(tasks)
    topics = [{"name": "orders", "partitions": 3}]
    connects = [{"id": instance, "name": "kafka-%d" % n} for n, instance in enumerate(there["smart_connect_task"])]
    return {
        "buckets": ["testobs"],
        "switches": {"dis.partition_quota": 1000},
        "projects": [
            {
                "id": PROJECT,
                "dis": {"streams": [{"name": stream, "partition_count": 1} for stream in there["dis_transfer_task"]]},
                "dms": {"instances": [{"connector_enable": True, "topics": topics, **connect} for connect in connects]},
            }
        ],
    }


def declared(tasks: int) -> dict[str, list[dict[str, Any]]]:
    """The lists, with the options of the modules."""
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in LISTS.values()}
    for kind, parent, name in places(tasks):
        if kind == "dis_transfer_task":
            item: dict[str, Any] = {"stream_name": parent, "obs": {**TRANSFER, "file_prefix": name.replace("-", "_")}}
        else:
            item = {"instance_id": parent, "topics": ["orders"], "obs": {**KAFKA, **WRITER, "obs_path": name}}
        lists[LISTS[kind]].append({"task_name": name, **item})
    return lists


def wire(tasks: int) -> list[dict[str, Any]]:
    """The same for those who write the requests themselves.

    ``list`` and ``detail`` are paths (no detail where the list shows whole tasks), ``body`` is what creates the task, ``shown`` names the
    member of an answer that holds the destination, and ``wanted`` what has to stand there.
    """
    entries = []
    for kind, parent, name in places(tasks):
        entry: dict[str, Any] = {"kind": kind, "parent": parent, "name": name}
        if kind == "dis_transfer_task":
            path = "/v2/%s/streams/%s/transfer-tasks" % (PROJECT, parent)
            wanted = {**TRANSFER, "file_prefix": name.replace("-", "_")}
            body: dict[str, Any] = {"destination_type": "OBS", "obs_destination_descriptor": {"task_name": name, **wanted}}
            entry.update(list=path, query="", detail="task_name", shown="obs_destination_description")
        else:
            path = "/v2/%s/instances/%s/connector/tasks" % (PROJECT, parent)
            wanted = {**KAFKA, "obs_path": name}
            sides = {"source_type": "NONE", "sink_type": "OBS_SINK"}
            body = {"task_name": name, "topics": "orders", **sides, "sink_task": {"destination_file_type": "TEXT", **wanted, **WRITER}}
            entry.update(list=path, query="?offset=0&limit=50", detail="", shown="sink_task")
        entries.append({**entry, "body": body, "wanted": wanted})
    return entries
