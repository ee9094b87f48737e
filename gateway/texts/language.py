"""The languages of messages, and which of them a request asks for."""

from enum import StrEnum
from functools import lru_cache

#: Longer headers ask for nothing: no browser sends one.
_LONGEST_HEADER = 500
_CACHE_SIZE = 100


class Language(StrEnum):
    """A language in which names and messages can be had."""

    EN = "EN"
    ID = "ID"


#: Primary subtags of ISO 639; `in` is the old one of Indonesian, which Java still sends.
_SPOKEN = {"en": Language.EN, "id": Language.ID, "in": Language.ID, "*": Language.EN}


@lru_cache(_CACHE_SIZE)
def language_of(accept_language: str | None) -> Language:
    """The language that `Accept-Language` prefers (RFC 9110 §12.5.4): English if it names none.

    Of two with the same quality, the first named is taken.
    """
    if accept_language is None or len(accept_language) > _LONGEST_HEADER:
        return Language.EN
    offers = [_offer(part) for part in accept_language.split(",")]
    spoken = [(quality, _SPOKEN[tag]) for tag, quality in offers if tag in _SPOKEN and quality > 0]
    return max(spoken, key=lambda offer: offer[0])[1] if spoken else Language.EN


def _offer(part: str) -> tuple[str, float]:
    """The primary subtag of a language range, and its quality; 0 where that is malformed."""
    tag, *parameters = (piece.strip().lower() for piece in part.split(";"))
    primary = tag.split("-")[0]
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return primary, _quality(value.strip())
    return primary, 1.0


def _quality(text: str) -> float:
    try:
        quality = float(text)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
