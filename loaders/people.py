"""People as the fact tables tell of them: who is only named, who has a number, who belongs to whom.

Linking compares these: a name, a birth date, a sex, an area, and the household book in which a
person stands or in which those stand with whom he is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.loaders.mentions import PREFIX

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from doudi.graph.tables import FactView

MEMBER_OF = ("MEMBER_OF", "Person", "Household")
RECEIVES = ("RECEIVES", "Person", "Benefit")
BOOK = ("REGISTERED_IN", "Person", "HukouBook")
SIDES = ("SPOUSE_OF", "PARENT_OF")
"""Relations between two people who are then not one."""

ORDER = "name, birth, sex, area, household, id"
"""By what is told of people: by their ids, linking would depend on the key of the home."""

NAMED = f"starts_with(id, '{PREFIX}')"


def gather(view: FactView, names: pa.Table) -> None:
    """Make ``person``: id, name, birth, sex, area, household, known_from, of all who are known.

    Also ``related`` (named, other): pairs of one who is only named and one with a number who stand
    together in a relation, and are therefore two; and ``listed`` (id, source): registers that have
    a person.

    Args:
        view: The fact tables as known now.
        names: Names behind tokens: ``token, clear``.
    """
    con = view.con
    con.register("_name", names)
    _tell(view)
    _relate(view)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE person AS
        WITH best AS (
            SELECT id, min(known_from) AS known_from, {", ".join(_best(c) for c in _TOLD)}
            FROM told GROUP BY id
        ), book AS (SELECT id, min(book) AS book FROM stands GROUP BY id), beside AS (
            SELECT named AS id, mode(b.book ORDER BY b.book) AS book
            FROM related r JOIN book b ON b.id = r.other GROUP BY named
        )
        SELECT best.id, n.clear AS name, CAST(birth_date AS VARCHAR) AS birth, sex,
            substr(area_code, 1, 9) AS area, coalesce(book.book, beside.book) AS household,
            known_from, {NAMED.replace("id", "best.id")} AS is_named
        FROM best LEFT JOIN _name n ON n.token = best.name_token
        LEFT JOIN book ON book.id = best.id LEFT JOIN beside ON beside.id = best.id"""
    )
    con.unregister("_name")


_TOLD = ("name_token", "birth_date", "sex", "area_code")


def _best(column: str) -> str:
    """The newest of what is told; the same whatever order records are read in."""
    return f"arg_max({column}, (known_from, {column})) FILTER ({column} IS NOT NULL) AS {column}"


def _tell(view: FactView) -> None:
    """What nodes and memberships say of people, and which register says it."""
    con = view.con
    parts = [f"SELECT id, source, known_from, {', '.join(_TOLD)} FROM {view.known('Person')}"]
    parts += [
        f"SELECT start_id AS id, source, known_from, name_token, birth_date FROM {view.known(*triple)}"
        for triple in (MEMBER_OF, RECEIVES)
    ]
    con.execute(f"CREATE OR REPLACE TEMP TABLE told AS {' UNION ALL BY NAME '.join(parts)}")
    con.execute("CREATE OR REPLACE TEMP TABLE listed AS SELECT DISTINCT id, source FROM told")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE stands AS
        SELECT start_id AS id, end_id AS book FROM {view.known(*BOOK)}"""
    )


def _relate(view: FactView) -> None:
    """Who is named beside whom: members of one household, spouses, parents and children."""
    member = view.known(*MEMBER_OF)
    pairs = [f"SELECT a.start_id, b.start_id FROM {member} a JOIN {member} b USING (end_id)"]
    for kind in SIDES:
        tie = view.known(kind, "Person", "Person")
        pairs += [f"SELECT start_id, end_id FROM {tie}", f"SELECT end_id, start_id FROM {tie}"]
    view.con.execute(
        f"""CREATE OR REPLACE TEMP TABLE related AS
        SELECT DISTINCT id AS named, other FROM ({" UNION ALL ".join(pairs)}) AS v(id, other)
        WHERE {NAMED} AND NOT starts_with(other, '{PREFIX}')"""
    )


def named(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """The people who are only named."""
    return con.execute(
        f"SELECT * FROM person WHERE is_named AND name IS NOT NULL ORDER BY {ORDER}"
    ).to_arrow_table()


def numbered(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """The people with a number, all of them: what agrees by chance is counted on them."""
    return con.execute(
        f"""SELECT * EXCLUDE (is_named, known_from) FROM person
        WHERE NOT is_named AND name IS NOT NULL ORDER BY {ORDER}"""
    ).to_arrow_table()
