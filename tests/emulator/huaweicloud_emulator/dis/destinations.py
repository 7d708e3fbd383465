# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The five destinations: which fields each takes, and what those fields may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .field_checks import (
    Check,
    carbon_properties,
    dws_options,
    hbase_schema,
    one_of,
    opentsdb_schema,
    processing_schema,
    record_delimiter,
    text,
    whole_number,
)

MANDATORY = "mandatory"
OPTIONAL = "optional"
DISPUTED = "disputed"  # mandatory or not, as the switch dis.mandatory_fields says

PARTITION_FORMATS = ("yyyy", "yyyy/MM", "yyyy/MM/dd", "yyyy/MM/dd/HH", "yyyy/MM/dd/HH/mm")
FILE_TYPES = ("text", "csv", "parquet", "carbon")


@dataclass(frozen=True)
class Field:
    """A field of a descriptor. ``default`` is what the echo shows when nothing was sent; ``code`` is what a wrong value is refused with."""

    name: str
    check: Check
    presence: str = OPTIONAL
    default: Any = None
    code: str = "DIS.4200"
    secret: bool = False
    empty_is_value: bool = False


@dataclass(frozen=True)
class Destination:
    """``request_key`` holds the fields on the way in, the ``…description`` key of the echo is made from ``stem``."""

    type: str
    stem: str
    fields: tuple[Field, ...]
    retry_duration: int
    misspelt: bool = False

    @property
    def request_key(self) -> str:
        return f"{self.stem}_destination_descriptor"

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


NAME = text(r"[A-Za-z0-9_-]{1,64}")
BUCKET = text(r"[a-z0-9._-]{3,63}")
PREFIX = text(r"(?!/)[A-Za-z0-9_/]{1,50}")
PARQUET_PREFIX = text(r"(?=.{1,100}$)(?!/)(?:[A-Za-z0-9_/]|\$\{[^{}]+\}|toDate\([^()]*\))+")

_COMMON = (
    Field("task_name", NAME, MANDATORY),
    Field("agency_name", text(r".{1,64}"), DISPUTED),
    Field("deliver_time_interval", whole_number(30, 900), DISPUTED, default=300),
    Field("consumer_strategy", one_of("LATEST", "TRIM_HORIZON"), default="LATEST"),
)
_RETRY = Field("retry_duration", whole_number(0, 7200), default=1800)
_CARBON = Field("carbon_properties", carbon_properties)


def _require(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, text(), MANDATORY) for name in names)


OBS = Destination(
    "OBS",
    "obs",
    (
        *_COMMON,
        Field("deliver_size_interval", whole_number(1, 300)),
        Field("file_prefix", PREFIX),
        Field("partition_format", one_of(*PARTITION_FORMATS)),
        Field("obs_bucket_path", BUCKET, MANDATORY),
        Field("destination_file_type", one_of(*FILE_TYPES, any_case=True), default="text"),
        Field("processing_schema", processing_schema),
        Field("record_delimiter", record_delimiter, default="\n", empty_is_value=True),
        _CARBON,
        # Set at the console and by old code only; like every other field, one that PUT leaves out is gone.
        Field("compression_format", text()),
        Field("deliver_data_type", text()),
        Field("avro_schema", text()),
    ),
    retry_duration=0,
)
MRS = Destination(
    "MRS",
    "mrs",
    (
        *_COMMON,
        *_require("mrs_cluster_name", "mrs_cluster_id", "mrs_hdfs_path"),
        Field("file_prefix", PREFIX),
        Field("hdfs_prefix_folder", text(r".{1,50}")),
        Field("obs_bucket_path", BUCKET, MANDATORY),
        Field("destination_file_type", one_of(*FILE_TYPES, any_case=True)),
        _CARBON,
        _RETRY,
    ),
    retry_duration=1800,
)
DLI = Destination(
    "DLI",
    "dli",
    (
        *_COMMON,
        *_require("dli_database_name", "dli_table_name"),
        Field("obs_bucket_path", BUCKET, MANDATORY),
        Field("file_prefix", PREFIX),
        _RETRY,
    ),
    retry_duration=1800,
)
CLOUDTABLE = Destination(
    "CLOUDTABLE",
    "cloudtable",
    (
        *(field for field in _COMMON if field.name != "deliver_time_interval"),
        # Its own table of parameters demands the interval, its own examples do without.
        Field("deliver_time_interval", whole_number(30, 900)),
        *_require("cloudtable_cluster_name", "cloudtable_cluster_id"),
        Field("cloudtable_table_name", text()),
        Field("cloudtable_schema", hbase_schema, code="DIS.4345"),
        Field("opentsdb_schema", opentsdb_schema, code="DIS.4348"),
        Field("cloudtable_row_key_delimiter", one_of(",", ".", "|", ";", "\\", "-", "_", "~"), default="."),
        Field("obs_backup_bucket_path", BUCKET),
        Field("backup_file_prefix", PREFIX),
        _RETRY,
    ),
    retry_duration=1800,
    misspelt=True,
)
DWS = Destination(
    "DWS",
    "dws",
    (
        *_COMMON,
        *_require("dws_cluster_name", "dws_cluster_id", "dws_database_name", "dws_schema", "dws_table_name"),
        Field("dws_delimiter", one_of(",", ";", "|", ""), MANDATORY, empty_is_value=True),
        Field("user_name", text(), MANDATORY),
        Field("user_password", text(), MANDATORY, secret=True),
        *_require("kms_user_key_name", "kms_user_key_id"),
        Field("obs_bucket_path", BUCKET, MANDATORY),
        Field("file_prefix", PREFIX),
        _RETRY,
        Field("dws_table_columns", text()),
        Field("options", dws_options),
    ),
    retry_duration=1800,
    misspelt=True,
)

DESTINATIONS = {destination.type: destination for destination in (OBS, MRS, DLI, CLOUDTABLE, DWS)}
