"""Trusted documents: the operations that clients have registered, to ask for by an id."""

from models.documents.registering import (
    IdTakenError,
    KnownDocument,
    Registration,
    document_hash,
    list_documents,
    register,
    retire,
)
from models.documents.trusted_document import TrustedDocument

__all__ = [
    "IdTakenError",
    "KnownDocument",
    "Registration",
    "TrustedDocument",
    "document_hash",
    "list_documents",
    "register",
    "retire",
]
