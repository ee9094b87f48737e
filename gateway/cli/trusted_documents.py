"""`gerbang documents`: registers, lists and retires documents, and says who can run them.

It reads `.graphql` files, and the manifests that client tools write.
"""

import getpass
import json
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import asyncpg
import click

from gateway.cli.database_errors import run_as_owner
from gateway.errors import RequestError
from gateway.settings import Command, read_settings
from models.documents import (
    LONGEST_ID,
    IdTakenError,
    Registration,
    document_hash,
    list_documents,
    register,
    retire,
)
from models.vocabulary import Role

if TYPE_CHECKING:
    from gateway.execution.document_matrix import DocumentMatrix, ExaminedDocument

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


_FILES = click.argument(
    "files",
    nargs=-1,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
_Result = TypeVar("_Result")


@click.group()
def documents() -> None:
    """Register documents that clients ask for by an id, and see who can run them."""


@documents.command("register")
@_FILES
@click.option("--client", default="", help="What the client is called.", metavar="NAME")
@click.option("--by", default="", help="Who registers them.  [default: who runs this]")
def register_documents(files: tuple[Path, ...], client: str, by: str) -> None:
    """Register the documents of FILES: all or, where one has mistakes, none.

    FILES are documents (.graphql), or manifests as graphql-codegen, relay-compiler and Apollo's
    generate-persisted-query-manifest write them.
    """
    if not files:
        raise click.UsageError("Name at least one file.")
    found = _read(files)
    examined = _examine(found)
    registrations: list[Registration] = []
    for document, verdict in zip(found, examined, strict=True):
        # By its own hash, as most manifests name a document, it is known anyway.
        other = document.id if document.id != document_hash(document.text) else None
        ids = (other,) if other else ()
        registrations.append(Registration(document.text, verdict.operation_names, ids))
        click.echo(f"{_title(document.text, verdict.operation_names)}\n    {_who(verdict)}")

    async def register_all(connection: asyncpg.Connection) -> int:
        return len(
            await register(
                connection,
                registrations,
                client=client or "unnamed",
                by=by or getpass.getuser(),
            )
        )

    try:
        changed = _run(register_all)
    except IdTakenError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{changed} registered, {len(found) - changed} known already.")


@documents.command("list")
@click.option("--reading", metavar="TYPE.FIELD", help="Only those that read this field.")
def show_documents(reading: str | None) -> None:
    """List the documents that can be asked for, with their clients.

    How often each is asked for, and by which client, is the metric `gerbang_document_use`.
    """
    examiner = _examiner() if reading else None
    for known in _run(list_documents):
        if examiner and reading not in examiner.examine(known.text).reads:
            continue
        also = "".join(f", {id_}" for id_ in known.ids)
        click.echo(f"{_name(known.operation_names)} ({', '.join(known.clients)})")
        click.echo(f"    sha256:{known.sha256}{also}")


@documents.command("retire")
@click.argument("ids", nargs=-1, required=True)
def retire_documents(ids: tuple[str, ...]) -> None:
    """Retire documents by any of their IDS: clients cannot ask for them any more."""

    async def retire_all(connection: asyncpg.Connection) -> list[str]:
        return await retire(connection, ids)

    retired = _run(retire_all)
    for hash_ in retired:
        click.echo(f"retired sha256:{hash_}")
    if not retired:
        click.echo("No document has any of these ids.", err=True)
        sys.exit(1)


@documents.command("matrix")
@_FILES
def matrix(files: tuple[Path, ...]) -> None:
    """Print which roles can run which documents: those of FILES, or all that are registered.

    A number is the most that the document may cost a role, with the defaults of its variables; a
    variable that has none counts with its highest value.
    """
    if files:
        texts = [document.text for document in _read(files)]
    else:
        texts = [known.text for known in _run(list_documents)]
    from gateway.execution.document_matrix import matrix_table

    examiner = _examiner()
    examined = {text: examiner.examine(text) for text in texts}
    named = {
        f"{_name(verdict.operation_names)} `{document_hash(text)[:8]}`": verdict
        for text, verdict in examined.items()
    }
    for line in matrix_table(named):
        click.echo(line)


def _read(files: Sequence[Path]) -> list[FoundDocument]:
    try:
        return [document for file in files for document in read_documents(file)]
    except ManifestError as error:
        raise click.ClickException(str(error)) from None


def _examiner() -> "DocumentMatrix":
    """Imported where documents are examined: to list or retire them takes half as long without."""
    from gateway.execution.document_matrix import DocumentMatrix

    return DocumentMatrix()


def _examine(found: Sequence[FoundDocument]) -> "list[ExaminedDocument]":
    """What each role can do with the documents. Raises ClickException for those of no use."""
    examiner, mistakes = _examiner(), list[str]()
    examined: list[ExaminedDocument] = []
    for document in found:
        try:
            verdict = examiner.examine(document.text)
        except RequestError as error:
            mistakes.append(f"{document.id or 'A document'}: {error.message}")
            continue
        examined.append(verdict)
        if not any(not each.mistakes for each in verdict.verdicts.values()):
            mistakes.append(
                f"{_title(document.text, verdict.operation_names)}: {_why_not(verdict)}"
            )
    if mistakes:
        raise click.ClickException("Nothing was registered.\n" + "\n".join(mistakes))
    return examined


def _why_not(verdict: "ExaminedDocument") -> str:
    """The mistake of the role that comes nearest to running it."""
    nearest = min(verdict.verdicts.values(), key=lambda each: len(each.mistakes))
    return f"no role can run it. {nearest.mistakes[0].message}"


def _who(verdict: "ExaminedDocument") -> str:
    runs = [role for role, each in verdict.verdicts.items() if not each.mistakes]
    return "every role" if len(runs) == len(Role) else ", ".join(runs)


def _title(text: str, names: Sequence[str]) -> str:
    return f"{_name(names)} sha256:{document_hash(text)}"


def _name(names: Sequence[str]) -> str:
    return ", ".join(names) or "without a name"


def _run(work: Callable[[asyncpg.Connection], Awaitable[_Result]]) -> _Result:
    return run_as_owner(read_settings(command=Command.DOCUMENTS).required_owner_url, work)
