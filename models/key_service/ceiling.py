"""How much a key service does for its clients in a minute."""

from time import monotonic

from models.key_service.interface import KeyServiceError


class CeilingError(KeyServiceError):
    """No more is done now: it is in so many ``seconds``; None for what is too much at once."""

    def __init__(self, why: str, seconds: float | None) -> None:
        self.seconds = seconds
        super().__init__(f"more than {why}: ask again later")


class Ceiling:
    """How much is done a minute; what is not used is not saved up."""

    def __init__(self, a_minute: int, what: str = "data keys a minute are opened") -> None:
        self._a_minute = a_minute
        self._why = f"{a_minute} {what}"
        self._left, self._at = float(a_minute), monotonic()

    def take(self, number: int) -> None:
        """Raises CeilingError where fewer are left."""
        now = monotonic()
        self._left += (now - self._at) * self._a_minute / 60
        self._left, self._at = min(self._left, self._a_minute), now
        if number > self._left:
            seconds = (number - self._left) * 60 / self._a_minute
            raise CeilingError(self._why, seconds if number <= self._a_minute else None)
        self._left -= number
