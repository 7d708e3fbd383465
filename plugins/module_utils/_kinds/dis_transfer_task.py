# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DIS transfer tasks: wire ↔ task record, and the verbs the service has."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Callable, Optional

from .._api.answers import read_total
from .._api.request import quote_segment
from .._api.single_flight import SingleFlight
from .._errors import ApiError, Meaning, OpendumpError
from .._names import find_near
from .._task.fields import keep_unknown, read_values
from .._task.kind import Kind, Preflight, Service
from .._task.records import (
    LONGEST_EXPLANATION,
    Listing,
    Parent,
    Partition,
    Task,
    format_milliseconds,
    read_named_rows,
    read_quantity,
    read_rows,
    read_text,
    require_object,
)
from .._task.rules import EMPTY, Text
from .dis_destinations import DESTINATIONS
from .obs_fields import lay_out_files
from .whole_list import MORE, has_more, read_whole_list

HOUR = 3600
PAGE = 10
STREAM_PAGE = 100
# Far beyond any quota: a list that goes on after this will never end.
MOST_TASKS = 10000
MOST_STREAMS = 100000

# Requests say descriptor, answers say description, and two of the five answers misspell it.
WIRE_TYPES = {"obs": "OBS", "mrs": "MRS", "dli": "DLI", "cloudtable": "CLOUDTABLE", "dws": "DWS"}
ANSWER_KEYS = ("%s_destination_description", "%s_destination_descripton", "%s_destination_descriptor")
LEGACY_KEYS = {"cloudtable": ("cloud_table_destination_description",)}
# Echoed though no input of an OBS destination.
ECHO_ONLY = {"obs": ("retry_duration",)}


class DisTransferTask(Kind):
    """Transfer tasks of DIS streams."""

    name = "dis_transfer_task"
    noun = "transfer task"
    title = "DIS transfer task"
    short = "DIS"
    name_rule = Text(longest=64, pattern=r"[A-Za-z0-9_-]+", pattern_says="1 to 64 letters, digits, underscores and hyphens are allowed")
    parent_options = ("stream_name",)
    other_names = MappingProxyType({"obs.obs_bucket_path": ("obs_bucket_name",), "obs.file_prefix": ("obs_path",)})
    parent_noun = "stream"
    parent_filters = MappingProxyType({"stream_names": "stream_name"})
    destinations = DESTINATIONS

    can_update = True
    replaces_whole = True
    names_are_unique = True
    can_pause = True

    running = frozenset({"RUNNING"})
    paused = frozenset({"PAUSED"})
    starting = frozenset({"STARTING"})
    doubtful = frozenset({"ABNORMAL"})
    failed = frozenset({"ERROR"})
    to_running = MappingProxyType({"PAUSED": "start", "ABNORMAL": "start", "ERROR": "start"})

    healable = True
    tells_last_delivery = True
    failed_meaning = "Nothing is written now. The records wait in the stream and are lost when its retention period ends."
    failed_steps = (
        "Read the newest line of the dump log (DIS console, the stream, Dump Tasks, View Logs); it names the cause.",
        "Most often the bucket is gone, or the agency lost its permission or has expired. Mend that.",
        "Then stop the task and start it again (state: paused, then state: running); it goes on where it was.",
    )
    usual_quota = 5
    files = lay_out_files("obs_bucket_path", "file_prefix")

    @classmethod
    def is_call_unknown(cls, error: ApiError) -> bool:
        # Editions without the call may say that the request is wrong (DIS.4300) instead of 404 or 405.
        return super().is_call_unknown(error) or error.code == "DIS.4300"

    def _build_path(self, parent: Parent, name: Optional[str] = None) -> str:
        path = "/v2/{project_id}/streams/%s/transfer-tasks" % quote_segment(parent.id)
        return path if name is None else "%s/%s" % (path, quote_segment(name))

    def __init__(self, client: Service) -> None:
        super().__init__(client)
        self._stream_names: SingleFlight[list[str]] = SingleFlight(self._list_names)

    def _list_names(self) -> list[str]:
        """Names of the streams that can be seen, for advice; none where they cannot be listed."""
        try:
            return list(self._read_streams()[0])
        except OpendumpError:
            return []

    def find_parent(self, wanted: Mapping[str, str]) -> Parent:
        return Parent(wanted["stream_name"], wanted["stream_name"])

    def list_parents(self) -> list[Parent]:
        return [Parent(name, name) for name in read_whole_list("streams", self._read_streams)]

    def _read_streams(self) -> tuple[dict[str, None], Optional[float]]:
        names: dict[str, None] = {}
        last = ""
        while True:
            query = [("limit", str(STREAM_PAGE))] + ([("start_stream_name", last)] if last else [])
            page = require_object(self.client.call("dis", "GET", "/v2/{project_id}/streams", query=query), "streams")
            listed = page.get("stream_names")
            if not isinstance(listed, list) or not all(isinstance(name, str) and name for name in listed):
                raise OpendumpError("The list of streams cannot be read. Run again later, or name the stream.")
            fresh = [name for name in listed if name not in names]
            names.update(dict.fromkeys(fresh))
            more = has_more(page.get("has_more_streams"))
            if not fresh or not more:
                total = read_total(page)
                return names, MORE if more and total is None else total
            if len(names) > MOST_STREAMS:
                raise OpendumpError("The list of streams does not end.")
            last = fresh[-1]

    def list_tasks(self, parent: Parent) -> Listing:
        quotas: dict[str, Any] = {}

        def read() -> tuple[dict[str, Task], Optional[float]]:
            tasks, page = self._read_tasks(parent)
            total = read_total(page)
            quotas.update(total=total, quota=read_quantity(page.get("quota")))
            return tasks, MORE if total is None and has_more(page.get("has_more_tasks")) else total

        try:
            tasks = read_whole_list("transfer tasks of stream '%s'" % parent.id, read)
        except ApiError as error:
            if error.meaning is Meaning.PARENT_ABSENT:
                near = find_near(parent.id, self._stream_names.result())
                if near:
                    error.add("Did you mean the stream %s?" % " or ".join(near))
            raise
        return Listing(list(tasks.values()), quotas)

    def _read_tasks(self, parent: Parent) -> tuple[dict[str, Task], Mapping[str, Any]]:
        """The tasks by name, and the last page."""
        tasks: dict[str, Task] = {}
        last = ""
        while True:
            # The first call carries no query: older editions of the service know none.
            query = [("limit", str(PAGE)), ("start_task_name", last)] if last else []
            page = require_object(self.client.call("dis", "GET", self._build_path(parent), query=query), "transfer tasks")
            listed = read_named_rows(page.get("tasks"), "transfer tasks of stream '%s'" % parent.id)
            fresh = [row for row in listed if row["task_name"] not in tasks]
            for row in fresh:
                tasks[row["task_name"]] = self._read_task(parent, row, complete=False)
            total = read_total(page)
            more = has_more(page.get("has_more_tasks")) or (len(listed) >= PAGE if total is None else len(tasks) < total)
            if not fresh or not more:
                return tasks, page
            if len(tasks) > MOST_TASKS:
                raise OpendumpError("The list of transfer tasks of stream '%s' does not end." % parent.id)
            last = fresh[-1]["task_name"]

    def show(self, parent: Parent, task: Task) -> Optional[Task]:
        try:
            answer = require_object(self.client.call("dis", "GET", self._build_path(parent, task.name)), "a transfer task")
        except ApiError as error:
            if error.meaning is Meaning.TASK_ABSENT:
                return None
            raise
        return self._read_task(parent, answer, complete=True)

    def create(self, parent: Parent, name: str, destination: str, body: dict[str, Any], paused: bool) -> Optional[Task]:
        self.client.call("dis", "POST", self._build_path(parent), body=self._build_body(name, destination, body))
        return None

    def update(self, parent: Parent, task: Task, destination: str, body: dict[str, Any]) -> None:
        # The service replaces the whole task, so what it shows and this collection does not know is sent back as it came.
        own = keep_unknown(self.list_fields(destination), task.raw, body.get(destination, {}), destination, ECHO_ONLY.get(destination, ()))
        self.client.call("dis", "PUT", self._build_path(parent), body=self._build_body(task.name, destination, {destination: own}))

    def delete(self, parent: Parent, task: Task) -> None:
        self.client.call("dis", "DELETE", self._build_path(parent, task.name))

    def act(self, parent: Parent, task: Task, action: str) -> None:
        if not task.id:
            raise OpendumpError("The service shows no ID of transfer task '%s', so it cannot be told to %s." % (task.name, action))
        body = {"action": "stop" if action == "pause" else "start", "tasks": [{"id": task.id}]}
        self.client.call("dis", "POST", self._build_path(parent, "action"), body=body)

    def preflight(
        self, parent: Parent, destination: str, values: Mapping[str, Any], changed: Collection[str], policy: Mapping[str, Any]
    ) -> Preflight:
        file_type = str(values.get("%s.destination_file_type" % destination) or "text").lower()
        if file_type == "text":
            return Preflight()
        stream = require_object(self.client.call("dis", "GET", "/v2/{project_id}/streams/%s" % quote_segment(parent.id)), "a stream")
        data_type = str(stream.get("data_type") or "JSON").upper()
        if data_type == "JSON":
            return Preflight()
        text = "%s.destination_file_type %s needs a stream whose data type is JSON; that of '%s' is %s" % (
            destination,
            file_type,
            parent.id,
            data_type,
        )
        # The API's page asks for JSON; guides of the console let the other types be made from CSV. The service decides.
        if data_type == "CSV" and file_type != "csv":
            return Preflight(warnings=[text + ", which some editions of the service refuse"])
        return Preflight([text])

    def list_measurements(self, parent: Parent, tasks: Sequence[Task]) -> Iterable[Callable[[], object]]:
        ailing = [task for task in tasks if self.needs_explanation(task)]
        explanations = [partial(self._add_explanation, parent, task) for task in ailing]
        return [*explanations, partial(self._add_retention, parent, ailing)] if ailing else []

    def _add_retention(self, parent: Parent, tasks: Sequence[Task]) -> None:
        with contextlib.suppress(OpendumpError):
            stream = require_object(self.client.call("dis", "GET", "/v2/{project_id}/streams/%s" % quote_segment(parent.id)), "a stream")
            hours = read_quantity(stream.get("retention_period"))
            for task in tasks:
                task.retention = hours * HOUR if hours else None

    def _add_explanation(self, parent: Parent, task: Task) -> None:
        # Whoever may read tasks need not be allowed to read their logs.
        with contextlib.suppress(OpendumpError):
            task.explanation = self.explain(parent, task) or None

    def explain(self, parent: Parent, task: Task) -> str:
        """The newest line of the task's dump log: a path without project, and rows of which no page says what is in them."""
        if not task.id:
            return ""
        body = {"order": "desc", "pageInfo": {"pageIndex": 1, "pageTotal": 1}}
        log = require_object(self.client.call("dis", "POST", "/v1/transfertasklog/%s" % quote_segment(task.id), body=body), "a dump log")
        words = [str(log["message"])] if log.get("message") else []
        for row in read_rows(log.get("transferTaskLogList"))[:1]:
            words.append(", ".join("%s %s" % (key, value) for key, value in row.items() if value not in EMPTY))
        return "; ".join(words)[:LONGEST_EXPLANATION]

    def _build_body(self, name: str, destination: str, body: dict[str, Any]) -> dict[str, Any]:
        descriptor = {**body.get(destination, {}), "task_name": name}
        return {"destination_type": WIRE_TYPES[destination], "%s_destination_descriptor" % destination: descriptor}

    def _read_task(self, parent: Parent, row: Mapping[str, Any], complete: bool) -> Task:
        wire_type = str(row.get("destination_type") or "").upper()
        option = next((key for key, value in WIRE_TYPES.items() if value == wire_type), None)
        raw: Mapping[str, Any] = {}
        for candidate in [option] if option else list(WIRE_TYPES):
            for key in (*(pattern % candidate for pattern in ANSWER_KEYS), *LEGACY_KEYS.get(candidate, ())):
                if isinstance(row.get(key), Mapping):
                    raw, option = row[key], candidate
        return Task(
            kind=self.name,
            parent=parent,
            name=str(row.get("task_name") or ""),
            id=read_text(row.get("task_id")),
            status=read_text(row.get("state")),
            created_at=format_milliseconds(row.get("create_time")),
            created=read_quantity(row.get("create_time")),
            last_transfer_at=format_milliseconds(row.get("last_transfer_timestamp")),
            destination=option or (wire_type.lower() or None),
            values=read_values(self.list_fields(option), {option: raw}) if option else {},
            raw=raw,
            partitions=[self._read_partition(part) for part in read_rows(row.get("partitions"))] if complete else None,
            complete=complete,
        )

    @staticmethod
    def _read_partition(row: Mapping[str, Any]) -> Partition:
        return Partition(
            id=read_text(row.get("partitionId", row.get("partition_id"))),
            status=read_text(row.get("state", row.get("status"))),
            last_transfer_offset=read_quantity(row.get("last_transfer_offset")),
            discard=read_quantity(row.get("discard")),
            last_transfer_at=format_milliseconds(row.get("last_transfer_timestamp")),
        )
