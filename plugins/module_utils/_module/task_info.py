# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options in, records out: the info modules for one kind of task."""

from __future__ import annotations

from typing import Any

from .._reconcile.estate import Estate
from .._reconcile.gather import gather_tasks
from .._task.kind import Kind
from .._task.records import Task
from .base import DumpModule


def run_info_module(kind: type[Kind]) -> None:
    """An info module: the tasks of one parent, or of all parents of the project; one task where it is named."""
    options: dict[str, Any] = {name: {"type": "str"} for name in (*kind.parent_options, "task_name")}
    exclusive = [list(kind.parent_options)] if len(kind.parent_options) > 1 else []
    if kind.has_task_id:
        options["task_id"] = {"type": "str"}
        exclusive.append(["task_name", "task_id"])
    module = DumpModule(options, mutually_exclusive=exclusive)
    with module.failing():
        name, task_id = module.params.get("task_name"), module.params.get("task_id")
        where = {option: module.params[option] for option in kind.parent_options if module.params.get(option)}
        estate = Estate(module.connect())
        adapter = estate.get_adapter(kind)

        def is_wanted(_kind: type[Kind], task: Task) -> bool:
            return (not name or task.name == name) and (not task_id or task.id == task_id)

        parents = [adapter.find_parent(where)] if where else adapter.list_parents()
        gathered = gather_tasks(estate, [(kind, parents)], wanted=is_wanted, may_vanish=not where)
        if gathered.causes:
            raise gathered.causes[0]
    # there is one kind, so that its name says nothing
    quotas = [{key: value for key, value in quota.items() if key != "kind"} for quota in gathered.quotas]
    module.exit_json(changed=False, tasks=gathered.tasks, quotas=quotas)
