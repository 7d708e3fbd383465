# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which rights a call needs: the table of calls and actions, in both of the vendor's models.

``policy`` are the actions of roles and policies (``"Version": "1.1"``), ``identity`` those of identity policies (``"Version": "5.0"``) with
the actions that they depend on. A bar separates an action from its alias, either of which will do. ``assumed`` are calls for which no page
names an action; there the nearest one stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_ENABLE = (
    "dms:instance:connector",
    "vpc:vpcs:get",
    "vpc:vpcs:list",
    "vpc:ports:get",
    "vpc:ports:create",
    "vpc:ports:update",
    "vpc:ports:delete",
    "vpc:securityGroups:get",
    "vpc:subnets:get",
    "eip:publicIps:get",
    "eip:publicIps:list",
    "eip:publicIps:update",
)
_CREATE_TASK = ("dms:instance:createConnectorSinkTask", "dms:instance:createConnectorTask")
_SHOW_TASK = ("dms:instance:getConnectorSinkTask", "dms:instance:getConnectorTask")
_RUN_TASK = ("dms:instance:updateConnectorSinkTask|dms:instance:createConnectorSinkTask",)

START_OR_STOP = "start or stop"
LIST_PROJECTS = "list projects"
ASSUME_AGENCY = ("iam:agencies:assume",), ("sts:agencies:assume|iam:agencies:assume",)


@dataclass(frozen=True)
class Call:
    """``switched`` names what a switch of the group ``rights`` decides about this call."""

    method: str
    path: str
    policy: tuple[str, ...]
    identity: tuple[str, ...]
    assumed: bool = False
    switched: str = ""


def _call(method: str, path: str, *policy: str, identity: tuple[str, ...] = (), assumed: bool = False, switched: str = "") -> Call:
    return Call(method, path, policy, identity or policy, assumed, switched)


_STREAMS = "/v2/{project_id}/streams"
_TASKS = _STREAMS + "/{stream_name}/transfer-tasks"
_INSTANCES = "/v2/{project_id}/instances"
_CONNECTOR = _INSTANCES + "/{instance_id}/connector"
_SINKS = "/v2/{project_id}/connectors/{connector_id}/sink-tasks"
_KAFKA = "/v2/{project_id}/kafka/instances/{instance_id}"
_GROUPS = "/v2/kafka/{project_id}/instances/{instance_id}/groups"

CALLS = (
    _call("GET", "/v3/projects", "iam:projects:listProjects", switched=LIST_PROJECTS),
    # DIS
    _call("POST", _STREAMS, "dis:streams:create"),
    _call("GET", _STREAMS, "dis:streams:list"),
    _call("GET", _STREAMS + "/{stream_name}", "dis:streams:get"),
    _call("PUT", _STREAMS + "/{stream_name}", "dis:streams:update"),
    _call("DELETE", _STREAMS + "/{stream_name}", "dis:streams:delete"),
    _call("POST", _TASKS, "dis:transferTasks:create"),
    _call("GET", _TASKS, "dis:transferTasks:list"),
    _call("PUT", _TASKS, "dis:transferTasks:update"),
    _call("POST", _TASKS + "/action", "dis:transferTasks:update", assumed=True, switched=START_OR_STOP),
    _call("GET", _TASKS + "/{task_name}", "dis:transferTasks:get"),
    _call("DELETE", _TASKS + "/{task_name}", "dis:transferTasks:delete"),
    _call("POST", "/v1/transfertasklog/{task_id}", "dis:transferTasks:get", assumed=True),
    # DMS: instances
    _call("GET", _INSTANCES, "dms:instance:list"),
    _call("GET", _INSTANCES + "/{instance_id}", "dms:instance:get"),
    _call("GET", _INSTANCES + "/{instance_id}/topics", "dms:instance:get"),
    _call("GET", _INSTANCES + "/{instance_id}/tasks", "dms:instance:getBackgroundTask"),
    _call("GET", _INSTANCES + "/{instance_id}/tasks/{task_id}", "dms:instance:getBackgroundTask"),
    _call("GET", _INSTANCES + "/{instance_id}/groups", "dms:instance:get", assumed=True),
    _call("GET", _INSTANCES + "/{instance_id}/groups/{group}", "dms:instance:get", assumed=True),
    _call("GET", _INSTANCES + "/{instance_id}/management/groups/{group}", "dms:instance:get", assumed=True),
    _call("GET", _GROUPS + "/{group}", "dms:instance:get", assumed=True),
    _call("GET", _GROUPS + "/{group}/message-offset", "dms:instance:get", assumed=True),
    _call("GET", _GROUPS + "/{group}/topics", "dms:instance:get", assumed=True),
    _call("GET", "/v1.0/dms/obs/buckets", "dms:instance:get", assumed=True),
    # DMS: Smart Connect on and off
    _call("GET", _CONNECTOR, "dms:instance:get", assumed=True),
    _call("POST", _CONNECTOR, *_ENABLE),
    _call("POST", _CONNECTOR + "/validate", "dms:instance:createConnectorSinkTask", assumed=True),
    _call("POST", _KAFKA + "/delete-connector", "dms:instance:connector"),
    _call("POST", _KAFKA + "/delete-connector-order", "dms:instance:connector", assumed=True),
    # DMS: Smart Connect tasks
    _call("POST", _CONNECTOR + "/tasks", "dms:instance:createConnectorSinkTask", identity=_CREATE_TASK),
    _call("GET", _CONNECTOR + "/tasks", "dms:instance:listConnectorSinkTask"),
    _call("GET", _CONNECTOR + "/tasks/{task_id}", "dms:instance:getConnectorSinkTask", identity=_SHOW_TASK),
    _call("PUT", _CONNECTOR + "/tasks/{task_id}", "dms:instance:updateConnectorTask"),
    _call("DELETE", _CONNECTOR + "/tasks/{task_id}", "dms:instance:deleteConnectorSinkTask"),
    _call("PUT", _CONNECTOR + "/tasks/{task_id}/pause", "dms:instance:updateConnectorTask", identity=_RUN_TASK),
    _call("PUT", _CONNECTOR + "/tasks/{task_id}/resume", "dms:instance:updateConnectorTask", identity=_RUN_TASK),
    _call("PUT", _CONNECTOR + "/tasks/{task_id}/restart", "dms:instance:updateConnectorTask", identity=_RUN_TASK, assumed=True),
    _call("PUT", _KAFKA + "/connector/tasks/{task_id}/restart", "dms:instance:updateConnectorTask", identity=_RUN_TASK),
    # DMS: sink tasks, which have the same actions
    _call("POST", _SINKS, "dms:instance:createConnectorSinkTask", identity=_CREATE_TASK),
    _call("GET", _SINKS, "dms:instance:listConnectorSinkTask"),
    _call("PUT", _SINKS, "dms:instance:updateConnectorTask", assumed=True),
    _call("GET", _SINKS + "/{task_id}", "dms:instance:getConnectorSinkTask", identity=_SHOW_TASK),
    _call("DELETE", _SINKS + "/{task_id}", "dms:instance:deleteConnectorSinkTask"),
)


@cache
def _patterns() -> list[tuple[str, re.Pattern[str], Call]]:
    return [(call.method, re.compile(re.sub(r"\{\w+\}", "[^/]+", call.path)), call) for call in CALLS]


def call_of(method: str, path: str) -> Call | None:
    """The row of a request; None where no right is needed, or where no such call is known."""
    # DIS has every call under the singular, too, with or without a slash at the end
    path = re.sub(r"^(/v2/[^/]+)/stream/", r"\1/streams/", path.removesuffix("/"))
    return next((call for verb, pattern, call in _patterns() if verb == method and pattern.fullmatch(path)), None)
