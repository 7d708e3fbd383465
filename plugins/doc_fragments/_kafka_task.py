# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that sink tasks and Smart Connect tasks have in common."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  instance_id:
    description:
      - ID of the Kafka instance.
      - Mutually exclusive with O(instance_name).
    type: str
  instance_name:
    description:
      - Name of the Kafka instance. It is looked up in the project; that several instances have this name is an error.
      - Mutually exclusive with O(instance_id).
    type: str
  task_name:
    description:
      - Name of the task, 1 to 64 letters, digits, underscores and hyphens. The console of the service asks for at least 4.
      - The service does not keep two tasks of an instance from having one name. When there are two, the module fails and lists
        their IDs; use O(task_id) then.
      - Write it as text. Of V(no) or V(0123) without quotes YAML makes something else, which is refused.
      - Exactly one of O(task_name) and O(task_id) is needed. A name cannot be changed; a task under a new name is another task.
    type: str
  task_id:
    description:
      - ID of an existing task. A task that is not there cannot be created with it; with O(state=absent) there is nothing to do
        then.
    type: str
  topics:
    description:
      - Names of the topics that the task reads, at most 20. Each has 1 to 249 letters, digits, dots, underscores and hyphens.
      - A set; the order makes no difference.
      - To create a task that dumps into O(obs), O(topics) or O(topics_regex) is needed. Declaring one of them for a task that
        has the other is a change from one to the other.
      - Write each as text. Of V(no) or V(0123) without quotes YAML makes something else, which is refused.
      - Mutually exclusive with O(topics_regex).
    type: list
    elements: raw
  topics_regex:
    description:
      - Regular expression, as the service understands it, of the names of the topics that the task reads.
      - Mutually exclusive with O(topics).
    type: str
  check_topics:
    description:
      - What to do when a task is created, or its O(topics) change, and the instance has no such topic. The service takes such a
        task; it runs and dumps nothing of that topic.
      - V(warn) warns and names topics with similar names. It also warns of a bucket in O(obs) that the service does not list.
        Where the topics or the buckets cannot be listed, nothing is said.
      - V(fail) writes nothing then, nor where the topics cannot be listed. A bucket is only warned about.
      - V(ignore) does not ask.
    type: str
    choices:
      - warn
      - fail
      - ignore
    default: warn
"""

    OBS = r"""
options:
  consumer_strategy:
    description:
      - Where a new task starts reading. V(latest) reads what arrives from now on, V(earliest) begins with the oldest message that
        is still stored.
      - A new task gets V(latest) when this is not declared.
    type: str
    choices:
      - latest
      - earliest
  destination_file_type:
    description:
      - Format of the files. The service knows only V(TEXT), which a new task gets when this is not declared.
    type: str
    choices:
      - TEXT
  deliver_time_interval:
    description:
      - How often a file is written, in seconds, V(30) to V(900).
      - A new task gets V(300) when this is not declared.
    type: int
  obs_bucket_name:
    description:
      - Name of the bucket, in the region of the instance. It has to exist.
      - 3 to 63 lower-case letters, digits, hyphens, underscores and dots.
    type: str
    required: true
  obs_path:
    description:
      - Folder in the bucket under which the files are written, at most 64 letters, digits, underscores, hyphens and slashes.
      - Slashes at both ends make no difference. An empty text declares the root of the bucket, which is also what a new task
        gets when this is not declared.
    type: str
  partition_format:
    description:
      - Folders below O(obs_path), by the time of dumping.
      - A new task gets V(yyyy/MM/dd/HH/mm) when this is not declared.
    type: str
    choices:
      - yyyy
      - yyyy/MM
      - yyyy/MM/dd
      - yyyy/MM/dd/HH
      - yyyy/MM/dd/HH/mm
  record_delimiter:
    description:
      - What stands between two messages in a file. One of the words V(newline), V(comma), V(semicolon), V(vertical_bar) and
        V(none), or the character itself.
      - Services spell a newline and no delimiter in several ways, some of them alike; an answer that can mean either is taken
        for no difference.
      - A new task gets V(newline) when this is not declared.
    type: str
  access_key:
    description:
      - Access key of the user as whom the service writes to the bucket. This is not the key with which the module talks to the
        API.
      - When it is not set, the environment variable E(OPENDUMP_OBS_ACCESS_KEY) is used.
      - A secret; never shown and never compared, see O(update_secrets).
    type: str
  secret_key:
    description:
      - Secret key that belongs to O(access_key).
      - When it is not set, the environment variable E(OPENDUMP_OBS_SECRET_KEY) is used.
      - A secret; never shown and never compared, see O(update_secrets).
    type: str
"""
