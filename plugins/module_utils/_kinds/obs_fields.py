# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How places in OBS are named, the same for every service that dumps there."""

from __future__ import annotations

from .._task.kind import FileLayout
from .._task.rules import Text

PARTITION_FORMATS = ("yyyy", "yyyy/MM", "yyyy/MM/dd", "yyyy/MM/dd/HH", "yyyy/MM/dd/HH/mm")
BUCKET = Text(
    longest=63,
    pattern=r"[a-z0-9._-]{3,}",
    pattern_says="a bucket name has 3 to 63 lower-case letters, digits, hyphens, underscores and dots",
)


def lay_out_files(bucket_field: str, path_field: str, *, by_topic: bool = False) -> FileLayout:
    """Services differ in what they call the place, and in nothing else."""
    return FileLayout("obs", bucket_field, path_field, "partition_format", "processing_schema", "deliver_time_interval", by_topic)
