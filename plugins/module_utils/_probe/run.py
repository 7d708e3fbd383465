# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A probe from its plan to its answers. Whatever happens, its tasks are deleted at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._api.client import Client
from .._errors import ApiError, Meaning, OpendumpError, TransportError
from .._kinds.kafka_instances import Instance
from .._numbers import format_count
from .answers import Anonymiser, leave_open, read_finding
from .apis import Unreadable, open_connect_api, open_dis_api, open_sink_api
from .catalogue import QUESTIONS, STEPS
from .ground import Ground, Places
from .life import hold_lock, name_run, remove_old_locks
from .own_tasks import MOST_OWN_TASKS, Leftover, OwnTasks
from .question import CannotTell, ProbeStep, Question, Taken, find_needed_steps
from .talk import ProbeTiming, Talk

# Transfer tasks a stream may have, where its list does not say it.
STREAM_QUOTA = 5
# After so many failures of the service nothing more is asked.
MOST_TROUBLES = 3


@dataclass
class ProbeResult:
    """``left`` are tasks that are still there, ``writes`` how many requests changed something."""

    answers: dict[str, Any]
    left: list[Leftover] = field(default_factory=list)
    writes: int = 0


class Probe:
    """One run of the probe.

    :param places: the objects that the user lends; names of instances are looked up before.
    :param questions: those to be asked.
    :param now: seconds since 1970.
    """

    def __init__(
        self,
        client: Client,
        places: Places,
        timing: ProbeTiming,
        now: Callable[[], float],
        questions: Sequence[Question] = QUESTIONS,
        known: Sequence[str] = (),
    ) -> None:
        self._now = now
        self._questions = questions
        #: tasks that could not be deleted
        self.left: list[Leftover] = []
        self._places = places
        self.talk = Talk(client)
        self.own = OwnTasks(name_run(now()), timing, now)
        self.ground = Ground(self.talk, self.own, timing, places)
        if places.stream:
            self.ground.dis = open_dis_api(self.talk, places.stream)
        if places.instance:
            self.ground.connect = open_connect_api(self.talk, places.instance)
        if places.connector:
            self.ground.sink = open_sink_api(self.talk, places.connector)
        self.own.apis = [api for api in (self.ground.dis, self.ground.connect, self.ground.sink) if api]
        self._client = client
        self._known = [*known, *(value for value in vars(places).values() if value)]
        self.askable = [question for question in questions if not self._list_missing(question)]

    def _list_missing(self, question: Question) -> list[str]:
        """Options that a question needs and that were not given."""
        return self._list_missing_for(question.steps)

    def _list_missing_for(self, steps: Sequence[str]) -> list[str]:
        needs = {need for step in find_needed_steps(STEPS, steps) for need in step.needs}
        return sorted(filter(None, map(self._places.find_missing, needs)))

    def list_steps(self) -> list[ProbeStep]:
        """What is done for the questions that can be asked."""
        names = [name for question in self.askable for name in question.steps]
        names += [name for question in self.askable for name in question.also if not self._list_missing_for([name])]
        return find_needed_steps(STEPS, names)

    def plan(self) -> dict[str, Any]:
        """What a run would do; asks nothing."""
        steps = self.list_steps()
        return {
            "questions": [{"switch": question.switch, "asks": question.asks} for question in self.askable],
            "not_asked": [
                {"switch": question.switch, "needs": self._list_missing(question)}
                for question in self._questions
                if question not in self.askable
            ],
            "objects": self._list_objects(steps),
            "writes": sum(step.writes for step in steps),
            "tasks_at_once": MOST_OWN_TASKS if any(step.writes for step in steps) else 0,
            "costs": list(dict.fromkeys(step.cost for step in steps if step.cost)),
        }

    def _list_objects(self, steps: Sequence[ProbeStep]) -> list[str]:
        """Options whose objects the steps use."""
        needs = {need for step in steps for need in step.needs}
        return sorted({option for need in needs for option in self._places.find_options(need)})

    def check_stream(self) -> None:
        """See whether the stream and the instance are there; reads only.

        :raises OpendumpError: they are not, or cannot be used.
        """
        if self.ground.dis:
            where = dict(self.ground.dis.where)
            stream = self.talk.ask("dis", "GET", "/v2/{project_id}/streams/{stream}", where)
            if not stream.accepted:
                raise OpendumpError(
                    "Stream '%s' cannot be read (%s, HTTP %d). Check stream_name, region and rights. Nothing was written."
                    % (self._places.stream, stream.code or "no code", stream.status)
                )
            if stream.read_member("status") != "RUNNING":
                raise OpendumpError(
                    "Stream '%s' is %s, not RUNNING. Nothing was written." % (self._places.stream, stream.read_member("status"))
                )
            self.ground.data_type = str(stream.read_member("data_type") or "")

    def check_room(self) -> None:
        """Check that the quota leaves room for the tasks of the probe.

        :raises OpendumpError: there is no room for two tasks, or a list cannot be read.
        """
        for api in self.own.apis:
            listed = api.ask("GET")
            total = listed.read_member("total_number")
            if not listed.accepted or not isinstance(total, int):
                raise OpendumpError("A list of tasks cannot be read (%s, HTTP %d). Nothing was written." % (listed.code, listed.status))
            most = listed.read_member("quota" if api.name == "dis" else "max_tasks")
            most = most if isinstance(most, int) else STREAM_QUOTA if api.name == "dis" else None
            if most is not None and total + MOST_OWN_TASKS > most:
                raise OpendumpError(
                    "There are %d of at most %s, and the probe needs room for %d. Delete some, or lend it another %s. "
                    "Nothing was written."
                    % (total, format_count(most, "task"), MOST_OWN_TASKS, "stream" if api.name == "dis" else "instance")
                )

    def run(self) -> ProbeResult:
        """Tidy up after earlier runs, ask, delete what was made.

        :raises OpendumpError: nothing was asked; nothing is left.
        """
        self.check_stream()
        with hold_lock(self.own.run):
            self.left = self.own.clear_away(others=True)
            remove_old_locks(self._now())
            taken = Taken()
            try:
                if any(step.writes for step in self.list_steps()):
                    self.check_room()
                self._take_steps(taken)
            finally:
                # a signal must not cut this short; whoever raised it holds further ones back
                self.left += self.own.clear_away()
            return ProbeResult(self._read_answers(taken), self.left, self.talk.writes)

    def _take_steps(self, taken: Taken) -> None:
        troubles = 0
        for step in self.list_steps():
            if troubles >= MOST_TROUBLES:
                taken.put(step.name, CannotTell("the service failed too often"))
                continue
            try:
                taken.put(step.name, step.take(self.ground, taken))
            except CannotTell as error:
                taken.put(step.name, error)
            except (ApiError, TransportError, Unreadable) as error:
                if isinstance(error, ApiError) and error.meaning is Meaning.UNAUTHENTICATED:
                    raise
                troubles += 1
                taken.put(step.name, CannotTell("the service failed"))
                # It may have done what it did not answer to; nothing goes on from an unknown state.
                self.own.clear_away()

    def _read_answers(self, taken: Taken) -> dict[str, Any]:
        anonymiser = Anonymiser([*self._known, *self._client.secrets], self.own.run)
        answers = {}
        for question in self._questions:
            lacking = self._list_missing(question)
            if lacking:
                answers[question.switch] = leave_open("it was not asked, because that needs %s" % ", and ".join(lacking))
            else:
                answers[question.switch] = read_finding(question, taken, anonymiser)
        return answers


def check_instance(instance: Instance) -> None:
    """Check that the lent instance is one that the probe can work with.

    :raises OpendumpError: the probe cannot work there.
    """
    if instance.status != "RUNNING":
        raise OpendumpError(
            "Kafka instance %s is %s, not RUNNING. Nothing was written." % (instance.parent, instance.status or "in no state")
        )
    if not instance.connector_enable or not instance.connector_id:
        raise OpendumpError(
            "Smart Connect of Kafka instance %s is off, and the probe never switches it. Nothing was written." % instance.parent
        )
