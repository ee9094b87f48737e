"""What decrees say of a visa type, each from a day on: eligibility, documents, passports,
extensions of a stay, how files are handled, fees and service targets.
"""

from datetime import date

from gateway.mapping.declare import column, noun
from gateway.mapping.money import Money, money
from gateway.mapping.scalars import Hours
from models import Eligibility as EligibilityRow
from models import ExtensionRule as ExtensionRuleRow
from models import Fee as FeeRow
from models import HandlingRule as HandlingRuleRow
from models import PassportRule as PassportRuleRow
from models import RequiredDocument as RequiredDocumentRow
from models import ServiceTarget as ServiceTargetRow
from models.vocabulary import Clock, DocumentKind, Entry, TripPurpose


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


@noun(key=HandlingRuleRow.valid_from)
class HandlingRule:
    """How files of a visa type are handled, in force until the next rule begins.

    A ban, security and a forged document are never announced, whatever the rule.
    """

    is_announced: bool = column(
        HandlingRuleRow.is_announced,
        "Whether a refusal is announced first, for the applicant to answer once.",
    )
    is_corrected: bool = column(
        HandlingRuleRow.is_corrected,
        "Whether the person is corrected after the grant; otherwise one applies anew.",
    )
    valid_from: date = column(HandlingRuleRow.valid_from, "First day in force.")


@noun(key=FeeRow.valid_from)
class Fee:
    """What a visa of a validity costs, in force until the next fee of that validity begins: state
    revenue (PNBP).
    """

    use_within_days: int = column(
        FeeRow.use_within_days, "Its validity: the days after the grant within which to enter."
    )
    price: Money = money(FeeRow.amount_idr, "What a visa costs.")
    is_offered: bool = column(
        FeeRow.is_offered, "Whether a visa of this validity can be asked for."
    )
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
