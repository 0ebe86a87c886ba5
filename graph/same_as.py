"""People who are only named, taken for whom they are linked to: their ties become that person's.

The edge ``SAME_AS`` stays, and so does the node of the name; in the fact tables nothing is changed,
so that the next projection without the edge is as if it had never been.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.graph.schema import schema
from doudi.graph.workbench import table_name

if TYPE_CHECKING:
    from doudi.graph.workbench import Workbench

SAME_AS = ("SAME_AS", "Person", "Person")

LINKED = "linked"
"""The grade of a tie that rests on such an edge; one that is weaker moves nothing."""


def join_same(bench: Workbench) -> None:
    """Give the ties of everybody linked at grade ``linked`` to the person he is the same as."""
    bench.con.execute(
        f"""CREATE OR REPLACE TEMP TABLE same AS
        SELECT start_id AS named, any_value(end_id) AS person, min(known_from) AS linked_on
        FROM {table_name(*SAME_AS)} WHERE grade = '{LINKED}' GROUP BY start_id HAVING count(DISTINCT end_id) = 1"""
    )
    if bench.con.execute("SELECT 1 FROM same LIMIT 1").fetchall():
        for triple in schema().triples():  # a few dozen relations
            for side, label in zip(("start_id", "end_id"), triple[1:], strict=True):
                if label == "Person" and triple != SAME_AS:
                    bench.con.execute(_moved(triple, side))
    bench.con.execute("DROP TABLE same")


def _moved(triple: tuple[str, ...], side: str) -> str:
    """SQL that moves one end of a relation; who was certain of the name is as sure as the link."""
    weaker = f"grade_named(greatest(grade_rank(grade), grade_rank('{LINKED}')))"
    return f"""
    UPDATE {table_name(*triple)} SET {side} = same.person,
        known_from = greatest(known_from, linked_on),
        grade = CASE WHEN grade = 'name_only' THEN '{LINKED}' ELSE {weaker} END
    FROM same WHERE same.named = {side}"""
