# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What dumps have left in buckets: the names of the files, not what is in them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

KEPT = 2000
ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")
_DIRECTORIES = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M"}


@dataclass(frozen=True)
class DumpFile:
    bucket: str
    key: str
    size: int
    modified_ms: int

    def shown(self) -> dict[str, Any]:
        modified = datetime.fromtimestamp(self.modified_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"bucket": self.bucket, "key": self.key, "size": self.size, "last_modified": modified}


class Files:
    """The last files, oldest first."""

    def __init__(self) -> None:
        self._files: deque[DumpFile] = deque(maxlen=KEPT)

    def __iter__(self) -> Iterator[DumpFile]:
        return iter(self._files)

    def put(self, bucket: str, folder: str, partition_format: str, name: str, size: int, now_ms: int) -> DumpFile:
        """A file in the directory of its time, in the zone by which the services name directories."""
        moment = datetime.fromtimestamp(now_ms / 1000, ZONE)
        directory = moment.strftime(re.sub(r"yyyy|MM|dd|HH|mm", lambda part: _DIRECTORIES[part.group()], partition_format))
        key = "/".join(part.strip("/") for part in (folder, directory, name) if part.strip("/"))
        file = DumpFile(bucket, key, size, now_ms)
        self._files.append(file)
        return file

    def clear(self) -> None:
        self._files.clear()
