# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report on what cannot be relied upon: nothing read, odd values, hostile texts, a kind of tomorrow."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.filter.dump_report import dump_report
from ansible_collections.opendump.huaweicloud.plugins.filter.dump_report_metrics import dump_report_metrics
from ansible_collections.opendump.huaweicloud.plugins.filter.dump_report_page import dump_report_page
from ansible_collections.opendump.huaweicloud.plugins.filter.dumps_to_heal import dumps_to_heal
from ansible_collections.opendump.huaweicloud.plugins.filter.join_dump_reports import join_dump_reports
from ansible_collections.opendump.huaweicloud.plugins.filter.to_dumping_vars import to_dumping_vars
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.kind import Kind

from .test_assessment import AT, dump, landed

TIME = "2026-11-21T02:00:00Z"


def report_on(*tasks: dict[str, Any], **options: Any) -> dict[str, Any]:
    return dump_report({"tasks": list(tasks)}, TIME, **options)


def problems(report: dict[str, Any]) -> list[str]:
    return [group["what"] for group in report["problems"]]


NOTHING = [
    ({"failed": True, "msg": "No right."}, "No right."),
    ({"failed": False, "failed_when_result": False, "msg": "No right."}, "No right."),
    ({"skipped": True, "skip_reason": "Conditional result was False"}, "skipped"),
    ({"results": [{"tasks": [dump()]}]}, "loop"),
    ({"ansible_job_id": "1.2", "started": 1, "finished": 0}, "async"),
    ({"unreachable": True, "msg": "No route."}, "No route."),
    ({"failed": True, "msg": "Half.", "tasks": [dump()]}, "Half."),
    ({"stdout": "all fine"}, "dump_tasks_info"),
    ({"tasks": None}, "dump_tasks_info"),
    ({}, "dump_tasks_info"),
    ([dump()], "dump_tasks_info"),
    ("", "dump_tasks_info"),
    (None, "dump_tasks_info"),
]


@pytest.mark.parametrize(("gathered", "why"), NOTHING, ids=[why + str(number) for number, (_result, why) in enumerate(NOTHING)])
def test_what_is_no_complete_result_is_refused_or_red(gathered: Any, why: str) -> None:
    with pytest.raises(AnsibleFilterError, match=why):
        dump_report(gathered, TIME)
    report = dump_report(gathered, TIME, on_failure="report")
    assert (report["ok"], problems(report), report["totals"]["places_unread"]) == (False, ["unreadable"], 1)
    page = dump_report_page(report)
    assert (page["tone"], page["headline"]) == ("bad", "Nothing could be read.")
    assert why in page["problems"][0]["members"][0]["text"]
    assert "opendump_report_ok 0\n" in dump_report_metrics(report)


def test_a_task_that_async_status_brought_to_its_end_is_a_result() -> None:
    assert dump_report({"ansible_job_id": "1.2", "finished": 1, "tasks": [dump()]}, TIME)["ok"]


def test_no_dump_is_not_well_unless_it_may_be() -> None:
    report = report_on()
    assert (report["ok"], problems(report)) == (False, ["empty"])
    assert dump_report_page(report)["tone"] == "bad"
    assert report_on(fail_on=["failed"])["ok"]


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        ("RUNNING", ["ERROR", "ERROR"], ["failed"]),
        ("RUNNING", ["FAILED"], ["failed"]),
        ("RUNNING", ["ABNORMAL", "error"], ["failed"]),
        ("RUNNING", ["REBALANCING", "ERROR"], ["unknown"]),
        ("RUNNING", ["RUNNING", "ERROR"], ["partition"]),
        ("RUNNING", ["RUNNING", None], []),
    ],
)
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_task_none_of_whose_partitions_runs_is_not_well(kind: str, status: str, words: list[str], expected: list[str]) -> None:
    task = dump(kind=kind, status=status, partitions=[{"id": str(number), "status": word} for number, word in enumerate(words)])
    report = report_on(task)
    assert problems(report) == expected
    assert report["ok"] == (expected in ([], ["partition"]))
    assert report_on(task, fail_on="partition")["ok"] == (expected != ["partition"])


def test_a_bucket_that_cannot_be_looked_into_is_not_well() -> None:
    task, rests = dump(), dump("rests", health="paused", status="PAUSED")
    refused = landed(task, "unknown", objects=None, error={"msg": "NoSuchBucket"}, reason="There is no bucket.")
    assert problems(report_on(task, landing=[refused])) == ["landing_unreadable"]
    assert not report_on(task, landing=[refused])["ok"]
    assert report_on(task, landing=[refused], fail_on=["failed"])["ok"]
    for failed in ({"failed": True, "msg": "boto3 is missing."}, {"failed": False, "msg": "No key."}, {"results": []}):
        report = report_on(task, rests, dump("copy", destination={"kind": "kafka"}), landing=failed)
        assert {reported["name"]: [problem["what"] for problem in reported["problems"]] for reported in report["dumps"]} == {
            "task": ["landing_unreadable"],
            "rests": [],
            "copy": [],
        }
    assert report_on(task, landing={"skipped": True})["ok"]


def test_topics_that_are_missing_and_dropped_records_can_decide() -> None:
    task = dump(kind="smart_connect_task", topics_missing=["gone"], partitions=[{"id": "0", "discard": 2}, {"id": "1", "discard": None}])
    report = report_on(task)
    assert (report["ok"], [problem["what"] for problem in report["dumps"][0]["problems"]]) == (True, ["topic_missing", "discard"])
    assert report["dumps"][0]["discarded"] is None, "a part of the sum is unknown"
    for what in ("topic_missing", "discard"):
        assert not report_on(task, fail_on=what)["ok"]


@pytest.mark.parametrize(
    "text", ["failed,lag", " failed , lag ", "[failed, lag]", '["failed","lag"]', ["failed", "lag"], ("failed", "lag")]
)
def test_what_decides_may_be_text(text: Any) -> None:
    assert report_on(dump(), fail_on=text)["limits"]["fail_on"] == ["failed", "lag"]


@pytest.mark.parametrize("text", ["sadness", "[failed, sadness]", '["sadness"]', "failed;sadness", "[failed", {"failed": 1}, 7])
def test_what_cannot_decide_is_refused_by_name(text: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="fail_on"):
        report_on(dump(), fail_on=text)


def test_an_odd_value_is_unknown_and_shown_as_it_is() -> None:
    odd = {"kind": "obs", "obs_bucket_path": "b", "deliver_time_interval": "300s"}
    report = report_on(dump(lag="many", last_transfer_at="yesterday", destination=odd), max_lag=1, max_silence=1)
    reported = report["dumps"][0]
    assert (reported["lag"], reported["silent_for"], reported["problems"], report["ok"]) == (None, None, [], True)
    row = dump_report_page(report)["rows"][0]
    assert (row["lag_text"], row["silent_text"]) == ("many", "yesterday")
    assert {"label": "Delivers every", "value": "300s"} in row["facts"]


def test_what_is_not_told_is_not_odd() -> None:
    assert report_on(dump(lag=None, partitions=[]))["dumps"][0]["odd"] == {}


def test_below_zero_nothing_is_known() -> None:
    reported = report_on(dump(lag=-1, partitions=[{"id": "0", "lag": "-1", "discard": -1, "status": "RUNNING"}]), max_lag=0)["dumps"][0]
    assert (reported["lag"], reported["discarded"], reported["partitions"][0]["lag"], reported["problems"], reported["odd"]) == (
        None,
        None,
        None,
        [],
        {},
    )


TERMINAL = "\x1b[2J\x07\x9b31m\u202e\u2066evil\n"


def test_no_text_of_a_report_moves_the_cursor_of_a_terminal() -> None:
    texts = dict.fromkeys(("name", "parent", "parent_name", "status", "id", "topics_regex"), TERMINAL)
    task = dump(**texts, health="failed", destination={"kind": "obs", "obs_bucket_path": TERMINAL})
    report = dump_report(
        {"tasks": [task], "errors": [{"kind": TERMINAL, "parent": TERMINAL, "msg": TERMINAL}]},
        TIME,
        landing=[landed(task, "stuck", reason=TERMINAL)],
        where={"place": TERMINAL},
    )

    def strings(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [text for key, inner in value.items() for text in [*strings(key), *strings(inner)]]
        return (
            [text for inner in value for text in strings(inner)] if isinstance(value, list) else [value] if isinstance(value, str) else []
        )

    joined = join_dump_reports([report], TIME, last=json.dumps(report).replace("02:00", "01:00"))
    for output in (report, dump_report_page(report), joined, dump_report_page(joined), dump_report_metrics(report).splitlines()):
        assert [text for text in strings(output) if not text.isprintable() and not text.isspace() and "\u202f" not in text] == []


class Barrel(Kind):
    """A kind that nothing but this test knows."""

    name = "barrel"
    noun = "barrel"
    short = "Barrel"
    parent_noun = "cellar"
    parent_options = ("cellar_name",)
    running = frozenset({"FLOWS"})
    paused = frozenset({"CLOSED"})
    failed = frozenset({"LEAKS"})
    healable = True
    usual_quota = 3


def test_a_further_kind_is_reported_on_and_healed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "barrel", Barrel)
    task = dump(kind="barrel", parent="north", status="LEAKS", health="failed")
    assert dumps_to_heal([task], 5, 9)["barrels"] == [{"cellar_name": "north", "task_name": "task", "state": "paused", "wait_timeout": 9.0}]
    rests = {"kind": "barrel", "parent": "north", "name": "task", "status": "CLOSED", "health": "paused"}
    pausing = {"results": [{"kind": "barrel", "parent": "north", "task_name": "task", "task": rests}]}
    assert dumps_to_heal([task], 5, 9, pausing)["barrels"][0]["state"] == "running"
    report = dump_report({"tasks": [task], "quotas": [{"kind": "barrel", "parent": "north", "total": 1}]}, TIME)
    page = dump_report_page(report)
    assert page["problems"][0]["title"] == "1 barrel cannot deliver (LEAKS)"
    assert any("dumping_report_heal" in step for step in page["problems"][0]["steps"])
    assert (page["rows"][0]["kind_word"], page["parents"][0]["text"]) == ("Barrel", "1 of 3 (assumed)")


def test_a_kind_that_nobody_knows_is_no_crash() -> None:
    page = dump_report_page(report_on(dump(kind="barrel", health="failed", status="LEAKS")))
    assert page["problems"][0]["title"] == "1 dump task cannot deliver (LEAKS)"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["300s", "-1", "9" * 30, TERMINAL, TIME]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [*dump(), "topics_missing", "retention", "explanation", "region", "extra"]
RECORDS = st.builds(
    lambda changes, destination, parts: {**dump(), **({"destination": destination} if destination else {}), "partitions": parts, **changes},
    st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6),
    st.none() | st.dictionaries(st.sampled_from(["kind", "obs_bucket_path", "sink", "bootstrap_servers", "deliver_time_interval"]), JSON),
    st.lists(st.dictionaries(st.sampled_from(["id", "status", "lag", "discard", "topic"]), JSON), max_size=3) | JSON,
)


@given(
    st.lists(RECORDS, max_size=4),
    st.lists(st.dictionaries(st.sampled_from(["kind", "parent", "msg", "total", "max_tasks", "quota"]), JSON), max_size=2),
    JSON | st.lists(st.dictionaries(st.sampled_from(["kind", "name", "verdict", "objects", "bytes", "newest", "error", "reason"]), JSON)),
    JSON,
)
def test_whatever_a_service_says_a_report_comes_of_it(tasks: list[Any], rows: list[Any], landing: Any, last: Any) -> None:
    report = dump_report({"tasks": tasks, "errors": rows, "quotas": rows}, TIME, max_lag=5, max_silence=5, landing=landing)
    earlier = {**report, "made_at": "2026-11-21T01:00:00Z", "unseen": last, "history": last}
    for before in (last, earlier, {**earlier, "dumps": [{**reported, "trend": last, "problems": last} for reported in report["dumps"]]}):
        whole = join_dump_reports([report], TIME, last=before)
        page = dump_report_page(whole)
        json.dumps([whole, page], ensure_ascii=False).encode()
        text = dump_report_metrics(whole)
        text.encode()
        series = [line.rpartition(" ")[0] for line in text.splitlines() if not line.startswith("#")]
        assert len(series) == len(set(series)), "a series comes twice"
    assert AT.isoformat()[:10] in report["made_at"]


ODD: list[Any] = ["300s", "\ud800", "9" * 5000, True, -1, 10**30, 1.5, float("inf"), [], {}, [None], [[1]], {"a": {"b": 1}}]
WHOLE = {
    "tasks": [
        dump(
            kind=kind,
            topics=["orders"],
            partitions=[{"id": "0", "topic": "orders", "status": "RUNNING", "lag": 4, "discard": 2}],
            destination={"kind": "obs", "obs_bucket_path": "b", "obs_bucket_name": "b", "deliver_time_interval": 300, "file_prefix": "p"},
        )
        for kind in KINDS
    ],
    "errors": [{"kind": "dis_transfer_task", "parent": "orders", "msg": "No right."}],
    "quotas": [{"kind": "dis_transfer_task", "parent": "orders", "total": 1, "quota": 5}],
    "landing": [landed(dump(), "landing", newest={"key": "k", "size": 1, "modified_at": TIME}, error={"msg": "No right."})],
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


def put(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    changed = value.copy()
    changed[path[0]] = put(value[path[0]], path[1:], by)
    return changed


@pytest.mark.parametrize("part", WHOLE)
def test_one_odd_value_anywhere_stops_neither_report_nor_healing_nor_export(part: str) -> None:
    for path in places(WHOLE[part])[1:]:
        for odd in ODD:
            gathered = {**WHOLE, part: put(WHOLE[part], path, odd)}
            report = dump_report(gathered, TIME, max_lag=5, landing=gathered["landing"])
            dump_report_page(report)
            dump_report_metrics(report)
            if part == "tasks" and (len(path) == 1 or (path[-1] == "kind" and not odd)):
                continue  # no record at all, which is refused
            dumps_to_heal(gathered["tasks"], 5)
            to_dumping_vars(gathered).encode()


def test_room_that_two_apis_show_counts_once() -> None:
    quotas = [{"kind": kind, "parent": "a", "max_tasks": 18, "total": 1} for kind in ("kafka_sink_task", "smart_connect_task")]
    twins = [dump(kind=kind, parent="a", id="same") for kind in ("kafka_sink_task", "smart_connect_task")]
    alone = dump(kind="kafka_sink_task", parent="a", id="other")
    words = [
        [parent["kind_word"] for parent in dump_report_page(dump_report({"tasks": tasks, "quotas": quotas}, TIME))["parents"]]
        for tasks in (twins, [*twins, alone], [])
    ]
    assert words == [["Smart Connect"], ["Kafka sink", "Smart Connect"], ["Smart Connect"]]
