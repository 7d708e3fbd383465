# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The five places a DIS transfer task can dump to, with the fields of each.

Names, ranges and defaults are those of the service's pages on creating and showing dump tasks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._task.fields import Field, Group, Rows
from .._task.kind import Destination
from .._task.rules import Delimiter, FlagText, Integer, Path, Properties, Text
from .obs_fields import BUCKET, PARTITION_FORMATS

TIMESTAMP_FORMATS = tuple(day + " HH:mm:ss" for day in ("yyyy/MM/dd", "MM/dd/yyyy", "dd/MM/yyyy", "yyyy-MM-dd", "MM-dd-yyyy", "dd-MM-yyyy"))
VALUE_TYPES = ("Bigint", "Double", "Boolean", "Timestamp", "String", "Decimal")


class FilePrefix(Path):
    """A prefix of object names: what stands at its end is part of the name, only a leading slash says nothing."""

    def normalise(self, value: Any) -> Any:
        text = Text.normalise(self, value)
        return (text.lstrip("/") or None) if isinstance(text, str) else text

    def encode(self, value: Any) -> Any:
        return str(value).lstrip("/")


PREFIX_SAYS = "only letters, digits, underscores and slashes are allowed"
PREFIX = FilePrefix(longest=50, pattern=r"[A-Za-z0-9_/]*", pattern_says=PREFIX_SAYS)
# For parquet, parts of a name may come from the records.
PARQUET_PREFIX = FilePrefix(
    longest=100,
    pattern=r"(?:[A-Za-z0-9_/]|\$\{[^{}]+\}|toDate\([^()]*\))*",
    pattern_says=PREFIX_SAYS + ", with parquet also ${field} and toDate(...)",
)
FOLDER = Path(longest=50)


def list_common_fields() -> tuple[Field, ...]:
    """What every destination takes."""
    return (
        Field("agency_name", Text(longest=64), default_on_create="dis_admin_agency", label="Agency"),
        Field("deliver_time_interval", Integer(30, 900, "seconds"), default_on_create=300, label="Delivers every"),
        Field("consumer_strategy", Text(choices=("LATEST", "TRIM_HORIZON")), default_on_create="LATEST", immutable=True, label="Begins at"),
    )


def list_staging_fields(prefix: FilePrefix = PREFIX) -> tuple[Field, ...]:
    """What the destinations behind OBS take: where data waits, and how long a failed delivery is tried again."""
    return (
        Field("obs_bucket_path", BUCKET, required=True),
        Field("file_prefix", prefix, omitted_when_unset=True),
        Field("retry_duration", Integer(0, 7200, "seconds"), usual=1800),
    )


def check_timestamp(values: Mapping[str, Any]) -> list[str]:
    """A time that is read from records needs its name, its type and, where it is text, its format."""
    schema = {name: values.get("processing_schema." + name) for name in ("timestamp_name", "timestamp_type", "timestamp_format")}
    if not any(schema.values()):
        return []
    missing = [name for name in ("timestamp_name", "timestamp_type") if not schema[name]]
    if missing:
        return ["processing_schema lacks %s" % " and ".join(missing)]
    if schema["timestamp_type"] == "String" and not schema["timestamp_format"]:
        return ["processing_schema.timestamp_format is needed with timestamp_type String"]
    return []


def check_prefix_of_files(values: Mapping[str, Any]) -> list[str]:
    """Only parquet may have the longer prefixes; where no file type is declared, that of the task counts, which is not known here."""
    prefix, file_type = values.get("file_prefix"), values.get("destination_file_type")
    if not prefix or file_type is None or str(file_type).lower() == "parquet":
        return []
    return ["file_prefix %s" % text for text in PREFIX.find_problems(prefix)]


def check_prefix_of_text(values: Mapping[str, Any]) -> list[str]:
    """A new task without a file type writes text."""
    return check_prefix_of_files({**values, "destination_file_type": "text"}) if values.get("destination_file_type") is None else []


def check_timestamp_formats(values: Mapping[str, Any]) -> list[str]:
    """OpenTSDB reads a time that comes as text by its format."""
    rows = values.get("opentsdb_schema") or []
    times = [row.get("timestamp") or {} for row in rows if isinstance(row, Mapping)]
    return [
        "opentsdb_schema[%d].timestamp.format is needed with timestamp.type String" % number
        for number, moment in enumerate(times)
        if isinstance(moment, Mapping) and moment.get("type") == "String" and not moment.get("format")
    ]


def check_table_schema(values: Mapping[str, Any]) -> list[str]:
    """A CloudTable is written as HBase or as OpenTSDB."""
    hbase = any(path.startswith("cloudtable_schema.") for path in values)
    opentsdb = "opentsdb_schema" in values
    if hbase == opentsdb:
        return ["exactly one of cloudtable_schema (HBase) and opentsdb_schema (OpenTSDB) is needed"]
    if hbase and not values.get("cloudtable_table_name"):
        return ["cloudtable_table_name is needed with cloudtable_schema"]
    return []


COLUMN = r"[A-Za-z0-9_]*"
COLUMN_SAYS = "only letters, digits and underscores are allowed"

OBS = Destination(
    "obs",
    (
        *list_common_fields(),
        Field("obs_bucket_path", BUCKET, required=True),
        Field("file_prefix", PARQUET_PREFIX, omitted_when_unset=True),
        Field("partition_format", Text(choices=PARTITION_FORMATS), omitted_when_unset=True, label="Directories"),
        Field("deliver_size_interval", Integer(1, 300, "MB")),
        Field("destination_file_type", Text(choices=("text", "csv", "parquet", "carbon")), default_on_create="text", label="File type"),
        Field("carbon_properties", Properties()),
        Field("record_delimiter", Delimiter("\n"), usual="newline", omitted_when_unset=True),
        Group(
            "processing_schema",
            (
                Field("timestamp_name", Text()),
                Field("timestamp_type", Text(choices=("String", "Timestamp"))),
                Field("timestamp_format", Text(choices=TIMESTAMP_FORMATS)),
            ),
        ),
    ),
    (check_timestamp, check_prefix_of_files),
    address=("obs_bucket_path", "file_prefix"),
)

MRS = Destination(
    "mrs",
    (
        *list_common_fields(),
        Field("mrs_cluster_name", Text(), required=True),
        Field("mrs_cluster_id", Text(), required=True),
        Field("mrs_hdfs_path", Text(), required=True),
        Field("hdfs_prefix_folder", FOLDER, omitted_when_unset=True),
        Field("destination_file_type", Text(choices=("text", "parquet", "carbon")), label="File type"),
        Field("carbon_properties", Properties()),
        *list_staging_fields(PARQUET_PREFIX),
    ),
    (check_prefix_of_files,),
    (check_prefix_of_text,),
    title="MRS",
    address=("mrs_cluster_name",),
)

DLI = Destination(
    "dli",
    (
        *list_common_fields(),
        Field("dli_database_name", Text(), required=True),
        Field("dli_table_name", Text(), required=True),
        *list_staging_fields(),
    ),
    title="DLI",
    address=("dli_database_name", "dli_table_name"),
)

CLOUDTABLE = Destination(
    "cloudtable",
    (
        *list_common_fields(),
        Field("cloudtable_cluster_name", Text(), required=True),
        Field("cloudtable_cluster_id", Text(), required=True),
        Field("cloudtable_table_name", Text(), omitted_when_unset=True),
        Group(
            "cloudtable_schema",
            (
                Field(
                    "row_key",
                    Rows((Field("value", Text(), required=True), Field("type", Text(choices=VALUE_TYPES), required=True)), most=64),
                    required=True,
                ),
                Field(
                    "columns",
                    Rows(
                        (
                            Field("column_family_name", Text(longest=32, pattern=COLUMN, pattern_says=COLUMN_SAYS), required=True),
                            Field("column_name", Text(longest=32, pattern=COLUMN, pattern_says=COLUMN_SAYS), required=True),
                            Field("value", Text(), required=True),
                            Field("type", Text(choices=VALUE_TYPES), required=True),
                        ),
                        most=4096,
                    ),
                    required=True,
                ),
            ),
        ),
        Field(
            "opentsdb_schema",
            Rows(
                (
                    Field(
                        "metric",
                        Rows(
                            (
                                Field("type", Text(choices=("Constant", "String")), required=True),
                                Field(
                                    "value",
                                    Text(longest=32, pattern=r"[A-Za-z0-9.]*", pattern_says="only letters, digits and dots are allowed"),
                                    required=True,
                                ),
                            )
                        ),
                        required=True,
                    ),
                    Group(
                        "timestamp",
                        (
                            Field("type", Text(choices=("Timestamp", "String")), required=True),
                            Field("value", Text(), required=True),
                            Field("format", Text(choices=TIMESTAMP_FORMATS)),
                        ),
                        required=True,
                    ),
                    Group(
                        "value",
                        (Field("type", Text(choices=VALUE_TYPES), required=True), Field("value", Text(), required=True)),
                        required=True,
                    ),
                    Field(
                        "tags",
                        Rows(
                            (
                                Field("name", Text(), required=True),
                                Field("type", Text(choices=VALUE_TYPES), required=True),
                                Field("value", Text(), required=True),
                            )
                        ),
                        required=True,
                    ),
                )
            ),
        ),
        Field(
            "cloudtable_row_key_delimiter",
            Text(choices=(",", ".", "|", ";", "\\", "-", "_", "~")),
            usual=".",
            omitted_when_unset=True,
        ),
        Field("obs_backup_bucket_path", BUCKET, omitted_when_unset=True),
        Field("backup_file_prefix", PREFIX, omitted_when_unset=True),
        Field("retry_duration", Integer(0, 7200, "seconds"), usual=1800),
    ),
    (check_table_schema, check_timestamp_formats),
    exclusive=(("cloudtable_schema", "opentsdb_schema"),),
    title="CLOUDTABLE",
    address=("cloudtable_cluster_name", "cloudtable_table_name"),
)

REJECTED = Text(pattern=r"\d+|unlimited", pattern_says="a whole number or unlimited is allowed")

DWS = Destination(
    "dws",
    (
        *list_common_fields(),
        Field("dws_cluster_name", Text(), required=True),
        Field("dws_cluster_id", Text(), required=True),
        Field("dws_database_name", Text(), required=True),
        Field("dws_schema", Text(), required=True),
        Field("dws_table_name", Text(), required=True),
        Field("dws_table_columns", Text(), omitted_when_unset=True),
        Field("dws_delimiter", Text(choices=(",", ";", "|")), required=True),
        Field("user_name", Text(), required=True),
        Field("user_password", Text(), secret=True, required_to_create=True),
        Field("kms_user_key_name", Text(), required=True),
        Field("kms_user_key_id", Text(), required=True),
        Group(
            "options",
            (
                Field("fill_missing_fields", FlagText(), usual=False, omitted_when_unset=True),
                Field("ignore_extra_data", FlagText(), usual=False, omitted_when_unset=True),
                Field("compatible_illegal_chars", FlagText(), usual=False, omitted_when_unset=True),
                Field("reject_limit", REJECTED, usual="0", omitted_when_unset=True),
                Field("error_table_name", Text(), omitted_when_unset=True),
            ),
        ),
        *list_staging_fields(),
    ),
    title="DWS",
    address=("dws_cluster_name", "dws_database_name", "dws_table_name"),
)

DESTINATIONS = (OBS, MRS, DLI, CLOUDTABLE, DWS)
