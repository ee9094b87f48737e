"""What the document of a visa says, and the code by which a reader verifies it offline.

The code is JSON: the content as a text (RFC 8785), and its Ed25519 signature. AUTHENTIC means that
a key of the installation signed it, never that the visa is still good.
"""

import secrets
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from models.signatures import is_signed

#: The first thing that a content says: another format gets another name.
TYPE = "gerbang/visa@v1"
#: Before the content, in what is signed: no other message begins like this.
_SIGNED = b"gerbang visa 1\0"
_NONCE_BYTES = 16
#: How many of the terms every visa has, and the others.
_ALWAYS_SAID, _SAID_WHERE_ANY = 6, ("extensions", "conditions")
#: A code is far smaller; whatever is longer is not read.
MOST_CODE_BYTES = 8_192


class FalseVisaError(Exception):
    """A document or code is not what it pretends to be; the text says why, and names nobody."""


class VisaTerms(NamedTuple):
    """What an officer granted, as the key service notes it."""

    reference: str
    number: str
    visa_type: str
    #: ISO 8601 in UTC, with microseconds.
    issued_at: str
    #: The last day of entry, ISO 8601.
    use_by: str
    stay_days: int
    #: Of each extension the reference of its application, and by how many days. They are noted one
    #: by one (`extension_name`), by whoever grants them.
    extensions: Sequence[tuple[str, int]] = ()
    #: On what it was granted, by the words of `VisaCondition`.
    conditions: Sequence[str] = ()

    @classmethod
    def granted(
        cls,
        reference: str,
        number: str,
        visa_type: str,
        at: datetime,
        use_by: date,
        days: int,
        conditions: Sequence[str] = (),
    ) -> "VisaTerms":
        instant = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        return cls(
            reference, number, visa_type, instant, use_by.isoformat(), days,
            conditions=tuple(str(each) for each in conditions),
        )  # fmt: skip

    @classmethod
    def read(cls, text: str) -> "VisaTerms":
        """Those of a relation. Raises ValueError."""
        reference, number, visa_type, issued_at, use_by, days, *listed = text.split("|")
        conditions = tuple(",".join(listed).split(",")) if listed else ()
        return cls(
            reference, number, visa_type, issued_at, use_by, int(days), conditions=conditions
        )

    def __str__(self) -> str:
        """The name of the relation: `read` reads it again. Without extensions."""
        listed = [",".join(self.conditions)] if self.conditions else []
        return "|".join([*map(str, self[:_ALWAYS_SAID]), *listed])

    @property
    def extended_days(self) -> int:
        return sum(days for _, days in self.extensions)

    def as_content(self) -> dict[str, Any]:
        """As a content has them: of a stay that was not extended, and of no conditions, nothing is
        said."""
        said = self._asdict().items()
        return {name: value for name, value in said if name not in _SAID_WHERE_ANY or value}


def extension_name(number: str, reference: str, days: int) -> str:
    """As relations name an extension: of which visa, in which case, and by how many days."""
    return f"{number} {reference} {days}"


#: SQL of the same name, of a row `visa`, its `application` and its `decision`.
TERMS_SQL = """concat_ws(
    '|', application.reference, visa.visa_number, application.visa_type_code,
    to_char(visa.issued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    visa.use_by, visa.stay_days, nullif(array_to_string(decision.conditions, ','), '')
)"""


class Holder(NamedTuple):
    """Whom a document names."""

    full_name: str
    #: ISO 8601.
    birth_date: str
    passport_number: str
    #: ISO 3166 alpha-2, like the nationality.
    issuing_state: str
    nationality: str


def visa_content(terms: VisaTerms, holder: Holder) -> dict[str, Any]:
    """The content that is to be signed; with a random part, by which nobody tries holders out."""
    return {
        "type": TYPE,
        "visa": terms.as_content(),
        "holder": holder._asdict(),
        "nonce": secrets.token_hex(_NONCE_BYTES),
    }


def canonical(content: Mapping[str, Any]) -> bytes:
    """RFC 8785: keys in ASCII and sorted, and no numbers but small integers."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def message_of(text: bytes) -> bytes:
    """What is signed of a content."""
    return _SIGNED + text


def digest_of(text: bytes) -> bytes:
    """What the account has of a content."""
    return sha256(text).digest()


def write_signed(text: bytes, signature: bytes) -> str:
    """A content with its signature, as a text: the code of a document, which its square holds."""
    signed = {"content": text.decode(), "signature": b64encode(signature).decode()}
    return orjson.dumps(signed).decode()


def read_signed(written: str) -> tuple[bytes, Mapping[str, Any], bytes]:
    """The content as it was signed, what it says, and the signature, which is not verified. Raises
    one of `NOT_READ`."""
    read = orjson.loads(written)
    text = read["content"].encode()
    return text, orjson.loads(text), b64decode(read["signature"], validate=True)


#: What reading meets in something else.
NOT_READ = (ValueError, TypeError, KeyError, AttributeError, Base64Error)


class VisaCode(NamedTuple):
    """A code as it was read; nothing of it is believed yet."""

    text: bytes
    signature: bytes
    key_id: str
    terms: VisaTerms
    holder: Holder

    @property
    def digest(self) -> bytes:
        return digest_of(self.text)


def read_code(code: str) -> VisaCode:
    """Raises FalseVisaError if it is none."""
    try:
        if len(code) > MOST_CODE_BYTES:
            raise ValueError
        text, content, signature = read_signed(code)
        if content["type"] != TYPE or canonical(content) != text:
            raise ValueError
        terms, holder = VisaTerms(**content["visa"]), Holder(**content["holder"])
        return VisaCode(text, signature, str(content["key"]), terms, holder)
    except NOT_READ:
        raise FalseVisaError("that is no code of a visa") from None


def require_authentic(code: VisaCode, public_keys: Mapping[str, bytes]) -> None:
    """Raises FalseVisaError unless the key that the code names is known, and signed it."""
    if (key := public_keys.get(code.key_id)) is None:
        raise FalseVisaError(f"the key {code.key_id[:40]!r} is not one of those that are given")
    if not is_signed(key, message_of(code.text), code.signature):
        raise FalseVisaError("it was changed, or another key signed it")
