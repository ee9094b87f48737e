"""The vault: seals and opens the personal data of identities, each value by itself.

A value is sealed by AES-256-GCM with the data key of its subject: an applicant, an entry of the ban
list, or a complaint. It is bound to that subject, to its table and column, and to the version that
first had it, or the item that it answers: if it is swapped, cut off or replaced by an older one, it
is refused. A mark comes before the sealed bytes, a keyed digest of the value: by it one can see
whether a correction changes a value of the same subject, without opening either.

In the database the sealed values of a row are an object by column, and beside them their versions;
copies of a value in ``identity`` and ``identity_version`` are the same, so a trigger can put a
version into force without a key.
"""

import hmac
import os
from base64 import urlsafe_b64encode
from binascii import a2b_base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.key_service import Cause, KeyService, RefusedSubjectsError, Relation, Statement

#: The columns of an identity that are sealed; the ban list has three of them. The issuing state is
#: a country, like nationality.
SEALED = (
    "full_name",
    "passport_number",
    "birth_date",
    "email",
    "phone",
    "sex",
    "place_of_birth",
    "passport_expires_on",
)
#: What is sealed beside identities: the code of a visa in hand, by what a document is opened, what
#: was answered or noted, what a complaint says, who guarantees, and who accompanies a minor.
CODE, CONTENT = "code", "content"
ANSWERED = ("as_text", "as_day", "as_country", "street", "city", "province", "postal_code")
COMPLAINED = ("complaint", "answer")
GUARANTEED = ("name", "registration_number", "street", "city", "province", "postal_code")
ACCOMPANIED = ("name", "relation", "phone")
_SEALED = frozenset((*SEALED, CODE, CONTENT, *ANSWERED, *COMPLAINED, *GUARANTEED, *ACCOMPANIED))
_MARK_BYTES, _NONCE_BYTES = 15, 12
_SEALED_AT = _MARK_BYTES + _NONCE_BYTES
#: Begins a cell that is not sealed yet; a sealed one begins with its version and a colon.
PLAIN_MARK = "="
#: Their rows are copies of each other, so a value is bound to neither of the two tables.
_OF_AN_IDENTITY = frozenset({"identity", "identity_version"})


class UnreadableError(Exception):
    """Nobody can read the values of some subjects; those of others are not concerned."""

    def __init__(self, subjects: Iterable[UUID]) -> None:
        self.subjects = frozenset(subjects)
        super().__init__(f"{type(self).__name__} for {len(self.subjects)}")


class VaultError(UnreadableError):
    """Sealed values are not what was sealed there: swapped, cut off, or old ones."""

    def __init__(self, tampered: Mapping[UUID, bool]) -> None:
        super().__init__(tampered)
        #: Whose values they are, and whether that is an entry of the ban list and no applicant.
        self.tampered = tampered


class MissingKeyError(UnreadableError):
    """Subjects have no data key: they were erased, or the store of keys belongs to other data."""


class Cell(NamedTuple):
    """A value as it is read from the database: see `models.person.sealed`."""

    subject: UUID
    #: As `bound_name` writes it.
    column: str
    text: str


class Person(NamedTuple):
    """The values of a row that are to be sealed; null ones are left out."""

    subject: UUID
    #: Of the identity; of an answer the item that it answers, of a guarantor or a note its row.
    version: int | UUID
    values: Mapping[str, Any]
    table: str = "identity"
    #: To whom they belong, if their key is made now.
    relations: Sequence[Relation] = ()


class Vault:
    """Seals and opens with the data keys of a key service: for the viewer of a statement, or for a
    cause."""

    def __init__(self, keys: KeyService, statement: Statement | Cause | None = None) -> None:
        self._keys = keys
        self._statement = statement

    async def seal(self, people: Sequence[Person]) -> list[dict[str, str]]:
        """The sealed values of each by column. A key is stored before anything is sealed by it.

        An erased subject has no key: nothing is returned for it. Raises KeyServiceError, and
        VaultError for somebody who does not belong to the viewer.
        """
        relations = [relation for one in people for relation in one.relations]
        subjects = list({one.subject for one in people})
        try:
            keys = await self._keys.make_data_keys(subjects, self._statement, relations)
        except RefusedSubjectsError as error:
            raise VaultError(dict.fromkeys(error.subjects, False)) from error
        return [seal_by(keys[one.subject], one) if one.subject in keys else {} for one in people]

    async def open(self, cells: Sequence[Cell]) -> list[str]:
        """The values of cells, in one batch. Dates are written as ISO 8601.

        Raises KeyServiceError, MissingKeyError, and VaultError for what was tampered with: the
        values, or to whom their people belong.
        """
        _, values = await self.open_with_keys(cells)
        return values

    async def open_with_keys(self, cells: Sequence[Cell]) -> tuple[Mapping[UUID, bytes], list[str]]:
        """The values, and by which keys more of the same subjects can be sealed. Raises as
        `open` does."""
        # By their numbers: a UUID takes long to be hashed and compared.
        subjects = {
            cell.subject.int: cell.subject for cell in cells if not cell.text.startswith(PLAIN_MARK)
        }
        keys = await self._open_keys(list(subjects.values()), cells) if subjects else {}
        if len(keys) < len(subjects):
            raise MissingKeyError({*subjects.values()} - keys.keys())
        opening = {one.int: (AESGCM(key), _subject_bound(one)) for one, key in keys.items()}
        try:
            return keys, [
                text[1:]
                if text.startswith(PLAIN_MARK)
                else _open(*opening[subject.int], column, text)
                for subject, column, text in cells
            ]
        except InvalidTag:
            raise VaultError(_tampered(opening, cells)) from None

    async def _open_keys(
        self, subjects: Sequence[UUID], cells: Sequence[Cell]
    ) -> Mapping[UUID, bytes]:
        try:
            return await self._keys.open_data_keys(subjects, self._statement)
        except RefusedSubjectsError as error:
            banned = {cell.subject for cell in cells if _is_of_a_ban(cell)}
            raise VaultError({one: one in banned for one in error.subjects}) from error


def seal_by(key: bytes, person: Person) -> dict[str, str]:
    """The sealed values by column, by the data key of the person."""
    cipher = AESGCM(key)
    marks = hmac.new(hmac.digest(key, b"gerbang mark 1", "sha256"), digestmod="sha256")
    subject, version = _subject_bound(person.subject), str(person.version)
    sealed: dict[str, str] = {}
    for column, value in person.values.items():
        if value is None or column not in _SEALED:
            continue
        text = (value.isoformat() if isinstance(value, date) else str(value)).encode()
        marked = marks.copy()  # whose key is set up once for all values
        marked.update(b"%s\0%s" % (column.encode(), text))
        mark, nonce = marked.digest()[:_MARK_BYTES], os.urandom(_NONCE_BYTES)
        bound = _bound_to(subject, bound_name(person.table, column), version, mark)
        sealed[column] = urlsafe_b64encode(
            mark + nonce + cipher.encrypt(nonce, text, bound)
        ).decode()
    return sealed


def _open(cipher: AESGCM, subject: bytes, column: str, cell: str) -> str:
    """The value of a cell. Raises InvalidTag for one that was tampered with."""
    version, _, text = cell.partition(":")
    try:
        read = a2b_base64(text.replace("-", "+").replace("_", "/"))
        mark, nonce = read[:_MARK_BYTES], read[_MARK_BYTES:_SEALED_AT]
        bound = _bound_to(subject, column, version, mark)
        return cipher.decrypt(nonce, read[_SEALED_AT:], bound).decode()
    except ValueError:
        raise InvalidTag from None


def _tampered(
    opening: Mapping[int, tuple[AESGCM, bytes]], cells: Sequence[Cell]
) -> dict[UUID, bool]:
    """The subjects of the cells that do not open, and whether each is an entry of the ban list."""
    found: dict[UUID, bool] = {}
    for subject, column, text in cells:
        try:
            if not text.startswith(PLAIN_MARK):
                _open(*opening[subject.int], column, text)
        except InvalidTag:
            found[subject] = _is_of_a_ban(Cell(subject, column, text))
    return found


def _is_of_a_ban(cell: Cell) -> bool:
    return cell.column.startswith("banned_person.")


def _subject_bound(subject: UUID) -> bytes:
    return b"gerbang identity 1\0%s\0" % subject.bytes


def _bound_to(subject: bytes, column: str, version: str, mark: bytes) -> bytes:
    return b"%s%s\0%s\0%s" % (subject, column.encode(), version.encode(), mark)


def bound_name(table: str, column: str) -> str:
    """The name of a column in what its values are bound to."""
    return column if table in _OF_AN_IDENTITY else f"{table}.{column}"
