"""Who is only named, looked for among the people with numbers: ``SAME_AS``, with its strength.

Nothing is merged: the answer is an edge that the next delivery, or a person's decision, withdraws.
A name goes to one person at most, and the probabilities of all who come into question are weighed
against each other and against its being nobody who is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from doudi.graph.same_as import SAME_AS
from doudi.linking.link import LINKED, POSSIBLE, LinkSettings, link
from doudi.loaders.decisions import decisions
from doudi.loaders.identity import Keys
from doudi.loaders.mentions import PREFIX
from doudi.loaders.names import read_names
from doudi.loaders.people import gather, named, numbered
from doudi.loaders.source import NUMBERS, sources

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date
    from pathlib import Path

    import duckdb

    from doudi.graph.tables import FactStore
    from doudi.loaders.source import Source

SOURCE = "identity"
"""Under which the edges stand in the fact tables, as a data type does."""

COMPARED = LinkSettings(
    name="name", birth="birth", sex="sex", area="area", compare=("household",), lang="en"
)
"""What is compared of people; ``people.gather`` gives it. A household there is a household book of
one register, so that it is the same or not."""


TELLING = ("birth", "area", "household")
"""What must be known of both, beside the name; a sex tells too little."""


@dataclass(frozen=True)
class Resolved:
    """How many names are linked, how many only possibly, and how many are nobody's."""

    linked: int = 0
    possible: int = 0
    unknown: int = 0


def resolve(
    store: FactStore, names: pa.Table, *, as_known: date, declared: Mapping[str, Source]
) -> Resolved:
    """Bring ``SAME_AS`` up to what is known.

    Args:
        store: The fact tables.
        names: Names behind tokens: ``token, clear``.
        as_known: Day of the delivery that made the look necessary.
        declared: The sources by slug; in a register kept by person nobody stands twice.

    Returns:
        Counts of the people who are only named.
    """
    if not _some_named(store):
        return Resolved()
    with store.connect() as view:
        gather(view, names)
        _weigh(view.con, by_person(declared.values()))
        _decide(view.con, decisions(store.root))
        _settle(view.con, view.known(*SAME_AS), as_known)
        seq = store.next_seq()
        fresh = view.con.execute(
            f"SELECT *, CAST({seq} AS BIGINT) AS seq FROM news"
        ).to_arrow_table()
        counts = view.con.execute(
            """SELECT count(*) FILTER (grade = 'linked'), count(*) FILTER (grade = 'possible'),
                count(*) FILTER (grade IS NULL)
            FROM person LEFT JOIN wanted ON wanted.start_id = person.id WHERE is_named"""
        ).fetchall()[0]
    store.append_links(*SAME_AS, fresh, seq=seq, source=SOURCE)
    return Resolved(*counts)


def resolve_home(home: Path) -> Resolved:
    """Bring ``SAME_AS`` of a home up to what is known and decided today."""
    from doudi.graph.tables import FactStore

    names = read_names(home / "vault" / "names", Keys(home / "keys").vault)
    declared = sources(home / "sources")
    today = datetime.now(UTC).date()
    return resolve(FactStore(home / "tables"), names, as_known=today, declared=declared)


def by_person(declared: Iterable[Source]) -> set[str]:
    """Registers with one row a person, whose number is the key."""
    return {
        source.slug
        for source in declared
        if source.nature == "register"
        and len(source.key) == 1
        and source.columns[source.key[0]].type in NUMBERS
    }


def _some_named(store: FactStore) -> bool:
    """Whether any record speaks of somebody who is only named."""
    import duckdb

    files = [str(path) for path in store.files("Person")]
    if not files:
        return False
    sql = f"SELECT 1 FROM read_parquet(?) WHERE starts_with(id, '{PREFIX}') LIMIT 1"
    return duckdb.execute(sql, [files]).fetchall() != []


def _weigh(con: duckdb.DuckDBPyConnection, kept: Collection[str]) -> None:
    """Make ``likely``: of each name the people who come into question, with their share of the odds.

    Who is known by a name alone comes into question for nobody, however rare the name is.
    """
    con.register("_pairs", _pairs(named(con), numbered(con)))
    registers = ", ".join(f"'{slug}'" for slug in sorted(kept)) or "''"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE likely AS
        WITH open AS (
            SELECT left_id AS named, right_id AS person, least(probability, 1 - 1e-9) AS p,
                array_to_string(reasons, '; ') AS reasons
            FROM _pairs JOIN person a ON a.id = left_id JOIN person b ON b.id = right_id
            ANTI JOIN related r ON r.named = left_id AND r.other = right_id
            ANTI JOIN (
                SELECT a.id AS one, b.id AS two FROM listed a JOIN listed b USING (source)
                WHERE source IN ({registers}) AND starts_with(a.id, '{PREFIX}')
            ) twice ON twice.one = left_id AND twice.two = right_id
            WHERE {" OR ".join(f"(a.{c} IS NOT NULL AND b.{c} IS NOT NULL)" for c in TELLING)}
        )
        SELECT named, person, reasons, round(odds / (1 + sum(odds) OVER (PARTITION BY named)), 3) AS p
        FROM (SELECT *, p / (1 - p) AS odds FROM open)"""
    )
    con.unregister("_pairs")


def _pairs(those: pa.Table, known: pa.Table) -> pa.Table:
    """Pairs that are probably one person; none where a side is empty."""
    if those.num_rows and known.num_rows:
        return link(those, known, settings=COMPARED).pairs
    return pa.schema(
        [
            ("left_id", pa.string()),
            ("right_id", pa.string()),
            ("probability", pa.float64()),
            ("reasons", pa.list_(pa.string())),
        ]
    ).empty_table()


def _decide(con: duckdb.DuckDBPyConnection, decided: pa.Table) -> None:
    """Make ``wanted``: the best of each name, decisions before all."""
    con.register("_decided", decided)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE wanted AS
        WITH last AS (
            SELECT "left" AS named, "right" AS person, verdict, "by" FROM _decided
            QUALIFY row_number() OVER (PARTITION BY "left", "right" ORDER BY "at" DESC) = 1
        ), all_of AS (
            SELECT named, person, 1.0 AS p, NULL AS reasons, "by" FROM last WHERE verdict = 'same'
            UNION ALL SELECT named, person, p, reasons, NULL FROM likely
            ANTI JOIN last USING (named, person)
            WHERE named NOT IN (SELECT named FROM last WHERE verdict = 'same')
        )
        SELECT named AS start_id, person AS end_id, CAST(p AS DOUBLE) AS probability,
            reasons AS rule, "by" AS decided_by,
            CASE WHEN p >= {LINKED} THEN 'linked' ELSE 'possible' END AS grade
        FROM all_of WHERE p >= {POSSIBLE} AND named <> person
            AND named IN (SELECT id FROM person) AND person IN (SELECT id FROM person)
        QUALIFY row_number() OVER (PARTITION BY named ORDER BY p DESC, person) = 1"""
    )
    con.unregister("_decided")


def _settle(con: duckdb.DuckDBPyConnection, stored: str, as_known: date) -> None:
    """Make ``news``: edges that are new or other than they stand, and the end of those that are gone."""
    day = f"DATE '{as_known.isoformat()}'"
    own = "fact_id, start_id, end_id, probability, rule, decided_by, grade, digest"
    rest = (
        f"'{SOURCE}' AS source, '' AS batch, NULL AS \"row\", NULL AS valid_from, NULL AS valid_to"
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE news AS
        WITH told AS (
            SELECT substr(sha256('SAME_AS|' || start_id || '|' || end_id), 1, 16) AS fact_id, wanted.*,
                substr(sha256(concat_ws('|', probability, rule, decided_by)), 1, 16) AS digest,
                greatest({day}, a.known_from, b.known_from) AS known_from
            FROM wanted JOIN person a ON a.id = start_id JOIN person b ON b.id = end_id
        )
        SELECT {own}, known_from, false AS retracted, {rest} FROM told
        WHERE (fact_id, digest) NOT IN (SELECT (fact_id, digest) FROM {stored})
        UNION ALL BY NAME
        SELECT {own}, greatest({day}, known_from) AS known_from, true AS retracted, {rest}
        FROM {stored} WHERE fact_id NOT IN (SELECT fact_id FROM told)"""
    )
