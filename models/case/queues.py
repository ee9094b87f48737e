"""Which cases are in the queues that people work from: as conditions, each of an index.

They are written into statements, not bound: only so an index that is on a condition serves it.
"""

from sqlalchemy import ColumnElement, and_, func, literal_column, or_

from models.case.application import Application
from models.vocabulary import Stage, Status

#: As the index of open cases has it.
_IS_OPEN = Application.stage != literal_column(f"'{Stage.CLOSED}'")

#: A case that waits for its applicant is not work. The stage alone says so: the database takes
#: conditions for independent, and of two it would expect next to nothing, and sort all there is.
IS_FREE: ColumnElement[bool] = and_(
    ~Application.is_assigned,
    or_(Application.received_at.is_not(None), Application.partner_code.is_(None)),
    Application.stage == literal_column(f"'{Stage.IN_PROCESS}'"),
    # They all have one: behind the last that is due, the unpaid ones are not looked through.
    Application.target_due_at.is_not(None),
)
#: Written as its index has it.
IS_URGENT: ColumnElement[bool] = Application.is_urgent.expression
IS_OVERDUE: ColumnElement[bool] = and_(
    Application.paid_at.is_not(None),
    _IS_OPEN,
    Application.target_due_at < func.now(),
)
#: Bound, it would be taken for half of all cases.
HAS_OPEN_HIT: ColumnElement[bool] = Application.has_open_hit.expression
#: What cannot be granted, and what was granted and is held.
IS_HELD: ColumnElement[bool] = and_(
    or_(Application.is_held, Application.is_visa_held),
    or_(
        Application.closed_at.is_(None),
        Application.status == literal_column(f"'{Status.GRANTED}'"),
    ),
)
