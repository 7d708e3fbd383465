# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The four destinations besides OBS."""

from __future__ import annotations

import copy
from typing import Any

import pytest

TASKS = "streams/s1/transfer-tasks"
HBASE = {
    "row_key": [{"value": "id", "type": "String"}],
    "columns": [{"column_family_name": "cf1", "column_name": "c1", "value": "v", "type": "Bigint"}],
}
OPENTSDB = [
    {
        "metric": [{"type": "Constant", "value": "age"}],
        "timestamp": {"type": "String", "value": "date", "format": "yyyy/MM/dd HH:mm:ss"},
        "value": {"type": "Bigint", "value": "value"},
        "tags": [{"name": "name", "type": "Bigint", "value": "v"}],
    }
]
COMMON = {"task_name": "t1", "agency_name": "dis_admin_agency", "deliver_time_interval": 30}
DESCRIPTORS: dict[str, dict[str, Any]] = {
    "mrs": {
        **COMMON,
        "mrs_cluster_name": "mrs1",
        "mrs_cluster_id": "m-1",
        "mrs_hdfs_path": "/user/dump",
        "obs_bucket_path": "obsbucket",
    },
    "dli": {**COMMON, "dli_database_name": "db", "dli_table_name": "table", "obs_bucket_path": "obsbucket"},
    "cloudtable": {
        "task_name": "t1",
        "agency_name": "dis_admin_agency",
        "cloudtable_cluster_name": "ct1",
        "cloudtable_cluster_id": "c-1",
        "cloudtable_table_name": "table",
        "cloudtable_schema": HBASE,
    },
    "dws": {
        **COMMON,
        "dws_cluster_name": "dws1",
        "dws_cluster_id": "d-1",
        "dws_database_name": "db",
        "dws_schema": "public",
        "dws_table_name": "table",
        "dws_delimiter": "|",
        "user_name": "writer",
        "user_password": "correct horse",
        "kms_user_key_name": "key1",
        "kms_user_key_id": "k-1",
        "obs_bucket_path": "obsbucket",
    },
}
LISTED = {
    "mrs_clusters": [{"id": "m-1", "name": "mrs1", "hdfs_paths": ["/user"]}, {"id": "m-2", "name": "kerberos", "security_mode": True}],
    "dli_databases": {"db": ["table"]},
    "cloudtable_clusters": [{"id": "c-1", "name": "ct1", "tables": {"table": ["cf1"]}}],
    "dws_clusters": [{"id": "d-1", "name": "dws1"}],
    "kms_keys": [{"id": "k-1", "name": "key1"}],
}


def body_of(stem: str, **changes: Any) -> dict[str, Any]:
    descriptor = copy.deepcopy(DESCRIPTORS[stem]) | changes
    descriptor = {name: value for name, value in descriptor.items() if value is not None}
    return {"destination_type": stem.upper(), f"{stem}_destination_descriptor": descriptor}


@pytest.mark.parametrize("stem", DESCRIPTORS)
def test_create_and_echo(dis: Any, stem: str) -> None:
    dis.seed(LISTED)
    assert dis("POST", TASKS, body_of(stem)) == (201, None)
    assert dis.show()["destination_type"] == stem.upper()
    sent = {name: value for name, value in DESCRIPTORS[stem].items() if name not in ("task_name", "user_password")}
    filled = {"consumer_strategy": "LATEST", "retry_duration": 1800}
    filled |= {"cloudtable_row_key_delimiter": "."} if stem == "cloudtable" else {}
    assert dis.echo() == sent | filled


@pytest.mark.parametrize(
    ("stem", "key"),
    [
        ("mrs", "mrs_destination_description"),
        ("dli", "dli_destination_description"),
        ("cloudtable", "cloudtable_destination_descripton"),
        ("dws", "dws_destination_descripton"),
    ],
)
def test_only_the_own_key_appears_in_the_services_spelling(dis: Any, stem: str, key: str) -> None:
    dis("POST", TASKS, body_of(stem))
    assert [name for name in dis.show() if "destination_desc" in name] == [key]


@pytest.mark.parametrize("stem", DESCRIPTORS)
def test_every_mandatory_field_is_demanded(dis: Any, stem: str) -> None:
    optional = {"agency_name", "deliver_time_interval", "cloudtable_schema"}
    for name in set(DESCRIPTORS[stem]) - optional:
        status, answer = dis("POST", TASKS, body_of(stem, **{name: None}))
        assert (status, answer["errorCode"], name in answer["message"]) == (400, "DIS.4200", True), (name, answer)


@pytest.mark.parametrize("stem", DESCRIPTORS)
@pytest.mark.parametrize(("value", "good"), [(0, True), ("7200", True), (7201, False), (-1, False)])
def test_retry_duration(dis: Any, stem: str, value: Any, good: bool) -> None:
    status, _each = dis("POST", TASKS, body_of(stem, retry_duration=value))
    assert status == (201 if good else 400)
    if good:
        assert dis.echo()["retry_duration"] == int(value)


@pytest.mark.parametrize(
    ("stem", "changes", "code"),
    [
        ("mrs", {"mrs_cluster_id": "m-9"}, "DIS.4208"),
        ("mrs", {"mrs_cluster_id": "m-2", "mrs_cluster_name": "kerberos"}, "DIS.4208"),
        ("mrs", {"mrs_hdfs_path": "/username"}, "DIS.4336"),
        ("dli", {"dli_database_name": "no"}, "DIS.4337"),
        ("dli", {"dli_table_name": "no"}, "DIS.4338"),
        ("cloudtable", {"cloudtable_cluster_name": "no"}, "DIS.4341"),
        ("cloudtable", {"cloudtable_table_name": "no"}, "DIS.4342"),
        ("cloudtable", {"cloudtable_schema": {**HBASE, "columns": [{**HBASE["columns"][0], "column_family_name": "no"}]}}, "DIS.4343"),
        ("cloudtable", {"cloudtable_schema": {"row_key": HBASE["row_key"]}}, "DIS.4345"),
        ("cloudtable", {"cloudtable_schema": {**HBASE, "row_key": []}}, "DIS.4345"),
        ("cloudtable", {"cloudtable_schema": {**HBASE, "row_key": HBASE["row_key"] * 65}}, "DIS.4345"),
        ("cloudtable", {"cloudtable_schema": {**HBASE, "row_key": [{"value": "id", "type": "Integer"}]}}, "DIS.4345"),
        ("cloudtable", {"cloudtable_schema": {**HBASE, "columns": [{**HBASE["columns"][0], "column_name": "a-b"}]}}, "DIS.4345"),
        ("cloudtable", {"cloudtable_schema": None, "opentsdb_schema": []}, "DIS.4348"),
        ("cloudtable", {"cloudtable_schema": None, "opentsdb_schema": [{**OPENTSDB[0], "tags": []}]}, "DIS.4348"),
        (
            "cloudtable",
            {"cloudtable_schema": None, "opentsdb_schema": [{**OPENTSDB[0], "metric": [{"type": "Int", "value": "a"}]}]},
            "DIS.4348",
        ),
        (
            "cloudtable",
            {"cloudtable_schema": None, "opentsdb_schema": [{**OPENTSDB[0], "timestamp": {"type": "String", "value": "d"}}]},
            "DIS.4348",
        ),
        ("cloudtable", {"cloudtable_schema": None}, "DIS.4200"),
        ("cloudtable", {"opentsdb_schema": OPENTSDB}, "DIS.4200"),
        ("cloudtable", {"cloudtable_row_key_delimiter": "+"}, "DIS.4200"),
        ("cloudtable", {"obs_backup_bucket_path": "no-such-bucket"}, "DIS.4306"),
        ("dws", {"dws_cluster_id": "no"}, "DIS.4350"),
        ("dws", {"kms_user_key_id": "no"}, "DIS.4351"),
        ("dws", {"dws_delimiter": "tab"}, "DIS.4200"),
        ("dws", {"options": {"fill_missing_fields": "yes"}}, "DIS.4200"),
        ("dws", {"options": {"reject_limit": "many"}}, "DIS.4200"),
        ("dws", {"obs_bucket_path": "no-such-bucket"}, "DIS.4306"),
        ("dws", {"agency_name": "nobody"}, "DIS.4335"),
    ],
)
def test_what_is_not_there_or_not_right(dis: Any, stem: str, changes: dict[str, Any], code: str) -> None:
    dis.seed(LISTED)
    assert dis.refused("POST", TASKS, body_of(stem, **changes)) == code
    assert dis.tasks()["total_number"] == 0


def test_opentsdb(dis: Any) -> None:
    dis.seed(LISTED)
    body = body_of("cloudtable", cloudtable_schema=None, cloudtable_table_name=None, opentsdb_schema=OPENTSDB)
    assert dis("POST", TASKS, body)[0] == 201
    assert dis.echo()["opentsdb_schema"] == OPENTSDB


@pytest.mark.parametrize(("key_delimiter"), [",", ".", "|", ";", "\\", "-", "_", "~"])
def test_row_key_delimiters(dis: Any, key_delimiter: str) -> None:
    assert dis("POST", TASKS, body_of("cloudtable", cloudtable_row_key_delimiter=key_delimiter))[0] == 201
    assert dis.echo()["cloudtable_row_key_delimiter"] == key_delimiter


def test_dws_with_everything(dis: Any) -> None:
    options = {"fill_missing_fields": "on", "ignore_extra_data": "true", "reject_limit": "unlimited", "error_table_name": "rejects"}
    assert dis("POST", TASKS, body_of("dws", dws_delimiter="", dws_table_columns="a,b", options=options))[0] == 201
    echo = dis.echo()
    assert (echo["dws_delimiter"], echo["dws_table_columns"], echo["options"]) == ("", "a,b", options)


@pytest.mark.parametrize("kind", ["unlisted", "listed"])
def test_clusters_pass_unless_listed_or_refused(dis: Any, kind: str) -> None:
    if kind == "unlisted":
        assert dis("POST", TASKS, body_of("mrs"))[0] == 201
        dis.switch(unlisted_clusters="refused")
    else:
        dis.seed({"mrs_clusters": []})
    assert dis.refused("POST", TASKS, body_of("mrs", task_name="t2")) == "DIS.4208"


def test_a_wrong_password_is_not_quoted(dis: Any) -> None:
    status, answer = dis("POST", TASKS, body_of("dws", user_password=["correct horse"]))
    assert (status, answer["errorCode"]) == (400, "DIS.4200")
    assert "user_password" in answer["message"]
    assert "horse" not in answer["message"]
