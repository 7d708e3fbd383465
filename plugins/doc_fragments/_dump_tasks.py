# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of dump_tasks: the items of its lists have the options of the modules for single tasks."""

from __future__ import annotations

from ansible_collections.opendump.huaweicloud.plugins.doc_fragments._dis_transfer_task import ModuleDocFragment as DisTransferTask
from ansible_collections.opendump.huaweicloud.plugins.doc_fragments._kafka_sink_task import ModuleDocFragment as KafkaSinkTask
from ansible_collections.opendump.huaweicloud.plugins.doc_fragments._kafka_task import ModuleDocFragment as KafkaTask
from ansible_collections.opendump.huaweicloud.plugins.doc_fragments._nesting import nested
from ansible_collections.opendump.huaweicloud.plugins.doc_fragments._smart_connect_task import ModuleDocFragment as SmartConnectTask
from ansible_collections.opendump.huaweicloud.plugins.doc_fragments._task_policy import ModuleDocFragment as TaskPolicy

LIST = r"""
  %s:
    description:
      - %s
      - Each has the options of M(opendump.huaweicloud.%s).
    type: list
    elements: dict
    default: []
    suboptions:
%s"""


def tasks(name: str, says: str, *documents: str) -> str:
    return LIST % (name, says, name[:-1], nested(name + "[]", 6, *documents, TaskPolicy.DOCUMENTATION))


class ModuleDocFragment:
    # Annotated, because ansible-test can only read plain assignments of plain texts and stops at any other.
    DOCUMENTATION: str = (
        "options:"
        + tasks("dis_transfer_tasks", "Transfer tasks of DIS streams.", DisTransferTask.DOCUMENTATION)
        + tasks("kafka_sink_tasks", "Sink tasks of Kafka instances.", KafkaSinkTask.DOCUMENTATION, KafkaTask.DOCUMENTATION)
        + tasks("smart_connect_tasks", "Smart Connect tasks of Kafka instances.", SmartConnectTask.DOCUMENTATION, KafkaTask.DOCUMENTATION)
    )
