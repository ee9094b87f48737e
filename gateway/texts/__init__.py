"""What errors say, in each language: `en.toml` and `id.toml`, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from gateway.texts.language import Language


@dataclass(frozen=True, slots=True)
class CodeText:
    """The message of a code, and what the client can do."""

    says: str
    do: str


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts of one language."""

    #: By the code of `MutationErrorCode`, and by that of `extensions.code`.
    mutation: Mapping[str, CodeText]
    request: Mapping[str, CodeText]
    #: By the code of a mutation: what it says where more is known, by rule, with `{limits}` in it.
    rules: Mapping[str, Mapping[str, str]]

    def message(self, code: str, rule: str | None, values: Mapping[str, Any]) -> str:
        """The message of a mutation's error."""
        if rule is None:
            return self.mutation[code].says
        return self.rules[code][rule].format(**values)


@cache
def texts(language: Language) -> Texts:
    """The texts of a language, read once."""
    source = resources.files("gateway.texts") / f"{language.lower()}.toml"
    tables = tomllib.loads(source.read_text("utf-8"))
    return Texts(
        mutation={code: CodeText(**text) for code, text in tables["mutation"].items()},
        request={code: CodeText(**text) for code, text in tables["request"].items()},
        rules=tables["rule"],
    )
