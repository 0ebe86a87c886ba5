"""The managed server: one at a time, found again, gone when it should be, errors that say why."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from doudi.graph.connection import Connection
from doudi.graph.errors import PortTaken, ServerError, ServerRefused, ServerUnreachable
from doudi.graph.neo4j_process import take_ports
from doudi.graph.server import ManagedServer, Neo4jSettings, ServerAddress, running

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = Neo4jSettings(heap="512m", pagecache="64m")


def work_until_killed(server: ManagedServer) -> None:
    with running(server.folder, server.settings) as connection:
        connection.run("CREATE (:Person {id: 'kept'})")
        connection.patience = 1
        pid = server.status().pid
        assert pid is not None
        threading.Timer(0.5, os.kill, (pid, signal.SIGKILL)).start()
        connection.read(
            "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN sum(a * b) AS s"
        )


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


def password_of(server: ManagedServer) -> str:
    return (server.folder / "password").read_text("utf-8")


@pytest.mark.usefixtures("managed_server")
def test_a_port_that_is_taken_is_named(tmp_path: Path, taken: int) -> None:
    server = ManagedServer(tmp_path, replace(SMALL, bolt_port=taken))
    with pytest.raises(PortTaken, match=f"port {taken} is used"):
        server.up()
    assert server.status().pid is None


def test_a_last_port_that_is_taken_is_left_alone(taken: int) -> None:
    bolt, http = take_ports((0, 0), (taken, taken))
    assert len({bolt, http, taken}) == 3


def test_a_uri_that_does_not_answer_is_named_at_once() -> None:
    port = take_ports((0, 0))[0]
    address = ServerAddress(f"bolt://127.0.0.1:{port}", "neo4j", "not to be told")
    began = time.monotonic()
    with Connection.open(address) as connection, pytest.raises(ServerUnreachable) as told:
        connection.verify()
    assert address.uri in str(told.value)
    assert "not to be told" not in str(told.value) + repr(address)
    assert time.monotonic() - began < 10


def test_an_address_that_is_none_is_named() -> None:
    with pytest.raises(ServerUnreachable, match="http://127"):
        Connection.open(ServerAddress("http://127.0.0.1", "neo4j", "x"))


def test_a_wrong_password_is_refused(managed_server: ManagedServer, tmp_path: Path) -> None:
    address = managed_server.up()
    yours = Neo4jSettings(uri=address.uri, user="neo4j", password="not the one")  # noqa: S106 - no secret
    with pytest.raises(ServerRefused) as told, running(tmp_path, yours):
        pass
    assert "not the one" not in str(told.value)
    assert "neo4j.password" in str(told.value)


def test_a_server_of_your_own_is_taken_by_its_uri(
    managed_server: ManagedServer, tmp_path: Path
) -> None:
    address = managed_server.up()
    yours = Neo4jSettings(uri=address.uri, user=address.user, password=address.password)
    with running(tmp_path, yours) as connection:
        assert connection.read("RETURN 1 AS one")["one"].tolist() == [1]
    assert list(tmp_path.iterdir()) == []
    assert managed_server.status().pid is not None


def test_up_again_gives_the_server_that_runs(managed_server: ManagedServer) -> None:
    pid = managed_server.status().pid
    assert managed_server.up() == managed_server.status().address
    with running(managed_server.folder, managed_server.settings) as connection:
        connection.verify()
    assert managed_server.status().pid == pid


def test_only_this_user_reads_the_password(managed_server: ManagedServer) -> None:
    for name in ("password", "server.json"):
        assert (managed_server.folder / name).stat().st_mode & 0o777 == 0o600
    told = Path(f"/proc/{managed_server.status().pid}/cmdline")
    if told.exists():
        assert password_of(managed_server) not in told.read_text("utf-8")


def test_the_server_listens_on_loopback_only(managed_server: ManagedServer) -> None:
    address = managed_server.up()
    assert address.uri.startswith("bolt://127.0.0.1:")
    assert address.browser_url.startswith("http://127.0.0.1:")
    conf = (managed_server.folder / "store-a" / "conf" / "neo4j.conf").read_text("utf-8")
    assert "server.default_listen_address=127.0.0.1" in conf


def test_a_pid_that_now_belongs_to_another_program_is_let_alone(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        server = ManagedServer(tmp_path, SMALL)
        address = {"uri": "bolt://127.0.0.1:1", "user": "neo4j", "password": "x"}
        entry = {"pid": other.pid, "store": "store-a", "address": address}
        (tmp_path / "server.json").write_text(json.dumps(entry), "utf-8")
        assert server.status().pid is None
        server.down()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.usefixtures("managed_server")
def test_a_server_that_cannot_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    server = ManagedServer(tmp_path, replace(SMALL, pagecache="no size"))
    with pytest.raises(ServerError, match="no size") as told:
        server.up()
    assert password_of(server) not in str(told.value)
    assert server.status().pid is None


@pytest.mark.usefixtures("managed_server")
def test_a_server_killed_in_the_middle_is_an_error_and_comes_up_again(tmp_path: Path) -> None:
    server = ManagedServer(tmp_path, SMALL)
    with pytest.raises(ServerError, match="stopped in the middle"):
        work_until_killed(server)
    assert server.status().pid is None
    with running(tmp_path, SMALL) as connection:
        assert connection.read("MATCH (p:Person) RETURN p.id AS id")["id"].tolist() == ["kept"]
    assert server.status().pid is None
