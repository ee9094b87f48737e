"""Examines the reference data: whether any is missing, or none is in force today."""

import asyncpg

from gateway.doctor.finding import Examination, Finding

_INIT = "Run `gerbang init`"
_FILE = "or give `gerbang init --files DIR` a file"
#: Prefix of every query: today's date, and what is offered or open on it.
_TODAY = """
    WITH today AS (SELECT timezone('Asia/Jakarta', clock_timestamp())::date AS on_day),
    offered AS (SELECT visa_type.* FROM visa_type, today
        WHERE valid_from <= on_day AND (valid_until IS NULL OR valid_until > on_day)),
    calling AS (SELECT EXISTS (SELECT FROM (
        SELECT DISTINCT ON (country_code) entry FROM entry_rule, today WHERE valid_from <= on_day
        ORDER BY country_code, valid_from DESC) AS rule WHERE entry = 'CALLING_VISA') AS exists),
    open_country AS (SELECT partner_country.* FROM partner_country, today
        WHERE opened_on <= on_day AND (closed_on IS NULL OR closed_on > on_day))
"""

QUESTIONS = (
    Examination(
        "SELECT 'There are no countries.' WHERE NOT EXISTS (SELECT FROM country)",
        "Nobody's nationality is known, so no application can be handed in.",
        f"{_INIT}.",
    ),
    Examination(
        "SELECT 'No entry rule is in force today.' WHERE EXISTS (SELECT FROM country)"
        " AND NOT EXISTS (SELECT FROM entry_rule, today WHERE valid_from <= on_day)",
        "Calling-visa nationalities would be taken for others, without a clearance.",
        f"{_INIT}, or propose them as an administrator (proposeEntryRule).",
    ),
    Examination(
        "SELECT 'No visa type is offered today.' WHERE NOT EXISTS (SELECT FROM offered)",
        "Nothing can be applied for.",
        f"{_INIT}, or propose one as an administrator (proposeVisaType).",
    ),
    Examination(
        "SELECT format('Nobody may take %s today.', string_agg(code, ', ' ORDER BY code))"
        " FROM offered WHERE NOT EXISTS (SELECT FROM (SELECT DISTINCT ON (entry, purpose) is_open"
        " FROM eligibility, today WHERE visa_type_code = offered.code AND valid_from <= on_day"
        " ORDER BY entry, purpose, valid_from DESC) AS rule WHERE is_open) HAVING count(*) > 0",
        "Nobody is eligible, so no application of these types can be handed in.",
        f"Propose it as an administrator (proposeEligibility), {_FILE} of eligibility.",
    ),
    Examination(
        "SELECT format('No fee is in force today for %s.', string_agg(code, ', ' ORDER BY code))"
        " FROM offered WHERE NOT EXISTS (SELECT FROM (SELECT DISTINCT ON (use_within_days)"
        " is_offered FROM fee, today WHERE visa_type_code = offered.code AND fee.valid_from <="
        " on_day ORDER BY use_within_days, fee.valid_from DESC) AS rule WHERE is_offered)"
        " HAVING count(*) > 0",
        "Nothing can be billed, so no application of these types can be handed in.",
        f"Propose it as an administrator (proposeFee), {_FILE} of fees.",
    ),
    Examination(
        "SELECT format('No passport rule is in force today for %s.',"
        " string_agg(code, ', ' ORDER BY code)) FROM offered WHERE NOT EXISTS (SELECT FROM"
        " passport_rule, today WHERE visa_type_code = offered.code"
        " AND passport_rule.valid_from <= on_day) HAVING count(*) > 0",
        "Nobody could say how long a passport must be valid, so no application of these types can"
        " be handed in.",
        f"{_INIT}, or propose it as an administrator (proposePassportRule).",
    ),
    Examination(
        "SELECT format('No service target is in force today for %s.',"
        " string_agg(code, ', ' ORDER BY code)) FROM offered WHERE NOT EXISTS (SELECT FROM"
        " service_target, today WHERE visa_type_code = offered.code AND clock = 'STANDARD'"
        " AND service_target.valid_from <= on_day) HAVING count(*) > 0",
        "No payment can be recorded, since nobody could say until when it is to be decided.",
        f"Propose it as an administrator (proposeServiceTarget), {_FILE} of targets.",
    ),
    Examination(
        "SELECT format('No service target for calling-visa nationalities is in force today.')"
        " FROM calling WHERE calling.exists AND EXISTS (SELECT FROM offered)"
        " AND NOT EXISTS (SELECT FROM service_target, today"
        " WHERE clock = 'CALLING_VISA' AND valid_from <= on_day)",
        "No payment of a calling-visa nationality can be recorded.",
        "Propose it as an administrator (proposeServiceTarget with clock CALLING_VISA).",
    ),
    Examination(
        "SELECT format('No deadline is in force today for %s.', string_agg(wait, ', '))"
        " FROM unnest(ARRAY['PAYMENT', 'BILLING_CODE', 'ANSWER', 'INTENTION']) AS wait"
        " WHERE NOT EXISTS (SELECT FROM deadline, today WHERE deadline.wait = wait.wait"
        " AND valid_from <= on_day)"
        " HAVING count(*) > 0",
        "Applications that wait for their applicant would wait for ever; nothing can be billed.",
        f"{_INIT}, or propose them as an administrator (proposeDeadline).",
    ),
    Examination(
        "SELECT format('No day off of %s is recorded, and targets are in working days.', year)"
        " FROM today, date_part('year', on_day + 60) AS year WHERE EXISTS (SELECT FROM"
        " service_target WHERE working_days IS NOT NULL) AND NOT EXISTS (SELECT FROM day_off WHERE"
        " date_part('year', day) = year)",
        "Its holidays count as worked: targets end too early, and good work is counted as late.",
        "Propose them as an administrator (proposeDayOff), as soon as they are decreed.",
    ),
    Examination(
        "SELECT format('%s rows of reference data are in no change of the ledger.', count(*))"
        " FROM find_unrecorded_reference_rows() HAVING count(*) > 0",
        "Somebody wrote them past the two administrators that a change takes.",
        "Find out who; `gerbang init` then writes them into the ledger as what came without a"
        " decree.",
    ),
    Examination(
        "SELECT 'No partner takes applications today.' WHERE NOT EXISTS (SELECT FROM open_country)",
        "Only who applies directly can apply; no agent can hand anything in.",
        f"{_INIT} --files DIR with your partners, their countries and centres, or propose them as"
        " an administrator (proposePartner, proposePartnerCountry, proposeCentre).",
    ),
)


async def examine_reference_data(owner: asyncpg.Connection) -> list[Finding]:
    """Findings about reference data that is missing today."""
    return [
        Finding(row[0], question.why, question.mend)
        for question in QUESTIONS
        for row in await owner.fetch(_TODAY + question.query)
    ]
