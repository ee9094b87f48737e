"""What a key service does: operations by the use of a key; it never hands out a key of its own.

What it hands out are data keys: one for each subject, by which the vault seals what it holds of
that person. Wrapped by a key of the service they stay in its own store, apart from the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from models.key_service.relations import Opening, Relation


class KeyUse(StrEnum):
    """What a key is for. Each use has keys of its own."""

    #: Digests of the blind index of people.
    PERSON_INDEX = "person_index"
    #: Digests of whom look-ups were for.
    LOOK_UP = "look_up"
    #: Wraps the data keys of subjects.
    DATA_KEY = "data_key"
    #: Seals of entries of the access log.
    ACCESS_LOG = "access_log"
    #: Signatures (Ed25519) of the account's checkpoints.
    CHECKPOINT = "checkpoint"
    #: Signatures (Ed25519) of visas in hand.
    VISA = "visa"


#: Those whose keys sign.
SIGNING = frozenset({KeyUse.CHECKPOINT, KeyUse.VISA})


class Digest(NamedTuple):
    """The digest of a message, and the key it was made with."""

    key_id: str
    value: bytes


class LookUp(NamedTuple):
    """What is made of one message that somebody looks for."""

    #: Those of the blind index, by each key that is accepted.
    digests: Sequence[Digest]
    #: Whom it was for, as the log keeps it. It begins with a random salt, so that two of one person
    #: are different: the key service alone compares them, for two people together.
    sought: Digest


class Signature(NamedTuple):
    """A signature of a message, with the public key by which it is verified."""

    public_key: bytes
    value: bytes


class KeyServiceError(Exception):
    """The keys cannot be used; the text says what to do, and holds no secret."""


class AwayStoreError(KeyServiceError):
    """This service does not reach the store: another one may."""

    def __init__(self, error: Exception) -> None:
        # Its own text may name values.
        super().__init__(f"the store of data keys cannot be used ({type(error).__name__})")


class RefusedSubjectsError(KeyServiceError):
    """Some subjects do not belong to the viewer: the database says what the service does not."""

    def __init__(self, subjects: Iterable[UUID]) -> None:
        self.subjects = frozenset(subjects)
        super().__init__(f"{len(self.subjects)} people do not belong to the viewer")


class WeakSignInError(KeyServiceError):
    """The viewer's token says of no sign-in by which people are opened."""

    def __init__(self, acr_values: Iterable[str]) -> None:
        self.acr_values = tuple(acr_values)
        super().__init__("the viewer's token was issued after too weak a sign-in")


@dataclass(frozen=True, slots=True)
class Statement:
    """For whom a gateway asks: a viewer's token, the role in which it acts, and the case."""

    token: str = field(repr=False)
    role: str
    reference: str | None = None
    #: Whether people are compared with what was handed in, and nobody is shown them.
    is_change: bool = False


class Principal(StrEnum):
    """Who asks."""

    #: With the token of a viewer, by whom it is judged.
    GATEWAY = "gateway"
    #: The keeper's job that compares people.
    LINKER = "linker"
    #: The keeper's job that compares people with the entry-ban list.
    SCREENER = "screener"
    #: The keeper's job that grants by rule.
    GRANTER = "granter"
    #: The keeper's job that sends applicants mail.
    MAILER = "mailer"
    #: The keeper's job that gives documents to the scanner.
    SCANNER = "scanner"
    #: A gateway, for somebody without an account who tracks a file, or opens what was decided.
    TRACKER = "tracker"
    #: Whoever loads a world, indexes it anew, or tells who belongs together, by a command.
    LOADER = "loader"
    #: The keeper's other jobs.
    KEEPER = "keeper"
    #: Whoever verifies the account.
    AUDITOR = "auditor"


class Cause(StrEnum):
    """Why people are opened, compared or deleted without a viewer."""

    #: A case or a correction was committed: the person is compared with others.
    LINKING = "LINKING"
    #: A visa was granted: its document names its holder.
    ISSUING = "ISSUING"
    #: A case is complete and paid: the person is compared with the entry-ban list.
    SCREENING = "SCREENING"
    #: Everything else of a case says that it is granted by rule.
    GRANTING = "GRANTING"
    #: Something happened to a case: its applicant is sent mail.
    MAIL = "MAIL"
    #: A document was sent: it is given to the scanner.
    SCANNING = "SCANNING"
    #: An entry of the ban list is compared.
    BANS = "BANS"
    #: Somebody asked who looked for them, and two auditors agreed to compare the log with them.
    LOOK_UPS = "LOOK_UPS"
    #: Somebody asks for a file by its reference, a passport and a birth date.
    TRACKING = "TRACKING"
    #: Somebody opens what was decided by its reference, a passport and a code that was mailed.
    DELIVERY = "DELIVERY"
    #: A world is loaded, or indexed anew by another key.
    LOADING = "LOADING"
    #: Somebody is erased.
    ERASURE = "ERASURE"
    #: A key belongs to nobody.
    SWEEP = "SWEEP"


def stated(statement: Statement | Cause | None) -> dict[str, Any]:
    """What a question over a socket says of whom it is for, or why."""
    if statement is None:
        return {}
    if isinstance(statement, Cause):
        return {"cause": statement}
    for_ = (statement.token, statement.role, statement.reference, statement.is_change)
    return {"for": for_}


class Try(NamedTuple):
    """One try to track a file."""

    #: What the index has of a passport and a birth date, by each key that is accepted.
    digests: Sequence[Digest]
    #: By which tries are counted: of the file's reference, and of where it is asked from.
    file: bytes
    source: bytes


class TracksFiles(Protocol):
    """A key service that lets somebody without an account track a file."""

    async def track(self, reference: str, source: str, message: bytes) -> Try:
        """A try for the file of a reference, from a source. Raises ViewerCeilingError beyond the
        tries of either, and KeyServiceError."""
        ...


class KeyService(Protocol):
    """Keys by their use: the first of each writes, all accepted ones are used to look up.

    Many messages and subjects are given at once, since a service may be a process away.
    """

    async def key_ids(self, use: KeyUse) -> Sequence[str]:
        """The keys that are accepted, the one that writes first: two during a rotation."""
        ...

    async def digests(
        self, use: KeyUse, messages: Sequence[bytes], statement: Statement | Cause | None = None
    ) -> Sequence[Sequence[Digest]]:
        """HMAC-SHA-256 of each message, by each key that is accepted, in the order of the keys.

        A gateway states for whom it looks for people, others state why. Raises KeyServiceError if
        the keys cannot be used.
        """
        ...

    async def look_up(self, message: bytes, statement: Statement | None = None) -> LookUp:
        """The digests by which a viewer looks for somebody, and the one that the log keeps.

        Raises ViewerCeilingError beyond the viewer's ceilings, and KeyServiceError.
        """
        ...

    async def sought(
        self, opening: Opening, messages: Sequence[bytes], digests: Sequence[Digest]
    ) -> Sequence[bool] | None:
        """Which digests of whom look-ups were for are of one of these messages, for an opening that
        two auditors agreed to; None where they did not.

        Raises KeyServiceError if the keys cannot be used.
        """
        ...

    async def sign(self, use: KeyUse, message: bytes) -> Signature:
        """The Ed25519 signature of a message by the key that writes.

        Raises KeyServiceError if the keys cannot be used.
        """
        ...

    async def public_keys(self, use: KeyUse) -> Mapping[str, bytes]:
        """The public keys of those that are accepted, by their ids."""
        ...

    async def make_data_keys(
        self,
        subjects: Sequence[UUID],
        statement: Statement | Cause | None = None,
        relations: Sequence[Relation] = (),
    ) -> Mapping[UUID, bytes]:
        """The data key of each subject, made where there is none, and stored before it is returned.

        ``relations`` are those of the new ones. A second call returns the same; an erased subject
        has none, and gets none. Raises KeyServiceError if the keys cannot be used.
        """
        ...

    async def open_data_keys(
        self, subjects: Sequence[UUID], statement: Statement | Cause | None = None
    ) -> Mapping[UUID, bytes]:
        """The data keys of those subjects that have one.

        Raises RefusedSubjectsError for people who do not belong to the viewer for whom a gateway
        asks, ViewerCeilingError beyond that viewer's ceilings, and KeyServiceError if the keys
        cannot be used.
        """
        ...

    async def relate(
        self, relations: Sequence[Relation], statement: Statement | Cause | None = None
    ) -> None:
        """Note that subjects, cases and accounts belong together. Raises KeyServiceError."""
        ...

    async def sign_visas(
        self, visas: Sequence[tuple[UUID, Mapping[str, Any]]]
    ) -> Sequence[tuple[bytes, bytes] | None]:
        """The contents of visas (`models.visa_document.content`), each with its applicant, as they
        were signed with the id of the key in them, and the signatures.

        None for one whose terms nobody noted who granted it. Raises KeyServiceError.
        """
        ...

    async def answering(self, seconds: float) -> tuple[int, int]:
        """How many of the services answer within a time, with their store; how many there are."""
        ...


class CeilingError(KeyServiceError):
    """No more is done now: it is in so many ``seconds``; None for what is too much at once."""

    def __init__(self, why: str, seconds: float | None) -> None:
        self.seconds = seconds
        super().__init__(f"more than {why}: ask again later")


class Ceiling:
    """How much is done a minute; what is not used is not saved up."""

    def __init__(self, a_minute: int, what: str = "data keys a minute are opened") -> None:
        self._a_minute = a_minute
        self._why = f"{a_minute} {what}"
        self._left, self._at = float(a_minute), monotonic()

    def take(self, number: int) -> None:
        """Raises CeilingError where fewer are left."""
        now = monotonic()
        self._left += (now - self._at) * self._a_minute / 60
        self._left, self._at = min(self._left, self._a_minute), now
        if number > self._left:
            seconds = (number - self._left) * 60 / self._a_minute
            raise CeilingError(self._why, seconds if number <= self._a_minute else None)
        self._left -= number
