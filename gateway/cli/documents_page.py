"""The page of the dashboard's documents: which roles can run them, and what they cost."""

from dashboard.pages.documents import screen_documents
from gateway.execution.document_matrix import DocumentMatrix, ExaminedDocument, matrix_table
from models.vocabulary import Role

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
