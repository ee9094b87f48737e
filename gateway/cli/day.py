"""`gerbang day`: a recorded day of a partner's files, played in a running demo.

Who hands in, what officers do, in which order, and where each file then stands are the same each
time, so that the system of a partner can be tested against them. References, ids and codes are not:
the database draws them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from time import monotonic
from typing import Any, NamedTuple

import click
import httpx2
import orjson

from gateway.cli.demo_users import AnswerError, DemoUsers
from gateway.settings import read_settings
from gateway.settings.commands import Command
from models.database.connections import connected
from models.instants import wib_day
from models.vocabulary import Stage

_COUNTRY = "AU"
_SYSTEM, _SCREENING, _TREASURY = "service", "screening", "treasury"
_OFFICER, _SUPERVISOR = "officer-2", "supervisor"
#: How long an act may be refused: a person is searched for, and screened, after each payment.
_PATIENCE_SECONDS = 60.0
_DAYS_TO_ENTRY = 30
_ANSWER = {
    "kind": "ADDRESS_IN_INDONESIA",
    "value": {"address": {"street": "Jalan Kenanga 17", "city": "Denpasar", "province": "Bali"}},
}
#: A week later a code has lapsed; no other clock is touched.
_LAPSE = """
    WITH lapsed AS (
        UPDATE bill
        SET issued_at = issued_at - interval '8 days', due_at = due_at - interval '8 days'
        WHERE billing_code = $1 AND paid_at IS NULL RETURNING application_id
    ), told AS (
        INSERT INTO account_outbox (source, row_id) SELECT 'bill', application_id FROM lapsed
    ) SELECT count(*) FROM lapsed
"""


class DayError(Exception):
    """The day is not played as it was recorded; the text says at which act."""


@dataclass
class _File:
    """A file of the day: who applies, and what is known of it."""

    full_name: str
    passport_number: str
    birth_date: str
    id: str = ""
    bill: Mapping[str, Any] = field(default_factory=dict)


class Act(NamedTuple):
    """What somebody does with a file, and where it stands then, as its partner reads it."""

    file: str
    by: str
    does: str
    stage: Stage
    given: Mapping[str, Any] = {}
    outcome: str | None = None


_WAITS, _PROCESS, _CLOSED = Stage.WAITING_FOR_APPLICANT, Stage.IN_PROCESS, Stage.CLOSED
#: The checklist of a B1.
_KINDS = ("PASSPORT_SCAN", "PHOTOGRAPH", "RETURN_TICKET")
_REFUSED = {"outcome": "REFUSED", "grounds": ["INSUFFICIENT_MEANS"]}


def _files() -> dict[str, _File]:
    return {
        "granted": _File("Marlowe Quenneville", "DAY0000001", "1984-02-29"),
        "asked": _File("Thessaly Brightwater", "DAY0000002", "1991-07-14"),
        "refused": _File("Ignatius Fothergill", "DAY0000003", "1976-11-03"),
        "lapsed": _File("Wilhelmina Ashgrove", "DAY0000004", "1969-05-21"),
    }


def _registered(number: int, kind: str) -> Act:
    """A document that stays in the partner's own store."""
    given = {
        "kind": kind, "format": "PDF", "size": 48_000 + number, "sha256": f"{number:064x}",
        "locator": f"da1da1da-0000-4000-8000-{number:012}",
    }  # fmt: skip
    return Act("granted", _SYSTEM, "registerDocument", _WAITS, given)


def _worked_on(file: str) -> tuple[Act, ...]:
    """Paid, handed over, and on the officer's desk."""
    return (
        Act(file, _TREASURY, "recordPayment", _PROCESS),
        Act(file, _SYSTEM, "markReceived", _PROCESS),
        Act(
            file, _SUPERVISOR, "reassignCase", _PROCESS,
            {"officer": _OFFICER, "reason": "For the recorded day."},
        ),
    )  # fmt: skip


#: The whole day, in order.
DAY = (
    *(Act(file, _SYSTEM, "submitApplication", _WAITS) for file in _files()),
    *(_registered(number, kind) for number, kind in enumerate(_KINDS, 1)),
    *_worked_on("granted"),
    Act("asked", _SYSTEM, "recordDocuments", _WAITS, {"documents": _KINDS}),
    *_worked_on("asked"),
    Act("asked", _OFFICER, "requestInformation", _WAITS, {"items": [{"kind": _ANSWER["kind"]}]}),
    Act("granted", _OFFICER, "referToScreening", _PROCESS),
    Act("granted", _OFFICER, "recordDecision", _CLOSED, {"outcome": "GRANTED"}, "GRANTED"),
    Act("refused", _SYSTEM, "recordDocuments", _WAITS, {"documents": _KINDS}),
    *_worked_on("refused"),
    Act("refused", _OFFICER, "referToScreening", _PROCESS),
    Act("refused", _OFFICER, "recordDecision", _CLOSED, _REFUSED, "REFUSED"),
    Act("asked", _SYSTEM, "answerInformation", _PROCESS, {"items": [], "answers": [_ANSWER]}),
    Act("asked", _OFFICER, "referToScreening", _PROCESS),
    Act("asked", _OFFICER, "recordDecision", _CLOSED, {"outcome": "GRANTED"}, "GRANTED"),
    Act("lapsed", "clock", "lapse", _WAITS),
    Act("lapsed", _SYSTEM, "renewBill", _WAITS),
    Act("lapsed", _TREASURY, "recordPayment", _PROCESS),
    Act("lapsed", _SYSTEM, "withdrawApplication", _CLOSED),
)


class RecordedDay:
    """Plays the day, one act after the other, each once the one before is done."""

    def __init__(self, users: DemoUsers, owner_url: str) -> None:
        self._users = users
        self._owner_url = owner_url
        self._files = _files()

    async def play(self, pace: float) -> AsyncIterator[Mapping[str, Any]]:
        """What happened, act by act. Raises DayError."""
        for number, act in enumerate(DAY, 1):
            file = self._files[act.file]
            await (self._lapse(file) if act.does == "lapse" else self._take(act, file))
            found = (await self._users.ask(_SYSTEM, "File", id=file.id))["node"]
            file.bill = found["bill"]
            outcome = found["decision"] and found["decision"]["outcome"]
            if (found["stage"], outcome) != (act.stage, act.outcome):
                raise DayError(f"after act {number}, {act.does}, the file stands otherwise")
            yield {
                "act": number, "file": act.file, "reference": found["reference"],
                "by": act.by, "does": act.does, "stage": act.stage, "outcome": outcome,
            }  # fmt: skip
            await asyncio.sleep(pace)

    async def _take(self, act: Act, file: _File) -> None:
        given = {**_GIVEN.get(act.does, _of_its_id)(file), **act.given}
        end = monotonic() + _PATIENCE_SECONDS
        while True:
            if act.does == "recordDecision":
                await self._screen(file)
            payload = await self._users.change(act.by, act.does, **given)
            if not payload["errors"]:
                break
            if monotonic() > end:
                codes = ", ".join(error["code"] for error in payload["errors"])
                raise DayError(f"{act.does} of the file {act.file} is refused: {codes}")
            await asyncio.sleep(0.2)
        if act.does == "submitApplication":
            file.id = payload["application"]["id"]

    async def _screen(self, file: _File) -> None:
        """Answer what the system has not answered by itself."""
        asked = await self._users.ask(_SCREENING, "Questions")
        for question in asked["screenings"]["nodes"]:
            if question["application"]["id"] == file.id:
                answer = {"kind": question["kind"], "result": "CLEAR"}
                await self._users.change(
                    _SCREENING, "recordScreening", applicationId=file.id, **answer
                )

    async def _lapse(self, file: _File) -> None:
        async with connected(self._owner_url) as connection:
            if not await connection.fetchval(_LAPSE, file.bill["code"]):
                raise DayError("GERBANG_OWNER_URL is of another database than the demo's")


def _of_its_id(file: _File) -> dict[str, Any]:
    return {"applicationId": file.id}


def _submission(file: _File) -> dict[str, Any]:
    today = wib_day(datetime.now(UTC))
    return {
        "visaType": "B1",
        "nationality": _COUNTRY,
        "country": _COUNTRY,
        "entryOn": str(today + timedelta(days=_DAYS_TO_ENTRY)),
        "identity": {
            "fullName": file.full_name,
            "passportNumber": file.passport_number,
            "birthDate": file.birth_date,
            "email": f"{file.passport_number.lower()}@partner.example",
            "phone": "+61 400 000 000",
            "passportExpiresOn": str(today.replace(day=1, year=today.year + 5)),
        },
    }


def _payment(file: _File) -> dict[str, Any]:
    return {
        "billingCode": file.bill["code"],
        "paid": file.bill["fee"],
        "receiptNumber": token_hex(8).upper(),
    }


#: What an act says besides, where that is more than the file.
_GIVEN: Mapping[str, Callable[[_File], dict[str, Any]]] = {
    "submitApplication": _submission,
    "recordPayment": _payment,
}


@click.command()
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The running demo.")
@click.option(
    "--pace",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    help="Seconds from one act to the next.",
)
def day(url: str, pace: float) -> None:
    """Play the recorded day of a partner's files in a running demo: a line of JSON for each act.

    It ends with 0 where each file stands as recorded, and with 1 otherwise. GERBANG_OWNER_URL is
    the demo's, which prints it.
    """
    owner_url = read_settings(command=Command.DAY).required_owner_url
    try:
        asyncio.run(_play(url, owner_url, pace))
    except (DayError, AnswerError) as error:
        raise click.ClickException(str(error)) from None
    except httpx2.HTTPError as error:
        raise click.ClickException(f"no demo answers at {url}: {type(error).__name__}") from None


async def _play(url: str, owner_url: str, pace: float) -> None:
    async with DemoUsers(url) as users:
        async for happened in RecordedDay(users, owner_url).play(pace):
            click.echo(orjson.dumps(happened))
