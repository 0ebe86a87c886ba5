"""What all tests share: one real Neo4j server for the whole run."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from doudi.graph.connection import Connection
from doudi.graph.errors import JarsUnavailable
from doudi.graph.neo4j_build import create_constraints
from doudi.graph.server import ManagedServer, Neo4jSettings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def managed_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManagedServer]:
    """A managed server in a folder of its own; skipped loudly where its parts cannot be had."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stop the server then, too
    settings = Neo4jSettings(heap="768m", pagecache="128m")
    server = ManagedServer(tmp_path_factory.mktemp("graph"), settings)
    try:
        server.up()
    except JarsUnavailable as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"Neo4j is needed under CI=true: {error}", pytrace=False)
        sys.__stderr__.write(f"\n*** Neo4j tests are SKIPPED: {error} ***\n")  # type: ignore[union-attr]  # there in tests
        pytest.skip(f"no Neo4j: {error}")
    try:
        yield server
    finally:
        server.down()


@pytest.fixture(scope="session")
def neo4j_server(managed_server: ManagedServer) -> Iterator[Connection]:
    """A connection to the server of this run, its constraints made."""
    address = managed_server.status().address
    assert address is not None
    with Connection.open(address) as connection:
        create_constraints(connection)
        yield connection


@pytest.fixture
def empty_graph(neo4j_server: Connection) -> Connection:
    """The same connection, the graph emptied."""
    neo4j_server.schema("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
    return neo4j_server
