"""Nothing personal leaves by a side door: logs, errors, cursors, headers, figures."""

import logging
from base64 import urlsafe_b64decode
from typing import Any

import pytest

from models.database.connections import connect
from tests import tokens
from tests.gateway.changing import IDENTITY, PERSONAL, send
from tests.gateway.conftest import ACCEPT, CLAIMS
from tests.gateway.live import KINDS, served
from tests.gateway.log_lines import log_lines
from tests.gateway.surviving.standing import metrics_of
from tests.people import identities

pytestmark = pytest.mark.anyio

#: What clients ask, good and bad; identities are among the answers.
QUERIES = (
    'query @purpose(code: CASEWORK, reference: "SGPO-OPEN-0006") { applications(first: 100) {'
    " nodes {"
    " reference applicant { identity { fullName passportNumber birthDate email phone"
    " sex placeOfBirth passportIssuingState { code } passportExpiresOn } } } } }",
    'query @purpose(code: SUPERVISION, reference: "AUSY-GRAN-0001") { applications(first: 100) {'
    " nodes {"
    " reference applicant { identity { fullName passportNumber birthDate email phone"
    " sex placeOfBirth passportIssuingState { code } passportExpiresOn } } } } }",
    "query @purpose(code: INTAKE) { applications(first: 100) { nodes {"
    " reference applicant { identity { fullName passportNumber birthDate email phone"
    " sex placeOfBirth passportIssuingState { code } passportExpiresOn } } } } }",
    "{ applications(first: 3) { nodes { applicant { identity { fullName } } } } }",
    "{ applications(first: 3) { edges { cursor node { id } } pageInfo { endCursor } } }",
    "{ accessEvents(first: 100) { edges { cursor } nodes { id purpose fields } } }",
    "{ applications(first: 1000) { nodes { id } } }",
    '{ applications(first: 1, after: "broken") { nodes { id } } }',
    '{ volumes(from: "2025-01-01", to: "2024-01-01", groupBy: []) { asOf } }',
    "{ nothing }",
    "{",
)


@pytest.fixture(scope="module")
async def secrets(world: str) -> list[str]:
    """Every personal value of the world, first names and last names too."""
    connection = await connect(world)
    try:
        rows = await identities(connection)
    finally:
        await connection.close()
    found: list[str] = []
    for row in rows:
        found += [row["full_name"], row["passport_number"], row["email"], row["phone"]]
        found += [row["phone"].replace(" ", ""), row["birth_date"]]
        found += [row["place_of_birth"], row["passport_expires_on"]]
        found += [part for part in row["full_name"].split() if len(part) > 3]
    return found


def assert_clean(text: str, secrets: list[str]) -> None:
    assert [secret for secret in secrets if secret.lower() in text.lower()] == []


async def responses(client: Any) -> list[Any]:
    """Every query by every viewer."""
    return [
        await client.post(
            "/graphql",
            json={"query": query},
            headers={"Accept": ACCEPT, **(tokens.bearer(**claims) if claims else {})},
        )
        for claims in CLAIMS.values()
        for query in QUERIES
    ]


async def test_personal_data_is_in_answers_and_nowhere_else(app, client, secrets, caplog) -> None:
    with caplog.at_level(logging.DEBUG):
        # SQLAlchemy's and asyncio's own debugging is never on; ours is here.
        for name in ("sqlalchemy", "asyncio", "httpx2", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        answered = await responses(client)
    text = "".join(response.text for response in answered)
    assert "Wei Tan" in text  # so the canary sings at all
    assert "Noah Finch" in text
    assert_clean(caplog.text, secrets)
    for response in answered:
        assert_clean(str(response.headers), secrets)
        body = response.json()
        assert_clean(str(body.get("errors", "")), secrets)
        assert_clean(str(body.get("extensions", "")), secrets)
        assert response.headers["cache-control"] == "private, no-store"
    assert_clean(await metrics_of(app.state.internal), secrets)


async def test_cursors_and_ids_hold_nothing_personal(who, secrets) -> None:
    query = """{ applications(first: 100) { edges { cursor node { id applicant { id } } } } }"""
    edges = (await who["supervisor"](query)).data["applications"]["edges"]
    for edge in edges:
        for text in (edge["cursor"], edge["node"]["id"], edge["node"]["applicant"]["id"]):
            raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            assert_clean(raw.decode("latin-1"), secrets)


async def test_a_failure_is_masked_and_its_own_text_is_not_logged(
    who, secrets, world, caplog
) -> None:
    """In the place of the identities stands a view that complains of each name."""
    connection = await connect(world)
    read = """query @purpose(code: SUPERVISION, reference: "AUSY-GRAN-0001") {
        applications(first: 100) { nodes { applicant { identity { phone } } } }
    }"""
    try:
        await connection.execute(
            """
            CREATE FUNCTION complain(text) RETURNS text LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'This is no phone number: %', $1; END $$;
            ALTER TABLE identity RENAME TO identity_away;
            CREATE VIEW identity AS SELECT applicant_id, full_name, passport_number, birth_date,
                email, complain(full_name) AS phone FROM identity_away;
            """
        )
        with caplog.at_level(logging.DEBUG, "gateway"):
            answer = await who["supervisor"](read)
    finally:
        await connection.execute(
            """
            DROP VIEW identity;
            ALTER TABLE identity_away RENAME TO identity;
            DROP FUNCTION complain(text);
            """
        )
        await connection.close()
    assert set(answer.codes) == {"INTERNAL"}
    assert "failed trace=" in caplog.text
    assert_clean(answer.text + caplog.text, secrets)


async def test_the_log_of_a_lively_run_holds_nothing_personal(
    client, who, world, secrets, connection
) -> None:
    """Reads, changes, a socket, refusals and failures: every line, as it is written."""
    submission = {"visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY)}
    with log_lines("DEBUG") as log:
        for name in ("sqlalchemy", "asyncio", "httpx2", "httpcore", "websockets"):
            logging.getLogger(name).setLevel(logging.WARNING)  # as in any process of ours
        await responses(client)
        for values in (
            submission,
            {**submission, "identity": {**IDENTITY, "phone": "400 123 987"}},
        ):
            await send(who["agent-au"], "submitApplication", values)
        await connection.execute("ALTER TABLE identity RENAME COLUMN sealed TO sealed_away")
        try:
            await send(who["agent-au"], "submitApplication", submission)
        finally:
            await connection.execute("ALTER TABLE identity RENAME COLUMN sealed_away TO sealed")
        async with served(world) as live, live.as_viewer("officer") as officer:
            await officer.follows(KINDS)
            await officer.subscribe(f'subscription {{ nothing(id: "{IDENTITY["email"]}") }}', "2")
            await officer.receive()
        await client.get(f"/{IDENTITY['fullName']}?passport={IDENTITY['passportNumber']}")
        await client.get("/health/ready")
    values = {(line["event"].partition("=")[0], line["level"]) for line in log.lines}
    assert {("request", "INFO"), ("request", "DEBUG"), ("subscription", "INFO")} <= values
    assert ("failed trace", "ERROR") in values
    assert {line.get("kind") for line in log.of("request")} == {None, "query", "mutation"}
    assert_clean(log.text, [*secrets, *PERSONAL])
    subjects = {claims["sub"] for claims in CLAIMS.values() if claims} - {"applicant"}
    assert [subject for subject in subjects if f'"{subject}"' in log.text] == []
