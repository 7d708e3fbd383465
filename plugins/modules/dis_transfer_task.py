# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: dis_transfer_task
short_description: Keep a transfer task of a DIS stream as declared
version_added: "1.0.0"
description:
  - Creates, changes, starts, stops and deletes a transfer task (also called dump task) of a stream of the Data Ingestion Service (DIS)
    of Huawei Cloud. A transfer task dumps the records of its stream to OBS, MRS, DLI, CloudTable or DWS.
  - Whatever the service can change is changed in place, so the task goes on where it was. It cannot change the kind of destination and
    C(consumer_strategy); see O(on_immutable_change).
  - A stream holds at most five tasks.
author:
  - opendump contributors (@opendump)
extends_documentation_fragment:
  - opendump.huaweicloud._dis_transfer_task
  - opendump.huaweicloud._api
  - opendump.huaweicloud._attributes
  - opendump.huaweicloud._task_policy
  - opendump.huaweicloud._task_policy.notes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - Full, but with O(update_secrets=always), which writes the declared secrets with every run.
      - O(state=paused) stops a new task right after it was created, since the service cannot create one without starting it.
seealso:
  - module: opendump.huaweicloud.dis_transfer_task_info
  - module: opendump.huaweicloud.dump_tasks
  - name: Adding a Dump Task
    description: What the vendor says of creating transfer tasks and of their five destinations.
    link: https://support.huaweicloud.com/en-us/api-dis/dis_02_0410.html
  - name: Querying Dump Task Details
    description: What the vendor says of what the service shows of a transfer task.
    link: https://support.huaweicloud.com/intl/en-us/api-dis/ShowTransferTask.html
"""

EXAMPLES = r"""
- name: Dump a stream into a bucket; a second run changes nothing
  opendump.huaweicloud.dis_transfer_task:
    stream_name: orders
    task_name: orders-to-obs
    obs:
      obs_bucket_path: landing-zone
      file_prefix: orders
      partition_format: yyyy/MM/dd
      deliver_time_interval: 300
      record_delimiter: newline

- name: Change it in place, and see what would change with --check --diff
  opendump.huaweicloud.dis_transfer_task:
    stream_name: orders
    task_name: orders-to-obs
    obs:
      obs_bucket_path: landing-zone
      deliver_time_interval: 60

- name: Pause an existing task, whatever its destination
  opendump.huaweicloud.dis_transfer_task:
    stream_name: orders
    task_name: orders-to-obs
    state: paused

- name: Start it again, and wait two minutes at most until it runs
  opendump.huaweicloud.dis_transfer_task:
    stream_name: orders
    task_name: orders-to-obs
    state: running
    wait_timeout: 120

- name: Dump everything that is still stored; the start of reading cannot be changed in place, so the task is created anew
  opendump.huaweicloud.dis_transfer_task:
    stream_name: orders
    task_name: orders-to-obs
    obs:
      obs_bucket_path: landing-zone
      consumer_strategy: TRIM_HORIZON
    on_immutable_change: recreate

- name: Take care that there is no such task
  opendump.huaweicloud.dis_transfer_task:
    stream_name: orders
    task_name: orders-to-obs
    state: absent

- name: Dump a stream of JSON records as Parquet, in folders by a time in the records
  opendump.huaweicloud.dis_transfer_task:
    stream_name: clicks
    task_name: clicks-to-parquet
    obs:
      obs_bucket_path: landing-zone
      file_prefix: clicks
      destination_file_type: parquet
      partition_format: yyyy/MM/dd/HH
      processing_schema:
        timestamp_name: clicked_at
        timestamp_type: String
        timestamp_format: yyyy-MM-dd HH:mm:ss

- name: Dump into the HDFS of an MRS cluster
  opendump.huaweicloud.dis_transfer_task:
    stream_name: orders
    task_name: orders-to-mrs
    mrs:
      mrs_cluster_name: analytics
      mrs_cluster_id: fe69a732-c7d4-4e4c-bf5f-3d1b5f5c9d3b
      mrs_hdfs_path: /user/orders
      obs_bucket_path: staging
      retry_duration: 1800

- name: Dump into a DLI table
  opendump.huaweicloud.dis_transfer_task:
    stream_name: orders
    task_name: orders-to-dli
    dli:
      dli_database_name: sales
      dli_table_name: orders
      obs_bucket_path: staging

- name: Dump into an HBase table of CloudTable
  opendump.huaweicloud.dis_transfer_task:
    stream_name: orders
    task_name: orders-to-hbase
    cloudtable:
      cloudtable_cluster_name: tables
      cloudtable_cluster_id: b8c095e2-db5f-4732-8a1d-eacd662e35dc
      cloudtable_table_name: orders
      cloudtable_row_key_delimiter: '|'
      cloudtable_schema:
        row_key:
          - value: customer
            type: String
          - value: order
            type: Bigint
        columns:
          - column_family_name: main
            column_name: amount
            value: amount
            type: Double
      obs_backup_bucket_path: staging

- name: Dump into OpenTSDB of CloudTable
  opendump.huaweicloud.dis_transfer_task:
    stream_name: measurements
    task_name: measurements-to-opentsdb
    cloudtable:
      cloudtable_cluster_name: tables
      cloudtable_cluster_id: b8c095e2-db5f-4732-8a1d-eacd662e35dc
      opentsdb_schema:
        - metric:
            - type: Constant
              value: temperature
          timestamp:
            type: String
            value: measured_at
            format: yyyy/MM/dd HH:mm:ss
          value:
            type: Double
            value: celsius
          tags:
            - name: room
              type: String
              value: room

- name: Dump into a DWS table; the password comes from the environment of the controller
  opendump.huaweicloud.dis_transfer_task: &dws
    stream_name: orders
    task_name: orders-to-dws
    dws:
      dws_cluster_name: warehouse
      dws_cluster_id: 0c9b2a5e-8b6a-4cf6-a4c8-9c1d6a0c7b11
      dws_database_name: sales
      dws_schema: public
      dws_table_name: orders
      dws_delimiter: ','
      user_name: loader
      user_password: "{{ lookup('ansible.builtin.env', 'DWS_LOADER_PASSWORD') }}"
      kms_user_key_name: dis-dws
      kms_user_key_id: 6b2f1c7e-2e83-4f5d-9a36-0d4a4c1f8e55
      obs_bucket_path: staging
      options:
        ignore_extra_data: true
        reject_limit: '100'

- name: Write the password again, once, after it has been rotated
  opendump.huaweicloud.dis_transfer_task:
    <<: *dws
    update_secrets: always

- name: Say once for all modules where to connect
  module_defaults:
    group/opendump.huaweicloud.all:
      region: ap-southeast-1
      profile: production
  block:
    - name: Dump orders
      opendump.huaweicloud.dis_transfer_task:
        stream_name: orders
        task_name: orders-to-obs
        obs:
          obs_bucket_path: landing-zone
    - name: Dump returns
      opendump.huaweicloud.dis_transfer_task:
        stream_name: returns
        task_name: returns-to-obs
        obs:
          obs_bucket_path: landing-zone

- name: Declare the same task in several clouds
  opendump.huaweicloud.dis_transfer_task:
    region: "{{ item.region }}"
    dis_endpoint: "{{ item.dis }}"
    iam_endpoint: "{{ item.iam }}"
    profile: "{{ item.profile }}"
    stream_name: orders
    task_name: orders-to-obs
    obs:
      obs_bucket_path: "{{ item.bucket }}"
  loop:
    - region: eu-de
      dis: https://dis.eu-de.otc.t-systems.com
      iam: https://iam.eu-de.otc.t-systems.com
      profile: otc
      bucket: landing-zone-de
    - region: ap-southeast-1
      dis: https://dis.ap-southeast-1.myhuaweicloud.com
      iam: https://iam.ap-southeast-1.myhuaweicloud.com
      profile: production
      bucket: landing-zone-hk
  loop_control:
    label: "{{ item.region }}"
"""

RETURN = r"""
task:
  description:
    - The task as it is after the run, or in check mode as it would be. The same record for every kind of task; no secret is in it.
    - V(null) where there is no such task (any more).
  type: dict
  returned: always, on failure as far as it is known
  contains:
    kind:
      description: Kind of the task, V(dis_transfer_task), V(kafka_sink_task) or V(smart_connect_task).
      type: str
      returned: always
      sample: dis_transfer_task
    parent:
      description:
        - What holds the task. Name of the stream, or ID of the Kafka instance, or of its connector where only that was declared.
      type: str
      returned: always
      sample: orders
    parent_name:
      description: Name of the stream or instance, V(null) where it was not looked up.
      type: str
      returned: always
      sample: orders
    name:
      description: Name of the task.
      type: str
      returned: always
      sample: orders-to-obs
    id:
      description:
        - ID of the task. V(null) where the service does not show it, and in check mode for a task that would be created.
      type: str
      returned: always
      sample: As805BudhcH1lDs6gbn
    status:
      description: What the service says of the task, word for word.
      type: str
      returned: always
      sample: RUNNING
    health:
      description:
        - The status in one vocabulary for all services.
        - V(ok) is running, V(paused) is paused or created without being started, V(starting) is on its way, V(failed) is abnormal or in
          error, V(unknown) is a status that this collection does not know.
      type: str
      returned: always
      sample: ok
    created_at:
      description: When the task was created, ISO 8601 in UTC.
      type: str
      returned: always
      sample: "2026-02-03T04:05:06Z"
    last_transfer_at:
      description: When data was dumped last, ISO 8601 in UTC. V(null) where the service does not report it or nothing was dumped yet.
      type: str
      returned: always
      sample: "2026-02-03T05:05:06Z"
    topics:
      description: Names of the topics that the task reads, sorted. V(null) for streams, and where a regular expression is used.
      type: list
      elements: str
      returned: always
      sample: null
    topics_regex:
      description: Regular expression of the names of topics, V(null) where there is none.
      type: str
      returned: always
      sample: null
    destination:
      description:
        - Where the task dumps to. Beside C(kind) it has the members of the option of this name, such as C(obs), without the secrets. A
          member that the service does not report is V(null).
        - V(null) as a whole where the service does not show it.
      type: dict
      returned: always
      contains:
        kind:
          description: Kind of the destination, which is the name of the option that declares it.
          type: str
          returned: always
          sample: obs
      sample:
        kind: obs
        agency_name: dis_admin_agency
        obs_bucket_path: landing-zone
        file_prefix: orders
        partition_format: yyyy/MM/dd
        deliver_time_interval: 300
        consumer_strategy: LATEST
        destination_file_type: text
        record_delimiter: newline
    partitions:
      description: The partitions that the task reads. V(null) where they are not known; see also C(lag).
      type: list
      elements: dict
      returned: always
      contains:
        id:
          description: ID of the partition.
          type: str
          returned: always
          sample: shardId-0000000000
        status:
          description: What the service says of the partition, word for word.
          type: str
          returned: always
          sample: RUNNING
        last_transfer_offset:
          description: Offset that was dumped last.
          type: int
          returned: always
          sample: 2139
        log_end_offset:
          description: Offset that the next message will get, V(null) for transfer tasks.
          type: int
          returned: always
          sample: null
        lag:
          description: Number of messages that are not dumped yet, V(null) for transfer tasks.
          type: int
          returned: always
          sample: null
        discard:
          description: Number of records that were dropped. Only transfer tasks report it.
          type: int
          returned: always
          sample: 0
        topic:
          description: Topic to which the partition belongs, V(null) for partitions of a stream.
          type: str
          returned: always
          sample: null
        last_transfer_at:
          description: When data of the partition was dumped last, ISO 8601 in UTC. Only transfer tasks report it.
          type: str
          returned: always
          sample: "2026-02-03T05:05:06Z"
    lag:
      description:
        - Number of messages that are not dumped yet, V(null) where it is not known.
        - Sink tasks report it. For Smart Connect tasks that dump into OBS, the info modules read it from the consumer group that bears
          the name or the ID of the task, where there is exactly one.
      type: int
      returned: always
      sample: null
    lag_source:
      description: Where C(lag) was read, V(sink task) or the name of the consumer group. V(null) where it is not known.
      type: str
      returned: always
      sample: null
    explanation:
      description:
        - What the service says about why the task is not well. For DIS it is the newest line of its dump log, for Kafka what in the
          task has a name with error, reason, cause, message or trace in it; whether there is any, no page says.
        - V(null) for a task that is well, where the service says nothing, and for DIS where no details were gathered.
      type: str
      returned: always
      sample: null
    topics_missing:
      description: Topics of the task that its instance does not have, V(null) where that is not known.
      type: list
      elements: str
      returned: always
      sample: null
    retention:
      description:
        - Seconds for which the source keeps data, for DIS only where the task is not well.
        - V(null) where that is not known or where no details were gathered.
      type: int
      returned: always
      sample: null
actions:
  description:
    - What was done, in this order, or in check mode would be done. Empty where nothing had to be done.
    - On failure it names what had been done before.
  type: list
  elements: str
  returned: always
  choices:
    - create
    - update
    - recreate
    - start
    - pause
    - resume
    - delete
  sample:
    - update
changed_fields:
  description:
    - Names of the options, with dots between the levels, that were or would be written because they differ. Secrets that
      O(update_secrets=always) writes are among them. For a new task, all declared ones.
  type: list
  elements: str
  returned: always, on failure as far as it is known
  sample:
    - obs.deliver_time_interval
unproven_fields:
  description:
    - Names of declared options that the service does not show, so that nobody can tell whether they are as declared. They are sent when
      the task is created, with any other change, and with O(update_secrets=always), and never cause a change by themselves.
  type: list
  elements: str
  returned: always, on failure as far as it is known
  sample: []
diff:
  description: What differs before and after. Values are normalised, no secret is in it.
  type: dict
  returned: in diff mode
  contains:
    before:
      description: The task before, empty where there was none or nothing changes.
      type: dict
      returned: in diff mode
    after:
      description: The task afterwards, empty where there is none or nothing changes.
      type: dict
      returned: in diff mode
error:
  description:
    - What the service said. Empty where the failure did not come from it, for example because options contradict each other.
  type: dict
  returned: failure
  contains:
    status:
      description: HTTP status of the answer.
      type: int
      returned: when there was an answer
      sample: 400
    task_status:
      description: Last status of the task, where waiting for it failed.
      type: str
      returned: when waiting failed
      sample: ABNORMAL
    code:
      description: Error code of the service. It says more than the HTTP status.
      type: str
      returned: when there was an answer
      sample: DIS.4301
    message:
      description: Message of the service.
      type: str
      returned: when there was an answer
      sample: The stream does not exist.
    request_id:
      description: ID of the request, which the support of the vendor will ask for.
      type: str
      returned: when there was an answer
      sample: 2b5a1b1e8c7d4e6f9a0b1c2d3e4f5a6b
    service:
      description: The service that was asked, V(dis), V(dms) or V(iam).
      type: str
      returned: when there was an answer
      sample: dis
    method:
      description: HTTP method of the request.
      type: str
      returned: when there was an answer
      sample: GET
    path:
      description: Path of the request.
      type: str
      returned: when there was an answer
      sample: /v2/0123456789abcdef0123456789abcdef/streams/orders/transfer-tasks
    host:
      description: Host that was asked.
      type: str
      returned: when there was an answer
      sample: dis.ap-southeast-1.myhuaweicloud.com
"""

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.dis_transfer_task import DisTransferTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.task import run_task_module


def main() -> None:
    run_task_module(DisTransferTask)


if __name__ == "__main__":
    main()
