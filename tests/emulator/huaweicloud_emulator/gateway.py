# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gateway in front of every service: journal, faults, credentials, project, route."""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid
from datetime import timedelta
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import admin, rights
from .cloud import Cloud, Project
from .faults import Fault
from .identity import AccessKey, Caller
from .journal import Entry, readable
from .no_obs import answer_for_obs, is_for_obs
from .odd_list import odd_list
from .refusal import Refusal
from .service import Service
from .verifier import Flaw, Signed, Unverified, verify
from .wire import Answer, Wire

MEGABYTE = 1024 * 1024
BODY_LIMIT = 12 * MEGABYTE
URI_LIMIT = 32 * 1024
HEADER_LIMIT = 32 * 1024
HEADERS_LIMIT = 128 * 1024

_DIS_CODES = {
    Flaw.NO_AUTHORIZATION: "DIS.4101",
    Flaw.UNREADABLE: "DIS.4102",
    Flaw.NO_DATE: "DIS.4103",
    Flaw.UNREADABLE_DATE: "DIS.4104",
    Flaw.EXPIRED: "DIS.4105",
    Flaw.NO_ACCESS_KEY: "DIS.4106",
    Flaw.UNKNOWN_ACCESS_KEY: "DIS.4107",
    Flaw.NO_SIGNATURE: "DIS.4110",
}

REGION = re.compile(r"/_region/([A-Za-z0-9-]+)(?=/)")
"""Before a path: the endpoint of one region, as ``https://dis.eu-west-0.…`` is at the vendor's; without it every region is served."""

log = logging.getLogger("huaweicloud_emulator")


def reserved(path: str) -> bool:
    """Paths of the emulator itself, which no cloud has."""
    return path in ("/", "/favicon.ico", "/_emulator") or path.startswith("/_emulator/")


def unknown_route() -> Refusal:
    return Refusal(404, "APIGW.0101", "The API does not exist or has not been published in the environment.")


def refusal_body(cloud: Cloud, service: Service | None, refusal: Refusal, request_id: str) -> dict[str, Any]:
    """Gateway codes have the gateway's shape on every path; all others the shape of the service."""
    if service is None or refusal.code.startswith(("APIGW.", "APIG.")):
        return {"error_msg": refusal.text, "error_code": refusal.code, "request_id": request_id, **refusal.more}
    return service.error_body(cloud, refusal, request_id)


def _not_authentic(detail: str) -> Refusal:
    return Refusal(401, "APIGW.0301", f"Incorrect IAM authentication information: {detail}")


async def _read_body(receive: Receive) -> bytes | None:
    """The request's body; None when it is too large (it is read to its end, so that the client gets to see the answer)."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        part = message.get("body", b"")
        size += len(part)
        if size <= BODY_LIMIT:
            parts.append(part)
        else:
            parts.clear()
        if not message.get("more_body", False):
            return b"".join(parts) if size <= BODY_LIMIT else None


class Gateway:
    """ASGI middleware around the services' routes."""

    def __init__(self, app: ASGIApp, cloud: Cloud) -> None:
        self._app = app
        self._cloud = cloud

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or reserved(scope["path"]):
            await self._app(scope, receive, send)
        elif is_for_obs(scope):
            await answer_for_obs()(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        cloud, wire = self._cloud, Wire(scope, receive, send)
        endpoint = REGION.match(scope["path"])
        if endpoint:
            # what was signed is the raw path, which stays whole
            scope = {**scope, "path": scope["path"][endpoint.end() :]}
        client = scope.get("client")
        entry = cloud.journal.open(
            cloud.now().isoformat(timespec="milliseconds"),
            client[1] if client else None,
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
        )
        entry.request_id = uuid.uuid4().hex
        entry.region = endpoint.group(1).lower() if endpoint else None
        service = cloud.service_of(scope["path"])
        entry.service = service.name if service else None
        body = await _read_body(receive)
        entry.body, entry.secrets_sha256 = readable(body or b"")
        fault = cloud.faults.meet(scope["method"], scope["path"], entry.service, entry.query)
        entry.fault = fault.name() if fault else None
        try:
            await self._wait(fault)
            if fault and fault.when == "before":
                self._happen(fault)
            answer = await self._answer_or_fault(scope, entry, service, body, fault)
            if fault and fault.when == "after":
                self._happen(fault)
            if answer is not None and fault and "list" in fault.do:
                answer.body = odd_list(answer.body, **fault.do["list"])
                answer.headers.pop("content-length", None)
            if answer is not None:
                self._finish(answer, entry, service)
            entry.milliseconds = round((time.perf_counter() - started) * 1000, 1)
            await self._send(wire, answer, fault)
        finally:
            if entry.milliseconds is None:
                entry.milliseconds = round((time.perf_counter() - started) * 1000, 1)

    async def _wait(self, fault: Fault | None) -> None:
        seconds = self._cloud.switches["gateway.latency_ms"] / 1000 + (fault.do.get("latency", 0) if fault else 0)
        if seconds > 0:
            await asyncio.sleep(seconds)
        if fault and "meet" in fault.do:
            await fault.meeting()

    def _happen(self, fault: Fault) -> None:
        """What somebody else does, just before or after this request is served."""
        patches = fault.do.get("patch", [])
        for patch in patches if isinstance(patches, list) else [patches]:
            try:
                admin.patched(self._cloud, patch)
            except (Refusal, ValueError) as error:
                log.info("a patch that a fault ordered could not be made: %s", error)
        if "switch" in fault.do:
            try:
                self._cloud.switches.update(fault.do["switch"])
            except ValueError as error:
                log.info("a switch that a fault ordered could not be set: %s", error)
        if "expire_tokens" in fault.do:
            self._cloud.identity.expire_tokens()
        if "clock" in fault.do:
            self._cloud.clock_offset = timedelta(seconds=fault.do["clock"])

    async def _answer_or_fault(
        self, scope: Scope, entry: Entry, service: Service | None, body: bytes | None, fault: Fault | None
    ) -> Answer | None:
        """None when nothing is to be answered."""
        instead = fault is not None and bool(set(fault.do) & {"status", "refuse", "redirect", "drop", "hang"})
        if fault is None or not instead:
            return await self._answer(scope, entry, service, body)
        if fault.when == "after":
            await self._answer(scope, entry, service, body)
        return self._ordered(fault, service, entry.request_id)

    def _ordered(self, fault: Fault, service: Service | None, request_id: str) -> Answer | None:
        do = fault.do
        if "refuse" in do:
            refusal = Refusal(do["refuse"]["status"], do["refuse"]["code"], do["refuse"]["text"])
            return Answer.json(refusal.status, refusal_body(self._cloud, service, refusal, request_id))
        if "redirect" in do:
            return Answer(302, headers={"location": do["redirect"]})
        if "status" in do:
            body = do.get("body", "")
            if isinstance(body, str):
                kind = "text/html" if body.lstrip().startswith("<") else "text/plain"
                answer = Answer(do["status"], body.encode(), {"content-type": kind})
            else:
                answer = Answer.json(do["status"], body)
            answer.headers.update({name.lower(): str(value) for name, value in do.get("headers", {}).items()})
            return answer
        return None

    async def _answer(self, scope: Scope, entry: Entry, service: Service | None, body: bytes | None) -> Answer:
        try:
            self._check_size(scope, body)
            caller = self._authenticate(scope, entry, service, body or b"")
            if service is None:
                raise unknown_route()
            project = self._project(scope, service, caller, entry.region)
            rights.check(self._cloud, caller, service.name, scope["method"], scope["path"])
            state = {
                "cloud": self._cloud,
                "service": service,
                "project": project,
                "caller": caller,
                "body": body or b"",
                "request_id": entry.request_id,
            }
            return await self._ask(scope, state, body or b"")
        except Refusal as refusal:
            return Answer.json(refusal.status, refusal_body(self._cloud, service, refusal, entry.request_id), refusal.headers)
        except RecursionError:
            # JSON nested deeper than any request needs
            bad = Refusal(400, "APIGW.0602", "Bad request.")
            return Answer.json(bad.status, refusal_body(self._cloud, service, bad, entry.request_id))
        except Exception as error:
            log.exception("%s %s", scope["method"], scope["path"])
            return Answer.json(
                500, {"error_code": "EMULATOR.0500", "error_msg": f"A fault in the emulator: {type(error).__name__}: {error}"}
            )

    def _check_size(self, scope: Scope, body: bytes | None) -> None:
        if body is None:
            raise Refusal(413, "APIGW.0201", "Request entity too large.")
        if len(scope["raw_path"]) + len(scope["query_string"]) > URI_LIMIT:
            raise Refusal(414, "APIGW.0201", "Request URI too large.")
        sizes = [len(name) + len(value) for name, value in scope["headers"]]
        if max(sizes, default=0) > HEADER_LIMIT or sum(sizes) > HEADERS_LIMIT:
            raise Refusal(494, "APIGW.0201", "Request headers too large.")

    def _authenticate(self, scope: Scope, entry: Entry, service: Service | None, body: bytes) -> Caller | None:
        headers = [(name.decode("latin-1").lower(), value.decode("utf-8", "surrogateescape")) for name, value in scope["headers"]]
        request = Signed(scope["method"], scope["raw_path"], scope["query_string"], headers, body)
        token = request.header("x-auth-token")
        if request.header("authorization"):
            entry.auth = "aksk"
            return self._signed_by(request, service)
        if token:
            entry.auth = "token"
            return self._token_of(token, service)
        if service is not None and not service.needs_credentials:
            return None
        if self._dis_answers(service):
            raise Refusal(441, "DIS.4101", "Authorization header cannot be empty.")
        raise _not_authentic("x-auth-token not found")

    def _dis_answers(self, service: Service | None) -> bool:
        return service is not None and service.name == "dis" and bool(self._cloud.switches["gateway.aksk_faults_of_dis"] == "dis")

    def _signed_by(self, request: Signed, service: Service | None) -> Caller:
        cloud = self._cloud
        lockout: bool = cloud.switches["gateway.lockout"]

        def is_locked(key: AccessKey) -> bool:
            return lockout and cloud.identity.is_locked(key)

        plus_is_space = cloud.switches["gateway.plus_in_query"] == "space"
        try:
            key = verify(request, cloud.identity.keys.get, cloud.now(), is_locked, plus_is_space)
        except Unverified as why:
            if lockout and why.flaw is Flaw.WRONG_SIGNATURE and why.key is not None:
                cloud.identity.note_wrong_signature(why.key)
            if self._dis_answers(service):
                raise Refusal(441, _DIS_CODES.get(why.flaw, "DIS.4100"), f"Authorization error. [{why.detail}]") from None
            raise _not_authentic(why.detail) from None
        key.failures = 0
        grant = cloud.identity.grant_of(key.domain_name, key.user_name, key)
        return Caller(key.domain_name, key.user_name, policies=grant.policies, projects=grant.projects)

    def _token_of(self, text: str, service: Service | None) -> Caller:
        token = self._cloud.identity.tokens.get(text)
        if token is None or token.expires_at <= self._cloud.now():
            if service is not None and service.name == "iam":
                raise Refusal(401, "IAM.0401", "The request you have made requires authentication.")
            if token is None:
                raise _not_authentic("decrypt token fail")
            raise Refusal(401, "APIGW.0307", "The token must be updated.")
        grant = self._cloud.identity.grant_of(token.domain_name, token.user_name)
        return Caller(token.domain_name, token.user_name, token.project_id, False, token, grant.policies, grant.projects)

    def _project(self, scope: Scope, service: Service, caller: Caller | None, region: str | None) -> Project | None:
        if caller is None:
            return None
        named = service.project_of(scope["path"])
        if named is not None:
            project = self._cloud.projects.get(named)
            if project is None or not caller.may_use(project):
                raise service.foreign_project
            if region not in (None, project.region):
                raise self._elsewhere(service)
            if not project.enabled:
                raise Refusal(403, "APIGW.0310", "The project is unavailable.")
            return project
        header = dict(scope["headers"]).get(b"x-project-id", b"").decode("latin-1")
        mine = [project for project in self._cloud.projects.values() if caller.may_use(project) and region in (None, project.region)]
        return next((project for project in mine if project.id == header), mine[0] if mine else None)

    def _elsewhere(self, service: Service) -> Refusal:
        """What the endpoint of one region says to a project of another."""
        if self._cloud.switches["gateway.project_of_another_region"] == "gateway":
            return Refusal(403, "APIGW.0802", "The IAM user is forbidden in the currently selected region")
        return service.foreign_project

    async def _ask(self, scope: Scope, state: dict[str, Any], body: bytes) -> Answer:
        """What the route behind this path says."""
        answer = Answer(500)
        parts: list[bytes] = []
        asked = False

        async def receive() -> Message:
            nonlocal asked
            if asked:
                return {"type": "http.disconnect"}
            asked = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in message.get("headers", [])}
            else:
                parts.append(message.get("body", b""))

        path = scope["path"]
        without_slash = path[:-1] if path.endswith("/") else path
        await self._app({**scope, "path": without_slash, "state": state}, receive, send)
        answer.body = b"".join(parts)
        return answer

    def _finish(self, answer: Answer, entry: Entry, service: Service | None) -> None:
        for name in service.request_id_headers if service else ("X-Request-Id",):
            answer.headers.setdefault(name.lower(), entry.request_id)
        entry.status = answer.status
        entry.code = answer.code()

    async def _send(self, wire: Wire, answer: Answer | None, fault: Fault | None) -> None:
        do = fault.do if fault else {}
        if "hang" in do:
            await wire.hang(do["hang"])
        elif "drop" in do:
            await wire.close(abruptly=True)
        elif answer is not None and "truncate" in do:
            await wire.truncate(answer, do["truncate"])
        elif answer is not None and "drip" in do:
            await wire.drip(answer, do["drip"])
        elif answer is not None:
            await wire.send(answer)
