# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report learns from the kinds, also where a record shows little or is of a kind that nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.kinds import describe_destination, label_fields, writes_files


@pytest.mark.parametrize(
    ("destination", "text"),
    [
        (None, "not reported"),
        ({"kind": "kafka", "bootstrap_servers": ["a:1", "b:2"]}, "Kafka a:1, b:2"),
        ({"kind": "kafka"}, "Kafka"),
        ({"kind": "kafka", "instance_id": "k-1", "bootstrap_servers": ["a:1"]}, "Kafka k-1"),
        ({"kind": "dws", "dws_cluster_name": "c", "dws_table_name": "t"}, "DWS c/t"),
        ({"kind": "obs", "obs_bucket_path": "archive/deep", "file_prefix": "/orders"}, "archive/deep/orders"),
        ({"kind": "obs"}, "OBS"),
        ({"kind": "tape"}, "TAPE"),
        ({"kind": "redis", "sink": None}, "Redis"),
    ],
)
def test_a_destination_that_is_not_told_whole(destination: Any, text: str) -> None:
    assert describe_destination({"destination": destination}) == text


@pytest.mark.parametrize("kind", [*KINDS, "barrel"])
def test_settings_of_a_destination_have_labels_and_units(kind: str) -> None:
    destination = {"kind": "obs", "deliver_time_interval": 300, "partition_format": "yyyy"}
    shown = {label: (value, unit) for label, value, unit in label_fields({"kind": kind, "destination": destination})}
    assert (shown["Delivers every"], shown["Directories"]) == ((300, "seconds"), ("yyyy", ""))
    assert label_fields({"kind": kind, "destination": None}) == label_fields({"kind": kind, "destination": {"kind": "tape"}}) == []


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_writes_into_a_bucket_writes_files(kind: str) -> None:
    assert writes_files({"kind": kind, "destination": {"kind": "obs"}})
    assert not any(writes_files({"kind": kind, "destination": other}) for other in (None, "obs", {}, {"kind": "kafka"}, {"kind": None}))
    assert not writes_files({"kind": "barrel", "destination": {"kind": "obs"}})
