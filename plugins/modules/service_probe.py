# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: service_probe
short_description: Find out what the services of your account really do
version_added: "1.0.0"
description:
  - No vendor's page says how DIS and DMS for Kafka behave in each detail. This collection works either way, and its local cloud has a
    switch for each such point. This module asks a real account, and answers with the value of each switch that a client can observe.
  - Without O(apply=true) it only says what it would do, see RV(plan). It then reads whether the stream and the instance are there, and
    writes nothing.
  - With O(apply=true) it creates tasks of its own, named C(opendump-probe-) and something random, never more than two at the same time.
    It changes, stops, starts and deletes those, and never writes to a task that it did not make. It never switches Smart Connect.
  - Its tasks are deleted at the end, also after a failure and when the run is stopped by a signal. What could not be deleted is said
    first. The next run on the same machine tidies up after one that was killed; on another machine it does so four hours later, since
    that other probe may still be at work.
  - The answers hold no name, ID, key or address of your account. Texts of the services are left out unless they are known words, such
    as C(RUNNING).
options:
  apply:
    description:
      - Whether to ask. With V(false), and in check mode, only the plan is shown.
    type: bool
    default: false
  stream_name:
    description:
      - Name of a DIS stream on which tasks may be made for a while. It needs room for two. One without traffic and of the data type JSON
        tells most; a CSV stream tells which file types a stream takes.
      - Without it, nothing is asked about DIS.
    type: str
  dis_agency_name:
    description:
      - Name of the agency as which DIS writes into the bucket.
    type: str
    default: dis_admin_agency
  instance_id:
    description:
      - ID of a Kafka instance with Smart Connect on which tasks may be made for a while. It needs room for two.
      - Without O(instance_id) and O(instance_name), nothing is asked about DMS for Kafka.
    type: str
  instance_name:
    description:
      - Name of this instance, instead of its ID.
    type: str
  topic:
    description:
      - A topic of the instance that may be dumped. An empty one tells most.
    type: str
  obs_bucket_name:
    description:
      - A bucket in the region of the services, into which tasks may write.
    type: str
  obs_path:
    description:
      - Where in the bucket Kafka tasks write to, at most 40 characters, best without hyphens. DIS tasks write below C(opendump_probe).
    type: str
    default: opendump_probe
  agency_name:
    description:
      - Agency as which Smart Connect tasks write into the bucket, instead of O(obs_access_key). Sink tasks always need the key.
    type: str
  obs_access_key:
    description:
      - Access key of a user that may write into the bucket. When not set, E(OPENDUMP_OBS_ACCESS_KEY) is used.
    type: str
  obs_secret_key:
    description:
      - Secret key that belongs to O(obs_access_key). When not set, E(OPENDUMP_OBS_SECRET_KEY) is used.
    type: str
  questions:
    description:
      - Only these questions, by the names of the local cloud's switches, such as V(dis.put). Without it, all are asked.
    type: list
    elements: str
  compare_with:
    description:
      - The content of another answers file, for instance of another region, that the answers are compared with.
    type: dict
  wait_interval:
    description:
      - Time between two looks at a task, in seconds. Times are told no finer than that.
    type: float
    default: 2.0
  watch:
    description:
      - How long to go on looking at a task after a change, in seconds, for what may still come; a change that goes back, for instance.
    type: float
    default: 30.0
  wait_timeout:
    description:
      - How long to wait at most until a task is in the state that it should come to, in seconds.
    type: float
    default: 180.0
author:
  - opendump contributors (@opendump)
extends_documentation_fragment:
  - opendump.huaweicloud._variable_prefix
  - opendump.huaweicloud._api
  - opendump.huaweicloud._attributes
attributes:
  check_mode:
    support: full
    details: Shows the plan, as with O(apply=false).
  diff_mode:
    support: full
    details: There is no difference, since nothing stays.
  idempotent:
    support: none
    details: Each run with O(apply=true) asks anew. What was there before is there afterwards.
seealso:
  - ref: ansible_collections.opendump.huaweicloud.docsite.proof
    description: What it costs, the rights it needs, and how to hand in the answers.
"""

EXAMPLES = r"""
- name: See what would be asked about DIS
  opendump.huaweicloud.service_probe:
    stream_name: measurements
    obs_bucket_name: staging
  register: probe

- name: Ask two questions, which takes seconds; all of them take minutes
  opendump.huaweicloud.service_probe:
    stream_name: measurements
    obs_bucket_name: staging
    questions: [dis.list_order, dis.echo_defaults]
    apply: true
  register: probe

- name: Keep the answers
  ansible.builtin.copy:
    content: "{{ probe.answers | to_nice_json }}"
    dest: probe-answers.json
    mode: "0644"
"""

RETURN = r"""
plan:
  description: What is asked, and what that takes.
  type: dict
  returned: success
  contains:
    questions:
      description: The questions that can be asked with what was lent, as C(switch) and C(asks).
      type: list
      elements: dict
      returned: always
      sample: [{"switch": "dis.put", "asks": "Can a task be replaced?"}]
    not_asked:
      description: Those that cannot, as C(switch) and C(needs), the options that are missing.
      type: list
      elements: dict
      returned: always
      sample: [{"switch": "dms.store", "needs": ["instance_id or instance_name"]}]
    objects:
      description: The options whose objects are used.
      type: list
      elements: str
      returned: always
      sample: ["stream_name", "obs_bucket_name"]
    writes:
      description: How many requests change something, at most.
      type: int
      returned: always
      sample: 75
    tasks_at_once:
      description: How many tasks of the probe there are at the same time, at most.
      type: int
      returned: always
      sample: 2
    costs:
      description: What it may cost, beyond the requests.
      type: list
      elements: str
      returned: always
      sample: ["a task runs for a while and writes what arrives in the stream into the bucket"]
answers:
  description: The answers file. The local cloud takes it.
  type: dict
  returned: with O(apply=true)
  contains:
    format:
      description: What it is.
      type: str
      returned: always
      sample: opendump-answers/1
    made_at:
      description: When it was made, UTC.
      type: str
      returned: always
      sample: "2026-11-27T08:00:00Z"
    region:
      description: The region that was asked, V(null) where only endpoints were given.
      type: str
      returned: always
      sample: eu-west-101
    answers:
      description:
        - By switch, C(value) is the answer, V(null) where it could not be told; C(told) says whether it could, C(why) why not; C(evidence)
          is the requests with their answers, without what could tell whose they are. C(reads) is in how many answers something was seen
          that lasts.
      type: dict
      returned: always
      sample: {"dis.put_status": {"value": 204, "told": true, "why": null, "evidence": []}}
markdown:
  description: The same to read, and to paste into an issue.
  type: str
  returned: with O(apply=true)
  sample: "# What the services answer"
summary:
  description: How many answers are as was assumed, how many are not, and how many questions could not be told.
  type: dict
  returned: with O(apply=true)
  sample: {"confirmed": 80, "contradicted": 12, "not_told": 8}
differences:
  description: Where O(compare_with) has another answer, as C(switch), C(here) and C(there). Times that are not V(0) count as equal.
  type: list
  elements: dict
  returned: with O(apply=true)
  sample: [{"switch": "dms.store", "here": "one", "there": "two"}]
writes:
  description: How many requests changed something.
  type: int
  returned: with O(apply=true)
  sample: 53
left:
  description: Tasks that could not be deleted. C(call) deletes one, C(why) is what the service said. The module fails when there are any.
  type: list
  elements: dict
  returned: with O(apply=true)
  sample: []
error:
  description: What the service said when it could not be asked. Empty where the failure did not come from it.
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

from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.service_probe import service_probe


def main() -> None:
    service_probe()


if __name__ == "__main__":
    main()
