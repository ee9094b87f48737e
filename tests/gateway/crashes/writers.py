"""Writers that take applications through their lives, and ask until they are answered."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from random import Random
from typing import Any

from tests.gateway.changing import IDENTITY, key, receipt
from tests.gateway.crashes.ledger import Ledger, Write
from tests.gateway.life_calls import LAST, any_of, onward, possible
from tests.gateway.life_model import Case, follow
from tests.gateway.surviving.clients import Reply, Wire

#: Longer than a gateway takes for any answer.
PATIENCE = 20
PAUSE = 0.2
#: How many people apply.
PEOPLE = 2_000
#: What is malformed, or not for this user, is so again however often it is asked.
REFUSED_FOR_GOOD = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
#: A write that is refused is a finding; after so many there is nothing more to find.
MOST_REFUSED = 20


def _person(number: int) -> dict[str, str]:
    """A name and a passport of each person's own."""
    return {"fullName": f"Person Number {number}", "passportNumber": f"P{number:07}"}


class Writer:
    """Does one write after the other; what broke is tried again, mostly at another gateway.

    Without an answer it does not know whether a write was done: the key makes a retry safe.
    ``forgets_keys`` is the fault of a client that takes a new key for each try.
    """

    def __init__(
        self,
        wires: Sequence[Wire],
        ledger: Ledger,
        chance: Random,
        *,
        longest_life: int = 14,
        forgets_keys: bool = False,
    ) -> None:
        self._wires = wires
        self._ledger = ledger
        self._chance = chance
        self._longest_life = longest_life
        self._forgets_keys = forgets_keys
        #: The code of the bill of the application that lives, and whose it is.
        self._bill = ""
        self._person = 0

    async def write(self) -> None:
        """One life after the other, until there are enough writes."""
        try:
            while not self._ledger.is_full:
                await self._live()
        finally:
            for wire in self._wires:
                wire.close()

    async def begin(self, officer: str) -> None:
        """A first case of an officer, who takes it: by name they are given one only after it."""
        case = await self._submit()
        assert case is not None
        for mutation in ("recordPayment", "recordDocuments", "markReceived"):
            calls = [one for one in possible(case) if one.mutation == mutation]
            call = max(calls, key=lambda call: len(call.given.get("documents", ())))
            values = {**self._case_arguments(case, call.mutation), **call.given}
            assert await self._perform(Write(call.mutation, call.user, key(), values))
            follow(case, call)
        assert await self._perform(Write("takeCase", officer, key(), {"queue": "FREE"}))
        case.officer = officer
        case.enter("IN_VERIFICATION")

    async def _live(self) -> None:
        case = await self._submit()
        for left in reversed(range(self._chance.randint(0, self._longest_life))):
            if case is None or self._ledger.is_full:
                return
            ends = [call for call in possible(case) if call.mutation in LAST]
            call = any_of(ends, self._chance) if ends and not left else onward(case, self._chance)
            if call is None:
                return
            values = {**self._case_arguments(case, call.mutation), **call.given}
            if call.mutation == "proposeCorrection":
                # Who shares a name is linked to each of its bearers, who would be thousands.
                [name] = call.given["identity"].values()
                values["identity"] = {"fullName": f"{name} {self._person}"}
            if await self._perform(Write(call.mutation, call.user, key(), values)) is None:
                return
            follow(case, call)

    def _case_arguments(self, case: Case, mutation: str) -> dict[str, Any]:
        """What names the case: to the treasury, its bill."""
        if mutation == "recordPayment":
            return {"billingCode": self._bill, "receiptNumber": receipt()}
        return {"applicationId": case.id}

    async def _submit(self) -> Case | None:
        is_calling = self._chance.random() < 0.2
        self._person = self._chance.randrange(PEOPLE)
        self._ledger.files[self._person] += 1
        values = {
            "visaType": "C1",
            "nationality": "AF" if is_calling else "AU",
            "identity": {**IDENTITY, **_person(self._person)},
        }
        payload = await self._perform(Write("submitApplication", "agent-au", key(), values))
        if payload is None:
            return None
        case = Case(payload["application"]["id"], is_calling)
        self._bill = payload["application"]["bill"]["code"]
        self._ledger.cases.append(case)
        return case

    async def _perform(self, write: Write) -> dict[str, Any] | None:
        """Ask until there is an answer: what was acknowledged, or None where it was refused."""
        began = None
        while (payload := await self._try_once(write)) is None:
            await asyncio.sleep(PAUSE * self._chance.random())
            if self._forgets_keys:
                write = replace(write, key=key())
            began = datetime.now(UTC)
        if payload["errors"]:
            code = payload["errors"][0]["code"]
            if code == "LINK_COUNTS" and self._ledger.files[self._person] > 1:
                return None  # another file of the person speaks against it
            self._ledger.refused[f"{write.mutation} {code}"] += 1
            if self._ledger.refused.total() > MOST_REFUSED:
                raise AssertionError(f"hardly anything is done: {self._ledger}")
            return None
        self._ledger.acknowledged.append((write, payload))
        if began:
            self._ledger.asked_again[write.digest] = began
        return payload

    async def _try_once(self, write: Write) -> dict[str, Any] | None:
        wire = self._chance.choice(self._wires)
        try:
            async with asyncio.timeout(PATIENCE):
                reply = await wire.ask(write.request())
        except ConnectionRefusedError:
            self._ledger.turned_away += 1
            return None
        except (EOFError, OSError) as error:  # TimeoutError included
            self._ledger.in_doubt[type(error).__name__] += 1
            return None
        return self._payload(reply, write)

    def _payload(self, reply: Reply, write: Write) -> dict[str, Any] | None:
        answer = json.loads(reply.body)
        if errors := answer.get("errors"):
            if reply.status in REFUSED_FOR_GOOD:
                raise AssertionError(f"{write.mutation} is no request: {answer}")
            self._ledger.in_doubt[errors[0]["extensions"]["code"]] += 1
            self._ledger.said[f"{write.mutation}: {errors[0]['message']}"] += 1
            return None
        payload = answer["data"][write.mutation]
        # The LINKER needs a moment, and longer where it was killed.
        is_early = any(error["code"] == "NOT_LINKED" for error in payload["errors"])
        return None if is_early else payload
