"""What a role may be told of the sizes of tables, by what its operations cost.

A size is known to a role that reads every row, or to everybody where visitors read every row. So no
cost depends on rows out of reach, but for the lines that figures are made of: a power of two.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from gateway.access.statistics import Sizes
from gateway.execution.cost.bounds import GROUPS, LISTS, MOST_LINES, OFFICERS, PLACES, Bound
from gateway.findings.events import MOST_EVENTS
from gateway.findings.figures import KNOWN_MONTHS
from gateway.policy import POLICY
from gateway.rules import EveryRow
from models import AccessEvent, Application, Base, ReferenceChange, TrustedDocument
from models.vocabulary import BanState, ReferenceChangeState, Role
from models.volumes import Dimension
from models.volumes.grains import GRAINS

#: Types that have no rows in the policy, with the table of which nobody reads more.
_LISTED: Mapping[str, str] = {
    "TrustedDocument": TrustedDocument.__tablename__,
    "TouchedFiles": ReferenceChange.__tablename__,
}
#: The table of each type.
TABLES: Mapping[str, str] = _LISTED | {
    model.class_.__name__: model.class_.__tablename__
    for model in Base.registry.mappers
    if model.class_.__name__ in POLICY
}
#: Lists that are narrowed to some states: those in one of them are counted, too.
_STATES: Mapping[str, type[StrEnum]] = {
    "ReferenceChange": ReferenceChangeState,
    "BanEntry": BanState,
}
#: The finest figures, of which there are the most lines.
_FIGURES = GRAINS[-1].facts.name
#: The type of what each dimension groups by, and whether something may have none of it.
_GROUPS_OF: Mapping[Dimension, tuple[str, bool]] = {
    Dimension.COUNTRY: ("PartnerCountry", True),
    Dimension.NATIONALITY: ("Country", False),
    Dimension.PARTNER: ("Partner", True),
    Dimension.CENTRE: ("Centre", True),
    Dimension.VISA_TYPE: ("VisaType", False),
}


def _column(bound: Bound) -> str | None:
    return f"{bound.by.class_.__tablename__}.{bound.by.key}" if bound.by else None


def _in_state(type_name: str, state: Any) -> str:
    return f"{TABLES[type_name]}.state={state}"


#: What is measured: see `Statistics`.
MEASURED = sorted(
    {
        _FIGURES,
        *TABLES.values(),
        *(name for each in LISTS.values() if (name := _column(each))),
        *(_in_state(name, state) for name, states in _STATES.items() for state in states),
    }
)


class KnownSizes:
    """The sizes that one role may be told. What requests ask for is worked out beforehand."""

    def __init__(self, sizes: Sizes, role: Role) -> None:
        self._sizes = sizes
        self._role = role
        #: The most groups of each dimension.
        self.groups: Mapping[Dimension, int] = {
            dimension: self._groups(dimension, bound.most) for dimension, bound in GROUPS.items()
        }
        #: About how many lines there are of figures, applications and reads.
        self.figures = sizes.most_lines(_FIGURES, MOST_LINES)
        self.applications = sizes.most_lines(Application.__tablename__, MOST_LINES)
        self.reads = sizes.most_lines(AccessEvent.__tablename__, MOST_LINES)
        self.months = sizes.most_rows("months", KNOWN_MONTHS)
        self.officers = sizes.most_rows("officers", OFFICERS.most)
        self.events = self.rows("NamedEvent", MOST_EVENTS)
        self.places = min(
            self.rows("Centre", PLACES.most) + self.rows("PartnerCountry", PLACES.most), PLACES.most
        )

    def _groups(self, dimension: Dimension, most: int) -> int:
        if dimension not in _GROUPS_OF:
            return most
        type_name, has_none = _GROUPS_OF[dimension]
        return self.rows(type_name, most - has_none) + has_none

    def rows(self, type_name: str, most: int) -> int:
        """The most rows of a type, of ``most``."""
        if not _reads_all(type_name, self._role):
            return most
        return self._sizes.most_rows(TABLES[type_name], most)

    def has_states(self, type_name: str) -> bool:
        """Whether the rows in each state are known."""
        return type_name in _STATES and _reads_all(type_name, self._role)

    def rows_in_states(self, type_name: str, where: Any, most: int) -> int:
        """The most rows of a type, as far as its states narrow a list."""
        most = self.rows(type_name, most)
        condition = where.get("state") if isinstance(where, dict) else None
        states = _values(condition) if isinstance(condition, dict) else None
        if states is None or not self.has_states(type_name):
            return most
        names = {_in_state(type_name, each) for each in states}
        return min(sum(self._sizes.most_rows(name, most) for name in names), most)

    def items(self, bound: Bound, type_name: str) -> int:
        """The most items of a list of a type."""
        most = self.rows(type_name, bound.most)
        column = _column(bound)
        return self._sizes.most_rows(column, most) if column else most


def _values(condition: Mapping[str, Any]) -> list[Any] | None:
    """What a comparison with `eq` or `in` leaves; None where that is not known."""
    eq, one_of = condition.get("eq"), condition.get("in")
    if eq is not None:
        return [eq]
    return one_of if isinstance(one_of, list) else None


@cache
def _reads_all(type_name: str, role: Role) -> bool:
    if type_name in _LISTED:
        return True
    if type_name not in TABLES:
        return False
    rows = POLICY[type_name].rows
    return any(isinstance(rows.get(each), EveryRow) for each in (role, Role.ANONYMOUS))
