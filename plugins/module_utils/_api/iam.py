# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of IAM: tokens, temporary keys of agencies, the ID of a project; and of the metadata of an ECS, its agency's key.

Source: IAM API reference.
"""

from __future__ import annotations

import calendar
import time
from collections.abc import Mapping
from typing import Any, Callable, Optional

from .._errors import ApiError, ConfigurationError, Meaning, OpendumpError, TransportError
from .answers import Answer
from .credentials import WAYS, Agency, EcsAgency, Key, Password, Token
from .endpoints import SERVICES, Endpoint
from .options import name_option

# Long enough for a run, short enough for a key that leaks.
AGENCY_KEY_SECONDS = 3600
SESSION_NAME = "opendump"
METADATA = Endpoint("metadata", "http", "169.254.169.254", "", "169.254.169.254:80", "")
METADATA_SECONDS = 3.0
METADATA_TOKEN_SECONDS = 21600


# method, path, query, body, service (iam or sts)
Ask = Callable[[str, str, "list[tuple[str, str]]", Any, str], Answer]


def request_token(ask: Ask, login: Password, scope: Mapping[str, Any]) -> Token:
    """A token for a user.

    :param scope: the project or account that the token is for.
    :raises ApiError: the user or the password is wrong, or the project is not there.
    """
    user = {"name": login.user, "password": login.password, "domain": login.account}
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": dict(scope)}}
    try:
        answer = ask("POST", "/v3/auth/tokens", [("nocatalog", "true")], body, "iam")
    except ApiError as error:
        if error.meaning is Meaning.UNAUTHENTICATED:
            error.add("The login is that of %s; check user_name, user_password and domain_name." % login.origin)
        raise
    value = answer.headers.get("X-Subject-Token")
    if not value:
        raise OpendumpError("IAM accepted the login but sent no token. Check %s." % name_option("iam_endpoint"))
    token = _read_mapping(_read_mapping(answer.document).get("token"))
    project = _read_mapping(token.get("project")).get("id")
    return Token(value, login.origin, str(project or ""), _parse_time(token.get("expires_at")))


def request_agency_key(ask: Ask, agency: Agency, origin: str) -> Key:
    """A temporary access key with the rights of an agency: of STS where the account is given by its ID, of IAM where it is named.

    :raises ApiError: the agency is not there, or the user may not assume it.
    """
    if agency.domain_id:
        urn = "iam::%s:agency:%s" % (agency.domain_id, agency.name)
        assume: Any = {"agency_urn": urn, "agency_session_name": SESSION_NAME, "duration_seconds": AGENCY_KEY_SECONDS}
        service, answer = "sts", ask("POST", "/v5/agencies/assume", [], assume, "sts")
    else:
        role = {"domain_name": agency.domain, "agency_name": agency.name, "duration_seconds": AGENCY_KEY_SECONDS}
        assume = {"auth": {"identity": {"methods": ["assume_role"], "assume_role": role}}}
        service, answer = "iam", ask("POST", "/v3.0/OS-CREDENTIAL/securitytokens", [], assume, "iam")
    key = _read_key(answer.document, "the agency '%s' of '%s', assumed with %s" % (agency.name, agency.domain_id or agency.domain, origin))
    if key is None:
        sender = SERVICES[service]
        raise OpendumpError("%s sent no key of the agency '%s'. Check %s." % (sender, agency.name, name_option(service + "_endpoint")))
    return key


def find_project(ask: Ask, name: str) -> str:
    """The ID of the project with this name.

    :raises ConfigurationError: there is none, or there are several.
    """
    document = _read_mapping(ask("GET", "/v3/projects", [("name", name)], None, "iam").document)
    listed = document.get("projects")
    if not isinstance(listed, list):
        raise OpendumpError("IAM's list of projects cannot be read; set %s to do without." % name_option("project_id"))
    projects = [row for row in listed if isinstance(row, Mapping) and row.get("id") and row.get("name", name) == name]
    if not projects:
        raise ConfigurationError(
            "There is no project named '%s' that these credentials can see. Check %s and %s, or set %s."
            % (name, name_option("region"), name_option("project_name"), name_option("project_id"))
        )
    if len(projects) > 1:
        raise ConfigurationError(
            "There are %d projects named '%s': %s. Say which with %s."
            % (len(projects), name, ", ".join(sorted(str(row["id"]) for row in projects)), name_option("project_id"))
        )
    return str(projects[0]["id"])


# method, path, headers
AskServer = Callable[[str, str, "dict[str, str]"], "tuple[int, bytes, Any]"]


def request_server_key(ask: AskServer, source: EcsAgency) -> Key:
    """The temporary key of the agency of the ECS this runs on.

    :raises ConfigurationError: this is no ECS, or it has no agency.
    """
    headers: dict[str, str] = {}
    try:
        lifetime = {"X-Metadata-Token-Ttl-Seconds": str(METADATA_TOKEN_SECONDS)}
        status, token, _document = ask("PUT", "/meta-data/latest/api/token", lifetime)
        # older hosts have no such tokens, and want none
        if status == 200 and token.strip():
            headers["X-Metadata-Token"] = token.decode("ascii", "replace").strip()
        status, _text, document = ask("GET", "/openstack/latest/securitykey", headers)
    except TransportError:
        status, document = 0, None
    key = _read_key(document, source.origin) if status == 200 else None
    if key is not None:
        return key
    why = "the metadata service does not answer" if not status else "the metadata service shows no agency of this server"
    if source.asked_for:
        raise ConfigurationError("The profile says to use the agency of this server, but %s. Check that it is an ECS with an agency." % why)
    raise ConfigurationError("No credentials are configured (and %s). %s" % (why, WAYS))


# as IAM and the metadata call them, and as STS does
_KEY_NAMES = (
    ("access", "access_key_id"),
    ("secret", "secret_access_key"),
    ("securitytoken", "security_token"),
    ("expires_at", "expiration"),
)


def _read_key(document: Any, origin: str) -> Optional[Key]:
    credential = _read_mapping(_read_mapping(document).get("credential") or _read_mapping(document).get("credentials"))
    access, secret, token, expires_at = (next((credential[name] for name in names if credential.get(name)), "") for names in _KEY_NAMES)
    if not (access and secret and token):
        return None
    return Key(str(access), str(secret), str(token), origin, _parse_time(expires_at))


def _read_mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _parse_time(text: Any) -> Optional[float]:
    """Seconds since 1970 of a time such as 2020-01-04T09:05:22.701000Z; fractions do not matter."""
    try:
        return float(calendar.timegm(time.strptime(str(text)[:19], "%Y-%m-%dT%H:%M:%S")))
    except ValueError:
        return None
