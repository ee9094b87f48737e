"""One sign-in: the tokens sent to the gateway, and the answers kept."""

from asyncio import Lock
from dataclasses import dataclass, field

from dashboard.gateway.answer_cache import KeptAnswers
from dashboard.model.viewer import Viewer


@dataclass(slots=True)
class Session:
    """One sign-in: its tokens, the role it acts in, and what the gateway says of it."""

    access_token: str
    refresh_token: str | None
    id_token: str
    expires_at: float
    role: str | None = None
    viewer: Viewer | None = None
    #: If the provider did not answer, it is asked again no earlier than this.
    renew_again_at: float = 0
    kept: KeptAnswers = field(default_factory=KeptAnswers, repr=False)
    #: Where a shared store keeps it.
    store_name: str = field(default="", repr=False)
    #: Two requests that find the token stale must not both renew it.
    renewal_lock: Lock = field(default_factory=Lock, repr=False)

    def act_as(self, role: str | None) -> None:
        """Start again in another role, with nothing that the last one read."""
        self.role = role
        self.viewer = None
        self.kept.forget()
