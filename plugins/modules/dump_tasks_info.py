# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: dump_tasks_info
short_description: Gather the dumping tasks of many streams and instances, in one go
version_added: "1.0.0"
description:
  - Returns the transfer tasks of DIS streams, and the sink tasks and Smart Connect tasks of instances of DMS for Kafka, with quotas and
    totals.
  - Without O(stream_names), O(instance_ids) and O(instance_names), all streams and instances of the project are read. With some of them,
    only those that are named.
options:
  stream_names:
    description:
      - Names of the streams to read.
    type: list
    elements: str
  instance_ids:
    description:
      - IDs of the Kafka instances to read.
    type: list
    elements: str
  instance_names:
    description:
      - Names of the Kafka instances to read.
    type: list
    elements: str
  kinds:
    description:
      - Only tasks of these kinds. All kinds when this is not set.
    type: list
    elements: str
    choices:
      - dis_transfer_task
      - kafka_sink_task
      - smart_connect_task
  name_pattern:
    description:
      - Only tasks in whose names this regular expression of Python is found.
    type: str
  health:
    description:
      - Only tasks in one of these states; see RV(tasks[].health). All when this is not set.
    type: list
    elements: str
    choices:
      - ok
      - paused
      - starting
      - unknown
      - failed
  details:
    description:
      - Whether to read each task by itself where the list of the service does not show all of it.
      - With V(false) it takes fewer requests, and RV(tasks[].destination), RV(tasks[].partitions) and RV(tasks[].lag) may be V(null), or
        have members that are, for transfer tasks and sink tasks.
    type: bool
    default: true
  parallelism:
    description:
      - How many requests may be under way at the same time, V(1) or more.
    type: int
    default: 8
author:
  - opendump contributors (@opendump)
extends_documentation_fragment:
  - opendump.huaweicloud._variable_prefix
  - opendump.huaweicloud._api
  - opendump.huaweicloud._attributes
  - opendump.huaweicloud._attributes.info
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
seealso:
  - module: opendump.huaweicloud.dump_tasks
  - module: opendump.huaweicloud.dis_transfer_task_info
  - module: opendump.huaweicloud.kafka_sink_task_info
  - module: opendump.huaweicloud.smart_connect_task_info
"""

EXAMPLES = r"""
- name: Gather all dumping tasks of the project
  opendump.huaweicloud.dump_tasks_info:
  register: dumping

- name: Fail when a task is not well, or when something could not be read
  ansible.builtin.assert:
    that:
      - dumping.summary.failed == 0
      - dumping.errors | length == 0

- name: Gather what is paused or failed, without details
  opendump.huaweicloud.dump_tasks_info:
    health:
      - paused
      - failed
    details: false

- name: Gather the tasks of two streams whose names begin with prod
  opendump.huaweicloud.dump_tasks_info:
    stream_names:
      - orders
      - returns
    kinds:
      - dis_transfer_task
    name_pattern: ^prod-
"""

RETURN = r"""
region:
  description: The region that was asked, V(null) where only endpoints say where the services are.
  type: str
  returned: success
  sample: eu-west-101
project_id:
  description: ID of the project that was asked.
  type: str
  returned: success
  sample: 4f1d0a7c9b3e4d58a2c6e8f0b1d3a5c7
tasks:
  description:
    - The tasks, empty where there is none. The same record for every kind of task; no secret is in it.
  type: list
  elements: dict
  returned: success
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
quotas:
  description: What each stream and instance holds and may hold, one entry for each kind of task of each that was read.
  type: list
  elements: dict
  returned: success
  contains:
    kind:
      description: Kind of the tasks.
      type: str
      returned: success
      sample: dis_transfer_task
    parent:
      description: Name of the stream, or ID of the instance.
      type: str
      returned: success
      sample: orders
    parent_name:
      description: Name of the stream or instance, V(null) where it was not looked up.
      type: str
      returned: success
      sample: orders
    total:
      description: Number of tasks there are, V(null) where the service does not report it.
      type: int
      returned: success
      sample: 2
    max_tasks:
      description: Number of tasks there may be now, V(null) where the service does not report it.
      type: int
      returned: for instances
      sample: 18
    quota:
      description:
        - Number of tasks a stream may have, or to which the limit of an instance can be raised. V(null) where the service does not report
          it.
      type: int
      returned: success
      sample: 5
summary:
  description: Numbers of the tasks that are returned.
  type: dict
  returned: success
  contains:
    tasks:
      description: All tasks that are returned.
      type: int
      returned: success
      sample: 4
    ok:
      description: Tasks that run.
      type: int
      returned: success
      sample: 3
    paused:
      description: Tasks that are paused or were not started.
      type: int
      returned: success
      sample: 1
    starting:
      description: Tasks that are on their way.
      type: int
      returned: success
      sample: 0
    unknown:
      description: Tasks in a status that this collection does not know.
      type: int
      returned: success
      sample: 0
    failed:
      description: Tasks that are abnormal or in error.
      type: int
      returned: success
      sample: 0
errors:
  description: Streams and instances that could not be read. That one of them could not is no failure of the module.
  type: list
  elements: dict
  returned: success
  contains:
    kind:
      description: Kind of the tasks that could not be read.
      type: str
      returned: success
      sample: smart_connect_task
    parent:
      description: Name of the stream, or ID of the instance.
      type: str
      returned: success
      sample: 7b3c1d9e-2a4f-4c65-9d0e-8f1a2b3c4d5e
    msg:
      description: What happened, and what to do about it.
      type: str
      returned: success
      sample: "DMS.00403003 (HTTP 403): You do not have the permission."
    status:
      description: HTTP status of the answer.
      type: int
      returned: when a service answered with an error
      sample: 400
    code:
      description: Error code of the service. It says more than the HTTP status.
      type: str
      returned: when a service answered with an error
      sample: DIS.4301
    message:
      description: Message of the service.
      type: str
      returned: when a service answered with an error
      sample: The stream does not exist.
    request_id:
      description: ID of the request, which the support of the vendor will ask for.
      type: str
      returned: when a service answered with an error
      sample: 2b5a1b1e8c7d4e6f9a0b1c2d3e4f5a6b
    service:
      description: The service that was asked, V(dis), V(dms) or V(iam).
      type: str
      returned: when a service answered with an error
      sample: dis
    method:
      description: HTTP method of the request.
      type: str
      returned: when a service answered with an error
      sample: GET
    path:
      description: Path of the request.
      type: str
      returned: when a service answered with an error
      sample: /v2/0123456789abcdef0123456789abcdef/streams/orders/transfer-tasks
    host:
      description: Host that was asked.
      type: str
      returned: when a service answered with an error
      sample: dis.ap-southeast-1.myhuaweicloud.com
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

from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.dump_tasks_info import dump_tasks_info


def main() -> None:
    dump_tasks_info()


if __name__ == "__main__":
    main()
