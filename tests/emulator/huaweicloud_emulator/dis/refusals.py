# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What DIS says when it refuses: codes, statuses, texts and the two shapes of the body."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..refusal import Refusal

if TYPE_CHECKING:
    from ..cloud import Cloud

_TEXTS = {
    "DIS.4117": "Invalid Project Id.",
    "DIS.4200": "Invalid request.",
    "DIS.4201": "Invalid partition_id.",
    "DIS.4202": "Empty request.",
    "DIS.4205": "Stream is not running.",
    "DIS.4208": "Mrs cluster is invalid.",
    "DIS.4300": "Request error.",
    "DIS.4301": "Stream does not exist.",
    "DIS.4306": "Bucket does not exist.",
    "DIS.4307": "Stream already exists.",
    "DIS.4308": "Insufficient quota.",
    "DIS.4335": "Invalid IAM agency.",
    "DIS.4336": "Invalid HDFS path.",
    "DIS.4337": "The DLI database does not exist.",
    "DIS.4338": "The DLI table does not exist.",
    "DIS.4341": "The CloudTable cluster does not exist.",
    "DIS.4342": "The CloudTable table does not exist.",
    "DIS.4343": "The CloudTable table family does not exist.",
    "DIS.4345": "Invalid CloudTable schema.",
    "DIS.4348": "Invalid CloudTable openTSDB schema.",
    "DIS.4350": "Invalid DWS cluster.",
    "DIS.4351": "Invalid KMS userKey.",
    "DIS.4354": "The transfer task does not exist.",
    "DIS.4355": "The transfer task already exists.",
    "DIS.4357": "Exceeded transfer task quota.",
    "DIS.4360": "Invalid data schema.",
}


def refusal(code: str, *details: object, status: int = 400) -> Refusal:
    """A refusal with the bracketed details that DIS puts behind its texts: ``Stream does not exist. [name][project]``."""
    return Refusal(status, code, " ".join([_TEXTS[code], "".join(f"[{detail}]" for detail in details)]).rstrip())


def invalid(field: str, value: object) -> Refusal:
    """400 DIS.4200 in the wording seen live: ``Invalid request. [Invalid target_partition_count null.]``."""
    return refusal("DIS.4200", f"Invalid {field} {value if isinstance(value, str) else json.dumps(value)}.")


def invalid_secret(field: str) -> Refusal:
    """As ``invalid``, without the value."""
    return refusal("DIS.4200", f"Invalid {field}.")


def error_body(cloud: Cloud, refusal: Refusal, request_id: str) -> dict[str, Any]:
    """The body of an error answer."""
    if cloud.switches["dis.error_shape"] == "error_code":
        return {"error_code": refusal.code, "error_msg": refusal.text}
    return {"errorCode": refusal.code, "message": refusal.text}
