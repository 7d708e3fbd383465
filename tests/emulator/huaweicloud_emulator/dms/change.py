# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task with some of its settings changed, by modify or behind everybody's back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import refusals, validation
from .book import Book, Task, TaskConfig

if TYPE_CHECKING:
    from ..cloud import Cloud, Project

SECRETS = ("access_key", "secret_key", "password", "redis_password")
PARTS = ("source_task", "sink_task")


def reconfigured(
    cloud: Cloud, project: Project, book: Book, task: Task, changes: Mapping[str, Any], keep_omitted: bool = True
) -> TaskConfig:
    """The settings after the change, checked as at creation; the secrets on file stay unless others are given. Raises Refusal."""
    before = task.config
    for key, kind in (("source_type", before.source_type), ("sink_type", before.sink_type)):
        if changes.get(key) not in (None, "", kind):
            raise refusals.invalid_parameter(f"{key} cannot be changed")
    body: dict[str, Any] = {"task_name": before.name, "source_type": before.source_type, "sink_type": before.sink_type}
    if keep_omitted and not (changes.get("topics") or changes.get("topics_regex")):
        body |= {"topics": before.topics, "topics_regex": before.topics_regex}
    else:
        body |= {"topics": changes.get("topics"), "topics_regex": changes.get("topics_regex")}
    if changes.get("task_name") is not None:
        body["task_name"] = changes["task_name"]
    body |= {name: before.labels[name] for name in before.labels if keep_omitted}
    body |= {name: changes[name] for name in validation.LABELS if changes.get(name) is not None}
    for name, stored in zip(PARTS, (before.source, before.sink), strict=True):
        body[name] = part(changes, name) | {}
        if keep_omitted:
            body[name] = stored | body[name]
    _one_address(before.source, part(changes, "source_task"), body["source_task"])
    after = validation.smart_connect_task(cloud, project, book, body, need_secrets=False)
    after.secrets = before.secrets | after.secrets
    return after


def part(changes: Mapping[str, Any], name: str) -> dict[str, Any]:
    """One side of a task body; Raises Refusal unless it is an object or absent."""
    settings = changes.get(name)
    if settings is None:
        return {}
    if not isinstance(settings, dict):
        raise refusals.invalid_parameter(f"{name} must be an object")
    return settings


def _one_address(before: Mapping[str, Any], asked: Mapping[str, Any], after: dict[str, Any]) -> None:
    """A peer is given by id or by address, but shown with both: drop the one that only repeats what was shown."""
    if not (after.get("instance_id") and after.get("bootstrap_servers")):
        return
    if after["bootstrap_servers"] == before.get("bootstrap_servers"):
        del after["bootstrap_servers"]
    elif "instance_id" not in asked:
        del after["instance_id"]
