"""The ledger: runs, leads and every decision about them.

>>> from pathlib import Path
>>> from tempfile import mkdtemp
>>> with Ledger.open(Path(mkdtemp()) / "ledger.sqlite") as ledger:
...     len(ledger.leads(state="TRIAGED"))
0
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import insert, select, update

from doudi.casework.cards import LeadCard, card_of
from doudi.casework.intake import UpsertReceipt, upsert
from doudi.casework.messages import trouble
from doudi.casework.personal import refuse_personal
from doudi.casework.rules import Case, Decision, Step, actors, check_assignment, judge
from doudi.casework.runs import run_row
from doudi.casework.states import titled, typed
from doudi.casework.store import Store, open_store
from doudi.casework.tables import Lead, Run, Transition
from doudi.casework.worklist import frame, history_query, leads_query, runs_query
from doudi.graph.errors import LedgerError, filled

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path
    from types import TracebackType

    import pandas as pd
    from sqlalchemy.orm import Session


def utc_now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


class Ledger:
    """What people decided, kept for good.

    Args:
        store: An opened ledger database.
        now: The clock; gives moments with a zone.
    """

    def __init__(self, store: Store, *, now: Callable[[], datetime] = utc_now) -> None:
        """Keep the database and the clock."""
        self.store = store
        self.now = now

    @classmethod
    def open(cls, url_or_path: str | Path, *, now: Callable[[], datetime] = utc_now) -> Self:
        """The ledger at a path or URL, made when it is missing.

        Args:
            url_or_path: Path of an SQLite file in a folder that exists, or a database URL.
            now: The clock.

        Raises:
            HomeError: if the file cannot be written.
            LedgerError: if it is damaged, no ledger, or out of reach.
        """
        return cls(open_store(url_or_path), now=now)

    def __enter__(self) -> Self:
        """The ledger itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Give the database's connections back."""
        self.store.close()

    def record_run(self, receipt: Mapping[str, Any]) -> None:
        """Keep the receipt of a stage; the same receipt is kept once.

        Args:
            receipt: ``stage, run, started, finished, ok, exit_code`` and whatever else the stage
                says; moments as ISO 8601 strings with a zone.

        Raises:
            LedgerError: if one of the six is missing or unreadable.
        """
        row = run_row(receipt)
        with self.store.writing() as session:
            kept = select(Run.id).where(Run.digest == row["digest"])
            if session.scalar(kept) is None:
                session.execute(insert(Run), [row])

    def runs(self, *, stage: str | None = None, limit: int | None = None) -> pd.DataFrame:
        """The receipts kept, newest first, one row per stage of a run.

        Args:
            stage: Only this stage.
            limit: At most so many rows.
        """
        with self.store.reading() as session:
            return frame(session, runs_query(stage, limit))

    def upsert_leads(
        self, leads: pd.DataFrame, run: str, *, is_complete: bool = True
    ) -> UpsertReceipt:
        """Take in the leads of a detection run, all or none.

        New leads are TRIAGED (detection has merged them). Known leads keep state and history, and
        their figures are refreshed. A finished lead that is found again stays finished and is
        flagged ``seen_again``.

        Args:
            leads: The leads table of the run.
            run: Id of the run.
            is_complete: False for a run over some households or detectors only; then leads it
                does not name are left as they are instead of being marked not seen.

        Raises:
            LedgerError: if the table breaks its contract; nothing is written then.
        """
        at = self._moment()
        with self.store.writing() as session:
            return upsert(session, leads, run=run, is_complete=is_complete, at=at)

    def leads(
        self,
        state: str | None = None,
        township: str | None = None,
        direction: str | None = None,
        detector: str | None = None,
        limit: int | None = None,
        *,
        assignee: str | None = None,
    ) -> pd.DataFrame:
        """The leads in the order in which people should look at them.

        Leaks and found under-payments come before errors; within each, by ``priority``, then the
        larger exposure.

        Args:
            state: Only this state, by its code.
            township: Only this township code.
            direction: Only ``leak`` or ``error``.
            detector: Only leads that rest on this detector.
            limit: At most so many rows.
            assignee: Only leads this person handles.

        Returns:
            One row per lead: the columns of the leads contract, with the ledger's state as
            ``status``, then ``outcome, assignee, first_run, last_run, seen, seen_again, seq``.

        Raises:
            UnknownName: if the state or the direction is not declared.
        """
        filters = {
            "state": state,
            "township": township,
            "direction": direction,
            "detector": detector,
            "assignee": assignee,
        }
        with self.store.reading() as session:
            return frame(session, leads_query(filters, limit))

    def lead(self, lead_id: str) -> LeadCard:
        """One lead.

        Raises:
            LedgerError: if the ledger does not know it.
        """
        with self.store.reading() as session:
            return card_of(_lead(session, lead_id))

    def history(self, lead_id: str) -> pd.DataFrame:
        """Every step of a lead, the first one first.

        Returns:
            ``seq, at (UTC), from_state, to_state, action, actor, second_actor, role, reason,
            outcome, assignee``, one row per step.

        Raises:
            LedgerError: if the ledger does not know the lead.
        """
        with self.store.reading() as session:
            _lead(session, lead_id)
            return frame(session, history_query(lead_id))

    def decide(  # noqa: PLR0913 - a decision has this many parts
        self,
        lead_id: str,
        action: str,
        *,
        actor: str,
        second_actor: str | None = None,
        reason: str = "",
        outcome: str | None = None,
        at: datetime | None = None,
        role: str | None = None,
        expected_seq: int | None = None,
    ) -> LeadCard:
        """Take one step with a lead.

        Args:
            lead_id: The lead.
            action: Name of the step, see :data:`~doudi.casework.states.ACTIONS`.
            actor: Account of the person who decides.
            second_actor: Account of the second person, where the step needs one.
            reason: Written reason, without personal data.
            outcome: Outcome code, for ``report``, ``review`` and ``amend``.
            at: When it was decided, with a zone; now by default, never later.
            role: Role of the actor; checked against the step where it is given.
            expected_seq: The lead's ``seq`` the person saw; refused if it has moved on.

        Returns:
            The lead after the step.

        Raises:
            UnknownName: if the action, outcome or role is not declared.
            LedgerError: if the lead is unknown, the rules refuse the step, or somebody else took
                one in the meantime. Nothing is written then.
        """
        _refuse_personal_in(reason=reason, actor=actor, second_actor=second_actor)
        decision = Decision(action, actor.strip(), second_actor, role, reason.strip(), outcome)
        case, seq, last_at = self._case(lead_id)
        _check_seq(case, seq, expected_seq)
        ruling = judge(decision, case)
        step = {
            "at": self._moment(at, not_before=last_at),
            "from_state": case.state,
            "to_state": ruling.state,
            "action": action,
            "actor": decision.actor,
            "second_actor": (second_actor or "").strip() or None,
            "role": role,
            "reason": decision.reason,
            "outcome": ruling.outcome if outcome or action == "act" else None,
        }
        change: dict[str, Any] = {"state": ruling.state, "outcome": ruling.outcome}
        if action == "reopen":
            change["seen_again"] = False
        self._append(case, seq, step, change)
        return self.lead(lead_id)

    def assign(
        self, lead_id: str, to: str, actor: str, *, recused: Collection[str] = ()
    ) -> LeadCard:
        """Give an open lead to a person; the state stays.

        Args:
            lead_id: The lead.
            to: Account of the person who is to handle it.
            actor: Account of the person who assigns.
            recused: Accounts of staff who are kin of the household and must not handle it.

        Raises:
            LedgerError: if the lead is finished or unknown, or ``to`` is kin of the household.
        """
        _refuse_personal_in(assignee=to, actor=actor)
        case, seq, _ = self._case(lead_id)
        check_assignment(case, to, recused)
        if not actor.strip():
            raise case.refusal("no_assigner")
        step = {
            "at": self._moment(),
            "from_state": case.state,
            "to_state": case.state,
            "action": "assign",
            "actor": actor.strip(),
            "reason": "",
            "assignee": to.strip(),
        }
        self._append(case, seq, step, {"assignee": to.strip()})
        return self.lead(lead_id)

    def _case(self, lead_id: str) -> tuple[Case, int, datetime]:
        """The lead as it stands, the number of its last step and that step's moment."""
        with self.store.reading() as session:
            lead = _lead(session, lead_id)
            rows = session.scalars(
                select(Transition).where(Transition.lead_id == lead_id).order_by(Transition.seq)
            ).all()
            steps = tuple(
                Step(row.action, row.from_state, actors(row.actor, row.second_actor), row.outcome)
                for row in rows  # a lead has a handful of steps
            )
            case = Case(lead_id, lead.direction, lead.strength, lead.state, lead.outcome, steps)
            return case, lead.seq, rows[-1].at

    def _append(
        self, case: Case, seq: int, step: Mapping[str, Any], change: Mapping[str, Any]
    ) -> None:
        """Write a step, unless somebody else has written one since the lead was read."""
        moved_on = (
            update(Lead)
            .where(Lead.lead_id == case.lead_id, Lead.seq == seq)
            .values(seq=seq + 1, **change)
            .returning(Lead.seq)
        )
        with self.store.writing() as session:
            if session.scalar(moved_on) is None:
                raise _overtaken(case, session)
            row = {"lead_id": case.lead_id, "seq": seq + 1} | dict(step)
            session.execute(insert(Transition), [row])

    def _moment(
        self, at: datetime | None = None, *, not_before: datetime | None = None
    ) -> datetime:
        """The moment to write, in UTC; a stated one lies between the last step and now."""
        now = self.now()
        moment = now if at is None else at
        if now.tzinfo is None or moment.tzinfo is None:
            raise trouble("no_zone", where=_WHERE)
        dated = moment.isoformat()
        if moment > now:
            raise trouble("ahead", where=_WHERE, dated=dated)
        if at is not None and not_before is not None and moment < not_before:
            raise trouble("too_early", where=_WHERE, dated=dated, last=not_before.isoformat())
        return moment.astimezone(UTC)


_WHERE = ("台账", "ledger")


def _lead(session: Session, lead_id: str) -> Lead:
    found = session.get(Lead, lead_id)
    if found is None:
        raise LedgerError(
            (f"没有线索“{lead_id}”", f"there is no lead {lead_id!r}"),
            where=_WHERE,
            expected=("运行后进入台账的线索编号", "the id of a lead that a run brought in"),
            next_step=("用 `doudi leads list` 列出线索", "list the leads with `doudi leads list`"),
        )
    return found


def _check_seq(case: Case, seq: int, expected: int | None) -> None:
    if expected is not None and expected != seq:
        state = (titled(case.state), case.state)
        raise case.refusal("moved_on", seq=str(seq), state=state, expected=str(expected))


def _overtaken(case: Case, session: Session) -> LedgerError:
    """Says who was faster, and where the lead is now."""
    last = session.scalars(
        select(Transition)
        .where(Transition.lead_id == case.lead_id)
        .order_by(Transition.seq.desc())
        .limit(1)
    ).one()
    return LedgerError(
        filled(
            "{actor} 在此期间办理了 {step}；线索现为 {state}",
            "{actor} took the step {step} in the meantime; the lead is {state}",
            actor=last.actor,
            step=typed(last.action),
            state=(titled(last.to_state), last.to_state),
        ),
        where=case.where,
        expected=(f"读取时的 {titled(case.state)}", f"{case.state}, as it was read"),
        next_step=("重新查看线索后再办理", "look at the lead again, then decide"),
    )


_FIELDS = {
    "reason": ("理由", "reason"),
    "actor": ("经办人", "actor"),
    "second_actor": ("第二人", "second actor"),
    "assignee": ("承办人", "assignee"),
}


def _refuse_personal_in(**texts: str | None) -> None:
    for field, value in texts.items():
        refuse_personal(value or "", field=_FIELDS[field])
