"""Rows cleaned: typed, pseudonymised, every identifier in clear gone.

Makes these tables in the engine, each from the one before: ``typed`` (values and reasons of all
parts of a feed), ``token`` (pseudonyms) and ``cleaned`` (no clear identifier left).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.loaders.columns import extras
from doudi.loaders.identity import pseudonymise
from doudi.loaders.source import NUMBERS, Column
from doudi.loaders.values import SQL_TYPES, Cell, Rule, literal, rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    import duckdb

    from doudi.loaders.headers import Headers
    from doudi.loaders.source import Source

PERSON = Column("number", (), "id18", "key")
"""Stands for one part of a list of people."""


@dataclass(frozen=True)
class Feed:
    """All parts of one source in a delivery.

    Attributes:
        headers: Matched headers of each part; part ``n`` is the engine's table ``raw<n>``.
        columns: Declared columns, and further ones that any part has.
    """

    source: Source
    headers: tuple[Headers, ...]
    as_known: date

    @property
    def columns(self) -> tuple[Column, ...]:
        """Declared columns first, then common ones and companions of numbers."""
        found = {c.name: c for c in self.source.columns.values()}
        for headers in self.headers:
            found |= {m.column.name: m.column for m in headers.matched}
        return tuple(found.values())

    def has(self, name: str) -> bool:
        """Whether any part has a column."""
        return any(name in headers.names for headers in self.headers)


def clean(
    con: duckdb.DuckDBPyConnection, feed: Feed, *, people: Sequence[Path], key: bytes
) -> None:
    """Make ``cleaned`` from ``raw0``, ``raw1``, ….

    Args:
        con: The engine, with the raw parts and the macros.
        feed: The declaration and the files' columns.
        people: Files of the people known so far, for the repair of check digits.
        key: Key of the pseudonyms.
    """
    _type(con, feed)
    _restore(con, feed, people, key)
    for column in _lists(feed):
        con.execute(_listed_sql(column, feed.as_known))
    pseudonymise(con, key, _wanted(feed), out="token")
    con.execute(_cleaned_sql(feed))


FEW = 3_000
"""With fewer rows the engine's optimiser takes longer over the rules than the rows do."""


def _type(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Make ``typed`` of all parts."""
    for number in range(len(feed.headers)):  # parts, mostly one
        few = con.execute(f"SELECT count(*) < {FEW} FROM raw{number}").fetchall()[0][0]
        con.execute(f"PRAGMA {'disable' if few else 'enable'}_optimizer")
        make = "CREATE OR REPLACE TABLE typed AS" if number == 0 else "INSERT INTO typed BY NAME"
        con.execute(f"{make} {_typed_sql(feed, number)}")
    con.execute("PRAGMA enable_optimizer")


def _typed_sql(feed: Feed, number: int) -> str:
    """Values, reasons and extras of one part, in as many steps as the longest rule has."""
    there = {m.column.name: m for m in feed.headers[number].matched}
    cells: dict[str, Rule] = {}
    absent: list[str] = []
    for column in feed.columns:  # one declared column after the other
        matched = there.get(column.name)
        embedding = there.get(column.embedded_in)
        if matched or embedding:
            raw = f"c{matched.place}" if matched else "CAST(NULL AS VARCHAR)"
            unit = (matched.unit if matched else "") or column.unit
            inside = f"c{embedding.place}" if embedding else ""
            cells[column.name] = rule(Cell(column, raw, unit, feed.as_known, inside))
        else:
            absent += _absent(column)
    final = [f"{number} AS _part", "line AS _line", *absent]
    for name, one in cells.items():
        final += [f'{one.value} AS "{name}"', f'CAST({one.why} AS VARCHAR) AS "{name}__why"']
        final += [f'{sql} AS "{name}__{extra}"' for extra, sql in one.extras.items()]
    return f"SELECT {', '.join(final)} FROM {_staged(f'raw{number}', list(cells.values()))}"


def _staged(table: str, rules: list[Rule]) -> str:
    """A sub-query that computes the steps of all rules side by side."""
    sql = table
    for step in range(max((len(r.steps) for r in rules), default=0)):
        new = [
            f"{x} AS {n}" for r in rules if step < len(r.steps) for n, x in r.steps[step].items()
        ]
        sql = f"(SELECT *, {', '.join(new)} FROM {sql})"
    return sql


def _absent(column: Column) -> list[str]:
    """A column that the file lacks: unknown throughout, without a reason."""
    kinds = {"": SQL_TYPES.get(column.type, "VARCHAR"), "__why": "VARCHAR"}
    kinds |= {f"__{name}": kind for name, kind in extras(column).items() if name != "grades"}
    if column.type in NUMBERS:
        kinds["__fix"] = "VARCHAR"
    if column.type == "hash":
        kinds["__clear"] = "BOOLEAN"
    if column.type in ("decimal", "ratio", "int"):
        kinds["__sent"] = "DECIMAL(24, 6)"
    return [f'CAST(NULL AS {kind}) AS "{column.name}{suffix}"' for suffix, kind in kinds.items()]


def _restore(
    con: duckdb.DuckDBPyConnection, feed: Feed, people: Sequence[Path], key: bytes
) -> None:
    """Restore wrong check digits where the row's name, or without one its birth date, agrees.

    The number that the first 17 digits call for must be a known person's.
    """
    numbers = [c.name for c in feed.columns if c.type in NUMBERS and feed.has(c.name)]
    if not people or not numbers:
        return
    some = " OR ".join(f'"{n}__fix" IS NOT NULL' for n in numbers)
    if con.execute(f"SELECT 1 FROM typed WHERE {some} LIMIT 1").fetchall() == []:
        return
    names = ", ".join(literal(str(path)) for path in people)
    for number in numbers:
        name, born = (
            feed.source.companion(number, "name"),
            feed.source.companion(number, "birth_date"),
        )
        told = f'"{name}"' if feed.has(name) else "NULL::VARCHAR"
        birth = f'"{born}"' if feed.has(born) else "NULL::DATE"
        wanted = {
            "person": f'SELECT "{number}__fix" FROM typed',
            "name": f'SELECT {told} FROM typed WHERE "{number}__fix" IS NOT NULL',
        }
        pseudonymise(con, key, wanted, out="candidate")
        con.execute(f"""
        UPDATE typed SET "{number}" = "{number}__fix", "{number}__why" = NULL,
            "{number}__grade" = 'repaired', "{number}__sex" = CASE WHEN
                substr("{number}__fix", 17, 1) IN ('1', '3', '5', '7', '9') THEN '男' ELSE '女' END,
            "{number}__birth" = ymd(substr("{number}__fix", 7, 4), substr("{number}__fix", 11, 2),
                                    substr("{number}__fix", 13, 2))
        WHERE (_part, _line) IN (
            SELECT (t._part, t._line) FROM
                (SELECT _part, _line, "{number}__fix" AS fix, {told} AS told, {birth} AS born FROM typed) t
            JOIN candidate f ON f.space = 'person' AND f.clear = t.fix
            JOIN read_parquet([{names}], union_by_name = true) k ON k.id = f.token
            LEFT JOIN candidate n ON n.space = 'name' AND n.clear = t.told
            WHERE n.token = k.name_token OR (n.token IS NULL AND t.born = k.birth_date))""")


def _lists(feed: Feed) -> list[Column]:
    return [c for c in feed.columns if c.type == "list[id18]"]


def _listed_sql(column: Column, as_known: date) -> str:
    """The numbers in a list, one a row, each cleaned like any number."""
    one = rule(Cell(PERSON, "cell", "", as_known))
    parts = f'(SELECT _part, _line, unnest("{column.name}") AS cell FROM typed)'
    return (
        f'CREATE OR REPLACE TABLE "listed {column.name}" AS SELECT _part, _line, {one.value} AS number, '
        f"{one.why} AS why, {one.extras['grade']} AS grade FROM {_staged(parts, [one])}"
    )


def _wanted(feed: Feed) -> dict[str, str]:
    """SQL of the clear identifiers in each space."""
    parts: dict[str, list[str]] = {}
    for column in feed.columns:
        name = f'"{column.name}"'
        if column.type == "list[id18]":
            parts.setdefault("person", []).append(f'SELECT number FROM "listed {column.name}"')
        elif column.type == "id18_or_uscc":
            where = f"\"{column.name}__kind\" = 'person'"
            parts.setdefault("person", []).append(f"SELECT {name} FROM typed WHERE {where}")
        elif column.type == "id18":
            parts.setdefault("person", []).append(f"SELECT {name} FROM typed")
        elif column.type == "hash":
            clear = f'SELECT {name} FROM typed WHERE "{column.name}__clear"'
            parts.setdefault(column.personal, []).append(clear)
        elif column.personal:
            parts.setdefault(column.personal, []).append(f"SELECT {name} FROM typed")
    return {space: " UNION ALL ".join(sqls) for space, sqls in parts.items()}


def _cleaned_sql(feed: Feed) -> str:
    """Every identifier replaced; tokens are looked up by joins, lists by their parts."""
    chosen, joins = ["t._part", "t._line"], []
    for number, column in enumerate(feed.columns):
        name, why = f't."{column.name}"', f't."{column.name}__why"'
        chosen += [f't."{column.name}__{extra}"' for extra in extras(column) if extra != "grades"]
        if column.type == "list[id18]":
            joins.append(_list_join(column, number))
            none = "CAST([] AS VARCHAR[])"
            chosen.append(f'coalesce(j{number}.pids, {none}) AS "{column.name}"')
            chosen.append(f'coalesce(j{number}.grades, {none}) AS "{column.name}__grades"')
            why = f"coalesce({why}, j{number}.why)"
        elif column.type in NUMBERS or column.personal:
            space = "person" if column.type in NUMBERS else column.personal
            joins.append(
                f"LEFT JOIN token j{number} ON j{number}.space = '{space}' AND j{number}.clear = {name}"
            )
            keep = column.type in ("hash", "id18_or_uscc")
            kept = f"coalesce(j{number}.token, {name})" if keep else f"j{number}.token"
            chosen.append(f'{kept} AS "{column.name}"')
        elif column.name in feed.source.ends:
            late = f't."{feed.source.ends[column.name]}" > {name}'
            chosen.append(f'CASE WHEN {late} THEN NULL ELSE {name} END AS "{column.name}"')
            why = f"coalesce({why}, CASE WHEN {late} THEN 'date.order' END)"
        else:
            chosen.append(name)
        chosen.append(f'{why} AS "{column.name}__why"')
    return f"CREATE OR REPLACE TABLE cleaned AS SELECT {', '.join(chosen)} FROM typed t {' '.join(joins)}"


def _list_join(column: Column, number: int) -> str:
    """The pseudonyms of a list, each person once, with their grades and a reason for the unreadable."""
    return (
        "LEFT JOIN (SELECT _part, _line, list(token ORDER BY token) FILTER (token IS NOT NULL) AS pids, "
        "list(grade ORDER BY token) FILTER (token IS NOT NULL) AS grades, max(why) AS why FROM ("
        "SELECT u._part, u._line, k.token, min(u.grade) AS grade, max(u.why) AS why "
        f"FROM \"listed {column.name}\" u LEFT JOIN token k ON k.space = 'person' AND k.clear = u.number "
        f"GROUP BY ALL) GROUP BY ALL) j{number} ON j{number}._part = t._part AND j{number}._line = t._line"
    )
