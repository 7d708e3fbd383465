# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a row of the report says where little is known."""

from __future__ import annotations

from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.rows import describe_movement


def test_what_moved_is_told_where_there_is_an_earlier_report_only() -> None:
    assert describe_movement({}) == describe_movement({"moved": None}) == ""
    assert describe_movement({"moved": {"lag": 0, "discarded": 1}}) == "1 record dropped"
    assert describe_movement({"moved": {"lag": 5}}).startswith("lag ")
