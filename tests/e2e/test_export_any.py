# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a service accepts, its export changes nothing where it came from: generated tasks, checked by the local cloud's own rules."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.filter.to_dumping_vars import to_dumping_vars
from huaweicloud_emulator.server import Local

from .conftest import PROJECT, Run
from .reliability.selection import SOAK

PEER = "91111111-2222-3333-4444-555555555555"
Strategy = st.SearchStrategy[Any]


def words(pattern: str) -> Strategy:
    return st.from_regex(pattern, fullmatch=True)


def choice(*values: Any) -> Strategy:
    return st.sampled_from(values)


def record(required: dict[str, Strategy], **optional: Strategy) -> Strategy:
    return st.fixed_dictionaries(required, optional=optional)


# what people write, what templates look like, and any other text that can be sent
ANY = st.one_of(
    choice("orders", "{{ 7 * 7 }}", "#jinja2: x:'['", "0123", "yes", "a: b", "'", '"', " x ", "\U0001f600"),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
)
BUCKET = words(r"[a-z0-9._-]{3,20}")
FORMATS = choice("yyyy", "yyyy/MM", "yyyy/MM/dd", "yyyy/MM/dd/HH", "yyyy/MM/dd/HH/mm")
PREFIX = words(r"[A-Za-z0-9_][A-Za-z0-9_/]{0,20}")
INTERVAL = st.integers(30, 900)
DELIMITERS = (",", ";", "|", "\n", "\\n", "NULL")

DIS_COMMON: dict[str, Strategy] = {"agency_name": words(r"[A-Za-z0-9_-]{1,64}"), "deliver_time_interval": INTERVAL}
MORE_OF_DIS: dict[str, Strategy] = {"consumer_strategy": choice("LATEST", "TRIM_HORIZON"), "file_prefix": PREFIX}
RETRY = st.integers(0, 7200)
ON_OFF = choice("true", "false", "on", "off")
DIS: dict[str, Strategy] = {
    "OBS": record(
        {"obs_bucket_path": BUCKET, **DIS_COMMON},
        partition_format=FORMATS,
        deliver_size_interval=st.integers(1, 300),
        destination_file_type=choice("text", "TEXT"),
        record_delimiter=choice(*DELIMITERS, None),
        **MORE_OF_DIS,
    ),
    "MRS": record(
        {"mrs_cluster_name": ANY, "mrs_cluster_id": ANY, "mrs_hdfs_path": ANY, "obs_bucket_path": BUCKET, **DIS_COMMON},
        hdfs_prefix_folder=words(r"[A-Za-z0-9_/]{1,20}"),
        destination_file_type=choice("text", "TEXT"),
        retry_duration=RETRY,
        **MORE_OF_DIS,
    ),
    "DLI": record(
        {"dli_database_name": ANY, "dli_table_name": ANY, "obs_bucket_path": BUCKET, **DIS_COMMON}, retry_duration=RETRY, **MORE_OF_DIS
    ),
    "DWS": record(
        {
            **{f"dws_{name}": ANY for name in ("cluster_name", "cluster_id", "database_name", "schema", "table_name")},
            "dws_delimiter": choice(",", ";", "|"),
            "user_name": ANY,
            "user_password": ANY,
            "kms_user_key_name": ANY,
            "kms_user_key_id": ANY,
            "obs_bucket_path": BUCKET,
            **DIS_COMMON,
        },
        retry_duration=RETRY,
        dws_table_columns=ANY,
        options=record(
            {},
            fill_missing_fields=ON_OFF,
            ignore_extra_data=ON_OFF,
            compatible_illegal_chars=ON_OFF,
            reject_limit=choice("0", "7", "unlimited"),
            error_table_name=ANY,
        ),
        **MORE_OF_DIS,
    ),
}
VALUE_TYPE = choice("Bigint", "Double", "Boolean", "Timestamp", "String", "Decimal")
VALUE = {"value": ANY, "type": VALUE_TYPE}
COLUMN = record({"column_family_name": words(r"[A-Za-z0-9_]{1,9}"), "column_name": words(r"[A-Za-z0-9_]{1,9}"), **VALUE})
METRIC = record({"type": choice("Constant", "String"), "value": words(r"[A-Za-z0-9.]{1,9}")})
POINT = record(
    {
        "metric": st.lists(METRIC, min_size=1, max_size=2),
        "timestamp": record({"type": choice("String"), "value": ANY, "format": choice("yyyy/MM/dd HH:mm:ss")}),
        "value": record(VALUE),
        "tags": st.lists(record({"name": ANY, **VALUE}), min_size=1, max_size=2),
    }
)
TABLE = {"cloudtable_cluster_name": ANY, "cloudtable_cluster_id": ANY, **DIS_COMMON}
DELIMITED = choice(",", ".", "|", ";", "\\", "-", "_", "~")
DIS["CLOUDTABLE"] = st.one_of(
    record(
        {
            **TABLE,
            "cloudtable_table_name": ANY,
            "cloudtable_schema": record(
                {"row_key": st.lists(record(VALUE), min_size=1, max_size=2), "columns": st.lists(COLUMN, min_size=1, max_size=2)}
            ),
        },
        cloudtable_row_key_delimiter=DELIMITED,
        obs_backup_bucket_path=BUCKET,
        backup_file_prefix=PREFIX,
        retry_duration=RETRY,
        consumer_strategy=choice("LATEST", "TRIM_HORIZON"),
    ),
    record({**TABLE, "opentsdb_schema": st.lists(POINT, min_size=1, max_size=2)}, retry_duration=RETRY, obs_backup_bucket_path=BUCKET),
)
KAFKA_WHICH = st.one_of(
    st.fixed_dictionaries({"topics": st.lists(words(r"[A-Za-z0-9._-]{1,20}"), min_size=1, max_size=3).map(",".join)}),
    st.fixed_dictionaries({"topics_regex": choice("ord.*", r"a\d+|b", "{{1}}|x", "topic-obs*", "#jinja2: x", "[{]%.*")}),
)
TO_OBS = record(
    {"consumer_strategy": choice("latest", "earliest"), "destination_file_type": choice("TEXT"), "obs_bucket_name": BUCKET},
    obs_path=words(r"[A-Za-z0-9_/-]{0,30}"),
    record_delimiter=choice(*DELIMITERS),
)
SINK = st.builds(
    lambda which, obs, interval, form: {**obs, **which, "deliver_time_interval": interval, "partition_format": form},
    KAFKA_WHICH,
    TO_OBS,
    INTERVAL,
    FORMATS,
)
CONNECT_OBS = st.builds(
    lambda obs, form, more: {"sink_type": "OBS_SINK", "sink_task": {**obs, "partition_format": form, **more}},
    TO_OBS,
    FORMATS,
    record({}, deliver_time_interval=INTERVAL, store_keys=st.booleans(), agency_name=words(r"[A-Za-z0-9_]{1,20}")),
)
HOSTS = st.lists(words(r"[a-z0-9.-]{1,10}:[0-9]{1,5}"), min_size=1, max_size=3).map(",".join)
FLAGS = {name: st.booleans() for name in ("sync_consumer_offsets_enabled", "provenance_header_enabled")}
CONNECT_KAFKA = st.builds(
    lambda source, peer, login, names: {
        "source_type": "KAFKA_REPLICATOR_SOURCE",
        "source_task": {**source, **peer, **login, **names},
    },
    record(
        {"direction": choice("pull", "push")},
        current_cluster_name=words(r"[A-Za-z0-9_-]{1,20}"),
        cluster_name=words(r"[A-Za-z0-9_-]{1,20}"),
        consumer_strategy=choice("latest", "earliest"),
        compression_type=choice("none", "gzip", "snappy", "lz4", "zstd"),
        task_num=st.integers(1, 8),
        replication_factor=st.integers(1, 3),
        **FLAGS,
    ),
    st.one_of(st.just({"instance_id": PEER}), st.fixed_dictionaries({"bootstrap_servers": HOSTS})),
    st.one_of(
        st.just({}),
        st.fixed_dictionaries(
            {
                "security_protocol": choice("SASL_SSL", "SASL_PLAINTEXT"),
                "sasl_mechanism": choice("PLAIN", "SCRAM-SHA-512"),
                "user_name": ANY,
                "password": ANY,
            }
        ),
    ),
    st.one_of(
        st.just({}),
        st.just({"rename_topic_enabled": True, "direction": "two-way"}),
        st.just({"provenance_header_enabled": True, "direction": "two-way"}),
        st.just({"topics_mapping": "orders:copied,b:c"}),
    ),
)
REDIS_SIDE: dict[str, Strategy] = {"redis_address": HOSTS, "redis_type": choice("standalone", "cluster")}
CONNECT_REDIS = st.builds(
    lambda source, sink: {
        "source_type": "REDIS_REPLICATOR_SOURCE",
        "sink_type": "REDIS_REPLICATOR_SINK",
        "source_task": source,
        "sink_task": sink,
    },
    record(
        {**REDIS_SIDE, "sync_mode": choice("RDB_ONLY", "CUSTOM_OFFSET")},
        full_sync_wait_ms=st.integers(0, 20000),
        full_sync_max_retry=st.integers(0, 9),
        ratelimit=st.integers(-1, 99),
        dcs_instance_id=ANY,
    ),
    record(REDIS_SIDE, dcs_instance_id=ANY, redis_password=ANY),
)
NAMES = words(r"[A-Za-z0-9_-]{4,64}")
TRANSFER = st.one_of(
    *[
        st.builds(
            lambda name, fields, kind=kind: {
                "destination_type": kind,
                f"{kind.lower()}_destination_descriptor": {"task_name": name, **fields},
            },
            NAMES,
            fields,
        )
        for kind, fields in DIS.items()
    ]
)
SINKS = st.builds(
    lambda name, obs: {"source_type": "BLOB", "task_name": name, "destination_type": "OBS", "obs_destination_descriptor": obs}, NAMES, SINK
)
CONNECTS = st.builds(
    lambda name, which, what, later: {"task_name": name, "start_later": later, **which, **what},
    NAMES,
    KAFKA_WHICH,
    st.one_of(CONNECT_OBS, CONNECT_KAFKA, CONNECT_REDIS),
    st.booleans(),
)


@settings(max_examples=400 if SOAK else 12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(TRANSFER, min_size=5, max_size=9), st.lists(SINKS, min_size=2, max_size=4), st.lists(CONNECTS, min_size=5, max_size=8))
def test_export_of_any_task_changes_nothing(cloud: Local, run: Run, transfers: list[Any], sinks: list[Any], connects: list[Any]) -> None:
    cloud.reset()
    cloud.switch({"dms.store": "two", "dms.bucket_check": "ignored"})
    numbers = itertools.count(1)
    streams = [{"name": f"stream-{next(numbers)}", "tasks": [task]} for task in transfers]
    homes = [{"sink_tasks": [task]} for task in sinks] + [{"smart_connect_tasks": [task]} for task in connects]
    instances: list[dict[str, Any]] = [{"id": PEER, "name": "peer", "connector_enable": True}]
    for home in homes:
        number = next(numbers)
        instances.append({"id": f"i-{number}", "name": f"kafka-{number}", "connector_enable": True, **home})
    cloud.seed({"projects": [{"id": PROJECT, "dis": {"streams": streams}, "dms": {"instances": instances}}]})

    there = run("dump_tasks_info")
    assert there["errors"] == []
    assert len(there["tasks"]) == len(transfers) + len(sinks) + len(connects)
    assert to_dumping_vars(there, form="summary") == {"declared": len(there["tasks"]), "left_out": [], "leaving": [], "undeclared": []}
    variables = to_dumping_vars(there, form="data")
    applied = run("dump_tasks", **{name.removeprefix("dumping_"): items for name, items in variables.items()})
    assert (applied.get("failed", False), applied["changed"]) == (False, False), applied
