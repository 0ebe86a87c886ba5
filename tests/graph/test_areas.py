"""Merged areas: an old code is today's, where one can tell."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from doudi.graph.projection import Projection, project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.graph.conftest import Facts

OLD, NEW, NEWER = "539901900000", "539901001000", "539901002000"
SUCCEEDED = "SUCCEEDED_BY.Area.Area"


def town(facts: Facts, out: Path) -> tuple[str, str]:
    """Area code and township of a household that was registered under the old code."""
    facts.node("Household", "r/H1", area_code=OLD, township=OLD)
    project(facts.write(), out)
    with Projection(out) as graph:
        (home,) = graph.node("Household").to_pyarrow().to_pylist()
    return home["area_code"], home["township"]


def test_an_old_code_is_its_successors(facts: Facts, tmp_path: Path) -> None:
    facts.link(SUCCEEDED, OLD, NEW, valid_from=date(2020, 1, 1))
    assert town(facts, tmp_path / "out") == (NEW, NEW)


def test_successors_are_followed_to_the_last(facts: Facts, tmp_path: Path) -> None:
    facts.link(SUCCEEDED, OLD, NEW, valid_from=date(2020, 1, 1))
    facts.link(SUCCEEDED, NEW, NEWER, valid_from=date(2022, 1, 1))
    assert town(facts, tmp_path / "out") == (NEWER, NEWER)


@pytest.mark.parametrize(
    "ties",
    [
        [(OLD, NEW, date(2020, 1, 1)), (OLD, NEWER, date(2020, 1, 1))],
        [(OLD, NEW, date(2099, 1, 1))],
        [(OLD, OLD, date(2020, 1, 1))],
        [],
    ],
    ids=["split among two", "not yet", "its own", "unknown"],
)
def test_a_code_without_one_successor_stays(
    facts: Facts, tmp_path: Path, ties: list[tuple[str, str, date]]
) -> None:
    for start, end, day in ties:
        facts.link(SUCCEEDED, start, end, valid_from=day)
    assert town(facts, tmp_path / "out") == (OLD, OLD)


def test_a_ring_of_codes_ends(facts: Facts, tmp_path: Path) -> None:
    facts.link(SUCCEEDED, OLD, NEW, valid_from=date(2020, 1, 1))
    facts.link(SUCCEEDED, NEW, OLD, valid_from=date(2021, 1, 1))
    assert town(facts, tmp_path / "out")[0] in (OLD, NEW)
