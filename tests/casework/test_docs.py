"""The page about casework says what the declaration says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from doudi.casework.outcomes import OUTCOMES
from doudi.casework.states import ACTIONS, STATES

pytestmark = pytest.mark.checkout


@pytest.fixture(scope="module")
def page() -> str:
    return (Path(__file__).parents[2] / "docs" / "casework.md").read_text(encoding="utf-8")


def test_every_step_stands_in_the_table_with_where_it_starts_and_ends(page: str) -> None:
    for action in ACTIONS.values():
        target = action.target or "the state before"
        row = f"| `{action.name}` | {action.zh} | {', '.join(action.sources)} | {target} |"
        assert f"{row} {', '.join(action.who)} |" in page


def test_every_arrow_of_the_picture_is_a_declared_step(page: str) -> None:
    arrows = re.findall(r"^    (\w+) --> (\w+): (\w+)$", page, flags=re.MULTILINE)
    assert len(arrows) > len(STATES)
    for source, target, step in arrows:
        assert source in ACTIONS[step].sources
        assert target == ACTIONS[step].target


def test_every_outcome_stands_in_the_table(page: str) -> None:
    for code, outcome in OUTCOMES.items():
        assert f"| {code} | {outcome.direction} | {outcome.zh} | {outcome.en} |" in page
