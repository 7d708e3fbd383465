# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The seed document: what is there before the first request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import demo_estate, first_play_estate, migration_estate, regions_estate
from .cloud import HOME_DOMAIN, HOME_PROJECT, HOME_REGION, HOME_USER, Cloud, Project
from .identity import Grant
from .refusal import Refusal
from .rights import policy_of
from .shape import Shape, WrongShape, any_text, anything, by_type, choice, flag, free_object, list_of, map_of, nullable, object_of, text
from .writer_keys import STATUSES, VALID, WriterKey

ESTATES = {
    "first_play": first_play_estate.first_play_estate,
    "demo": demo_estate.demo_estate,
    "migration": migration_estate.migration_estate,
    "regions": regions_estate.regions_estate,
}
"""Seed documents that are part of the package, by the name under which a seed or the command line asks for them."""


class WrongSeed(ValueError):
    """A seed document that cannot be understood."""


def _policy(path: str, given: Any) -> None:
    try:
        policy_of(given)
    except ValueError as wrong:
        raise WrongShape(f"{path}{wrong}") from None


_GRANT: Mapping[str, Shape] = {"policies": nullable(list_of(_policy)), "projects": nullable(list_of(text))}
_AGENCY = by_type({str: text, dict: object_of({"name": text, "policies": nullable(list_of(_policy))}, ("name",))}, "a name or an object")
_USER = object_of({"name": text, "password": text, "domain_name": text, **_GRANT}, ("name", "password"))
_ACCESS_KEY = object_of(
    {"access": text, "secret": text, "domain_name": text, "user_name": text, "security_token": nullable(text), **_GRANT},
    ("access", "secret"),
)
_WRITER_KEY = object_of(
    {"access": text, "secret": text, "status": choice(*STATUSES), "buckets": nullable(list_of(text))}, ("access", "secret")
)


def _switches(cloud: Cloud) -> Shape:
    def check(path: str, given: Any) -> None:
        object_of(dict.fromkeys(cloud.switches, anything))(path, given)
        for name, value in given.items():
            takes = cloud.switches.declared(name)
            if value is not None and not takes.accepts(value):
                raise WrongShape(f"{path}.{name}: takes {takes.describe()}, not {value!r}")

    return check


def _shape(cloud: Cloud) -> Shape:
    services = {service.name: service.seed_shape or free_object for service in cloud.services if service.seed is not None}
    project = object_of(
        {
            "id": text,
            "name": text,
            "domain_name": text,
            "description": any_text,
            "enabled": flag,
            "agencies": list_of(_AGENCY),
            **services,
        }
    )
    return object_of(
        {
            **dict.fromkeys(ESTATES, flag),
            "projects": list_of(project),
            "buckets": by_type({list: list_of(text), dict: map_of(text)}, "a list of names, or an object of names and regions"),
            "users": list_of(_USER),
            "access_keys": list_of(_ACCESS_KEY),
            "writer_keys": list_of(_WRITER_KEY),
            "switches": _switches(cloud),
        }
    )


def check_seed(cloud: Cloud, document: Any) -> None:
    """Raises WrongSeed with the path of a key or type that cannot be there."""
    try:
        if not isinstance(document, dict):
            raise WrongShape(f"the seed is an object, not {type(document).__name__}")
        _shape(cloud)("", document)
    except WrongShape as wrong:
        raise WrongSeed(str(wrong)) from None


def _project(cloud: Cloud, path: str, given: dict[str, Any]) -> Project:
    id = given.get("id", HOME_PROJECT)
    there = cloud.projects.get(id)
    name = given.get("name", there.name if there else HOME_REGION)
    domain_name = given.get("domain_name", there.domain_name if there else HOME_DOMAIN)
    if there and (there.name, there.domain_name) != (name, domain_name):
        raise WrongSeed(f"{path}: the project {id} is there already; its name is {there.name} and its domain {there.domain_name}")
    agencies = [agency if isinstance(agency, dict) else {"name": agency} for agency in given.get("agencies", [])]
    project = cloud.add_project(id, name, domain_name, {agency["name"] for agency in agencies})
    project.enabled = given.get("enabled", project.enabled)
    project.description = given.get("description", project.description)
    for agency in agencies:
        if agency.get("policies") is not None:
            cloud.identity.grant(domain_name, f"{domain_name}/{agency['name']}", _grant(agency))
    return project


def _grant(given: dict[str, Any]) -> Grant:
    policies, projects = given.get("policies"), given.get("projects")
    return Grant(
        None if policies is None else tuple(policy_of(text) for text in policies), None if projects is None else frozenset(projects)
    )


def _accounts(cloud: Cloud, document: dict[str, Any]) -> None:
    for user in document.get("users", []):
        domain = user.get("domain_name", HOME_DOMAIN)
        cloud.identity.add_user(user["name"], user["password"], domain)
        cloud.identity.grant(domain, user["name"], _grant(user))
    for key in document.get("access_keys", []):
        domain, name = key.get("domain_name", HOME_DOMAIN), key.get("user_name", HOME_USER)
        own = _grant(key) if {"policies", "projects"} & set(key) else None
        cloud.identity.add_key(key["access"], key["secret"], domain, name, key.get("security_token"), grant=own)
    for key in document.get("writer_keys", []):
        buckets = key.get("buckets")
        kept = None if buckets is None else frozenset(buckets)
        cloud.writer_keys[key["access"]] = WriterKey(key["access"], key["secret"], key.get("status", VALID), kept)


def apply_seed(cloud: Cloud, document: Any) -> None:
    """Add what the document holds. A wrong key or type is refused before anything is done; a refusal of a service may come in the middle.

    Raises WrongSeed with the path of what is wrong.
    """
    check_seed(cloud, document)
    for name, estate in ESTATES.items():
        if document.get(name):
            apply_seed(cloud, estate())
    cloud.switches.update(document.get("switches", {}))
    buckets = document.get("buckets", {})
    cloud.buckets.update(dict.fromkeys(buckets, HOME_REGION) if isinstance(buckets, list) else buckets)
    _accounts(cloud, document)
    for at, given in enumerate(document.get("projects", [])):
        path = f"projects[{at}]"
        place = _project(cloud, path, given)
        for service in cloud.services:
            if service.seed is not None and service.name in given:
                try:
                    service.seed(cloud, place, given[service.name])
                except Refusal as wrong:
                    raise WrongSeed(f"{path}.{service.name}: {wrong.text}") from None
                except ValueError as wrong:
                    raise WrongSeed(f"{path}.{service.name}: {wrong}") from None
