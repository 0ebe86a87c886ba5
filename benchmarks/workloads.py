"""The workloads; where both sides answer the same question, they must agree first."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from benchmarks import peers, timing
from benchmarks.county import synth_laps
from benchmarks.linkage import link_laps
from benchmarks.loading import delta_laps, id_laps, load_laps
from benchmarks.twins import Court, twinned
from doudi.graph.connection import Connection
from doudi.graph.neo4j_import import import_offline
from doudi.graph.neo4j_settings import Neo4jSettings
from doudi.graph.projection import project
from doudi.graph.server import ManagedServer, running
from doudi.graph.tables import FactStore
from doudi.loaders.load import load
from doudi.loaders.source import sources
from doudi.policy.parameters import Parameters
from doudi.synth.county import HOUSEHOLDS, SMALLEST, make_county

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pandas as pd

    from benchmarks.timing import Lap
    from benchmarks.twins import Answer
    from doudi.detectors.header import Detector

AS_OF = date(2026, 6, 1)


class Disagreement(AssertionError):
    """Two sides gave different answers, so that there is nothing to compare."""


@dataclass(frozen=True)
class Comparison:
    """Ours and a peer on the same work.

    Attributes:
        case: What was done.
        rows: Size of the work.
        ours: Our laps.
        peer: The peer's laps.
        peer_name: What the peer is.
        notes: How good the answers are, where they need not be the same.
    """

    case: str
    rows: int
    ours: list[Lap]
    peer: list[Lap]
    peer_name: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bench:
    """Where a run works, how large it is and how often it repeats."""

    folder: Path
    scale: float
    rounds: int
    seed: int = 1

    @property
    def households(self) -> int:
        """Households of the county; 1.0 is County S."""
        return max(SMALLEST, round(HOUSEHOLDS["S"] * self.scale))

    def county(self) -> Path:
        """Deliveries of the county, made once."""
        target = self.folder / f"county-{self.households}-{self.seed}"
        if not target.exists():
            make_county(target, households=self.households, seed=self.seed, sources=sources())
        return target / "deliveries"

    def home(self) -> Path:
        """A home with all deliveries loaded and projected, made once."""
        home = self.folder / f"home-{self.households}-{self.seed}"
        if not (home / "projection").exists():
            for delivery in sorted(p for p in self.county().iterdir() if p.is_dir()):
                load(delivery, home)
            project(FactStore(home / "tables"), home / "projection")
        return home


def building(bench: Bench) -> list[Comparison]:
    """Parquet to a server that answers: the offline import beside one writer with UNWIND."""
    projection = bench.home() / "projection"
    cases = {
        "import": partial(timing.in_fresh_process, import_lap, projection, bench.folder / "import"),
        "unwind": partial(timing.in_fresh_process, unwind_lap, projection, bench.folder / "unwind"),
    }
    laps = timing.interleaved(cases, bench.rounds)
    answers = {lap.answer for both in laps.values() for lap in both}
    if len(answers) > 1:
        raise Disagreement(f"the two graphs are not the same: {sorted(answers)}")
    nodes, relations = next(iter(answers)).split("/")
    rows = int(nodes) + int(relations)
    return [Comparison("build", rows, laps["import"], laps["unwind"], "one writer, UNWIND")]


def import_lap(projection: Path, folder: Path) -> Lap:
    """Import, start, ask."""
    return _until_answered(projection, folder, is_import=True)


def unwind_lap(projection: Path, folder: Path) -> Lap:
    """Start an empty server, fill it, ask."""
    return _until_answered(projection, folder, is_import=False)


def _until_answered(projection: Path, folder: Path, *, is_import: bool) -> Lap:
    shutil.rmtree(folder, ignore_errors=True)
    server = ManagedServer(folder, Neo4jSettings())
    try:
        lap = timing.measured(partial(_answering, server, projection, is_import=is_import))
        # The server runs on, so its processor time is not yet among that of ended children.
        pid, own = server.status().pid, lap.figures
        cpu, memory = own.cpu + timing.cpu_of(pid), own.peak + timing.peak_mib(pid or "")
        return timing.Lap(timing.Figures(cpu, own.wall, memory), lap.answer)
    finally:
        server.down()


def _answering(server: ManagedServer, projection: Path, *, is_import: bool) -> str:
    if is_import:
        store = server.folder / server.current
        import_offline(projection, store, server.settings, password=server.password())
    with Connection.open(server.up(keep=False)) as connection:
        if not is_import:
            peers.unwind_fill(connection, projection)
        return _size(connection)


def _size(connection: Connection) -> str:
    nodes = connection.read("MATCH (n) RETURN count(n) AS n")["n"].iloc[0]
    links = connection.read("MATCH ()-[r]->() RETURN count(r) AS n")["n"].iloc[0]
    return f"{nodes}/{links}"


def detecting(bench: Bench) -> list[Comparison]:
    """Every detector that has a twin, warm, beside the twin on DuckDB; same keys first."""
    home = bench.home()
    with FactStore(home / "tables").connect() as view:
        parameters = Parameters.from_view(view)
    with _graph(bench, home) as (connection, pid), Court(home / "projection", AS_OF) as court:
        return [
            _heard(court, connection, pid, detector, parameters, bench.rounds)
            for detector in twinned()
        ]


@contextmanager
def _graph(bench: Bench, home: Path) -> Iterator[tuple[Connection, int | None]]:
    """The home's projection served, and the server's process."""
    folder = bench.folder / f"graph-{bench.households}-{bench.seed}"
    server = ManagedServer(folder, Neo4jSettings())
    if not (folder / server.current / "data").exists():
        store = folder / server.current
        import_offline(home / "projection", store, server.settings, password=server.password())
    with running(folder, server.settings) as connection:
        yield connection, server.status().pid


def _heard(
    court: Court,
    connection: Connection,
    pid: int | None,
    detector: Detector,
    parameters: Parameters,
    rounds: int,
) -> Comparison:
    given = court.given(detector, parameters)
    detector_side: Callable[[], pd.DataFrame] = partial(
        court.detector_rows, connection, detector, given
    )
    twin_side: Callable[[], pd.DataFrame] = partial(court.twin_rows, detector, given)
    found = court.answer(detector_side(), detector)
    _require_same(detector.id, found, court.answer(twin_side(), detector))
    cases = {
        "ours": partial(timing.measured, partial(_digest, detector_side), pid),
        "twin": partial(timing.measured, partial(_digest, twin_side)),
    }
    laps = timing.interleaved(cases, rounds)
    return Comparison(
        detector.id, len(found.keys), laps["ours"], laps["twin"], "SQL twin on DuckDB"
    )


def _require_same(name: str, found: Answer, twin: Answer) -> None:
    if found.keys != twin.keys:
        raise Disagreement(
            f"{name}: only the detector {sorted(found.keys - twin.keys)}, "
            f"only the twin {sorted(twin.keys - found.keys)}"
        )


def _digest(side: Callable[[], pd.DataFrame]) -> str:
    return hashlib.sha256(str(len(side())).encode()).hexdigest()[:12]


def making(bench: Bench) -> list[Comparison]:
    """A county made and written, beside DuckDB writing its finished tables to CSV."""
    rows, ours, peer = synth_laps(bench.folder, bench.households, bench.seed, bench.rounds)
    return [Comparison("synth", rows, ours, peer, "DuckDB COPY of the finished tables")]


def loading(bench: Bench) -> list[Comparison]:
    """A delivery of payments to fact tables, beside two scripts that do the same and no more."""
    rows, laps = load_laps(bench.folder, bench.scale, bench.seed, bench.rounds)
    _require_one("load", laps)
    return [
        Comparison("sql", rows, laps["ours"], laps["sql"], "DuckDB SQL script; polars + numpy script"),
        Comparison("polars", rows, laps["ours"], laps["polars"], "polars + numpy script"),
    ]  # fmt: skip  # two calls


def checking(bench: Bench) -> list[Comparison]:
    """Person numbers with a reason for each that is none, beside a plain loop."""
    rows, laps = id_laps(bench.scale, bench.seed, bench.rounds)
    _require_one("ids", laps)
    return [Comparison("ids", rows, laps["ours"], laps["loop"], "plain Python loop")]


def changing(bench: Bench) -> list[Comparison]:
    """A delta of one household in a hundred, beside loading everything again."""
    rows, laps = delta_laps(bench.folder, bench.scale, bench.seed, bench.rounds)
    _require_one("delta", laps)
    return [
        Comparison("delta", rows, laps["ours"], laps["again"], "both deliveries into an empty home")
    ]


def _require_one(name: str, laps: dict[str, list[Lap]]) -> None:
    answers = {side: sorted({lap.answer for lap in some}) for side, some in laps.items()}
    if len({answer for some in answers.values() for answer in some}) > 1:
        raise Disagreement(f"{name}: {answers}")


def linking(bench: Bench) -> list[Comparison]:
    """Two registers of the same people linked, beside Splink; answers are held against the truth."""
    rows, ours, peer, notes = link_laps(bench.folder, bench.households, bench.seed, bench.rounds)
    return [Comparison("link", rows, ours, peer, "Splink on DuckDB", notes)]


WORKLOADS: dict[str, Callable[[Bench], list[Comparison]]] = {
    "synth": making,
    "load": loading,
    "ids": checking,
    "delta": changing,
    "build": building,
    "detect": detecting,
    "link": linking,
}
