"""The table of mutations by which an account claims files: inputs, tries and possible refusals."""

from dataclasses import replace
from typing import Any

import strawberry
from sqlalchemy import ARRAY, Text, func, literal, select

from gateway.access.transactions.prepared import bind_for
from gateway.mapping.context import Context
from gateway.mutations.claiming import ClaimFile, ClaimRequest, RequestClaimCode
from gateway.schema.claims import ClaimedFile
from gateway.schema.mutations.input_readers import faults_of_key
from gateway.schema.mutations.inputs import required
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.reference_inputs import ReferenceInput
from gateway.schema.people import PassportInput
from gateway.schema.tracking import plain_reference, tries
from models.case.claim import (
    CLAIM_HOURS,
    MOST_CLAIMS,
    MOST_FILES_OF_A_CONTACT,
    TRIES_OF_A_CLAIM,
)
from models.case.tracking import TryKind
from models.key_service import TakesCodes, Try
from models.key_service.codes import CLAIM_CODE_HOURS, claim_of, read_code
from models.life import Refusal
from models.person.matching import passport_message

_REFERENCE = "Its reference, such as `7K3M-9QPX-2F4D`."
_PASSPORT = "The passport of its applicant."


@strawberry.input(description="A file that a partner lodged, of which you are the applicant.")
class RequestClaimCodeInput(ReferenceInput):
    reference: str = required(_REFERENCE)
    passport: PassportInput = required(_PASSPORT)


@strawberry.input(description="A file that a partner lodged, and the code that was mailed for it.")
class ClaimFileInput(ReferenceInput):
    reference: str = required(_REFERENCE)
    passport: PassportInput = required(_PASSPORT)
    code: str = required("The code of the newest mail, such as `7K3M9-QPX2F`.")


def _values(intent: Intent, input_: Any) -> dict[str, Any]:
    key = input_.idempotency_key
    return {
        "mutation": intent.name,
        "key": key,
        "faults": faults_of_key(key),
        "reference": plain_reference(input_.reference),
        "issuing_state": input_.passport.issuing_state,
        "passport_number": input_.passport.number,
    }


def _request_code(intent: Intent, input_: RequestClaimCodeInput) -> RequestClaimCode:
    return RequestClaimCode(**_values(intent, input_))


def _claim(intent: Intent, input_: ClaimFileInput) -> ClaimFile:
    return ClaimFile(**_values(intent, input_), code=read_code(input_.code))


async def _admit(context: Context, request: ClaimRequest) -> ClaimRequest:
    """Count and log the try, before anything is done; the request with what the key service made of
    it."""
    if request.faults:
        return request
    with tries(context, "No file can be claimed now. Try again later.") as tracker:
        tried, mailed = await _try(tracker, context.viewer.subject, request)
    passports = tuple(one.value.hex() for one in tried.digests)
    found = func.viewer.claimable_file(
        literal(request.reference, Text), literal([*passports], ARRAY(Text)), literal(mailed, Text)
    )
    statement: Any = select(found.is_not(None).label("is_claimable"))
    [[row]] = await context.session.fetch(bind_for(context.viewer, ClaimedFile.__name__, statement))
    await context.audit.record_try(tried, TryKind.CLAIM, is_found=row.is_claimable)
    return replace(request, passports=passports, mailed=mailed)


async def _try(tracker: TakesCodes, account: str, request: ClaimRequest) -> tuple[Try, str | None]:
    """The digests of the passport, and that of the code where there is one."""
    message = passport_message(request.issuing_state, request.passport_number)
    asked, source = claim_of(request.reference), f"account {account}"
    if not isinstance(request, ClaimFile):
        return await tracker.track(asked, source, message), None
    tried = await tracker.try_code(asked, source, request.code, message)
    return tried.tried, tried.digest.hex()


_TRIES = (
    f" A file and an account have {TRIES_OF_A_CLAIM} tries in {CLAIM_HOURS} hours, each logged;"
    " beyond them, RATE_LIMITED says when to ask again."
)
CLAIM_INTENTS = (
    Intent("requestClaimCode", RequestClaimCodeInput,
           "Ask for a code by which you claim a file that a partner lodged for you. It is mailed to"
           " the contact on file, once an hour, and answered alike whether there is such a file or"
           f" not. No code is sent to who is the contact of more than {MOST_FILES_OF_A_CONTACT}"
           f" files outside one group, or works for a partner.{_TRIES}",
           _request_code, (), (), admit=_admit),
    Intent("claimFile", ClaimFileInput,
           "Claim a file by its reference, the passport of its applicant, and the code that was"
           f" mailed within {CLAIM_CODE_HOURS} hours: `claimedFiles` then says where it stands."
           " It opens nobody's identity, and lets you take no step. A file is claimed by one"
           f" account; an account claims up to {MOST_CLAIMS}.{_TRIES}",
           _claim, (), (Refusal.NOT_FOUND, Refusal.TOO_MANY_CLAIMS), admit=_admit),
)  # fmt: skip
