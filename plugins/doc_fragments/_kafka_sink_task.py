# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of one sink task, beside those of every Kafka task."""

from __future__ import annotations

from ansible_collections.opendump.huaweicloud.plugins.doc_fragments._kafka_task import ModuleDocFragment as KafkaTask
from ansible_collections.opendump.huaweicloud.plugins.doc_fragments._nesting import nested


class ModuleDocFragment:
    # Annotated, because ansible-test can only read plain assignments of plain texts and stops at any other.
    DOCUMENTATION: str = r"""
options:
  connector_id:
    description:
      - ID of the connector of the Kafka instance, for which the console and the API also say dump ID.
      - Exactly one of O(connector_id), O(instance_id) and O(instance_name) is needed. With one of the latter two the
        connector is looked up.
    type: str
  state:
    description:
      - V(present) takes care that the task exists as declared. A new task starts at once; the run state of an existing one
        is left alone.
      - V(absent) takes care that there is no such task. Declared fields are not looked at.
      - There is no V(running) or V(paused), since the service has no call to start or pause a sink task.
    type: str
    choices:
      - present
      - absent
    default: present
  obs:
    description:
      - Dump into a bucket of the Object Storage Service. The only destination of sink tasks.
      - Needed to create a task. It may be left out for a task that exists, whose destination is then not compared.
      - To create a task, O(obs.access_key) and O(obs.secret_key) are needed, here or in the environment.
      - None of this can be changed in place, see O(on_immutable_change).
    type: dict
    suboptions:
""" + nested("obs", 6, KafkaTask.OBS)
