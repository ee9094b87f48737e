"""The visa database: its tables, migrations, rollups and a synthetic world.

Import the nouns from here: ``from models import Application, Country``.
"""

from models.access_log.access_event import AccessEvent
from models.access_log.breach_lookup import BreachLookup
from models.account.tables import (
    AccountDrop,
    AccountHead,
    AccountLeaf,
    AccountOutbox,
    AccountSource,
)
from models.ban.ban_entry import BanEntry
from models.ban.ban_match import BanMatch
from models.ban.ban_read import BanRead
from models.ban.banned_person import BanIndex, BannedPerson
from models.base import Base
from models.case.application import Application, ApplicationEvent, Assignment
from models.case.bill import Bill
from models.case.case_document import CaseDocument
from models.case.change import ApplicationChange, VolumeChange
from models.case.decision import Decision
from models.case.idempotency import Idempotency
from models.case.requested_item import RequestedItem
from models.case.screening import Screening
from models.case.visa import Visa
from models.documents.trusted_document import TrustedDocument
from models.person.applicant import Applicant
from models.person.correction import Correction
from models.person.identity import Identity
from models.person.identity_version import IdentityVersion
from models.person.linker_read import LinkerRead
from models.person.passport_ending import PassportEnding
from models.person.person_index import PersonIndex
from models.person.person_link import PersonLink
from models.person.person_lookup import PersonLookup
from models.reach.suspension import Suspension
from models.reference.decrees import (
    Country,
    Deadline,
    Eligibility,
    EntryRule,
    Fee,
    PassportRule,
    RequiredDocument,
    ServiceTarget,
    VisaType,
)
from models.reference.ledger import ReferenceChange, ReferenceChangeValue
from models.reference.partner import Centre, Partner, PartnerCountry
from models.rights.data_request import DataRequest
from models.rights.erasure import Erasure
from models.rights.key_operation import KeyOperation
from models.rights.legal_hold import LegalHold
from models.supervision.alert import Alert
from models.supervision.budgeted_read import BudgetedRead
from models.supervision.disclosed_ending import DisclosedEnding
from models.supervision.inquiry import Inquiry, InquiryPerson

__all__ = [
    "AccessEvent",
    "AccountDrop",
    "AccountHead",
    "AccountLeaf",
    "AccountOutbox",
    "AccountSource",
    "Alert",
    "Applicant",
    "Application",
    "ApplicationChange",
    "ApplicationEvent",
    "Assignment",
    "BanEntry",
    "BanIndex",
    "BanMatch",
    "BanRead",
    "BannedPerson",
    "Base",
    "Bill",
    "BreachLookup",
    "BudgetedRead",
    "CaseDocument",
    "Centre",
    "Correction",
    "Country",
    "DataRequest",
    "Deadline",
    "Decision",
    "DisclosedEnding",
    "Eligibility",
    "EntryRule",
    "Erasure",
    "Fee",
    "Idempotency",
    "Identity",
    "IdentityVersion",
    "Inquiry",
    "InquiryPerson",
    "KeyOperation",
    "LegalHold",
    "LinkerRead",
    "Partner",
    "PartnerCountry",
    "PassportEnding",
    "PassportRule",
    "PersonIndex",
    "PersonLink",
    "PersonLookup",
    "ReferenceChange",
    "ReferenceChangeValue",
    "RequestedItem",
    "RequiredDocument",
    "Screening",
    "ServiceTarget",
    "Suspension",
    "TrustedDocument",
    "Visa",
    "VisaType",
    "VolumeChange",
]
