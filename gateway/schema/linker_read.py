"""What the LINKER read of a person."""

from datetime import datetime

from gateway.mapping.declare import column, noun
from models import LinkerRead as Row


@noun(key=Row.id)
class LinkerRead:
    """One read by the LINKER, which looks for other files of everybody alike; never removed."""

    version: int = column(Row.version, "The version of the identity that was read.")
    read_at: datetime = column(Row.read_at, "When.")
    fields: list[str] = column(Row.fields, "The fields of `Identity` that were read.")
