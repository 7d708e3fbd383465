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

KIND_NOUNS = {
    "dis_transfer_task": ("DIS transfer task", "DIS transfer tasks"),
    "kafka_sink_task": ("Kafka sink task", "Kafka sink tasks"),
    "smart_connect_task": ("Smart Connect task", "Smart Connect tasks"),
}
# Worst first.
PROBLEMS = ("failed", "stuck", "unreadable", "discard", "partition", "lag", "silence", "unknown")
# What decides how a run ends; the others are worth reading.
DECIDING = ("failed", "stuck", "unreadable", "lag", "silence", "unknown")


class Advice(NamedTuple):
    """``title`` follows the number and kind of the dumps; ``meaning`` is what it does to the data."""

    title: str
    meaning: str
    steps: Sequence[str]


HEAL = "To let the next run do that: dumping_report_heal: true."
ADVICE: dict[tuple[str, str], Advice] = {
    ("failed", "dis_transfer_task"): Advice(
        "cannot deliver",
        "Nothing is written now. The records wait in the stream and are lost when its retention period ends.",
        (
            "Read the newest line of the dump log (DIS console, the stream, Dump Tasks, View Logs); it names the cause.",
            "Most often the bucket is gone, or the agency lost its permission or has expired. Mend that.",
            "Then stop the task and start it again (state: paused, then state: running); it goes on where it was. " + HEAL,
        ),
    ),
    ("failed", "kafka_sink_task"): Advice(
        "cannot deliver",
        "Nothing is written now. The messages wait in the topic and are lost when its retention time ends.",
        (
            "Most often the access key in the task was rotated or lost its rights, or the bucket is gone. A sink task keeps the key "
            "that it was created with.",
            "No call restarts or changes a sink task. Create it anew with valid keys (on_immutable_change: recreate, "
            "consumer_strategy: earliest so that nothing is skipped; what is still in the topic is then written once more).",
            "Better, move it to Smart Connect, where this can be mended in place (role dumping_migration).",
        ),
    ),
    ("failed", "smart_connect_task"): Advice(
        "cannot deliver",
        "Nothing is written now. The messages wait in the topic and are lost when its retention time ends.",
        (
            "Most often the access key in the task was rotated or lost its rights, or the bucket is gone. Write a new key with "
            "update_secrets: always.",
            "Then pause the task and resume it (state: paused, then state: running); it goes on where it was. " + HEAL,
            "Do not press Restart in the console: that makes the task forget how far it was.",
        ),
    ),
    ("stuck", ""): Advice(
        "run, but no file lands",
        "Data waits and the service calls the task healthy, yet nothing arrives in the bucket.",
        (
            "Check that the writer of the task may still put objects into the bucket: access key or agency, bucket policy, bucket quota.",
            "Check that bucket and path are the ones you look at, and that the time zone of the directories is right.",
            "If all that is right, pause the task and resume it.",
        ),
    ),
    ("unreadable", ""): Advice(
        "could not be read",
        "What is in there is not in this report, so nothing is known of it.",
        (
            "The message names the cause. With a refusal, allow the reader to list and show tasks there.",
            "If it is gone for good, take it out of what this report is told to read.",
        ),
    ),
    ("discard", ""): Advice(
        "dropped records",
        "The service could not convert these records and threw them away; they are in no file.",
        (
            "Compare the records with the file type and the schema of the task: csv and parquet need JSON of one shape.",
            "The count never goes down. When the cause is mended, remember the number and watch that it stays.",
        ),
    ),
    ("partition", ""): Advice(
        "have a part that does not run",
        "The task as a whole is called running, but some of its partitions are not delivered.",
        ("Open the task below to see which. Stop it and start it again if that does not mend itself within minutes.",),
    ),
    ("lag", ""): Advice(
        "are too far behind",
        "More messages wait than the limit allows. When they wait longer than the topic keeps them, they are lost.",
        (
            "Look at this report again in ten minutes. If the number falls, the dump is catching up and nothing has to be done.",
            "If it grows in one partition only, the keys of the messages are uneven. If it grows in all, more arrives than the task can "
            "write: spread the topics over more tasks, or give Smart Connect more nodes.",
        ),
    ),
    ("silence", ""): Advice(
        "have been silent for too long",
        "Nothing was delivered for longer than the limit allows.",
        (
            "Find out whether anything was produced. If not, the dump is well, and the producers are the ones to look at.",
            "If data did arrive, treat the task as failed: read its log, check bucket and rights, stop it and start it again.",
        ),
    ),
    ("unknown", ""): Advice(
        "are in a state nobody has documented",
        "The service uses a word that this collection does not know, so whether data flows cannot be told from it.",
        (
            "Look at the task in the console, and at whether its files land.",
            "Please report the word, so that the next version knows it.",
        ),
    ),
}


def advice(what: str, kind: str) -> Advice:
    """What to say of a problem of a kind of task."""
    return ADVICE.get((what, kind)) or ADVICE[(what, "")]


def counted(number: int, kind: str) -> str:
    """``3 DIS transfer tasks``; of parents, ``2 streams or instances``."""
    one, many = KIND_NOUNS.get(kind, ("stream or instance", "streams or instances"))
    return "%d %s" % (number, one if number == 1 else many)


# The few verbs in titles, where there is only one.
SINGULAR = {"run,": "runs,", "have": "has", "are": "is"}


def titled(number: int, kind: str, title: str) -> str:
    """``1 Smart Connect task is too far behind``."""
    verb, _space, rest = title.partition(" ")
    return "%s %s %s" % (counted(number, kind), SINGULAR.get(verb, verb) if number == 1 else verb, rest)
