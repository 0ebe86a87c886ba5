"""What doudi would say to a PostgreSQL server; the server itself is not part of these tests."""

from __future__ import annotations

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from doudi.casework.tables import APPEND_ONLY, Base, guards


def _table(name: str) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call] # untyped in SQLAlchemy
    return str(CreateTable(Base.metadata.tables[name]).compile(dialect=dialect))


def test_amounts_are_exact_and_moments_have_their_zone() -> None:
    assert "exposure_cny NUMERIC(14, 2)" in _table("leads")
    assert "at TIMESTAMP WITH TIME ZONE NOT NULL" in _table("transitions")


@pytest.mark.parametrize("table", [model.__tablename__ for model in APPEND_ONLY])
def test_history_is_guarded_against_change_deletion_and_truncation(table: str) -> None:
    said = "\n".join(guards("postgresql"))
    assert f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW" in said
    assert f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT" in said
