"""Areas that were merged or renumbered: nodes carry the code that holds today.

Registers keep the codes of their day for years. The fact tables have each as it was sent; the graph
has its successor, so that one township is one township whoever tells of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.graph.schema import schema
from doudi.graph.workbench import property_names, table_name

if TYPE_CHECKING:
    from doudi.graph.workbench import Workbench

SUCCEEDED_BY = ("SUCCEEDED_BY", "Area", "Area")

LONGEST = 12
"""Changes of one code that are followed; a ring of codes ends here."""


def succeed(bench: Workbench) -> None:
    """Replace codes that had one successor by the day of the projection, step by step.

    A code that was split among several areas stays: which part an old row means nobody can tell.
    """
    day = f"DATE '{bench.today.isoformat()}'"
    bench.con.execute(
        f"""CREATE OR REPLACE TEMP TABLE heir AS
        WITH RECURSIVE step AS (
            SELECT start_id AS code, any_value(end_id) AS heir FROM {table_name(*SUCCEEDED_BY)}
            WHERE start_id <> end_id AND coalesce(valid_from <= {day}, true)
            GROUP BY start_id HAVING count(DISTINCT end_id) = 1
        ), way AS (
            SELECT code, heir, 1 AS steps FROM step
            UNION ALL SELECT way.code, step.heir, steps + 1 FROM way JOIN step ON step.code = way.heir
            WHERE steps < {LONGEST} AND step.heir <> way.code
        )
        SELECT code, arg_max(heir, steps) AS heir FROM way GROUP BY code"""
    )
    if bench.con.execute("SELECT 1 FROM heir LIMIT 1").fetchall():
        for label in schema().nodes:  # a few dozen labels
            for name in {"area_code", "township"} & set(property_names(label)):
                bench.con.execute(
                    f"UPDATE {table_name(label)} SET {name} = heir.heir FROM heir WHERE code = {name}"
                )
    bench.con.execute("DROP TABLE heir")
