# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AnsibleModule, with what every module of this collection needs: a client, and secrets that stay inside."""

from __future__ import annotations

import contextlib
import shutil
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Callable, Optional

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._api.client import Client
from .._api.options import API_OPTIONS
from .._api.redaction import hide_options, list_spellings, make_printable, mask_secrets
from .._errors import OpendumpError, UnexpectedError
from .._signs import escape_controls
from .._task.items import NO_NAMES, OtherNames, name_errors
from .texts import read_texts
from .variables import name_variables

# Ansible blanks out these texts wherever they stand in a result. Shorter secrets are hidden by the names of their options, and taken out of
# what a service says.
SHORTEST_BLANKED = 6
# A job that is cancelled, Ctrl-C, a terminal that is closed.
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


PARALLELISM = {"type": "int", "default": 8}


class DumpModule(AnsibleModule):
    """A module with the API options and check mode."""

    # Own options that are single words and that messages name in no other sense.
    single_words: frozenset[str] = frozenset()
    # Options, by path, with what the like of them is called elsewhere.
    other_names: OtherNames = NO_NAMES

    def __init__(self, argument_spec: dict[str, Any], **kwargs: Any) -> None:
        self._client: Optional[Client] = None
        self._accepted = False
        self._secrets: set[str] = set()
        self._spellings: set[str] = set()
        self._handlers: dict[int, Any] = {}
        # The options before Ansible converts them and leaves out what it cannot, and what is wrong with those that came as text.
        self.given: dict[str, Any] = {}
        self.unread: list[str] = []
        super().__init__(argument_spec={**API_OPTIONS, **argument_spec}, supports_check_mode=True, **kwargs)  # type: ignore[no-untyped-call]
        self._accepted = True

    def _load_params(self) -> None:
        super()._load_params()  # type: ignore[no-untyped-call]
        self.params, self.unread = read_texts(self.params, self.argument_spec)
        self.given = dict(self.params)
        if self.unread:
            self.fail_json(msg="%s. Nothing was sent to the service." % "; ".join(self.unread))

    def connect(self, connections: int = 1) -> Client:
        """The client that these options ask for.

        :raises ConfigurationError: the options do not say who asks, or whom.
        """
        # requests takes longer to import than all of this collection: what is refused before this shall not wait for it
        from .._api.transport import REQUESTS_IMPORT_ERROR

        if REQUESTS_IMPORT_ERROR is not None:
            self.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
        self._client = Client(self.params, warn=self.warn, connections=connections)
        # The secrets of tasks too: the client takes them out of a service's words before it cuts those to length.
        self._client.secrets.update(self._list_secrets())
        self.hide(self._client.secrets)
        return self._client

    @contextlib.contextmanager
    def failing(self, result_so_far: Callable[[], Mapping[str, Any]] = dict) -> Iterator[None]:
        """Whatever goes wrong in here fails the module with a clear message, also a signal.

        :param result_so_far: what else the result says then.
        """
        self._listen(result_so_far)
        try:
            yield
        except OpendumpError as error:
            self.fail_json(msg=str(error), error=error.details, **result_so_far())
        except Exception as error:
            unexpected = UnexpectedError(error)
            self.fail_json(msg=str(unexpected), error=unexpected.details, **result_so_far())
        finally:
            self._stop_listening()

    def _listen(self, result_so_far: Callable[[], Mapping[str, Any]]) -> None:
        def stop(number: int, _frame: Any) -> None:
            # Who cancels a job may say so twice, to the group and to the process; the second shall not cut short the clearing away.
            for listened in self._handlers:
                signal.signal(listened, signal.SIG_IGN)
            self._handlers.clear()
            # Ansible has written the options there, secrets among them, and may not be there any more to take them away.
            if self._tmpdir:
                shutil.rmtree(self._tmpdir, ignore_errors=True)
            self.fail_json(
                msg="Stopped by %s. A request that was under way may have been executed or not; nothing else was begun. "
                "Run again: the next run looks at what there is and goes on from there." % signal.Signals(number).name,
                error={},
                **result_so_far(),
            )

        if threading.current_thread() is threading.main_thread():
            self._handlers = {number: signal.signal(number, stop) for number in SIGNALS}

    def _stop_listening(self) -> None:
        while self._handlers:
            signal.signal(*self._handlers.popitem())

    def _log_invocation(self) -> None:
        """The options for the system's log: Ansible shows dicts as Python writes them, where a secret may be spelt in another way."""
        given = self.params
        self.params = hide_options(given, self.argument_spec)
        try:
            super()._log_invocation()  # type: ignore[no-untyped-call]
        finally:
            self.params = given

    def name_variables(self, text: str) -> str:
        """A message in which options are called as the variables that carry them, where the caller has said how those begin."""
        prefix = self.params.get("variable_prefix") if isinstance(self.params, dict) else None
        return name_variables(text, prefix, self.argument_spec, self.single_words) if prefix else text

    def warn(self, warning: str, **kwargs: Any) -> None:
        """Warn, without secrets and without signs that a terminal obeys."""
        super().warn(self._make_presentable(self.name_variables(warning)), **kwargs)

    def hide(self, values: Iterable[str]) -> None:
        """Secrets that came by the environment, a profile or the service are unknown to the argument spec."""
        self._secrets.update(values)
        self._spellings.update(spelling for value in self._secrets if len(value) >= SHORTEST_BLANKED for spelling in list_spellings(value))
        self.no_log_values.update(self._spellings)

    def exit_json(self, **kwargs: Any) -> Any:
        self._prepare_end(kwargs)
        super().exit_json(**kwargs)

    def fail_json(self, msg: str, **kwargs: Any) -> Any:
        self._prepare_end(kwargs)
        if not self._accepted:
            msg = self.tell_refusal(msg)
        super().fail_json(self._make_presentable(self.name_variables(msg)), **kwargs)

    def tell_refusal(self, msg: str) -> str:
        """Why the options are refused: what Ansible says, which is the first error, and all others."""
        result = getattr(self, "validation_result", None)
        if result is None or not result.errors:
            return msg
        return "; ".join(name_errors(result.errors, result.unsupported_parameters, self.argument_spec, self.other_names))

    def _make_presentable(self, text: str) -> str:
        return make_printable(mask_secrets(text, self._list_secrets()))

    def _list_secrets(self) -> set[str]:
        """Those that were told to hide(), and those that the argument spec marks."""
        return self._secrets.union(map(str, self.no_log_values - self._spellings))

    def _prepare_end(self, result: dict[str, Any]) -> None:
        self._stop_listening()
        if self._client is not None:
            self.hide(self._client.secrets)
        # Ansible hides secrets by their value, so that a short one blanks out innocent output. Those are hidden by their name.
        known = self._list_secrets()
        self.no_log_values.clear()
        self.hide(known)
        # A misspelt option may hold a secret, which nobody knows to be one.
        result.setdefault("invocation", {"module_args": hide_options(self.params, self.argument_spec) if self._accepted else {}})
        result.update(escape_controls(result))
