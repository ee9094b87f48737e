"""Encodes the arguments of statements as text; the server knows the type that each place takes."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import DataError
from psycopg.adapt import PyFormat, Transformer

_others = Transformer()
#: What an array's literal takes literally only behind a backslash.
_SPECIAL = re.compile(rb'["\\\\]')


def encode_arguments(arguments: Sequence[Any]) -> list[bytes | None]:
    """Encode arguments. Raises psycopg.DataError or ValueError for one that has no text."""
    return [
        None if argument is None else _ENCODERS.get(type(argument), _encode_other)(argument)
        for argument in arguments
    ]


def _encode_str(text: str) -> bytes:
    if "\0" in text:  # libpq would end the text there
        raise DataError("a text with a NUL character")
    return text.encode()


def _encode_list(values: Sequence[Any]) -> bytes:
    """Encode texts, which are quoted, or values of one other frequent type."""
    kinds = {*map(type, values)}
    if all(issubclass(kind, str) for kind in kinds):
        items = [b'"%b"' % _SPECIAL.sub(rb"\\\g<0>", _encode_str(text)) for text in values]
    elif len(kinds) == 1 and kinds <= _ENCODERS.keys():
        encode = _ENCODERS[kinds.pop()]
        items = [encode(value) for value in values]
    else:
        return _encode_other(values)
    return b"{%b}" % b",".join(items)


def _encode_other(value: Any) -> bytes:
    if isinstance(value, str):  # a word of a closed list
        return _encode_str(value)
    if isinstance(value, tuple):  # psycopg takes a tuple for a composite value
        value = list(value)
    (encoded,) = _others.dump_sequence([value], [PyFormat.TEXT])
    assert encoded is not None
    return bytes(encoded)


#: psycopg encodes all types. These are frequent, and it takes four times as long.
_ENCODERS: dict[type, Callable[[Any], bytes]] = {
    str: _encode_str,
    int: lambda number: b"%d" % number,
    bool: lambda truth: b"t" if truth else b"f",
    UUID: lambda key: key.hex.encode(),
    date: lambda day: day.isoformat().encode(),
    datetime: lambda instant: instant.isoformat().encode(),
    list: _encode_list,
    tuple: _encode_list,
}
