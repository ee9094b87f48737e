"""The table of mutations of readers of figures, on the own views and notes: inputs and refusals."""

from datetime import date
from typing import Any

import strawberry

from gateway.mapping.ids import key_in
from gateway.mapping.scalars import CountryCode
from gateway.mutations.readers import NoteMonth, RemoveNote, RemoveView, RenameView, SaveView
from gateway.schema.mutations.input_readers import faults_of_key
from gateway.schema.mutations.inputs import optional, required
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.reference_inputs import ReferenceInput
from models.life import Refusal
from models.reader import LONGEST_NAME, LONGEST_NOTE, MOST_NOTES, MOST_VIEWS
from models.vocabulary import SavedPage

_NAME = f"What you call it: from 1 to {LONGEST_NAME} characters, and nobody's data."
_VIEW = "Global id of the view."


@strawberry.input(description="A page of figures that you want to find again.")
class SaveViewInput(ReferenceInput):
    name: str = required(_NAME)
    page: SavedPage = required("The page.")
    query: str | None = optional(
        "What it asks: the query of its address, of codes and words alone; all as usual without it."
    )


@strawberry.input(description="A view of yours that is to be called otherwise.")
class RenameSavedViewInput(ReferenceInput):
    view_id: strawberry.ID = required(_VIEW)
    name: str = required(_NAME)


@strawberry.input(description="A view of yours that is to go.")
class RemoveSavedViewInput(ReferenceInput):
    view_id: strawberry.ID = required(_VIEW)


@strawberry.input(description="What you note on a month.")
class NoteMonthInput(ReferenceInput):
    month: date = required("The first day of the month, which has begun.")
    text: str = required(f"From 1 to {LONGEST_NOTE} characters, and nobody's data.")
    partner: str | None = optional(
        "The partner that it is on, by its code: its managers of that country read it, too. A"
        " manager's is the own."
    )
    country: CountryCode | None = optional(
        "The country that it is on, by its code. A manager of several names one of them."
    )


@strawberry.input(description="A note of yours that is to go.")
class RemoveMonthNoteInput(ReferenceInput):
    note_id: strawberry.ID = required("Global id of the note.")


def _common_values(intent: Intent, input_: Any) -> dict[str, Any]:
    key = input_.idempotency_key
    return {"mutation": intent.name, "key": key, "faults": faults_of_key(key)}


def _save(intent: Intent, input_: SaveViewInput) -> SaveView:
    common = _common_values(intent, input_)
    return SaveView(**common, name=input_.name, page=input_.page, query=input_.query or "")


def _rename(intent: Intent, input_: RenameSavedViewInput) -> RenameView:
    key = key_in(input_.view_id, "SavedView")
    return RenameView(**_common_values(intent, input_), view=key, name=input_.name)


def _remove(intent: Intent, input_: RemoveSavedViewInput) -> RemoveView:
    return RemoveView(**_common_values(intent, input_), view=key_in(input_.view_id, "SavedView"))


def _note(intent: Intent, input_: NoteMonthInput) -> NoteMonth:
    return NoteMonth(
        **_common_values(intent, input_),
        month=input_.month,
        text=input_.text,
        partner=input_.partner,
        country=input_.country,
    )


def _remove_note(intent: Intent, input_: RemoveMonthNoteInput) -> RemoveNote:
    return RemoveNote(**_common_values(intent, input_), note=key_in(input_.note_id, "MonthNote"))


READER_INTENTS = (
    Intent("saveView", SaveViewInput,
           "Save a page of figures under a name, for yourself. It holds the question and no figure;"
           f" you can have {MOST_VIEWS}.", _save, ()),
    Intent("renameSavedView", RenameSavedViewInput, "Give a view of yours another name.",
           _rename, (), (Refusal.NOT_FOUND,)),
    Intent("removeSavedView", RemoveSavedViewInput, "Remove a view of yours, with what it says.",
           _remove, (), (Refusal.NOT_FOUND,)),
    Intent("noteMonth", NoteMonthInput,
           "Note something on a month, in your scope. Whoever has it in their scope reads it beside"
           f" the month, and in files; you can have {MOST_NOTES}.",
           _note, (), (Refusal.NOT_FOUND,)),
    Intent("removeMonthNote", RemoveMonthNoteInput, "Remove a note of yours, with what it says.",
           _remove_note, (), (Refusal.NOT_FOUND,)),
)  # fmt: skip
