"""Reads the environment: every mistake in it is told at once."""

from collections.abc import Mapping
from dataclasses import Field, fields
from typing import TYPE_CHECKING, Any, TypeVar

from gateway.settings.commands import Command, settings_needed
from gateway.settings.rules import find_violations
from gateway.settings.secret_files import text_of_secret

PREFIX = "GERBANG_"
if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Table = TypeVar("Table", bound="DataclassInstance")


class SettingsError(Exception):
    """The environment cannot be used; the text names each variable and what to do.

    ``sentences`` holds them one by one.
    """

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        super().__init__("\n".join(sentences))


#: Instead of "set it to …", where more is to be said.
_MISSING = {
    "issuer": "production needs a real provider; the development sign-in exists only with "
    "GERBANG_ENVIRONMENT=development",
    **dict.fromkeys(
        ("cursor_key", "seal_key"),
        "set it to 64 hexadecimal digits, for example from `openssl rand -hex 32`",
    ),
}


def variable_name(name: str) -> str:
    return PREFIX + name.upper()


def read(table: type[Table], environ: Mapping[str, str], command: Command) -> Table:
    """The settings of a table, for a command.

    Raises SettingsError that tells everything: what the command needs and is not given, what
    cannot be used, and what contradicts each other.
    """
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for item in fields(table):
        variable = variable_name(item.name)
        try:
            is_secret = item.metadata.get("is_secret")
            text = text_of_secret(environ, variable) if is_secret else environ.get(variable, "")
        except ValueError as error:
            wrong[item.name] = f"{error}."
            continue
        text = text.strip()
        if not text:
            if variable in environ and item.metadata.get("may_be_empty"):
                values[item.name] = None
            continue
        try:
            values[item.name] = item.metadata["read"](text)
        except ValueError as error:
            # The text stays out of the message: it may be a key or hold a password.
            meaning = item.metadata["meaning"]
            wrong[item.name] = f"{variable} cannot be used ({meaning}): {error}."
    settings: Any = table(**values)
    # Of a command whose environment cannot be read, no more is asked than development would.
    is_lenient = settings.in_development or "environment" in wrong
    items = {item.name: item for item in fields(table)}
    missing = [
        name
        for name in settings_needed(command, in_development=is_lenient)
        if name not in values and name not in wrong
    ]
    unsound = {*wrong, *missing}
    contradictions = [
        fault.sentence
        for fault in find_violations(settings, variable_name)
        if unsound.isdisjoint(fault.settings)
    ]
    asked_for = [_describe_missing(items[name]) for name in missing]
    if sentences := [*wrong.values(), *asked_for, *contradictions]:
        raise SettingsError(*sentences)
    return settings


def _describe_missing(item: Field[Any]) -> str:
    what = _MISSING.get(item.name, f"set it to {item.metadata['meaning']}")
    return f"{variable_name(item.name)} is missing: {what}."
