"""The command by which documents are registered, and what it says of them."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import gerbang
from models.documents import document_hash
from models.vocabulary import Role
from tests.gateway.conftest import CLAIMS
from tests.gateway.schemas import SCHEMAS
from tests.gateway.test_trusted_documents import (
    EVERYBODY,
    asking,
    nothing_registered,
    register_document,
)

__all__ = ["nothing_registered"]

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of its own makes the schemas of all roles; these commands run in this one."""
    monkeypatch.setattr("gateway.execution.document_matrix.build_schemas", lambda: SCHEMAS)


COUNTRIES = "query Countries { countries(first: 3) { nodes { code } } }"
IDENTITY = (
    "query Person($case: String!) @purpose(code: CASEWORK, reference: $case) {"
    " application(by: {reference: $case}) {"
    " applicant { passportLastFour identity { fullName } } } }"
)
#: Nobody may read this.
FOR_NOBODY = "query Nothing { applications(first: 1) { nodes { nothing } } }"

Command = Callable[..., Awaitable[Result]]


@pytest.fixture
def documents(database: str) -> Command:
    """Runs `gerbang documents` with the address of the owner, and nothing else."""

    async def run(*arguments: str | Path) -> Result:
        words = ["documents", *map(str, arguments)]
        environ = {"GERBANG_OWNER_URL": database}
        return await asyncio.to_thread(CliRunner().invoke, gerbang, words, env=environ)

    return run


SHA1 = hashlib.sha1(COUNTRIES.encode()).hexdigest()
MD5 = hashlib.md5(COUNTRIES.encode()).hexdigest()
MANIFESTS = {
    "persisted-documents.json": ({SHA1: COUNTRIES}, SHA1),
    "persisted-queries.json": ({MD5: COUNTRIES}, MD5),
    "persisted-query-manifest.json": (
        {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [
                {"id": "of-apollo", "name": "Countries", "type": "query", "body": COUNTRIES}
            ],
        },
        "of-apollo",
    ),
    "by-their-hash.json": ({document_hash(COUNTRIES): COUNTRIES}, None),
    "countries.graphql": (COUNTRIES, None),
}


@pytest.mark.parametrize("name", MANIFESTS)
async def test_what_client_tools_write_is_registered(
    world: str, documents: Command, tmp_path: Path, name: str
) -> None:
    content, id_ = MANIFESTS[name]
    file = tmp_path / name
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    text = await documents("register", "--client", "portal", "--by", "Dewi", file)
    assert text.exit_code == 0, text.output
    assert "Countries sha256:" in text.output
    assert "every role" in text.output
    assert "1 registered, 0 known already." in text.output
    assert (
        "0 registered, 1 known already."
        in (await documents("register", "--client", "portal", file)).output
    )
    listed = (await documents("list")).output
    assert listed == (
        f"Countries (portal)\n    sha256:{document_hash(COUNTRIES)}{f', {id_}' if id_ else ''}\n"
    )
    assert (await documents("list", "--reading", "Country.code")).output == listed
    assert (await documents("list", "--reading", "Country.region")).output == ""
    async with asking(world) as who:
        for each in filter(None, (f"sha256:{document_hash(COUNTRIES)}", id_)):
            asked = await who["anonymous"].send({"documentId": each})
            assert len(asked.data["countries"]["nodes"]) == 3
    retired = await documents("retire", id_ or document_hash(COUNTRIES))
    assert retired.output == f"retired sha256:{document_hash(COUNTRIES)}\n"
    assert (await documents("list")).output == ""
    assert (await documents("retire", document_hash(COUNTRIES))).exit_code == 1


MISTAKES = {
    "a field that nobody reads": ("a.graphql", FOR_NOBODY, "no role can run it"),
    "no GraphQL": ("a.graphql", "query {", "Syntax Error"),
    "no JSON": ("a.json", "{", "is no JSON"),
    "another manifest": ("a.json", '{"version": 2}', "holds no documents"),
    "a later manifest of Apollo": (
        "a.json",
        json.dumps(
            {
                "format": "apollo-persisted-query-manifest",
                "version": 2,
                "operations": [{"id": "a", "body": EVERYBODY}],
            }
        ),
        "holds no documents",
    ),
    "no manifest": ("a.json", "[]", "holds no documents"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
async def test_of_files_with_a_mistake_nothing_is_registered(
    documents: Command, connection, tmp_path: Path, mistake: str
) -> None:
    name, text, says = MISTAKES[mistake]
    (tmp_path / name).write_text(text)
    (tmp_path / "good.graphql").write_text(EVERYBODY)
    sentence = await documents("register", tmp_path / "good.graphql", tmp_path / name)
    assert sentence.exit_code == 1
    assert says in sentence.output
    assert await connection.fetchval("SELECT count(*) FROM trusted_document") == 0


async def test_the_matrix_says_who_can_run_what_at_which_cost_and_what_is_personal(
    world: str, documents: Command, connection
) -> None:
    for text in (EVERYBODY, IDENTITY):
        await register_document(connection, text)
    sentence = await documents("matrix")
    head, _, *lines = sentence.output.splitlines()
    titles = [cell.strip() for cell in head.strip("|").split("|")]
    rows = {
        cells[0]: dict(zip(titles, cells, strict=True))
        for line in lines
        if (cells := [cell.strip() for cell in line.strip("|").split("|")])
    }
    myself = rows[f"Myself `{document_hash(EVERYBODY)[:8]}`"]
    person = rows[f"Person `{document_hash(IDENTITY)[:8]}`"]
    assert [myself[role] for role in Role] == ["2"] * len(Role)
    assert (myself["purpose"], myself["personal data"]) == ("–", "–")
    may = {role for role in Role if person[role] != "–"}
    assert may == {Role.OFFICER, Role.SUPERVISOR, Role.PARTNER_AGENT, Role.APPLICANT}
    assert person["purpose"] == "stated"
    assert person["personal data"] == "`Applicant.passportLastFour`, `Identity.fullName`"
    async with asking(world) as who:
        for name in ("officer", "supervisor"):
            body = {"query": IDENTITY, "variables": {"case": "0000-0000-0000"}}
            asked = await who[name].send(body)
            cost = asked.body["extensions"]["cost"]["requested"]
            assert person[CLAIMS[name]["role"]] == f"{cost:,}"
