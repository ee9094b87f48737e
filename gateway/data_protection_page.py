"""Renders what is done with data of people, as the law wants it recorded and assessed:
`docs/data-protection.md`, from the policy, the tables and the periods of retention.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Table

from gateway.policy import (
    COUNTED_ENDINGS,
    MOST_ENDINGS,
    NAMES_NO_CASE,
    OF_A_PERSON,
    POLICY,
    PURPOSES,
    READ_BUDGETS,
)
from models import (
    BannedPerson,
    Base,
    CaseNote,
    ComplaintText,
    Decision,
    Guarantor,
    Guardian,
    Identity,
    IdentityVersion,
    IntentionAnswer,
    ItemAnswer,
    VisaDocument,
)
from models.person.vault import ACCOMPANIED, ANSWERED, CODE, COMPLAINED, GUARANTEED, SEALED
from models.rights.breach import NOTICE_HOURS
from models.rights.data_request import ANSWER_HOURS, COPIES_DAYS
from models.rights.retention import BAN_DAYS, DAYS_KEPT, INDEX_DAYS, LOG_DAYS, MOVEMENT_DAYS
from models.vocabulary import DataRequestKind, Purpose, Role

_HEAD = """\
# Data protection

Made from `gateway/policy.py`, the tables and `models/rights/retention.py` by `make snapshots`;
`make check` refuses a page that says something else. So a loosened right, a new table about people
or a longer period shows here as a difference.

It is the part of the records of processing (UU 27/2022, article 31) and of the impact assessment
(article 34) that the code knows. What it cannot know, a controller adds: its name and its data
protection officer, the legal basis of each purpose, the contracts with partners and providers,
where the servers stand, and who weighed what remains.
"""
_RECORD = "## Record of processing\n"
_ASSESSMENT = """\
## Impact assessment

Identity documents of many people, some refused or banned: a high risk by article 34. What keeps it
small is below; each threat, its control and the tests that prove it are in
[SECURITY.md](../SECURITY.md), with what is not covered.
"""
#: The types of the API that say who somebody is, or part of it.
_WHO = (
    *("Identity", "IdentityVersion", "PassportEnding", "BannedPerson", "VisaDocument"),
    *("ItemAnswer", "IntentionAnswer", "Guarantor", "Guardian", "CaseNote"),
)
_SEALED_TABLES = (
    *(Identity, IdentityVersion, BannedPerson, VisaDocument, ItemAnswer, Guarantor),
    *(IntentionAnswer, Guardian, CaseNote, ComplaintText),
)
_SEALED = (*SEALED, CODE, *ANSWERED, *COMPLAINED, *GUARANTEED, *ACCOMPANIED)
_PURPOSES: Mapping[Purpose, str] = {
    Purpose.CASEWORK: "To decide about an application for a visa",
    Purpose.SUPERVISION: "To look into how an application was handled",
    Purpose.INTAKE: "To take an application in",
    Purpose.OWN_DATA: "To show people what is on file of themselves",
    Purpose.DELIVERY: "To hand a visa over to its holder",
    Purpose.DATA_REQUEST: "To answer a request about one's data that came by letter",
    Purpose.COMPLAINT: "To look into a complaint, of whose complainant nothing else is read",
}
_RIGHTS: Mapping[DataRequestKind, str] = {
    DataRequestKind.ACCESS: "what is on file, and who read it",
    DataRequestKind.RECTIFICATION: "to have it corrected",
    DataRequestKind.ERASURE: "to have it erased",
}


def data_protection_page() -> str:
    """The whole page."""
    lines = (
        *(_HEAD, _RECORD, *_purposes(), *_people(), *_periods(), *_rights()),
        *(_ASSESSMENT, *_reach(), *_limits()),
    )
    return "\n".join(lines)


def _purposes() -> Iterator[str]:
    yield "### Why, and by whom\n"
    yield "| purpose | it is read | in the role |\n|---|---|---|"
    for purpose in Purpose:
        roles = ", ".join(role for role, allowed in PURPOSES.items() if purpose in allowed)
        yield f"| {purpose} | {_PURPOSES[purpose]} | {roles} |"
    free = ", ".join(f"{role} ({word})" for role, word in NAMES_NO_CASE.items())
    yield (
        "\nA read names its purpose and a case, and is logged before it is answered. These need not"
        f" name a case, and are logged under a word instead: {free}.\n"
    )


def _people() -> Iterator[str]:
    yield "### Which data\n"
    yield (
        "Who somebody is, sealed with a key for each person, and what complaints say, with one for"
        " each complaint ([vault.md](vault.md)):\n"
    )
    yield "| table | sealed | beside it |\n|---|---|---|"
    for noun in _SEALED_TABLES:
        table = Base.metadata.tables[noun.__tablename__]
        sealed = [c.name for c in table.c if c.name in _SEALED]
        plain = [c.name for c in table.c if _is_plain(c)]
        yield f"| {table.name} | {', '.join(sealed)} | {', '.join(plain)} |"
    yield (
        "\nOf staff: the provider's name of whoever did something, in the row of what was done, and"
        " the address of a mail subscription."
    )
    tables = ", ".join(f"`{table.name}`" for table in _tables_about_people())
    yield f"\nUnder a pseudonym, in rows that belong to a person or a case: {tables}.\n"


def _is_plain(column: Column[Any]) -> bool:
    return column.name not in _SEALED and column.name not in ("sealed", "versions")


def _tables_about_people() -> list[Table]:
    """The tables from which a chain of keys leads to an applicant, but for those above."""
    of_people = {Base.metadata.tables["applicant"]}
    while True:
        found = {
            table
            for table in Base.metadata.tables.values()
            if any(key.column.table in of_people for key in table.foreign_keys)
        }
        if found <= of_people:
            sealed = {noun.__table__ for noun in _SEALED_TABLES}
            return sorted(of_people - sealed, key=lambda table: table.name)
        of_people |= found


def _periods() -> Iterator[str]:
    yield "### For how long\n"
    yield "Days, unless the settings say otherwise. A person is erased by deleting the own key.\n"
    yield "| what | days |\n|---|--:|"
    for status, days in DAYS_KEPT.items():
        yield f"| a person, after a case ended as {status} | {days:,} |"
    yield f"| digests by which a forger or a revoked holder is found again | {INDEX_DAYS:,} |"
    yield f"| the person of a ban entry, after its end | {BAN_DAYS:,} |"
    yield f"| movements by a visa that is live no more, after the last | {MOVEMENT_DAYS:,} |"
    yield f"| the log of who read whom | {LOG_DAYS:,} |"
    yield f"| copies in backups, after an erasure | {COPIES_DAYS} |\n"


def _rights() -> Iterator[str]:
    yield "### What people may ask\n"
    for kind in DataRequestKind:
        yield f"- {kind}: {_RIGHTS[kind]}, answered within {ANSWER_HOURS} hours."
    yield (
        f"\nOf a breach they are told within {NOTICE_HOURS} hours, and so is the institution: the"
        " page Access lists whom the log has, and at most whom. A breach is recorded there, each"
        " notice with who gave it, how and when, and another auditor closes it; what is overdue"
        " raises an alert. Who looked for a person who asks is opened there by two auditors.\n"
    )


def _reach() -> Iterator[str]:
    yield "### Who reads whom, at most\n"
    yield "| role | of | rows where | fields | people an hour |\n|---|---|---|---|--:|"
    for role in Role:
        of_rule: dict[tuple[str, str], list[str]] = {}
        for name in _WHO:
            rule = POLICY[name].rows.get(role)
            if rule is not None:
                of_rule.setdefault((str(rule), _fields(name, role)), []).append(name)
        for (rule, fields), names in of_rule.items():
            yield f"| {role} | {', '.join(names)} | {rule} | {fields} | {_budget(role, names)} |"
    readers = {role for name in _WHO for role in POLICY[name].rows}
    others = ", ".join(role for role in Role if role not in readers)
    yield (
        "\nThe hour's budget is counted by the database and by the key service, which opens five"
        " times as many in a day and twenty times in a week. These roles read nobody's identity:"
        f" {others}.\n"
    )


def _budget(role: Role, names: list[str]) -> str:
    """How many people at most; of the last characters of passports, how many raise an alert."""
    if names == ["PassportEnding"]:
        return f"an alert at {MOST_ENDINGS}" if role in COUNTED_ENDINGS else ""
    return str(READ_BUDGETS.get(role, ""))


def _fields(name: str, role: Role) -> str:
    """Which fields of a person, in the policy's order."""
    fields = [field for field, roles in POLICY[name].fields.items() if role in roles]
    of_a_person = [field for field in fields if field in OF_A_PERSON or name != "IdentityVersion"]
    return ", ".join(of_a_person)


def _limits() -> Iterator[str]:
    yield "### Decisions by machines\n"
    is_human = not Decision.__table__.c.officer.nullable
    who = (
        "Each decision names the officer who took it" if is_human else "A decision may name nobody"
    )
    yield f"{who}; nothing here profiles or scores people.\n"
