"""What a delivery adds to the tables: on top of what is known, or at its own place before it.

The newest delivery of a source is settled against what is known. A late one changes what later ones
meant, so all deliveries of the source are said again in their order, and the history of each row and
fact that comes out otherwise is told anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa

from doudi.graph.drafts import ROWS
from doudi.graph.tables import properties_of, read_typed
from doudi.loaders.facts import make_facts
from doudi.loaders.modes import KEPT_ROWS, kept_sql, recall, settle
from doudi.loaders.overtaken import heard
from doudi.loaders.parameters import make_parameters
from doudi.loaders.statements import say_again, statements
from doudi.loaders.values import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import duckdb

    from doudi.graph.tables import FactStore
    from doudi.loaders.source import Source
    from doudi.loaders.statements import Statement


@dataclass
class Telling:
    """What is to be written.

    Attributes:
        facts: Records by label or (type, start, end), table by table.
        rows: Records of rows, likewise; one table at least.
        first: Their least running number; with ``retold``, records before it no longer count.
        last: Their greatest running number.
        retold: Facts (column ``fact_id``) whose history the records tell anew.
        retold_rows: Rows (column ``row_key``) whose history the records tell anew.
        parameters: Of the one source that feeds a table instead of the graph.
        whole: Whether ``parameters`` are all there are.
    """

    facts: dict[tuple[str, ...], Iterable[pa.Table]]
    rows: Iterable[pa.Table]
    first: int
    last: int
    retold: dict[tuple[str, ...], pa.Table] = field(default_factory=dict)
    retold_rows: pa.Table | None = None
    parameters: pa.Table | None = None
    whole: bool = False


def tell_on(
    con: duckdb.DuckDBPyConnection, statement: Statement, store: FactStore, seq: int
) -> Telling:
    """What the newest delivery adds, from ``incoming`` and ``outgoing``."""
    source = statement.told.source
    made = make_facts(con, source, statement.told.delivery, store.records, seq)
    facts: dict[tuple[str, ...], Iterable[pa.Table]] = {
        name: chain.from_iterable(stream(con, sql) for sql in queries)
        for name, queries in made.items()
    }
    rows = stream(con, KEPT_ROWS.format(seq=seq))
    parameters = make_parameters(con, seq) if source.rows_table else None
    return Telling(facts, rows, seq, seq, parameters=parameters)


def stream(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[pa.Table]:
    """The rows of a query in tables of a row group; one table at least."""
    reader = con.execute(sql).to_arrow_reader(ROWS)
    some = False
    for batch in reader:
        some = True
        yield pa.Table.from_batches([batch])
    if not some:
        yield reader.schema.empty_table()


def tell_anew(
    con: duckdb.DuckDBPyConnection, statement: Statement, store: FactStore, seq: int
) -> Telling:
    """What a late delivery changes, from ``said``: all deliveries of its source are settled again.

    Running numbers follow the order of the deliveries, from ``seq`` on.
    """
    source, root = statement.told.source, store.root
    con.execute("CREATE OR REPLACE TABLE said_now AS SELECT * FROM said")
    kept = kept_sql(con, source, root / "_rows" / source.slug)
    con.execute(f"CREATE OR REPLACE TABLE told_rows AS SELECT * FROM ({kept}) WHERE false")
    names = {block.triple or (block.label,) for block in source.blocks}
    for name in names:
        empty = read_typed([], properties_of(*name))
        con.execute(f"CREATE OR REPLACE TABLE {_told(*name)} AS {empty}")
    history = statements(source, root / "_said" / source.slug)
    newest = max((s.seq for s in history), default=0) + 1
    history = sorted([*history, replace(statement, seq=newest)], key=lambda s: (*s.place, s.seq))
    parameters: list[pa.Table] = []
    for number, one in enumerate(history):  # one delivery after the other, as they were made
        if one.path is None:
            con.execute("CREATE OR REPLACE VIEW said AS FROM said_now")
        else:
            say_again(con, one, root / "_said" / source.slug)
        parameters += _tell(con, one, history[:number], seq + number)
    con.execute("CREATE OR REPLACE VIEW said AS FROM said_now")
    telling = _differences(con, source, store, kept)
    telling.first, telling.last = seq, seq + len(history) - 1
    if parameters:
        telling.parameters, telling.whole = pa.concat_tables(parameters), True
    return telling


def _told(*name: str) -> str:
    return f'"told_{"_".join(name)}"'


def _tell(
    con: duckdb.DuckDBPyConnection, statement: Statement, before: Sequence[Statement], seq: int
) -> list[pa.Table]:
    """Settle a delivery on top of those told so far; gives its parameters, where it has any."""
    source = statement.told.source
    with heard(con, statement, before):
        recall(con, statement.told, "SELECT * FROM told_rows")
        settle(con, statement.told)
    made = make_facts(
        con, source, statement.told.delivery, lambda *name: f"SELECT * FROM {_told(*name)}", seq
    )
    for name, queries in made.items():
        for sql in queries:
            con.execute(f"INSERT INTO {_told(*name)} BY NAME {sql}")
    con.execute(f"INSERT INTO told_rows BY NAME {KEPT_ROWS.format(seq=seq)}")
    return [make_parameters(con, seq)] if source.rows_table else []


def _differences(
    con: duckdb.DuckDBPyConnection, source: Source, store: FactStore, kept: str
) -> Telling:
    """The records of all rows and facts whose history came out otherwise than the tables have it."""
    facts: dict[tuple[str, ...], Iterable[pa.Table]] = {}
    retold: dict[tuple[str, ...], pa.Table] = {}
    for name in sorted({block.triple or (block.label,) for block in source.blocks}):
        own = f"source = {literal(source.slug)} AND NOT starts_with(fact_id, 'person:')"
        old = f"SELECT * FROM ({store.records(*name)}) WHERE {own}"
        told, retold[name] = _differing(con, old, _told(*name), "fact_id", "row, digest")
        if told.num_rows:
            facts[name] = [told]
    rows, retold_rows = _differing(con, kept, "told_rows", "row_key", "_line, row_hash")
    return Telling(facts, [rows], 0, 0, retold, retold_rows)


def _differing(
    con: duckdb.DuckDBPyConnection, old: str, new: str, key: str, order: str
) -> tuple[pa.Table, pa.Table]:
    """The new records of all keys whose records differ, and those keys that had records before."""
    place = f"row_number() OVER (PARTITION BY {key} ORDER BY known_from, seq, {order}) AS place"
    con.execute(f"CREATE OR REPLACE TABLE _old AS SELECT * EXCLUDE (seq), {place} FROM ({old})")
    con.execute(f"CREATE OR REPLACE TABLE _new AS SELECT * EXCLUDE (seq), {place} FROM {new}")
    con.execute(f"""CREATE OR REPLACE TABLE _other AS
        SELECT {key} FROM (SELECT * FROM _old EXCEPT SELECT * FROM _new)
        UNION SELECT {key} FROM (SELECT * FROM _new EXCEPT SELECT * FROM _old)""")
    among = f"{key} IN (SELECT {key} FROM _other)"
    return (
        con.execute(f"SELECT * FROM {new} WHERE {among}").to_arrow_table(),
        con.execute(f"SELECT DISTINCT {key} FROM _old WHERE {among}").to_arrow_table(),
    )
