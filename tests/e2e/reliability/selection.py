# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much is tried: a fixed sample in `make test`; everything, or one part of everything, where OPENDUMP_SOAK says so.

OPENDUMP_SOAK=1 is everything, 3/8 the third of eight parts, each as mixed as the others.
"""

from __future__ import annotations

import os
import zlib

PART = os.environ.get("OPENDUMP_SOAK", "")
SOAK = PART not in ("", "0")


def _part() -> tuple[int, int]:
    number, _each, parts = PART.partition("/")
    if not number.isdigit() or not (parts or "1").isdigit() or not 1 <= int(number) <= int(parts or "1"):
        raise ValueError(f"OPENDUMP_SOAK is {PART!r}, but takes 1 for everything, or a part of it such as 3/8")
    return int(number), int(parts or "1")


NUMBER, PARTS = _part() if SOAK else (1, 1)


def chosen(name: str, one_in: int) -> bool:
    """:param one_in: the size of the sample where nobody soaks."""
    drawn = zlib.crc32(name.encode())
    return drawn % PARTS == NUMBER - 1 if SOAK else drawn % one_in == 0
