"""Every accusing detector and its twin in the three counties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.twins import Court, twin_file
from doudi.detectors.catalogue import catalogue
from tests.twins.sides import TWINS, both_sides, difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.twins import Answer
    from tests.conftest import LoadedCounty


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


def test_every_accusing_detector_has_a_twin() -> None:
    accusing = [d.id for d in catalogue().chosen(None) if d.direction == "error"]
    assert accusing == [name for name in accusing if twin_file(name).exists()]


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_states_its_question_first(name: str) -> None:
    text = twin_file(name).read_text("utf-8")
    assert text.startswith(f"-- {name} ")
    assert "?" in text.split("\nWITH", 1)[0].split("\nSELECT", 1)[0]


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
