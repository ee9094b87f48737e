"""What the database lets viewers write of reference data, partners and centres."""

from contextlib import suppress
from typing import NamedTuple

import asyncpg

from tests.acting import act_writing
from tests.gateway.oracle import Claims, role_of
from tests.walls.reach import viewer


class Table(NamedTuple):
    """A table of reference data: what the small world has in it, and how it is written."""

    column: str
    rows: str
    #: Values of a new row, with the day of it; and what is set to what it was.
    new: str
    changed: str | None


TABLES = {
    "partner": Table("code", "ANDALAN NUSA", "'ZENITH', 'Zenith'", None),
    "partner_country": Table("partner_code", "ANDALAN NUSA", "'NUSA', 'IN', {day}", "closed_on"),
    "centre": Table("code", "AU-MEL AU-PER AU-SYD SG-SIN",
                    "'AU-DRW', 'NUSA', 'AU', 'Darwin', {day}", "closed_on"),
    "visa_type": Table("code", "B1 C1", "'D2', 'Name', 'Nama', 'BUSINESS', 60, true, {day}",
                       "valid_until"),
    "fee": Table("visa_type_code", "B1 C1", "'B1', {day}, 1", "amount_idr"),
    "service_target": Table("visa_type_code", "B1 C1", "'B1', 'STANDARD', {day}, 1", "hours"),
    "entry_rule": Table("country_code", "AF AU IN NZ SG", "'SG', {day}, 'VISA_FREE'", "entry"),
}  # fmt: skip
#: Which tables each mutation writes.
OF: dict[str, str] = {
    "addPartner": "partner",
    "openPartnerCountry": "partner_country",
    "closePartnerCountry": "partner_country",
    "openCentre": "centre",
    "closeCentre": "centre",
    "introduceVisaType": "visa_type fee service_target",
    "endVisaType": "visa_type",
    "setFee": "fee",
    "setServiceTarget": "service_target",
    "setEntryRule": "entry_rule",
}
_TODAY = "wib_day(now())"
_YESTERDAY = f"{_TODAY} - 1"
#: What is dated, and so may not be made of the past; a partner has no day, but a name in reserve.
_NEVER = {
    "partner": "INSERT INTO partner VALUES ('DIRECT', 'Nobody')",
    **{
        table: f"INSERT INTO {table} VALUES ({one.new.format(day=_YESTERDAY)})"
        for table, one in TABLES.items() if table != "partner"
    },
}  # fmt: skip
#: Rows that have ended, or were said of a day, before today.
_PAST = {
    "partner_country": "UPDATE partner_country SET closed_on = '2021-01-01'",
    "centre": "UPDATE centre SET closed_on = '2021-01-01'",
    "visa_type": "UPDATE visa_type SET valid_until = '2021-01-01'",
}


def written(claims: Claims) -> set[str]:
    """What a viewer may write, as the domain has it."""
    if role_of(claims) != "ADMINISTRATOR":
        return set()
    changed = {f"{table} is changed" for table, one in TABLES.items() if one.changed}
    return changed | {f"{table} is made" for table in TABLES}


async def ruled(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """What the database lets a viewer write, of today. Everything is rolled back."""
    taken = set[str]()
    for table, one in TABLES.items():
        making = f"INSERT INTO {table} VALUES ({one.new.format(day=_TODAY)})"
        if await _is_taken(connection, claims, making):
            taken.add(f"{table} is made")
        changing = f"UPDATE {table} SET {one.changed} = {one.changed}"
        if one.changed and await _is_taken(connection, claims, changing, first=making):
            taken.add(f"{table} is changed")
    return taken


async def of_the_past(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """What of the past the database lets a viewer write. Everything is rolled back."""
    taken = {table for table, said in _NEVER.items() if await _is_taken(connection, claims, said)}
    for table, one in TABLES.items():
        changing = f"UPDATE {table} SET {one.changed} = {one.changed}"
        if one.changed and await _is_taken(connection, claims, changing, first=_PAST.get(table)):
            taken.add(table)
    return taken


async def _is_taken(
    connection: asyncpg.Connection, claims: Claims, statement: str, first: str | None = None
) -> bool:
    """Whether the statement, after one of the owner's, writes anything."""
    attempt = connection.transaction()
    await attempt.start()
    try:
        if first:
            await connection.execute(first)
        await act_writing(connection, viewer(claims))
        with suppress(asyncpg.InsufficientPrivilegeError):
            return not (await connection.execute(statement)).endswith(" 0")
        return False
    finally:
        await attempt.rollback()
