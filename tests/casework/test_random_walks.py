"""Whatever people try, in whatever order: the history of every lead keeps the rules."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from doudi.casework.outcomes import OUTCOMES
from doudi.casework.states import ACTIONS, steps_from
from doudi.casework.tables import Transition
from doudi.graph.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doudi.casework.ledger import Ledger

STAFF = ("chen", "li", "sun", "wang", "zhao", "qian", "doudi", "")
TRIES = 80


def _try_anything(ledger: Ledger, lead_id: str, chance: random.Random) -> bool:
    """One step as somebody without a clue might try it; whether it was allowed."""
    lead = ledger.lead(lead_id)
    possible = [step.name for step in steps_from(lead.state)]
    action = chance.choice(possible if chance.random() < 0.8 else list(ACTIONS))
    fitting = [code for code, one in OUTCOMES.items() if one.direction == lead.direction]
    outcome = chance.choice(fitting if chance.random() < 0.9 else list(OUTCOMES))
    carries = ACTIONS[action].outcome in {"proposed", "confirmed"}
    try:
        ledger.decide(
            lead_id,
            action,
            actor=chance.choice(STAFF),
            second_actor=chance.choice((*STAFF, None)),
            reason=chance.choice(("", "X05, declared")),
            outcome=outcome if carries else None,
        )
    except LedgerError:
        return False
    return True


def _steps(ledger: Ledger, lead_id: str) -> Sequence[Transition]:
    query = select(Transition).where(Transition.lead_id == lead_id).order_by(Transition.seq)
    with ledger.store.reading() as session:
        return session.scalars(query).all()


def _persons(step: Transition) -> set[str]:
    return {step.actor} | ({step.second_actor} if step.second_actor else set())


def _check(steps: Sequence[Transition], direction: str) -> None:
    assert [step.seq for step in steps] == list(range(1, len(steps) + 1))
    for before, step in pairwise(steps):
        action = ACTIONS[step.action]
        assert step.from_state == before.to_state
        assert step.from_state in action.sources
        assert action.target in {step.to_state, ""}
        assert not _persons(step) & {"doudi", ""} or action.name == "triage"
        if action.name == "review":
            report = [one for one in steps[: step.seq - 1] if one.action == "report"][-1]
            assert not _persons(step) & _persons(report)
        changes = action.name == "act" and OUTCOMES[step.outcome or ""].changes_help
        if changes and direction == "error":
            assert step.reason
            assert len(_persons(step)) == 2


@pytest.mark.parametrize("seed", range(4))
def test_no_order_of_attempts_breaks_the_rules(ledger: Ledger, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret, only variety
    for lead_id, direction in (("e1", "error"), ("l1", "leak")):
        allowed = sum(_try_anything(ledger, lead_id, chance) for _ in range(TRIES))
        steps = _steps(ledger, lead_id)
        assert len(steps) == allowed + 2
        _check(steps, direction)
