# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a sink task to its successor: which steps are left, decided from what is there.

Pure: asks no service and changes nothing. A dry run shows these steps, a run carries them out.

A sink task knows no pause and no stop, only deletion, and a Smart Connect task cannot be told where to begin but at the end or the
beginning of its topics. What follows from this is the order of the steps: the successor is seen RUNNING first, the sink task is
deleted last, and the two policies differ in what has to be true at that moment. In terms of offsets of one partition, with W what the
sink task has written up to, and P where the successor began: W at least P leaves no gap, W at most P leaves no duplicate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Optional

from .._kinds.kafka_sink_task import KafkaSinkTask
from .._kinds.smart_connect_task import SmartConnectTask
from .._numbers import format_count
from .._task.records import Task

GAP_FREE, NO_DUPLICATES = "gap_free", "no_duplicates"
CREATE, START, DELETE_OLD, DELETE_SUCCESSOR = "create_successor", "start_successor", "delete_old", "delete_successor"
DRAIN, VERIFY, CATCH_UP, CHECK, SETTLE = "drain", "verify_running", "catch_up", "check_offsets", "settle"
WRITING_STEPS = frozenset({CREATE, START, DELETE_OLD, DELETE_SUCCESSOR})
READY = (
    "The successor waits to be started. It may not run beside the sink task, which can only be stopped by deleting it, so delete_old is "
    "needed to go on."
)


class Position(NamedTuple):
    """Offsets of one partition: up to where the task has written, and where the log ends."""

    written: int
    end: int


@dataclass(frozen=True)
class Choices:
    """What the user chose. ``gap_limit`` counts messages."""

    policy: str
    consumer_strategy: str = "latest"
    delete_old: bool = False
    rollback: bool = False
    gap_limit: int = 0

    @property
    def overlaps(self) -> bool:
        """Whether both tasks run until the sink task has written what arrived before the successor surely read."""
        return self.policy == GAP_FREE and self.consumer_strategy == "latest"

    @property
    def needs_offsets(self) -> bool:
        """Whether the sink task may only be deleted when its offsets say so."""
        return self.delete_old and self.consumer_strategy == "latest"


@dataclass
class Situation:
    """What is known of one sink task and its successor.

    :param twins: Smart Connect tasks, two or more, of which each may be the successor.
    :param begin: log ends that were read before the successor was started: it began there or later. None: not known.
    :param ours: the successor was made by this migration, so it may also be deleted by it.
    :param sent: a deletion of the sink task was sent, and it may only be listed still.
    :param withdrawn: ID of a successor whose deletion was sent.
    """

    old: Optional[Task] = None
    successor: Optional[Task] = None
    twins: list[Task] = field(default_factory=list)
    adopted: bool = False
    begin: Optional[Mapping[str, int]] = None
    ours: bool = False
    sent: bool = False
    withdrawn: Optional[str] = None
    finished: bool = False
    problems: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)

    @property
    def withdrawing(self) -> bool:
        """Whether the successor that is there is the very one whose deletion was asked for."""
        return bool(self.successor and self.withdrawn and self.successor.id == self.withdrawn)

    def find_offsets(self) -> Optional[dict[str, Position]]:
        """Of the sink task; None where not all are shown, among them those of every partition that the successor began at."""
        positions = read_positions(self.old)
        return positions if positions is not None and positions.keys() >= (self.begin or {}).keys() else None


@dataclass
class Stage:
    """Where a task stands: what is left to do, and, in a word and a sentence, what then."""

    outcome: str
    says: str
    steps: list[str] = field(default_factory=list)
    blocked: Optional[str] = None


def read_positions(task: Optional[Task]) -> Optional[dict[str, Position]]:
    """Offsets by topic and partition; None where the service does not show all of them. A negative one stands for none yet."""
    if task is None:
        return None
    positions = {}
    for part in task.partitions or []:
        written, end, lag = part.last_transfer_offset, part.log_end_offset, part.lag
        if written is None or end is None or written < 0 or end < 0 or (lag is not None and not 0 <= lag <= end):
            return None
        # Whether the last offset is that of the last message or of the next one is not documented; the lag leaves no doubt.
        positions["%s/%s" % (part.topic, part.id)] = Position(written if lag is None else end - lag, end)
    named = [topic.strip() for topic in str(task.values.get("topics") or "").split(",") if topic.strip()]
    shown = {part.topic for part in task.partitions or []}
    return positions if positions and shown.issuperset(named) else None


def count_behind(offsets: Mapping[str, Position]) -> int:
    """Messages that the task has not written yet."""
    return sum(max(0, at.end - at.written) for at in offsets.values())


def count_beyond(offsets: Mapping[str, Position], begin: Mapping[str, int]) -> int:
    """Messages that the task has written though the successor may have read them too."""
    return sum(max(0, at.written - begin.get(key, 0)) for key, at in offsets.items())


def has_reached(offsets: Mapping[str, Position], mark: Mapping[str, int]) -> bool:
    """Whether the task has written everything up to the mark. A partition that is not shown any more has not reached it."""
    return all(key in offsets and offsets[key].written >= end for key, end in mark.items())


def find_stage(now: Situation, chosen: Choices) -> Stage:
    """What is left to do."""
    if now.adopted:
        return Stage("adopted", "Both APIs show this task, so it is a Smart Connect task already; nothing has to be re-created.")
    if now.twins:
        return _block(_describe_twins(now))
    if chosen.rollback:
        return _go_back(now)
    if now.old is None or (now.sent and now.successor is not None):
        return _finish_deletion(now, chosen)
    if now.problems:
        return _block("; ".join(now.problems))
    return _go_forward(now, chosen, now.old)


def _describe_twins(now: Situation) -> str:
    tasks = ", ".join("'%s' with ID %s, %s" % (task.name, task.id, task.status) for task in now.twins)
    sink = "the sink task is gone, and" if now.old is None else "the sink task is there, and"
    return "%s %d Smart Connect tasks may be its successor (%s); keep the right one, delete the others, and run again" % (
        sink,
        len(now.twins),
        tasks,
    )


def _finish_deletion(now: Situation, chosen: Choices) -> Stage:
    # While the task is still listed, it is not known whether the deletion was executed; sending it once more is safe.
    again = [DELETE_OLD] if now.old is not None and chosen.delete_old else []
    if now.successor is None or now.withdrawing:
        if now.finished:
            return Stage("done", "It was migrated earlier; its successor has been deleted since.")
        return _block(
            "neither the sink task nor its successor exists; somebody deleted them. The state file holds the settings of the "
            "sink task; declare a Smart Connect task with them"
        )
    health = SmartConnectTask.read_health(now.successor.status)
    if now.old is not None and not again:
        return Stage("side_by_side", "A deletion of the sink task was sent, and it is still shown; set delete_old to send it again.")
    if health == "paused" and now.finished:
        return Stage("done", "It was migrated earlier; its successor has been paused since.")
    if health == "paused":
        return Stage("done", "The sink task is gone, and its successor is started.", [START, *again])
    if health == "failed":
        return _block("the sink task is gone, and its successor is %s; repair it now" % now.successor.status)
    return Stage("done", "The successor has taken over.", [*([] if health == "ok" else [VERIFY]), *again])


def _go_forward(now: Situation, chosen: Choices, old: Task) -> Stage:
    steps = [DELETE_SUCCESSOR] if now.withdrawing else []
    successor = None if now.withdrawing else now.successor
    obstacle = _find_obstacle(now, chosen, old, successor)
    if obstacle:
        return _block(obstacle)
    if successor and _has_begun(successor, chosen) and now.ours and SmartConnectTask.read_health(successor.status) == "paused":
        # It has progress, and going on from there would repeat what the sink task has written since.
        steps.append(DELETE_SUCCESSOR)
        successor = None
    if successor is None:
        if now.needs:
            return _block("keys are missing: %s" % "; ".join(now.needs))
        steps.append(CREATE)
    return _hand_over(chosen, old, SmartConnectTask.read_health(successor.status) if successor else "none", steps)


def _has_begun(successor: Task, chosen: Choices) -> bool:
    """Whether the successor may have read already what the sink task is still to write, where that must not be."""
    health = SmartConnectTask.read_health(successor.status)
    return chosen.policy == NO_DUPLICATES and successor.status not in SmartConnectTask.unstarted and health in ("ok", "paused", "unknown")


def _find_obstacle(now: Situation, chosen: Choices, old: Task, successor: Optional[Task]) -> str:
    """Why no step can be taken; empty where one can."""
    offsets = now.find_offsets()
    if chosen.needs_offsets and offsets is None:
        return (
            "the service does not show all offsets of the sink task, so neither a gap nor duplicates can be ruled out; "
            "policy gap_free with consumer_strategy earliest needs no offsets"
        )
    stopped = KafkaSinkTask.read_health(old.status) in ("paused", "failed")
    if chosen.delete_old and chosen.overlaps and stopped and offsets and count_behind(offsets):
        return (
            "the sink task is %s and %s behind, so it will not catch up; consumer_strategy earliest dumps everything that is "
            "stored once more, policy no_duplicates with a gap_limit leaves the gap"
            % (old.status, format_count(count_behind(offsets), "message"))
        )
    if successor is None:
        return ""
    if SmartConnectTask.read_health(successor.status) == "failed":
        return "its successor '%s' is %s; roll back (rollback), correct what is wrong (bucket, keys) and start again" % (
            successor.name,
            successor.status,
        )
    if _has_begun(successor, chosen) and now.begin is None and chosen.delete_old:
        return (
            "its successor '%s' is %s already, and where it began is not recorded, so duplicates cannot be ruled out; policy "
            "gap_free can go on from here, or delete the successor and start again" % (successor.name, successor.status)
        )
    return ""


def _hand_over(chosen: Choices, old: Task, health: str, steps: list[str]) -> Stage:
    """From a successor in this kind of state, or one that is about to be created, to the end.

    :param steps: what comes before.
    """
    runs = health in ("ok", "unknown", "starting")
    careful = chosen.policy == NO_DUPLICATES
    if not runs and KafkaSinkTask.read_health(old.status) == "paused":
        return Stage("ready", "The sink task is paused, so its successor is left waiting; start it yourself, then run again.", steps)
    if careful and not chosen.delete_old and not runs:
        return Stage("ready", READY, steps)
    if not runs:
        steps = [*steps, *([DRAIN] if careful else []), START]
    if health != "ok":
        steps = [*steps, VERIFY]
    if not chosen.delete_old:
        return Stage("side_by_side", "Both tasks run and dump the same messages, until delete_old is set.", steps)
    proof = [CHECK] if careful else [CATCH_UP] if chosen.overlaps else []
    return Stage("done", "The successor takes over.", [*steps, *proof, DELETE_OLD])


def _go_back(now: Situation) -> Stage:
    if now.old is None:
        if now.successor is None and not now.finished:
            return _block("neither the sink task nor its successor exists; there is nothing to go back to")
        return _block("the sink task has been deleted, so there is no way back")
    if now.successor is None:
        return Stage("rolled_back", "Only the sink task is there.")
    if not now.ours:
        return _block(
            "its successor '%s' was not created by this migration according to the state file; delete it yourself if you do not want it"
            % now.successor.name
        )
    return Stage("rolled_back", "Only the sink task remains.", [*([SETTLE] if now.sent else []), DELETE_SUCCESSOR])


def _block(why: str) -> Stage:
    return Stage("blocked", "", blocked=why)
