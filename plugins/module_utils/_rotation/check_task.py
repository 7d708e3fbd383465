# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service does with a new pair of keys, seen on a task made for that.

A task goes on delivering with the old pair where its service accepts a new one and ignores it, and as long as the old pair is valid nothing
tells the difference. So a task of our own is created with a pair that cannot be right, without being started, gets the new pair by the very
call that the others get it by, and is started: it delivers only where the service took the new pair.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

from .._errors import ApiError, Meaning, OpendumpError
from .._reconcile.run import Reconciliation
from .._reconcile.wait import Clock
from .._task.declared import Declared
from .._task.fields import flatten_fields
from .._task.kind import Kind
from .._task.records import Parent, Task
from .deliveries import Landing, find_move, read_offsets
from .jobs import CHECK_NAME, RotationJob
from .keys import Pair, find_key_paths

TAKEN, FAILED = "taken", "failed"
CHECK_INTERVAL = 30
MOST_CHECK_TOPICS = 20
# Looks for which a task that says it has failed may still come to itself.
GRACE = 3


def make_wrong_pair() -> Pair:
    """A pair that belongs to nobody, and says so."""
    return Pair("OPENDUMPCHECK" + secrets.token_hex(4).upper(), secrets.token_hex(20))


def can_be_checked(kind: type[Kind]) -> bool:
    """Whether a task can be made that gets its pair before it is started."""
    return kind.can_update and kind.can_create_paused


@dataclass
class RotationTiming:
    """Seconds between two looks, for a task to reach its run state, and for deliveries to be seen."""

    wait_interval: float = 10.0
    wait_timeout: float = 600.0
    delivery_timeout: float = 1200.0


@dataclass
class CheckTask:
    """The check task of one parent. ``outcome`` is C(taken), C(failed), or empty while it is not known; then ``reason`` says why."""

    kind: type[Kind]
    parent: Parent
    outcome: str = ""
    reason: str = ""
    id: Optional[str] = None
    may_be_there: bool = False
    is_started: bool = False
    counts_from: Optional[float] = None
    offsets: Optional[dict[str, int]] = None
    unwell: int = 0

    @property
    def key(self) -> str:
        """Its name in the state file."""
        return "check/%s/%s" % (self.kind.name, self.parent.id)

    @property
    def is_open(self) -> bool:
        """Whether its outcome is still open."""
        return self.is_started and not self.outcome


class Checks:
    """Makes check tasks, looks at them and takes them away.

    :param client: the connection to the services.
    :param pair: the new pair.
    """

    def __init__(self, client: Any, pair: Pair, landing: Landing, timing: RotationTiming, clock: Clock) -> None:
        self._client = client
        self._pair = pair
        self._landing = landing
        self._timing = timing
        self._clock = clock

    def begin(self, check: CheckTask, jobs: Sequence[RotationJob]) -> None:
        """Make the check task of this parent and start it with the new pair.

        :param jobs: tasks of the parent; the check task reads their topics and writes into the bucket of the first.
        """
        values = self._design(check.kind, jobs)
        wrong = make_wrong_pair()
        check.may_be_there = True
        try:
            self._reconcile(self._declare(check, "paused", values, wrong))
        except ApiError as error:
            if error.meaning is not Meaning.INVALID:
                check.reason = "the check task could not be created: %s" % error
                return
            self._check_at_once(check, values, wrong)
            return
        except OpendumpError as error:
            check.reason = "the check task could not be created: %s" % error
            return
        try:
            self._reconcile(self._declare(check, "running", {}, self._pair, wait=False))
        except OpendumpError as error:
            check.outcome, check.reason = FAILED, "the check task could not be given the new key: %s" % error
        else:
            check.is_started = True

    def _check_at_once(self, check: CheckTask, values: dict[str, Any], wrong: Pair) -> None:
        """Where a service checks keys as soon as they are given, it has to refuse the wrong ones when a task is changed, too."""
        try:
            self._reconcile(self._declare(check, "paused", values, self._pair))
        except OpendumpError as error:
            check.reason = "the check task could not be created: %s" % error
            return
        try:
            self._reconcile(self._declare(check, "present", {}, wrong, wait=False))
        except ApiError as error:
            if error.meaning is Meaning.INVALID:
                check.outcome = TAKEN
            else:
                check.reason = "the check task could not be changed: %s" % error
        except OpendumpError as error:
            check.reason = "the check task could not be changed: %s" % error
        else:
            check.outcome, check.reason = FAILED, "the service refuses a wrong key in a new task, and takes it in a change"

    def see(self, check: CheckTask, task: Optional[Task], record: dict[str, Any]) -> None:
        """Judge what a look shows of the check task."""
        if task is None:
            check.is_started, check.reason = False, "the check task no longer exists; somebody else deleted it"
            return
        check.id = task.id
        health = check.kind.read_health(task.status)
        check.unwell = check.unwell + 1 if health == "failed" else 0
        if check.unwell > GRACE:
            check.outcome, check.reason = FAILED, "the check task is %s" % task.status
        if health != "ok":
            return
        if check.counts_from is None:
            check.counts_from, check.offsets = self._landing.now(), read_offsets(task)
            return
        readable = self._landing.find_bucket(record) not in self._landing.unreadable
        shown = self._landing.find_file(record, check.counts_from) if readable else find_move(check.offsets, task)
        if shown:
            check.outcome = TAKEN

    def remove(self, kind: type[Kind], parent: Parent) -> str:
        """Delete every check task of this parent; what to say where that cannot be done."""
        try:
            adapter = kind(self._client)
            for task in adapter.list_tasks(parent).tasks:
                if task.name == CHECK_NAME and not kind.is_leaving(task.status):
                    self._reconcile(
                        Declared(
                            kind, {kind.parent_id_option: parent.id}, None, kind.require_id(task), "absent", **self._choose_waits(True)
                        )
                    )
        except OpendumpError as error:
            return "The check task '%s' of %s may still be there; delete it. %s" % (CHECK_NAME, parent, error)
        return ""

    def _design(self, kind: type[Kind], jobs: Sequence[RotationJob]) -> dict[str, Any]:
        """Values of the check task: topics of the jobs, the bucket of the first, and a directory of its own."""
        jobs = [job for job in jobs if job.health == "ok"] or list(jobs)
        model = jobs[0].task
        fields = dict(flatten_fields(kind.list_fields(model.destination)))
        values = {path: value for path, value in model.values.items() if "." not in path}
        rule = fields["topics"].rule if "topics" in fields else None
        if rule and values.get("topics"):
            topics = [name for job in jobs for name in rule.normalise(job.task.values.get("topics")) or ()]
            values["topics"] = list(dict.fromkeys(topics))[:MOST_CHECK_TOPICS]
        bucket = "%s.%s" % (model.destination, kind.files.bucket_field)
        values[bucket] = model.values.get(bucket)
        values["%s.%s" % (model.destination, kind.files.path_field)] = CHECK_NAME
        interval = "%s.%s" % (model.destination, kind.files.interval_field)
        if interval in fields:
            values[interval] = CHECK_INTERVAL
        return values

    def _choose_waits(self, wait: bool) -> dict[str, Any]:
        return {"wait": wait, "wait_timeout": self._timing.wait_timeout, "wait_interval": self._timing.wait_interval}

    def _declare(self, check: CheckTask, state: str, values: dict[str, Any], pair: Pair, wait: bool = True) -> Declared:
        kind = check.kind
        option = next(destination.option for destination in kind.destinations if find_key_paths(kind, destination.option))
        paths = find_key_paths(kind, option)
        return Declared(
            kind,
            {kind.parent_id_option: check.parent.id},
            CHECK_NAME,
            None,
            state,
            option,
            {**values, **(paths.build_values(pair) if paths else {})},
            update_secrets="always",
            policy={name: argument.get("default") for name, argument in kind.policies.items()},
            **self._choose_waits(wait),
        )

    def _reconcile(self, declared: Declared) -> None:
        """Bring about one declaration of the check task.

        :raises OpendumpError: it was not brought about.
        """
        # Warnings about topics and buckets were given when the tasks were created that these are taken from.
        for outcome in Reconciliation(self._client, clock=self._clock).run([declared]):
            if outcome.error:
                raise outcome.error
