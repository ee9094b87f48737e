"""Who asks the key service without a viewer: what each may ask, for which causes, and how much.

Code, tests and docs/vault.md read `RIGHTS`. Each shows a credential of its own. Whoever is opened,
compared or deleted for one of them leaves a receipt, with the cause.
"""

import hmac
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from models.key_service.codes import holders_of, is_of_a_claim, named_by
from models.key_service.counts import TRIES_OF_A_FILE, TRIES_OF_A_SOURCE, ReceiptVerb
from models.key_service.interface import Cause, Ceiling, KeyServiceError, KeyUse, Principal
from models.key_service.local import LocalKeyService
from models.key_service.noting import ANONYMOUS, AUDITOR
from models.key_service.receipts import Entry, Found
from models.key_service.relations import OWN_KEY, RelationKind, Relations

_OF_PEOPLE = KeyUse.PERSON_INDEX
OF_SWEEPS = frozenset(("sweeping", "aged", "begin_ages", "sweep"))
OF_COMPARISONS = frozenset(("lacking", "subjects"))
OF_RECEIPTS = frozenset(("receipts", "reconciled", "note_reconciled", "forget_receipts"))
#: Of each version of a person three are made: ten versions are more than anybody has.
DIGESTS_A_PERSON = 30
_MOST_SAVED = 1000 * DIGESTS_A_PERSON


class Socket(StrEnum):
    """Where the service listens, on each for a group of its own."""

    GATEWAYS = "SOCKET"
    LINKING = "--linking"
    SIGNING = "--signing"


@dataclass(frozen=True, slots=True)
class Rights:
    """What a principal may ask."""

    socket: Socket
    verbs: frozenset[str]
    #: Why people are opened, compared or deleted, by verb. Where there are several, one is stated.
    causes: Mapping[str, Sequence[Cause]] = field(default_factory=dict[str, Sequence[Cause]])
    #: How many people are opened or deleted in an hour; in a day five times, in a week twenty times
    #: as many. None where only the ceilings of all hold.
    people_an_hour: int | None = None
    #: What may be noted of who belongs together; anything, where nothing is said.
    relates: frozenset[RelationKind] = frozenset(RelationKind)
    #: How many digests are made for each person who was opened; None where it does not matter.
    digests_a_person: int | None = None
    #: How often one file is asked for in an hour, and how often one source asks; as many times more
    #: in a day and a week.
    tries_an_hour: tuple[int, int] | None = None
    #: How often all together ask in a minute.
    tries_a_minute: int | None = None

    @property
    def tells_people_apart(self) -> bool:
        """Whether people are opened for one cause, and entries of the ban list for another; whoever
        loads a world opens whatever it made."""
        return not {Cause.LOADING}.issuperset(self.causes.get("open", ()))


RIGHTS: Mapping[Principal, Rights] = {
    # Causes and ceilings are those of the viewer.
    Principal.GATEWAY: Rights(
        Socket.GATEWAYS,
        frozenset(
            (
                "key_ids",
                "digests",
                "look_up",
                "public_keys",
                "make",
                "open",
                "erased",
                "relate",
                "ready",
            )
        ),
    ),
    # Beyond what the database admits, so that it is the one which says when there is room.
    Principal.TRACKER: Rights(
        Socket.GATEWAYS,
        frozenset(("track", "try_code", "open_by_code")),
        {
            "track": (Cause.TRACKING,),
            "try_code": (Cause.DELIVERY,),
            "open_by_code": (Cause.DELIVERY,),
        },
        tries_an_hour=(2 * TRIES_OF_A_FILE, 2 * TRIES_OF_A_SOURCE),
        tries_a_minute=600,
    ),
    Principal.LINKER: Rights(
        Socket.LINKING,
        frozenset(("key_ids", "digests", "open", "relate", "sign_visas", "sought")),
        {
            "open": (Cause.LINKING, Cause.BANS, Cause.ISSUING, Cause.LOOK_UPS),
            "sought": (Cause.LOOK_UPS,),
            "digests": (Cause.LINKING, Cause.BANS),
        },
        people_an_hour=20_000,
        # The terms of a visa are noted by whoever grants it, and signed by others.
        relates=frozenset((RelationKind.LINK, RelationKind.LIKENESS)),
        digests_a_person=DIGESTS_A_PERSON,
    ),
    Principal.SCREENER: Rights(
        Socket.LINKING,
        frozenset(("open",)),
        {"open": (Cause.SCREENING, Cause.BANS)},
        people_an_hour=20_000,
    ),
    Principal.GRANTER: Rights(
        Socket.LINKING,
        frozenset(("open", "relate")),
        {"open": (Cause.GRANTING,)},
        people_an_hour=5_000,
        relates=frozenset((RelationKind.VISA,)),
    ),
    Principal.MAILER: Rights(
        Socket.LINKING,
        frozenset(("digests", "open", "make_code")),
        dict.fromkeys(("digests", "open", "make_code"), (Cause.MAIL,)),
        people_an_hour=10_000,
        # Of the address that was opened.
        digests_a_person=1,
    ),
    Principal.SCANNER: Rights(
        Socket.LINKING,
        frozenset(("open",)),
        {"open": (Cause.SCANNING,)},
        people_an_hour=20_000,
    ),
    Principal.LOADER: Rights(
        Socket.LINKING,
        frozenset(("key_ids", "digests", "make", "open", "relate", "judges", "judge_everybody")),
        dict.fromkeys(("open", "make", "digests"), (Cause.LOADING,)),
    ),
    Principal.KEEPER: Rights(
        Socket.SIGNING,
        frozenset(("sign", "public_keys", "erase", "erased", "operations"))
        | OF_SWEEPS
        | OF_RECEIPTS,
        {"erase": (Cause.ERASURE,), "sweep": (Cause.SWEEP,)},
        people_an_hour=10_000,
    ),
    Principal.AUDITOR: Rights(
        Socket.SIGNING, frozenset(("public_keys", "receipts", "judges")) | OF_COMPARISONS
    ),
}
#: All verbs.
ANYTHING = frozenset[str]().union(*(rights.verbs for rights in RIGHTS.values()))
_VERBS = {
    "open": ReceiptVerb.OPEN,
    "make": ReceiptVerb.CHANGE,
    "make_code": ReceiptVerb.OPEN,
    "digests": ReceiptVerb.LOOK_UP,
    "sought": ReceiptVerb.LOOK_UP,
    "erase": ReceiptVerb.ERASE,
    "sweep": ReceiptVerb.ERASE,
}


def verbs_of(socket: Socket) -> frozenset[str]:
    """The verbs of those who ask on a socket."""
    of_each = (rights.verbs for rights in RIGHTS.values() if rights.socket is socket)
    return frozenset[str]().union(*of_each)


@dataclass(frozen=True, slots=True)
class Credential:
    """By which a principal is known."""

    principal: Principal
    secret: str = field(repr=False)

    @classmethod
    def of(cls, principal: Principal, folder: Path) -> "Credential":
        """That of a folder. Raises KeyServiceError where there is none."""
        file = _file_of(principal, folder)
        try:
            secret = file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise KeyServiceError(
                f"the credential {file} cannot be read ({type(error).__name__}): the key service"
                " makes it"
            ) from None
        return cls(principal, secret)


def make_credentials(folder: Path) -> None:
    """Make a file for each principal that has none, for its owner alone. Raises KeyServiceError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for principal in RIGHTS:
            file = _file_of(principal, folder)
            if principal is not Principal.GATEWAY and not file.exists():
                descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w", encoding="ascii") as opened:
                    opened.write(f"{secrets.token_hex(32)}\n")
    except OSError as error:
        raise KeyServiceError(
            f"credentials cannot be written to {folder} ({type(error).__name__})"
        ) from None


def _file_of(principal: Principal, folder: Path) -> Path:
    return folder / f"{principal}_credential"


class PrincipalJudge:
    """Knows the principals of a socket by their credentials, and keeps them to their rights."""

    def __init__(self, keys: LocalKeyService, socket: Socket, folder: Path) -> None:
        """``folder`` has the credentials. Raises KeyServiceError."""
        self._keys = keys
        self._secrets = {
            principal.value: (principal, Credential.of(principal, folder).secret.encode())
            for principal, rights in RIGHTS.items()
            if rights.socket is socket and principal is not Principal.GATEWAY
        }
        self._is_of_gateways = socket is Socket.GATEWAYS
        #: Digests that each may still have made for people who were opened.
        self._digests = dict.fromkeys(RIGHTS, 0)
        self._tries = {
            principal: Ceiling(rights.tries_a_minute, "tries a minute are made")
            for principal, rights in RIGHTS.items()
            if rights.tries_a_minute is not None
        }

    async def admit(self, question: Mapping[str, Any]) -> None:
        """Let a principal ask this; what concerns people leaves a receipt.

        Raises KeyServiceError where it may not.
        """
        principal, verb = self._principal(question.get("as")), question["do"]
        rights = RIGHTS[principal]
        if verb not in rights.verbs:
            raise KeyServiceError(f"the {principal} does not {verb}")
        if verb == "relate" and not rights.relates.issuperset(
            RelationKind(kind) for kind, *_ in question["related"]
        ):
            raise KeyServiceError(f"the {principal} notes nothing of this kind")
        if verb not in rights.causes or question.get("use", _OF_PEOPLE) != _OF_PEOPLE:
            return
        causes = rights.causes[verb]
        cause = question.get("cause", causes[0] if len(causes) == 1 else None)
        if cause not in causes:
            raise KeyServiceError(f"the {principal} states why: {', '.join(causes)}")
        if verb == "open_by_code":
            await self._admit_by_code(question)
            return
        if rights.tries_an_hour is not None:
            await self._admit_try(principal, question["reference"], question["source"], cause)
            return
        subjects = [UUID(hex=one) for one in question.get("subjects", ())]
        if verb == "make":  # a new key opens nobody
            subjects = sorted(await self._keys.stored_subjects(subjects))
        if OWN_KEY in subjects:
            raise KeyServiceError("that key is the service's own")
        if not subjects and verb != "digests":
            return
        if rights.digests_a_person is not None and verb == "digests":
            self._take_digests(principal, len(question["messages"]))

        def judge(found: Found) -> Sequence[Entry]:
            if rights.tells_people_apart and found.relations.is_strict:
                _require_kind(Cause(cause), set(subjects), found.relations)
            # The SCREENER holds the whole list, and opens it anew whenever it starts.
            is_list = principal is Principal.SCREENER and cause == Cause.BANS
            if rights.people_an_hour is not None and not is_list:
                found.counts.admit(subjects, rights.people_an_hour)
            return (Entry(_VERBS[verb], cause, subjects),)

        named = [one.bytes for one in subjects] if rights.tells_people_apart else []
        await self._keys.receipts.leave("", principal, judge, named=named)
        if rights.digests_a_person is not None:
            more = self._digests[principal] + len(subjects) * rights.digests_a_person
            self._digests[principal] = min(more, _MOST_SAVED)

    async def _admit_by_code(self, question: Mapping[str, Any]) -> None:
        """Somebody is opened by a code that was mailed to them, for nobody who is signed in."""
        [subject], reference, code = question["subjects"], question["reference"], question["code"]
        digester = await self._keys.digester()
        counted, _ = digester.tried(reference, "")

        def judge(found: Found) -> Sequence[Entry]:
            is_of_them = UUID(hex=subject) in holders_of(found.relations, reference, code)
            if is_of_a_claim(reference) or not is_of_them:
                raise KeyServiceError("nobody is opened by this code")
            return (Entry(ReceiptVerb.OPEN, reference, [UUID(hex=subject)]),)

        named = [named_by(digester, reference, code)]
        await self._keys.receipts.leave(counted.hex(), ANONYMOUS, judge, named=named)

    async def _admit_try(
        self, principal: Principal, reference: str, source: str, cause: Cause
    ) -> None:
        """A try counts for the file, which may not be there, and for the source."""
        self._tries[principal].take(1)
        tried = (await self._keys.digester()).tried(reference, source)
        for counted, most in zip(tried, RIGHTS[principal].tries_an_hour or (), strict=True):

            def judge(found: Found, most: int = most) -> Sequence[Entry]:
                found.counts.admit_look_ups(1, most)
                return (Entry(ReceiptVerb.LOOK_UP, cause, ()),)

            await self._keys.receipts.leave(counted.hex(), principal, judge)

    def _principal(self, shown: Sequence[str] | None) -> Principal:
        if shown is None and self._is_of_gateways:
            return Principal.GATEWAY
        name, secret = shown or ("", "")
        principal, known = self._secrets.get(name, (None, b""))
        if principal is None or not hmac.compare_digest(known, secret.encode()):
            raise KeyServiceError(
                "show the credential of a principal that asks on this socket (GERBANG_CREDENTIALS)"
            )
        return principal

    def _take_digests(self, principal: Principal, digests: int) -> None:
        """Whoever guesses passports has nobody to open. What is left over is not saved up."""
        left = self._digests[principal] - digests
        if left < 0:
            raise KeyServiceError("digests are made for people who were opened alone")
        self._digests[principal] = left


def _require_kind(cause: Cause, subjects: set[UUID], relations: Relations) -> None:
    """People are opened to link or screen them, entries of the ban list to compare those."""
    banned = relations.among(RelationKind.BAN, "", subjects)
    people = subjects - banned - relations.among(RelationKind.COMPLAINT, AUDITOR, subjects)
    fit = banned if cause is Cause.BANS else people
    if subjects - fit:
        raise KeyServiceError(f"{len(subjects - fit)} subjects are not those of {cause}")
