from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from benchmarks.twins import FOLDER, Court, twin_file
from doudi.detectors.catalogue import catalogue
from doudi.graph.neo4j_build import fill_by_transactions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.twins import Answer
    from doudi.graph.connection import Connection
    from doudi.policy.parameters import Parameters
    from tests.conftest import LoadedCounty

AS_OF = date(2026, 6, 1)
TWINS = sorted(path.stem.upper() for path in FOLDER.glob("e*.sql"))


@pytest.fixture(scope="module", params=[1, 2, 3], ids=lambda seed: f"seed{seed}")
def heard(
    request: pytest.FixtureRequest, county: Callable[[int], LoadedCounty]
) -> Iterator[Callable[[str], tuple[Answer, Answer]]]:
    """Both answers to a detector's question in the county of a seed, each asked once."""
    of_seed = county(request.param)
    answers: dict[str, tuple[Answer, Answer]] = {}
    with Court(of_seed.projection.folder, of_seed.as_of) as court:

        def hear(name: str) -> tuple[Answer, Answer]:
            if name not in answers:
                answers[name] = both_sides(court, of_seed.connection, name, of_seed.parameters)
            return answers[name]

        yield hear


def difference(detector: frozenset[tuple[str, ...]], twin: frozenset[tuple[str, ...]]) -> str:
    """Keys that only one side has, or nothing."""
    sides = {"only the detector": detector - twin, "only the twin": twin - detector}
    return "\n".join(
        f"{side} ({len(keys)}): {sorted(keys)[:20]}" for side, keys in sides.items() if keys
    )


def both_sides(
    court: Court, connection: Connection, name: str, parameters: Parameters | None = None
) -> tuple[Answer, Answer]:
    detector = catalogue().detector(name)
    given = court.given(detector, parameters)
    found = court.answer(court.detector_rows(connection, detector, given), detector)
    return found, court.answer(court.twin_rows(detector, given), detector)


def test_every_accusing_detector_has_a_twin() -> None:
    accusing = [d.id for d in catalogue().chosen(None) if d.direction == "error"]
    assert accusing == [name for name in accusing if twin_file(name).exists()]


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_states_its_question_first(name: str) -> None:
    text = twin_file(name).read_text("utf-8")
    assert text.startswith(f"-- {name} ")
    assert "?" in text.split("\nWITH", 1)[0].split("\nSELECT", 1)[0]


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_answers_without_a_graph(disorder: Callable[[int], Path], name: str) -> None:
    detector = catalogue().detector(name)
    with Court(disorder(7), AS_OF) as court:
        rows = court.twin_rows(detector, court.given(detector))
    assert {"household", "benefit", "fact_from", "fact_to", *detector.identity} <= set(rows)


@pytest.mark.neo4j
@pytest.mark.parametrize("name", TWINS)
def test_detector_and_twin_find_the_same_keys(
    heard: Callable[[str], tuple[Answer, Answer]], name: str
) -> None:
    found, twin = heard(name)
    assert not difference(found.keys, twin.keys)


@pytest.mark.neo4j
@pytest.mark.parametrize("name", TWINS)
def test_detector_and_twin_hold_in_the_same_months(
    heard: Callable[[str], tuple[Answer, Answer]], name: str
) -> None:
    found, twin = heard(name)
    assert not difference(found.months, twin.months)


@pytest.mark.neo4j
@pytest.mark.parametrize("seed", [1, 2, 3])
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
