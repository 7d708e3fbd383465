# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole state of the local cloud."""

from __future__ import annotations

import random
import string
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from . import rights, writer_keys
from .faults import Faults
from .files import Files
from .identity import Identity
from .journal import Journal
from .service import Service
from .switches import Switch, Switches
from .writer_keys import WriterKey

HOME_DOMAIN = "opendump"
HOME_REGION = "eu-west-101"
HOME_PROJECT = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
HOME_ACCESS_KEY = "EMULATORACCESSKEY001"
HOME_SECRET_KEY = "emulator-secret-key-0001-do-not-use"
HOME_USER = "opendump"
HOME_PASSWORD = "emulator-password-0001"
HOME_AGENCY = "dis_admin_agency"
HOME_BUCKETS = ("obsbucket", "opendump-archive", "testobs")

_DIS_ALPHABET = string.ascii_letters + string.digits

FRAME_SWITCHES = {
    "gateway.latency_ms": Switch(
        0, "number", "delay before every answer, in milliseconds", unobservable_why="the network's, no trait of the service"
    ),
    "gateway.lockout": Switch(
        True,
        "bool",
        "more than 5 consecutive wrong signatures with one access key lock that key for 5 minutes (auth.md 6.1)",
        unobservable_why="only by locking one's own key",
    ),
    "gateway.aksk_faults_of_dis": Switch(
        "apigw",
        ("apigw", "dis"),
        "auth.md 9: unknown whether DIS lets the gateway answer AK/SK faults (401 APIGW.0301) or answers itself (441 DIS.41xx)",
    ),
    "gateway.plus_in_query": Switch(
        "literal",
        ("literal", "space"),
        "auth.md 2.5: how the gateway reads a + in a query when it checks a signature is unknown",
        unobservable_why="only by a signature that is wrong under one of the readings, which counts towards the lock of the key",
    ),
    "gateway.project_of_another_region": Switch(
        "service",
        ("service", "gateway"),
        "auth.md 6.1, 8: a region's endpoint and the id of another region's project: the service refuses (DIS.4117, DMS.10240104), or the "
        "gateway does (403 APIGW.0802). Endpoints of one region are under /_region/<region>",
        unobservable_why="needs projects in two regions",
    ),
    "iam.projects_of_others": Switch(
        "hidden",
        ("hidden", "listed"),
        "auth.md 3.3: whether the list of projects has those of the account in which the user has no rights",
        unobservable_why=rights.NEEDS_A_LIMITED_USER,
    ),
    "iam.token_length": Switch(
        1600,
        "int",
        "length of IAM tokens in characters; real ones have some thousand, at most 32768",
        unobservable_why="only who logs in with a password gets a token",
    ),
    "iam.token_lifetime": Switch(
        86400, "int", "seconds until a token expires (IAM: 24 hours)", unobservable_why="only who logs in with a password gets a token"
    ),
    **rights.SWITCHES,
    **writer_keys.SWITCHES,
}


@dataclass
class Project:
    """A project (a region's part of an account) and what its services keep there: ``books["dis"]``, ``books["dms"]``."""

    id: str
    name: str
    domain_name: str
    agencies: set[str] = field(default_factory=set)
    enabled: bool = True
    description: str = ""
    books: dict[str, Any] = field(default_factory=dict)

    @property
    def region(self) -> str:
        """``eu-west-101`` of the project ``eu-west-101`` and of the sub-project ``eu-west-101_orders``."""
        return self.name.partition("_")[0]


class Cloud:
    """Everything the cloud knows. ``seed`` makes all invented ids the same in every run."""

    def __init__(self, services: Sequence[Service], seed: int | None = None) -> None:
        self.services = tuple(services)
        declared = dict(FRAME_SWITCHES)
        for service in self.services:
            declared.update(service.switches)
        self.switches = Switches(declared)
        self.faults = Faults()
        self.journal = Journal()
        self.identity = Identity(self)
        self.projects: dict[str, Project] = {}
        self.buckets: dict[str, str] = {}
        self.writer_keys: dict[str, WriterKey] = {}
        self.files = Files()
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Back to the built-in account, without streams, instances, faults, journal; every switch at its default."""
        self._random = random.Random(self._seed)
        self.clock_offset = timedelta()
        self.switches.reset()
        self.faults.clear()
        self.journal.clear()
        self.identity.clear()
        self.projects.clear()
        self.buckets.clear()
        self.writer_keys.clear()
        self.files.clear()
        self.add_project(HOME_PROJECT, HOME_REGION, HOME_DOMAIN, {HOME_AGENCY})
        self.identity.add_user(HOME_USER, HOME_PASSWORD, HOME_DOMAIN)
        self.identity.add_key(HOME_ACCESS_KEY, HOME_SECRET_KEY, HOME_DOMAIN, HOME_USER)
        self.buckets.update(dict.fromkeys(HOME_BUCKETS, HOME_REGION))

    def add_project(self, id: str, name: str, domain_name: str, agencies: set[str] | None = None) -> Project:
        """A new project, or the one there is with its agencies added."""
        project = self.projects.get(id)
        if project is None:
            project = self.projects[id] = Project(id, name, domain_name)
            for service in self.services:
                project.books[service.name] = service.new_book(self, project)
            self.identity.domain_id(domain_name)
        project.agencies |= agencies or set()
        return project

    def deliveries_can_fail(self) -> bool:
        """Whether anything was declared that may keep a task from writing into its bucket."""
        return bool(self.writer_keys) or self.identity.has_agency_rights()

    def service_of(self, path: str) -> Service | None:
        return next((service for service in self.services if service.owns(path)), None)

    def service_named(self, name: str) -> Service | None:
        return next((service for service in self.services if service.name == name), None)

    def now(self) -> datetime:
        """The cloud's clock, UTC; the admin API moves it."""
        return datetime.fromtimestamp(time.time(), UTC) + self.clock_offset

    def now_ms(self) -> int:
        """Milliseconds since the epoch by the cloud's clock."""
        return int(self.now().timestamp() * 1000)

    def new_id(self, kind: str = "uuid") -> str:
        """``uuid``: a UUID as text; ``hex``: 32 hexadecimal digits; ``dis``: 19 letters and digits, as DIS names streams and tasks."""
        if kind == "dis":
            return "".join(self._random.choices(_DIS_ALPHABET, k=19))
        number = uuid.UUID(int=self._random.getrandbits(128), version=4)
        if kind == "uuid":
            return str(number)
        if kind == "hex":
            return number.hex
        raise ValueError(f"ids are of the kind uuid, hex or dis, not {kind!r}")
