"""What deals of the demo were before they came into their stage: the database knows the rest."""

from datetime import datetime

from gausdo.demo.load_rows import Rows
from gausdo.modules.sales.forecast_tables import DealStateRow
from gausdo.modules.sales.tables import DealRow


class Lived:
    """The states of one deal, in their order; those since its last move are one with the last."""

    def __init__(self, row: DealRow) -> None:
        self._row, self._since = row, row.created_at
        self._told: list[DealStateRow] = []
        self._moved = 0

    def until(self, at: datetime, *, moves: bool) -> None:
        """What the row is now, it was until then."""
        row = self._row
        if at > self._since:
            state = DealStateRow(
                deal_id=row.id,
                since=self._since,
                until=at,
                pipeline_id=row.pipeline_id,
                stage_id=row.stage_id,
                state=row.kind,
                probability=row.probability,
                amount=row.amount,
                currency=row.currency,
                expected_on=row.expected_on,
                owner_id=row.owner_id,
                team_id=row.team_id,
                closed_at=row.closed_at,
            )
            self._told.append(state)
            self._since = at
        if moves:
            self._moved = len(self._told)

    def add_to(self, rows: Rows) -> None:
        for state in self._told[: self._moved]:
            rows.add(state)
