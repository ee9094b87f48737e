"""Which columns each role may write, by which verb: said by hand, from the domain.

It reads nothing of the policy. A table that is not here is written by nobody; no verb but these two
is anybody's.
"""

from collections.abc import Mapping

_LODGED = (
    "id reference applicant_id nationality_code visa_type_code channel partner_code country_code"
    " centre_code group_reference guardian_kind trip_purpose entry_on"
    " use_within_days pay_by status submitted_at"
)
_HAPPENED = "application_id sequence kind occurred_at actor actor_role reason"
_HANDED_IN = "answered_at answered_by"
_PERSON = "id account nationality_code passport_last_four"
_NAMED = (
    "applicant_id full_name passport_number birth_date email phone"
    " sex place_of_birth passport_issuing_state passport_expires_on sealed"
)
_BILLED = "billing_code application_id family_code amount_idr issued_at due_at"
_DECIDED = (
    "id application_id outcome grounds conditions decided_at officer internal_note supersedes_id"
)
_WITHHELD = "id application_id outcome grounds conditions decided_at officer internal_note"
_ASKED = "id application_id kind result requested_at referral_reason referral_note"
_NOTED = "id application_id applicant_id author written_at first_of_two sealed"
_ISSUED = "visa_number application_id decision_id issued_at use_by stay_days"
_ONCE = {"idempotency": {"INSERT": "key_digest input_digest answer", "UPDATE": "answer"}}
_TAKES_IN = {"case_document": {"UPDATE": "recorded_at recorded_by"}}
_ANNOUNCED = "id application_id kind media_type size sha256 requested_by"
_WHOEVER_LODGES = {
    **_ONCE,
    "applicant": {"INSERT": _PERSON},
    "identity": {"INSERT": _NAMED},
    "bill": {"INSERT": _BILLED},
    "former_bill": {"INSERT": "id application_id replaced_by renewed_by"},
    "application_event": {"INSERT": _HAPPENED},
    "requested_item": {"UPDATE": _HANDED_IN},
    "item_answer": {"INSERT": "item_id application_id applicant_id sealed"},
    "guarantor": {"INSERT": "id application_id applicant_id version kind sealed valid_from"},
    "refusal_intention": {"UPDATE": "ended_at answered_at answered_by documents"},
    "intention_answer": {"INSERT": "application_id applicant_id sealed"},
    "guardian": {
        "INSERT": "id application_id applicant_id version kind sealed consented_at valid_from"
    },
    "document_upload": {"INSERT": _ANNOUNCED, "UPDATE": "sent_at replaced_at"},
    "document_content": {"INSERT": "upload_id applicant_id sealed"},
}
#: A case that is withdrawn leaves the desk.
_DESK = {"assignment": {"UPDATE": "ended_at ended_by"}}
_PUT_ON_A_DESK = "application_id officer role assigned_at assigned_by"
_MOVED = "ended_at ended_by reason"

_PROPOSES = {
    "correction": {
        "INSERT": "id application_id applicant_id version state proposed_at proposed_by"
        " proposed_role closed_at closed_by reason"
    },
    "identity_version": {
        "INSERT": f"{_NAMED} number nationality_code passport_last_four written_at"
    },
}
_APPROVES = {"correction": {"UPDATE": "state approved_at approved_by closed_at closed_by reason"}}

_SUBSCRIBES = {
    "mail_subscription": {
        "INSERT": "id subject occasion country_code partner_code centre_code visa_type_code"
        " language address",
        "UPDATE": "renewals address is_ended",
    },
    "saved_view": {"INSERT": "id subject name page query", "UPDATE": "name query removed_at"},
}
_NOTES = {
    "month_note": {
        "INSERT": "id author month partner_code country_code text",
        "UPDATE": "text removed_at",
    },
}

#: What whoever manages an endpoint writes of it.
_TELLS = "paused_by resumed_by removed_by redeliver_from redeliver_through redeliver_by"
#: What whoever answers a complaint writes of it.
_ANSWERS_COMPLAINTS = {
    "complaint": {"UPDATE": "answered_by answered_role"},
    "complaint_text": {"UPDATE": "sealed"},
}
#: By role, table and verb.
WRITTEN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "LEADERSHIP": {**_ONCE, **_SUBSCRIBES, **_NOTES},
    "PARTNER_MANAGER": {
        **_ONCE, **_SUBSCRIBES, **_NOTES, **_ANSWERS_COMPLAINTS,
        "webhook_endpoint": {"UPDATE": f"approved_by {_TELLS}"},
    },
    "OFFICER": {
        **_ONCE, **_APPROVES, **_SUBSCRIBES,
        "application": {
            "UPDATE": "status closed_at current_decision_id is_referred was_info_requested"
            " answer_by"
        },
        "application_event": {"INSERT": _HAPPENED},
        "assignment": {"INSERT": _PUT_ON_A_DESK, "UPDATE": _MOVED},
        "decision": {"INSERT": _DECIDED},
        "withheld_decision": {"INSERT": _WITHHELD},
        "person_link": {"UPDATE": "state resolved_at resolved_by resolved_in resolution"},
        "case_note": {"INSERT": _NOTED},
        "requested_item": {"INSERT": "id application_id kind note requested_at"},
        "refusal_intention": {"INSERT": "application_id grounds note announced_at announced_by"},
        "screening": {"INSERT": _ASKED},
        "visa": {"INSERT": _ISSUED},
    },
    "SUPERVISOR": {
        **_ONCE, **_APPROVES, **_SUBSCRIBES, **_ANSWERS_COMPLAINTS,
        "application": {
            "UPDATE": "status closed_at current_decision_id is_referred is_held is_urgent"
        },
        "application_event": {"INSERT": _HAPPENED},
        "assignment": {"INSERT": _PUT_ON_A_DESK, "UPDATE": _MOVED},
        "decision": {"INSERT": _DECIDED},
        "screening": {
            "INSERT": f"{_ASKED} proposed proposed_by reason",
            "UPDATE": "proposed proposed_by reason",
        },
        "visa": {"INSERT": _ISSUED, "UPDATE": "revoked_at superseded_at"},
        "case_note": {"INSERT": _NOTED},
        "alert": {"UPDATE": "closed_by close_reason"},
        "inquiry": {
            "INSERT": "id reference reason minutes most_people opened_by",
            "UPDATE": "approved_by reviewed_by verdict review_reason",
        },
        "budget_exception": {
            "INSERT": "id viewer role reason most_people minutes proposed_by",
            "UPDATE": "approved_by",
        },
        # Of rules that grant and pools alone, which an administrator proposes.
        "reference_change": {"UPDATE": "approved_by cancelled_by cancel_reason"},
        "grant_rule_stop": {"INSERT": "id rule_code stopped_by reason"},
        "screening_replay": {"INSERT": "id asked_by"},
        "legal_hold": {
            "INSERT": "id application_id reason held_by",
            "UPDATE": "released_by release_reason",
        },
    },
    "PARTNER_AGENT": {
        **_WHOEVER_LODGES, **_DESK, **_PROPOSES, **_TAKES_IN, **_SUBSCRIBES,
        "application": {"INSERT": _LODGED, "UPDATE": "status closed_at received_at paused_seconds"},
    },
    "APPLICANT": {
        **_WHOEVER_LODGES, **_DESK, **_PROPOSES,
        "application": {
            "INSERT": f"{_LODGED} extends_visa_number",
            "UPDATE": "status closed_at paused_seconds",
        },
        "data_request": {
            "INSERT": "id reference kind applicant_id account lodged_by lodged_role"
        },
        "complaint": {
            "INSERT": "id reference applicant_id account application_id centre_code"
        },
        "complaint_text": {"INSERT": "complaint_id sealed"},
        "visa": {"UPDATE": "returned_at"},
        "file_claim": {"INSERT": "application_id account code"},
    },
    "PARTNER_SERVICE": {
        **_WHOEVER_LODGES, **_DESK, **_PROPOSES, **_TAKES_IN,
        "document_upload": {"INSERT": f"{_ANNOUNCED} locator", "UPDATE": "sent_at replaced_at"},
        "application": {"INSERT": _LODGED, "UPDATE": "status closed_at received_at paused_seconds"},
        "visa_document": {"UPDATE": "fetched_at fetched_by"},
        "webhook_endpoint": {
            "INSERT": "id partner_code country_code url secret registered_by",
            "UPDATE": f"secret {_TELLS}",
        },
    },
    "SCREENING": {
        **_ONCE,
        "application": {"UPDATE": "is_referred has_open_hit"},
        "application_event": {"INSERT": _HAPPENED},
        "assignment": {"INSERT": _PUT_ON_A_DESK, "UPDATE": "ended_at ended_by"},
        "screening": {
            "UPDATE": "result answered_at answered_by confirmed_by proposed proposed_by reason"
        },
        "ban_entry": {
            "INSERT": "id reference ground reason banned_from banned_until proposed_by",
            "UPDATE": "approved_by rejected_by reject_reason withdrawal_proposed_by"
            " withdrawal_reason withdrawn_by",
        },
        "banned_person": {
            "INSERT": "ban_id issuing_state sealed passport_number full_name birth_date"
        },
    },
    "AUDITOR": {
        **_ONCE, **_SUBSCRIBES,
        "complaint": {
            "UPDATE": "answered_by answered_role kind sorted_by entrusted_to entrusted_by"
        },
        "complaint_text": {"UPDATE": "sealed"},
        "data_request": {
            "INSERT": "id reference kind applicant_id account lodged_by lodged_role",
            "UPDATE": "applicant_id outcome reason answered_by lookups_proposed_by"
            " lookups_approved_by",
        },
        "erasure": {"INSERT": "id applicant_id data_request_id cause"},
        "breach": {
            "INSERT": "id description noticed_at window_from window_before viewer recorded_by",
            "UPDATE": "institution_notice institution_notified_by people_notice people_notified"
            " people_notified_by notice_in_english notice_in_indonesian people_reached"
            " close_reason closed_by",
        },
        # Of events alone, which an administrator proposes.
        "reference_change": {"UPDATE": "approved_by cancelled_by cancel_reason"},
    },
    "TREASURY": {
        **_ONCE,
        "application": {"UPDATE": "status paid_at fee_idr target_due_at"},
        "application_event": {"INSERT": _HAPPENED},
        "bill": {"UPDATE": "paid_at receipt_number"},
        "payment_reversal": {"INSERT": "id receipt_number reversal_number reason reported_by"},
        "unmatched_payment": {
            "INSERT": "id receipt_number billing_code amount_idr kept_by",
            "UPDATE": "recommended_by reason recommended_bill seconded_by second_reason"
            " order_number ordered_on ordered_by",
        },
    },
    "BORDER": {
        **_ONCE,
        "crossing": {
            "INSERT": "id reported_by report_key direction crossed_at port passengers visa_number",
        },
        "overstay_confirmation": {"INSERT": "id confirmed_by stay_id"},
    },
    "ADMINISTRATOR": {
        **_ONCE,
        "reference_change": {
            "INSERT": "id kind decree reason changed proposed_by",
            "UPDATE": "approved_by cancelled_by cancel_reason",
        },
        "suspension": {
            "INSERT": "id partner_code subject reason suspended_by",
            "UPDATE": "confirmed_by lift_proposed_by lift_reason lifted_by",
        },
    },
}  # fmt: skip

_NOT_APPLICANTS = (
    "OFFICER SUPERVISOR PARTNER_AGENT PARTNER_SERVICE SCREENING TREASURY ADMINISTRATOR"
)
#: What a role never reads of a case, even where it changes something.
NEVER_READ: Mapping[str, str] = {
    "decision": "PARTNER_AGENT APPLICANT PARTNER_SERVICE SCREENING TREASURY ADMINISTRATOR",
    "screening": "OFFICER PARTNER_AGENT APPLICANT PARTNER_SERVICE TREASURY ADMINISTRATOR",
    # An applicant alone is known from before, where something is handed in.
    "identity": f"AUDITOR {_NOT_APPLICANTS}",
    "data_request": _NOT_APPLICANTS,
    "complaint_text.sealed": f"APPLICANT AUDITOR {_NOT_APPLICANTS}",
    "complaint.account": f"APPLICANT AUDITOR {_NOT_APPLICANTS}",
    "complaint": _NOT_APPLICANTS.replace(" SUPERVISOR", ""),
    "legal_hold": f"APPLICANT AUDITOR {_NOT_APPLICANTS}".replace(" SUPERVISOR", ""),
    "applicant.account": "AUDITOR",
    "applicant": _NOT_APPLICANTS,
    "applicant.passport_last_four": "APPLICANT",
    "access_event": "OFFICER SUPERVISOR PARTNER_AGENT APPLICANT PARTNER_SERVICE SCREENING TREASURY"
    " ADMINISTRATOR",
    "requested_item": "SCREENING TREASURY ADMINISTRATOR",
    "requested_item.note": "PARTNER_SERVICE",
    "refusal_intention": "SCREENING TREASURY ADMINISTRATOR",
    "refusal_intention.note": "PARTNER_SERVICE",
    "refusal_intention.announced_by": "PARTNER_AGENT APPLICANT PARTNER_SERVICE",
    "case_document": "SCREENING TREASURY ADMINISTRATOR",
    "case_document.recorded_by": "PARTNER_AGENT APPLICANT PARTNER_SERVICE",
    "application_event.reason": "PARTNER_AGENT APPLICANT PARTNER_SERVICE SCREENING TREASURY",
    "application.is_linked": "PARTNER_AGENT APPLICANT PARTNER_SERVICE SCREENING TREASURY",
    "person_link": "SUPERVISOR PARTNER_AGENT APPLICANT PARTNER_SERVICE SCREENING TREASURY"
    " ADMINISTRATOR",
    "person_lookup": "OFFICER SUPERVISOR PARTNER_AGENT APPLICANT PARTNER_SERVICE SCREENING TREASURY"
    " ADMINISTRATOR",
    "visa_check": f"APPLICANT AUDITOR {_NOT_APPLICANTS}",
    "person_index": "OFFICER SUPERVISOR PARTNER_AGENT APPLICANT PARTNER_SERVICE SCREENING TREASURY"
    " ADMINISTRATOR",
    # Who is banned nobody reads where something is changed.
    **dict.fromkeys(
        ("banned_person", "ban_index", "ban_match", "ban_read"), f"APPLICANT {_NOT_APPLICANTS}"
    ),
    "ban_entry": "OFFICER SUPERVISOR PARTNER_AGENT APPLICANT PARTNER_SERVICE TREASURY"
    " ADMINISTRATOR",
    "application.reference": "TREASURY",
    "application.applicant_id": "TREASURY",
    "application.centre_code": "TREASURY",
    "application.is_held": "OFFICER PARTNER_AGENT APPLICANT PARTNER_SERVICE SCREENING TREASURY",
    "application.has_open_hit": "OFFICER PARTNER_AGENT APPLICANT PARTNER_SERVICE SCREENING"
    " TREASURY",
    "application.is_visa_held": "OFFICER PARTNER_AGENT APPLICANT PARTNER_SERVICE SCREENING"
    " TREASURY",
    "correction": "SCREENING TREASURY ADMINISTRATOR",
    "identity_version.full_name": "OFFICER SUPERVISOR PARTNER_AGENT APPLICANT PARTNER_SERVICE"
    " SCREENING TREASURY",
    "identity_version.sealed": "OFFICER SUPERVISOR PARTNER_AGENT APPLICANT PARTNER_SERVICE"
    " SCREENING TREASURY",
    "document_upload": "OFFICER SUPERVISOR AUDITOR SCREENING TREASURY ADMINISTRATOR",
    "document_content": f"APPLICANT AUDITOR {_NOT_APPLICANTS}",
    "visa_document.sealed": f"APPLICANT AUDITOR {_NOT_APPLICANTS}",
    "assignment.officer": "PARTNER_AGENT APPLICANT PARTNER_SERVICE SCREENING TREASURY",
}
