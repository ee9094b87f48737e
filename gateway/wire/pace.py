"""The pace of error responses: so many a second, however many ask."""

import asyncio

#: An error response costs a tenth of a millisecond. At this pace all of them together leave nine
#: tenths of the time to the operations that run.
ERRORS_A_SECOND = 500
LONGEST_HOLD_SECONDS = 1.0


class ErrorPace:
    """Holds error responses back while there are too many, each for a second at most.

    Clients that are refused at once ask again at once, and a gateway that only refuses answers
    nobody. While its response is held back, a client sends nothing more on that connection.
    """

    def __init__(self) -> None:
        #: On the clock of the event loop.
        self._next_at = 0.0

    async def hold_back(self) -> None:
        """Wait until the pace allows one more."""
        now = asyncio.get_running_loop().time()
        sent_at = max(now, min(self._next_at, now + LONGEST_HOLD_SECONDS))
        self._next_at = sent_at + 1 / ERRORS_A_SECOND
        if sent_at > now:
            await asyncio.sleep(sent_at - now)
