"""A real ledger file, a clock that a test sets, and leads as detection hands them over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from doudi.casework.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

ERROR_LEAD: Mapping[str, Any] = {
    "lead_id": "e1",
    "register": "dibao_household_register",
    "household_id": "DB-0001",
    "direction": "error",
    "area_code": "539901",
    "township": "539901001000",
    "detectors": ["E22"],
    "strength": "K1",
    "months": 5,
    "exposure_cny": Decimal("2750.50"),
    "net_picture": "company role found; no hardship found",
    "status": "new",
    "priority": 1,
    "stale": False,
}
LEAK_LEAD: Mapping[str, Any] = {
    **ERROR_LEAD,
    "lead_id": "l1",
    "direction": "leak",
    "detectors": ["L01"],
    "strength": "K2",
    "exposure_cny": Decimal("0.00"),
}

#: One way along the main line, for an error lead.
MAIN_WAY: Mapping[str, Mapping[str, Any]] = {
    "dispatch": {"actor": "chen"},
    "accept": {"actor": "li"},
    "verify": {"actor": "li"},
    "report": {"actor": "li", "second_actor": "sun", "outcome": "A2", "reason": "seen at the door"},
    "review": {"actor": "wang", "outcome": "A2"},
    "act": {"actor": "wang", "second_actor": "zhao", "reason": "income over the line since March"},
    "close": {"actor": "wang"},
}
#: The side step that ends in a side state, and the main step it follows (none: right away).
SIDE_WAY: Mapping[str, tuple[str, str]] = {
    "EXTENDED": ("verify", "extend"),
    "RETURNED": ("dispatch", "return"),
    "SUSPENDED": ("accept", "suspend"),
    "APPEALED": ("close", "appeal"),
    "REOPENED": ("close", "reopen"),
    "VOID": ("", "void"),
}
MAIN_STATES = ("DISPATCHED", "ACCEPTED", "VERIFYING", "REPORTED", "REVIEWED", "ACTIONED", "CLOSED")


@dataclass
class Clock:
    """A clock that goes on by one minute with every look at it."""

    moment: datetime

    def __call__(self) -> datetime:
        self.moment += timedelta(minutes=1)
        return self.moment


def walk_to(ledger: Ledger, lead_id: str, state: str, **change: Mapping[str, Any]) -> None:
    """Bring a triaged lead to a state, along the main line and one side step."""
    last, side = SIDE_WAY.get(state, ("", ""))
    if state in MAIN_STATES:
        last = list(MAIN_WAY)[MAIN_STATES.index(state)]
    for step, parts in MAIN_WAY.items():
        if not last:
            break
        ledger.decide(lead_id, step, **{**parts, **change.get(step, {})})
        if step == last:
            break
    if side:
        ledger.decide(lead_id, side, actor="wang", reason="a reason in writing")


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 7, 6, 8, 0, tzinfo=UTC))


@pytest.fixture
def table() -> Callable[..., pd.DataFrame]:
    """Leads as detection hands them over, one per argument: what it changes of the usual."""

    def make(*changes: Mapping[str, Any]) -> pd.DataFrame:
        usual = (LEAK_LEAD if one.get("direction") == "leak" else ERROR_LEAD for one in changes)
        rows = [{**base, **one} for base, one in zip(usual, changes, strict=True)]
        return pd.DataFrame(rows, columns=list(ERROR_LEAD))

    return make


@pytest.fixture
def ledger_path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(ledger_path: Path, clock: Clock) -> Iterator[Ledger]:
    """A ledger with the error lead ``e1`` and the leak lead ``l1``, both triaged."""
    with Ledger.open(ledger_path, now=clock) as opened:
        opened.upsert_leads(pd.DataFrame([ERROR_LEAD, LEAK_LEAD]), "r1")
        yield opened


@pytest.fixture
def walk(ledger: Ledger) -> Callable[..., None]:
    """Bring a lead of ``ledger`` to a state; keywords change what is said at a step."""

    def go(lead_id: str, state: str, **change: Mapping[str, Any]) -> None:
        walk_to(ledger, lead_id, state, **change)

    return go


@pytest.fixture(scope="module")
def one_in_each_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger with one error lead in every state, its id the state's code.

    GENERATED passes at once into TRIAGED when a run is taken in; that lead is set back by hand.
    """
    path = tmp_path_factory.mktemp("states") / "ledger.sqlite"
    states = ("GENERATED", "TRIAGED", *MAIN_STATES, *SIDE_WAY)
    with Ledger.open(path) as opened:
        opened.upsert_leads(pd.DataFrame([{**ERROR_LEAD, "lead_id": one} for one in states]), "r1")
        for state in states:
            walk_to(opened, state, state)
        with opened.store.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE leads SET state = 'GENERATED' WHERE lead_id = 'GENERATED'"
            )
        yield opened
