"""A home folder in a notebook: leads, households and queries as DataFrames and pictures."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doudi.console import Console
from doudi.graph.errors import Lang, UnknownName
from doudi.home import Home
from doudi.lead import Lead
from doudi.looks import list_subject, note_look
from doudi.stages import LIST_LEADS, Line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import pandas as pd

    from doudi.detectors.header import Detector
    from doudi.loaders.vault import Revealed


class Workspace:
    """A home folder, opened for people.

    Args:
        home: The folder; ``$DOUDI_HOME``, else ``./doudi-home``, when it is not given.
        lang: Language of titles and sentences.
        who: Account that the access log names; the machine's user where it is empty.
        purpose: What for, in the access log; methods take one of their own.
        run: Name of a detection run to look at, such as one as known at an earlier day; the newest
            over everything where it is empty.

    Every look at leads and households is written to the access log.

    >>> Workspace.__name__
    'Workspace'
    """

    def __init__(
        self,
        home: str | Path | None = None,
        *,
        lang: Lang = "zh",
        who: str = "",
        purpose: str = "notebook",
        run: str = "",
    ) -> None:
        """Open the home; nothing is computed yet."""
        opened, _ = Home.open(Path(home) if home else None)
        self.lang: Lang = lang
        self._who, self._purpose, self._run = who, purpose, run
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
        self._note(list_subject("leads", {"direction": direction, "township": township}), frame)
        return frame.sort_values("priority", kind="stable").reset_index(drop=True)

    def hits(self) -> pd.DataFrame:
        """Every hit of the newest run, cleared ones too."""
        frame = self._table("hits.parquet")
        self._note("hits", frame)
        return frame

    def ranking(self) -> pd.DataFrame:
        """The outreach ranking of the newest run, first household first."""
        frame = self._table("ranking.parquet").sort_values("rank").reset_index(drop=True)
        self._note("ranking", frame)
        return frame

    def lead(self, lead_id: str, *, purpose: str = "") -> Lead:
        """One lead with its evidence.

        Args:
            lead_id: Id of the lead.
            purpose: Why, for the access log; the workspace's own where it is empty.

        Raises:
            UnknownName: if the newest run has no such lead; offers the nearest.
        """
        leads = self._table("leads.parquet").set_index("lead_id", drop=False)
        if lead_id not in leads.index:
            raise UnknownName.among(("线索", "lead"), lead_id, leads.index, next_step=LIST_LEADS)
        row = leads.loc[lead_id]
        hits = self._table("hits.parquet")
        same = (
            (hits["household_id"] == row["household_id"])
            & (hits["register"] == row["register"])
            & (hits["direction"] == row["direction"])
        )
        self._note(lead_id, hits[same], purpose, fields=[*leads.columns, *hits.columns])
        return Lead(
            row={str(name): value for name, value in row.items()},
            hit_rows=hits[same].sort_values(["month_from", "detector"]),
            detectors=self.detectors,
            paid=self._paid(str(row["household"])),
            lang=self.lang,
        )

    def household(self, household_id: str, *, purpose: str = "") -> pd.DataFrame:
        """What the graph says around a household: one row a relation of it.

        Args:
            household_id: Case number as delivered.
            purpose: Why, for the access log; the workspace's own where it is empty.
        """
        from doudi.queries import guarded

        return guarded(
            self._line,
            "MATCH (h:Household {household_id: $household_id})-[r]-(n) "
            "RETURN type(r) AS relation, labels(n)[0] AS label, n.id AS id, "
            "r.valid_from AS valid_from, r.valid_to AS valid_to, r.source AS source "
            "ORDER BY relation, id",
            {"household_id": household_id},
            purpose=purpose or self._purpose,
            who=self._who,
            subject=household_id,
        )

    def cypher(
        self, query: str, params: dict[str, Any] | None = None, *, purpose: str = ""
    ) -> pd.DataFrame:
        """The rows of a read query; it is guarded and written to the access log.

        Args:
            query: Cypher 5, read only.
            params: Values of its parameters.
            purpose: Why, for the log; the workspace's own where it is empty.
        """
        from doudi.queries import guarded

        return guarded(self._line, query, params, purpose=purpose or self._purpose, who=self._who)

    def reveal(self, pid: str, *, reason: str) -> Revealed:
        """Number and names behind a pseudonym; the access log has the entry first.

        Args:
            pid: Pseudonym of a person.
            reason: What the number is needed for, without personal data.

        Raises:
            UsageError: without a reason, or if the pseudonym is nobody's.
            HomeError: if the vault does not open.
        """
        from doudi.revealing import reveal

        return reveal(self._line, [pid], reason=reason, who=self._who)[0]

    def _note(
        self,
        subject: str,
        shown: pd.DataFrame,
        purpose: str = "",
        *,
        fields: Sequence[str] | None = None,
    ) -> None:
        """An entry of the access log for what is about to be shown."""
        note_look(
            self._line,
            who=self._who,
            purpose=purpose or self._purpose,
            subject=subject,
            fields=list(fields if fields is not None else shown.columns),
            count=len(shown),
        )

    def _table(self, file: str) -> pd.DataFrame:
        import pandas as pd

        if self._run:
            return pd.read_parquet(self._line.home.file_of(self._run, file))
        return pd.read_parquet(self._line.home.latest(file))

    def _paid(self, household: str) -> tuple[date, ...]:
        """First days of the months in which money was paid for the household."""
        return self._paid_months.get(household, ())

    @cached_property
    def _paid_months(self) -> dict[str, tuple[date, ...]]:
        from doudi.detectors.facts import Facts
        from doudi.detectors.months import next_month
        from doudi.detectors.overlap import build_paid_months

        hits = self._table("hits.parquet") if self._run else None
        known = None if hits is None or hits.empty else hits["as_known"].iloc[0]
        last = self._line.as_of(None, known)
        with self._line.projection_as_known(known) as projection:
            facts = Facts(projection.folder)
            try:
                build_paid_months(facts, as_of=last, as_of_end=next_month(last))
                rows = facts.rows(
                    "SELECT household, list_sort(list(DISTINCT month)) FROM paid_month "
                    "GROUP BY household"
                )
            finally:
                facts.close()
        return {str(household): tuple(months) for household, months in rows}  # type: ignore[arg-type]  # DuckDB lists
