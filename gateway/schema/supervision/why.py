"""Why an account could read a case at an instant, or could not: for auditors."""

from datetime import UTC, datetime
from typing import Annotated

import strawberry

from gateway.access.explaining import RowsOfType, explain_case
from gateway.access.fields import readable_fields
from gateway.access.policy_lines import line_of
from gateway.errors import ArgumentError
from gateway.mapping.arguments import FieldArguments, Parsing
from gateway.mapping.context import Context
from gateway.mapping.scalars import CountryCode
from gateway.policy import POLICY, ROWS_OF_A_CASE
from gateway.viewer import Viewer
from models.vocabulary import Role

#: The cost of an operation assumes it.
MOST_EXPLAINED = len(ROWS_OF_A_CASE)
_MOST_PLACES = 300

Case = Annotated[str, strawberry.argument(description="The reference of the case.")]
Of = Annotated[str, strawberry.argument(description="The subject of the account.")]
In = Annotated[
    Role, strawberry.argument(description="In which role: ask once for each that its tokens held.")
]
At = Annotated[
    datetime | None, strawberry.argument(description="At which instant; now where none is given.")
]
OfPartner = Annotated[
    str | None, strawberry.argument(description="The partner of its tokens, where they name one.")
]
Countries = Annotated[
    list[CountryCode] | None, strawberry.argument(description="The countries of its tokens.")
]
Centres = Annotated[list[str] | None, strawberry.argument(description="The centres of its tokens.")]
Purpose = Annotated[
    str | None,
    strawberry.argument(
        description="The case or inquiry that it names as its purpose of reading identity; `case`"
        " where none is given."
    ),
]


@strawberry.type(
    description="The rows of one type that belong to the case, and why the account reads them or"
    " does not. Holds, which auditors do not read, are not counted."
)
class ExplainedRows:
    type: str = strawberry.field(description="Name of the type.")
    rule: str | None = strawberry.field(
        description="Which rows the role reads, as the policy says; null: none."
    )
    line: int = strawberry.field(
        description="The line of `gateway/policy.py` that says so, or names the type where none"
        " does."
    )
    fields: list[str] = strawberry.field(
        description="The fields of such a row that the role reads, in order."
    )
    rows: int = strawberry.field(description="How many rows there were.")
    by_gateway: int = strawberry.field(
        description="How many of them the gateway's statements read: the first wall."
    )
    by_database: int = strawberry.field(
        description="How many of them the database's row rules let through: the second wall, as it"
        " is enforced now."
    )
    row_policy: str | None = strawberry.field(
        description="The row rule of the database, with its name; null: it lets nothing through."
    )
    columns: list[str] = strawberry.field(
        description="The columns that the database grants the role, in order."
    )

    @classmethod
    def of(cls, one: RowsOfType, role: Role) -> "ExplainedRows":
        name = one.type_name
        rule = POLICY[name].rows.get(role)
        policies = "\n".join(f"{key}: {qual}" for key, qual in one.row_policies.items())
        return cls(
            type=name,
            rule=None if rule is None else str(rule),
            line=line_of(name, role),
            fields=sorted(readable_fields(name, role)) if rule is not None else [],
            rows=one.rows,
            by_gateway=one.by_gateway,
            by_database=one.by_database,
            row_policy=policies or None,
            columns=list(one.columns),
        )


@strawberry.type(
    description="Why an account could read a case, by today's rules and the facts of that instant."
    " As they are now, since nobody notes when they change, stand the account of an applicant and"
    " the centre that has a case; people erased since then are not included."
)
class Explanation:
    at: datetime = strawberry.field(description="The instant that is explained.")
    is_suspended: bool = strawberry.field(
        description="Whether the account or its partner was suspended: it read nothing then."
    )
    rows: list[ExplainedRows] = strawberry.field(description="By type, in the policy's order.")


def parse_why(arguments: FieldArguments) -> Parsing[None]:
    """Looks at the instant and at the scope."""
    values = arguments.values
    at = values.get("at")
    if at is not None and at > datetime.now(UTC):
        yield ArgumentError(("at",), "`at` must not be in the future.")
    for name in ("countries", "centres"):
        if len(values.get(name) or ()) > _MOST_PLACES:
            yield ArgumentError((name,), f"Name at most {_MOST_PLACES} of `{name}`.")


async def why(
    info: strawberry.Info,
    case: Case,
    viewer: Of,
    role: In,
    at: At = None,
    partner: OfPartner = None,
    countries: Countries = None,
    centres: Centres = None,
    purpose: Purpose = None,
) -> Explanation | None:
    context: Context = info.context
    explained = Viewer(
        viewer,
        role,
        partner=partner,
        countries=tuple(countries or ()),
        centres=tuple(centres or ()),
        purpose_reference=purpose or case,
    )
    found = await explain_case(context.session, context.viewer, explained, case, at)
    if found is None:
        return None
    rows = [ExplainedRows.of(one, role) for one in found.types]
    return Explanation(at=found.at, is_suspended=found.is_suspended, rows=rows)
