# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a service is."""

from __future__ import annotations

import re
from typing import NamedTuple, Optional
from urllib.parse import urlsplit

from .._errors import ConfigurationError
from .options import name_option

SERVICES = {"dis": "DIS", "dms": "DMS for Kafka", "iam": "IAM", "sts": "STS"}
CLOUD = "myhuaweicloud.com"
EUROPEAN_CLOUD = "myhuaweicloud.eu"
EUROPEAN_REGIONS = "eu-west-1"
_PORTS = {"http": 80, "https": 443}


class Endpoint(NamedTuple):
    """``host`` is as it stands in the header, without the scheme's own port; ``prefix`` goes before every path."""

    service: str
    scheme: str
    host: str
    prefix: str
    address: str
    chosen_by: str

    @property
    def base(self) -> str:
        """Scheme, host and path, without a slash at the end."""
        return "%s://%s" % (self.scheme, self.host)


def find_endpoint(service: str, url: Optional[str], region: Optional[str], cloud: Optional[str]) -> Endpoint:
    """The endpoint of dis, dms or iam: the URL where the user gives one, otherwise by region and cloud.

    :raises ConfigurationError: neither URL nor region, or one that cannot be.
    """
    option = service + "_endpoint"
    if url:
        return _parse(service, url, option)
    if region and not re.match(r"[A-Za-z0-9-]+$", region):
        raise ConfigurationError(
            "region is '%s', which names no region, such as eu-west-101. Correct %s." % (region, name_option("region"))
        )
    if cloud and not re.match(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$", cloud):
        raise ConfigurationError("cloud is '%s', which is no domain, such as %s. Correct %s." % (cloud, CLOUD, name_option("cloud")))
    domain = cloud or (EUROPEAN_CLOUD if region and region.startswith(EUROPEAN_REGIONS) else CLOUD)
    if not region and not (service == "iam" and cloud):
        raise ConfigurationError(
            "The address of %s is not known: neither a region nor an endpoint is set. Set %s or %s."
            % (SERVICES[service], name_option("region"), name_option(option))
        )
    host = ".".join(part for part in (service, region, domain) if part)
    return Endpoint(service, "https", host.lower(), "", host.lower() + ":443", "region" if region else "cloud")


def _parse(service: str, url: str, option: str) -> Endpoint:
    wrong = ConfigurationError(
        "%s has to look like https://host, https://host:port or https://host:port/path. Correct it." % name_option(option)
    )
    if not url.isascii() or any(sign.isspace() or not sign.isprintable() for sign in url):
        raise wrong
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    scheme = parts.scheme.lower()
    # The message does not repeat the URL: who writes a user into it writes a password as well.
    more = parts.username is not None or parts.query or parts.fragment
    if scheme not in _PORTS or not host or more or port == 0 or parts.netloc.endswith(":"):
        raise wrong
    name = "[%s]" % host if ":" in host else host
    prefix = parts.path.rstrip("/")
    # Open Telekom Cloud and Terraform write the version into the address of IAM.
    if service == "iam" and prefix.endswith(("/v3", "/v3.0")):
        prefix = prefix.rpartition("/")[0]
    shown = name if port in (None, _PORTS[scheme]) else "%s:%d" % (name, port)
    return Endpoint(service, scheme, shown, prefix, "%s:%d" % (name, port or _PORTS[scheme]), option)
