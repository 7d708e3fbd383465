# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that write into buckets: which are good, which were revoked, which have no right on a bucket.

They are the ``access_key`` and ``secret_key`` of tasks, no business of the API's callers. As long as none is declared, every pair is good;
from the first one on, what is not declared is unknown to OBS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .switches import Switch

if TYPE_CHECKING:
    from .cloud import Cloud

VALID, REVOKED = "valid", "revoked"
STATUSES = (VALID, REVOKED)
BY_ITSELF = "by itself"

SWITCHES = {
    "delivery.failed_status": Switch(
        "ABNORMAL",
        ("ABNORMAL", "ERROR", "FAILED", "RUNNING"),
        "dis.md 5, kafka.md 4.5: what becomes of a task whose delivery OBS refuses is not described. RUNNING: it goes on saying so, and "
        "its offsets stand still",
        unobservable_why="needs a key that was revoked while messages wait",
    ),
    "delivery.recovery": Switch(
        BY_ITSELF,
        (BY_ITSELF, "when started"),
        "dis.md 5: whether a task that failed goes on by itself once its key or agency is good again, or has to be started",
        unobservable_why="needs a key that was revoked while messages wait",
    ),
    "delivery.key_check": Switch(
        "at delivery",
        ("at delivery", "at once"),
        "kafka.md 1.1: no code is published for bad OBS credentials. At once: create and modify refuse (400 DMS.00400062, DMS.00400800)",
    ),
}


@dataclass
class WriterKey:
    """``buckets`` are the names it may write to; None is any."""

    access: str
    secret: str
    status: str = VALID
    buckets: frozenset[str] | None = None

    def shown(self) -> dict[str, Any]:
        return {"access": self.access, "status": self.status, "buckets": sorted(self.buckets) if self.buckets is not None else None}


def objection(cloud: Cloud, secrets: Mapping[str, str], bucket: str) -> str | None:
    """What OBS has against writing into the bucket with these secrets of a task; None when it takes the object."""
    access = secrets.get("access_key")
    if not cloud.writer_keys or not access:
        return None
    key = cloud.writer_keys.get(access)
    if key is None:
        return "InvalidAccessKeyId: the access key does not exist"
    if key.status == REVOKED:
        return "InvalidAccessKeyId: the access key was revoked"
    if secrets.get("secret_key") != key.secret:
        return "SignatureDoesNotMatch: the secret key is another one"
    if key.buckets is not None and bucket not in key.buckets:
        return f"AccessDenied: the access key has no right to write into the bucket {bucket}"
    return None
