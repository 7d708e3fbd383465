# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module that writes a new pair of keys into tasks: options → rotation → one record for each task."""

from __future__ import annotations

import os
from typing import Any, Optional

from .._api.credentials import Key
from .._api.options import Given
from .._errors import ConfigurationError
from .._kinds.registry import KINDS
from .._landing.window import parse_zone
from .._option_checks import check_duration, check_least, check_pattern, refuse
from .._rotation.check_task import RotationTiming
from .._rotation.deliveries import Landing
from .._rotation.jobs import RotationJob
from .._rotation.keys import Pair, takes_keys
from .._rotation.report import build_diff, build_rotation_result, tell_failure
from .._rotation.run import CHECK_TASK, OLD_KEY_INACTIVE, Rotation
from .._state_file import StateFile
from .base import PARALLELISM, DumpModule
from .dump_landing_info import find_buckets
from .variables import VARIABLE_PREFIX

FILTERS = list(dict.fromkeys(name for kind in KINDS.values() if takes_keys(kind) for name in kind.parent_filters))
ENVIRONMENT = {"new_access_key": "OPENDUMP_NEW_OBS_ACCESS_KEY", "new_secret_key": "OPENDUMP_NEW_OBS_SECRET_KEY"}

SAME_KEY = (
    "The new key is the one that OPENDUMP_OBS_ACCESS_KEY names. If tasks write with that key now, it is the old one: then nothing is "
    "rotated, and it must not be revoked."
)

ROTATION_OPTIONS: dict[str, Any] = {
    **{name: {"type": "list", "elements": "str"} for name in FILTERS},
    "name_pattern": {"type": "str"},
    "new_access_key": {"type": "str", "no_log": True},
    "new_secret_key": {"type": "str", "no_log": True},
    "state_file": {"type": "path", "required": True},
    "proof": {"type": "str", "choices": [CHECK_TASK, OLD_KEY_INACTIVE], "default": CHECK_TASK},
    "allow_quiet": {"type": "bool", "default": False},
    "delivery_timeout": {"type": "float", "default": 1200.0},
    "wait_timeout": {"type": "float", "default": 600.0},
    "wait_interval": {"type": "float", "default": 10.0},
    "obs_endpoint": {"type": "str"},
    "obs_addressing": {"type": "str", "choices": ["auto", "path", "virtual"], "default": "auto"},
    "time_zone": {"type": "str", "default": "Asia/Shanghai"},
    "max_objects": {"type": "int", "default": 100000},
    "parallelism": dict(PARALLELISM),
    **VARIABLE_PREFIX,
}


def dump_key_rotation() -> None:
    """Give the tasks a new key and see that they deliver with it; ends the module."""
    module = DumpModule(ROTATION_OPTIONS)
    options = module.params
    jobs: list[RotationJob] = []
    rotation: Optional[Rotation] = None

    def tell() -> dict[str, Any]:
        partial = any(options[name] for name in [*FILTERS, "name_pattern"])
        result = build_rotation_result(jobs, check_mode=module.check_mode, allow_quiet=options["allow_quiet"], partial=partial)
        if rotation is None:
            result["conclusion"] = "Do not revoke the old key yet: nothing was asked and nothing was written."
        elif not rotation.has_chosen:
            result["conclusion"] = "Do not revoke the old key yet: which tasks write with it is not known, and nothing was written."
        return {**result, "diff": build_diff(jobs, module.check_mode)} if module._diff else result

    with module.failing(tell):
        given = Given(options, os.environ)
        pair = read_pair(given)
        if pair.access == given.read_variable("OPENDUMP_OBS_ACCESS_KEY"):
            module.warn(SAME_KEY)
        module.hide([*pair])
        problems = [problem for name in ("parallelism", "max_objects") for problem in check_least(name, options[name])]
        problems += check_pattern("name_pattern", options["name_pattern"])
        times = ("delivery_timeout", "wait_timeout", "wait_interval")
        refuse([*problems, *(problem for name in times for problem in check_duration(name, options[name]))])
        client = module.connect(options["parallelism"])
        client.secrets.update(pair)
        key = Key(pair.access, pair.secret, "", "new_access_key")
        landing = Landing(find_buckets(given, key, client.region, module.warn), parse_zone(options["time_zone"]), options["max_objects"])
        state = StateFile(options["state_file"], keep=not module.check_mode, purpose="rotation")
        timing = RotationTiming(options["wait_interval"], options["wait_timeout"], options["delivery_timeout"])
        rotation = Rotation(
            client,
            pair,
            landing,
            state,
            proof=options["proof"],
            timing=timing,
            check_mode=module.check_mode,
            parallelism=options["parallelism"],
            warn=module.warn,
        )
        rotation.run(options, jobs)
    result = tell()
    problem = "" if module.check_mode else tell_failure(jobs, result["conclusion"], options["allow_quiet"], rotation.left_behind)
    if problem:
        module.fail_json(msg=problem, error={}, **result)
    module.exit_json(**result)


def read_pair(given: Given) -> Pair:
    """The new pair, from the options or the environment.

    :raises ConfigurationError: it is not whole, or its halves may belong to two keys.
    """
    values = {option: given.read_option(option) or given.read_variable(variable) for option, variable in ENVIRONMENT.items()}
    access, secret = values["new_access_key"], values["new_secret_key"]
    if not access or not secret:
        missing = " and ".join("%s (%s)" % (option, ENVIRONMENT[option]) for option, value in values.items() if not value)
        raise ConfigurationError("The new key is needed as a pair; there is no %s. Nothing was asked and nothing was written." % missing)
    for option, variable in ENVIRONMENT.items():
        other = given.read_variable(variable)
        if (
            given.read_option(option)
            and other
            and other != given.read_option(option)
            and len([*filter(given.read_option, ENVIRONMENT)]) == 1
        ):
            raise ConfigurationError(
                "%s is given as an option, and the other half of the key stands in the environment, which has another %s. Which two belong "
                "together is not known. Give both as options, or both in the environment. Nothing was asked and nothing was written."
                % (option, variable)
            )
    return Pair(access, secret)
