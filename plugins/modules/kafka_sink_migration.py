# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: kafka_sink_migration
short_description: Move Kafka sink tasks over to Smart Connect tasks
version_added: "1.0.0"
description:
  - Plans for each sink task of DMS for Kafka the Smart Connect task that takes its place, its successor, and with O(apply=true)
    carries the plan out. The vendor calls the API of sink tasks out of date and points to Smart Connect, without a way from one to
    the other.
  - Without O(apply) and O(rollback), nothing is changed in the cloud. RV(report) and RV(tasks) then say what would be done to each
    task, what would be lost, and which keys are needed.
  - A task that both APIs show is a Smart Connect task already. It is reported as V(adopted), and nothing is done to it.
  - A sink task can be neither paused nor stopped, only deleted; and a Smart Connect task begins at the end or at the beginning of its
    topics and nowhere else. Hence the successor is created without being started, then started beside the sink task, and the sink task
    is deleted last, only with O(delete_old=true), and only right after the successor was seen RUNNING. What has to be true of the
    offsets at that moment is up to O(policy).
  - A run that was interrupted, at whichever request, is resumed by running again with the same options. Where each task stands is read
    from the service; offsets, and what was sent just before, from O(state_file).
options:
  instance_ids:
    description:
      - IDs of the Kafka instances whose sink tasks are meant.
      - Without O(instance_ids) and O(instance_names), all instances of the project that have Smart Connect are read.
    type: list
    elements: str
  instance_names:
    description:
      - Names of the Kafka instances whose sink tasks are meant.
    type: list
    elements: str
  name_pattern:
    description:
      - Only sink tasks in whose names this regular expression of Python is found.
    type: str
  policy:
    description:
      - What may happen to messages when a successor takes over. There is no default, because either choice costs something.
      - V(gap_free) leaves nothing out. Both tasks run until the sink task has written everything that arrived before its successor
        surely read. What both read is dumped twice.
      - V(no_duplicates) dumps nothing twice. The successor is started right after the sink task has written, and the sink task is
        deleted as soon as the successor runs, provided that it has written nothing meanwhile; otherwise the successor is deleted
        and created again, three times at most. What the sink task has read and not written when it is deleted is left out, see
        O(gap_limit). The successor is not started before O(delete_old=true), because a sink task can only be stopped by deleting it.
    type: str
    choices:
      - gap_free
      - no_duplicates
    required: true
  apply:
    description:
      - Whether to carry out the plan. With V(false) it is only shown.
    type: bool
    default: false
  delete_old:
    description:
      - Whether the sink task is deleted when its successor has taken over. A deleted sink task cannot be restored.
      - With V(false), O(policy=gap_free) stops where both tasks run side by side, and O(policy=no_duplicates) where the successor waits
        to be started. Both can be rolled back.
    type: bool
    default: false
  rollback:
    description:
      - Delete the successors that this migration has made, as long as their sink tasks are there; those go on as if nothing had been.
      - Acts by itself, also with O(apply=false); use check mode to see what it would do. It is an error where a sink task has been
        deleted already.
    type: bool
    default: false
  state_file:
    description:
      - Path of the file, on the host where the module runs, that keeps the progress that no service stores. That is offsets, the
        settings of the sink tasks, and which deletion was sent. It never has a secret in it. Its mode is V(0600).
      - A plan writes the inventory into it, the settings and offsets of each sink task as they were seen first. In check mode it is not
        written.
      - Only one run at a time can have it. Another one stops with an error before it asks for anything.
      - Keep it until the migration is finished. Without it, successors cannot be rolled back by this module, and O(policy=no_duplicates)
        cannot go on from a successor that runs.
    type: path
    required: true
  consumer_strategy:
    description:
      - Where successors begin. V(latest) is the end of their topics at the moment when they are started. V(earliest) dumps everything
        once more that is still stored; it is refused with O(policy=no_duplicates), and needs no offsets and no waiting.
      - The sink task's own strategy is not carried over, since the successor of a task with V(earliest) would dump all history again.
    type: str
    choices:
      - latest
      - earliest
    default: latest
  gap_limit:
    description:
      - How many messages a sink task may be behind when it is deleted with O(policy=no_duplicates), V(0) or more. Sink tasks write every
        30 to 900 seconds, so the messages of that time are what is at stake on a busy topic.
      - With V(0) the topics have to be quiet for a moment.
    type: int
    default: 0
  successor_suffix:
    description:
      - What is put behind the name of a sink task to name its successor. May be empty where the service lets both tasks of an instance
        have one name. The consumer group of a successor is probably named after it, so a name of its own is safer.
    type: str
    default: "-sc"
  successor_names:
    description:
      - Names of successors by the ID or the name of the sink task, instead of O(successor_suffix). Needed by ID where two sink tasks
        have one name, and where a name with the suffix would have more than 64 characters.
    type: dict
  writers:
    description:
      - With whose rights successors write into buckets. The services never show the keys of a sink task, so they are needed again to
        create its successor.
      - An entry with O(writers[].obs_bucket_name) is for this bucket, the one without for all others. Where no entry fits,
        E(OPENDUMP_OBS_ACCESS_KEY) and E(OPENDUMP_OBS_SECRET_KEY) are used.
    type: list
    elements: dict
    default: []
    suboptions:
      obs_bucket_name:
        description:
          - Bucket that the entry is for. All buckets without an entry of their own when this is not set.
        type: str
      access_key:
        description:
          - Access key ID. A secret; never shown and never compared.
        type: str
      secret_key:
        description:
          - Secret access key that belongs to O(writers[].access_key). A secret; never shown and never compared.
        type: str
      agency_name:
        description:
          - Agency that lets the service write into the bucket, instead of keys. Not every edition of the service knows it.
        type: str
  missing_partition_format:
    description:
      - The C(partition_format) of successors of sink tasks that have none, as old ones may. Smart Connect needs one. Such tasks are left
        alone while this is not set.
    type: str
    choices:
      - yyyy
      - yyyy/MM
      - yyyy/MM/dd
      - yyyy/MM/dd/HH
      - yyyy/MM/dd/HH/mm
  unclear_delimiter:
    description:
      - The C(record_delimiter) of successors of sink tasks for which the service shows an empty one, which can mean newline or none.
    type: str
    choices:
      - newline
      - none
    default: newline
  drain_timeout:
    description:
      - How long to wait for a sink task to write what it has to write, in seconds. V(0) looks once. Sink tasks write at most every 900
        seconds.
      - When it is over, the module fails for this task; both tasks are still there, and the next run goes on from there.
    type: float
    default: 1800.0
  overlap:
    description:
      - How long both tasks run at least with O(policy=gap_free), in seconds, before the offsets that the sink task has to reach are read.
        Only used where the consumer group of the successor does not show that it reads.
    type: float
    default: 60.0
  wait_timeout:
    description:
      - How long to wait until a successor is created, runs or is gone, in seconds. More than V(0).
    type: float
    default: 600.0
  wait_interval:
    description:
      - Time between two looks while waiting, in seconds. More than V(0), fractions are allowed.
    type: float
    default: 2.0
  parallelism:
    description:
      - How many tasks may be read at the same time, V(1) or more.
    type: int
    default: 8
author:
  - opendump contributors (@opendump)
extends_documentation_fragment:
  - opendump.huaweicloud._variable_prefix
  - opendump.huaweicloud._api
  - opendump.huaweicloud._attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - The diff is a list with one entry for each sink task, with the names and states of both tasks.
  idempotent:
    support: full
notes:
  - A plan is no promise about the topics; V(no_duplicates) may find at any attempt that messages arrived at the wrong moment, and says so.
  - Messages are lost or repeated by their offsets, which the service shows with a delay of its own. Between the last look and the
    deletion lies a moment that no client can close.
seealso:
  - module: opendump.huaweicloud.kafka_sink_task
  - module: opendump.huaweicloud.smart_connect_task
  - module: opendump.huaweicloud.dump_tasks_info
"""

EXAMPLES = r"""
- name: Show what would be done to each sink task of the project
  opendump.huaweicloud.kafka_sink_migration:
    policy: gap_free
    state_file: "{{ playbook_dir }}/migration.json"
  register: migration

- name: Print the plan
  ansible.builtin.debug:
    msg: "{{ migration.report }}"

- name: Start the successors of one instance beside their sink tasks
  opendump.huaweicloud.kafka_sink_migration:
    instance_names:
      - kafka-orders
    policy: gap_free
    apply: true
    state_file: "{{ playbook_dir }}/migration.json"
    writers:
      - access_key: "{{ lookup('ansible.builtin.env', 'ARCHIVE_ACCESS_KEY') }}"
        secret_key: "{{ lookup('ansible.builtin.env', 'ARCHIVE_SECRET_KEY') }}"

- name: Go on, and delete each sink task when its successor has taken over
  opendump.huaweicloud.kafka_sink_migration:
    instance_names:
      - kafka-orders
    policy: gap_free
    apply: true
    delete_old: true
    state_file: "{{ playbook_dir }}/migration.json"
    writers:
      - access_key: "{{ lookup('ansible.builtin.env', 'ARCHIVE_ACCESS_KEY') }}"
        secret_key: "{{ lookup('ansible.builtin.env', 'ARCHIVE_SECRET_KEY') }}"

- name: Move the tasks over whose messages may be left out but not repeated
  opendump.huaweicloud.kafka_sink_migration:
    name_pattern: ^metrics-
    policy: no_duplicates
    gap_limit: 1000
    apply: true
    delete_old: true
    state_file: "{{ playbook_dir }}/migration.json"

- name: Take the successors away again
  opendump.huaweicloud.kafka_sink_migration:
    policy: gap_free
    rollback: true
    state_file: "{{ playbook_dir }}/migration.json"
"""

RETURN = r"""
report:
  description: The plan, or what became of it, as lines of text; a table first, then what there is to say about each task.
  type: list
  elements: str
  returned: when the tasks could be read
  sample:
    - "instance      sink task    status   behind  stage    successor       status"
    - "------------  -----------  -------  ------  -------  --------------  ------"
    - "kafka-orders  obsTransfer  RUNNING  0       planned  obsTransfer-sc"
tasks:
  description: The sink tasks, those that are recorded as deleted by this migration included. No secret is in it.
  type: list
  elements: dict
  returned: when the tasks could be read
  contains:
    instance_id:
      description: ID of the Kafka instance.
      type: str
      returned: always
      sample: 7b3c1d9e-2a4f-4c65-9d0e-8f1a2b3c4d5e
    instance_name:
      description: Name of the Kafka instance.
      type: str
      returned: always
      sample: kafka-orders
    task_name:
      description: Name of the sink task.
      type: str
      returned: always
      sample: obsTransfer
    task_id:
      description: ID of the sink task.
      type: str
      returned: always
      sample: 184f8a37-3b27-4f02-8e5c-fb2c0e5d2f34
    status:
      description: What the service says of the sink task, word for word. V(null) where it is gone.
      type: str
      returned: always
      sample: RUNNING
    behind:
      description: Messages that the sink task has not written yet, V(null) where the service does not show it.
      type: int
      returned: always
      sample: 0
    stage:
      description:
        - Where the migration of this task stands.
        - V(adopted) is shown by both APIs and has nothing to be done. V(planned) has steps left. V(ready) has a successor that waits to
          be started. V(side_by_side) has both tasks running. V(done) has only the successor left. V(rolled_back) has only the sink task
          left. V(blocked) cannot go on, RV(tasks[].explanation) says why. V(failed) could not go on, RV(tasks[].error) says why.
      type: str
      returned: always
      sample: planned
    leads_to:
      description: The stage at which the steps end, V(null) where none is left.
      type: str
      returned: always
      sample: done
    explanation:
      description: The stage in a sentence, or why the task is blocked.
      type: str
      returned: always
      sample: The successor takes over.
    steps:
      description: The steps that are left, in their order.
      type: list
      elements: dict
      returned: always
      contains:
        step:
          description: Name of the step.
          type: str
          returned: always
          sample: create_successor
        text:
          description: The step in words.
          type: str
          returned: always
          sample: create Smart Connect task 'obsTransfer-sc' without starting it
    actions:
      description:
        - What was done, or in check mode would be done, of V(create_successor), V(start_successor), V(delete_old) and
          V(delete_successor).
      type: list
      elements: str
      returned: always
      sample: []
    changed:
      description: Whether anything was done, or in check mode would be done.
      type: bool
      returned: always
      sample: false
    successor:
      description: The Smart Connect task that takes the place of the sink task, V(null) for adopted tasks.
      type: dict
      returned: always
      contains:
        name:
          description: Its name.
          type: str
          returned: always
          sample: obsTransfer-sc
        id:
          description: Its ID, V(null) where it is not there.
          type: str
          returned: always
          sample: null
        status:
          description: What the service says of it, V(null) where it is not there.
          type: str
          returned: always
          sample: null
        declaration:
          description:
            - The options of M(opendump.huaweicloud.smart_connect_task) that declare it, without the keys. V(null) where the sink task
              is gone.
          type: dict
          returned: always
          sample:
            instance_id: 7b3c1d9e-2a4f-4c65-9d0e-8f1a2b3c4d5e
            task_name: obsTransfer-sc
            topics:
              - orders
            obs:
              consumer_strategy: latest
              obs_bucket_name: archive
    losses:
      description: What the migration of this task costs, in sentences.
      type: list
      elements: str
      returned: always
      sample:
        - ID, time of creation and progress are not carried over; how far the successor is shows only in its consumer group.
    needs:
      description: Keys that are missing to create the successor.
      type: list
      elements: str
      returned: always
      sample: []
    possibly_repeated:
      description:
        - How many messages may have been dumped by both tasks, at most. V(null) before the sink task is deleted, and where it cannot be
          told.
      type: int
      returned: always
      sample: 12
    possibly_lost:
      description:
        - How many messages may have been dumped by neither task, as far as the offsets at the deletion tell. V(null) before the sink task
          is deleted, and where it cannot be told.
      type: int
      returned: always
      sample: 0
    error:
      description: What went wrong with this task, V(null) where nothing did. Other members are those of RV(error).
      type: dict
      returned: always
      contains:
        msg:
          description: What happened, and what to do about it.
          type: str
          returned: always
          sample: "The sink task 'obsTransfer' of Kafka instance kafka-orders is still 120 messages behind."
      sample: null
summary:
  description: How many tasks there are, how many were changed, and how many are in each stage.
  type: dict
  returned: when the tasks could be read
  contains:
    tasks:
      description: All tasks.
      type: int
      returned: always
      sample: 1
    changed:
      description: Tasks with which anything was done, or in check mode would be done.
      type: int
      returned: always
      sample: 0
    adopted:
      description: Tasks that both APIs show.
      type: int
      returned: always
      sample: 0
    planned:
      description: Tasks with steps left.
      type: int
      returned: always
      sample: 1
    ready:
      description: Tasks whose successors wait to be started.
      type: int
      returned: always
      sample: 0
    side_by_side:
      description: Tasks that run beside their successors.
      type: int
      returned: always
      sample: 0
    done:
      description: Tasks of which only the successor is left.
      type: int
      returned: always
      sample: 0
    rolled_back:
      description: Tasks whose successors were taken away.
      type: int
      returned: always
      sample: 0
    blocked:
      description: Tasks that cannot be migrated as they are.
      type: int
      returned: always
      sample: 0
    failed:
      description: Tasks with which something went wrong.
      type: int
      returned: always
      sample: 0
diff:
  description: Names and states of both tasks before and after, one entry for each sink task with which something was done.
  type: list
  elements: dict
  returned: in diff mode
error:
  description: What the service said when nothing could be read at all. Empty where the failure did not come from it.
  type: dict
  returned: failure
  contains:
    status:
      description: HTTP status of the answer.
      type: int
      returned: when there was an answer
      sample: 403
    code:
      description: Error code of the service.
      type: str
      returned: when there was an answer
      sample: DMS.00403003
    request_id:
      description: ID of the request, which the support of the vendor will ask for.
      type: str
      returned: when there was an answer
      sample: 2b5a1b1e8c7d4e6f9a0b1c2d3e4f5a6b
"""

from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.kafka_sink_migration import kafka_sink_migration


def main() -> None:
    kafka_sink_migration()


if __name__ == "__main__":
    main()
