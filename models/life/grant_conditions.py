"""What has to be certain before an application is granted by rule: the whole table, from which the
keeper, the tests and `docs/grants-by-rule.md` are made.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from models.ban import LIST_VERSION, RULE_VERSION
from models.case.file import OWES_FEE
from models.person.person_link import COUNTING_LINKS, linked_files
from models.reference.grant_rule import LEAST_SAMPLED, LEAST_WAIT_HOURS
from models.vocabulary import (
    OPEN_CORRECTIONS,
    SURE_LINKS,
    GrantCondition,
    LinkState,
    UploadState,
)

#: How long an answer of screening is good for.
CLEARED_HOURS = 24
#: Who is younger is not granted alone.
ADULT_YEARS = 18
#: Larger groups are tours, whose files go one by one, and have a list of their own by reference; a
#: family is shown with each of its files.
LARGEST_FAMILY = 20


def is_adult(born: date, on: date) -> bool:
    """Whether somebody is of age on a day; on the birthday, too."""
    months = 12 * (on.year - born.year) + on.month - born.month
    return months - (on.day < born.day) >= 12 * ADULT_YEARS


@dataclass(frozen=True, slots=True)
class Traveller:
    """What is opened of a person to judge them, and what the file says of the passport."""

    birth_date: date
    passport_expires_on: date | None
    passport_needed_until: date
    on: date
    #: Whether an adult of the family is granted at the same time.
    has_company: bool

    @property
    def is_adult(self) -> bool:
        return is_adult(self.birth_date, self.on)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: what must hold, what could happen otherwise, and how it is known."""

    name: GrantCondition
    words: str
    #: What could go wrong without it.
    otherwise: str
    #: In SQL, of the rows `application` and `rule`; None where a person is opened for it, or the
    #: others of a family are judged.
    sql: str | None = None
    #: Of the person, opened by the principal that grants.
    holds: Callable[[Traveller], bool] | None = None


_TODAY = "wib_day(clock_timestamp())"
_CORRECTIONS = ", ".join(f"'{state}'" for state in OPEN_CORRECTIONS)
_ENTRY = f"""(
        SELECT entry FROM entry_rule
        WHERE country_code = application.nationality_code AND valid_from <= {_TODAY}
        ORDER BY valid_from DESC LIMIT 1
    )"""  # noqa: S608 - constants alone
_ANSWER = """(
        SELECT {} FROM screening
        WHERE application_id = application.id AND kind = 'ENTRY_BAN' AND voided_at IS NULL
        ORDER BY requested_at DESC, id DESC LIMIT 1
    )"""
_C = GrantCondition
CONDITIONS = (
    Condition(
        _C.PAID,
        "It asks for a visa, not for an extension of a stay, and is paid and open: neither begun by"
        " an officer nor decided, withdrawn or lapsed.",
        "A visa without the state's revenue, or against what somebody has begun.",
        "application.status = 'PAID' AND application.extends_visa_number IS NULL",
    ),
    Condition(
        _C.NATIONALITY,
        "The person has a nationality that the rule names.",
        "A grant that nobody decreed.",
        "application.nationality_code = ANY (rule.nationalities)",
    ),
    Condition(
        _C.NOT_TOO_EARLY,
        f"The rule's hours after the payment have passed, at least {LEAST_WAIT_HOURS}.",
        "Whoever is granted within minutes knows not to be on the list, and whoever is not, the"
        " contrary.",
        "application.paid_at + rule.hours_after_payment * interval '1 hour' <= clock_timestamp()",
    ),
    Condition(
        _C.HANDED_OVER,
        "A partner that took it in has handed it over.",
        "A file that still changes.",
        "(application.received_at IS NOT NULL OR application.partner_code IS NULL)",
    ),
    Condition(
        _C.DOCUMENTS,
        "Every document of its checklist is there, and none is another one than was registered.",
        "An incomplete file, or one with a document that was changed.",
        f"""NOT EXISTS (
        SELECT FROM case_document
        WHERE application_id = application.id AND recorded_at IS NULL
    ) AND NOT EXISTS (
        SELECT FROM document_upload
        WHERE application_id = application.id AND state = '{UploadState.CHANGED}'
            AND replaced_at IS NULL
    )""",  # noqa: S608 - constants alone
    ),
    Condition(
        _C.SCANNED,
        "Of what was sent last, nothing waits for the scanner, and in nothing it found something;"
        " a document that counts besides makes no difference.",
        "A grant on what nobody could open, or on something made to attack whoever opens it.",
        f"""NOT EXISTS (
        SELECT FROM document_upload
        WHERE application_id = application.id AND replaced_at IS NULL
            AND state IN ('{UploadState.PENDING}', '{UploadState.REFUSED}')
    )""",
    ),
    Condition(
        _C.ELIGIBLE,
        "The nationality may take the visa type for the purpose today, and needs no clearance.",
        "A visa that the law does not know.",
        f"""({_ENTRY} <> 'CALLING_VISA' AND (
        SELECT is_open FROM eligibility
        WHERE visa_type_code = application.visa_type_code AND purpose = application.trip_purpose
            AND entry = {_ENTRY} AND valid_from <= {_TODAY}
        ORDER BY valid_from DESC LIMIT 1
    ))""",  # noqa: S608 - constants alone
    ),
    Condition(
        _C.LINKED,
        "The search for other files of the person is done.",
        "Somebody who was refused elsewhere minutes ago.",
        "application.is_linked",
    ),
    Condition(
        _C.CLEARED,
        "The latest answer of screening is CLEAR, of the system or of people: what was a hit once"
        " is an officer's.",
        "Somebody who is banned. Where screening is out, nothing is granted.",
        f"{_ANSWER.format('result')} = 'CLEAR'",
    ),
    Condition(
        _C.CLEARED_LATELY,
        f"That answer is less than {CLEARED_HOURS} hours old.",
        "A grant on what nobody has looked at for days.",
        f"{_ANSWER.format('answered_at')} > clock_timestamp() - interval '{CLEARED_HOURS} hours'",
    ),
    Condition(
        _C.BY_TODAYS_LIST,
        "That answer is by the entry-ban list and the rule that are in force now. The system"
        " compares anew what lacks nothing else.",
        "Somebody who was banned since, under another spelling.",
        f"{_ANSWER.format('(list_version || rule_version)')} = {LIST_VERSION} || '{RULE_VERSION}'",
    ),
    Condition(
        _C.NO_CANDIDATE,
        "Nobody on the entry-ban list in force is like the person.",
        "Somebody who is banned under another spelling.",
        """NOT EXISTS (
        SELECT FROM ban_match WHERE application_id = application.id AND ended_at IS NULL
    )""",
    ),
    Condition(
        _C.NO_HIT,
        "No hit waits for a supervisor.",
        "Somebody about whom supervision has yet to say who it is.",
        "NOT application.has_open_hit",
    ),
    Condition(
        _C.NOT_HELD,
        "It is not held, and its fee is not owed again.",
        "A grant past a supervisor, or for money that is gone.",
        f"NOT application.is_held AND NOT ({OWES_FEE})",
    ),
    Condition(
        _C.NO_LINKED_REFUSAL,
        "No other file of the person, or of whoever may be the same person, was ever refused or"
        " revoked, or has to do with the list; links that nobody has confirmed count, and there"
        " are not so many that some may be missing. So no rule grants what officers may grant with"
        " a second person alone.",
        "Somebody who tries again elsewhere.",
        # Of a crowd, this says so before the files of all of it are looked at.
        f"""NOT EXISTS (
    {COUNTING_LINKS}
    ) AND NOT EXISTS (
        SELECT FROM {linked_files((*SURE_LINKS, LinkState.PROPOSED))}
        WHERE other.status IN ('REFUSED', 'REVOKED') OR other.has_open_hit
            OR EXISTS (
                SELECT FROM decision
                WHERE application_id = other.id AND outcome = 'REFUSED'
            ) OR EXISTS (
                SELECT FROM ban_match
                WHERE application_id = other.id AND ended_at IS NULL
            )
    )""",  # noqa: S608 - constants alone
    ),
    Condition(
        _C.NO_CORRECTION,
        "No correction of the person waits.",
        "A visa for a name that is about to change.",
        f"""NOT EXISTS (
        SELECT FROM correction
        WHERE applicant_id = application.applicant_id AND state IN ({_CORRECTIONS})
    )""",
    ),
    Condition(
        _C.NO_INQUIRY,
        "The person was opened in no inquiry that has yet to be reviewed.",
        "A grant in the middle of an inquiry.",
        """NOT EXISTS (
        SELECT FROM inquiry_person JOIN inquiry USING (reference)
        WHERE applicant_id = application.applicant_id AND is_open
    )""",
    ),
    Condition(
        _C.NOTHING_TO_READ,
        "Nothing was asked of the person, so that no answer has to be read.",
        "A text that nobody has read.",
        """NOT (application.was_info_requested OR EXISTS (
        SELECT FROM requested_item WHERE application_id = application.id
    ))""",
    ),
    Condition(
        _C.ON_NO_DESK,
        "It is, and was, on nobody's desk.",
        "A grant of what an officer has given back, or works on.",
        "NOT EXISTS (SELECT FROM assignment WHERE application_id = application.id)",
    ),
    Condition(
        _C.NO_NAMED_GUARDIAN,
        "Nobody is named who accompanies a minor: what is named is an officer's to read.",
        "A child who travels with somebody whom nobody has looked at.",
        "application.guardian_kind IS DISTINCT FROM 'NAMED'",
    ),
    Condition(
        _C.PASSPORT,
        "The passport is valid for as long as the rule of the day of handing in demands.",
        "A visa that serves nobody at the border.",
        holds=lambda one: (
            one.passport_expires_on is not None
            and one.passport_expires_on >= one.passport_needed_until
        ),
    ),
    Condition(
        _C.ADULT_OR_WITH_FAMILY,
        f"The person is at least {ADULT_YEARS} years old, or an adult of the family is granted"
        " together with them.",
        "A child who travels alone.",
        holds=lambda one: one.is_adult or one.has_company,
    ),
    Condition(
        _C.FAMILY,
        f"All open files of a family, which is a group of up to {LARGEST_FAMILY}, meet every"
        " condition: it is granted together, or waits together.",
        "A family of which a part is told before the others.",
    ),
)
#: Which conditions a person is opened for.
OF_A_PERSON = tuple(one for one in CONDITIONS if one.holds is not None)


def unmet_sql() -> str:
    """The names of the conditions that are not met, of those that the rows say, as an array."""
    cases = ",\n    ".join(
        f"CASE WHEN ({one.sql}) IS NOT TRUE THEN '{one.name}' END"
        for one in CONDITIONS
        if one.sql is not None
    )
    return f"array_remove(ARRAY[\n    {cases}\n], NULL)"


_HEAD = f"""\
# Grants by rule

Made from `models/life/grant_conditions.py` by `make snapshots`. What the keeper looks at, what the
tests plant, and this page are one table: a condition that is loosened shows here as a difference.

The machine may grant, and never refuses: what meets one condition less than all waits for an
officer, like every file where no rule is in force. None is until it is decreed: an administrator
proposes a version of a rule (`proposeGrantRule`) for a visa type and a set of nationalities, with
the official in whose name it decides, and a supervisor approves it. Any supervisor stops it at once
(`stopGrantRule`), and it goes on by another version, which takes the two again.

Of what meets every condition, a share (at least {LEAST_SAMPLED} in a hundred, drawn at random) is
left to officers, who see nothing of that: the file looks like any other. Supervisors and auditors
read of each case what the rule found (`Application.grantCheck`), and `grantRuleFigures` counts what
people refuse of the sample. A fifth of it is decided by two officers, each for themselves: what the
first decides is withheld, and the second learns of no first
([0086](decisions/0086-the-first-of-two-decisions-is-withheld.md)). Where they differ, it is a
supervisor's to look at.
"""
_ASSESSMENT = """\

## Impact assessment

| condition | what must hold | what could happen otherwise | how it is known |
|---|---|---|---|"""
_REMAINS = """
Each condition fails closed: what is missing, unknown or out of reach counts as not met. The last
three are judged by a principal of its own, which opens birth date and passport of whom the rows say
nothing against, through the key service, with a receipt and a line in the log of reads.

What remains: whoever waits longer than the rule's hours may be of the sample, a child, of a family,
short of a document, or somebody of whom the list knows. An answer of screening that has grown old
is not renewed by itself: such a file waits for an officer."""


def grants_page() -> str:
    """The page for readers, as Markdown."""
    return "\n".join([_HEAD + _ASSESSMENT, *_rows(), _REMAINS]) + "\n"


def _rows() -> Iterator[str]:
    for one in CONDITIONS:
        known = "the rows" if one.sql else "the person, opened" if one.holds else "the others' rows"
        yield f"| `{one.name}` | {one.words} | {one.otherwise} | {known} |"
