# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words that results and reports share: what becomes of tasks, and how they are."""

from __future__ import annotations

HEALTH = ("failed", "unknown", "starting", "paused", "ok")
"""What a status means, worst first."""
DONE = {
    "create": "created",
    "update": "updated",
    "recreate": "re-created",
    "delete": "deleted",
    "start": "started",
    "pause": "paused",
    "resume": "resumed",
}
"""What each action is called once it is done."""
