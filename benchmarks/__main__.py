"""``python -m benchmarks WORKLOAD``: ours beside a peer, in one run, as ratios."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.targets import summed, verdicts
from benchmarks.timing import Figures, best
from benchmarks.workloads import WORKLOADS, Bench, Disagreement

if TYPE_CHECKING:
    from benchmarks.workloads import Comparison

GROWTH = 10
PACKAGES = ("doudi", "duckdb", "neo4j", "pyarrow", "ibis-framework", "rapidfuzz", "splink")


def main() -> int:
    """Run the workloads that were asked for; 1 when two sides disagree."""
    asked = _arguments()
    names = list(WORKLOADS) if asked.workload == "all" else [asked.workload]
    scales = [asked.scale, asked.scale * GROWTH] if asked.growth else [asked.scale]
    with tempfile.TemporaryDirectory(prefix="doudi-bench-") as made:
        folder = asked.folder or Path(made)
        try:
            for name in names:
                _run(name, scales, folder, asked)
        except Disagreement as error:
            print(f"the answers differ, so nothing was compared: {error}", file=sys.stderr)
            return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("workload", nargs="?", default="all", choices=[*WORKLOADS, "all"])
    parser.add_argument("--scale", type=float, default=1.0, help="1 is County S, 2,000 households")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds, 5 or more count")
    parser.add_argument("--growth", action="store_true", help="also at ten times the scale")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keep counties and homes here for the next run")
    parser.add_argument("--jsonl", type=Path, help="add one line a comparison to this file")
    return parser.parse_args()


def _run(name: str, scales: list[float], folder: Path, asked: argparse.Namespace) -> None:
    seen: dict[str, list[Comparison]] = {}
    for scale in scales:
        bench = Bench(folder, scale, asked.rounds, asked.seed)
        bench.folder.mkdir(parents=True, exist_ok=True)
        load_before = os.getloadavg()[0]
        print(f"\n{name}  {bench.households} households  {asked.rounds} rounds")
        compared = WORKLOADS[name](bench)
        _print(compared)
        for line in [*verdicts(name, compared), *(n for one in compared for n in one.notes)]:
            print(line)
        for one in compared:
            seen.setdefault(one.case, []).append(one)
        if asked.jsonl:
            _record(asked.jsonl, name, bench, compared, load_before)
    if len(scales) > 1:
        _print_growth(seen)


def _print(compared: list[Comparison]) -> None:
    head = ("case", "rows", "cpu s", "peer", "ratio", "wall s", "peer", "ratio", "MiB", "peer")
    print(("{:8}{:>9}" + "{:>9}" * 8).format(*head))
    for one in compared:
        print(_line(one.case, one.rows, best(one.ours), best(one.peer)))
    if len(compared) > 1 and compared[0].ours is not compared[1].ours:
        print(_line("together", sum(c.rows for c in compared), *summed(compared)))
    print(f"peer: {compared[0].peer_name}; ratios are ours / peer")


def _line(case: str, rows: int, ours: Figures, peer: Figures) -> str:
    return (
        f"{case:8}{rows:9}{ours.cpu:9.2f}{peer.cpu:9.2f}{_ratio(ours.cpu, peer.cpu)}"
        f"{ours.wall:9.3f}{peer.wall:9.3f}{_ratio(ours.wall, peer.wall)}"
        f"{ours.peak:9.0f}{peer.peak:9.0f}"
    )


def _ratio(ours: float, peer: float) -> str:
    return f"{ours / peer:9.2f}" if peer > 0 else f"{'-':>9}"


def _print_growth(seen: dict[str, list[Comparison]]) -> None:
    print(f"growth from the first scale to {GROWTH} times it: cpu ours, peer; wall ours, peer")
    for case, (small, large) in seen.items():
        pairs = [(best(small.ours), best(large.ours)), (best(small.peer), best(large.peer))]
        cpu = "".join(_ratio(big.cpu, little.cpu) for little, big in pairs)
        wall = "".join(_ratio(big.wall, little.wall) for little, big in pairs)
        print(f"{case:8}{cpu}{wall}")


def _record(
    path: Path, name: str, bench: Bench, compared: list[Comparison], load_before: float
) -> None:
    run: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "workload": name,
        "households": bench.households,
        "seed": bench.seed,
        "machine": {"system": platform.platform(), "cores": os.cpu_count()},
        "load_average": [load_before, os.getloadavg()[0]],
        "versions": {package: version(package) for package in PACKAGES},
    }
    with path.open("a", encoding="utf-8") as file:
        for one in compared:
            sides = {"ours": one.ours, one.peer_name: one.peer}
            laps = {
                side: [[lap.figures.cpu, lap.figures.wall, lap.figures.peak] for lap in laps]
                for side, laps in sides.items()
            }
            file.write(json.dumps(run | {"case": one.case, "rows": one.rows, "laps": laps}) + "\n")


if __name__ == "__main__":
    sys.exit(main())
