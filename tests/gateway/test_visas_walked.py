"""Holders, officers, supervisors and the keeper walk through lives of visas: granted by rule, held,
given back, entered by, extended, overstayed, revoked and erased; a model says what must come of
each call."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import asyncpg
import pytest

from models.ban_list.comparison import BanList
from models.instants import wib_day
from models.jobs.granting import grant_certain_cases
from models.jobs.screening import screen_paid_cases
from models.life import Verb, steps
from models.rights.erasure_steps import hide_due
from models.volumes import fold, verify
from tests.gateway.changing import IDENTITY, change, pay_bill, perform, row_id, wait_until_linked
from tests.gateway.conftest import Viewer
from tests.gateway.visa_model import (
    CROSSINGS,
    PREMISES,
    Extension,
    VisaLife,
    choose,
    follow,
    premises_met,
    refusal,
)
from tests.linking import KEYS
from tests.premises import Premises, holds

pytestmark = pytest.mark.anyio

#: In force at once: no walk waits for two hours.
_RULE = """
    ALTER TABLE grant_rule DROP CONSTRAINT IF EXISTS ck_grant_rule_hours_are_bounded;
    INSERT INTO grant_rule VALUES ('B1-1', 'B1', 1, '{AU}', 2, 0, 'director', 'PP 1')
        ON CONFLICT DO NOTHING;
"""
_WRITTEN = """
    SELECT application.status, is_held,
        (SELECT count(*) FROM decision
            WHERE application_id = application.id AND grant_rule_code = 'B1-1') AS by_rule,
        (SELECT count(*) FROM visa WHERE application_id = application.id) AS visas,
        ARRAY(SELECT status FROM application AS extension
            WHERE extends_visa_number = visa.visa_number ORDER BY submitted_at) AS extensions,
        (SELECT count(*) FROM movement WHERE movement.visa_number = visa.visa_number) AS movements,
        (SELECT count(*) FROM alert WHERE alert.application_id = application.id
            AND kind = 'REVOKED_IN_COUNTRY' AND closed_at IS NULL) AS alerts
    FROM application
    LEFT JOIN visa ON visa.decision_id = current_decision_id
    WHERE application.id = $1
"""
#: What a supervisor and border control read of a visa.
_READ = """
    query ($case: ID!, $number: String!) {
        application(by: {id: $case}) { decision { visa {
            usability presence extendedDays stay { enteredOn departedOn until confirmedAt }
        } } }
        overstays(first: 2, where: {visaNumber: {eq: $number}}) { nodes { visaNumber } }
    }
"""
#: Whether an extension is paid before the stay ends, as far as an entry tells.
_PAID_IN_TIME = """
    SELECT greatest(pay_by, due_at) <= coalesce(overstays_at, 'infinity') FROM application
    JOIN bill ON bill.application_id = application.id
    LEFT JOIN stay ON stay.visa_number = extends_visa_number
    WHERE application.id = $1
"""
_CHECK = """
    query ($number: String!, $passport: String!) {
        own: visaStatus(visaNumber: $number, passport: {issuingState: "AU", number: $passport})
        other: visaStatus(visaNumber: $number, passport: {issuingState: "NZ", number: $passport})
    }
"""
_ORDER_ERASURE = """
    INSERT INTO erasure (id, applicant_id, cause)
    SELECT gen_random_uuid(), applicant_id, 'RETENTION' FROM application WHERE id = $1
"""
_LEFT = """
    SELECT erased_at IS NOT NULL AS is_erased,
        (SELECT count(*) FROM movement WHERE applicant_id = applicant.id) AS movements,
        (SELECT count(*) FROM stay WHERE application_id = application.id
            AND num_nonnulls(entered_on, departed_on, stay_until) > 0) AS days
    FROM applicant JOIN application ON applicant.id = applicant_id
    WHERE application.id = $1
"""
#: What stays add to the figures of today.
_COUNTED = """
    SELECT coalesce(sum(in_country_change), 0)::integer, coalesce(sum(overstay_change), 0)::integer
    FROM volume_stay WHERE broken_down_by IS NULL AND starts_on <= wib_day(now())
"""


def nobody() -> float:
    """A draw that is in no sample."""
    return 1.0


def crossing_days(chance: Random) -> tuple[int, int, int]:
    """How many days ago somebody entered, left, and came back: around the last day of a stay, or
    well before it."""
    entered = chance.choice((*range(1, 10), 29, 30, 31, 45, 61))
    left = chance.randint(1, entered)
    return entered, left, chance.randint(1, left)


class Walk:
    """The life of one visa."""

    def __init__(
        self, who: Mapping[str, Viewer], connection: asyncpg.Connection, chance: Random, number: int
    ) -> None:
        self.who, self.connection, self.chance = who, connection, chance
        self.passport, self.visa = f"WV{number:07}", ""
        holder = {"role": "APPLICANT", "sub": f"holder-{number}"}
        self.holder = Viewer(who["applicant"].client, holder)
        self.life = VisaLife("", *crossing_days(chance))

    async def go(self, steps: int) -> None:
        born = f"{1950 + int(self.passport[2:]) % 50}-{1 + int(self.passport[2:]) // 50 % 12:02}-17"
        person = {"passportNumber": self.passport, "birthDate": born}
        case = await perform(
            self.holder,
            "submitApplication",
            visaType="B1",
            nationality="AU",
            tripPurpose="TOURISM",
            identity={**IDENTITY, "fullName": f"Wanda {self.passport}", **person},
        )
        # Whose case is being written waits for the LINKER's next pass.
        self.life.id = await pay_bill(self.who, await wait_until_linked(self.who, case))
        for _ in range(steps):
            await self._call(choose(self.life, self.chance))
        await self._erase()

    async def _call(self, call: str) -> None:
        life, expected = self.life, refusal(self.life, call)
        for premise in premises_met(life, call):
            holds(premise)
        found = await self._do(call)
        assert found == ([expected] if expected else []), (call, life)
        if expected is None:
            follow(life, call)
        await self._compare(call)
        if expected is None and life.status != "PAID":
            await self._compare_reading(call)

    async def _do(self, call: str) -> list[str]:
        who, extension = self.who, self.life.newest
        match call:
            case "screen":
                while await screen_paid_cases(KEYS, self.connection, BanList()):
                    pass
                return []
            case "grantByRule":
                await grant_certain_cases(KEYS, self.connection, nobody)
                return []
            case "confirmOverstays":
                confirmed = await change(who["border"], call, visaNumbers=[self.visa])
                if confirmed.is_done:
                    assert confirmed.payload["recorded"] == (not self.life.confirmed)
                return confirmed.codes
            case "applyForExtension":
                asked = await change(self.holder, call, self.life.id)
                if asked.is_done:
                    self.life.extensions.append(Extension(asked.id))
                    await wait_until_linked(who, asked.id)
                    assert await self.connection.fetchval(_PAID_IN_TIME, row_id(asked.id))
                return asked.codes
            case "recordPayment":
                assert extension
                await pay_bill(who, extension.id)
                return []
            case "holdApplication" | "releaseApplication" | "revokeVisa":
                return (await change(who["supervisor"], call, self.life.id)).codes
            case "returnVisa":
                return (await change(self.holder, call, self.life.id)).codes
        if call in CROSSINGS:
            return await self._report(call)
        assert extension
        if call == "reassignCase":
            given = {"officer": "officer", "reason": "In turn."}
            return (await change(who["supervisor"], call, extension.id, **given)).codes
        mutation, given = call, dict[str, Any]()
        if call == "recordAppearance" and not self.life.has_crossed:
            given = {"enteredOn": days_ago(0)}
        if call == "recordWrongEntry":
            mutation, day = (
                "recordAppearance",
                days_ago(0) if self.life.has_crossed else days_ago(-1),
            )
            given = {"enteredOn": day}
        if call in ("grant", "refuse"):
            mutation, given = "recordDecision", {"outcome": "GRANTED"}
            if call == "refuse":
                given = {"outcome": "REFUSED", "grounds": ["INSUFFICIENT_MEANS"]}
        return (await change(who["officer"], mutation, extension.id, **given)).codes

    async def _report(self, call: str) -> list[str]:
        """Report a crossing, as often as the call comes: it counts once."""
        life = self.life
        ago = {"leave": life.left, "comeBack": life.came_back}.get(call, life.entered)
        at = datetime.combine(wib_day(datetime.now(UTC)), datetime.min.time(), UTC)
        # On one day, too, in the order in which these can be.
        hours = {"leave": 6, "comeBack": 7}.get(call, 5)
        passport = self.passport
        if call == "enterWithAnotherPassport":
            passport = f"X{passport}"
        crossing = {
            "key": f"{self.passport}-{call}",
            "visaNumber": self.visa,
            "passport": {"issuingState": "AU", "number": passport},
            "direction": "EXIT" if call == "leave" else "ENTRY",
            "crossedAt": (at - timedelta(days=ago) + timedelta(hours=hours)).isoformat(),
            "port": "CGK",
        }
        recorded = await change(self.who["border"], "recordCrossings", crossings=[crossing])
        if recorded.is_done and call in ("enter", "leave", "comeBack"):
            assert recorded.payload["recorded"] == (call not in life.reported)
        return recorded.codes

    async def _compare(self, call: str) -> None:
        """Assert that the database and its readers have what the model has."""
        life = self.life
        written = await self.connection.fetchrow(_WRITTEN, row_id(life.id))
        is_granted = life.status != "PAID"
        is_there = life.presence == "IN_COUNTRY"
        assert dict(written) == {
            "status": life.status,
            "is_held": life.is_held,
            "by_rule": is_granted,
            "visas": is_granted,
            "extensions": [one.status for one in life.extensions],
            "movements": len(life.entries) + ("leave" in life.reported),
            "alerts": is_there and not life.is_in_force,
        }, call

    async def _compare_reading(self, call: str) -> None:
        life, who = self.life, self.who
        self.visa = self.visa or await self.connection.fetchval(
            "SELECT visa_number FROM visa WHERE application_id = $1", row_id(life.id)
        )
        read = (await who["supervisor"](_READ, case=life.id, number=self.visa)).data
        visa = read["application"]["decision"]["visa"]
        stay = visa.pop("stay")
        assert visa == {
            "usability": life.usability,
            "presence": life.presence,
            "extendedDays": life.extended_days,
        }, call
        if life.has_crossed:
            stay["confirmedAt"] = stay["confirmedAt"] is not None
            has_left = "leave" in life.reported
            assert stay == {
                "enteredOn": days_ago(min(life.entries)) if life.entries else None,
                "departedOn": days_ago(life.left) if has_left else None,
                "until": None if life.last_day is None else days_ago(life.last_day),
                "confirmedAt": life.confirmed is not None,
            }, call
        assert bool(stay) is life.has_crossed
        assert len(read["overstays"]["nodes"]) == (life.overstay is not None), call
        checked = await who["border"](_CHECK, number=self.visa, passport=self.passport)
        own = "OK" if life.usability == "VALID" else "NOT_OK"
        assert checked.data == {"own": own, "other": "NOT_OK"}, call

    async def _erase(self) -> None:
        """Erase the holder, which waits as long as anything of the life is open."""
        life = self.life
        for premise in premises_met(life, "erase"):
            holds(premise)
        await self.connection.execute(_ORDER_ERASURE, row_id(life.id))
        await hide_due(self.connection, 100)
        left = await self.connection.fetchrow(_LEFT, row_id(life.id))
        movements = len(life.entries) + ("leave" in life.reported)
        assert dict(left) == {
            "is_erased": life.is_over,
            "movements": 0 if life.is_over else movements,
            "days": life.has_crossed and not life.is_over,
        }, "erasure"
        await self.connection.execute("DELETE FROM erasure WHERE erased_at IS NULL")


def days_ago(number: int) -> str:
    return (wib_day(datetime.now(UTC)) - timedelta(days=number)).isoformat()


async def walk(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, lives: Iterable[int], steps_each: int
) -> None:
    await connection.execute(_RULE)
    await fold_all(connection)
    before, walks = await connection.fetchrow(_COUNTED), list[Walk]()
    with Premises(**dict.fromkeys(PREMISES, 0.005)) as premises:
        for number in lives:
            premises.begin_example()
            walks.append(Walk(who, connection, Random(number), number))
            try:
                await walks[-1].go(steps_each)
            except AssertionError as error:
                error.add_note(f"in life {number}")
                raise
    await fold_all(connection)
    assert await verify(connection) == []
    counted = await connection.fetchrow(_COUNTED)
    assert [now - then for now, then in zip(counted, before, strict=True)] == [
        sum(one.life.presence == "IN_COUNTRY" for one in walks),
        sum(one.life.overstay is not None for one in walks),
    ]


async def fold_all(connection: asyncpg.Connection) -> None:
    while await fold(connection):
        pass


async def test_visas_live_as_the_model_says(who, world, connection) -> None:
    # Lives of which one at least meets each premise.
    await walk(who, connection, (16, 104, 235, 365, 805, 1688, 1923), steps_each=26)


@pytest.mark.proof
async def test_a_hundred_lives_of_visas_go_as_the_model_says(who, world, connection) -> None:
    await walk(who, connection, range(1_000, 1_100), steps_each=40)


# --- The walk would find it ----------------------------------------------------------------------


@pytest.mark.proof
@pytest.mark.parametrize("verb", [Verb.GRANT, Verb.APPLY_FOR_EXTENSION, Verb.RECORD_APPEARANCE])
async def test_a_step_without_its_needs_is_found_by_the_walk(
    who, world, connection, monkeypatch, verb
) -> None:
    loose = tuple(replace(one, needs=()) if one.verb is verb else one for one in steps.STEPS)
    monkeypatch.setattr(steps, "BY_ATTEMPT", steps.steps_by_attempt(loose))
    with pytest.raises(AssertionError):
        await walk(who, connection, range(2_000, 2_030), steps_each=40)
