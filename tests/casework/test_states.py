"""The declaration of states and steps, and that every step it does not allow is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from doudi.casework.outcomes import OUTCOMES
from doudi.casework.states import (
    ACTIONS,
    BEFORE_SUSPENSION,
    FINISHED,
    MAIN_LINE,
    ROLES,
    STATES,
    Action,
    steps_from,
)
from doudi.graph.errors import LedgerError, UnknownName

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from doudi.casework.ledger import Ledger

FORBIDDEN = [
    (state, action.name)
    for state in STATES
    for action in ACTIONS.values()
    if state not in action.sources
]


def _say_everything(action: str) -> dict[str, Any]:
    """Everything an action can want, so that only the state can be the reason of a refusal."""
    parts: dict[str, Any] = {
        "actor": "qian",
        "second_actor": "zhou",
        "reason": "X05, declared in March",
    }
    if ACTIONS[action].outcome in {"proposed", "confirmed"}:
        parts["outcome"] = "C1"
    return parts


@pytest.mark.parametrize(("state", "action"), FORBIDDEN)
def test_a_step_that_is_not_declared_is_refused_and_leaves_no_trace(
    one_in_each_state: Ledger, state: str, action: str
) -> None:
    before = one_in_each_state.lead(state)
    assert before.state == state
    with pytest.raises(LedgerError, match="is not possible in") as refusal:
        one_in_each_state.decide(state, action, **_say_everything(action))
    assert one_in_each_state.lead(state) == before
    assert len(one_in_each_state.history(state)) == before.seq
    for step in steps_from(state):
        assert step.name in refusal.value.next_step


def test_the_main_line_is_walked_one_step_at_a_time() -> None:
    places = {code: place for place, code in enumerate(MAIN_LINE)}
    forward = [
        (source, action.target)
        for action in ACTIONS.values()
        for source in action.sources
        if source in places and action.target in places
    ]
    assert {places[target] - places[source] for source, target in forward} == {1}
    assert len(forward) == len(MAIN_LINE) - 1


def test_every_state_can_be_reached_and_only_finished_ones_may_rest() -> None:
    targets = {action.target for action in ACTIONS.values()} - {BEFORE_SUSPENSION}
    assert targets | {"GENERATED"} == set(STATES)
    for state in STATES:
        assert steps_from(state), state
    assert {"CLOSED", "VOID"} == FINISHED


@pytest.mark.parametrize("action", ACTIONS.values(), ids=list(ACTIONS))
def test_every_step_names_known_states_and_roles(action: Action) -> None:
    assert set(action.sources) <= set(STATES)
    assert action.target in STATES or action.target == BEFORE_SUSPENSION
    assert set(action.who) <= set(ROLES)
    assert action.zh
    assert action.en


def test_doudi_itself_may_merge_and_nothing_else() -> None:
    assert [action.name for action in ACTIONS.values() if "system" in action.who] == ["triage"]


def test_auditors_decide_nothing() -> None:
    assert not [action.name for action in ACTIONS.values() if "auditor" in action.who]


def test_the_outcome_codes_are_the_ones_of_the_check_sheet() -> None:
    error = [
        "A1",
        "A2",
        "A3",
        "A4",
        "A5",
        "B1",
        "B2",
        "B3",
        "C1",
        "C2",
        "C3",
        "D1",
        "D2",
        "D3",
        "E1",
        "F1",
    ]
    leak = ["H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8", "N1", "N2", "N3", "N4", "N5", "N6"]
    assert [code for code, one in OUTCOMES.items() if one.direction == "error"] == error
    assert [code for code, one in OUTCOMES.items() if one.direction == "leak"] == leak
    assert all(one.zh and one.en for one in OUTCOMES.values())


def test_an_unknown_step_offers_the_nearest(ledger: Ledger) -> None:
    with pytest.raises(UnknownName, match="dispatch"):
        ledger.decide("e1", "dispach", actor="chen")


def test_a_suspended_lead_goes_on_where_it_was(ledger: Ledger, walk: Callable[..., None]) -> None:
    walk("e1", "VERIFYING")
    ledger.decide("e1", "suspend", actor="wang", reason="the registry disputes the share")
    assert ledger.decide("e1", "resume", actor="wang").state == "VERIFYING"


def test_a_lead_is_extended_once(ledger: Ledger, walk: Callable[..., None]) -> None:
    walk("e1", "EXTENDED")
    ledger.decide("e1", "return", actor="wang", reason="sent to the wrong village")
    for step in ("dispatch", "accept", "verify"):
        ledger.decide("e1", step, actor="li")
    with pytest.raises(LedgerError, match="extended before"):
        ledger.decide("e1", "extend", actor="li", reason="family is away again")


def test_a_reopened_lead_may_be_extended_again(ledger: Ledger, walk: Callable[..., None]) -> None:
    walk("e1", "EXTENDED")
    ledger.decide("e1", "void", actor="wang", reason="entered twice")
    ledger.decide("e1", "reopen", actor="wang", reason="it was not")
    for step in ("dispatch", "accept", "verify"):
        ledger.decide("e1", step, actor="li")
    assert ledger.decide("e1", "extend", actor="li", reason="flood").state == "EXTENDED"


def test_a_finding_by_peer_comparison_alone_is_never_sent_out_as_an_error(
    ledger: Ledger, table: Callable[..., pd.DataFrame]
) -> None:
    ledger.upsert_leads(table({"lead_id": "e1", "strength": "K3"}), "r2", is_complete=False)
    with pytest.raises(LedgerError, match="K3"):
        ledger.decide("e1", "dispatch", actor="chen")
