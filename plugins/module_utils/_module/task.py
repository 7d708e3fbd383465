# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options in, result out: the modules for one task, and the info modules for one kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._api.client import Client
from .._errors import OpendumpError
from .._reconcile.estate import Estate, nothing_can_be_there
from .._reconcile.result import outcome_diff, outcome_result, task_result
from .._reconcile.run import Outcome, Reconciliation
from .._task.declared import declare, item_spec, secrets
from .._task.kind import Kind
from .._task.records import Task
from .base import DumpModule


def task_module(kind: type[Kind]) -> None:
    """A resource module for one task."""
    spec = item_spec(kind)
    module = DumpModule(spec.pop("options"), **spec)
    outcomes: list[Outcome] = []
    with module.failing(
        lambda: {"changed": any(one.changed for one in outcomes), "actions": [act for one in outcomes for act in one.actions]}
    ):
        wanted = declare(kind, module.params)
        module.hide(secrets([wanted]))
        run = Reconciliation(module.connect(), check_mode=module.check_mode, warn=module.warn)
        run.run([wanted], outcomes=outcomes)
    outcome = outcomes[0]
    finish(module, outcome)


def finish(module: DumpModule, outcome: Outcome) -> None:
    result = outcome_result(outcome)
    if module._diff:
        result["diff"] = outcome_diff(outcome)
    if outcome.error:
        module.fail_json(msg=outcome.message, error=outcome.error.details, **result)
    module.exit_json(**result)


def info_module(kind: type[Kind]) -> None:
    """An info module: the tasks of one parent, or of all parents of the project; one task where it is named."""
    options: dict[str, Any] = {name: {"type": "str"} for name in (*kind.parent_options, "task_name")}
    exclusive = [list(kind.parent_options)] if len(kind.parent_options) > 1 else []
    if kind.has_task_id:
        options["task_id"] = {"type": "str"}
        exclusive.append(["task_name", "task_id"])
    module = DumpModule(options, mutually_exclusive=exclusive)
    with module.failing():
        result = gathered(module.connect(), kind, module.params)
    module.exit_json(changed=False, **result)


def gathered(client: Client, kind: type[Kind], options: Mapping[str, Any]) -> dict[str, Any]:
    """Tasks and quotas of the parents that the options name.

    :raises OpendumpError: a parent that is named is not there, or a list could not be read.
    """
    estate = Estate(client)
    adapter = estate.adapter(kind)
    where = {name: options[name] for name in kind.parent_options if options.get(name)}
    name, task_id = options.get("task_name"), options.get("task_id")
    tasks: list[Task] = []
    quotas: list[dict[str, Any]] = []
    for parent, listing in estate.gather(
        kind,
        [adapter.parent(where)] if where else adapter.parents(),
        wanted=lambda task: (not name or task.name == name) and (not task_id or task.id == task_id),
    ):
        if isinstance(listing, OpendumpError):
            # A stream or instance that vanished between the list of parents and this one holds nothing.
            if where or not nothing_can_be_there(listing):
                raise listing
            continue
        if listing.errors:
            raise listing.errors[0]
        tasks += listing.tasks
        quotas.append({"parent": parent.id, "parent_name": parent.name, **listing.quotas})
    return {"tasks": [task_result(kind, task) for task in tasks], "quotas": quotas}
