# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What requests are authenticated with, obtained when it is needed first and again when it has expired."""

from __future__ import annotations

import threading
from typing import Callable, Optional, Union

from .credentials import Key, Token
from .single_flight import SingleFlight

Proof = Union[Key, Token]

# A key that expires while a request is under way would fail it.
MARGIN_SECONDS = 60.0
MARGIN_PART = 0.1


class Authentication:
    """Shared by threads.

    :param obtain: asks for a token or key; called without a lock, by one thread at a time.
    :param renewable: whether a refused one can be replaced by a new one.
    :param now: seconds since 1970.
    """

    def __init__(self, obtain: Callable[[], Proof], renewable: bool, now: Callable[[], float]) -> None:
        self._obtain = obtain
        self._renewable = renewable
        self._now = now
        self._lock = threading.Lock()
        self._proof: Optional[Proof] = None
        self._refresh_at: Optional[float] = None
        self._flight: SingleFlight[Proof] = SingleFlight(self._store)

    def obtain_proof(self) -> Proof:
        """A proof that has not expired.

        :raises OpendumpError: there is none to be had.
        """
        with self._lock:
            proof = self._proof
            if proof is not None and (self._refresh_at is None or self._now() < self._refresh_at):
                return proof
            if proof is not None:
                self._drop()
        return self._flight.result()

    def renew(self, refused: Proof) -> bool:
        """Make obtain_proof() return another proof than the refused one; False where there is no other."""
        if not self._renewable:
            return False
        with self._lock:
            if self._proof is refused:
                self._drop()
        return True

    def _drop(self) -> None:
        self._proof = None
        self._flight.forget()

    def _store(self) -> Proof:
        proof = self._obtain()
        now = self._now()
        with self._lock:
            self._proof = proof
            self._refresh_at = None
            # A lifetime that is over already points to a wrong clock, not to the proof.
            if proof.expires_at is not None and proof.expires_at > now:
                self._refresh_at = proof.expires_at - min(MARGIN_SECONDS, (proof.expires_at - now) * MARGIN_PART)
        return proof
