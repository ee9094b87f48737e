"""Gateways seal the entries of the access log, so that an entry of somebody else is found."""

from base64 import b64encode
from pathlib import Path

import asyncpg
import pytest

from models.account import CheckpointFolder, integrate, sign_checkpoint, verify
from models.key_service import KeyUse
from tests.linking import KEYS

pytestmark = pytest.mark.anyio

READ = """
    query @purpose(code: CASEWORK, reference: "SGPO-OPEN-0006") {
        application(by: {reference: "SGPO-OPEN-0006"}) { applicant { identity { fullName } } }
        people(by: {passport: {issuingState: "SG", number: "PSG0001"}}) { id }
    }
"""
EVIDENCE = """
    { findings(from: "2025-01-01", to: "2025-02-28", kinds: []) {
        evidence { checkpointSignedAt checkpointRoot edition publishedAt }
    } }
"""
_SEALED = """
    SELECT 'read', mac_key, length(mac) FROM access_event
    UNION ALL SELECT 'look-up', mac_key, length(mac) FROM person_lookup WHERE mac IS NOT NULL
"""


async def test_reads_and_lookups_are_sealed_as_the_account_verifies_them(
    who, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    answer = await who["officer"](READ)
    assert answer.data["application"]["applicant"]["identity"] is not None
    assert sorted(tuple(row) for row in await connection.fetch(_SEALED)) == [
        ("look-up", "of-the-tests", 32),
        ("read", "of-the-tests", 32),
    ]
    folder = CheckpointFolder(tmp_path)
    while await integrate(connection):
        pass
    await sign_checkpoint(connection, KEYS, folder)
    report = await verify(connection, KEYS, folder)
    assert report.findings == []
    # Whoever reads exact figures reads which checkpoint stood beside them, and not of how much.
    newest = folder.newest(await KEYS.public_keys(KeyUse.CHECKPOINT))
    assert newest
    for viewer in ("leadership", "manager-au", "agent-au"):
        answer = await who[viewer](EVIDENCE)
        told = answer.data["findings"]["evidence"]
        assert told["checkpointRoot"] == b64encode(newest.root).decode()
        assert told["edition"] is None
        assert told["publishedAt"] is None
    # One of a forger, who is a superuser, has no seal of a gateway.
    await connection.execute(
        "INSERT INTO access_event (id, applicant_id, actor, actor_role, purpose, case_reference,"
        " fields, trace_id, mac_key, mac) SELECT gen_random_uuid(), applicant_id, 'officer-2',"
        " actor_role, purpose, case_reference, fields, trace_id, mac_key, mac FROM access_event"
    )
    while await integrate(connection):
        pass
    await sign_checkpoint(connection, KEYS, folder)
    [finding] = (await verify(connection, KEYS, folder)).findings
    assert finding.kind == "forged"
