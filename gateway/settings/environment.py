"""Reads a table of settings from the environment, secrets also from files, and reports all mistakes
at once.
"""

from collections.abc import Mapping
from dataclasses import Field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gateway.settings.commands import Command, settings_needed
from gateway.settings.contradictions import find_violations

PREFIX = "GERBANG_"
if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Table = TypeVar("Table", bound="DataclassInstance")


class SettingsError(Exception):
    """Settings are missing or invalid. Each of ``sentences`` names variables and a remedy."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        super().__init__("\n".join(sentences))


#: The remedy for a missing setting, where "set it to …" is not enough.
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


def read_table(table: type[Table], environ: Mapping[str, str], command: Command) -> Table:
    """Read the settings for a command.

    Raises SettingsError, which lists all missing, invalid and contradictory settings.
    """
    values, invalid = _read_values(table, environ)
    settings: Any = table(**values)
    # If the environment itself is invalid, require only what development requires.
    is_lenient = settings.in_development or "environment" in invalid
    items = {item.name: item for item in fields(table)}
    missing = [
        name
        for name in settings_needed(command, in_development=is_lenient)
        if name not in values and name not in invalid
    ]
    unusable = {*invalid, *missing}
    contradictions = [
        violation.sentence
        for violation in find_violations(settings, variable_name)
        if unusable.isdisjoint(violation.settings)
    ]
    absences = [_describe_missing(items[name]) for name in missing]
    if sentences := [*invalid.values(), *absences, *contradictions]:
        raise SettingsError(*sentences)
    return settings


def _read_values(
    table: type[Table], environ: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values that are set, and a sentence for each that cannot be used, by their names."""
    values: dict[str, Any] = {}
    invalid: dict[str, str] = {}
    for item in fields(table):
        variable = variable_name(item.name)
        try:
            is_secret = item.metadata.get("is_secret")
            text = text_of_secret(environ, variable) if is_secret else environ.get(variable, "")
        except ValueError as error:
            invalid[item.name] = f"{error}."
            continue
        text = text.strip()
        if not text:
            if variable in environ and item.metadata.get("may_be_empty"):
                values[item.name] = None
            continue
        try:
            values[item.name] = item.metadata["read"](text)
        except ValueError as error:
            # The value stays out of the message: it may be a key or contain a password.
            meaning = item.metadata["meaning"]
            invalid[item.name] = f"{variable} cannot be used ({meaning}): {error}."
    return values, invalid


def _describe_missing(item: Field[Any]) -> str:
    what = _MISSING.get(item.name, f"set it to {item.metadata['meaning']}")
    return f"{variable_name(item.name)} is missing: {what}."


SUFFIX = "_FILE"


def text_of_secret(environ: Mapping[str, str], name: str) -> str:
    """A secret from its variable or its file; empty if neither is set.

    Raises ValueError with a sentence that names the variable.
    """
    value, path = environ.get(name, "").strip(), environ.get(name + SUFFIX, "").strip()
    if not path:
        return value
    if value:
        raise ValueError(f"{name} and {name}{SUFFIX} are both set: set one of them")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{name}{SUFFIX} names a file that cannot be read ({type(error).__name__})"
        ) from None
