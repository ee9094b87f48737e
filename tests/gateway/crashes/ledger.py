"""What the writers know: every write acknowledged to them, and how often they had to ask."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from tests.gateway.changing import UNSAID, document
from tests.gateway.conftest import CLAIMS
from tests.gateway.life_model import Case
from tests.gateway.surviving.clients import request_bytes

_USERS = {**CLAIMS, "supervisor-2": {"role": "SUPERVISOR", "sub": "supervisor-2"}}
#: With the code under which the treasury then reports the payment.
_SUBMITTED = document(
    "submitApplication", "application { id bill { code } } errors { code message path }"
)


@dataclass(frozen=True)
class Write:
    """One call of a mutation; a retry is the same to the last byte."""

    mutation: str
    user: str
    key: str
    given: dict[str, Any]

    def request(self) -> bytes:
        values = {
            "input": {"idempotencyKey": self.key, **UNSAID.get(self.mutation, {}), **self.given}
        }
        asked = _SUBMITTED if self.mutation == "submitApplication" else document(self.mutation)
        return request_bytes(asked, variables=values, **_USERS[self.user])

    @property
    def digest(self) -> bytes:
        """The digest of the user and the key, as the database stores it."""
        who = _USERS[self.user]
        return sha256(f"{who['role']}\0{who['sub']}\0{self.key}".encode()).digest()


@dataclass
class Ledger:
    """Kept by all writers together."""

    #: How many writes are wanted.
    wanted: int
    acknowledged: list[tuple[Write, dict[str, Any]]] = field(default_factory=list)
    #: As their writers know them.
    cases: list[Case] = field(default_factory=list)
    #: Of writes that took several tries, by digest: when the one began that was acknowledged.
    asked_again: dict[bytes, datetime] = field(default_factory=dict)
    #: Tries that were not acknowledged, by reason: nobody knows whether they were done.
    in_doubt: Counter[str] = field(default_factory=Counter)
    #: What a gateway said of them, where it answered.
    said: Counter[str] = field(default_factory=Counter)
    #: Tries that never reached a gateway.
    turned_away: int = 0
    #: How often each person applied: some few do so twice.
    files: Counter[int] = field(default_factory=Counter)
    #: Writes that should have been done and were refused, by mutation and code.
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def is_full(self) -> bool:
        return len(self.acknowledged) >= self.wanted

    def __str__(self) -> str:
        return (
            f"{len(self.acknowledged)} writes to {len(self.cases)} applications,"
            f" in doubt: {dict(self.in_doubt)}, turned away: {self.turned_away},"
            f" refused: {dict(self.refused)}"
        )
