"""What all tests share: one real Neo4j server for the whole run."""

from __future__ import annotations

import os
import re
import signal
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

from doudi.console import Console
from doudi.graph.connection import Connection
from doudi.graph.errors import JarsUnavailable
from doudi.graph.neo4j_contents import create_constraints
from doudi.graph.server import ManagedServer, Neo4jSettings
from doudi.home import Home
from doudi.loaders.source import sources
from doudi.stages import Line
from doudi.synth.county import make_county

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from xdist.remote import Producer

    from doudi.graph.projection import Projection
    from doudi.policy.parameters import Parameters


TOGETHER = {
    "county": (
        "tests/detectors/test_county.py",
        "tests/doudi/test_line.py",
        "tests/twins/test_twins.py",
    ),
    "detectors": (
        "tests/detectors/test_both_sides.py",
        "tests/detectors/test_cases.py",
        "tests/detectors/test_explain.py",
        "tests/detectors/test_receipts.py",
        "tests/detectors/test_run.py",
        "tests/doudi/test_bad_input.py",
        "tests/doudi/test_detect.py",
        "tests/doudi/test_dossier.py",
        "tests/doudi/test_leads.py",
        "tests/doudi/test_looks.py",
        "tests/doudi/test_own_server.py",
        "tests/doudi/test_replay.py",
        "tests/doudi/test_workspace.py",
        "tests/twins/test_disorder.py",
    ),
}
"""Files that one process runs, the longest first: they share the loaded counties, or a server that
has planned every detector's query, which takes a minute of processor time."""

_SEED = re.compile(r"\[seed(\d+)")

os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")
"""Servers of tests live too short for the optimising compiler to pay back."""


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist is untyped
    """With several processes, a file's tests stay together, and those of :data:`TOGETHER`."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((name for name, group in TOGETHER.items() if file in group), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Its group marks do not reach the scheduler of xdist 3.8 under pytest 9.2."""
    config.option.loadscopereorder = False  # the counties come first, they take longest
    return ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The groups first; in theirs, tests of one county together, those without a seed last."""
    groups = [*TOGETHER.values()]

    def turn(item: pytest.Item) -> tuple[int, int]:
        file, seed = item.nodeid.partition("::")[0], _SEED.search(item.nodeid)
        nth = next((n for n, group in enumerate(groups) if file in group), len(groups))
        return nth, int(seed[1]) if seed else 99

    items.sort(key=turn)


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
    empty(neo4j_server)
    return neo4j_server


def empty(connection: Connection) -> None:
    """Delete everything in a graph, also what marks it as filled."""
    connection.schema("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 500 ROWS")


@dataclass(frozen=True)
class LoadedCounty:
    """A synthetic county that was delivered and loaded, in a graph of its own.

    Attributes:
        truth: Folder of the truth tables of the generator.
    """

    seed: int
    home: Path
    truth: Path
    projection: Projection
    parameters: Parameters
    as_of: date
    connection: Connection


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], LoadedCounty]]:
    """The synthetic county of a seed: each loaded once, one at a time in its server."""
    folders: dict[int, Path] = {}
    serving: dict[int, LoadedCounty] = {}
    with ExitStack() as server:

        def county_of(seed: int) -> LoadedCounty:
            if seed not in serving:
                serving.clear()
                server.close()
                if seed not in folders:
                    folders[seed] = _load_county(tmp_path_factory.mktemp(f"county{seed}"), seed)
                serving[seed] = _serve_county(folders[seed], seed, server)
            return serving[seed]

        yield county_of


def _load_county(folder: Path, seed: int) -> Path:
    make_county(folder / "county", seed=seed, sources=sources())
    home, _ = Home.open(folder / "home")
    line = Line(home, Console(lang="en"))
    line.load(sorted((folder / "county" / "deliveries").iterdir()))
    return folder


def _serve_county(folder: Path, seed: int, server: ExitStack) -> LoadedCounty:
    home, _ = Home.open(folder / "home")
    line = Line(home, Console(lang="en"))
    connection, projection = server.enter_context(line.graph(keep=False))
    return LoadedCounty(
        seed=seed,
        home=home.path,
        truth=folder / "county" / "truth",
        projection=projection,
        parameters=line.parameters(),
        as_of=line.as_of(None),
        connection=connection,
    )
