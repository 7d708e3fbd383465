# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every place of a seed, with every wrong type and a misspelt key: refused with its path, or taken; never a traceback."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from huaweicloud_emulator.demo_estate import demo_estate
from huaweicloud_emulator.regions_estate import regions_estate
from huaweicloud_emulator.seed_document import WrongSeed, apply_seed
from huaweicloud_emulator.server import new_cloud

OTHERS: tuple[Any, ...] = (None, -1, 3, 1.5, float("nan"), True, "", "x", [], [None], ["x"], [{}], {}, {"x": None})
PATH = re.compile(r"(the seed is|the document:|[a-z_]+[.:[])")
# objects whose keys are names, or that the services only hand on
NAMES = {"buckets", "switches", "dli_databases", "offsets", "csv_properties", "log", "tags", "mrs_clusters"}


def document() -> dict[str, Any]:
    """All that a seed can hold, each at least once."""
    demo, regions = demo_estate(), regions_estate()
    descriptor = {"task_name": "t", "obs_bucket_path": "testobs", "agency_name": "dis_admin_agency", "deliver_time_interval": 300}
    task = {"destination_type": "OBS", "obs_destination_descriptor": descriptor, "state": "PAUSED", "task_id": "x", "create_time": 1}
    task |= {"last_transfer_timestamp": 2, "log": [{"state": "ERROR"}]}
    task |= {"partitions": [{"partitionId": "shardId-0000000000", "last_transfer_offset": 1, "discard": 0, "state": "RUNNING"}]}
    stream = {"name": "s", "status": "RUNNING", "stream_id": "y", "partition_count": 1, "data_type": "JSON", "records": 4, "tasks": [task]}
    dis = {"streams": [stream | {"records_per_second": 1}], "mrs_clusters": [{"id": "m", "name": "m"}], "dli_databases": {"d": ["t"]}}
    sink = {"task_name": "sink", "source_type": "BLOB", "destination_type": "OBS", "status": "PAUSED", "lag": 2}
    sink["obs_destination_descriptor"] = {
        "consumer_strategy": "latest",
        "destination_file_type": "TEXT",
        "obs_bucket_name": "eubucket",
        "obs_path": "p",
        "partition_format": "yyyy",
        "record_delimiter": ";",
        "deliver_time_interval": 300,
        "topics": "t",
    }
    topics = [{"name": "t", "partitions": 1, "end_offsets": [5], "replication": 3, "messages_per_second": 2}]
    instance = {"id": "i", "name": "n", "created": "2023-05-17", "topics": topics, "sink_tasks": [sink], "max_tasks": 9, "port": 9092}
    instance |= {"groups": [{"group_id": "g", "state": "EMPTY", "offsets": {"t": [1]}}], "connector_id": "c", "connector_node_num": 2}
    return {
        "buckets": demo["buckets"] | {"eubucket": "eu-west-0"},
        "switches": {"dis.put_status": 204},
        "users": regions["users"],
        "access_keys": [regions["access_keys"][0] | {"projects": ["p"], "policies": ["DIS User"]}],
        "writer_keys": [{"access": "a", "secret": "s", "status": "revoked", "buckets": ["testobs"]}],
        "projects": [
            *demo["projects"],
            {"id": "p", "name": "eu-west-0", "enabled": True, "agencies": [{"name": "a", "policies": []}, "b"], "dis": dis},
            {"id": "q", "name": "eu-west-0_x", "domain_name": "d", "description": "", "dms": {"instances": [instance]}},
        ],
    }


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from places(below, (*path, key))


def replaced(whole: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = copy.deepcopy(whole)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = new
    return changed


def written(path: tuple[Any, ...]) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")


def seen_and_shown(given: Any) -> None:
    """Seed a cloud, and look at all that is there then: what cannot be shown should not have been taken."""
    cloud = new_cloud(1)
    apply_seed(cloud, given)
    for project in cloud.projects.values():
        for service in cloud.services:
            if service.snapshot is not None:
                json.dumps(service.snapshot(cloud, project))


def test_the_document_is_right() -> None:
    seen_and_shown(document())


def test_no_wrong_type_is_a_traceback() -> None:
    whole = document()
    for path in places(whole):
        for other in OTHERS:
            try:
                seen_and_shown(replaced(whole, path, other))
            except WrongSeed as wrong:
                assert PATH.match(str(wrong)), (path, other, str(wrong))
            except Exception as error:
                raise AssertionError(f"{written(path)} = {other!r}: {type(error).__name__}: {error}") from error


def test_every_misspelt_key_is_named_with_its_path() -> None:
    whole = document()
    for path in places(whole):
        if path and isinstance(path[-1], str) and not NAMES & set(path[:-1]):
            place: Any = whole
            for key in path[:-1]:
                place = place[key]
            wrong_path = (*path[:-1], path[-1] + "x")
            with pytest.raises(WrongSeed) as refused:
                apply_seed(new_cloud(1), replaced(whole, wrong_path, place[path[-1]]))
            # the members of a policy are checked by the evaluation, in words of its own
            assert written(wrong_path) in str(refused.value), path
