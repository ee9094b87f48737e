"""Which documents were not seen yet, and how many tokens those have."""

import re
from collections import OrderedDict

from gateway.execution.documents import KEPT
from models.vocabulary import Role

#: Counts a little more than the parser does, and takes a hundredth of its time.
_TOKEN = re.compile(r"\w+|[^\s,\w]")


class UnseenDocuments:
    """Remembers as many documents as are kept parsed and validated."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, Role], None] = OrderedDict()

    def tokens(self, text: str, role: Role) -> int:
        """At most how many tokens a document has that a role has not asked; 0 for others."""
        if (text, role) in self._seen:
            self._seen.move_to_end((text, role))
            return 0
        return sum(1 for _ in _TOKEN.finditer(text))

    def note(self, text: str, role: Role) -> None:
        """From now on the document is known for the role."""
        self._seen[text, role] = None
        if len(self._seen) > KEPT:
            self._seen.popitem(last=False)
