"""How long the database works for one transaction of ours, told to the database itself."""

from dataclasses import dataclass

#: How soon the database notices, in the middle of a statement, that nobody listens any more.
_NOTICE_SECONDS = 1


@dataclass(frozen=True)
class Bounds:
    """Limits that hold even when this process is gone or cannot reach the database."""

    statement_seconds: float
    lock_seconds: float
    #: No operation lives longer, so a transaction that was idle for so long has no owner.
    idle_seconds: float

    def statements(self) -> tuple[str, ...]:
        """They end with their transaction, so that a pooler in between may share connections."""
        limits = {
            "statement_timeout": self.statement_seconds,
            "lock_timeout": self.lock_seconds,
            "idle_in_transaction_session_timeout": self.idle_seconds,
            "client_connection_check_interval": _NOTICE_SECONDS,
        }
        return tuple(f"SET LOCAL {name} = {int(most * 1000)}" for name, most in limits.items())
