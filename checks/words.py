"""Every word of a vocabulary has its description, and every table by words has all of them."""

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from checks.finding import Finding, LookupFailedError
from checks.sources import Definition, Module, Sources, assignments, fields, keys


class WordTable(NamedTuple):
    """A table that must have an entry for each member of an enum."""

    package: str
    name: str
    enum: str
    #: What an entry is, for the sentence.
    entry: str


TABLES = (WordTable("models", "STAGE_OF", "Status", "the stage that partners read of it"),)
#: The descriptions of the enums of the API: an entry for each enum.
DESCRIPTIONS = "WORDS"


def check_words(sources: Sources) -> Iterator[Finding]:
    for table in TABLES:
        yield from missing_entries(sources, table)
    yield from _descriptions(sources)


def missing_entries(sources: Sources, table: WordTable) -> Iterator[Finding]:
    """A finding for each member of an enum that a table leaves out."""
    definition = sources.find_value(table.package, table.name)
    entries = keys(definition.node)
    for member, line in sources.members("models", table.enum).items():
        if member not in entries:
            yield Finding(
                definition.file,
                definition.line,
                f"{table.name} has no entry for {table.enum}.{member} (line {line} of its enum):"
                f" add {table.entry}",
            )


def _descriptions(sources: Sources) -> Iterator[Finding]:
    for definition in sources.find_values("gateway", DESCRIPTIONS):
        yield from _descriptions_of(sources, definition)


def _descriptions_of(sources: Sources, definition: Definition) -> Iterator[Finding]:
    module = sources.module_of("gateway", definition)
    constants = assignments(module.tree)
    for enum, value in keys(definition.node).items():
        described = set(_entries(value, constants))
        members = _members(sources, module, enum)
        for member in members.keys() - described:
            yield Finding(
                definition.file,
                value.lineno,
                f"{DESCRIPTIONS} does not describe {enum}.{member}: add a sentence, which clients"
                " read in the schema",
            )
        for word in described - members.keys():
            yield Finding(
                definition.file, value.lineno, f"{DESCRIPTIONS} describes {enum}.{word}, which is"
                " no word of it: remove it, or add the word",
            )  # fmt: skip


def _entries(value: ast.expr, constants: Mapping[str, ast.expr]) -> Iterator[str]:
    """The keys of a dict, those of dicts that it takes in by name included."""
    if isinstance(value, ast.Name):
        value = constants.get(value.id, value)
    yield from keys(value)
    if isinstance(value, ast.Dict):
        for key, included in zip(value.keys, value.values, strict=True):
            if key is None:
                yield from _entries(included, constants)


def _members(sources: Sources, module: Module, enum: str) -> dict[str, int]:
    """The members of an enum that a module of the gateway defines, or imports from the models."""
    for package in ("gateway", "models"):
        with suppress(LookupFailedError):
            return fields(sources.find_class(package, enum, within=module))
    raise LookupFailedError(f"checks: {module.file.name} defines no enum {enum}, nor imports it")
