"""Apollo's composer, as npm has it, takes a role's schema beside another subgraph."""

import json
import subprocess
from pathlib import Path

import pytest

from models.vocabulary import Role
from tests.clients.workspace import HERE, NODE, is_installed
from tests.gateway.test_schema_files import address, asking
from tests.machine import needs

pytestmark = [
    pytest.mark.anyio,
    needs("clients", is_here=is_installed(), absent="no clients: `make clients` brings them"),
]

NOTES = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
type Application @key(fields: "id") { id: ID!  note: String }
type PageInfo @shareable { hasNextPage: Boolean! }
type Query { countOfNotes: Int }
"""


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.APPLICANT])
async def test_a_schema_is_composed_with_another_subgraph(role: Role, tmp_path: Path) -> None:
    """Which adds a field to applications, and has pages of its own."""
    async with asking() as client:
        answer = await client.get(address(role), params={"flavour": "federation"})
    (tmp_path / "gerbang.graphql").write_text(answer.text, encoding="utf-8")
    (tmp_path / "notes.graphql").write_text(NOTES, encoding="utf-8")
    (tmp_path / "compose.mjs").write_bytes((HERE / "programs" / "compose.mjs").read_bytes())
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    command = (NODE, "compose.mjs", "gerbang.graphql", "notes.graphql")
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: ASYNC221
    assert ran.returncode == 0, ran.stderr
    assert {"Application", "ApplicationBy", "PageInfo"} <= {*json.loads(ran.stdout)}
