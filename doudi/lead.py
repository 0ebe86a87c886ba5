"""One lead, as a notebook or a dossier shows it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from doudi.evidence import Edge, Evidence, read_evidence
from doudi.pictures import months_svg, path_svg

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

    from doudi.detectors.header import Detector
    from doudi.graph.errors import Lang

EDGE_COLUMNS = (
    "detector", "role", "type", "start", "end", "valid_from", "valid_to", "source", "rows", "grade",
)  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """An SVG that notebooks show and files can keep."""

    svg: str

    def _repr_html_(self) -> str:
        return f'<div style="background:#fff;overflow-x:auto">{self.svg}</div>'


@dataclass(frozen=True)
class Lead:
    """A household, a direction, and everything that was found on it.

    Attributes:
        row: The lead's row of ``leads.parquet``.
        hit_rows: Its rows of ``hits.parquet``, cleared ones too.
        detectors: The declarations, by id.
        paid: First days of the months paid to the household.
    """

    row: Mapping[str, Any]
    hit_rows: pd.DataFrame
    detectors: Mapping[str, Detector]
    paid: tuple[date, ...]
    lang: Lang

    @property
    def lead_id(self) -> str:
        """Stable id of the lead."""
        return str(self.row["lead_id"])

    @cached_property
    def evidence(self) -> list[Evidence]:
        """The receipts of what stands, the earliest first."""
        standing = self.hit_rows[~self.hit_rows["cleared"]]
        return [read_evidence(text) for text in standing["evidence"]]

    @cached_property
    def cleared(self) -> list[Evidence]:
        """The receipts of hits that an innocent explanation cleared."""
        return [read_evidence(text) for text in self.hit_rows[self.hit_rows["cleared"]]["evidence"]]

    def title(self, detector: str) -> str:
        """A detector's title in the lead's language."""
        return self.detectors[detector].title.in_(self.lang)

    @property
    def sentence(self) -> str:
        """One line: household, what was found, months, and the most it can be about."""
        titles = "、" if self.lang == "zh" else ", "
        found = titles.join(f"{d} {self.title(d)}" for d in self.row["detectors"])
        household, months = self.row["household_id"], self.row["months"]
        amount = f"{self.row['exposure_cny']:,.0f}"
        if self.lang == "zh":
            return f"户 {household}：{found}；{months} 个月，最大涉及 {amount} 元"
        return f"household {household}: {found}; {months} months, at most {amount} CNY"

    @property
    def both_sides(self) -> str:
        """What was found against the declaration, and which burdens, in one sentence."""
        picture = json.loads(self.row["net_picture"])
        return str(picture["text"][self.lang])

    def hits(self) -> pd.DataFrame:
        """One row a hit: detector, title, months, exposure, and what cleared it."""
        columns = ["hit_id", "detector", "month_from", "month_to", "months", "exposure_cny"]
        columns += ["grade", "cleared", "clearing_codes"]
        titles = self.hit_rows["detector"].map(self.title)
        return self.hit_rows[columns].assign(title=titles).reset_index(drop=True)

    def edges(self) -> pd.DataFrame:
        """Every relation of the evidence with its source rows."""
        import pandas as pd

        rows = [
            {"detector": e.detector, **{name: getattr(edge, name) for name in EDGE_COLUMNS[1:]}}
            for e in self.evidence
            for edge in e.edges
        ]
        return pd.DataFrame(rows, columns=list(EDGE_COLUMNS))

    def graph(self) -> Picture:
        """The path as a picture, from the household on."""
        paths: dict[tuple[str, str, str], Edge] = {
            (edge.type, edge.start, edge.end): edge for e in self.evidence for edge in e.path()
        }
        about = str(self.row["household"])
        return Picture(path_svg(list(paths.values()), about=about, lang=self.lang))

    def months(self) -> Picture:
        """The month strip: paid months against the months of each fact."""
        until = max([*self.paid, *(m for e in self.evidence for m, _ in e.months)])
        facts = [
            (f"{e.detector} {self.title(e.detector)}"[:11], e.fact_from, e.fact_to)
            for e in self.evidence
            if e.fact_from is not None
        ]
        return Picture(months_svg(self.paid, facts, until=until, lang=self.lang))

    def _repr_html_(self) -> str:
        return f"<p><b>{self.lead_id}</b> {self.sentence}</p>" + self.months()._repr_html_()
