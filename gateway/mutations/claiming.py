"""Claims files that a partner lodged for an account: asks for a code by mail, and takes it."""

from dataclasses import dataclass, replace

from sqlalchemy import ARRAY, ClauseElement, Text, Uuid, bindparam, func, select

from gateway.access.rows import changeable
from gateway.access.transactions.writing import WriteTransaction, select_lock
from gateway.mutations.outcome import Effects, Reasons
from gateway.mutations.requests import Request
from models import FileClaim
from models.case.claim import MOST_CLAIMS
from models.key_service.codes import CLAIM_CODE_HOURS
from models.life import Refusal
from models.row_keys import new_key
from models.vocabulary import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRequest(Request):
    """A file that is asked for by its reference and the passport of its applicant."""

    reference: str
    issuing_state: str
    passport_number: str
    #: What the key service made of the passport, and of the code: digests in hexadecimal.
    passports: tuple[str, ...] = ()
    mailed: str | None = None

    def canonical(self) -> bytes:
        """Without the digests, which follow from the rest."""
        return Request.canonical(replace(self, passports=(), mailed=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestClaimCode(ClaimRequest):
    """That a code is sent to the contact on file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFile(ClaimRequest):
    """That the file is claimed."""

    code: str


async def request_code(
    transaction: WriteTransaction, request: RequestClaimCode, reasons: Reasons
) -> str:
    """Post the code, if there is such a file; answered alike where there is none."""
    reasons.refuse_if_any()
    await transaction.fetch_one(
        _post_code,
        asked=request.reference,
        passports=list(request.passports),
        message=new_key(),
    )
    return str(CLAIM_CODE_HOURS)


async def claim(transaction: WriteTransaction, request: ClaimFile, reasons: Reasons) -> str:
    """Claim the file. Whatever does not fit is NOT_FOUND."""
    reasons.refuse_if_any()
    viewer = transaction.viewer
    await transaction.fetch_one(select_lock, text=f"{request.mutation} {viewer.subject}")
    [own] = await transaction.fetch_one(_count_claims, request.mutation, viewer.role)
    if own.number >= MOST_CLAIMS:
        reasons.add(Refusal.TOO_MANY_CLAIMS)
        reasons.refuse_if_any()
    [row] = await transaction.fetch_one(
        _find,
        asked=request.reference,
        passports=list(request.passports),
        mailed=request.mailed,
    )
    made = {"application_id": row.found, "account": viewer.subject, "code": _digest(request)}
    # A trigger takes the code: of two who have it, one claims the file.
    if not row.found or not await transaction.insert_now(FileClaim, made, unless_there=True):
        reasons.add(Refusal.NOT_FOUND, "reference", rule="no_such_claim")
    reasons.refuse_if_any()
    return "1"


def _digest(request: ClaimFile) -> bytes:
    return bytes.fromhex(request.mailed or "")


def _count_claims(mutation: str, role: Role) -> ClauseElement:
    own = select(func.count().label("number")).select_from(FileClaim)
    return own.where(changeable(mutation, role))


def _file_parameters() -> tuple[ClauseElement, ClauseElement]:
    return bindparam("asked", None, Text), bindparam("passports", None, ARRAY(Text))


def _post_code() -> ClauseElement:
    return select(
        func.viewer.request_claim_code(*_file_parameters(), bindparam("message", None, Uuid))
    )


def _find() -> ClauseElement:
    mailed = bindparam("mailed", None, Text)
    return select(func.viewer.claimable_file(*_file_parameters(), mailed).label("found"))


EFFECTS: Effects = {RequestClaimCode: request_code, ClaimFile: claim}
