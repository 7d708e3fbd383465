# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: dump_landing_info
short_description: See whether the files of dumping tasks land in their OBS buckets
version_added: "1.0.0"
description:
  - A task can be running and still write nothing. This module looks into the bucket of each task, counts the files that came since
    a time, finds the newest one, and says what to make of it.
  - It asks the service of objects only, over the S3 protocol, and needs the right to list the buckets (C(obs:bucket:ListBucket)). It never
    reads what is in a file.
  - Files count where they are surely the task's. A file that may as well be that of another one of O(tasks), or that lies below the root of
    a bucket whose task names no directory, makes the verdict V(unknown). Pass all tasks that write into a bucket, and give each of them a
    directory of its own.
  - What is no list of objects, such as a page for people, is V(unreadable) and never taken for an empty bucket. Redirects are not followed.
  - No file alone means little, for a task writes none when there is no data. So the verdict takes into account how far behind the task
    is. Transfer tasks of DIS do not report that, so without a file the verdict on them is V(unknown), with the reason beside it.
options:
  tasks:
    description:
      - The tasks to look after, as M(opendump.huaweicloud.dump_tasks_info) and the other info modules return them, with details.
      - Tasks that do not dump files into OBS get the verdict V(unknown).
    type: list
    elements: dict
    required: true
  since:
    description:
      - Since when files count. A number of seconds back from now, or a time in ISO 8601, which is in O(time_zone) where it names no zone.
      - Should be longer ago than the longest C(deliver_time_interval) of the tasks, which is at most 900 seconds.
    type: str
    default: "3600"
  time_zone:
    description:
      - The time zone in which the services name the directories in the bucket, such as V(Asia/Shanghai), V(UTC) or V(GMT+08:00).
      - The services document GMT+08:00 for all regions. When files turn up in directories of another time, they are found all the same,
        and RV(landing[].reason) says so.
    type: str
    default: Asia/Shanghai
  obs_endpoint:
    description:
      - Address of OBS, such as V(https://obs.eu-west-101.myhuaweicloud.eu). Any service that speaks the S3 protocol will do.
      - If not set, E(HW_OBS_ENDPOINT) is used, and without that C(https://obs.{region}.{cloud}).
    type: str
  obs_access_key:
    description:
      - Access key ID (AK) to read the buckets with. Needs O(obs_secret_key).
      - If not set, E(OPENDUMP_OBS_ACCESS_KEY) is used, and without that O(access_key), from wherever that comes. A token, a password and an
        agency do not serve here.
    type: str
  obs_secret_key:
    description:
      - Secret access key (SK) that belongs to O(obs_access_key).
      - If not set, E(OPENDUMP_OBS_SECRET_KEY) is used.
    type: str
  obs_security_token:
    description:
      - Security token, where O(obs_access_key) is a temporary one.
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
  max_objects:
    description:
      - How many names of objects are read for one task, at most, V(1) or more. Matters for tasks without C(partition_format), because
        all their files have to be looked at.
      - A look also ends after one request for each 500 of these names and 20 more, after ten times O(request_timeout), and where an
        expression for topics fits more than 1000 directories. What was not read makes no verdict worse than V(unknown).
    type: int
    default: 100000
  parallelism:
    description:
      - How many buckets are read at the same time, V(1) or more.
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
notes:
  - A key that is refused is not tried again, because keys are locked after a few failures. The module fails then. A single bucket that
    cannot be read is RV(landing[].error) with the verdict V(unreadable), and no failure.
  - Requests are signed with AWS4-HMAC-SHA256, which OBS accepts. Nothing of a configuration for AWS (C(AWS_PROFILE) and the like)
    takes part.
seealso:
  - module: opendump.huaweicloud.dump_tasks_info
"""

EXAMPLES = r"""
- name: Gather all dumping tasks of the project
  opendump.huaweicloud.dump_tasks_info:
  register: dumping

- name: See whether their files land
  opendump.huaweicloud.dump_landing_info:
    tasks: "{{ dumping.tasks }}"
    since: 7200
  register: landing

- name: Fail when data waits and no file comes
  ansible.builtin.assert:
    that: landing.summary.stuck == 0
    fail_msg: "{{ landing.landing | selectattr('verdict', 'equalto', 'stuck') | map(attribute='name') | join(', ') }}"

- name: See what landed since midnight UTC, with a key that may only list
  opendump.huaweicloud.dump_landing_info:
    tasks: "{{ dumping.tasks }}"
    since: "2026-02-03T00:00:00Z"
    obs_access_key: "{{ lister_access_key }}"
    obs_secret_key: "{{ lister_secret_key }}"
"""

RETURN = r"""
landing:
  description: What was found, one entry for each of O(tasks), in their order.
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
      description: Name of the stream, or ID of the Kafka instance.
      type: str
      returned: always
      sample: 7b3c1d9e-2a4f-4c65-9d0e-8f1a2b3c4d5e
    parent_name:
      description: Name of the stream or instance, V(null) where it was not looked up.
      type: str
      returned: always
      sample: kafka-orders
    name:
      description: Name of the task.
      type: str
      returned: always
      sample: orders
    id:
      description: ID of the task, V(null) where the service does not show it.
      type: str
      returned: always
      sample: 3c0ac4d1-7a52-4f0e-b3c9-61d8e2f4a725
    verdict:
      description:
        - V(landing) means that files came.
        - V(quiet) means that none came, and that no data waits.
        - V(stuck) means that none came although data waits.
        - V(unreadable) means that the bucket could not be read; RV(landing[].error) says why.
        - V(unknown) means that it cannot be told; RV(landing[].reason) says why.
      type: str
      returned: always
      sample: landing
    reason:
      description: Why, in words.
      type: str
      returned: always
      sample: 12 files came since 2026-02-03T03:05:06Z.
    bucket:
      description: Name of the bucket, V(null) where the task does not dump files into OBS.
      type: str
      returned: always
      sample: opendump-archive
    prefixes:
      description: What the names of the objects begin with that were looked at.
      type: list
      elements: str
      returned: always
      sample:
        - orders/topic-obs-orders/
    objects:
      description: Number of files that came. V(null) where the bucket was not read.
      type: int
      returned: always
      sample: 12
    bytes:
      description: Bytes in these files. V(null) where the bucket was not read.
      type: int
      returned: always
      sample: 48213
    newest:
      description: The newest file, which may be older than O(since). V(null) where there is none.
      type: dict
      returned: always
      contains:
        key:
          description: Name of the object.
          type: str
          returned: always
          sample: orders/topic-obs-orders/2026/02/03/12/00/topic-obs-orders+0+0000000120
        size:
          description: Its size in bytes.
          type: int
          returned: always
          sample: 4012
        modified_at:
          description: When it came, ISO 8601 in UTC.
          type: str
          returned: always
          sample: "2026-02-03T04:05:06Z"
    error:
      description: Why the bucket could not be read, V(null) where it could.
      type: dict
      returned: always
      contains:
        msg:
          description: What happened, and what to do about it.
          type: str
          returned: always
          sample: "Bucket 'opendump-archive' could not be read: AccessDenied (HTTP 403): Access Denied"
        status:
          description: HTTP status of the answer.
          type: int
          returned: when there was an answer
          sample: 403
        code:
          description: Error code of the service.
          type: str
          returned: when there was an answer
          sample: AccessDenied
        message:
          description: Message of the service.
          type: str
          returned: when there was an answer
          sample: Access Denied
        request_id:
          description: ID of the request.
          type: str
          returned: when there was an answer
          sample: 0000017A8F2C1B3D
        service:
          description: The service that was asked, V(obs).
          type: str
          returned: when there was an answer
          sample: obs
since:
  description: Since when files counted, ISO 8601 in UTC.
  type: str
  returned: success
  sample: "2026-02-03T03:05:06Z"
summary:
  description: Numbers of the tasks by verdict.
  type: dict
  returned: success
  contains:
    tasks:
      description: All tasks.
      type: int
      returned: success
      sample: 4
    landing:
      description: Tasks whose files land.
      type: int
      returned: success
      sample: 2
    quiet:
      description: Tasks without data.
      type: int
      returned: success
      sample: 1
    stuck:
      description: Tasks whose data waits.
      type: int
      returned: success
      sample: 0
    unreadable:
      description: Tasks whose buckets could not be read.
      type: int
      returned: success
      sample: 0
    unknown:
      description: Tasks of which it cannot be told.
      type: int
      returned: success
      sample: 1
error:
  description: What the service said. Empty where the failure did not come from it.
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
      sample: InvalidAccessKeyId
    message:
      description: Message of the service.
      type: str
      returned: when there was an answer
      sample: The access key ID you provided does not exist in our records.
    request_id:
      description: ID of the request.
      type: str
      returned: when there was an answer
      sample: 0000017A8F2C1B3D
    service:
      description: The service that was asked, V(obs).
      type: str
      returned: when there was an answer
      sample: obs
"""

from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.dump_landing_info import dump_landing_info


def main() -> None:
    dump_landing_info()


if __name__ == "__main__":
    main()
