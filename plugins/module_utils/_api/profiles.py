# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials that other tools keep in the home directory: KooCLI's profiles and the vendor SDK's credentials file."""

from __future__ import annotations

import configparser
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

from .._errors import ConfigurationError

# KooCLI's comes first; the SDK's counts where KooCLI has none.
DEFAULT_FILES = (os.path.join(".hcloud", "config.json"), os.path.join(".huaweicloud", "credentials"))
_SDK_SECTION = "basic"


@dataclass(frozen=True)
class Profile:
    """What a profile says. ``on_ecs`` is True where it says to use the agency of the server it lies on."""

    path: str
    name: str
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    security_token: str = field(default="", repr=False)
    on_ecs: bool = False
    agency: str = ""
    agency_domain: str = ""
    agency_domain_id: str = ""
    region: str = ""
    project_id: str = ""
    iam_endpoint: str = ""
    of_koocli: bool = False


def find_default_file(home: str) -> Optional[str]:
    """The first file with profiles in this home directory, None where there is none."""
    return next((path for path in (os.path.join(home, name) for name in DEFAULT_FILES) if home and os.path.isfile(path)), None)


def read_profile(path: str, name: Optional[str]) -> Optional[Profile]:
    """The profile of this name; without a name the current one, or the only one.

    None only where no name is given and the file holds no profile at all.

    :raises ConfigurationError: the file cannot be read, or holds no such profile; the message lists those it holds.
    """
    try:
        with open(path, encoding="utf-8-sig") as stream:
            content = stream.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigurationError(
            "The profiles in %s cannot be read: %s. Check config_file (HW_SHARED_CONFIG_FILE)." % (path, reason)
        ) from None
    return _read_koocli(path, content, name) if content.lstrip().startswith("{") else _read_sdk(path, content, name)


def _read_koocli(path: str, content: str, name: Optional[str]) -> Optional[Profile]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise ConfigurationError("%s is not valid JSON; create the profile again with 'hcloud configure'." % path) from None
    listed = document.get("profiles")
    profiles = {_read_word(entry, "name"): entry for entry in listed if isinstance(entry, Mapping)} if isinstance(listed, list) else {}
    chosen = _choose(path, list(profiles), name, _read_word(document, "current"))
    if chosen is None:
        return None
    profile = profiles[chosen]
    source = _find_source(path, chosen, profiles)
    keys: Any = source
    if _read_mode(source) == "sso":
        single_sign_on = source.get("ssoAuth")
        keys = single_sign_on.get("stsToken") if isinstance(single_sign_on, Mapping) else {}
    keys = keys if isinstance(keys, Mapping) else {}
    return Profile(
        path=path,
        name=chosen,
        access_key=_read_word(keys, "accessKeyId"),
        secret_key=_read_word(keys, "secretAccessKey"),
        security_token=_read_word(keys, "securityToken"),
        on_ecs=_read_mode(source) == "ecsagency",
        agency=_read_word(profile, "agencyName"),
        agency_domain=_read_word(profile, "agencyDomainName"),
        agency_domain_id=_read_word(profile, "agencyDomainId"),
        region=(_read_word(profile, "region") or _read_word(source, "region")).lower(),
        # the source's project is its own account's, not the agency's
        project_id=_read_word(profile, "projectId"),
        of_koocli=True,
    )


def _read_mode(profile: Mapping[str, Any]) -> str:
    return _read_word(profile, "mode").lower()


def _find_source(path: str, name: str, profiles: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """The profile whose keys count: with the mode AssumeRole another one, which is named.

    :raises ConfigurationError: it is not named or not there, the agency is not, or it assumes an agency itself.
    """
    profile = profiles[name]
    if _read_mode(profile) != "assumerole":
        return profile
    source_name = _read_word(profile, "sourceProfile")
    if not _read_word(profile, "agencyName") or source_name not in profiles:
        raise ConfigurationError(
            "The profile '%s' in %s assumes an agency, but its agencyName or its sourceProfile ('%s') does not exist. Configure it again "
            "with 'hcloud configure set --cli-mode=AssumeRole', or set assume_agency." % (name, path, source_name)
        )
    source = profiles[source_name]
    if _read_mode(source) == "assumerole":
        raise ConfigurationError(
            "The profile '%s' in %s assumes an agency with the profile '%s', which assumes one itself. Chains of agencies are not "
            "followed; name a source profile with keys." % (name, path, source_name)
        )
    return source


def _read_sdk(path: str, content: str, name: Optional[str]) -> Optional[Profile]:
    # raw: keys may hold a percent sign
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(content)
    except configparser.Error:
        raise ConfigurationError("%s is neither a KooCLI configuration nor an SDK credentials file." % path) from None
    chosen = _choose(path, parser.sections(), name, _SDK_SECTION)
    if chosen is None:
        return None
    section = dict(parser.items(chosen))
    if _read_word(section, "idp_id") and not _read_word(section, "ak"):
        raise ConfigurationError(
            "The section '%s' in %s logs in with an identity provider (idp_id), which the modules cannot. Give it ak and sk, or choose "
            "another way." % (chosen, path)
        )
    return Profile(
        path=path,
        name=chosen,
        access_key=_read_word(section, "ak"),
        secret_key=_read_word(section, "sk"),
        security_token=_read_word(section, "security_token"),
        region=_read_word(section, "region").lower(),
        project_id=_read_word(section, "project_id"),
        iam_endpoint=_read_word(section, "iam_endpoint"),
    )


def _choose(path: str, names: list[str], wanted: Optional[str], usual: str) -> Optional[str]:
    if wanted is None:
        if not names:
            return None
        if usual in names:
            return usual
        if len(names) == 1:
            return names[0]
    elif wanted in names:
        return wanted
    there = "It holds: %s." % ", ".join(sorted(names)) if names else "It holds none."
    if wanted is None:
        raise ConfigurationError("%s does not say which profile counts; set profile (HW_PROFILE). %s" % (path, there))
    raise ConfigurationError("There is no profile '%s' in %s. %s Check profile (HW_PROFILE) and config_file." % (wanted, path, there))


def _read_word(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    return str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
