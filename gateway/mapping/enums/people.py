"""What the words of people mean, for clients: who acts, what people may ask, who is watched or
banned.
"""

from collections.abc import Mapping
from enum import StrEnum

from models.vocabulary import (
    AlertKind,
    BackgroundWork,
    BanGround,
    BanMatchKind,
    BanState,
    ComplaintKind,
    CorrectionState,
    DataRequestKind,
    DataRequestState,
    ErasureCause,
    IdentityReader,
    IndexKind,
    InquiryVerdict,
    KeyOperationKind,
    KeyUsedFor,
    LinkReason,
    LinkState,
    MailOccasion,
    NoticeReach,
    NoticeState,
    Purpose,
    ReachedBy,
    Role,
    SavedPage,
    Sex,
    WebhookState,
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
        "PARTNER_SERVICE": "A system of a partner: hands in, corrects, hands over and delivers.",
        "SCREENING": "The directorate's screening authority: answers questions, and no other role.",
        "TREASURY": "The state treasury: reports which bills are paid.",
        "ADMINISTRATOR": "Keeps reference data and partners.",
        "BORDER": "Border control's system: asks whether a visa can be used.",
        "CARRIER": "A carrier's system: asks whether a passenger may board, and nothing else.",
        "ANONYMOUS": "Nobody signed in.",
    },
    CorrectionState: {
        "PROPOSED": "It waits to be approved.",
        "APPROVED": "It waits for a second person, as after a grant.",
        "IN_EFFECT": "It was made.",
        "REJECTED": "It was not made.",
        "LAPSED": "Its case ended without a visa before.",
    },
    SavedPage: {
        "TODAY": "Today: what the figures mean.",
        "VOLUMES": "Volumes: the figures.",
    },
    MailOccasion: {
        "WEEKLY": "Each Monday: a report of the month so far waits.",
        "MONTHLY": "On the first day of each month: a report of the month before waits.",
        "TARGET_MISSED": "When the service promise is newly missed in a month: an alert.",
        "LATER_THAN_USUAL": "When more decisions of the last month were late than is usual, at a"
        " place that was not found before: an alert.",
        "MORE_REFUSALS": "The same of refusals.",
        "MORE_REQUESTS": "The same of requests for information.",
        "SLOWER_HANDOVER": "When the hand-over of the last month took longer than is usual, at a"
        " place that was not found before: an alert.",
        "GROWING_BACKLOG": "When what is overdue newly grows: an alert.",
    },
    WebhookState: {
        "PROPOSED": "It waits for a manager of the partner, and is told nothing.",
        "LIVE": "It is told.",
        "PAUSED": "It is told nothing meanwhile; what there is waits.",
        "REMOVED": "It is told nothing any more.",
    },
    NoticeState: {
        "WAITING": "It is to be sent, or sent again.",
        "DELIVERED": "The endpoint took it.",
        "DEAD": "It was not taken for days. It is sent again where you ask for it.",
        "WITHHELD": "The file was out of reach, or the endpoint removed, before it was sent.",
    },
    Sex: {"F": "Female.", "M": "Male.", "X": "Not specified."},
    IndexKind: {
        "PASSPORT": "By the issuing state and number of a passport.",
        "NAME_AND_BIRTH_DATE": "By a name that is alike, and the birth date.",
    },
    BanMatchKind: {
        "PASSPORT": "The same passport: its issuing state and number.",
        "NAME_AND_BIRTH_DATE": "The same name, in any order, and the same birth date.",
        "LIKENESS": "A name that is like it in another spelling or script, and a birth date that"
        " fits; or a passport number that is easily read so.",
    },
    IdentityReader: {
        "LINKER": "It looks for other files of the same person.",
        "SCREENER": "It compares the person with the entry-ban list.",
        "GRANTER": "It sees whether the passport lasts, and whether it is an adult.",
        "MAILER": "It sends the person mail: it reads where to.",
        "SCANNER": "It gives their documents to the scanner.",
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
        "DELIVERY": "Handing a visa over to its holder.",
        "DATA_REQUEST": "A request of somebody whose data is on file, which has no case.",
        "COMPLAINT": "A complaint, which has no case.",
    },
    DataRequestKind: {
        "ACCESS": "To learn what is on file about the person, and who read it.",
        "RECTIFICATION": "To have wrong data corrected.",
        "ERASURE": "To be erased.",
    },
    ComplaintKind: {
        "UNSORTED": "An auditor has yet to say of which kind it is.",
        "SERVICE": "How somebody was served: read by supervisors and the partner's managers.",
        "INTEGRITY": "Of somebody's honesty: read by auditors, and by the one supervisor to whom"
        " they entrust it.",
    },
    DataRequestState: {
        "OPEN": "It waits for its answer.",
        "GRANTED": "It was granted.",
        "REFUSED": "It was refused, with a reason.",
    },
    ErasureCause: {
        "REQUEST": "The person asked for it.",
        "RETENTION": "The period for which files are kept is over.",
        "RESTORED": "Erased before; an older backup of the database had come back.",
    },
    KeyOperationKind: {
        "BEGIN": "The ages of the data keys in a store count from now on.",
        "SWEEP": "Data keys that belong to nobody were deleted.",
        "REFUSED": "Something was strange, and no data key was swept.",
        "ADDED": "A key is accepted from now on, and writes: a rotation begins.",
        "RETIRED": "A key is no longer accepted: a rotation has ended.",
        "ERASED": "Data keys were deleted for ever: nobody can read the people they opened.",
    },
    KeyUsedFor: {
        "PERSON_INDEX": "The index by which files of one person are found.",
        "LOOK_UP": "Digests of whom look-ups were for.",
        "DATA_KEY": "Wraps the data keys by which people are sealed.",
        "ACCESS_LOG": "Seals entries of reads and look-ups.",
        "CHECKPOINT": "Signs checkpoints of the account.",
        "VISA": "Signs visas in hand.",
    },
    AlertKind: {
        "READ_BUDGET": "Tried to read or look up more people in an hour than the budget allows, and"
        " was refused; or was shown the last four characters of unusually many passports, which is"
        " not refused.",
        "BUDGET_EXCEPTION": "Agreed, as the second supervisor, to an exception from the budget of"
        " somebody who reads people.",
        "INQUIRY": "Opened an inquiry, or asked for a large one.",
        "REVIEW_OVERDUE": "Opened an inquiry that nobody has reviewed in time.",
        "NOTICE_OVERDUE": "Recorded a breach of which the institution or the people were not told"
        " in time.",
        "TAMPERED": "Met a sealed value that somebody had changed in the database.",
        "COMPLAINT_OVERDUE": "Nobody answered a complaint in time.",
        "INFECTED_DOCUMENT": "Sent a document in which the scanner found something.",
        "TRIES_SPENT": "A file was tracked or claimed more often than there are tries, or one"
        " source or account tried so often. The actor is a digest of either, the same each time,"
        " and names nobody.",
        "HIT": "Somebody was found on the entry-ban list. It closes with what that turned out to"
        " be.",
        "REFERRAL": "A case was referred to screening for more than routine. It closes with the"
        " answer.",
        "DECISIONS_DIFFER": "Two officers decided a file of a rule's sample differently, each for"
        " themselves. What the second decided is in force; the actor is none of them.",
        "GRANT_PROPOSED": "Proposed to grant a case although a link counts. It closes as a second"
        " person approves or rejects that, or as it is taken back.",
        "REVOKED_IN_COUNTRY": "Somebody is in the country whose visa was taken back, or entered by"
        " one. It closes with the exit, or with another visa for the same case; the actor is"
        " nobody.",
        "REPEATED_CHECK": "Asked again whether a passenger's visa can be used, for the same flight"
        " or for a third one.",
        "UNLOGGED": "The key service opened people for this viewer, of whom the log of reads says "
        "nothing; or the log says so, and nobody was opened.",
    },
    BackgroundWork: {
        "VOLUMES": "Changes are counted in the volumes.",
        "PUBLICATION": "Figures are published, once a month.",
        "ACCOUNT": "Entries of the account are signed.",
        "SCREENING": "Screening questions are answered.",
        "ERASURE": "People whose erasure was ordered are erased.",
    },
    NoticeReach: {
        "READ": "Whom the log of reads has in the window of the breach, by its account if it has"
        " one: each of them sees the notice in their own data.",
        "EVERYBODY": "Everybody who was on file before the end of the window, as of a copy that was"
        " stolen: each of them sees the notice in their own data.",
        "OTHERS": "People who were found otherwise, by an announcement.",
    },
    ReachedBy: {
        "DESK": "A case of theirs was on the officer's own desk.",
        "LINK": "They are linked to the applicant of a case on the officer's own desk.",
        "SUPERVISION": "They were on file: a supervisor may name any case.",
        "INQUIRY": "They were admitted to an inquiry of the account.",
        "INTAKE": "Their file was being taken in at a place of the account.",
        "QUESTION": "A screening question about them was open.",
        "DELIVERY": "A visa of theirs was to be fetched by the partner's system.",
        "OWN_DATA": "It is their own account.",
    },
    InquiryVerdict: {
        "JUSTIFIED": "There was reason to look at these people.",
        "UNJUSTIFIED": "There was none, or not for all of them.",
    },
    BanGround: {
        "OVERSTAY": "Stayed longer than allowed.",
        "FORGED_DOCUMENT": "Used a forged document.",
        "FALSE_STATEMENT": "Made a false statement.",
        "UNLAWFUL_ACTIVITY": "Did something that the visa did not allow.",
        "CRIME": "Convicted of, or sought for, a crime.",
        "SECURITY": "A danger to security or public order.",
        "PUBLIC_HEALTH": "A danger to public health.",
        "REQUEST_OF_AN_AUTHORITY": "Another authority asked for it.",
    },
    BanState: {
        "PROPOSED": "It waits for a second person of the screening authority.",
        "APPROVED": "A second person agreed: in force on its days.",
        "REJECTED": "A second person did not agree.",
        "WITHDRAWAL_PROPOSED": "In force until a second person agrees to withdraw it.",
        "WITHDRAWN": "Two people withdrew it.",
    },
}
