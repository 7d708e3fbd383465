# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that are complete or unknown: one that is shorter than its own total is read again, and then nothing is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Sized
from typing import Any, Optional, TypeVar

from .._errors import OpendumpError

READINGS = 3
#: the total of a list that says that it has more and does not show it
MORE = math.inf
Items = TypeVar("Items", bound=Sized)


def read_whole_list(what: str, read: Callable[[], tuple[Items, Optional[float]]]) -> Items:
    """The items of a list.

    :param what: what the list is of, as a plural with its place.
    :param read: reads all pages once; returns the items, each once, and the total that the service says: MORE where it says only that there
        are more, None where it says none.
    :raises OpendumpError: the list stays shorter than its total, so that whether something else is there cannot be told.
    """
    counts = ""
    for _reading in range(READINGS):
        items, total = read()
        if total is None or len(items) >= total:
            return items
        if total == MORE:
            counts = "The service says that there are more %s than the %d that it lists" % (what, len(items))
        else:
            counts = "The service says that there are %d %s and lists %d" % (total, what, len(items))
    raise OpendumpError(counts + ", also when it is asked again. Nothing is known about what it does not list; run again later.")


def has_more(flag: Any) -> bool:
    """Whether a list says that it goes on, as a truth value or as text."""
    return str(flag).lower() == "true"
