"""Who may decide what about a lead: the rules, free of any database.

A decision is judged against the case as it stands. Either it is allowed, and the next state comes
back, or it is refused with the steps that are allowed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.casework.messages import REFUSALS
from doudi.casework.outcomes import NEVER_AUTOMATIC, Outcome, outcome_for
from doudi.casework.states import (
    BEFORE_SUSPENSION,
    FINISHED,
    ROLES,
    SYSTEM_ACTOR,
    Action,
    action_named,
    steps_in_words,
    titled,
    typed,
)
from doudi.graph.errors import LedgerError, UnknownName, filled, joined

if TYPE_CHECKING:
    from collections.abc import Collection

    from doudi.graph.errors import Pair, Said

_CLEARING_CODE = re.compile(r"\bX(0[1-9]|1\d|2[0-4])\b")


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody wants to do with a lead.

    Attributes:
        action: Name of an action in :data:`~doudi.casework.states.ACTIONS`.
        actor: Account of the person who decides.
        second_actor: Account of the second person, where there is one.
        role: Role in which the actor decides; ``None`` leaves roles to the caller.
        reason: Written reason, without personal data.
        outcome: Outcome code, where the action carries one.
    """

    action: str
    actor: str
    second_actor: str | None = None
    role: str | None = None
    reason: str = ""
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a lead's history, as far as the rules look back."""

    action: str
    from_state: str | None
    actors: frozenset[str]
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """A lead as it stands, with its history from the first step to the last."""

    lead_id: str
    direction: str
    strength: str
    state: str
    outcome: str | None
    steps: tuple[Step, ...]

    @property
    def where(self) -> Pair:
        """The lead, as a message names it."""
        return f"线索 {self.lead_id}", f"lead {self.lead_id}"

    def refusal(self, which: str, /, **values: Said) -> LedgerError:
        """A refusal, a key of ``REFUSALS``, that lists the steps the lead's state allows."""
        found, expected = REFUSALS[which]
        steps = steps_in_words(self.state)
        return LedgerError(
            filled(*found, **values),
            where=self.where,
            expected=filled(*expected, **values),
            next_step=filled("现在可办：{steps}", "possible now: {steps}", steps=steps),
        )

    def actors_of(self, *actions: str) -> frozenset[str]:
        """Everybody who took one of the actions on this lead."""
        return frozenset[str]().union(
            *(step.actors for step in self.steps if step.action in actions)
        )

    def last(self, action: str) -> Step | None:
        """The latest step of that action."""
        return next((step for step in reversed(self.steps) if step.action == action), None)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an allowed decision leads to.

    Attributes:
        state: Code of the next state.
        outcome: Outcome that stands after it, or ``None``.
    """

    state: str
    outcome: str | None


def person(name: str | None) -> str:
    """One spelling per account, so that ``Li `` and ``li`` are the same person."""
    return unicodedata.normalize("NFKC", name or "").strip().casefold()


def actors(actor: str | None, second: str | None) -> frozenset[str]:
    """The persons behind a step, in one spelling, without blanks."""
    return frozenset({person(actor), person(second)} - {""})


def judge(decision: Decision, case: Case) -> Ruling:
    """What the decision leads to, if the rules allow it.

    Args:
        decision: What somebody wants to do.
        case: The lead as it stands.

    Returns:
        The next state and the outcome that stands then.

    Raises:
        UnknownName: if the action, the role or the outcome is not declared.
        LedgerError: if the rules refuse; found, expected and the allowed steps are in it.
    """
    action = action_named(decision.action, where=case.where)
    _check_step(action, case)
    _check_person(decision, action, case)
    outcome = _check_outcome(decision, action, case)
    _check_reason(decision, action, outcome, case)
    _check_separation(decision, action, case)
    if action.name == "act":
        _check_two_persons(decision, outcome, case)
    return Ruling(_target(action, case), outcome.code if outcome else case.outcome)


def check_assignment(case: Case, to: str, recused: Collection[str]) -> None:
    """Refuse an assignment to a relative of the household, or of a finished lead.

    Args:
        case: The lead as it stands.
        to: Account of the person who is to handle it.
        recused: Accounts of staff who are kin of the household.

    Raises:
        LedgerError: if the lead is finished, or the person blank or kin of the household.
    """
    if case.state in FINISHED:
        raise case.refusal("finished", state=titled(case.state))
    if not person(to):
        raise case.refusal("no_handler")
    if person(to) in {person(name) for name in recused}:
        raise case.refusal("kin", to=to)


def _check_step(action: Action, case: Case) -> None:
    """The state allows the action, and what may happen once has not happened yet."""
    if case.state not in action.sources:
        sources = ("、".join(map(titled, action.sources)), " or ".join(action.sources))
        step = f"{action.name} {action.zh}"
        raise case.refusal("step", step=step, state=titled(case.state), sources=sources)
    if action.name == "extend" and _extended_already(case):
        raise case.refusal("extended")
    if action.name == "dispatch" and case.direction == "error" and case.strength == "K3":
        raise case.refusal("peers_alone")


def _extended_already(case: Case) -> bool:
    """Whether the visit was extended since the lead was last reopened."""
    for step in reversed(case.steps):
        if step.action == "reopen":
            return False
        if step.action == "extend":
            return True
    return False


def _check_person(decision: Decision, action: Action, case: Case) -> None:
    """Somebody is named, the role allows the action, and no program decides."""
    if not person(decision.actor):
        raise case.refusal("nobody")
    if decision.role is not None:
        if decision.role not in ROLES:
            raise UnknownName.among(("角色", "role"), decision.role, ROLES, where=case.where)
        if decision.role not in action.who:
            roles = joined(action.who, " 或 ", " or ")
            raise case.refusal("role", role=decision.role, step=typed(action.name), roles=roles)
    if _is_automatic(decision) and "system" not in action.who:
        raise case.refusal("program", step=typed(action.name))
    if person(decision.second_actor) == SYSTEM_ACTOR:
        raise case.refusal("second_program")


def _is_automatic(decision: Decision) -> bool:
    return person(decision.actor) == SYSTEM_ACTOR or decision.role == "system"


def _check_outcome(decision: Decision, action: Action, case: Case) -> Outcome | None:
    """The outcome that stands after the step; ``None`` where the step has none."""
    code = decision.outcome
    if action.outcome == "none":
        if code is not None:
            raise case.refusal("outcome_given", step=typed(action.name), code=code)
        return None
    if action.outcome == "kept":
        if code not in (None, case.outcome):
            raise case.refusal("not_reviewed", code=str(code), reviewed=str(case.outcome))
        code = case.outcome
    if code is None:
        raise case.refusal("no_outcome", step=typed(action.name))
    outcome = outcome_for(code, case.direction, where=case.where)
    if code in NEVER_AUTOMATIC and _is_automatic(decision):
        raise case.refusal("outcome_by_program", code=code)
    return outcome


def _check_reason(decision: Decision, action: Action, outcome: Outcome | None, case: Case) -> None:
    """A written reason stands where the action or a newly set outcome needs one."""
    written = decision.reason.strip()
    differs = action.outcome == "confirmed" and outcome is not None and outcome.code != case.outcome
    is_new = action.outcome == "proposed" or differs
    rule = outcome.reason if outcome is not None and is_new else ""
    if not written and (action.needs_reason or differs or rule):
        zh, en = typed(action.name)
        what = (f"{zh}（{outcome.code}）", f"{en} with {outcome.code}") if outcome else (zh, en)
        raise case.refusal("no_reason", what=what)
    if rule == "x_code" and not _CLEARING_CODE.search(written):
        raise case.refusal("no_code")


def _check_separation(decision: Decision, action: Action, case: Case) -> None:
    """Whoever reported does not review; whoever decided does not decide the appeal."""
    deciding = actors(decision.actor, decision.second_actor)
    if action.name == "review":
        report = case.last("report")
        if report is not None and deciding & report.actors:
            raise case.refusal("own_report")
    if action.name in {"uphold", "amend"} and deciding & case.actors_of("review", "act", "amend"):
        raise case.refusal("own_decision")


def _check_two_persons(decision: Decision, outcome: Outcome | None, case: Case) -> None:
    """An error lead changes a family's help by two persons and in writing only."""
    if case.direction != "error" or outcome is None or not outcome.changes_help:
        return
    what = f"{outcome.code} {outcome.zh}"
    if len(actors(decision.actor, decision.second_actor)) < 2:  # noqa: PLR2004 - two persons
        raise case.refusal("one_person", outcome=what)
    if not decision.reason.strip():
        raise case.refusal("not_written", outcome=what)


def _target(action: Action, case: Case) -> str:
    """The next state; a resumed lead goes back to where it was suspended."""
    if action.target != BEFORE_SUSPENSION:
        return action.target
    suspended = case.last("suspend")
    if suspended is None or suspended.from_state is None:
        raise case.refusal("no_history")
    return suspended.from_state
