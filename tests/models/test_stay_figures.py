"""Who is in the country, overstays or never came, by the rollups: against a replay of movements."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import asyncpg
import pytest

from models.database.connections import connect, engine
from models.instants import wib_day
from models.jobs import erase_people
from models.jobs.erase_people import keep_retention
from models.rights.erasure_steps import (
    _HIDE,  # pyright: ignore[reportPrivateUsage]
    hide_old_movements,
)
from models.rights.retention import Retention
from models.synthetic import Scale, synthesise
from models.volumes import Dimension, Period, Question, fold, rebuild, verify
from models.volumes.question import months_later
from models.volumes.stays import stays

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
#: From how many days ago to how many, or how many to come.
WINDOWS = ((170, 70), (60, 60), (30, 0), (400, 1), (20, -40))
UNTIL = datetime.now(UTC) - timedelta(days=2)
_VISAS = """
    SELECT
        visa_number, nationality_code, visa_type_code, use_by, revoked_at, superseded_at,
        returned_at, extended_days, (stay_days + extended_days)::integer AS stay_days,
        application.applicant_id
    FROM visa JOIN application ON application.id = application_id
"""
#: By their first decisions, and as these stand.
_EXTENSIONS = """
    SELECT nationality_code, visa_type_code, wib_day(first_one.decided_at) AS day
    FROM application
    JOIN decision AS first_one ON application_id = application.id AND supersedes_id IS NULL
    JOIN decision AS standing ON standing.id = current_decision_id AND standing.outcome = 'GRANTED'
    WHERE extends_visa_number IS NOT NULL
"""
_TAKE_BACK_EXTENSIONS = """
    WITH back AS (
        UPDATE application SET status = 'REVOKED'
        WHERE extends_visa_number IS NOT NULL AND status = 'GRANTED' RETURNING id
    )
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    SELECT back.id, max(sequence) + 1, 'REVOKED', max(occurred_at) + interval '1 second'
    FROM back JOIN application_event ON application_id = back.id GROUP BY back.id
"""
_REPORT = (
    "INSERT INTO crossing (id, reported_by, report_key, direction, crossed_at, port, passengers,"
    " visa_number) VALUES (gen_random_uuid(), 'border', gen_random_uuid()::text, $2, $3, 'CGK',"
    " ARRAY[sha256(convert_to($1, 'UTF8') || sha256(convert_to($4::text, 'UTF8')))], $1)"
)
_INDEX = """
    INSERT INTO person_index (applicant_id, version, kind, key_id, digest)
    SELECT id, 1, 'PASSPORT', 'test', sha256(convert_to(id::text, 'UTF8')) FROM applicant
"""


@pytest.fixture(scope="module")
async def loaded(database: str) -> AsyncIterator[asyncpg.Connection]:
    await synthesise(
        database, applications=1_000, months=6, seed=3, scale=Scale.PARTNER, until=UNTIL
    )
    connection = await connect(database)
    await connection.execute(_INDEX)
    yield connection
    await connection.close()


async def ask(
    url: str, first: date, last: date, period: Period | None, by: Dimension | None
) -> dict[tuple[Any, ...], tuple[int, ...]]:
    async with engine(url).connect() as connection:
        rows = (
            await connection.execute(stays(Question(first, last, period=period), by))
        ).mappings()
        return {
            (row.get("code"), row.get("period")):
                (row["in_country"], row["overstays"], row["unused"], row["extensions"])
            for row in rows
        }  # fmt: skip


class Replay:
    """What happened by each visa, counted one by one: no statement is shared with the figures."""

    def __init__(
        self,
        visas: list[asyncpg.Record],
        moved: list[asyncpg.Record],
        extended: list[asyncpg.Record],
    ) -> None:
        self.visas, self.today, self.extended = visas, wib_day(datetime.now(UTC)), extended
        self.moved = defaultdict[str, list[tuple[date, str]]](list)
        for one in moved:
            self.moved[one["visa_number"]].append((wib_day(one["crossed_at"]), one["direction"]))

    def numbers(self, first: date, last: date, by: str | None) -> dict[Any, tuple[int, ...]]:
        """The four numbers of a window, by code."""
        end = min(last, self.today)
        there, over, unused = Counter[Any](), Counter[Any](), Counter[Any]()
        for visa in self.visas:
            code, own = visa[by] if by else None, self.moved[visa["visa_number"]]
            so_far = [one for one in own if one[0] <= end]
            if so_far and so_far[-1][1] == "ENTRY":
                there[code] += 1
                over[code] += end > so_far[-1][0] + timedelta(days=visa["stay_days"])
            ended = visa["revoked_at"] or visa["superseded_at"] or visa["returned_at"]
            is_over = first <= visa["use_by"] <= min(last, self.today - DAY)
            unused[code] += not own and not ended and is_over
        longer = Counter[Any](
            one[by] if by else None for one in self.extended if first <= one["day"] <= end
        )
        found = {
            code: (there[code], over[code], unused[code], longer[code])
            for code in {*there, *unused, *longer}
        }
        return {code: numbers for code, numbers in found.items() if any(numbers)}


async def compare(connection: asyncpg.Connection, url: str) -> int:
    """Asks windows and groups of each kind; how many numbers were compared that are not nought."""
    assert await verify(connection) == []
    await fold(connection)
    assert await verify(connection) == []
    moved = "SELECT * FROM movement ORDER BY crossed_at, direction"
    rows = [await connection.fetch(query) for query in (_VISAS, moved, _EXTENSIONS)]
    replay = Replay(*rows)
    today, compared = replay.today, 0
    for by in (None, Dimension.NATIONALITY, Dimension.VISA_TYPE):
        windows = [(today - ago * DAY, today - until * DAY) for ago, until in WINDOWS]
        this_month = today.replace(day=1)
        windows += [(months_later(this_month, -2), this_month - DAY), (this_month, today)]
        for first, last in windows:
            found = await ask(url, first, last, None, by)
            expected = replay.numbers(first, last, by and by.value)
            assert {code: numbers for (code, _), numbers in found.items()} == expected
            compared += sum(map(any, expected.values()))
        # By periods of whole months, and by such as cut them; from within a month, and from its
        # beginning.
        for period in (Period.WEEK, Period.MONTH, Period.QUARTER):
            for first in (today - 75 * DAY, (today - 75 * DAY).replace(day=1)):
                asked = Question(first, today + 40 * DAY, period=period)
                found = await ask(url, first, asked.to_on, period, by)
                for begins, since, until in asked.periods():
                    expected = {}
                    if since <= today:
                        expected = replay.numbers(since, until, by and by.value)
                    assert {code: n for (code, at), n in found.items() if at == begins} == expected
    return compared


async def test_figures_of_stays_are_those_of_the_movements_however_they_came(
    loaded: asyncpg.Connection, database: str
) -> None:
    assert await compare(loaded, database) > 60
    rng = Random(5)
    visas = await loaded.fetch(f"{_VISAS} ORDER BY visa_number")
    chosen = rng.sample(visas, 40)
    for _ in range(120):
        visa = rng.choice(chosen)
        at = datetime.now(UTC) - timedelta(hours=rng.randint(1, 24 * 150))
        way = rng.choice(("ENTRY", "EXIT"))
        await loaded.execute(_REPORT, visa["visa_number"], way, at, str(visa["applicant_id"]))
        if rng.random() < 0.2:
            await fold(loaded)
    assert await loaded.fetchval("SELECT count(*) FROM crossing WHERE matched_at IS NOT NULL") > 80
    assert await compare(loaded, database) > 60
    # A visa that is revoked, corrected, given back or given other terms, until today at most: a
    # day that is not over has no unused visa. Another nationality.
    ends = [f"{column} = issued_at" for column in ("revoked_at", "superseded_at", "returned_at")]
    for change in (*ends, "use_by = least(use_by - 40, wib_day(now())::date)"):
        numbers = [visa["visa_number"] for visa in rng.sample(visas, 25)]
        await loaded.execute(f"UPDATE visa SET {change} WHERE visa_number = ANY ($1)", numbers)
    assert await compare(loaded, database) > 60
    # An extension that is taken back was granted, on its day.
    assert await loaded.execute(_TAKE_BACK_EXTENSIONS) != "INSERT 0 0"
    assert await compare(loaded, database) > 60
    people = [visa["applicant_id"] for visa in chosen[:20]]
    extended = [visa["applicant_id"] for visa in visas if visa["extended_days"]]
    assert extended
    people += extended
    await loaded.execute(
        "WITH moved AS (UPDATE applicant SET nationality_code = 'SG' WHERE id = ANY ($1))"
        " UPDATE application SET nationality_code = 'SG' WHERE applicant_id = ANY ($1)", people,
    )  # fmt: skip
    assert await compare(loaded, database) > 60


async def test_erased_people_stay_in_the_figures(loaded: asyncpg.Connection, database: str) -> None:
    visas = await loaded.fetch(
        f"{_VISAS} WHERE visa_number IN (SELECT visa_number FROM movement)"
        " ORDER BY extended_days DESC LIMIT 30"
    )
    await fold(loaded)
    rows = "SELECT * FROM volume_stay ORDER BY 1, 2, 3"
    before = await loaded.fetch(rows)
    people = [visa[-1] for visa in visas]
    of_stays = [each for each in _HIDE if "movement" in each or "stay" in each]
    assert len(of_stays) == 2
    for half in (people[:15], people[15:]):
        for statement in of_stays:
            await loaded.execute(statement, half)
    gone = "SELECT count(*) FROM movement WHERE applicant_id = ANY ($1)"
    assert await loaded.fetchval(gone, people) == 0
    assert await verify(loaded) == []
    await fold(loaded)
    assert await loaded.fetch(rows) == before
    await rebuild(loaded)
    left = "SELECT * FROM volume_stay WHERE %s <> 0"
    numbers = "abs(in_country_change) + abs(overstay_change) + unused + extensions"
    assert set(await loaded.fetch(left % numbers)) == {row for row in before if any(row[-4:])}


_LEFT = "SELECT EXISTS (SELECT FROM movement WHERE visa_number = ANY ($1))"
_ON_HOLD = """
    INSERT INTO legal_hold (id, application_id, reason, held_by)
    SELECT gen_random_uuid(), application_id, 'evidence', 'supervisor'
    FROM visa WHERE visa_number = $1
"""
#: Single-entry visas that were used, and what was taken back or corrected.
_LET_NOBODY_IN = """
    SELECT visa_number FROM visa JOIN stay USING (visa_number)
    WHERE is_used OR num_nonnulls(revoked_at, superseded_at, returned_at) > 0
"""


async def test_old_movements_go_and_stay_in_the_figures(
    loaded: asyncpg.Connection, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # By those with several entries somebody may come again.
    await loaded.execute("UPDATE visa SET use_by = use_by + 3650")
    await fold(loaded)
    rows = (
        "SELECT * FROM volume_stay WHERE in_country_change <> 0 OR overstay_change <> 0"
        " ORDER BY 1, 2, 3"
    )
    before = await loaded.fetch(rows)
    old, by_visa = datetime.now(UTC) - 30 * DAY, defaultdict[str, list[asyncpg.Record]](list)
    for one in await loaded.fetch("SELECT * FROM movement ORDER BY crossed_at, direction"):
        by_visa[one["visa_number"]].append(one)
    lets_nobody_in = {row[0] for row in await loaded.fetch(_LET_NOBODY_IN)}
    left = {
        number
        for number, own in by_visa.items()
        if own[-1]["direction"] == "EXIT" and wib_day(own[-1]["crossed_at"]) < wib_day(old)
    }
    due = sorted(left & lets_nobody_in)
    # The others may come again by the visa, or are there, or left but lately.
    assert min(len(due), len(left - lets_nobody_in), len(by_visa) - len(left)) > 5
    held, *gone = due
    await loaded.execute(_ON_HOLD, held)
    assert await hide_old_movements(loaded, 30, 10) == 10
    # The rest by the keeper, a few at a time and without a pause, for all that bans have ended.
    monkeypatch.setattr(erase_people, "_WALKED", 5)
    async with asyncio.timeout(60), asyncio.TaskGroup() as keeper:
        stop = asyncio.Event()
        keeper.create_task(keep_retention(Retention(movement_days=30), database, stop, 3600))
        while await loaded.fetchval(_LEFT, gone):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        stop.set()
    assert await hide_old_movements(loaded, 30, 10_000) == 0
    kept = await loaded.fetch("SELECT DISTINCT visa_number FROM movement")
    assert {row[0] for row in kept} == by_visa.keys() - set(gone)
    stays_of = "SELECT DISTINCT presence, entered_on, departed_on, stay_until FROM stay"
    said = await loaded.fetch(f"{stays_of} WHERE visa_number = ANY ($1)", gone)
    assert [tuple(row) for row in said] == [("DEPARTED", None, None, None)]
    assert await verify(loaded) == []
    await fold(loaded)
    await rebuild(loaded)
    assert await loaded.fetch(rows) == before

    # An entry of that time that is reported now adds nothing; one of a later time does.
    latest = by_visa[gone[0]][-1]
    person, moved = (
        str(latest["applicant_id"]),
        "SELECT count(*) FROM movement WHERE visa_number = $1",
    )
    for at, movements, presence in (
        (latest["crossed_at"], 0, "DEPARTED"),
        (latest["crossed_at"] + timedelta(seconds=1), 1, "IN_COUNTRY"),
    ):
        await loaded.execute(_REPORT, gone[0], "ENTRY", at, person)
        assert await loaded.fetchval(moved, gone[0]) == movements
        found = "SELECT presence FROM stay WHERE visa_number = $1"
        assert await loaded.fetchval(found, gone[0]) == presence
    unmatched = "SELECT count(*) FROM crossing WHERE matched_at IS NULL AND visa_number = $1"
    assert await loaded.fetchval(unmatched, gone[0]) == 0
    assert await verify(loaded) == []
