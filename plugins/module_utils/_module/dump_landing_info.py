# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module that looks whether files land: options → buckets → one verdict for each task."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Callable, Optional

from .._api.credentials import Identity, Key, find_identity
from .._api.endpoints import find_endpoint
from .._api.options import REQUEST_TIMEOUT, RETRY_BUDGET, Given, read_seconds, read_verification
from .._errors import ConfigurationError, OpendumpError
from .._kinds.registry import KINDS
from .._landing.buckets import Buckets, KeyRefused
from .._landing.files import LandingFindings, count_files
from .._landing.location import FileLocation, find_location
from .._landing.verdict import LANDING_VERDICTS, judge_landing
from .._landing.window import Window, format_utc, parse_window, parse_zone
from .._option_checks import check_least, refuse
from .._signs import restore_controls
from .._threads import side_by_side
from .base import PARALLELISM, DumpModule
from .variables import VARIABLE_PREFIX

LANDING_OPTIONS: dict[str, Any] = {
    "tasks": {"type": "list", "elements": "dict", "required": True},
    "since": {"type": "str", "default": "3600"},
    "time_zone": {"type": "str", "default": "Asia/Shanghai"},
    "obs_endpoint": {"type": "str"},
    "obs_access_key": {"type": "str", "no_log": True},
    "obs_secret_key": {"type": "str", "no_log": True},
    "obs_security_token": {"type": "str", "no_log": True},
    "obs_addressing": {"type": "str", "choices": ["auto", "path", "virtual"], "default": "auto"},
    "max_objects": {"type": "int", "default": 100000},
    "parallelism": dict(PARALLELISM),
    **VARIABLE_PREFIX,
}


def dump_landing_info() -> None:
    """Look whether files land; ends the module."""
    module = DumpModule(LANDING_OPTIONS, required_together=[["obs_access_key", "obs_secret_key"]])
    options = module.params
    with module.failing():
        refuse([problem for name in ("parallelism", "max_objects") for problem in check_least(name, options[name])])
        window = parse_window(options["since"], parse_zone(options["time_zone"]), datetime.now(timezone.utc))
        given = Given(options, os.environ)
        reader = Reader(given)
        module.hide(reader.secrets)
        region = reader.identity.region if reader.identity else ""
        landing = look_at_tasks(find_buckets(given, reader.key, region, module.warn), restore_controls(options["tasks"]), window, options)
    counts = Counter(entry["verdict"] for entry in landing)
    module.exit_json(
        changed=False,
        since=format_utc(window.since),
        landing=landing,
        summary={"tasks": len(landing), **{name: counts.get(name, 0) for name in LANDING_VERDICTS}},
    )


class Reader:
    """Who reads the buckets, with which key: its own options, its own variables, or else the key that the API is called with.

    :raises ConfigurationError: half a key, or none.
    """

    def __init__(self, given: Given) -> None:
        self.identity: Optional[Identity] = None
        try:
            self.identity = find_identity(given)
        except ConfigurationError as error:
            api_error: Optional[ConfigurationError] = error
        else:
            api_error = None
        self.key = self._own_key(given) or self._api_key(api_error)
        self.secrets = {self.key.access, self.key.secret, self.key.security_token}

    @staticmethod
    def _own_key(given: Given) -> Optional[Key]:
        access, secret = given.read_option("obs_access_key"), given.read_option("obs_secret_key")
        if access and secret:
            return Key(access, secret, given.read_option("obs_security_token") or "", "obs_access_key of the options")
        access, secret = given.read_variable("OPENDUMP_OBS_ACCESS_KEY"), given.read_variable("OPENDUMP_OBS_SECRET_KEY")
        if bool(access) != bool(secret):
            raise ConfigurationError(
                "Only one of OPENDUMP_OBS_ACCESS_KEY and OPENDUMP_OBS_SECRET_KEY is set; a key has both parts. Set the other one too."
            )
        return Key(access, secret, "", "OPENDUMP_OBS_ACCESS_KEY") if access and secret else None

    def _api_key(self, api_error: Optional[ConfigurationError]) -> Key:
        source = self.identity.source if self.identity else None
        if isinstance(source, Key) and self.identity and not self.identity.agency:
            return source
        raise ConfigurationError(
            "A bucket can only be read with an access key, and there is none: set obs_access_key and obs_secret_key "
            "(OPENDUMP_OBS_ACCESS_KEY and OPENDUMP_OBS_SECRET_KEY), or access_key and secret_key (HW_ACCESS_KEY and HW_SECRET_KEY). %s"
            % (api_error or "A token, a password or an agency, which serve for the API, do not serve for OBS.")
        )


def find_buckets(given: Given, key: Key, region: str, warn: Callable[[str], None]) -> Buckets:
    """The buckets that a key reaches.

    :param region: where OBS is, unless the options or the environment say so.
    :raises ConfigurationError: the address of OBS is not known, or an option is out of its range.
    """
    region = given.get("region") or region
    url = given.read_option("obs_endpoint") or given.read_variable("HW_OBS_ENDPOINT")
    if not url and not region:
        raise ConfigurationError(
            "The address of OBS is not known: neither a region nor an endpoint is set. Set region (HW_REGION_NAME) or obs_endpoint "
            "(HW_OBS_ENDPOINT)."
        )
    from .._api.transport import Transport

    options = given.options
    return Buckets(
        key,
        find_endpoint("obs", url, region or None, given.get("cloud")),
        region.lower() or "us-east-1",
        Transport(options["parallelism"], read_verification(given)),
        timeout=read_seconds(options, "request_timeout", REQUEST_TIMEOUT, above=0),
        retry_budget=read_seconds(options, "retry_budget", RETRY_BUDGET),
        addressing=options["obs_addressing"],
        warn=warn,
    )


def look_at_tasks(buckets: Buckets, tasks: Sequence[Mapping[str, Any]], window: Window, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One entry for each task, in order.

    :raises KeyRefused: the key is wrong; nothing more is asked with it, for a key that fails often is locked.
    """
    places = [find_place(task) for task in tasks]
    by_bucket: dict[str, list[FileLocation]] = {}
    for place in places:
        if place:
            by_bucket.setdefault(place.bucket, []).append(place)

    def look_at_task(number: int) -> dict[str, Any]:
        task, place = tasks[number], places[number]
        if place is None:
            why = "The task does not dump files into OBS, or its record has no details (dump_tasks_info with details)."
            return show_entry(task, None, LandingFindings(), ("unknown", why))
        neighbours = [other for other in by_bucket[place.bucket] if other.owner != place.owner]
        bucket = buckets.open_bucket(place.bucket, options["max_objects"])
        try:
            findings = count_files(bucket, place, window, place.interval, options["max_objects"], neighbours)
        except KeyRefused:
            raise
        except OpendumpError as error:
            return show_entry(task, place.bucket, LandingFindings(), ("unreadable", str(error)), {"msg": str(error), **error.details})
        return show_entry(task, place.bucket, findings, judge_landing(task, findings, window, place.interval))

    # The first alone: a wrong key is used once, not by all threads at the same time.
    first = next((number for number, place in enumerate(places) if place), len(tasks))
    head = [look_at_task(number) for number in range(min(first + 1, len(tasks)))]
    return head + side_by_side(look_at_task, range(first + 1, len(tasks)), options["parallelism"])


def find_place(task: Mapping[str, Any]) -> Optional[FileLocation]:
    """Where a task of this record writes; None where it writes no files."""
    kind = KINDS.get(str(task.get("kind")))
    return find_location(task, kind.files) if kind else None


def show_entry(
    task: Mapping[str, Any],
    bucket: Optional[str],
    findings: LandingFindings,
    judged: tuple[str, str],
    error: Optional[dict[str, Any]] = None,
) -> dict[str, Any]:
    """What the result says of one task.

    :param judged: verdict and reason.
    """
    newest = findings.newest
    return {
        **{name: task.get(name) for name in ("kind", "parent", "parent_name", "name", "id")},
        "verdict": judged[0],
        "reason": judged[1],
        "bucket": bucket,
        "prefixes": findings.prefixes,
        "objects": None if error or not findings.prefixes else findings.objects,
        "bytes": None if error or not findings.prefixes else findings.bytes,
        "newest": {"key": newest.key, "size": newest.size, "modified_at": format_utc(newest.modified)} if newest else None,
        "error": error,
    }
