# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a kind of task declares, and the verbs it has.

A kind translates between a service's JSON and the task record and says what the service can do; it decides nothing. Whatever is true of
one kind only is declared here, so that a further kind is a further subclass and one line in the registry.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Callable, ClassVar, NamedTuple, Optional, Protocol

from .._errors import ApiError, Meaning, OpendumpError
from .fields import Check, Fields, Group, drop_followers, flatten_fields, get_value
from .records import Listing, Parent, Task

TaskCheck = Callable[[Optional[str], Mapping[str, Any]], list[str]]


@dataclass(frozen=True)
class Destination:
    """One place a task can dump to: the option that declares it, its fields, and conditions between them.

    ``checks`` hold for every declaration, ``create_checks`` where a task is created. Reports call it by its ``title``, empty where the
    address says enough, and ``address`` are the paths of the fields that say where it is.
    """

    option: str
    fields: Fields
    checks: Sequence[Check] = ()
    create_checks: Sequence[Check] = ()
    exclusive: Sequence[tuple[str, ...]] = ()
    title: str = ""
    address: Sequence[str] = ()

    def describe(self, shown: Mapping[str, Any]) -> str:
        """Where that is, such as C(DLI sales/orders), out of the destination of a record; the title where it shows nothing."""
        own = drop_followers(self.fields, {path: get_value(shown, path) for path in self.address})
        steps = (", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or "").strip("/") for value in own.values())
        return " ".join(filter(None, (self.title, "/".join(filter(None, steps)))))


@dataclass(frozen=True)
class FileLayout:
    """How the files of a task lie in its bucket.

    :param destination: the one that writes files; empty where the kind has none. The fields are those of this destination.
    :param bucket_field: names the bucket, perhaps with a directory behind it.
    :param path_field: names the directory or the prefix inside the bucket.
    :param format_field: says how directories are named by the time of dumping.
    :param dated_by: where this field is set, directories bear times of the data instead.
    :param interval_field: seconds between two deliveries.
    :param by_topic: whether files of several topics may lie in directories of their own, or bear the topic in their names.
    """

    destination: str = ""
    bucket_field: str = ""
    path_field: str = ""
    format_field: str = ""
    dated_by: str = ""
    interval_field: str = ""
    by_topic: bool = False


class Preflight(NamedTuple):
    """What a look at the service shows before anything is written, each without a full stop: problems forbid it, warnings do not."""

    problems: Sequence[str] = ()
    warnings: Sequence[str] = ()


class Service(Protocol):
    """What a kind needs of the client that it is given."""

    retry_budget: float
    shared: dict[type[Any], Any]
    """What all who use this client look up once, by its class."""

    def call(self, service: str, method: str, path: str, *, query: Sequence[tuple[str, str]] = (), body: Any = None) -> Any:
        """The parsed JSON of one answer."""

    def list_pages(self, service: str, path: str, *, items: str, limit: int, query: Sequence[tuple[str, str]] = ()) -> list[dict[str, Any]]:
        """The bodies of all pages of one list."""


class Kind:
    """Declarations are class attributes, so that argument specs need no connection; verbs are methods of an instance."""

    # what it is called

    name: ClassVar[str] = ""
    """Value of C(kind) in records, and the name of the module for one task."""
    list_option: ClassVar[str] = ""
    """The list of dump_tasks that declares tasks of this kind; the name with an s where nothing else is declared."""
    noun: ClassVar[str] = ""
    """In a sentence that names the parent as well: transfer task."""
    noun_plural: ClassVar[str] = ""
    """The noun with an s where nothing else is declared."""
    title: ClassVar[str] = ""
    """In a sentence that stands alone: DIS transfer task; the noun where nothing else is declared."""
    title_plural: ClassVar[str] = ""
    """The title with an s where nothing else is declared."""
    short: ClassVar[str] = ""
    """In a column: DIS; the title where nothing else is declared."""

    # what declares one

    name_rule: ClassVar[Any] = None
    """Rule of the field C(task_name)."""
    cannot_pause_says: ClassVar[str] = ""
    """Why tasks of this kind have no run state that could be declared, and what to do instead; empty where they have one."""
    usual_name_rule: ClassVar[Any] = None
    """What names of new tasks keep to as a rule, where nobody knows whether the service insists; the rule of C(task_name) otherwise."""
    parent_options: ClassVar[Sequence[str]] = ()
    """Options of which one names the parent."""
    parent_noun: ClassVar[str] = ""
    parent_noun_plural: ClassVar[str] = ""
    """The parent's noun with an s where nothing else is declared."""
    parent_id_option: ClassVar[str] = ""
    """Which of the parent options takes C(parent) of a record; the first where nothing else is declared."""
    parent_name_option: ClassVar[str] = ""
    """Which of the parent options takes C(parent_name) of a record; empty where there is none."""
    parent_filters: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Options of dump_tasks_info that name parents to read → the parent option that each value is for."""
    has_task_id: ClassVar[bool] = False
    """Whether a task can be declared by its ID instead of its name."""
    other_names: ClassVar[Mapping[str, Sequence[str]]] = MappingProxyType({})
    """Options, by path → what the like of it is called in other kinds, for those who mistake one for the other."""
    task_fields: ClassVar[Fields] = ()
    task_checks: ClassVar[Sequence[TaskCheck]] = ()
    create_checks: ClassVar[Sequence[TaskCheck]] = ()
    destinations: ClassVar[Sequence[Destination]] = ()
    exclusive: ClassVar[Sequence[tuple[str, ...]]] = ()
    policies: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType({})
    """Further options on how a task is brought about: name → argument spec with a default."""

    # what the service can do

    can_update: ClassVar[bool] = False
    replaces_whole: ClassVar[bool] = False
    """Whether an update writes the whole task, secrets among it."""
    can_pause: ClassVar[bool] = False
    can_create_paused: ClassVar[bool] = False
    """Whether a task can be created without being started; otherwise it is paused right afterwards."""
    can_pause_while_starting: ClassVar[bool] = True
    """Whether a task that is still starting can be paused; otherwise it is waited for first."""
    start_loses_progress: ClassVar[bool] = False
    """Whether the action C(start) makes a task forget how far it was, so that it is never sent twice, nor to a task with progress."""
    names_are_unique: ClassVar[bool] = False
    also_shown_as: ClassVar[str] = ""
    """Name of another kind whose API may show the same task under the same ID; there it can do more, so there it counts."""

    # what its states mean; words are the service's own

    running: ClassVar[frozenset[str]] = frozenset()
    paused: ClassVar[frozenset[str]] = frozenset()
    unstarted: ClassVar[frozenset[str]] = frozenset()
    """Those of the paused states in which a task has never run and has no progress."""
    starting: ClassVar[frozenset[str]] = frozenset()
    doubtful: ClassVar[frozenset[str]] = frozenset()
    """States that count as failed, but may pass."""
    failed: ClassVar[frozenset[str]] = frozenset()
    leaving: ClassVar[frozenset[str]] = frozenset({"DELETE", "DELETING", "DELETED"})
    """States of a task that is being deleted and counts as gone; only DIS documents its word, so every likely one is read."""
    to_running: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """State → the action that sets a task running from there; C(start), C(resume)."""
    running_word: ClassVar[str] = "RUNNING"
    """The state to expect of a task that runs, for check mode."""
    paused_word: ClassVar[str] = "PAUSED"
    """The state to expect of a task that was paused."""
    created_paused_word: ClassVar[str] = "PAUSED"
    """The state to expect of a task that was created paused."""

    # what a report has to know

    healable: ClassVar[bool] = False
    """Whether a failed task may run again once it was paused and set running."""
    tells_last_delivery: ClassVar[bool] = False
    """Whether the service says when a task last delivered, so that no time means never."""
    failed_meaning: ClassVar[str] = "Nothing is written now. The data waits and is lost when its retention period ends."
    """What a failed task does to the data."""
    failed_steps: ClassVar[Sequence[str]] = ("Open the task in the console; it says more about the cause.",)
    """What to do about a failed task, a sentence or two each, in the order in which they help most often."""
    rekey_steps: ClassVar[str] = ""
    """What to do where a task writes with a key that no call can change, and what that does to the data."""
    lag_remedy: ClassVar[str] = ""
    """What helps a task that is too slow, besides more tasks, such as C(give it more nodes); empty where that is not known."""
    usual_quota: ClassVar[Optional[int]] = None
    """Tasks that a parent can hold where its service does not say; None where that is not known either."""
    files: ClassVar[FileLayout] = FileLayout()

    def __init__(self, client: Service) -> None:
        self.client = client

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls.list_option = cls.list_option or cls.name + "s"
        cls.noun_plural = cls.noun_plural or cls.noun + "s"
        cls.title = cls.title or cls.noun
        cls.title_plural = cls.title_plural or cls.title + "s"
        cls.short = cls.short or cls.title
        cls.usual_name_rule = cls.usual_name_rule or cls.name_rule
        cls.parent_noun_plural = cls.parent_noun_plural or cls.parent_noun + "s"
        cls.parent_id_option = cls.parent_id_option or next(iter(cls.parent_options), "")

    # declarations, read

    @classmethod
    def list_states(cls) -> list[str]:
        """What ``state`` can be."""
        return ["present", "absent", *(["running", "paused"] if cls.can_pause else [])]

    @classmethod
    def find_destination(cls, option: Optional[str]) -> Optional[Destination]:
        """The destination of this option, None where the kind has none such."""
        return next((destination for destination in cls.destinations if destination.option == option), None)

    @classmethod
    @functools.cache
    def list_fields(cls, option: Optional[str]) -> Fields:
        """The task's own fields and those of one destination, the latter under the destination's name."""
        destination = cls.find_destination(option)
        return (*cls.task_fields, Group(destination.option, destination.fields)) if destination else tuple(cls.task_fields)

    @classmethod
    def find_contradictions(cls, option: Optional[str], values: Mapping[str, Any], *, to_create: bool = False) -> list[str]:
        """What is wrong between these values, each a sentence.

        :param values: by path, the destination's under its name.
        :param to_create: they are all that a new task will have, so that what is missing is wrong, too.
        """
        if to_create:
            # What is kept of a task that is re-created may hold both a field and what the service has derived from it.
            values = drop_followers(cls.list_fields(option), values)
        checks = [*cls.task_checks, *(cls.create_checks if to_create else ())]
        problems = [text for check in checks for text in check(option, values)]
        destination = cls.find_destination(option)
        if destination:
            inside = len(destination.option) + 1
            own = {path[inside:]: value for path, value in values.items() if path.startswith(destination.option + ".")}
            checks_inside = [*destination.checks, *(destination.create_checks if to_create else ())]
            problems += ["%s: %s" % (option, text) for check in checks_inside for text in check(own)]
        return problems

    @classmethod
    def find_partners(cls, option: Optional[str], path: str) -> list[str]:
        """Paths that cannot stand beside this one, such as a regular expression beside a list of topics."""
        groups = list(cls.exclusive)
        destination = cls.find_destination(option)
        if destination:
            groups += [tuple("%s.%s" % (option, name) for name in group) for group in destination.exclusive]
        known = [inner for inner, _field in flatten_fields(cls.list_fields(option))]
        partners = []
        for group in groups:
            if any(path == member or path.startswith(member + ".") for member in group):
                others = [member for member in group if not (path == member or path.startswith(member + "."))]
                partners += [inner for inner in known for member in others if inner == member or inner.startswith(member + ".")]
        return partners

    @classmethod
    def read_health(cls, status: Optional[str]) -> str:
        """What a status means, in one vocabulary: ok, paused, starting, failed or unknown."""
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
    def is_leaving(cls, status: Optional[str]) -> bool:
        """Whether a task in this state is being deleted, so that it counts as gone."""
        return str(status or "").upper() in cls.leaving

    @classmethod
    def is_call_unknown(cls, error: ApiError) -> bool:
        """Whether a refusal says that this edition of the service does not have the call, whatever the request was."""
        return error.meaning is Meaning.NO_SUCH_CALL or (error.status in (404, 405) and error.meaning is Meaning.OTHER)

    @classmethod
    def locate(cls, record: Mapping[str, Any], *, by_parent_name: bool = False, by_id: bool = False) -> dict[str, Any]:
        """Options that name the task of a record, such as stream_name and task_name.

        :param by_parent_name: name the parent by its name, where the kind has an option for that and the record has one.
        :param by_id: name the task by its ID, where the kind has an option for that and the record has one.
        """
        named = by_parent_name and cls.parent_name_option and record.get("parent_name")
        where = {cls.parent_name_option: record["parent_name"]} if named else {cls.parent_id_option: record.get("parent")}
        if by_id and cls.has_task_id and record.get("id"):
            return {**where, "task_id": record["id"]}
        return {**where, "task_name": record.get("name")}

    @classmethod
    def require_id(cls, task: Task) -> str:
        """The task's ID.

        :raises OpendumpError: the service shows none; a request without it would be about all tasks.
        """
        if not task.id:
            raise OpendumpError("The service shows no ID of %s '%s', so nothing can be done with it." % (cls.noun, task.name))
        return task.id

    def read_task(self, parent: Parent, task: Task) -> Optional[Task]:
        """The whole task as the service shows it now, with what is known of it where the answer leaves that out; None where it is gone.

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

    def find_parent(self, wanted: Mapping[str, str]) -> Parent:
        """The parent that the options name."""
        raise NotImplementedError

    def identify(self, parent: Parent) -> Parent:
        """The parent by the ID that every way of naming it leads to; looked up where it was named in a way of its own."""
        return parent

    def list_parents(self) -> list[Parent]:
        """Every parent of the project that can hold tasks of this kind."""
        raise NotImplementedError

    def list_tasks(self, parent: Parent) -> Listing:
        """All tasks of a parent, to the last page."""
        raise NotImplementedError

    def show(self, parent: Parent, task: Task) -> Optional[Task]:
        """The whole task, None where it is gone."""
        raise NotImplementedError

    def create(self, parent: Parent, name: str, destination: str, body: dict[str, Any], paused: bool) -> Optional[Task]:
        """Create; returns the task as far as the answer shows it."""
        raise NotImplementedError

    def update(self, parent: Parent, task: Task, destination: str, body: dict[str, Any]) -> None:
        """Write these values over the task's; may return before they show.

        :param body: the whole task as it is to be, in the shape of the options; a kind sends of it what its service takes.
        """
        raise NotImplementedError

    def delete(self, parent: Parent, task: Task) -> None:
        """Delete this very task, by its ID where it has one; may return before it is gone."""
        raise NotImplementedError

    def act(self, parent: Parent, task: Task, action: str) -> None:
        """start, pause or resume."""
        raise NotImplementedError

    def preflight(
        self, parent: Parent, destination: str, values: Mapping[str, Any], changed: Collection[str], policy: Mapping[str, Any]
    ) -> Preflight:
        """What only the service can tell to be wrong before a task is created or changed.

        :param values: the whole task as it will be written, by path.
        :param changed: the paths that are new or that change.
        :param policy: the declared policies of this kind, by option.
        """
        return Preflight()

    def list_measurements(self, parent: Parent, tasks: Sequence[Task]) -> Iterable[Callable[[], object]]:
        """Add to whole tasks what their own API does not show; for readers only, a reconciliation has no use for it.

        :returns: what is left to be called, in any order or at the same time.
        """
        return ()

    def explain(self, parent: Parent, task: Task) -> str:
        """What the service says about why a task is not well; empty where it says nothing. May ask the service once more."""
        return task.explanation or ""

    @classmethod
    def needs_explanation(cls, task: Task) -> bool:
        """Whether a task is not well, as far as its own state and those of its partitions tell."""
        partitions = [cls.read_health(part.status) for part in task.partitions or ()]
        return cls.read_health(task.status) in ("failed", "unknown") or "failed" in partitions
