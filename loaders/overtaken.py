"""What a repair may still say: lines that no newer delivery spoke of, each in its own row's place.

A repair gives lines of an earlier delivery, its origin, again. It is known from the day of the
repair on, but must not overrule what came between: a delivery, or the repair of one, that counts
after the origin and spoke of the line's key, or a snapshot that covers the line. Such a line is
overtaken. Which lines are is worked out each time a repair is settled, so also when a late delivery
is told in between.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from doudi.loaders.modes import main_day, parquet_sql, row_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    import duckdb

    from doudi.loaders.statements import Origin, Statement

NO_WORDS = "(SELECT NULL::VARCHAR AS group_key WHERE false)"
NOTHING = """SELECT _part, line, NULL::VARCHAR AS group_key, NULL::VARCHAR AS own_hash,
    NULL::VARCHAR AS op FROM said WHERE false"""


@contextmanager
def heard(
    con: duckdb.DuckDBPyConnection, statement: Statement, before: Sequence[Statement]
) -> Iterator[None]:
    """Let ``said`` be what counts of a statement, while it is settled.

    Of a repair the overtaken lines do not, nor when the sender's system recorded a line: it is known
    since it was repaired. ``own`` and ``overtaken`` are made as well then.

    Args:
        con: The engine, with ``said``.
        statement: The statement.
        before: Statements that come before it in the history, in their order.
    """
    if statement.origin is None:
        yield
        return
    con.execute("CREATE OR REPLACE TABLE said_whole AS SELECT * FROM said")
    find_own(con, statement, before)
    find_overtaken(con, statement, before)
    con.execute("DELETE FROM own USING overtaken o WHERE own._part = o._part AND own.line = o.line")
    con.execute("""CREATE OR REPLACE VIEW said AS
        SELECT * REPLACE (NULL::DATE AS recorded) FROM said_whole ANTI JOIN overtaken USING (_part, line)""")
    try:
        yield
    finally:
        con.execute("CREATE OR REPLACE VIEW said AS FROM said_whole")


def find_own(
    con: duckdb.DuckDBPyConnection, statement: Statement, before: Sequence[Statement]
) -> None:
    """Make ``own``: what was loaded of each line before, by the origin and by earlier repairs of it.

    Args:
        con: The engine, with ``said``.
        statement: A repair.
        before: Statements that come before it.
    """
    key = row_key(statement.told.source, "own_hash")
    parts = [_same_lines(statement, s) for s in before if is_of(s, statement.origin)]
    con.execute(f"""CREATE OR REPLACE TABLE own AS
        SELECT DISTINCT _part, line, group_key, own_hash, {key} AS row_key
        FROM ({" UNION ALL ".join([NOTHING, *parts])})""")


def drop_known(
    con: duckdb.DuckDBPyConnection, statement: Statement, before: Sequence[Statement]
) -> None:
    """Leave out of ``said`` what the newest earlier repair of a line said of it already.

    Args:
        con: The engine, with ``said``.
        statement: A repair.
        before: Statements that come before it, in their order.
    """
    repairs = [s for s in before if s.origin is not None and s.origin == statement.origin]
    parts = [
        f"SELECT *, {n} AS n FROM ({_same_lines(statement, s)})" for n, s in enumerate(repairs)
    ]
    con.execute(f"""CREATE OR REPLACE TABLE said_news AS SELECT a.* FROM said a ANTI JOIN (
        SELECT DISTINCT ON (_part, line) *
        FROM ({" UNION ALL ".join([f"SELECT *, -1 AS n FROM ({NOTHING})", *parts])})
        ORDER BY _part, line, n DESC) k USING (_part, line, group_key, own_hash, op)""")
    con.execute("CREATE OR REPLACE VIEW said AS FROM said_news")


def find_overtaken(
    con: duckdb.DuckDBPyConnection, statement: Statement, before: Sequence[Statement]
) -> None:
    """Make ``overtaken``: part and line of what newer deliveries spoke of.

    Args:
        con: The engine, with ``said`` and ``own``.
        statement: A repair.
        before: Statements that come before it.
    """
    source = statement.told.source
    counts = _began(statement, before)
    later = [s for s in before if _began(s, before) > counts]
    snapshots = [s for s in later if s.told.delivery.mode == "snapshot"]
    covered = ["true"] if snapshots and source.nature == "register" else ["false"]
    if source.nature != "register":
        spans = [s.span for s in snapshots if s.span]
        covered += [f"{main_day(source)} BETWEEN DATE '{a}' AND DATE '{b}'" for a, b in spans]
    words = " UNION ALL ".join(
        [f"FROM {NO_WORDS}", *(f"SELECT group_key FROM {_words(s)}" for s in later)]
    )
    con.execute(f"CREATE OR REPLACE TABLE spoken_later AS SELECT DISTINCT group_key FROM ({words})")
    con.execute(f"""CREATE OR REPLACE TABLE overtaken AS
        SELECT _part, line FROM said WHERE {" OR ".join(covered)}
            OR group_key IN (SELECT group_key FROM spoken_later)
        UNION SELECT _part, line FROM own WHERE group_key IN (SELECT group_key FROM spoken_later)""")


def _began(statement: Statement, history: Sequence[Statement]) -> tuple[date, str, int]:
    """Day, batch and running number of the delivery that a statement speaks for."""
    origin = statement.origin
    if origin is None:
        delivery = statement.told.delivery
        return delivery.as_known, delivery.batch, statement.seq
    own = [s.seq for s in history if s.origin is None and is_of(s, origin)]
    return origin.as_known, origin.batch, own[0] if own else 0


def is_of(statement: Statement, origin: Origin | None) -> bool:
    """Whether a statement is the origin itself, or a repair of it."""
    if statement.origin is not None or origin is None:
        return statement.origin == origin
    delivery = statement.told.delivery
    own = (delivery.as_known, delivery.batch, statement.digest)
    return own == (origin.as_known, origin.batch, origin.digest)


def _same_lines(statement: Statement, other: Statement) -> str:
    """What another statement said at the lines of ``said``; an old one knows no parts."""
    places = {name: part for part, name in enumerate(other.files)}
    pairs = [
        f"(a._part = {part} AND b._part = {places[name]})"
        for part, name in enumerate(statement.files)
        if name in places
    ]
    same = " OR ".join(pairs) or ("false" if other.files else "true")
    return f"""SELECT a._part, a.line, b.group_key, b.own_hash, b.op FROM said a
        JOIN {_words(other)} b ON a.line = b.line AND ({same})"""


def _words(statement: Statement) -> str:
    """What was kept of a statement, or of the one that is being told."""
    return parquet_sql([statement.path]) if statement.path else "said_now"
