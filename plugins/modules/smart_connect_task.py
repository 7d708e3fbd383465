# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: smart_connect_task
short_description: Keep a Smart Connect task of a Kafka instance as declared
version_added: "1.0.0"
description:
  - Creates, changes, starts, pauses and deletes a Smart Connect task of an instance of Distributed Message Service (DMS) for Kafka of
    Huawei Cloud. A task dumps the messages of topics into a bucket of the Object Storage Service, copies them between two Kafka, or
    copies between two Redis.
  - Whatever the service can change is changed in place, so the task goes on where it was. Editions of the service differ in what they
    can change. That a change did not come about is an error; then it takes a new task, see O(on_immutable_change).
  - Exactly one of O(instance_id) and O(instance_name), and exactly one of O(task_name) and O(task_id) is needed. Smart Connect has to
    be on for the instance.
author:
  - opendump contributors (@opendump)
extends_documentation_fragment:
  - opendump.huaweicloud._smart_connect_task
  - opendump.huaweicloud._kafka_task
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
seealso:
  - module: opendump.huaweicloud.smart_connect_task_info
  - module: opendump.huaweicloud.kafka_sink_task
  - module: opendump.huaweicloud.dump_tasks
  - name: Creating a Smart Connect Task
    description: What the vendor says of creating Smart Connect tasks.
    link: https://support.huaweicloud.com/intl/en-us/api-kafka/CreateConnectorTask.html
  - name: Modifying the Smart Connect Task Configuration
    description: What the vendor says of changing Smart Connect tasks.
    link: https://support.huaweicloud.com/intl/en-us/api-kafka/ModifyConnectorTask.html
  - name: Querying Smart Connect Tasks
    description: What the vendor says of what the service shows of Smart Connect tasks.
    link: https://support.huaweicloud.com/intl/en-us/api-kafka/ListConnectorTasks.html
"""

EXAMPLES = r"""
- name: Dump two topics; the key of the bucket's writer comes from OPENDUMP_OBS_ACCESS_KEY and OPENDUMP_OBS_SECRET_KEY
  opendump.huaweicloud.smart_connect_task:
    instance_name: kafka-prod
    task_name: orders-to-obs
    topics:
      - orders
      - returns
    obs:
      obs_bucket_name: landing-zone
      obs_path: kafka/orders
      partition_format: yyyy/MM/dd
      record_delimiter: newline
      store_keys: true

- name: Dump topics that match, through an agency and without a key
  opendump.huaweicloud.smart_connect_task:
    instance_id: 7b3c1d9e-2a4f-4c65-9d0e-8f1a2b3c4d5e
    task_name: audit-to-obs
    topics_regex: audit-.+
    obs:
      agency_name: dms-to-obs
      obs_bucket_name: landing-zone
      consumer_strategy: earliest

- name: Create a task without starting it
  opendump.huaweicloud.smart_connect_task:
    instance_name: kafka-prod
    task_name: returns-to-obs
    topics:
      - returns
    obs:
      obs_bucket_name: landing-zone
    state: paused

- name: Start it, or resume it where it was paused
  opendump.huaweicloud.smart_connect_task:
    instance_name: kafka-prod
    task_name: returns-to-obs
    state: running

- name: Pause an existing task, whatever its destination
  opendump.huaweicloud.smart_connect_task:
    instance_name: kafka-prod
    task_name: orders-to-obs
    state: paused

- name: Write the key of the bucket's writer again, once, after it has been rotated
  opendump.huaweicloud.smart_connect_task:
    instance_name: kafka-prod
    task_name: orders-to-obs
    topics:
      - orders
      - returns
    obs:
      obs_bucket_name: landing-zone
      access_key: "{{ vault_obs_access_key }}"
      secret_key: "{{ vault_obs_secret_key }}"
    update_secrets: always

- name: Copy topics from another instance of the service
  opendump.huaweicloud.smart_connect_task:
    instance_name: kafka-prod
    task_name: orders-from-branch
    topics:
      - orders
    kafka:
      instance_id: 2f8d6a51-90d3-4c1e-b1a7-5a9c3e7f0b24
      current_cluster_name: prod
      cluster_name: branch
      direction: pull
      consumer_strategy: earliest

- name: Copy topics to a Kafka anywhere, under other names
  opendump.huaweicloud.smart_connect_task:
    instance_name: kafka-prod
    task_name: orders-to-partner
    kafka:
      bootstrap_servers:
        - kafka1.example.com:9093
        - kafka2.example.com:9093
      security_protocol: SASL_SSL
      sasl_mechanism: SCRAM-SHA-512
      user_name: replicator
      password: "{{ vault_partner_password }}"
      direction: push
      topics_mapping:
        - orders:huawei-orders
        - returns:huawei-returns
      compression_type: lz4
      task_num: 4

- name: Turn an existing dump into a copy; the kind of destination cannot be changed in place, so the task is created anew
  opendump.huaweicloud.smart_connect_task:
    instance_name: kafka-prod
    task_name: orders
    topics:
      - orders
    kafka:
      instance_id: 2f8d6a51-90d3-4c1e-b1a7-5a9c3e7f0b24
      direction: push
    on_immutable_change: recreate

- name: Copy one Redis into another
  opendump.huaweicloud.smart_connect_task:
    instance_name: kafka-prod
    task_name: sessions
    topics:
      - orders
    redis:
      source:
        redis_address:
          - 192.168.0.10:6379
        redis_type: standalone
        redis_password: "{{ vault_redis_password }}"
        sync_mode: CUSTOM_OFFSET
        ratelimit: -1
      sink:
        redis_address:
          - 192.168.1.10:6379
        redis_type: standalone

- name: Take care that there is no such task
  opendump.huaweicloud.smart_connect_task:
    instance_name: kafka-prod
    task_name: orders-to-obs
    state: absent

- name: Say once for all modules where to connect
  module_defaults:
    group/opendump.huaweicloud.all:
      region: ap-southeast-1
      profile: production
  block:
    - name: Dump orders
      opendump.huaweicloud.smart_connect_task:
        instance_name: kafka-prod
        task_name: orders-to-obs
        topics:
          - orders
        obs:
          obs_bucket_name: landing-zone

- name: Dump in another cloud
  opendump.huaweicloud.smart_connect_task:
    region: eu-de
    dms_endpoint: https://dms.eu-de.otc.t-systems.com
    iam_endpoint: https://iam.eu-de.otc.t-systems.com
    instance_name: kafka-de
    task_name: orders-to-obs
    topics:
      - orders
    obs:
      obs_bucket_name: landing-zone-de
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
      sample: smart_connect_task
    parent:
      description:
        - What holds the task. Name of the stream, or ID of the Kafka instance, or of its connector where only that was declared.
      type: str
      returned: always
      sample: 7b3c1d9e-2a4f-4c65-9d0e-8f1a2b3c4d5e
    parent_name:
      description: Name of the stream or instance, V(null) where it was not looked up.
      type: str
      returned: always
      sample: kafka-prod
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
      sample: 3e7b0c55-8a19-4f7c-b1b8-6f0f6f2c9d02
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
      sample: null
    topics:
      description: Names of the topics that the task reads, sorted. V(null) for streams, and where a regular expression is used.
      type: list
      elements: str
      returned: always
      sample: [orders, returns]
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
        agency_name: null
        obs_bucket_name: landing-zone
        obs_path: kafka/orders
        partition_format: yyyy/MM/dd
        deliver_time_interval: 300
        consumer_strategy: latest
        destination_file_type: TEXT
        record_delimiter: newline
        store_keys: false
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
          sample: "0"
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
          sample: null
        topic:
          description: Topic to which the partition belongs, V(null) for partitions of a stream.
          type: str
          returned: always
          sample: null
        last_transfer_at:
          description: When data of the partition was dumped last, ISO 8601 in UTC. Only transfer tasks report it.
          type: str
          returned: always
          sample: null
    lag:
      description:
        - Number of messages that are not dumped yet, V(null) where it is not known.
        - Sink tasks report it. For Smart Connect tasks that dump into OBS, the info modules read it from the consumer group that bears the
          name or the ID of the task, where there is exactly one.
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
        - What the service says about why the task is not well. For DIS it is the newest line of its dump log, for Kafka what in the task
          has a name with error, reason, cause, message or trace in it; whether there is any, no page says.
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
    - Names of declared options that the service does not show, so that nobody can tell whether they are as declared. They are sent when the
      task is created, with any other change, and with O(update_secrets=always), and never cause a change by themselves.
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
      sample: DMS.00404022
    message:
      description: Message of the service.
      type: str
      returned: when there was an answer
      sample: This instance does not exist.
    request_id:
      description: ID of the request, which the support of the vendor will ask for.
      type: str
      returned: when there was an answer
      sample: 2b5a1b1e8c7d4e6f9a0b1c2d3e4f5a6b
    service:
      description: The service that was asked, V(dis), V(dms) or V(iam).
      type: str
      returned: when there was an answer
      sample: dms
    method:
      description: HTTP method of the request.
      type: str
      returned: when there was an answer
      sample: GET
    path:
      description: Path of the request.
      type: str
      returned: when there was an answer
      sample: /v2/0123456789abcdef0123456789abcdef/instances/7b3c1d9e/connector/tasks
    host:
      description: Host that was asked.
      type: str
      returned: when there was an answer
      sample: dms.ap-southeast-1.myhuaweicloud.com
"""

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.smart_connect_task import SmartConnectTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.task import run_task_module


def main() -> None:
    run_task_module(SmartConnectTask)


if __name__ == "__main__":
    main()
