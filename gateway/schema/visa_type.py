"""Visa types with their dated terms: eligibility, documents, passports, fees, service targets."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import orjson
import strawberry
from sqlalchemy import ARRAY, Date, Select, Text, bindparam, cast, func, select

from gateway.access.rows import reachable_in_role, vouch_for
from gateway.access.transactions.prepared import prepare_reading
from gateway.mapping.context import Context
from gateway.mapping.declare import Expression, Fact, Node, column, derived_field, links, noun
from gateway.mapping.enums import translated_column
from gateway.mapping.money import Money, money
from gateway.mapping.scalars import CountryCode, Hours
from gateway.schema.grant_rule import GrantRule
from gateway.schema.intention import IntentionRule
from models import Eligibility as EligibilityRow
from models import ExtensionRule as ExtensionRuleRow
from models import Fee as FeeRow
from models import GrantRule as GrantRuleRow
from models import IntentionRule as IntentionRuleRow
from models import PassportRule as PassportRuleRow
from models import RequiredDocument as RequiredDocumentRow
from models import ServiceTarget as ServiceTargetRow
from models import VisaType as VisaTypeRow
from models.reference.dated_rules import EligibleVisaTypes, select_eligible, today
from models.vocabulary import Clock, DocumentKind, Entry, Role, TripPurpose, VisaCategory


@noun(key=EligibilityRow.valid_from)
class Eligibility:
    """Whether some nationals may take a visa for a purpose, in force until the next rule begins."""

    entry: Entry = column(
        EligibilityRow.entry, "For which nationalities: by what they need to enter."
    )
    purpose: TripPurpose = column(EligibilityRow.purpose, "For which purpose of the trip.")
    is_open: bool = column(EligibilityRow.is_open, "Whether they may take it.")
    valid_from: date = column(EligibilityRow.valid_from, "First day in force.")


@noun(key=RequiredDocumentRow.valid_from)
class RequiredDocument:
    """Whether a document belongs to a complete file, in force until the next rule begins."""

    kind: DocumentKind = column(RequiredDocumentRow.kind, "Which document.")
    is_required: bool = column(RequiredDocumentRow.is_required, "Whether it is required.")
    valid_from: date = column(RequiredDocumentRow.valid_from, "First day in force.")


@noun(key=PassportRuleRow.valid_from)
class PassportRule:
    """How long a passport must be valid to enter, in force until the next rule begins."""

    months: int = column(
        PassportRuleRow.months,
        "For how many calendar months from the intended day of entry on. Six months from 31 August"
        " on end on the last day of February.",
    )
    valid_from: date = column(
        PassportRuleRow.valid_from,
        "First day in force: for what is handed in from then on, whenever the entry is.",
    )


@noun(key=ExtensionRuleRow.valid_from)
class ExtensionRule:
    """How the stay on a visa is extended, in force until the next rule begins."""

    times: int = column(ExtensionRuleRow.times, "How often; 0: not at all.")
    days: int = column(ExtensionRuleRow.days, "By how many days each time.")
    price: Money = money(ExtensionRuleRow.amount_idr, "What an extension costs.")
    valid_from: date = column(
        ExtensionRuleRow.valid_from, "First day in force: for what is handed in from then on."
    )


@noun(key=FeeRow.valid_from)
class Fee:
    """What a visa costs, in force until the next fee begins: state revenue (PNBP)."""

    price: Money = money(FeeRow.amount_idr, "What a visa costs.")
    valid_from: date = column(FeeRow.valid_from, "First day in force.")


@noun(key=ServiceTargetRow.valid_from)
class ServiceTarget:
    """Within what time of payment to decide, in force until the next target begins.

    It is in hours, which pass on every day, or in working days (`daysOff` says which are none).
    """

    clock: Clock = column(ServiceTargetRow.clock, "Whose applications it holds for.")
    hours: Hours | None = column(
        ServiceTargetRow.hours, "Hours from payment to decision; null if in working days."
    )
    working_days: int | None = column(
        ServiceTargetRow.working_days,
        "Working days, the first of which is the next one after the payment: the target ends with"
        " the last of them, in WIB. Null if in hours.",
    )
    promised_percent: int | None = column(
        ServiceTargetRow.promised_percent,
        "How many of a hundred applications are promised to be decided in time: from 1 to 100;"
        " null where nothing is promised.",
    )
    valid_from: date = column(ServiceTargetRow.valid_from, "First day in force.")


@strawberry.type(
    description="What holds for a visa type on one day, for what is handed in, billed or paid then."
)
class VisaTypeTerms:
    on: date = strawberry.field(description="The day, in WIB.")
    is_offered: bool = strawberry.field(description="Whether it can be asked for.")
    fee: Fee | None = strawberry.field(description="What it costs; null before its first fee.")
    service_targets: list[ServiceTarget] = strawberry.field(
        description="Within what time to decide: one target for each clock."
    )
    passport_rule: PassportRule | None = strawberry.field(
        description="How long a passport must be valid; null before its first rule."
    )
    extension_rule: ExtensionRule | None = strawberry.field(
        description="How a stay is extended; null where it is not."
    )
    intention_rule: IntentionRule | None = strawberry.field(
        description="That a refusal is announced first; null where it is not."
    )
    required_documents: list[RequiredDocument] = strawberry.field(
        description="The documents that belong to a complete file; none that no longer do."
    )
    needs_guarantor: bool = strawberry.field(description="Whether it needs a guarantor.")
    eligibility: list[Eligibility] = strawberry.field(
        description="Who may take it and what for; nothing that is closed."
    )


def _history(label: str, row: type[Any], type_name: str, *columns: Expression) -> Fact:
    """All of a history of a visa type, as JSON: it is a few rows, and the day is an argument."""
    values = func.json_agg(func.json_build_array(row.valid_from, *columns))
    rows = select(cast(values, Text)).where(row.visa_type_code == VisaTypeRow.code)
    return Fact(label, rows.scalar_subquery(), (type_name, "validFrom"))


#: The histories by the noun of their rows: each row is its first day and the values of these
#: fields. Rows that agree in the first so many are of one history, of which the newest is in force.
_HISTORIES: Mapping[type[Any], tuple[Fact, tuple[str, ...], int]] = {
    Fee: (_history("_fees", FeeRow, "Fee", FeeRow.amount_idr), ("price",), 0),
    PassportRule: (
        _history("_passport_rules", PassportRuleRow, "PassportRule", PassportRuleRow.months),
        ("months",), 0,
    ),
    ExtensionRule: (
        _history("_extension_rules", ExtensionRuleRow, "ExtensionRule", ExtensionRuleRow.times,
                 ExtensionRuleRow.days, ExtensionRuleRow.amount_idr),
        ("times", "days", "price"), 0,
    ),
    IntentionRule: (
        _history("_intentions", IntentionRuleRow, "IntentionRule", IntentionRuleRow.is_announced),
        ("is_announced",), 0,
    ),
    ServiceTarget: (
        _history(
            "_service_targets", ServiceTargetRow, "ServiceTarget", ServiceTargetRow.clock,
            ServiceTargetRow.hours, ServiceTargetRow.working_days,
            ServiceTargetRow.promised_percent,
        ),
        ("clock", "hours", "working_days", "promised_percent"), 1,
    ),
    RequiredDocument: (
        _history(
            "_required_documents", RequiredDocumentRow, "RequiredDocument",
            RequiredDocumentRow.kind, RequiredDocumentRow.is_required,
        ),
        ("kind", "is_required"), 1,
    ),
    Eligibility: (
        _history(
            "_eligibility", EligibilityRow, "Eligibility", EligibilityRow.entry,
            EligibilityRow.purpose, EligibilityRow.is_open,
        ),
        ("entry", "purpose", "is_open"),
        2,
    ),
}  # fmt: skip
_TODAY = Fact("_today", today(), ("VisaType", "current"))


def _in_force(root: Any, on: date, noun: type[Any]) -> list[Any]:
    """The rows of a history that are in force on a day, in the order of what they are about."""
    fact, names, key = _HISTORIES[noun]
    day, newest = on.isoformat(), dict[tuple[Any, ...], Any]()
    for valid_from, *values in sorted(orjson.loads(getattr(root, fact.label) or b"[]")):
        if valid_from <= day:
            row = newest[tuple(values[:key])] = object.__new__(noun)
            row.__dict__.update(zip(names, values, strict=True))
            row.valid_from = date.fromisoformat(valid_from)
    return [newest[of] for of in sorted(newest)]


def _current(
    root: Any,
    info: strawberry.Info,
    on: Annotated[
        date | None, strawberry.argument(description="The day, in WIB; today without it.")
    ] = None,
) -> Any:
    if _TODAY.label not in root.__dict__:  # a name of the volumes, which are cached
        return _read_current(root.code, info.context, on)
    return _terms(root, on)


def _terms(root: Any, on: date | None) -> VisaTypeTerms:
    day = on or root.__dict__[_TODAY.label]
    nouns = (Fee, PassportRule, ExtensionRule, IntentionRule, RequiredDocument)
    fees, rules, extensions, intentions, kinds = (_in_force(root, day, noun) for noun in nouns)
    documents = [each for each in kinds if each.is_required]
    return VisaTypeTerms(
        on=day,
        is_offered=root.valid_from <= day and (root.valid_until is None or day < root.valid_until),
        fee=fees[0] if fees else None,
        service_targets=_in_force(root, day, ServiceTarget),
        passport_rule=rules[0] if rules else None,
        extension_rule=next((one for one in extensions if one.times), None),
        intention_rule=next((one for one in intentions if one.is_announced), None),
        required_documents=documents,
        needs_guarantor=any(one.kind == DocumentKind.GUARANTEE_LETTER for one in documents),
        eligibility=[each for each in _in_force(root, day, Eligibility) if each.is_open],
    )


async def _read_current(code: str, context: Context, on: date | None) -> VisaTypeTerms | None:
    declared = context.services.catalogue.nouns[VisaType.__name__]
    row = await context.loaders.by(declared, VisaTypeRow.code).load(code)
    return row and _terms(row, on)


@noun(key=VisaTypeRow.code)
class VisaType(Node):
    """A kind of visa, by its index in the ministry's list."""

    code: str = column(VisaTypeRow.code, "Index, such as `B1`.", filters=True, orders=True)
    name: str = translated_column("Name.", en=VisaTypeRow.name_en, id=VisaTypeRow.name_id)
    category: VisaCategory = column(VisaTypeRow.category, "What it is for.", filters=True)
    stay_days: int = column(VisaTypeRow.stay_days, "Days of stay, of each entry.")
    use_within_days: int = column(
        VisaTypeRow.use_within_days, "Days after the grant within which it is valid for entry."
    )
    is_multiple_entry: bool = column(
        VisaTypeRow.is_multiple_entry, "Whether it serves for more than one entry."
    )
    valid_from: date = column(VisaTypeRow.valid_from, "First day on which it can be asked for.")
    valid_until: date | None = column(
        VisaTypeRow.valid_until, "First day on which it no longer can."
    )
    eligibility: list[Eligibility] = links(
        VisaTypeRow.code,
        EligibilityRow.visa_type_code,
        "Who may take it and what for, latest first: at most 100. What is not listed is not open.",
        order=(
            EligibilityRow.valid_from.desc(),
            EligibilityRow.entry,
            EligibilityRow.purpose,
        ),
    )
    required_documents: list[RequiredDocument] = links(
        VisaTypeRow.code,
        RequiredDocumentRow.visa_type_code,
        "What belongs to a complete file, latest first: at most 100. What is not listed is not"
        " required.",
        order=(RequiredDocumentRow.valid_from.desc(), RequiredDocumentRow.kind),
    )
    passport_rules: list[PassportRule] = links(
        VisaTypeRow.code,
        PassportRuleRow.visa_type_code,
        "How long a passport must be valid, latest first: at most 20, one for each decree.",
        order=(PassportRuleRow.valid_from.desc(),),
    )
    extension_rules: list[ExtensionRule] = links(
        VisaTypeRow.code,
        ExtensionRuleRow.visa_type_code,
        "How a stay is extended, latest first: at most 20, one for each decree.",
        order=(ExtensionRuleRow.valid_from.desc(),),
    )
    intention_rules: list[IntentionRule] = links(
        VisaTypeRow.code,
        IntentionRuleRow.visa_type_code,
        "Whether a refusal is announced first, latest first: at most 20, one for each decree.",
        order=(IntentionRuleRow.valid_from.desc(),),
    )
    fees: list[Fee] = links(
        VisaTypeRow.code,
        FeeRow.visa_type_code,
        "What it costs, latest first: at most 20, one for each decree.",
        order=(FeeRow.valid_from.desc(),),
    )
    service_targets: list[ServiceTarget] = links(
        VisaTypeRow.code,
        ServiceTargetRow.visa_type_code,
        "Within what time to decide, latest first: at most 20, one for each decree.",
        order=(ServiceTargetRow.valid_from.desc(), ServiceTargetRow.clock),
    )
    grant_rules: list[GrantRule] = links(
        VisaTypeRow.code,
        GrantRuleRow.visa_type_code,
        "By which rules it is granted without an officer, latest first: at most 20, one for each"
        " decree.",
        order=(GrantRuleRow.version.desc(),),
    )
    current: VisaTypeTerms = derived_field(
        _current,
        "What holds today, or on another day; the lists beside it are the whole history.",
        _TODAY,
        *(fact for fact, _, _ in _HISTORIES.values()),
        fields=("valid_from", "valid_until"),
    )


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
    noun = context.services.catalogue.nouns[VisaType.__name__]
    prepared = prepare_reading(context.viewer.role, _select_eligible, noun.name, on is None)
    values = {"nationalities": [nationality], "on": on}
    [rows] = await context.session.fetch(prepared.bind(context.viewer, values))
    codes = EligibleVisaTypes.from_rows(rows).fitting_types(nationality, purpose)
    loader = context.loaders.by(noun, VisaTypeRow.code)
    return [found for found in await loader.load_many(codes) if found is not None]


def _select_eligible(role: Role, type_name: str, is_today: bool) -> Select[Any]:
    nationalities = bindparam("nationalities", None, ARRAY(Text))
    on = today() if is_today else bindparam("on", None, Date)
    in_reach = select_eligible(nationalities, on).where(reachable_in_role(type_name, role))
    return vouch_for(in_reach, type_name)
