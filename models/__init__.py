"""The visa database: its tables, migrations, rollups and a synthetic world.

Import the nouns from here: ``from models import Application, Country``.
"""

from models.access_log import AccessEvent, BreachLookup
from models.account.tables import (
    AccountDrop,
    AccountHead,
    AccountLeaf,
    AccountOutbox,
    AccountSource,
)
from models.ban import BanEntry, BanIndex, BanMatch, BannedPerson, BanRead
from models.base import Base
from models.case.application import Application, ApplicationEvent
from models.case.assignment import Assignment
from models.case.change import ApplicationChange, Idempotency, VolumeChange
from models.case.claim import ContactDigest, FileClaim
from models.case.crossing import Crossing, Movement, OverstayConfirmation, Stay
from models.case.decision import Decision, Visa, WithheldDecision
from models.case.file import (
    Bill,
    CaseDocument,
    CaseNote,
    FormerBill,
    IntentionAnswer,
    ItemAnswer,
    PaymentReversal,
    RefusalIntention,
    RequestedItem,
)
from models.case.screening import (
    Screening,
    ScreeningReplay,
    ScreeningReplayCandidate,
    ScreeningReplayLine,
)
from models.case.tracking import TrackingTry
from models.case.unmatched_payment import UnmatchedPayment
from models.case.visa_check import VisaCheck
from models.contents.tables import DocumentContent, DocumentScanner, DocumentUpload
from models.documents import TrustedDocument
from models.jobs.passes import JobPass
from models.mail import Mail, SentCode
from models.mail.subscription import MailSubscription
from models.person.applicant import Applicant, Correction, PassportEnding
from models.person.guarantor import Guarantor, Guardian
from models.person.identity import Identity, IdentityVersion
from models.person.person_link import (
    LinkCount,
    LinkerRead,
    PersonIndex,
    PersonLink,
    PersonLookup,
)
from models.reader import MonthNote, SavedView
from models.reference.decrees import (
    Country,
    DayOff,
    Deadline,
    Eligibility,
    EntryRule,
    ExtensionRule,
    Fee,
    HandlingRule,
    PassportRule,
    RequiredDocument,
    ServiceTarget,
    VisaType,
)
from models.reference.grant_rule import GrantCheck, GrantRule, GrantRuleStop
from models.reference.ledger import ReferenceChange, ReferenceChangeValue
from models.reference.named_event import NamedEvent
from models.reference.partner import Centre, Partner, PartnerCountry
from models.reference.pool import Pool
from models.rights.breach import Breach, BreachNotice
from models.rights.complaint import Complaint, ComplaintRead, ComplaintText
from models.rights.data_request import DataRequest, Erasure, LegalHold
from models.rights.key_operation import KeyOperation
from models.supervision.alert import Alert
from models.supervision.budget_exception import BudgetException
from models.supervision.budgeted_read import BudgetedRead, DisclosedEnding
from models.supervision.inquiry import Inquiry, InquiryPerson
from models.suspension import Suspension
from models.visa_document.tables import TakenBackList, VisaDocument, VisaKey
from models.webhooks import (
    WebhookCursor,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookKey,
    WebhookNotice,
)

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
    "Breach",
    "BreachLookup",
    "BreachNotice",
    "BudgetException",
    "BudgetedRead",
    "CaseDocument",
    "CaseNote",
    "Centre",
    "Complaint",
    "ComplaintRead",
    "ComplaintText",
    "ContactDigest",
    "Correction",
    "Country",
    "Crossing",
    "DataRequest",
    "DayOff",
    "Deadline",
    "Decision",
    "DisclosedEnding",
    "DocumentContent",
    "DocumentScanner",
    "DocumentUpload",
    "Eligibility",
    "EntryRule",
    "Erasure",
    "ExtensionRule",
    "Fee",
    "FileClaim",
    "FormerBill",
    "GrantCheck",
    "GrantRule",
    "GrantRuleStop",
    "Guarantor",
    "Guardian",
    "HandlingRule",
    "Idempotency",
    "Identity",
    "IdentityVersion",
    "Inquiry",
    "InquiryPerson",
    "IntentionAnswer",
    "ItemAnswer",
    "JobPass",
    "KeyOperation",
    "LegalHold",
    "LinkCount",
    "LinkerRead",
    "Mail",
    "MailSubscription",
    "MonthNote",
    "Movement",
    "NamedEvent",
    "OverstayConfirmation",
    "Partner",
    "PartnerCountry",
    "PassportEnding",
    "PassportRule",
    "PaymentReversal",
    "PersonIndex",
    "PersonLink",
    "PersonLookup",
    "Pool",
    "ReferenceChange",
    "ReferenceChangeValue",
    "RefusalIntention",
    "RequestedItem",
    "RequiredDocument",
    "SavedView",
    "Screening",
    "ScreeningReplay",
    "ScreeningReplayCandidate",
    "ScreeningReplayLine",
    "SentCode",
    "ServiceTarget",
    "Stay",
    "Suspension",
    "TakenBackList",
    "TrackingTry",
    "TrustedDocument",
    "UnmatchedPayment",
    "Visa",
    "VisaCheck",
    "VisaDocument",
    "VisaKey",
    "VisaType",
    "VolumeChange",
    "WebhookCursor",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookKey",
    "WebhookNotice",
    "WithheldDecision",
]
