# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._option_checks import check_duration, check_least, check_pattern, refuse


@pytest.mark.parametrize(
    ("problems", "texts"),
    [
        (check_least("parallelism", 1), []),
        (check_least("parallelism", 0), ["parallelism is 0, allowed is 1 or more"]),
        (check_least("overlap", 0.0, 0, "seconds"), []),
        (check_least("overlap", -0.5, 0, "seconds"), ["overlap is -0.5, allowed is 0 seconds or more"]),
        (check_duration("watch", 0.1), []),
        (check_duration("watch", 0), ["watch is 0, allowed is more than 0 seconds"]),
        (check_duration("watch", 3600, 3600), []),
        (check_duration("watch", 3601, 3600), ["watch is 3601, allowed is more than 0 and up to 3600 seconds"]),
        (check_pattern("name_pattern", None), []),
        (check_pattern("name_pattern", "^a-"), []),
    ],
)
def test_what_is_out_of_range_is_named_with_its_range(problems: list[str], texts: list[str]) -> None:
    assert problems == texts


def test_all_problems_are_refused_in_one_message() -> None:
    refuse([])
    (pattern,) = check_pattern("name_pattern", "(")
    assert pattern.startswith("name_pattern is no regular expression: ")
    with pytest.raises(ConfigurationError, match=r"^parallelism is 0, allowed is 1 or more; name_pattern is no regular expression: .*\.$"):
        refuse([*check_least("parallelism", 0), pattern])
