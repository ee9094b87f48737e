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
from gateway.mapping.scalars import CountryCode
from gateway.schema.grant_rule import GrantRule
from gateway.schema.visa_type_rules import (
    Eligibility,
    ExtensionRule,
    Fee,
    HandlingRule,
    PassportRule,
    RequiredDocument,
    ServiceTarget,
)
from models import Eligibility as EligibilityRow
from models import ExtensionRule as ExtensionRuleRow
from models import Fee as FeeRow
from models import GrantRule as GrantRuleRow
from models import HandlingRule as HandlingRuleRow
from models import PassportRule as PassportRuleRow
from models import RequiredDocument as RequiredDocumentRow
from models import ServiceTarget as ServiceTargetRow
from models import VisaType as VisaTypeRow
from models.reference.dated_rules import EligibleVisaTypes, select_eligible, today
from models.vocabulary import DocumentKind, Role, TripPurpose, VisaCategory


@strawberry.type(
    description="What holds for a visa type on one day, for what is handed in, billed or paid then."
)
class VisaTypeTerms:
    on: date = strawberry.field(description="The day, in WIB.")
    is_offered: bool = strawberry.field(description="Whether it can be asked for.")
    fees: list[Fee] = strawberry.field(
        description="For how long it can be asked for, shortest first, and what each costs: none"
        " that is no longer offered."
    )
    service_targets: list[ServiceTarget] = strawberry.field(
        description="Within what time to decide: one target for each clock."
    )
    passport_rule: PassportRule | None = strawberry.field(
        description="How long a passport must be valid; null before its first rule."
    )
    extension_rule: ExtensionRule | None = strawberry.field(
        description="How a stay is extended; null where it is not."
    )
    handling_rule: HandlingRule | None = strawberry.field(
        description="How files are handled; null before its first rule."
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
    Fee: (
        _history("_fees", FeeRow, "Fee", FeeRow.use_within_days, FeeRow.amount_idr,
                 FeeRow.is_offered),
        ("use_within_days", "price", "is_offered"), 1,
    ),
    PassportRule: (
        _history("_passport_rules", PassportRuleRow, "PassportRule", PassportRuleRow.months),
        ("months",), 0,
    ),
    ExtensionRule: (
        _history("_extension_rules", ExtensionRuleRow, "ExtensionRule", ExtensionRuleRow.times,
                 ExtensionRuleRow.days, ExtensionRuleRow.amount_idr),
        ("times", "days", "price"), 0,
    ),
    HandlingRule: (
        _history("_handling_rules", HandlingRuleRow, "HandlingRule", HandlingRuleRow.is_announced,
                 HandlingRuleRow.is_corrected),
        ("is_announced", "is_corrected"), 0,
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
    nouns = (Fee, PassportRule, ExtensionRule, HandlingRule, RequiredDocument)
    fees, rules, extensions, handling, kinds = (_in_force(root, day, noun) for noun in nouns)
    documents = [each for each in kinds if each.is_required]
    return VisaTypeTerms(
        on=day,
        is_offered=root.valid_from <= day and (root.valid_until is None or day < root.valid_until),
        fees=[each for each in fees if each.is_offered],
        service_targets=_in_force(root, day, ServiceTarget),
        passport_rule=rules[0] if rules else None,
        extension_rule=next((one for one in extensions if one.times), None),
        handling_rule=handling[0] if handling else None,
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
    handling_rules: list[HandlingRule] = links(
        VisaTypeRow.code,
        HandlingRuleRow.visa_type_code,
        "How files are handled, latest first: at most 20, one for each decree.",
        order=(HandlingRuleRow.valid_from.desc(),),
    )
    fees: list[Fee] = links(
        VisaTypeRow.code,
        FeeRow.visa_type_code,
        "What it costs for each validity, latest first: at most 60.",
        order=(FeeRow.valid_from.desc(), FeeRow.use_within_days),
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
