"""Whoever was read verifies the list of their reads, each by its proof, without asking anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from models.account.cosignatures import Witness
from models.account.notes import AccountError
from models.account.proving import ProvenEntry, read_entry

#: An entry is covered by a checkpoint that is signed so long after it.
_COVERED_WITHIN = timedelta(minutes=1)


@dataclass(slots=True)
class ProvenReads:
    """The reads of a file, each with the line that names it."""

    by_key: dict[str, tuple[str, ProvenEntry]] = field(default_factory=dict)
    #: Those that were younger than the next checkpoint.
    waiting: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @classmethod
    def verify(
        cls, file: Path, public: Mapping[str, bytes], witnesses: Sequence[Witness]
    ) -> "ProvenReads":
        """Those of the download of the page My data. Raises AccountError if it is none."""
        found = cls()
        try:
            listed = [_Read(one) for one in orjson.loads(file.read_bytes())["reads"]]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise AccountError(f"{file} has no reads ({type(error).__name__})") from None
        for read in listed:
            if read.proof is not None:
                found.add(read, public, witnesses)
        signed_at = [entry.checkpoint.signed_at for _, entry in found.by_key.values()]
        for read in listed:
            if read.proof is None:
                is_young = not signed_at or read.at > max(signed_at) - _COVERED_WITHIN
                (found.waiting if is_young else found.faults).append(
                    str(read) if is_young else f"{read} has no proof"
                )
        if len({entry.said.get("applicant_id") for _, entry in found.by_key.values()}) > 1:
            found.faults.append("these are the reads of several people")
        return found

    def add(self, read: "_Read", public: Mapping[str, bytes], witnesses: Sequence[Witness]) -> None:
        try:
            assert read.proof
            entry = read_entry(read.proof, public, witnesses)
            if not read.is_of(entry):
                raise AccountError("its proof is that of something else")
        except AccountError as error:
            self.faults.append(f"{read}: {error}")
            return
        key = str(entry.said["id"])
        if key in self.by_key:
            self.faults.append(f"{read}: its proof is that of another read, too")
        self.by_key[key] = str(read), entry


class _Read:
    """A read as the page lists it."""

    def __init__(self, listed: Mapping[str, Any]) -> None:
        self.at = datetime.fromisoformat(listed["occurredAt"])
        self._role, self._purpose = str(listed["actorRole"]), str(listed["purpose"])
        self._fields = [str(name) for name in listed["fields"]]
        self.proof: str | None = listed["proof"]

    def __str__(self) -> str:
        at = f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        return f"{at}, {self._role}, {self._purpose}: {', '.join(self._fields)}"

    def is_of(self, entry: ProvenEntry) -> bool:
        at = self.at.replace(microsecond=0).timestamp()
        said = entry.said
        return (
            said.get("actor_role") == self._role
            and said.get("purpose") == self._purpose
            and said.get("fields") == self._fields
            and said.get("occurred_at", 0) // 1_000_000 == at
        )
