"""The tables of the ledger, and the triggers that keep history append-only.

SQLite in the home folder by default, PostgreSQL by URL; the same declaration makes both. Decisions
and the access log can be added to, and neither changed nor deleted: the database itself refuses.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    Text,
    TypeDecorator,
    inspect,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

if TYPE_CHECKING:
    from sqlalchemy import Dialect
    from sqlalchemy.types import TypeEngine

_CENT = Decimal("0.01")

#: Part of the message of every refused change, in both databases.
APPEND_ONLY_MESSAGE = "append-only"


class UtcTime(TypeDecorator[datetime]):
    """A moment, always with its zone: UTC in the database, UTC when read."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """``timestamptz`` in PostgreSQL; SQLite keeps no zone, so UTC is understood."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC, without the zone where the database has none."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC, with its zone."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Yuan(TypeDecorator[Decimal]):
    """An amount in CNY with two decimals, up to 14 digits.

    SQLite has no decimal type. Fourteen digits survive its binary numbers, so the amount is
    rounded to the cent when it is read and stays readable with any tool.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """``numeric(14, 2)``, exact where the database can."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Numeric(14, 2))
        return dialect.type_descriptor(Numeric(14, 2, asdecimal=False))

    def process_result_value(self, value: Decimal | float | None, dialect: Dialect) -> Any:  # noqa: ANN401 - the base class asks for it
        """The amount as a decimal with two places."""
        del dialect
        return None if value is None else Decimal(str(value)).quantize(_CENT)


class Base(DeclarativeBase):
    """All tables of the ledger."""


class Lead(Base):
    """A lead as detection last saw it, and the state that people brought it to."""

    __tablename__ = "leads"
    __table_args__ = (Index("ix_leads_worklist", "state", "township"),)

    lead_id: Mapped[str] = mapped_column(Text, primary_key=True)
    register: Mapped[str] = mapped_column(Text)
    household_id: Mapped[str] = mapped_column(Text, index=True)
    direction: Mapped[str] = mapped_column(Text)
    area_code: Mapped[str] = mapped_column(Text)
    township: Mapped[str | None] = mapped_column(Text)
    detectors: Mapped[list[str]] = mapped_column(JSON)
    strength: Mapped[str] = mapped_column(Text)
    months: Mapped[int]
    #: NULL where a leak misses help of an unknown amount.
    exposure_cny: Mapped[Decimal | None] = mapped_column(Yuan)
    net_picture: Mapped[str] = mapped_column(Text)
    priority: Mapped[int]
    stale: Mapped[bool]
    state: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    assignee: Mapped[str | None] = mapped_column(Text)
    first_run: Mapped[str] = mapped_column(Text)
    last_run: Mapped[str] = mapped_column(Text)
    #: Whether the newest complete run still finds it.
    seen: Mapped[bool]
    #: Whether it was found again by a run after people had finished it.
    seen_again: Mapped[bool]
    #: Number of the last transition; a decision made on an older one is refused.
    seq: Mapped[int]


class Transition(Base):
    """One step of a lead: who brought it from where to where, when and why. Append-only."""

    __tablename__ = "transitions"
    # Without it, REPLACE on the hidden row number would push a step out unseen.
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it so

    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.lead_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcTime)
    from_state: Mapped[str | None] = mapped_column(Text)
    to_state: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    second_actor: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    assignee: Mapped[str | None] = mapped_column(Text)


class Run(Base):
    """The receipt of one stage of one run."""

    __tablename__ = "runs"
    __table_args__ = (Index("ix_runs_run", "run", "stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[str] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(Text)
    started: Mapped[datetime] = mapped_column(UtcTime)
    finished: Mapped[datetime] = mapped_column(UtcTime)
    ok: Mapped[bool]
    exit_code: Mapped[int]
    receipt: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: SHA-256 of the receipt: the same receipt is kept once.
    digest: Mapped[str] = mapped_column(Text, unique=True)


class Access(Base):
    """One look at a case: who, what for, which fields. Append-only, chained by hashes."""

    __tablename__ = "access_log"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcTime)
    who: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text, index=True)
    fields: Mapped[list[str]] = mapped_column(JSON)
    result_count: Mapped[int]
    previous_hash: Mapped[str] = mapped_column(Text)
    # Not unique by a constraint: REPLACE on it would push an older entry out unseen.
    hash: Mapped[str] = mapped_column(Text)


APPEND_ONLY = (Transition, Access)


def guards(dialect: str) -> list[str]:
    """The statements that make history append-only, safe to run again.

    Args:
        dialect: ``sqlite`` or ``postgresql``.
    """
    make = _sqlite_guards if dialect == "sqlite" else _postgres_guards
    return [statement for model in APPEND_ONLY for statement in make(model)]


def _sqlite_guards(model: type[Base]) -> list[str]:
    """Refuse change and deletion, and the ``INSERT OR REPLACE`` that would do both unseen."""
    table = model.__tablename__
    key = " AND ".join(f"{part.name} = NEW.{part.name}" for part in inspect(model).primary_key)
    stop = f"BEGIN SELECT RAISE(ABORT, '{table} is {APPEND_ONLY_MESSAGE}'); END"
    is_there = f"EXISTS (SELECT 1 FROM {table} WHERE {key})"
    head = f"CREATE TRIGGER IF NOT EXISTS {table}"
    return [
        f"{head}_no_update BEFORE UPDATE ON {table} {stop}",
        f"{head}_no_delete BEFORE DELETE ON {table} {stop}",
        f"{head}_no_replace BEFORE INSERT ON {table} WHEN {is_there} {stop}",
    ]


def _postgres_guards(model: type[Base]) -> list[str]:
    """Refuse change, deletion and truncation."""
    table = model.__tablename__
    function = f"{table}_append_only()"
    stop = f"$$ BEGIN RAISE EXCEPTION '{table} is {APPEND_ONLY_MESSAGE}'; END $$"
    head = f"CREATE OR REPLACE TRIGGER {table}"
    run = f"EXECUTE FUNCTION {function}"
    return [
        f"CREATE OR REPLACE FUNCTION {function} RETURNS trigger LANGUAGE plpgsql AS {stop}",
        f"{head}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {run}",
        f"{head}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}",
    ]
