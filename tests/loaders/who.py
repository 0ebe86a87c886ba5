"""Whom the rows of a loaded county are taken for, against its truth: ``python -m tests.loaders.who COUNTY HOME``.

Of every field that names a person the truth says whom it is about, whatever stands there. Two
right numbers in each other's column (``q.swap``) are left out: they are put right where they are a tie.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb

from doudi.graph.schema import GRADES
from doudi.graph.tables import FactStore
from doudi.loaders.identity import Keys, pseudonyms
from doudi.loaders.mentions import mentioning, with_mentions
from doudi.loaders.source import Source, sources

Taken = Counter[tuple[str, str]]
"""Counts by grade and by who it is: ``right``, ``another``, ``nobody``, and for names ``unlinked``."""

_TRUTH = """
CREATE TABLE truth AS FROM read_parquet(?) ANTI JOIN (
    SELECT source, batch, line FROM read_parquet(?) WHERE code = 'q.swap'
) USING (source, batch, line) WHERE person_id IS NOT NULL"""


def taken(county: Path, home: Path) -> Taken:
    """Of all fields of loaded rows that name a person, whom they are taken for, and how surely."""
    con = duckdb.connect()
    con.execute(_TRUTH, [str(county / "truth" / f"{n}.parquet") for n in ("people", "faults")])
    clear = con.execute("SELECT DISTINCT person_id AS clear FROM truth").to_arrow_table()
    pids = pseudonyms(Keys(home / "keys").pid, "person", clear["clear"].to_pylist())
    con.register("pids", clear.append_column("pid", pids))
    with FactStore(home / "tables").connect() as view:
        con.register("same", view.link("SAME_AS", "Person", "Person").to_pyarrow())
    found: Taken = Counter()
    for source in sources().values():
        rows = home / "tables" / "_rows" / source.slug
        if list(rows.glob("*.parquet")):
            for column in mentioning(source):
                found.update(_of(con, source, rows, column.name))
    return found


def _of(con: duckdb.DuckDBPyConnection, source: Source, rows: Path, name: str) -> dict[Any, int]:
    """The counts of one column."""
    files = f"(SELECT * FROM read_parquet('{rows}/*.parquet', union_by_name = true) WHERE NOT retracted)"
    return {
        (grade, who): count
        for grade, who, count in con.execute(
            f"""
            SELECT coalesce(s.grade, r."{name}__grade"), CASE
                WHEN coalesce(s.end_id, r."{name}") = p.pid THEN 'right'
                WHEN coalesce(s.end_id, r."{name}") IN (SELECT pid FROM pids) THEN 'another'
                WHEN r."{name}__grade" = 'name_only' THEN 'unlinked' ELSE 'nobody' END, count(*)
            FROM {with_mentions(source, files)} r
            JOIN truth t ON t.source = ? AND t.batch = r._batch AND t.line = r._line AND t.field = ?
            JOIN pids p ON p.clear = t.person_id LEFT JOIN same s ON s.start_id = r."{name}"
            WHERE r."{name}" IS NOT NULL GROUP BY ALL""",
            [source.slug, name],
        ).fetchall()
    }


def lines(found: Taken) -> list[str]:
    """How many fields of each grade are taken for whom, a line each."""
    whole = sum(found.values())
    said = ["grade        right  another  nobody  unlinked  share of all"]
    for grade in GRADES:
        right, other, nobody, open_ = (
            found[grade, who] for who in ("right", "another", "nobody", "unlinked")
        )
        share = right / whole
        said.append(f"{grade:11}{right:7,}{other:9,}{nobody:8,}{open_:10,}{share:14.4%}")
    return said


if __name__ == "__main__":
    print("\n".join(lines(taken(*map(Path, sys.argv[1:])))))  # noqa: T201  # its purpose
