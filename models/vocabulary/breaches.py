"""The words for people whom a breach affected."""

from enum import StrEnum


class BreachList(StrEnum):
    """What an auditor asked for."""

    #: Who was read, by the log.
    READ = "READ"
    #: Who could have been read.
    IN_REACH = "IN_REACH"


class ReachedBy(StrEnum):
    """By what an account could have read who somebody is."""

    DESK = "DESK"
    LINK = "LINK"
    SUPERVISION = "SUPERVISION"
    INQUIRY = "INQUIRY"
    INTAKE = "INTAKE"
    QUESTION = "QUESTION"
    OWN_DATA = "OWN_DATA"
