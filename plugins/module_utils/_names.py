# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that may have been meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

# Shorter words are part of too many names.
SHORTEST_WORD = 4


def find_near(name: str, known: Iterable[str], most: int = 3, nearness: float = 0.7) -> list[str]:
    """Those of the known names that are spelt nearly alike, the nearest first; never the name itself.

    Where there are none, two letters may be swapped in a short name (osb for obs), or it is one word of a longer one (bukcet for
    obs_bucket_name).
    """
    folded: dict[str, str] = {}
    for candidate in sorted({*filter(None, known)} - {name}):
        folded.setdefault(candidate.casefold(), candidate)
    wanted = name.casefold()
    near = difflib.get_close_matches(wanted, list(folded), most, nearness)
    near = near or [key for key in folded if key != wanted and sorted(key) == sorted(wanted)][:most]
    if not near and len(wanted) >= SHORTEST_WORD:
        near = [key for key in folded if difflib.get_close_matches(wanted, re.findall(r"[^\W_]+", key), 1, max(nearness, 0.8))][:most]
    return [folded[key] for key in near]


def advise_names(name: str, known: Iterable[str], most: int = 3, nearness: float = 0.7) -> str:
    """C(; did you mean orders or order?), or a full stop where nothing is near."""
    near = find_near(name, known, most, nearness)
    return "; did you mean %s?" % " or ".join(near) if near else "."
