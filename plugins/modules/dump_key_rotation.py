# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: dump_key_rotation
short_description: Write a new access key into dumping tasks and prove that they deliver with it
version_added: "1.0.0"
description:
  - Writes a new pair of keys into the tasks that write into OBS with a pair of keys, in place, one Kafka instance after the other, and
    waits until each has delivered since. RV(conclusion) says whether the old key can be revoked; the module fails where it cannot.
  - Before anything is written, every bucket is listed with the new pair. A pair that is refused gets into no task.
  - A delivery by itself proves little. No page says whether Smart Connect takes new keys when a task is changed, and a service that
    accepts and ignores them goes on delivering with the old pair, as long as that is valid. So with O(proof=check_task) a task
    named C(opendump-rotation-check) is made on each instance with a pair that belongs to nobody, gets the new pair by the same call as the
    others, and is started. It delivers only where the new pair was taken. It is deleted as soon as it has. It reads topics of the
    tasks of its instance from their end, and leaves a file or a few in the directory C(opendump-rotation-check) of the bucket.
  - Sink tasks keep the key that they were created with, for there is no call that changes one. They are reported as V(cannot).
  - A run that was interrupted, at whichever request, is resumed by running again with the same options. What was written and
    proven is in O(state_file), and is not written again with the same pair.
  - Settings and progress of the tasks stay. A paused task stays paused. One that had failed, for instance because its key is revoked
    already, is paused and set running after the new pair was written, so that it goes on where it was.
options:
  instance_ids:
    description:
      - IDs of the Kafka instances whose tasks are meant.
      - Without O(instance_ids) and O(instance_names), all instances of the project that have Smart Connect are read.
    type: list
    elements: str
  instance_names:
    description:
      - Names of the Kafka instances whose tasks are meant.
    type: list
    elements: str
  name_pattern:
    description:
      - Only tasks in whose names this regular expression of Python is found.
      - RV(conclusion) is about these tasks only, and says so.
    type: str
  new_access_key:
    description:
      - Access key ID (AK) that the tasks are to write with.
      - If not set, E(OPENDUMP_NEW_OBS_ACCESS_KEY) is used.
      - It has to be another key than the one that the tasks write with. Services do not show that one. Where
        E(OPENDUMP_OBS_ACCESS_KEY) names the same key, there is a warning.
    type: str
  new_secret_key:
    description:
      - Secret access key (SK) that belongs to O(new_access_key).
      - If not set, E(OPENDUMP_NEW_OBS_SECRET_KEY) is used. One half as an option, while the environment has a whole pair with
        another such half, is an error.
    type: str
  state_file:
    description:
      - Path of the file, on the host where the module runs, that keeps what was written and what was proven. It never has a secret in it,
        nor anything from which one could be found out. Its mode is V(0600).
      - What it says of another pair does not count, so one file serves for all rotations of a project.
      - Only one run at a time can have it. Another one stops with an error before it asks for anything. In check mode it is only read.
    type: path
    required: true
  proof:
    description:
      - What makes a delivery a proof.
      - V(check_task) makes a check task on each instance, see above. The user of the API needs the right to create and delete tasks.
      - V(old_key_inactive) means that the old key has been made inactive in IAM, which can be undone at once. Then whatever is delivered
        from the start of this run on is a proof, and no check task is made. Use it in a second run, where a check task is not wanted.
    type: str
    choices:
      - check_task
      - old_key_inactive
    default: check_task
  allow_quiet:
    description:
      - Whether tasks that were written and are known to have nothing to deliver, or are paused, stand in the way of revoking the old key.
      - With V(true) they do not. They have the new pair, but none of them has shown that it can write with it.
    type: bool
    default: false
  delivery_timeout:
    description:
      - Seconds to wait for deliveries after the last write. Should be longer than the longest C(deliver_time_interval) of the tasks, which
        is at most 900 seconds.
    type: float
    default: 1200
  wait_timeout:
    description:
      - Seconds to wait for the tasks of an instance to be in their run state again after they were written.
    type: float
    default: 600
  wait_interval:
    description:
      - Seconds between two looks.
    type: float
    default: 10
  obs_endpoint:
    description:
      - Address of OBS, such as V(https://obs.eu-west-101.myhuaweicloud.eu).
      - If not set, E(HW_OBS_ENDPOINT) is used, and without that C(https://obs.{region}.{cloud}).
      - Where OBS cannot be reached, only the offsets of consumer groups can show that a task has delivered. A warning says so.
    type: str
  obs_addressing:
    description:
      - Whether the bucket is named in the host (V(virtual)) or in the path (V(path)) of a request.
      - V(auto) is V(path) for an endpoint that is an IP address or a bare name, and for buckets with dots in their names, else V(virtual).
    type: str
    choices:
      - auto
      - path
      - virtual
    default: auto
  time_zone:
    description:
      - The time zone in which the services name the directories in the bucket, as in M(opendump.huaweicloud.dump_landing_info).
    type: str
    default: Asia/Shanghai
  max_objects:
    description:
      - How many names of objects are read for one look at a task, at most, V(1) or more.
    type: int
    default: 100000
  parallelism:
    description:
      - How many requests that only read are made at the same time, V(1) or more. Writes are made one after the other.
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
    details: It reads, and says which tasks would get the new key.
  diff_mode:
    support: full
    details: What changes is a secret, so it says only that it is written.
  idempotent:
    support: full
    details: What was proven with this pair is not written again, as long as O(state_file) is there.
notes:
  - Whether a task writes with an agency instead of a key is seen in C(agency_name). Where a service does not show that, leave such
    tasks out with O(name_pattern).
  - A file counts as a task's only where it surely is. Give each task a directory of its own.
  - DIS transfer tasks write with an agency and have no keys.
seealso:
  - module: opendump.huaweicloud.dump_tasks
  - module: opendump.huaweicloud.dump_landing_info
  - name: Rotate keys without losing a message
    description: The whole way, step by step.
    link: https://github.com/opendump/opendump.huaweicloud/blob/main/docs/docsite/rst/rotation.rst
"""

EXAMPLES = r"""
- name: See which tasks would get the new key
  opendump.huaweicloud.dump_key_rotation:
    new_access_key: "{{ vault_new_obs_access_key }}"
    new_secret_key: "{{ vault_new_obs_secret_key }}"
    state_file: rotation.json
  check_mode: true
  register: planned

- name: Write the new key into all tasks, and wait for the proof
  opendump.huaweicloud.dump_key_rotation:
    new_access_key: "{{ vault_new_obs_access_key }}"
    new_secret_key: "{{ vault_new_obs_secret_key }}"
    state_file: rotation.json
  when: approved | default(false) | bool

- name: Write it into some tasks of one instance, which are quiet at night
  opendump.huaweicloud.dump_key_rotation:
    instance_names: [kafka-orders]
    name_pattern: ^orders-
    new_access_key: "{{ vault_new_obs_access_key }}"
    new_secret_key: "{{ vault_new_obs_secret_key }}"
    state_file: rotation.json
    allow_quiet: true
  when: approved | default(false) | bool
"""

RETURN = r"""
conclusion:
  description: Whether the old key can be revoked, in one sentence; in check mode what would be done.
  type: str
  returned: always
  sample: All 14 proven, the old key can be revoked.
old_key_can_be_revoked:
  description: The same for programs. V(false) in check mode.
  type: bool
  returned: always
  sample: true
lines:
  description: One line for each task.
  type: list
  elements: str
  returned: always
  sample:
    - "kafka-orders/orders-to-obs: proven. It has delivered since (offset of orders/0 from 1200 to 1260)."
tasks:
  description: One record for each task that writes with keys.
  type: list
  elements: dict
  returned: always
  contains:
    kind:
      description: Kind of the task, V(smart_connect_task) or V(kafka_sink_task).
      type: str
      returned: always
      sample: smart_connect_task
    parent:
      description: ID of the Kafka instance.
      type: str
      returned: always
      sample: 7b3c1d9e-2a4f-4c65-9d0e-8f1a2b3c4d5e
    parent_name:
      description: Name of the Kafka instance.
      type: str
      returned: always
      sample: kafka-orders
    name:
      description: Name of the task.
      type: str
      returned: always
      sample: orders-to-obs
    id:
      description: ID of the task.
      type: str
      returned: always
      sample: 3c0ac4d1-7a52-4f0e-b3c9-61d8e2f4a725
    status:
      description: Its last status, in the service's own word.
      type: str
      returned: always
      sample: RUNNING
    verdict:
      description:
        - V(proven) means that the service took the new key and that the task has delivered since.
        - V(written) means that the service accepted the new key, and that nothing shows yet that the task delivers with it.
        - V(refused) means that the service or the bucket refuses the new key, or that the task fails with it.
        - V(cannot) means that no call gives the task a new key, or that its service accepts one and does not use it.
        - V(pending) means that it is still to be written or to be proven, in check mode and after a run that was broken off.
      type: str
      returned: always
      sample: proven
    reason:
      description: Why, in words.
      type: str
      returned: always
      sample: It has delivered since (offset of orders/0 from 1200 to 1260).
    changed:
      description: Whether this run has written the new key.
      type: bool
      returned: always
      sample: true
    counts_from:
      description: Since when deliveries count, ISO 8601 in UTC on the clock of OBS. V(null) where the task was not seen running since.
      type: str
      returned: always
      sample: "2026-02-03T04:05:06Z"
    proven_at:
      description: When it was proven, ISO 8601 in UTC. V(null) where it was not.
      type: str
      returned: always
      sample: "2026-02-03T04:11:10Z"
    error:
      description: What the service said, V(null) where nothing went wrong.
      type: dict
      returned: always
      contains:
        msg:
          description: What happened, and what to do about it.
          type: str
          returned: always
          sample: "DMS.00403003 (HTTP 403): No permission to perform this operation."
summary:
  description: Numbers of the tasks by verdict.
  type: dict
  returned: always
  contains:
    tasks:
      description: All tasks.
      type: int
      returned: always
      sample: 14
    proven:
      description: Tasks that are proven.
      type: int
      returned: always
      sample: 14
    written:
      description: Tasks that were written and are not proven.
      type: int
      returned: always
      sample: 0
    refused:
      description: Tasks that do not take or bear the new key.
      type: int
      returned: always
      sample: 0
    cannot:
      description: Tasks that no call gives a new key.
      type: int
      returned: always
      sample: 0
    pending:
      description: Tasks that are still to be written or proven.
      type: int
      returned: always
      sample: 0
diff:
  description: The tasks that get the new key; keys are never in it.
  type: list
  elements: dict
  returned: in diff mode
  contains:
    before_header:
      description: Which task it is.
      type: str
      returned: always
      sample: kafka-orders/orders-to-obs
    after_header:
      description: The same.
      type: str
      returned: always
      sample: kafka-orders/orders-to-obs
    before:
      description: Empty.
      type: dict
      returned: always
      sample: {}
    after:
      description: What is written.
      type: dict
      returned: always
      sample: {access_key: "(secret, written again)", secret_key: "(secret, written again)"}
error:
  description: What the service said. Empty where the failure did not come from it.
  type: dict
  returned: failure
  sample: {}
"""

from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.dump_key_rotation import dump_key_rotation


def main() -> None:
    dump_key_rotation()


if __name__ == "__main__":
    main()
