"""Settings that share one gateway among its viewers, and bound how many people each reads, and
after which sign-in."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.policy import MOST_ENDINGS, READ_BUDGETS
from gateway.settings import parsers
from gateway.settings.parsers import setting
from models.vocabulary import Role


@dataclass(frozen=True, kw_only=True)
class BudgetSettings:
    """How many operations, values and people: of everybody, and of one viewer."""

    operations: int = setting(
        "how many operations run at once; each takes one database connection at a time",
        parsers.whole(1, 200),
        10,
    )
    queue: int = setting(
        "how many operations may wait for their turn; more are refused at once",
        parsers.whole(0, 10_000),
        100,
    )
    queue_seconds: float = setting(
        "how long an operation waits for its turn before it is refused, seconds",
        parsers.seconds(0.01, 60),
        3.0,
    )
    viewer_operations: int = setting(
        "how many operations of one viewer run at once, while nobody else asks too; anonymous "
        "people together are one viewer, and a person is one in each role",
        parsers.whole(1, 200),
        5,
    )
    viewer_queue: int = setting(
        "how many operations of one viewer may wait for their turn; fewer than `queue`, so that "
        "no viewer fills it alone",
        parsers.whole(0, 10_000),
        50,
    )
    # A process answers about a million values a second. A full budget is worth twenty seconds of
    # that, for clients that read page after page; it refills at half of that rate. The dashboard
    # asks for at most 46,500 values at a time, and uses a third.
    budget: int = setting(
        "how many values a viewer may ask for at once, whoever has asked for none for a while; "
        "see gateway/execution/budgets.py",
        parsers.whole(1, 10_000_000_000),
        20_000_000,
    )
    budget_refill: int = setting(
        "how many values a second are added to a viewer's budget, until it is full",
        parsers.whole(1, 1_000_000_000),
        500_000,
    )
    budget_processes: int = setting(
        "by how many gateway processes those limits are shared: each keeps its part to itself",
        parsers.whole(1, 1_000),
        1,
    )
    identity_acr: tuple[str, ...] = setting(
        "values of the claim acr with which tokens read identity and look people up, such as mfa,"
        " with commas between, the one to ask for first: other tokens are told so (RFC 9470), and"
        " the dashboard asks for it at its sign-in; the same for gateways, the key service and the"
        " dashboard; empty: any sign-in suffices",
        parsers.acr_values,
        (),
        may_be_empty=True,
    )
    read_budget_agent: int = setting(
        "how many people a partner's agent reads in an hour",
        parsers.whole(1, 1_000_000),
        READ_BUDGETS[Role.PARTNER_AGENT],
    )
    read_budget_manager: int = setting(
        "how many complaints a partner's manager reads in an hour",
        parsers.whole(1, 1_000_000),
        READ_BUDGETS[Role.PARTNER_MANAGER],
    )
    read_budget_officer: int = setting(
        "how many people an officer reads in an hour, and how many look-ups they make",
        parsers.whole(1, 1_000_000),
        READ_BUDGETS[Role.OFFICER],
    )
    read_budget_supervisor: int = setting(
        "how many people a supervisor reads in an hour, and how many look-ups they make",
        parsers.whole(1, 1_000_000),
        READ_BUDGETS[Role.SUPERVISOR],
    )
    read_budget_screening: int = setting(
        "how many people somebody of the screening authority reads in an hour",
        parsers.whole(1, 1_000_000),
        READ_BUDGETS[Role.SCREENING],
    )
    read_budget_auditor: int = setting(
        "how many people an auditor looks up in an hour, for requests of data subjects",
        parsers.whole(1, 1_000_000),
        READ_BUDGETS[Role.AUDITOR],
    )
    read_budget_applicant: int = setting(
        "how many people an applicant reads in an hour, who has one account and is one person",
        parsers.whole(1, 1_000_000),
        READ_BUDGETS[Role.APPLICANT],
    )
    read_budget_partner_service: int = setting(
        "of how many people a partner's system fetches the visa, or corrects who they are, in an"
        " hour",
        parsers.whole(1, 1_000_000),
        READ_BUDGETS[Role.PARTNER_SERVICE],
    )
    read_budget_border: int = setting(
        "about how many visas border control's system asks in an hour",
        parsers.whole(1, 1_000_000),
        READ_BUDGETS[Role.BORDER],
    )
    read_budget_carrier: int = setting(
        "about how many visas a carrier's system asks in an hour",
        parsers.whole(1, 1_000_000),
        READ_BUDGETS[Role.CARRIER],
    )
    last_four_alert: int = setting(
        "of how many people a viewer is shown the last four of the passport in an hour before an"
        " alert is raised; nothing is refused",
        parsers.whole(1, 1_000_000),
        MOST_ENDINGS,
    )

    @property
    def read_budgets(self) -> Mapping[Role, int]:
        """How many people a viewer in each role reads in an hour."""
        return {
            Role.PARTNER_AGENT: self.read_budget_agent,
            Role.PARTNER_MANAGER: self.read_budget_manager,
            Role.OFFICER: self.read_budget_officer,
            Role.SUPERVISOR: self.read_budget_supervisor,
            Role.SCREENING: self.read_budget_screening,
            Role.AUDITOR: self.read_budget_auditor,
            Role.APPLICANT: self.read_budget_applicant,
            Role.PARTNER_SERVICE: self.read_budget_partner_service,
            Role.BORDER: self.read_budget_border,
            Role.CARRIER: self.read_budget_carrier,
        }
