"""Where a file stands, for somebody without an account who knows whose it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import ARRAY, Text, func, literal, select

from gateway.access.read_budget import TriesSpentError
from gateway.access.transactions.prepared import bind_for
from gateway.errors import ErrorCode, FieldError
from gateway.logs import current_record
from gateway.mapping.context import Context
from gateway.mapping.enums import Stage
from gateway.schema.people import PassportInput
from models.case.tracking import TryKind
from models.key_service import KeyServiceError, TakesCodes, ViewerCeilingError
from models.person.matching import tracking_message

#: What is no reference is looked for like one that no file has.
_LONGEST_REFERENCE = 20


def plain_reference(typed: str) -> str:
    """A reference as it is on file, however it is typed."""
    return "".join(typed.split()).upper()[:_LONGEST_REFERENCE]


@contextmanager
def tries(context: Context, unavailable: str) -> Iterator[TakesCodes]:
    """The key service by which a try with the reference of a file is made. Nothing is told by how
    long it takes.

    Raises TriesSpentError beyond the tries, and FieldError with UNAVAILABLE and this text where
    there is no key service.
    """
    context.found_nothing = True
    try:
        if context.services.tracker is None:
            raise KeyServiceError("there is no key service")
        yield context.services.tracker
    except ViewerCeilingError as error:
        raise TriesSpentError(error.window) from error
    except KeyServiceError as error:
        raise FieldError(ErrorCode.UNAVAILABLE, unavailable) from error


@strawberry.type(description="Where a file stands, as its applicant reads it.")
class TrackedFile:
    stage: Stage = strawberry.field(description="Where it stands; never how it was decided.")
    expected_on: date | None = strawberry.field(
        description="The day by which to expect a decision, in WIB: the target, later by as long as"
        " the file waited for its applicant. Null before it is paid, while it waits for its"
        " applicant, once it is closed, and where that day is over."
    )


async def tracked_file(
    info: strawberry.Info,
    reference: Annotated[
        str, strawberry.argument(description="Its reference, such as `7K3M-9QPX-2F4D`.")
    ],
    passport: Annotated[
        PassportInput, strawberry.argument(description="The passport of its applicant.")
    ],
    birth_date: Annotated[date, strawberry.argument(description="Their date of birth.")],
) -> TrackedFile | None:
    context: Context = info.context
    asked = plain_reference(reference)
    message = tracking_message(passport.issuing_state, passport.number, birth_date)
    return await context.once(str(info.path.key), lambda: _track(context, asked, message))


async def _track(context: Context, asked: str, message: bytes) -> TrackedFile:
    with tries(context, "No file can be tracked now. Try again later.") as tracker:
        tried = await tracker.track(asked, current_record().source, message)
    digests = literal([one.value.hex() for one in tried.digests], ARRAY(Text))
    found: Any = func.viewer.tracked_file(literal(asked, Text), digests).table_valued(
        "reached", "expected_on"
    )
    statement: Any = select(found.c.reached, found.c.expected_on)
    [rows] = await context.session.fetch(bind_for(context.viewer, TrackedFile.__name__, statement))
    # Before the answer: a try that cannot be logged is not answered.
    await context.audit.record_try(tried, TryKind.TRACKING, is_found=bool(rows))
    if not rows:
        raise FieldError(
            ErrorCode.NOT_FOUND, "No file has this reference, passport and birth date."
        )
    [row] = rows
    return TrackedFile(stage=Stage(row.reached), expected_on=row.expected_on)


def tracked_file_field() -> Any:
    return strawberry.field(
        resolver=tracked_file,
        description="Where a file stands, without an account: by its reference, and the passport"
        " and birth date of its applicant, until 30 days after it was closed. Whatever does not"
        " fit is NOT_FOUND. Tries are counted, for a file and for the address that asks; beyond"
        " them, RATE_LIMITED says when to ask again. Asked by POST alone.",
    )
