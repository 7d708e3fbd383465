# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which action of a policy a call needs, for users whom a service refuses one.

Sources: authorization pages of DMS for Kafka; permissions page of DIS on Open Telekom Cloud, which does not name all calls.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

ENABLE_ALSO = (
    "rights on the network: vpc:vpcs:get, vpc:vpcs:list, vpc:ports:get, vpc:ports:create, vpc:ports:update, vpc:ports:delete, "
    "vpc:securityGroups:get, vpc:subnets:get, eip:publicIps:get, eip:publicIps:list and eip:publicIps:update"
)


class Need(NamedTuple):
    """``action`` is that of roles and policies; ``identity`` is what newer identity policies ask for besides or instead.

    ``documented`` is False where no page says it, and the nearest action stands here.
    """

    action: str
    identity: str = ""
    also: str = ""
    documented: bool = True


_TASKS = r"/(?:connector/tasks|sink-tasks)"
# method, end of the path, what it needs; the first that fits counts
_NEEDS: tuple[tuple[str, str, Need], ...] = (
    ("POST", r"/transfer-tasks", Need("dis:transferTasks:create")),
    ("GET", r"/transfer-tasks", Need("dis:transferTasks:list")),
    ("PUT", r"/transfer-tasks(/[^/]+)?", Need("dis:transferTasks:update")),
    ("POST", r"/transfer-tasks/action", Need("dis:transferTasks:update", documented=False)),
    ("GET", r"/transfer-tasks/[^/]+", Need("dis:transferTasks:get")),
    ("DELETE", r"/transfer-tasks/[^/]+", Need("dis:transferTasks:delete")),
    ("POST", r"/transfertasklog/[^/]+", Need("dis:transferTasks:get", documented=False)),
    ("GET", r"/streams", Need("dis:streams:list")),
    ("GET", r"/streams/[^/]+", Need("dis:streams:get")),
    ("POST", _TASKS, Need("dms:instance:createConnectorSinkTask", "dms:instance:createConnectorTask")),
    ("GET", _TASKS, Need("dms:instance:listConnectorSinkTask")),
    ("GET", _TASKS + r"/[^/]+", Need("dms:instance:getConnectorSinkTask", "dms:instance:getConnectorTask")),
    ("DELETE", _TASKS + r"/[^/]+", Need("dms:instance:deleteConnectorSinkTask")),
    ("PUT", _TASKS + r"/[^/]+", Need("dms:instance:updateConnectorTask")),
    ("PUT", _TASKS + r"/[^/]+/(?:pause|resume|restart)", Need("dms:instance:updateConnectorTask", "dms:instance:updateConnectorSinkTask")),
    ("POST", r"/instances/[^/]+/connector", Need("dms:instance:connector", also=ENABLE_ALSO)),
    ("POST", r"/delete-connector", Need("dms:instance:connector")),
    ("GET", r"/instances", Need("dms:instance:list")),
    ("GET", r"/tasks/[^/]+", Need("dms:instance:getBackgroundTask", documented=False)),
    ("GET", r"/(?:instances/[^/]+(?:/.*)?|obs/buckets)", Need("dms:instance:get")),
    ("GET", r"/v3/projects", Need("iam:projects:listProjects")),
    ("POST", r"/v3\.0/OS-CREDENTIAL/securitytokens", Need("iam:agencies:assume", documented=False)),
    ("POST", r"/v5/agencies/assume", Need("sts:agencies:assume")),
)


def find_need(method: str, path: str) -> Optional[Need]:
    """What a call needs; None where that is not known.

    :param path: as it stands on the wire, without the query; a gateway's path may stand before it.
    """
    return next((need for verb, end, need in _NEEDS if verb == method and re.search("(?:%s)$" % end, path)), None)


def describe_need(method: str, path: str) -> str:
    """What to do where the right to make a call is missing, in whole sentences."""
    need = find_need(method, path)
    if need is None:
        what = "The user, or the agency, is not allowed to make this call."
    else:
        what = "The call needs the action %s%s%s%s." % (
            need.action,
            " (identity policies: %s)" % need.identity if need.identity else "",
            ", and " + need.also if need.also else "",
            "" if need.documented else ", as far as is known",
        )
    attach = (
        "Put it into a custom policy and attach that, in IAM, to a group of the user or to the agency, for this project; it may take some "
        "minutes to take effect."
    )
    listing = need is not None and need.action == "dms:instance:list"
    return " ".join((what, attach, *(["Where rights end at an enterprise project, set enterprise_project_id."] if listing else [])))
