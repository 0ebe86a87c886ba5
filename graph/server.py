"""The managed server: a real Neo4j as a child process of a home's graph folder.

``graph/`` holds two stores, ``store-a`` and ``store-b``; ``current`` names the one that is served.
The other one is where a build goes. ``server.json`` (mode 0600) says how to reach what runs.
"""

from __future__ import annotations

import json
import secrets
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from doudi.graph.connection import Connection
from doudi.graph.errors import (
    HomeError,
    PortTaken,
    ServerError,
    ServerRefused,
    ServerUnreachable,
    joined,
)
from doudi.graph.jars import Bundle, bundle
from doudi.graph.neo4j_process import (
    bolt_answers,
    console_log,
    exclusive,
    last_lines,
    port_taken,
    serves,
    set_password,
    spawn,
    stop,
    take_ports,
    write_secret,
)
from doudi.graph.neo4j_settings import Neo4jSettings, ServerAddress, local_address, prepare_store

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from doudi.graph.errors import Pair

__all__ = ["ManagedServer", "Neo4jSettings", "ServerAddress", "ServerStatus", "running"]

STORES = ("store-a", "store-b")
START_SECONDS = 180


@dataclass(frozen=True)
class ServerStatus:
    """Whether the managed server runs, and where.

    Attributes:
        address: How to reach it; None while it does not answer.
        pid: Its process; None when there is none.
        store: Name of the store it serves or would serve.
    """

    address: ServerAddress | None
    pid: int | None
    store: str


@dataclass(frozen=True)
class _Entry:
    """What ``server.json`` says: the last address, and the process while there is one."""

    pid: int | None
    store: str
    address: ServerAddress
    ready: bool = True
    keep: bool = True


class ManagedServer:
    """The server of one graph folder.

    Args:
        folder: ``home/graph``.
        settings: What it may use.
    """

    def __init__(self, folder: Path, settings: Neo4jSettings | None = None) -> None:
        """Keep the folder and the settings; nothing is started."""
        self.folder = folder.absolute()
        self.settings = settings or Neo4jSettings()

    @property
    def current(self) -> str:
        """Name of the store that is served."""
        marker = self.folder / "current"
        return marker.read_text("utf-8").strip() if marker.exists() else STORES[0]

    @property
    def spare(self) -> Path:
        """The store that is not served, where a build goes."""
        return self.folder / next(name for name in STORES if name != self.current)

    def switch(self) -> None:
        """Serve the other store from the next start on."""
        draft = self.folder / ".current"
        draft.write_text(self.spare.name, "utf-8")
        draft.replace(self.folder / "current")

    def status(self) -> ServerStatus:
        """Whether it runs. What a killed server left behind does not count."""
        entry = self._entry()
        if entry is None or not serves(entry.pid, self.folder / entry.store):
            return ServerStatus(None, None, self.current)
        return ServerStatus(entry.address if entry.ready else None, entry.pid, entry.store)

    def up(
        self, progress: Callable[[str], None] | None = None, *, keep: bool = True
    ) -> ServerAddress:
        """Start it unless it runs, and wait until it answers queries.

        Args:
            progress: Told what is done.
            keep: Leave it running when the job that started it ends.

        Raises:
            ServerError: if it does not come up; with the end of its log.
            PortTaken: if a port that was asked for is in use.
            JarsUnavailable: if its parts cannot be had.
            HomeError: if the folder cannot be written.
        """
        try:
            with exclusive(self.folder / "lock"):
                there = self._joined(keep=keep)
                return there or self._start(progress or (lambda _step: None), keep=keep)
        except OSError as error:
            raise HomeError.unwritten(error, str(self.folder)) from None

    def _joined(self, *, keep: bool) -> ServerAddress | None:
        """The address of a server that runs already; one left half started is stopped."""
        entry = self._entry()
        if entry is None or not serves(entry.pid, self.folder / entry.store):
            return None
        if not entry.ready:
            self._stop(entry)
            return None
        if keep and not entry.keep:
            self._remember(replace(entry, keep=True))
        return entry.address

    def _start(self, say: Callable[[str], None], *, keep: bool) -> ServerAddress:
        parts = bundle(self.settings, progress=say)
        say("启动，约 7 秒 starting, about 7 seconds")
        asked = (self.settings.bolt_port, self.settings.http_port)
        entry = self._entry()
        last = (entry.address.bolt_port, entry.address.http_port) if entry else (0, 0)
        try:
            return self._serve(parts, take_ports(asked, last), keep=keep)
        except PortTaken:
            if asked != (0, 0):
                raise
        # Between the look and the start another program took the port: once more, elsewhere.
        return self._serve(parts, take_ports(asked), keep=keep)

    def _serve(self, parts: Bundle, ports: tuple[int, int], *, keep: bool) -> ServerAddress:
        store, password = self.folder / self.current, self.password()
        prepare_store(store, self.settings, ports=ports)
        if not (store / "data" / "dbms" / "auth.ini").exists():
            set_password(parts, store, password)
        address = local_address(ports, password)
        process = spawn(parts, store, self.settings)
        entry = _Entry(process.pid, store.name, address, ready=False, keep=keep)
        try:
            self._remember(entry)
            _wait(process, address, store)
        except BaseException:
            self._stop(entry)
            raise
        self._remember(replace(entry, ready=True))
        return address

    def down(self) -> None:
        """Stop it and wait until it is gone; nothing happens when it does not run."""
        with exclusive(self.folder / "lock"):
            entry = self._entry()
            if entry:
                self._stop(entry)

    def leave(self) -> None:
        """Stop it at the end of a job, unless it was started to be kept."""
        with exclusive(self.folder / "lock"):
            entry = self._entry()
            if entry and not entry.keep:
                self._stop(entry)

    @property
    def is_kept(self) -> bool:
        """Whether it was started to outlast the job that started it."""
        entry = self._entry()
        return entry is None or entry.keep

    def died(self) -> ServerError | None:
        """An error with the end of the log, if the server has gone by itself."""
        entry = self._entry()
        if entry is None or entry.pid is None or self.status().pid is not None:
            return None
        return _failed(
            self.folder / entry.store,
            ("Neo4j 在工作中途停止", "Neo4j has stopped in the middle of the work"),
        )

    def _stop(self, entry: _Entry) -> None:
        if entry.pid is not None:
            stop(entry.pid, self.folder / entry.store)
        self._remember(replace(entry, pid=None, ready=False))

    @property
    def _state(self) -> Path:
        return self.folder / "server.json"

    def _entry(self) -> _Entry | None:
        try:
            entry = json.loads(self._state.read_text("utf-8"))
            return _Entry(**entry | {"address": ServerAddress(**entry["address"])})
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _remember(self, entry: _Entry) -> None:
        write_secret(self._state, json.dumps(asdict(entry)))

    def password(self) -> str:
        """The generated password of this folder, the same for both stores."""
        path = self.folder / "password"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            write_secret(path, secrets.token_hex(24))
        return path.read_text("utf-8")


@contextmanager
def running(
    folder: Path,
    settings: Neo4jSettings,
    *,
    keep: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Iterator[Connection]:
    """A connection to the graph: your server's where a URI is set, else the managed one's.

    Args:
        folder: ``home/graph``.
        settings: With or without a URI.
        keep: Leave a server that was started here running.
        progress: Told what the server does.

    Raises:
        ServerError: if it cannot be had, or dies meanwhile; with the end of its log.
    """
    if settings.uri:
        address = ServerAddress(settings.uri, settings.user, settings.password)
        with Connection.open(address) as yours:
            yours.verify()
            yield yours
        return
    server = ManagedServer(folder, settings)
    was_up = server.status().address is not None
    address = server.up(progress, keep=keep)
    try:
        with Connection.open(address) as connection:
            connection.is_gone = lambda: server.died() is not None
            yield connection
    except ServerUnreachable:
        died = server.died()
        if died:
            raise died from None
        raise
    finally:
        if not (keep or was_up):
            server.leave()


def _wait(process: subprocess.Popen[bytes], address: ServerAddress, store: Path) -> None:
    """Wait until the server answers a query, or until the child has died."""
    deadline = time.monotonic() + START_SECONDS
    while not bolt_answers(address.bolt_port):
        if process.poll() is not None:
            raise _not_started(store, address, process.returncode)
        if time.monotonic() > deadline:
            late = f"{START_SECONDS} s"
            raise _failed(
                store, (f"Neo4j 在 {late} 内没有应答", f"Neo4j did not answer within {late}")
            )
        time.sleep(0.1)
    try:
        with Connection.open(address, patience=START_SECONDS) as connection:
            connection.read("RETURN 1 AS one")
    except ServerRefused:
        raise ServerError(
            ("图数据库建立时用的是另一个密码", "the store was made with another password"),
            where=str(store),
            next_step=(
                "停止服务器并删除文件夹 graph；它是缓存，会重新建立",
                "stop the server and remove the folder graph; it is a cache and built anew",
            ),
        ) from None


def _not_started(store: Path, address: ServerAddress, code: int) -> ServerError:
    log = _log_of(store)
    for port in (address.bolt_port, address.http_port):
        if f":{port}" in log and ("already in use" in log or "BindException" in log):
            return port_taken(port)
    found = (f"Neo4j 未能启动，退出码 {code}", f"Neo4j did not start; it ended with code {code}")
    return _failed(store, found)


def _failed(store: Path, found: Pair) -> ServerError:
    tail = last_lines(_log_of(store))
    return ServerError(
        joined([found, tail], "：", ": ") if tail else found,
        where=str(console_log(store)),
        next_step=(
            "查看日志；doudi doctor 可检查各部件",
            "read the log; doudi doctor checks the parts",
        ),
    )


def _log_of(store: Path) -> str:
    with suppress(OSError):
        return console_log(store).read_text("utf-8", errors="replace")
    return ""
