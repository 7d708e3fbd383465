# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the gateway does for a service: routes, state of the request, error shape, and a service that breaks."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, Request
from fastapi.responses import Response

from huaweicloud_emulator.cloud import HOME_ACCESS_KEY, HOME_PROJECT, Cloud
from huaweicloud_emulator.refusal import Refusal
from huaweicloud_emulator.server import running
from huaweicloud_emulator.service import Service
from huaweicloud_emulator.switches import Switch, WrongSwitch

router = APIRouter()


@router.post("/v7/{project_id}/things/{name}")
async def thing(request: Request, name: str) -> dict[str, Any]:
    if name == "broken":
        raise KeyError("no such thing")
    if name == "refused":
        raise Refusal(409, "TOY.0001", "Not now.", {"Retry-After": "3"})
    state = request.state
    return {"name": name, "project": state.project.id, "body": state.body.decode(), "book": state.project.books["toy"]}


@router.delete("/v7/{project_id}/things/{name}")
async def remove(name: str) -> Response:
    return Response(status_code=204)


TOY = Service(
    name="toy",
    router=router,
    owns=lambda path: path.startswith("/v7/"),
    new_book=lambda cloud, project: {"of": project.name},
    error_body=lambda cloud, refusal, request_id: {"toy_code": refusal.code, "toy_says": refusal.text, "id": request_id},
)


class Toy:
    """Asks the toy service with a token, on one connection."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(url.partition("//")[2], timeout=20)
        self._headers = {"X-Auth-Token": token}

    def __call__(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any, http.client.HTTPMessage]:
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None, answer.headers

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def toy() -> Iterator[Toy]:
    cloud = Cloud([TOY])
    token = cloud.identity.issue_token("opendump", "opendump", HOME_PROJECT, ("password",))
    with running(cloud) as local, contextlib.closing(Toy(local.url, token.text)) as client:
        yield client


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_handler_finds_project_book_and_body(toy: Toy, slash: str) -> None:
    status, document, _each = toy("POST", f"/v7/{HOME_PROJECT}/things/a%20b{slash}", b"hello")
    assert (status, document) == (200, {"name": "a b", "project": HOME_PROJECT, "body": "hello", "book": {"of": "eu-west-101"}})


def test_a_refusal_has_the_shape_of_the_service(toy: Toy) -> None:
    status, document, headers = toy("POST", f"/v7/{HOME_PROJECT}/things/refused")
    assert (status, headers["Retry-After"]) == (409, "3")
    assert document == {"toy_code": "TOY.0001", "toy_says": "Not now.", "id": headers["X-Request-Id"]}


def test_an_empty_answer_keeps_the_connection(toy: Toy) -> None:
    for _each in range(3):
        status, document, headers = toy("DELETE", f"/v7/{HOME_PROJECT}/things/a")
        assert (status, document) == (204, None)
        assert "Content-Length" not in headers


def test_a_service_that_breaks_says_so(toy: Toy, caplog: pytest.LogCaptureFixture) -> None:
    status, document, _each = toy("POST", f"/v7/{HOME_PROJECT}/things/broken")
    assert (status, document["error_code"]) == (500, "EMULATOR.0500")
    assert "KeyError" in document["error_msg"]
    assert "no such thing" in caplog.text


def test_a_service_without_a_foreign_project_of_its_own_uses_the_gateways(toy: Toy) -> None:
    status, document, _each = toy("POST", "/v7/other/things/a")
    assert (status, document["error_code"]) == (403, "APIGW.0302")


def test_a_switch_with_a_wrong_default_is_found_at_once() -> None:
    with pytest.raises(WrongSwitch, match=r"the default 'c' of the switch toy\.way"):
        Cloud([Service(name="toy", router=APIRouter(), owns=lambda path: False, switches={"toy.way": Switch("c", ("a", "b"))})])


def test_the_built_in_access_key_is_there_without_services() -> None:
    assert HOME_ACCESS_KEY in Cloud([]).identity.keys
