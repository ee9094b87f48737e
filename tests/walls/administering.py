"""What the database lets viewers write of reference data, partners and centres."""

from contextlib import suppress
from itertools import product
from typing import NamedTuple

import asyncpg

from tests.acting import act_writing
from tests.gateway.oracle import Claims, role_of
from tests.walls.reach import viewer
from tests.walls.undoing import undone


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
_TOMORROW = f"{_TODAY} + 1"
#: What is dated, and so may not be made of the past; a partner has no day, but a name in reserve.
_NEVER = {
    "partner": "INSERT INTO partner VALUES ('DIRECT', 'Nobody')",
    **{
        table: f"INSERT INTO {table} VALUES ({one.new.format(day=_YESTERDAY)})"
        for table, one in TABLES.items() if table != "partner"
    },
}  # fmt: skip
#: What is said of a row until it begins; then it ends one day, and no more.
_SAID = {
    "partner_country": ("opened_on = {day}",),
    "centre": ("opened_on = {day}", "city = 'Elsewhere'"),
    "visa_type": ("stay_days = 365", "name_en = 'Else'", "name_id = 'Lain'", "category = 'TRANSIT'",
                  "is_multiple_entry = NOT is_multiple_entry"),
}  # fmt: skip
_BEGINS = {"partner_country": "opened_on", "centre": "opened_on", "visa_type": "valid_from"}
#: Rows that have ended, or were said of a day, before today.
_PAST = {
    "partner_country": "UPDATE partner_country SET closed_on = '2021-01-01'",
    "centre": "UPDATE centre SET closed_on = '2021-01-01'",
    "visa_type": "UPDATE visa_type SET valid_until = '2021-01-01'",
}


def allowed_by_domain(claims: Claims) -> set[str]:
    """What a viewer may write, as the domain has it."""
    if role_of(claims) != "ADMINISTRATOR":
        return set()
    changed = {f"{table} is changed" for table, one in TABLES.items() if one.changed}
    anew = {f"{table}: {said}" for table, sayings in _SAID.items() for said in sayings}
    return changed | anew | {f"{table} is made" for table in TABLES}


async def allowed_by_database(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """What the database lets a viewer write, of today. Everything is rolled back."""
    taken = set[str]()
    for table, one in TABLES.items():
        making = f"INSERT INTO {table} VALUES ({one.new.format(day=_TODAY)})"
        if await _is_taken(connection, claims, making):
            taken.add(f"{table} is made")
        changing = f"UPDATE {table} SET {one.changed} = {one.changed}"
        if one.changed and await _is_taken(connection, claims, changing, first=making):
            taken.add(f"{table} is changed")
        for said in _SAID.get(table, ()):
            anew = _said_anew(table, said, _TOMORROW, begun=False)
            if await _is_taken(connection, claims, anew, first=making):
                taken.add(f"{table}: {said}")
    return taken


async def of_the_past(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """What of the past the database lets a viewer write. Everything is rolled back."""
    taken = {table for table, said in _NEVER.items() if await _is_taken(connection, claims, said)}
    for table, one in TABLES.items():
        changing = f"UPDATE {table} SET {one.changed} = {one.changed}"
        if one.changed and await _is_taken(connection, claims, changing, first=_PAST.get(table)):
            taken.add(table)
    for (table, sayings), day in product(_SAID.items(), (_YESTERDAY, _TODAY, _TOMORROW)):
        for said in sayings:
            anew = _said_anew(table, said, day, begun=True)
            if await _is_taken(connection, claims, anew):
                taken.add(anew)
    for table, begins in _BEGINS.items():
        making = f"INSERT INTO {table} VALUES ({TABLES[table].new.format(day=_TODAY)})"
        back = f"UPDATE {table} SET {begins} = {_YESTERDAY} WHERE {begins} >= {_TODAY}"
        if await _is_taken(connection, claims, back, first=making):
            taken.add(back)
    return taken


def _said_anew(table: str, said: str, day: str, *, begun: bool) -> str:
    """A change of what is said of the rows that have begun before today, or of the others."""
    of = f"{_BEGINS[table]} {'<' if begun else '>='} {_TODAY}"
    return f"UPDATE {table} SET {said.format(day=day)} WHERE {of}"


async def _is_taken(
    connection: asyncpg.Connection, claims: Claims, statement: str, first: str | None = None
) -> bool:
    """Whether the statement, after one of the owner's, writes anything."""
    async with undone(connection):
        if first:
            await connection.execute(first)
        await act_writing(connection, viewer(claims))
        with suppress(asyncpg.InsufficientPrivilegeError):
            return not (await connection.execute(statement)).endswith(" 0")
    return False
