# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers files set the switches; the switches say whether a client could find them out."""

from __future__ import annotations

from typing import Any

import pytest

from huaweicloud_emulator.answers import WrongAnswers
from huaweicloud_emulator.server import new_cloud


def document(**values: Any) -> dict[str, Any]:
    answers = {
        name.replace("__", "."): {"value": value, "told": value is not None, "why": "no stream" if value is None else None, "evidence": []}
        for name, value in values.items()
    }
    return {"format": "opendump-answers/1", "made_at": "2026-11-27T06:00:00Z", "region": "eu-west-101", "answers": answers}


FOUND = document(dis__put_status=204, dms__store="two", dms__list_interval_typo=True, dis__create_dwell="0.3s", dms__modify=None)


def test_what_was_told_is_set_and_the_rest_stays(client: Any) -> None:
    client.local.switch({"dms.modify": "ignored"})
    text = client.local.admin("POST", "answers", FOUND)
    assert text == {"set": {"dis.put_status": 204, "dms.store": "two", "dms.list_interval_typo": True, "dis.create_dwell": "0.3s"}}
    assert client.local.state()["switches"] == {**text["set"], "dms.modify": "ignored"}
    client.local.reset()
    assert client.local.state()["switches"] == {}


def test_a_cloud_that_starts_with_answers_goes_back_to_them() -> None:
    cloud = new_cloud(answers=FOUND)
    cloud.switches.update({"dms.store": "one", "dms.modify": "unknown"})
    cloud.reset()
    assert (cloud.switches["dms.store"], cloud.switches["dms.modify"]) == ("two", "honoured")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "the answers file: is an object, not list"),
        ({"answers": {}}, "format: is 'opendump-answers/1', not None"),
        ({"format": "opendump-answers/1"}, "answers: is an object of switches"),
        ({"format": "opendump-answers/1", "answers": {"dis.put": "honoured"}}, "answers.dis.put: is an object, not str"),
        ({"format": "opendump-answers/1", "answers": {"dis.put": {"told": True}}}, "answers.dis.put: value is missing"),
        ({"format": "opendump-answers/1", "answers": {"dis.put": {"value": None, "told": 1}}}, "answers.dis.put.told: is true or false"),
    ],
)
def test_a_file_of_another_form_is_refused(given: Any, words: str) -> None:
    with pytest.raises(WrongAnswers) as refused:
        new_cloud(answers=given)
    assert words in str(refused.value)


def test_every_unknown_name_and_value_is_said_and_nothing_is_set(client: Any) -> None:
    wrong = document(dis__putt="honoured", dis__put="perhaps", dis__put_status=204, nothing__like_it=None)
    with pytest.raises(RuntimeError) as refused:
        client.local.admin("POST", "answers", wrong)
    for words in (
        "answers.dis.putt: there is no such key; did you mean dis.put?",
        "answers.dis.put: takes one of 'honoured'",
        "answers.nothing.like_it: there is no such key",
    ):
        assert words in str(refused.value)
    assert client.local.state()["switches"] == {}


def test_each_switch_says_whether_a_client_can_observe_it(client: Any) -> None:
    switches = client.local.admin("GET", "switches")
    for name, switch in switches.items():
        assert switch["observable"] is (switch["unobservable_why"] == ""), name
    assert {name for name, switch in switches.items() if not switch["observable"]} >= {
        "dms.connector.sold_out",
        "gateway.latency_ms",
        "gateway.lockout",
        "dis.partition_quota",
    }
    assert switches["dis.put"]["observable"]
