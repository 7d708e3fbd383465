# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tasks of all kinds in one process and one session.

The items are validated whole before the first request: every error of every item is in one message.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Optional

from .._errors import ConfigurationError, OpendumpError
from .._kinds.registry import KINDS, LISTS
from .._reconcile.estate import Estate, nothing_can_be_there
from .._reconcile.result import outcome_diff, outcome_result, task_result
from .._reconcile.run import Outcome, Purge, Reconciliation
from .._task.declared import Declared, declare, item_spec, secrets
from .._task.items import find_item_problems, join_problems, name_item, state_problems
from .._task.kind import Kind
from .._task.records import Parent, Task
from .._threads import side_by_side
from .base import DumpModule

PARALLELISM = {"type": "int", "default": 8}
# What each action is called once it is done.
DONE = {
    "create": "created",
    "update": "updated",
    "recreate": "recreated",
    "delete": "deleted",
    "start": "started",
    "pause": "paused",
    "resume": "resumed",
}


class ItemsModule(DumpModule):
    """Ansible reports the first error of the first item; a user with five bad items wants to read of five."""

    declared: Mapping[str, Any] = MappingProxyType({})

    def _load_params(self) -> None:
        super()._load_params()  # type: ignore[no-untyped-call]
        # As declared: the validated parameters lack the items that are no mapping.
        self.declared = {name: self.params.get(name) for name in LISTS}

    def fail_json(self, msg: str, **kwargs: Any) -> Any:
        found = [] if self._accepted else self.item_problems()
        super().fail_json(join_problems(found) if found else msg, **kwargs)

    def item_problems(self) -> list[str]:
        """Everything wrong with every item, each naming list, index and task."""
        found = []
        for name, kind in LISTS.items():
            items = self.declared.get(name)
            for number, item in enumerate(items if isinstance(items, list) else []):
                if isinstance(item, Mapping):
                    found += ["%s: %s" % (name_item(name, number, item), text) for text in find_item_problems(kind, item)]
                else:
                    found.append("%s[%d] is no mapping" % (name, number))
        return found

    def wanted(self) -> list[Declared]:
        """What the items declare, once Ansible has accepted them; all that is wrong with them ends the module."""
        wanted, found = [], []
        for name, kind in LISTS.items():
            for number, item in enumerate(self.params[name] or []):
                try:
                    wanted.append(declare(kind, item))
                except ConfigurationError as error:
                    found.append("%s: %s" % (name_item(name, number, item), state_problems(error)))
        if found:
            self.fail_json(msg=join_problems(found))
        return wanted


def bulk_spec() -> dict[str, Any]:
    """Argument spec of dump_tasks: the items have exactly the options of the single modules."""
    spec: dict[str, Any] = {name: {"type": "list", "elements": "dict", "default": [], **item_spec(kind)} for name, kind in LISTS.items()}
    spec.update(
        purge={"type": "bool", "default": False},
        purge_match={"type": "str"},
        purge_limit={"type": "int", "default": 10},
        parallelism=dict(PARALLELISM),
        on_error={"type": "str", "choices": ["continue", "stop"], "default": "continue"},
    )
    return spec


def dump_tasks() -> None:
    module = ItemsModule(bulk_spec(), required_if=[("purge", True, ["purge_match"])])
    wanted = module.wanted()
    outcomes: list[Outcome] = []
    with module.failing(lambda: told(unfinished(outcomes))):
        parallelism = positive(module.params["parallelism"], "parallelism")
        purge = purge_of(module.params)
        module.hide(secrets(wanted))
        run = Reconciliation(
            module.connect(parallelism),
            check_mode=module.check_mode,
            parallelism=parallelism,
            stop_on_error=module.params["on_error"] == "stop",
            warn=module.warn,
        )
        run.run(wanted, purge, outcomes)
    result = told(outcomes)
    if module._diff:
        result["diff"] = [headed(outcome) for outcome in outcomes if outcome.changed]
    failed = [outcome for outcome in outcomes if outcome.error]
    if failed:
        module.fail_json(msg=failures(failed, len(outcomes)), **result)
    module.exit_json(**result)


def told(outcomes: list[Outcome]) -> dict[str, Any]:
    """What was done and what was not, as far as it has come."""
    return {
        "changed": any(outcome.changed for outcome in outcomes),
        "results": [item_result(outcome) for outcome in outcomes if not outcome.purged],
        "purged": [item_result(outcome) for outcome in outcomes if outcome.purged],
        "summary": summary(outcomes),
    }


def unfinished(outcomes: list[Outcome]) -> list[Outcome]:
    """The outcomes of a run that was broken off, each of which says so where its task is concerned."""
    for outcome in outcomes:
        if not outcome.error and outcome.plan and outcome.actions != outcome.plan.actions:
            outcome.error = OpendumpError("Not done, or not to its end: the run was broken off.")
    return outcomes


def positive(value: int, name: str) -> int:
    if value < 1:
        raise ConfigurationError("%s is %d, allowed is 1 or more." % (name, value))
    return value


def pattern(value: Optional[str], name: str) -> Optional[str]:
    """
    :raises ConfigurationError: it is no regular expression.
    """
    if value:
        try:
            re.compile(value)
        except re.error as error:
            raise ConfigurationError("%s is no regular expression: %s." % (name, error)) from error
    return value


def purge_of(options: Mapping[str, Any]) -> Optional[Purge]:
    if not options["purge"]:
        return None
    if not options["purge_match"]:
        raise ConfigurationError("purge_match is empty; purge needs to know which names it may delete.")
    return Purge(str(pattern(options["purge_match"], "purge_match")), options["purge_limit"])


def item_result(outcome: Outcome) -> dict[str, Any]:
    error = outcome.error
    return {
        "kind": outcome.declared.kind.name,
        "parent": outcome.parent.id if outcome.parent else " ".join(outcome.declared.where.values()),
        "task_name": outcome.plan.name if outcome.plan else outcome.declared.name,
        **outcome_result(outcome),
        "error": {"msg": outcome.message, **error.details} if error else None,
    }


def headed(outcome: Outcome) -> dict[str, Any]:
    header = "%s%s" % (outcome.declared.label, " (purged)" if outcome.purged else "")
    return {"before_header": header, "after_header": header, **outcome_diff(outcome)}


def summary(outcomes: list[Outcome]) -> dict[str, int]:
    counted = Counter(DONE[action] for outcome in outcomes for action in outcome.actions)
    declared = [outcome for outcome in outcomes if not outcome.purged]
    return {
        "declared": len(declared),
        "changed": sum(outcome.changed for outcome in outcomes),
        "failed": sum(outcome.error is not None for outcome in outcomes),
        "unchanged": sum(not outcome.changed and outcome.error is None for outcome in outcomes),
        "purged": sum(outcome.purged and outcome.changed for outcome in outcomes),
        **{done: counted.get(done, 0) for done in DONE.values()},
    }


def failures(failed: list[Outcome], total: int) -> str:
    lines = [outcome.message for outcome in failed[:20]]
    if len(failed) > 20:
        lines.append("and %d more; see results" % (len(failed) - 20))
    return "%d of %d tasks failed; what was applied and what was not is in results, and running again goes on from here.\n%s" % (
        len(failed),
        total,
        "\n".join(lines),
    )


def dump_tasks_info() -> None:
    module = DumpModule(
        {
            **{name: {"type": "list", "elements": "str"} for kind in KINDS.values() for name in kind.parent_filters},
            "kinds": {"type": "list", "elements": "str", "choices": list(KINDS)},
            "name_pattern": {"type": "str"},
            "health": {"type": "list", "elements": "str", "choices": ["ok", "paused", "starting", "failed", "unknown"]},
            "details": {"type": "bool", "default": True},
            "parallelism": dict(PARALLELISM),
        }
    )
    with module.failing():
        parallelism = positive(module.params["parallelism"], "parallelism")
        pattern(module.params["name_pattern"], "name_pattern")
        client = module.connect(parallelism)
        result = gathered_estate(Estate(client, parallelism), module.params)
        where = {"region": client.region or None, "project_id": client.project_id()}
    module.exit_json(changed=False, **where, **result)


def gathered_estate(estate: Estate, options: Mapping[str, Any]) -> dict[str, Any]:
    """Tasks, quotas and totals of the parents named, or of the whole project where none is."""
    everything = not any(options.get(name) for kind in KINDS.values() for name in kind.parent_filters)
    wanted_health = set(options.get("health") or ())
    name_matches = re.compile(options.get("name_pattern") or "").search
    tasks: list[dict[str, Any]] = []
    quotas: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []

    def unreadable(kind: type[Kind], parent: Optional[str], error: Exception) -> None:
        errors.append({"kind": kind.name, "parent": parent, "msg": str(error), **getattr(error, "details", {})})

    for kind in [KINDS[name] for name in options.get("kinds") or KINDS]:
        adapter = estate.adapter(kind)
        named = [{option: value} for name, option in kind.parent_filters.items() for value in options.get(name) or ()]
        try:
            adapter.preload(named)
            parents: list[Parent] = adapter.parents() if everything else side_by_side(adapter.parent, named, estate.parallelism)
        except OpendumpError as error:
            # Not every region has every service: what one of them does not answer shall not hide what the others do.
            if not everything:
                raise
            unreadable(kind, None, error)
            continue

        def wanted(task: Task, kind: type[Kind] = kind) -> bool:
            return bool(name_matches(task.name)) and (not wanted_health or kind.health(task.status) in wanted_health)

        for parent, listing in estate.gather(kind, parents, bool(options.get("details", True)), wanted):
            if isinstance(listing, OpendumpError):
                if not (everything and nothing_can_be_there(listing)):
                    unreadable(kind, parent.id, listing)
                continue
            for refusal in listing.errors:
                unreadable(kind, parent.id, refusal)
            quotas.append({"kind": kind.name, "parent": parent.id, "parent_name": parent.name, **listing.quotas})
            tasks += [task_result(kind, task) or {} for task in listing.tasks]
    if errors and not quotas:
        raise OpendumpError("Nothing could be read. %s" % errors[0]["msg"], errors[0])
    counts = Counter(str(task["health"]) for task in tasks)
    return {
        "tasks": tasks,
        "quotas": quotas,
        "errors": errors,
        "summary": {"tasks": len(tasks), **{state: counts.get(state, 0) for state in ("ok", "paused", "starting", "failed", "unknown")}},
    }
