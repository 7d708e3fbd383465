# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write docs/docsite/rst/error_codes.rst from the table by which the modules explain refusals.

Usage: python dev/error_codes.py
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from checkout import ROOT

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api import error_codes as table

TARGET = ROOT / "docs" / "docsite" / "rst" / "error_codes.rst"
# REUSE-IgnoreStart
HEAD = """\
..
  Copyright (c) 2026, opendump contributors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

  Made by dev/error_codes.py from the table that the modules use; run `make error-codes` after changing that.

.. _ansible_collections.opendump.huaweicloud.docsite.error_codes:

Error codes
===========

What the modules know about the codes of the services, and what they advise. The meaning decides what a module does. It waits and tries
again when the service is *busy* or *throttled*, or when the fault is the *server*'s. It takes *task absent* for an answer. Everything else
ends the run.

The HTTP status says little. DIS reports a task that is not there with 400; DMS reports a quota that is reached with 404.
"""
# REUSE-IgnoreEnd


def section(title: str, codes: Mapping[str, table.Explanation]) -> str:
    alike: dict[table.Explanation, list[str]] = {}
    for code, explanation in sorted(codes.items()):
        alike.setdefault(explanation, []).append("``%s``" % code)
    if not alike:
        raise ValueError("no codes for " + title)
    rows = "".join(
        "  * - %s\n    - %s\n    - %s\n" % (", ".join(those), explanation.meaning.value, _literal(explanation.next_step))
        for explanation, those in alike.items()
    )
    head = "\n%s\n%s\n\n.. list-table::\n  :header-rows: 1\n  :widths: 30 15 55\n\n  * - Code\n    - Meaning\n    - Next step\n"
    return head % (title, "-" * len(title)) + rows


def _literal(text: str) -> str:
    """Names of options and variables stand out."""
    return re.sub(r"\b([a-z]+(?:[._][a-z_]+)+|[A-Z]+_[A-Z_]+)\b", r"``\1``", text) or "Read the message."


def page() -> str:
    codes = table._CODES
    services = {"DIS": "DIS", "DMS": "DMS for Kafka"}
    sections = [
        section(title, {code: explanation for code, explanation in codes.items() if code.startswith(name)})
        for name, title in services.items()
    ]
    others = {code: explanation for code, explanation in codes.items() if not code.startswith(tuple(services))}
    gateway = {"APIGW." + number: explanation for number, explanation in table._GATEWAY_CODES.items()}
    statuses = {str(status): explanation for status, explanation in table._STATUSES.items()}
    iam = {str(status): explanation for status, explanation in table._IAM_STATUSES.items()}
    return (
        HEAD
        + "".join(sections)
        + section("Other services", others)
        + section("API gateway (also as APIG.nnnn)", gateway)
        + section("IAM, by HTTP status", iam)
        + section("Without a code that is known, by HTTP status", statuses)
    )


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
