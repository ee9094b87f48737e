"""The checklist of an application, as the steps that depend on it read it."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from models import Application, CaseDocument
from models.vocabulary import DocumentKind


def required_documents() -> Any:
    """The kinds of the documents of its checklist, joined by commas."""
    return _documents().label("required_documents")


def missing_documents() -> Any:
    """The kinds of the documents that are missing, joined by commas."""
    return _documents(CaseDocument.recorded_at.is_(None)).label("missing_documents")


def documents_of(kinds: str | None) -> frozenset[DocumentKind]:
    """The kinds in a text of kinds joined by commas."""
    return frozenset(map(DocumentKind, kinds.split(",") if kinds else ()))


def _documents(*conditions: ColumnElement[bool]) -> Any:
    kinds = select(func.aggregate_strings(CaseDocument.kind, ","))
    return kinds.where(CaseDocument.application_id == Application.id, *conditions).scalar_subquery()
