# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of a migration: their argument spec, and what follows from them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Callable

from .._api.client import Client
from .._errors import ConfigurationError
from .._kinds.obs_fields import PARTITION_FORMATS
from .._option_checks import check_duration, check_least, check_pattern
from .._state_file import StateFile
from .inventory import Inventory, Scope
from .run import Migration, MigrationTiming
from .stages import GAP_FREE, NO_DUPLICATES, Choices
from .successor import Writing

MIGRATION_OPTIONS: dict[str, Any] = {
    "instance_ids": {"type": "list", "elements": "str"},
    "instance_names": {"type": "list", "elements": "str"},
    "name_pattern": {"type": "str"},
    "policy": {"type": "str", "choices": [GAP_FREE, NO_DUPLICATES], "required": True},
    "apply": {"type": "bool", "default": False},
    "delete_old": {"type": "bool", "default": False},
    "rollback": {"type": "bool", "default": False},
    "state_file": {"type": "path", "required": True},
    "consumer_strategy": {"type": "str", "choices": ["latest", "earliest"], "default": "latest"},
    "gap_limit": {"type": "int", "default": 0},
    "successor_suffix": {"type": "str", "default": "-sc"},
    "successor_names": {"type": "dict"},
    "writers": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "obs_bucket_name": {"type": "str"},
            "access_key": {"type": "str", "no_log": True},
            "secret_key": {"type": "str", "no_log": True},
            "agency_name": {"type": "str"},
        },
        "required_together": [["access_key", "secret_key"]],
    },
    "missing_partition_format": {"type": "str", "choices": list(PARTITION_FORMATS)},
    "unclear_delimiter": {"type": "str", "choices": ["newline", "none"], "default": "newline"},
    "drain_timeout": {"type": "float", "default": 1800.0},
    "overlap": {"type": "float", "default": 60.0},
    "wait_timeout": {"type": "float", "default": 600.0},
    "wait_interval": {"type": "float", "default": 2.0},
    "parallelism": {"type": "int", "default": 8},
}


def list_writer_secrets(options: Mapping[str, Any]) -> set[str]:
    """Keys of writers, for masking; those of the environment as well."""
    given = {entry.get(key) for entry in options["writers"] for key in ("access_key", "secret_key")}
    given |= {os.environ.get("OPENDUMP_OBS_ACCESS_KEY"), os.environ.get("OPENDUMP_OBS_SECRET_KEY")}
    return {value for value in given if value}


def read_choices(options: Mapping[str, Any]) -> Choices:
    """The user's choices, out of the options.

    :raises ConfigurationError: every option that is out of its range, or contradicts another.
    """
    problems = [problem for name in ("wait_timeout", "wait_interval") for problem in check_duration(name, options[name])]
    problems += [problem for name in ("drain_timeout", "overlap") for problem in check_least(name, options[name], 0, "seconds")]
    problems += check_least("gap_limit", options["gap_limit"], 0, "messages")
    problems += check_least("parallelism", options["parallelism"])
    problems += check_pattern("name_pattern", options["name_pattern"])
    if options["policy"] == NO_DUPLICATES and options["consumer_strategy"] == "earliest":
        problems.append("consumer_strategy earliest dumps everything that is stored once more, which policy no_duplicates is to avoid")
    buckets = [entry.get("obs_bucket_name") or "all others" for entry in options["writers"]]
    problems += ["writers has more than one entry for %s" % name for name in sorted({name for name in buckets if buckets.count(name) > 1})]
    if problems:
        raise ConfigurationError("%s. Nothing was sent to the service." % "; ".join(problems))
    return Choices(
        policy=options["policy"],
        consumer_strategy=options["consumer_strategy"],
        delete_old=options["delete_old"],
        rollback=options["rollback"],
        gap_limit=options["gap_limit"],
    )


def prepare_migration(
    client: Client, options: Mapping[str, Any], chosen: Choices, check_mode: bool, warn: Callable[[str], None]
) -> Migration:
    """The run that these options ask for."""
    state = StateFile(options["state_file"], keep=not check_mode)
    writing = Writing(
        suffix=options["successor_suffix"],
        names=options["successor_names"] or {},
        consumer_strategy=options["consumer_strategy"],
        writers=options["writers"],
        partition_format=options["missing_partition_format"],
        unclear_delimiter=options["unclear_delimiter"],
        environ=os.environ,
        wait_timeout=options["wait_timeout"],
        wait_interval=options["wait_interval"],
    )
    scope = Scope(options["instance_ids"] or (), options["instance_names"] or (), options["name_pattern"] or "")
    return Migration(
        Inventory(client, scope, writing, state, options["parallelism"], warn),
        chosen,
        state,
        MigrationTiming(options["drain_timeout"], options["overlap"], options["wait_timeout"], options["wait_interval"]),
        act=(options["apply"] or options["rollback"]) and not check_mode,
        warn=warn,
    )
