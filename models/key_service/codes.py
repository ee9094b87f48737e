"""Codes in mail to applicants: whoever has one, and knows whose file it is for, is told what was
decided, or claims the file.

A code is made of the id of its message, so that a repeat says the same. Nobody else can make it,
and the store keeps of it that it was made, for which file and person, as a digest.
"""

import secrets
import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from models.key_service.interface import Digest, KeyService, KeyUse, TracksFiles, Try
from models.key_service.relations import Digester, Relation, RelationKind, Relations
from models.key_service.store import KeyStore

#: How long a code opens anything.
CODE_DAYS = 30
_SECONDS = CODE_DAYS * 86_400
#: How long one claims a file, once it was mailed.
CLAIM_CODE_HOURS = 24
#: How the name of a file begins in what is made and tried to claim it. What is noted under such a
#: name opens nobody.
_CLAIM = "CLAIM "
#: Crockford's: nobody mistakes one for another.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 10


class MailedCode(NamedTuple):
    """A code, and what the database keeps of it."""

    text: str
    digest: bytes


class CodeTry(NamedTuple):
    """One try to open what was decided by a code."""

    #: What the index has of a passport, if there is such a code; otherwise of nothing.
    tried: Try
    digest: bytes


class MakesCodes(KeyService, Protocol):
    """A key service that makes the codes of mail, too."""

    async def make_code(self, subject: UUID, reference: str, mail: UUID) -> MailedCode:
        """The code of a message about a file of somebody: each time the same. Raises
        KeyServiceError."""
        ...


class TakesCodes(TracksFiles, Protocol):
    """A key service that lets somebody without an account open what was decided, too."""

    async def try_code(self, reference: str, source: str, code: str, message: bytes) -> CodeTry:
        """A try with a code for the file of a reference, from a source. Raises ViewerCeilingError
        beyond the tries of either, and KeyServiceError."""
        ...

    async def open_by_code(self, subject: UUID, reference: str, code: str) -> Mapping[UUID, bytes]:
        """The data key of whoever has such a code. Raises KeyServiceError for anybody else."""
        ...


def claim_of(reference: str) -> str:
    """How a code to claim a file, and each try, names it."""
    return _CLAIM + reference


def read_code(typed: str) -> str:
    """A code as it was made, however it is typed."""
    plain = "".join(one for one in typed.upper() if one.isascii() and one.isalnum())[:_LENGTH]
    return plain.translate(str.maketrans("OIL", "011"))


def named_by(digester: Digester, reference: str, code: str) -> bytes:
    """The side of a relation that is a code for a file."""
    return digester.named(RelationKind.CODE, f"{reference}\0{code}")


def holders_of(relations: Relations, reference: str, code: str) -> set[UUID]:
    """Who has a code that was made lately enough."""
    noted = relations.subjects_of(RelationKind.CODE, f"{reference}\0{code}")
    lasts = CLAIM_CODE_HOURS * 3600 if is_of_a_claim(reference) else _SECONDS
    return {one for one, at in noted.items() if time.time() < at + lasts}


def is_of_a_claim(reference: str) -> bool:
    return reference.startswith(_CLAIM)


class CodeKeeping:
    """What the key service does with codes."""

    _store: KeyStore

    @abstractmethod
    async def digester(self) -> Digester: ...

    @abstractmethod
    async def digests(
        self, use: KeyUse, messages: Sequence[bytes]
    ) -> Sequence[Sequence[Digest]]: ...

    @abstractmethod
    async def open_data_keys(self, subjects: Sequence[UUID]) -> Mapping[UUID, bytes]: ...

    async def make_code(self, subject: UUID, reference: str, mail: UUID) -> MailedCode:
        digester = await self.digester()
        made = int.from_bytes(digester.named(RelationKind.CODE, mail.hex))
        text = "".join(_LETTERS[made >> 5 * place & 31] for place in range(_LENGTH))
        noted = Relation(RelationKind.CODE, f"{reference}\0{text}", subject)
        await self._store.relate(digester.rows([noted]))
        return MailedCode(text, named_by(digester, reference, text))

    async def try_code(self, reference: str, source: str, code: str, message: bytes) -> CodeTry:
        digester = await self.digester()
        named = named_by(digester, reference, code)
        found = await self._store.find_beginning([named])
        # Whether a passport is in the index is said to nobody who has no code.
        if not holders_of(Relations(digester, found, is_strict=True), reference, code):
            message = secrets.token_bytes(32)
        [digests] = await self.digests(KeyUse.PERSON_INDEX, [message])
        return CodeTry(Try(digests, *digester.tried(reference, source)), named)

    async def open_by_code(self, subject: UUID, reference: str, code: str) -> Mapping[UUID, bytes]:
        """For who has it: the judge of principals has let it through."""
        return await self.open_data_keys([subject])
