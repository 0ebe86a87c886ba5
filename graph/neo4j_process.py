"""Neo4j's programs as processes: command lines, the admin tool, ports, pids, locks."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from doudi.graph.errors import PortTaken, ServerError
from doudi.graph.platforms import ENDING_SIGNALS, command_line, lock, unlock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from doudi.graph.jars import Bundle
    from doudi.graph.neo4j_settings import Neo4jSettings

STOP_SECONDS = 30
_OPENS = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch",
          "java.base/java.util.concurrent", "java.base/java.lang")  # fmt: skip
LIGHT_JAVA = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Half the processor time of the defaults (1.7 s against 3.1 s) for a job of seconds."""
_SHORT_JOB = ("-Xmx512m", *LIGHT_JAVA)

_children: dict[int, subprocess.Popen[bytes]] = {}
"""Servers this process started and has not seen end; they may outlast it."""


def java_command(parts: Bundle, store: Path, *options: str) -> list[str]:
    """The Java command line up to the main class; its temporary files stay in the store."""
    opens = [f"--add-opens={module}=ALL-UNNAMED" for module in _OPENS]
    places = [f"-Djava.io.tmpdir={store / 'tmp'}", f"-Djna.tmpdir={store / 'tmp'}"]
    start = [str(parts.java), *opens, "-Dfile.encoding=UTF-8", *places, *options]
    return [*start, "-cp", parts.class_path]


def admin(
    parts: Bundle, store: Path, *arguments: str, options: tuple[str, ...] = _SHORT_JOB
) -> str:
    """Run Neo4j's admin tool on a store that is not served, and return what it printed.

    Args:
        parts: Java and jars.
        store: The store's folder.
        arguments: What the tool shall do.
        options: Options of the JVM.

    Raises:
        ServerError: if it fails, with its last lines.
    """
    environment = {**os.environ, "NEO4J_HOME": str(store), "NEO4J_CONF": str(store / "conf")}
    command = [*java_command(parts, store, *options), "org.neo4j.cli.AdminTool", *arguments]
    done = subprocess.run(  # noqa: S603 - our own Java with our own arguments
        command, env=environment, cwd=store, capture_output=True, text=True, check=False
    )
    if done.returncode:
        tail = last_lines(done.stderr or done.stdout)
        words = " ".join(arguments[:3])
        found = (f"neo4j-admin {words} 失败：{tail}", f"neo4j-admin {words} failed: {tail}")
        raise ServerError(found, where=str(store))
    return done.stdout


def set_password(parts: Bundle, store: Path, password: str) -> None:
    """Set the initial password; needed before a store's first start.

    It is handed over in a file, because a command line can be read by every user of the machine.
    """
    path = store / "tmp" / "initial"
    write_secret(path, password)
    try:
        admin(parts, store, "dbms", "set-initial-password", f"@{path}")
    finally:
        path.unlink()


def spawn(parts: Bundle, store: Path, settings: Neo4jSettings) -> subprocess.Popen[bytes]:
    """Start the server of a store; what it prints goes to ``logs/console.log``."""
    options = (f"-Xms{settings.heap}", f"-Xmx{settings.heap}", "-XX:+UseG1GC")
    arguments = [home_argument(store), f"--config-dir={store / 'conf'}"]
    main = "org.neo4j.server.CommunityEntryPoint"
    with console_log(store).open("wb") as log:
        child = subprocess.Popen(  # noqa: S603 - our own Java with our own arguments
            [*java_command(parts, store, *options), main, *arguments],
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=store,
            start_new_session=True,
        )
    _children[child.pid] = child
    return child


def home_argument(store: Path) -> str:
    """The argument that tells a store's server from every other process."""
    return f"--home-dir={store}"


def console_log(store: Path) -> Path:
    """What the server of a store printed since its last start."""
    return store / "logs" / "console.log"


def last_lines(text: str, count: int = 3) -> str:
    """The last lines that say something, in one line; Java's stack frames left out."""
    lines = (line.strip() for line in text.splitlines())
    told = [line for line in lines if line and not line.startswith(("at ", "..."))]
    return " | ".join(told[-count:])[:600]


def bolt_answers(port: int) -> bool:
    """Whether a Bolt server shakes hands on a port of this machine."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as link:
            link.sendall(b"\x60\x60\xb0\x17" + b"\x00\x00\x04\x05" + b"\x00" * 12)
            return len(link.recv(4)) == 4  # noqa: PLR2004 - a version is four bytes
    except OSError:
        return False


def take_ports(wanted: tuple[int, int], last: tuple[int, int] = (0, 0)) -> tuple[int, int]:
    """Two ports that are free now: the wanted ones, or where that is 0 the last ones, or any.

    Raises:
        PortTaken: if a wanted port is in use.
    """
    with ExitStack() as held:  # both held at once, so that they differ
        bolt, http = (_take(held, *pair) for pair in zip(wanted, last, strict=True))
        return bolt, http


def _take(held: ExitStack, wanted: int, last: int) -> int:
    for port in (wanted,) if wanted else (last, 0):
        probe = held.enter_context(socket.socket())
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        taken: int = probe.getsockname()[1]
        return taken
    raise port_taken(wanted)


def port_taken(port: int) -> PortTaken:
    """The error for a port that was asked for and is in use."""
    return PortTaken(
        (f"端口 {port} 已被其他程序占用", f"port {port} is used by another program"),
        where="127.0.0.1",
        next_step=("另设端口，或设 0 自动选用空闲端口", "set another port, or 0 for a free one"),
    )


def serves(pid: int | None, store: Path) -> bool:
    """Whether a process lives and is the server of this store.

    A pid alone is no proof: after a crash it may belong to any other program.
    """
    if pid is None:
        return False
    return home_argument(store) in command_line(pid)


def stop(pid: int, store: Path) -> None:
    """Ask a store's server to end, insist after a while, and wait until it is gone."""
    for sign in ENDING_SIGNALS:
        if serves(pid, store):
            os.kill(pid, sign)
        deadline = time.monotonic() + STOP_SECONDS
        while serves(pid, store) and time.monotonic() < deadline:
            time.sleep(0.05)
    child = _children.pop(pid, None)
    if child is not None:
        child.wait(STOP_SECONDS)  # its command line goes before its exit code comes


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock file; wait for another process that holds it. A dead owner holds nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        lock(file.fileno())
        try:
            yield
        finally:
            unlock(file.fileno())


def write_secret(path: Path, text: str) -> None:
    """Write a file only this user can read, whole or not at all."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
