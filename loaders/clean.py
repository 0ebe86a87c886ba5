"""One file's rows cleaned: typed, pseudonymised, each row kept, doubled or refused with its reason.

Makes these tables in the engine, each from the one before: ``raw`` (texts), ``typed`` (values and
reasons), ``token`` (pseudonyms), ``cleaned`` (no clear identifier left), ``judged`` (fate of each row).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.loaders.identity import pseudonymise
from doudi.loaders.values import literal, rule

if TYPE_CHECKING:
    from datetime import date

    import duckdb

    from doudi.loaders.headers import Headers, Matched
    from doudi.loaders.source import Column, Source

SPACES = {"name": "name", "phone_hash": "phone", "plate": "plate"}
"""Spaces of pseudonyms by the kind of column; hashes of money are accounts."""

_CLEAR_HASH = r"'\+?\d{7,21}'"
"""A phone or account number that came in clear; anything else in a hash column is a hash."""


@dataclass(frozen=True)
class Frame:
    """The columns that the cleaned rows of a source have, present in the file or not."""

    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """Their names, in order, extras of numbers and classes included."""
        found = []
        for column in self.columns:
            found += [column.name, *extras(column)]
        return found


def extras(column: Column) -> list[str]:
    """What is kept beside a column: of a number its grade, birth date, sex and kind."""
    if column.type in ("id18", "id18_or_uscc"):
        parts = ["grade", "birth", "sex"] + (["kind"] if column.type == "id18_or_uscc" else [])
        return [f"{column.name}__{part}" for part in parts]
    return [f"{column.name}__class"] if column.classes else []


def clean(
    con: duckdb.DuckDBPyConnection, source: Source, headers: Headers, *, as_known: date, key: bytes
) -> Frame:
    """Make ``cleaned`` and ``judged`` from ``raw``.

    Args:
        con: The engine, with ``raw`` and the macros.
        source: The declaration.
        headers: The file's columns.
        as_known: Day of the delivery.
        key: Key of the pseudonyms.
    """
    present = {m.column.name: m for m in headers.matched}
    declared = {**source.columns, **{m.column.name: m.column for m in headers.matched}}
    frame = Frame(tuple(declared.values()))
    _type(con, frame, present, as_known)
    pseudonymise(con, key, _wanted(frame), out="token")
    con.execute(_cleaned_sql(frame))
    con.execute(_judged_sql(source, frame))
    return frame


def _type(
    con: duckdb.DuckDBPyConnection, frame: Frame, present: dict[str, Matched], as_known: date
) -> None:
    """Make ``typed`` in steps: tidy text, prepared text, value, reason."""
    day = f"DATE '{as_known.isoformat()}'"
    tidy, prepared, valued, told = ["line"], ["*"], ["*"], ["line"]
    for i, column in enumerate(frame.columns):  # one declared column after the other
        matched = present.get(column.name)
        one = rule(column, (matched.unit if matched else "") or column.unit, day)
        tidy.append(
            f"tidy(c{matched.place}) AS t{i}" if matched else f"CAST(NULL AS VARCHAR) AS t{i}"
        )
        prepared.append(f"{_on(one.prepare, i)} AS p{i}")
        valued.append(f"{_on(one.value, i)} AS v{i}")
        reason = _reason(column, _on(one.reason, i), i) if matched else "NULL"
        told.append(f'v{i} AS "{column.name}", CAST({reason} AS VARCHAR) AS "{column.name}__why"')
        told += _extra_sql(column, i)
    for table, columns, before in (
        ("tidied", tidy, "raw"),
        ("prepared", prepared, "tidied"),
        ("valued", valued, "prepared"),
        ("typed", told, "valued"),
    ):
        con.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {', '.join(columns)} FROM {before}")


def _on(expression: str, i: int) -> str:
    """A rule's expression on the columns of one place."""
    return re.sub(r"\b([tpv])\b(?!')", rf"\g<1>{i}", expression)


def _reason(column: Column, reason: str, i: int) -> str:
    """Why a value is unknown; an optional number that is not there needs no reason."""
    optional = column.type in ("id18", "id18_or_uscc") and column.role in ("plain", "added")
    return f"CASE WHEN filled(t{i}) IS NULL THEN NULL ELSE {reason} END" if optional else reason


def _extra_sql(column: Column, i: int) -> list[str]:
    name = column.name
    if column.type in ("id18", "id18_or_uscc"):
        number = f"person_number(p{i})"
        as_sent = f"CASE WHEN v{i} = t{i} THEN 'exact' ELSE 'repaired' END"
        sex = f"CASE WHEN place(p{i}, 17) % 2 = 1 THEN '男' ELSE '女' END"
        found = [
            f'CASE WHEN v{i} IS NOT NULL THEN {as_sent} END AS "{name}__grade"',
            f'CASE WHEN {number} IS NOT NULL THEN born(p{i}) END AS "{name}__birth"',
            f'CASE WHEN {number} IS NOT NULL THEN {sex} END AS "{name}__sex"',
        ]
        kind = f"CASE WHEN v{i} IS NULL THEN NULL WHEN {number} IS NOT NULL THEN 'person' ELSE 'company' END"
        return [*found, f'{kind} AS "{name}__kind"'] if column.type == "id18_or_uscc" else found
    if column.classes:
        cases = " ".join(
            f"WHEN regexp_matches(t{i}, {literal(pattern)}) THEN {literal(kind)}"
            for kind, pattern in column.classes.items()
        )
        return [f'CASE {cases} END AS "{name}__class"']
    return []


def space_of(column: Column) -> str:
    """The space of a column's pseudonyms; empty where its values are no identifiers."""
    if column.type in ("id18", "id18_or_uscc", "list[id18]"):
        return "person"
    if column.personal == "name":
        return "name"
    if column.personal == "token" or column.name.endswith("_hash") or column.type == "hash":
        if "phone" in column.name:
            return "phone"
        return "plate" if column.name == "plate" else "account" if "hash" in column.name else "text"
    return ""


def _wanted(frame: Frame) -> dict[str, str]:
    """SQL of the clear identifiers in each space."""
    parts: dict[str, list[str]] = {}
    for column in frame.columns:
        space, name = space_of(column), f'"{column.name}"'
        if not space:
            continue
        if column.type == "list[id18]":
            sql = f"SELECT unnest({name}) FROM typed"
        elif column.type == "id18_or_uscc":
            sql = f"SELECT {name} FROM typed WHERE {name[:-1]}__kind\" = 'person'"
        elif column.name.endswith("_hash") or column.type == "hash":
            sql = f"SELECT {name} FROM typed WHERE regexp_full_match({name}, {_CLEAR_HASH})"
        else:
            sql = f"SELECT {name} FROM typed"
        parts.setdefault(space, []).append(sql)
    return {space: " UNION ALL ".join(sqls) for space, sqls in parts.items()}


def _cleaned_sql(frame: Frame) -> str:
    """Every identifier replaced; tokens are looked up by joins, lists by their parts."""
    parts, joins = ["t.line"], []
    for number, column in enumerate(frame.columns):
        space, name = space_of(column), f'"{column.name}"'
        parts.append(f't."{column.name}__why"')
        parts += [f't."{extra}"' for extra in extras(column)]
        if not space:
            parts.append(f"t.{name}")
        elif column.type == "list[id18]":
            joins.append(
                f"LEFT JOIN (SELECT line, list(k.token ORDER BY k.token) AS pids FROM (SELECT line, "
                f"unnest({name}) AS clear FROM typed) u JOIN token k ON k.space = 'person' "
                f"AND k.clear = u.clear GROUP BY line) j{number} ON j{number}.line = t.line"
            )
            parts.append(f"coalesce(j{number}.pids, CAST([] AS VARCHAR[])) AS {name}")
        else:
            joins.append(
                f"LEFT JOIN token j{number} ON j{number}.space = '{space}' AND j{number}.clear = t.{name}"
            )
            keep = (
                column.type == "id18_or_uscc"
                or column.name.endswith("_hash")
                or column.type == "hash"
            )
            kept = f"coalesce(j{number}.token, t.{name})" if keep else f"j{number}.token"
            parts.append(f"{kept} AS {name}")
    return f"CREATE OR REPLACE TABLE cleaned AS SELECT {', '.join(parts)} FROM typed t {' '.join(joins)}"


def _judged_sql(source: Source, frame: Frame) -> str:
    """The fate of each row: refused (field, reason), duplicate of an earlier line, or kept."""
    refusals = []
    for column in frame.columns:
        name, why = f'"{column.name}"', f'"{column.name}__why"'
        is_first = column.name == source.key[0]
        if column.role == "main" or is_first:
            missing = f"CASE WHEN {name} IS NULL THEN 'required.missing' END"
            if column.type in ("id18", "id18_or_uscc") and is_first and _named(source, column):
                continue
            refusals.append((column.name, f"coalesce({why}, {missing})"))
        elif column.role == "key":
            quiet = " WHEN 'id.missing' THEN NULL" if column.type.startswith("id18") else ""
            refusals.append((column.name, f"CASE {why}{quiet} ELSE {why} END" if quiet else why))
    field = (
        "CASE " + " ".join(f"WHEN {r} IS NOT NULL THEN {literal(n)}" for n, r in refusals) + " END"
    )
    reason = f"coalesce({', '.join(r for _, r in refusals)})"
    values = ", ".join(f'"{name}"' for name in frame.names)
    keys = ", ".join(f'"{k}"' for k in source.key)
    later = (
        f"count(*) FILTER (WHERE _reason IS NULL AND _copy = 1) OVER (PARTITION BY {keys}, _reason IS NULL "
        "AND _copy = 1 ORDER BY line ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)"
    )
    conflict = f"{later} > 0" if source.key_kind == "id" else "false"
    return f"""
    CREATE OR REPLACE TABLE judged AS
    WITH told AS (
        SELECT *, {field} AS _field, {reason} AS _reason,
               row_number() OVER (PARTITION BY {values} ORDER BY line) AS _copy FROM cleaned
    ), placed AS (SELECT *, _reason IS NULL AND _copy = 1 AND {conflict} AS _beaten FROM told)
    SELECT * REPLACE (
        CASE WHEN _reason IS NULL AND _beaten THEN {literal(source.key[0])} ELSE _field END AS _field,
        CASE WHEN _reason IS NULL AND _beaten THEN 'duplicate.conflict' ELSE _reason END AS _reason),
        CASE WHEN _copy > 1 AND _reason IS NULL THEN 'duplicate'
             WHEN _reason IS NOT NULL OR _beaten THEN 'refused' ELSE 'kept' END AS _fate
    FROM placed"""


def _named(source: Source, column: Column) -> bool:
    """Whether a first key number may be missing because the row carries a name of its own."""
    stem = column.name.removesuffix("_id")
    return any(key in (f"{stem}_name", "name") for key in source.key)
