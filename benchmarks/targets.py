"""What a ratio is held against: the most that ours may take, as a multiple of the peer's time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.timing import Figures, best

if TYPE_CHECKING:
    from benchmarks.workloads import Comparison

TOGETHER = {"synth": 5.0, "ids": 0.02, "delta": 0.05, "detect": 12.0, "link": 0.5}
"""Most that a workload may take as a whole."""

CASES = {"load": {"sql": 1.0, "polars": 1.5}}
"""Most that single cases may take, where each has a peer of its own."""

SINGLE = {"detect": 20.0}
"""Above this a single case is named, though the whole may pass."""


def summed(compared: list[Comparison]) -> tuple[Figures, Figures]:
    """Ours and the peer's figures of all cases: times added, memory the largest."""
    sides = []
    for figures in ([best(c.ours) for c in compared], [best(c.peer) for c in compared]):
        cpu, wall = sum(f.cpu for f in figures), sum(f.wall for f in figures)
        sides.append(Figures(cpu, wall, max(f.peak for f in figures)))
    return sides[0], sides[1]


def verdicts(workload: str, compared: list[Comparison]) -> list[str]:
    """Target and verdict of a workload in processor time, and the cases that are far off.

    Returns:
        Lines to print; none for a workload without a target.
    """
    if workload in CASES:
        return [
            f"{one.case}: {_verdict(CASES[workload][one.case], _ratio(best(one.ours), best(one.peer)))}"
            for one in compared
        ]
    target = TOGETHER.get(workload)
    if target is None:
        return []
    lines = [_verdict(target, _ratio(*summed(compared)))]
    limit = SINGLE.get(workload)
    if limit is None:
        return lines
    ratios = {one.case: _ratio(best(one.ours), best(one.peer)) for one in compared}
    far = [f"{case} {ratio:.1f}" for case, ratio in ratios.items() if ratio and ratio > limit]
    return [*lines, f"single cases over {limit:g} times: {', '.join(far) or 'none'}"]


def _verdict(target: float, ratio: float | None) -> str:
    word = "not measurable" if ratio is None else "met" if ratio <= target else "MISSED"
    said = "-" if ratio is None else f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.3f}"  # noqa: PLR2004 - two places say nothing there
    return f"target: {target:g} times the peer's cpu time or less; {said}: {word}"


def _ratio(ours: Figures, peer: Figures) -> float | None:
    """Ours over the peer's; None where the clock's steps are too coarse for the peer."""
    return ours.cpu / peer.cpu if peer.cpu > 0 else None
