"""The relations a hit rests on: looked up in the projection, weighed by their identity grade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.detectors.facts import edge_queries
from doudi.graph.errors import DetectorError
from doudi.graph.schema import GRADES

if TYPE_CHECKING:
    from doudi.detectors.facts import Facts

_GRADE_CASES = " ".join(f"WHEN '{grade}' THEN {place}" for place, grade in enumerate(GRADES))


def grade_place(column: str) -> str:
    """SQL for the place of a grade, 0 the strongest; unknown grades count as no grade.

    >>> grade_place("g")[:20]
    "CASE g WHEN 'exact' "
    """
    return f"CASE {column} {_GRADE_CASES} END"


def look_up(facts: Facts, wanted: str) -> None:
    """Add the edges of a table's ``rid`` to the table ``edge``, and those they were derived from.

    Args:
        facts: The projection.
        wanted: Name of a table with a column ``rid``, or a query in parentheses.
    """
    facts.con.execute(
        f"CREATE OR REPLACE TEMP TABLE _wanted AS SELECT DISTINCT rid FROM {wanted} "
        "WHERE rid IS NOT NULL AND rid NOT IN (SELECT rid FROM edge)"
    )
    _add(facts)
    facts.con.execute(
        "CREATE OR REPLACE TEMP TABLE _wanted AS SELECT DISTINCT unnest(via) AS rid FROM edge "
        "EXCEPT SELECT rid FROM edge"
    )
    _add(facts)


def empty_edges(facts: Facts) -> None:
    """Make the table ``edge``, without rows."""
    first = next(iter(edge_queries("(SELECT NULL AS rid)")))
    facts.con.execute(f"CREATE OR REPLACE TABLE edge AS {first} AND false")


def _add(facts: Facts) -> None:
    for sql in edge_queries("_wanted"):  # one statement a relation type
        facts.con.execute(f"INSERT INTO edge {sql}")


def require_known_edges(facts: Facts) -> None:
    """Refuse evidence that the projection does not hold.

    Raises:
        DetectorError: naming the detectors; the graph was then built from other tables.
    """
    unknown = facts.rows(
        "SELECT detector, count(DISTINCT hit_id) FROM "
        "(SELECT detector, hit_id, unnest(evidence) AS rid FROM found) "
        "WHERE rid NOT IN (SELECT rid FROM edge) GROUP BY detector ORDER BY detector"
    )
    if unknown:
        named = ", ".join(f"{name} ({count})" for name, count in unknown)
        raise DetectorError(
            (
                f"证据引用了投影数据中没有的关系：{named}",
                f"evidence names relations that the projection does not hold: {named}",
            ),
            where=("图", "graph"),
            expected=("由本投影数据建成的图", "a graph built from this projection"),
            next_step=("重新建图", "build the graph again"),
        )


_WEAK_ROWS = f"""
CREATE OR REPLACE TEMP TABLE _weak AS
WITH named AS (SELECT rowid AS row_no, unnest(evidence) AS rid FROM found),
used AS (FROM named UNION SELECT n.row_no, unnest(e.via) FROM named AS n JOIN edge AS e USING (rid))
SELECT DISTINCT u.row_no FROM used AS u
JOIN edge AS e USING (rid) JOIN found AS f ON f.rowid = u.row_no
WHERE {grade_place("e.grade")} > least({grade_place("f.min_grade")}, {GRADES.index("linked")})
"""


def drop_weak(facts: Facts) -> dict[str, int]:
    """Drop rows of ``found`` with an edge below the detector's grade, or possible or name_only.

    A weak row says nothing about the others of its hit: what strong evidence shows stands.

    Returns:
        How many hits were left without a row, by detector.
    """
    facts.con.execute("CREATE OR REPLACE TEMP TABLE _named AS SELECT detector, hit_id FROM found")
    facts.con.execute(_WEAK_ROWS)
    facts.con.execute("DELETE FROM found WHERE rowid IN (SELECT row_no FROM _weak)")
    counts = facts.rows(
        "SELECT detector, count(DISTINCT hit_id) FROM _named "
        "WHERE hit_id NOT IN (SELECT hit_id FROM found) GROUP BY detector"
    )
    return {str(name): int(str(count)) for name, count in counts}


_WEAKEST = f"""
CREATE OR REPLACE TABLE hit_grade AS
SELECT hit_id, max({grade_place("e.grade")}) AS place
FROM (SELECT hit_id, rid FROM path_edge
      UNION SELECT p.hit_id, unnest(e.via) FROM path_edge AS p JOIN edge AS e USING (rid)) AS used
JOIN edge AS e USING (rid) GROUP BY hit_id
"""


def build_grades(facts: Facts) -> None:
    """Make ``hit_grade``: ``hit_id, place`` of the weakest edge of each hit."""
    facts.con.execute(_WEAKEST)
