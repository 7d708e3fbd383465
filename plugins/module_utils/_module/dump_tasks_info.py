# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks of all kinds, of the parents named or of the whole project."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from .._errors import OpendumpError
from .._kinds.registry import KINDS
from .._option_checks import check_least, check_pattern, refuse
from .._reconcile.estate import Estate
from .._reconcile.gather import Gathered, gather_tasks
from .._task.kind import Kind
from .._task.records import Parent, Task
from .._task.words import HEALTH
from .._threads import side_by_side
from .base import PARALLELISM, DumpModule
from .variables import VARIABLE_PREFIX


def dump_tasks_info() -> None:
    """Read the tasks of all kinds; ends the module."""
    module = DumpModule(
        {
            **{name: {"type": "list", "elements": "str"} for kind in KINDS.values() for name in kind.parent_filters},
            "kinds": {"type": "list", "elements": "str", "choices": list(KINDS)},
            "name_pattern": {"type": "str"},
            "health": {"type": "list", "elements": "str", "choices": [*HEALTH[::-1]]},
            "details": {"type": "bool", "default": True},
            "parallelism": dict(PARALLELISM),
            **VARIABLE_PREFIX,
        }
    )
    with module.failing():
        parallelism = module.params["parallelism"]
        refuse([*check_least("parallelism", parallelism), *check_pattern("name_pattern", module.params["name_pattern"])])
        client = module.connect(parallelism)
        gathered = read_estate(Estate(client, parallelism), module.params)
        where = {"region": client.region or None, "project_id": client.project_id()}
    counts = Counter(str(task["health"]) for task in gathered.tasks)
    summary = {"tasks": len(gathered.tasks), **{health: counts.get(health, 0) for health in HEALTH[::-1]}}
    module.exit_json(changed=False, **where, **gathered.result(), summary=summary)


def read_estate(estate: Estate, options: Mapping[str, Any]) -> Gathered:
    """Tasks and quotas of the parents named, or of the whole project where none is.

    :raises OpendumpError: a parent that is named is not there, or nothing at all could be read.
    """
    everything = not any(options.get(name) for kind in KINDS.values() for name in kind.parent_filters)
    wanted_health = set(options.get("health") or ())
    name_matches = re.compile(options.get("name_pattern") or "").search

    def is_wanted(kind: type[Kind], task: Task) -> bool:
        return bool(name_matches(task.name)) and (not wanted_health or kind.read_health(task.status) in wanted_health)

    places: list[tuple[type[Kind], list[Parent]]] = []
    refused: list[tuple[type[Kind], Exception]] = []
    for kind in [KINDS[name] for name in options.get("kinds") or KINDS]:
        adapter = estate.get_adapter(kind)
        named = [{option: value} for name, option in kind.parent_filters.items() for value in options.get(name) or ()]
        try:
            adapter.preload(named)
            places.append((kind, adapter.list_parents() if everything else side_by_side(adapter.find_parent, named, estate.parallelism)))
        except OpendumpError as error:
            # Not every region has every service: what one of them does not answer shall not hide what the others do.
            if not everything:
                raise
            refused.append((kind, error))
    gathered = gather_tasks(estate, places, details=bool(options.get("details", True)), wanted=is_wanted, may_vanish=everything)
    for kind, refusal in refused:
        gathered.refuse(kind, None, refusal)
    if gathered.errors and not gathered.quotas:
        raise OpendumpError("Nothing could be read. %s" % gathered.errors[0]["msg"], gathered.errors[0])
    return gathered
