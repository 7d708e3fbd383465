# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options on how a declared task is brought about, alike for every kind of task."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  on_immutable_change:
    description:
      - What to do when an existing task differs from the declaration in something that the service cannot change in place, be it known
        beforehand or found out because the service does not know the call or ignores the change.
      - V(fail) changes nothing. The message names the fields, what they are and what is declared, and what re-creating the task
        would do to the data.
      - V(recreate) deletes the task and creates it anew. Fields that the service shows and that are not declared keep their
        values; secrets are never shown, so those that are needed have to be declared. The new task starts reading where its
        C(consumer_strategy) says, V(latest) and V(LATEST) skip what arrives meanwhile, V(earliest) and V(TRIM_HORIZON) dump
        everything that is still stored once more. With O(state=present) a paused task is paused again where the service can do
        that. When the new task cannot be created, the old one is gone nevertheless; the next run creates the task.
      - V(ignore) leaves these fields as they are and changes the others. Where the service turned out to be unable, a warning says so.
    type: str
    choices:
      - fail
      - recreate
      - ignore
    default: fail
  update_secrets:
    description:
      - When secrets of an existing task are written. Services never show them, so they are never compared, and a changed secret
        alone is no difference.
      - V(on_create) writes them when a task is created or re-created, and with any other change that the service can only make
        by replacing the task as a whole.
      - V(always) writes all declared secrets with every run, so every run reports a change. Use it once, after a secret has been
        rotated. Sink tasks cannot be changed in place; there it is up to O(on_immutable_change).
    type: str
    choices:
      - on_create
      - always
    default: on_create
  wait:
    description:
      - Whether to wait until the task runs after it was created, started or resumed, or is paused after it was paused; and with
        a declared run state also where nothing had to be done but the task is still on its way.
      - Waiting ends at once with an error when the service reports an end that is documented as final (C(ERROR) of DIS). Every other state
        of failure, of any kind of task, is borne for three looks, since it may pass by itself, and a state that this collection does
        not know for five.
      - What was changed in place is compared once more when all waiting is over. With V(false) this is left out.
      - With V(false) the module returns as soon as the service has taken the request.
      - A deleted task is waited for until the service does not list it any more.
    type: bool
    default: true
  wait_timeout:
    description:
      - How long to wait at most, in seconds. More than 0, fractions are allowed.
      - When it is over, the module fails; the service goes on by itself, and the next run goes on from there.
    type: float
    default: 600.0
  wait_interval:
    description:
      - Time between two looks at the task while waiting, in seconds. More than 0, fractions are allowed.
    type: float
    default: 2.0
"""

    NOTES = r"""
options: {}
notes:
  - What is not declared is not compared and stays as it is in an existing task. An empty text declares that there shall be
    nothing, except for secrets, where it is the same as not declaring them.
  - Where an option is said to have a value for new tasks, this value is sent when a task is created and nothing is declared. It is
    no default of the option; it is never compared with an existing task.
  - Values are compared by what they mean. Order and repetition in sets of names, upper and lower case of words that the service
    spells in its own way, and slashes at both ends of a path make no difference.
  - Right before a task is changed or deleted it is looked at once more. What others have changed meanwhile and is not declared is kept;
    where the task was re-created or deleted, it is planned anew, once.
  - A task that is declared as paused is paused first and changed then. One that is declared as running is changed first and started
    then. Where a change wakes a paused task, the task is paused again.
  - Every change in place is read back, for as long as the task is in a state of transition, and once more at the end. A change that the
    service accepted and did not make is up to C(on_immutable_change); one that went back is an error.
  - Where two runs create the same task at the same moment and the service allows two of one name, the run that made the later one takes
    it back.
  - When the answer to a request was lost, the module looks at the task before anything is sent again, so a task is never created
    twice.
"""
