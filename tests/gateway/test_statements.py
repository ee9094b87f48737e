"""One statement for each level, however many rows there are; none where nothing is stored."""

import re

import pytest
from graphql import get_introspection_query

from models.database.connections import connect

pytestmark = pytest.mark.anyio

CASES = """
nodes {
    reference stage status
    country { code entryRules { entry } }
    nationality { name }
    visaType { code fees { price { amount } } }
    partner { name }
    centre { city }
    applicant { nationality { iso3 } identity { fullName } }
    decision { outcome supersedes { outcome } }
    decisions(first: 9) { nodes { grounds } }
    events(first: 9) { nodes { kind } }
    assignments(first: 9) { nodes { officer } }
}
"""
#: The tables of the page and of its links. Of countries and visa types only those are joined that
#: lead on to what is not kept in memory.
JOINED = ["applicant", "application", "country", "decision", "decision", "visa_type"]
#: What else is read, each by a statement that repeats those above it.
BELOW = {"decision", "application_event", "assignment", "entry_rule", "fee", "identity"}


@pytest.fixture(scope="module")
async def many(world: str) -> None:
    """A copy of every application but the decided ones, four times over."""
    connection = await connect(world)
    try:
        await connection.execute(
            """
            INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code,
                channel, partner_code, country_code, centre_code, status, submitted_at,
                use_within_days)
            SELECT gen_random_uuid(), 'COPY-' || to_char(n, 'FM0000') || substr(reference, 10),
                applicant_id, nationality_code, visa_type_code, channel, partner_code,
                country_code, centre_code, 'SUBMITTED', submitted_at - n * interval '1 hour',
                use_within_days
            FROM application, generate_series(1, 4) n WHERE reference NOT LIKE 'COPY%'
            """
        )
    finally:
        await connection.close()


def tables_of(statement: str) -> list[str]:
    return sorted(re.findall(r"FROM (?!unnest)(\w+)", statement))


@pytest.mark.parametrize("size", [10, 30, 60])
async def test_a_page_takes_as_many_statements_whatever_its_size(who, many, traffic, size) -> None:
    query = """query($n: Int) @purpose(code: CASEWORK, reference: "SGPO-OPEN-0006") {
        applications(first: $n, orderBy: {field: CLOSED_AT}) { %s }
    }"""
    await who["officer"](query % CASES, n=1)  # what is kept in memory is read
    traffic.statements.clear()
    answer = await who["officer"](query % CASES, n=size)
    assert answer.errors == []
    assert len(answer.data["applications"]["nodes"]) == size
    page, *below, log = traffic.statements
    assert tables_of(page) == sorted((*JOINED, "data_version"))
    assert len(below) == 6
    assert {table for text in below for table in tables_of(text)} >= BELOW
    assert "viewer.admit_reads" in log
    assert "INSERT INTO access_event" in log


async def test_a_page_holds_one_connection_and_one_transaction(who, many, traffic) -> None:
    query = """{
        applications(first: 20) { nodes { partner { name } events(first: 9) { nodes { kind } } } }
    }"""
    assert (await who["auditor"](query)).errors == []
    assert traffic.connections == 1


async def test_a_total_alone_reads_no_page(who, many, traffic) -> None:
    assert (await who["officer"]("{ applications { totalCount { value } } }")).errors == []
    [statement] = traffic.statements
    assert "count(*)" in statement


async def test_a_page_alone_counts_nothing(who, many, traffic) -> None:
    query = "{ applications(first: 5) { edges { cursor } nodes { id } pageInfo { endCursor } } }"
    assert (await who["officer"](query)).errors == []
    [statement] = traffic.statements
    assert "count(" not in statement


async def test_aliases_of_a_lookup_share_a_write(who, traffic) -> None:
    codes = ("AU", "NZ", "SG", "XX", "AU")
    fields = " ".join(f'c{n}: country(by: {{code: "{c}"}}) {{ code }}' for n, c in enumerate(codes))
    answer = await who["anonymous"](f"{{ {fields} }}")
    assert answer.data["c3"] is None
    assert len(traffic.statements) == len(codes)
    assert traffic.connections == 1


async def test_volumes_with_their_groups_take_a_statement_each(who, traffic) -> None:
    query = """{
        volumes(from: "2025-01-01", to: "2025-02-28", groupBy: [COUNTRY, NATIONALITY, PARTNER]) {
            asOf
            rows { country { code } nationality { code } partner { code } intake { value } }
        }
    }"""
    assert (await who["leadership"](query)).errors == []
    # When, how many, the countries of each dimension, the partners.
    assert len(traffic.statements) == 5


@pytest.mark.parametrize(
    "query",
    [
        "{ __typename }",
        "{ viewer { role subject countries } }",
        "{ policies { type rows fields } }",
        '{ node(id: "nonsense") { id } }',
        '{ application(by: {id: ""}) { id } }',
        "{ applications { __typename } }",
        "{ nothing }",
        get_introspection_query(),
    ],
)
async def test_fields_without_stored_data_take_no_connection(who, traffic, query) -> None:
    await who["officer"](query)
    assert (traffic.statements, traffic.connections) == ([], 0)


async def test_everything_is_read_only(who, many, traffic) -> None:
    """But for the log of reads, written after the answer is known."""
    purpose = '@purpose(code: CASEWORK, reference: "SGPO-OPEN-0006")'
    query = f"query {purpose} {{ applications(first: 60) {{ %s }} }}"
    assert (await who["supervisor"](query % CASES)).errors == []
    written = [text for text in traffic.statements if not text.lstrip().startswith("SELECT")]
    [log] = written
    assert re.findall("INSERT INTO [a-z_]+|UPDATE|DELETE", log) == ["INSERT INTO access_event"]
