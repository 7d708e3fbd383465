# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps at a stream: what a transfer task goes through so that DIS shows how it behaves."""

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
from .watching import Look, follow, until_settled, until_state

NEVER = "no-such-task"
CSV, PARQUET = "csv", "parquet"
LONG_PREFIX = "opendump_probe/" + "x" * 45
# Those of a full task that a replacement changes, with what it changes them to: the first time, and the second.
FIRST_DIS_SETTINGS = {
    "deliver_time_interval": 320,
    "deliver_size_interval": 11,
    "file_prefix": "opendump_probe/b",
    "partition_format": "yyyy",
    "record_delimiter": ";",
    "processing_schema": {"timestamp_name": "b", "timestamp_type": "Timestamp"},
}
SECOND_DIS_SETTINGS = {
    "deliver_time_interval": 330,
    "deliver_size_interval": 12,
    "file_prefix": "opendump_probe/c",
    "partition_format": "yyyy/MM/dd",
    "record_delimiter": "|",
    "processing_schema": {"timestamp_name": "c", "timestamp_type": "Timestamp"},
}


@dataclass
class MainDisTask:
    """The task that lives as long as DIS is asked. ``settings`` is its descriptor without the name."""

    task: TaskKey
    settings: dict[str, Any]
    created: Evidence
    birth: list[Look] = field(default_factory=list)
    shown: Optional[Evidence] = None
    id: str = ""


def read_descriptor(evidence: Optional[Evidence]) -> Mapping[str, Any]:
    """What a task shows of its destination."""
    answer = evidence.answer if evidence else None
    for name, value in answer.items() if isinstance(answer, Mapping) else ():
        if str(name).startswith("obs_destination_desc") and isinstance(value, Mapping):
            return value
    raise CannotTell("a task is shown without its destination", *([evidence] if evidence else []))


def _build_body(ground: Ground, **settings: Any) -> dict[str, Any]:
    places = ground.places
    descriptor = {"agency_name": places.dis_agency, "deliver_time_interval": 310, "obs_bucket_path": places.bucket, **settings}
    return {"destination_type": "OBS", "obs_destination_descriptor": descriptor}


def _show_missing(ground: Ground, _taken: Taken) -> Evidence:
    return require_api(ground.dis).ask("GET", task=TaskKey(NEVER, "%s-%s" % (ground.own.run, NEVER)))


def _ask_anonymously(ground: Ground, _taken: Taken) -> Evidence:
    return require_api(ground.dis).ask("GET", anonymous=True)


def _list(ground: Ground, _taken: Taken) -> Evidence:
    listed = require_api(ground.dis).ask("GET")
    if not listed.accepted:
        raise CannotTell("the list of tasks is refused", listed)
    return listed


def _create_main(ground: Ground, _taken: Taken) -> MainDisTask:
    dis = require_api(ground.dis)
    plain = {
        "consumer_strategy": "LATEST",
        "file_prefix": "opendump_probe/a",
        "partition_format": "yyyy/MM",
        "record_delimiter": ",",
        "destination_file_type": "text",
    }
    full = {
        **plain,
        "deliver_size_interval": 10,
        "processing_schema": {"timestamp_name": "a", "timestamp_type": "Timestamp"},
        "destination_file_type": "TEXT",
    }
    for settings in (full, plain):
        body = _build_body(ground, **settings)
        attempt = ground.own.create(dis, "m", body)
        task = attempt.task
        if task:
            break
    else:
        raise CannotTell("DIS refuses to create a task", attempt.created)
    main = MainDisTask(task, body["obs_destination_descriptor"], attempt.created)
    ground.kept["dis"] = main
    main.birth = follow(lambda: read_state(dis, task), until_state("RUNNING"), ground.timing)
    main.shown = main.birth[-1].evidence
    if main.birth[-1].state != "RUNNING":
        raise CannotTell("the new task does not come to run", main.shown)
    return main


def _list_with_main(ground: Ground, taken: Taken) -> Evidence:
    taken["dis.main"]
    return _list(ground, taken)


def _create_second(ground: Ground, taken: Taken) -> dict[str, Any]:
    """A task of few fields: of those that some texts call mandatory it has none, unless they are."""
    dis = require_api(ground.dis)
    taken["dis.main"]
    few = {"obs_destination_descriptor": {"obs_bucket_path": ground.places.bucket, "file_prefix": "", "partition_format": ""}}
    attempt = ground.own.create(dis, "a", few)
    demanded = attempt.created
    mandatory = attempt.task is None
    if mandatory:
        attempt = ground.own.create(dis, "a", _build_body(ground, file_prefix="", partition_format=""))
    task = attempt.task
    if task is None:
        raise CannotTell("DIS refuses a task of few fields", demanded, attempt.created)
    looks = follow(lambda: read_state(dis, task), lambda looks: looks[-1].state is not None, ground.timing)
    listed = _list(ground, taken)
    return {
        "mandatory": mandatory,
        "demanded": demanded,
        "shown": looks[-1].evidence,
        "listed": listed,
        "gone": ground.own.delete(dis, task),
        "task": task,
    }


def _create_third(ground: Ground, taken: Taken) -> dict[str, Any]:
    return _try_variant(ground, "z", taken, record_delimiter="")


def _try_variant(ground: Ground, ending: str, taken: Taken, **settings: Any) -> dict[str, Any]:
    """Create a task, look at it and the list, delete it. ``shown`` is None where it was refused."""
    dis = require_api(ground.dis)
    attempt = ground.own.create(dis, ending, _build_body(ground, **settings))
    task = attempt.task
    if task is None:
        return {"created": attempt.created, "shown": None}
    looks = follow(lambda: read_state(dis, task), lambda looks: looks[-1].state is not None, ground.timing)
    listed = _list(ground, taken)
    ground.own.delete(dis, task)
    return {"created": attempt.created, "shown": looks[-1].evidence, "listed": listed, "task": task}


def _make_delimiter_step(spelling: str, ending: str) -> Any:
    return lambda ground, taken: _try_variant(ground, ending, taken, record_delimiter=spelling)


def _try_file_types(ground: Ground, taken: Taken) -> dict[str, Any]:
    """Which file types the stream takes; csv only where that tells more."""
    if ground.data_type.upper() == "JSON":
        raise CannotTell("a JSON stream takes all file types; a CSV stream tells more, any other one a part")
    variants = {PARQUET: _try_variant(ground, "p", taken, destination_file_type=PARQUET)}
    if ground.data_type.upper() == "CSV":
        variants[CSV] = _try_variant(ground, "c", taken, destination_file_type=CSV)
    return variants


def _try_long_prefix(ground: Ground, taken: Taken) -> dict[str, Any]:
    variants = {"long": _try_variant(ground, "l", taken, destination_file_type=PARQUET, file_prefix=LONG_PREFIX)}
    if variants["long"]["shown"] is None:
        variants["short"] = _try_variant(ground, "s", taken, destination_file_type=PARQUET, file_prefix="opendump_probe/s")
    return variants


def _find_task_id(ground: Ground, taken: Taken) -> str:
    main: MainDisTask = taken["dis.main"]
    if not main.id:
        shown = main.shown.read_member("task_id") if main.shown else None
        if not shown:
            rows = _list(ground, taken).read_rows("tasks")
            shown = next((row.get("task_id") for row in rows if row.get("task_name") == main.task.name), None)
        if not isinstance(shown, str) or not shown:
            raise CannotTell("no answer shows the ID of a task, which starting and stopping need")
        main.id = shown
    return main.id


def _act(ground: Ground, taken: Taken, action: str, *more: str) -> Evidence:
    ids = [_find_task_id(ground, taken), *more]
    ground.own.check(require_api(ground.dis), taken["dis.main"].task)
    return require_api(ground.dis).ask("POST", "/action", body={"action": action, "tasks": [{"id": key} for key in ids]})


def _read_main_state(ground: Ground, taken: Taken) -> Optional[str]:
    return read_state(require_api(ground.dis), taken["dis.main"].task)[0]


def _bring_to(ground: Ground, taken: Taken, state: str) -> list[Look]:
    """Start or stop the main task, and look until it is there.

    :raises CannotTell: it does not come there.
    """
    answer = _act(ground, taken, "start" if state == "RUNNING" else "stop")
    if not answer.accepted:
        raise CannotTell("a task cannot be %s" % ("started" if state == "RUNNING" else "stopped"), answer)
    looks = _look_until(ground, taken, state)
    if looks[-1].state != state:
        raise CannotTell("a task does not come to %s" % state, answer, looks[-1].evidence)
    return looks


def _look_until(ground: Ground, taken: Taken, state: str) -> list[Look]:
    task = taken["dis.main"].task
    return follow(lambda: read_state(require_api(ground.dis), task), until_state(state), ground.timing)


def _start_running(ground: Ground, taken: Taken) -> Evidence:
    if _read_main_state(ground, taken) != "RUNNING":
        _bring_to(ground, taken, "RUNNING")
    return _act(ground, taken, "start")


def _stop(ground: Ground, taken: Taken) -> list[Look]:
    if _read_main_state(ground, taken) != "RUNNING":
        _bring_to(ground, taken, "RUNNING")
    return _bring_to(ground, taken, "PAUSED")


def _stop_paused(ground: Ground, taken: Taken) -> Evidence:
    taken["dis.stop"]
    return _act(ground, taken, "stop")


def _start_mixed(ground: Ground, taken: Taken) -> dict[str, Any]:
    """Start the paused task and one that does not exist."""
    taken["dis.stop"]
    nobody = "".join(secrets.choice(string.ascii_letters + string.digits) for _each in range(19))
    answer = _act(ground, taken, "start", nobody)
    task = taken["dis.main"].task

    def is_done(looks: list[Look]) -> bool:
        return looks[-1].state == "RUNNING" or (
            all(look.state == "PAUSED" for look in looks) and until_settled(ground.timing, lambda looks: 0)(looks)
        )

    return {"answer": answer, "looks": follow(lambda: read_state(require_api(ground.dis), task), is_done, ground.timing)}


def _start(ground: Ground, taken: Taken) -> list[Look]:
    taken["dis.stop"]
    if _read_main_state(ground, taken) != "PAUSED":
        _bring_to(ground, taken, "PAUSED")
    return _bring_to(ground, taken, "RUNNING")


def _replace(ground: Ground, taken: Taken, changes: Mapping[str, Any], before: str) -> Change:
    dis, main = require_api(ground.dis), taken["dis.main"]
    state = _read_main_state(ground, taken)
    if state != before:
        _bring_to(ground, taken, before)
    changes = {name: value for name, value in changes.items() if name in main.settings}
    settings = {**main.settings, **changes}
    body = {"destination_type": "OBS", "obs_destination_descriptor": {"task_name": main.task.name, **settings}}
    ground.own.check(dis, main.task)
    change = Change(dis.ask("PUT", body=body), before, changes)
    if not change.answer.accepted:
        return change
    visible = [name for name in changes if name in read_descriptor(main.shown)]
    change = watch_change(change, dis, main.task, visible, read_descriptor, ground.timing)
    if change.shown[-1] == "new":
        main.settings = settings
    return change


def _put_running(ground: Ground, taken: Taken) -> Change:
    return _replace(ground, taken, FIRST_DIS_SETTINGS, "RUNNING")


def _put_paused(ground: Ground, taken: Taken) -> Change:
    return _replace(ground, taken, SECOND_DIS_SETTINGS, "PAUSED")


def _put_strategy(ground: Ground, taken: Taken) -> dict[str, Any]:
    dis, main = require_api(ground.dis), taken["dis.main"]
    if _read_main_state(ground, taken) != "PAUSED":
        _bring_to(ground, taken, "PAUSED")
    descriptor = {"task_name": main.task.name, **main.settings, "consumer_strategy": "TRIM_HORIZON"}
    ground.own.check(dis, main.task)
    answer = dis.ask("PUT", body={"destination_type": "OBS", "obs_destination_descriptor": descriptor})
    if not answer.accepted:
        return {"answer": answer, "shown": None}
    looks = follow(lambda: read_state(dis, main.task), until_settled(ground.timing, lambda looks: 0), ground.timing)
    return {"answer": answer, "shown": looks[-1].evidence}


def _delete(ground: Ground, _taken: Taken) -> list[Look]:
    main: Optional[MainDisTask] = ground.kept.get("dis")
    if main is None:
        raise CannotTell("there is no task to delete")
    return ground.own.delete(require_api(ground.dis), main.task)


_STREAM = ("stream",)
_TASK = ("stream", "bucket", "dis_agency")
_RUNS = "a task runs for a while and writes what arrives in the stream into the bucket"
STEPS = (
    ProbeStep("dis.missing", _show_missing, needs=_STREAM),
    ProbeStep("dis.anonymous", _ask_anonymously, needs=_STREAM),
    ProbeStep("dis.list", _list, needs=_STREAM),
    ProbeStep("dis.main", _create_main, 3, _TASK, cost=_RUNS),
    ProbeStep("dis.listed", _list_with_main, needs=_TASK, after=("dis.main",)),
    ProbeStep("dis.second", _create_second, 3, _TASK, ("dis.main",)),
    ProbeStep("dis.third", _create_third, 2, _TASK, ("dis.main",)),
    ProbeStep("dis.NULL", _make_delimiter_step("NULL", "n"), 2, _TASK),
    ProbeStep("dis.null", _make_delimiter_step("null", "o"), 2, _TASK),
    ProbeStep("dis.file_types", _try_file_types, 4, _TASK),
    ProbeStep("dis.long_prefix", _try_long_prefix, 3, _TASK),
    ProbeStep("dis.start_running", _start_running, 1, _TASK, ("dis.main",)),
    ProbeStep("dis.stop", _stop, 1, _TASK, ("dis.main",)),
    ProbeStep("dis.stop_paused", _stop_paused, 1, _TASK, ("dis.stop",)),
    ProbeStep("dis.mixed", _start_mixed, 1, _TASK, ("dis.stop",)),
    ProbeStep("dis.start", _start, 2, _TASK, ("dis.stop",)),
    ProbeStep("dis.put_running", _put_running, 2, _TASK, ("dis.main",)),
    ProbeStep("dis.put_paused", _put_paused, 2, _TASK, ("dis.main",)),
    ProbeStep(
        "dis.put_strategy",
        _put_strategy,
        2,
        _TASK,
        ("dis.main",),
        "if DIS lets a strategy be changed, a stopped task would begin with the oldest record; it is deleted without being started",
    ),
    ProbeStep("dis.delete", _delete, 0, _TASK, ("dis.main",)),
)
