# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an adapter declares of one kind of task, and the verbs it has.

An adapter translates between a service's JSON and the task record and says what the service
can do; it decides nothing. A further kind of task is a further subclass and no branch anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Callable, Optional

from .._api.client import Client
from .._errors import OpendumpError
from .fields import Check, Fields, Group, leaves
from .records import Listing, Parent, Task


@dataclass(frozen=True)
class Destination:
    """One place a task can dump to: the option that declares it, its fields, and conditions between them.

    ``checks`` hold for every declaration, ``create_checks`` where a task is created.
    """

    option: str
    fields: Fields
    checks: Sequence[Check] = ()
    create_checks: Sequence[Check] = ()
    exclusive: Sequence[tuple[str, ...]] = ()


class Kind:
    """Declarations are class attributes, so that argument specs need no connection; verbs are methods of an instance."""

    name = ""
    noun = ""
    name_rule: Any = None
    parent_options: Sequence[str] = ()
    parent_noun = ""
    has_task_id = False
    task_fields: Fields = ()
    task_checks: Sequence[Any] = ()
    create_checks: Sequence[Any] = ()
    destinations: Sequence[Destination] = ()
    exclusive: Sequence[tuple[str, ...]] = ()

    can_update = False
    replaces_whole = False
    born_paused = False
    names_are_unique = False
    lists_whole_tasks = False

    running: frozenset[str] = frozenset()
    paused: frozenset[str] = frozenset()
    starting: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    leaving: frozenset[str] = frozenset()
    to_running: Mapping[str, str] = MappingProxyType({})
    can_pause = False

    def __init__(self, client: Client) -> None:
        self.client = client

    # declarations, read

    @classmethod
    def states(cls) -> list[str]:
        return ["present", "absent", *(["running", "paused"] if cls.can_pause else [])]

    @classmethod
    def destination(cls, option: Optional[str]) -> Optional[Destination]:
        return next((one for one in cls.destinations if one.option == option), None)

    @classmethod
    def fields(cls, option: Optional[str]) -> Fields:
        """The task's own fields and those of one destination, the latter under the destination's name."""
        destination = cls.destination(option)
        return (*cls.task_fields, Group(destination.option, destination.fields)) if destination else tuple(cls.task_fields)

    @classmethod
    def partners(cls, option: Optional[str], path: str) -> list[str]:
        """Paths that cannot stand beside this one, such as a regular expression beside a list of topics."""
        groups = list(cls.exclusive)
        destination = cls.destination(option)
        if destination:
            groups += [tuple("%s.%s" % (option, name) for name in group) for group in destination.exclusive]
        known = [inner for inner, _field in leaves(cls.fields(option))]
        found = []
        for group in groups:
            if any(path == member or path.startswith(member + ".") for member in group):
                others = [member for member in group if not (path == member or path.startswith(member + "."))]
                found += [inner for inner in known for member in others if inner == member or inner.startswith(member + ".")]
        return found

    @classmethod
    def health(cls, status: Optional[str]) -> str:
        if status in cls.running:
            return "ok"
        if status in cls.paused:
            return "paused"
        if status in cls.starting:
            return "starting"
        if status in cls.doubtful or status in cls.failed:
            return "failed"
        return "unknown"

    @classmethod
    def id_of(cls, task: Task) -> str:
        """
        :raises OpendumpError: the service shows none; a request without it would be about all tasks.
        """
        if not task.id:
            raise OpendumpError("The service shows no ID of %s '%s', so nothing can be done with it." % (cls.noun, task.name))
        return task.id

    def look(self, parent: Parent, task: Task) -> Optional[Task]:
        """show(), with what is known of the task where the answer leaves it out.

        :raises OpendumpError: the answer is about another task.
        """
        shown = self.show(parent, task)
        if shown is not None:
            shown.id, shown.name = shown.id or task.id, shown.name or task.name
            if (task.id and shown.id != task.id) or (task.name and shown.name != task.name):
                raise OpendumpError(
                    "Asked for %s '%s' (ID %s), the service shows '%s' (ID %s). Somebody else may just have re-created it; run again."
                    % (self.noun, task.name, task.id, shown.name, shown.id)
                )
        return shown

    # verbs; all raise ApiError or TransportError

    def preload(self, wanted: Iterable[Mapping[str, str]]) -> None:
        """Look up many parents with as few requests as possible, before parent() is asked for each."""

    def parent(self, wanted: Mapping[str, str]) -> Parent:
        """The parent that the options name."""
        raise NotImplementedError

    def parents(self) -> list[Parent]:
        """Every parent of the project that can hold tasks of this kind."""
        raise NotImplementedError

    def listing(self, parent: Parent) -> Listing:
        """All tasks of a parent, to the last page."""
        raise NotImplementedError

    def show(self, parent: Parent, task: Task) -> Optional[Task]:
        """The whole task, None where it is gone."""
        raise NotImplementedError

    def create(self, parent: Parent, name: str, destination: str, body: dict[str, Any], paused: bool) -> Optional[Task]:
        """Create; returns the task as far as the answer shows it."""
        raise NotImplementedError

    def update(self, parent: Parent, task: Task, destination: str, body: dict[str, Any]) -> None:
        raise NotImplementedError

    def delete(self, parent: Parent, task: Task) -> None:
        raise NotImplementedError

    def act(self, parent: Parent, task: Task, action: str) -> None:
        """start, pause or resume."""
        raise NotImplementedError

    def preflight(self, parent: Parent, destination: str, values: Mapping[str, Any]) -> list[str]:
        """What only the service can tell to be wrong before a create or an update is sent."""
        return []

    def measure(self, parent: Parent, tasks: Sequence[Task]) -> Iterable[Callable[[], object]]:
        """Add to whole tasks what their own API does not show; for readers only, a reconciliation has no use for it.

        :returns: what is left to be called, in any order or at the same time.
        """
        return ()

    def explain(self, parent: Parent, task: Task) -> str:
        """What the service says about why a task is not well; empty where it says nothing."""
        return ""
