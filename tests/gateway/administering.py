"""Changes reference data as administrators do, and returns what is there afterwards."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import asyncpg

from tests.gateway.changing import MutationAnswer, document, key, rupiah
from tests.gateway.conftest import Viewer

CHANGE = """referenceChange {
    id kind subject state decree reason effectiveOn proposedBy approvedBy cancelledBy cancelReason
    values { line kind name before after }
}"""
_PARTNER = """partner(by: {{code: "{}"}}) {{
    code name countries(first: 9) {{ nodes {{ country {{ code }} openedOn closedOn }} }}
}}"""
_CENTRE = """centre(by: {{code: "{}"}}) {{
    code city partner {{ code }} country {{ code }} openedOn closedOn
}}"""
_VISA_TYPE = """visaType(by: {{code: "{}"}}) {{
    code name(language: EN) category stayDays isMultipleEntry validFrom validUntil
    fees {{ useWithinDays price {{ amount }} isOffered validFrom }}
    serviceTargets {{ clock hours workingDays promisedPercent validFrom }}
    eligibility {{ entry purpose isOpen validFrom }}
    requiredDocuments {{ kind isRequired validFrom }} passportRules {{ months validFrom }}
    extensionRules {{ times days price {{ amount }} validFrom }}
    handlingRules {{ isAnnounced isCorrected validFrom }}
}}"""
_GRANT_RULES = """visaType(by: {{code: "{}"}}) {{
    grantRules {{ code nationalities samplePercent hoursAfterPayment official decree }}
}}"""
_DAYS_OFF = """daysOff(first: 9, where: {{day: {{from: "{}"}}}}) {{
    nodes {{ day name(language: ID) isOff }}
}}"""
_COUNTRY = """country(by: {{code: "{}"}}) {{
    code iso3 name(language: EN) entryRules {{ entry validFrom }}
}}"""
#: How what each proposal changes is read, and the field of its input that names it.
SHOWN = {
    "proposeCountry": (_COUNTRY, "code"),
    "proposePartner": (_PARTNER, "code"),
    "proposePartnerCountry": (_PARTNER, "partner"),
    "proposePartnerCountryClosing": (_PARTNER, "partner"),
    "proposeCentre": (_CENTRE, "code"),
    "proposeCentreClosing": (_CENTRE, "centre"),
    "proposeVisaType": (_VISA_TYPE, "code"),
    "proposeVisaTypeEnd": (_VISA_TYPE, "visaType"),
    "proposeEligibility": (_VISA_TYPE, "visaType"),
    "proposeRequiredDocument": (_VISA_TYPE, "visaType"),
    "proposePassportRule": (_VISA_TYPE, "visaType"),
    "proposeExtensionRule": (_VISA_TYPE, "visaType"),
    "proposeHandlingRule": (_VISA_TYPE, "visaType"),
    "proposeFee": (_VISA_TYPE, "visaType"),
    "proposeServiceTarget": (_VISA_TYPE, "visaType"),
    "proposeGrantRule": (_GRANT_RULES, "visaType"),
    "proposeEntryRule": (_COUNTRY, "country"),
    "proposeDayOff": (_DAYS_OFF, "day"),
}
PROPOSALS = (*SHOWN, "proposeDeadline", "proposeNamedEvent", "proposePool")
#: Who approves what other administrators do not.
APPROVERS = {
    "proposeNamedEvent": "auditor",
    "proposeGrantRule": "supervisor",
    "proposePool": "supervisor",
}
DECREE = {"decree": "M.IP-08.GR.01.01 Tahun 2026", "reason": "The tariff of state revenue."}
#: The tables of reference data, partners and centres.
TABLES = ("country", "partner", "partner_country", "centre", "visa_type", "fee", "service_target",
          "entry_rule", "eligibility", "required_document", "passport_rule",
          "extension_rule", "handling_rule", "deadline", "day_off", "named_event", "grant_rule",
          "pool")  # fmt: skip


async def today(connection: asyncpg.Connection) -> date:
    """The day in WIB, by the database's clock."""
    return await connection.fetchval("SELECT (now() AT TIME ZONE 'Asia/Jakarta')::date")


def later(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


def sample(mutation: str, day: date) -> dict[str, Any]:
    """What each mutation takes beside its key, so that it is done on the small world."""
    on = day.isoformat()
    values: dict[str, dict[str, Any]] = {
        "proposeCountry": {"code": "TL", "iso3": "TLS", "nameEn": "Timor-Leste",
                           "nameId": "Timor Leste", "region": "SOUTHEAST_ASIA"},
        "proposePartner": {"code": "ZENITH", "name": "Zenith Visa Services"},
        "proposePartnerCountry": {"partner": "ANDALAN", "country": "IN", "openedOn": on},
        "proposePartnerCountryClosing": {"partner": "NUSA", "country": "NZ", "closedOn": on},
        "proposeCentre": {"code": "AU-DRW", "partner": "NUSA", "country": "AU", "city": "Darwin",
                          "openedOn": on},
        "proposeCentreClosing": {"centre": "AU-MEL", "closedOn": on},
        "proposeVisaType": {
            "code": "E33G", "nameEn": "Remote worker", "nameId": "Pekerja jarak jauh",
            "category": "BUSINESS", "stayDays": 365, "isMultipleEntry": False,
            "fee": rupiah(7_000_000), "hours": 120, "validFrom": on,
        },
        "proposeVisaTypeEnd": {"visaType": "C1", "validUntil": later(day, 30)},
        "proposeEligibility": {"visaType": "B1", "entry": "VISA_FREE", "purpose": "BUSINESS",
                               "isOpen": False, "validFrom": on},
        "proposeRequiredDocument": {"visaType": "B1", "kind": "PHOTOGRAPH", "isRequired": True,
                                    "validFrom": on},
        "proposePassportRule": {"visaType": "B1", "months": 12, "validFrom": on},
        "proposeExtensionRule": {"visaType": "B1", "times": 2, "days": 15,
                                 "fee": rupiah(600_000), "validFrom": on},
        "proposeHandlingRule": {
            "visaType": "B1", "isAnnounced": True, "isCorrected": False, "validFrom": on,
        },
        "proposeFee": {"visaType": "B1", "useWithinDays": 90, "fee": rupiah(650_000),
                       "validFrom": on},
        "proposeServiceTarget": {"visaType": "B1", "clock": "STANDARD", "hours": 12,
                                 "validFrom": on},
        "proposeDeadline": {"wait": "ANSWER", "days": 10, "validFrom": on},
        "proposeDayOff": {"day": on, "nameEn": "Election day", "nameId": "Hari pemungutan suara"},
        "proposeEntryRule": {"country": "SG", "entry": "VISA_FREE", "validFrom": on},
        "proposeGrantRule": {"visaType": "B1", "nationalities": ["AU", "SG"],
                             "official": "director"},
        "proposePool": {"code": "WEST", "nationalities": ["AU", "SG"]},
        "proposeNamedEvent": {"kind": "OUTAGE", "beganOn": on, "endedOn": later(day, 3),
                              "wasScreeningOut": True},
    }  # fmt: skip
    others: dict[str, dict[str, Any]] = {
        "approveReferenceChange": {"changeId": "nobody's"},
        "cancelReferenceChange": {"changeId": "nobody's", "reason": "Not now."},
        "replayScreening": {},
        "stopGrantRule": {"code": "C1-9", "reason": "Too many."},
        "suspendPartner": {"partner": "ANDALAN", "reason": "A leak."},
        "suspendViewer": {"subject": "somebody", "reason": "A leak."},
        "confirmSuspension": {"suspensionId": "nobody's"},
        "proposeLifting": {"suspensionId": "nobody's", "reason": "Over."},
        "liftSuspension": {"suspensionId": "nobody's"},
        "proposeBan": {
            "passport": {"issuingState": "AU", "number": "NOBODY001"},
            "ground": "CRIME",
            "reason": "Why.",
            "bannedFrom": on,
        },
        "approveBan": {"banId": "nobody's"},
        "rejectBan": {"banId": "nobody's", "reason": "No."},
        "proposeBanWithdrawal": {"banId": "nobody's", "reason": "Over."},
        "approveBanWithdrawal": {"banId": "nobody's"},
        "lodgeDataRequest": {"kind": "ACCESS"},
        "registerDataRequest": {"kind": "ACCESS"},
        "nameDataSubject": {"dataRequestId": "nobody's", "applicantId": "nobody's"},
        "proposeLookupOpening": {"dataRequestId": "nobody's"},
        "approveLookupOpening": {"dataRequestId": "nobody's"},
        "answerDataRequest": {"dataRequestId": "nobody's", "outcome": "GRANTED", "reason": "So."},
        "holdErasure": {"applicationId": "nobody's", "reason": "A court asks."},
        "releaseErasure": {"legalHoldId": "nobody's", "reason": "Over."},
        "recordBreach": {
            "description": "A laptop was lost.",
            "noticedAt": "2025-02-01T00:00:00Z",
            "windowFrom": "2025-01-01T00:00:00Z",
            "windowBefore": "2025-02-01T00:00:00Z",
        },
        "notifyInstitution": {"breachId": "nobody's", "notice": "By letter."},
        "keepPayment": {"receiptNumber": "KEPT000000000009", "billingCode": "9", "paid": rupiah(9)},
        "recommendRefund": {"paymentId": "nobody's", "reason": "Paid twice."},
        "recommendAssignment": {"paymentId": "nobody's", "reason": "So.", "billingCode": "9"},
        "recordReversal": {
            "receiptNumber": "KEPT000000000009",
            "reversalNumber": "1",
            "reason": "By the bank.",
        },
        "recordPaymentOrder": {
            "paymentId": "nobody's",
            "orderNumber": "1",
            "orderedOn": "2025-01-02",
        },
        "notifyPeople": {
            "breachId": "nobody's",
            "notice": "By letter.",
            "people": 1,
            "reached": "OTHERS",
            "inEnglish": "A loss.",
            "inIndonesian": "Hilang.",
        },
        "closeBreach": {"breachId": "nobody's", "reason": "Over."},
    }
    return {**DECREE, **values[mutation]} if mutation in values else others[mutation]


async def administer(viewer: Viewer, mutation: str, **given: Any) -> MutationAnswer:
    """Propose, approve or cancel a change of reference data; a proposal has a decree."""
    selection = f"{CHANGE} errors {{ code message path }}"
    decree = DECREE if mutation in PROPOSALS else {}
    input_ = {"idempotencyKey": key(), **decree, **given}
    asked = await viewer(document(mutation, selection), input=input_)
    assert (asked.status, asked.errors) == (200, []), asked.text
    return MutationAnswer(asked, asked.data[mutation])


async def apply_decree(who: Mapping[str, Viewer], mutation: str, **given: Any) -> Any:
    """Propose a change, and let the other administrator approve it; what it changed, as it is."""
    proposed = change_of(await administer(who["administrator"], mutation, **given))
    approval = {"changeId": proposed["id"]}
    approver = APPROVERS.get(mutation, "administrator-2")
    change_of(await administer(who[approver], "approveReferenceChange", **approval))
    if mutation not in SHOWN:
        return proposed
    shown, name = SHOWN[mutation]
    asked = await who["administrator"](f"{{ it: {shown.format(given[name])} }}")
    assert asked.errors == [], asked.text
    return asked.data["it"]


async def cancel_change(who: Mapping[str, Viewer], subject: str) -> None:
    """Cancel the newest change of something, before its day."""
    where = f'{{subject: {{eq: "{subject}"}}}}'
    newest = await who["administrator"](
        f"{{ referenceChanges(first: 1, where: {where}) {{ nodes {{ id }} }} }}"
    )
    [change] = newest.data["referenceChanges"]["nodes"]
    cancellation = {"changeId": change["id"], "reason": "It was said wrongly."}
    change_of(await administer(who["administrator"], "cancelReferenceChange", **cancellation))


def change_of(answer: MutationAnswer) -> Any:
    """What was changed, of a change that must be done."""
    assert answer.codes == [], answer.payload
    [name] = set(answer.payload) - {"errors"}
    return answer.payload[name]


def refusal_of(answer: MutationAnswer) -> tuple[str, list[str]]:
    """Code and path of the one error of a change that must not be done."""
    [error] = answer.payload["errors"]
    [name] = set(answer.payload) - {"errors"}
    assert answer.payload[name] is None
    return error["code"], error["path"][1:]
