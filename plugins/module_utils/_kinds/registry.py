# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of tasks that users declare, and all that is wrong with their items, each naming list, index and task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from .._errors import ConfigurationError
from .._task.declared import declare, item_spec
from .._task.kind import Kind
from .dis_transfer_task import TransferTasks
from .kafka_sink_task import SinkTasks
from .smart_connect_task import SmartConnectTasks

LISTS: dict[str, type[Kind]] = {
    "dis_transfer_tasks": TransferTasks,
    "kafka_sink_tasks": SinkTasks,
    "smart_connect_tasks": SmartConnectTasks,
}
KINDS = {kind.name: kind for kind in LISTS.values()}


def problems_of(kind: type[Kind], item: Mapping[str, Any]) -> list[str]:
    """Everything wrong with one item of a list: what Ansible says of its options, or else what the kind of task does."""
    spec = item_spec(kind)
    result = ArgumentSpecValidator(spec.pop("options"), **spec).validate(without_null(item))
    texts = ["%s%s" % ("unknown option " if isinstance(error, UnsupportedError) else "", error.args[0]) for error in result.errors]
    if texts:
        return texts
    try:
        declare(kind, result.validated_parameters)
    except ConfigurationError as error:
        return [reason(error)]
    return []


def place(name: str, number: int, item: Mapping[str, Any]) -> str:
    return "%s[%d] (%s)" % (name, number, item.get("task_name") or item.get("task_id") or "without a name")


def reason(error: ConfigurationError) -> str:
    return str(error).replace(" Nothing was sent to the service.", "")


def without_null(value: Any) -> Any:
    """Without members that are null: Ansible fills in those that were not given, and would take two of them for a contradiction."""
    if isinstance(value, Mapping):
        return {key: without_null(inner) for key, inner in value.items() if inner is not None}
    return [without_null(inner) for inner in value] if isinstance(value, list) else value


def several(found: list[str]) -> str:
    return "%d error%s in the declared tasks. Nothing was sent to the service.\n%s" % (
        len(found),
        "" if len(found) == 1 else "s",
        "\n".join(found),
    )
