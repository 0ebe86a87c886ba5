"""Who may decide what: two persons, reasons, reviewers, appeals, and no program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from doudi.casework.outcomes import OUTCOMES
from doudi.casework.states import ACTIONS
from doudi.graph.errors import LedgerError, UnknownName

if TYPE_CHECKING:
    from collections.abc import Callable

    from doudi.casework.ledger import Ledger

    Walk = Callable[..., None]

CHANGING = [code for code, one in OUTCOMES.items() if one.direction == "error" and one.changes_help]
UNCHANGING = [
    code for code, one in OUTCOMES.items() if one.direction == "error" and not one.changes_help
]
OF_LEAKS = [code for code, one in OUTCOMES.items() if one.direction == "leak"]
WITH_REASON = [name for name, action in ACTIONS.items() if action.needs_reason]
REASON = "X05, declared in March"


def _reviewed(walk: Walk, lead_id: str, code: str) -> None:
    walk(
        lead_id,
        "REVIEWED",
        report={"outcome": code, "reason": REASON},
        review={"outcome": code, "reason": REASON},
    )


@pytest.mark.parametrize("code", CHANGING)
def test_an_error_lead_changes_help_by_two_persons_and_in_writing_only(
    ledger: Ledger, walk: Walk, code: str
) -> None:
    _reviewed(walk, "e1", code)
    for second, reason in (
        (None, "income over the line"),
        (" WANG ", "income over the line"),
        ("zhao", ""),
        ("zhao", "   "),
        ("doudi", "income over the line"),
    ):
        with pytest.raises(LedgerError):
            ledger.decide("e1", "act", actor="wang", second_actor=second, reason=reason)
    assert ledger.lead("e1").state == "REVIEWED"
    done = ledger.decide("e1", "act", actor="wang", second_actor="zhao", reason="over the line")
    assert (done.state, done.outcome) == ("ACTIONED", code)


@pytest.mark.parametrize("code", UNCHANGING)
def test_no_change_needs_one_person(ledger: Ledger, walk: Walk, code: str) -> None:
    _reviewed(walk, "e1", code)
    assert ledger.decide("e1", "act", actor="wang").state == "ACTIONED"


@pytest.mark.parametrize("code", OF_LEAKS)
def test_help_is_given_by_one_person(ledger: Ledger, walk: Walk, code: str) -> None:
    _reviewed(walk, "l1", code)
    assert ledger.decide("l1", "act", actor="wang").outcome == code


@pytest.mark.parametrize(
    ("lead_id", "code"), [("e1", code) for code in OF_LEAKS] + [("l1", "A1"), ("l1", "E1")]
)
def test_an_outcome_fits_the_direction_of_the_lead(
    ledger: Ledger, walk: Walk, lead_id: str, code: str
) -> None:
    walk(lead_id, "VERIFYING")
    with pytest.raises(LedgerError, match=f"outcome {code}") as refusal:
        ledger.decide(lead_id, "report", actor="li", outcome=code, reason=REASON)
    assert "one of" in refusal.value.expected
    assert ledger.lead(lead_id).state == "VERIFYING"


def test_an_unknown_outcome_offers_the_nearest(ledger: Ledger, walk: Walk) -> None:
    walk("e1", "VERIFYING")
    with pytest.raises(UnknownName, match="outcome"):
        ledger.decide("e1", "report", actor="li", outcome="A9")


def test_a_report_and_a_review_carry_an_outcome(ledger: Ledger, walk: Walk) -> None:
    walk("e1", "VERIFYING")
    with pytest.raises(LedgerError, match="without an outcome"):
        ledger.decide("e1", "report", actor="li")
    ledger.decide("e1", "report", actor="li", outcome="C2")
    with pytest.raises(LedgerError, match="without an outcome"):
        ledger.decide("e1", "review", actor="wang")


def test_other_steps_carry_none(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="carries no outcome"):
        ledger.decide("e1", "dispatch", actor="chen", outcome="A1")


def test_what_is_carried_out_is_what_was_reviewed(ledger: Ledger, walk: Walk) -> None:
    _reviewed(walk, "e1", "C2")
    with pytest.raises(LedgerError, match="was not reviewed"):
        ledger.decide("e1", "act", actor="wang", second_actor="zhao", outcome="A1", reason=REASON)


@pytest.mark.parametrize("reviewer", ["li", " Li", "ＬＩ", "sun"])
def test_whoever_reported_does_not_review(ledger: Ledger, walk: Walk, reviewer: str) -> None:
    walk("e1", "REPORTED")
    with pytest.raises(LedgerError, match="reviewed by who made it"):
        ledger.decide("e1", "review", actor=reviewer, outcome="A2")
    with pytest.raises(LedgerError, match="reviewed by who made it"):
        ledger.decide("e1", "review", actor="wang", second_actor=reviewer, outcome="A2")


def test_a_reviewer_who_sees_it_otherwise_says_why(ledger: Ledger, walk: Walk) -> None:
    walk("e1", "REPORTED")
    with pytest.raises(LedgerError, match="without a reason"):
        ledger.decide("e1", "review", actor="wang", outcome="C2")
    ledger.decide("e1", "review", actor="wang", outcome="C2", reason="it was declared")
    assert ledger.lead("e1").outcome == "C2"


@pytest.mark.parametrize("code", ["A1", "B1", "C1", "E1"])
def test_a_weighty_outcome_needs_a_reason(ledger: Ledger, walk: Walk, code: str) -> None:
    walk("e1", "VERIFYING")
    with pytest.raises(LedgerError, match="without a reason"):
        ledger.decide("e1", "report", actor="li", outcome=code)


@pytest.mark.parametrize("reason", ["the policy allows it", "X25", "X00 or so"])
def test_what_the_policy_allows_is_named_by_its_clearing_code(
    ledger: Ledger, walk: Walk, reason: str
) -> None:
    walk("e1", "VERIFYING")
    with pytest.raises(LedgerError, match="clearing code"):
        ledger.decide("e1", "report", actor="li", outcome="C1", reason=reason)


@pytest.mark.parametrize("code", [f"X{number:02d}" for number in range(1, 25)])
def test_every_clearing_code_is_accepted(ledger: Ledger, walk: Walk, code: str) -> None:
    walk("e1", "VERIFYING")
    reason = f"{code}, seen at the door"
    done = ledger.decide("e1", "report", actor="li", outcome="C1", reason=reason)
    assert (done.state, done.outcome) == ("REPORTED", "C1")


@pytest.mark.parametrize("parts", [{"actor": "doudi"}, {"actor": "li", "role": "system"}])
def test_an_offer_of_help_never_becomes_a_suspicion_by_program(
    ledger: Ledger, walk: Walk, parts: dict[str, Any]
) -> None:
    walk("l1", "VERIFYING")
    with pytest.raises(LedgerError):
        ledger.decide("l1", "report", outcome="N6", reason="two cars seen", **parts)
    with pytest.raises(LedgerError, match="without a reason"):
        ledger.decide("l1", "report", actor="li", outcome="N6")
    ledger.decide("l1", "report", actor="li", outcome="N6", reason="two cars seen")
    assert ledger.leads(direction="error")["lead_id"].tolist() == ["e1"]


@pytest.mark.parametrize("action", [name for name in ACTIONS if name != "triage"])
def test_no_program_takes_a_step_that_is_a_persons(one_in_each_state: Ledger, action: str) -> None:
    state = ACTIONS[action].sources[-1]
    with pytest.raises(LedgerError, match="program"):
        one_in_each_state.decide(state, action, actor="Doudi", reason=REASON)


@pytest.mark.parametrize("action", WITH_REASON)
def test_a_detour_needs_a_written_reason(one_in_each_state: Ledger, action: str) -> None:
    step = ACTIONS[action]
    outcome = "C2" if step.outcome == "confirmed" else None
    with pytest.raises(LedgerError, match="without a reason"):
        one_in_each_state.decide(step.sources[0], action, actor="qian", outcome=outcome)


@pytest.mark.parametrize("actor", ["", "  "])
def test_somebody_is_named(ledger: Ledger, actor: str) -> None:
    with pytest.raises(LedgerError, match="nobody"):
        ledger.decide("e1", "dispatch", actor=actor)


def test_a_role_takes_its_own_steps_only(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="township may not dispatch"):
        ledger.decide("e1", "dispatch", actor="li", role="township")
    with pytest.raises(LedgerError, match="auditor may not dispatch"):
        ledger.decide("e1", "dispatch", actor="he", role="auditor")
    with pytest.raises(UnknownName, match="county"):
        ledger.decide("e1", "dispatch", actor="wang", role="countyy")
    assert ledger.decide("e1", "dispatch", actor="wang", role="county").state == "DISPATCHED"
    assert ledger.history("e1")["role"].iloc[-1] == "county"


@pytest.mark.parametrize("decider", ["wang", "zhao"])
def test_an_appeal_is_decided_by_somebody_else(ledger: Ledger, walk: Walk, decider: str) -> None:
    walk("e1", "ACTIONED")
    ledger.decide("e1", "appeal", actor="li", reason="the family objects")
    with pytest.raises(LedgerError, match="took part"):
        ledger.decide("e1", "uphold", actor=decider, reason="nothing new")
    with pytest.raises(LedgerError, match="took part"):
        ledger.decide("e1", "amend", actor=decider, outcome="C2", reason="declared after all")
    assert ledger.decide("e1", "uphold", actor="qian", reason="nothing new").state == "CLOSED"


def test_an_amended_outcome_is_carried_out_by_two_persons_again(ledger: Ledger, walk: Walk) -> None:
    walk("e1", "CLOSED")
    ledger.decide("e1", "appeal", actor="li", reason="the family objects")
    amended = ledger.decide("e1", "amend", actor="qian", outcome="A3", reason="step by step")
    assert (amended.state, amended.outcome) == ("REVIEWED", "A3")
    with pytest.raises(LedgerError, match="two persons"):
        ledger.decide("e1", "act", actor="wang", reason="as amended")


@pytest.mark.parametrize("number", ["13912345678", "11010519491231002X", "6222020200112233445"])
def test_personal_numbers_are_refused_and_not_repeated(ledger: Ledger, number: str) -> None:
    with pytest.raises(LedgerError, match="the reason holds") as refusal:
        ledger.decide("e1", "void", actor="wang", reason=f"按{number}核实")
    assert number not in str(refusal.value)
    assert ledger.lead("e1").state == "TRIAGED"
