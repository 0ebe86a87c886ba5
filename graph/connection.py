"""A connection to a Neo4j server: read as DataFrames, explain, write in batches, guard."""

from __future__ import annotations

import logging
import re
import time
import uuid
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Self, TypeVar

import neo4j
from neo4j.exceptions import ClientError, DriverError, IncompleteCommit, Neo4jError

from doudi.graph.errors import (
    DoudiError,
    QueryError,
    ServerError,
    ServerRefused,
    ServerUnreachable,
    filled,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import TracebackType

    import pandas as pd

    from doudi.graph.errors import Pair, Said
    from doudi.graph.neo4j_settings import ServerAddress

T = TypeVar("T")
Row = dict[str, Any]

PREFIX = "CYPHER 5 "
BATCH_ROWS = 10_000
PATIENCE_SECONDS = 30.0
OLDEST = (5, 23)
"""The first server that knows ``CALL (h) { … }``."""

_FIRST_WAIT, _LONGEST_WAIT = 0.2, 3.0
_REFUSED = re.compile(
    r"(?<![\w.:$])(CALL\b(?!\s*[({])|LOAD\s+CSV|SHOW\s|ALTER\s|TERMINATE\s|CREATE\s|MERGE\s|"
    r"(?:DETACH\s+)?DELETE\s|SET\s|REMOVE\s|DROP\s|FOREACH\s*\(|IN\s+(?:\d+\s+)?(?:CONCURRENT\s+)?"
    r"TRANSACTIONS)",
    re.IGNORECASE,
)
_COMMENTS = r"//[^\n]*|/\*.*?\*/"
_TEXTS = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`"
_SKIPPED = re.compile(f"({_TEXTS})|({_COMMENTS})", re.DOTALL)
_PLACE = re.compile(r"\(line 1, column (\d+) \(offset: (\d+)\)\)")

logging.getLogger("neo4j").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Notification:
    """What the server thinks of a query without running it.

    Attributes:
        code: Such as ``Neo.ClientNotification.Statement.UnknownLabelWarning``.
        title: The same in words.
        description: What it is about, with the name and the place.
    """

    code: str
    title: str
    description: str


class Connection:
    """A driver to one server, in our own terms.

    Args:
        driver: The official driver.
        address: Where it leads.
        patience: Seconds for which a lost connection or a deadlock is tried again.
    """

    def __init__(
        self, driver: neo4j.Driver, address: ServerAddress, *, patience: float = PATIENCE_SECONDS
    ) -> None:
        """Keep the driver."""
        self.driver = driver
        self.address = address
        self.patience = patience
        self.is_gone: Callable[[], bool] = lambda: False
        """Whether the server is known to have ended, so that no patience helps."""

    @classmethod
    def open(cls, address: ServerAddress, *, patience: float = PATIENCE_SECONDS) -> Self:
        """A connection; nothing is sent yet.

        Raises:
            ServerUnreachable: if the address is none a driver knows.
        """
        if not address.uri.startswith(("bolt", "neo4j")):
            raise _no_address(address, ("协议未知", "unknown scheme"))
        auth = (address.user, address.password) if address.password else None
        try:
            driver = neo4j.GraphDatabase.driver(
                address.uri, auth=auth, connection_timeout=10, notifications_min_severity="OFF"
            )
        except (DriverError, ValueError) as error:
            raise _no_address(address, type(error).__name__) from None
        return cls(driver, address, patience=patience)

    def __enter__(self) -> Self:
        """The connection itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Give the sockets back."""
        self.driver.close()

    def lead_to(self, address: ServerAddress) -> None:
        """Lead to another server from now on, for everybody who holds this connection."""
        old, fresh = self.driver, Connection.open(address)
        self.driver, self.address = fresh.driver, fresh.address
        old.close()

    def verify(self) -> None:
        """Raise at once unless the server answers, lets us in and is new enough.

        Raises:
            ServerUnreachable: if it does not answer.
            ServerRefused: if it refuses the user or password.
            ServerError: if it is older than Neo4j 5.23.
        """
        try:
            agent = self.driver.get_server_info().agent
        except (Neo4jError, DriverError, OSError) as error:
            raise self._told(error) from None
        version = re.search(r"Neo4j/(\d+)\.(\d+)", agent)
        if version and (int(version[1]), int(version[2])) < OLDEST:
            raise ServerError(
                (f"服务器是 {agent}", f"the server is {agent}"),
                where=self.address.uri,
                expected=("Neo4j 5.26 或更新版本", "Neo4j 5.26 or newer"),
            )

    def read(
        self, query: str, params: Mapping[str, Any] | None = None, *, timeout: float | None = None
    ) -> pd.DataFrame:
        """The rows of a read query.

        Args:
            query: Cypher 5.
            params: Values of its parameters; dates as ``datetime.date``.
            timeout: Seconds after which the server stops it.

        Returns:
            One row a record, columns in the query's order, also without rows. Dates are
            ``datetime.date``; a missing value is None, in a column of floats NaN; integers stay
            integers beside missing ones.

        Raises:
            QueryError: if the server refuses or stops it.
            ServerUnreachable: if it stays away longer than our patience.
        """
        return self._frame(query, params, timeout, limit=None)

    def guarded_read(
        self,
        query: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float = 60.0,
        row_limit: int = 10_000,
    ) -> pd.DataFrame:
        """The rows of a query that a person typed: read only, no procedures, limited.

        Nodes and relations are given as dictionaries of their properties.

        Raises:
            QueryError: if it writes, calls, loads or shows, takes too long, or returns more rows.
        """
        _refuse_what_does_not_read(query)
        return self._frame(query, params, timeout, limit=row_limit)

    def _frame(
        self, query: str, params: Mapping[str, Any] | None, timeout: float | None, limit: int | None
    ) -> pd.DataFrame:
        def ask() -> tuple[list[str], list[tuple[Any, ...]]]:
            with (
                self.driver.session(default_access_mode=neo4j.READ_ACCESS) as session,
                session.begin_transaction(timeout=timeout) as transaction,
            ):
                result = transaction.run(_cypher(query), dict(params or {}))
                return list(result.keys()), _values(result, limit)

        names, rows = self._again(ask)
        return _as_frame(names, rows)

    def explain(self, query: str, params: Mapping[str, Any] | None = None) -> list[Notification]:
        """What the server notes about a query, which is planned and not run.

        Unknown labels, types and properties are among it, as are Cartesian products.

        Raises:
            QueryError: if it has a syntax error.
        """

        def ask() -> list[Notification]:
            with self.driver.session(
                default_access_mode=neo4j.READ_ACCESS, notifications_min_severity="INFORMATION"
            ) as session:
                summary = session.run(_cypher(f"EXPLAIN {query}"), dict(params or {})).consume()
            return _notifications(summary.metadata)

        return self._again(ask, prefix=f"{PREFIX}EXPLAIN ")

    def run(self, query: str, params: Mapping[str, Any] | None = None) -> None:
        """Run a statement of our own that writes, in one transaction.

        It is repeated after a deadlock or a lost connection, but not when it is unknown whether
        it was committed.
        """
        self._again(
            lambda: self._committed(lambda tx: tx.run(_cypher(query), dict(params or {})).consume())
        )

    def schema(self, statement: str, params: Mapping[str, Any] | None = None) -> None:
        """Run a statement that changes constraints or indexes, or works IN TRANSACTIONS."""

        def ask() -> None:
            with self.driver.session() as session:
                session.run(_cypher(statement), dict(params or {})).consume()

        self._again(ask)

    def write(
        self,
        query: str,
        rows: Iterable[Mapping[str, Any]],
        *,
        batch_id: str = "",
        batch_rows: int = BATCH_ROWS,
    ) -> None:
        """Write rows in batches, each in one transaction and exactly once.

        A batch is marked by a ledger node in the same transaction, so that a commit whose answer
        was lost is not repeated. With a name of the caller's, a job that was broken off and is
        called again goes on after its last batch; the marks stay until :meth:`forget`.

        Args:
            query: Cypher that reads ``$rows``.
            rows: Maps of values a driver takes.
            batch_id: Stable name of the whole write; without one the marks are removed at the end.
            batch_rows: Rows of a transaction.
        """
        name = batch_id or uuid.uuid4().hex
        source = iter(rows)
        for number, batch in enumerate(iter(lambda: list(islice(source, batch_rows)), [])):
            statement = (query, batch)
            self.write_together(lambda one=statement: [one], batch_id=f"{name}/{number}")  # type: ignore[misc]  # a default binds the batch
        if not batch_id:
            self.forget(name)

    def write_together(
        self,
        statements: Callable[[], Iterable[tuple[str, Sequence[Mapping[str, Any]]]]],
        *,
        batch_id: str,
    ) -> None:
        """Write several statements in one transaction and exactly once: others see all or none.

        Args:
            statements: Gives ``(query, rows)`` one after the other, anew for every attempt.
            batch_id: Stable name of the ledger node.
        """

        def work(transaction: neo4j.Transaction) -> None:
            seen = transaction.run("MATCH (b:Batch {id: $id}) RETURN 1 AS one", id=batch_id)
            if seen.single() is not None:
                return
            for query, rows in statements():  # each is one round trip
                transaction.run(_cypher(query), rows=rows).consume()
            transaction.run("CREATE (:Batch {id: $id})", id=batch_id).consume()

        self._again(lambda: self._committed(work), once=True)

    def has_done(self, batch_id: str) -> bool:
        """Whether a write of that name has been committed and not forgotten."""
        there = self.read("MATCH (b:Batch {id: $id}) RETURN count(*) AS n", {"id": batch_id})
        return bool(there["n"].iloc[0])

    def forget(self, batch_id: str = "") -> None:
        """Remove the ledger nodes of a write, or all of them."""
        self.schema(
            "MATCH (b:Batch) WHERE b.id STARTS WITH $name "
            "CALL (b) { DELETE b } IN TRANSACTIONS OF 10000 ROWS",
            {"name": batch_id},
        )

    def _committed(self, work: Callable[[neo4j.Transaction], Any]) -> None:
        with self.driver.session() as session, session.begin_transaction() as transaction:
            work(transaction)
            transaction.commit()

    def _again(self, ask: Callable[[], T], *, once: bool = False, prefix: str = PREFIX) -> T:
        """Do something, and do it again after what passes: deadlocks and lost connections.

        Args:
            ask: What to do.
            once: It sees by itself whether it was done before, so an unknown commit is repeated.
            prefix: What stands before the query as the caller knows it.
        """
        deadline, wait = time.monotonic() + self.patience, _FIRST_WAIT
        while True:
            try:
                return ask()
            except (Neo4jError, DriverError, OSError) as error:
                is_late = time.monotonic() + wait > deadline
                if is_late or not _passes(error, once=once) or self.is_gone():
                    raise self._told(error, prefix) from None
            time.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    def _told(self, error: BaseException, prefix: str = PREFIX) -> DoudiError:
        """The driver's error in our terms, without what the query held."""
        where = self.address.uri
        if not isinstance(error, Neo4jError):
            return ServerUnreachable(
                ("没有应答", "no answer"),
                where=where,
                expected=("使用 Bolt 协议的 Neo4j 服务器", "a Neo4j server that speaks Bolt"),
                next_step=(
                    "核对地址；不设地址时 doudi 运行自己的服务器",
                    "check the address; without one doudi runs its own server",
                ),
            )
        code, told = error.code or "", _first_line(error.message, len(prefix))
        if code.startswith("Neo.ClientError.Security."):
            reason = code.rpartition(".")[2]
            return ServerRefused(
                (
                    f"服务器不接受该用户或密码（{reason}）",
                    f"the server refused the user or password ({reason})",
                ),
                where=where,
                next_step=(
                    "在 doudi.toml 中设置 neo4j.user 和 neo4j.password，或用 DOUDI_NEO4J_*",
                    "set neo4j.user and neo4j.password in doudi.toml, or DOUDI_NEO4J_*",
                ),
            )
        if isinstance(error, ClientError):
            return QueryError(f"{code}: {told}", where=_QUERY)
        return ServerError(f"{code}: {told}", where=where)


def _no_address(address: ServerAddress, why: Said) -> ServerUnreachable:
    return ServerUnreachable(
        filled(
            "不是 Neo4j 服务器的地址（{why}）", "not the address of a Neo4j server ({why})", why=why
        ),
        where=address.uri,
        expected=(
            "bolt://主机:端口、neo4j://主机，或带 +s 的同类地址",
            "bolt://host:port, neo4j://host or the same with +s",
        ),
        next_step=(
            "改正 doudi.toml 的 neo4j.uri，或 --neo4j",
            "mend neo4j.uri in doudi.toml, or --neo4j",
        ),
    )


def _cypher(query: str) -> Any:  # noqa: ANN401 - the driver's types want literals; ours are files
    """The query in our language version."""
    return PREFIX + query


def _notifications(metadata: Mapping[str, Any]) -> list[Notification]:
    """The notes of a summary. The driver deprecates its own list of them, which had the codes."""
    noted = [status for status in metadata.get("statuses", ()) if "neo4j_code" in status]
    noted += metadata.get("notifications", ())  # what servers before 5.26 send instead
    return [
        Notification(
            note.get("neo4j_code") or note.get("code", ""),
            note.get("title", ""),
            note.get("description", ""),
        )
        for note in noted
    ]


def _passes(error: BaseException, *, once: bool) -> bool:
    """Whether trying again can help."""
    if isinstance(error, Neo4jError):
        return error.is_retryable() and "OutOfMemory" not in (error.code or "")
    if isinstance(error, IncompleteCommit):
        return once
    return isinstance(error, OSError) or (isinstance(error, DriverError) and error.is_retryable())


def _first_line(message: str | None, shift: int) -> str:
    """The first line of a server's message, its place moved back by the length of our prefix."""
    line = (message or "").partition("\n")[0][:400]

    def moved(found: re.Match[str]) -> str:
        return f"(line 1, column {int(found[1]) - shift} (offset: {int(found[2]) - shift}))"

    return _PLACE.sub(moved, line)


def _refuse_what_does_not_read(query: str) -> None:
    """Raise for anything but a query that reads.

    The server refuses writes itself in a read session, but lets procedures, LOAD and SHOW pass.
    """
    if "\\u" in query:  # the server would read \u0043ALL as CALL
        raise _not_allowed(
            ("\\u0043 之类的转义", "an escape such as \\u0043"),
            ("字符本身", "the character itself"),
        )
    plain = _SKIPPED.sub(lambda found: " " if found[2] else "''", query)
    refused = _REFUSED.search(plain)
    if refused:
        raise _not_allowed(
            refused[1].strip().upper(),
            ("只读查询：MATCH … RETURN …", "a query that reads: MATCH … RETURN …"),
        )


_QUERY = ("查询", "the query")


def _not_allowed(what: Said, expected: Pair) -> QueryError:
    found = filled("此处不允许 {what}", "{what} is not allowed here", what=what)
    return QueryError(found, where=_QUERY, expected=expected)


def _values(result: Iterable[neo4j.Record], limit: int | None) -> list[tuple[Any, ...]]:
    """The records as rows of native values, at most ``limit``."""
    rows: list[tuple[Any, ...]] = []
    for record in result:  # the driver hands records one by one
        if limit is not None and len(rows) >= limit:
            found = (f"超过 {limit:,} 行", f"more than {limit:,} rows")
            raise QueryError(found, where=_QUERY, expected=("带 LIMIT 的查询", "a LIMIT"))
        rows.append(tuple(native(value) for value in record))
    return rows


def native(value: Any) -> Any:  # noqa: ANN401 - any value a server gives
    """A server's value as Python's own: dates as ``datetime.date``, nodes as their properties."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, neo4j.graph.Path):
        return [native(part) for part in _in_order(value)]
    if isinstance(value, neo4j.graph.Node | neo4j.graph.Relationship):
        return {name: native(part) for name, part in value.items()}
    if isinstance(value, dict):
        return {name: native(part) for name, part in value.items()}
    if isinstance(value, list):
        return [native(part) for part in value]
    return value.to_native() if hasattr(value, "to_native") else value


def _in_order(path: neo4j.graph.Path) -> Iterator[neo4j.graph.Node | neo4j.graph.Relationship]:
    """Node, relation, node, … of a path."""
    for node, relation in zip(path.nodes, path.relationships, strict=False):
        yield node
        yield relation
    yield path.nodes[-1]


def _as_frame(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """A frame whose columns keep their values: pandas would make 3 beside None a 3.0."""
    import pandas as pd

    columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    series = [pd.Series(list(values), dtype=_dtype(values)) for values in columns]
    frame = pd.concat(series, axis=1) if series else pd.DataFrame()
    frame.columns = pd.Index(list(names))
    return frame


def _dtype(values: Sequence[Any]) -> str:
    kinds = {type(value) for value in values}
    if float in kinds and kinds <= {float, type(None)}:
        return "float64"
    return {frozenset({int}): "int64", frozenset({bool}): "bool"}.get(frozenset(kinds), "object")
