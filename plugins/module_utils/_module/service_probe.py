# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module that asks a real account: options → plan, and with apply → answers."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Optional

from .._api.client import Client
from .._api.options import Given
from .._errors import ConfigurationError, OpendumpError
from .._kinds.kafka_instances import Instances
from .._option_checks import check_duration, refuse
from .._probe.answers import build_document, find_disagreements, find_problem
from .._probe.catalogue import BY_SWITCH, QUESTIONS
from .._probe.ground import Places
from .._probe.own_tasks import Leftover
from .._probe.page import draw_page, tally_answers
from .._probe.run import Probe, check_instance
from .._probe.talk import ProbeTiming
from .base import SIGNALS, DumpModule
from .variables import VARIABLE_PREFIX

PROBE_OPTIONS: dict[str, Any] = {
    "apply": {"type": "bool", "default": False},
    "stream_name": {"type": "str"},
    "dis_agency_name": {"type": "str", "default": "dis_admin_agency"},
    "instance_id": {"type": "str"},
    "instance_name": {"type": "str"},
    "topic": {"type": "str"},
    "obs_bucket_name": {"type": "str"},
    "obs_path": {"type": "str", "default": "opendump_probe"},
    "agency_name": {"type": "str"},
    "obs_access_key": {"type": "str", "no_log": True},
    "obs_secret_key": {"type": "str", "no_log": True},
    "questions": {"type": "list", "elements": "str"},
    "compare_with": {"type": "dict"},
    "wait_interval": {"type": "float", "default": 2.0},
    "watch": {"type": "float", "default": 30.0},
    "wait_timeout": {"type": "float", "default": 180.0},
    **VARIABLE_PREFIX,
}
# Names of the user's objects are no secrets, yet a result may be pasted as the answers are.
SHOWN_OPTIONS = ("apply", "questions", "wait_interval", "watch", "wait_timeout")
LONGEST_PATH = 40


class Stopped(BaseException):
    """A signal; whoever is at work deletes its tasks on the way out."""


def service_probe() -> None:
    """Ask a service what its documents leave open; ends the module."""
    module = DumpModule(
        PROBE_OPTIONS, mutually_exclusive=[["instance_id", "instance_name"]], required_together=[["obs_access_key", "obs_secret_key"]]
    )
    options = module.params
    invocation = {"module_args": {name: options[name] for name in SHOWN_OPTIONS}}
    with module.failing(lambda: {"changed": False, "invocation": invocation}):
        given = Given(options, os.environ)
        check_options(options)
        keys = find_keys(given)
        module.hide(keys)
        client = module.connect()
        client.secrets.update(keys)
        probe = Probe(
            client,
            find_places(client, options, keys),
            ProbeTiming(options["wait_interval"], options["watch"], options["wait_timeout"]),
            time.time,
            [BY_SWITCH[name] for name in options["questions"]] if options["questions"] else QUESTIONS,
            [str(options[name]) for name in ("instance_name", "project_id", "project_name", "domain_name") if options[name]],
        )
        result: dict[str, Any] = {"changed": False, "plan": probe.plan(), "diff": {"before": "", "after": ""}, "invocation": invocation}
        if not options["apply"] or module.check_mode:
            probe.check_stream()
            module.exit_json(**result)
        result.update(carry_out(module, probe, given.get("region"), options["compare_with"]))
    if result["left"]:
        module.fail_json(msg=tell_left(probe.left), error={}, **result)
    module.exit_json(**result)


def check_options(options: Mapping[str, Any]) -> None:
    """Check what Ansible does not check by itself.

    :raises ConfigurationError: an option is out of its range.
    """
    refuse(problem for name in ("wait_interval", "watch", "wait_timeout") for problem in check_duration(name, options[name], 3600))
    unknown = [name for name in options["questions"] or [] if name not in BY_SWITCH]
    if unknown:
        raise ConfigurationError("There is no question %s; there are: %s." % (", ".join(unknown), ", ".join(sorted(BY_SWITCH))))
    if not options["stream_name"] and not options["instance_id"] and not options["instance_name"]:
        raise ConfigurationError("There is nothing to ask about. Lend a stream (stream_name), or a Kafka instance (instance_id).")
    if not 0 < len(options["obs_path"]) <= LONGEST_PATH or options["obs_path"].strip("/") != options["obs_path"]:
        raise ConfigurationError("obs_path has 1 to %d characters and no slash at its ends." % LONGEST_PATH)
    if options["compare_with"] is not None:
        problem = find_problem(options["compare_with"])
        if problem:
            raise ConfigurationError("compare_with is no answers file: %s." % problem)


def find_keys(given: Given) -> tuple[str, ...]:
    """Access key and secret key of who writes into the bucket, from the options or the environment; empty where there are none."""
    access, secret = given.read_option("obs_access_key"), given.read_option("obs_secret_key")
    if not (access and secret):
        access, secret = given.read_variable("OPENDUMP_OBS_ACCESS_KEY"), given.read_variable("OPENDUMP_OBS_SECRET_KEY")
    return (access, secret) if access and secret else ()


def find_places(client: Client, options: Mapping[str, Any], keys: tuple[str, ...]) -> Places:
    """What the user lends, with the instance looked up.

    :raises OpendumpError: the instance is not there, or cannot be used.
    """
    instance = connector = ""
    where = {name: options[name] for name in ("instance_id", "instance_name") if options[name]}
    if where:
        kafka = Instances(client).find(where)
        check_instance(kafka)
        instance, connector = kafka.id, kafka.connector_id or ""
    access, secret = keys if keys else ("", "")
    return Places(
        stream=options["stream_name"] or "",
        dis_agency=options["dis_agency_name"] or "",
        instance=instance,
        connector=connector,
        topic=options["topic"] or "",
        bucket=options["obs_bucket_name"] or "",
        path=options["obs_path"],
        agency=options["agency_name"] or "",
        access_key=access,
        secret_key=secret,
    )


def carry_out(module: DumpModule, probe: Probe, region: Optional[str], other: Optional[Mapping[str, Any]]) -> dict[str, Any]:
    """Ask, and put the answers into words.

    :raises OpendumpError: it could not be asked.
    """
    previous: dict[int, Any] = {}
    number = 0

    def stop(received: int, _frame: Any) -> None:
        nonlocal number
        number = received
        # A second signal must not cut short the deleting.
        for watched in previous:
            signal.signal(watched, signal.SIG_IGN)
        raise Stopped

    try:
        previous.update({watched: signal.signal(watched, stop) for watched in SIGNALS})
        outcome = probe.run()
    except Stopped:
        if not probe.left:
            previous[number](number, None)
        raise OpendumpError("%s Stopped by %s." % (tell_left(probe.left), signal.Signals(number).name)) from None
    except OpendumpError as error:
        if probe.left:
            raise OpendumpError("%s %s" % (tell_left(probe.left), error), error.details) from None
        raise
    finally:
        for watched, handler in previous.items():
            signal.signal(watched, handler)
    document = build_document(outcome.answers, region, datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))
    differences = find_disagreements(document, other) if other else []
    return {
        "changed": outcome.writes > 0,
        "writes": outcome.writes,
        "answers": document,
        "summary": tally_answers(outcome.answers),
        "differences": differences,
        "markdown": draw_page(document, differences, tell_region(other) if other else None),
        "left": [left._asdict() for left in outcome.left],
    }


def tell_region(document: Mapping[str, Any]) -> str:
    """Where another answers file comes from."""
    region = str(document.get("region") or "")
    return region if re.fullmatch(r"[A-Za-z0-9-]{1,40}", region) else "the other file"


def tell_left(left: list[Leftover]) -> str:
    """What has to be deleted by hand."""
    calls = " ".join("%s (%s)" % (remainder.call, remainder.why) for remainder in left)
    return "%d OF THE PROBE'S TASKS COULD NOT BE DELETED AND MAY STILL RUN. Delete them, with these calls or at the console: %s" % (
        len(left),
        calls,
    )
