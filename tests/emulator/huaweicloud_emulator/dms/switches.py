# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What nobody can tell about DMS for Kafka from outside, switchable either way."""

from __future__ import annotations

from ..switches import NO_FAILED_TASK, Switch

UNUSED_SIDE = ("{}", "null", "missing")
ACCEPTED_OR_REFUSED = ("accepted", "refused")
SMART_CONNECT_STAYS = "switches Smart Connect on or off, which costs money and stops every task of the instance"

SWITCHES = {
    # the store
    "dms.store": Switch(
        "one",
        ("one", "two"),
        "Both task APIs share IAM actions, quotas and OBS fields, so they probably show one store; no source proves it. With two, each API "
        "sees only the tasks it made.",
    ),
    "dms.duplicate_names": Switch(
        "allowed",
        ("allowed", "refused"),
        "The console wants unique task names; neither API page mentions it and no error code for it is published.",
    ),
    "dms.task_name_rule": Switch(
        "console",
        ("console", "any"),
        "4 to 64 letters, digits, - and _ is a rule of the console; the API pages state none.",
    ),
    "dms.bucket_check": Switch(
        "refused",
        ("refused", "ignored"),
        "The bucket must exist in the instance's region according to the user guide; what the API does otherwise is not documented.",
    ),
    "dms.account": Switch(
        "in order",
        ("in order", "restricted", "balance too low", "order pending"),
        "Whether the account can order Smart Connect: enabling it may be refused with DMS.00500986, DMS.00500987 or DMS.00400107, which "
        "Open Telekom Cloud publishes; nobody has seen when.",
        unobservable_why="switches Smart Connect on, which costs money; and a matter of the account, no trait of the service",
    ),
    "dms.granted_eps": Switch(
        "",
        "text",
        "Enterprise projects that the callers' rights are limited to, separated by commas; empty: no limit. Instances of others answer 403 "
        "DMS.00403003.",
        unobservable_why="the caller's own rights, no trait of the service",
    ),
    "dms.outside_granted_eps": Switch(
        "refused",
        ("refused", "empty", "filtered"),
        "What a list of instances says that asks for no enterprise project, or one that is not granted: 403 DMS.00403003 or nothing; "
        "filtered: the granted ones when it asks for none. enterprise_project_id=all_granted_eps always works.",
        unobservable_why="needs a user whose rights end at an enterprise project",
    ),
    "dms.create_time_resolution": Switch(
        "ms", ("ms", "s"), "create_time is in milliseconds; whether two tasks of one second differ in it is not said."
    ),
    "dms.unknown_url_code": Switch(
        "DMS.00404001",
        ("DMS.00404001", "DMS.10240406", "APIGW.0101"),
        "The code for an address that the service does not know: the two lists of codes differ, and the gateway may answer first.",
    ),
    "dms.create_outcome": Switch(
        "healthy",
        ("healthy", "ABNORMAL", "FAILED", "ERROR", "CREATEFAILED"),
        "No source names the status of a failed task, though a metric for abnormal tasks exists. Anything but healthy is the status a new "
        "task ends in.",
        unobservable_why="an accident and no trait: a task that fails is seen, why it does is not",
    ),
    "dms.numbers_as_strings": Switch(
        "refused",
        ACCEPTED_OR_REFUSED,
        'Whether a number may be sent as a text ("300"). Only node_cnt is known to take both.',
    ),
    "dms.echo_numbers": Switch(
        "numbers",
        ("numbers", "texts"),
        "Task settings come back as numbers in all examples; sink partitions come back as texts, so a client should cope with either.",
    ),
    "dms.limit_out_of_range": Switch(
        "refused",
        ("refused", "clamped"),
        "The pages give 1 to 50 for limit and do not say what happens outside.",
    ),
    "dms.topics_limit": Switch(
        "200",
        ("200", "50"),
        "Topics page: the current SDK says at most 200, 50 by default; Open Telekom Cloud says at most 50, 10 by default.",
    ),
    # how long a status lasts
    "dms.sink.creating": Switch(0, "dwell", "How long a new dumping task stays CREATING; Terraform waits for it, at an unknown length."),
    "dms.connect.creating": Switch(0, "dwell", "How long a new Smart Connect task stays CREATING, a status that only Terraform knows."),
    "dms.connect.starting": Switch(0, "dwell", "How long a WAITING task still says so after it was started."),
    "dms.connect.pausing": Switch(0, "dwell", "How long a task still says RUNNING after it was paused."),
    "dms.connect.resuming": Switch(0, "dwell", "How long a task still says PAUSED after it was resumed."),
    "dms.connect.restarting": Switch(0, "dwell", "How long a restarted task says RESTARTING."),
    "dms.connect.changing": Switch(
        0,
        "dwell",
        "How long a modified task shows its old settings, in list and show alike; nobody has published what happens after a modify.",
    ),
    "dms.connect.changing_status": Switch(
        "RESTARTING",
        ("RESTARTING", "unchanged"),
        "What a running (or woken) task says while dms.connect.changing lasts; the user guide speaks of a restart.",
    ),
    "dms.flaky_start": Switch(
        0,
        "dwell",
        "How long a task of either API says dms.flaky_status, when it was created or started, before it is RUNNING; a worker that comes up "
        "late may look like that.",
    ),
    "dms.flaky_status": Switch(
        "FAILED", ("FAILED", "ABNORMAL", "ERROR", "CREATEFAILED"), "The status of a flaky start; no word for failure is documented."
    ),
    "dms.deleting_status": Switch(
        "unchanged",
        ("unchanged", "DELETING", "DELETE", "DELETED"),
        "What a deleted task says while dms.deleting lasts. The words are not documented; with one of them, changing it answers "
        "DMS.00404026.",
    ),
    "dms.deleting": Switch(0, "dwell", "How long a deleted task is still listed; the user guide hints at some time."),
    "dms.connector.extending": Switch(
        1,
        "dwell",
        "How long enabling Smart Connect keeps the instance EXTENDING; minutes in reality.",
        unobservable_why=SMART_CONNECT_STAYS,
    ),
    "dms.connector.deleting": Switch(
        1, "dwell", "How long disabling Smart Connect keeps the instance CONNECTOR_DELETING.", unobservable_why=SMART_CONNECT_STAYS
    ),
    # Smart Connect on and off
    "dms.connector.enable_outcome": Switch(
        "RUNNING",
        ("RUNNING", "EXTENDEDFAILED", "ERROR"),
        "The status that the instance ends in when Smart Connect has been enabled; the two others are in the published table of statuses.",
        unobservable_why=SMART_CONNECT_STAYS,
    ),
    "dms.connector.empty_body": Switch(
        "refused",
        ACCEPTED_OR_REFUSED,
        "Disabling is documented without a body, yet an Open Telekom Cloud client notes that an empty one is refused.",
        unobservable_why=SMART_CONNECT_STAYS,
    ),
    "dms.connector.disable_with_tasks": Switch(
        "refused",
        ("refused", "refused as busy", "accepted"),
        "The user guide wants all tasks deleted first; whether the API enforces it, and with which code, is unknown. Accepted: the tasks "
        "go too.",
        unobservable_why=SMART_CONNECT_STAYS,
    ),
    "dms.connector.sold_out": Switch(
        False,
        "bool",
        "No room for Smart Connect: soldOut is true and enabling answers DMS.00400055.",
        unobservable_why="the region's stock at that moment, no trait of the service",
    ),
    "dms.connector.validate": Switch(
        "reachable",
        ("reachable", "unreachable"),
        "What the connectivity test finds. The code of a failure is not published.",
        unobservable_why="tells of the network between the instance and its peer, not of the service",
    ),
    "dms.tasks_while_busy": Switch(
        "refused",
        ACCEPTED_OR_REFUSED,
        "Whether task writes are refused with DMS.00400026 while the instance is not RUNNING; known only for enabling and disabling.",
        unobservable_why="needs an instance that is being changed",
    ),
    # task actions
    "dms.wrong_state": Switch(
        "ignored",
        ("ignored", "refused"),
        "Pausing a paused task, resuming a running one: 204 without effect, or 400 DMS.00400026. Undocumented.",
    ),
    "dms.connect.pause_failed": Switch(
        "pauses",
        ("pauses", "wrong state"),
        "Whether a failed task can be paused, to be resumed afterwards; no page says so. Wrong state: as dms.wrong_state has it.",
        unobservable_why=NO_FAILED_TASK,
    ),
    "dms.restart_alias": Switch(
        "known",
        ("known", "unknown"),
        "Newer SDKs have a second restart address, without /kafka/; no page describes it.",
    ),
    "dms.default_start": Switch(
        "at once",
        ("at once", "later"),
        "What an absent start_later means. The console starts at once; for the API nobody has shown it.",
    ),
    # modify
    "dms.modify": Switch(
        "honoured",
        ("honoured", "partly", "ignored", "refused", "unknown", "not allowed"),
        "Modify exists in SDKs since 2025 while the user guides say tasks cannot be changed. Partly: only the interval, the delimiter and "
        "store_keys change, the rest is passed over silently. Unknown: there is no such address (404, dms.unknown_url_code). Not allowed: "
        "405 DMS.00405001.",
    ),
    "dms.modify_while_running": Switch(
        "allowed",
        ("allowed", "refused"),
        "Whether a running task can be modified; refused is 400 DMS.00400026. No source says so.",
    ),
    "dms.modify_rolled_back": Switch(
        0,
        "dwell",
        "A change may be accepted and fail afterwards (the user guide warns of failing restarts): the new settings are shown for so long, "
        "then the old ones come back; 0: they stay.",
    ),
    "dms.modify_wakes": Switch(
        False, "bool", "Whether modify starts a PAUSED or WAITING task; the user guide mentions a restart after a change."
    ),
    "dms.modify_answer": Switch(
        "as shown",
        ("as shown", "as asked"),
        "The settings in the answer to modify while show still has the old ones.",
    ),
    "dms.modify_status": Switch(200, (200, 202, 204), "The HTTP status of a successful modify is not documented; 204 has no body."),
    "dms.modify_omitted": Switch(
        "kept",
        ("kept", "reset"),
        "Whether modify keeps what the body leaves out or sets it back to its default.",
    ),
    "dms.modify_secrets": Switch(
        "accepted",
        ("accepted", "ignored", "refused"),
        "The body of modify is typed as the answer entity, which has no secrets; whether it takes them is unknown.",
        unobservable_why="accepted and ignored look alike until a delivery fails with the key that was replaced",
    ),
    # echo
    "dms.unused_side.create": Switch("{}", UNUSED_SIDE, "The side that a task does not use, in the answer to create and modify."),
    "dms.unused_side.show": Switch("{}", UNUSED_SIDE, "The unused side in show: Terraform's plans stay empty only with {}."),
    "dms.unused_side.list": Switch("null", UNUSED_SIDE, "The unused side in the list: the vendor's example has null."),
    "dms.never_shown": Switch(
        "",
        "text",
        "Fields that are accepted and that no answer about a task shows, in either API; their names separated by commas, e.g. "
        "agency_name,store_keys. What is shown differs between the editions of the pages.",
    ),
    "dms.extra_fields": Switch(
        {},
        "object",
        'Members that answers show beside, or instead of, what was set: {"task": {…}, "sink_task": {…}, "source_task": {…}, '
        '"obs_destination_descriptor": {…}}. Answers hold keys that no page has.',
    ),
    "dms.list_interval_typo": Switch(
        False, "bool", "The vendor's list example says deliver_time_interva, without the l; a live GET had the full name."
    ),
    "dms.topics_order": Switch(
        "as sent",
        ("as sent", "sorted", "reversed"),
        "Topics are one comma-separated text; Terraform compares them as a set, so the order may not be kept.",
    ),
    "dms.sink.nested_topics": Switch(
        True,
        "bool",
        "The descriptor of a dumping task repeats the topics: undocumented, but Terraform reads only those.",
    ),
    "dms.sink.nested_unset": Switch(
        "omitted",
        ("omitted", "empty"),
        "Whether the one of topics and topics_regex that is not set is left out of the descriptor or is an empty text.",
    ),
    "dms.sink.regex_in_topics": Switch(
        True,
        "bool",
        "The top-level topics of a dumping task also holds a regular expression. Off: it is empty for a regex task.",
    ),
    "dms.sink.descriptor_extras": Switch(
        False, "bool", "The 2021 page also shows flush_size and Kafka Connect classes in the descriptor; later pages do not."
    ),
    # record delimiter
    "dms.sink.newline_echo": Switch(
        "LF",
        ("LF", "\\n", "empty", "as sent"),
        'Newline as record_delimiter: the 2021 example has one LF character, the later pages "" (probably a lost escape).',
    ),
    "dms.connect.newline_echo": Switch(
        "\\n",
        ("LF", "\\n", "empty", "as sent"),
        "Newline as record_delimiter: all Smart Connect examples have two characters, a backslash and an n.",
    ),
    "dms.empty_delimiter_means": Switch(
        "newline",
        ("newline", "none"),
        'Terraform lists "" as the value for no delimiter; in the vendor\'s examples of dumping tasks "" stands for the newline.',
    ),
    "dms.no_delimiter_echo": Switch(
        "NULL",
        ("NULL", "empty", "null"),
        'How "no delimiter" comes back: the pages name the value NULL without saying how it looks in JSON.',
    ),
    # what sink tasks accept
    "dms.sink.obs_path_rule": Switch(
        "64", ("64", "50"), "obs_path: 64 characters with hyphens on the 2024 page, 50 without on the 2021 page."
    ),
    "dms.empty_file_type": Switch(
        "accepted",
        ACCEPTED_OR_REFUSED,
        'destination_file_type is mandatory on the page, yet Terraform posts "" when it is not given.',
    ),
    "dms.empty_partition_format": Switch(
        "refused",
        ACCEPTED_OR_REFUSED,
        "partition_format: mandatory with five values since 2024; optional, with N/A for none, before.",
    ),
    # consumer groups
    "dms.group_name": Switch(
        "connect-name",
        ("connect-name", "connect-id", "none"),
        "The consumer group of an OBS task: Kafka Connect would call it connect-<connector name>; what the connector is called is unknown.",
    ),
    "dms.group_offsets": Switch(
        "numbers",
        ("numbers", "texts", "all texts"),
        "Offsets of a group: partition and current offset are texts on the vendor's page and numbers in the SDK. All texts: the lag too, "
        "and in both views.",
    ),
    "dms.no_offset_yet": Switch(
        "0",
        ("0", "-1", "-1 and the whole lag"),
        "A partition from which nothing was consumed: Kafka's own tools have -1 for its offset and for its lag. For sink tasks and groups.",
    ),
    "dms.group_missing": Switch(
        "404",
        ("404", "DMS.111400864"),
        "A group that is not there: 404 without a published code, or 400 DMS.111400864 as on Open Telekom Cloud.",
    ),
    "dms.group_topic": Switch(
        "mandatory",
        ("mandatory", "optional"),
        "The topic parameter of the group's offsets: mandatory on newer pages, optional on older ones.",
    ),
}
