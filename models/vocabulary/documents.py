"""The words of documents, and of whatever else officers ask applicants for."""

from collections.abc import Mapping
from enum import StrEnum


class DocumentKind(StrEnum):
    """Documents that a visa type may require. Each can be asked for by itself, too."""

    PASSPORT_SCAN = "PASSPORT_SCAN"
    PHOTOGRAPH = "PHOTOGRAPH"
    RETURN_TICKET = "RETURN_TICKET"
    ITINERARY = "ITINERARY"
    ACCOMMODATION = "ACCOMMODATION"
    BANK_STATEMENT = "BANK_STATEMENT"
    INVITATION_LETTER = "INVITATION_LETTER"
    GUARANTEE_LETTER = "GUARANTEE_LETTER"
    EMPLOYMENT_LETTER = "EMPLOYMENT_LETTER"
    EMPLOYMENT_CONTRACT = "EMPLOYMENT_CONTRACT"
    CURRICULUM_VITAE = "CURRICULUM_VITAE"
    BUSINESS_LICENCE = "BUSINESS_LICENCE"
    DEED_OF_ESTABLISHMENT = "DEED_OF_ESTABLISHMENT"
    INVESTMENT_PLAN = "INVESTMENT_PLAN"
    PROOF_OF_INCOME = "PROOF_OF_INCOME"
    HEALTH_INSURANCE = "HEALTH_INSURANCE"
    VACCINATION_CERTIFICATE = "VACCINATION_CERTIFICATE"
    POLICE_CERTIFICATE = "POLICE_CERTIFICATE"
    BIRTH_CERTIFICATE = "BIRTH_CERTIFICATE"
    MARRIAGE_CERTIFICATE = "MARRIAGE_CERTIFICATE"
    PARENTAL_CONSENT = "PARENTAL_CONSENT"
    RESIDENCE_PERMIT = "RESIDENCE_PERMIT"


class GuarantorKind(StrEnum):
    """Who may answer for an applicant in Indonesia."""

    PERSON = "PERSON"
    COMPANY = "COMPANY"


class GuardianKind(StrEnum):
    """How a minor is accompanied."""

    IN_GROUP = "IN_GROUP"
    NAMED = "NAMED"


class GuardianRelation(StrEnum):
    """What a named guardian is to a minor."""

    PARENT = "PARENT"
    GRANDPARENT = "GRANDPARENT"
    SIBLING = "SIBLING"
    OTHER_RELATIVE = "OTHER_RELATIVE"
    LEGAL_GUARDIAN = "LEGAL_GUARDIAN"
    COMPANION = "COMPANION"


class FileFormat(StrEnum):
    """What a document is handed in as."""

    PDF = "PDF"
    JPEG = "JPEG"
    PNG = "PNG"


class UploadState(StrEnum):
    """How far a document is that was announced."""

    AWAITED = "AWAITED"
    #: All of it was sent; the scanner has not answered yet.
    PENDING = "PENDING"
    THERE = "THERE"
    #: It is in the partner's own store.
    REGISTERED = "REGISTERED"
    #: It is not the document that was registered first.
    CHANGED = "CHANGED"
    #: The scanner found something in it.
    REFUSED = "REFUSED"


class RequestedItemKind(StrEnum):
    """What applicants are asked for: a document, or something about them or their trip."""

    PASSPORT_SCAN = "PASSPORT_SCAN"
    PHOTOGRAPH = "PHOTOGRAPH"
    RETURN_TICKET = "RETURN_TICKET"
    ITINERARY = "ITINERARY"
    ACCOMMODATION = "ACCOMMODATION"
    BANK_STATEMENT = "BANK_STATEMENT"
    INVITATION_LETTER = "INVITATION_LETTER"
    GUARANTEE_LETTER = "GUARANTEE_LETTER"
    EMPLOYMENT_LETTER = "EMPLOYMENT_LETTER"
    EMPLOYMENT_CONTRACT = "EMPLOYMENT_CONTRACT"
    CURRICULUM_VITAE = "CURRICULUM_VITAE"
    BUSINESS_LICENCE = "BUSINESS_LICENCE"
    DEED_OF_ESTABLISHMENT = "DEED_OF_ESTABLISHMENT"
    INVESTMENT_PLAN = "INVESTMENT_PLAN"
    PROOF_OF_INCOME = "PROOF_OF_INCOME"
    HEALTH_INSURANCE = "HEALTH_INSURANCE"
    VACCINATION_CERTIFICATE = "VACCINATION_CERTIFICATE"
    POLICE_CERTIFICATE = "POLICE_CERTIFICATE"
    BIRTH_CERTIFICATE = "BIRTH_CERTIFICATE"
    MARRIAGE_CERTIFICATE = "MARRIAGE_CERTIFICATE"
    PARENTAL_CONSENT = "PARENTAL_CONSENT"
    RESIDENCE_PERMIT = "RESIDENCE_PERMIT"
    FULL_NAME = "FULL_NAME"
    BIRTH_DATE = "BIRTH_DATE"
    BIRTH_PLACE = "BIRTH_PLACE"
    SEX = "SEX"
    NATIONALITY = "NATIONALITY"
    PASSPORT_NUMBER = "PASSPORT_NUMBER"
    PASSPORT_EXPIRY = "PASSPORT_EXPIRY"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    OCCUPATION = "OCCUPATION"
    TRIP_PURPOSE = "TRIP_PURPOSE"
    ARRIVAL_DATE = "ARRIVAL_DATE"
    LENGTH_OF_STAY = "LENGTH_OF_STAY"
    ADDRESS_IN_INDONESIA = "ADDRESS_IN_INDONESIA"


class AnswerKind(StrEnum):
    """What kind of value answers an item that is no document."""

    TEXT = "TEXT"
    DATE = "DATE"
    COUNTRY = "COUNTRY"
    ADDRESS = "ADDRESS"


_Item = RequestedItemKind
#: With what each item is answered that is about the person or the trip; the others are documents.
ANSWERED_WITH: Mapping[RequestedItemKind, AnswerKind] = {
    _Item.FULL_NAME: AnswerKind.TEXT,
    _Item.BIRTH_DATE: AnswerKind.DATE,
    _Item.BIRTH_PLACE: AnswerKind.TEXT,
    _Item.SEX: AnswerKind.TEXT,
    _Item.NATIONALITY: AnswerKind.COUNTRY,
    _Item.PASSPORT_NUMBER: AnswerKind.TEXT,
    _Item.PASSPORT_EXPIRY: AnswerKind.DATE,
    _Item.EMAIL: AnswerKind.TEXT,
    _Item.PHONE: AnswerKind.TEXT,
    _Item.OCCUPATION: AnswerKind.TEXT,
    _Item.TRIP_PURPOSE: AnswerKind.TEXT,
    _Item.ARRIVAL_DATE: AnswerKind.DATE,
    _Item.LENGTH_OF_STAY: AnswerKind.TEXT,
    _Item.ADDRESS_IN_INDONESIA: AnswerKind.ADDRESS,
}
