# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of sink tasks. They cannot be told to wait, so each runs until it is deleted; they are as few as can be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .apis import TaskKey
from .connect_steps import build_obs_settings
from .ground import Ground, require_api
from .own_tasks import read_state
from .question import CannotTell, ProbeStep, Taken
from .talk import Evidence
from .watching import Look, follow, until_state


@dataclass(frozen=True)
class MainSinkTask:
    """``sent`` is the descriptor without keys."""

    task: TaskKey
    sent: dict[str, Any]
    birth: list[Look]
    shown: Evidence


def _build_body(ground: Ground, descriptor: dict[str, Any]) -> dict[str, Any]:
    keys = {"access_key": ground.places.access_key, "secret_key": ground.places.secret_key}
    return {"source_type": "BLOB", "destination_type": "OBS", "obs_destination_descriptor": {**descriptor, **keys}}


def _show(ground: Ground, task: TaskKey) -> Evidence:
    return require_api(ground.sink).ask("GET", task=task, query=[("topic-info", "true")])


def _create_main(ground: Ground, _taken: Taken) -> MainSinkTask:
    sink = require_api(ground.sink)
    descriptor = {"topics": ground.places.topic, **build_obs_settings(ground, "s")}
    attempt = ground.own.create(sink, "s", _build_body(ground, descriptor))
    task = attempt.task
    if task is None:
        raise CannotTell("the service refuses to create a sink task", attempt.created)
    birth = follow(lambda: read_state(sink, task), until_state("RUNNING"), ground.timing)
    shown = _show(ground, task)
    ground.own.delete(sink, task)
    if birth[-1].state != "RUNNING":
        raise CannotTell("the new sink task does not come to run", birth[-1].evidence)
    return MainSinkTask(task, descriptor, birth, shown)


def _try_variant(ground: Ground, ending: str, **settings: Any) -> dict[str, Any]:
    sink = require_api(ground.sink)
    attempt = ground.own.create(sink, ending, _build_body(ground, {**build_obs_settings(ground, ending), **settings}))
    task = attempt.task
    if task is None:
        return {"created": attempt.created, "shown": None}
    shown = _show(ground, task)
    ground.own.delete(sink, task)
    return {"created": attempt.created, "shown": shown}


def _try_regex(ground: Ground, _taken: Taken) -> dict[str, Any]:
    """A regular expression that only the lent topic matches, and a newline written with a backslash."""
    topic = ground.places.topic
    expression = re.escape(topic[:-1]).replace("\\-", "-").replace("\\_", "_") + "[%s]" % topic[-1]
    return _try_variant(ground, "r", topics_regex=expression, record_delimiter="\\n")


def _try_long_path(ground: Ground, _taken: Taken) -> dict[str, Any]:
    path = ("%s/l-" % ground.places.path).ljust(56, "x")
    return _try_variant(ground, "l", topics=ground.places.topic, obs_path=path)


_TASK = ("instance", "topic", "bucket", "keys")
_RUNS = "sink tasks run for a moment and write what arrives in the topic into the bucket"
STEPS = (
    ProbeStep("sink.main", _create_main, 2, _TASK, cost=_RUNS),
    ProbeStep("sink.regex", _try_regex, 2, _TASK, cost=_RUNS),
    ProbeStep("sink.path", _try_long_path, 2, _TASK, cost=_RUNS),
)
