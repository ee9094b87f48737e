"""The blind index: keyed digests by which files of one person are found without reading anybody."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import IndexKind


class PersonIndex(Base):
    """One digest of one version of an identity: full HMAC-SHA-256, made by the key service.

    The LINKER alone writes it. No role of the domain has a grant on it: a look-up asks a function,
    which answers with applicants.
    """

    __tablename__ = "person_index"

    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"), primary_key=True)
    #: The version of the identity; 1 where nothing was ever corrected.
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    #: The key it was made with: two are accepted while keys are rotated.
    key_id: Mapped[str] = mapped_column(primary_key=True)
    #: As bytes: they compare with a function that is leakproof.
    digest: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        Index(None, "digest", "applicant_id"),
        one_of("kind", IndexKind),
        CheckConstraint("length(digest) = 32", name="digest_is_whole"),
    )
