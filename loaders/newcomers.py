"""People of a feed of whom nobody has heard before, and what their numbers alone say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.loaders.source import NUMBERS

if TYPE_CHECKING:
    import duckdb

    from doudi.loaders.clean import Feed
    from doudi.loaders.modes import Delivery


def people_sql(feed: Feed) -> str:
    """SQL of the pids of accepted rows."""
    parts = ["SELECT NULL::VARCHAR WHERE false"]
    for column in feed.source.columns.values():
        value = f'unnest("{column.name}")' if column.type == "list[id18]" else f'"{column.name}"'
        if column.type in (*NUMBERS, "list[id18]"):
            parts.append(f"SELECT {value} FROM judged WHERE _fate = 'kept'")
    return f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS v(pid) WHERE pid IS NOT NULL"


def newcomers(con: duckdb.DuckDBPyConnection, met: pa.Table, people: str) -> pa.Table:
    """People whom the vault does not hold yet: pid, number, sex and birth date.

    Args:
        con: The engine, with ``vaulted``.
        met: Everybody in the feed, of refused rows too: ``clear`` and ``token``.
        people: SQL of the pids of accepted rows.

    Sex and birth date are those inside the number.
    """
    new = con.execute(f"""
        SELECT DISTINCT v.pid FROM ({people}) AS v
        WHERE v.pid NOT IN (SELECT pid FROM vaulted)""").to_arrow_table()
    return _identified(con, among(met, new["pid"]))


def among(people: pa.Table, pids: pa.ChunkedArray) -> pa.Table:
    """Each of some people once, by pid; done by Arrow, so that the engine keeps no clear number."""
    some = people.filter(pc.is_in(people["token"], pids.combine_chunks()))
    coded = some["token"].combine_chunks().dictionary_encode()
    _, first = np.unique(coded.indices.to_numpy(), return_index=True)
    return some.take(pa.array(first)).sort_by("token")


def _identified(con: duckdb.DuckDBPyConnection, people: pa.Table) -> pa.Table:
    """People with what their numbers say."""
    con.register("_people", people)
    table = con.execute("""
        SELECT 'person:' || token AS fact_id, token AS pid, clear, CASE WHEN substr(clear, 17, 1) IN ('1', '3', '5', '7', '9')
                   THEN '男' ELSE '女' END AS sex,
               ymd(substr(clear, 7, 4), substr(clear, 11, 2), substr(clear, 13, 2)) AS birth_date
        FROM _people""").to_arrow_table()
    con.unregister("_people")
    return table


def identities(fresh: pa.Table, delivery: Delivery, slug: str, seq: int) -> pa.Table:
    """What a number alone says of people seen for the first time: sex and birth date."""
    count = fresh.num_rows
    fixed = {
        "known_from": pa.array([delivery.as_known] * count, pa.date32()),
        "seq": pa.array([seq] * count, pa.int64()),
        "retracted": pa.array([False] * count),
        "source": pa.array([slug] * count),
        "batch": pa.array([delivery.batch] * count),
        "grade": pa.array(["exact"] * count),
        "valid_from": pa.nulls(count, pa.date32()),
        "valid_to": pa.nulls(count, pa.date32()),
        "row": pa.nulls(count, pa.int64()),
        "digest": pa.nulls(count, pa.string()),
    }
    own = {
        "fact_id": fresh["fact_id"],
        "id": fresh["pid"],
        "sex": fresh["sex"],
        "birth_date": fresh["birth_date"],
    }
    return pa.table({**own, **fixed})
