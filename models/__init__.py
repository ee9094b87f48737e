"""The visa database: its tables, migrations, rollups and a synthetic world.

Import the nouns from here: ``from models import Application, Country``.
"""

from models.applicant import Applicant
from models.application import Application, ApplicationEvent, Assignment
from models.audit import AccessEvent
from models.base import Base
from models.change import ApplicationChange, VolumeChange
from models.decision import Decision
from models.idempotency import Idempotency
from models.identity import Identity
from models.partner import Centre, Partner, PartnerCountry
from models.reference import Country, Deadline, EntryRule, Fee, ServiceTarget, VisaType
from models.screening import Screening

__all__ = [
    "AccessEvent",
    "Applicant",
    "Application",
    "ApplicationChange",
    "ApplicationEvent",
    "Assignment",
    "Base",
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
    "VisaType",
    "VolumeChange",
]
