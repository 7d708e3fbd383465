# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where files would lie, and what to make of what lies there; the bucket is a dictionary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._landing.files import Bucket, LandingFindings, Object, count_files
from ansible_collections.opendump.huaweicloud.plugins.module_utils._landing.location import FileLocation, find_location, format_directory
from ansible_collections.opendump.huaweicloud.plugins.module_utils._landing.verdict import LANDING_VERDICTS, judge_landing
from ansible_collections.opendump.huaweicloud.plugins.module_utils._landing.window import Window, parse_zone

NOW = datetime(2026, 2, 3, 16, 30, tzinfo=UTC)  # half past midnight of the 4th in Shanghai
CHINA = parse_zone("Asia/Shanghai")
HOUR = Window(NOW - timedelta(hours=1), NOW, CHINA)


class Held(Bucket):
    """Objects by name: (size, minutes ago)."""

    def __init__(self, **minutes_ago: float) -> None:
        self.held = {key: Object(key, 10, NOW - timedelta(minutes=age)) for key, age in minutes_ago.items()}
        self.asked: list[tuple[str, str, str]] = []
        self.read: list[str] = []

    def list_objects(self, prefix: str, after: str = "", until: str = "") -> Iterator[Object]:
        self.asked.append((prefix, after, until))
        for key in sorted(self.held):
            if key.startswith(prefix) and key > after and (not until or key < until):
                self.read.append(key)
                yield self.held[key]

    def list_directories(self, prefix: str) -> list[str]:
        return sorted(
            {prefix + key[len(prefix) :].split("/")[0] + "/" for key in self.held if key.startswith(prefix) and "/" in key[len(prefix) :]}
        )


def transfer_task(**more: Any) -> dict[str, Any]:
    destination = {
        "kind": "obs",
        "obs_bucket_path": "landing-zone",
        "file_prefix": "orders",
        "partition_format": "yyyy/MM/dd",
        "deliver_time_interval": 300,
    }
    return {
        "kind": "dis_transfer_task",
        "parent": "s",
        "name": "t",
        "health": "ok",
        "lag": None,
        "created_at": "2026-01-01T00:00:00Z",
        "last_transfer_at": None,
        **more,
        "destination": {**destination, **more.get("destination", {})},
    }


def connect_task(**more: Any) -> dict[str, Any]:
    destination = {
        "kind": "obs",
        "obs_bucket_name": "archive",
        "obs_path": "dump",
        "partition_format": "yyyy/MM/dd/HH/mm",
        "deliver_time_interval": 300,
    }
    return {
        "kind": "smart_connect_task",
        "parent": "i",
        "name": "t",
        "health": "ok",
        "topics": ["orders"],
        "topics_regex": None,
        "lag": 0,
        "created_at": None,
        **more,
        "destination": {**destination, **more.get("destination", {})},
    }


def place(task: dict[str, Any]) -> FileLocation:
    result = find_location(task, KINDS[task["kind"]].files)
    assert result is not None
    return result


def seen(
    task: dict[str, Any], bucket: Held, window: Window = HOUR, most: int = 1000, neighbours: Sequence[dict[str, Any]] = ()
) -> tuple[LandingFindings, str, str]:
    mine = place(task)
    findings = count_files(bucket, mine, window, mine.interval, most, [place(other) for other in neighbours])
    return (findings, *judge_landing(task, findings, window, mine.interval))


def test_files_that_came_are_counted_in_the_services_zone() -> None:
    bucket = Held(
        **{
            "orders/2026/02/03/old": 120,
            "orders/2026/02/03/late": 45,
            "orders/2026/02/04/new": 5,
            "orders/2026/02/04/": 5,
            "orders/2026/01/31/older": 5000,
            "orders2/2026/02/04/of-another": 1,
        }
    )
    findings, word, _why = seen(transfer_task(), bucket)
    assert (word, findings.objects, findings.bytes) == ("landing", 2, 20)
    assert findings.newest and findings.newest.key == "orders/2026/02/04/new"
    assert "orders/2026/01/31/older" not in bucket.read


@pytest.mark.parametrize(
    ("lag", "expected"),
    [(0, "quiet"), (7, "stuck"), (None, "unknown"), (-1, "unknown"), ("7", "unknown"), (True, "unknown"), ([], "unknown")],
)
def test_no_file_means_little_without_the_lag(lag: Any, expected: str) -> None:
    bucket = Held(**{"dump/orders/2026/02/03/10/00/orders+0+0000000001": 870})
    findings, word, why = seen(connect_task(lag=lag), bucket)
    assert word == expected, why
    assert findings.objects == 0
    assert findings.newest and findings.newest.key.endswith("orders+0+0000000001"), "since when nothing came is worth knowing"
    assert "-1" not in why


def test_a_paused_task_is_not_stuck() -> None:
    assert seen(connect_task(lag=7, health="paused"), Held())[1] == "unknown"


def test_a_task_is_not_stuck_before_it_could_have_delivered() -> None:
    young = connect_task(lag=7, created_at="2026-02-03T16:27:00Z")
    assert seen(young, Held())[1] == "unknown"
    assert seen(connect_task(lag=7), Held(), Window(NOW - timedelta(seconds=120), NOW, CHINA))[1] == "unknown"
    assert (
        seen(connect_task(lag=7, destination={"deliver_time_interval": 60}), Held(), Window(NOW - timedelta(seconds=120), NOW, CHINA))[1]
        == "stuck"
    )


def test_files_in_directories_of_another_zone_are_found_and_said_so() -> None:
    bucket = Held(**{"dump/orders/2026/02/03/16/25/orders+0+1": 5})
    findings, word, why = seen(connect_task(lag=7), bucket)
    assert (word, findings.astray) == ("landing", True)
    assert "time_zone" in why
    findings, word, _why = seen(connect_task(lag=7), bucket, Window(HOUR.since, NOW, UTC))
    assert (word, findings.astray, findings.objects) == ("landing", False, 1)


def test_topics_may_have_directories_or_none() -> None:
    assert seen(connect_task(), Held(**{"dump/orders/2026/02/04/00/25/orders+0+1": 5}))[0].objects == 1
    flat = Held(**{"dump/2026/02/04/00/25/orders+0+1": 5, "dump/2026/02/04/00/25/payments+0+1": 5})
    assert seen(connect_task(), flat)[0].objects == 1, "the file of a topic that this task does not read does not count"
    without = connect_task(destination={"partition_format": ""})
    assert seen(without, Held(**{"dump/orders+0+1": 5, "dump/payments+0+1": 5}))[0].objects == 1


def test_topics_of_a_regular_expression_are_read_from_the_bucket() -> None:
    task = connect_task(topics=None, topics_regex="topic-.*")
    bucket = Held(**{f"dump/{topic}/2026/02/04/00/25/{topic}+0+1": 5 for topic in ("topic-a", "topic-b", "other")})
    findings, word, _why = seen(task, bucket)
    assert (word, findings.objects) == ("landing", 2)


def test_no_directories_by_time_means_all_names_are_read_up_to_the_limit() -> None:
    task = transfer_task(destination={"partition_format": None})
    bucket = Held(**{f"orders/file-{number:04}": 600 for number in range(50)}, **{"orders/zzz": 3})
    assert seen(task, bucket)[1] == "landing"
    findings, word, why = seen(task, bucket, most=20)
    assert (word, findings.cut_off) == ("unknown", True), why


def test_directories_named_by_the_data_say_nothing_about_when_a_file_came() -> None:
    task = transfer_task(destination={"processing_schema": {"timestamp_name": "at", "timestamp_type": "Timestamp"}})
    assert seen(task, Held(**{"orders/2019/01/01/replayed": 5}))[1] == "landing"


def test_what_dis_says_and_the_bucket_does_not_show_is_named() -> None:
    _landed, word, why = seen(transfer_task(last_transfer_at="2026-02-03T16:20:00Z"), Held())
    assert word == "unknown"
    assert "2026-02-03T16:20:00Z" in why


@pytest.mark.parametrize(
    "destination",
    [None, {"kind": "dws", "obs_bucket_path": "staging"}, {"kind": "obs", "obs_bucket_path": None}, {"kind": "kafka"}],
)
def test_not_every_task_writes_files(destination: dict[str, Any] | None) -> None:
    assert find_location({"kind": "dis_transfer_task", "destination": destination}, KINDS["dis_transfer_task"].files) is None


def test_directories_are_named_in_the_services_zone() -> None:
    assert format_directory("yyyy/MM/dd/HH/mm", NOW, CHINA) == "2026/02/04/00/30"


def test_an_hour_that_comes_twice_is_looked_at_whole() -> None:
    """Clocks go back at three in Berlin: what came at 2:50 summer time lies behind what is named 2:10 a quarter of an hour later."""
    zone = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    bucket = Held()
    bucket.held = {
        "dump/orders/2026/10/25/02/50/orders+0+1": Object("dump/orders/2026/10/25/02/50/orders+0+1", 1, now - timedelta(minutes=20))
    }
    assert seen(connect_task(), bucket, Window(now - timedelta(minutes=30), now, zone))[0].objects == 1


# neighbours in one bucket


def rootless(**more: Any) -> dict[str, Any]:
    return transfer_task(id="mine", destination={"file_prefix": "", "partition_format": None, **more})


def test_a_neighbours_file_is_no_delivery_of_a_task_without_a_directory() -> None:
    bucket = Held(**{"orders/2026/02/04/file": 5})
    neighbour = transfer_task(id="other", name="orders-to-obs")
    for mine in (rootless(), rootless(partition_format="yyyy/MM/dd"), rootless(processing_schema={"timestamp_name": "t"})):
        findings, word, why = seen(mine, bucket, neighbours=[neighbour])
        assert (word, findings.objects) == ("unknown", 0), why
        assert seen(neighbour, bucket, neighbours=[mine])[1] == "landing"
    assert seen({**rootless(), "lag": 7}, bucket, neighbours=[neighbour])[1] == "stuck", "and none that keeps it from being stuck"


def test_a_file_in_a_directory_that_nobody_names_is_doubtful() -> None:
    findings, word, why = seen({**rootless(), "lag": 7}, Held(**{"exports/report.csv": 5}))
    assert (word, findings.objects, findings.doubtful) == ("unknown", 0, 1)
    assert "exports/report.csv" in why
    assert seen(rootless(), Held(file=5))[1] == "landing"


def test_two_tasks_with_one_directory_are_not_told_apart() -> None:
    bucket = Held(**{"orders/2026/02/04/file": 5})
    twin = transfer_task(id="twin", name="orders-twin")
    findings, word, why = seen(transfer_task(id="mine"), bucket, neighbours=[twin])
    assert (word, findings.objects) == ("unknown", 0)
    assert "orders-twin" in why and "directory of its own" in why


def test_the_deeper_directory_says_whose_a_file_is() -> None:
    bucket = Held(**{"orders/eu/2026/02/04/file": 5})
    outer = transfer_task(id="outer", destination={"partition_format": None})
    inner = transfer_task(id="inner", destination={"file_prefix": "orders/eu"})
    assert seen(inner, bucket, neighbours=[outer])[1] == "landing"
    assert seen(outer, bucket, neighbours=[inner])[:2][1] == "unknown"
    assert seen(outer, bucket, neighbours=[inner])[0].doubtful == 0


@pytest.mark.parametrize("path", ["dump/%s/2026/02/04/00/25/%s+0+1", "dump/2026/02/04/00/25/%s+0+1"])
def test_topics_tell_tasks_of_one_directory_apart(path: str) -> None:
    bucket = Held(**{path.replace("%s", "payments"): 5})
    orders, payments = connect_task(id="o"), connect_task(id="p", topics=["payments"])
    assert seen(payments, bucket, neighbours=[orders])[1] == "landing"
    assert seen(orders, bucket, neighbours=[payments])[1] == "quiet"
    both = connect_task(id="b", topics=None, topics_regex="(orders|payments)")
    assert seen(payments, bucket, neighbours=[both])[1] == "unknown"


def test_a_directory_that_may_be_one_tasks_topic_and_another_tasks_path() -> None:
    bucket = Held(**{"orders/2026/02/04/00/25/part": 5})
    topic = connect_task(id="t", destination={"obs_path": ""})
    path = connect_task(id="p", topics=["payments"], destination={"obs_path": "orders"})
    assert seen(topic, bucket, neighbours=[path])[1] == "unknown"
    assert seen(path, bucket, neighbours=[topic])[1] == "unknown"
    assert seen(topic, bucket)[1] == "landing"


def test_an_expression_that_cannot_be_read_is_no_proof() -> None:
    bucket = Held(**{"topic/2026/02/04/00/25/topic+0+1": 5})
    mine = connect_task(topics=None, topics_regex="(a+)+b", destination={"obs_path": ""})
    assert seen(mine, bucket)[1] == "unknown"
    assert seen(connect_task(topics=None, topics_regex="(a+)+b"), Held(**{"dump/topic/2026/02/04/00/25/topic+0+1": 5}))[1] == "landing"


def test_what_is_not_the_tasks_own_counts_as_read_too() -> None:
    bucket = Held(**{f"orders/x/{number:04}/": 5 for number in range(50)})
    findings, word, why = seen(transfer_task(destination={"partition_format": None}), bucket, most=20)
    assert (len(bucket.read), word, findings.cut_off) == (21, "unknown", True), why


# records that are odd

ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["obs", "orders", "yyyy/MM/dd", "2026-02-03T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kind", "obs_bucket_name", "obs_path", "x"]), inner),
    max_leaves=4,
)
NAMES = ("parent", "name", "id", "health", "lag", "topics", "topics_regex", "created_at", "last_transfer_at")
FIELDS = ("obs_bucket_name", "obs_bucket_path", "obs_path", "file_prefix", "partition_format", "deliver_time_interval", "processing_schema")


@settings(max_examples=150)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    names=st.dictionaries(st.sampled_from(NAMES), ODD),
    fields=ODD | st.dictionaries(st.sampled_from(FIELDS), ODD).map(lambda fields: {"obs_bucket_name": "archive", **fields, "kind": "obs"}),
)
def test_a_record_may_be_as_odd_as_it_likes(kind: str, names: dict[str, Any], fields: Any) -> None:
    task = {"kind": kind, "destination": fields, **names}
    result = find_location(task, KINDS[kind].files)
    if result is not None:
        held = count_files(Held(**{"orders/2026/02/04/file": 5, "file": 5}), result, HOUR, result.interval, 10, [result])
        assert judge_landing(task, held, HOUR, result.interval)[0] in LANDING_VERDICTS
