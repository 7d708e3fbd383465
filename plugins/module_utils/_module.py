# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AnsibleModule, with what every module of this collection needs: a client, and secrets that stay inside.

PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Optional

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._api_options import API_OPTIONS
from ._client import REQUESTS_IMPORT_ERROR, Client
from ._redaction import SHORTEST_SECRET


class DumpModule(AnsibleModule):
    """A module with the API options and check mode."""

    def __init__(self, argument_spec: dict[str, Any], **kwargs: Any) -> None:
        self._client: Optional[Client] = None
        self._accepted = False
        super().__init__(argument_spec={**API_OPTIONS, **argument_spec}, supports_check_mode=True, **kwargs)  # type: ignore[no-untyped-call]
        self._accepted = True

    def connect(self, connections: int = 1) -> Client:
        """The client that these options ask for.

        :raises ConfigurationError: the options do not say who asks, or whom.
        """
        if REQUESTS_IMPORT_ERROR is not None:
            self.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
        self._client = Client(self.params, warn=self.warn, connections=connections)
        self.hide(self._client.secrets)
        return self._client

    def hide(self, values: Iterable[str]) -> None:
        """Secrets that came by the environment, a profile or the service are unknown to the argument spec."""
        self.no_log_values.update(value for value in list(values) if len(value) >= SHORTEST_SECRET)

    def exit_json(self, **kwargs: Any) -> Any:
        self._hide_what_the_client_learnt()
        super().exit_json(**kwargs)

    def fail_json(self, msg: str, **kwargs: Any) -> Any:
        self._hide_what_the_client_learnt()
        if not self._accepted:
            # A misspelt option may hold a secret, which nobody knows to be one.
            kwargs.setdefault("invocation", {"module_args": {}})
        super().fail_json(msg, **kwargs)

    def _hide_what_the_client_learnt(self) -> None:
        if self._client is not None:
            self.hide(self._client.secrets)
