# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of one Smart Connect task, beside those of every Kafka task."""

from __future__ import annotations

from ansible_collections.opendump.huaweicloud.plugins.doc_fragments._kafka_task import ModuleDocFragment as KafkaTask
from ansible_collections.opendump.huaweicloud.plugins.doc_fragments._nesting import nested


class ModuleDocFragment:
    # Annotated, because ansible-test can only read plain assignments of plain texts and stops at any other.
    DOCUMENTATION: str = r"""
options:
  state:
    description:
      - V(present) takes care that the task exists as declared. A new task starts at once; the run state of an existing one
        is left alone.
      - V(absent) takes care that there is no such task. Declared fields are not looked at.
      - V(running) is V(present), and a task that is paused is started. One that was created without being started
        (C(WAITING)) is started with the restart call, since it has no progress to lose; one that was paused (C(PAUSED)) is
        resumed and goes on where it stopped. The restart call is never made on a task that has progress.
      - V(paused) is V(present), and a task that is not paused is paused. A new task is created without being started. A
        C(WAITING) task counts as paused.
    type: str
    choices:
      - present
      - absent
      - running
      - paused
    default: present
  kafka:
    description:
      - Copy messages between this Kafka instance and another one.
      - Needed to create such a task; see O(obs) on leaving it out.
      - Mutually exclusive with O(obs) and O(redis).
    type: dict
    suboptions:
      current_cluster_name:
        description:
          - Alias of this instance, 1 to 20 letters, digits, underscores and hyphens. The service chooses one for a new task when
            this is not declared.
        type: str
      cluster_name:
        description:
          - Alias of the other Kafka, 1 to 20 letters, digits, underscores and hyphens. The service chooses one for a new task
            when this is not declared.
        type: str
      instance_id:
        description:
          - ID of the other Kafka, where it is an instance of this service.
          - Exactly one of O(kafka.instance_id) and O(kafka.bootstrap_servers) is needed.
        type: str
      bootstrap_servers:
        description:
          - Addresses of the other Kafka, each V(host:port). A set; the order makes no difference.
          - For a task that was created with O(kafka.instance_id), the service shows the addresses of that instance here.
          - Exactly one of O(kafka.instance_id) and O(kafka.bootstrap_servers) is needed.
        type: list
        elements: raw
      security_protocol:
        description:
          - How to talk to the other Kafka. The service chooses for a new task when this is not declared.
          - With V(SASL_PLAINTEXT) and V(SASL_SSL), O(kafka.user_name) is needed, and O(kafka.password) too where a task is
            created.
        type: str
        choices:
          - PLAINTEXT
          - SASL_PLAINTEXT
          - SASL_SSL
      sasl_mechanism:
        description:
          - How to log in to the other Kafka. The service chooses for a new task when this is not declared.
        type: str
        choices:
          - PLAIN
          - SCRAM-SHA-512
      user_name:
        description:
          - User as whom to log in to the other Kafka.
        type: str
      password:
        description:
          - Password of O(kafka.user_name).
          - A secret; never shown and never compared, see O(update_secrets).
        type: str
      direction:
        description:
          - V(pull) copies from the other Kafka to this instance, V(push) from this instance to the other Kafka.
          - V(two-way) does both and needs O(kafka.rename_topic_enabled) or O(kafka.provenance_header_enabled), or messages would
            go round in circles.
        type: str
        choices:
          - pull
          - push
          - two-way
        required: true
      sync_consumer_offsets_enabled:
        description:
          - Whether the progress of consumers is copied too. New tasks do not when this is not declared.
        type: bool
      rename_topic_enabled:
        description:
          - Whether the alias of the source is put in front of the names of the topics at the target. New tasks do not when this
            is not declared.
          - Excludes O(kafka.topics_mapping).
        type: bool
      provenance_header_enabled:
        description:
          - Whether each copied message gets a header that says where it comes from. New tasks do not when this is not declared.
        type: bool
      replication_factor:
        description:
          - Number of copies of each topic that is made at the target, V(1) or more, and at most the number of brokers there.
        type: int
      task_num:
        description:
          - Number of copying processes, V(1) or more. In both directions there are twice as many.
          - The service gives a new task V(2) when this is not declared.
        type: int
      consumer_strategy:
        description:
          - Where a new task starts reading. V(latest) reads what arrives from now on, V(earliest) begins with the oldest message
            that is still stored. The service chooses for a new task when this is not declared.
        type: str
        choices:
          - latest
          - earliest
      compression_type:
        description:
          - How copied messages are compressed. The service chooses for a new task when this is not declared.
        type: str
        choices:
          - none
          - gzip
          - snappy
          - lz4
          - zstd
      topics_mapping:
        description:
          - What topics are called at the target, each V(source:target), at most 20. A set; the order makes no difference.
          - With this, neither O(topics) nor O(topics_regex) is needed. Excludes O(kafka.rename_topic_enabled).
        type: list
        elements: raw
  redis:
    description:
      - Copy between two Redis instances. Newer editions of the service no longer document this.
      - Needed to create such a task; see O(obs) on leaving it out.
      - Mutually exclusive with O(obs) and O(kafka).
    type: dict
    suboptions:
      source:
        description:
          - The Redis that is read.
        type: dict
        required: true
        suboptions:
          redis_address: &redis_address
            description:
              - Addresses of the Redis, each V(host:port). A set; the order makes no difference.
            type: list
            elements: raw
            required: true
          redis_type: &redis_type
            description:
              - Type of the Redis, such as V(standalone) or V(cluster).
            type: str
            required: true
          dcs_instance_id: &dcs_instance_id
            description:
              - ID of the Redis, where it is an instance of the Distributed Cache Service.
            type: str
          redis_password: &redis_password
            description:
              - Password of the Redis, where it has one.
              - A secret; never shown and never compared, see O(update_secrets).
            type: str
          sync_mode:
            description:
              - V(RDB_ONLY) copies everything once, V(CUSTOM_OFFSET) goes on with what is written later.
            type: str
            choices:
              - RDB_ONLY
              - CUSTOM_OFFSET
          full_sync_max_retry:
            description:
              - How often a full copy that failed is tried again, V(0) or more.
            type: int
          full_sync_wait_ms:
            description:
              - Time between two such tries, in milliseconds, V(0) or more.
            type: int
          ratelimit:
            description:
              - How much is read at most, in KB/s. V(-1) is no limit.
            type: int
      sink:
        description:
          - The Redis that is written.
        type: dict
        required: true
        suboptions:
          redis_address: *redis_address
          redis_type: *redis_type
          dcs_instance_id: *dcs_instance_id
          redis_password: *redis_password
  obs:
    description:
      - Dump into a bucket of the Object Storage Service.
      - One of O(obs), O(kafka) and O(redis) is needed to create a task. All may be left out for a task that exists, whose
        destination is then not compared; this is all it takes to pause, resume or delete it.
      - To create a task, O(obs.access_key) and O(obs.secret_key) are needed, here or in the environment, or
        O(obs.agency_name). A task cannot change from one kind of destination to another in place, see
        O(on_immutable_change).
      - Mutually exclusive with O(kafka) and O(redis).
    type: dict
    suboptions:
      agency_name:
        description:
          - Name of the IAM agency that lets the service write to the bucket, instead of O(obs.access_key) and
            O(obs.secret_key). At most 64 characters.
          - The vendor does not document it, and not every edition of the service knows or shows it. Where it is not shown,
            whether it differs cannot be told; then it is sent when the task is created or changed anyway, or with
            O(update_secrets=always), and is no change by itself.
          - With it, no key is taken from the environment.
        type: str
      store_keys:
        description:
          - Whether the keys of messages are dumped too. New tasks do not when this is not declared.
        type: bool
""" + nested("obs", 6, KafkaTask.OBS)
