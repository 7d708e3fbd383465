# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say where the services are, who asks, and how long to try."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Any, Optional, Union

from .._errors import ConfigurationError

REQUEST_TIMEOUT = 30.0
RETRY_BUDGET = 60.0

# Fallbacks on the environment are not in here: which of several ways to authenticate counts depends on whether options or
# variables name them, and an argument spec would hide the difference.
API_OPTIONS: dict[str, Any] = {
    "access_key": {"type": "str", "no_log": True},
    "secret_key": {"type": "str", "no_log": True},
    "security_token": {"type": "str", "no_log": True},
    "auth_token": {"type": "str", "no_log": True},
    "user_name": {"type": "str"},
    "user_password": {"type": "str", "no_log": True},
    "domain_name": {"type": "str"},
    "domain_id": {"type": "str"},
    "assume_agency": {"type": "str"},
    "assume_domain": {"type": "str"},
    "assume_domain_id": {"type": "str"},
    "profile": {"type": "str"},
    "config_file": {"type": "path"},
    "region": {"type": "str"},
    "project_id": {"type": "str"},
    "project_name": {"type": "str"},
    "enterprise_project_id": {"type": "str"},
    "cloud": {"type": "str"},
    "dis_endpoint": {"type": "str"},
    "dms_endpoint": {"type": "str"},
    "iam_endpoint": {"type": "str"},
    "sts_endpoint": {"type": "str"},
    "validate_certs": {"type": "bool"},
    "ca_path": {"type": "path"},
    "request_timeout": {"type": "float", "default": REQUEST_TIMEOUT},
    "retry_budget": {"type": "float", "default": RETRY_BUDGET},
}

# The first variable that is set counts; an empty one is not set. HW_INSECURE says the opposite of validate_certs.
ENVIRONMENT: dict[str, tuple[str, ...]] = {
    "access_key": ("HW_ACCESS_KEY", "HUAWEICLOUD_SDK_AK"),
    "secret_key": ("HW_SECRET_KEY", "HUAWEICLOUD_SDK_SK"),
    "security_token": ("HW_SECURITY_TOKEN", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
    "auth_token": ("HW_AUTH_TOKEN",),
    "user_name": ("HW_USER_NAME",),
    "user_password": ("HW_USER_PASSWORD",),
    "domain_name": ("HW_DOMAIN_NAME",),
    "domain_id": ("HW_DOMAIN_ID", "HUAWEICLOUD_SDK_DOMAIN_ID"),
    "assume_agency": ("HW_ASSUME_ROLE_AGENCY_NAME",),
    "assume_domain": ("HW_ASSUME_ROLE_DOMAIN_NAME",),
    "assume_domain_id": ("HW_ASSUME_ROLE_DOMAIN_ID",),
    "profile": ("HW_PROFILE",),
    "config_file": ("HW_SHARED_CONFIG_FILE", "HUAWEICLOUD_SDK_CREDENTIALS_FILE"),
    "region": ("HW_REGION_NAME",),
    "project_id": ("HW_PROJECT_ID", "HUAWEICLOUD_SDK_PROJECT_ID"),
    "project_name": ("HW_PROJECT_NAME",),
    "enterprise_project_id": ("HW_ENTERPRISE_PROJECT_ID",),
    "cloud": ("HW_CLOUD",),
    "dis_endpoint": ("HW_DIS_ENDPOINT",),
    "dms_endpoint": ("HW_DMS_ENDPOINT",),
    "iam_endpoint": ("HW_IAM_ENDPOINT", "HW_AUTH_URL", "HUAWEICLOUD_SDK_IAM_ENDPOINT"),
    "sts_endpoint": ("HW_STS_ENDPOINT", "HUAWEICLOUD_SDK_STS_ENDPOINT"),
    "validate_certs": ("HW_INSECURE",),
}


class Given:
    """What the user configured: options first, then the environment. None and texts of nothing but white space are unset."""

    def __init__(self, options: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        self.options = options
        self.environ = environ

    def read_option(self, name: str) -> Optional[str]:
        """The option's own value."""
        return _read_text(name, self.options.get(name))

    def read_environment(self, name: str) -> Optional[str]:
        """The option's value from the environment."""
        return next((value for value in (self.read_variable(variable) for variable in ENVIRONMENT.get(name, ())) if value), None)

    def read_variable(self, variable: str) -> Optional[str]:
        """The value of one variable."""
        name = next((name for name in ("user_password", "region") if variable in ENVIRONMENT[name]), variable)
        return _read_text(name, self.environ.get(variable))

    def get(self, name: str) -> Optional[str]:
        """The option's value, or else that of the environment."""
        return self.read_option(name) or self.read_environment(name)


def name_option(name: str) -> str:
    """An option and its variables, for messages: ``region (HW_REGION_NAME)``."""
    variables = ENVIRONMENT.get(name, ())
    return "%s (%s)" % (name, ", ".join(variables)) if variables else name


def _read_text(name: str, value: Any) -> Optional[str]:
    if value is None or not str(value).strip():
        return None
    if name == "user_password":
        # it may begin or end as it likes
        return str(value)
    # keys that were read from a file end in a newline
    text = str(value).strip()
    return text.lower() if name == "region" else text


def read_seconds(options: Mapping[str, Any], name: str, default: float, above: Optional[float] = None) -> float:
    """An option in seconds, a finite number of 0 or more.

    :param above: it has to be larger than this.
    :raises ConfigurationError: it is not.
    """
    value = options.get(name)
    if value is None or value == "":
        return default
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = math.nan
    if not math.isfinite(seconds) or seconds < 0 or (above is not None and seconds <= above):
        raise ConfigurationError("%s is %s, but it takes seconds, %s." % (name, value, "more than 0" if above is not None else "0 or more"))
    return seconds


def read_verification(given: Given) -> Union[bool, str]:
    """How certificates are verified: False for not at all, True for by the usual CAs, or the path of the CAs that count (ca_path).

    :raises ConfigurationError: validate_certs or HW_INSECURE is neither true nor false.
    """
    path = given.get("ca_path")
    value = given.read_option("validate_certs")
    if value is not None:
        verify = _parse_truth("validate_certs", value)
    else:
        insecure = given.read_environment("validate_certs")
        verify = not _parse_truth("HW_INSECURE", insecure) if insecure else True
    return os.path.expanduser(path) if path and verify else verify


def _parse_truth(name: str, text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on", "y", "t"):
        return True
    if text.lower() in ("0", "false", "no", "off", "n", "f"):
        return False
    raise ConfigurationError("%s is '%s', but it takes true or false." % (name, text))
