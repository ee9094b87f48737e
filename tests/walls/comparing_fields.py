"""Compares the matrix of field rights with what is generated from the policy."""

import re
from collections.abc import Iterator

from graphql import (
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    parse,
)

from models.vocabulary import Role
from tests.walls import administering, subscribing
from tests.walls.change_rights import MAY
from tests.walls.field_rights import (
    BEHIND,
    CARRIERS,
    PAGED,
    RIGHTS,
    ROLES,
    fields_of,
    right,
)

_MARKS = {"●": "R", "◐": "P", "◑": "F", "○": "C", "": "-"}
_PAGE_FIELDS = {"Connection": "edges nodes pageInfo totalCount", "Edge": "cursor node"}
_OF_A_MUTATION = re.compile(r"(\w+)(Payload|Result)")


# --- The page of the policy ----------------------------------------------------------------------


def differences_of_page(page: str) -> list[str]:
    """Where `policy.md` says of a field otherwise than the matrix."""
    found = dict(_read_page(page))
    lines = []
    for coordinate in sorted(found.keys() | RIGHTS.keys()):
        of_page, of_matrix = found.get(coordinate), RIGHTS.get(coordinate)
        if of_page is None or of_matrix is None:
            lines.append(f"{'.'.join(coordinate)} stands in one of the two alone")
            continue
        lines += [
            f"{role} has {of_page[role]} of {'.'.join(coordinate)}, not {of_matrix[role]}"
            for role in ROLES
            if of_page[role] != of_matrix[role]
        ]
    return lines


def _read_page(page: str) -> Iterator[tuple[tuple[str, str], dict[Role, str]]]:
    type_name, columns = "", list[Role]()
    for line in page.split("## Mutations")[0].splitlines():
        if line.startswith("## "):
            type_name = line.removeprefix("## ")
        if not line.startswith("| "):
            continue
        name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        if name == "field":
            columns = [Role(cell.upper().replace(" ", "_")) for cell in cells]
            continue
        name = "[rows]" if name == "*number of rows*" else name
        yield (
            (type_name, name),
            {role: _MARKS[cell] for role, cell in zip(columns, cells, strict=True)},
        )


# --- A role's view of the schema -----------------------------------------------------------------


def differences_of_view(role: Role, sdl: str) -> list[str]:
    """Where the view of a role has a field that the matrix does not give it, or lacks one."""
    objects, inputs, words = _read_view(sdl)
    lines = [
        f"{role}: {type_name} has {sorted(fields - expected)} and lacks {sorted(expected - fields)}"
        for type_name, fields in sorted(objects.items())
        if fields != (expected := _expected_fields(role, type_name))
    ]
    missing = {type_name for type_name, _ in RIGHTS} - {*objects, *CARRIERS, *BEHIND}
    lines += [f"{role}: no {name}" for name in sorted(missing) if fields_of(role, name)]
    lines += [
        f"{role}: {noun}Where filters by {name}, which is not read"
        for noun in PAGED
        for name in inputs.get(f"{noun}Where", ())
        if right(role, noun, name) == "-"
    ]
    lines += [
        f"{role}: {noun} is ordered by {word}, which is not read"
        for noun in PAGED
        for word in words.get(f"{noun}OrderField", ())
        if right(role, noun, _field_of(word)) == "-"
    ]
    return lines


def _read_view(sdl: str) -> tuple[dict[str, set[str]], dict[str, set[str]], dict[str, set[str]]]:
    """The fields of objects and of inputs, and the words of enums, by type."""
    objects, inputs, words = {}, {}, {}
    for one in parse(sdl, no_location=True).definitions:
        match one:
            case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
                objects[one.name.value] = {field.name.value for field in one.fields or ()}
            case InputObjectTypeDefinitionNode():
                inputs[one.name.value] = {field.name.value for field in one.fields or ()}
            case EnumTypeDefinitionNode():
                words[one.name.value] = {value.name.value for value in one.values or ()}
            case _:
                pass
    return objects, inputs, words


def _expected_fields(role: Role, type_name: str) -> set[str]:
    """The fields of a type that the matrix, and that of the mutations, give to a role."""
    if type_name == "Mutation":
        return {mutation for mutation, roles in MAY.items() if role in roles.split()}
    for suffix, fields in _PAGE_FIELDS.items():
        if type_name.removesuffix(suffix) in PAGED and type_name not in PAGED:
            facets = {"facets"} if type_name == "ApplicationConnection" else set[str]()
            return {
                name for name in {*fields.split(), *facets} if right(role, type_name, name) != "-"
            }
    if found := _OF_A_MUTATION.fullmatch(type_name):
        return _expected_of_mutation(role, *found.groups())
    return fields_of(role, type_name)


def _expected_of_mutation(role: Role, name: str, kind: str) -> set[str]:
    mutation = name[0].lower() + name[1:]
    if role not in MAY.get(mutation, "").split():
        return set()
    is_batch = mutation in _BATCHES
    answers = {
        "Result": _answers(mutation),
        "Payload": "results" if is_batch else _answers(mutation),
    }
    shown = {"secret"} if mutation in ("registerWebhook", "rotateWebhookSecret") else set[str]()
    return {answers[kind], "errors", *shown}


def _is_of_a_case(mutation: str) -> bool:
    return mutation not in administering.OF


def _answers(mutation: str) -> str:
    if _is_of_a_case(mutation):
        return _OTHERWISE.get(mutation, "application")
    return _ADMINISTERED[mutation]


#: What answers item by item.
_BATCHES = {
    "submitApplications",
    "proposeCorrections",
    "withdrawApplications",
    "answerInformationRequests",
    "recordScreenings",
    "confirmScreenings",
}
#: What a change answers with whose caller reads more, or less, than one case.
_OTHERWISE = {
    "recordScreenings": "screening",
    "confirmScreenings": "screening",
    "recordPayment": "bill",
    "renewBill": "bill",
    "recordScreening": "screening",
    "confirmScreening": "screening",
    "relieveOfficer": "relieved",
    "closeAlert": "alert",
    "fetchVisa": "visaDocument",
    **dict.fromkeys(("requestUpload", "registerDocument"), "upload"),
    **dict.fromkeys(
        ("subscribeToMail", "renewMailSubscription", "endMailSubscription"), "mailSubscription"
    ),
    **dict.fromkeys(("saveView", "renameSavedView", "removeSavedView"), "savedView"),
    **dict.fromkeys(("noteMonth", "removeMonthNote"), "monthNote"),
    **dict.fromkeys(subscribing.TABLES["webhook_endpoint"].mutations, "webhookEndpoint"),
    **dict.fromkeys(subscribing.TABLES["complaint"].mutations, "complaint"),
    **dict.fromkeys(("openInquiry", "approveInquiry", "reviewInquiry"), "inquiry"),
}
#: What each change that is of no case answers with, by its table.
_ANSWERED = {
    "suspension": "suspension",
    "ban_entry": "banEntry",
    "data_request": "dataRequest",
    "legal_hold": "legalHold",
    "breach": "breach",
    "unmatched_payment": "unmatchedPayment",
    "payment_reversal": "bill",
    "crossing": "recorded",
    "overstay_confirmation": "recorded",
    "grant_rule_stop": "grantRule",
    "screening_replay": "screeningReplay",
    "budget_exception": "budgetException",
    "file_claim": "claimed",
}
#: What each change of reference data answers with.
_ADMINISTERED = {
    **{name: _ANSWERED.get(of, "referenceChange") for name, of in administering.OF.items()},
    "requestClaimCode": "hours",
}


def _field_of(word: str) -> str:
    """``submittedAt`` for ``SUBMITTED_AT``."""
    first, *others = word.lower().split("_")
    return first + "".join(other.title() for other in others)
