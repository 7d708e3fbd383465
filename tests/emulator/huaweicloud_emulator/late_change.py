# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A change of settings that is seen late, or taken back after it was seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .walk import Walk

if TYPE_CHECKING:
    from .cloud import Cloud


class LateChange:
    """The settings of one task on their way: the old ones are shown, then the new ones, then perhaps the old ones again."""

    def __init__(self, cloud: Cloud) -> None:
        self._walk = Walk(cloud, "settled")

    def begin(self, put_in: Callable[[], None], put_back: Callable[[], None], late: int | str = 0, undone: int | str = 0) -> None:
        """Call ``put_in`` when the dwell ``late`` is over, and unless the dwell ``undone`` is 0, ``put_back`` that much later.

        A change that begins while another is under way takes its place. Raises ValueError when a dwell is neither a number nor a time.
        """

        def seen() -> None:
            put_in()
            if undone != 0:
                self._walk.move("settled", via="seen", dwell=undone, arrived=put_back)

        self._walk.move("settled", via="late", dwell=late, arrived=seen)

    def read(self) -> None:
        """Count one answer that shows the settings."""
        self._walk.read()

    def settle(self) -> None:
        """Let what is due take effect."""
        self._walk.peek()

    def under_way(self) -> bool:
        return self._walk.moving()
