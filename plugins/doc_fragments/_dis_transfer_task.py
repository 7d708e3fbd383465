# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of one DIS transfer task."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  stream_name:
    description:
      - Name of the stream whose records are dumped. It has to exist.
    type: str
    required: true
  task_name:
    description:
      - Name of the task, 1 to 64 letters, digits, underscores and hyphens. Names are unique within a stream.
      - A name cannot be changed; a task under a new name is another task.
      - Write it as text. Of V(no) or V(0123) without quotes YAML makes something else, which is refused.
    type: str
    required: true
  state:
    description:
      - V(present) takes care that the task exists as declared. A new task starts at once; the run state of an existing one is left
        alone.
      - V(absent) takes care that there is no such task. Declared fields are not looked at.
      - V(running) is V(present), and a task that is paused, abnormal or in error is started.
      - V(paused) is V(present), and a task that is not paused is stopped. The service cannot create a task without starting it, so a
        new one is stopped right after it was created and may dump a little before.
    type: str
    choices:
      - present
      - absent
      - running
      - paused
    default: present
  obs:
    description:
      - Dump into a bucket of the Object Storage Service.
      - One of O(obs), O(mrs), O(dli), O(cloudtable) and O(dws) is needed to create a task. All may be left out for a task that exists,
        whose destination is then not compared; this is all it takes to pause, start or delete it.
      - The five are mutually exclusive. A task cannot change from one to another in place, see O(on_immutable_change).
    type: dict
    suboptions:
      agency_name: &agency_name
        description:
          - Name of the IAM agency that lets DIS write to the destination, at most 64 characters.
          - A new task gets V(dis_admin_agency), which the console makes, when this is not declared. The agency has to exist.
        type: str
      deliver_time_interval: &deliver_time_interval
        description:
          - How often data is delivered, in seconds, V(30) to V(900).
          - A new task gets V(300) when this is not declared.
        type: int
      consumer_strategy: &consumer_strategy
        description:
          - Where a new task starts reading. V(LATEST) reads what arrives from now on, V(TRIM_HORIZON) begins with the oldest record that
            is still stored.
          - A new task gets V(LATEST) when this is not declared.
          - It cannot be changed in place, see O(on_immutable_change).
        type: str
        choices:
          - LATEST
          - TRIM_HORIZON
      obs_bucket_path:
        description:
          - Name of the bucket. It has to exist.
          - 3 to 63 lower-case letters, digits, hyphens, underscores and dots.
        type: str
        required: true
      file_prefix: &parquet_prefix
        description:
          - Folder in the bucket under which the files are written, or the beginning of their names, at most 50 letters, digits,
            underscores and slashes. For files of the type C(parquet), some editions take at most 100, among them C(${field}) and
            C(toDate(...)), which stand for what is in the records.
          - A slash at the beginning makes no difference, one at the end does. An empty text declares that there is none, which is also
            what a new task gets when this is not declared.
        type: str
      partition_format:
        description:
          - Folders below O(obs.file_prefix), by the time of dumping, or by a time in the records with O(obs.processing_schema).
          - A new task has no such folders when this is not declared.
        type: str
        choices:
          - yyyy
          - yyyy/MM
          - yyyy/MM/dd
          - yyyy/MM/dd/HH
          - yyyy/MM/dd/HH/mm
      deliver_size_interval:
        description:
          - How much data is collected at most before it is delivered, in MB, V(1) to V(300). There is no such limit for a new task when
            this is not declared.
          - Not every edition of the service knows or shows it. Where it is not shown, whether it differs cannot be told; then it is
            sent when the task is created or changed anyway, or with O(update_secrets=always), and is no change by itself.
        type: int
      destination_file_type:
        description:
          - Format of the files. A new task gets V(text) when this is not declared.
          - V(csv), V(parquet) and V(carbon) need a stream whose data type is JSON, which is checked before anything is written. Guides
            of the service let V(parquet) and V(carbon) be made from CSV, too; there a warning says that some editions refuse it. Which
            of the three there are depends on the edition of the service.
        type: str
        choices:
          - text
          - csv
          - parquet
          - carbon
      carbon_properties: &carbon_properties
        description:
          - Names and values that the service hands on to Carbon where the files are C(carbon). No page of the vendor describes them.
          - Not every edition of the service knows or shows it. Where it is not shown, whether it differs cannot be told; then it is
            sent when the task is created or changed anyway, or with O(update_secrets=always), and is no change by itself.
        type: dict
      record_delimiter:
        description:
          - What stands between two records in a file. One of the words V(newline), V(comma), V(semicolon), V(vertical_bar) and V(none), or
            the character itself.
          - Services spell a newline and no delimiter in several ways, some of them alike; an answer that can mean either is taken for no
            difference.
          - The service gives a new task V(newline) when this is not declared.
        type: str
      processing_schema:
        description:
          - Make the folders of O(obs.partition_format) from a time in the records.
          - Not every edition of the service shows it. Where it is not shown, whether it differs cannot be told; then it is sent
            when the task is created or changed anyway, or with O(update_secrets=always), and is no change by itself.
        type: dict
        suboptions:
          timestamp_name:
            description:
              - Attribute of the records that holds the time.
              - O(obs.processing_schema.timestamp_name) and O(obs.processing_schema.timestamp_type) are needed together.
            type: str
          timestamp_type:
            description:
              - V(Timestamp) for a number of 13 digits, the milliseconds since 1970, V(String) for a text in the format
                O(obs.processing_schema.timestamp_format).
            type: str
            choices:
              - String
              - Timestamp
          timestamp_format:
            description:
              - Format of the time. Needed with O(obs.processing_schema.timestamp_type=String).
            type: str
            choices: &timestamp_formats
              - yyyy/MM/dd HH:mm:ss
              - MM/dd/yyyy HH:mm:ss
              - dd/MM/yyyy HH:mm:ss
              - yyyy-MM-dd HH:mm:ss
              - MM-dd-yyyy HH:mm:ss
              - dd-MM-yyyy HH:mm:ss
  mrs:
    description:
      - Dump into a cluster of the MapReduce Service (MRS), into HDFS.
      - Needed to create such a task; see O(obs) on leaving it out. Mutually exclusive with the other destinations.
    type: dict
    suboptions:
      agency_name: *agency_name
      deliver_time_interval: *deliver_time_interval
      consumer_strategy: *consumer_strategy
      mrs_cluster_name:
        description:
          - Name of the cluster. Clusters of MRS 3.x and later cannot be destinations, nor can those with Kerberos authentication.
        type: str
        required: true
      mrs_cluster_id:
        description:
          - ID of the cluster O(mrs.mrs_cluster_name).
        type: str
        required: true
      mrs_hdfs_path:
        description:
          - HDFS path into which data is written.
        type: str
        required: true
      hdfs_prefix_folder:
        description:
          - Folder below O(mrs.mrs_hdfs_path), at most 50 characters. Slashes at both ends make no difference.
        type: str
      destination_file_type:
        description:
          - Format of the files. V(parquet) and V(carbon) need a stream whose data type is JSON, see O(obs.destination_file_type).
          - The service chooses V(text) for a new task when this is not declared.
        type: str
        choices:
          - text
          - parquet
          - carbon
      carbon_properties: *carbon_properties
      obs_bucket_path: &staging_bucket
        description:
          - Name of the bucket in which data waits for delivery, and in which what could not be delivered is kept. It has to exist.
          - 3 to 63 lower-case letters, digits, hyphens, underscores and dots.
        type: str
        required: true
      file_prefix: *parquet_prefix
      retry_duration: &retry_duration
        description:
          - How long a delivery that failed is tried again, in seconds, V(0) to V(7200). V(0) is never.
          - The service gives a new task V(1800) when this is not declared.
        type: int
  dli:
    description:
      - Dump into a table of the Data Lake Insight service (DLI).
      - Needed to create such a task; see O(obs) on leaving it out. Mutually exclusive with the other destinations.
    type: dict
    suboptions:
      agency_name: *agency_name
      deliver_time_interval: *deliver_time_interval
      consumer_strategy: *consumer_strategy
      dli_database_name:
        description:
          - Name of the database.
        type: str
        required: true
      dli_table_name:
        description:
          - Name of the table, which has to be an internal one (whose data lies in DLI).
        type: str
        required: true
      obs_bucket_path: *staging_bucket
      file_prefix: &file_prefix
        description:
          - Folder in the bucket under which the files are written, or the beginning of their names, at most 50 letters, digits,
            underscores and slashes.
          - A slash at the beginning makes no difference, one at the end does. An empty text declares that there is none, which is also
            what a new task gets when this is not declared.
        type: str
      retry_duration: *retry_duration
  cloudtable:
    description:
      - Dump into a cluster of the CloudTable service, into HBase with O(cloudtable.cloudtable_schema) or into OpenTSDB with
        O(cloudtable.opentsdb_schema).
      - Such dumps went offline on Huawei Cloud on 2021-09-15, and the vendor's API pages since 2025-11 document only dumps into
        O(obs). Other clouds and older editions may still have them.
      - Needed to create such a task; see O(obs) on leaving it out. Mutually exclusive with the other destinations.
    type: dict
    suboptions:
      agency_name: *agency_name
      deliver_time_interval: *deliver_time_interval
      consumer_strategy: *consumer_strategy
      cloudtable_cluster_name:
        description:
          - Name of the cluster.
        type: str
        required: true
      cloudtable_cluster_id:
        description:
          - ID of the cluster O(cloudtable.cloudtable_cluster_name).
        type: str
        required: true
      cloudtable_table_name:
        description:
          - Name of the HBase table. Needed with O(cloudtable.cloudtable_schema).
        type: str
      cloudtable_schema:
        description:
          - How a record becomes a row of the HBase table.
          - Exactly one of O(cloudtable.cloudtable_schema) and O(cloudtable.opentsdb_schema) is needed.
        type: dict
        suboptions:
          row_key:
            description:
              - What the key of a row is made of, in this order, at most 64 parts. They are joined with
                O(cloudtable.cloudtable_row_key_delimiter).
            type: list
            elements: dict
            required: true
            suboptions:
              value: &attribute
                description:
                  - Attribute of the records that holds the value.
                type: str
                required: true
              type: &value_type
                description:
                  - Type of the value.
                type: str
                choices: &value_types
                  - Bigint
                  - Double
                  - Boolean
                  - Timestamp
                  - String
                  - Decimal
                required: true
          columns:
            description:
              - The columns that are filled, at most 4096. Compared with their order.
            type: list
            elements: dict
            required: true
            suboptions:
              column_family_name:
                description:
                  - Name of the column family, at most 32 letters, digits and underscores.
                type: str
                required: true
              column_name:
                description:
                  - Name of the column, at most 32 letters, digits and underscores.
                type: str
                required: true
              value: *attribute
              type: *value_type
      opentsdb_schema:
        description:
          - How a record becomes a data point of OpenTSDB. Compared with its order.
          - Exactly one of O(cloudtable.cloudtable_schema) and O(cloudtable.opentsdb_schema) is needed.
        type: list
        elements: dict
        suboptions:
          metric:
            description:
              - What the name of the metric is made of.
            type: list
            elements: dict
            required: true
            suboptions:
              type:
                description:
                  - V(Constant) for a fixed text, V(String) for an attribute of the records.
                type: str
                choices:
                  - Constant
                  - String
                required: true
              value:
                description:
                  - The text, or the name of the attribute, at most 32 letters, digits and dots.
                type: str
                required: true
          timestamp:
            description:
              - The time of the data point.
            type: dict
            required: true
            suboptions:
              type:
                description:
                  - V(Timestamp) for a number of 13 digits, the milliseconds since 1970, V(String) for a text.
                type: str
                choices:
                  - Timestamp
                  - String
                required: true
              value: *attribute
              format:
                description:
                  - Format of the time where it is a text.
                type: str
                choices: *timestamp_formats
          value:
            description:
              - The value of the data point.
            type: dict
            required: true
            suboptions:
              type: *value_type
              value: *attribute
          tags:
            description:
              - Tags of the data point.
            type: list
            elements: dict
            required: true
            suboptions:
              name:
                description:
                  - Name of the tag.
                type: str
                required: true
              type: *value_type
              value: *attribute
      cloudtable_row_key_delimiter:
        description:
          - What stands between the parts of a row key. The service gives a new task V(.) when this is not declared.
        type: str
        choices:
          - ','
          - '.'
          - '|'
          - ';'
          - '\'
          - '-'
          - '_'
          - '~'
      obs_backup_bucket_path:
        description:
          - Name of the bucket in which what could not be delivered is kept.
          - 3 to 63 lower-case letters, digits, hyphens, underscores and dots.
        type: str
      backup_file_prefix:
        description:
          - Folder in O(cloudtable.obs_backup_bucket_path), or the beginning of the names of the files there, at most 50 letters, digits,
            underscores and slashes. A slash at the beginning makes no difference.
        type: str
      retry_duration: *retry_duration
  dws:
    description:
      - Dump into a table of a cluster of the Data Warehouse Service (DWS).
      - Needed to create such a task; see O(obs) on leaving it out. Mutually exclusive with the other destinations.
    type: dict
    suboptions:
      agency_name: *agency_name
      deliver_time_interval: *deliver_time_interval
      consumer_strategy: *consumer_strategy
      dws_cluster_name:
        description:
          - Name of the cluster.
        type: str
        required: true
      dws_cluster_id:
        description:
          - ID of the cluster O(dws.dws_cluster_name).
        type: str
        required: true
      dws_database_name:
        description:
          - Name of the database.
        type: str
        required: true
      dws_schema:
        description:
          - Name of the schema in the database.
        type: str
        required: true
      dws_table_name:
        description:
          - Name of the table.
        type: str
        required: true
      dws_table_columns:
        description:
          - Names of the columns that are filled, joined by commas. Compared as one text.
        type: str
      dws_delimiter:
        description:
          - What stands between two values of a record.
        type: str
        choices:
          - ','
          - ';'
          - '|'
        required: true
      user_name:
        description:
          - User as whom to log in to the database.
        type: str
        required: true
      user_password:
        description:
          - Password of O(dws.user_name).
          - A secret; never shown and never compared, see O(update_secrets).
          - Needed to create a task, and for every change of one, since the service replaces a task as a whole.
        type: str
      kms_user_key_name:
        description:
          - Name of the key of the Key Management Service with which the password is encrypted. Not a secret.
        type: str
        required: true
      kms_user_key_id:
        description:
          - ID of the key O(dws.kms_user_key_name). Not a secret.
        type: str
        required: true
      options:
        description:
          - What to do with records that do not fit the table.
        type: dict
        suboptions:
          fill_missing_fields:
            description:
              - Whether values that are missing at the end of a record become null. New tasks do not when this is not declared.
            type: bool
          ignore_extra_data:
            description:
              - Whether values beyond the last column are ignored. New tasks do not when this is not declared.
            type: bool
          compatible_illegal_chars:
            description:
              - Whether characters that are invalid in the database are replaced. New tasks do not when this is not declared.
            type: bool
          reject_limit:
            description:
              - How many records may be rejected before the delivery fails, a whole number or V(unlimited). The service gives a new task
                V(0) when this is not declared.
            type: str
          error_table_name:
            description:
              - Name of the table into which rejected records are written.
            type: str
      obs_bucket_path: *staging_bucket
      file_prefix: *file_prefix
      retry_duration: *retry_duration
"""
