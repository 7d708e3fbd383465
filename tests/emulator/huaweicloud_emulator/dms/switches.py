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
        ("honoured", "partly", "ignored", "refused", "unknown"),
        "Modify exists in SDKs since 2025 while the user guides say tasks cannot be changed. Partly: only the interval, the delimiter and "
        "store_keys change, the rest is passed over silently. Unknown: there is no such address.",
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
        ("numbers", "texts"),
        "Offsets of a group: partition and current offset are texts on the vendor's page and numbers in the SDK.",
    ),
    "dms.group_topic": Switch(
        "mandatory",
        ("mandatory", "optional"),
        "The topic parameter of the group's offsets: mandatory on newer pages, optional on older ones.",
    ),
}
