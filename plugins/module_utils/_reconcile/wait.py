# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting: time that tests need not spend, and for a run state, ended early when it cannot come."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Optional

from .._errors import OpendumpError
from .._numbers import format_count
from .._task.kind import Kind
from .._task.records import Parent, Task

# Looks for which a state that may pass by itself is tolerated: a failure may recover, an unknown word may be a transition.
GRACE_DOUBTFUL = 3
GRACE_UNKNOWN = 5


class WaitFailed(OpendumpError):
    """The run state did not come about; carries what the service last said."""


@dataclass
class Clock:
    """Time, so that tests need not spend any."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def poll(self, interval: float, timeout: float, looks: Optional[int] = None) -> Iterator[int]:
        """The number of each look: the first at once, the others ``interval`` seconds apart, for ``timeout`` seconds.

        :param looks: how many looks at most, however much time is left.
        """
        started = self.now()
        number = 1
        while True:
            yield number
            if self.now() - started > timeout or number == looks:
                return
            self.sleep(interval)
            number += 1


@dataclass
class StateWait:
    """One task's wait for a run state: fed with what each look shows, says whether it is over.

    :param target: the health that is waited for, C(ok) or C(paused).
    :param timeout: seconds after ``started`` when it fails.
    """

    adapter: Kind
    parent: Parent
    label: str
    target: str
    timeout: float
    started: float
    task: Optional[Task] = None
    unwell: int = 0
    last_status: Optional[str] = None

    def observe(self, task: Optional[Task], now: float) -> bool:
        """Take what a look at the task shows, and say whether the target is reached.

        :raises WaitFailed: when it cannot be reached any more, or not in time.
        """
        kind = self.adapter
        if task is not None:
            self.task = task
        status = task.status if task else None
        health = kind.read_health(status)
        if health == self.target:
            return True
        if status in kind.failed:
            raise self._build_failure("has failed")
        if status in kind.doubtful or (status is not None and health == "unknown" and not kind.is_leaving(status)):
            self.unwell = self.unwell + 1 if status == self.last_status else 1
            if self.unwell > (GRACE_DOUBTFUL if status in kind.doubtful else GRACE_UNKNOWN):
                raise self._build_failure("is not well" if status in kind.doubtful else "is in a state this collection does not know")
        self.last_status = status
        if now - self.started > self.timeout:
            raise self._build_failure(
                "has not become %s within wait_timeout (%s)"
                % ({"ok": "running"}.get(self.target, self.target), format_count(self.timeout, "second"))
            )
        return False

    def _build_failure(self, what: str) -> WaitFailed:
        text = "The %s %s; its last status is %s." % (self.label, what, self.task.status if self.task else "not shown by the service")
        details: dict[str, Any] = {"task_status": self.task.status if self.task else None}
        task = self.task
        if task:
            if not task.complete:
                with contextlib.suppress(OpendumpError):
                    task = self.adapter.read_task(self.parent, task) or task
            sick = [part for part in task.partitions or [] if part.status not in self.adapter.running]
            if sick:
                listed = ", ".join("%s%s: %s" % (part.topic + "/" if part.topic else "", part.id, part.status) for part in sick[:10])
                text += " Partitions that are not running: %s%s." % (listed, " and %d more" % (len(sick) - 10) if len(sick) > 10 else "")
            try:
                explanation = self.adapter.explain(self.parent, task)
            except OpendumpError:
                explanation = ""
            if explanation:
                text += " The service says: %s" % explanation
        text += (
            " Check that the bucket exists, that its writer (agency or access key) may write to it, and the task's page in the console; "
            "the next run goes on from here."
        )
        return WaitFailed(text, details)
