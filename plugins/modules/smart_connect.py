# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: smart_connect
short_description: Switch Smart Connect of a Kafka instance on or off
version_added: "1.0.0"
description:
  - Switches Smart Connect (formerly called dumping) of an instance of DMS for Kafka on or off. Sink tasks and Smart Connect tasks need
    it.
  - Smart Connect runs on nodes of its own, which cost money. For this reason no other module and no role of this collection ever
    switches it.
  - The service works on this for minutes, during which the instance refuses other changes. A busy instance is waited for.
  - Instances that are billed yearly or monthly cannot be switched by API, since that is an order; the module refuses and says so.
options:
  instance_id:
    description:
      - ID of the instance. One of O(instance_id) and O(instance_name) is required.
    type: str
  instance_name:
    description:
      - Name of the instance. Several instances of this name are an error, and are told apart with O(instance_id).
    type: str
  state:
    description:
      - V(present) switches Smart Connect on where it is off.
      - V(absent) switches it off where it is on. Refused while there are tasks, unless O(force=true).
    type: str
    choices:
      - present
      - absent
    default: present
  node_cnt:
    description:
      - Number of Smart Connect nodes, 2 or more; the console allows up to 16. Only used when Smart Connect is switched on, and not
        compared with what is there, because no call changes it. The service takes 2 when nothing is said.
    type: int
  specification:
    description:
      - Bandwidth of an instance of an old flavor, which Smart Connect has to equal. Other instances do not need it.
      - Only used when Smart Connect is switched on.
    type: str
    choices:
      - 100MB
      - 300MB
      - 600MB
      - 1200MB
  spec_code:
    description:
      - Flavor of the nodes for an instance of an old flavor, such as V(kafka.c3.mini.connector).
      - Only used when Smart Connect is switched on.
    type: str
  force:
    description:
      - With O(state=absent), delete all sink tasks and Smart Connect tasks of the instance first. They cannot be restored, and nor can
        their progress.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until Smart Connect is on, or off, and the instance is RUNNING again; and for a busy instance before.
    type: bool
    default: true
  wait_timeout:
    description:
      - How long to wait at most, in seconds. The service goes on by itself when it is over.
    type: float
    default: 3000.0
  wait_interval:
    description:
      - Time between two looks at the instance, in seconds.
    type: float
    default: 5.0
author:
  - opendump contributors (@opendump)
extends_documentation_fragment:
  - opendump.huaweicloud._api
  - opendump.huaweicloud._attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
seealso:
  - module: opendump.huaweicloud.smart_connect_task
  - module: opendump.huaweicloud.kafka_sink_task
  - name: Enabling Smart Connect
    description: What the vendor says of switching Smart Connect on.
    link: https://support.huaweicloud.com/intl/en-us/api-kafka/CreateConnector.html
"""

EXAMPLES = r"""
- name: Switch Smart Connect on
  opendump.huaweicloud.smart_connect:
    instance_name: kafka-prod
    node_cnt: 2

- name: See whether it could be switched off
  opendump.huaweicloud.smart_connect:
    instance_name: kafka-prod
    state: absent
  check_mode: true

- name: Switch it off, and delete all its tasks with it
  opendump.huaweicloud.smart_connect:
    instance_name: kafka-prod
    state: absent
    force: true
"""

RETURN = r"""
actions:
  description:
    - What was done, or in check mode would be done. V(enable), V(disable), and V(delete) once for each task that was deleted first.
  type: list
  elements: str
  returned: success
  sample:
    - enable
smart_connect:
  description: The instance after the run.
  type: dict
  returned: success
  contains:
    instance_id:
      description: ID of the instance.
      type: str
      returned: always
      sample: 7b3c1d9e-2a4f-4c65-9d0e-8f1a2b3c4d5e
    instance_name:
      description: Name of the instance.
      type: str
      returned: always
      sample: kafka-prod
    status:
      description: What the service says of the instance, word for word.
      type: str
      returned: always
      sample: RUNNING
    enabled:
      description: Whether Smart Connect is on, or in check mode would be.
      type: bool
      returned: always
      sample: true
    connector_id:
      description:
        - ID of the connector, through which sink tasks are reached. V(null) where Smart Connect is off, and in check mode where it would
          be switched.
      type: str
      returned: always
      sample: 5b6c7d8e-90a1-4b2c-8d3e-4f5061728394
error:
  description: What the service said when it refused. Other members tell what was asked.
  type: dict
  returned: failure, where the service or the network is the reason
  contains:
    status:
      description: HTTP status.
      type: int
      returned: when the service answered
      sample: 400
    code:
      description: Code of the service.
      type: str
      returned: when the service answered
      sample: DMS.00400026
    request_id:
      description: ID of the request, which the vendor's support asks for.
      type: str
      returned: when the service answered
      sample: 8d3a0c5e7f1b4c6d9e2f
"""

from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.smart_connect import smart_connect


def main() -> None:
    smart_connect()


if __name__ == "__main__":
    main()
