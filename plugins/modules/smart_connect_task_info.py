# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: smart_connect_task_info
short_description: Gather the Smart Connect tasks of Kafka instances
version_added: "1.0.0"
description:
  - Returns the Smart Connect tasks of one instance of DMS for Kafka or of all instances of the project, with their quotas.
  - O(instance_id) and O(instance_name) are mutually exclusive. Without either of them, all instances of the project for which Smart
    Connect is on are read.
options:
  instance_id:
    description:
      - Only the tasks of the instance with this ID, which has to exist.
    type: str
  instance_name:
    description:
      - Only the tasks of the instance of this name, which has to exist once in the project.
    type: str
  task_name:
    description:
      - Only tasks of this name. That there is none is no error; RV(tasks) is empty then.
      - Mutually exclusive with O(task_id).
    type: str
  task_id:
    description:
      - Only the task with this ID. That there is none is no error; RV(tasks) is empty then.
      - Mutually exclusive with O(task_name).
    type: str
author:
  - opendump contributors (@opendump)
extends_documentation_fragment:
  - opendump.huaweicloud._api
  - opendump.huaweicloud._attributes
  - opendump.huaweicloud._attributes.info
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
seealso:
  - module: opendump.huaweicloud.smart_connect_task
  - module: opendump.huaweicloud.dump_tasks_info
  - name: Querying Smart Connect Tasks
    description: What the vendor says of what the service shows of Smart Connect tasks.
    link: https://support.huaweicloud.com/intl/en-us/api-kafka/ListConnectorTasks.html
"""

EXAMPLES = r"""
- name: Gather all Smart Connect tasks of the project
  opendump.huaweicloud.smart_connect_task_info:
  register: everything

- name: Show how many more tasks each instance can hold
  ansible.builtin.debug:
    msg: "{{ item.parent_name }}: {{ item.max_tasks - item.total }}"
  loop: "{{ everything.quotas }}"

- name: Gather one task
  opendump.huaweicloud.smart_connect_task_info:
    instance_name: kafka-prod
    task_name: orders-to-obs
"""

RETURN = r"""
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
          sample: 2142
        lag:
          description: Number of messages that are not dumped yet, V(null) for transfer tasks.
          type: int
          returned: always
          sample: 3
        discard:
          description: Number of records that were dropped. Only transfer tasks report it.
          type: int
          returned: always
          sample: null
        topic:
          description: Topic to which the partition belongs, V(null) for partitions of a stream.
          type: str
          returned: always
          sample: orders
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
      sample: 3
    lag_source:
      description: Where C(lag) was read, V(sink task) or the name of the consumer group. V(null) where it is not known.
      type: str
      returned: always
      sample: consumer group connect-orders-to-obs
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
  description: What each instance holds and may hold, one entry for each that was read.
  type: list
  elements: dict
  returned: success
  contains:
    parent:
      description: ID of the instance.
      type: str
      returned: success
      sample: 7b3c1d9e-2a4f-4c65-9d0e-8f1a2b3c4d5e
    parent_name:
      description: Name of the instance, V(null) where it was not looked up.
      type: str
      returned: success
      sample: kafka-prod
    total:
      description: Number of tasks there are, V(null) where the service does not report it.
      type: int
      returned: success
      sample: 2
    max_tasks:
      description: Number of tasks there may be now, V(null) where the service does not report it.
      type: int
      returned: success
      sample: 18
    quota:
      description: Number to which this limit can be raised, V(null) where the service does not report it.
      type: int
      returned: success
      sample: 18
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
from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.task_info import run_info_module


def main() -> None:
    run_info_module(SmartConnectTask)


if __name__ == "__main__":
    main()
