"""The table of case mutations: input, description, steps and possible refusals."""

from gateway.schema.mutations import inputs, submission_inputs
from gateway.schema.mutations.answers import AnswerInformationInput
from gateway.schema.mutations.extension_inputs import (
    ApplyForExtensionInput,
    RecordAppearanceInput,
)
from gateway.schema.mutations.input_readers import (
    read_answer_to_items,
    read_appearance,
    read_assignment,
    read_confirmation,
    read_correction,
    read_decision,
    read_documents,
    read_fetch,
    read_link,
    read_note,
    read_payment,
    read_referral,
    read_registration,
    read_relief,
    read_request_of_items,
    read_resolution,
    read_screening,
    read_setting_aside,
    read_step,
    read_step_with_reason,
    read_taking,
    read_upload,
)
from gateway.schema.mutations.inputs import MOST_AT_ONCE
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.intention_inputs import (
    AnnounceRefusalInput,
    AnswerIntentionInput,
    read_announcement,
    read_statement,
)
from gateway.schema.mutations.submission_readers import (
    read_correction_of_person,
    read_submission,
    read_submissions,
)
from gateway.schema.upload import RegisterDocumentInput, RequestUploadInput
from models.life import Refusal, Verb

_SUBMISSION_REFUSALS = (
    Refusal.VISA_TYPE_NOT_OFFERED,
    Refusal.VALIDITY_NOT_OFFERED,
    Refusal.NATIONALITY_UNKNOWN,
    Refusal.NATIONALITY_NOT_ELIGIBLE,
    Refusal.PURPOSE_NOT_SERVED,
    Refusal.CENTRE_NOT_FOUND,
    Refusal.COUNTRY_NOT_FOUND,
    Refusal.GROUP_NOT_FOUND,
    Refusal.IDENTITY_REQUIRED,
    Refusal.IDENTITY_DIFFERS,
    Refusal.GUARANTOR_REQUIRED,
    Refusal.GUARDIAN_REQUIRED,
    Refusal.PASSPORT_EXPIRES,
)
_DECISION_REFUSALS = (
    Refusal.GROUND_REQUIRED,
    Refusal.GROUND_NOT_ALLOWED,
    Refusal.CONDITIONS_NOT_ALLOWED,
)
INTENTS = (
    Intent("submitApplication", submission_inputs.SubmitApplicationInput,
           "Hand an application in: it is billed at once.", read_submission, (Verb.SUBMIT,),
           _SUBMISSION_REFUSALS),
    Intent("submitApplications", submission_inputs.SubmitApplicationsInput,
           f"Hand up to {MOST_AT_ONCE} applications in, with a result for each.", read_submissions,
           (Verb.SUBMIT,), _SUBMISSION_REFUSALS),
    Intent("recordPayment", inputs.RecordPaymentInput,
           "The treasury reports that a bill was paid: the clock starts. After a reversal it is"
           " paid anew, under another code (`renewBill`): what waited for that goes on, and the"
           " clock is that of the first payment.", read_payment,
           (Verb.RECORD_PAYMENT, Verb.RECORD_PAYMENT_ANEW),
           (Refusal.AMOUNT_DIFFERS, Refusal.BILL_CLOSED, Refusal.RECEIPT_USED,
            Refusal.SECOND_PERSON_REQUIRED, Refusal.VISA_TYPE_NOT_OFFERED)),
    Intent("recordDocuments", inputs.RecordDocumentsInput,
           "Record which documents of its checklist are there, as long as the partner has the"
           " file.",
           read_documents, (Verb.RECORD_DOCUMENTS,)),
    Intent("markReceived", inputs.MarkReceivedInput,
           "The partner hands the complete file over: its part of the clock ends.", read_step,
           (Verb.MARK_RECEIVED,)),
    Intent("takeCase", inputs.TakeCaseInput,
           "Take the most urgent case of a queue, of the pools that your token names, and of its"
           " family whatever is free: it is on your desk, and opens who applies. You do not choose"
           " it; one that you gave back does not return to you.", read_taking,
           (Verb.TAKE,), (Refusal.QUEUE_EMPTY,)),
    Intent("releaseCase", inputs.ReleaseCaseInput,
           "Give a case back: it leaves your desk, and does not return to you by `takeCase`.",
           read_assignment, (Verb.GIVE_BACK,)),
    Intent("reassignCase", inputs.ReassignCaseInput,
           "Give a case to an officer, take it over, or return it to its queue.", read_assignment,
           (Verb.REASSIGN,), (Refusal.OFFICER_UNKNOWN,)),
    Intent("relieveOfficer", inputs.RelieveOfficerInput,
           "Relieve an officer who left of every case on the desk, at once: each goes back to its"
           " queue, and none returns to that officer by `takeCase`.", read_relief, (Verb.REASSIGN,),
           (Refusal.OFFICER_UNKNOWN,), is_of_many=True),
    Intent("requestInformation", inputs.RequestInformationInput,
           "Name what is missing, and ask the applicant for it: the adjusted clock stops.",
           read_request_of_items, (Verb.REQUEST_INFORMATION,)),
    Intent("answerInformation", AnswerInformationInput,
           "The applicant has handed in some or all of what was asked for: work goes on once"
           " nothing of it is missing.", read_answer_to_items,
           (Verb.ANSWER_INFORMATION, Verb.ANSWER_ITEMS)),
    Intent("announceRefusal", AnnounceRefusalInput,
           "Announce that you mean to refuse, and why, where the visa type provides for that: the"
           " applicant may answer once, until `Application.answerBy`, and the adjusted clock stops."
           " Then you decide, on whatever ground.", read_announcement, (Verb.ANNOUNCE_REFUSAL,),
           (Refusal.GROUND_REQUIRED,)),
    Intent("answerIntention", AnswerIntentionInput,
           "Say, once, what there is to say to an intention to refuse: the officer then decides.",
           read_statement, (Verb.ANSWER_INTENTION,)),
    Intent("referToScreening", inputs.ReferToScreeningInput,
           "Ask supervision, or ask again what was not answered; for a visa with"
           " which its holder may still enter or stay, also what was.", read_referral,
           (Verb.REFER_TO_SCREENING,)),
    Intent("recordScreening", inputs.RecordScreeningInput,
           "Answer a screening question. A clearance waits for a second person.", read_screening,
           (Verb.RECORD_SCREENING, Verb.PROPOSE_ANSWER)),
    Intent("confirmScreening", inputs.ConfirmScreeningInput,
           "Agree to an answer that somebody else proposed: it takes effect.", read_confirmation,
           (Verb.CONFIRM_SCREENING,)),
    Intent("resolveHit", inputs.ResolveHitInput,
           "Say what a hit is. It takes effect once a second person of the screening authority"
           " agrees.", read_resolution, (Verb.RESOLVE_HIT,)),
    Intent("holdApplication", inputs.HoldApplicationInput,
           "Hold an application, which then cannot be granted, or a live visa, whose holder"
           " may still enter or stay.", read_step_with_reason, (Verb.HOLD,)),
    Intent("releaseApplication", inputs.ReleaseApplicationInput, "End a hold.",
           read_step_with_reason, (Verb.RELEASE,)),
    Intent("markUrgent", inputs.MarkUrgentInput,
           "Have an application taken before all others, in the pools that have it.",
           read_step_with_reason, (Verb.MARK_URGENT,)),
    Intent("endUrgency", inputs.EndUrgencyInput,
           "Say that an application is urgent no more: it is taken when it is due.",
           read_step_with_reason, (Verb.END_URGENCY,)),
    Intent("proposeGrant", inputs.ProposeGrantInput,
           "Say why an application is to be granted although a link counts: a file of the same"
           " person was, within five years, refused for a forged document or a false statement,"
           " revoked, or found on the entry-ban list, or although too many files are like it to"
           " link them all. It can be granted once a supervisor approves that.",
           read_step_with_reason, (Verb.PROPOSE_GRANT,)),
    Intent("approveGrant", inputs.ApproveGrantInput,
           "Approve what somebody else proposed by `proposeGrant`: whoever decides may grant it,"
           " until another link counts.", read_step, (Verb.APPROVE_GRANT,)),
    Intent("rejectGrant", inputs.RejectGrantInput,
           "Reject what was proposed by `proposeGrant`, or take it back: it can be proposed anew,"
           " or refused.", read_step_with_reason, (Verb.REJECT_GRANT,)),
    Intent("recordDecision", inputs.RecordDecisionInput,
           "Grant or refuse. Nothing is granted that supervision has not cleared. Some files are"
           " decided by two officers, each for themselves: what the first decides is withheld, and"
           " the file stays open for another one.", read_decision,
           (Verb.GRANT, Verb.REFUSE, Verb.GRANT_FIRST, Verb.REFUSE_FIRST), _DECISION_REFUSALS),
    Intent("supersedeDecision", inputs.SupersedeDecisionInput,
           "Correct a decision that somebody else made, by one of your own.", read_correction,
           (Verb.CORRECT_TO_GRANTED, Verb.CORRECT_TO_REFUSED), _DECISION_REFUSALS),
    Intent("proposeCorrection", submission_inputs.ProposeCorrectionInput,
           "Correct the person on file. It takes effect at once before payment; then the officer on"
           " whose desk the case is approves it, and after a grant two supervisors do. Another"
           " name, birth date, passport or nationality is screened again.",
           read_correction_of_person, (Verb.PROPOSE_CORRECTION,),
           (Refusal.CORRECTED_ELSEWHERE, Refusal.NATIONALITY_UNKNOWN, Refusal.NEW_APPLICATION,
            Refusal.PASSPORT_EXPIRES, Refusal.GUARDIAN_REQUIRED)),
    Intent("approveCorrection", inputs.ApproveCorrectionInput,
           "Approve a proposed correction of the person on file.", read_step,
           (Verb.APPROVE_CORRECTION,), (Refusal.NEW_APPLICATION,)),
    Intent("confirmCorrection", inputs.ConfirmCorrectionInput,
           "Put a correction of a visa's holder into effect that somebody else approved: the visa"
           " is held until screening is clear again.", read_step, (Verb.CONFIRM_CORRECTION,),
           (Refusal.NEW_APPLICATION,)),
    Intent("rejectCorrection", inputs.RejectCorrectionInput,
           "Reject a proposed correction of the person on file.", read_step_with_reason,
           (Verb.REJECT_CORRECTION,)),
    Intent("writeNote", inputs.WriteNoteInput,
           "Note something about a case for whoever works on it next. Nothing is told to anybody"
           " else, and nothing changes in the case.", read_note, (Verb.WRITE_NOTE,)),
    Intent("confirmLink", inputs.ConfirmLinkInput,
           "Confirm that a file found by name and birth date is of the same person, which opens"
           " its identity. An earlier verdict can be changed.", read_link, (Verb.CONFIRM_LINK,),
           (Refusal.NO_LINK, Refusal.ALREADY_SAID)),
    Intent("rejectLink", inputs.RejectLinkInput,
           "Reject a file found by name and birth date, as that of somebody else.", read_link,
           (Verb.REJECT_LINK,), (Refusal.NO_LINK, Refusal.ALREADY_SAID)),
    Intent("withdrawApplication", inputs.WithdrawApplicationInput,
           "Withdraw an application that is open.", read_step, (Verb.WITHDRAW,)),
    Intent("fetchVisa", inputs.FetchVisaInput,
           "Fetch the visa in hand, to deliver it to its holder: with the purpose DELIVERY and the"
           " reference of its case. Each document is fetched once. Where its answer was lost,"
           " repeat the request with its key.", read_fetch, (),
           (Refusal.NOT_FOUND, Refusal.NOT_IN_HAND, Refusal.ALREADY_FETCHED)),
    Intent("requestUpload", RequestUploadInput,
           "Announce a document of an open file, and get the ticket by which its bytes are sent.",
           read_upload, (), (Refusal.NOT_FOUND, Refusal.WRONG_STAGE)),
    Intent("registerDocument", RegisterDocumentInput,
           "Say where a document of an open file is in your own store, and what it is: it answers"
           " its line of the checklist as if it had been sent. Nothing is fetched from there; hand"
           " it in by `requestUpload` if it is to be here.",
           read_registration, (), (Refusal.NOT_FOUND, Refusal.WRONG_STAGE)),
    Intent("applyForExtension", ApplyForExtensionInput,
           "Ask for more days of stay on your visa, as `VisaType.extensionRules` allows, before the"
           " last day of the stay has passed: it answers with an application of its own, billed at"
           " once. Once it is paid, appear at an immigration office.", read_step,
           (Verb.APPLY_FOR_EXTENSION,), (Refusal.VISA_TYPE_NOT_OFFERED,)),
    Intent("recordAppearance", RecordAppearanceInput,
           "An immigration office says that whoever asks for an extension has appeared, for"
           " photograph and interview; and the day of entry, if border control reported none.",
           read_appearance, (Verb.RECORD_APPEARANCE,)),
    Intent("returnVisa", inputs.ReturnVisaInput,
           "Give your visa back before anybody enters by it. Its fee is not returned, and nothing"
           " restores it.", read_step, (Verb.RETURN_VISA,)),
    Intent("revokeVisa", inputs.RevokeVisaInput, "Take a granted visa back.", read_step_with_reason,
           (Verb.REVOKE,)),
    Intent("setAsideRevocation", inputs.SetAsideRevocationInput,
           "Set aside a revocation that was made in error: the visa is granted again, by a decision"
           " of its own.", read_setting_aside, (Verb.SET_ASIDE,)),
)  # fmt: skip
