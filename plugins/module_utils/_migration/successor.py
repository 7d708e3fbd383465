# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sink task → the Smart Connect task that can take its place, and what gets lost on the way.

Pure: asks no service.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

from .._errors import ConfigurationError
from .._kinds.kafka_sink_task import KafkaSinkTask
from .._kinds.smart_connect_task import SmartConnectTask
from .._task.declared import Declared, declare
from .._task.fields import find_differences, flatten_fields, show_values, sibling_path
from .._task.records import Task

CARRIED = ("destination_file_type", "obs_bucket_name", "obs_path", "partition_format", "record_delimiter", "deliver_time_interval")


@dataclass(frozen=True)
class Writing:
    """How successors are designed where the sink task does not say it."""

    suffix: str
    names: Mapping[str, str]
    consumer_strategy: str
    writers: Sequence[Mapping[str, Any]] = ()
    partition_format: Optional[str] = None
    unclear_delimiter: str = "newline"
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    wait_timeout: float = 600.0
    wait_interval: float = 2.0

    def choose_name(self, task_name: str, task_id: str) -> str:
        """The successor's name: the one that is given for the task's ID or name, or else its name with the suffix."""
        return str(self.names.get(task_id) or self.names.get(task_name) or task_name + self.suffix)

    def find_writer(self, bucket: Optional[str]) -> Mapping[str, Any]:
        """Who writes into this bucket: the entry for it, else the one for all others."""
        for wanted in (bucket, None):
            for entry in self.writers:
                if (entry.get("obs_bucket_name") or None) == wanted:
                    return entry
        return {}


@dataclass
class Successor:
    """What is to be declared. ``options`` holds no secret, ``declaration`` does; it is None where ``problems`` say why."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    declaration: Optional[Declared] = field(default=None, repr=False)
    losses: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def design_successor(old: Task, writing: Writing) -> Successor:
    """The mapping of every field. A field that Smart Connect cannot have is a problem, never left out silently."""
    tree = show_values(KafkaSinkTask.list_fields(old.destination), old.values)
    dump = tree.get("obs") or {}
    design = Successor(writing.choose_name(old.name, old.id or ""))
    if old.destination != "obs":
        design.problems.append(
            "it dumps to %s, and only dumps to OBS have a counterpart" % (old.destination or "a place that is not shown")
        )
        return design
    own = _decide_settings(dump, writing, design)
    options: dict[str, Any] = {
        "instance_id": old.parent.id,
        "task_name": design.name,
        **{key: tree[key] for key in ("topics", "topics_regex") if tree.get(key)},
        "obs": {key: value for key, value in own.items() if value is not None},
    }
    _declare(design, options, writing)
    return design


def _decide_settings(dump: Mapping[str, Any], writing: Writing, design: Successor) -> dict[str, Any]:
    """The successor's destination, by option; losses and unknowns are noted in the design."""
    own = {"consumer_strategy": writing.consumer_strategy, **{name: dump.get(name) for name in CARRIED}}
    if own["partition_format"] is None:
        own["partition_format"] = writing.partition_format
        if writing.partition_format is None:
            design.problems.append("it has no partition_format, and Smart Connect needs one; say which with missing_partition_format")
        else:
            design.losses.append("It has no partition_format; its successor sorts by %s." % writing.partition_format)
    if own["record_delimiter"] is None:
        own["record_delimiter"] = writing.unclear_delimiter
        design.losses.append(
            "The service shows its record_delimiter as empty, which can mean newline or none; its successor gets %s (unclear_delimiter)."
            % writing.unclear_delimiter
        )
    if dump.get("consumer_strategy") == "earliest" and writing.consumer_strategy == "latest":
        design.losses.append(
            "It reads with consumer_strategy earliest, its successor with latest; so of topics and partitions that are added later, the "
            "first messages can be missed."
        )
    design.losses.append(
        "ID, time of creation and progress are not carried over; how far the successor is shows only in its consumer group."
    )
    return own


def _declare(design: Successor, options: Mapping[str, Any], writing: Writing) -> None:
    """Fill in the declaration with the keys of the bucket's writer, or say why there is none and what it needs."""
    bucket = options["obs"].get("obs_bucket_name")
    writer = writing.find_writer(bucket)
    keys = {key: writer[key] for key in ("access_key", "secret_key", "agency_name") if writer.get(key)}
    # Keys of the environment are for those who give no writer, not beside an agency.
    environ: Mapping[str, str] = {} if keys else writing.environ
    design.options = {**options, "obs": {**options["obs"], **{key: keys[key] for key in keys if key == "agency_name"}}}
    try:
        design.declaration = declare(
            SmartConnectTask,
            {
                **options,
                "obs": {**options["obs"], **keys},
                "state": "paused",
                "wait_timeout": writing.wait_timeout,
                "wait_interval": writing.wait_interval,
            },
            environ,
        )
    except ConfigurationError as error:
        design.problems.append("no Smart Connect task can be declared for it: %s" % error)
        return
    values = {path.split(".", 1)[1]: value for path, value in design.declaration.values.items() if path.startswith("obs.")}
    for check in SmartConnectTask.find_destination("obs").create_checks:  # type: ignore[union-attr]
        design.needs += ["%s (for bucket %s)" % (need, bucket) for need in check(values)]


def compare_successor(design: Successor, candidate: Task) -> list[str]:
    """Readable fields in which an existing task is not the successor."""
    if design.declaration is None or candidate.destination != "obs":
        return ["destination"]
    fields = SmartConnectTask.list_fields("obs")
    # As a key is never shown, an agency in its place need not be; anything else that is not shown may differ.
    writers = {sibling_path(path, known.replaced_by) for path, known in flatten_fields(fields) if known.replaced_by}
    different = find_differences(fields, design.declaration.values, candidate.values)
    undeclared = [path for path in ("topics", "topics_regex") if path not in design.declaration.values and candidate.values.get(path)]
    return [path for path in different if path in candidate.values or path not in writers] + undeclared
