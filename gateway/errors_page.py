"""Renders every code and sentence of an error as a page for client developers: `docs/errors.md`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

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
_ABORTED = "`errors`, no `data`"
_EACH = f"{_ABORTED}, one for each mistake"
#: What is wrong, the status of HTTP, where it is told, and by what its place is.
_PLACES = (
    ("what is wrong", "HTTP", "where it is told", "its place"),
    ("---", "---", "---", "---"),
    ("the request, its token or role; too many of them", "4xx, 5xx", _ABORTED, "the message"),
    ("the document", "400", _ABORTED, "`locations`: line and column"),
    (
        *("a field that the role does not have", "400", _ABORTED),
        "`extensions.coordinate`: `Type.field`",
    ),
    (
        *("variables", "400", _EACH),
        "`extensions.path`: the variable, its fields and the indices of its lists, as they were"
        " sent",
    ),
    (
        *("arguments: a page size, a cursor, a window", "400", _EACH),
        "`path`: the field and its argument; and `locations`",
    ),
    ("the purpose for which identity is read", "400, 403", _ABORTED, "the message"),
    (
        *("a value that cannot be had: too many people, lost keys", "200"),
        *("`errors` beside `data`", "`path`: the field, which is null"),
    ),
    (
        *("a step of a mutation", "200", "`errors` of its payload, one for each mistake"),
        "`path` from `input`",
    ),
    ("an operation on a socket", "", "a message `error` with the same errors", "as above"),
    ("the socket", "", "the close frame: code and reason", "[live.md](live.md)"),
)
_STATUSES = """\
The statuses are those of `application/graphql-response+json`. A client that accepts
`application/json` alone gets 200 where the document, its variables or its arguments are wrong, as
GraphQL over HTTP has it.
"""
_MUTATIONS = """\
## Codes of mutations

`MutationErrorCode`, in full; a role's schema has those that the role can meet. `message` is the
first sentence under the code or, where more is known of what is wrong, one of the list.
"""
_REQUESTS = """\
## Codes of requests and fields

The closed list of `extensions.code`. `message` is one of the sentences that are listed under the
code, or else the first. What graphql-core finds wrong with a document (`SYNTAX`, and more of
`INVALID_DOCUMENT`) is reported in its own words, in English; a literal that does not fit its type
in those of `INVALID_VARIABLES`.
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
    lines = [_HEAD, *_places(), *_mutation_errors(), *_request_errors(), *_closed_sockets()]
    return "\n".join(lines)


def _places() -> Iterator[str]:
    yield "## By place\n"
    yield from ("| " + " | ".join(row) + " |" for row in _PLACES)
    yield f"\n{_STATUSES}"


def _mutation_errors() -> Iterator[str]:
    english, indonesian = (texts(language) for language in (Language.EN, Language.ID))
    answered_by = _answered_by()
    yield from (_MUTATIONS, _index(Refusal))
    for code in Refusal:
        yield from _section(code, english.mutation[code], indonesian.mutation[code])
        yield f"Answered by {answered_by[code]}.\n"
        rules = english.rules.get(code, {})
        yield from _list((text, indonesian.rules[code][rule]) for rule, text in rules.items())


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
    english, indonesian = (texts(language).request for language in (Language.EN, Language.ID))
    sentences = messages_by_code()
    yield from (_REQUESTS, _index(ErrorCode))
    for code in ErrorCode:
        yield from _section(code, english[code], indonesian[code])
        yield from _list(sentences.get(code, {}).items())


def _closed_sockets() -> Iterator[str]:
    yield _CLOSED
    yield from _list(messages_by_code()[_CLOSING].items())


def _index(codes: Iterable[StrEnum]) -> str:
    """The codes in the order of the alphabet, each a link to its section."""
    titles = sorted(map(_title, codes))
    return " · ".join(f"[{title}](#{title.lower().replace(' ', '-')})" for title in titles) + "\n"


def _title(code: StrEnum) -> str:
    is_in_both = isinstance(code, ErrorCode) and code in list(Refusal)
    return f"{code} of a request" if is_in_both else f"{code}"


def _section(code: StrEnum, english: CodeText, indonesian: CodeText) -> Iterator[str]:
    yield f"### {_title(code)}\n"
    yield f"{_both(english.says, indonesian.says)}\n"
    yield f"What to do: {_both(english.do, indonesian.do)}\n"


def _list(sentences: Iterable[tuple[str, str]]) -> Iterator[str]:
    lines = [f"- {_both(english, indonesian)}" for english, indonesian in sentences]
    if lines:
        yield "\n".join(lines) + "\n"


def _both(english: str, indonesian: str) -> str:
    """A sentence in both languages, with `…` in place of values."""
    return _VALUE.sub("…", f"{english}<br>*{indonesian}*")
