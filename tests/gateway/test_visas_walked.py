"""Holders, officers, supervisors and the keeper walk through lives of visas: granted by rule, held,
entered by, extended and revoked; a model says what must come of each call."""

from collections.abc import Mapping
from copy import deepcopy
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
from models.volumes import fold, verify
from tests.gateway.changing import IDENTITY, change, pay_bill, perform, row_id, wait_until_linked
from tests.gateway.conftest import Viewer
from tests.gateway.visa_model import CALLS, DAYS, Extension, VisaLife, follow, is_askable, refusal
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
        extended_days, stay_until,
        ARRAY(SELECT status FROM application AS extension
            WHERE extends_visa_number = visa.visa_number ORDER BY submitted_at) AS extensions
    FROM application
    LEFT JOIN visa ON visa.decision_id = current_decision_id
    LEFT JOIN stay ON stay.visa_number = visa.visa_number
    WHERE application.id = $1
"""
#: Ends of a life, which a walk should not hurry to.
_LAST = ("revokeVisa", "refuse", "holdApplication", "releaseApplication")


def nobody() -> float:
    """A draw that is in no sample."""
    return 1.0


def choose(life: VisaLife, chance: Random) -> str:
    """Mostly onward, and now and then whatever is refused, each reason as likely as another."""
    calls = [call for call in CALLS if is_askable(life, call)]
    refused = {refusal(life, call) or "": call for call in calls}
    refused.pop("", None)
    if refused and chance.random() < 0.45:
        return chance.choice(sorted(refused.values()))
    done = [call for call in calls if refusal(life, call) is None]
    # Where something is about to be decided, supervision steps in.
    if life.is_granted_by_the_next_pass or (life.newest and life.newest.has_appeared):
        for call, share in (("holdApplication", 0.3), ("revokeVisa", 0.08)):
            if call in done and chance.random() < share:
                return call
    onward = [call for call in done if call not in _LAST and changes(life, call)]
    return chance.choice(onward if onward and chance.random() < 0.85 else done)


def changes(life: VisaLife, call: str) -> bool:
    """Whether anything is another after a call that is done."""
    after = deepcopy(life)
    follow(after, call)
    return call == "applyForExtension" or after != life


class Walk:
    """The life of one visa."""

    def __init__(
        self, who: Mapping[str, Viewer], connection: asyncpg.Connection, chance: Random, number: int
    ) -> None:
        self.who, self.connection, self.chance = who, connection, chance
        self.passport = f"WV{number:07}"
        self.entered_on = wib_day(datetime.now(UTC) - timedelta(days=chance.randrange(1, 20)))
        holder = {"role": "APPLICANT", "sub": f"holder-{number}"}
        self.holder = Viewer(who["applicant"].client, holder)
        self.life = VisaLife("")

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

    async def _call(self, call: str) -> None:
        life, expected = self.life, refusal(self.life, call)
        extension = life.newest
        holds("by_rule", call == "grantByRule" and life.is_granted_by_the_next_pass)
        holds("held_from_rule", call == "grantByRule" and life.is_held and life.is_screened)
        holds("extended", call == "grant" and expected is None)
        holds("second_refused", expected == "ALREADY_EXTENDED" and life.extended_days > 0)
        if expected == "NOT_CLEARED":
            assert extension
            holds("visa_held", life.is_held and extension.is_screened)
            holds("visa_revoked", life.status == "REVOKED")
        found = await self._do(call)
        assert found == ([expected] if expected else []), (call, life)
        if expected is None:
            follow(life, call)
        await self._compare(call)

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
            case "recordCrossings":
                return (await change(who["border"], call, crossings=[await self._entry()])).codes
            case "applyForExtension":
                asked = await change(self.holder, call, self.life.id)
                if asked.is_done:
                    self.life.extensions.append(Extension(asked.id))
                    await wait_until_linked(who, asked.id)
                return asked.codes
            case "recordPayment":
                assert extension
                await pay_bill(who, extension.id)
                return []
            case "holdApplication" | "releaseApplication" | "revokeVisa":
                return (await change(who["supervisor"], call, self.life.id)).codes
        assert extension
        if call == "reassignCase":
            given = {"officer": "officer", "reason": "In turn."}
            return (await change(who["supervisor"], call, extension.id, **given)).codes
        mutation, given = call, dict[str, Any]()
        if call == "recordAppearance" and not self.life.has_entered:
            given = {"enteredOn": wib_day(datetime.now(UTC)).isoformat()}
            self.entered_on = wib_day(datetime.now(UTC))
        if call in ("grant", "refuse"):
            mutation, given = "recordDecision", {"outcome": "GRANTED"}
            if call == "refuse":
                given = {"outcome": "REFUSED", "ground": "INSUFFICIENT_MEANS"}
        return (await change(who["officer"], mutation, extension.id, **given)).codes

    async def _entry(self) -> dict[str, Any]:
        number = await self.connection.fetchval(
            "SELECT visa_number FROM visa WHERE application_id = $1", row_id(self.life.id)
        )
        at = datetime.combine(self.entered_on, datetime.min.time(), UTC) + timedelta(hours=5)
        return {
            "key": f"{self.passport}-in",
            "visaNumber": number,
            "passport": {"issuingState": "AU", "number": self.passport},
            "direction": "ENTRY",
            "crossedAt": at.isoformat(),
            "port": "CGK",
        }

    async def _compare(self, call: str) -> None:
        """Assert that the database has what the model has."""
        life = self.life
        written = await self.connection.fetchrow(_WRITTEN, row_id(life.id))
        is_granted = life.status != "PAID"
        days = timedelta(days=DAYS + life.extended_days)
        assert dict(written) == {
            "status": life.status,
            "is_held": life.is_held,
            "by_rule": is_granted,
            "visas": is_granted,
            "extended_days": life.extended_days if is_granted else None,
            "stay_until": self.entered_on + days if life.has_entered else None,
            "extensions": [one.status for one in life.extensions],
        }, call


async def walk(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, lives: range, steps_each: int
) -> None:
    await connection.execute(_RULE)
    with Premises(
        by_rule=0.5, held_from_rule=0.05, extended=0.2, second_refused=0.1, visa_held=0.05,
        visa_revoked=0.02,
    ) as premises:  # fmt: skip
        for number in lives:
            premises.begin_example()
            try:
                await Walk(who, connection, Random(number), number).go(steps_each)
            except AssertionError as error:
                error.add_note(f"in life {number}")
                raise
    while await fold(connection):
        pass
    assert await verify(connection) == []


async def test_visas_live_as_the_model_says(who, world, connection) -> None:
    # Lives of which one at least meets each premise.
    await walk(who, connection, range(36, 42), steps_each=26)


@pytest.mark.proof
async def test_a_hundred_and_fifty_lives_of_visas_go_as_the_model_says(
    who, world, connection
) -> None:
    await walk(who, connection, range(1_000, 1_150), steps_each=40)


# --- The walk would find it ----------------------------------------------------------------------


@pytest.mark.proof
@pytest.mark.parametrize("verb", [Verb.GRANT, Verb.APPLY_FOR_EXTENSION, Verb.RECORD_APPEARANCE])
async def test_a_step_without_its_needs_is_found_by_the_walk(
    who, world, connection, monkeypatch, verb
) -> None:
    loose = tuple(replace(one, needs=()) if one.verb is verb else one for one in steps.STEPS)
    monkeypatch.setattr(steps, "STEPS", loose)
    with pytest.raises(AssertionError):
        await walk(who, connection, range(2_000, 2_030), steps_each=40)
