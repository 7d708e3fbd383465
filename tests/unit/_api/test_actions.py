# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A refusal for want of rights says which action is missing."""

from __future__ import annotations

import pytest
from scripted_service import Clients, ScriptedService, refuse

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.actions import find_need
from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ApiError, Meaning

INSTANCE = "/v2/{project_id}/instances/i"
CALLS = {
    ("GET", "/v2/{project_id}/streams"): "dis:streams:list",
    ("GET", "/v2/{project_id}/streams/s"): "dis:streams:get",
    ("POST", "/v2/{project_id}/streams/s/transfer-tasks"): "dis:transferTasks:create",
    ("GET", "/v2/{project_id}/streams/s/transfer-tasks"): "dis:transferTasks:list",
    ("PUT", "/v2/{project_id}/streams/s/transfer-tasks"): "dis:transferTasks:update",
    ("GET", "/v2/{project_id}/streams/s/transfer-tasks/t"): "dis:transferTasks:get",
    ("DELETE", "/v2/{project_id}/streams/s/transfer-tasks/t"): "dis:transferTasks:delete",
    ("POST", "/v2/{project_id}/streams/s/transfer-tasks/action"): "dis:transferTasks:update",
    ("GET", "/v2/{project_id}/instances"): "dms:instance:list",
    ("GET", INSTANCE): "dms:instance:get",
    ("GET", INSTANCE + "/topics"): "dms:instance:get",
    ("GET", "/v1.0/dms/obs/buckets"): "dms:instance:get",
    ("POST", INSTANCE + "/connector"): "dms:instance:connector",
    ("POST", "/v2/{project_id}/kafka/instances/i/delete-connector"): "dms:instance:connector",
    ("POST", INSTANCE + "/connector/tasks"): "dms:instance:createConnectorSinkTask",
    ("GET", INSTANCE + "/connector/tasks"): "dms:instance:listConnectorSinkTask",
    ("GET", INSTANCE + "/connector/tasks/t"): "dms:instance:getConnectorSinkTask",
    ("PUT", INSTANCE + "/connector/tasks/t"): "dms:instance:updateConnectorTask",
    ("PUT", INSTANCE + "/connector/tasks/t/pause"): "dms:instance:updateConnectorTask",
    ("DELETE", INSTANCE + "/connector/tasks/t"): "dms:instance:deleteConnectorSinkTask",
    ("POST", "/v2/{project_id}/connectors/c/sink-tasks"): "dms:instance:createConnectorSinkTask",
    ("GET", "/v2/{project_id}/connectors/c/sink-tasks"): "dms:instance:listConnectorSinkTask",
    ("GET", "/v2/{project_id}/connectors/c/sink-tasks/t"): "dms:instance:getConnectorSinkTask",
    ("DELETE", "/v2/{project_id}/connectors/c/sink-tasks/t"): "dms:instance:deleteConnectorSinkTask",
    ("GET", INSTANCE + "/tasks/job"): "dms:instance:getBackgroundTask",
}


@pytest.mark.parametrize("call", list(CALLS), ids=" ".join)
def test_every_call_that_is_refused_names_its_action(clients: Clients, service: ScriptedService, call: tuple[str, str]) -> None:
    service.script = [refuse(403, "DMS.00403003")]
    with pytest.raises(ApiError) as caught:
        clients(dms_endpoint=service.url + "/gateway").call("dms", *call)
    assert caught.value.meaning is Meaning.FORBIDDEN
    assert f"needs the action {CALLS[call]}" in caught.value.next_step
    assert "attach" in caught.value.next_step and "some minutes" in caught.value.next_step


@pytest.mark.parametrize("code", ["APIGW.0302", "DIS.4116", "DMS.10240306", "DMS.10240309", "X.1"])
def test_by_whatever_code(clients: Clients, service: ScriptedService, code: str) -> None:
    service.script = [refuse(403, code)]
    with pytest.raises(ApiError, match="needs the action dis:transferTasks:list"):
        clients().call("dis", "GET", "/v2/{project_id}/streams/s/transfer-tasks")


def test_enabling_needs_more_than_one_service(clients: Clients, service: ScriptedService) -> None:
    service.script = [refuse(403, "DMS.00403003")]
    with pytest.raises(ApiError, match=r"dms:instance:connector, and rights .*vpc.*eip"):
        clients().call("dms", "POST", INSTANCE + "/connector")


def test_a_list_of_instances_names_the_enterprise_project(clients: Clients, service: ScriptedService) -> None:
    service.script = [refuse(403, "DMS.00403003")]
    with pytest.raises(ApiError, match="set enterprise_project_id"):
        clients().call("dms", "GET", "/v2/{project_id}/instances")


def test_a_project_that_may_not_be_looked_up(clients: Clients, service: ScriptedService) -> None:
    service.by_path["/v3/projects"] = refuse(403, "403")
    with pytest.raises(ApiError, match=r"iam:projects:listProjects.*project_id"):
        clients(project_id=None).call("dis", "GET", "/v2/{project_id}/streams")


@pytest.mark.parametrize("code", ["APIGW.0310", "APIGW.0401", "DMS.00500986", "DMS.00403002"])
def test_what_is_no_question_of_rights_names_no_action(clients: Clients, service: ScriptedService, code: str) -> None:
    service.script = [refuse(403, code)]
    with pytest.raises(ApiError) as caught:
        clients().call("dms", "GET", "/v2/{project_id}/instances")
    assert "action" not in caught.value.next_step


def test_unknown_calls_are_left_unknown() -> None:
    assert find_need("PATCH", "/v2/p/anything") is None
