"""Why a mutation did nothing: one interface, one list of codes, a type for what each adds."""

from datetime import date
from typing import Any

import strawberry

from gateway.mapping.enums import DocumentKind, Stage, Status
from gateway.mutations.outcome import Reason
from gateway.strawberry_bridge import describe_values
from gateway.texts import texts
from gateway.texts.language import Language
from models.life import Refusal
from models.vocabulary import STAGE_OF

_IN_ENGLISH = texts(Language.EN).mutation

MutationErrorCode: Any = strawberry.enum(
    Refusal,
    name="MutationErrorCode",
    description="Why something was not done; nothing was changed then.",
)
describe_values(MutationErrorCode, lambda value: _IN_ENGLISH[value.name].says)


@strawberry.interface(
    description="Why something was not done: each mistake of the input is one. Nothing was changed."
)
class MutationError:
    code: Refusal = strawberry.field(description="Why.")
    message: str = strawberry.field(
        description="Why, in words: in Indonesian or English, by `Accept-Language`."
    )
    path: list[str] = strawberry.field(
        description="The place in the input, such as `input`, `identity`, `birthDate`."
    )


@strawberry.type(description="Something is wrong with the input itself.")
class InputError(MutationError):
    pass


@strawberry.type(description="The application is not as the change needs it.")
class CaseError(MutationError):
    current_status: Status | None = strawberry.field(
        description="The status that the application has now."
    )
    current_stage: Stage | None = strawberry.field(
        description="The stage at which the application is now."
    )


@strawberry.type(description="The applicant cannot apply for this visa type.")
class EligibilityError(MutationError):
    eligible_visa_types: list[str] = strawberry.field(
        description="Indexes of the visa types that fit instead; empty where none does."
    )


@strawberry.type(description="Documents of the checklist are not there.")
class DocumentsError(MutationError):
    missing_documents: list[DocumentKind] = strawberry.field(
        description="The kinds of those that are missing."
    )


@strawberry.type(description="The passport expires too early for the day of entry.")
class PassportError(MutationError):
    needed_until: date = strawberry.field(
        description="The day until which it must be valid, that day included."
    )


def error_of(reason: Reason, language: Language) -> MutationError:
    """The error for a reason, as its reader meets it."""
    values = {
        **reason.limits,
        "fitting": ", ".join(reason.fitting or ()),
        "missing": ", ".join(reason.missing or ()),
        "needed_until": reason.needed_until,
    }
    message = texts(language).message(reason.refusal, reason.rule, values)
    path = ["input", *reason.path]
    if reason.fitting is not None:
        return EligibilityError(
            code=reason.refusal,
            message=message,
            path=path,
            eligible_visa_types=list(reason.fitting),
        )
    if reason.missing is not None:
        return DocumentsError(
            code=reason.refusal,
            message=message,
            path=path,
            missing_documents=[DocumentKind(kind) for kind in reason.missing],
        )
    if reason.needed_until is not None:
        return PassportError(
            code=reason.refusal, message=message, path=path, needed_until=reason.needed_until
        )
    if reason.status is None:
        return InputError(code=reason.refusal, message=message, path=path)
    return CaseError(
        code=reason.refusal,
        message=message,
        path=path,
        current_status=reason.status,
        current_stage=STAGE_OF[reason.status],
    )
