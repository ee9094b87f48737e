"""Decodes the results of statements to rows of Python values."""

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, ClassVar

from psycopg.adapt import Transformer
from psycopg.pq.abc import PGresult

#: Made without a connection, it gives instants in UTC, whatever the session's time zone.
_transformer = Transformer()


class Record(tuple[Any, ...]):
    """A row: a tuple that knows the labels of its columns, each of which is an attribute too."""

    __slots__ = ()
    labels: ClassVar[tuple[str, ...]]

    def value(self, label: str) -> Any:
        """The value of a column by its label."""
        return self[self.labels.index(label)]


def decode_records(result: PGresult) -> Sequence[Record]:
    """The rows of a result in binary format."""
    names = [result.fname(column) or b"" for column in range(result.nfields)]
    _transformer.set_pgresult(result)
    return _transformer.load_rows(0, result.ntuples, _record_class(b"\0".join(names)))


@lru_cache(maxsize=1_000)
def _record_class(names: bytes) -> type[Record]:
    labels = tuple(names.decode().split("\0"))
    attributes = {
        label: property(itemgetter(number))
        for number, label in enumerate(labels)
        if not hasattr(Record, label)
    }
    return type("Record", (Record,), {**attributes, "__slots__": (), "labels": labels})
