"""Taking the leads of a detection run into the ledger.

A lead that is known keeps its state and its history; only what detection says about it is
refreshed. Nothing is closed because it is no longer found, and nothing is reopened because it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import insert, select, update

from doudi.casework.states import FINISHED, SYSTEM_ACTOR
from doudi.casework.tables import Lead, Transition
from doudi.graph.errors import LedgerError, joined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from doudi.graph.errors import Said

#: What detection says about a lead, and a new run refreshes.
REFRESHED = (
    "register",
    "household_id",
    "direction",
    "area_code",
    "township",
    "detectors",
    "strength",
    "months",
    "exposure_cny",
    "net_picture",
    "priority",
    "stale",
)
_OPTIONAL = frozenset({"township"})
# A leak may miss help of an unknown amount; an error lead always has one.
_MAY_BE_EMPTY = frozenset({"township", "net_picture", "exposure_cny"})
_DIRECTIONS = frozenset({"error", "leak"})
_STRENGTHS = frozenset({"K1", "K2", "K3"})
_MERGE_REASON = "merged by household"


@dataclass(frozen=True, slots=True)
class UpsertReceipt:
    """What became of the leads of one run; ``leads = new + known``.

    Attributes:
        run: The run they came from.
        leads: Leads handed in.
        new: Leads the ledger did not know; they are TRIAGED now.
        known: Leads it knew; their state is untouched.
        seen_again: Of the known, how many people had finished before.
        not_seen: Leads in the ledger that this run no longer found; nothing was closed.
    """

    run: str
    leads: int
    new: int
    known: int
    seen_again: int
    not_seen: int


def rows_of(leads: pd.DataFrame) -> list[dict[str, Any]]:
    """The leads as rows of the table, checked.

    Args:
        leads: Columns of the leads contract; only ``township`` may be left out.

    Raises:
        LedgerError: naming every problem of the table at once.
    """
    _check_table(leads)
    ready = leads.assign(
        detectors=leads["detectors"].map(list),
        months=leads["months"].astype("int64"),
        priority=leads["priority"].astype("int64"),
        stale=leads["stale"].astype(bool),
        exposure_cny=leads["exposure_cny"].astype(object).map(_yuan),
        net_picture=leads["net_picture"].fillna("").astype(str),
    )
    if "township" not in ready.columns:
        ready["township"] = None
    kept = ready[["lead_id", *REFRESHED]].astype(object)
    rows = kept.where(kept.notna(), None).to_dict("records")
    # The database driver takes rows, so the table becomes rows here and nowhere before.
    return [{str(name): value for name, value in row.items()} for row in rows]


def upsert(
    session: Session, leads: pd.DataFrame, *, run: str, is_complete: bool, at: datetime
) -> UpsertReceipt:
    """Write the leads of a run, in the caller's transaction.

    Args:
        session: A writing session.
        leads: Leads of the run.
        run: Id of the run.
        is_complete: Whether the run looked at every household with every detector; only then
            does silence about a lead say anything.
        at: Moment of the run.

    Raises:
        LedgerError: if the table breaks the contract of the leads.
    """
    rows = rows_of(leads)
    states = dict(iter(session.execute(select(Lead.lead_id, Lead.state))))
    new = [row for row in rows if row["lead_id"] not in states]
    known = [row for row in rows if row["lead_id"] in states]
    not_seen = _mark_not_seen(session, rows) if is_complete else 0
    again = _refresh(session, known, states, run)
    _add(session, new, run, at)
    return UpsertReceipt(run, len(rows), len(new), len(known), again, not_seen)


def _check_table(leads: pd.DataFrame) -> None:
    missing = sorted({"lead_id", *REFRESHED} - _OPTIONAL - set(leads.columns))
    if missing:
        names = ", ".join(missing)
        raise _refused((f"缺少列：{names}", f"columns missing: {names}"))
    needed = [name for name in ("lead_id", *REFRESHED) if name not in _MAY_BE_EMPTY]
    present = leads[[name for name in needed if name in leads.columns]]
    empty = present.columns[present.isna().any()]
    problems: list[Said] = [(f"{name} 有空值", f"{name} is empty") for name in empty]
    if (leads["exposure_cny"].isna() & leads["direction"].eq("error")).any():
        problems.append(
            ("防错线索的 exposure_cny 有空值", "exposure_cny of an error lead is empty")
        )
    if twice := int(leads["lead_id"].duplicated().sum()):
        problems.append((f"{twice} 个 lead_id 重复", f"{twice} lead_id twice"))
    for name, known in (("direction", _DIRECTIONS), ("strength", _STRENGTHS)):
        others = set(leads[name].dropna()) - known
        problems += [f"{name} {other!r}" for other in sorted(map(str, others))]
    if (leads["months"].dropna() < 0).any():
        problems.append(("months 小于 0", "months below 0"))
    if problems:
        raise _refused(joined(problems))


def _refused(found: Said) -> LedgerError:
    return LedgerError(
        found,
        where=("本次运行的线索", "leads of the run"),
        expected=(
            "线索表：每条线索一行，约定的列齐全",
            "the leads table: one row per lead, every column of the contract",
        ),
        next_step=(
            "重新运行 doudi detect；台账未改动",
            "run detection again; the ledger was not changed",
        ),
    )


def _yuan(value: object) -> Decimal | None:
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN is unlike itself
        return None
    return Decimal(str(value)).quantize(Decimal("0.01"))


def _mark_not_seen(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Mark what the run does not speak of, and count it."""
    found = {row["lead_id"] for row in rows}
    everything = set(session.scalars(select(Lead.lead_id)))
    gone = [{"lead_id": lead_id, "seen": False} for lead_id in sorted(everything - found)]
    if gone:
        session.execute(update(Lead), gone)
    return len(gone)


def _refresh(
    session: Session, known: Sequence[dict[str, Any]], states: dict[str, str], run: str
) -> int:
    """Refresh what detection says, and flag what people had finished."""
    if not known:
        return 0
    fresh = [row | {"last_run": run, "seen": True} for row in known]
    session.execute(update(Lead), fresh)
    again = [row["lead_id"] for row in known if states[row["lead_id"]] in FINISHED]
    if again:
        flags = [{"lead_id": lead_id, "seen_again": True} for lead_id in again]
        session.execute(update(Lead), flags)
    return len(again)


def _add(session: Session, new: Sequence[dict[str, Any]], run: str, at: datetime) -> None:
    """Enter new leads as generated, then as triaged: detection has merged them by household."""
    if not new:
        return
    start: dict[str, Any] = {"state": "TRIAGED", "first_run": run, "last_run": run, "seq": 2}
    flags: dict[str, Any] = {"seen": True, "seen_again": False}
    empty: dict[str, Any] = {"outcome": None, "assignee": None}
    session.execute(insert(Lead), [row | start | flags | empty for row in new])
    session.execute(
        insert(Transition), [step for row in new for step in _first_steps(row["lead_id"], run, at)]
    )


def _first_steps(lead_id: str, run: str, at: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    common: dict[str, Any] = {"lead_id": lead_id, "at": at, "actor": SYSTEM_ACTOR, "role": "system"}
    common |= {"second_actor": None, "outcome": None, "assignee": None}
    generated = {"seq": 1, "from_state": None, "to_state": "GENERATED", "action": "generate"}
    triaged = {"seq": 2, "from_state": "GENERATED", "to_state": "TRIAGED", "action": "triage"}
    return (
        common | generated | {"reason": f"run {run}"},
        common | triaged | {"reason": _MERGE_REASON},
    )
