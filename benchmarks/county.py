"""The workload ``synth``: a county made and written, beside DuckDB writing the finished rows."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING

import duckdb

from benchmarks import timing
from doudi.synth.county import make_county
from doudi.synth.readback import table_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from benchmarks.timing import Lap


def synth_laps(
    folder: Path, households: int, seed: int, rounds: int
) -> tuple[int, list[Lap], list[Lap]]:
    """Rows of a county, and the laps of both sides.

    The peer gets the county's finished tables in memory and writes each to a CSV file; reading
    them is not counted. Rows per second of ours over the peer's is the turned ratio of the times.
    """
    county, copy = folder / f"synth-{households}-{seed}", folder / "synth-copy"
    cases = {
        "ours": partial(timing.in_fresh_process, make_lap, county, households, seed),
        "peer": partial(timing.in_fresh_process, copy_lap, county / "deliveries", copy),
    }
    laps = timing.interleaved(cases, rounds)
    return int(laps["ours"][0].answer), laps["ours"], laps["peer"]


def make_lap(county: Path, households: int, seed: int) -> Lap:
    """Make the county in one process."""
    return timing.measured(partial(_made, county, households, seed))


def _made(county: Path, households: int, seed: int) -> str:
    made = make_county(county, households=households, seed=seed, processes=1, force=True)
    return str(made.rows)


def copy_lap(deliveries: Path, copy: Path) -> Lap:
    """Write the finished tables of a county to CSV files."""
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    with duckdb.connect() as con:
        names = []
        for name, table in _tables(deliveries):
            con.register("finished", table)
            con.execute(f"CREATE TABLE {name} AS FROM finished")
            names.append(name)
        return timing.measured(partial(_copied, con, names, copy))


def _tables(deliveries: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every file of a county as a table of text."""
    for path in sorted(deliveries.glob("*/*.*")):
        if path.suffix != ".toml":
            source = path.name.partition(".")[0]
            yield f"t_{source}_{path.parent.name.replace('-', '')}", table_of(path)


def _copied(con: duckdb.DuckDBPyConnection, names: list[str], copy: Path) -> str:
    for name in names:
        con.execute(f"COPY {name} TO '{copy / name}.csv' (HEADER)")
    return ""
