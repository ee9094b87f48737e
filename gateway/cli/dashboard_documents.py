"""Registers the dashboard's documents."""

from collections.abc import Iterator

import asyncpg
from graphql import OperationDefinitionNode, parse

from dashboard.pages.documents import screen_documents
from models.documents import Registration, register

CLIENT = "dashboard"


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
