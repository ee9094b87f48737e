"""Renders every code and sentence of an error as a page for client developers: `docs/errors.md`."""

import re
from collections.abc import Iterator, Mapping

from gateway.errors import ErrorCode
from gateway.schema.mutations.mutation import ALL_INTENTS
from gateway.texts import CodeText, texts
from gateway.texts.language import Language
from gateway.texts.translation import messages_by_code
from models.life import Refusal

_HEAD = """\
# Errors

Made from `gateway/texts`, `gateway/errors.py` and the tables of mutations by `make snapshots`.

There are two kinds. What a mutation does not do is data: `errors` of its payload, an entry for each
mistake, with `code`, `message` and the `path` into its input; nothing was changed then. Whatever
else goes wrong is an entry of the response's `errors`, with `extensions.code` and
`extensions.traceId`. Messages are for people: their words may change, the codes do not.

Messages are in Indonesian (`id`) or English (`en`), by `Accept-Language`; without it in English.
`Content-Language` says which. An outcome that is asked for again with its idempotency key is
worded in the language of whoever asks. In the sentences below, `…` is a value.
"""
_MUTATIONS = """\
## Codes of mutations

`MutationErrorCode`, in full; a role's schema has those that the role can meet. `message` is what
the code says.
"""
_RULES = """\

Where more is known of what is wrong, `message` is one of these instead:
"""
_REQUESTS = """\

## Codes of requests and fields

The closed list of `extensions.code`.
"""
_SENTENCES = """\

### What `message` says

Each sentence, in English and in Indonesian. What graphql-core finds wrong with a document
(`SYNTAX`, and more of `INVALID_DOCUMENT`) is reported in its own words, in English; a literal that
does not fit its type in those of `INVALID_VARIABLES`.
"""
_CLOSED = """\

## Why a socket is closed

The reason of the close frame; its code is one of [live.md](live.md).
"""
_VALUE = re.compile(r"\{\w*\}")
#: The table of the reasons for closing a socket.
_CLOSING = "CLOSED"


def errors_page() -> str:
    """The whole page."""
    lines = [_HEAD, *_mutation_errors(), *_request_errors(), *_closed_sockets()]
    return "\n".join(lines) + "\n"


def _mutation_errors() -> Iterator[str]:
    yield _MUTATIONS
    yield from _table([code.value for code in Refusal], "mutation", _answered_by())
    yield _RULES
    yield _row("code", "message")
    yield _row("---", "---")
    english, indonesian = (texts(language).rules for language in (Language.EN, Language.ID))
    for code, rules in english.items():
        for rule, message in rules.items():
            yield _row(f"`{code}`", _both(message, indonesian[code][rule]))


def _answered_by() -> Mapping[str, str]:
    """The mutations that answer each code."""
    names = {
        code: [intent.name for intent in ALL_INTENTS if code in intent.refusals()]
        for code in Refusal
    }
    return {
        code: "every mutation" if len(found) == len(ALL_INTENTS) else ", ".join(found)
        for code, found in names.items()
    }


def _request_errors() -> Iterator[str]:
    yield _REQUESTS
    yield from _table([code.value for code in ErrorCode], "request", {})
    yield _SENTENCES
    yield _row("code", "message")
    yield _row("---", "---")
    sentences = messages_by_code()
    for code in ErrorCode:
        for english, indonesian in sentences.get(code, {}).items():
            yield _row(f"`{code}`", _both(english, indonesian))


def _closed_sockets() -> Iterator[str]:
    yield _CLOSED
    yield _row("reason")
    yield _row("---")
    for english, indonesian in messages_by_code()[_CLOSING].items():
        yield _row(_both(english, indonesian))


def _table(codes: list[str], kind: str, answered_by: Mapping[str, str]) -> Iterator[str]:
    heads = ["code", *(["answered by"] if answered_by else []), "it says", "what to do"]
    yield _row(*heads)
    yield _row(*["---"] * len(heads))
    english, indonesian = (_of(kind, language) for language in (Language.EN, Language.ID))
    for code in codes:
        yield _row(
            f"`{code}`",
            *([answered_by[code]] if answered_by else []),
            _both(english[code].says, indonesian[code].says),
            _both(english[code].do, indonesian[code].do),
        )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _both(english: str, indonesian: str) -> str:
    """A sentence in both languages, with `…` in place of values."""
    return _VALUE.sub("…", f"{english}<br>*{indonesian}*")


def _of(kind: str, language: Language) -> Mapping[str, CodeText]:
    found = texts(language)
    return found.mutation if kind == "mutation" else found.request
