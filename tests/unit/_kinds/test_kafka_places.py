# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Topics and buckets that are not there are named before a Kafka task is written, on both Kafka kinds."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import list_kinds_of_parent
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.kind import Kind
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.records import Parent

KINDS = list_kinds_of_parent("instance_id")
INSTANCE = Parent("i", "kafka", "c")
VALUES = {"topics": ["ordres", "payments"], "obs.obs_bucket_name": "archiv"}


@pytest.fixture
def there(service: Any) -> Any:
    service.answer("GET", "instances/i/topics", {"topics": [{"name": "orders"}, {"name": "payments"}]})
    service.answer("GET", "obs/buckets", [{"bucketName": "archive"}, {"bucketName": "other"}])
    return service


def check(kind: type[Kind], service: Any, wish: str, values: Any = None, changed: Any = tuple(VALUES), parent: Parent = INSTANCE) -> Any:
    return kind(service).preflight(parent, "obs", values or VALUES, changed, {"check_topics": wish})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_is_not_there_is_named_with_what_is_near(kind: type[Kind], there: Any) -> None:
    topic = "the instance has no topic 'ordres', so nothing of that is dumped until there is one; there is 'orders'"
    bucket = "the service does not list the bucket 'archiv'; there is 'archive'"
    assert check(kind, there, "warn") == ([], [topic, bucket])
    assert check(kind, there, "fail") == ([topic], [bucket])
    assert check(kind, there, "ignore") == ((), ())
    assert check(kind, there, "warn", {"topics": "orders,payments", "obs.obs_bucket_name": "archive"}) == ([], [])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_is_asked_for_once_and_only_where_it_matters(kind: type[Kind], there: Any) -> None:
    check(kind, there, "ignore")
    check(kind, there, "warn", changed=["obs.deliver_time_interval"])
    check(kind, there, "warn", {"topics_regex": ".*"}, ["topics_regex"])
    assert there.requests == []
    check(kind, there, "warn")
    check(kind, there, "warn")
    assert len(there.requests) == 2


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_cannot_be_read_is_unknown(kind: type[Kind], there: Any, refuse: Any) -> None:
    there.answer("GET", "instances/i/topics", refuse(403))
    there.answer("GET", "obs/buckets", refuse(404))
    assert check(kind, there, "warn") == ([], [])
    assert check(kind, there, "fail") == (["the topics of the instance cannot be read, and check_topics is 'fail'"], [])


def test_an_instance_that_is_named_by_its_connector_is_looked_up(there: Any) -> None:
    there.answer("GET", "/instances", {"instances": [{"instance_id": "i", "name": "kafka", "connector_id": "c"}]})
    (kind,) = [kind for kind in KINDS if "connector_id" in kind.parent_options]
    assert len(check(kind, there, "warn", parent=kind(there).find_parent({"connector_id": "c"})).warnings) == 2
