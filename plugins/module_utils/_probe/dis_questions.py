# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about DIS, but for those about replacing a task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .dis_steps import CSV, PARQUET, MainDisTask, read_descriptor
from .question import DWELL, OBJECT, TEXT, CannotTell, ProbeFinding, Question, Taken, build_finding, map_value, measure_stretch
from .talk import Evidence
from .watching import cut_stretches, find_flaky, find_lead

# Fields that have a question of their own.
ASKED = frozenset({"processing_schema", "deliver_size_interval"})
# What DIS adds by itself.
ADDED = frozenset({"retry_duration"})
DEFAULTS = ("consumer_strategy", "destination_file_type", "record_delimiter", "retry_duration")


def _find_shown(taken: Taken) -> tuple[MainDisTask, Mapping[str, Any], Evidence]:
    main: MainDisTask = taken["dis.main"]
    if main.shown is None:
        raise CannotTell("the task was not seen")
    return main, read_descriptor(main.shown), main.shown


def _make_member_reader(name: str) -> Any:
    def read(taken: Taken) -> ProbeFinding:
        listed: Evidence = taken["dis.list"]
        return build_finding("present" if isinstance(listed.answer, Mapping) and name in listed.answer else "absent", listed)

    return read


def _read_list_task_id(taken: Taken) -> ProbeFinding:
    listed, main = taken["dis.listed"], taken["dis.main"]
    row = next((row for row in listed.read_rows("tasks") if row.get("task_name") == main.task.name), None)
    if row is None:
        raise CannotTell("the task is not in the list", listed)
    return build_finding("present" if "task_id" in row else "absent", listed)


def _read_list_order(taken: Taken) -> ProbeFinding:
    main, second, third = taken["dis.main"], taken["dis.second"], taken["dis.third"]
    if third["shown"] is None:
        raise CannotTell("a task to compare with was refused", third["created"])

    def is_main_first(other: Mapping[str, Any]) -> bool:
        names = [row.get("task_name") for row in other["listed"].read_rows("tasks")]
        if main.task.name not in names or other["task"].name not in names:
            raise CannotTell("the list does not show both tasks", other["listed"])
        return names.index(main.task.name) < names.index(other["task"].name)

    # the names end with a, m and z; m was made first
    orders = {(False, True): "name", (True, True): "created", (False, False): "newest"}
    return map_value((is_main_first(second), is_main_first(third)), orders, second["listed"], third["listed"])


def _read_undocumented(taken: Taken) -> ProbeFinding:
    _main, _description, shown = _find_shown(taken)
    answer = shown.answer
    return build_finding("present" if any(name in answer for name in ("task_id", "stream_id", "exception_strategy")) else "absent", shown)


def _read_partition_keys(taken: Taken) -> ProbeFinding:
    _main, _description, shown = _find_shown(taken)
    for row in shown.read_rows("partitions"):
        for name in ("partitionId", "partition_id"):
            if name in row:
                return build_finding(name, shown)
    raise CannotTell("the task shows no partition", shown)


def _read_no_offset_yet(taken: Taken) -> ProbeFinding:
    main = taken["dis.main"]
    shown = next(look.evidence for look in main.birth if look.state is not None)
    offsets = [str(row.get("last_transfer_offset")) for row in shown.read_rows("partitions")]
    if "-1" in offsets:
        return build_finding("-1", shown)
    if "0" in offsets:
        return build_finding("0", shown)
    raise CannotTell("no partition of the stream is empty", shown)


def _read_create_time(taken: Taken) -> ProbeFinding:
    shown = [taken["dis.main"].shown, taken["dis.second"]["shown"]]
    times = [task.read_member("create_time") for task in shown]
    if not all(isinstance(time, int) for time in times):
        raise CannotTell("a task shows no time of its creation", *shown)
    return build_finding("ms" if any(time % 1000 for time in times) else "s", *shown)


# how long


def _read_create_lag(taken: Taken) -> ProbeFinding:
    main = taken["dis.main"]
    return measure_stretch(find_lead(cut_stretches(main.birth), (None,)), main.created)


def _read_create_dwell(taken: Taken) -> ProbeFinding:
    parts = [part for part in cut_stretches(taken["dis.main"].birth) if part.state is not None]
    return measure_stretch(find_lead(parts, ("STARTING",)), taken["dis.main"].birth[-1].evidence)


def _read_flaky_start(taken: Taken) -> ProbeFinding:
    birth = taken["dis.main"].birth
    return measure_stretch(find_flaky(cut_stretches(birth)), birth[-1].evidence)


def _read_flaky_state(taken: Taken) -> ProbeFinding:
    part = find_flaky(cut_stretches(taken["dis.main"].birth))
    if not part.looks:
        raise CannotTell("no start went wrong")
    return build_finding(part.state, part.evidence)


def _read_start_dwell(taken: Taken) -> ProbeFinding:
    return measure_stretch(find_lead(cut_stretches(taken["dis.start"]), ("STARTING", "PAUSED")), taken["dis.start"][-1].evidence)


def _read_stop_dwell(taken: Taken) -> ProbeFinding:
    return measure_stretch(find_lead(cut_stretches(taken["dis.stop"]), ("RUNNING",)), taken["dis.stop"][-1].evidence)


def _read_delete_dwell(taken: Taken) -> ProbeFinding:
    looks = taken["dis.delete"]
    return measure_stretch(
        find_lead(cut_stretches(looks, ["gone" if look.state is None else "there" for look in looks]), ("there",)), looks[-1].evidence
    )


# starting and stopping


def _read_without_effect(taken: Taken) -> ProbeFinding:
    answer = taken["dis.start_running"]
    also = taken.get("dis.stop_paused")
    if also is not None and also.accepted != answer.accepted:
        raise CannotTell("starting a running task and stopping a stopped one are answered differently", answer, also)
    return build_finding("accepted" if answer.accepted else "refused", answer)


def _read_unknown_ids(taken: Taken) -> ProbeFinding:
    answer, looks = taken["dis.mixed"]["answer"], taken["dis.mixed"]["looks"]
    began = looks[-1].state != "PAUSED"
    words = {(False, False): "refused_whole", (False, True): "rest_done_and_refused", (True, True): "rest_done"}
    return map_value((answer.accepted, began), words, answer, looks[-1].evidence)


# echo


def _read_never_shown(taken: Taken) -> ProbeFinding:
    main, description, shown = _find_shown(taken)
    absent = [name for name in main.settings if name not in description and name not in ASKED]
    return build_finding(",".join(sorted(absent)), shown)


def _read_extra_fields(taken: Taken) -> ProbeFinding:
    main, description, shown = _find_shown(taken)
    return build_finding({name: value for name, value in description.items() if name not in main.settings and name not in ADDED}, shown)


def _make_echo_reader(name: str) -> Any:
    def read(taken: Taken) -> ProbeFinding:
        main, description, shown = _find_shown(taken)
        if name not in main.settings:
            raise CannotTell("DIS does not take the field from this task", shown)
        return build_finding("yes" if name in description else "no", shown)

    return read


def _read_integers(taken: Taken) -> ProbeFinding:
    _main, description, shown = _find_shown(taken)
    for name in ("deliver_time_interval", "deliver_size_interval"):
        if name in description:
            return map_value(isinstance(description[name], str), {True: "texts", False: "numbers"}, shown)
    raise CannotTell("no number is shown", shown)


def _read_file_type(taken: Taken) -> ProbeFinding:
    main, description, shown = _find_shown(taken)
    if main.settings["destination_file_type"] != "TEXT":
        raise CannotTell("DIS takes no file type in capitals", shown)
    if "destination_file_type" not in description:
        raise CannotTell("the file type is not shown", shown)
    return map_value(description["destination_file_type"], {"TEXT": "as_sent", "text": "lower"}, shown)


def _read_defaults(taken: Taken) -> ProbeFinding:
    second = taken["dis.second"]["shown"]
    _main, usual, _shown_main = _find_shown(taken)
    description = read_descriptor(second)
    if any(name in description for name in DEFAULTS):
        return build_finding("filled", second)
    if not any(name in usual for name in DEFAULTS):
        raise CannotTell("those fields are never shown", second)
    return build_finding("omitted", second)


def _read_empty_text(taken: Taken) -> ProbeFinding:
    second = taken["dis.second"]["shown"]
    _main, usual, _shown_main = _find_shown(taken)
    names = [name for name in ("file_prefix", "partition_format") if name in usual]
    if not names:
        raise CannotTell("those fields are never shown", second)
    return build_finding("kept" if any(read_descriptor(second).get(name) == "" for name in names) else "omitted", second)


def _read_delimiter(taken: Taken, shown: Evidence, words: Mapping[Any, str]) -> ProbeFinding:
    _main, usual, _shown_main = _find_shown(taken)
    if "record_delimiter" not in usual:
        raise CannotTell("the delimiter is never shown", shown)
    description = read_descriptor(shown)
    if "record_delimiter" not in description:
        return build_finding("omitted", shown)
    return map_value(description["record_delimiter"], words, shown)


def _read_empty_delimiter(taken: Taken) -> ProbeFinding:
    third = taken["dis.third"]
    if third["shown"] is None:
        raise CannotTell("DIS refuses an empty delimiter", third["created"])
    return _read_delimiter(taken, third["shown"], {"\n": "newline", "": "empty"})


def _read_null_delimiter(taken: Taken) -> ProbeFinding:
    for step in ("dis.NULL", "dis.null"):
        shown = taken[step]["shown"]
        if shown is not None:
            return _read_delimiter(taken, shown, {"NULL": "NULL", "": "empty", None: "null"})
    raise CannotTell("DIS takes neither spelling", taken["dis.NULL"]["created"], taken["dis.null"]["created"])


def _read_null_acceptance(taken: Taken) -> ProbeFinding:
    capitals, small = taken["dis.NULL"]["created"], taken["dis.null"]["created"]
    words = {(True, True): "any", (True, False): "NULL", (False, True): "null", (False, False): "none"}
    return map_value((capitals.accepted, small.accepted), words, capitals, small)


# refusals


def _read_error_shape(taken: Taken) -> ProbeFinding:
    missing = taken["dis.missing"]
    for name in ("errorCode", "error_code"):
        if missing.read_member(name) is not None:
            return build_finding(name, missing)
    raise CannotTell("the refusal has another shape", missing)


def _read_missing_status(taken: Taken) -> ProbeFinding:
    return build_finding(taken["dis.missing"].status, taken["dis.missing"])


def _read_missing_code(taken: Taken) -> ProbeFinding:
    return build_finding(taken["dis.missing"].code, taken["dis.missing"])


def _read_aksk_faults(taken: Taken) -> ProbeFinding:
    answer = taken["dis.anonymous"]
    return map_value(
        "dis" if answer.code.startswith("DIS.") else "apigw" if answer.code.startswith("API") else "",
        {"dis": "dis", "apigw": "apigw"},
        answer,
    )


def _read_file_type_sources(taken: Taken) -> ProbeFinding:
    variants = taken["dis.file_types"]
    evidence = [variant["created"] for variant in variants.values()]
    parquet = variants[PARQUET]["shown"] is not None
    if CSV in variants:
        csv = variants[CSV]["shown"] is not None
        return map_value((parquet, csv), {(True, True): "any", (True, False): "guide", (False, False): "json"}, *evidence)
    if parquet:
        return build_finding("any", *evidence)
    raise CannotTell("it is json or guide; only a CSV stream tells which", *evidence)


def _read_parquet_prefix(taken: Taken) -> ProbeFinding:
    variants = taken["dis.long_prefix"]
    if variants["long"]["shown"] is not None:
        return build_finding("100", variants["long"]["created"])
    if variants["short"]["shown"] is None:
        raise CannotTell("the stream cannot be dumped to parquet; a JSON stream can", variants["short"]["created"])
    return build_finding("50", variants["long"]["created"], variants["short"]["created"])


def _read_mandatory(taken: Taken) -> ProbeFinding:
    return build_finding("all" if taken["dis.second"]["mandatory"] else "few", taken["dis.second"]["demanded"])


PRESENCE = ("absent", "present")
_SHOWN = ("dis.main",)
QUESTIONS = (
    Question(
        "gateway.aksk_faults_of_dis",
        "Who refuses a request without credentials: the gateway, or DIS?",
        "apigw",
        ("apigw", "dis"),
        ("dis.anonymous",),
        _read_aksk_faults,
    ),
    Question(
        "dis.error_shape", "How are refusals of DIS written?", "errorCode", ("errorCode", "error_code"), ("dis.missing",), _read_error_shape
    ),
    Question(
        "dis.missing_status", "Which HTTP status has what does not exist in DIS?", 400, (400, 404), ("dis.missing",), _read_missing_status
    ),
    Question(
        "dis.missing_task_code",
        "Which code has a transfer task that does not exist?",
        "DIS.4354",
        ("DIS.4354", "DIS.4301"),
        ("dis.missing",),
        _read_missing_code,
        {"DIS.4301": "A missing task looks like a missing stream when it is shown; the modules look into the list for this reason."},
    ),
    Question(
        "dis.list_has_more_tasks",
        "Does the list say whether there are more tasks?",
        "absent",
        PRESENCE,
        ("dis.list",),
        _make_member_reader("has_more_tasks"),
    ),
    Question(
        "dis.list_quota",
        "Does the list say how many tasks a stream may have?",
        "absent",
        PRESENCE,
        ("dis.list",),
        _make_member_reader("quota"),
        {"present": "Reports show how much room a stream has."},
    ),
    Question("dis.list_task_id", "Does the list show the IDs of tasks?", "present", PRESENCE, ("dis.listed",), _read_list_task_id),
    Question(
        "dis.list_order",
        "In which order does DIS list tasks?",
        "name",
        ("name", "created", "newest"),
        ("dis.second", "dis.third"),
        _read_list_order,
    ),
    Question("dis.show_undocumented", "Does a task show its ID?", "present", ("present", "absent"), _SHOWN, _read_undocumented),
    Question(
        "dis.partition_keys",
        "What are the members of a partition called?",
        "partitionId",
        ("partitionId", "partition_id"),
        _SHOWN,
        _read_partition_keys,
    ),
    Question(
        "dis.no_offset_yet", "Which offset has a partition from which nothing was taken?", "0", ("0", "-1"), _SHOWN, _read_no_offset_yet
    ),
    Question("dis.create_time_resolution", "How fine are the times of creation?", "ms", ("ms", "s"), ("dis.second",), _read_create_time),
    Question("dis.create_lag", "How long is a new task invisible?", 0, DWELL, _SHOWN, _read_create_lag),
    Question("dis.create_dwell", "How long is a new task STARTING?", 0, DWELL, _SHOWN, _read_create_dwell),
    Question("dis.flaky_start", "How long does a new task say that it has failed, before it runs?", 0, DWELL, _SHOWN, _read_flaky_start),
    Question("dis.flaky_state", "Which word does it have for that?", "ABNORMAL", ("ABNORMAL", "ERROR"), _SHOWN, _read_flaky_state),
    Question("dis.start_dwell", "How long is a started task STARTING?", 0, DWELL, ("dis.start",), _read_start_dwell),
    Question("dis.stop_dwell", "How long does a stopped task still show its old state?", 0, DWELL, ("dis.stop",), _read_stop_dwell),
    Question("dis.delete_dwell", "How long is a deleted task still there?", 0, DWELL, ("dis.delete",), _read_delete_dwell),
    Question(
        "dis.action_without_effect",
        "May a running task be started, and a stopped one be stopped?",
        "accepted",
        ("accepted", "refused"),
        ("dis.start_running", "dis.stop_paused"),
        _read_without_effect,
    ),
    Question(
        "dis.action_with_unknown_ids",
        "What does starting several tasks do when one of them does not exist?",
        "refused_whole",
        ("refused_whole", "rest_done_and_refused", "rest_done"),
        ("dis.mixed",),
        _read_unknown_ids,
    ),
    Question("dis.never_shown", "Which fields of a task are never shown?", "", TEXT, _SHOWN, _read_never_shown),
    Question("dis.extra_fields", "Which fields does a task show that nobody has set?", {}, OBJECT, _SHOWN, _read_extra_fields),
    Question(
        "dis.echo_processing_schema",
        "Is processing_schema shown?",
        "yes",
        ("yes", "no"),
        _SHOWN,
        _make_echo_reader("processing_schema"),
        {"no": "The modules cannot see whether it is as declared, and say so in unproven_fields."},
    ),
    Question(
        "dis.echo_deliver_size_interval",
        "Is deliver_size_interval shown?",
        "yes",
        ("yes", "no"),
        _SHOWN,
        _make_echo_reader("deliver_size_interval"),
        {"no": "The modules cannot see whether it is as declared, and say so in unproven_fields."},
    ),
    Question("dis.echo_integers", "Do numbers come back as numbers?", "numbers", ("numbers", "texts"), _SHOWN, _read_integers),
    Question(
        "dis.echo_file_type", "Do file types come back as they were written?", "as_sent", ("as_sent", "lower"), _SHOWN, _read_file_type
    ),
    Question("dis.echo_defaults", "Are fields shown that were not sent?", "filled", ("filled", "omitted"), ("dis.second",), _read_defaults),
    Question("dis.echo_empty_text", "Are empty texts shown?", "kept", ("kept", "omitted"), ("dis.second",), _read_empty_text),
    Question(
        "dis.echo_empty_delimiter",
        "What does an empty record delimiter come back as?",
        "newline",
        ("newline", "empty", "omitted"),
        ("dis.main", "dis.third"),
        _read_empty_delimiter,
    ),
    Question(
        "dis.echo_null_delimiter",
        "What does no record delimiter come back as?",
        "NULL",
        ("NULL", "empty", "null", "omitted"),
        ("dis.main", "dis.NULL", "dis.null"),
        _read_null_delimiter,
    ),
    Question(
        "dis.accept_null_delimiter",
        "How is no record delimiter written?",
        "any",
        ("any", "NULL", "null", "none"),
        ("dis.NULL", "dis.null"),
        _read_null_acceptance,
    ),
    Question(
        "dis.file_type_sources",
        "Which streams can be dumped to other files than text?",
        "json",
        ("json", "guide", "any"),
        ("dis.file_types",),
        _read_file_type_sources,
    ),
    Question(
        "dis.parquet_file_prefix",
        "How long may the prefix of parquet files be?",
        "100",
        ("100", "50"),
        ("dis.long_prefix",),
        _read_parquet_prefix,
    ),
    Question(
        "dis.mandatory_fields",
        "Does a task need an agency, an interval and a type?",
        "few",
        ("few", "all"),
        ("dis.second",),
        _read_mandatory,
    ),
)
