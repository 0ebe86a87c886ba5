"""Which households stand on another side of the line under other parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.policy.means import means_ledger

if TYPE_CHECKING:
    from datetime import date

    import pyarrow as pa

    from doudi.graph.projection import Projection
    from doudi.policy.parameters import Parameters

_MOVES = """
SELECT coalesce(a.household_id, b.household_id) AS household_id, a.month,
       a.income_pc_yuan AS income_pc_before_yuan, b.income_pc_yuan AS income_pc_after_yuan,
       a.line_yuan AS line_before_yuan, b.line_yuan AS line_after_yuan,
       CASE WHEN b.over_line THEN 'over' ELSE 'under' END AS moves
FROM ledger_a AS a JOIN ledger_b AS b USING (household_id, month)
WHERE a.over_line <> b.over_line ORDER BY ALL
"""


@dataclass(frozen=True)
class PolicyDiff:
    """What a change of parameters would do in one month.

    Attributes:
        month: The month looked at.
        households: Households with a benefit in it.
        moves: One row a household that changes sides: ``household_id, month,
            income_pc_before_yuan, income_pc_after_yuan, line_before_yuan, line_after_yuan, moves``
            (``over`` or ``under`` the line).
    """

    month: date
    households: int
    moves: pa.Table


def diff(
    projection: Projection, parameters_a: Parameters, parameters_b: Parameters, *, month: date
) -> PolicyDiff:
    """Households that would move across the line.

    Args:
        projection: The graph's tables.
        parameters_a: The parameters before.
        parameters_b: The parameters after.
        month: First day of the month to compare.

    Raises:
        PolicyError: if either lacks a standard for an area and month.
    """
    import duckdb

    before, after = (
        means_ledger(projection, parameters, as_of=month)
        for parameters in (parameters_a, parameters_b)
    )
    with duckdb.connect() as con:
        con.register("whole_a", before)
        con.register("ledger_b", after)
        con.execute("CREATE TEMP TABLE ledger_a AS SELECT * FROM whole_a WHERE month = ?", [month])
        counted = con.execute("SELECT count(*) FROM ledger_a").fetchall()
        moves = con.execute(_MOVES).fetch_arrow_table()
    return PolicyDiff(month, int(counted[0][0]), moves)
