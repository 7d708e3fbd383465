# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a dump, in plain words, and what to do about it.

Written for somebody who is woken by it: what it means for the data first, then steps in the order in
which they help most often.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ansible_collections.opendump.huaweicloud.plugins.module_utils._numbers import format_count

from .kinds import kind_of, name_parents


class Advice(NamedTuple):
    """``title`` follows the number and kind of the dumps; ``meaning`` is what it does to the data."""

    title: str
    meaning: str
    steps: Sequence[str]


HEAL = "To let the next run stop it and start it again: dumping_report_heal: true."
ADVICE: dict[str, Advice] = {
    "stuck": Advice(
        "run, but no file lands",
        "Data waits and the service calls the task healthy, yet nothing arrives in the bucket.",
        (
            "Check that the writer of the task may still put objects into the bucket: access key or agency, bucket policy, bucket quota.",
            "Check that you look at the right bucket and path, and that the time zone of the directories is right.",
            "If all that is right, pause the task and resume it.",
        ),
    ),
    "unreadable": Advice(
        "could not be read",
        "Its tasks are missing from this report, so nothing is known of them.",
        (
            "The message names the cause. With a refusal, allow the reader to list and show tasks there.",
            "If it is gone for good, remove it from the scope of this report.",
        ),
    ),
    "discard": Advice(
        "dropped records",
        "The service could not convert these records and threw them away; they are in no file.",
        (
            "Compare the records with the file type and the schema of the task: csv and parquet need JSON of one shape.",
            "The count never goes down. When the cause is removed, note the number and check that it stays.",
        ),
    ),
    "partition": Advice(
        "have a part that does not run",
        "The task as a whole is called running, but some of its partitions are not delivered.",
        ("Open the task below to see which. Stop it and start it again if they do not recover within minutes.",),
    ),
    "lag": Advice(
        "are too far behind",
        "More messages wait than the limit allows. When they wait longer than the topic keeps them, they are lost.",
        (
            "Look at this report again in ten minutes. If the number falls, the dump is catching up and nothing has to be done.",
            "If it grows in one partition only, the keys of the messages are uneven. If it grows in all, more arrives than the task can "
            "write: spread the data over more tasks{remedy}.",
        ),
    ),
    "silence": Advice(
        "have been silent for too long",
        "Nothing was delivered for longer than the limit allows.",
        (
            "Find out whether anything was produced. If not, the dump is well, and the producers are the ones to look at.",
            "If data did arrive, treat the task as failed: read its log, check bucket and rights, stop it and start it again.",
        ),
    ),
    "unknown": Advice(
        "are in a state nobody has documented",
        "The service uses a word that this collection does not know, so it does not show whether data flows.",
        (
            "Look at the task in the console, and check whether its files land.",
            "Please report the word, so that the next version knows it.",
        ),
    ),
    "landing_unreadable": Advice(
        "write into a bucket that could not be looked into",
        "Whether files land there is not known, so these dumps cannot be reported as healthy.",
        (
            "The message names the cause. The bucket may be gone, or the key may not list it: allow s3:ListBucket (obs:bucket:ListBucket).",
            "If buckets are not to be checked, leave dumping_report_landing off.",
        ),
    ),
    "topic_missing": Advice(
        "read a topic that is not there",
        "Nothing of that topic is dumped. When the topic is created again, the position that the task remembers may not fit its messages.",
        (
            "Check the name of the topic in the task and at the instance; case matters.",
            "Create the topic, or remove it from the task.",
        ),
    ),
    "empty": Advice(
        "have no dump",
        "Nothing was found, so it cannot be reported as healthy.",
        (
            "Check the region, the project, and the scope of this report (streams, instances, kinds, names).",
            "If it is meant to be empty, take empty out of dumping_report_fail_on.",
        ),
    ),
}


def advise(what: str, kind: str) -> Advice:
    """What to say of a problem of a kind of task."""
    declared = kind_of({"kind": kind})
    if what == "failed":
        steps = (*declared.failed_steps, HEAL) if declared.healable else declared.failed_steps
        return Advice("cannot deliver", declared.failed_meaning, steps)
    advice = ADVICE[what]
    if what == "lag":
        remedy = ", or %s" % declared.lag_remedy if declared.lag_remedy else ""
        return advice._replace(steps=[step.format(remedy=remedy) for step in advice.steps])
    return advice


def count_tasks(number: int, kind: str) -> str:
    """``3 DIS transfer tasks``; of parents, ``2 streams or instances``; of places, ``1 place``."""
    if not kind:
        return name_parents(number)
    if kind == PLACE:
        return format_count(number, "place")
    declared = kind_of({"kind": kind})
    return "%d %s" % (number, declared.title if number == 1 else declared.title_plural)


PLACE = "place"
"""Stands where else the kind of a task does, for problems of whole places."""
# The few verbs in titles, where there is only one.
SINGULAR = {"run,": "runs,", "have": "has", "are": "is", "write": "writes", "read": "reads"}


def word_title(number: int, kind: str, title: str) -> str:
    """``1 Smart Connect task is too far behind``."""
    verb, _space, predicate = title.partition(" ")
    return "%s %s %s" % (count_tasks(number, kind), SINGULAR.get(verb, verb) if number == 1 else verb, predicate)
