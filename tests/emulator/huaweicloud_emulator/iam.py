# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM: tokens, temporary access keys, projects and domains."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from . import actions, rights
from .cloud import Cloud, Project
from .identity import Caller, Token
from .refusal import Refusal
from .service import Service

DURATIONS = range(900, 86401)
MOST_A_PAGE = 5000
_TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}

router = APIRouter()


def _refuse(status: int, text: str) -> Refusal:
    return Refusal(status, f"IAM.0{status}", text)


def _error_body(cloud: Cloud, refusal: Refusal, request_id: str) -> dict[str, Any]:
    return {"error": {"code": refusal.status, "message": refusal.text, "title": _TITLES.get(refusal.status, "Error")}}


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _object(document: Any, *names: str) -> Mapping[str, Any]:
    """The object at a path of names, each of which has to be there."""
    place = "body"
    for name in ("", *names):
        if name:
            document = document.get(name)
            place = name
        if not isinstance(document, dict):
            raise _refuse(400, f"Expecting to find {place} in {'auth' if names else 'the request'} - it is missing or not an object.")
    return dict(document)


def _body(request: Request) -> Mapping[str, Any]:
    try:
        return _object(json.loads(request.state.body or b"null"))
    except ValueError:
        raise _refuse(400, "The request body is not JSON.") from None


def _method(identity: Mapping[str, Any]) -> str:
    methods = identity.get("methods")
    if not isinstance(methods, list) or len(methods) != 1 or not isinstance(methods[0], str):
        raise _refuse(400, "identity.methods is a list with one method.")
    return methods[0]


def _known_caller(request: Request) -> Caller:
    if request.state.caller is None:
        raise _refuse(401, "The request you have made requires authentication.")
    caller: Caller = request.state.caller
    return caller


def _domain(cloud: Cloud, where: Mapping[str, Any], name_key: str, id_key: str) -> str:
    name = cloud.identity.domain_named(where.get(name_key), where.get(id_key))
    if name is None:
        raise _refuse(404, f"Could not find domain: {where.get(name_key) or where.get(id_key)}.")
    return name


def _agency(cloud: Cloud, caller: Caller, identity: Mapping[str, Any]) -> tuple[str, str]:
    """The domain and the name of the agency a caller wants to act as. Raises Refusal when it may not."""
    rights.require(cloud, caller, "iam", *actions.ASSUME_AGENCY)
    role = _object(identity, "assume_role")
    domain_name = _domain(cloud, role, "domain_name", "domain_id")
    agency = role.get("agency_name")
    if agency not in cloud.identity.agencies_of(domain_name):
        raise _refuse(404, f"Could not find agency: {agency}.")
    return domain_name, str(agency)


def _scope(cloud: Cloud, auth: Mapping[str, Any], domain_name: str, user_name: str) -> Project | None:
    """The project a token is for; None is the whole domain. When both are named, the project counts."""
    scope = auth.get("scope") or {}
    wanted = scope.get("project") if isinstance(scope, dict) else None
    if not wanted:
        return None
    wanted = _object(scope, "project")
    visible = cloud.identity.grant_of(domain_name, user_name).projects
    for project in cloud.projects.values():
        called = project.id == wanted["id"] if "id" in wanted else project.name == wanted.get("name")
        if called and project.domain_name == domain_name and (visible is None or project.id in visible):
            return project
    raise _refuse(401, f"Could not find project: {wanted.get('id') or wanted.get('name')}.")


def _endpoints(request: Request, project: Project | None) -> list[dict[str, Any]]:
    base = str(request.base_url).rstrip("/")
    paths = {"iam": "/v3", "dis": f"/v2/{project.id}" if project else "/v2", "dms": f"/v2/{project.id}" if project else "/v2"}
    region = project.name if project else "*"
    return [
        {
            "type": name,
            "name": name,
            "id": name,
            "endpoints": [{"id": name, "interface": "public", "region": region, "region_id": region, "url": base + path}],
        }
        for name, path in paths.items()
    ]


def _token_answer(request: Request, token: Token, extra: dict[str, Any] | None = None) -> JSONResponse:
    cloud: Cloud = request.state.cloud
    domain = {"id": cloud.identity.domain_id(token.domain_name), "name": token.domain_name}
    project = cloud.projects[token.project_id] if token.project_id else None
    user = cloud.identity.users.get((token.domain_name, token.user_name))
    document: dict[str, Any] = {
        "catalog": [] if request.query_params.get("nocatalog") else _endpoints(request, project),
        "expires_at": _time(token.expires_at),
        "issued_at": _time(token.issued_at),
        "methods": list(token.methods),
        "roles": [{"id": "0", "name": "te_admin"}],
        "user": {"id": user.id if user else "", "name": token.user_name, "domain": domain, "password_expires_at": ""},
        **(extra or {}),
    }
    if project:
        document["project"] = {"id": project.id, "name": project.name, "domain": domain}
    else:
        document["domain"] = domain
    return JSONResponse({"token": document}, 201, {"X-Subject-Token": token.text})


@router.post("/v3/auth/tokens")
async def create_token(request: Request) -> JSONResponse:
    """A token by password, or of an agency."""
    auth = _object(_body(request), "auth")
    identity = _object(auth, "identity")
    method = _method(identity)
    if method == "password":
        return _password_token(request, auth, identity)
    if method == "assume_role":
        return _agency_token(request, auth, identity)
    raise _refuse(400, f"The local cloud has no authentication method {method}.")


def _password_token(request: Request, auth: Mapping[str, Any], identity: Mapping[str, Any]) -> JSONResponse:
    cloud: Cloud = request.state.cloud
    given = _object(identity, "password", "user")
    wrong = _refuse(401, "The username or password is wrong.")
    if "id" in given:
        user = next((candidate for candidate in cloud.identity.users.values() if candidate.id == given["id"]), None)
    else:
        domain = _object(given, "domain")
        domain_name = cloud.identity.domain_named(domain.get("name"), domain.get("id"))
        user = cloud.identity.users.get((domain_name or "", str(given.get("name"))))
    if user is None or given.get("password") != user.password:
        raise wrong
    project = _scope(cloud, auth, user.domain_name, user.name)
    token = cloud.identity.issue_token(user.domain_name, user.name, project.id if project else None, ("password",))
    return _token_answer(request, token)


def _agency_token(request: Request, auth: Mapping[str, Any], identity: Mapping[str, Any]) -> JSONResponse:
    cloud: Cloud = request.state.cloud
    caller = _known_caller(request)
    domain_name, agency = _agency(cloud, caller, identity)
    if not auth.get("scope"):
        raise _refuse(400, "Expecting to find scope in auth - the token of an agency needs one.")
    project = _scope(cloud, auth, domain_name, f"{domain_name}/{agency}")
    token = cloud.identity.issue_token(domain_name, f"{domain_name}/{agency}", project.id if project else None, ("assume_role",))
    its_domain = {"id": cloud.identity.domain_id(caller.domain_name), "name": caller.domain_name}
    return _token_answer(request, token, {"assumed_by": {"user": {"name": caller.user_name, "domain": its_domain}}})


@router.post("/v3.0/OS-CREDENTIAL/securitytokens")
async def create_temporary_key(request: Request) -> JSONResponse:
    """A temporary access key, of an agency or of the token's own user."""
    cloud: Cloud = request.state.cloud
    identity = _object(_body(request), "auth", "identity")
    method = _method(identity)
    if method == "assume_role":
        domain_name, agency = _agency(cloud, _known_caller(request), identity)
        user_name = f"{domain_name}/{agency}"
        options = _object(identity, "assume_role")
    elif method == "token":
        options = _object(identity, "token") if identity.get("token") else {}
        token = cloud.identity.tokens.get(str(options.get("id")))
        if token is not None and token.expires_at > cloud.now():
            domain_name, user_name = token.domain_name, token.user_name
        else:
            caller = _known_caller(request)
            domain_name, user_name = caller.domain_name, caller.user_name
    else:
        raise _refuse(400, f"The local cloud has no method {method} for temporary access keys.")
    duration = options.get("duration_seconds", DURATIONS.start)
    try:
        seconds = int(duration)
    except (TypeError, ValueError):
        seconds = -1
    if seconds not in DURATIONS:
        raise _refuse(400, f"duration_seconds is from {DURATIONS.start} to {DURATIONS.stop - 1}.")
    key = cloud.identity.add_key(
        "HST" + secrets.token_hex(9).upper()[:17],
        secrets.token_urlsafe(30),
        domain_name,
        user_name,
        cloud.identity.random_text(600),
        cloud.now() + timedelta(seconds=seconds),
    )
    return JSONResponse(
        {
            "credential": {
                "access": key.access,
                "secret": key.secret,
                "securitytoken": key.security_token,
                "expires_at": _time(cloud.now() + timedelta(seconds=seconds)),
            }
        },
        201,
    )


def _parent_id(cloud: Cloud, project: Project) -> str:
    """Of a sub-project the project of its region, otherwise the domain."""
    of_region = (other.id for other in cloud.projects.values() if other.domain_name == project.domain_name and other.name == project.region)
    return next((id for id in of_region if id != project.id), cloud.identity.domain_id(project.domain_name))


def _shown(request: Request, cloud: Cloud, project: Project) -> dict[str, Any]:
    return {
        "id": project.id,
        "name": project.name,
        "domain_id": cloud.identity.domain_id(project.domain_name),
        "parent_id": _parent_id(cloud, project),
        "enabled": project.enabled,
        "is_domain": False,
        "description": project.description,
        "links": {"self": f"{request.base_url}v3/projects/{project.id}"},
    }


def _number(request: Request, name: str) -> int | None:
    given = request.query_params.get(name)
    if given is None:
        return None
    if not given.isascii() or not given.isdecimal() or not 1 <= int(given) <= MOST_A_PAGE:
        raise _refuse(400, f"{name} is a number from 1 to {MOST_A_PAGE}.")
    return int(given)


@router.get("/v3/projects")
@router.get("/v3/auth/projects")
async def list_projects(request: Request) -> JSONResponse:
    """The projects of the caller's domain that there are for it; ``name``, ``domain_id``, ``parent_id`` and ``enabled`` select, ``page``
    and ``per_page`` cut."""
    cloud: Cloud = request.state.cloud
    caller = _known_caller(request)
    of_others = cloud.switches["iam.projects_of_others"] == "listed" and not request.url.path.endswith("/auth/projects")
    projects = [
        _shown(request, cloud, project)
        for project in cloud.projects.values()
        if caller.may_see(project) or (of_others and project.domain_name == caller.domain_name)
    ]
    for name in ("name", "domain_id", "parent_id", "enabled"):
        wanted = request.query_params.get(name)
        if wanted is not None:
            projects = [row for row in projects if str(row[name]).lower() == wanted.lower()]
    page, size = _number(request, "page"), _number(request, "per_page")
    following = None
    if page and size:
        following = f"{request.base_url}v3/projects?page={page + 1}&per_page={size}" if len(projects) > page * size else None
        projects = projects[(page - 1) * size : page * size]
    links = {"self": f"{request.base_url}v3/projects", "next": following, "previous": None}
    return JSONResponse({"links": links, "projects": projects})


@router.get("/v3/auth/domains")
async def list_domains(request: Request) -> JSONResponse:
    """The caller's domain."""
    cloud: Cloud = request.state.cloud
    caller = _known_caller(request)
    id = cloud.identity.domain_id(caller.domain_name)
    links = {"self": f"{request.base_url}v3/domains/{id}"}
    domain = {"id": id, "name": caller.domain_name, "enabled": True, "description": "", "links": links}
    return JSONResponse({"links": {"self": f"{request.base_url}v3/auth/domains", "next": None, "previous": None}, "domains": [domain]})


SERVICE = Service(
    name="iam",
    router=router,
    owns=lambda path: path.startswith(("/v3/auth/", "/v3/projects", "/v3/domains", "/v3.0/")),
    error_body=_error_body,
    project_of=lambda path: None,
    needs_credentials=False,
    request_id_headers=("X-Request-Id", "X-IAM-Trace-Id"),
)
