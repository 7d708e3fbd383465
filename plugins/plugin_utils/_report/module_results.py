# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What modules returned → a report: only the complete result of dump_tasks_info says anything about dumps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Optional

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import OpendumpError

from .assessment import assess
from .healing import describe_healing
from .kinds import writes_files
from .limits import Limits
from .records import list_records


class NotGathered(OpendumpError):
    """Something else was given, so nothing is known of any dump."""


def check_gathered(result: Any, module: str = "dump_tasks_info", content: str = "tasks") -> Mapping[str, Any]:
    """The result, if it is a complete one of that module.

    :param content: the list that every complete result has.
    :raises NotGathered: the task failed, was skipped, was looped over, has not ended, or was another one.
    """
    if not isinstance(result, Mapping):
        raise NotGathered("This is not what %s returned; register the task and pass what was registered." % module)
    why = ""
    if result.get("unreachable"):
        why = "The host could not be reached: %s" % _message(result)
    elif result.get("skipped"):
        why = "The task that reads the dumps was skipped, so nothing was read."
    elif result.get("ansible_job_id") and content not in result:
        why = "The task that reads the dumps was started with async and has not ended; wait for it with async_status."
    elif "results" in result and content not in result:
        why = "The task that reads the dumps ran in a loop; make a report of each of the results, or read everything in one call."
    elif result.get("failed") or (content not in result and result.get("msg")):
        why = "%s failed: %s" % (module, _message(result))
    elif not isinstance(result.get(content), (list, tuple)):
        why = "There is no list %s in it, so this is not what %s returned." % (content, module)
    if why:
        raise NotGathered(why)
    return result


def _message(result: Mapping[str, Any]) -> str:
    return str(result.get("msg") or "no reason is given.")


def assess_result(
    result: Mapping[str, Any], at: datetime, limits: Limits, landing: Any, healing: Optional[Mapping[str, Any]], place: dict[str, Any]
) -> dict[str, Any]:
    """The report on what was gathered; ``place`` gets the region and project that the result names, where it has none.

    :param healing: ``limit``, and what the two calls of healing returned.
    """
    tasks = list_records(result["tasks"])
    for name, value in (("region", result.get("region")), ("project", result.get("project_id"))):
        place[name] = place[name] or value
    healed = describe_healing(tasks, int(healing["limit"]), healing.get("pausing"), healing.get("starting")) if healing else []
    return assess(
        tasks,
        at,
        limits,
        list_records(result.get("errors")),
        list_records(result.get("quotas")),
        read_landing(landing, tasks),
        healed,
        where=place,
    )


def read_landing(landing: Any, tasks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """One entry for each task that writes files; where nothing could be looked into, each says so."""
    if not landing or (isinstance(landing, Mapping) and landing.get("skipped")):
        return []
    if isinstance(landing, Mapping):
        try:
            landing = check_gathered(landing, "dump_landing_info", "landing")["landing"]
        except NotGathered as error:
            why = {"verdict": "unreadable", "reason": str(error), "error": {"msg": str(error)}}
            files = [task for task in tasks if writes_files(task)]
            return [{**{name: task.get(name) for name in ("kind", "parent", "name", "id")}, **why} for task in files]
    return list_records(landing)
