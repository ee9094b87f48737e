"""The viewer: who sends a request, in which role and with which scope."""

from dataclasses import dataclass, field

from models.vocabulary import Role

#: Requests of one lane queue together and share a budget. A person has a lane for each role, so
#: that work in one role does not use up the budget of the other.
Lane = tuple[str, Role]


@dataclass(slots=True, eq=False)
class Bearer:
    """The token of a viewer, which the key service verifies too; a socket renews it."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The subject of a verified token, in the one role that acts for this request.

    The scope comes from the token alone: an empty scope matches no row. What identity is read for
    comes with the operation that reads it.
    """

    subject: str
    role: Role
    held_roles: tuple[Role, ...] = ()
    name: str | None = None
    #: How the viewer signed in, in the provider's words (the claim `acr`).
    acr: str | None = field(default=None, compare=False)
    #: Verified by the provider; where mail goes.
    email: str | None = field(default=None, repr=False, compare=False)
    partner: str | None = None
    countries: tuple[str, ...] = ()
    centres: tuple[str, ...] = ()
    #: Codes of the pools from which an officer takes cases.
    pools: tuple[str, ...] = ()
    expires_at: int | None = None
    #: The case for which an operation reads identity; None where it names none, or reads none.
    purpose_reference: str | None = None
    bearer: Bearer | None = field(default=None, repr=False, compare=False)

    @property
    def places(self) -> tuple[str, ...]:
        """Where the viewer takes applications in: at centres, or else by the portal of countries.

        No code of a centre is one of a country.
        """
        return self.centres or self.countries

    @property
    def lane(self) -> Lane:
        """The viewer's lane. All anonymous viewers share one."""
        return self.subject, self.role


ANONYMOUS = Viewer(subject="", role=Role.ANONYMOUS, held_roles=(Role.ANONYMOUS,))
