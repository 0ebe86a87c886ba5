"""How a county compares with what is published: one figure each, from the delivered files."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from doudi.graph.errors import UsageError
from doudi.synth.forms import forms
from doudi.synth.readback import read_back

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Published:
    """A published figure, and how it is counted in a county.

    Attributes:
        id: Its name.
        zh, en: What it says.
        unit: Of the value.
        sql: A query for one number over the delivered sources and the tables of marginals.sql.
        published: The published value.
        low, high: Between these a county may lie.
        source: Who published it; the numbers are those of the domain model's list.
        why, why_zh: Why the bounds are where they are.
    """

    id: str
    zh: str
    en: str
    unit: str
    sql: str
    published: float
    low: float
    high: float
    source: str
    why: str
    why_zh: str


@dataclass(frozen=True)
class Marginal:
    """A published figure beside the county's own."""

    of: Published
    value: float

    @property
    def within(self) -> bool:
        """Whether the county lies between the bounds."""
        return self.of.low <= self.value <= self.of.high


@cache
def published() -> list[Published]:
    """All figures, in their order."""
    told = tomllib.loads((files("doudi.synth") / "published.toml").read_text("utf-8"))
    return [Published(**figure) for figure in told["figure"]]


def marginals(county: Path) -> list[Marginal]:
    """The figures of a county.

    Args:
        county: The folder that ``make_county`` wrote.

    Raises:
        UsageError: if there is no whole county in the folder, or sources are missing.
    """
    with opened(county) as con:
        return [Marginal(figure, _value(con, figure)) for figure in published()]


def opened(county: Path) -> duckdb.DuckDBPyConnection:
    """The tables that the figures stand on."""
    common = (files("doudi.synth") / "marginals.sql").read_text("utf-8")
    words = set(re.findall(r"\w+", common + " ".join(figure.sql for figure in published())))
    needed = sorted(words & set(forms()))
    con = duckdb.connect()
    read_back(con, county, needed)
    missing = [s for s in needed if not any(county.glob(f"deliveries/*/{forms()[s].file}"))]
    if missing:
        told = ", ".join(missing)
        raise UsageError(
            (
                f"该县缺少 {len(missing)} 种数据：{told}",
                f"the county lacks {len(missing)} sources: {told}",
            ),
            where=str(county),
            expected=("报送全部数据类型的县", "a county with all sources"),
            next_step="doudi synth OUT",
        )
    con.register("risk", pd.read_parquet(county / "truth" / "risk.parquet"))
    con.register("county", pd.DataFrame([json.loads((county / "county.json").read_text("utf-8"))]))
    con.execute(common)
    return con


def _value(con: duckdb.DuckDBPyConnection, figure: Published) -> float:
    """One figure of the county; nan where there is nothing to count."""
    row = con.execute(figure.sql).fetchone()
    return float("nan") if row is None or row[0] is None else float(row[0])
