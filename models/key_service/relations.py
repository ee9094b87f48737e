"""Relations: which account, case, partner and desk belong to whom, as the key service knows them.

Each is noted in the call in which a writer presents a token, or by a principal that has a socket of
its own. The store holds keyed digests of accounts and references, so its files tell nobody of them.
A database that says something else opens nobody.
"""

import hmac
import struct
import time
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import asyncpg

from models.supervision.widening import MOST_PEOPLE
from models.visa_document.content import VisaTerms, extension_name

#: The subject under which the service keeps its own key: nobody's, since theirs are UUIDv7.
OWN_KEY = UUID(int=(1 << 128) - 1)
_DIGEST_BYTES = 16


class RelationKind(StrEnum):
    """What a relation joins: its name is the first, the other the second."""

    #: The account of an applicant's own sign-in, and the applicant.
    ACCOUNT = "account"
    #: The reference of a case, and its applicant.
    CASE = "case"
    #: The code of the partner that takes a person's file in, and the applicant.
    PARTNER = "partner"
    #: No name, and an entry of the ban list.
    BAN = "ban"
    #: Who reads a complaint (`complaint_reader`), and the complaint.
    COMPLAINT = "complaint"
    #: Two files of one person: by passport, or as an officer confirmed.
    LINK = "link"
    #: Two files that are alike, which an officer may confirm.
    LIKENESS = "likeness"
    #: The reference of a case that is on a desk, and its applicant: to find links of theirs.
    APPLICANT = "applicant"
    #: The terms of a visa (`models.visa_document.content`), and the applicant who holds it.
    VISA = "visa"
    #: An extension of the stay on it (`extension_name`, there), and the same applicant.
    EXTENSION = "extension"
    #: The reference of a case with a code that was mailed, and its applicant.
    CODE = "code"
    #: The reference of a case, and the account of the officer on whose desk it is.
    DESK = "desk"
    #: The reference of an inquiry, and the account of the supervisor who opened it.
    INQUIRY = "inquiry"
    #: The reference of an inquiry, and the account of the second supervisor.
    APPROVAL = "approval"
    #: Two partners, `FROM TO`, and the account of the administrator who proposed that the second
    #: takes over open files of the first.
    TAKEOVER = "takeover"
    #: The code of the second, and that of the first, since another administrator has approved it.
    SUCCESSOR = "successor"
    #: An exception from a budget (`Widening`), and the account of the supervisor who proposed it.
    EXCEPTION = "exception"
    #: A role and an account, and their exception, since another supervisor has agreed to it.
    WIDENING = "widening"
    #: An opening of look-ups, and the account of the auditor who proposed it.
    OPENING = "opening"
    #: An opening of look-ups, and the account of the second auditor.
    AGREEMENT = "agreement"


#: The kinds that come with a key: a subject of none of them was stored before relations were kept.
_WITH_A_KEY = (
    RelationKind.ACCOUNT,
    RelationKind.PARTNER,
    RelationKind.BAN,
    RelationKind.COMPLAINT,
)
#: The kinds whose other side is an account, and no subject of a data key.
OF_ACCOUNTS = frozenset(
    (
        RelationKind.DESK,
        RelationKind.INQUIRY,
        RelationKind.APPROVAL,
        RelationKind.TAKEOVER,
        RelationKind.EXCEPTION,
        RelationKind.OPENING,
        RelationKind.AGREEMENT,
    )
)
#: The kinds whose other side is no subject of a data key.
_OF_NAMES = OF_ACCOUNTS | {RelationKind.SUCCESSOR, RelationKind.WIDENING}
#: The kinds by whose names subjects are found.
_BY_NAME = (RelationKind.APPLICANT, RelationKind.CODE)


#: Both sides, and the kind.
Row = tuple[bytes, bytes, str]


class Relation(NamedTuple):
    """That two belong together."""

    kind: RelationKind
    name: str
    #: A subject, an account, the code of a partner, or an exception.
    other: UUID | str

    def to_json(self) -> tuple[str, str, str]:
        """As it goes over a socket."""
        return self.kind, self.name, self.other.hex if isinstance(self.other, UUID) else self.other

    @classmethod
    def from_json(cls, kind: str, name: str, other: str) -> "Relation":
        """What `to_json` wrote. Raises ValueError."""
        known = RelationKind(kind)
        return cls(known, str(name), str(other) if known in _OF_NAMES else UUID(hex=other))


def complaint_reader(role: str, whose: str = "") -> str:
    """As relations name who reads a complaint: a role, or of a role one account or partner."""
    return f"{role} {whose}".strip()


def said_of_visa(terms: VisaTerms, holder: UUID) -> list[Relation]:
    """What is noted of a visa whose document may be signed."""
    names = (extension_name(terms.number, *one) for one in terms.extensions)
    return [
        Relation(RelationKind.VISA, str(terms), holder),
        *(Relation(RelationKind.EXTENSION, name, holder) for name in names),
    ]


#: People, and seconds.
_WIDTH = struct.Struct(">HH")


class Widening(NamedTuple):
    """An exception from a budget: for whom, how many further people, and how long."""

    id: UUID
    role: str
    account: str
    people: int
    seconds: int

    def __str__(self) -> str:
        """As relations name it."""
        return f"{self.id.hex} {self.people} {self.seconds} {self.reader}"

    @classmethod
    def read(cls, text: str) -> "Widening":
        """What `str` made. Raises ValueError."""
        id_, people, seconds, role, account = text.split(" ", 4)
        return cls(UUID(hex=id_), role, account, int(people), int(seconds))

    @property
    def reader(self) -> str:
        """Whose budget it widens."""
        return f"{self.role} {self.account}"


class Opening(NamedTuple):
    """For whose request, and of whom, look-ups are opened."""

    request: UUID
    subject: UUID

    def __str__(self) -> str:
        """As relations name it."""
        return f"{self.request.hex} {self.subject.hex}"


class Digester:
    """Writes accounts and references as the store has them: as digests by a key."""

    def __init__(self, key: bytes) -> None:
        self._mac = hmac.new(hmac.digest(key, b"gerbang relation 1", "sha256"), digestmod="sha256")

    def rows(self, relations: Iterable[Relation]) -> list[Row]:
        """Relations as they are stored."""
        return [(*self.sides(*relation), relation.kind.value) for relation in relations]

    def named(self, kind: RelationKind, name: str) -> bytes:
        """The side of a relation that is a name."""
        return self._digest(f"{kind}\0{name}")

    def sides(self, kind: RelationKind, name: str, other: UUID | str) -> tuple[bytes, bytes]:
        """Both sides. What is looked for comes first: subjects are UUIDv7, so what is noted of a
        new one lies together."""
        named = self.named(kind, name)
        if kind in _BY_NAME and isinstance(other, UUID):
            return named, other.bytes
        if isinstance(other, UUID):
            return other.bytes, named
        if kind is RelationKind.SUCCESSOR:
            return named, self.named(RelationKind.PARTNER, other)
        if kind is RelationKind.WIDENING:
            widening = Widening.read(other)
            width = _WIDTH.pack(widening.people, widening.seconds)
            return named, width + self._digest(f"\0{other}")[_WIDTH.size :]
        return named, self._digest(f"\0{other}")

    def tried(self, reference: str, source: str) -> tuple[bytes, bytes]:
        """By which tries for a file, and from a source, are counted: an address is another one the
        next day."""
        today = time.strftime("%Y-%m-%d", time.gmtime())
        return self._digest(f"try\0{reference}"), self._digest(f"source\0{today}\0{source}")

    def _digest(self, text: str) -> bytes:
        mac = self._mac.copy()
        mac.update(text.encode())
        return mac.digest()[:_DIGEST_BYTES]


class Relations:
    """Those relations of the store that begin with some subjects and names, read at once."""

    def __init__(
        self, digester: Digester, rows: Iterable[tuple[bytes, bytes, str, int]], *, is_strict: bool
    ) -> None:
        """Rows are both sides, the kind, and when it was noted, in seconds since 1970."""
        self._digester = digester
        #: Whether nobody is opened without one. Until then, those are who have none at all: they
        #: were stored before relations were kept.
        self.is_strict = is_strict
        self._noted_at: dict[tuple[bytes, bytes], int] = {}
        self._by_first: dict[bytes, list[tuple[bytes, str, int]]] = {}
        for first, second, kind, at in rows:
            self._noted_at[first, second] = at
            self._by_first.setdefault(first, []).append((second, kind, at))

    def holds(self, kind: RelationKind, name: str, other: UUID | str) -> bool:
        return self.noted_at(kind, name, other) is not None

    def noted_at(self, kind: RelationKind, name: str, other: UUID | str) -> int | None:
        """When a relation was noted; None for one that was not."""
        return self._noted_at.get(self._digester.sides(kind, name, other))

    def applicants_on_the_desk(self, reference: str) -> set[UUID]:
        """The applicant of a case that is on a desk."""
        return {*self.subjects_of(RelationKind.APPLICANT, reference)}

    def subjects_of(self, kind: RelationKind, name: str) -> dict[UUID, int]:
        """Whom a name is related to, and since when."""
        noted = self._begin_with(self._digester.named(kind, name))
        return {UUID(bytes=second): at for second, _, at in noted}

    def approval_at(self, reference: str) -> int | None:
        """When somebody approved an inquiry; None where nobody has."""
        approvals = self._begin_with(self._digester.named(RelationKind.APPROVAL, reference))
        return max((at for _, _, at in approvals), default=None)

    def is_proposed_by_another(
        self, kind: RelationKind, proposal: str, account: str, since: float = 0
    ) -> bool:
        """Whether somebody else than an account proposed this, a takeover or an exception."""
        proposed = self._begin_with(self._digester.named(kind, proposal))
        own = self._digester.sides(kind, proposal, account)[1]
        return any(by != own and at > since for by, _, at in proposed)

    def widened_by(self, role: str, account: str) -> int:
        """How many people beyond the budget a viewer may have opened now."""
        now, named = time.time(), self._digester.named(RelationKind.WIDENING, f"{role} {account}")
        widths = ((*_WIDTH.unpack_from(second), at) for second, _, at in self._begin_with(named))
        lasting = (people for people, seconds, at in widths if at <= now < at + seconds)
        return min(max(lasting, default=0), MOST_PEOPLE)  # whoever administers the store wrote more

    def taken_over(self, partner: str, subjects: Iterable[UUID]) -> set[UUID]:
        """Which of some subjects are those of partners whose files this one takes over."""
        former = self._begin_with(self._digester.named(RelationKind.SUCCESSOR, partner))
        return {one for one in subjects for by, _, _ in former if (one.bytes, by) in self._noted_at}

    def agreement_at(self, opening: str) -> int | None:
        """When somebody else agreed to an opening that was proposed; None where nobody has."""
        proposed, agreed = (
            {by: at for by, _, at in self._begin_with(self._digester.named(kind, opening))}
            for kind in (RelationKind.OPENING, RelationKind.AGREEMENT)
        )
        others = (at for by, at in agreed.items() if proposed.keys() - {by})
        return max(others, default=None)

    def among(self, kind: RelationKind, name: str, subjects: Iterable[UUID]) -> set[UUID]:
        """Which of some subjects are related to a name."""
        named = self._digester.named(kind, name)
        return {one for one in subjects if (one.bytes, named) in self._noted_at}

    def related(self, subjects: Iterable[UUID]) -> set[UUID]:
        """Which of some subjects are somebody's."""
        return {
            one
            for one in subjects
            if any(kind in _WITH_A_KEY for _, kind, _ in self._begin_with(one.bytes))
        }

    def _begin_with(self, first: bytes) -> list[tuple[bytes, str, int]]:
        return self._by_first.get(first, [])


async def note(connection: asyncpg.Connection, rows: Collection[Row]) -> None:
    """Note relations, in the transaction of the connection; those that are there stay as they
    are."""
    if rows:
        columns = (list(column) for column in zip(*sorted(rows), strict=True))
        await connection.execute(
            "INSERT INTO relation SELECT first, second, kind, $4"
            " FROM unnest($1::bytea[], $2::bytea[], $3::text[]) AS new (first, second, kind)"
            " ON CONFLICT DO NOTHING",
            *(*columns, int(time.time())),
        )
