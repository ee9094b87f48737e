"""The words of people: who acts and why, who is on file and may ask, who is watched or banned."""

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
    BORDER = "BORDER"
    CARRIER = "CARRIER"
    ANONYMOUS = "ANONYMOUS"


class Purpose(StrEnum):
    """Why identity is read: stated with the operation and a case reference, and logged."""

    CASEWORK = "CASEWORK"
    SUPERVISION = "SUPERVISION"
    INTAKE = "INTAKE"
    OWN_DATA = "OWN_DATA"
    DELIVERY = "DELIVERY"
    #: What a person asked of their data, which has no case.
    DATA_REQUEST = "DATA_REQUEST"
    #: What somebody complains about, which has no case either.
    COMPLAINT = "COMPLAINT"


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


class DigestKind(StrEnum):
    """What the blind index has digests of."""

    PASSPORT = "PASSPORT"
    NAME_AND_BIRTH_DATE = "NAME_AND_BIRTH_DATE"
    #: By which somebody tracks a file: it links nobody, and finds nobody without the reference.
    PASSPORT_AND_BIRTH_DATE = "PASSPORT_AND_BIRTH_DATE"


class IdentityReader(StrEnum):
    """Which job of the keeper read an identity."""

    #: To find other files of the same person.
    LINKER = "LINKER"
    #: To compare the person with the entry-ban list.
    SCREENER = "SCREENER"
    #: To see whether the passport lasts, and whether it is an adult.
    GRANTER = "GRANTER"
    #: To send the person mail.
    MAILER = "MAILER"
    #: To give their documents to the scanner.
    SCANNER = "SCANNER"


class BanMatchKind(StrEnum):
    """What the applicant of a case and an entry of the ban list have in common."""

    PASSPORT = "PASSPORT"
    NAME_AND_BIRTH_DATE = "NAME_AND_BIRTH_DATE"
    #: As the SCREENER compares.
    LIKENESS = "LIKENESS"


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


#: Those that open no identity, and those that count.
UNSURE_LINKS = (LinkState.PROPOSED, LinkState.REJECTED)
SURE_LINKS = (LinkState.CERTAIN, LinkState.CONFIRMED)


class DataRequestKind(StrEnum):
    """What a person requests about their data on file."""

    #: What is on file, and who read it.
    ACCESS = "ACCESS"
    RECTIFICATION = "RECTIFICATION"
    ERASURE = "ERASURE"


class DataRequestState(StrEnum):
    """What became of such a request."""

    OPEN = "OPEN"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"


class ComplaintKind(StrEnum):
    """Who reads a complaint: an auditor says so first."""

    UNSORTED = "UNSORTED"
    #: How somebody was served: read by supervisors, and by the partner's managers.
    SERVICE = "SERVICE"
    #: Of somebody's honesty: read by auditors, and by the supervisor to whom they entrust it.
    INTEGRITY = "INTEGRITY"


class ErasureCause(StrEnum):
    """Why somebody is erased."""

    REQUEST = "REQUEST"
    #: The period for which files are kept is over.
    RETENTION = "RETENTION"
    #: Erased before a backup of the database came back, in which this was not written yet.
    RESTORED = "RESTORED"


class BackgroundWork(StrEnum):
    """What the keeper and others do behind what people see."""

    VOLUMES = "VOLUMES"
    PUBLICATION = "PUBLICATION"
    ACCOUNT = "ACCOUNT"
    SCREENING = "SCREENING"
    ERASURE = "ERASURE"


class KeyOperationKind(StrEnum):
    """What was done to keys."""

    #: The first sweep of a store, which deletes nothing.
    BEGIN = "BEGIN"
    SWEEP = "SWEEP"
    #: Something was strange, and nothing was swept.
    REFUSED = "REFUSED"
    #: A key is accepted from now on, and writes.
    ADDED = "ADDED"
    #: A key is accepted no more: a rotation has ended.
    RETIRED = "RETIRED"
    #: Data keys were deleted for ever.
    ERASED = "ERASED"


class KeyUsedFor(StrEnum):
    """What a key of the key service is for (`models.key_service.KeyUse`)."""

    PERSON_INDEX = "PERSON_INDEX"
    LOOK_UP = "LOOK_UP"
    DATA_KEY = "DATA_KEY"
    ACCESS_LOG = "ACCESS_LOG"
    CHECKPOINT = "CHECKPOINT"
    VISA = "VISA"


class BanGround(StrEnum):
    """Why somebody may not enter."""

    OVERSTAY = "OVERSTAY"
    FORGED_DOCUMENT = "FORGED_DOCUMENT"
    FALSE_STATEMENT = "FALSE_STATEMENT"
    UNLAWFUL_ACTIVITY = "UNLAWFUL_ACTIVITY"
    CRIME = "CRIME"
    SECURITY = "SECURITY"
    PUBLIC_HEALTH = "PUBLIC_HEALTH"
    REQUEST_OF_AN_AUTHORITY = "REQUEST_OF_AN_AUTHORITY"


class BanState(StrEnum):
    """What became of an entry. Its days say, too, whether it is in force today."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    #: In force until a second person agrees.
    WITHDRAWAL_PROPOSED = "WITHDRAWAL_PROPOSED"
    WITHDRAWN = "WITHDRAWN"


class SavedPage(StrEnum):
    """The pages of figures of which a view can be saved."""

    TODAY = "TODAY"
    VOLUMES = "VOLUMES"


class InquiryVerdict(StrEnum):
    """What another supervisor found of an inquiry."""

    JUSTIFIED = "JUSTIFIED"
    UNJUSTIFIED = "UNJUSTIFIED"


class BreachList(StrEnum):
    """What an auditor asked for."""

    #: Who was read, by the log.
    READ = "READ"
    #: Who could have been read.
    IN_REACH = "IN_REACH"


class NoticeReach(StrEnum):
    """Who was told of a breach."""

    #: Whom the log of reads has, in its window and by its account.
    READ = "READ"
    #: Everybody who was on file: a copy of the database was stolen.
    EVERYBODY = "EVERYBODY"
    #: People who were found otherwise, or by an announcement.
    OTHERS = "OTHERS"


class ReachedBy(StrEnum):
    """By what an account could have read who somebody is."""

    DESK = "DESK"
    LINK = "LINK"
    SUPERVISION = "SUPERVISION"
    INQUIRY = "INQUIRY"
    INTAKE = "INTAKE"
    QUESTION = "QUESTION"
    DELIVERY = "DELIVERY"
    OWN_DATA = "OWN_DATA"
