"""Reads documents to register: `.graphql` files, and the manifests that client tools write."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from models.documents import LONGEST_ID

_APOLLO = "apollo-persisted-query-manifest"
_DOCUMENT_FILES = (".graphql", ".gql")


class ManifestError(Exception):
    """A file is neither a document nor a manifest that is known; the message says which."""


class FoundDocument(NamedTuple):
    """A document of a file, with the id that its client has for it."""

    text: str
    id: str | None = None


def read_documents(file: Path) -> list[FoundDocument]:
    """The documents of a file. Raises ManifestError.

    Besides `.graphql` files these are read: `persisted-documents.json` of graphql-codegen and the
    file of relay-compiler, both ``{id: document}``, and the manifest of Apollo's
    generate-persisted-query-manifest.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{file} cannot be read: {type(error).__name__}.") from None
    if file.suffix in _DOCUMENT_FILES:
        return [FoundDocument(text)]
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ManifestError(f"{file} is no JSON: {error}.") from None
    found = list(_documents_in(content))
    if not found:
        raise ManifestError(
            f"{file} holds no documents: expected a manifest of graphql-codegen, relay-compiler or"
            " Apollo, or a file that ends in .graphql."
        )
    for each in found:
        if each.id is None or not 0 < len(each.id) <= LONGEST_ID or not each.id.isprintable():
            raise ManifestError(f"{file} has an id that is empty, too long or not printable.")
    return found


def _documents_in(content: Any) -> Iterator[FoundDocument]:
    match content:
        case {"format": format_, "version": 1, "operations": [*operations]} if format_ == _APOLLO:
            for operation in operations:
                match operation:
                    case {"id": str(id_), "body": str(body)}:
                        yield FoundDocument(body, id_)
                    case _:
                        raise ManifestError("An operation of the manifest lacks its id or body.")
        case dict() if all(isinstance(text, str) for text in content.values()):
            documents: Mapping[str, str] = content
            for id_, document in documents.items():
                yield FoundDocument(document, id_)
        case _:
            return
