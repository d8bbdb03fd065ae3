"""The secret addresses at which other programs read somebody's calendar."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from gausdo.modules.activities.tables import schema
from gausdo.platform.db.schema import TIME


class FeedRow(schema.Base):  # type: ignore[name-defined,misc]
    """One for a person; `id` is what its token is made of, `link` the token's hash."""

    __tablename__ = "feed"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID]
    link: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(TIME)
