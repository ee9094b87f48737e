"""What officers have on their desks, and what they did in a window."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    Integer,
    Table,
    Text,
    bindparam,
    cast,
    func,
    select,
)

from models.case.application import Application
from models.volumes.grains import keyed_table
from models.volumes.lines import AnySelect, months_and_days
from models.volumes.question import Question
from models.volumes.rollups import MONTH_OF_DAY, Sums

#: What is counted of officers, who are no dimension of volumes: each is a kind of change.
OFFICER_FACTS = ("granted", "refused", "given_back", "given_back_after_reading")


def _officers(name: str) -> Table:
    key = Column("officer", Text, nullable=False), Column("visa_type_code", Text, nullable=False)
    counts = [Column(fact, Integer, nullable=False) for fact in OFFICER_FACTS]
    return keyed_table(name, [Column("starts_on", Date, nullable=False), *key], counts)


#: What each officer did, by day and by month, and visa type: their own decisions (a correction by
#: somebody else changes none of them), the cases given back, and how many of these after reading
#: the person.
OFFICERS, OFFICER_MONTHS = _officers("volume_officer"), _officers("volume_monthly_officer")

ROLLUPS = tuple(
    Sums(
        table,
        {"starts_on": starts_on, "officer": "done_by", "visa_type_code": "visa_type_code"},
        {
            fact: f"CASE kind WHEN 'officer_{fact}' THEN measured ELSE 0 END"
            for fact in OFFICER_FACTS
        },
        "done_by IS NOT NULL",
    )
    for table, starts_on in ((OFFICER_MONTHS, MONTH_OF_DAY), (OFFICERS, "day"))
)

#: Each action of an officer, from the rows that record it, as triggers write it to the outbox.
#: Supervisors, who refuse hits and correct decisions, are no officers.
DONE_BY_OFFICERS = """
    SELECT
        wib_day(decided.occurred_at) AS day,
        application.visa_type_code,
        CASE decided.kind WHEN 'GRANTED' THEN 'officer_granted' ELSE 'officer_refused' END
            AS kind,
        decided.actor AS officer,
        1 AS measured
    FROM application_event AS decided
    JOIN application ON application.id = decided.application_id
    WHERE decided.kind IN ('GRANTED', 'REFUSED') AND decided.actor_role = 'OFFICER'
        AND extends_visa_number IS NULL
    UNION ALL
    SELECT wib_day(desk.ended_at), application.visa_type_code, of.kind, desk.officer, 1
    FROM assignment AS desk
    JOIN application ON application.id = desk.application_id
    CROSS JOIN (
        VALUES ('officer_given_back'), ('officer_given_back_after_reading')
    ) AS of (kind)
    WHERE desk.role = 'OFFICER' AND desk.ended_by = desk.officer AND desk.reason IS NOT NULL
        AND extends_visa_number IS NULL
        AND (of.kind = 'officer_given_back' OR EXISTS (
            SELECT FROM access_event AS was_read
            WHERE was_read.applicant_id = application.applicant_id
                AND was_read.actor = desk.officer
                AND was_read.occurred_at BETWEEN desk.assigned_at AND desk.ended_at
        ))
"""


def desks() -> AnySelect:
    """Rows of ``officer``, and the numbers ``on_desk`` and ``overdue`` as of now."""
    officer = Application.officer
    overdue = func.count().filter(Application.target_due_at < func.now())
    return (
        select(officer, func.count().label("on_desk"), overdue.label("overdue"))
        .where(officer.is_not(None))
        .group_by(officer)
    )


def done_by_officers(question: Question) -> AnySelect:
    """Rows of ``officer``, ``visa_type_code`` and what was done of it in the window."""
    cut = bindparam("cut", question.cut_months, type_=ARRAY(Date))
    c = months_and_days(OFFICER_MONTHS, OFFICERS, cut).c
    sums = [cast(func.sum(c[fact]), BigInteger).label(fact) for fact in OFFICER_FACTS]
    return (
        select(c.officer, c.visa_type_code, *sums)
        .where(c.starts_on >= question.from_on, c.starts_on <= question.to_on)
        .group_by(c.officer, c.visa_type_code)
    )
