"""The ledger's tables as people and notebooks get them: queries and data frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd
from sqlalchemy import Boolean, Integer, Select, Text, case, cast, func, or_, select

from doudi.casework.outcomes import UNDER_PAYMENT
from doudi.casework.states import STATES
from doudi.casework.tables import Access, Lead, Run, Transition, UtcTime
from doudi.graph.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session
    from sqlalchemy.types import TypeEngine

    Query: TypeAlias = Select[*tuple[Any, ...]]

_LEAD_COLUMNS = (
    Lead.lead_id,
    Lead.register,
    Lead.household_id,
    Lead.direction,
    Lead.area_code,
    Lead.township,
    Lead.detectors,
    Lead.strength,
    Lead.months,
    Lead.exposure_cny,
    Lead.net_picture,
    Lead.state.label("status"),
    Lead.priority,
    Lead.stale,
    Lead.outcome,
    Lead.assignee,
    Lead.first_run,
    Lead.last_run,
    Lead.seen,
    Lead.seen_again,
    Lead.seq,
)


def frame(session: Session, query: Query) -> pd.DataFrame:
    """The rows of a query as a table, with its columns and types also when there is no row.

    Text, lists and amounts are objects, with ``None`` for what is unknown; moments are in UTC.
    """
    rows = [tuple(row) for row in session.execute(query)]
    columns = query.selected_columns
    table = pd.DataFrame(rows, columns=columns.keys(), dtype=object)
    kinds = {name: _dtype(column.type) for name, column in columns.items()}
    return table.astype({name: kind for name, kind in kinds.items() if kind})


def _dtype(kind: TypeEngine[Any]) -> str:
    """The pandas type of a column without NULL; empty for one that stays an object."""
    if isinstance(kind, Boolean):
        return "bool"
    if isinstance(kind, Integer):
        return "int64"
    return "datetime64[us, UTC]" if isinstance(kind, UtcTime) else ""


def leads_query(filters: Mapping[str, str | None], limit: int | None) -> Query:
    """Leads in the order of work: help first, then priority, then the larger exposure.

    Args:
        filters: ``state, township, direction, detector, assignee``; ``None`` filters nothing.
        limit: At most so many rows, or ``None``.

    Raises:
        UnknownName: if the state or the direction is not declared.
        UsageError: if the limit is below 0.
    """
    _check_filters(filters, limit)
    is_help = or_(Lead.direction == "leak", Lead.outcome == UNDER_PAYMENT)
    query = select(*_LEAD_COLUMNS).order_by(
        case((is_help, 0), else_=1),
        Lead.priority,
        func.coalesce(Lead.exposure_cny, 0).desc(),
        Lead.lead_id,
    )
    for name in ("state", "township", "direction", "assignee"):
        value = filters.get(name)
        if value is not None:
            query = query.where(getattr(Lead, name) == value)
    detector = filters.get("detector")
    if detector is not None:
        query = query.where(cast(Lead.detectors, Text).contains(f'"{detector}"', autoescape=True))
    return query.limit(limit)


def history_query(lead_id: str) -> Query:
    """The steps of a lead, the first one first."""
    columns = [column for column in Transition.__table__.columns if column.name != "lead_id"]
    return select(*columns).where(Transition.lead_id == lead_id).order_by(Transition.seq)


def runs_query(stage: str | None, limit: int | None) -> Query:
    """Receipts, newest first."""
    columns = [column for column in Run.__table__.columns if column.name not in {"id", "digest"}]
    query = select(*columns).order_by(Run.started.desc(), Run.id.desc())
    if stage is not None:
        query = query.where(Run.stage == stage)
    return query.limit(limit)


def access_query(who: str | None, subject: str | None, limit: int | None) -> Query:
    """Entries of the access log, newest first."""
    query = select(*Access.__table__.columns).order_by(Access.seq.desc())
    if who is not None:
        query = query.where(Access.who == who)
    if subject is not None:
        query = query.where(Access.subject == subject)
    return query.limit(limit)


def _check_filters(filters: Mapping[str, str | None], limit: int | None) -> None:
    state, direction = filters.get("state"), filters.get("direction")
    if state is not None and state not in STATES:
        raise UnknownName.among(
            ("状态", "state"),
            state,
            STATES,
            next_step=("状态见 docs/casework.md", "docs/casework.md lists the states"),
        )
    if direction is not None and direction not in {"error", "leak"}:
        raise UnknownName.among(
            ("方向", "direction"),
            direction,
            {"error", "leak"},
            next_step=("改写方向，不写则两者都列", "give one of them, or none for both"),
        )
    if limit is not None and limit < 0:
        raise UsageError(
            (f"条数上限为 {limit}", f"a limit of {limit}"),
            where=("线索列表", "list of leads"),
            expected=("0 或以上", "0 or more"),
            next_step=("改写上限，不写则列出全部", "give another limit, or none for all"),
        )
