# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What DMS for Kafka refuses, under the codes it publishes.

"Already exists", "quota reached" and flow control answer HTTP 404, as the service's own list of error codes has it. Where no code is
published for a refusal, the general "invalid parameter" code stands in; the text then says what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..refusal import Refusal

if TYPE_CHECKING:
    from ..cloud import Cloud


def foreign_project() -> Refusal:
    return Refusal(401, "DMS.10240104", "The project ID and token do not match.")


def empty_body() -> Refusal:
    return Refusal(400, "DMS.00400004", "The request body is empty.")


def not_json() -> Refusal:
    return Refusal(400, "DMS.00400005", "The request body is not in JSON format.")


def busy(status: str) -> Refusal:
    return Refusal(400, "DMS.00400026", f"This operation is not allowed due to the instance status ({status}).")


def wrong_task_state(status: str) -> Refusal:
    return Refusal(400, "DMS.00400026", f"This operation is not allowed due to the task status ({status}).")


def malformed_instance_id() -> Refusal:
    return Refusal(400, "DMS.00400030", "The instance ID format is invalid.")


def offset_past_the_end() -> Refusal:
    return Refusal(400, "DMS.40050010", "Offset parameter is invalid.")


def sold_out() -> Refusal:
    return Refusal(400, "DMS.00400055", "The resource is sold out.")


def invalid_parameter(text: str) -> Refusal:
    """A bad value in a Smart Connect or instance call."""
    return Refusal(400, "DMS.00400062", f"Invalid request parameter: {text}.")


def malformed_task_id() -> Refusal:
    return Refusal(400, "DMS.00400070", "The task ID format is invalid.")


def quota_not_changeable(text: str) -> Refusal:
    return Refusal(400, "DMS.00400133", f"Sink task quota for connector invalid: {text}.")


def invalid_sink_parameter(text: str) -> Refusal:
    """A bad value in a dumping (sink) task call, or a call that this instance cannot have."""
    return Refusal(400, "DMS.00400800", f"Invalid request parameter: {text}.")


UNKNOWN_URL = {
    "DMS.00404001": "The requested URL does not exist.",
    "DMS.10240406": "The requested URL does not exist.",
    "APIGW.0101": "The API does not exist or has not been published in the environment.",
}


def unknown_url(cloud: Cloud) -> Refusal:
    code = cloud.switches["dms.unknown_url_code"]
    return Refusal(404, code, UNKNOWN_URL[code])


def method_not_allowed() -> Refusal:
    return Refusal(405, "DMS.00405001", "This request method is not allowed.")


def no_permission() -> Refusal:
    return Refusal(403, "DMS.00403003", "You do not have permission to perform this operation.")


ACCOUNT = {
    "restricted": ("DMS.00500986", "The account is restricted."),
    "balance too low": ("DMS.00500987", "The account balance is insufficient."),
    "order pending": ("DMS.00400107", "There is an order that has not been completed."),
}


def account(cloud: Cloud) -> None:
    """Raises Refusal when the account cannot order anything."""
    refusal = ACCOUNT.get(cloud.switches["dms.account"])
    if refusal is not None:
        raise Refusal(400, *refusal)


def instance_missing() -> Refusal:
    return Refusal(404, "DMS.00404022", "This instance does not exist.")


def connector_missing() -> Refusal:
    return Refusal(404, "DMS.00404024", "Connector does not exist.")


def task_missing() -> Refusal:
    return Refusal(404, "DMS.00404026", "The dumping task does not exist.")


def connector_exists() -> Refusal:
    return Refusal(404, "DMS.00404027", "Connector already exists.")


def task_quota_reached() -> Refusal:
    return Refusal(404, "DMS.00404029", "The dumping task quota has been reached.")


def group_missing(cloud: Cloud) -> Refusal:
    """No page about Huawei Cloud publishes a code for this one; Open Telekom Cloud has another status and a code."""
    if cloud.switches["dms.group_missing"] == "DMS.111400864":
        return Refusal(400, "DMS.111400864", "The consumer group does not exist.")
    return Refusal(404, "DMS.00404800", "The consumer group does not exist.")


def background_task_missing() -> Refusal:
    return Refusal(404, "DMS.00404800", "The background task does not exist.")
