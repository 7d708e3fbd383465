# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about Smart Connect tasks, but for those about modifying one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional

from .connect_steps import MainConnectTask, find_side
from .question import BOOL, DWELL, OBJECT, TEXT, CannotTell, ProbeFinding, Question, Taken, build_finding, map_value, measure_stretch
from .talk import Evidence
from .watching import Look, Stretch, cut_stretches, find_flaky, find_lead

# What documents show of a task; everything else is new.
TASK_MEMBERS = frozenset(
    {"task_name", "topics", "topics_regex", "source_type", "source_task", "sink_type", "sink_task", "id", "status", "create_time"}
)
OBS_MEMBERS = frozenset(
    {
        "access_key",
        "agency_name",
        "compression",
        "connector_class",
        "consumer_strategy",
        "deliver_time_interval",
        "destination_file_type",
        "flush_size",
        "format_class",
        "key_converter",
        "kv_delimiter",
        "obs_bucket_name",
        "obs_part_size",
        "obs_path",
        "partition_format",
        "partitioner_class",
        "record_delimiter",
        "schema_generator_class",
        "secret_key",
        "storage_class",
        "store_keys",
        "timezone",
        "topics",
        "topics_regex",
        "value_converter",
    }
)
LEAVING_STATES = frozenset({"DELETING", "DELETE", "DELETED"})


def _find_main(taken: Taken) -> MainConnectTask:
    main: MainConnectTask = taken["connect.main"]
    return main


def _make_acceptance_reader(step: str, words: Sequence[str]) -> Any:
    """The first word where the service accepted, else the second."""

    def read(taken: Taken) -> ProbeFinding:
        created = taken[step]["created"]
        return build_finding(words[0] if created.accepted else words[1], created)

    return read


def _read_key_check(taken: Taken) -> ProbeFinding:
    created = taken["connect.made_up_key"]["created"]
    return build_finding("at delivery" if created.accepted else "at once", created)


def _read_create_time(taken: Taken) -> ProbeFinding:
    shown = [_find_main(taken).shown, taken["connect.waiting"]["shown"]]
    if any(task is None for task in shown):
        raise CannotTell("a second task was refused", taken["connect.waiting"]["created"])
    times = [task.read_member("create_time") for task in shown]
    if not all(isinstance(time, int) for time in times):
        raise CannotTell("a task shows no time of its creation", *shown)
    return build_finding("ms" if any(time % 1000 for time in times) else "s", *shown)


def _read_default_start(taken: Taken) -> ProbeFinding:
    main = _find_main(taken)
    return map_value(main.birth[-1].state, {"RUNNING": "at once", "WAITING": "later"}, main.created, main.shown)


def _read_store(taken: Taken) -> ProbeFinding:
    """Whether the sink task API shows the Smart Connect task."""
    listed = taken["connect.in_sink_list"]
    return build_finding("one" if listed["there"] else "two", listed["listed"])


# how long


def _read_creating(taken: Taken) -> ProbeFinding:
    return measure_stretch(find_lead(cut_stretches(_find_main(taken).birth), ("CREATING",)), _find_main(taken).shown)


def _find_starting_looks(taken: Taken) -> Sequence[Look]:
    waiting = taken["connect.waiting"]
    if waiting["shown"] is None:
        raise CannotTell("a task that waits was refused", waiting["created"])
    looks: Sequence[Look] = waiting["start"]
    return looks


def _read_starting(taken: Taken) -> ProbeFinding:
    return measure_stretch(find_lead(cut_stretches(_find_starting_looks(taken)), ("WAITING",)), _find_starting_looks(taken)[-1].evidence)


def _make_dwell_reader(step: str, state: str) -> Any:
    def read(taken: Taken) -> ProbeFinding:
        looks = taken[step]
        return measure_stretch(find_lead(cut_stretches(looks), (state,)), looks[-1].evidence)

    return read


def _find_bad_stretch(taken: Taken) -> Stretch:
    """A task that is to start later shows it when it is started."""
    start = find_flaky(cut_stretches(_find_main(taken).birth))
    return (
        start if start.looks or _find_main(taken).birth[-1].state == "RUNNING" else find_flaky(cut_stretches(_find_starting_looks(taken)))
    )


def _read_flaky_start(taken: Taken) -> ProbeFinding:
    return measure_stretch(_find_bad_stretch(taken), _find_main(taken).shown)


def _read_flaky_status(taken: Taken) -> ProbeFinding:
    part = _find_bad_stretch(taken)
    if not part.looks:
        raise CannotTell("no start went wrong", _find_main(taken).shown)
    return build_finding(part.state, part.evidence)


def _find_deletion_looks(taken: Taken) -> list[Look]:
    looks: list[Look] = taken["connect.delete"]
    return looks


def _read_deleting(taken: Taken) -> ProbeFinding:
    looks = _find_deletion_looks(taken)
    words = ["gone" if look.state is None else "there" for look in looks]
    return measure_stretch(find_lead(cut_stretches(looks, words), ("there",)), looks[-1].evidence)


def _read_deleting_status(taken: Taken) -> ProbeFinding:
    first = _find_deletion_looks(taken)[0]
    if first.state is None:
        raise CannotTell("a deleted task is gone at once", first.evidence)
    return build_finding(first.state if first.state in LEAVING_STATES else "unchanged", first.evidence)


# actions


def _read_wrong_state(taken: Taken) -> ProbeFinding:
    answer = taken["connect.pause_again"]
    return build_finding("ignored" if answer.accepted else "refused", answer)


def _read_alias(taken: Taken) -> ProbeFinding:
    answer = taken["connect.alias"]
    if answer.accepted:
        return build_finding("known", answer)
    return map_value(answer.status, {404: "unknown", 405: "unknown"}, answer)


def _read_unknown_url(taken: Taken) -> ProbeFinding:
    for answer in (taken.get("connect.alias"), getattr(taken.get("connect.modify_running"), "answer", None)):
        if answer is not None and answer.status == 404:
            return build_finding(answer.code, answer)
    raise CannotTell("the service knows all addresses that were asked")


# echo


def _read_unused_side(shown: Evidence, answer: Mapping[str, Any]) -> ProbeFinding:
    if "source_task" not in answer:
        return build_finding("missing", shown)
    unused = answer["source_task"]
    if unused is None or unused == {}:
        return build_finding("null" if unused is None else "{}", shown)
    raise CannotTell("the side that is not used is not empty", shown)


def _read_unused_in_answer(taken: Taken) -> ProbeFinding:
    created = _find_main(taken).created
    return _read_unused_side(created, created.answer if isinstance(created.answer, Mapping) else {})


def _read_unused_in_show(taken: Taken) -> ProbeFinding:
    shown = _find_main(taken).shown
    return _read_unused_side(shown, shown.answer)


def _read_unused_in_list(taken: Taken) -> ProbeFinding:
    listed = taken["connect.listed"]
    return _read_unused_side(listed["page"], listed["row"])


def _read_numbers(taken: Taken) -> ProbeFinding:
    shown = _find_main(taken).shown
    for name in ("deliver_time_interval", "obs_part_size", "flush_size"):
        if name in find_side(shown):
            return map_value(isinstance(find_side(shown)[name], str), {True: "texts", False: "numbers"}, shown)
    raise CannotTell("no number is shown", shown)


def _find_descriptor(taken: Taken) -> Optional[Mapping[str, Any]]:
    sink = taken.get("sink.main")
    return find_side(sink.shown, "obs_destination_descriptor") if sink else None


def _read_never_shown(taken: Taken) -> ProbeFinding:
    main = _find_main(taken)
    absent = {name for name in main.sink if name not in find_side(main.shown)}
    absent |= {name for name in ("topics", "source_type", "sink_type") if name not in main.shown.answer}
    sink = taken.get("sink.main")
    if sink:
        shown = _find_descriptor(taken) or {}
        absent |= {name for name in sink.sent if name not in shown and name not in ("topics", "topics_regex")}
    return build_finding(",".join(sorted(absent)), main.shown, *([sink.shown] if sink else []))


def _read_extra_fields(taken: Taken) -> ProbeFinding:
    main = _find_main(taken)
    extra = {
        "task": {name: value for name, value in main.shown.answer.items() if name not in TASK_MEMBERS},
        "sink_task": {name: value for name, value in find_side(main.shown).items() if name not in OBS_MEMBERS},
        "obs_destination_descriptor": {name: value for name, value in (_find_descriptor(taken) or {}).items() if name not in OBS_MEMBERS},
    }
    return build_finding({part: more for part, more in extra.items() if more}, main.shown)


def _read_typo(taken: Taken) -> ProbeFinding:
    listed = taken["connect.listed"]
    settings = listed["row"].get("sink_task")
    names = settings if isinstance(settings, Mapping) else {}
    if "deliver_time_interva" in names:
        return build_finding(True, listed["page"])
    if "deliver_time_interval" in names:
        return build_finding(False, listed["page"])
    raise CannotTell("the list does not show the interval", listed["page"])


def _read_topics_order(taken: Taken) -> ProbeFinding:
    variant = taken["connect.backslash"]
    sent, shown = variant.get("topics"), variant["shown"]
    if not sent:
        raise CannotTell("the instance has fewer than three topics", variant["created"])
    if shown is None:
        raise CannotTell("a task of three topics was refused", variant["created"])
    names = sent.split(",")
    words = {sent: "as sent", ",".join(sorted(names)): "sorted", ",".join(reversed(names)): "reversed"}
    return map_value(shown.read_member("topics"), words, shown)


# delimiters


def read_newline(lf: Any, backslash: Any, *evidence: Evidence) -> ProbeFinding:
    """What a newline comes back as, by how it was sent; ``backslash`` is what came back of the two characters."""
    if lf == "\n" and backslash == "\\n":
        return build_finding("as sent", *evidence)
    if lf == "\n" and backslash is None:
        raise CannotTell("it is LF or as sent", *evidence)
    return map_value(lf, {"\n": "LF", "\\n": "\\n", "": "empty"}, *evidence)


def _find_delimiter(shown: Optional[Evidence]) -> Any:
    if shown is None:
        raise CannotTell("a task with this delimiter was refused")
    settings = find_side(shown)
    if "record_delimiter" not in settings:
        raise CannotTell("the delimiter is never shown", shown)
    return settings["record_delimiter"]


def _read_newline(taken: Taken) -> ProbeFinding:
    lf, backslash = _find_main(taken).shown, taken["connect.backslash"]["shown"]
    return read_newline(_find_delimiter(lf), _find_delimiter(backslash), lf, backslash)


def _read_no_delimiter(taken: Taken) -> ProbeFinding:
    shown = taken["connect.null"]["shown"]
    return map_value(_find_delimiter(shown), {"NULL": "NULL", "": "empty", None: "null"}, shown)


def _read_empty_delimiter(taken: Taken) -> ProbeFinding:
    empty = taken["connect.waiting"]["shown"]
    newline, none = _read_newline(taken).value, _read_no_delimiter(taken).value
    as_newline = {"LF": "\n", "\\n": "\\n", "empty": "", "as sent": ""}[newline]
    as_none = {"NULL": "NULL", "empty": "", "null": None}[none]
    if as_newline == as_none:
        raise CannotTell("a newline and no delimiter are shown alike", empty)
    return map_value(_find_delimiter(empty), {as_newline: "newline", as_none: "none"}, empty)


_SHOWN = ("connect.main",)
_GO = "RUNNING"
UNUSED_SIDES = ("{}", "null", "missing")
TAKEN = ("accepted", "refused")
QUESTIONS = (
    Question(
        "dms.store",
        "Do both Kafka APIs show the same tasks?",
        "one",
        ("one", "two"),
        ("connect.in_sink_list",),
        _read_store,
        {"two": "A sink task has no twin in the other API; migrating makes a new task."},
    ),
    Question(
        "dms.duplicate_names",
        "May two tasks have the same name?",
        "allowed",
        ("allowed", "refused"),
        ("connect.same_name",),
        _make_acceptance_reader("connect.same_name", ("allowed", "refused")),
        {"refused": "A task can only be moved to a new one of the same name by deleting it first."},
    ),
    Question(
        "dms.task_name_rule",
        "Which names may tasks have?",
        "console",
        ("console", "any"),
        ("connect.odd_name",),
        _make_acceptance_reader("connect.odd_name", ("any", "console")),
    ),
    Question(
        "dms.bucket_check",
        "Is it checked whether the bucket exists?",
        "refused",
        ("refused", "ignored"),
        ("connect.odd_bucket",),
        _make_acceptance_reader("connect.odd_bucket", ("ignored", "refused")),
        {"ignored": "A task with a misspelt bucket is made and dumps nothing."},
    ),
    Question(
        "delivery.key_check",
        "Is it checked whether the key may write into the bucket?",
        "at delivery",
        ("at delivery", "at once"),
        ("connect.made_up_key",),
        _read_key_check,
        {"at delivery": "A wrong key shows only when something is to be written."},
    ),
    Question(
        "dms.create_time_resolution",
        "How fine are the times of creation?",
        "ms",
        ("ms", "s"),
        ("connect.main", "connect.waiting"),
        _read_create_time,
    ),
    Question(
        "dms.unknown_url_code",
        "Which code has an address that DMS does not know?",
        "DMS.00404001",
        ("DMS.00404001", "DMS.10240406", "APIGW.0101"),
        ("connect.alias", "connect.modify_running"),
        _read_unknown_url,
    ),
    Question(
        "dms.numbers_as_strings",
        "May numbers be sent as texts?",
        "refused",
        TAKEN,
        ("connect.text_number",),
        _make_acceptance_reader("connect.text_number", TAKEN),
    ),
    Question("dms.echo_numbers", "Do numbers come back as numbers?", "numbers", ("numbers", "texts"), _SHOWN, _read_numbers),
    Question("dms.connect.creating", "How long is a new Smart Connect task CREATING?", 0, DWELL, _SHOWN, _read_creating),
    Question(
        "dms.connect.starting",
        "How long does a task still say WAITING after it was started?",
        0,
        DWELL,
        ("connect.waiting",),
        _read_starting,
    ),
    Question(
        "dms.connect.pausing",
        "How long does a task still say RUNNING after it was paused?",
        0,
        DWELL,
        ("connect.pause",),
        _make_dwell_reader("connect.pause", _GO),
    ),
    Question(
        "dms.connect.resuming",
        "How long does a task still say PAUSED after it was resumed?",
        0,
        DWELL,
        ("connect.resume",),
        _make_dwell_reader("connect.resume", "PAUSED"),
    ),
    Question(
        "dms.connect.restarting",
        "How long is a restarted task RESTARTING?",
        0,
        DWELL,
        ("connect.restart",),
        _make_dwell_reader("connect.restart", "RESTARTING"),
    ),
    Question(
        "dms.flaky_start",
        "How long does a new task say that it has failed, before it runs?",
        0,
        DWELL,
        ("connect.main", "connect.waiting"),
        _read_flaky_start,
    ),
    Question(
        "dms.flaky_status",
        "Which word does it have for that?",
        "FAILED",
        ("FAILED", "ABNORMAL", "ERROR", "CREATEFAILED"),
        ("connect.main", "connect.waiting"),
        _read_flaky_status,
    ),
    Question("dms.deleting", "How long is a deleted task still there?", 0, DWELL, ("connect.delete",), _read_deleting),
    Question(
        "dms.deleting_status",
        "What does it say meanwhile?",
        "unchanged",
        ("unchanged", "DELETING", "DELETE", "DELETED"),
        ("connect.delete",),
        _read_deleting_status,
    ),
    Question(
        "dms.wrong_state",
        "What does pausing a paused task do?",
        "ignored",
        ("ignored", "refused"),
        ("connect.pause_again",),
        _read_wrong_state,
    ),
    Question(
        "dms.restart_alias", "Is there a second address for restarting?", "known", ("known", "unknown"), ("connect.alias",), _read_alias
    ),
    Question(
        "dms.default_start", "Does a new task start unless told otherwise?", "at once", ("at once", "later"), _SHOWN, _read_default_start
    ),
    Question(
        "dms.unused_side.create",
        "What is the unused side in the answer to a create call?",
        "{}",
        UNUSED_SIDES,
        _SHOWN,
        _read_unused_in_answer,
    ),
    Question("dms.unused_side.show", "What is the unused side of a task that is shown?", "{}", UNUSED_SIDES, _SHOWN, _read_unused_in_show),
    Question(
        "dms.unused_side.list",
        "What is the unused side of a task in the list?",
        "null",
        UNUSED_SIDES,
        ("connect.listed",),
        _read_unused_in_list,
    ),
    Question("dms.never_shown", "Which fields of a task are never shown?", "", TEXT, _SHOWN, _read_never_shown, also=("sink.main",)),
    Question(
        "dms.extra_fields",
        "Which fields does a task show that no document has?",
        {},
        OBJECT,
        _SHOWN,
        _read_extra_fields,
        also=("sink.main",),
    ),
    Question("dms.list_interval_typo", "Does the list misspell the interval?", False, BOOL, ("connect.listed",), _read_typo),
    Question(
        "dms.topics_order",
        "Do topics keep their order?",
        "as sent",
        ("as sent", "sorted", "reversed"),
        ("connect.backslash",),
        _read_topics_order,
    ),
    Question(
        "dms.connect.newline_echo",
        "What does a newline come back as, in Smart Connect?",
        "\\n",
        ("LF", "\\n", "empty", "as sent"),
        ("connect.main", "connect.backslash"),
        _read_newline,
    ),
    Question(
        "dms.no_delimiter_echo",
        "What does no delimiter come back as?",
        "NULL",
        ("NULL", "empty", "null"),
        ("connect.null",),
        _read_no_delimiter,
    ),
    Question(
        "dms.empty_delimiter_means",
        "What does an empty delimiter mean?",
        "newline",
        ("newline", "none"),
        ("connect.main", "connect.backslash", "connect.null", "connect.waiting"),
        _read_empty_delimiter,
    ),
    Question(
        "dms.empty_file_type",
        "May the file type be empty?",
        "accepted",
        TAKEN,
        ("connect.no_file_type",),
        _make_acceptance_reader("connect.no_file_type", TAKEN),
    ),
    Question(
        "dms.empty_partition_format",
        "May the partition format be empty?",
        "refused",
        TAKEN,
        ("connect.no_format",),
        _make_acceptance_reader("connect.no_format", TAKEN),
    ),
)
