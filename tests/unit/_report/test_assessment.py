# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with dumps, what became of those that were healed, and how it is put into words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.filter.dump_report import dump_report
from ansible_collections.opendump.huaweicloud.plugins.filter.dumps_to_heal import dumps_to_heal
from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.advice import ADVICE, advise, word_title
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.assessment import apply_healing, assess
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.limits import DECIDING, PROBLEMS, Limits
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.page import make_page
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.plots import SPARKS
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.quantities import (
    format_duration,
    format_short,
    format_size,
    format_thousands,
)
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.records import normalise
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.signs import replace_invisible

AT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def dump(name: str = "task", kind: str = "dis_transfer_task", **more: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "parent": "orders",
        "parent_name": "orders",
        "name": name,
        "id": "id-" + name,
        "status": "RUNNING",
        "health": "ok",
        "created_at": "2026-11-01T00:00:00Z",
        "last_transfer_at": "2026-11-21T01:58:00Z" if kind == "dis_transfer_task" else None,
        "topics": None,
        "topics_regex": None,
        "destination": {"kind": "obs", "obs_bucket_path": "landing-zone"},
        "partitions": None,
        "lag": None,
        "lag_source": None,
        **more,
    }


def problems(task: dict[str, Any], **limits: Any) -> list[str]:
    return [problem["what"] for problem in assess([task], AT, Limits(**limits))["dumps"][0]["problems"]]


def landed(task: dict[str, Any], verdict: str, **more: Any) -> dict[str, Any]:
    return {
        **{key: task[key] for key in ("kind", "parent", "name", "id")},
        "verdict": verdict,
        "reason": "why",
        "objects": 0,
        "bytes": 0,
        "newest": None,
        **more,
    }


@pytest.mark.parametrize(
    ("more", "limits", "expected"),
    [
        ({}, {}, []),
        ({}, {"max_silence": 120}, []),
        ({}, {"max_silence": 119}, ["silence"]),
        ({"last_transfer_at": None}, {"max_silence": 3600}, ["silence"]),
        ({"last_transfer_at": None, "created_at": "2026-11-21T01:30:00Z"}, {"max_silence": 3600}, []),
        ({"last_transfer_at": None, "kind": "smart_connect_task"}, {"max_silence": 1}, []),
        ({"last_transfer_at": "2026-11-21T05:00:00Z"}, {"max_silence": 0}, []),
        ({"lag": 11}, {"max_lag": 10}, ["lag"]),
        ({"lag": 10}, {"max_lag": 10}, []),
        ({"lag": None}, {"max_lag": 0}, []),
        ({"lag": 11, "health": "paused", "status": "PAUSED", "last_transfer_at": None}, {"max_lag": 10, "max_silence": 1}, []),
        ({"health": "failed", "status": "ABNORMAL", "lag": 11}, {"max_lag": 10}, ["failed", "lag"]),
        ({"health": "unknown", "status": "DEGRADED"}, {}, ["unknown"]),
        (
            {"partitions": [{"id": "0", "status": "RUNNING", "discard": 3}, {"id": "1", "status": "ABNORMAL", "discard": None}]},
            {},
            ["discard", "partition"],
        ),
    ],
)
def test_what_is_wrong(more: dict[str, Any], limits: dict[str, Any], expected: list[str]) -> None:
    assert problems(dump(**more), **limits) == expected


def test_silence_is_measured_by_the_bucket_where_the_service_does_not_say() -> None:
    task = dump(kind="smart_connect_task")
    landing = landed(task, "landing", newest={"key": "k", "size": 1, "modified_at": "2026-11-21T00:00:00Z"})
    report = assess([task], AT, Limits(max_silence=3600), landing=[landing])
    dump_row = report["dumps"][0]
    assert (dump_row["silent_for"], dump_row["last_delivery_seen_by"], [problem["what"] for problem in dump_row["problems"]]) == (
        7200,
        "bucket",
        ["silence"],
    )


def test_stuck_decides_and_a_paused_dump_is_not_stuck() -> None:
    task, paused = dump(), dump("rests", health="paused")
    report = assess([task, paused], AT, Limits(), landing=[landed(task, "stuck"), landed(paused, "stuck")])
    assert [(entry["name"], [problem["what"] for problem in entry["problems"]]) for entry in report["dumps"]] == [
        ("task", ["stuck"]),
        ("rests", []),
    ]
    assert not report["ok"]
    assert assess([task], AT, Limits(fail_on=["failed"]), landing=[landed(task, "stuck")])["ok"]


def test_worst_first_and_each_problem_explained_once() -> None:
    tasks = [
        dump("fine"),
        dump("late", lag=900, kind="kafka_sink_task"),
        dump("later", lag=1900, kind="kafka_sink_task"),
        *(dump(f"broken-{number}", health="failed", status="ABNORMAL") for number in range(3)),
        dump("odd", health="unknown", status="DEGRADED"),
    ]
    report = assess(tasks, AT, Limits(max_lag=10), errors=[{"kind": "dis_transfer_task", "parent": "geo", "msg": "no"}])
    assert [entry["name"] for entry in report["dumps"]] == ["broken-0", "broken-1", "broken-2", "later", "late", "odd", "fine"]
    assert report["failures"] == [
        "3 DIS transfer tasks cannot deliver (ABNORMAL)",
        "1 stream or Kafka instance could not be read",
        "2 Kafka sink tasks are too far behind",
        "1 DIS transfer task is in a state nobody has documented (DEGRADED)",
    ]
    totals = report["totals"]
    assert (totals["dumps"], totals["failed"], totals["deciding"], totals["lag"], totals["lag_known"], totals["unreadable"]) == (
        7,
        3,
        6,
        2800,
        2,
        1,
    )


def test_a_dump_stands_under_the_problem_that_decides() -> None:
    task = dump(health="failed", status="ABNORMAL", lag=50)
    report = assess([task], AT, Limits(max_lag=10, fail_on=["lag"]))
    assert [(group["what"], group["deciding"]) for group in report["problems"]] == [("lag", True), ("failed", False)]


def test_a_task_that_both_apis_show_counts_once_and_keeps_what_either_knows() -> None:
    parts = [{"id": "0", "status": "RUNNING", "lag": 7}]
    sink = dump("both", kind="kafka_sink_task", lag=7, partitions=parts, lag_source="sink task")
    connect = dump("both", kind="smart_connect_task")
    other = dump("both", kind="kafka_sink_task", id="other")
    report = assess([sink, connect, other], AT, Limits())
    assert sorted((entry["kind"], entry["id"], entry["lag"]) for entry in report["dumps"]) == [
        ("kafka_sink_task", "other", None),
        ("smart_connect_task", "id-both", 7),
    ]


@pytest.mark.parametrize("own", [None, [{"id": "0", "topic": "t", "lag": 0}], [{"id": "0", "topic": "t", "lag": None}]])
@pytest.mark.parametrize("lag", [0, None])
def test_failing_partitions_that_only_the_lesser_api_shows_are_no_well_dump(own: Any, lag: int | None) -> None:
    """Whatever the other one knows of the lag."""
    sink = dump("both", kind="kafka_sink_task", partitions=[{"id": "0", "topic": "t", "status": "FAILED", "lag": None}])
    connect = dump("both", kind="smart_connect_task", lag=lag, lag_source="consumer group x", partitions=own)
    report = assess([sink, connect], AT, Limits())
    assert [(entry["kind"], entry["lag"], [each["what"] for each in entry["problems"]]) for entry in report["dumps"]] == [
        ("smart_connect_task", lag, ["failed"])
    ]
    assert not report["ok"]


@pytest.mark.parametrize("limits", [{"fail_on": ["lag", "sadness"]}, {"max_lag": -1}, {"max_silence": -1}])
def test_limits_that_cannot_be(limits: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        Limits(**limits)


def test_the_filter_reads_what_surveys_send() -> None:
    gathered = {"tasks": [dump(lag=11)]}
    assert dump_report(gathered, "2026-11-21T02:00:00Z", max_lag="10", max_silence="")["failures"]
    assert dump_report(gathered, "2026-11-21T02:00:00Z", max_lag="")["ok"]
    for wrong in ({"max_lag": "many"}, {"fail_on": ["sadness"]}, {"at": "noon"}):
        with pytest.raises(AnsibleFilterError, match=str(next(iter(wrong.values()))).strip("[]'")):
            dump_report(gathered, **{"at": "2026-11-21T02:00:00Z", **wrong})  # type: ignore[arg-type]


FAILED = [
    dump("a", health="failed", status="ABNORMAL"),
    dump("b", kind="smart_connect_task", parent="inst", health="failed", status="FAILED"),
    dump("c", kind="kafka_sink_task", parent="inst", health="failed", status="ERROR"),
    dump("d", health="failed", status="ERROR"),
    dump("fine"),
]


def done(name: str, kind: str, status: str, error: str | None = None, parent: str = "orders") -> dict[str, Any]:
    health = {"PAUSED": "paused", "RUNNING": "ok"}.get(status, "failed")
    task = {"kind": kind, "parent": parent, "name": name, "status": status, "health": health, "partitions": None}
    return {"kind": kind, "parent": parent, "task_name": name, "task": task, "error": {"msg": error} if error else None}


def test_who_is_healed() -> None:
    items = dumps_to_heal(FAILED, 2, 60)
    assert items == {
        "dis_transfer_tasks": [{"stream_name": "orders", "task_name": "a", "state": "paused", "wait_timeout": 60.0}],
        "smart_connect_tasks": [{"instance_id": "inst", "task_id": "id-b", "state": "paused", "wait_timeout": 60.0}],
    }
    assert dumps_to_heal(FAILED, 0) == {"dis_transfer_tasks": [], "smart_connect_tasks": []}


def test_only_what_rests_is_set_running() -> None:
    """WAITING is a rest too, but from there only the call leads back that makes a task forget its progress."""
    pausing = {"results": [done("a", "dis_transfer_task", "PAUSED"), done("b", "smart_connect_task", "WAITING", parent="inst")]}
    items = dumps_to_heal(FAILED, 9, 60, pausing)
    assert [item["task_name"] for item in items["dis_transfer_tasks"]] == ["a"]
    assert items["smart_connect_tasks"] == []


def test_what_became_of_them() -> None:
    pausing = {
        "results": [
            done("a", "dis_transfer_task", "PAUSED"),
            done("b", "smart_connect_task", "FAILED", "Nope.", parent="inst"),
            done("d", "dis_transfer_task", "PAUSED"),
        ]
    }
    starting = {"results": [done("a", "dis_transfer_task", "RUNNING"), done("d", "dis_transfer_task", "PAUSED", "Bucket gone.")]}
    report = dump_report({"tasks": FAILED}, "2026-11-21T02:00:00Z", healing={"limit": 5, "pausing": pausing, "starting": starting})
    by_name = {entry["name"]: (entry["outcome"], entry["after"]) for entry in report["healing"]}
    assert by_name == {"a": ("healed", "RUNNING"), "b": ("failed", "FAILED"), "c": ("not_possible", None), "d": ("failed", "PAUSED")}
    assert {entry["name"]: entry["health"] for entry in report["dumps"]} == {
        "a": "ok",
        "b": "failed",
        "c": "failed",
        "d": "failed",
        "fine": "ok",
    }
    texts = {entry["name"]: entry["text"] for entry in report["healing"]}
    assert "Nope." in texts["b"]
    assert "Bucket gone." in texts["d"]


def test_states_of_partitions_from_before_are_not_held_against_a_healed_task() -> None:
    parts = [{"id": "0", "status": "FAILED", "lag": 4}]
    before = normalise(dump(kind="smart_connect_task", health="failed", status="FAILED", partitions=parts))
    now = apply_healing(before, {"outcome": "healed", "after": "RUNNING"})
    assert (now["health"], now["partitions"][0]["lag"], problems(now)) == ("ok", 4, [])
    read = apply_healing(before, {"outcome": "healed", "after": "RUNNING", "partitions": parts})
    assert problems(read) == ["failed"]


def test_a_call_that_failed_as_a_whole_healed_nobody() -> None:
    report = dump_report(
        {"tasks": FAILED[:1]},
        "2026-11-21T02:00:00Z",
        healing={"limit": 5, "pausing": {"msg": "No right.", "results": []}, "starting": None},
    )
    assert (report["healing"][0]["outcome"], report["ok"]) == ("failed", False)
    assert "No right." in report["healing"][0]["text"]


@pytest.mark.parametrize("nothing", [None, ""], ids=["nothing", "nothing, in templates before 2.19"])
def test_in_check_mode_it_is_said_what_would_be_healed(nothing: Any) -> None:
    assert dumps_to_heal(FAILED, 1, 60, nothing) == dumps_to_heal(FAILED, 1, 60)
    report = dump_report({"tasks": FAILED}, "2026-11-21T02:00:00Z", healing={"limit": 1, "pausing": nothing, "starting": nothing})
    assert [entry["outcome"] for entry in report["healing"]] == ["would", "over_limit", "not_possible", "over_limit"]
    assert not report["ok"]


def test_every_problem_of_every_kind_has_advice() -> None:
    assert set(DECIDING) <= set(PROBLEMS)
    for what in PROBLEMS:
        for kind in [*KINDS, "a_kind_of_tomorrow", "place", ""]:
            advice = advise(what, kind)
            assert advice.title
            assert advice.meaning
            assert advice.steps
            assert word_title(1, kind, advice.title) != word_title(2, kind, advice.title)
    assert set(ADVICE) == set(PROBLEMS) - {"failed"}


@pytest.mark.parametrize(
    ("tasks", "limits", "text"),
    [
        ([], {}, "There are no dumps here."),
        ([dump()], {}, "The only dump is well."),
        ([dump(), dump("b", health="paused")], {}, "All 2 dumps are well, 1 of them paused."),
        ([dump(health="paused")], {}, "The only dump is paused."),
        ([dump(health="failed")], {}, "1 of 1 dump needs you."),
        ([dump(health="failed"), dump("b", health="failed")], {}, "2 of 2 dumps need you."),
        ([dump(health="failed"), dump("b")], {"fail_on": []}, "Nothing urgent, but 1 of 2 dumps is worth a look."),
    ],
)
def test_the_sentence_at_the_top(tasks: list[dict[str, Any]], limits: dict[str, Any], text: str) -> None:
    assert make_page(assess(tasks, AT, Limits(**limits)))["headline"] == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3600, "1 h"), (12000, "3 h 20 min"), (86400, "1 d"), (90061, "1 d 1 h"), (86460, "1 d")],
)
def test_durations(seconds: int, text: str) -> None:
    assert format_duration(seconds).replace("\u202f", " ") == text


def test_quantities() -> None:
    assert [format_short(number).replace("\u202f", " ") for number in (0, 999, 1000, 12345, 999999, 1234567, 5 * 10**12)] == [
        "0",
        "999",
        "1 k",
        "12.3 k",
        "1 M",
        "1.23 M",
        "5 T",
    ]
    assert [format_size(number).replace("\u202f", " ") for number in (0, 999, 1500)] == ["0 B", "999 B", "1.5 kB"]
    assert format_thousands(1234567).replace("\u202f", " ") == "1 234 567"


def test_bars_are_to_scale_and_never_too_many() -> None:
    parts = [{"id": str(number), "lag": number * 10, "status": "RUNNING"} for number in range(100)]
    shown = make_page(assess([dump(lag=1, partitions=parts), dump("calm", lag=0, partitions=[{"id": "0", "lag": 0}])], AT, Limits()))
    row, calm = shown["rows"]
    assert row["spark"].count("M") == SPARKS
    assert [part["width"] for part in row["parts"]][:2] == ["0.00", "1.01"]
    assert row["parts"][-1]["width"] == "100.00"
    assert calm["spark"] == ""
    widths = [float(entry["width"]) for entry in shown["health"]]
    assert sum(widths) == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ü 漢", "plain ü 漢"),
        ("a\nb\tc", "a␊b␉c"),
        ("\x00\x7f", "␀␡"),
        ("\u202eevil", "[U+202E]evil"),
        ("\ud800", "[U+D800]"),
        ("a\u00a0b", "a\u00a0b"),
    ],
)
def test_every_sign_is_visible(text: str, shown: str) -> None:
    assert replace_invisible({"key": [text]}) == {"key": [shown]}


@given(
    st.text(),
    st.text(),
    st.none() | st.text(),
    st.none() | st.integers(min_value=0, max_value=10**15),
    st.sampled_from(["ok", "failed", "paused", "unknown", "starting"]),
)
def test_whatever_a_service_says_becomes_text_that_can_be_written(
    name: str, parent: str, status: str | None, lag: int | None, health: str
) -> None:
    task = dump(
        name, parent=parent, status=status, lag=lag, health=health, partitions=[{"id": name, "status": status, "lag": lag, "topic": parent}]
    )
    shown = make_page(assess([task], AT, Limits(max_lag=5)))
    json.dumps(shown, ensure_ascii=False).encode("utf-8")
    assert shown["rows"][0]["name"].isprintable() or any(sign.isspace() for sign in shown["rows"][0]["name"])
