"""A home folder in a notebook: leads, households and queries as DataFrames and pictures."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doudi.console import Console, Lang
from doudi.graph.errors import UnknownName
from doudi.home import Home
from doudi.lead import Lead
from doudi.stages import Line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

    from doudi.detectors.header import Detector


class Workspace:
    """A home folder, opened for people.

    Args:
        home: The folder; ``$DOUDI_HOME``, else ``./doudi-home``, when it is not given.
        lang: Language of titles and sentences.

    >>> Workspace.__name__
    'Workspace'
    """

    def __init__(self, home: str | Path | None = None, *, lang: Lang = "zh") -> None:
        """Open the home; nothing is computed yet."""
        opened, _ = Home.open(Path(home) if home else None)
        self.lang: Lang = lang
        self._line = Line(opened, Console(lang=lang))

    @property
    def home(self) -> Path:
        """Where the home is."""
        return self._line.home.path

    @cached_property
    def detectors(self) -> Mapping[str, Detector]:
        """Every detector's declaration, by id."""
        from doudi.detectors.catalogue import catalogue

        return {d.id: d for d in catalogue(self.home / "detectors").detectors}

    def leads(self, *, direction: str | None = None, township: str | None = None) -> pd.DataFrame:
        """The leads of the newest run, the first to look at on top.

        Args:
            direction: Only ``error`` or ``leak``.
            township: Only this township code.

        Returns:
            One row a lead; the columns of the file contract.
        """
        frame = self._table("leads.parquet")
        for column, wanted in (("direction", direction), ("township", township)):
            if wanted is not None:
                frame = frame[frame[column] == wanted]
        return frame.sort_values("priority", kind="stable").reset_index(drop=True)

    def hits(self) -> pd.DataFrame:
        """Every hit of the newest run, cleared ones too."""
        return self._table("hits.parquet")

    def ranking(self) -> pd.DataFrame:
        """The outreach ranking of the newest run, first household first."""
        return self._table("ranking.parquet").sort_values("rank").reset_index(drop=True)

    def lead(self, lead_id: str) -> Lead:
        """One lead with its evidence.

        Raises:
            UnknownName: if the newest run has no such lead; offers the nearest.
        """
        leads = self._table("leads.parquet").set_index("lead_id", drop=False)
        if lead_id not in leads.index:
            raise UnknownName.among("lead", lead_id, leads.index)
        row = leads.loc[lead_id]
        hits = self.hits()
        same = (
            (hits["household_id"] == row["household_id"])
            & (hits["register"] == row["register"])
            & (hits["direction"] == row["direction"])
        )
        return Lead(
            row={str(name): value for name, value in row.items()},
            hit_rows=hits[same].sort_values(["month_from", "detector"]),
            detectors=self.detectors,
            paid=self._paid(str(row["household"])),
            lang=self.lang,
        )

    def household(self, household_id: str) -> pd.DataFrame:
        """What the graph says around a household: one row a relation within two steps.

        Args:
            household_id: Case number as delivered.
        """
        return self.cypher(
            "MATCH (h:Household {household_id: $household_id})-[r]-(n) "
            "RETURN type(r) AS relation, labels(n)[0] AS label, n.id AS id, "
            "r.valid_from AS valid_from, r.valid_to AS valid_to, r.source AS source "
            "ORDER BY relation, id",
            {"household_id": household_id},
            purpose=f"household {household_id}",
        )

    def cypher(
        self, query: str, params: dict[str, Any] | None = None, *, purpose: str = "notebook"
    ) -> pd.DataFrame:
        """The rows of a read query; it is guarded and written to the access log.

        Args:
            query: Cypher 5, read only.
            params: Values of its parameters.
            purpose: Why, for the log.
        """
        from doudi.queries import guarded

        return guarded(self._line, query, params, purpose=purpose)

    def _table(self, file: str) -> pd.DataFrame:
        import pandas as pd

        return pd.read_parquet(self._line.home.latest(file))

    def _paid(self, household: str) -> tuple[date, ...]:
        """First days of the months in which money was paid for the household."""
        return self._paid_months.get(household, ())

    @cached_property
    def _paid_months(self) -> dict[str, tuple[date, ...]]:
        from doudi.detectors.facts import Facts
        from doudi.detectors.months import next_month
        from doudi.detectors.overlap import build_paid_months

        last = self._line.as_of(None)
        facts = Facts(self._line.home.projection)
        try:
            build_paid_months(facts, as_of=last, as_of_end=next_month(last))
            rows = facts.rows(
                "SELECT household, list_sort(list(DISTINCT month)) FROM paid_month "
                "GROUP BY household"
            )
        finally:
            facts.close()
        return {str(household): tuple(months) for household, months in rows}  # type: ignore[arg-type]  # DuckDB lists
