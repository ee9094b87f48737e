"""What the words of people mean, for clients."""

from collections.abc import Mapping
from enum import StrEnum

from models.vocabulary import (
    CorrectionState,
    IndexKind,
    LinkReason,
    LinkState,
    Purpose,
    Role,
    Sex,
)

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    Role: {
        "LEADERSHIP": "Leads the directorate: reads figures, never personal data.",
        "OFFICER": "Decides applications.",
        "SUPERVISOR": "Supervises and enforces: holds, screenings, second decisions.",
        "PARTNER_MANAGER": "Manages a partner's countries.",
        "PARTNER_AGENT": "Takes applications in at a partner's centre.",
        "AUDITOR": "Audits, and answers for data protection.",
        "APPLICANT": "Applies for a visa.",
        "PARTNER_SERVICE": "A system of a partner: hands in, answers and hands over.",
        "SCREENING": "The directorate's screening authority: answers questions, and no other role.",
        "TREASURY": "The state treasury: reports which bills are paid.",
        "ADMINISTRATOR": "Keeps reference data and partners.",
        "ANONYMOUS": "Nobody signed in.",
    },
    CorrectionState: {
        "PROPOSED": "It waits to be approved.",
        "APPROVED": "It waits for a second person, as after a grant.",
        "IN_EFFECT": "It was made.",
        "REJECTED": "It was not made.",
        "LAPSED": "Its case ended without a visa before.",
    },
    Sex: {"F": "Female.", "M": "Male.", "X": "Not specified."},
    IndexKind: {
        "PASSPORT": "By the issuing state and number of a passport.",
        "NAME_AND_BIRTH_DATE": "By a name that is alike, and the birth date.",
    },
    LinkReason: {
        "PASSPORT": "The same passport: its issuing state and number, now or before a correction.",
        "NAME_AND_BIRTH_DATE": "A name that is alike, in any spelling and order, and the same birth"
        " date.",
        "GROUP": "They travel together, as a family: it is another person.",
    },
    LinkState: {
        "CERTAIN": "The same person, by the passport.",
        "PROPOSED": "Found by name and birth date: an officer has yet to look.",
        "CONFIRMED": "An officer looked: it is the same person.",
        "REJECTED": "An officer looked: it is somebody else.",
    },
    Purpose: {
        "CASEWORK": "Work on an assigned case.",
        "SUPERVISION": "Supervision or enforcement.",
        "INTAKE": "Taking an application in at a centre.",
        "OWN_DATA": "One's own data.",
        "DATA_REQUEST": "A request of somebody whose data is on file, which has no case.",
    },
}
