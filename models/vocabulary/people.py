"""The words of people: who acts, why somebody is read, and whether two files are of one person."""

from enum import StrEnum


class Role(StrEnum):
    """The twelve roles. One acts per request, and none implies another."""

    LEADERSHIP = "LEADERSHIP"
    OFFICER = "OFFICER"
    SUPERVISOR = "SUPERVISOR"
    PARTNER_MANAGER = "PARTNER_MANAGER"
    PARTNER_AGENT = "PARTNER_AGENT"
    AUDITOR = "AUDITOR"
    APPLICANT = "APPLICANT"
    PARTNER_SERVICE = "PARTNER_SERVICE"
    SCREENING = "SCREENING"
    TREASURY = "TREASURY"
    ADMINISTRATOR = "ADMINISTRATOR"
    ANONYMOUS = "ANONYMOUS"


class Purpose(StrEnum):
    """Why identity is read: stated with the operation and a case reference, and logged."""

    CASEWORK = "CASEWORK"
    SUPERVISION = "SUPERVISION"
    INTAKE = "INTAKE"
    OWN_DATA = "OWN_DATA"
    #: What a person asked of their data, which has no case.
    DATA_REQUEST = "DATA_REQUEST"


class Sex(StrEnum):
    """What a passport says (ICAO 9303)."""

    F = "F"
    M = "M"
    X = "X"


class CorrectionState(StrEnum):
    """What became of a correction of the person on file."""

    PROPOSED = "PROPOSED"
    #: After a grant: by the first of two.
    APPROVED = "APPROVED"
    IN_EFFECT = "IN_EFFECT"
    REJECTED = "REJECTED"
    #: Its case ended without a visa before.
    LAPSED = "LAPSED"


#: Those that wait for somebody.
OPEN_CORRECTIONS = (CorrectionState.PROPOSED, CorrectionState.APPROVED)


class IndexKind(StrEnum):
    """By what a person is found in the blind index."""

    PASSPORT = "PASSPORT"
    NAME_AND_BIRTH_DATE = "NAME_AND_BIRTH_DATE"


class LinkReason(StrEnum):
    """What two files of people have in common."""

    #: State and number of a passport: one that was corrected counts too.
    PASSPORT = "PASSPORT"
    NAME_AND_BIRTH_DATE = "NAME_AND_BIRTH_DATE"
    #: They travel together; it is not the same person.
    GROUP = "GROUP"


class LinkState(StrEnum):
    """Whether two files are of the same person."""

    #: By its passport; nobody has to say so.
    CERTAIN = "CERTAIN"
    #: By name and birth date: an officer has yet to look.
    PROPOSED = "PROPOSED"
    CONFIRMED = "CONFIRMED"
    REJECTED = "REJECTED"


#: Those that open no identity.
UNSURE_LINKS = (LinkState.PROPOSED, LinkState.REJECTED)
