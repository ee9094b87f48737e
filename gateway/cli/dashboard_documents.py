"""The dashboard's documents: their page for people, and their registration."""

from collections.abc import Iterator

import asyncpg
from graphql import OperationDefinitionNode, parse

from dashboard.pages.documents import screen_documents
from gateway.execution.document_matrix import DocumentMatrix, ExaminedDocument, matrix_table
from models.documents import Registration, register
from models.vocabulary import Role

CLIENT = "dashboard"

_HEAD = (
    "# The dashboard's documents\n\n"
    "Made by `make snapshots` from the `.graphql` files of [dashboard](../dashboard) and from"
    " [gateway/policy.py](../gateway/policy.py), as `gerbang documents matrix` does for yours:"
    " which roles can run which document, and the most that it costs them, for the year that a"
    " screen shows at first (partner roles: with one country and one centre). Bold is a role for"
    " which a screen sends the document; a dash, one that cannot run it. A changed line of the"
    " policy shows here which screens break for whom, and `make check` refuses it.\n\n"
)


def documents_page() -> str:
    """The page docs/documents.md."""
    matrix = DocumentMatrix()
    named: dict[str, ExaminedDocument] = {}
    senders: dict[str, frozenset[Role]] = {}
    for each in screen_documents():
        name = f"{each.screen}: `{each.name}`"
        named[name] = matrix.examine(each.text, each.variables)
        senders[name] = frozenset(map(Role, each.sent_for(Role)))
    return _HEAD + "\n".join(matrix_table(named, senders)) + "\n"


async def register_dashboard(connection: asyncpg.Connection, by: str) -> int:
    """Register the dashboard's documents; return how many were new."""
    documents = [
        Registration(each.text, tuple(_operation_names(each.text))) for each in screen_documents()
    ]
    return len(await register(connection, documents, client=CLIENT, by=by))


def _operation_names(text: str) -> Iterator[str]:
    for node in parse(text).definitions:
        if isinstance(node, OperationDefinitionNode) and node.name:
            yield node.name.value
