# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Current: one list for each parent, details only where a list does not show the whole task.

A list that cannot be read is an error and never "there is nothing".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional, Union, cast

from .._api.client import Client
from .._errors import ApiError, Meaning, NoSuchInstance, OpendumpError
from .._task.declared import Declared
from .._task.kind import Kind
from .._task.records import Listing, Parent, Task
from .._threads import cascade, side_by_side


@dataclass
class Seen:
    """What was found of one declared task: its parent, the task (None: there is none), or why it cannot be told."""

    parent: Optional[Parent] = None
    current: Optional[Task] = None
    leaving: Optional[Task] = None
    error: Optional[OpendumpError] = None


@dataclass
class Estate:
    """Parents and their tasks, each listed once."""

    client: Client
    parallelism: int = 1
    adapters: dict[str, Kind] = field(default_factory=dict)
    listings: dict[tuple[str, str], Union[Listing, OpendumpError]] = field(default_factory=dict)

    def adapter(self, kind: type[Kind]) -> Kind:
        if kind.name not in self.adapters:
            self.adapters[kind.name] = kind(self.client)
        return self.adapters[kind.name]

    def observe(self, wanted: Sequence[Declared]) -> list[Seen]:
        """What there is of each declared task, in input order."""
        parents = self._parents(wanted)
        seen = []
        for one in wanted:
            found = parents[self._where(one)]
            seen.append(Seen(error=found) if isinstance(found, OpendumpError) else Seen(parent=found))
        self._read(list(zip(wanted, seen)))
        for one, each in zip(wanted, seen):
            if each.error and one.state == "absent" and nothing_can_be_there(each.error):
                each.error = None
        return seen

    def _read(self, declared: Sequence[tuple[Declared, Seen]]) -> None:
        """List each parent once, and look at each task as soon as its parent is listed."""
        places: dict[tuple[str, str], list[tuple[Declared, Seen]]] = {}
        for one, each in declared:
            if each.parent:
                places.setdefault((one.kind.name, each.parent.id), []).append((one, each))

        def step(what: Union[tuple[str, str], Seen]) -> Iterable[Seen]:
            if isinstance(what, Seen):
                self._complete(what)
                return ()
            one, each = places[what][0]
            self._list({what: (one.kind, cast(Parent, each.parent))})
            for one, each in places[what]:
                self._match(one, each, cast(Parent, each.parent))
            return [each for one, each in places[what] if each.current and not each.current.complete and one.state != "absent"]

        # The first of each kind go first: a service lets the others in once it has accepted the credentials.
        first = list({place[0]: place for place in reversed(places)}.values())
        queue: list[Union[tuple[str, str], Seen]] = [*first, *(place for place in places if place not in first)]
        cascade(step, queue, self.parallelism)

    @staticmethod
    def _where(one: Declared) -> tuple[Any, ...]:
        return (one.kind.name, *sorted(one.where.items()))

    def _parents(self, wanted: Sequence[Declared]) -> dict[tuple[Any, ...], Union[Parent, OpendumpError]]:
        distinct = {self._where(one): one for one in wanted}
        kinds: dict[type[Kind], list[Mapping[str, str]]] = {}
        for one in distinct.values():
            kinds.setdefault(one.kind, []).append(one.where)
        for kind, wheres in kinds.items():
            try:
                self.adapter(kind).preload(wheres)
            except OpendumpError as error:
                return dict.fromkeys(distinct, error)

        def resolve(one: Declared) -> Union[Parent, OpendumpError]:
            try:
                return self.adapter(one.kind).parent(one.where)
            except OpendumpError as error:
                return error

        return dict(zip(distinct, side_by_side(resolve, list(distinct.values()), self.parallelism)))

    def _list(self, parents: Mapping[tuple[str, str], tuple[type[Kind], Parent]]) -> None:
        def read(key: tuple[str, str]) -> Union[Listing, OpendumpError]:
            kind, parent = parents[key]
            try:
                return self.adapter(kind).listing(parent)
            except OpendumpError as error:
                return error

        missing = [key for key in parents if key not in self.listings]
        self.listings.update(zip(missing, side_by_side(read, missing, self.parallelism)))

    def _match(self, one: Declared, each: Seen, parent: Parent) -> None:
        listing = self.listings[(one.kind.name, parent.id)]
        if isinstance(listing, OpendumpError):
            each.error = listing
            return
        matches = [task for task in listing.tasks if (task.id == one.id if one.id else task.name == one.name)]
        staying = [task for task in matches if task.status not in one.kind.leaving]
        if len(staying) > 1:
            each.error = OpendumpError(
                "%d %ss of %s %s are named '%s' (IDs %s); say which one is meant with task_id. Nothing was changed."
                % (len(staying), one.kind.noun, one.kind.parent_noun, parent, one.name, ", ".join(task.id or "?" for task in staying))
            )
        elif staying:
            each.current = staying[0]
        elif matches:
            each.leaving = matches[0]
        elif one.id and one.state != "absent":
            names = ", ".join("%s = %s" % (task.id, task.name) for task in listing.tasks[:20]) or "none"
            each.error = OpendumpError(
                "There is no %s with the ID '%s' in %s %s; there are: %s." % (one.kind.noun, one.id, one.kind.parent_noun, parent, names)
            )

    def _complete(self, each: Seen) -> None:
        listed = cast(Task, each.current)
        try:
            each.current = self.adapters[listed.kind].look(listed.parent, listed)
        except OpendumpError as error:
            each.error = error

    def gather(
        self, kind: type[Kind], parents: Iterable[Parent], details: bool = True, wanted: Callable[[Task], bool] = lambda task: True
    ) -> list[tuple[Parent, Union[Listing, OpendumpError]]]:
        """What there is under these parents, for readers: whole tasks, with what only other calls show, of those that are wanted."""
        distinct = {(kind.name, parent.id): (kind, parent) for parent in parents}
        self._list(distinct)
        found: list[tuple[Parent, Union[Listing, OpendumpError]]] = []
        for key, (_kind, parent) in distinct.items():
            listed = self.listings[key]
            found.append(
                (parent, Listing([task for task in listed.tasks if wanted(task)], listed.quotas) if isinstance(listed, Listing) else listed)
            )
        if details:
            read = [(parent, listing) for parent, listing in found if isinstance(listing, Listing)]
            unread = [(listing, task) for _parent, listing in read for task in listing.tasks if not task.complete]
            whole = dict(zip((id(task) for _listing, task in unread), side_by_side(self._whole, unread, self.parallelism)))
            for _parent, listing in read:
                # one that was deleted since it was listed is left out
                listing.tasks = [task for task in (whole.get(id(task), task) for task in listing.tasks) if task is not None]
            left = side_by_side(lambda pair: self.adapter(kind).measure(pair[0], pair[1].tasks), read, self.parallelism)
            side_by_side(lambda step: step(), [step for steps in left for step in steps], self.parallelism)
        return found

    def _whole(self, entry: tuple[Listing, Task]) -> Optional[Task]:
        listing, listed = entry
        try:
            return self.adapters[listed.kind].look(listed.parent, listed)
        except OpendumpError as error:
            listing.errors.append(error)
            return listed


def nothing_can_be_there(error: Exception) -> bool:
    """Whether an error says that the parent is not there, so that no task can be in it."""
    return isinstance(error, NoSuchInstance) or (isinstance(error, ApiError) and error.meaning is Meaning.PARENT_ABSENT)
