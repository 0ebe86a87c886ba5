"""Features of households as of a day, from what was known then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from doudi.graph.errors import RankingError
from doudi.policy.parameters import in_force
from doudi.ranking import household_sql, person_sql, unit_sql
from doudi.ranking.feature_list import feature_list
from doudi.ranking.windows import features_of, months_later

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from doudi.graph.projection import Projection
    from doudi.policy.parameters import Parameters

ABOUT = ("household", "register", "household_id", "area_code", "township")
LACKS = ("no_ledger", "no_age", "no_kin")
"""Columns that say which data are missing for a household."""

_STEPS = (
    unit_sql.ROSTER,
    unit_sql.UNITS,
    unit_sql.COVERED,
    unit_sql.ELIGIBLE,
    unit_sql.MEMBERS,
    person_sql.HEALTH,
    person_sql.WORK,
    person_sql.OTHER,
    person_sql.PERSON,
    household_sql.OWN,
    household_sql.KIN,
    household_sql.LEDGER,
    household_sql.EVENTS,
    household_sql.HISTORY,
)


@dataclass(frozen=True)
class FeatureTable:
    """Eligible households as of a day.

    Attributes:
        t: First day that the features do not see.
        table: One row a household, ordered by ``household``: the columns of ``ABOUT``, every
            feature as float (null where unknown), the columns of ``LACKS``.
        members: ``household, person``: who lived in them on that day.
    """

    t: date
    table: pa.Table
    members: pa.Table

    def column(self, name: str) -> NDArray[Any]:
        """One column of ``ABOUT`` or ``LACKS``, shape (n_households,)."""
        return np.asarray(self.table[name].to_pylist())

    def raw(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Features as they are, shape (n_households, n_names); unknown is NaN, inside only."""
        columns = [self.table[name].to_numpy() for name in names]
        return np.column_stack(columns) if columns else np.empty((self.table.num_rows, 0))

    def matrix(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Features as a model sees them: amounts of money and ratios on a logarithmic scale.

        Raises:
            RankingError: if a feature is asked for that the table does not have.
        """
        lacking = [name for name in names if name not in self.table.column_names]
        if lacking:
            raise RankingError(
                (
                    f"缺少特征：{', '.join(lacking)}",
                    f"features are missing: {', '.join(lacking)}",
                ),
                where=features_of(self.t),
                expected=("建模时的特征", "the features the model was made with"),
                next_step=(
                    "重新排序，以按这些特征建模",
                    "rank again, so that a model is made for these features",
                ),
            )
        scale = {feature.name: feature.scale for feature in feature_list()}
        values = self.raw(names)
        logs = np.array([scale[name] == "log" for name in names], dtype=bool)
        values[:, logs] = np.sign(values[:, logs]) * np.log1p(np.abs(values[:, logs]))
        return values


def at_day(sql: str, t: date) -> str:
    """SQL with ``$t``, and ``$y`` and ``$z`` twelve and 24 months before, as dates."""
    days = {"$t": t, "$y": months_later(t, -12), "$z": months_later(t, -24)}
    for sign, day in days.items():
        sql = sql.replace(sign, f"DATE '{day.isoformat()}'")
    return sql


def features_at(projection: Projection, parameters: Parameters, *, t: date) -> FeatureTable:
    """The features of all households that may fall back, as of a day.

    Args:
        projection: The graph's tables as known at that day or, for the history that came with
            the first delivery, as known when it came.
        parameters: Gives ``monitor.line_year``.
        t: First day of a month; what is dated on it or later is not looked at.

    Returns:
        Eligible households: those of the poverty archive, and former 低保 and low-income-margin
        households that are in no archive; nobody who is covered or monitored on the day.
    """
    con = projection.con.cursor()
    try:
        for step in _STEPS:
            con.execute(at_day(step, t))
        con.register("parameter", parameters.table(["monitor.line_year"]))
        cells = f"(SELECT DISTINCT area_code, DATE '{t.isoformat()}' AS month FROM eligible)"
        con.execute(f"CREATE OR REPLACE TEMP TABLE force AS {in_force(cells, 'parameter')}")
        found = con.execute(at_day(household_sql.FEATURES, t)).fetch_arrow_table()
        members = con.execute("SELECT household, person FROM unit_member ORDER BY ALL")
        return FeatureTable(t, _typed(found), members.fetch_arrow_table())
    finally:
        con.close()


def _typed(found: pa.Table) -> pa.Table:
    types = [pa.field(name, pa.string()) for name in ABOUT]
    types += [pa.field(feature.name, pa.float64()) for feature in feature_list()]
    types += [pa.field(name, pa.bool_()) for name in LACKS]
    names = [field.name for field in types]
    return found.select(names).cast(pa.schema(types))


def told_apart(tables: Sequence[FeatureTable]) -> tuple[list[str], list[str]]:
    """The features that differ between households, and those that say nothing.

    Args:
        tables: The households of all windows that are learnt from.

    Returns:
        Names of usable features; names of those that are constant or unknown throughout.
    """
    names = [feature.name for feature in feature_list()]
    values = np.vstack([table.raw(names) for table in tables])
    usable: list[str] = []
    silent: list[str] = []
    for name, column in zip(names, values.T, strict=True):
        known = column[~np.isnan(column)]
        differs = known.size > 0 and float(known.min()) < float(known.max())
        (usable if differs else silent).append(name)
    return usable, silent
