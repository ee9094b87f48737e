"""The judge: whom a gateway has opened must belong to the viewer whose token it shows.

Nothing of the statement is believed that is not checked here: the token by the provider's keys, the
role by the token, the people by the relations in the store. So neither the administrators of the
database nor a captured gateway open people beyond what viewers who are signed in may.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from models.access_tokens.provider_keys import KeysUnavailableError, ProviderKeys, published_at
from models.access_tokens.verification import (
    InvalidTokenError,
    KnownTokens,
    TokenLife,
    Verification,
    acr_of,
    claimed_texts,
)
from models.key_service.codes import CodeTry
from models.key_service.counts import ReceiptVerb
from models.key_service.erasures import ErasedSubject
from models.key_service.interface import (
    Digest,
    KeyServiceError,
    KeyUse,
    LookUp,
    RefusedSubjectsError,
    Statement,
    Try,
    WeakSignInError,
)
from models.key_service.local import LocalKeyService
from models.key_service.noting import (
    APPLICANT,
    AUDITOR,
    OFFICER,
    SUPERVISOR,
    TokenViewer,
    may_claim,
    may_relate,
    read_complaints,
    said_before,
)
from models.key_service.receipts import Entry, Found, Receipts
from models.key_service.relations import OWN_KEY, Relation, RelationKind
from models.key_service.store import WrappedKey

_OF_PARTNERS = ("PARTNER_AGENT", "PARTNER_SERVICE")
#: Viewers who are known without looking at their tokens again.
_MOST_KNOWN = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRules:
    """What the judge is told at its start, by whoever runs it."""

    issuer: str
    audience: str
    #: The header `typ` of access tokens, and the algorithms that sign them.
    types: tuple[str, ...]
    algorithms: tuple[str, ...]
    longest_life: int
    #: Where the provider publishes its keys.
    provider: str
    claim_roles: tuple[str, ...]
    claim_partner: tuple[str, ...]
    #: The values of the claim `acr` with which people are opened; any, where there are none.
    identity_acr: tuple[str, ...]
    #: The provider's names of our roles; None where they are the same.
    role_names: Mapping[str, str] | None
    #: How many people a viewer in each role has opened in an hour, and how many look-ups it makes.
    people_an_hour: Mapping[str, int]
    #: How references of inquiries begin; the seconds and people of one by a supervisor alone, and
    #: of one that a second supervisor approved.
    inquiries: str
    inquiry: tuple[int, int]
    inquiry_of_two: tuple[int, int]

    @classmethod
    def from_json(cls, text: str) -> "JudgeRules":
        """Those that `to_json` wrote."""
        read: dict[str, Any] = json.loads(text)
        for name, value in read.items():
            read[name] = tuple(value) if isinstance(value, list) else value
        return cls(**read)

    def to_json(self) -> str:
        """What `from_json` reads: the process of the keys gets it when it starts."""
        return json.dumps(asdict(self))


class JudgedKeys:
    """The keys as gateways reach them."""

    def __init__(self, keys: LocalKeyService, rules: JudgeRules, receipts: Receipts) -> None:
        self._keys = keys
        self._rules = rules
        self._receipts = receipts
        self._verification = Verification(
            ProviderKeys(published_at(rules.provider), rules.algorithms),
            issuer=rules.issuer,
            audience=rules.audience,
            types=rules.types,
            longest_life=rules.longest_life,
        )
        self._known = KnownTokens[bytes, TokenViewer](self._verification, _MOST_KNOWN)

    async def key_ids(self, use: KeyUse) -> Sequence[str]:
        return await self._keys.key_ids(use)

    async def public_keys(self, use: KeyUse) -> Mapping[str, bytes]:
        return await self._keys.public_keys(use)

    async def require_store(self) -> None:
        await self._keys.require_store()

    async def erased_subjects(self, after: UUID) -> Sequence[ErasedSubject]:
        return await self._keys.erased_subjects(after)

    async def digests(
        self, use: KeyUse, messages: Sequence[bytes], statement: Statement | None = None
    ) -> Sequence[Sequence[Digest]]:
        """A seal tells nothing of anybody. The digest of a person is a look-up of theirs."""
        if use is KeyUse.PERSON_INDEX:
            await self._admit_look_ups(len(messages), statement)
        return await self._keys.digests(use, messages)

    async def look_up(self, message: bytes, statement: Statement | None = None) -> LookUp:
        await self._admit_look_ups(1, statement)
        return await self._keys.look_up(message)

    async def track(self, reference: str, source: str, message: bytes) -> Try:
        """For nobody who is signed in: the judge of principals has let it through."""
        return await self._keys.track(reference, source, message)

    async def try_code(self, reference: str, source: str, code: str, message: bytes) -> CodeTry:
        return await self._keys.try_code(reference, source, code, message)

    async def open_by_code(self, subject: UUID, reference: str, code: str) -> Mapping[UUID, bytes]:
        return await self._keys.open_by_code(subject, reference, code)

    async def _admit_look_ups(self, number: int, statement: Statement | None) -> None:
        """Leave a receipt for each. Raises WeakSignInError, and ViewerCeilingError."""
        viewer, stated = await self._viewer(statement)
        most = self._most(stated)
        self._require_sign_in(viewer)

        def judge(found: Found) -> Sequence[Entry]:
            found.counts.admit_look_ups(number, most)
            return [Entry(ReceiptVerb.LOOK_UP, stated.reference, [])] * number

        await self._receipts.leave(viewer.account, stated.role, judge)

    async def open_data_keys(
        self, subjects: Sequence[UUID], statement: Statement | None = None
    ) -> Mapping[UUID, bytes]:
        viewer, stated = await self._viewer(statement)
        is_change = stated.is_change and stated.role == APPLICANT
        wrapped = await self._admit(viewer, stated, subjects, is_change=is_change)
        return await self._keys.unwrap_found(wrapped)

    async def make_data_keys(
        self,
        subjects: Sequence[UUID],
        statement: Statement | None = None,
        relations: Sequence[Relation] = (),
    ) -> Mapping[UUID, bytes]:
        """Whoever makes a key says whom it is for; who has one is opened as by a reader."""
        viewer, stated = await self._viewer(statement)
        stored = await self._admit(viewer, stated, subjects, is_change=True)
        new = set(subjects) - stored.keys()
        if new != {one.other for one in relations}:
            raise KeyServiceError("a new key takes relations, of its own subject alone")
        if not all(may_claim(viewer, stated, one) for one in relations):
            raise KeyServiceError("the viewer may not state these relations")
        return await self._keys.make_data_keys(subjects, relations=relations)

    async def relate(
        self, relations: Sequence[Relation], statement: Statement | None = None
    ) -> None:
        """What comes after a key was made: another case, a desk, a link, an inquiry."""
        viewer, stated = await self._viewer(statement)
        digester = await self._keys.digester()
        named = [one.other.bytes for one in relations if isinstance(one.other, UUID)]
        named += [
            digester.named(kind, one.name)
            for one in relations
            for kind in (RelationKind.INQUIRY, RelationKind.OPENING)
        ]
        named += [digester.named(*said) for one in relations if (said := said_before(one))]
        known = (await self._receipts.read([], named)).relations
        if not all(may_relate(viewer, stated, one, known) for one in relations):
            raise KeyServiceError("the viewer may not state these relations")
        await self._keys.relate(relations)

    async def _viewer(self, statement: Statement | None) -> tuple[TokenViewer, Statement]:
        """Whose token the statement shows. Raises KeyServiceError."""
        if statement is None:
            raise KeyServiceError("people are opened for a viewer alone: show the token")
        try:
            viewer = await self._holder(statement.token)
        except (InvalidTokenError, KeysUnavailableError) as error:
            why = str(error) or "the provider's keys are not at hand"
            raise KeyServiceError(f"the viewer's token is not accepted: {why}") from None
        if statement.role not in viewer.roles:
            raise KeyServiceError("the viewer's token does not hold the role")
        return viewer, statement

    async def _holder(self, token: str) -> TokenViewer:
        key = sha256(token.encode()).digest()
        viewer = self._known.find(key)
        if viewer is None:
            claims = await self._verification.claims(token)
            viewer = self._read(claims)
            self._known.keep(key, viewer, TokenLife.from_claims(claims))
        return viewer

    def _read(self, claims: dict[str, Any]) -> TokenViewer:
        rules = self._rules
        names = claimed_texts(claims, rules.claim_roles)
        if rules.role_names is not None:
            names = tuple(rules.role_names[name] for name in names if name in rules.role_names)
        partner = next(iter(claimed_texts(claims, rules.claim_partner)), None)
        return TokenViewer(claims["sub"], frozenset(names), partner, acr_of(claims))

    def _require_sign_in(self, viewer: TokenViewer) -> None:
        required = self._rules.identity_acr
        if required and viewer.acr not in required:
            raise WeakSignInError(required)

    async def _admit(
        self, viewer: TokenViewer, stated: Statement, subjects: Sequence[UUID], *, is_change: bool
    ) -> Mapping[UUID, WrappedKey]:
        """The keys of those subjects that have one, for whom a receipt is left.

        Raises WeakSignInError for a token that opens nobody, RefusedSubjectsError where some do not
        belong to the viewer, and ViewerCeilingError where they are too many.
        """
        verb = ReceiptVerb.CHANGE if is_change else ReceiptVerb.OPEN

        def judge(found: Found) -> Sequence[Entry]:
            people = sorted(found.wrapped) if is_change else [*found.wrapped]
            if not people:  # who has no key is lost, and belongs to nobody
                return ()
            self._require_sign_in(viewer)
            relations, judged = found.relations, set(people)
            if not relations.is_strict:
                judged = relations.related(judged)
            refused = judged and judged - self._reached(found, viewer, stated, judged)
            if refused or OWN_KEY in found.wrapped:
                raise RefusedSubjectsError(refused or {OWN_KEY})
            if not self._is_in_an_inquiry(found, viewer, stated, judged):
                further = relations.widened_by(stated.role, viewer.account)
                found.counts.admit(people, self._most(stated), further)
            return (Entry(verb, stated.reference, people),)

        named = await self._named(viewer, stated, subjects)
        found = await self._receipts.leave(viewer.account, stated.role, judge, subjects, named)
        return found.wrapped

    async def _named(
        self, viewer: TokenViewer, stated: Statement, subjects: Sequence[UUID]
    ) -> list[bytes]:
        """What the relations begin with by which it is judged who belongs to the viewer."""
        case, of_people = stated.reference or "", [one.bytes for one in subjects]
        digester = await self._keys.digester()
        of_people.append(digester.named(RelationKind.WIDENING, f"{stated.role} {viewer.account}"))
        kinds: tuple[RelationKind, ...] = ()
        if stated.role == OFFICER:
            kinds = (RelationKind.DESK, RelationKind.APPLICANT)
        elif stated.role == SUPERVISOR and case.startswith(self._rules.inquiries):
            kinds = (RelationKind.INQUIRY, RelationKind.APPROVAL)
        elif stated.role in _OF_PARTNERS and viewer.partner:
            of_people.append(digester.named(RelationKind.SUCCESSOR, viewer.partner))
        return [*of_people, *(digester.named(kind, case) for kind in kinds)]

    def _most(self, stated: Statement) -> int:
        if stated.role not in self._rules.people_an_hour:
            raise KeyServiceError("nobody is opened for this role")
        return self._rules.people_an_hour[stated.role]

    def _reached(
        self, found: Found, viewer: TokenViewer, stated: Statement, subjects: set[UUID]
    ) -> set[UUID]:
        """Which of the subjects belong to the viewer in this role, for the case that is stated.

        A complaint is nobody's case, and in no inquiry: whoever reads it was named.
        """
        relations = found.relations
        complaints = relations.among(RelationKind.COMPLAINT, AUDITOR, subjects)
        read = read_complaints(viewer, stated.role, complaints, relations)
        people = subjects - complaints
        return read | self._reached_people(found, viewer, stated, people) if people else read

    def _reached_people(
        self, found: Found, viewer: TokenViewer, stated: Statement, subjects: set[UUID]
    ) -> set[UUID]:
        case, relations = stated.reference or "", found.relations
        match stated.role:
            case "APPLICANT":
                return relations.among(RelationKind.ACCOUNT, viewer.account, subjects)
            case role if role in _OF_PARTNERS and viewer.partner:
                own = relations.among(RelationKind.PARTNER, viewer.partner, subjects)
                return own | relations.taken_over(viewer.partner, subjects)
            case "OFFICER" if relations.holds(RelationKind.DESK, case, viewer.account):
                own = relations.among(RelationKind.CASE, case, subjects)
                if own == subjects:
                    return own
                on_the_desk = relations.applicants_on_the_desk(case)
                return own.union(
                    *(relations.among(RelationKind.LINK, one.hex, subjects) for one in on_the_desk)
                )
            case "SUPERVISOR" if case.startswith(self._rules.inquiries):
                is_in = self._is_in_an_inquiry(found, viewer, stated, subjects)
                return subjects if is_in else set()
            case "SUPERVISOR" | "SCREENING":
                banned = relations.among(RelationKind.BAN, "", subjects)
                return relations.among(RelationKind.CASE, case, subjects) | banned
            case _:
                return set()

    def _is_in_an_inquiry(
        self, found: Found, viewer: TokenViewer, stated: Statement, subjects: set[UUID]
    ) -> bool:
        """Whether the viewer's own inquiry lasts, and has room for these people."""
        reference, relations = stated.reference or "", found.relations
        opened_at = relations.noted_at(RelationKind.INQUIRY, reference, viewer.account)
        if stated.role != SUPERVISOR or opened_at is None:
            return False
        seconds, people = self._rules.inquiry
        if approved_at := relations.approval_at(reference):
            (seconds, people), opened_at = self._rules.inquiry_of_two, approved_at
        is_open = time.time() < opened_at + seconds
        return is_open and found.counts.number_in(reference, subjects) <= people
