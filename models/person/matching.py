"""How files are matched: the values that the blind index digests, and the comparison of names.

A passport is its issuing state and its number. A name is compared as people write it differently:
without accents, case, punctuation and spaces, and in any order of its parts. So different names may
match; an officer looks at each match, and none opens an identity before that.
"""

import re
import unicodedata
from datetime import date

from models.vocabulary import DigestKind

#: What does not decompose, as machine-readable passports write it (ICAO 9303, part 3, 6.A).
_LETTERS = str.maketrans(
    {"ø": "oe", "æ": "ae", "œ": "oe", "ð": "d", "đ": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i"}
)
#: A passport writes a hyphen as it writes a space, and leaves an apostrophe or a full stop out.
_BETWEEN = re.compile(r"[\s,;/<\-\u2010-\u2015\u2212_]+")
_LEFT_OUT = re.compile(r"\W+")


def comparable_name(name: str) -> str:
    """The form in which a name is compared; empty if it has no letter.

    NFKD without marks, case folded, what does not decompose as passports write it; without
    punctuation; its parts in order of the alphabet, one space between.
    """
    plain = _without_marks(_without_marks(name).casefold()).translate(_LETTERS)
    parts = (_LEFT_OUT.sub("", part) for part in _BETWEEN.split(plain))
    return " ".join(sorted(part for part in parts if part))


def passport_message(issuing_state: str, number: str) -> bytes:
    """What is digested of a passport, whose number may be typed in full-width characters."""
    plain = unicodedata.normalize("NFKC", number)
    return b"gerbang person 1\0PASSPORT\0%s\0%s" % (
        issuing_state.strip().upper().encode(),
        "".join(plain.split()).upper().encode(),
    )


def tracking_message(issuing_state: str, number: str, birth_date: date) -> bytes:
    """What is digested of a passport and its holder's birth date."""
    return b"gerbang tracking 1\0%s\0%s" % (
        passport_message(issuing_state, number),
        birth_date.isoformat().encode(),
    )


def contact_message(address: str) -> bytes:
    """What is digested of an address, however it is capitalized."""
    return b"gerbang contact 1\0%s" % address.strip().casefold().encode()


def name_message(name: str, birth_date: date) -> bytes | None:
    """What is digested of a name and a birth date; None where the name has no letter."""
    compared = comparable_name(name)
    if not compared:
        return None
    return b"gerbang person 1\0NAME_AND_BIRTH_DATE\0%s\0%s" % (
        compared.encode(),
        birth_date.isoformat().encode(),
    )


def index_messages(
    issuing_state: str, number: str, name: str, birth_date: date
) -> list[tuple[DigestKind, bytes]]:
    """What is digested of a person, by kind."""
    by_name = name_message(name, birth_date)
    return [
        (DigestKind.PASSPORT, passport_message(issuing_state, number)),
        (
            DigestKind.PASSPORT_AND_BIRTH_DATE,
            tracking_message(issuing_state, number, birth_date),
        ),
        *([(DigestKind.NAME_AND_BIRTH_DATE, by_name)] if by_name else []),
    ]


def _without_marks(text: str) -> str:
    if text.isascii():
        return text  # which most names are, and no letter of it has a mark
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(one for one in decomposed if not unicodedata.category(one).startswith("M"))
