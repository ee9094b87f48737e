"""What was decided, for somebody without an account who was sent a code, and knows whose it is."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry
from sqlalchemy import ARRAY, Text, func, literal, select

from gateway.access.transactions.prepared import bind_for
from gateway.errors import ErrorCode, FieldError
from gateway.logs import current_record
from gateway.mapping.context import Context
from gateway.mapping.enums import Outcome
from gateway.schema.people import PassportInput
from gateway.schema.tracking import plain_reference, tries
from gateway.schema.visa_document import print_pdf
from models import AccessEvent
from models.case.tracking import TryKind
from models.key_service import KeyService, TakesCodes
from models.key_service.codes import CodeTry, read_code
from models.person.matching import passport_message
from models.person.vault import CODE, Cell, Vault, bound_name
from models.row_keys import new_key
from models.visa_document.tables import VisaDocument
from models.vocabulary import Purpose

#: What is logged of a visa that was opened.
_OPENED = ("visa.code", "visa.pdf", "visa.proof")


@strawberry.type(description="What was decided on a file, as its applicant reads it.")
class DeliveredDecision:
    outcome: Outcome = strawberry.field(description="Whether the visa was granted.")
    is_taken_back: bool = strawberry.field(
        description="Whether a visa was granted that serves no more."
    )
    pdf: str | None = strawberry.field(
        description="The visa in hand: one A4 page in Indonesian and English, as base64. Null"
        " where there is none, and within a minute of the grant, when it is still being made."
    )


async def delivered_decision(
    info: strawberry.Info,
    reference: Annotated[
        str, strawberry.argument(description="Its reference, such as `7K3M-9QPX-2F4D`.")
    ],
    passport: Annotated[
        PassportInput, strawberry.argument(description="The passport of its applicant.")
    ],
    code: Annotated[
        str, strawberry.argument(description="The code of the newest mail, such as `7K3M9-QPX2F`.")
    ],
) -> DeliveredDecision | None:
    context: Context = info.context
    asked = plain_reference(reference)
    message = passport_message(passport.issuing_state, passport.number)
    return await context.once(
        str(info.path.key), lambda: _open(context, asked, read_code(code), message)
    )


async def _open(context: Context, asked: str, code: str, message: bytes) -> DeliveredDecision:
    with tries(context, "No decision can be opened now. Try again later.") as tracker:
        tried = await tracker.try_code(asked, current_record().source, code, message)
        [rows] = await context.session.fetch(
            bind_for(context.viewer, DeliveredDecision.__name__, _statement(asked, tried))
        )
        # Before the answer: a try that cannot be logged is not answered.
        await context.audit.record_try(tried.tried, TryKind.DELIVERY, is_found=bool(rows))
        if not rows:
            raise FieldError(
                ErrorCode.NOT_FOUND, "No decision has this reference, passport and code."
            )
        [row] = rows
        pdf = None
        if row.code is not None:
            await _record(context, row.applicant, asked, tried)
            keys = cast(KeyService, _ByCode(tracker, asked, code))
            cell = Cell(row.applicant, bound_name(VisaDocument.__tablename__, CODE), row.code)
            [written] = await Vault(keys).open([cell])
            pdf = await print_pdf(written, row.proof)
    return DeliveredDecision(outcome=Outcome(row.reached), is_taken_back=row.is_taken_back, pdf=pdf)


async def _record(context: Context, applicant: UUID, reference: str, tried: CodeTry) -> None:
    """Log that a visa was opened by nobody who is signed in: the entry names the tries for its file
    in place of an account."""
    entry = {
        "id": new_key(),
        "applicant_id": applicant,
        "actor": tried.tried.file.hex(),
        "actor_role": context.viewer.role.value,
        "actor_partner_code": None,
        "actor_country_code": None,
        "purpose": Purpose.DELIVERY.value,
        "case_reference": reference,
        "fields": _OPENED,
        "trace_id": context.audit.trace_id,
    }
    await context.audit.log.write(context.viewer, AccessEvent, [entry])


def _statement(asked: str, tried: CodeTry) -> Any:
    digests = literal([one.value.hex() for one in tried.tried.digests], ARRAY(Text))
    given = (literal(asked, Text), digests, literal(tried.digest.hex(), Text))
    columns = ("reached", "is_taken_back", "applicant", "code", "proof")
    found: Any = func.viewer.delivered_decision(*given).table_valued(*columns)
    return select(*(found.c[name] for name in columns))


class _ByCode:
    """The key of whoever was sent a code, and nobody else's."""

    def __init__(self, tracker: TakesCodes, reference: str, code: str) -> None:
        self._tracker, self._reference, self._code = tracker, reference, code

    async def open_data_keys(
        self, subjects: Sequence[UUID], statement: None = None
    ) -> Mapping[UUID, bytes]:
        [subject] = subjects
        return await self._tracker.open_by_code(subject, self._reference, self._code)


def delivered_decision_field() -> Any:
    return strawberry.field(
        resolver=delivered_decision,
        description="What was decided on a file, and the visa, without an account: by its"
        " reference, the passport of its applicant, and the code of the newest mail about it, for"
        " 30 days. Whatever does not fit is NOT_FOUND. Tries are counted with those of"
        " `trackedFile`; beyond them, RATE_LIMITED says when to ask again. Asked by POST alone.",
    )
