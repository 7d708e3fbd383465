# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report → texts and lengths for templates."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Callable

from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.page import make_page
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.filter_errors import word_errors
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.marks import mark_unsafe

DOCUMENTATION = r"""
name: dump_report_page
short_description: Put a report on dumps into words
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Turns what P(opendump.huaweicloud.dump_report#filter) returns into what people read, for templates. Numbers and times become text,
    lag becomes the lengths of bars, and signs that cannot be seen get a stand-in. Nothing is escaped; that is for the template.
positional: sources
options:
  _input:
    description: The report.
    type: dict
    required: true
  sources:
    description: Style sheets and scripts that stand in the page, of which to compute the digests for its content security policy.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Say in one sentence how the dumps are
  ansible.builtin.debug:
    msg: "{{ (dumping | opendump.huaweicloud.dump_report(now(utc=true).isoformat()) | opendump.huaweicloud.dump_report_page).headline }}"
"""

RETURN = r"""
_value:
  description: >-
    The texts. C(headline) is the one sentence, C(problems) and C(rows) are what the templates of the role dumping_report go through,
    C(csv) the lines of its table.
    C(sources) are O(sources) with a C(digest) each.
  type: dict
"""


def dump_report_page(report: Mapping[str, Any], sources: Sequence[str] = ()) -> dict[str, Any]:
    """A report in words, for the templates.

    :param sources: names of the reports that it was joined from.
    """
    page = make_page(report)
    page["sources"] = [{"text": str(source), "digest": digest(source)} for source in sources]
    return mark_unsafe(page)


def digest(source: str) -> str:
    """As a content security policy names an inline source."""
    return "sha256-" + base64.b64encode(hashlib.sha256(str(source).encode()).digest()).decode()


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"dump_report_page": word_errors("dump_report_page", dump_report_page)}
