# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may call: domains, users, access keys and tokens."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cloud import Cloud, Project
    from .rights import Policy

LOCKED_AFTER = 5
LOCKED_FOR = timedelta(minutes=5)


@dataclass
class Grant:
    """What somebody may do (None: everything) and which projects of the domain there are for it (None: all)."""

    policies: tuple[Policy, ...] | None = None
    projects: frozenset[str] | None = None


@dataclass
class User:
    name: str
    password: str
    domain_name: str
    id: str


@dataclass
class AccessKey:
    """A permanent key, or a temporary one when it has a security token."""

    access: str
    secret: str
    domain_name: str
    user_name: str
    security_token: str | None = None
    expires_at: datetime | None = None
    grant: Grant | None = None
    failures: int = 0
    locked_until: datetime | None = None


@dataclass
class Token:
    """``project_id`` is None for a token of a whole domain."""

    text: str
    domain_name: str
    user_name: str
    project_id: str | None
    issued_at: datetime
    expires_at: datetime
    methods: tuple[str, ...]


@dataclass(frozen=True)
class Caller:
    """Whom the credentials of a request belong to. ``project_id`` is set when they are good for that project only."""

    domain_name: str
    user_name: str
    project_id: str | None = None
    whole_domain: bool = True
    token: Token | None = None
    policies: tuple[Policy, ...] | None = None
    projects: frozenset[str] | None = None

    def may_see(self, project: Project) -> bool:
        return project.domain_name == self.domain_name and (self.projects is None or project.id in self.projects)

    def may_use(self, project: Project) -> bool:
        if not self.may_see(project):
            return False
        return self.whole_domain or self.project_id == project.id


class Identity:
    """The accounts' part of the cloud's state."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.users: dict[tuple[str, str], User] = {}
        self.keys: dict[str, AccessKey] = {}
        self.tokens: dict[str, Token] = {}
        self._grants: dict[tuple[str, str], Grant] = {}
        self._domain_ids: dict[str, str] = {}

    def clear(self) -> None:
        self.users.clear()
        self.keys.clear()
        self.tokens.clear()
        self._grants.clear()
        self._domain_ids.clear()

    def domain_id(self, name: str) -> str:
        """The id of a domain, which comes into being with its first project or user."""
        return self._domain_ids.setdefault(name, hashlib.md5(name.encode(), usedforsecurity=False).hexdigest())

    def domain_named(self, name: str | None, id: str | None = None) -> str | None:
        """The name of the domain with this name or id; None when there is none."""
        return next((known for known, its_id in self._domain_ids.items() if known == name or (id is not None and its_id == id)), None)

    def domains(self) -> list[str]:
        return list(self._domain_ids)

    def agencies_of(self, domain_name: str) -> set[str]:
        return {agency for project in self._cloud.projects.values() if project.domain_name == domain_name for agency in project.agencies}

    def grant(self, domain_name: str, user_name: str, grant: Grant) -> None:
        """Rights of a user, or of an agency as ``domain/agency``; they replace those it had."""
        self._grants[domain_name, user_name] = grant

    def grant_of(self, domain_name: str, user_name: str, key: AccessKey | None = None) -> Grant:
        """A key's own rights come before those of its user."""
        if key is not None and key.grant is not None:
            return key.grant
        return self._grants.get((domain_name, user_name), Grant())

    def has_agency_rights(self) -> bool:
        return any("/" in user_name for _domain, user_name in self._grants)

    def agency_policies(self, project: Project, agency: str) -> tuple[Policy, ...] | None:
        return self.grant_of(project.domain_name, f"{project.domain_name}/{agency}").policies

    def add_user(self, name: str, password: str, domain_name: str) -> User:
        self.domain_id(domain_name)
        user = self.users[domain_name, name] = User(name, password, domain_name, self._cloud.new_id("hex"))
        return user

    def add_key(
        self,
        access: str,
        secret: str,
        domain_name: str,
        user_name: str,
        security_token: str | None = None,
        expires_at: datetime | None = None,
        grant: Grant | None = None,
    ) -> AccessKey:
        self.domain_id(domain_name)
        key = self.keys[access] = AccessKey(access, secret, domain_name, user_name, security_token, expires_at, grant)
        return key

    def issue_token(self, domain_name: str, user_name: str, project_id: str | None, methods: tuple[str, ...]) -> Token:
        now = self._cloud.now()
        text = self.random_text(self._cloud.switches["iam.token_length"])
        lifetime = timedelta(seconds=self._cloud.switches["iam.token_lifetime"])
        token = self.tokens[text] = Token(text, domain_name, user_name, project_id, now, now + lifetime, methods)
        return token

    def random_text(self, length: int) -> str:
        """A token's text, never shorter than 32 characters so that no two are the same."""
        length = max(length, 32)
        return ("MII" + secrets.token_urlsafe(length))[:length]

    def expire_tokens(self) -> int:
        """Let every token that is out expire now; how many there were."""
        now = self._cloud.now()
        valid = [token for token in self.tokens.values() if token.expires_at > now]
        for token in valid:
            token.expires_at = now
        return len(valid)

    def note_wrong_signature(self, key: AccessKey) -> None:
        key.failures += 1
        if key.failures > LOCKED_AFTER:
            key.locked_until = self._cloud.now() + LOCKED_FOR
            key.failures = 0

    def is_locked(self, key: AccessKey) -> bool:
        return key.locked_until is not None and self._cloud.now() < key.locked_until
