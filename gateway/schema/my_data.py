"""The viewer's own data on file, with its reads."""

from datetime import date, datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import func, select

from gateway.access.transactions.prepared import bind_for
from gateway.mapping.context import Context
from gateway.schema.access_event import DELAY_ENGLISH, DELAY_INDONESIAN, AccessEvent
from gateway.schema.applicant import Applicant
from gateway.schema.breach import Breach
from gateway.texts.language import Language
from models import Applicant as ApplicantRow
from models import Breach as BreachRow
from models.access_log import kept_since
from models.case.visa_check import MOST_CHECKS_TOLD
from models.rights.breach import MOST_BREACHES
from models.rights.data_request import MOST_LOOKUPS
from models.vocabulary import Purpose, Role


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
    visa_checks: list["MyVisaCheck"] = strawberry.field(
        description="The last days on which border control or a carrier asked whether you can enter"
        f" by a visa of yours, the newest first: at most {MOST_CHECKS_TOLD}."
    )
    lookups: list["MyLookup"] = strawberry.field(
        description="The last days on which somebody looked for you, the newest first: at most"
        f" {MOST_LOOKUPS}. Those for your own application are here; those for another matter once"
        " your request for your data was looked into, and that matter is over."
    )
    breaches: list[Breach] = strawberry.field(
        description="Breaches that concern everybody who was on file by then, as of a copy that was"
        f" stolen, the latest first: at most {MOST_BREACHES}. Those in which somebody read you are"
        " in `applicant.breachNotices`."
    )
    note: str = strawberry.field(
        resolver=_note,
        description="A note that some reads are shown later, and whom to ask for them.",
    )


@strawberry.type(description="A day on which somebody looked for you.")
class MyLookup:
    looked_up_on: date = strawberry.field(description="On which day, in WIB.")
    looked_up_by: Role = strawberry.field(description="In which role.")
    purpose: Purpose = strawberry.field(description="Why.")


@strawberry.type(description="A day on which somebody checked a visa of yours.")
class MyVisaCheck:
    checked_on: date = strawberry.field(description="On which day, in WIB.")
    checked_by: Role = strawberry.field(description="In which role: border control, or a carrier.")
    flight_number: str | None = strawberry.field(
        description="For which flight; null where border control named none."
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
    checks: Any = func.viewer.own_visa_checks(context.viewer.role.value).table_valued(
        "checked_on", "checked_by", "flight"
    )
    lookups: Any = func.viewer.own_lookups(context.viewer.role.value).table_valued(
        "looked_up_on", "looked_up_by", "purpose"
    )
    breaches: Any = select(func.viewer.own_breaches(context.viewer.role.value).label("ids"))
    [[(since,)], checked, looked_up, [(of_everybody,)]] = await context.session.fetch(
        kept,
        bind_for(context.viewer, MyData.__name__, select(checks)),
        bind_for(context.viewer, MyData.__name__, select(lookups)),
        bind_for(context.viewer, MyData.__name__, breaches),
    )
    breach = context.services.catalogue.nouns[Breach.__name__]
    found = await context.loaders.by(breach, BreachRow.id).load_many(of_everybody)
    return MyData(
        applicant=oneself,
        kept_since=since,
        visa_checks=[
            MyVisaCheck(checked_on=on, checked_by=Role(by), flight_number=flight)
            for on, by, flight in checked
        ],
        lookups=[
            MyLookup(looked_up_on=on, looked_up_by=Role(by), purpose=Purpose(purpose))
            for on, by, purpose in looked_up
        ],
        breaches=[one for one in found if one is not None],
    )
