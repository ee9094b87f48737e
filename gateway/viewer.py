"""Who is asking: one subject, acting in one role, within one scope."""

from dataclasses import dataclass

from models.vocabulary import Role

#: Whose questions wait for each other, and share a budget: a person in a role. Who acts in two
#: roles has two of them, so that the work of one is not refused for the other's.
Lane = tuple[str, Role]


@dataclass(frozen=True, slots=True)
class Viewer:
    """The subject of a verified token, in the one role that acts for this request.

    Scope is what the token says and nothing else: an empty scope reaches no row.
    """

    subject: str
    role: Role
    held_roles: tuple[Role, ...] = ()
    name: str | None = None
    partner: str | None = None
    countries: tuple[str, ...] = ()
    centres: tuple[str, ...] = ()
    expires_at: int | None = None

    @property
    def is_anonymous(self) -> bool:
        return self.role is Role.ANONYMOUS

    @property
    def lane(self) -> Lane:
        """All anonymous people together are one."""
        return self.subject, self.role


ANONYMOUS = Viewer(subject="", role=Role.ANONYMOUS, held_roles=(Role.ANONYMOUS,))
