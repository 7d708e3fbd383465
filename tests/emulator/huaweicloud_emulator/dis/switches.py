# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A switch for each point on which the sources about DIS say nothing or contradict each other.

The numbers that begin the reasons are sections of the contract for DIS.
"""

from __future__ import annotations

from ..switches import NO_FAILED_TASK, Switch

STREAM_OF_ITS_OWN = "needs a stream of its own to be made or deleted, which costs money and quota"

SWITCHES = {
    # replacing a task
    "dis.put": Switch(
        "honoured",
        ("honoured", "ignored", "unknown", "not_allowed", "refused"),
        "2.6: only old Java code and two recent pages know a replacing PUT. ignored: success and nothing changes; unknown: 404 APIGW.0101; "
        "not_allowed: 405; refused: 400 DIS.4300",
    ),
    "dis.put_status": Switch(200, (200, 204), "2.6: the success code of PUT is in no stored text; 200 is assumed"),
    "dis.put_dwell": Switch(
        0,
        "dwell",
        "2.6: how long a replaced task still shows its old settings, in list and show alike; nobody has seen the task after a PUT",
    ),
    "dis.put_state": Switch(
        "STARTING",
        ("STARTING", "unchanged"),
        "2.6, 5: what a replaced task says while dis.put_dwell lasts; STARTING is the only clearly transitional state, and a running (or "
        "woken) task would have to be set up anew",
    ),
    "dis.put_rolled_back": Switch(
        0,
        "dwell",
        "2.6: a replacement may be accepted and fail afterwards: the new settings are shown for so long, then the old ones come back; "
        "0: they stay",
    ),
    "dis.put_wakes": Switch(False, "bool", "2.6: a replaced task may be started, though it was PAUSED; no source says so or denies it"),
    "dis.put_while_running": Switch(
        "allowed", ("allowed", "refused"), "2.6: no source says whether a RUNNING task may be replaced; refused is 400 DIS.4200"
    ),
    "dis.put_consumer_strategy": Switch(
        "refused",
        ("refused", "ignored"),
        "2.6: on modification the strategy must equal the one given at creation; whether another one is refused (400 DIS.4200) "
        "or passed over is unknown",
    ),
    "dis.put_destination_type": Switch(
        "refused",
        ("refused", "allowed"),
        "2.6: no source says whether PUT may change the destination type",
        unobservable_why="needs a destination of another kind, which a task would really write to",
    ),
    "dis.put_ignores": Switch(
        "",
        "text",
        "2.6: PUT may pass over single fields without a word; their names separated by commas, e.g. file_prefix,partition_format",
    ),
    # states
    "dis.new_task_state": Switch(
        "RUNNING",
        ("RUNNING", "ABNORMAL", "ERROR"),
        "5: how a new task ends up; a task may be accepted and fail afterwards, which its dump log then shows",
        unobservable_why="an accident and no trait: a task that fails is seen, why it does is not",
    ),
    "dis.create_dwell": Switch(0, "dwell", "5: how long a new task is STARTING; in the one recorded run the first GET was already good"),
    "dis.create_lag": Switch(
        0, "dwell", "2.1: create answers without a body, so the id must be looked up; how soon a look-up sees the new task is not said"
    ),
    "dis.start_dwell": Switch(0, "dwell", "5: how long a started task is STARTING; the recorded run saw RUNNING on the next GET"),
    "dis.stop_dwell": Switch(
        0, "dwell", "5: how long a stopped task still shows its old state; the recorded run saw PAUSED on the next GET"
    ),
    "dis.delete_dwell": Switch(
        0, "dwell", "5: how long a deleted task is still there as DELETE; the recorded run got an error on the next GET"
    ),
    "dis.flaky_start": Switch(
        0,
        "dwell",
        "5: how long a task that was created or started says dis.flaky_state before it is RUNNING; ABNORMAL may recover by itself",
    ),
    "dis.flaky_state": Switch("ABNORMAL", ("ABNORMAL", "ERROR"), "5: the bad state of a flaky start"),
    "dis.start_on_abnormal": Switch(
        "works", ("works", "fails_again"), "5: whether start helps an ABNORMAL or ERROR task is not said", unobservable_why=NO_FAILED_TASK
    ),
    "dis.action_without_effect": Switch(
        "accepted", ("accepted", "refused"), "2.5: start on a RUNNING and stop on a PAUSED task: accepted without effect, or 400 DIS.4200"
    ),
    "dis.action_with_unknown_ids": Switch(
        "refused_whole",
        ("refused_whole", "rest_done_and_refused", "rest_done"),
        "2.5: good and bad ids in one start or stop: DIS.4354 and nothing done, DIS.4354 with the good ones done, "
        "or 200 with the bad ones passed over",
    ),
    # list
    "dis.list_order": Switch(
        "name", ("name", "created", "newest"), "2.2: the order of the list is not said; start_task_name suggests names"
    ),
    "dis.list_has_more_tasks": Switch("absent", ("absent", "present"), "2.2: has_more_tasks occurs once, in an unused class of an old SDK"),
    "dis.list_quota": Switch("absent", ("absent", "present"), "2.2: quota is in the tables and in no example"),
    "dis.list_task_id": Switch("present", ("present", "absent"), "2.2: task_id is in the examples and not in the tables"),
    "dis.list_limit_over_10": Switch(
        "honoured",
        ("honoured", "clamped", "refused"),
        "2.2: one page says that limit ranges from 1 to 10; what a greater one does is unknown",
        unobservable_why="a stream has at most 5 tasks, so that a longer page looks like a cut one",
    ),
    # echo
    "dis.echo_keys": Switch(
        "misspelt",
        ("misspelt", "clean", "underscored"),
        "4, 6 row 10: …_destination_descripton for CloudTable and DWS in documents and new SDKs, …_description in older code; "
        "one client reads cloud_table_destination_description",
        unobservable_why="needs a CloudTable or DWS cluster",
    ),
    "dis.echo_defaults": Switch(
        "filled", ("filled", "omitted"), "4: whether fields that were not sent come back with the server's default is not fully known"
    ),
    "dis.echo_empty_text": Switch(
        "kept",
        ("kept", "omitted"),
        "6 row 20: examples echo empty texts; one live answer leaves the fields out, but may never have had them",
    ),
    "dis.echo_processing_schema": Switch("yes", ("yes", "no"), "4: not in the Java response class; whether it is echoed is unknown"),
    "dis.echo_deliver_size_interval": Switch(
        "yes", ("yes", "no"), "4: only in the tables of two recent pages; whether it is echoed is unknown"
    ),
    "dis.echo_integers": Switch(
        "numbers",
        ("numbers", "texts"),
        "6 row 21: retry_duration is a string in tables and an integer in examples; integers may come back as text",
    ),
    "dis.echo_file_type": Switch(
        "as_sent", ("as_sent", "lower"), "6 rows 17, 18: the case of file types differs between the texts (Text, text)"
    ),
    "dis.echo_empty_delimiter": Switch(
        "newline", ("newline", "empty", "omitted"), "6 row 13: one example echoes an empty record_delimiter, its older edition a newline"
    ),
    "dis.echo_null_delimiter": Switch(
        "NULL", ("NULL", "empty", "null", "omitted"), "6 row 15: the wire form of the NULL delimiter is unknown"
    ),
    "dis.accept_null_delimiter": Switch(
        "any",
        ("any", "NULL", "null", "none"),
        "6 row 15: which spelling of the NULL delimiter is taken is unknown; none: DIS.4200 for each",
    ),
    "dis.never_shown": Switch(
        "",
        "text",
        "4: fields that are accepted, and that no answer about a task's destination shows; their names separated by commas",
    ),
    "dis.extra_fields": Switch(
        {},
        "object",
        "4: members that the description of every destination shows beside, or instead of, what was set, e.g. "
        '{"compression_format": "", "new_thing": {"a": 1}}; real answers hold keys that no document has',
    ),
    "dis.no_offset_yet": Switch(
        "0",
        ("0", "-1"),
        "4: what last_transfer_offset says of a partition from which the task has taken nothing yet; -1 in Kafka's own tools",
    ),
    "dis.create_time_resolution": Switch("ms", ("ms", "s"), "1: times are in milliseconds; whether they are as fine as that is not said"),
    "dis.echo_password": Switch(
        "omitted",
        ("omitted", "echoed", "masked"),
        "3.6: user_password is listed in the response model; whether it really comes back is unknown (masked: ****)",
        unobservable_why="needs a DWS cluster",
    ),
    "dis.show_undocumented": Switch(
        "present", ("present", "absent"), "4: task_id, stream_id, streamId and exception_strategy are seen live and are not in the tables"
    ),
    "dis.partition_keys": Switch(
        "partitionId",
        ("partitionId", "partition_id"),
        "4, 6 rows 5, 6: partitionId and state in examples and live, partition_id and status in the tables",
    ),
    # errors
    "dis.error_shape": Switch(
        "errorCode", ("errorCode", "error_code"), "7.1: errorCode/message seen live, error_code/error_msg documented"
    ),
    "dis.missing_status": Switch(400, (400, 404), "0, 7.2: what does not exist is HTTP 400; a client must go by the code and not mind 404"),
    "dis.missing_task_code": Switch(
        "DIS.4354",
        ("DIS.4354", "DIS.4301"),
        "7.2: the text of DIS.4354 speaks of deleting and updating only; what showing a missing task says is inferred",
    ),
    # requests
    "dis.file_type_sources": Switch(
        "json",
        ("json", "guide", "any"),
        "3.1: which data types of a stream can be dumped to other files than text; json: JSON for all (API page); guide: csv from JSON, "
        "parquet and carbon from JSON or CSV (console guides); any: no rule",
    ),
    "dis.mrs_file_types": Switch(
        "any",
        ("any", "guide"),
        "3.3: MRS takes text, parquet and carbon by the guides; whether csv is refused (DIS.4200) is not said",
        unobservable_why="needs an MRS cluster",
    ),
    "dis.parquet_file_prefix": Switch(
        "100",
        ("100", "50"),
        "3.1: for parquet, the guide lets file_prefix have 100 characters with ${field} and toDate(...); 50: the rule of all other types",
    ),
    "dis.dws_empty_delimiter": Switch(
        "accepted",
        ("accepted", "refused"),
        "3.6: dws_delimiter must not be empty by the guide, and is empty in the example of the API page",
        unobservable_why="needs a DWS cluster",
    ),
    "dis.mandatory_fields": Switch(
        "few",
        ("few", "all"),
        "6 row 22: agency_name, deliver_time_interval and destination_type are mandatory in SDKs and optional on recent pages",
    ),
    "dis.dws_create_status": Switch(
        201,
        (201, 200),
        "3.6: one client expects 200 for the creation of a DWS task and 201 for OBS",
        unobservable_why="needs a DWS cluster",
    ),
    "dis.unlisted_clusters": Switch(
        "accepted",
        ("accepted", "refused"),
        "the local cloud's own: clusters, databases and keys of a kind of which the seed lists none",
        unobservable_why="a convenience of the local cloud; the real one knows its clusters",
    ),
    "dis.task_quota": Switch(
        5,
        "int",
        "2.1, DIS.4357: transfer tasks a stream may have",
        unobservable_why="only by filling a stream up with tasks, unless the list tells (dis.list_quota)",
    ),
    # streams
    "dis.partition_quota": Switch(
        50,
        "int",
        "8, DIS.4308: partitions that COMMON streams may have together; the vendor raises it on request",
        unobservable_why=STREAM_OF_ITS_OWN,
    ),
    "dis.sequence_upper_bound": Switch(
        "next",
        ("next", "last"),
        "8: whether the upper end of a partition's sequence_number_range is the next record's number or the last one's is not proven",
        unobservable_why="needs a known number of records in a partition, which nothing here writes",
    ),
    "dis.stream_create_dwell": Switch(
        0, "dwell", "8: how long a new stream is CREATING; providers use it at once", unobservable_why=STREAM_OF_ITS_OWN
    ),
    "dis.stream_delete_dwell": Switch(0, "dwell", "8: how long a deleted stream is TERMINATING", unobservable_why=STREAM_OF_ITS_OWN),
    "dis.task_on_creating_stream": Switch(
        "refused",
        ("refused", "allowed"),
        "9: whether a task can be created while its stream is CREATING; DIS.4205 is assumed",
        unobservable_why=STREAM_OF_ITS_OWN,
    ),
    "dis.stream_delete_with_tasks": Switch(
        "cascades", ("cascades", "refused"), "8: what deleting a stream does to its tasks is unknown", unobservable_why=STREAM_OF_ITS_OWN
    ),
}
