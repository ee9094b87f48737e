"""Alerts on findings: an outage is told once, quiet months not at all, and in one's own reach."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import asyncpg
import pytest

from gateway.cli.alerts import NotLookedAtError, alert_runner, check_alerts
from gateway.execution.runner import SchemaRunner
from models.database.connections import connect, pool
from models.row_keys import new_key
from models.synthetic import synthesise
from models.synthetic.assumptions import Scale
from models.volumes.grains import FACTS, GRAINS, Dimension, Kind
from tests import tokens
from tests.conftest import NewDatabase
from tests.free_ports import free_port

pytestmark = pytest.mark.anyio

_OF_NUSA = "SELECT country_code FROM partner_country WHERE partner_code = 'NUSA'"
UNTIL = datetime(2026, 8, 31, 16, 59, tzinfo=UTC)
#: The directorate could not work from the 20th to the 24th of June, and caught up after.
DAYS = [date(2026, month, day) for month in range(2, 9) for day in (10, 20, 28)]


@pytest.fixture(scope="module")
async def year(new_database: NewDatabase) -> str:
    """Months of a world with an outage in June."""
    url = await new_database()
    await synthesise(url, applications=3_000, months=9, seed=5, scale=Scale.PARTNER, until=UNTIL)
    return url


@pytest.fixture
async def owner(year: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(year)
    try:
        yield connection
        await connection.execute(
            "DELETE FROM mail_subscription; DELETE FROM mail; DELETE FROM suspension"
        )
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def runner(year: str) -> AsyncIterator[SchemaRunner]:
    settings = tokens.settings(year)
    connections = pool(settings.database_url, 1)
    yield alert_runner(settings, connections)
    connections.dispose()


def morning(day: date) -> datetime:
    """Eight o'clock in WIB."""
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


async def follow(owner: asyncpg.Connection, subject: str, role: str, **given: Any) -> None:
    """A rule of somebody, as the mutation writes it."""
    row = {
        "id": new_key(), "subject": subject, "role": role, "own_countries": [], "own_centres": [],
        "occasion": "TARGET_MISSED", "language": "EN", "address": f"{subject}@mail.example",
        "ends_at": datetime.now(UTC) + timedelta(days=90), **given,
    }  # fmt: skip
    values = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await owner.execute(
        f"INSERT INTO mail_subscription ({', '.join(row)}) VALUES ({values})", *row.values()
    )


async def alerts(owner: asyncpg.Connection) -> list[tuple[str, str, str]]:
    """Whom an alert went to, in which month, and where it leads."""
    found = await owner.fetch("SELECT subject, cause, path FROM mail ORDER BY cause")
    return [(row["subject"], row["cause"][-7:], row["path"]) for row in found]


async def test_the_outage_of_june_is_told_once_and_quiet_months_are_not(
    owner: asyncpg.Connection, runner: SchemaRunner
) -> None:
    await follow(owner, "leadership", "LEADERSHIP", visa_type_code="B1")
    for day in DAYS:
        assert await check_alerts(runner, owner, morning(day)) == 1
        # Once a day is enough.
        assert await check_alerts(runner, owner, morning(day) + timedelta(hours=9)) == 0
    [(whom, month, path)] = await alerts(owner)
    assert (whom, month) == ("leadership", "2026-06")
    assert (urlsplit(path).path, dict(parse_qsl(urlsplit(path).query))) == (
        "/", {"language": "en", "period": "this-month"},
    )  # fmt: skip


async def test_a_rule_is_looked_at_in_the_reach_of_its_subscriber(
    owner: asyncpg.Connection, runner: SchemaRunner
) -> None:
    every = [row["country_code"] for row in await owner.fetch(_OF_NUSA)]
    nusa = {"own_partner": "NUSA", "visa_type_code": "B1"}
    await follow(owner, "everywhere", "PARTNER_MANAGER", own_countries=every, **nusa)
    await follow(owner, "in-nauru", "PARTNER_MANAGER", own_countries=["NR"], **nusa)
    await follow(owner, "elsewhere", "PARTNER_MANAGER", own_countries=["NR"], country_code="SG")
    await follow(owner, "nowhere", "PARTNER_MANAGER", own_countries=every, visa_type_code="B1")
    await follow(owner, "suspended", "PARTNER_MANAGER", own_countries=every, **nusa)
    await follow(owner, "applicant", "APPLICANT", own_countries=every, **nusa)
    await owner.execute(
        "INSERT INTO suspension (id, subject, reason, suspended_by)"
        " VALUES ($1, 'suspended', 'Left.', 'administrator')",
        new_key(),
    )
    looked_at = 0
    while await check_alerts(runner, owner, morning(date(2026, 6, 28))):
        looked_at += 1
    assert looked_at == 6  # what nobody may ask holds up no other
    assert [whom for whom, _, _ in await alerts(owner)] == ["everywhere"]


async def test_a_keeper_that_is_killed_has_told_all_or_nothing(
    owner: asyncpg.Connection, runner: SchemaRunner
) -> None:
    await follow(owner, "leadership", "LEADERSHIP", visa_type_code="B1", country_code="NR")
    await follow(owner, "deputy", "LEADERSHIP", visa_type_code="B1")
    killed = owner.transaction()
    await killed.start()
    while await check_alerts(runner, owner, morning(date(2026, 6, 28))):
        pass
    assert [whom for whom, _, _ in await alerts(owner)] == ["deputy"]
    await killed.rollback()
    assert await alerts(owner) == []
    while await check_alerts(runner, owner, morning(date(2026, 6, 28))):
        pass
    assert [whom for whom, _, _ in await alerts(owner)] == ["deputy"]


async def test_figures_that_cannot_be_read_are_looked_at_again(
    owner: asyncpg.Connection, year: str
) -> None:
    await follow(owner, "leadership", "LEADERSHIP", visa_type_code="B1")
    nowhere = pool(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing", 1)
    away = alert_runner(tokens.settings(year), nowhere)
    try:
        with pytest.raises(NotLookedAtError, match="UNAVAILABLE"):
            await check_alerts(away, owner, morning(date(2026, 6, 28)))
    finally:
        nowhere.dispose()
    assert await owner.fetchval("SELECT checked_at FROM mail_subscription") is None


#: What is made of all months, and of the last one at a place, for each alert about what is usual.
MONTHS = {
    "LATER_THAN_USUAL": ("within_target = granted + refused", "within_target = 0"),
    "MORE_REQUESTS": ("info_requested = 0", "info_requested = intake"),
    "MORE_REFUSALS": (
        "granted = granted + refused, refused = 0", "refused = granted + refused, granted = 0",
    ),
    # Of forty each, in buckets of 2 %.
    "SLOWER_HANDOVER": ("buckets = '{500}', ranks = '{40}'", "buckets = '{600}', ranks = '{40}'"),
}  # fmt: skip
_LAST_MONTH = "date_trunc('month', wib_day(now())::timestamp)::date - interval '1 month'"


@pytest.fixture(scope="module")
async def lately(new_database: NewDatabase) -> AsyncIterator[tuple[str, SchemaRunner]]:
    """Months of a world that ends now, and who looks at them."""
    url = await new_database()
    await synthesise(url, applications=2_000, months=9, seed=5, scale=Scale.PARTNER)
    connections = pool(tokens.settings(url).database_url, 1)
    yield url, alert_runner(tokens.settings(url), connections)
    connections.dispose()


async def make_all(owner: asyncpg.Connection, what: str, last_month_at: str | None = None) -> None:
    """Make all months such, or the last one at a place."""
    of_one = (
        f"country_code = '{last_month_at}' AND starts_on >= {_LAST_MONTH}"
        " AND starts_on < date_trunc('month', wib_day(now())::timestamp)"
    )
    is_of_durations = what.startswith("buckets")
    of_clock = "clock = 'handover'" if is_of_durations else "true"
    for grain in GRAINS:
        if grain.period == "year" or (last_month_at and Dimension.COUNTRY not in grain.dimensions):
            continue
        if grain.is_ranked or not is_of_durations:
            table = grain.histograms if is_of_durations else grain.facts
            where = f"{of_clock} AND {of_one if last_month_at else 'true'}"
            await owner.execute(f"UPDATE {table.name} SET {what} WHERE {where}")


async def look(owner: asyncpg.Connection, runner: SchemaRunner) -> list[str]:
    """Whom alerts went to, in all, once every rule was looked at again."""
    await owner.execute("UPDATE mail_subscription SET checked_at = NULL")
    while await check_alerts(runner, owner):
        pass
    return sorted(whom for whom, _, _ in await alerts(owner))


@pytest.mark.parametrize("occasion", MONTHS)
async def test_what_is_unusual_is_told_once_and_a_second_place_is_news(
    occasion: str, lately: tuple[str, SchemaRunner]
) -> None:
    url, runner = lately
    owner, (usual, unusual) = await connect(url), MONTHS[occasion]

    async def found() -> list[str]:
        rule = "SELECT found FROM mail_subscription WHERE subject = 'leadership'"
        return list(await owner.fetchval(rule) or ())

    try:
        await make_all(owner, usual)
        await follow(owner, "leadership", "LEADERSHIP", occasion=occasion)
        await follow(owner, "of-one", "LEADERSHIP", occasion=occasion, country_code="SG")
        assert (await look(owner, runner), await found()) == ([], [])
        await make_all(owner, unusual, "AU")
        assert await look(owner, runner) == ["leadership"]
        assert "AU" in (known := await found())
        assert (await look(owner, runner), await found()) == (["leadership"], known)
        # The second place is news to whoever follows it alone; the other is told of one thing in a
        # month, and knows no more of it than was told.
        await make_all(owner, unusual, "SG")
        assert await look(owner, runner) == ["leadership", "of-one"]
        assert "SG" not in await found()
        # A place without a row is as usual.
        await owner.execute("UPDATE mail_subscription SET found = found || '{ZZ}'")
        assert await look(owner, runner) == ["leadership", "of-one"]
        assert "ZZ" not in await found()
    finally:
        await owner.execute("DELETE FROM mail_subscription; DELETE FROM mail")
        await owner.close()


async def test_a_backlog_is_told_where_it_is_large_and_does_not_shrink(
    lately: tuple[str, SchemaRunner],
) -> None:
    url, runner = lately
    owner = await connect(url)

    async def make(overdue: int, closed: int) -> None:
        """So many overdue in Australia, and so many closed for each that came in, everywhere."""
        of_all = dict.fromkeys(FACTS, 0) | {"intake": 1, "granted": closed, "wip_change": 1}
        of_all["within_target"] = closed
        await make_all(owner, ", ".join(f"{fact} = {count}" for fact, count in of_all.items()))
        for grain in GRAINS:
            if Dimension.COUNTRY in grain.dimensions and grain.is_ranked:
                table = grain.facts.name
                await owner.execute(
                    f"UPDATE {table} SET backlog_change = {overdue} WHERE ctid = (SELECT ctid"
                    f" FROM {table} WHERE country_code = 'AU' ORDER BY starts_on LIMIT 1)"
                )

    # None of the world's own cases is due later today, at whatever hour this runs.
    waiting = GRAINS[-1].histograms.name
    await owner.execute(f"DELETE FROM {waiting} WHERE kind = '{Kind.OPEN}'")
    try:
        await follow(owner, "leadership", "LEADERSHIP", occasion="GROWING_BACKLOG")
        await follow(
            owner, "of-one", "LEADERSHIP", occasion="GROWING_BACKLOG", country_code="SG"
        )  # fmt: skip
        for overdue, closed in ((30, 2), (29, 1)):
            await make(overdue, closed)
            assert await look(owner, runner) == []
        await make(overdue=30, closed=1)
        assert await look(owner, runner) == ["leadership"]
        assert await look(owner, runner) == ["leadership"]
    finally:
        await owner.execute("DELETE FROM mail_subscription; DELETE FROM mail")
        await owner.close()
