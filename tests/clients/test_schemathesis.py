"""Requests that schemathesis makes of a role's schema: whatever is valid is answered."""

import asyncio
import json
from pathlib import Path

import httpx2
import pytest

from tests import tokens
from tests.clients.workspace import HERE, PYTHON
from tests.gateway.conftest import CLAIMS
from tests.gateway.live import served
from tests.machine import needs

PROGRAM = HERE / "programs" / "generated_requests.py"
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.proof,
    pytest.mark.timeout(1_800),
    needs(
        "clients",
        is_here=(PYTHON / "schemathesis").exists(),
        absent="no schemathesis: `make clients` brings it",
    ),
]
#: Of each operation.
EXAMPLES = 75
FEWEST = 2_000


@pytest.mark.parametrize("name", ["officer", "leadership", "manager-au", "auditor", "supervisor"])
async def test_no_valid_request_is_answered_by_a_fault(
    world: str, tmp_path: Path, name: str
) -> None:
    bearer = tokens.bearer(**CLAIMS[name])
    async with served(f"{world}?sslmode=disable", budget="1000000000") as gateway:
        address = f"http://127.0.0.1:{gateway.port}/graphql"
        async with httpx2.AsyncClient(headers=bearer) as client:
            role = CLAIMS[name]["role"].lower()
            answer = await client.get(f"{address}/schema/{role}.graphql")
        schema = tmp_path / "schema.graphql"
        schema.write_text(answer.raise_for_status().text, encoding="utf-8")
        ran = await asyncio.create_subprocess_exec(
            *(PYTHON / "python", PROGRAM, address, bearer["Authorization"], schema, str(EXAMPLES)),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, said = await ran.communicate()
    assert ran.returncode == 0, said.decode()
    told = json.loads(output)
    assert told["faults"] == []
    assert told["asked"] >= FEWEST
