"""The demo users and the claims of their tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from models.synthetic.inputs import Reference
from models.vocabulary import Role

PARTNER = "NUSA"
PACIFIC = ("AU", "FJ", "NZ", "PG")

# Users without a scope, and their roles.
UNSCOPED = {
    "leadership": (Role.LEADERSHIP,),
    "officer": (Role.OFFICER,),
    "officer-2": (Role.OFFICER,),
    "supervisor": (Role.SUPERVISOR,),
    "supervisor-2": (Role.SUPERVISOR,),
    "supervisor-3": (Role.SUPERVISOR,),
    "auditor": (Role.AUDITOR,),
    "auditor-2": (Role.AUDITOR,),
    "screening": (Role.SCREENING,),
    "screening-2": (Role.SCREENING,),
    "treasury": (Role.TREASURY,),
    "treasury-2": (Role.TREASURY,),
    "administrator": (Role.ADMINISTRATOR,),
    "administrator-2": (Role.ADMINISTRATOR,),
    "border": (Role.BORDER,),
    "carrier": (Role.CARRIER,),
    # The first has files already; the others have never applied.
    "applicant": (Role.APPLICANT,),
    "applicant-2": (Role.APPLICANT,),
    "applicant-3": (Role.APPLICANT,),
}


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A user who can sign in without a password."""

    name: str
    roles: tuple[Role, ...]
    partner: str | None = None
    countries: tuple[str, ...] = ()
    centres: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()

    @property
    def claims(self) -> dict[str, Any]:
        """The claims of this user's access tokens."""
        scope = {
            "partner": self.partner,
            "countries": list(self.countries),
            "centres": list(self.centres),
            "pools": list(self.pools),
        }
        return {
            "sub": self.name,
            "name": self.name,
            "email": f"{self.name}@gerbang.example",
            "email_verified": True,
            "roles": [role.value for role in self.roles],
            **{claim: value for claim, value in scope.items() if value},
        }


def demo_users(reference: Reference) -> Mapping[str, DemoUser]:
    """All demo users by name, with a manager and an agent for each country of the partner."""
    countries = tuple(
        row.country_code for row in reference.partner_countries if row.partner_code == PARTNER
    )
    users = [
        *(DemoUser(name, roles) for name, roles in UNSCOPED.items()),
        DemoUser("service", (Role.PARTNER_SERVICE,), PARTNER, countries),
        DemoUser(
            "both",
            (Role.PARTNER_MANAGER, Role.PARTNER_AGENT),
            PARTNER,
            ("AU",),
            _first_centre(reference, "AU"),
        ),
        DemoUser("manager-pacific", (Role.PARTNER_MANAGER,), PARTNER, PACIFIC),
    ]
    for country in countries:
        code, own_country = country.lower(), (country,)
        centres = _first_centre(reference, country)
        users += [
            DemoUser(f"manager-{code}", (Role.PARTNER_MANAGER,), PARTNER, own_country),
            DemoUser(f"agent-{code}", (Role.PARTNER_AGENT,), PARTNER, own_country, centres),
        ]
    return MappingProxyType({user.name: user for user in users})


def _first_centre(reference: Reference, country: str) -> tuple[str, ...]:
    """The partner's first centre in a country; where it has only a portal, none."""
    centres = [
        row.code
        for row in reference.centres
        if (row.partner_code, row.country_code) == (PARTNER, country)
    ]
    return tuple(centres[:1])
