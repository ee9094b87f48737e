"""Files of which something stands against a grant by rule: of the table of conditions, one for each
that can be planted."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg

from models.vocabulary import GrantCondition
from tests.gateway.changing import (
    IDENTITY,
    pay_bill,
    perform,
    reference_of,
    refused_case,
    row_id,
    wait_until_linked,
)
from tests.gateway.conftest import Viewer
from tests.journeys.test_family import hand_in, member
from tests.journeys.test_inquiry import open_inquiry, read
from tests.models.test_granting import SENT
from tests.people import rewrite
from tests.world import today

_C = GrantCondition
TOURIST = {"visaType": "B1", "nationality": "AU", "tripPurpose": "TOURISM"}
_SYLLABLES = "badefigohukaleminopurasetivowuyaze"


def somebody(number: int) -> dict[str, str]:
    """A person who is like no other."""
    word = "".join(_SYLLABLES[2 * (number // 17**place % 17) :][:2] for place in range(3))
    born = today() - timedelta(days=7_000 + 13 * number % 20_000)
    return {
        **IDENTITY,
        "fullName": f"{word} {word[::-1]}son".title(),
        "passportNumber": f"NH{number:07}",
        "birthDate": born.isoformat(),
    }


LISTED = somebody(9_002) | {"fullName": "Quendrith Falmouth"}
LISTED_LATER = somebody(9_006) | {"fullName": "Brannoch Tevlin"}
#: Of a child of nine.
NINE = {"birthDate": (today() - timedelta(days=9 * 365)).isoformat()}


class Day:
    """What is lodged on one day, and what people do with some of it."""

    def __init__(self, who: dict[str, Viewer], connection: asyncpg.Connection) -> None:
        self.who, self.connection = who, connection
        self.cases = list[str]()

    async def lodge(self, *, is_paid: bool = True, is_ready: bool = True, **given: Any) -> str:
        """A file of somebody of their own: handed in, paid, complete and handed over."""
        person = somebody(len(self.cases))
        values = {**TOURIST, "identity": person}
        agent = self.who["agent-au"]
        case = await perform(agent, "submitApplication", **{**values, **given})
        return await self.complete(case, is_paid=is_paid, is_ready=is_ready)

    async def complete(self, case: str, *, is_paid: bool = True, is_ready: bool = True) -> str:
        agent = self.who["agent-au"]
        self.cases.append(case)
        if is_paid:
            await pay_bill(self.who, case)
        await perform(agent, "recordDocuments", case, documents=["PHOTOGRAPH"])
        return await perform(agent, "markReceived", case) if is_ready else case

    async def family(self, *members: dict[str, Any], paid: int) -> list[str]:
        """The files of a family, of which so many are paid."""
        files = [{**one, **TOURIST} for one in members]
        taken = await hand_in(self.who["agent-au"], files, isGroup=True)
        cases = [one["application"]["id"] for one in taken["results"]]
        return [
            await self.complete(case, is_paid=number < paid) for number, case in enumerate(cases)
        ]

    async def run(self, statement: str, case: str, *values: Any) -> None:
        await self.connection.execute(statement, row_id(case), *values)

    # --- What stands against one ------------------------------------------------------------

    async def not_paid(self) -> str:
        return await self.lodge(is_paid=False)

    async def of_another_nationality(self) -> str:
        return await self.lodge(nationality="SG")

    async def not_handed_over(self) -> str:
        return await self.lodge(is_ready=False)

    async def without_documents(self) -> str:
        direct = {**TOURIST, "identity": somebody(9_001)}
        applicant = Viewer(self.who["applicant"].client, {"role": "APPLICANT", "sub": "direct"})
        self.cases.append(await perform(applicant, "submitApplication", **direct))
        return await pay_bill(self.who, self.cases[-1])

    async def waiting_for_the_scanner(self) -> str:
        case = await self.lodge()
        await self.run(SENT, case)
        return case

    async def no_longer_eligible(self) -> str:
        case = await self.lodge(tripPurpose="BUSINESS")
        await self.connection.execute(
            "INSERT INTO eligibility VALUES ('B1', 'VISA_ON_ARRIVAL', 'BUSINESS', $1, false)",
            today(),
        )
        return case

    async def that_nobody_can_read(self) -> str:
        # Not while the LINKER has it in hand.
        case = await wait_until_linked(self.who, await self.lodge(is_ready=False))
        await self.run(
            "UPDATE identity SET sealed = sealed || '{\"full_name\": \"x\"}' WHERE applicant_id ="
            " (SELECT applicant_id FROM application WHERE id = $1)", case,
        )  # fmt: skip
        await self.run("UPDATE application SET is_linked = false WHERE id = $1", case)
        return await perform(self.who["agent-au"], "markReceived", case)

    async def like_an_entry(self) -> str:
        return await self.lodge(identity=LISTED)

    async def like_an_entry_of_later(self) -> str:
        return await self.lodge(identity=LISTED_LATER)

    async def with_a_hit(self) -> str:
        case = await self.lodge()
        await self.give_to_officer(case)
        await perform(self.who["officer"], "referToScreening", case)
        await perform(self.who["screening"], "recordScreening", case, kind="ENTRY_BAN",
                      result="HIT")  # fmt: skip
        return await perform(self.who["officer"], "releaseCase", case, reason="It is a hit.")

    async def give_to_officer(self, case: str) -> None:
        given = {"officer": "officer", "reason": "In turn."}
        await perform(self.who["supervisor"], "reassignCase", case, **given)

    async def held(self) -> str:
        case = await self.lodge()
        return await perform(self.who["supervisor"], "holdApplication", case)

    async def of_whoever_was_refused(self) -> str:
        passport = {"passportNumber": somebody(9_003)["passportNumber"]}
        await refused_case(self.who, visaType="C1", identity=somebody(9_004) | passport)
        return await self.lodge(identity=somebody(9_003))

    async def being_corrected(self) -> str:
        case = await self.lodge()
        name = {"fullName": "Somebody Else"}
        await perform(self.who["agent-au"], "proposeCorrection", case, identity=name)
        return case

    async def in_an_inquiry(self) -> str:
        case = await self.lodge()
        opened = (await open_inquiry(self.who["supervisor"])).payload["inquiry"]["reference"]
        named = await reference_of(self.who["supervisor"], case)
        assert (await read(self.who["supervisor"], opened, named)).errors == []
        return case

    async def asked_and_answered(self) -> str:
        case = await self.lodge()
        await self.give_to_officer(case)
        await perform(self.who["officer"], "requestInformation", case)
        await perform(self.who["agent-au"], "answerInformation", case)
        return await perform(self.who["officer"], "releaseCase", case, reason="A friend.")

    async def given_back(self) -> str:
        case = await self.lodge()
        await self.give_to_officer(case)
        return await perform(self.who["officer"], "releaseCase", case, reason="A friend.")

    async def with_a_short_passport(self) -> str:
        case = await self.lodge()
        person = await self.connection.fetchval(
            "SELECT applicant_id FROM application WHERE id = $1", row_id(case)
        )
        await rewrite(self.connection, person, passport_expires_on=today() + timedelta(days=90))
        return case

    async def of_a_child(self) -> str:
        guardian = {"hasConsented": True, "name": "Ana Lund", "relation": "PARENT"}
        guardian["phone"] = "+61 400 000 001"
        return await self.lodge(identity=somebody(9_005) | NINE, guardian=guardian)

    async def of_a_child_whose_group_has_no_adult(self) -> str:
        child = member("Quinn")
        child["identity"] |= NINE
        child["guardian"] = {"travelsInGroup": True, "hasConsented": True}
        [case] = await self.family(child, paid=1)
        return case

    async def of_a_family_of_which_one_has_not_paid(self) -> str:
        [paid, _] = await self.family(member("Oona"), member("Perry"), paid=1)
        return paid

    async def plain(self) -> str:
        return await self.lodge()


#: What is missing of what the system cleared by no list.
UNANSWERED = (_C.CLEARED, _C.CLEARED_LATELY)
Plant = Callable[[Day], Awaitable[str]]
#: By condition: what is planted, and what it lacks then, but for an answer by today's list.
PLANTED: dict[GrantCondition, tuple[Plant, set[GrantCondition]]] = {
    _C.PAID: (Day.not_paid, {_C.PAID, _C.NOT_TOO_EARLY, *UNANSWERED}),
    _C.NATIONALITY: (Day.of_another_nationality, {_C.NATIONALITY}),
    _C.NOT_TOO_EARLY: (Day.plain, {_C.NOT_TOO_EARLY}),
    _C.HANDED_OVER: (Day.not_handed_over, {_C.HANDED_OVER, *UNANSWERED}),
    _C.DOCUMENTS: (Day.without_documents, {_C.DOCUMENTS}),
    _C.SCANNED: (Day.waiting_for_the_scanner, {_C.SCANNED}),
    _C.ELIGIBLE: (Day.no_longer_eligible, {_C.ELIGIBLE}),
    _C.LINKED: (Day.that_nobody_can_read, {_C.LINKED, *UNANSWERED}),
    _C.CLEARED: (Day.like_an_entry, {_C.NO_CANDIDATE, *UNANSWERED}),
    _C.CLEARED_LATELY: (Day.plain, {_C.CLEARED_LATELY}),
    _C.BY_TODAYS_LIST: (Day.like_an_entry_of_later, {_C.NO_CANDIDATE, *UNANSWERED}),
    _C.NO_HIT: (Day.with_a_hit, {_C.PAID, _C.CLEARED, _C.NO_HIT, _C.ON_NO_DESK}),
    _C.NOT_HELD: (Day.held, {_C.NOT_HELD}),
    _C.NO_LINKED_REFUSAL: (Day.of_whoever_was_refused, {_C.NO_LINKED_REFUSAL}),
    _C.NO_CORRECTION: (Day.being_corrected, {_C.NO_CORRECTION}),
    _C.NO_INQUIRY: (Day.in_an_inquiry, {_C.NO_INQUIRY}),
    _C.NOTHING_TO_READ: (
        Day.asked_and_answered,
        {_C.PAID, _C.NOTHING_TO_READ, _C.ON_NO_DESK},
    ),
    _C.ON_NO_DESK: (Day.given_back, {_C.PAID, _C.ON_NO_DESK}),
    _C.PASSPORT: (Day.with_a_short_passport, {_C.PASSPORT}),
    _C.NO_NAMED_GUARDIAN: (Day.of_a_child, {_C.NO_NAMED_GUARDIAN}),
    _C.ADULT_OR_WITH_FAMILY: (
        Day.of_a_child_whose_group_has_no_adult,
        {_C.ADULT_OR_WITH_FAMILY},
    ),
    _C.FAMILY: (Day.of_a_family_of_which_one_has_not_paid, {_C.FAMILY}),
}
