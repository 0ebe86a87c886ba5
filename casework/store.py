"""Opening the ledger's database, and saying its problems in one message.

Every use goes through :meth:`Store.reading` or :meth:`Store.writing`; what the database refuses
comes out as one of doudi's own errors, without a trace of the database library.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, NullPool, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from doudi.casework.messages import trouble
from doudi.casework.tables import APPEND_ONLY_MESSAGE, Base, guards
from doudi.graph.errors import DoudiError, HomeError, LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from doudi.graph.errors import Said

_BUSY_SECONDS = 30
_WRITE = "doudi_write"
_HOME_CODES = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_FULL", "SQLITE_IOERR")
_BROKEN_CODES = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT")
_BUSY_CODES = ("SQLITE_BUSY", "SQLITE_LOCKED")
_KINDS = {_HOME_CODES: "home", _BROKEN_CODES: "broken", _BUSY_CODES: "busy"}


@dataclass(frozen=True, slots=True)
class Store:
    """An opened ledger database.

    Attributes:
        engine: The SQLAlchemy engine behind it.
        where: Path or URL without its password, as messages name it.
    """

    engine: Engine
    where: str

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on one consistent state of the ledger.

        Raises:
            HomeError: if the file cannot be read.
            LedgerError: if the database is broken, busy or unreachable.
        """
        with told(self.where), Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are kept together, or not at all.

        Raises:
            HomeError: if the file cannot be written.
            LedgerError: if the database is broken, busy or unreachable, or refuses the change.
        """
        engine = self.engine.execution_options(**{_WRITE: True})
        with told(self.where), Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def open_store(url_or_path: str | Path) -> Store:
    """The ledger database at a path or URL, made when it is missing.

    Args:
        url_or_path: Path of an SQLite file, or a URL such as
            ``postgresql://clerk@db.example/ledger``.

    Raises:
        HomeError: if the file's folder is missing, or the file cannot be written.
        LedgerError: if it is no ledger, or of another version, or the server does not answer.
    """
    url = _as_url(url_or_path)
    where = str(url_or_path) if "://" not in str(url_or_path) else url.render_as_string()
    with told(where):
        store = Store(_engine(url), where)
    try:
        _prepare(store)
    except DoudiError:
        store.close()
        raise
    return store


@contextmanager
def told(where: Said) -> Iterator[None]:
    """Say what the database library raises as one of doudi's errors."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as problem:
        raise _translated(problem, where) from None
    except ModuleNotFoundError as missing:
        raise LedgerError(
            (f"未安装驱动 {missing.name}", f"the driver {missing.name} is not installed"),
            where=where,
            expected=("PostgreSQL 驱动", "a PostgreSQL driver"),
            next_step=(
                "安装 doudi 时带上附加项 `postgres`",
                "install doudi with the extra `postgres`",
            ),
        ) from None


def _as_url(url_or_path: str | Path) -> URL:
    written = str(url_or_path)
    if "://" not in written:
        return _file_url(Path(written))
    with told(("台账地址", "ledger URL")):
        url = make_url(written)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise LedgerError(
            (
                f"台账不能放在 {url.get_backend_name()} 中",
                f"a ledger in {url.get_backend_name()} is not possible",
            ),
            where=url.render_as_string(),
            expected=("路径、sqlite:// 或 postgresql://", "a path, sqlite:// or postgresql://"),
            next_step=_CHANGE_URL,
        )
    if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        raise LedgerError(
            ("内存中的台账不能保存", "a ledger in memory keeps nothing"),
            where=written,
            expected=("文件或服务器", "a file or a server"),
            next_step=_CHANGE_URL,
        )
    return url


_CHANGE_URL = ("改正 doudi.toml 的 ledger.url", "change ledger.url in doudi.toml")


def _file_url(path: Path) -> URL:
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise HomeError(
            ("台账是一个文件夹", "the ledger is a folder")
            if path.is_dir()
            else ("台账所在的文件夹不存在", "the ledger's folder is missing"),
            where=str(path),
            expected=("已有文件夹中的一个文件", "a file in a folder that exists"),
            next_step=(
                "核对主目录和台账设置",
                "check the home folder and the setting of the ledger",
            ),
        )
    return URL.create("sqlite", database=str(path))


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, hide_parameters=True, pool_pre_ping=True)
    # One connection a use: nothing is left open, and other processes see every commit.
    engine = create_engine(
        url, hide_parameters=True, poolclass=NullPool, connect_args={"timeout": _BUSY_SECONDS}
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - any DB-API connection
    """Leave transactions to us, check references, and bring every commit to the disk."""
    connection.isolation_level = None
    for pragma in ("foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock first, so that what a writer read cannot change under it."""
    writes = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare(store: Store) -> None:
    """Make the tables and their guards where they are missing, and refuse other shapes."""
    dialect = store.engine.dialect.name
    if dialect == "sqlite":
        with told(store.where):
            _use_wal(store.engine)
    with store.writing() as session:
        connection = session.connection()
        is_new = not inspect(connection).has_table("leads")
        Base.metadata.create_all(connection)
        if is_new or dialect == "sqlite":
            for statement in guards(dialect):
                session.execute(text(statement))
        _check_shape(connection, store.where)


def _use_wal(engine: Engine) -> None:
    """Let readers and the writer go on side by side; the file remembers it."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.close()
    except sqlite3.OperationalError as problem:
        # Somebody else has the file open at this moment, and so has set it already.
        if not problem.sqlite_errorname.startswith(_BUSY_CODES):
            raise
    finally:
        connection.close()


def _check_shape(connection: Connection, where: str) -> None:
    """Refuse a database whose tables lack a column we write."""
    seen = inspect(connection)
    lacking = [
        f"{table.name}.{column}"
        for table in Base.metadata.sorted_tables
        for column in sorted(
            set(table.columns.keys()) - {one["name"] for one in seen.get_columns(table.name)}
        )
    ]
    if lacking:
        raise LedgerError(
            (f"台账缺少 {', '.join(lacking)}", f"the ledger lacks {', '.join(lacking)}"),
            where=where,
            expected=("本版本 doudi 的台账", "a ledger of this version of doudi"),
            next_step=(
                "打开其他文件，或本版本写出的文件",
                "open another file, or one written by this version",
            ),
        )


def _translated(problem: SQLAlchemyError | sqlite3.Error, where: Said) -> DoudiError:
    """The error that says in our terms what the database refused."""
    cause = getattr(problem, "orig", None) or problem
    code = str(getattr(cause, "sqlite_errorname", ""))
    said = (str(cause).splitlines() or [""])[0]
    which = next((kind for codes, kind in _KINDS.items() if code.startswith(codes)), "")
    if not which and APPEND_ONLY_MESSAGE in said:
        return trouble("append_only", where=where, table=said.partition(" ")[0])
    if not which:
        which = "refused" if isinstance(problem, DBAPIError) else "unusable"
    return trouble(which, where=where, said=said, seconds=_BUSY_SECONDS)
