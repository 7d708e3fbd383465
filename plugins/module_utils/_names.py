# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that may have been meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def find_near(name: str, known: Iterable[str], most: int = 3, nearness: float = 0.7) -> list[str]:
    """Those of the known names that are spelt nearly alike, the nearest first; never the name itself."""
    folded: dict[str, str] = {}
    for candidate in sorted({*filter(None, known)} - {name}):
        folded.setdefault(candidate.casefold(), candidate)
    return [folded[key] for key in difflib.get_close_matches(name.casefold(), list(folded), most, nearness)]


def advise_names(name: str, known: Iterable[str], most: int = 3, nearness: float = 0.7) -> str:
    """C(; did you mean orders or order?), or a full stop where nothing is near."""
    near = find_near(name, known, most, nearness)
    return "; did you mean %s?" % " or ".join(near) if near else "."
