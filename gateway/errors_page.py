"""Renders every code of an error as a Markdown page for client developers: `docs/errors.md`."""

from collections.abc import Iterator, Mapping

from gateway.errors import ErrorCode
from gateway.schema.mutations.ban_intents import BAN_INTENTS
from gateway.schema.mutations.intents import INTENTS
from gateway.schema.mutations.reference_intents import REFERENCE_INTENTS
from gateway.schema.mutations.supervision_intents import SUPERVISION_INTENTS
from gateway.texts import CodeText, texts
from gateway.texts.language import Language
from models.life import Refusal

_HEAD = """\
# Errors

Made from `gateway/texts`, `gateway/errors.py` and the tables of mutations by `make snapshots`.

There are two kinds. What a mutation does not do is data: `errors` of its payload, an entry for each
mistake, with `code`, `message` and the `path` into its input; nothing was changed then. Whatever
else goes wrong is an entry of the response's `errors`, with `extensions.code` and
`extensions.traceId`. Messages are for people: their words may change, the codes do not.

Messages of mutations are in Indonesian (`id`) or English (`en`), by `Accept-Language`; without it
in English. `Content-Language` says which. An outcome that is asked for again with its idempotency
key is told in the language of whoever asks.
"""


def errors_page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_mutation_errors(), "", *_request_errors()]) + "\n"


def _mutation_errors() -> Iterator[str]:
    yield "## Codes of mutations"
    yield ""
    yield "`MutationErrorCode`, in full; a role's schema has those that the role can meet."
    yield ""
    yield from _table([code.value for code in Refusal], "mutation", _answered_by())


def _answered_by() -> Mapping[str, str]:
    """The mutations that answer each code."""
    intents = (*INTENTS, *BAN_INTENTS, *REFERENCE_INTENTS, *SUPERVISION_INTENTS)
    names = {
        code: [intent.name for intent in intents if code in intent.refusals()] for code in Refusal
    }
    return {
        code: "every mutation" if len(found) == len(intents) else ", ".join(found)
        for code, found in names.items()
    }


def _request_errors() -> Iterator[str]:
    yield "## Codes of requests and fields"
    yield ""
    yield "The closed list of `extensions.code`."
    yield ""
    yield from _table([code.value for code in ErrorCode], "request", {})


def _table(codes: list[str], kind: str, answered_by: Mapping[str, str]) -> Iterator[str]:
    heads = ["code", *(["answered by"] if answered_by else []), "it says", "what to do"]
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    english, indonesian = (_of(kind, language) for language in (Language.EN, Language.ID))
    for code in codes:
        cells = [
            f"`{code}`",
            *([answered_by[code]] if answered_by else []),
            f"{english[code].says}<br>*{indonesian[code].says}*",
            f"{english[code].do}<br>*{indonesian[code].do}*",
        ]
        yield f"| {' | '.join(cells)} |"


def _of(kind: str, language: Language) -> Mapping[str, CodeText]:
    found = texts(language)
    return found.mutation if kind == "mutation" else found.request
