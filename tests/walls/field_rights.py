"""What each role may read of each field, as the domain's table of roles says.

Written by hand; it reads nothing of the policy. Each line names fields of one type, and then says
for every role, in the order of `ROLES`:

    R  reads it exactly
    P  reads it as a published figure, never exactly
    F  reads it as first decided, never as it stands
    C  may only count the rows
    -  has no such field

    L leadership · O officer · S supervisor · M partner's manager · A partner's agent
    U auditor · P applicant · V a partner's system · X screening authority
    T treasury · D administrator · B border control · K carrier · N not signed in
"""

from models.vocabulary import Role

ROLES: tuple[Role, ...] = (
    Role.LEADERSHIP,
    Role.OFFICER,
    Role.SUPERVISOR,
    Role.PARTNER_MANAGER,
    Role.PARTNER_AGENT,
    Role.AUDITOR,
    Role.APPLICANT,
    Role.PARTNER_SERVICE,
    Role.SCREENING,
    Role.TREASURY,
    Role.ADMINISTRATOR,
    Role.BORDER,
    Role.CARRIER,
    Role.ANONYMOUS,
)

Lines = dict[str, str]

_ALL = "R R R R R R R R R R R R R R"

# What anybody may know --------------------------------------------------------------------------

_OPEN: dict[str, Lines] = {
    #                                                        L O S M A U P V X T D B K N
    "Country": {"id code iso3 name region entryRules":       "R R R R R R R R R R R R R R"},
    "EntryRule": {"entry validFrom":                         "R R R R R R R R R R R R R R"},
    "VisaType": {
        "id code name category stayDays isMultipleEntry":    "R R R R R R R R R R R R R R",
        "validFrom validUntil eligibility fees serviceTargets": "R R R R R R R R R R R R R R",
        "requiredDocuments passportRules extensionRules current":
                                                             "R R R R R R R R R R R R R R",
        "handlingRules":                                    "R R R R R R R R R R R R R R",
        "grantRules":                                        "R R R - - R - - - - R - - -",
    },
    "GrantRule": {
        "code version nationalities samplePercent":          "R R R - - R - - - - R - - -",
        "hoursAfterPayment official decree stop":            "R R R - - R - - - - R - - -",
    },
    "Pool": {
        "id code visaTypes channels nationalities isOpen":   "R R R - - R - - - - R - - -",
        "waiting":                                           "- R R - - R - - - - - - - -",
    },
    "GrantRuleStop": {"stoppedAt stoppedBy reason":          "R R R - - R - - - - R - - -"},
    "GrantCheck": {
        "rule verdict unmet isDecidedTwice checkedAt":       "- - R - - R - - - - - - - -",
    },
    "WithheldDecision": {
        "outcome grounds conditions decidedAt officer internalNote": "- - R - - R - - - - - - - -",
    },
    "VisaTypeTerms": {
        "on isOffered fees serviceTargets passportRule":     "R R R R R R R R R R R R R R",
        "requiredDocuments needsGuarantor eligibility":       "R R R R R R R R R R R R R R",
        "extensionRule":                                     "R R R R R R R R R R R R R R",
        "handlingRule":                                     "R R R R R R R R R R R R R R",
    },
    "RequiredDocument": {"kind isRequired validFrom":        "R R R R R R R R R R R R R R"},
    "Eligibility": {"entry purpose isOpen validFrom":        "R R R R R R R R R R R R R R"},
    "PassportRule": {"months validFrom":                     "R R R R R R R R R R R R R R"},
    "ExtensionRule": {"times days price validFrom":         "R R R R R R R R R R R R R R"},
    "HandlingRule": {"isAnnounced isCorrected validFrom":  "R R R R R R R R R R R R R R"},
    "Fee": {"useWithinDays price isOffered validFrom":       "R R R R R R R R R R R R R R"},
    "ServiceTarget": {
        "clock hours workingDays promisedPercent validFrom": "R R R R R R R R R R R R R R",
    },
    "DayOff": {"day name isOff":                             "R R R R R R R R R R R R R R"},
    #                                                        L O S M A U P V X T D B K N
    "NamedEvent": {
        "id code kind beganOn endedOn country":               "R R R R R R - - - - R - - -",
        "wasScreeningOut":                                   "R R R - - R - - - - R - - -",
    },
    "Partner": {"id code name countries centres":            "R R R R R R R R R R R R R R"},
    "PartnerCountry": {"country openedOn closedOn successor":"R R R R R R R R R R R R R R"},
    "Centre": {
        "id code city partner country openedOn closedOn successor":"R R R R R R R R R R R R R R",
    },
    "Viewer": {
        "subject name role heldRoles":                       "R R R R R R R R R R R R R R",
        "partner countries centres":                         "R R R R R R R R R R R R R R",
        "pools":                                             "- R - - - - - - - - - - - -",
    },
    "TypePolicy": {"type rows fields":                       "R R R R R R R R R R R R R R"},
    "ReferenceChange": {
        "id kind subject state decree reason effectiveOn values": "R R R - - R - - - - R - - -",
        "proposedBy proposedAt approvedBy approvedAt":       "R R R - - R - - - - R - - -",
        "cancelledBy cancelledAt cancelReason":              "R R R - - R - - - - R - - -",
    },
    "ReferenceChangeValue": {
        "line kind name before after":                       "R R R - - R - - - - R - - -",
    },
    "Alert": {
        "id position raisedAt kind actor actorRole isOpen":  "- - R - - R - - - - - - - -",
        "closedAt closedBy closeReason inquiry":             "- - R - - R - - - - - - - -",
        "applicant banEntry complaint application":          "- - R - - R - - - - - - - -",
        "budgetException":                                   "- - R - - R - - - - - - - -",
    },
    "Inquiry": {
        "id reference reason minutes mostPeople endsAt":     "- - R - - R - - - - - - - -",
        "openedBy openedAt approvedBy approvedAt seen people": "- - R - - R - - - - - - - -",
        "reviewDueAt isReviewed reviewedBy reviewedAt":      "- - R - - R - - - - - - - -",
        "verdict reviewReason lapsedAt isOpen":              "- - R - - R - - - - - - - -",
    },
    "BudgetException": {
        "id viewer role reason mostPeople minutes endsAt":   "- - R - - R - - - - - - - -",
        "proposedBy proposedAt approvedBy approvedAt seen":  "- - R - - R - - - - - - - -",
    },
    "ScreeningReplay": {
        "id askedAt askedBy listVersion ruleVersion":        "- - R - - - - - - - - - - -",
        "completedAt lines candidates":                      "- - R - - - - - - - - - - -",
    },
    "ScreeningReplayLine": {
        "listVersion ruleVersion files unread candidates":   "- - R - - - - - - - - - - -",
    },
    "ScreeningReplayCandidate": {
        "application foundAt listVersion ruleVersion":       "- - R - - - - - - - - - - -",
    },
    # The people it opened read of it in the access log, whose entries name these rows.
    "InquiryPerson": {
        "applicant openedAt":                                "- - R - - R - - - - - - - -",
        "[rows]":                                            "- - - - - - C - - - - - - -",
    },
    "Suspension": {
        "id partner subject reason endsAt":                  "- - R - - R - - - - R - - -",
        "suspendedBy confirmedBy liftedBy liftReason":       "- - R - - R - - - - R - - -",
        "suspendedAt confirmedAt liftedAt":                  "- - R - - R - - - - R - - -",
        "liftProposedBy liftProposedAt":                     "- - R - - R - - - - R - - -",
    },
}  # fmt: skip

# Cases, and the people behind them --------------------------------------------------------------

_CASES: dict[str, Lines] = {
    #                                                        L O S M A U P V X T D B K N
    "Application": {
        "id reference visaType tripPurpose nationality channel": "- R R R R R R R R - - - - -",
        "partner country centre":                            "- R R R R R R R R - - - - -",
        "submittedAt receivedAt paidAt targetDueAt applicant": "- R R R R R R R R - - - - -",
        "entryOn useWithinDays":                             "- R R R R R R R R - - - - -",
        "closedAt groupReference successor leftPartnerAt":   "- R R R R R R R - - - - - -",
        "payBy answerBy decideBy":                           "- R R R R R R R - - - - - -",
        "fee bill requestedItems documents uploads":         "- R R R R R R R - - - - - -",
        "refusalIntention":                                  "- R R R R R R R - - - - - -",
        "handInBy":                                          "- - R R R R - R - - - - - -",
        "assignments":                                       "- R R - - R - - - - - - - -",
        "isLinked isUrgent":                                 "- R R - - R - - - - - - - -",
        "isReferred":                                        "- R R - - - - - - - - - - -",
        "isHeld hasOpenHit isVisaHeld":                      "- - R - - - - - - - - - - -",
        "grantCheck withheldDecision":                       "- - R - - R - - - - - - - -",
        "corrections":                                       "- R R - R R R R - - - - - -",
        "guarantors guardians":                              "- R R - R - R - R - - - - -",
        "notes":                                             "- R R - - - - - - - - - - -",
        "legalHolds":                                        "- - R - - R - - - - - - - -",
        "screenings":                                        "- - R - - R - - - - - - - -",
    },
    "Bill": {
        "id code fee familyFee issuedAt dueAt paidAt":       "- R R R R R R R - R - - - -",
        "receiptNumber reversedAt":                          "- R R R R R R R - R - - - -",
        "reversalNumber reversalEffect":                     "- - R - - R - - - R - - - -",
        "application":                                       "- - R - - R - - - - - - - -",
    },
    "FormerBill": {
        "id code issuedAt dueAt renewedAt bill":             "- - R - - R - - - R - - - -",
        "familyBill":                                        "- - - - - - - - - R - - - -",
        "paidAt receiptNumber reversedAt reversalNumber":    "- - R - - R - - - R - - - -",
    },
    "RequestedItem": {
        "kind requestedAt answeredAt answeredWith":          "- R R R R R R R - - - - - -",
        "note":                                              "- R R - R R R - - - - - - -",
        "answeredBy":                                        "- R R - - R - - - - - - - -",
        "answer":                                            "- R R - R - R - - - - - - -",
    },
    "RefusalIntention": {
        "announcedAt endedAt answeredAt":                    "- R R R R R R R - - - - - -",
        # Who answers reads on which grounds, and a manager reads no outcome in the making.
        "grounds documents":                                 "- R R - R R R R - - - - - -",
        "note":                                              "- R R - R R R - - - - - - -",
        "announcedBy answeredBy":                            "- R R - - R - - - - - - - -",
        "answer":                                            "- R R - R - R - - - - - - -",
    },
    "IntentionAnswer": {"text":                             "- R R - R - R - - - - - - -"},
    # Where somebody lives and works is read like identity, by fewer.
    "ItemAnswer": {
        "text day country street city province postalCode":  "- R R - R - R - - - - - - -",
    },
    "CaseDocument": {
        "kind recordedAt":                                   "- R R R R R R R - - - - - -",
        "recordedBy":                                        "- R R - - R - - - - - - - -",
    },
    "DocumentUpload": {
        "id kind format size state completedAt":             "- R R R R R R R - - - - - -",
        "ticket expiresAt":                                  "- - - - R - R R - - - - - -",
        # What is in the partner's own store, and whether it is what was registered.
        "locator sha256 registeredSha256":                   "- R R - - R - R - - - - - -",
        "requestedBy":                                       "- R R - - R - - - - - - - -",
        "content":                                           "- R R - R - R - - - - - - -",
    },
    "DocumentContent": {"link":                             "- R R - R - R - - - - - - -"},
    "Assignment": {
        "officer assignedAt endedAt":                        "- R R - - R - - - - - - - -",
        # Who took a case off a desk would reveal a hit to an officer.
        "assignedBy endedBy reason":                         "- - R - - R - - - - - - - -",
    },
    "Screening": {
        "id kind result requestedAt":                        "- - R - - R - - R - - - - -",
        "proposed proposedBy reason":                        "- - R - - R - - R - - - - -",
        "answeredAt answeredBy confirmedBy voidedAt":        "- - R - - R - - - - - - - -",
        "listVersion ruleVersion":                           "- - R - - R - - - - - - - -",
        "referralReason referralNote":                       "- - R - - R - - R - - - - -",
        "application position":                              "- - - - - - - - R - - - - -",
        "ban":                                               "- - R - - - - - - - - - - -",
        "banMatches":                                        "- - R - - - - - R - - - - -",
    },
    # The entry-ban list; auditors read it without the person.
    "BanEntry": {
        "id reference ground reason state bannedFrom bannedUntil": "- - R - - R - - R - - - - -",
        "proposedBy proposedAt approvedBy approvedAt":       "- - R - - R - - R - - - - -",
        "rejectedBy rejectedAt rejectReason":                "- - R - - R - - R - - - - -",
        "withdrawalProposedBy withdrawalProposedAt withdrawalReason": "- - R - - R - - R - - - - -",
        "withdrawnBy withdrawnAt":                           "- - R - - R - - R - - - - -",
        "person":                                            "- - R - - - - - R - - - - -",
        "reads":                                             "- - - - - R - - - - - - - -",
    },
    "BannedPerson": {
        "passportIssuingState passportNumber fullName birthDate": "- - R - - - - - R - - - - -",
    },
    "BanRead": {
        "occurredAt actor actorRole purpose caseReference fields": "- - - - - R - - - - - - - -",
    },
    "BanMatch": {"by foundAt ban":                           "- - R - - - - - R - - - - -"},
    "Applicant": {
        "id nationality":                                    "- R R R R R R R R - - - - -",
        "applications":                                      "- R R R R R R R - - - - - -",
        "passportLastFour":                                  "- R R - R - R - - - - - - -",
        "identity identityVersions":                         "- R R - R - R - R - - - - -",
        "identityAbsence":                                   "- R R - R - - - R - - - - -",
        "movements":                                         "- R R - - - R - - - - - - -",
        "accessEvents breachNotices":                        "- - - - - R R - - - - - - -",
        "linked":                                            "- R R - - R - - - - - - - -",
        "linkerReads":                                       "- - - - - R - - - - - - - -",
        "erasedAt":                                          "- R R - - R - - - - - - - -",
        "erasure":                                           "- - R - - R - - - - - - - -",
    },
    # What people ask of their data: the auditor's work, and each one's own.
    "DataRequest": {
        "id reference kind state lodgedAt lodgedRole dueAt": "- - - - - R R - - - - - - -",
        "applicant answeredAt reason erasure legalBasis":    "- - - - - R R - - - - - - -",
        "lookupsComparedAt":                                 "- - - - - R R - - - - - - -",
        "lodgedBy answeredBy lookups":                       "- - - - - R - - - - - - - -",
        "lookupsProposedBy lookupsApprovedBy":               "- - - - - R - - - - - - - -",
    },
    # What applicants complain of: sorted by an auditor first.
    "Complaint": {
        "id reference isOpen lodgedAt dueAt application":    "- - R R - R R - - - - - - -",
        "centre answeredRole answeredAt text":               "- - R R - R R - - - - - - -",
        "kind partner country sortedAt":                     "- - R R - R - - - - - - - -",
        "entrustedTo entrustedAt answeredBy":                "- - R - - R - - - - - - - -",
        "sortedBy entrustedBy reads":                        "- - - - - R - - - - - - - -",
    },
    "ComplaintText": {"complaint answer":                    "- - R R - R R - - - - - - -"},
    "ComplaintRead": {
        "occurredAt actor actorRole purpose fields":         "- - - - - R - - - - - - - -",
    },
    # That digests are kept reveals a refusal, a revocation or a ban.
    "Erasure": {
        "cause orderedAt erasedAt keysDeletedAt copiesEndAt": "- - R - - R R - - - - - - -",
        "indexRemovedAt":                                    "- - R - - R - - - - - - - -",
    },
    "LegalHold": {
        "id reason heldBy heldAt":                           "- - R - - R - - - - - - - -",
        "releasedBy releasedAt releaseReason application":   "- - R - - R - - - - - - - -",
    },
    "UnmatchedPayment": {
        "id receiptNumber billingCode paid state keptBy keptAt": "- - - - - R - - - R - - - -",
        "formerBill":                                        "- - - - - R - - - R - - - -",
        "recommendedBy reason recommendedAt assignedTo assignedAt": "- - - - - R - - - R - - - -",
        "secondedBy secondReason secondedAt recommendedBill": "- - - - - R - - - R - - - -",
        "orderNumber orderedOn orderedBy orderRecordedAt":   "- - - - - R - - - R - - - -",
        "reversedAt reversalNumber":                         "- - - - - R - - - R - - - -",
    },
    # Whoever knows of a breach before the people do is an auditor.
    "Breach": {
        "id noticedAt windowFrom windowBefore inWords":      "- - - - - R R - - - - - - -",
        "peopleNotifiedAt":                                  "- - - - - R R - - - - - - -",
        "description dueAt viewer recordedBy recordedAt":    "- - - - - R - - - - - - - -",
        "peopleReached":                                     "- - - - - R - - - - - - - -",
        "institutionNotice institutionNotifiedBy":           "- - - - - R - - - - - - - -",
        "institutionNotifiedAt peopleNotice peopleNotified": "- - - - - R - - - - - - - -",
        "peopleNotifiedBy closeReason":                      "- - - - - R - - - - - - - -",
        "closedBy closedAt isOpen":                          "- - - - - R - - - - - - - -",
    },
    "BreachNotice": {
        "breach fields toldAt":                              "- - - - - R R - - - - - - -",
    },
    "MailSubscription": {
        "id occasion role country partner centre visaType": "R R R R R R - - - - - - - -",
        "language subscribedAt renewedAt endsAt isEnded mailedAt": "R R R R R R - - - - - - - -",
    },
    "SavedView": {
        "id name page query savedAt":                        "R R R R R R - - - - - - - -",
    },
    "MonthNote": {
        "id month partner country text author writtenAt":    "R R R R R R - - - - - - - -",
    },
    "WebhookEndpoint": {
        "id country url state registeredBy registeredAt":    "- - - R - - - R - - - - - -",
        "approvedBy approvedAt secretAt pausedBy pausedAt":  "- - - R - - - R - - - - - -",
        "resumedAt removedBy removedAt delivery notices":    "- - - R - - - R - - - - - -",
    },
    "WebhookDelivery": {
        "lastNumber deliveredAt failures":                   "- - - R - - - R - - - - - -",
        "failingSince failure disabledAt":                   "- - - R - - - R - - - - - -",
    },
    "WebhookNotice": {
        "id number stage application writtenAt state":       "- - - R - - - R - - - - - -",
        "settledAt attempts failure endpoint":               "- - - R - - - R - - - - - -",
    },
    # Other files of the same person: partners and applicants read nothing of it.
    "PersonLink": {
        "id reason state foundAt applicant":                 "- R R - - R - - - - - - - -",
        "resolvedAt resolvedBy resolution":                  "- R R - - R - - - - - - - -",
    },
    # An officer, and a supervisor, reads the own.
    "PersonLookup": {
        "id occurredAt actor actorRole purpose":             "- R R - - R - - - - - - - -",
        "caseReference by found":                            "- R R - - R - - - - - - - -",
    },
    "VisaCheck": {
        "id occurredAt actor actorRole":                     "- - - - - R - - - - - - - -",
        "flightNumber departsOn isUsable":                   "- - - - - R - - - - - - - -",
    },
    "KeyOperation": {
        "id kind occurredAt usedFor operator":               "- - - - - R - - - - - - - -",
        "fromKey toKey keys reason":                         "- - - - - R - - - - - - - -",
    },
    "LinkerRead": {"reader version readAt fields":           "- - - - - R - - - - - - - -"},
    "Installation": {
        "checkpoint":                                        "- - - - - R - - - - - - - -",
        "version database faults jobs work keys process":    "- - - - - - - - - - R - - -",
    },
    "InstallationWork": {
        "kind waiting waitingSince lastDoneAt isLate":       "- - - - - - - - - - R - - -",
    },
    "InstallationKey": {"usedFor key since":                "- - - - - - - - - - R - - -"},
    "InstallationDatabase": {"revision postgres":           "- - - - - - - - - - R - - -"},
    "InstallationFault": {"name stops why remedy":          "- - - - - - - - - - R - - -"},
    "InstallationJob": {
        "name startedAt lastPassedAt milliseconds failures": "- - - - - - - - - - R - - -",
        "isLate":                                            "- - - - - - - - - - R - - -",
    },
    "GatewayProcess": {
        "startedAt running waiting connections budget":      "- - - - - - - - - - R - - -",
        "connectionsInUse budgetUse slowDocuments":          "- - - - - - - - - - R - - -",
    },
    "BudgetUse": {"role viewers leastLeft":                 "- - - - - - - - - - R - - -"},
    "SlowDocument": {
        "client operation sha256 times":                     "- - - - - - - - - - R - - -",
        "meanMilliseconds mostMilliseconds":                 "- - - - - - - - - - R - - -",
    },
    "TrustedDocument": {
        "sha256 operations clients registeredAt":            "- - - - - - - - - - R - - -",
        "registeredBy verdicts":                             "- - - - - - - - - - R - - -",
    },
    "DocumentVerdict": {"role canRun cost refused mistake": "- - - - - - - - - - R - - -"},
    "TouchedFiles": {"changeId open keep toHandIn":         "- - - - - - - - - - R - - -"},
    "ClosingPlace": {
        "partner country centre successor closedOn":         "- - R - - R - - - - R - - -",
        "handInBy openFiles toHandIn":                       "- - R - - R - - - - R - - -",
    },
    "AccountCheckpoint": {"signedAt entries waiting":        "- - - - - R - - - - - - - -"},
    "Identity": {
        "fullName passportNumber birthDate email phone":     "- R R - R - R - R - - - - -",
        "sex placeOfBirth":                                  "- R R - R - R - R - - - - -",
        "passportIssuingState passportExpiresOn":            "- R R - R - R - R - - - - -",
    },
    "IdentityVersion": {
        "number nationality writtenAt validFrom validUntil":  "- R R - R - R - R - - - - -",
        "fullName passportNumber birthDate email phone":     "- R R - R - R - R - - - - -",
        "sex placeOfBirth":                                  "- R R - R - R - R - - - - -",
        "passportIssuingState passportExpiresOn":            "- R R - R - R - R - - - - -",
    },
    "CaseNote": {"author writtenAt text":                   "- R R - - - - - - - - - - -"},
    "Guarantor": {
        "kind name registrationNumber validFrom validUntil": "- R R - R - R - R - - - - -",
        "street city province postalCode":                   "- R R - R - R - R - - - - -",
    },
    "Guardian": {
        "kind name relation phone consentedAt":              "- R R - R - R - R - - - - -",
        "validFrom validUntil":                              "- R R - R - R - R - - - - -",
    },
    # What it says stands in the versions; who works on it is the directorate's own.
    "Correction": {
        "id version state proposedAt proposedRole":           "- R R - R R R R - - - - - -",
        "closedAt reason":                                   "- R R - R R R R - - - - - -",
        "proposedBy approvedAt approvedBy closedBy":         "- R R - - R - - - - - - - -",
    },
    "AccessEvent": {
        "id occurredAt actorRole purpose fields":            "- R R R R R R - R - - - - -",
        "actor caseReference":                               "- R R R R R - - R - - - - -",
        "applicant":                                         "- R R - - R R - - - - - - -",
        "inWords proof":                                     "- - - - - - R - - - - - - -",
        "[rows]":                                            "C - - - - - - - - - - - - -",
    },
    "MyData": {
        "applicant keptSince note visaChecks":               "- - - - - - R - - - - - - -",
        "lookups breaches":                                  "- - - - - - R - - - - - - -",
    },
    "MyLookup": {"lookedUpOn lookedUpBy purpose":            "- - - - - - R - - - - - - -"},
    "TrackedFile": {"stage expectedOn":                      "- - - - - - - - - - - - - R"},
    "DeliveredDecision": {"outcome isTakenBack pdf":          "- - - - - - - - - - - - - R"},
    "ClaimedFile": {
        "reference claimedAt stage expectedOn":              "- - - - - - R - - - - - - -",
        "outcome isTakenBack visaNumber useBy stayDays":     "- - - - - - R - - - - - - -",
    },
    "MyVisaCheck": {
        "checkedOn checkedBy flightNumber":                  "- - - - - - R - - - - - - -",
    },
    # Above, what is of the case; here, what the clock of a subscription adds.
    "ApplicationChange": {"position application":            "- R R R R R R R - - - - - -"},
}  # fmt: skip

# How far a case is, and how it ended: status for the directorate, stages for partners ------------

_STAGES: dict[str, Lines] = {
    #                                                        L O S M A U P V X T D B K N
    "Application": {
        "stage":                                             "- R R R R R R R - - - - - -",
        # An applicant reads a stage: IN_VERIFICATION and SCREENING would reveal the work on it.
        "status":                                            "- R R - - R - - - - - - - -",
        "events":                                            "- R R - - R R - - - - - - -",
        "extends":                                           "- R R - - R R - - - - - - -",
        # Whoever can take a step of it.
        "allowed":                                           "- R R - R - R R - - - - - -",
        "decision":                                          "- R R - R R R R - - - - - -",
        "decisions":                                         "- R R - - R - - - - - - - -",
    },
    "ApplicationFacets": {
        "stage":                                             "- R R R R R R R - - - - - -",
        "status":                                            "- R R - - R - - - - - - - -",
    },
    "StageFacet": {"value count":                            "- R R R R R R R - - - - - -"},
    "StatusFacet": {"value count":                           "- R R - - R - - - - - - - -"},
    "ApplicationEvent": {
        # A gap in the numbers would reveal a hold.
        "sequence":                                          "- - R - - - - - - - - - - -",
        "kind occurredAt":                                   "- R R - - R R - - - - - - -",
        "actor actorRole reason":                            "- R R - - R - - - - - - - -",
    },
    "Decision": {
        "id outcome decidedAt conditions visa":              "- R R - R R R R - - - - - -",
        "grounds officer internalNote supersedes grantRule": "- R R - - R - - - - - - - -",
        "isIncomplete":                                      "- - - - R - - - - - - - - -",
        "publicReasons":                                     "- - - - - - R - - - - - - -",
    },
    # What reveals the outcome.
    "Visa": {
        "number issuedAt useBy stayDays revokedAt returnedAt": "- R R - R R R R - - - - - -",
        "extendedDays":                                      "- R R - R R R R - - - - - -",
        "supersededAt":                                      "- R R - - R - - - - - - - -",
        "document":                                          "- - - - - - R - - - - - - -",
        "usability presence stay":                           "- - R - - R R - - - - - - -",
    },
    # Border control reads of those who overstay, and of nobody whom it reported.
    "Stay": {
        "id visaNumber presence enteredOn departedOn":       "- - R - - R R - - - - R - -",
        "until overstaysAt":                                 "- - R - - R R - - - - R - -",
        "confirmedAt":                                       "- - R - - R - - - - - R - -",
    },
    "Crossing": {
        "id reportKey visaNumber direction crossedAt":       "- - R - - R - - - - - - - -",
        "port reportedAt reportedBy":                        "- - R - - R - - - - - - - -",
    },
    "Movement": {"direction crossedAt port visaNumber":      "- R R - - - R - - - - - - -"},
    # The visa in hand names its holder, who reads it, as does the partner's system that fetched it;
    # whoever verifies one reads the keys.
    "VisaDocument": {"issuedAt code proof pdf":              "- - - - - - R R - - - - - -"},
    "VisaKey": {
        "id keyId publicKey firstSeenAt retiredAt revokedAt": "R R R R R R R R R R R R R R",
    },
    "LinkFigures": {"certain confirmed rejected waiting":    "- - R - - R - - - - - - - -"},
    "TakenBackList": {"signedAt note":                       "R R R R R R R R R R R R R R"},
    # Of an applicant's case too, the kind would name what the stage does not.
    "ApplicationChange": {"kind":                            "- R R - - R - - - - - - - -"},
    "AllowedStep": {
        "step isAllowed reason":                              "- R R - R - R R - - - - - -",
        "outcomes":                                           "- R R - - - - - - - - - - -",
    },
    "AllowedOutcome": {"outcome isAllowed reason":           "- R R - - - - - - - - - - -"},
    # Errors of a mutation say where the case stands: by its status where the role reads it,
    # else a stage.
    "MutationError": {"code message path":                   "R R R R R R R R R R R R - -"},
    "InputError": {"code message path":                      "R R R R R R R R R R R R - -"},
    "EligibilityError": {
        "code message path eligibleVisaTypes":               "- - - - R - R R - - - - - -",
    },
    "PassportError": {
        "code message path neededUntil":                     "- - - - R - R R - - - - - -",
    },
    "DocumentsError": {
        "code message path missingDocuments":                "- - - - R - - R - - - - - -",
    },
    "CaseError": {
        "code message path":                                 "- R R - R - R R - - - - - -",
        "currentStatus":                                     "- R R - - - - - - - - - - -",
        "currentStage":                                      "- - - - R - R R - - - - - -",
    },
}  # fmt: skip

# Figures ----------------------------------------------------------------------------------------

_FIGURES: dict[str, Lines] = {
    #                                                        L O S M A U P V X T D B K N
    "VolumeRow": {
        "partner centre tripPurpose channel":                "R R R R R R - - - - - - - -",
        "region country nationality visaType period":        "R R R R R R - - - - - - - P",
        "edition":                                           "- - - R - - - - - - - - - P",
        "intake decisions targetRate":                       "R R R R R R - - - - - - - P",
        "turnaroundP50 turnaroundP90":                       "R R R R R R - - - - - - - P",
        "turnaroundAdjustedP50 turnaroundAdjustedP90":       "R R R R R R - - - - - - - P",
        "wip backlog wipAgeP50 wipAgeP90 wipAgeOldest":      "R R R R R R - - - - - - - -",
        "revenue infoRequestRate handoverP90":            "R R R R R R - - - - - - - -",
        "turnaroundP75 turnaroundP95":                       "R R R R R R - - - - - - - -",
        "turnaroundAdjustedP75 turnaroundAdjustedP95":       "R R R R R R - - - - - - - -",
        "targetRateIntake clearanceRatio withdrawn lapsed":  "R R R R R R - - - - - - - -",
        # How cases ended: partners read how they were first decided, the public what is published.
        "granted":                                           "R R R F F R - - - - - - - -",
        "overturned":                                        "R R R - - R - - - - - - - -",
        "refused refusalRate":                               "R R R F F R - - - - - - - P",
        "network":                                           "- - - R - - - - - - - - - -",
    },
    "NetworkOutcomes": {"decisions granted refused refusalRate": "- - - R - - - - - - - - - -"},
    "WiderCell": {
        "from to period groupBy dropped":                    "- - - R - - - - - - - - - R",
        "region country nationality visaType":               "- - - R - - - - - - - - - R",
    },
    "VolumeTable": {
        "asOf completeFrom rows":                            "R R R R R R - - - - - - - R",
        "published":                                         "- - - R - - - - - - - - - R",
    },
    "FindingTable": {"asOf completeFrom rows evidence":    "R R R R R R - - - - - - - -"},
    "FigureEvidence": {
        "checkpointSignedAt checkpointRoot":                 "R R R R R R - - - - - - - -",
        "edition publishedAt":                               "R R R R R R - - - - - - - -",
    },
    "Finding": {
        "topic kind subject measure period direction":       "R R R R R R - - - - - - - -",
        "isConcern numbers question precision":              "R R R R R R - - - - - - - -",
        "sentence notes":                                    "R R R R R R - - - - - - - -",
    },
    "FindingSubject": {"dimension code name":               "R R R R R R - - - - - - - -"},
    "FindingNumber": {"name unit value n low high":         "R R R R R R - - - - - - - -"},
    "FindingQuestion": {"from to groupBy where measures":   "R R R R R R - - - - - - - -"},
    "FindingCondition": {"dimension codes":                 "R R R R R R - - - - - - - -"},
    "BothLanguages": {"english indonesian":                 "R R R R R R - - - - - - - -"},
    "VolumePublication": {
        "edition publishedAt rounding threshold note":       "- - - R - - - - - - - - - R",
        "fewestDecisions":                                   "- - - R - - - - - - - - - R",
    },
    "VolumePeriod": {"startsOn endsOn":                      "R R R R R R - - - - - - - R"},
    "VolumesChange": {"position asOf":                       "R R R R - R - - - - - - - -"},
}  # fmt: skip

_NATIONAL: dict[str, Lines] = {
    #                                                        L O S M A U P V X T D B K N
    "RefusalGroundRow": {"ground period refused":            "R R R - - R - - - - - - - -"},
    "RefusalGroundTable": {"asOf rows":                      "R R R - - R - - - - - - - -"},
    "ScreeningReferralRow": {"period referred held":         "R - R - - - - - - - - - - -"},
    "ScreeningReferralTable": {"asOf rows":                  "R - R - - - - - - - - - - -"},
    "GrantRuleFigureRow": {
        "visaType period byRule sampled sampleRefused":      "R - R - - R - - - - - - - -",
        "decidedTwice differing":                            "R - R - - R - - - - - - - -",
    },
    "GrantRuleFigureTable": {"asOf rows":                    "R - R - - R - - - - - - - -"},
    "StayFigureRow": {
        "nationality visaType period":                       "R - R - - - - - - - - - - -",
        "inCountry overstays unused extensions":             "R - R - - - - - - - - - - -",
    },
    "ComplaintFigureRow": {"kind period lodged":             "R - R R - R - - - - - - - -"},
    "ComplaintFigureTable": {"asOf rows":                    "R - R R - R - - - - - - - -"},
    "StayFigureTable": {"asOf rows":                         "R - R - - - - - - - - - - -"},
    "OfficerRow": {
        "officer onDesk overdue decisions refused":          "- - R - - R - - - - - - - -",
        "refusalRate expectedRefusalRate":                   "- - R - - R - - - - - - - -",
        "givenBack givenBackAfterReading":                   "- - R - - R - - - - - - - -",
        "givenBackAfterReadingRate":                         "- - R - - R - - - - - - - -",
        "expectedGivenBackAfterReadingRate":                 "- - R - - R - - - - - - - -",
    },
    "OfficerTable": {"asOf rows":                            "- - R - - R - - - - - - - -"},
    "ReaderRow": {
        "viewer role people reads others isUnusual":         "- - R - - R - - - - - - - -",
        "countedNow budget":                                 "- - R - - R - - - - - - - -",
        "lowerQuartile median upperQuartile":                "- - R - - R - - - - - - - -",
    },
    "ReaderTable": {"asOf rows":                             "- - R - - R - - - - - - - -"},
    "PersonAtSeveralPartners": {
        "applicant files partners countries":                "- - R - - - - - - - - - - -",
        "granted refused firstSubmittedAt lastSubmittedAt":  "- - R - - - - - - - - - - -",
    },
    "PersonAtSeveralPartnersTable": {"asOf rate rows":       "- - R - - - - - - - - - - -"},
    "PersonRead": {
        "applicant reads firstReadAt lastReadAt viewers fields": "- - - - - R - - - - - - - -",
    },
    "PersonReadTable": {"asOf keptSince people rows":        "- - - - - R - - - - - - - -"},
    "PersonInReach": {
        "applicant inReachFrom inReachUntil ways":           "- - - - - R - - - - - - - -",
        "caseReferences wasRead":                            "- - - - - R - - - - - - - -",
    },
    "PersonInReachTable": {"asOf peopleAtMost rows":         "- - - - - R - - - - - - - -"},
    "Explanation": {"at isSuspended rows":                   "- - - - - R - - - - - - - -"},
    "ExplainedRows": {
        "type rule line fields rows byGateway byDatabase":   "- - - - - R - - - - - - - -",
        "rowPolicy columns":                                 "- - - - - R - - - - - - - -",
    },
    "InformationRequestRow": {
        "partner country centre rate expectedRate":          "- - R - - R - - - - - - - -",
    },
    "InformationRequestTable": {"asOf rows":                 "- - R - - R - - - - - - - -"},
    "ObservedRate": {"cases of value low high":              "- - R - - R - - - - - - - -"},
    "ExpectedRate": {
        "value warningLow warningHigh controlLow controlHigh position":
                                                             "- - R - - R - - - - - - - -",
    },
}  # fmt: skip

# Ways in, and what carries nothing of its own ---------------------------------------------------

_WAYS: dict[str, Lines] = {
    #                                                        L O S M A U P V X T D B K N
    "Query": {
        "viewer policies node nodes":                        "R R R R R R R R R R R R R R",
        "countries country visaTypes visaType eligibleVisaTypes": "R R R R R R R R R R R R R R",
        "partners partner centres centre":                   "R R R R R R R R R R R R R R",
        "daysOff visaKeys takenBackVisas":                   "R R R R R R R R R R R R R R",
        "applications application":                          "- R R R R R R R - - - - - -",
        "pools":                                             "R R R - - R - - - - R - - -",
        "bill":                                              "- - - - - - - - - R - - - -",
        "bills formerBills":                                 "- - R - - R - - - R - - - -",
        "unmatchedPayments":                                 "- - - - - R - - - R - - - -",
        "unmatchedCrossings":                                "- - R - - R - - - - - - - -",
        "overstays":                                         "- - R - - R - - - - - R - -",
        "volumes":                                           "R R R R R R - - - - - - - R",
        "findings":                                          "R R R R R R - - - - - - - -",
        "refusalGrounds":                                    "R R R - - R - - - - - - - -",
        "grantRuleFigures":                                  "R - R - - R - - - - - - - -",
        "linkFigures":                                       "- - R - - R - - - - - - - -",
        "screeningReferrals stayFigures":                    "R - R - - - - - - - - - - -",
        "complaintFigures":                                  "R - R R - R - - - - - - - -",
        "informationRequests officers readers":              "- - R - - R - - - - - - - -",
        "peopleAtSeveralPartners screeningReplays":          "- - R - - - - - - - - - - -",
        "keyOperations erasures breaches":                   "- - - - - R - - - - - - - -",
        "installation":                                      "- - - - - R - - - - R - - -",
        "legalHolds":                                        "- - R - - R - - - - - - - -",
        "peopleInReach peopleRead why":                      "- - - - - R - - - - - - - -",
        "mailSubscriptions savedViews monthNotes":           "R R R R R R - - - - - - - -",
        "webhookEndpoints webhookNotices":                   "- - - R - - - R - - - - - -",
        "suspensions":                                       "- - R - - R - - - - R - - -",
        "inquiries budgetExceptions":                        "- - R - - R - - - - - - - -",
        "alerts":                                            "- - R - - R - - - - - - - -",
        "referenceChanges":                                  "R R R - - R - - - - R - - -",
        "closingPlaces":                                     "- - R - - R - - - - R - - -",
        "touchedFiles trustedDocuments":                     "- - - - - - - - - - R - - -",
        "namedEvents":                                       "R R R R R R - - - - R - - -",
        "accessEvents":                                      "R R R R R R R - R - - - - -",
        "screenings":                                        "- - - - - - - - R - - - - -",
        "banEntries":                                        "- - R - - R - - R - - - - -",
        "workList":                                          "- R R - - - - - - - - - - -",
        "myData claimedFiles":                               "- - - - - - R - - - - - - -",
        "people":                                            "- R R - - R - - - - - - - -",
        "visaStatus":                                        "- - - - - - - - - - - R R -",
        "trackedFile deliveredDecision":                     "- - - - - - - - - - - - - R",
        "visaChecks":                                        "- - - - - R - - - - - - - -",
        "complaints":                                        "- - R R - R R - - - - - - -",
        "dataRequests":                                      "- - - - - R R - - - - - - -",
        "personLookups":                                     "- R R - - R - - - - - - - -",
    },
    "Subscription": {
        "applicationChanged":                                "- R R R R R R R - - - - - -",
        "volumesChanged":                                    "R R R R - R - - - - - - - -",
        "alertRaised":                                       "- - R - - R - - - - - - - -",
        "screeningAsked":                                    "- - - - - - - - R - - - - -",
    },
    "ApplicationUpdate": {"position":                        "- R R R R R R R - - - - - -"},
    "AlertUpdate": {"position":                              "- - R - - R - - - - - - - -"},
    "ScreeningUpdate": {"position":                          "- - - - - - - - R - - - - -"},
    "VolumesUpdate": {"position":                            "R R R R - R - - - - - - - -"},
    "Heartbeat": {"position":                                "R R R R R R R R R - - - - -"},
    "Node": {"id":                                           "R R R R R R R R R R R R R R"},
    "PageInfo": {
        "hasNextPage hasPreviousPage startCursor endCursor": "R R R R R R R R R R R R R R",
    },
}  # fmt: skip

#: They say nothing but of the field that leads to them, whose line decides.
CARRIERS: dict[str, Lines] = {
    "CountFigure": {
        "value precision upperBound yearOnYear monthOnMonth": _ALL,
        "nearestWider": "- - - R - - - - - - - - - R",
    },
    "Money": {"amount currency": _ALL},
    "MoneyFigure": {"value precision yearOnYear monthOnMonth": _ALL},
    "RateFigure": {
        "value precision denominator upperBound yearOnYear monthOnMonth": _ALL,
        "low high lowOfMany highOfMany": "R R R R R R - - - - - - - -",
        "nearestWider": "- - - R - - - - - - - - - R",
    },
    "DurationFigure": {
        "hours precision measured yearOnYear monthOnMonth": _ALL,
        "nearestWider": "- - - R - - - - - - - - - R",
    },
    "FigureChange": {"value unit": _ALL},
}

#: Values of rows behind a field of another type, which the schema has no type for.
BEHIND: dict[str, Lines] = {
    #                                                        L O S M A U P V X T D B K N
    "PassportEnding": {"lastFour":                           "- R R - R - R - - - - - - -"},
}  # fmt: skip

#: Field by field: what each role has of it.
Rights = dict[tuple[str, str], dict[Role, str]]


def _read(*blocks: dict[str, Lines]) -> Rights:
    rights: Rights = {}
    for block in blocks:
        for type_name, lines in block.items():
            for fields, marks in lines.items():
                for name in fields.split():
                    assert (type_name, name) not in rights, f"{type_name}.{name} stands twice"
                    rights[type_name, name] = of_roles(marks)
    return rights


def of_roles(marks: str) -> dict[Role, str]:
    return dict(zip(ROLES, marks.split(), strict=True))


RIGHTS: Rights = _read(_OPEN, _CASES, _STAGES, _FIGURES, _NATIONAL, _WAYS, CARRIERS, BEHIND)
#: The types that come in pages.
PAGED = (
    "Country", "VisaType", "DayOff", "VisaKey", "Partner", "PartnerCountry", "Centre",
    "Application",
    "ApplicationEvent", "Decision", "Assignment", "RequestedItem", "Screening", "AccessEvent",
    "Suspension", "Correction", "IdentityVersion", "Guarantor", "Guardian", "CaseNote",
    "ReferenceChange", "PersonLink", "LinkerRead", "PersonLookup", "VisaCheck", "BanEntry",
    "BanRead", "Alert",
    "Inquiry", "InquiryPerson", "BudgetException", "DataRequest", "Complaint", "ComplaintRead",
    "Bill", "FormerBill", "UnmatchedPayment", "Crossing", "Movement", "Stay",
    "LegalHold", "Breach", "BreachNotice", "MailSubscription",
    "WebhookEndpoint", "WebhookNotice",
    "ScreeningReplay", "ScreeningReplayLine", "ScreeningReplayCandidate",
    "SavedView", "MonthNote", "KeyOperation", "NamedEvent", "Erasure", "Pool",
)  # fmt: skip


def right(role: Role, type_name: str, name: str) -> str:
    """What a role has of a field, that of a page included."""
    for suffix in ("Connection", "Edge"):
        if (paged := type_name.removesuffix(suffix)) in PAGED and paged != type_name:
            return _right_of_page(role, paged, name)
    return RIGHTS.get((type_name, name), {}).get(role, "-")


def _right_of_page(role: Role, paged: str, name: str) -> str:
    if any(rights[role] in "RPF" for (owner, _), rights in RIGHTS.items() if owner == paged):
        return "R"
    counts = RIGHTS.get((paged, "[rows]"), {}).get(role) == "C"
    return "C" if counts and name == "totalCount" else "-"


def fields_of(role: Role, type_name: str) -> set[str]:
    """The fields of a type that a role has at all."""
    return {
        name
        for (owner, name), rights in RIGHTS.items()
        if owner == type_name and rights[role] in "RPF"
    }
