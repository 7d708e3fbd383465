# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who asks: which of the ways to authenticate counts, and what is said where none does."""

from __future__ import annotations

import json
import os
import pathlib
from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.credentials import (
    NOT_READ,
    Agency,
    EcsAgency,
    Identity,
    Key,
    Password,
    Token,
    find_identity,
)
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import Given
from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError


@pytest.fixture
def who(home: pathlib.Path) -> Any:
    def identified(environ: dict[str, str] | None = None, **options: str | None) -> Identity:
        return find_identity(Given(options, {"HOME": str(home), **(environ or {})}))

    return identified


KEY = {"HW_ACCESS_KEY": "hw-ak", "HW_SECRET_KEY": "hw-sk"}
SDK_KEY = {"HUAWEICLOUD_SDK_AK": "sdk-ak", "HUAWEICLOUD_SDK_SK": "sdk-sk"}
TOKEN = {"HW_AUTH_TOKEN": "hw-token"}
LOGIN = {"HW_USER_NAME": "user", "HW_USER_PASSWORD": "password", "HW_DOMAIN_NAME": "domain"}
PROFILES = {
    "current": "usual",
    "profiles": [
        {
            "name": "usual",
            "mode": "AKSK",
            "accessKeyId": "p-ak",
            "secretAccessKey": "p-sk",
            "region": "eu-west-101",
            "projectId": "p-project",
        },
        {"name": "temporary", "mode": "AKSK", "accessKeyId": "t-ak", "secretAccessKey": "t-sk", "securityToken": "t-token"},
        {
            "name": "sso",
            "mode": "SSO",
            "ssoAuth": {"stsToken": {"accessKeyId": "s-ak", "secretAccessKey": "s-sk", "securityToken": "s-token"}},
        },
        {"name": "sso-out", "mode": "SSO", "accessKeyId": "", "ssoAuth": {}},
        {"name": "server", "mode": "ecsAgency", "region": "eu-west-101"},
        {
            "name": "agent",
            "mode": "AKSK",
            "accessKeyId": "a-ak",
            "secretAccessKey": "a-sk",
            "agencyName": "ops",
            "agencyDomainName": "other",
        },
    ],
}


def write(path: pathlib.Path, document: Any) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return str(path)


@pytest.fixture
def koocli(home: pathlib.Path) -> str:
    return write(home / ".hcloud" / "config.json", PROFILES)


def test_order_within_the_environment(who: Any, koocli: str) -> None:
    everything = {**TOKEN, **KEY, **SDK_KEY, **LOGIN, "HW_PROFILE": "temporary"}
    assert who(everything).source.value == "hw-token"
    del everything["HW_AUTH_TOKEN"]
    assert who(everything).source.access == "hw-ak"
    del everything["HW_ACCESS_KEY"], everything["HW_SECRET_KEY"]
    assert who(everything).source.access == "sdk-ak"
    del everything["HUAWEICLOUD_SDK_AK"], everything["HUAWEICLOUD_SDK_SK"]
    assert who(everything).source == Password("user", "password", "domain", "user_name of the environment")
    del everything["HW_USER_NAME"], everything["HW_USER_PASSWORD"]
    assert who(everything).source.access == "t-ak"
    assert who({}).source.access == "p-ak"
    os.remove(koocli)
    assert who({}).source == EcsAgency(asked_for=False)


def test_order_within_the_options(who: Any, koocli: str) -> None:
    everything: dict[str, Any] = {"auth_token": "token", "access_key": "ak", "secret_key": "sk", "user_name": "u", "user_password": "p"}
    everything.update(domain_name="d", profile="usual")
    assert isinstance(who(**everything).source, Token)
    everything["auth_token"] = None
    assert isinstance(who(**everything).source, Key)
    everything["access_key"] = everything["secret_key"] = ""
    assert isinstance(who(**everything).source, Password)
    everything["user_name"] = everything["user_password"] = None
    assert who(**everything).source.access == "p-ak"


@pytest.mark.parametrize(
    "options, kind",
    [
        ({"access_key": "ak", "secret_key": "sk"}, Key),
        ({"user_name": "u", "user_password": "p", "domain_name": "d"}, Password),
        ({"profile": "usual"}, Key),
    ],
)
def test_an_option_beats_the_environment_across_ways(who: Any, koocli: str, options: dict[str, str], kind: type) -> None:
    source = who({**TOKEN, **SDK_KEY}, **options).source
    assert isinstance(source, kind)
    assert getattr(source, "access", "") != "sdk-ak"


def test_empty_texts_are_unset(who: Any, koocli: str) -> None:
    blank = dict.fromkeys([*TOKEN, *KEY, *LOGIN, "HW_PROFILE", "HW_SHARED_CONFIG_FILE"], "")
    assert who({**blank, **SDK_KEY}, auth_token="", access_key=" ", region="").source.access == "sdk-ak"
    assert who(blank).source.access == "p-ak"


def test_parts_of_a_key_may_come_from_both(who: Any) -> None:
    source = who({"HW_SECRET_KEY": "hw-sk", "HW_SECURITY_TOKEN": "foreign"}, access_key="ak").source
    assert (source.access, source.secret, source.security_token) == ("ak", "hw-sk", "")
    source = who({**KEY, "HW_SECURITY_TOKEN": "beside"}, secret_key="sk").source
    assert (source.access, source.secret, source.security_token) == ("hw-ak", "sk", "beside")
    source = who(KEY, security_token="mine").source
    assert (source.access, source.secret, source.security_token) == ("hw-ak", "hw-sk", "mine")
    source = who({**SDK_KEY, "HW_SECURITY_TOKEN": "foreign", "HUAWEICLOUD_SDK_SECURITY_TOKEN": "beside"}).source
    assert (source.access, source.security_token) == ("sdk-ak", "beside")


def test_white_space_around_keys_is_no_part_of_them(who: Any) -> None:
    source = who({"HW_ACCESS_KEY": "ak\n", "HW_SECRET_KEY": " sk\r\n"}).source
    assert (source.access, source.secret) == ("ak", "sk")
    assert who({**LOGIN, "HW_USER_PASSWORD": " with spaces "}).source.password == " with spaces "


@pytest.mark.parametrize(
    "environ, options, named",
    [
        ({}, {"access_key": "ak"}, ["secret_key", "HW_SECRET_KEY"]),
        ({}, {"secret_key": "canary-sk"}, ["access_key", "HW_ACCESS_KEY"]),
        ({}, {"security_token": "canary-token"}, ["access_key", "HW_ACCESS_KEY"]),
        ({"HW_ACCESS_KEY": "ak"}, {}, ["HW_ACCESS_KEY is set", "HW_SECRET_KEY"]),
        ({"HUAWEICLOUD_SDK_SK": "canary-sk"}, {}, ["HUAWEICLOUD_SDK_SK is set", "HUAWEICLOUD_SDK_AK"]),
        ({}, {"user_name": "u"}, ["user_password (HW_USER_PASSWORD)", "domain_name (HW_DOMAIN_NAME)"]),
        ({"HW_USER_PASSWORD": "canary-pw"}, {}, ["user_name (HW_USER_NAME)"]),
        (KEY, {"assume_agency": "a"}, ["assume_domain (HW_ASSUME_ROLE_DOMAIN_NAME)"]),
        ({}, {"access_key": "a\nb", "secret_key": "canary-sk"}, ["access_key", "Copy it again"]),
        ({}, {"auth_token": "canary tok\u00e9n"}, ["auth_token", "Copy it again"]),
        ({}, {"profile": "any"}, ["'any'", ".hcloud/config.json", "config_file (HW_SHARED_CONFIG_FILE, HUAWEICLOUD_SDK_CREDENTIALS_FILE)"]),
        ({}, {"config_file": "/does/not/exist"}, ["/does/not/exist", "No such file", "config_file"]),
    ],
)
def test_half_a_way_is_an_error_that_says_what_to_set(who: Any, environ: dict[str, str], options: dict[str, str], named: list[str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        who(environ, **options)
    for text in named:
        assert text in str(caught.value)
    assert "canary" not in str(caught.value)


def test_a_half_configured_way_is_no_trouble_where_another_counts(who: Any) -> None:
    assert who({"HW_USER_NAME": "u", **KEY}).source.access == "hw-ak"
    assert who({"HW_ACCESS_KEY": "half"}, auth_token="token").source.value == "token"


def test_agency_by_option_environment_and_profile(who: Any, koocli: str) -> None:
    assert who(KEY, assume_agency="a", assume_domain="d").agency == Agency("a", "d")
    named = {"HW_ASSUME_ROLE_AGENCY_NAME": "env-a", "HW_ASSUME_ROLE_DOMAIN_NAME": "env-d"}
    assert who({**KEY, **named}).agency == Agency("env-a", "env-d")
    assert who({**KEY, **named}, assume_agency="a").agency == Agency("a", "env-d")
    assert who(profile="agent").agency == Agency("ops", "other")
    assert who(profile="agent", assume_agency="a", assume_domain="d").agency == Agency("a", "d")


def test_an_agencys_account_by_id(who: Any, koocli: str) -> None:
    assert who(KEY, assume_agency="a", assume_domain_id="id").agency == Agency("a", "", "id")
    environment = {"HW_ASSUME_ROLE_AGENCY_NAME": "a", "HW_ASSUME_ROLE_DOMAIN_ID": "id", "HW_ASSUME_ROLE_DOMAIN_NAME": "d"}
    assert who({**KEY, **environment}).agency == Agency("a", "d", "id")
    assert who({**KEY, **environment}, assume_domain="mine").agency == Agency("a", "mine")
    assert who({}, profile="agent", assume_domain_id="mine").agency == Agency("ops", "", "mine")


def test_an_account_by_id(who: Any) -> None:
    login = {name: value for name, value in LOGIN.items() if name != "HW_DOMAIN_NAME"}
    assert who({**login, "HW_DOMAIN_ID": "account"}).source.account == {"id": "account"}
    assert who({**login, "HUAWEICLOUD_SDK_DOMAIN_ID": "account"}).source.account == {"id": "account"}
    assert who({**LOGIN, "HW_DOMAIN_ID": "account"}).source.account == {"name": "domain"}


def assuming(**more: str) -> dict[str, Any]:
    role = {"name": "role", "mode": "AssumeRole", "agencyName": "ops", "agencyDomainId": "account", "sourceProfile": "usual", **more}
    chain = {"name": "chain", "mode": "AssumeRole", "agencyName": "ops", "agencyDomainName": "other", "sourceProfile": "role"}
    return {**PROFILES, "profiles": [*PROFILES["profiles"], role, chain]}  # type: ignore[misc]


def test_a_profile_that_assumes_an_agency_with_another_ones_keys(who: Any, home: pathlib.Path) -> None:
    write(home / ".hcloud" / "config.json", assuming())
    identity = who({}, profile="role")
    assert (identity.source.access, identity.agency) == ("p-ak", Agency("ops", "", "account"))
    # the region may be the source's, the project may not: it belongs to another account
    assert (identity.region, identity.project_id) == ("eu-west-101", "")
    write(home / ".hcloud" / "config.json", assuming(sourceProfile="server", region="CN-NORTH-4"))
    assert who({}, profile="role").source == EcsAgency(asked_for=True)
    assert who({}, profile="role").region == "cn-north-4"


@pytest.mark.parametrize(
    "profile, more, named",
    [
        ("chain", {}, "'chain' .* with the profile 'role', which assumes one itself. Chains of agencies are not followed"),
        ("role", {"sourceProfile": "gone"}, "'role' .*sourceProfile .'gone'. does not exist"),
        ("role", {"sourceProfile": ""}, "sourceProfile"),
        ("role", {"agencyName": ""}, "agencyName"),
        ("role", {"agencyDomainId": ""}, r"agency belongs to is not named.*assume_domain_id \(HW_ASSUME_ROLE_DOMAIN_ID\)"),
    ],
)
def test_agencies_of_profiles_that_cannot_be_assumed(who: Any, home: pathlib.Path, profile: str, more: dict[str, str], named: str) -> None:
    write(home / ".hcloud" / "config.json", assuming(**more))
    with pytest.raises(ConfigurationError, match=named):
        who({}, profile=profile)


# 20 and 40 characters as AES leaves them, in the usual spellings
ENCRYPTED = {"base64": "u" * 43 + "=", "hexadecimal": "0f" * 32}


@pytest.mark.parametrize("spelling", list(ENCRYPTED))
def test_encrypted_keys_are_refused_before_they_are_used(who: Any, home: pathlib.Path, spelling: str) -> None:
    profile = {"name": "usual", "mode": "AKSK", "accessKeyId": ENCRYPTED[spelling], "secretAccessKey": "canary" * 16}
    write(home / ".hcloud" / "config.json", {"profiles": [profile]})
    with pytest.raises(ConfigurationError, match=r"the profile 'usual' in .*cli-auth-encrypt") as caught:
        who({})
    assert ENCRYPTED[spelling] not in str(caught.value) and "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "environ, options, named",
    [
        ({}, {"access_key": "a" * 41, "secret_key": "s"}, "access_key .from access_key of the options. is malformed"),
        ({}, {"access_key": "AK;1", "secret_key": "s"}, "access_key .from access_key of the options. is malformed"),
        ({"HW_ACCESS_KEY": "ak", "HW_SECRET_KEY": "s" * 81}, {}, "secret_key .from the environment, HW_ACCESS_KEY. is malformed"),
    ],
)
def test_what_cannot_be_a_key_is_refused_wherever_it_stands(who: Any, environ: dict[str, str], options: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named + r".*It was not used.*Copy it again") as caught:
        who(environ, **options)
    assert "cli-auth-encrypt" not in str(caught.value)


def test_an_error_says_where_both_parts_of_a_key_come_from(who: Any) -> None:
    assert who(KEY).source.origin == "the environment, HW_ACCESS_KEY"
    assert who(KEY, secret_key="sk").source.origin == "the environment, HW_ACCESS_KEY, with secret_key of the options"
    assert who(SDK_KEY, access_key="ak").source.origin == "access_key of the options, with HUAWEICLOUD_SDK_SK"
    assert who(SDK_KEY, access_key="ak", secret_key="sk").source.origin == "access_key of the options"


@pytest.mark.parametrize("variable", NOT_READ)
def test_ways_that_lead_nowhere_are_named_where_there_is_no_other(who: Any, variable: str) -> None:
    with pytest.raises(ConfigurationError, match=variable + ".* identity provider"):
        who({variable: "x"})
    assert who({variable: "x", **KEY}).source.access == "hw-ak"


def test_the_sdks_file_by_its_variable(who: Any, tmp_path: pathlib.Path, koocli: str) -> None:
    path = write(tmp_path / "sdk", "[basic]\nak = f-ak\nsk = f-sk\n[oidc]\nidp_id = i\n")
    assert who({"HUAWEICLOUD_SDK_CREDENTIALS_FILE": path}).source.access == "f-ak"
    assert who({"HUAWEICLOUD_SDK_CREDENTIALS_FILE": path, "HW_SHARED_CONFIG_FILE": koocli}).source.access == "p-ak"
    with pytest.raises(ConfigurationError, match=r"'oidc' .*identity provider \(idp_id\)"):
        who({"HUAWEICLOUD_SDK_CREDENTIALS_FILE": path}, profile="oidc")


def test_koocli_profiles(who: Any, koocli: str) -> None:
    usual = who()
    assert (usual.region, usual.project_id) == ("eu-west-101", "p-project")
    assert usual.source.origin == f"the profile 'usual' in {koocli}"
    assert who(profile="temporary").source.security_token == "t-token"
    assert who({"HW_PROFILE": "sso"}).source == Key("s-ak", "s-sk", "s-token", f"the profile 'sso' in {koocli}")
    assert who(profile="server").source == EcsAgency(asked_for=True)
    with pytest.raises(ConfigurationError, match=r"'sso-out'.*no access key"):
        who(profile="sso-out")


def test_a_profile_that_is_not_there_is_an_error_that_lists_those_there_are(who: Any, koocli: str) -> None:
    with pytest.raises(ConfigurationError, match=r"no profile 'nix'.*agent, server, sso, sso-out, temporary, usual.*HW_PROFILE"):
        who(profile="nix")
    with pytest.raises(ConfigurationError, match="no profile 'nix'"):
        who({"HW_PROFILE": "nix"})


def test_sdk_credentials_file(who: Any, home: pathlib.Path) -> None:
    content = "[basic]\nak = i-ak\nsk = i%sk\nproject_id = i-project\niam_endpoint = https://iam.example.com\n[global]\nak=g\nsk=g\n[other]\nak=o-ak\nsk=o-sk\n"
    path = write(home / ".huaweicloud" / "credentials", content)
    identity = who()
    assert (identity.source.access, identity.source.secret) == ("i-ak", "i%sk")
    assert (identity.project_id, identity.iam_endpoint) == ("i-project", "https://iam.example.com")
    assert who(profile="other").source.access == "o-ak"
    with pytest.raises(ConfigurationError, match="It holds: basic, global, other"):
        who(profile="nix")
    # KooCLI's file counts where both are there
    write(home / ".hcloud" / "config.json", PROFILES)
    assert who().source.access == "p-ak"
    assert who(config_file=path).source.access == "i-ak"
    assert who({"HW_SHARED_CONFIG_FILE": path}, profile="other").source.access == "o-ak"


def test_which_profile_counts_where_none_is_named(who: Any, home: pathlib.Path) -> None:
    file = home / ".hcloud" / "config.json"
    write(file, {"profiles": PROFILES["profiles"][:1]})
    assert who().source.access == "p-ak"
    write(file, {"profiles": PROFILES["profiles"][:2]})
    with pytest.raises(ConfigurationError, match=r"which profile counts.*temporary, usual"):
        who()
    nothings: list[Any] = [{"profiles": []}, {}, {"profiles": None}, {"profiles": "x"}]
    for nothing in nothings:
        write(file, nothing)
        assert who().source == EcsAgency(asked_for=False)
        with pytest.raises(ConfigurationError, match="no profile in"):
            who(config_file=str(file))


@pytest.mark.parametrize(
    "content", ["{broken", "neither one nor the other", "\udcff", '{"a":' * 100_000], ids=["broken", "neither", "bytes", "deep"]
)
def test_files_that_cannot_be_read(who: Any, tmp_path: pathlib.Path, content: str) -> None:
    file = tmp_path / "profiles"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigurationError, match="profiles"):
        who(config_file=str(file))


def test_secrets_are_not_in_representations() -> None:
    key = Key("ak-canary", "sk-canary", "st-canary")
    assert "canary" not in repr([key, Token("token-canary"), Password("u", "pw-canary", "d"), Identity(key)])
