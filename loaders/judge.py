"""The fate of each cleaned row: kept, an exact duplicate of an earlier line, or refused and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.loaders.columns import frame_of
from doudi.loaders.modes import hash_sql
from doudi.loaders.source import NUMBERS
from doudi.loaders.values import literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from doudi.loaders.clean import Feed
    from doudi.loaders.source import Column


def judged_sql(feed: Feed, cleaned: str, reasons: Sequence[str]) -> str:
    """Rows with ``_field, _reason, _fate, key_text, group_key, own_hash``, each judged on its own.

    Args:
        feed: The declaration and the files' columns.
        cleaned: SQL of cleaned rows, with the reason beside each column.
        reasons: The columns that may have one; they are kept together in ``_whys``.
    """
    refusals = {c.name: _refusal(feed, c) for c in feed.columns if c.role in ("key", "main")}
    field = " ".join(f"WHEN {r} IS NOT NULL THEN {literal(n)}" for n, r in refusals.items())
    key = f"to_json([{', '.join(_key_part(feed, k) for k in _keys(feed))}])::VARCHAR"
    every = ", ".join(f'"{c.name}__why"' for c in feed.columns)
    return f"""
    SELECT * EXCLUDE ({every}), CASE {field} END AS _field, coalesce({", ".join(refusals.values())}) AS _reason,
           CASE WHEN _reason IS NULL THEN 'kept' ELSE 'refused' END AS _fate,
           {key} AS key_text, substr(sha256(key_text), 1, 16) AS group_key,
           {hash_sql(frame_of(feed.source), "NULL")} AS own_hash, hash({_values(feed)}) AS _alike, {_noted(reasons)} AS _whys FROM ({cleaned})"""


def _noted(reasons: Sequence[str]) -> str:
    """Reasons beside a row as one list; NULL where there are none."""
    kind = "STRUCT(field VARCHAR, why VARCHAR)[]"
    if not reasons:
        return f"CAST(NULL AS {kind})"
    each = ", ".join(f"{{'field': {literal(n)}, 'why': \"{n}__why\"}}" for n in reasons)
    some = ", ".join(f'"{n}__why"' for n in reasons)
    return f"CASE WHEN coalesce({some}) IS NOT NULL THEN list_filter([{each}], r -> r.why IS NOT NULL) END"


def judge(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Settle the fates in ``judged`` of rows that meet others.

    Of two different rows of one ``id`` key the later line is kept; where they carry different
    names, one person's number was copied to others, and the row whose birth date is the number's
    is kept.
    """
    crowd = " OR ".join(
        f"{name} IN (SELECT {name} FROM judged GROUP BY ALL HAVING count(*) > 1)"
        for name in _told_apart_by(feed)
    )
    if con.execute(f"SELECT 1 FROM judged WHERE {crowd} LIMIT 1").fetchall():
        con.execute(_contest_sql(feed, crowd))


def _values(feed: Feed) -> str:
    """All values of a row; rows that are equal in them are copies."""
    names = [*frame_of(feed.source).names, *(["_op"] if feed.has("_op") else [])]
    return ", ".join(f'"{name}"' for name in names)


def _told_apart_by(feed: Feed) -> tuple[str, ...]:
    """What no two rows have in common, unless one of them may have to go."""
    return ("_alike", "key_text") if feed.source.key_kind == "id" else ("_alike",)


def _contest_sql(feed: Feed, crowd: str) -> str:
    """Fates within the crowd of rows that share their values or their key; all others stand alone."""
    name, agrees, number = _copied(feed)
    only_one = "true" if feed.source.key_kind == "id" else "false"
    return f"""
    UPDATE judged SET _field = c._field, _reason = c._reason, _fate = c._fate FROM (
    WITH copies AS (
        SELECT *, row_number() OVER (PARTITION BY _reason IS NULL, {_values(feed)}
                                     ORDER BY _part, _line) AS _copy
        FROM judged WHERE {crowd}
    ), named AS (
        SELECT *, {only_one} AND _reason IS NULL AND _copy = 1 AS rivals,
               coalesce(min({name}) OVER one_key <> max({name}) OVER one_key, false) AS many_names
        FROM copies WINDOW one_key AS (PARTITION BY key_text, _reason IS NULL, _copy = 1)
    ), ranked AS (
        SELECT *, rivals AND row_number() OVER (PARTITION BY key_text, rivals
            ORDER BY many_names AND {agrees} DESC, _part DESC, _line DESC) > 1 AS beaten FROM named
    )
    SELECT _part, _line,
        CASE WHEN beaten AND many_names THEN {literal(number)}
             WHEN beaten THEN {literal(feed.source.key[0])} ELSE _field END AS _field,
        CASE WHEN beaten AND many_names THEN 'id.missing'
             WHEN beaten THEN 'duplicate.conflict' ELSE _reason END AS _reason,
        CASE WHEN ranked._reason IS NULL AND _copy > 1 THEN 'duplicate'
             WHEN ranked._reason IS NOT NULL OR beaten THEN 'refused' ELSE 'kept' END AS _fate
    FROM ranked) c WHERE judged._part = c._part AND judged._line = c._line"""


def _keys(feed: Feed) -> list[str]:
    month = feed.source.month_column
    return [*feed.source.key, *([month] if month and feed.has(month) else [])]


def _key_part(feed: Feed, name: str) -> str:
    """A key column as text; a person without a number is told apart by name and birth date."""
    column = feed.source.columns[name]
    if column.type not in NUMBERS or name != feed.source.key[0]:
        return f'CAST("{name}" AS VARCHAR)'
    own, born = _beside(feed, column)
    return f"coalesce(\"{name}\", 'name:' || {own} || '/' || coalesce(CAST({born} AS VARCHAR), ''))"


def _beside(feed: Feed, column: Column) -> tuple[str, str]:
    """Expressions of the name and birth date beside a person number."""
    name = feed.source.companion(column.name, "name")
    born = feed.source.companion(column.name, "birth_date")
    known = {c.name for c in feed.columns}
    return (
        f'"{name}"' if name in known else "NULL::VARCHAR",
        f'"{born}"' if born in known else "NULL::DATE",
    )


def _refusal(feed: Feed, column: Column) -> str:
    """The reason for which a key or main value refuses its row; NULL otherwise."""
    name, why = f'"{column.name}"', f'"{column.name}__why"'
    first = column.name == feed.source.key[0]
    if column.role == "key" and not first:
        return f"nullif({why}, 'id.missing')" if column.type in NUMBERS else why
    empty = f"len({name}) = 0" if column.type.startswith("list") else f"{name} IS NULL"
    missing = f"CASE WHEN {empty} THEN 'required.missing' END"
    if first and column.type in NUMBERS:
        own, _ = _beside(feed, column)
        return f"CASE WHEN {why} = 'id.missing' AND {own} IS NOT NULL THEN NULL ELSE {why} END"
    if column.role == "main":
        spared = ["\"_op\" IN ('end', 'delete')"] if feed.has("_op") else []
        month = feed.source.month_column
        spared += [f'"{month}" IS NOT NULL'] if month and column.type == "yyyymm" else []
        if spared:
            return f"CASE WHEN {why} IS NULL AND ({' OR '.join(spared)}) THEN NULL ELSE coalesce({why}, {missing}) END"
    return f"coalesce({why}, {missing})"


def _copied(feed: Feed) -> tuple[str, str, str]:
    """The name beside the last number of the key, whether its birth date agrees, and the number."""
    numbers = [k for k in feed.source.key if feed.source.columns[k].type in NUMBERS]
    if not numbers or feed.source.columns[numbers[-1]].type != "id18":
        return "NULL::VARCHAR", "false", ""
    own, born = _beside(feed, feed.source.columns[numbers[-1]])
    return own, f'coalesce({born} = "{numbers[-1]}__birth", false)', numbers[-1]
