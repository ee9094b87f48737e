"""Who holds a file is one column, and says what its places and successors say together."""

from itertools import product

import asyncpg
import pytest

pytestmark = pytest.mark.anyio

CENTRES = {"AU-SYD": "AU", "AU-MEL": "AU", "NZ-AKL": "NZ"}
#: Where a file was taken in: directly, at a portal, or at a centre; and where it went, if anywhere.
TAKEN_IN = [(None, None), ("AU", None), ("NZ", None), *((CENTRES[one], one) for one in CENTRES)]
SUCCESSORS = [(None, None), *((CENTRES[one], one) for one in CENTRES)]
#: The countries and the centres that a token names.
SCOPES = [
    ([], []),
    (["AU"], []),
    (["AU", "NZ"], []),
    (["AU"], ["AU-SYD"]),
    (["AU"], ["AU-MEL", "AU-SYD"]),
    (["AU", "NZ"], ["NZ-AKL"]),
    ([], ["AU-MEL"]),
]
#: Of a manager and of an agent: said by the places themselves, and by the columns.
REACHES = """
    WITH file (country_code, centre_code, successor_country_code, successor_centre_code) AS (
        VALUES ($1::text, $2::text, $3::text, $4::text)
    ), placed AS (
        SELECT *, {country} AS holder_country_code, {place} AS holder_place,
            $5::text[] AS countries, $6::text[] AS centres,
            CASE WHEN $6::text[] = '{{}}' THEN $5::text[] ELSE $6::text[] END AS places
        FROM file
    )
    SELECT
        (country_code = ANY (countries) AND successor_country_code IS NULL
            OR successor_country_code = ANY (countries)) IS TRUE,
        (holder_country_code = ANY (countries)) IS TRUE,
        (coalesce(centre_code, country_code) = ANY (places) AND successor_centre_code IS NULL
            OR successor_centre_code = ANY (centres)) IS TRUE,
        (holder_place = ANY (places)) IS TRUE
    FROM placed
"""
DEFINITION = """
    SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
    JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
    WHERE adrelid = 'application'::regclass AND attname = $1
"""


async def test_the_holder_is_whoever_the_places_and_successors_say(
    connection: asyncpg.Connection,
) -> None:
    reaches = REACHES.format(
        country=await connection.fetchval(DEFINITION, "holder_country_code"),
        place=await connection.fetchval(DEFINITION, "holder_place"),
    )
    managers = agents = 0
    for taken_in, successor, scope in product(TAKEN_IN, SUCCESSORS, SCOPES):
        row = await connection.fetchrow(reaches, *taken_in, *successor, *scope)
        assert row
        manager, by_country, agent, by_place = row
        assert (by_country, by_place) == (manager, agent), (taken_in, successor, scope)
        managers += manager
        agents += agent
    assert managers > 50
    assert agents > 25
