# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Current → records, for readers: the tasks and quotas of parents, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

from .._errors import OpendumpError
from .._task.kind import Kind
from .._task.records import Parent, Task
from .estate import Estate, is_parent_absent
from .result import build_task_record


@dataclass
class Gathered:
    """Records of tasks, quotas of their parents, and an entry for each list or task that could not be read; of errors also as they are."""

    tasks: list[dict[str, Any]] = field(default_factory=list)
    quotas: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    causes: list[Exception] = field(default_factory=list)

    def refuse(self, kind: type[Kind], parent: Optional[str], error: Exception) -> None:
        """Note what could not be read."""
        self.causes.append(error)
        self.errors.append({"kind": kind.name, "parent": parent, "msg": str(error), **getattr(error, "details", {})})

    def result(self) -> dict[str, Any]:
        """Tasks, quotas and errors as results show them."""
        return {"tasks": self.tasks, "quotas": self.quotas, "errors": self.errors}


def gather_tasks(
    estate: Estate,
    places: Iterable[tuple[type[Kind], Sequence[Parent]]],
    *,
    details: bool = True,
    wanted: Callable[[type[Kind], Task], bool] = lambda kind, task: True,
    may_vanish: bool = False,
) -> Gathered:
    """Read these parents, each once; what one of them refuses does not hide what the others show.

    :param details: whether to read whole tasks where a list does not show them, and what other calls show of them.
    :param may_vanish: a parent that is gone since it was listed holds nothing; otherwise that is an error.
    """
    gathered = Gathered()
    for kind, parents in places:
        for parent, listing in estate.gather(kind, parents, details, lambda task, kind=kind: wanted(kind, task)):  # type: ignore[misc]
            if isinstance(listing, OpendumpError):
                if not (may_vanish and is_parent_absent(listing)):
                    gathered.refuse(kind, parent.id, listing)
                continue
            for error in listing.errors:
                gathered.refuse(kind, parent.id, error)
            gathered.quotas.append({"kind": kind.name, "parent": parent.id, "parent_name": parent.name, **listing.quotas})
            gathered.tasks += [build_task_record(kind, task) or {} for task in listing.tasks]
    return gathered
