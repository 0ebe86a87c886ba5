"""Rows cleaned: typed, pseudonymised, every identifier in clear gone.

Makes these tables in the engine, each from the one before: ``typed`` (values and reasons of all
parts of a feed), ``token`` (pseudonyms) and ``cleaned`` (no clear identifier left).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.loaders.columns import LATER, extras
from doudi.loaders.identity import pseudonymise
from doudi.loaders.source import NUMBERS, Column
from doudi.loaders.typed import staged, type_cells
from doudi.loaders.values import Cell, literal, rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    import duckdb
    import pyarrow as pa

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
    con: duckdb.DuckDBPyConnection,
    feed: Feed,
    parts: Sequence[pa.Table],
    *,
    people: Sequence[Path],
    key: bytes,
) -> None:
    """Make ``cleaned`` from the parts of a feed.

    Args:
        con: The engine, with the macros, and the parts as ``raw0``, ``raw1``, ….
        feed: The declaration and the files' columns.
        parts: The same parts.
        people: Files of the people known so far, for the repair of check digits.
        key: Key of the pseudonyms.
    """
    type_cells(con, feed, parts)
    _restore(con, feed, people, key)
    for column in _lists(feed):
        con.execute(_listed_sql(column, feed.as_known))
    pseudonymise(con, key, _wanted(feed), out="token")
    con.execute(_cleaned_sql(feed))


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
        f"{one.why} AS why, {one.extras['grade']} AS grade FROM {staged(parts, [one])}"
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
        chosen += [f't."{column.name}__{extra}"' for extra in extras(column) if extra not in LATER]
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
            chosen += _named(feed, column) if column.type == "id18" else []
        elif column.name in feed.source.ends:
            late = f't."{feed.source.ends[column.name]}" > {name}'
            chosen.append(f'CASE WHEN {late} THEN NULL ELSE {name} END AS "{column.name}"')
            why = f"coalesce({why}, CASE WHEN {late} THEN 'date.order' END)"
        else:
            chosen.append(name)
        chosen.append(f'{why} AS "{column.name}__why"')
    return f"CREATE OR REPLACE TABLE cleaned AS SELECT {', '.join(chosen)} FROM typed t {' '.join(joins)}"


def _named(feed: Feed, column: Column) -> list[str]:
    """Whom the row names where the number cannot be used, and the birth date beside the name."""
    places = {c.name: number for number, c in enumerate(feed.columns)}
    name = feed.source.companion(column.name, "name")
    born = feed.source.companion(column.name, "birth_date")
    token = f"j{places[name]}.token" if name in places else "NULL::VARCHAR"
    day = f't."{born}"' if born in places else "NULL::DATE"
    return [
        f'CASE WHEN t."{column.name}" IS NULL THEN {token} END AS "{column.name}__named"',
        f'CASE WHEN t."{column.name}" IS NULL AND {token} IS NOT NULL THEN {day} END AS "{column.name}__born"',
    ]


def _list_join(column: Column, number: int) -> str:
    """The pseudonyms of a list, each person once, with their grades and a reason for the unreadable."""
    return (
        "LEFT JOIN (SELECT _part, _line, list(token ORDER BY token) FILTER (token IS NOT NULL) AS pids, "
        "list(grade ORDER BY token) FILTER (token IS NOT NULL) AS grades, max(why) AS why FROM ("
        "SELECT u._part, u._line, k.token, min(u.grade) AS grade, max(u.why) AS why "
        f"FROM \"listed {column.name}\" u LEFT JOIN token k ON k.space = 'person' AND k.clear = u.number "
        f"GROUP BY ALL) GROUP BY ALL) j{number} ON j{number}._part = t._part AND j{number}._line = t._line"
    )
