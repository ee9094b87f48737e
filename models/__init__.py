"""The visa database: its tables, migrations, rollups and a synthetic world.

Import the nouns from here: ``from models import Application, Country``.
"""

from models.access_log.access_event import AccessEvent
from models.base import Base
from models.case.application import Application, ApplicationEvent, Assignment
from models.case.bill import Bill
from models.case.change import ApplicationChange, VolumeChange
from models.case.decision import Decision
from models.case.idempotency import Idempotency
from models.case.screening import Screening
from models.documents.trusted_document import TrustedDocument
from models.person.applicant import Applicant
from models.person.identity import Identity
from models.reference.decrees import Country, Deadline, EntryRule, Fee, ServiceTarget, VisaType
from models.reference.partner import Centre, Partner, PartnerCountry

__all__ = [
    "AccessEvent",
    "Applicant",
    "Application",
    "ApplicationChange",
    "ApplicationEvent",
    "Assignment",
    "Base",
    "Bill",
    "Centre",
    "Country",
    "Deadline",
    "Decision",
    "EntryRule",
    "Fee",
    "Idempotency",
    "Identity",
    "Partner",
    "PartnerCountry",
    "Screening",
    "ServiceTarget",
    "TrustedDocument",
    "VisaType",
    "VolumeChange",
]
