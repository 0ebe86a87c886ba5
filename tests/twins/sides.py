"""A detector and its twin, asked the same question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.twins import FOLDER
from doudi.detectors.catalogue import catalogue

if TYPE_CHECKING:
    from benchmarks.twins import Answer, Court
    from doudi.graph.connection import Connection
    from doudi.policy.parameters import Parameters

TWINS = sorted(path.stem.upper() for path in FOLDER.glob("e*.sql"))


def difference(detector: frozenset[tuple[str, ...]], twin: frozenset[tuple[str, ...]]) -> str:
    """Keys that only one side has, or nothing."""
    sides = {"only the detector": detector - twin, "only the twin": twin - detector}
    return "\n".join(
        f"{side} ({len(keys)}): {sorted(keys)[:20]}" for side, keys in sides.items() if keys
    )


def both_sides(
    court: Court, connection: Connection, name: str, parameters: Parameters | None = None
) -> tuple[Answer, Answer]:
    """What the detector answers on the graph, and its twin on the tables."""
    detector = catalogue().detector(name)
    given = court.given(detector, parameters)
    found = court.answer(court.detector_rows(connection, detector, given), detector)
    return found, court.answer(court.twin_rows(detector, given), detector)
