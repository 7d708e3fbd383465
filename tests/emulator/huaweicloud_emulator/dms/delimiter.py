# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``record_delimiter``: three ways to write a newline, three to write nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..cloud import Cloud

NONE = "NULL"
ACCEPTED = (",", ";", "|", "\n", "\\n", "", NONE)


def echoed(cloud: Cloud, api: str, sent: str) -> str | None:
    """What GET shows of the delimiter that was sent; ``api`` is ``sink`` or ``connect``."""
    if sent in (",", ";", "|"):
        return sent
    if sent == NONE or (sent == "" and cloud.switches["dms.empty_delimiter_means"] == "none"):
        return {"NULL": NONE, "empty": "", "null": None}[cloud.switches["dms.no_delimiter_echo"]]
    return {"LF": "\n", "\\n": "\\n", "empty": "", "as sent": sent}[cloud.switches[f"dms.{api}.newline_echo"]]
