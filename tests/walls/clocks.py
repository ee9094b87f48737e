"""Of which durations each viewer reads, as the domain has it: a clock is a duration of its own."""

from contextlib import suppress

import asyncpg

from tests.acting import act
from tests.gateway.oracle import Claims, role_of
from tests.walls.reach import viewer

#: What each role reads exactly: the clocks of a month, and the kinds that those of a day are of.
#: Agents read of their own places, which no month is kept by.
_EVERYTHING = "adjusted handover open paused turnaround unpaused"
_READ: dict[str, str] = {
    **dict.fromkeys(("LEADERSHIP", "OFFICER", "SUPERVISOR", "AUDITOR"), _EVERYTHING),
    "PARTNER_MANAGER": _EVERYTHING,
    "PARTNER_AGENT": "adjusted handover open paused unpaused",
}
_KINDS = ("adjusted", "handover", "open", "paused", "unpaused")
_CLOCKS = ("adjusted", "handover", "open", "turnaround")
_BY_THE_DAY = """
    INSERT INTO volume_daily_duration (kind, starts_on, partner_code, country_code, bucket,
        measured)
    VALUES ($1, '2020-01-01', 'NUSA', 'AU', 1, 1)
"""
_BY_THE_MONTH = """
    INSERT INTO volume_monthly_duration (clock, starts_on, partner_code, country_code, buckets,
        ranks)
    VALUES ($1, '2020-01-01', 'NUSA', 'AU', '{1}', '{1}')
"""
_TOLD = (
    "SELECT kind FROM volume_daily_duration WHERE starts_on = '2020-01-01'",
    "SELECT clock FROM volume_monthly_duration WHERE starts_on = '2020-01-01'",
)


async def complete(connection: asyncpg.Connection) -> None:
    """Measure something of every clock, at the portal of one partner in one country."""
    await connection.executemany(_BY_THE_DAY, [(kind,) for kind in _KINDS])
    await connection.executemany(_BY_THE_MONTH, [(clock,) for clock in _CLOCKS])


def allowed_by_domain(claims: Claims) -> set[str]:
    """The clocks and kinds that a viewer reads of what was measured."""
    role = role_of(claims)
    is_of_partner = role in ("PARTNER_MANAGER", "PARTNER_AGENT")
    is_others = is_of_partner and (claims["partner"] != "NUSA" or "AU" not in claims["countries"])
    is_at_a_centre = role == "PARTNER_AGENT" and "centres" in claims
    return set() if is_others or is_at_a_centre else set(_READ.get(role, "").split())


async def allowed_by_database(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """The same, as the database has it."""
    found = set[str]()
    for statement in _TOLD:
        with suppress(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await act(connection, viewer(claims))
                found |= {row[0] for row in await connection.fetch(statement)}
                await connection.execute("RESET ROLE")
    return found
