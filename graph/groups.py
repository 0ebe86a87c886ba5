"""People who share an account, a phone or a dwelling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.graph.workbench import table_name

if TYPE_CHECKING:
    from doudi.graph.workbench import Workbench

SMALLEST, LARGEST = 2, 200
"""Sizes of a group; what more than 200 people share is a village office, a bank or a default."""


@dataclass(frozen=True)
class Shared:
    """A kind of identifier, and the relations that give it to people."""

    kind: str
    label: str
    relations: tuple[str, ...]


SHARED = (
    Shared("account", "Account", ("HOLDS_ACCOUNT", "PAID")),
    Shared("phone", "Phone", ("USES_PHONE",)),
    Shared("dwelling", "Dwelling", ("LIVES_AT",)),
)


def add_groups(bench: Workbench) -> None:
    """Fill SharedGroup (id ``kind/identifier``) and IN_GROUP.

    Someone is in a group from the first to the last day on which any source says so, an unknown
    day being open; the grade is the strongest of these sources.
    """
    for shared in SHARED:
        bench.con.execute(f"CREATE OR REPLACE TEMP TABLE sharing AS {_sharing(shared)}")
        bench.add_nodes(
            f"""SELECT '{shared.kind}/' || thing AS id, '{shared.kind}' AS kind,
                count(*) AS size, grade_named(max(grade_rank(grade))) AS grade
                FROM sharing GROUP BY thing""",
            "SharedGroup",
        )
        bench.add_links(
            f"""SELECT person AS start_id, '{shared.kind}/' || thing AS end_id,
                * EXCLUDE (person, thing), '' AS "rows", 'shared' AS rule FROM sharing""",
            "IN_GROUP", "Person", "SharedGroup",
        )  # fmt: skip
    bench.con.execute("DROP TABLE sharing")


def _sharing(shared: Shared) -> str:
    """SQL: each person of each identifier that enough, and not too many, people have."""
    used = " UNION ALL ".join(
        f"""SELECT start_id AS person, end_id AS thing, valid_from, valid_to, known_from, grade
        FROM {table_name(relation, "Person", shared.label)}"""
        for relation in shared.relations
    )
    return f"""
    WITH one_each AS (
        SELECT person, thing,
            CASE WHEN count(*) = count(valid_from) THEN min(valid_from) END AS valid_from,
            CASE WHEN count(*) = count(valid_to) THEN max(valid_to) END AS valid_to,
            min(known_from) AS known_from, grade_named(min(grade_rank(grade))) AS grade
        FROM ({used}) GROUP BY person, thing)
    SELECT * FROM one_each
    QUALIFY count(*) OVER (PARTITION BY thing) BETWEEN {SMALLEST} AND {LARGEST}"""
