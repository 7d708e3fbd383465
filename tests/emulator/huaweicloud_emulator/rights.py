# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rights: what the policies of a caller allow, and what is said when they do not.

Who has no policy may do everything. A policy is a document in the vendor's own form, of either model, or the name of a system-defined one.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from . import actions
from .refusal import Refusal
from .switches import Switch

if TYPE_CHECKING:
    from .cloud import Cloud
    from .identity import Caller

POLICY, IDENTITY = "policy", "identity"
MODELS = {"1.0": POLICY, "1.1": POLICY, "5.0": IDENTITY}
NEEDS_A_LIMITED_USER = "needs a user who lacks a right"
WRITE_OBJECTS = "obs:object:PutObject"

SWITCHES = {
    "rights.start_and_stop_of_dis": Switch(
        "dis:transferTasks:update",
        ("dis:transferTasks:update", "dis:transferTasks:create", "none"),
        "additions 2: the list of DIS actions has none for starting and stopping a task; none: the calls need no right",
        unobservable_why=NEEDS_A_LIMITED_USER,
    ),
    "rights.list_projects": Switch(
        "checked",
        ("checked", "free"),
        "auth.md 3.3: no stored page says whether a user needs iam:projects:listProjects for the projects that are its own",
        unobservable_why=NEEDS_A_LIMITED_USER,
    ),
    "rights.dms_refusal": Switch(
        "DMS",
        ("DMS", "gateway"),
        "kafka.md 1.1, auth.md 6.1: whether DMS refuses (403 DMS.00403003) or the gateway in front of it (403 APIGW.0302)",
        unobservable_why=NEEDS_A_LIMITED_USER,
    ),
    "rights.dis_refusal": Switch(
        "DIS",
        ("DIS", "gateway"),
        "dis.md 7.2: DIS has a code of its own (403 DIS.4116); the gateway in front may come first (APIGW.0302)",
        unobservable_why=NEEDS_A_LIMITED_USER,
    ),
    "rights.named": Switch(
        "where documented",
        ("where documented", "always", "never"),
        "Whether a refusal names the action: DIS.4116 has room for a reason, IAM names it, for DMS and the gateway no page says it",
        unobservable_why=NEEDS_A_LIMITED_USER,
    ),
    "rights.encoded_message": Switch(
        True,
        "bool",
        "auth.md 6: refusals under identity policies carry encoded_authorization_message according to the SDK; off: no such field",
        unobservable_why=NEEDS_A_LIMITED_USER,
    ),
}


@dataclass(frozen=True)
class Statement:
    allows: bool
    patterns: tuple[str, ...]

    def speaks_of(self, action: str) -> bool:
        return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in self.patterns)


@dataclass(frozen=True)
class Policy:
    model: str
    statements: tuple[Statement, ...]


def _system(model: str, *patterns: str) -> Policy:
    return Policy(model, (Statement(True, patterns),))


SYSTEM_POLICIES = {
    "Tenant Administrator": _system(POLICY, "*"),
    "Tenant Guest": _system(POLICY, "*:*:get*", "*:*:list*"),
    "DMS FullAccess": _system(POLICY, "dms:*", "vpc:*", "eip:*"),
    "DMS ReadOnlyAccess": _system(POLICY, "dms:*:get*", "dms:*:list*"),
    "DIS Administrator": _system(POLICY, "dis:*"),
    "DIS User": _system(POLICY, "dis:streams:get", "dis:streams:list", "dis:records:*", "dis:checkpoints:*"),
    "DIS Agency OBS Access": _system(POLICY, "obs:object:*", "obs:bucket:*"),
    "DIS Agency SMN Access": _system(POLICY, "smn:*"),
    "OBS Administrator": _system(POLICY, "obs:*"),
    "OBS OperateAccess": _system(POLICY, "obs:object:*", "obs:bucket:get*", "obs:bucket:list*", "obs:bucket:headbucket"),
    "OBS ReadOnlyAccess": _system(POLICY, "obs:bucket:get*", "obs:bucket:list*", "obs:bucket:headbucket"),
}


def policy_of(given: Any) -> Policy:
    """A policy from its document or its name. Raises ValueError, which says what is wrong and where within the document."""
    if isinstance(given, str):
        if given not in SYSTEM_POLICIES:
            raise ValueError(f": there is no system-defined policy {given!r}; there are: {', '.join(sorted(SYSTEM_POLICIES))}")
        return SYSTEM_POLICIES[given]
    _members("", given, {"Version", "Statement"})
    if given.get("Version") not in list(MODELS):
        raise ValueError(f".Version: is one of {', '.join(MODELS)}, not {given.get('Version')!r}")
    statements = given.get("Statement")
    if not isinstance(statements, list) or not statements:
        raise ValueError(".Statement: is a list of statements")
    return Policy(MODELS[given["Version"]], tuple(_statement(f".Statement[{at}]", statement) for at, statement in enumerate(statements)))


def _members(path: str, given: Any, known: set[str]) -> None:
    if not isinstance(given, dict):
        raise ValueError(f"{path}: is an object, not {type(given).__name__}")
    if strange := sorted(set(given) - known):
        raise ValueError(f"{path}.{strange[0]}: the local cloud knows {', '.join(sorted(known))} here")


def _statement(path: str, given: Any) -> Statement:
    _members(path, given, {"Sid", "Effect", "Action", "Resource"})
    if given.get("Effect") not in ("Allow", "Deny"):
        raise ValueError(f"{path}.Effect: is Allow or Deny, not {given.get('Effect')!r}")
    patterns = given.get("Action")
    patterns = [patterns] if isinstance(patterns, str) else patterns
    if not isinstance(patterns, list) or not patterns:
        raise ValueError(f"{path}.Action: is a list of actions")
    for at, pattern in enumerate(patterns):
        if not isinstance(pattern, str) or not re.fullmatch(r"[\w-]+(:[\w*-]+){1,2}|\*(:\*){0,2}", pattern):
            raise ValueError(f"{path}.Action[{at}]: is an action such as dis:transferTasks:create, with * for any, not {pattern!r}")
    resources = given.get("Resource", "*")
    for resource in [resources] if isinstance(resources, str) else resources if isinstance(resources, list) else [None]:
        if not isinstance(resource, str) or not resource.endswith("*"):
            raise ValueError(f"{path}.Resource: the local cloud tells no single resources apart; leave it out, or end it with *")
    return Statement(given["Effect"] == "Allow", tuple(patterns))


def _allows(policies: Iterable[Policy], action: str) -> bool:
    """Allowed by one statement and denied by none; ``action`` may be followed by its alias."""
    speaking = [
        statement for policy in policies for statement in policy.statements if any(statement.speaks_of(name) for name in action.split("|"))
    ]
    return bool(speaking) and all(statement.allows for statement in speaking)


def missing(policies: tuple[Policy, ...] | None, policy: tuple[str, ...], identity: tuple[str, ...]) -> str | None:
    """The first action that the policies do not allow; None when they allow all. Policies of both models: either may allow it."""
    if policies is None:
        return None
    lacking: str | None = None
    for model, asked in ((IDENTITY, identity), (POLICY, policy)):
        of_model = [entry for entry in policies if entry.model == model]
        if of_model or (model == POLICY and not policies):
            lacking = next((action.partition("|")[0] for action in asked if not _allows(of_model, action)), None)
            if lacking is None:
                return None
    return lacking


def may_write_objects(policies: tuple[Policy, ...] | None) -> bool:
    """Whether an agency with these policies may put objects into buckets."""
    return missing(policies, (WRITE_OBJECTS,), (WRITE_OBJECTS,)) is None


def check(cloud: Cloud, caller: Caller | None, service: str, method: str, path: str) -> None:
    """Raises the refusal of the service when the caller's policies do not allow the call."""
    if caller is None or caller.policies is None:
        return
    call = actions.call_of(method, path)
    if call is None:
        return
    policy, identity = call.policy, call.identity
    if call.switched == actions.START_OR_STOP:
        action = cloud.switches["rights.start_and_stop_of_dis"]
        policy = identity = () if action == "none" else (action,)
    if call.switched == actions.LIST_PROJECTS and cloud.switches["rights.list_projects"] == "free":
        return
    require(cloud, caller, service, policy, identity)


def require(cloud: Cloud, caller: Caller, service: str, policy: tuple[str, ...], identity: tuple[str, ...]) -> None:
    """Raises the refusal of the service when the caller's policies do not allow these actions."""
    action = missing(caller.policies, policy, identity)
    if action is not None:
        raise _refusal(cloud, caller, service, action)


def _refusal(cloud: Cloud, caller: Caller, service: str, action: str) -> Refusal:
    switches = cloud.switches
    named = switches["rights.named"]
    reason = f"Policy doesn't allow {action} to be performed."
    if service == "iam":
        shown = f": {action}" if named != "never" else ""
        return Refusal(403, "IAM.0403", f"You are not authorized to perform the requested action{shown}.")
    if switches[f"rights.{service}_refusal"] == "gateway":
        shown = f" {reason}" if named == "always" else ""
        return Refusal(403, "APIGW.0302", "The IAM user is not authorized to access the API." + shown)
    if service == "dis":
        shown = f" [{reason}]" if named != "never" else ""
        return Refusal(403, "DIS.4116", "Invalid RBAC." + shown)
    text = reason if named == "always" else "No permission to perform this operation."
    return Refusal(403, "DMS.00403003", text, more=_encoded(cloud, caller, action))


def _encoded(cloud: Cloud, caller: Caller, action: str) -> dict[str, str]:
    """The real one is sealed; only the vendor's own call opens it."""
    by_identity = any(policy.model == IDENTITY for policy in caller.policies or ())
    if not (by_identity and cloud.switches["rights.encoded_message"]):
        return {}
    words = json.dumps({"allowed": False, "action": action}).encode()
    return {"encoded_authorization_message": base64.b64encode(words).decode()}
