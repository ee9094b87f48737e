"""What an extension takes, to be asked for and while it is worked on."""

from datetime import date

import strawberry

from gateway.schema.mutations.inputs import StepInput, optional


@strawberry.input(description="A granted application, on whose visa more days are asked for.")
class ApplyForExtensionInput(StepInput):
    pass


@strawberry.input(description="An extension, for which its applicant has appeared.")
class RecordAppearanceInput(StepInput):
    entered_on: date | None = optional(
        "The day of entry by the passport's stamp, in WIB, where border control reported none."
    )
