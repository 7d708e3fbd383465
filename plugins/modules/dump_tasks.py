# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: dump_tasks
short_description: Keep many dumping tasks as declared, in one go
version_added: "1.0.0"
description:
  - Does for many tasks of all kinds what M(opendump.huaweicloud.dis_transfer_task), M(opendump.huaweicloud.kafka_sink_task) and
    M(opendump.huaweicloud.smart_connect_task) do for one. It needs one process and one session, lists each stream and instance once,
    and reads and writes side by side, so it is much faster than a loop.
  - All items are checked before the first request. When some are wrong, the message names every error of every item, and nothing is
    sent.
  - The tasks of one stream or instance are written one after the other, since a busy instance refuses the second change.
  - When some tasks fail, the module fails after the others are done; RV(results) tells what became of each, and running again goes on
    from there.
  - It can also delete tasks that are not declared; see O(purge).
options:
  purge:
    description:
      - Whether to delete the tasks of the streams and instances named in the lists that are not declared and whose names match
        O(purge_match).
      - Only kinds of tasks of which at least one is declared for a stream or instance are looked at there, and those that
        O(purge_stream_names) and O(purge_instance_names) name.
      - Tasks are purged last, and only after success. Where a declared task of the same stream or instance failed or was refused, nothing
        is purged there; RV(purged) and RV(summary.spared) say so.
      - Right before it is deleted, each task is looked at once more. One that somebody re-created under the same name is left.
      - A task that is declared as a sink task is not purged as a Smart Connect task, or the other way round, since both APIs may show
        the same tasks.
    type: bool
    default: false
  purge_match:
    description:
      - Regular expression of Python, searched for in the names of tasks. Needed with O(purge=true).
      - With V(^prod-), only tasks whose names begin with V(prod-) are purged; V(.) matches every name.
    type: str
  purge_limit:
    description:
      - How many tasks may be purged in one run. When there are more, nothing at all is changed, and the module fails and names them.
    type: int
    default: 10
  purge_except:
    description:
      - Names of tasks that are never purged, wherever they are. Write each as text; a number or boolean is refused.
      - An export with P(opendump.huaweicloud.to_dumping_vars#filter) names here what it could not declare.
    type: list
    elements: str
    default: []
  purge_first:
    description:
      - Whether tasks that are purged, and items whose C(state) is V(absent), are deleted before others are created or changed.
      - Needed where a quota leaves no room for the new tasks beside the old ones. Without it, such a run is refused as a whole before
        anything is written.
      - Until the new tasks run, nothing is dumped, and a new task that starts at the latest position skips what arrives meanwhile. When
        creating fails, the old tasks are gone.
    type: bool
    default: false
  purge_stream_names:
    description:
      - Streams that are purged though no task is declared there, such as one that has lost its last declared task. Needs O(purge=true).
    type: list
    elements: str
    default: []
  purge_instance_names:
    description:
      - Kafka instances that are purged though no task is declared there. Tasks of both Kafka APIs count. Needs O(purge=true).
    type: list
    elements: str
    default: []
  lists_switched_off:
    description:
      - Lists whose tasks are declared elsewhere and left out of this call, such as those that a user of the role
        P(opendump.huaweicloud.dumping#role) has switched off.
      - With O(purge=true) any entry here is refused before anything is sent, since those tasks would count as not declared and would be
        deleted.
    type: list
    elements: str
    choices:
      - dis_transfer_tasks
      - kafka_sink_tasks
      - smart_connect_tasks
    default: []
  parallelism:
    description:
      - How many requests may be under way at the same time, V(1) or more.
    type: int
    default: 8
  on_error:
    description:
      - What to do when a task fails.
      - V(continue) goes on with the other tasks.
      - V(stop) begins no other task. What is under way is brought to its end, what was not begun has an error that says so. Where it is
        clear before the first write that a task cannot be brought about, nothing is written.
    type: str
    choices:
      - continue
      - stop
    default: continue
  results:
    description:
      - Which tasks RV(results) and RV(purged) list.
      - V(all) lists every declared task.
      - V(changed) lists those that changed, failed, or were to be purged and were left. RV(summary) counts all tasks either way.
    type: str
    choices:
      - all
      - changed
    default: all
  gather:
    description:
      - Whether to return in RV(gathered) what there is on the streams and instances of this call after all writes. Lists that were read to
        decide serve again where nothing was written, so this costs less than a call of M(opendump.huaweicloud.dump_tasks_info).
    type: bool
    default: false
  gather_kinds:
    description:
      - With O(gather=true), tasks and quotas of these kinds only, which makes the result of a large call smaller.
      - All kinds when this is not set.
    type: list
    elements: str
    choices: [dis_transfer_task, kafka_sink_task, smart_connect_task]
  gather_as:
    description:
      - Under which names the result shows what was gathered.
      - V(gathered) shows all of it in RV(gathered).
      - V(lists) shows the tasks under the names of the lists that declare them, RV(dis_transfer_tasks), RV(kafka_sink_tasks) and
        RV(smart_connect_tasks), and their quotas in RV(quotas). They are there also where nothing is gathered, and empty then. So what
        the call returns can be used as it was registered; the role P(opendump.huaweicloud.dumping#role) does.
    type: str
    choices: [gathered, lists]
    default: gathered
author:
  - opendump contributors (@opendump)
extends_documentation_fragment:
  - opendump.huaweicloud._dump_tasks
  - opendump.huaweicloud._variable_prefix
  - opendump.huaweicloud._api
  - opendump.huaweicloud._attributes
  - opendump.huaweicloud._task_policy.notes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - The diff is a list with one entry for each task that changes.
  idempotent:
    support: partial
    details:
      - Full, but for items with V(always) as C(update_secrets), whose secrets are written with every run.
seealso:
  - module: opendump.huaweicloud.dump_tasks_info
  - module: opendump.huaweicloud.dis_transfer_task
  - module: opendump.huaweicloud.kafka_sink_task
  - module: opendump.huaweicloud.smart_connect_task
"""

EXAMPLES = r"""
- name: Declare all that is dumped
  opendump.huaweicloud.dump_tasks:
    dis_transfer_tasks:
      - stream_name: orders
        task_name: orders-to-obs
        obs:
          obs_bucket_path: landing-zone
          file_prefix: orders
          partition_format: yyyy/MM/dd
      - stream_name: orders
        task_name: orders-to-dli
        dli:
          dli_database_name: sales
          dli_table_name: orders
          obs_bucket_path: staging
    kafka_sink_tasks:
      - instance_name: kafka-old
        task_name: audit-to-obs
        topics_regex: audit-.+
        obs:
          obs_bucket_name: landing-zone
          obs_path: audit
    smart_connect_tasks:
      - instance_name: kafka-prod
        task_name: clicks-to-obs
        topics:
          - clicks
        obs:
          obs_bucket_name: landing-zone
          obs_path: clicks

- name: Take all values from variables, with what they have in common given once
  opendump.huaweicloud.dump_tasks:
    dis_transfer_tasks: "{{ streams | map('combine', {'on_immutable_change': 'recreate'}) }}"

- name: Pause all that is named before a maintenance
  opendump.huaweicloud.dump_tasks:
    dis_transfer_tasks:
      - {stream_name: orders, task_name: orders-to-obs, state: paused}
      - {stream_name: orders, task_name: orders-to-dli, state: paused}
    smart_connect_tasks:
      - {instance_name: kafka-prod, task_name: clicks-to-obs, state: paused}
    on_error: stop

- name: Resume it afterwards
  opendump.huaweicloud.dump_tasks:
    dis_transfer_tasks:
      - {stream_name: orders, task_name: orders-to-obs, state: running}
      - {stream_name: orders, task_name: orders-to-dli, state: running}
    smart_connect_tasks:
      - {instance_name: kafka-prod, task_name: clicks-to-obs, state: running}

- name: Delete the tasks of this stream that are not declared, and whose names begin with prod
  opendump.huaweicloud.dump_tasks:
    dis_transfer_tasks:
      - stream_name: orders
        task_name: prod-orders-to-obs
        obs:
          obs_bucket_path: landing-zone
    purge: true
    purge_match: ^prod-
    purge_limit: 3

- name: Rename tasks where the stream has no room for old and new ones at the same time
  opendump.huaweicloud.dump_tasks:
    dis_transfer_tasks:
      - stream_name: orders
        task_name: prod-orders-hourly
        obs:
          obs_bucket_path: landing-zone
          consumer_strategy: TRIM_HORIZON
    purge: true
    purge_match: ^prod-
    purge_first: true

- name: Delete all tasks of a stream of which none is declared any more
  opendump.huaweicloud.dump_tasks:
    purge: true
    purge_match: .
    purge_stream_names:
      - retired

- name: Go on when a task fails, and say which did
  block:
    - name: Declare all that is dumped
      opendump.huaweicloud.dump_tasks:
        dis_transfer_tasks: "{{ streams }}"
      register: dumping
  rescue:
    - name: Name the tasks that failed
      ansible.builtin.debug:
        msg: "{{ item.task_name }}: {{ item.error.msg }}"
      loop: "{{ dumping.results | selectattr('error') }}"

- name: Declare tasks in another cloud
  module_defaults:
    group/opendump.huaweicloud.all:
      region: eu-de
      dis_endpoint: https://dis.eu-de.otc.t-systems.com
      dms_endpoint: https://dms.eu-de.otc.t-systems.com
      iam_endpoint: https://iam.eu-de.otc.t-systems.com
  block:
    - name: Dump orders
      opendump.huaweicloud.dump_tasks:
        dis_transfer_tasks:
          - stream_name: orders
            task_name: orders-to-obs
            obs:
              obs_bucket_path: landing-zone-de
"""

RETURN = r"""
results:
  description:
    - What became of each declared task, in the order of O(dis_transfer_tasks), O(kafka_sink_tasks) and O(smart_connect_tasks), and of the
      items in each.
  type: list
  elements: dict
  returned: always
  contains:
    kind:
      description: Kind of the task, V(dis_transfer_task), V(kafka_sink_task) or V(smart_connect_task).
      type: str
      returned: always
      sample: dis_transfer_task
    parent:
      description:
        - What holds the task. The name of the stream, or the ID of the Kafka instance; where that could not be found, what was declared.
      type: str
      returned: always
      sample: orders
    parent_name:
      description: Name of the stream or instance, V(null) where it was not looked up.
      type: str
      returned: always
      sample: orders
    task_name:
      description: Name of the task.
      type: str
      returned: always
      sample: orders-to-obs
    changed:
      description: Whether this task was, or in check mode would be, changed.
      type: bool
      returned: always
      sample: true
    actions:
      description:
        - What was done, in this order, or in check mode would be done. Empty where nothing had to be done. For a task that failed, what had
          been done before.
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
      description: Names of the options, with dots between the levels, that were or would be written because they differ.
      type: list
      elements: str
      returned: always
      sample:
        - obs.deliver_time_interval
    unproven_fields:
      description:
        - Names of declared options that the service does not show, so that nobody can tell whether they are as declared. They are sent when
          the task is created, with any other change, and with V(always) as C(update_secrets), and never cause a change by themselves.
      type: list
      elements: str
      returned: always
      sample: []
    task:
      description:
        - The task as it is after the run, or in check mode as it would be. The same record for every kind of task; no secret is in it.
        - V(null) where there is no such task (any more).
      type: dict
      returned: always
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
    error:
      description: Why it failed. V(null) where it did not.
      type: dict
      returned: always
      contains:
        msg:
          description: What happened, and what to do about it.
          type: str
          returned: for a task that failed
          sample: "DIS.4306 (HTTP 400): Bucket does not exist."
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
purged:
  description:
    - The tasks that were, or in check mode would be, purged, and those that should have been and were not. The members are those of
      RV(results). Of a task that was left, C(actions) is empty and C(error) says why.
  type: list
  elements: dict
  returned: always
  sample: []
undeclared:
  description:
    - The tasks that RV(summary.undeclared) counts. V(null) where the run did not come so far.
  type: list
  elements: dict
  returned: always
  sample:
    - kind: dis_transfer_task
      parent: orders
      parent_name: orders
      task_name: orders-to-dli
summary:
  description: Numbers of tasks.
  type: dict
  returned: always
  contains:
    declared:
      description: Tasks that were declared.
      type: int
      returned: always
      sample: 3
    changed:
      description: Tasks that were or would be changed, purged ones among them.
      type: int
      returned: always
      sample: 2
    failed:
      description: Tasks that failed.
      type: int
      returned: always
      sample: 0
    unchanged:
      description: Tasks for which nothing had to be done.
      type: int
      returned: always
      sample: 2
    purged:
      description: Tasks that were or would be purged.
      type: int
      returned: always
      sample: 1
    spared:
      description: Tasks that were to be purged and were left, because a declared task of the same stream or instance failed.
      type: int
      returned: always
      sample: 0
    undeclared:
      description:
        - Tasks on the streams and instances of this call that are not declared and were not purged, of the kinds that are declared there.
          V(null) where the run did not come so far.
      type: int
      returned: always
      sample: 3
    created:
      description: Tasks that were or would be created.
      type: int
      returned: always
      sample: 1
    updated:
      description: Tasks that were or would be changed in place.
      type: int
      returned: always
      sample: 0
    recreated:
      description: Tasks that were or would be deleted and created anew.
      type: int
      returned: always
      sample: 0
    deleted:
      description: Tasks that were or would be deleted, purged ones among them.
      type: int
      returned: always
      sample: 1
    started:
      description: Tasks that were or would be started.
      type: int
      returned: always
      sample: 0
    paused:
      description: Tasks that were or would be paused after they existed.
      type: int
      returned: always
      sample: 0
    resumed:
      description: Tasks that were or would be resumed.
      type: int
      returned: always
      sample: 0
gathered:
  description:
    - What there is on the streams and instances of this call after all writes, in check mode without them. Tasks that are not declared are
      among them.
  type: dict
  returned: with O(gather=true) and O(gather_as=gathered), unless the module failed before the first write
  contains:
    tasks:
      description: The tasks, as M(opendump.huaweicloud.dump_tasks_info) returns them.
      type: list
      elements: dict
      returned: always
      sample: []
    quotas:
      description: The quotas, as M(opendump.huaweicloud.dump_tasks_info) returns them.
      type: list
      elements: dict
      returned: always
      sample: []
    errors:
      description: What could not be read, as M(opendump.huaweicloud.dump_tasks_info) returns it. Any makes the module fail.
      type: list
      elements: dict
      returned: always
      sample: []
dis_transfer_tasks:
  description: The transfer tasks that RV(gathered) has otherwise.
  type: list
  elements: dict
  returned: with O(gather_as=lists), where O(gather_kinds) has them
  sample: []
kafka_sink_tasks:
  description: The sink tasks that RV(gathered) has otherwise.
  type: list
  elements: dict
  returned: with O(gather_as=lists), where O(gather_kinds) has them
  sample: []
smart_connect_tasks:
  description: The Smart Connect tasks that RV(gathered) has otherwise.
  type: list
  elements: dict
  returned: with O(gather_as=lists), where O(gather_kinds) has them
  sample: []
quotas:
  description: The quotas that RV(gathered.quotas) has otherwise.
  type: list
  elements: dict
  returned: with O(gather_as=lists)
  sample: []
diff:
  description: What differs before and after, one entry for each task that changes. Values are normalised, no secret is in it.
  type: list
  elements: dict
  returned: in diff mode
  contains:
    before_header:
      description: Which task it is.
      type: str
      returned: in diff mode
      sample: transfer task 'orders-to-obs' of stream orders
    after_header:
      description: Which task it is.
      type: str
      returned: in diff mode
      sample: transfer task 'orders-to-obs' of stream orders
    before:
      description: The task before, empty where there was none.
      type: dict
      returned: in diff mode
    after:
      description: The task afterwards, empty where there is none.
      type: dict
      returned: in diff mode
error:
  description:
    - What the service said. Empty where the failure did not come from it, for example because options contradict each other.
  type: dict
  returned: failure of the whole run
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

from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.dump_tasks import dump_tasks


def main() -> None:
    dump_tasks()


if __name__ == "__main__":
    main()
