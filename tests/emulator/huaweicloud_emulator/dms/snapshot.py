# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that DMS keeps for a project, for the admin API and the page."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from . import background_tasks, groups, offsets
from .book import Book, Instance, Task

if TYPE_CHECKING:
    from ..cloud import Cloud, Project


def snapshot(cloud: Cloud, project: Project) -> dict[str, Any]:
    """Secrets are shown as ``***``; ``secrets_sha256`` tells which ones are on file."""
    book: Book = project.books["dms"]
    return {"instances": [_instance(book, instance) for instance in book.all_instances()]}


def _instance(book: Book, instance: Instance) -> dict[str, Any]:
    return {
        "name": instance.name,
        "id": instance.id,
        "status": instance.walk.peek(),
        "type": instance.type,
        "charging_mode": instance.charging_mode,
        "created": instance.created.isoformat(),
        "smart_connect": instance.connector is not None and instance.connector.ready,
        "connector_id": instance.connector.id if instance.connector else "",
        "connector_node_num": instance.connector.node_num if instance.connector else 0,
        "max_tasks": instance.max_tasks,
        "quota_tasks": instance.quota_tasks,
        "topics": [
            {"name": topic.name, "partitions": len(topic.ends), "end_offsets": list(topic.ends)} for topic in instance.topics.values()
        ],
        "groups": [{"group_id": group.group_id, "state": group.state, "lag": group.lag} for group in groups.consumptions(book, instance)],
        "jobs": [background_tasks.shown(job) for job in instance.jobs],
        "tasks": [_task(instance, task) for task in instance.tasks],
    }


def _task(instance: Instance, task: Task) -> dict[str, Any]:
    config = task.config
    return {
        "name": task.name,
        "id": task.id,
        "kind": "sink" if task.made_by == "sink" else "smart_connect",
        "status": task.status,
        "goal": task.goal,
        "deleting": task.leaving is not None,
        "create_time": task.create_time,
        "topics": config.topics if config.topics is not None else config.topics_regex or "",
        "topics_regex": config.topics_regex,
        "source": {"kind": config.source_type, **config.source},
        "destination": {"kind": config.sink_type, **config.sink},
        "labels": config.labels,
        "secrets": dict.fromkeys(config.secrets, "***"),
        "secrets_sha256": {name: hashlib.sha256(value.encode()).hexdigest() for name, value in config.secrets.items()},
        "stalled": task.stalled,
        "blocked": task.blocked,
        "newest_file": task.newest_file.shown() if task.newest_file else None,
        "lag": offsets.lag(instance, task) if config.sink_type != "NONE" else None,
    }
