# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports in sequence: since when, what moved, what was lost, what is new, gone or well again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.filter.dump_report import dump_report
from ansible_collections.opendump.huaweicloud.plugins.filter.dump_report_page import dump_report_page
from ansible_collections.opendump.huaweicloud.plugins.filter.join_dump_reports import join_dump_reports
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report import history, rows
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.records import HEALTH

from .test_assessment import dump


def at(minute: int) -> str:
    return "2026-11-21T02:%02d:00Z" % minute


def parts(*discards: int | None, **more: Any) -> list[dict[str, Any]]:
    return [{"id": str(number), "status": "RUNNING", "discard": discard, **more} for number, discard in enumerate(discards)]


class Reports:
    """One report after the other, each reading the one before from its JSON."""

    def __init__(self) -> None:
        self.last: Any = None
        self.minute = 0

    def __call__(self, *tasks: dict[str, Any], keep: int = 48, places: Any = None, missing: Any = (), **gathered: Any) -> dict[str, Any]:
        self.minute += 5
        read = places if places is not None else [({"place": "eu"}, {"tasks": list(tasks), **gathered})]
        reports = [dump_report(result, at(self.minute), max_lag=100, where=where, on_failure="report") for where, result in read]
        whole = join_dump_reports(reports, at(self.minute), missing=missing, last=self.last, keep=keep)
        self.last = json.dumps(whole)
        return whole


@pytest.mark.parametrize(
    ("last", "text"),
    [
        (None, None),
        ("", None),
        ("hunter2", "is no JSON (line 1, column 1)"),
        ("[" * 100_000, "is no JSON"),
        ("\x00\x01", "is no JSON (line 1, column 1)"),
        ('["hunter2"]', "is no report on dumps"),
        ("{}", "is no report on dumps"),
        ({"made_at": at(1), "dumps": "hunter2"}, "is no report on dumps"),
        ({"made_at": at(30), "dumps": []}, "was made at 2026-11-21T02:30:00+00:00, which is not before this one"),
        ({"made_at": at(1), "dumps": []}, None),
    ],
)
def test_why_there_is_no_comparison_is_said(last: Any, text: str | None) -> None:
    report = Reports()
    report.last = last
    whole = report(dump())
    assert whole["not_compared"] == text and (whole["since"] is None) == (last in (None, "") or text is not None)


def problem(report: dict[str, Any], name: str, what: str) -> dict[str, Any]:
    return next(entry for dump_ in report["dumps"] if dump_["name"] == name for entry in dump_["problems"] if entry["what"] == what)


def names(points: list[dict[str, Any]]) -> list[str]:
    return [point["name"] for point in points]


def test_a_task_fails_loses_records_and_is_healed() -> None:
    report = Reports()
    first = report(dump(partitions=parts(2, 3), lag=10))
    assert first["since"] is None
    broken = {"health": "failed", "status": "ABNORMAL"}
    second = report(dump(partitions=parts(2, 3), lag=40, **broken))
    assert problem(second, "task", "failed")["since"] == at(10)
    assert second["dumps"][0]["moved"] == {"since": at(5), "lag": 30, "silent": 300, "discarded": 0}
    third = report(dump(partitions=parts(9, 3), lag=140, **broken))
    assert problem(third, "task", "failed")["since"] == at(10)
    assert problem(third, "task", "lag")["since"] == at(15)
    assert (third["since"]["dropped"], third["dumps"][0]["moved"]["discarded"]) == (7, 7)
    fourth = report(dump(partitions=parts(9, 4), lag=5))
    (recovered,) = fourth["since"]["recovered"]
    assert (recovered["name"], recovered["what"], recovered["since"], recovered["seen_at"]) == ("task", ["failed", "lag"], at(10), at(20))
    assert (fourth["since"]["dropped"], problem(fourth, "task", "discard")["since"]) == (1, at(5))
    assert fourth["dumps"][0]["trend"] == {"health": "offo", "lag": [10, 40, 140, 5]}
    assert fourth["history"] == {
        "times": [at(5), at(10), at(15), at(20)],
        "lag": [10, 40, 140, 5],
        "failed": [0, 1, 1, 0],
        "deciding": [0, 1, 1, 0],
        "dumps": [1, 1, 1, 1],
    }
    page = dump_report_page(fourth)
    assert [line["word"] for line in page["since"]["lines"]] == ["well again", "lost"]
    assert "failed, lag since 2026-11-21 02:10:00 UTC" in page["since"]["lines"][0]["text"]
    assert page["rows"][0]["trend"]["lag"].startswith("M0.0")
    assert "failed, running" in page["rows"][0]["trend"]["health_text"]
    assert "there since 2026-11-21 02:10:00 UTC" in dump_report_page(third)["problems"][0]["members"][0]["text"]


def test_new_gone_and_changed() -> None:
    report = Reports()
    report(dump("stays"), dump("goes"), dump("changes", topics=["a"]), dump("re-created"))
    other = {"kind": "obs", "obs_bucket_path": "elsewhere"}
    since = report(dump("stays"), dump("changes", topics=["a", "b"], destination=other), dump("re-created", id="2"), dump("comes"))["since"]
    assert (names(since["new"]), names(since["gone"])) == (["comes"], ["goes"])
    assert {point["name"]: point["fields"] for point in since["changed"]} == {
        "changes": ["topics", "destination.obs_bucket_path"],
        "re-created": ["id"],
    }


def test_a_region_in_capitals_is_the_same_region() -> None:
    report = Reports()
    report(places=[({"place": "eu", "region": "eu-west-101"}, {"tasks": [dump()]})])
    second = report(places=[({"place": "eu", "region": "EU-West-101"}, {"tasks": [dump()]})])
    assert (second["since"]["new"], second["since"]["gone"]) == ([], [])
    assert {entry["region"] for entry in second["dumps"]} == {"eu-west-101"}


def test_what_could_not_be_read_is_neither_gone_nor_new_and_keeps_its_history() -> None:
    report = Reports()
    broken = dump("broken", health="failed", status="ABNORMAL", partitions=parts(1))
    report(broken)
    unread = report(errors=[{"kind": "dis_transfer_task", "parent": "orders", "msg": "No right."}])
    assert (unread["since"]["gone"], names(unread["unseen"])) == ([], ["broken"])
    lost = report(places=[({"place": "eu"}, {"failed": True, "msg": "No route."})])
    assert (lost["since"]["gone"], names(lost["unseen"])) == ([], ["broken"])
    absent = report(places=[({"place": "sg"}, {"tasks": [dump("other")]})], missing=[{"place": "eu", "msg": "Unreachable."}])
    assert names(absent["unseen"]) == ["broken"]
    assert absent["unreadable"][0]["since"] == at(15), "it says since when the place is dark"
    again = report({**broken, "partitions": parts(4)})
    assert (again["since"]["new"], again["unseen"][0]["name"], problem(again, "broken", "failed")["since"]) == ([], "other", at(5))
    assert again["dumps"][0]["moved"] == {"since": at(5), "lag": None, "silent": 1200, "discarded": 3}
    assert again["dumps"][0]["trend"]["health"] == "f---f"


def test_another_scope_makes_nothing_new_or_gone() -> None:
    report = Reports()
    report(places=[({"place": "eu", "scope": {"names": ""}}, {"tasks": [dump("a"), dump("b")]})])
    since = report(places=[({"place": "eu", "scope": {"names": "b|c"}}, {"tasks": [dump("b"), dump("c")]})])["since"]
    assert (since["new"], since["gone"]) == ([], [])


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (parts(1, 2), parts(1, 5), 3),
        (parts(1), parts(1, 5), 5),
        (parts(1, None), parts(1, 2), None),
        (parts(1, 2), parts(1, None), None),
        (parts(5), parts(2), None),
        (None, parts(2), None),
        (parts(2), None, None),
    ],
)
def test_dropped_records_are_counted_or_not_known(before: Any, now: Any, expected: int | None) -> None:
    report = Reports()
    report(dump(partitions=before))
    assert report(dump(partitions=now))["dumps"][0]["moved"]["discarded"] == expected


@pytest.mark.parametrize("last", [None, "", "no JSON", "[]", "{}", '{"made_at": "2026-11-21T02:00:00Z"}', b"\xff", "[" * 100_000, 7])
def test_a_last_report_that_is_none_is_no_error(last: Any) -> None:
    report = Reports()
    report.last = last
    assert report(dump())["since"] is None


def test_a_report_from_the_future_and_the_same_report_are_no_last_ones() -> None:
    report = Reports()
    report(dump())
    report.minute = 0
    assert report(dump())["since"] is None


def test_the_history_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    report = Reports()
    for _number in range(5):
        whole = report(dump("a"), dump("b"), keep=3)
    assert (len(whole["history"]["times"]), len(whole["dumps"][0]["trend"]["lag"]), len(whole["history"]["lag"])) == (3, 3, 3)
    monkeypatch.setattr(history, "MOST_POINTS", 4)
    assert len(report(dump("a"), dump("b"))["history"]["times"]) == 2


def test_every_health_has_its_letter() -> None:
    assert set(history.LETTERS) == set(HEALTH)
    assert len(set(history.LETTERS.values()) | {history.NOT_SEEN}) == len(HEALTH) + 1


def test_when_data_is_lost_from() -> None:
    report = Reports()
    tasks = [
        dump("waits", health="failed", status="ABNORMAL", retention=86400),
        dump("runs", retention=86400),
        dump("read", health="paused", status="PAUSED", retention=86400, lag=0),
        dump("unknown", health="failed", status="ABNORMAL", retention=None),
    ]
    whole = report(*tasks)
    assert {entry["name"]: entry["data_lost_from"] for entry in whole["dumps"]} == {
        "waits": "2026-11-22T01:58:00Z",
        "runs": None,
        "read": None,
        "unknown": None,
    }
    assert "data is lost from 2026-11-22 01:58:00 UTC on" in json.dumps(dump_report_page(whole)["problems"])


def test_places_are_joined_and_counted() -> None:
    report = Reports()
    broken = dump("broken", health="failed", status="ABNORMAL")
    eu = ({"place": "shop-eu", "region": "eu-west-101", "project": "p1"}, {"tasks": [broken, dump("fine")]})
    sg = ({"place": "shop-sg", "region": "ap-southeast-3", "project": "p2"}, {"tasks": [dump("fine")]})
    page = dump_report_page(report(places=[eu, sg], missing=[{"place": "shop-af", "msg": "Unreachable."}]))
    assert page["headline"] == "1 of 3 dumps in shop-eu needs you. shop-af could not be read."
    assert [(place["name"], place["tone"]) for place in page["places"]] == [("shop-eu", "bad"), ("shop-sg", "good"), ("shop-af", "bad")]
    assert page["failing"] == [
        "1 DIS transfer task cannot deliver (ABNORMAL): shop-eu/orders/broken",
        "1 place could not be read: shop-af",
    ]
    assert (page["regions"], page["projects"]) == (["ap-southeast-3", "eu-west-101"], ["p1", "p2"])
    assert page["where"] == "shop-eu, shop-sg, shop-af"


def test_each_place_has_its_own_limits() -> None:
    late = {"tasks": [dump(lag=50, kind="smart_connect_task")]}
    strict = dump_report(late, at(1), max_lag=10, where={"place": "strict"})
    lax = dump_report(late, at(1), max_lag=99, fail_on="failed", where={"place": "lax"})
    whole = join_dump_reports([lax, strict], at(2))
    assert [place["ok"] for place in whole["places"]] == [True, False]
    assert (whole["ok"], whole["limits"]["differ"], whole["failures"]) == (False, True, ["1 Smart Connect task is too far behind"])


def test_movement_in_words() -> None:
    assert rows.describe_movement({"moved": {"lag": -30, "discarded": 2}}) == "lag \u221230, 2 records dropped"
    assert rows.describe_movement({"moved": {"lag": 0, "discarded": None}}) == rows.describe_movement({}) == ""
