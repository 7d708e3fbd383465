# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The seed document: what is there before the first request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .cloud import HOME_DOMAIN, HOME_PROJECT, HOME_REGION, HOME_USER, Cloud, Project


class WrongSeed(ValueError):
    """A seed document that cannot be understood."""


def _object(what: str, given: Any, known: Iterable[str], needed: Iterable[str] = ()) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise WrongSeed(f"{what} is an object, not {type(given).__name__}")
    known = set(known)
    strange = sorted(set(given) - known)
    if strange:
        raise WrongSeed(f"{what} has no {', '.join(strange)}; it has: {', '.join(sorted(known))}")
    missing = sorted(set(needed) - set(given))
    if missing:
        raise WrongSeed(f"{what} needs {', '.join(missing)}")
    return given


def _list(what: str, given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise WrongSeed(f"{what} is a list, not {type(given).__name__}")
    return given


def _texts(what: str, given: dict[str, Any], keys: Iterable[str]) -> None:
    for key in keys:
        if key in given and not (isinstance(given[key], str) and given[key]):
            raise WrongSeed(f"{key} of {what} is a text")


def _buckets(given: Any) -> dict[str, str]:
    """A list of names in the home region, or an object name to region."""
    buckets = dict.fromkeys(given, HOME_REGION) if isinstance(given, list) else given
    if not isinstance(buckets, dict) or not all(isinstance(text, str) for pair in buckets.items() for text in pair):
        raise WrongSeed("buckets is an object of name and region, or a list of names")
    return buckets


def _project(cloud: Cloud, given: dict[str, Any]) -> Project:
    id = given.get("id", HOME_PROJECT)
    there = cloud.projects.get(id)
    name = given.get("name", there.name if there else HOME_REGION)
    domain_name = given.get("domain_name", there.domain_name if there else HOME_DOMAIN)
    if there and (there.name, there.domain_name) != (name, domain_name):
        raise WrongSeed(f"the project {id} is there already; its name is {there.name} and its domain {there.domain_name}")
    return cloud.add_project(id, name, domain_name, set(given.get("agencies", [])))


def apply_seed(cloud: Cloud, document: Any) -> None:
    """Add what the document holds. Raises WrongSeed or the services' own refusals; a refused document may be there in part."""
    if isinstance(document, dict) and document.get("demo") is True:
        from .demo_estate import demo_estate

        apply_seed(cloud, demo_estate())
        document = {key: value for key, value in document.items() if key != "demo"}
    document = _object("the seed", document, ("projects", "buckets", "users", "access_keys", "switches", "demo"))
    buckets = _buckets(document.get("buckets", {}))
    services = {service.name: service for service in cloud.services if service.seed is not None}
    known = ("id", "name", "domain_name", "agencies", *services)
    projects = [_object("a project", one, known) for one in _list("projects", document.get("projects", []))]
    users = [
        _object("a user", one, ("name", "password", "domain_name"), ("name", "password"))
        for one in _list("users", document.get("users", []))
    ]
    keys = [
        _object("an access key", one, ("access", "secret", "domain_name", "user_name", "security_token"), ("access", "secret"))
        for one in _list("access_keys", document.get("access_keys", []))
    ]
    for what, items in (("a project", projects), ("a user", users), ("an access key", keys)):
        for item in items:
            _texts(what, item, sorted(set(item) - {"agencies", *services}))
    for project in projects:
        if not all(isinstance(agency, str) for agency in _list("agencies", project.get("agencies", []))):
            raise WrongSeed("agencies is a list of names")

    cloud.switches.update(_object("switches", document.get("switches", {}), cloud.switches))
    cloud.buckets.update(buckets)
    for user in users:
        cloud.identity.add_user(user["name"], user["password"], user.get("domain_name", HOME_DOMAIN))
    for key in keys:
        domain, name = key.get("domain_name", HOME_DOMAIN), key.get("user_name", HOME_USER)
        cloud.identity.add_key(key["access"], key["secret"], domain, name, key.get("security_token"))
    for one in projects:
        place = _project(cloud, one)
        for name, service in services.items():
            if name in one and service.seed is not None:
                service.seed(cloud, place, one[name])
