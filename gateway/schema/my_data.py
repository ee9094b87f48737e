"""The viewer's own data on file, with its reads."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from gateway.access.transactions.prepared import bind_for
from gateway.mapping.context import Context
from gateway.schema.access_event import DELAY_ENGLISH, DELAY_INDONESIAN, AccessEvent
from gateway.schema.applicant import Applicant
from gateway.texts.language import Language
from models import Applicant as ApplicantRow
from models.access_log import kept_since


def _note(
    root: Any,
    language: Annotated[
        Language, strawberry.argument(description="The language of the answer.")
    ] = Language.EN,
) -> str:
    return DELAY_ENGLISH if language is Language.EN else DELAY_INDONESIAN


@strawberry.type(description="Everything on file about you.")
class MyData:
    applicant: Applicant | None = strawberry.field(
        description="You: your identity on file, earlier versions included, all applications, and"
        " in `accessEvents` who read it. Reading it is logged like any read."
    )
    kept_since: datetime | None = strawberry.field(
        description="Since when reads are kept; null where all of them are. Earlier ones were"
        " deleted because of their age."
    )
    note: str = strawberry.field(
        resolver=_note,
        description="A note that some reads are shown later, and whom to ask for them.",
    )


async def my_data(info: strawberry.Info) -> MyData | None:
    """Raises FieldError if the database is unavailable."""
    context: Context = info.context
    noun = context.services.catalogue.nouns[Applicant.__name__]
    rows = context.loaders.by(noun, ApplicantRow.account)
    oneself = await rows.load(context.viewer.subject)
    if oneself is None:
        return None
    kept = bind_for(context.viewer, AccessEvent.__name__, kept_since(context.viewer.role))
    [[(since,)]] = await context.session.fetch(kept)
    return MyData(applicant=oneself, kept_since=since)
