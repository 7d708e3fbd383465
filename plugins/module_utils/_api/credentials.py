# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who asks: which of the ways to authenticate the user has configured.

Nothing here makes a request.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Optional, Union

from .._errors import ConfigurationError
from .options import ENVIRONMENT, Given, name_option

if TYPE_CHECKING:
    from .profiles import Profile

WAYS = (
    "Give one of: access_key and secret_key (HW_ACCESS_KEY and HW_SECRET_KEY, or HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK), with"
    " security_token (HW_SECURITY_TOKEN) where the key is temporary; auth_token (HW_AUTH_TOKEN); user_name, user_password and domain_name"
    " (HW_USER_NAME, HW_USER_PASSWORD, HW_DOMAIN_NAME); profile or config_file (HW_PROFILE, HW_SHARED_CONFIG_FILE), or a current profile"
    " in KooCLI's ~/.hcloud/config.json or the SDK's ~/.huaweicloud/credentials; or run on an ECS that has an agency."
)


# Ways of other tools that lead nowhere here: identity providers (OIDC), and containers.
NOT_READ = (
    "HW_ASSUME_ROLE_IDP_ID",
    "HW_ASSUME_ROLE_ID_TOKEN",
    "HW_ASSUME_ROLE_ID_TOKEN_FILE",
    "HUAWEICLOUD_SDK_IDP_ID",
    "HUAWEICLOUD_SDK_ID_TOKEN_FILE",
    "HUAWEICLOUD_OIDC_PROVIDER_URN",
    "HUAWEICLOUD_OIDC_ID_TOKEN",
    "HUAWEICLOUD_OIDC_ID_TOKEN_FILE",
    "HC_CONTAINER_CREDENTIALS_FULL_URI",
)
# Whatever the cloud, so much is true of every key; an encrypted one is longer.
_ACCESS_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}$")
LONGEST_SECRET_KEY = 80
ENCRYPTED = (
    "KooCLI encrypts keys in its file unless its option cli-auth-encrypt is false, and only KooCLI can read them then. Set that option to "
    "false (hcloud configure set --cli-auth-encrypt=false) and configure the keys of the profile again, or give access_key and secret_key."
)


@dataclass(frozen=True)
class Token:
    """``project_id`` is the project that the token is for, where that is known."""

    value: str = field(repr=False)
    origin: str = ""
    project_id: str = ""
    expires_at: Optional[float] = None


@dataclass(frozen=True)
class Key:
    """An access key, permanent or temporary. ``expires_at``: seconds since 1970."""

    access: str = field(repr=False)
    secret: str = field(repr=False)
    security_token: str = field(default="", repr=False)
    origin: str = ""
    expires_at: Optional[float] = None


@dataclass(frozen=True)
class Password:
    """A user of an account, which is named or given by its ID."""

    user: str
    password: str = field(repr=False)
    domain: str
    origin: str = ""
    domain_id: str = ""

    @property
    def account(self) -> dict[str, str]:
        """The account as IAM wants it named."""
        return {"name": self.domain} if self.domain else {"id": self.domain_id}


@dataclass(frozen=True)
class EcsAgency:
    """The agency of the server the module runs on. ``asked_for`` is False where it is the last resort."""

    asked_for: bool
    origin: str = "the metadata of this server"


Source = Union[Token, Key, Password, EcsAgency]


class Agency(NamedTuple):
    """An agency of an account, which is named or, where that is known, given by its ID."""

    name: str
    domain: str = ""
    domain_id: str = ""


@dataclass(frozen=True)
class Identity:
    """Who asks, on whose behalf, and what a profile says about where."""

    source: Source
    agency: Optional[Agency] = None
    region: str = ""
    project_id: str = ""
    iam_endpoint: str = ""


def find_identity(given: Given) -> Identity:
    """The way to authenticate that counts: options before environment before what lies in the home directory; in each of the
    former two a token before keys before a password before a profile; the metadata of an ECS only where nothing is configured.

    :raises ConfigurationError: half of a way is configured, or a profile that is not there.
    """
    for read, origin in ((given.read_option, "the options"), (given.read_environment, "the environment")):
        token = read("auth_token")
        if token:
            return _build_identity(given, Token(_check_visible("auth_token", token), "auth_token of " + origin))
        source = (_read_option_key(given) if read == given.read_option else _read_environment_key(given)) or (
            _read_password(given, origin) if read("user_name") or read("user_password") else None
        )
        if source:
            return _build_identity(given, source)
        if read("profile") or read("config_file"):
            return _read_profile_identity(given, _find_profile(given))
    from .profiles import find_default_file, read_profile

    path = find_default_file(given.environ.get("HOME") or os.path.expanduser("~"))
    profile = read_profile(path, None) if path else None
    if profile:
        return _read_profile_identity(given, profile)
    for variable in NOT_READ:
        if given.read_variable(variable):
            raise ConfigurationError(
                "%s is set, but the modules cannot log in with an identity provider or as a container. %s" % (variable, WAYS)
            )
    return _build_identity(given, EcsAgency(asked_for=False))


def _build_identity(given: Given, source: Source, profile: Optional[Profile] = None) -> Identity:
    return Identity(
        source,
        _choose_agency(given, profile),
        profile.region if profile else "",
        profile.project_id if profile else "",
        profile.iam_endpoint if profile else "",
    )


def _choose_agency(given: Given, profile: Optional[Profile]) -> Optional[Agency]:
    name = given.get("assume_agency")
    # Terraform, whose variables these are, takes the ID where both are set
    places = [(read("assume_domain_id"), read("assume_domain")) for read in (given.read_option, given.read_environment)]
    if not name and profile and profile.agency:
        name = profile.agency
        places.append((profile.agency_domain_id, profile.agency_domain))
    if not name:
        return None
    for domain_id, domain in places:
        if domain_id or domain:
            return Agency(name, domain or "", domain_id or "")
    raise ConfigurationError(
        "assume_agency is '%s', but the account that the agency belongs to is not named. Set %s, or %s."
        % (name, name_option("assume_domain"), name_option("assume_domain_id"))
    )


def _read_option_key(given: Given) -> Optional[Key]:
    """A key of which at least one part is an option; the rest may come from the environment."""
    if not any(map(given.read_option, ("access_key", "secret_key", "security_token"))):
        return None
    security_token = given.read_option("security_token")
    access = given.read_option("access_key")
    origin = "access_key of the options"
    secret_origin = "secret_key of the options" if given.read_option("secret_key") else _name_variable(given, "secret_key")
    if not access:
        for access_name, token_name in zip(ENVIRONMENT["access_key"], ENVIRONMENT["security_token"]):
            access = given.read_variable(access_name)
            if access:
                origin = _name_environment(access_name)
                security_token = security_token or given.read_variable(token_name)
                break
    # A security token of the environment belongs to the environment's key: with another one it is wrong.
    if bool(given.read_option("access_key")) != bool(given.read_option("secret_key")):
        origin += ", with " + secret_origin
    return _build_key(access, given.get("secret_key"), security_token, origin)


def _name_environment(variable: str) -> str:
    return "the environment, " + variable


def _name_variable(given: Given, name: str) -> str:
    """The variable that an option's value comes from."""
    return next((variable for variable in ENVIRONMENT[name] if given.read_variable(variable)), name)


def _read_environment_key(given: Given) -> Optional[Key]:
    for names in zip(ENVIRONMENT["access_key"], ENVIRONMENT["secret_key"], ENVIRONMENT["security_token"]):
        access, secret, security_token = map(given.read_variable, names)
        if access or secret:
            return _build_key(access, secret, security_token, _name_environment(names[0]), names)
    return None


def _build_key(
    access: Optional[str],
    secret: Optional[str],
    security_token: Optional[str],
    origin: str,
    variables: Optional[tuple[str, ...]] = None,
    advice: str = "",
) -> Key:
    """A key out of its parts.

    :raises ConfigurationError: a part is missing, or cannot be one; the message shows neither.
    """
    if not access or not secret:
        there = "access_key" if access else "secret_key" if secret else "security_token"
        missing = "secret_key" if access else "access_key"
        if variables:
            names = dict(zip(("access_key", "secret_key", "security_token"), variables))
            raise ConfigurationError(
                "%s is set in the environment, but %s is not; a key has both parts. Set the other one too." % (names[there], names[missing])
            )
        raise ConfigurationError("%s is given without %s; a key has both parts. Set %s." % (there, missing, name_option(missing)))
    key = Key(
        _check_visible("access_key", access),
        _check_visible("secret_key", secret),
        _check_visible("security_token", security_token or ""),
        origin,
    )
    if not _ACCESS_KEY.match(key.access) or len(key.secret) > LONGEST_SECRET_KEY:
        part = "secret_key" if _ACCESS_KEY.match(key.access) else "access_key"
        raise ConfigurationError(
            "%s (from %s) is malformed: an access key has up to 40 letters and digits (20 as a rule), a secret key up to %d characters (40 "
            "as a rule). It was not used, because a key is locked after a few failures. %s"
            % (part, origin, LONGEST_SECRET_KEY, advice or "Copy it again.")
        )
    return key


def _read_password(given: Given, origin: str) -> Password:
    user, password, domain, domain_id = map(given.get, ("user_name", "user_password", "domain_name", "domain_id"))
    if not (user and password and (domain or domain_id)):
        parts = (("user_name", user), ("user_password", password), ("domain_name", domain or domain_id))
        missing = [name for name, value in parts if not value]
        raise ConfigurationError(
            "To log in with a password, user_name, user_password and domain_name are needed. Set %s."
            % " and ".join(map(name_option, missing))
        )
    return Password(user, password, domain or "", "user_name of " + origin, domain_id or "")


def _find_profile(given: Given) -> Profile:
    from .profiles import find_default_file, read_profile

    path = given.get("config_file")
    if path:
        path = os.path.expanduser(path)
    else:
        home = given.environ.get("HOME") or os.path.expanduser("~")
        path = find_default_file(home)
        if not path:
            raise ConfigurationError(
                "The profile '%s' cannot be read: there is neither ~/.hcloud/config.json nor ~/.huaweicloud/credentials in %s. Set %s."
                % (given.get("profile"), home, name_option("config_file"))
            )
    profile = read_profile(path, given.get("profile"))
    if profile is None:
        raise ConfigurationError("There is no profile in %s. Check %s." % (path, name_option("config_file")))
    return profile


def _read_profile_identity(given: Given, profile: Profile) -> Identity:
    if profile.on_ecs:
        return _build_identity(given, EcsAgency(asked_for=True), profile)
    if not profile.access_key or not profile.secret_key:
        raise ConfigurationError(
            "The profile '%s' in %s has no access key and secret key; only profiles with keys, with single sign-on that is logged in,"
            " or of an ECS's agency can be used. Choose another with %s." % (profile.name, profile.path, name_option("profile"))
        )
    origin = "the profile '%s' in %s" % (profile.name, profile.path)
    advice = ENCRYPTED if profile.of_koocli else ""
    return _build_identity(
        given, _build_key(profile.access_key, profile.secret_key, profile.security_token, origin, advice=advice), profile
    )


def _check_visible(name: str, value: str) -> str:
    """The value, which goes into a header.

    :raises ConfigurationError: it holds signs that no key has and no header can carry. The message does not show the value.
    """
    if not all("!" <= sign <= "~" for sign in value):
        raise ConfigurationError(
            "%s holds white space, control or other characters that it cannot have. Copy it again." % name_option(name)
        )
    return value
