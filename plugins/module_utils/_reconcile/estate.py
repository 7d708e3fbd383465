# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Current: one list for each parent, details only where a list does not show the whole task.

A list that cannot be read is an error and never "there is nothing".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Optional, Union, cast

from .._errors import ApiError, Meaning, NoSuchInstance, OpendumpError
from .._task.declared import Declared
from .._task.kind import Kind, Service
from .._task.records import Listing, Parent, Task
from .._threads import Step, cascade, side_by_side

# A parent as it was named: the kind whose tasks it holds, and the options that name it.
NamedParent = tuple[type[Kind], Mapping[str, str]]
ParentKey = tuple[Any, ...]


def build_parent_key(kind: type[Kind], where: Mapping[str, str]) -> ParentKey:
    """The same for the same way of naming a parent."""
    return (kind.name, *sorted(where.items()))


@dataclass
class Observed:
    """What was found of one declared task: its parent, the task (None: there is none), or why it cannot be told.

    ``leaving`` is a task of its name that is being deleted.
    """

    parent: Optional[Parent] = None
    current: Optional[Task] = None
    leaving: Optional[Task] = None
    error: Optional[OpendumpError] = None


@dataclass
class Estate:
    """Parents and their tasks, each listed once.

    :param leaves_unchanged: whether a run leaves a declared task as it is. Where it leaves all of a parent, what readers want to know of
        its tasks (see ``gather``) is asked for while other parents are still listed, and not at the end, where nothing else is left to do.
    """

    client: Service
    parallelism: int = 1
    adapters: dict[str, Kind] = field(default_factory=dict)
    listings: dict[tuple[str, str], Union[Listing, OpendumpError]] = field(default_factory=dict)
    parents: dict[ParentKey, Union[Parent, OpendumpError]] = field(default_factory=dict)
    leaves_unchanged: Callable[[Declared, Observed], bool] = lambda declared, entry: False

    def get_adapter(self, kind: type[Kind]) -> Kind:
        """The one adapter of a kind in this run."""
        if kind.name not in self.adapters:
            self.adapters[kind.name] = kind(self.client)
        return self.adapters[kind.name]

    def observe(self, wanted: Sequence[Declared], also: Sequence[NamedParent] = ()) -> list[Observed]:
        """What there is of each declared task, in input order.

        :param also: further parents that are to be listed; see ``parents`` and ``listings``.
        """
        self._resolve([*((declared.kind, declared.where) for declared in wanted), *also])
        observed = []
        for declared in wanted:
            answer = self.parents[build_parent_key(declared.kind, declared.where)]
            observed.append(Observed(error=answer) if isinstance(answer, OpendumpError) else Observed(parent=answer))
        self._read_tasks(list(zip(wanted, observed)))
        for declared, entry in zip(wanted, observed):
            if entry.error and declared.state == "absent" and is_parent_absent(entry.error):
                entry.error = None
        parents = [(kind, self.parents[build_parent_key(kind, where)]) for kind, where in also]
        self.read_lists({(kind.name, parent.id): (kind, parent) for kind, parent in parents if isinstance(parent, Parent)})
        return observed

    def _read_tasks(self, declared: Sequence[tuple[Declared, Observed]]) -> None:
        """List each parent once, and look at each task as soon as its parent is listed."""
        places: dict[tuple[str, str], list[tuple[Declared, Observed]]] = {}
        for task, entry in declared:
            if entry.parent:
                places.setdefault((task.kind.name, entry.parent.id), []).append((task, entry))

        # The first of each kind go first: a service lets the others in once it has accepted the credentials.
        first = list({place[0]: place for place in reversed(places)}.values())
        queue = [*first, *(place for place in places if place not in first)]
        steps: list[Step] = [partial(self._read_place, place, places[place]) for place in queue]
        cascade(lambda step: step(), steps, self.parallelism)

    def _read_place(self, place: tuple[str, str], declared: Sequence[tuple[Declared, Observed]]) -> list[Step]:
        kind, parent = declared[0][0].kind, cast(Parent, declared[0][1].parent)
        self.read_lists({place: (kind, parent)})
        for task, entry in declared:
            self._match(task, entry, parent)
        listing = self.listings[place]
        if (
            isinstance(listing, Listing)
            and all(task.complete for task in listing.tasks)
            and all(self.leaves_unchanged(*pair) for pair in declared)
        ):
            return [partial(self._list_measurements, kind, parent, listing)]
        unread = [entry for task, entry in declared if entry.current and not entry.current.complete and task.state != "absent"]
        return [partial(self._read_details, entry) for entry in unread]

    def _list_measurements(self, kind: type[Kind], parent: Parent, listing: Listing) -> list[Step]:
        listing.measured = True
        return [partial(_run_step, step) for step in self.get_adapter(kind).list_measurements(parent, listing.tasks)]

    def _resolve(self, places: Sequence[NamedParent]) -> None:
        """Look up each parent that is named, once."""
        distinct = {build_parent_key(kind, where): (kind, where) for kind, where in places}
        kinds: dict[type[Kind], list[Mapping[str, str]]] = {}
        for kind, where in distinct.values():
            kinds.setdefault(kind, []).append(where)
        for kind, wheres in kinds.items():
            try:
                self.get_adapter(kind).preload(wheres)
            except OpendumpError as error:
                self.parents = dict.fromkeys(distinct, error)
                return

        def resolve(place: NamedParent) -> Union[Parent, OpendumpError]:
            try:
                return self.get_adapter(place[0]).find_parent(place[1])
            except OpendumpError as error:
                return error

        self.parents = dict(zip(distinct, side_by_side(resolve, list(distinct.values()), self.parallelism)))
        self._merge_parents(distinct)

    def _merge_parents(self, distinct: Mapping[ParentKey, NamedParent]) -> None:
        """One parent is one parent, however it was named. Looked up only where parents are named in more than one way."""
        ways: dict[str, set[tuple[str, ...]]] = {}
        for kind, where in distinct.values():
            ways.setdefault(kind.parent_noun, set()).add(tuple(sorted(where)))
        for key, (kind, _where) in distinct.items():
            parent = self.parents[key]
            if isinstance(parent, Parent) and len(ways[kind.parent_noun]) > 1:
                try:
                    self.parents[key] = self.get_adapter(kind).identify(parent)
                except OpendumpError as error:
                    self.parents[key] = error
        self._spread_names(distinct)

    def _spread_names(self, distinct: Mapping[ParentKey, NamedParent]) -> None:
        """What one way of naming a parent tells of its name is said of it in the other ways, too."""
        names: dict[tuple[str, str], str] = {}
        for key, (kind, _where) in distinct.items():
            parent = self.parents[key]
            if isinstance(parent, Parent) and parent.name:
                names.setdefault((kind.parent_noun, parent.id), parent.name)
        for key, (kind, _where) in distinct.items():
            parent = self.parents[key]
            if isinstance(parent, Parent) and not parent.name:
                self.parents[key] = replace(parent, name=names.get((kind.parent_noun, parent.id)))

    def read_lists(self, parents: Mapping[tuple[str, str], tuple[type[Kind], Parent]]) -> None:
        """List these parents, each once."""

        def read(key: tuple[str, str]) -> Union[Listing, OpendumpError]:
            kind, parent = parents[key]
            try:
                return self.get_adapter(kind).list_tasks(parent)
            except OpendumpError as error:
                return error

        missing = [key for key in parents if key not in self.listings]
        self.listings.update(zip(missing, side_by_side(read, missing, self.parallelism)))

    def forget(self, kind: type[Kind], parent: Parent) -> None:
        """What was listed is not true any more; the next reader lists again."""
        self.listings.pop((kind.name, parent.id), None)

    def _match(self, declared: Declared, entry: Observed, parent: Parent) -> None:
        listing = self.listings[(declared.kind.name, parent.id)]
        if isinstance(listing, OpendumpError):
            entry.error = listing
            return
        try:
            entry.current, entry.leaving = match_declared(declared, listing.tasks, parent)
        except OpendumpError as error:
            entry.error = error

    def _read_details(self, entry: Observed) -> Iterable[Step]:
        listed = cast(Task, entry.current)
        try:
            entry.current = self.adapters[listed.kind].read_task(listed.parent, listed)
        except OpendumpError as error:
            entry.error = error
            return ()
        listing = self.listings.get((listed.kind, listed.parent.id))
        if isinstance(listing, Listing) and entry.current is not None:
            # what was read once serves later readers, too
            listing.tasks = [entry.current if task is listed else task for task in listing.tasks]
        return ()

    def gather(
        self, kind: type[Kind], parents: Iterable[Parent], details: bool = True, wanted: Callable[[Task], bool] = lambda task: True
    ) -> list[tuple[Parent, Union[Listing, OpendumpError]]]:
        """What there is under these parents, for readers: whole tasks, with what only other calls show, of those that are wanted."""
        distinct = {(kind.name, parent.id): (kind, parent) for parent in parents}
        self.read_lists(distinct)
        gathered: list[tuple[Parent, Union[Listing, OpendumpError]]] = []
        for key, (_kind, parent) in distinct.items():
            listed = self.listings[key]
            if isinstance(listed, Listing):
                gathered.append((parent, replace(listed, tasks=[task for task in listed.tasks if wanted(task)], errors=[])))
            else:
                gathered.append((parent, listed))
        if details:
            read = [(parent, listing) for parent, listing in gathered if isinstance(listing, Listing)]
            unread = [(listing, task) for _parent, listing in read for task in listing.tasks if not task.complete]
            whole = dict(zip((id(task) for _listing, task in unread), side_by_side(self._read_whole, unread, self.parallelism)))
            for _parent, listing in read:
                # one that was deleted since it was listed is left out
                listing.tasks = [task for task in (whole.get(id(task), task) for task in listing.tasks) if task is not None]
            steps: list[Step] = [
                partial(self._list_measurements, kind, parent, listing) for parent, listing in read if not listing.measured
            ]
            if steps:
                cascade(lambda step: step(), steps, self.parallelism)
        return gathered

    def _read_whole(self, entry: tuple[Listing, Task]) -> Optional[Task]:
        listing, listed = entry
        try:
            return self.adapters[listed.kind].read_task(listed.parent, listed)
        except OpendumpError as error:
            listing.errors.append(error)
            return listed


def _run_step(step: Callable[[], object]) -> tuple[Step, ...]:
    """A step that leads to no other."""
    step()
    return ()


def is_parent_absent(error: Exception) -> bool:
    """Whether an error says that the parent is not there, so that no task can be in it."""
    return isinstance(error, NoSuchInstance) or (isinstance(error, ApiError) and error.meaning is Meaning.PARENT_ABSENT)


def match_declared(declared: Declared, tasks: Iterable[Task], parent: Parent) -> tuple[Optional[Task], Optional[Task]]:
    """The declared task among those of its parent, or one of its name that is being deleted; both None where there is neither.

    :raises OpendumpError: more than one has its name, or an ID is declared that is not there.
    """
    kind = declared.kind
    tasks = list(tasks)
    matches = [task for task in tasks if (task.id == declared.id if declared.id else task.name == declared.name)]
    staying = [task for task in matches if not kind.is_leaving(task.status)]
    if len(staying) > 1:
        raise OpendumpError(
            "%d %s of %s %s are named '%s' (IDs %s); say which one is meant with task_id. Nothing was changed."
            % (len(staying), kind.noun_plural, kind.parent_noun, parent, declared.name, ", ".join(task.id or "?" for task in staying))
        )
    if not matches and declared.id and declared.state != "absent":
        names = ", ".join("%s = %s" % (task.id, task.name) for task in tasks[:20]) or "none"
        raise OpendumpError(
            "There is no %s with the ID '%s' in %s %s; there are: %s." % (kind.noun, declared.id, kind.parent_noun, parent, names)
        )
    return (staying[0] if staying else None), (matches[0] if matches and not staying else None)
