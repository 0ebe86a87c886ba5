"""Detectors and their twins agree where facts touch, overlap and contradict each other."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from benchmarks.twins import Court
from doudi.detectors.catalogue import catalogue
from doudi.graph.neo4j_build import fill_by_transactions
from tests.twins.sides import TWINS, both_sides, difference

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from doudi.graph.connection import Connection

AS_OF = date(2026, 6, 1)


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_answers_without_a_graph(disorder: Callable[[int], Path], name: str) -> None:
    detector = catalogue().detector(name)
    with Court(disorder(7), AS_OF) as court:
        rows = court.twin_rows(detector, court.given(detector))
    assert {"household", "benefit", "fact_from", "fact_to", *detector.identity} <= set(rows)


@pytest.mark.neo4j
@pytest.mark.parametrize("seed", [1, 2, 3, 5])
def test_they_agree_where_facts_are_out_of_order(
    empty_graph: Connection, disorder: Callable[[int], Path], seed: int
) -> None:
    folder = disorder(seed)
    fill_by_transactions(empty_graph, folder)
    with Court(folder, AS_OF) as court:
        differ = {
            name: difference(found.keys, twin.keys)
            for name in TWINS
            for found, twin in [both_sides(court, empty_graph, name)]
            if found.keys != twin.keys
        }
    assert not differ
