"""A benchmark says whether its ratio is within the target, and which case is far off."""

from __future__ import annotations

import pytest

from benchmarks.targets import verdicts
from benchmarks.timing import Figures, Lap
from benchmarks.workloads import Comparison


def took(case: str, ours: float, peer: float) -> Comparison:
    """A case with two rounds, the second one slower."""
    return Comparison(case, 1, laps(ours), laps(peer), "peer")


def laps(cpu: float) -> list[Lap]:
    return [Lap(Figures(cpu * times, cpu, 1.0), "") for times in (1, 2)]


@pytest.mark.parametrize(("ours", "verdict"), [(1.0, "1.00: met"), (1.1, "1.10: MISSED")])
def test_a_load_is_judged_beside_each_peer(ours: float, verdict: str) -> None:
    sql, polars = verdicts("load", [took("sql", ours, 1.0), took("polars", ours, 1.0)])
    assert sql.startswith("sql: target: 1 times")
    assert sql.endswith(verdict)
    assert polars.endswith("met")


def test_detectors_are_judged_together_and_the_far_ones_named() -> None:
    compared = [took("E15", 21.0, 1.0), took("E22", 20.0, 1.0), took("E23", 9.0, 8.0)]
    together, single = verdicts("detect", compared)
    assert together.endswith("5.00: met")
    assert single == "single cases over 20 times: E15 21.0"
    assert verdicts("detect", compared[1:])[1].endswith("none")


def test_a_peer_below_the_clock_is_not_judged() -> None:
    assert verdicts("detect", [took("E15", 1.0, 0.0)])[0].endswith("not measurable")


def test_a_workload_without_a_target_has_no_verdict() -> None:
    assert verdicts("build", [took("build", 9.0, 1.0)]) == []
