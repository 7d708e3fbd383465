# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps at an instance with Smart Connect: what a Smart Connect task goes through so that the service shows how it behaves."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

from .apis import TaskKey
from .change import Change, watch_change
from .ground import Ground, require_api
from .own_tasks import read_state
from .question import CannotTell, ProbeStep, Taken
from .talk import Evidence
from .watching import Look, follow, until_state

DELIVERY_INTERVAL = 310
TOO_MANY = "51"
MANY_TOPICS = "100"
# What a modify changes: those fields that a partial one changes, too, and those that only a whole one does. store_keys is left out.
PART = ("deliver_time_interval", "record_delimiter")
WHOLE = ("obs_path", "partition_format")
FIRST_CONNECT_SETTINGS = {"deliver_time_interval": 320, "record_delimiter": ",", "obs_path": "b", "partition_format": "yyyy"}
SECOND_CONNECT_SETTINGS = {"deliver_time_interval": 330, "record_delimiter": ";", "obs_path": "c", "partition_format": "yyyy/MM/dd"}
_INSTANCE = "/v2/{project_id}/instances/{instance}"
_GROUP = "/v2/kafka/{project_id}/instances/{instance}/groups/{group}/message-offset"


@dataclass
class MainConnectTask:
    """The task that lives as long as Smart Connect is asked. ``sink`` is what was sent as sink_task, without keys."""

    task: TaskKey
    sink: dict[str, Any]
    created: Evidence
    birth: list[Look] = field(default_factory=list)

    @property
    def shown(self) -> Evidence:
        """The task as it was when it had settled."""
        return self.birth[-1].evidence


def find_side(evidence: Evidence, name: str = "sink_task") -> Mapping[str, Any]:
    """One side of a task as it is shown."""
    settings = evidence.read_member(name)
    if not isinstance(settings, Mapping):
        raise CannotTell("a task is shown without its settings", evidence)
    return settings


def build_obs_settings(ground: Ground, ending: str, **settings: Any) -> dict[str, Any]:
    """Where a task writes to; without keys."""
    return {
        "consumer_strategy": "latest",
        "destination_file_type": "TEXT",
        "obs_bucket_name": ground.places.bucket,
        "obs_path": "%s/%s" % (ground.places.path, ending),
        "partition_format": "yyyy/MM",
        "record_delimiter": "\n",
        "deliver_time_interval": DELIVERY_INTERVAL,
        **settings,
    }


def _choose_writer(ground: Ground) -> dict[str, str]:
    places = ground.places
    return {"agency_name": places.agency} if places.agency else {"access_key": places.access_key, "secret_key": places.secret_key}


def _build_body(ground: Ground, sink: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"topics": ground.places.topic, "source_type": "NONE", "sink_type": "OBS_SINK", "sink_task": dict(sink), **more}


def _ask(ground: Ground, path: str, **where_and_query: Any) -> Evidence:
    query = list(where_and_query.pop("query", {}).items())
    return ground.ask("dms", "GET", path, {"instance": ground.places.instance, **where_and_query}, query=query)


def _ask_limit(ground: Ground, _taken: Taken) -> Evidence:
    return require_api(ground.connect).ask("GET", query=[("limit", TOO_MANY)])


def _ask_topics(ground: Ground, _taken: Taken) -> dict[str, Evidence]:
    path = _INSTANCE + "/topics"
    return {"usual": _ask(ground, path), "many": _ask(ground, path, query={"limit": MANY_TOPICS})}


def _ask_missing_group(ground: Ground, _taken: Taken) -> Evidence:
    return _ask(ground, _INSTANCE + "/groups/{group}", group="%s-nobody" % ground.own.run)


def _create_main(ground: Ground, _taken: Taken) -> MainConnectTask:
    connect = require_api(ground.connect)
    sink = build_obs_settings(ground, "a", store_keys=True)
    attempt = ground.own.create(connect, "m", _build_body(ground, {**sink, **_choose_writer(ground)}))
    task = attempt.task
    if task is None:
        raise CannotTell("the service refuses to create a task", attempt.created)
    if ground.places.agency:
        sink["agency_name"] = ground.places.agency
    main = MainConnectTask(task, sink, attempt.created)
    ground.kept["connect"] = main
    main.birth = follow(lambda: read_state(connect, task), until_state("RUNNING", "WAITING"), ground.timing)
    if main.birth[-1].state not in ("RUNNING", "WAITING"):
        raise CannotTell("the new task does not come to run", main.shown)
    return main


def _find_in_list(ground: Ground, taken: Taken) -> Mapping[str, Any]:
    """The main task in the list, and the page that has it."""
    main: MainConnectTask = taken["connect.main"]
    for offset in range(0, 500, 50):
        page = require_api(ground.connect).ask("GET", query=[("offset", str(offset)), ("limit", "50")])
        row = next((row for row in page.read_rows("tasks") if row.get("id") == main.task.id), None)
        if row is not None:
            return {"row": row, "page": page}
        if not page.read_rows("tasks"):
            break
    raise CannotTell("a task is not in the list")


def _find_in_sink_list(ground: Ground, taken: Taken) -> dict[str, Any]:
    main: MainConnectTask = taken["connect.main"]
    listed = require_api(ground.sink).ask("GET")
    if not listed.accepted:
        raise CannotTell("the list of sink tasks is refused", listed)
    return {"there": any(row.get("task_id") == main.task.id for row in listed.read_rows("tasks")), "listed": listed}


# what a create call takes; none of these tasks is ever started, but for one


def _try_variant(ground: Ground, ending: str, name: str = "", start: bool = False, topics: str = "", **settings: Any) -> dict[str, Any]:
    """Create a task that waits, look at it, delete it. ``shown`` is None where it was refused."""
    connect = require_api(ground.connect)
    sink = {**build_obs_settings(ground, ending), **_choose_writer(ground), **settings}
    more = {"topics": topics} if topics else {}
    attempt = ground.own.create(connect, ending, _build_body(ground, sink, start_later=True, **more), name)
    task = attempt.task
    if task is None:
        return {"created": attempt.created, "shown": None}
    looks = follow(lambda: read_state(connect, task), lambda looks: looks[-1].state is not None, ground.timing)
    variant: dict[str, Any] = {"created": attempt.created, "shown": looks[-1].evidence, "topics": topics}
    if start:
        variant["start"] = _start_waiting(ground, task)
    ground.own.delete(connect, task)
    return variant


def _start_waiting(ground: Ground, task: TaskKey) -> list[Look]:
    connect = require_api(ground.connect)
    waiting = follow(lambda: read_state(connect, task), until_state("WAITING"), ground.timing)
    if waiting[-1].state != "WAITING":
        raise CannotTell("a task that is to start later does not wait", waiting[-1].evidence)
    _act(ground, task, "restart")
    looks = follow(lambda: read_state(connect, task), until_state("RUNNING"), ground.timing)
    if looks[-1].state != "RUNNING":
        raise CannotTell("a task that waited does not come to run", looks[-1].evidence)
    return looks


def _start_later(ground: Ground, _taken: Taken) -> dict[str, Any]:
    return _try_variant(ground, "w", start=True, record_delimiter="")


def _try_backslash(ground: Ground, taken: Taken) -> dict[str, Any]:
    """A newline written with a backslash, and topics whose order can be seen."""
    topics = sorted(str(row.get("name")) for row in taken["dms.topics"]["usual"].read_rows("topics") if row.get("name"))
    return _try_variant(ground, "b", topics=",".join((topics[1], topics[0], topics[2])) if len(topics) > 2 else "", record_delimiter="\\n")


def _try_null(ground: Ground, _taken: Taken) -> dict[str, Any]:
    return _try_variant(ground, "n", record_delimiter="NULL")


def _try_same_name(ground: Ground, taken: Taken) -> dict[str, Any]:
    return _try_variant(ground, "m", taken["connect.main"].task.name)


def _try_odd_name(ground: Ground, _taken: Taken) -> dict[str, Any]:
    return _try_variant(ground, "d", ground.own.run + ".d")


def _try_odd_bucket(ground: Ground, _taken: Taken) -> dict[str, Any]:
    return _try_variant(ground, "k", obs_bucket_name="%s-none" % ground.own.run)


def _try_made_up_key(ground: Ground, _taken: Taken) -> dict[str, Any]:
    """A key that nobody has, so that none can be locked."""
    letters = string.ascii_uppercase + string.digits
    access, secret = ("".join(secrets.choice(letters) for _each in range(length)) for length in (20, 40))
    connect = require_api(ground.connect)
    sink = {**build_obs_settings(ground, "y"), "access_key": access, "secret_key": secret}
    attempt = ground.own.create(connect, "y", _build_body(ground, sink, start_later=True))
    if attempt.task:
        ground.own.delete(connect, attempt.task)
    return {"created": attempt.created, "shown": attempt.task}


def _make_variant_step(ending: str, **settings: Any) -> Any:
    return lambda ground, taken: _try_variant(ground, ending, **settings)


# the consumer group


def _ask_groups(ground: Ground, taken: Taken) -> dict[str, Any]:
    """The group of the main task, which may come into being some time after it."""
    main = _ensure_running(ground, taken)
    names = {"connect-%s" % main.task.name: "connect-name", "connect-%s" % main.task.id: "connect-id"}

    def look() -> tuple[Optional[str], Evidence]:
        for name in names:
            listed = _ask(ground, _INSTANCE + "/groups", query={"group": name})
            if any(row.get("group_id") == name for row in listed.read_rows("groups")):
                return name, listed
        return None, listed

    last = follow(look, lambda looks: bool(looks[-1].state) or looks[-1].at >= ground.timing.watch, ground.timing)[-1]
    return {"group": last.state or "", "word": names.get(last.state or "", "none"), "listed": last.evidence}


def _ask_offsets(ground: Ground, taken: Taken) -> dict[str, Evidence]:
    group = taken["connect.groups"]["group"]
    if not group:
        raise CannotTell("the task has no consumer group that can be seen", taken["connect.groups"]["listed"])
    return {
        "without": _ask(ground, _GROUP, group=group),
        "with": _ask(ground, _GROUP, group=group, query={"topic": ground.places.topic}),
    }


# run states


def _act(ground: Ground, task: TaskKey, action: str, alias: bool = False) -> Evidence:
    connect = require_api(ground.connect)
    ground.own.check(connect, task)
    path = connect.path + "/{task}/" + action
    if action == "restart" and not alias:
        path = path.replace("/instances/", "/kafka/instances/")
    return ground.ask("dms", "PUT", path, {**connect.where, "task": task.id})


def _read_main_state(ground: Ground, taken: Taken) -> Optional[str]:
    return read_state(require_api(ground.connect), taken["connect.main"].task)[0]


def _bring_to(ground: Ground, taken: Taken, action: str, to: str) -> list[Look]:
    """Do an action and wait until the task is in a state; the looks on the way.

    :raises CannotTell: the task does not come there.
    """
    task = taken["connect.main"].task
    answer = _act(ground, task, action)
    if not answer.accepted:
        raise CannotTell("the service refuses to %s a task" % action, answer)
    looks = follow(lambda: read_state(require_api(ground.connect), task), until_state(to), ground.timing)
    if looks[-1].state != to:
        raise CannotTell("a task does not come to %s" % to, answer, looks[-1].evidence)
    return looks


def _ensure_running(ground: Ground, taken: Taken) -> MainConnectTask:
    """The main task, running."""
    main: MainConnectTask = taken["connect.main"]
    state = _read_main_state(ground, taken)
    if state != "RUNNING":
        _bring_to(ground, taken, "resume" if state == "PAUSED" else "restart", "RUNNING")
    return main


def _pause(ground: Ground, taken: Taken) -> list[Look]:
    _ensure_running(ground, taken)
    return _bring_to(ground, taken, "pause", "PAUSED")


def _ensure_paused(ground: Ground, taken: Taken) -> MainConnectTask:
    main: MainConnectTask = taken["connect.main"]
    if _read_main_state(ground, taken) != "PAUSED":
        _pause(ground, taken)
    return main


def _pause_again(ground: Ground, taken: Taken) -> Evidence:
    return _act(ground, _ensure_paused(ground, taken).task, "pause")


def _resume(ground: Ground, taken: Taken) -> list[Look]:
    _ensure_paused(ground, taken)
    return _bring_to(ground, taken, "resume", "RUNNING")


def _restart(ground: Ground, taken: Taken) -> list[Look]:
    _ensure_running(ground, taken)
    return _watch_restart(ground, taken)


def _watch_restart(ground: Ground, taken: Taken) -> list[Look]:
    """A restarted task may still say RUNNING at first; then it is not known how long that takes."""
    return _bring_to(ground, taken, "restart", "RUNNING")


def _try_alias(ground: Ground, taken: Taken) -> Evidence:
    answer = _act(ground, _ensure_running(ground, taken).task, "restart", alias=True)
    if answer.accepted:
        follow(lambda: read_state(require_api(ground.connect), taken["connect.main"].task), until_state("RUNNING"), ground.timing)
    return answer


# modify


def _modify(ground: Ground, taken: Taken, changes: Mapping[str, Any], more: Mapping[str, Any]) -> Change:
    connect, main = require_api(ground.connect), taken["connect.main"]
    changes = {**changes, "obs_path": "%s/%s" % (ground.places.path, changes["obs_path"])}
    sink = {name: value for name, value in main.sink.items() if name != "store_keys"}
    body = {"task_name": main.task.name, **_build_body(ground, {**sink, **changes, **more})}
    before = _read_main_state(ground, taken) or ""
    ground.own.check(connect, main.task)
    change = Change(connect.ask("PUT", task=main.task, body=body), before, changes)
    if not change.answer.accepted:
        return change
    visible = [name for name in changes if name in find_side(main.shown)]
    return watch_change(change, connect, main.task, visible, find_side, ground.timing)


def _modify_running(ground: Ground, taken: Taken) -> Change:
    _ensure_running(ground, taken)
    return _modify(ground, taken, FIRST_CONNECT_SETTINGS, {})


def _modify_paused(ground: Ground, taken: Taken) -> Change:
    _ensure_paused(ground, taken)
    return _modify(ground, taken, SECOND_CONNECT_SETTINGS, {})


def _delete(ground: Ground, _taken: Taken) -> list[Look]:
    main: Optional[MainConnectTask] = ground.kept.get("connect")
    if main is None:
        raise CannotTell("there is no task to delete")
    return ground.own.delete(require_api(ground.connect), main.task)


_READS = ("instance",)
_TASK = ("instance", "topic", "bucket", "writer")
_MAIN = ("connect.main",)
_RUNS = "a Smart Connect task runs for a while and writes what arrives in the topic into the bucket"
STEPS = (
    ProbeStep("dms.limit", _ask_limit, needs=_READS),
    ProbeStep("dms.topics", _ask_topics, needs=_READS),
    ProbeStep("dms.no_group", _ask_missing_group, needs=_READS),
    ProbeStep("connect.main", _create_main, 2, _TASK, cost=_RUNS),
    ProbeStep("connect.listed", _find_in_list, 0, _TASK, _MAIN),
    ProbeStep("connect.in_sink_list", _find_in_sink_list, 0, _TASK, _MAIN),
    ProbeStep("connect.groups", _ask_groups, 1, _TASK, _MAIN),
    ProbeStep("connect.offsets", _ask_offsets, 0, _TASK, ("connect.groups",)),
    ProbeStep("connect.waiting", _start_later, 3, _TASK),
    ProbeStep("connect.backslash", _try_backslash, 2, _TASK, ("dms.topics",)),
    ProbeStep("connect.null", _try_null, 2, _TASK),
    ProbeStep("connect.same_name", _try_same_name, 2, _TASK, _MAIN),
    ProbeStep("connect.odd_name", _try_odd_name, 2, _TASK),
    ProbeStep("connect.odd_bucket", _try_odd_bucket, 2, _TASK),
    ProbeStep("connect.text_number", _make_variant_step("t", deliver_time_interval=str(DELIVERY_INTERVAL)), 2, _TASK),
    ProbeStep("connect.no_file_type", _make_variant_step("f", destination_file_type=""), 2, _TASK),
    ProbeStep("connect.no_format", _make_variant_step("p", partition_format=""), 2, _TASK),
    ProbeStep("connect.made_up_key", _try_made_up_key, 2, ("instance", "topic", "bucket")),
    ProbeStep("connect.modify_running", _modify_running, 2, _TASK, _MAIN),
    ProbeStep("connect.pause", _pause, 2, _TASK, _MAIN),
    ProbeStep("connect.pause_again", _pause_again, 2, _TASK, _MAIN),
    ProbeStep("connect.modify_paused", _modify_paused, 2, _TASK, _MAIN),
    ProbeStep("connect.resume", _resume, 2, _TASK, _MAIN),
    ProbeStep("connect.restart", _restart, 2, _TASK, _MAIN),
    ProbeStep("connect.alias", _try_alias, 2, _TASK, _MAIN),
    ProbeStep("connect.delete", _delete, 0, _TASK, _MAIN),
)
