"""`gerbang demo --lively`: people who hand in, pay, ask, answer and decide while somebody looks on.

They are the demo's own users, and call the API as any client does.
"""

import asyncio
import logging
from collections import deque
from datetime import UTC, datetime, timedelta
from itertools import cycle
from random import Random
from secrets import token_hex
from typing import Any

import httpx2

from gateway.cli.demo_users import AnswerError, DemoUsers
from gateway.development.users import PARTNER
from models.instants import wib_day
from models.life.grant_conditions import is_adult
from models.logs import facts
from models.synthetic.inputs import reference
from models.synthetic.people import new_address, new_person
from models.vocabulary import ANSWERED_WITH, Entry, RequestedItemKind

#: Other accounts are left to whoever looks on.
_OFFICER, _SCREENING, _TREASURY, _SYSTEM = "officer-2", "screening", "treasury", "service"
_APPLICANTS = ("applicant", "applicant-2", "applicant-3")
#: So many cases are left for another officer to take.
_LEFT_TO_TAKE = 2
#: Shares of the partners' cases that are asked for something, and refused.
_ASKED, _REFUSED = 0.25, 0.1
_ADDRESS = ("street", "city", "province")


log = logging.getLogger(__name__)


class LivelyDemo:
    """One after another of the users does something.

    Who applies, where, who is asked for what and who is refused follow from the seed; references
    and ids do not, since the database draws them.
    """

    def __init__(self, url: str, seed: int) -> None:
        self._random = Random(f"lively {seed}")
        self._users = DemoUsers(url)
        #: Of the partner's own files: the bills to pay, and the files to hand over.
        self._bills: deque[dict[str, Any]] = deque()
        self._files: deque[dict[str, Any]] = deque()
        on_arrival = {
            country.code
            for country in reference().countries
            if country.entry is Entry.VISA_ON_ARRIVAL
        }
        self._countries = [
            row.country_code
            for row in reference().partner_countries
            if row.partner_code == PARTNER and row.country_code in on_arrival
        ]

    async def run(self, pace: float) -> None:
        """Until it is cancelled; ``pace`` are the seconds from one step to the next."""
        day = (
            *(self._submit, self._pay, self._hand_over, self._take, self._work),
            *(self._screen, self._work, self._answer),
        )
        async with self._users:
            for act in cycle(day):
                try:
                    await act()
                except (httpx2.HTTPError, AnswerError) as error:
                    log.warning("a step failed", extra=facts(step=act.__name__, error=str(error)))
                await asyncio.sleep(pace)

    async def _submit(self) -> None:
        """The partner's system hands somebody in."""
        now = datetime.now(UTC)
        country = self._random.choice(self._countries)
        _, person = new_person(country, int(now.timestamp()), self._random)
        entry_on = wib_day(now) + timedelta(days=self._random.randrange(14, 80))
        guardian = {
            "hasConsented": True, "name": f"The guardian of {person.full_name}",
            "relation": "LEGAL_GUARDIAN", "phone": person.phone,
        }  # fmt: skip
        submitted = await self._users.change(
            *(_SYSTEM, "submitApplication"),
            visaType="B1",
            nationality=country,
            country=country,
            entryOn=str(entry_on),
            guardian=None if is_adult(person.birth_date, entry_on) else guardian,
            identity={
                "fullName": person.full_name,
                "passportNumber": person.passport_number,
                "birthDate": str(person.birth_date),
                "email": person.email,
                "phone": person.phone,
                "passportExpiresOn": str(person.passport_expires_on),
            },
        )
        if file := submitted["application"]:
            self._bills.append(file["bill"])
            self._files.append(file)

    async def _pay(self) -> None:
        """The treasury reports one bill paid: of whoever looks on, or of the partner."""
        for applicant in _APPLICANTS:
            waiting = await self._users.ask(applicant, "Waiting")
            bills = [file["bill"] for file in waiting["applications"]["nodes"] if file["bill"]]
            self._bills.extendleft(bill for bill in bills if not bill["paidAt"])
        if self._bills:
            bill = self._bills.popleft()
            await self._users.change(
                *(_TREASURY, "recordPayment"),
                billingCode=bill["code"],
                paid=bill["fee"],
                receiptNumber=token_hex(8).upper(),
            )

    async def _hand_over(self) -> None:
        """The partner hands over a complete file."""
        if self._files:
            file = self._files.popleft()
            kinds = [document["kind"] for document in file["documents"]]
            if kinds:
                await self._step(_SYSTEM, "recordDocuments", file, documents=kinds)
            await self._step(_SYSTEM, "markReceived", file)

    async def _take(self) -> None:
        """An officer takes the most urgent case, where enough others wait."""
        waiting = await self._users.ask(_OFFICER, "Free")
        if waiting["workList"]["totalCount"]["value"] > _LEFT_TO_TAKE:
            await self._users.change(_OFFICER, "takeCase", queue="FREE")

    async def _work(self) -> None:
        """The officer does what is next for the first case on the desk where something is."""
        for case in (await self._users.ask(_OFFICER, "Desk"))["workList"]["nodes"]:
            if case["status"] == "IN_VERIFICATION":
                if self._is_to_be_asked(case):
                    items = [{"kind": "ADDRESS_IN_INDONESIA"}]
                    await self._step(_OFFICER, "requestInformation", case, items=items)
                else:
                    await self._step(_OFFICER, "referToScreening", case)
                return
            if case["status"] == "SCREENING":
                decision = {"outcome": "GRANTED"}
                if self._random.random() < _REFUSED:
                    decision = {"outcome": "REFUSED", "grounds": ["INSUFFICIENT_MEANS"]}
                if await self._step(_OFFICER, "recordDecision", case, **decision):
                    return

    def _is_to_be_asked(self, case: dict[str, Any]) -> bool:
        """Once at most; and whoever applied directly always is, since somebody waits to answer."""
        if case["requestedItems"]["totalCount"]["value"]:
            return False
        return self._random.random() < _ASKED or case["channel"] == "DIRECT"

    async def _screen(self) -> None:
        """The screening authority clears whom nothing on the list of bans is like."""
        for question in (await self._users.ask(_SCREENING, "Questions"))["screenings"]["nodes"]:
            if not question["banMatches"] and not question["proposed"]:
                answer = {"kind": question["kind"], "result": "CLEAR"}
                await self._step(_SCREENING, "recordScreening", question["application"], **answer)

    async def _answer(self) -> None:
        """The partner's system answers what it was asked for."""
        for file in (await self._users.ask(_SYSTEM, "Waiting"))["applications"]["nodes"]:
            items = file["requestedItems"]["nodes"]
            if kinds := [item["kind"] for item in items if not item["answeredAt"]]:
                await self._step(_SYSTEM, "answerInformation", file, **_answers(file["id"], kinds))
                return

    async def _step(self, user: str, name: str, case: dict[str, Any], **given: Any) -> bool:
        """Whether a step at a case was taken."""
        return not (await self._users.change(user, name, applicationId=case["id"], **given))[
            "errors"
        ]


def _answers(case: str, kinds: list[str]) -> dict[str, Any]:
    """What is handed in of items: documents, and an address, which draws nothing from the seed."""
    is_asked_where = "ADDRESS_IN_INDONESIA" in kinds
    address = dict(zip(_ADDRESS, new_address(Random(case).getrandbits(32)), strict=True))
    answer = {"kind": "ADDRESS_IN_INDONESIA", "value": {"address": address}}
    return {
        "items": [kind for kind in kinds if RequestedItemKind(kind) not in ANSWERED_WITH],
        "answers": [answer] if is_asked_where else [],
    }
