"""The graph's tables as known on the days a ranking needs, projected once for each state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from doudi.graph.errors import RankingError
from doudi.graph.projection import Projection, project
from doudi.graph.schema import schema
from doudi.policy.parameters import Parameters
from doudi.ranking.windows import Window

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from doudi.graph.tables import FactStore

_LATE = """
SELECT count(*), count(*) FILTER (since < before - INTERVAL 31 DAY) FROM (
    SELECT fact_id, min(known_from) AS known, min(valid_from) AS since,
           (SELECT max(day) FROM delivered WHERE day < known) AS before
    FROM read_parquet(?, union_by_name = true) WHERE known_from <= ? GROUP BY fact_id)
WHERE before IS NOT NULL AND since IS NOT NULL
"""
_DATED = ("InpatientStay", "Diagnosis", "JobLoss", "Disaster", "Monitoring", "Benefit")


class KnownStates:
    """Projections by day of knowledge.

    The first delivery brings years of history at once, without saying when the office learnt each
    piece. For a day before it, what it holds dated before that day stands for what was known: a
    stated assumption, and a kind one, since some of it was recorded later. For a day after it,
    exactly what was known counts.

    Args:
        store: The fact tables.
        folder: Where projections may be written.
        projection: One that is there already; it stays open.
        as_known: Last day of knowledge that counts; all knowledge when None.
        progress: Called with the name of each step.

    Raises:
        RankingError: if nothing was delivered.
    """

    def __init__(
        self,
        store: FactStore,
        folder: Path,
        *,
        projection: Projection | None = None,
        as_known: date | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        """Find the days of delivery."""
        self.store = store
        self.folder = folder
        self.progress = progress
        self._given = projection
        self._open: dict[date, Projection] = {}
        tables = [*((label,) for label in schema().nodes), *schema().triples()]
        self._files = [str(path) for name in tables for path in store.files(*name)]
        self.days_: list[date] = self._days(as_known) if self._files else []
        if not self.days_:
            raise RankingError(
                ("尚无报送的数据", "nothing was delivered yet"),
                where=str(store.root),
                expected=("事实表", "fact tables"),
                next_step=("用 doudi load 载入一批数据", "load a delivery with doudi load"),
            )

    def _days(self, as_known: date | None) -> list[date]:
        """Days on which something became known, up to a day."""
        with self.store.connect() as view:
            rows = view.con.execute(
                "SELECT DISTINCT known_from FROM read_parquet(?, union_by_name = true) "
                "WHERE known_from <= coalesce(?, DATE '9999-12-31') ORDER BY 1",
                [self._files, as_known],
            ).fetchall()
        return [row[0] for row in rows]

    def state(self, until: date) -> date:
        """The delivery that stands for a day of knowledge."""
        return max((day for day in self.days_ if day <= until), default=self.days_[0])

    def at(self, window: Window) -> Projection:
        """The projection for features of a window's day."""
        return self._projection(self.state(window.known_until))

    def after(self, window: Window) -> Projection:
        """The projection for outcomes of a window."""
        return self._projection(self.state(Window(window.end).known_until))

    def rules(self, window: Window) -> Parameters:
        """The policy parameters for features of a window's day, as they were known then."""
        with self.store.connect(max(window.known_until, self.days_[0])) as view:
            return Parameters.from_view(view)

    def _projection(self, day: date) -> Projection:
        if self._given is not None and self._given.as_known == day:
            return self._given
        if day not in self._open:
            out = self.folder / day.isoformat()
            project(self.store, out, as_known=day, progress=self.progress)
            self._open[day] = Projection(out)
        return self._open[day]

    def late(self, until: date) -> tuple[int, int]:
        """Of the dated facts that came after the first delivery, how many came late.

        Returns:
            All such facts, and those dated more than a month before the delivery before theirs.
        """
        paths = [str(path) for label in _DATED for path in self.store.files(label)]
        if not paths:
            return 0, 0
        with self.store.connect() as view:
            view.con.execute("CREATE TEMP TABLE delivered (day DATE)")
            view.con.executemany("INSERT INTO delivered VALUES (?)", [[d] for d in self.days_])
            row = view.con.execute(_LATE, [paths, until]).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def close(self) -> None:
        """Close the projections."""
        for projection in self._open.values():
            projection.close()

    def __enter__(self) -> Self:
        """The states themselves."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the projections."""
        self.close()
