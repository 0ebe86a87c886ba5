"""Detectors and their SQL twins, asked the same question over the same projection.

A twin is a file of ``tests/twins``: the question of a detector, formulated a second time in SQL
over the projected tables. Both answers go through the same doors, so that they can be compared:
rows whose evidence is too weak are dropped, and a fact's days are met with the paid months.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from doudi.detectors import found, overlap
from doudi.detectors.catalogue import catalogue
from doudi.detectors.facts import Facts, link_view
from doudi.detectors.header import OWN_COLUMNS, RETURNED
from doudi.detectors.months import next_month
from doudi.detectors.values import NATION, values_of
from doudi.graph.schema import schema

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from doudi.detectors.header import Detector
    from doudi.graph.connection import Connection
    from doudi.policy.parameters import Parameters

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "twins"


def twin_file(detector_id: str) -> Path:
    """The file of a detector's twin."""
    return FOLDER / f"{detector_id.lower()}.sql"


def twinned() -> tuple[Detector, ...]:
    """The detectors that have a twin."""
    return tuple(d for d in catalogue().chosen(None) if twin_file(d.id).exists())


@dataclass(frozen=True)
class Answer:
    """What one side found.

    Attributes:
        keys: Identity columns of the hits, as texts.
        months: The same with a paid month (``YYYY-MM-DD``) in which the fact held.
    """

    keys: frozenset[tuple[str, ...]]
    months: frozenset[tuple[str, ...]]


class Court:
    """A projection opened to hear both sides.

    Args:
        folder: The projection.
        as_of: First day of the month to look at.
    """

    def __init__(self, folder: Path, as_of: date) -> None:
        """Open the tables, and settle what all questions share: cover, kin, paid months."""
        self.as_of, self.as_of_end = as_of, next_month(as_of)
        self.facts = Facts(folder)
        # A plan gone wrong must fail, not fill the disk.
        self.facts.con.execute("SET max_temp_directory_size = '4GB'")
        self.prepare()
        overlap.build_paid_months(self.facts, as_of=self.as_of, as_of_end=self.as_of_end)
        weak = " UNION ALL ".join(
            f'SELECT rid FROM "{link_view(*triple)}" WHERE NOT strong(grade)'
            for triple in schema().triples()
        )
        self.facts.con.execute(f"CREATE TABLE weak AS {weak}")

    def __enter__(self) -> Self:
        """The court itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the tables."""
        self.facts.close()

    def prepare(self) -> None:
        """Make the tables all twins stand on."""
        self.facts.con.execute((FOLDER / "shared.sql").read_text("utf-8"))

    def given(self, detector: Detector, parameters: Parameters | None = None) -> dict[str, Any]:
        """Parameter values of a detector: the county's policy, else the header's defaults."""
        values = {param.name: param.default for param in detector.params}
        if parameters is not None:
            county = self._county()
            known = values_of(detector.params, parameters, county, self.as_of)
            values = {value.name: value.value for value in known}
        return values | {"as_of": self.as_of, "as_of_end": self.as_of_end, "households": None}

    def _county(self) -> str:
        rows = self.facts.rows(
            "SELECT min(rpad(left(area_code, 6), 12, '0')) FROM node_Household "
            "WHERE length(area_code) >= 6"
        )
        return str(rows[0][0] or NATION)

    def twin_rows(self, detector: Detector, given: dict[str, Any]) -> pd.DataFrame:
        """The rows of a twin."""
        sql = twin_file(detector.id).read_text("utf-8")
        wanted = self.facts.con.extract_statements(sql)[0].named_parameters
        values = {name: given[name] for name in wanted}
        rows: pd.DataFrame = self.facts.con.execute(sql, values).fetch_arrow_table().to_pandas()
        rows["evidence"] = [[] for _ in range(len(rows))]
        return rows

    def detector_rows(
        self, connection: Connection, detector: Detector, given: dict[str, Any]
    ) -> pd.DataFrame:
        """The rows of a detector."""
        return connection.read(detector.query, given)

    def answer(self, rows: pd.DataFrame, detector: Detector) -> Answer:
        """Rows as keys and months, those on weak evidence dropped."""
        facts = self.facts
        found.empty_found(facts)
        found.add_found(facts, rows, detector, area_group=0)
        facts.con.execute(
            "DELETE FROM found WHERE list_has_any(evidence, (SELECT list(rid) FROM weak))"
        )
        key = ", ".join(f"coalesce({_column(name)}, '')" for name in detector.identity)
        keys = facts.rows(f"SELECT DISTINCT {key} FROM found AS f")
        months = facts.rows(
            f"""SELECT DISTINCT {key}, p.month::VARCHAR FROM found AS f
            JOIN paid_month AS p ON p.benefit = f.benefit
            WHERE coalesce(f.fact_from <= p.month, true) AND coalesce(p.month < f.fact_to, true)"""
        )
        return Answer(frozenset(map(_texts, keys)), frozenset(map(_texts, months)))


def _column(name: str) -> str:
    if name in {*RETURNED, *OWN_COLUMNS}:
        return f"f.{name}::VARCHAR"
    return f"json_extract_string(f.columns, '$.{name}')"


def _texts(row: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(str(value) for value in row)
