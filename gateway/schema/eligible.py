"""The resolver of `eligibleVisaTypes`: which visa types fit a nationality, a purpose and a day."""

from datetime import date
from typing import Annotated

import strawberry
from sqlalchemy import ARRAY, Text, literal

from gateway.access.rows import reachable, vouch_for
from gateway.mapping.context import Context
from gateway.mapping.scalars import CountryCode
from gateway.mutations.case_statements import today
from gateway.schema.visa_type import VisaType
from models import VisaType as VisaTypeRow
from models.reference.dated_rules import EligibleVisaTypes, select_eligible
from models.vocabulary import TripPurpose


async def eligible_visa_types(
    info: strawberry.Info,
    nationality: Annotated[
        CountryCode,
        strawberry.argument(description="ISO 3166 alpha-2 code of the passport's country."),
    ],
    purpose: Annotated[
        TripPurpose | None, strawberry.argument(description="What for; any purpose without it.")
    ] = None,
    on: Annotated[
        date | None, strawberry.argument(description="Day of handing in, in WIB; today without it.")
    ] = None,
) -> list[VisaType]:
    context: Context = info.context
    noun = context.catalogue.nouns[VisaType.__name__]
    nationalities = literal([nationality], ARRAY(Text))
    statement = select_eligible(nationalities, today() if on is None else literal(on))
    in_reach = statement.where(reachable(noun.name, context.viewer))
    rows = await context.session.rows(vouch_for(in_reach, noun.name))
    codes = EligibleVisaTypes.of(rows).fitting_types(nationality, purpose)
    loader = context.loaders.by(noun, VisaTypeRow.code)
    return [found for found in await loader.load_many(codes) if found is not None]
