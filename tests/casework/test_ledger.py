"""Runs, leads and their history: what is taken in, kept, listed and never lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import pytest

from doudi.casework.ledger import Ledger
from doudi.graph.errors import LedgerError, UnknownName, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    class Clock(Protocol):
        """A clock that a test sets."""

        moment: datetime

    Table = Callable[..., pd.DataFrame]
    Walk = Callable[..., None]

RECEIPT = {
    "run": "r1",
    "stage": "detect",
    "started": "2026-07-06T02:00:00+08:00",
    "finished": "2026-07-06T02:10:00+08:00",
    "ok": True,
    "exit_code": 0,
    "leads": {"in": 2, "out": 2},
}


def test_new_leads_are_generated_then_triaged(ledger: Ledger) -> None:
    history = ledger.history("e1")
    assert history["to_state"].tolist() == ["GENERATED", "TRIAGED"]
    assert history["actor"].unique().tolist() == ["doudi"]
    assert ledger.lead("e1").state == "TRIAGED"


def test_a_known_lead_keeps_its_state_and_gets_new_figures(
    ledger: Ledger, table: Table, walk: Walk
) -> None:
    walk("e1", "VERIFYING")
    before = ledger.history("e1")
    fresh = {"lead_id": "e1", "months": 6, "exposure_cny": Decimal("3300.60"), "stale": True}
    receipt = ledger.upsert_leads(table(fresh, {"lead_id": "e2"}), "r2")
    assert (receipt.leads, receipt.new, receipt.known, receipt.not_seen) == (2, 1, 1, 1)
    now = ledger.lead("e1")
    assert (now.state, now.months, now.exposure_cny, now.stale) == (
        "VERIFYING",
        6,
        Decimal("3300.60"),
        True,
    )
    assert (now.first_run, now.last_run) == ("r1", "r2")
    pd.testing.assert_frame_equal(ledger.history("e1"), before)


def test_a_lead_that_is_no_longer_found_is_marked_and_not_closed(
    ledger: Ledger, table: Table
) -> None:
    ledger.upsert_leads(table({"lead_id": "e1"}), "r2")
    gone = ledger.lead("l1")
    assert (gone.seen, gone.state, gone.last_run) == (False, "TRIAGED", "r1")
    ledger.upsert_leads(table({"lead_id": "e1"}, {"lead_id": "l1", "direction": "leak"}), "r3")
    assert ledger.lead("l1").seen


def test_a_run_over_some_households_says_nothing_about_the_others(
    ledger: Ledger, table: Table
) -> None:
    receipt = ledger.upsert_leads(table({"lead_id": "e1"}), "r2", is_complete=False)
    assert receipt.not_seen == 0
    assert ledger.lead("l1").seen


def test_a_finished_lead_that_is_found_again_is_flagged_and_not_reopened(
    ledger: Ledger, table: Table, walk: Walk
) -> None:
    walk("e1", "CLOSED")
    receipt = ledger.upsert_leads(table({"lead_id": "e1"}), "r2")
    assert receipt.seen_again == 1
    found = ledger.lead("e1")
    assert (found.state, found.seen_again) == ("CLOSED", True)
    reopened = ledger.decide("e1", "reopen", actor="wang", reason="found by the run again")
    assert (reopened.state, reopened.seen_again) == ("REOPENED", False)


def test_the_same_leads_twice_change_nothing(ledger: Ledger, table: Table) -> None:
    leads = table({"lead_id": "e1"}, {"lead_id": "l1", "direction": "leak"})
    before = ledger.leads()
    receipt = ledger.upsert_leads(leads, "r1")
    assert (receipt.new, receipt.known) == (0, 2)
    pd.testing.assert_frame_equal(ledger.leads(), before)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"direction": "both"}, "direction 'both'"),
        ({"strength": "K9"}, "strength 'K9'"),
        ({"months": -1}, "months below 0"),
        ({"household_id": None}, "household_id is empty"),
        ({"exposure_cny": None}, "exposure_cny of an error lead is empty"),
    ],
)
def test_a_table_that_breaks_its_contract_is_refused_as_a_whole(
    ledger: Ledger, table: Table, change: dict[str, Any], found: str
) -> None:
    with pytest.raises(LedgerError, match=found):
        ledger.upsert_leads(table({"lead_id": "e2"}, {"lead_id": "e3", **change}), "r2")
    assert len(ledger.leads()) == 2


def test_missing_columns_and_doubled_leads_are_named(ledger: Ledger, table: Table) -> None:
    leads = table({"lead_id": "e2"})
    with pytest.raises(LedgerError, match="columns missing: net_picture, priority, strength"):
        ledger.upsert_leads(leads.drop(columns=["strength", "priority", "net_picture"]), "r2")
    with pytest.raises(LedgerError, match="1 lead_id twice"):
        ledger.upsert_leads(pd.concat([leads, leads], ignore_index=True), "r2")


def test_leads_come_as_they_lie_in_the_run_folder(
    ledger: Ledger, table: Table, tmp_path: Path
) -> None:
    path = tmp_path / "leads.parquet"
    table({"lead_id": "e2", "detectors": ["E22", "E01"], "township": None}).to_parquet(path)
    ledger.upsert_leads(pd.read_parquet(path), "r2")
    kept = ledger.lead("e2")
    assert (kept.detectors, kept.exposure_cny, kept.township) == (
        ("E22", "E01"),
        Decimal("2750.50"),
        None,
    )


def test_a_leak_may_miss_help_of_an_unknown_amount(ledger: Ledger, table: Table) -> None:
    unknown = {"lead_id": "l2", "direction": "leak", "exposure_cny": None}
    known = {"lead_id": "l3", "direction": "leak", "exposure_cny": Decimal(1)}
    ledger.upsert_leads(table(unknown, known), "r2", is_complete=False)
    assert ledger.lead("l2").exposure_cny is None
    listed = ledger.leads(direction="leak")
    assert listed["lead_id"].tolist() == ["l3", "l1", "l2"]
    assert listed["exposure_cny"].iloc[2] is None


def test_a_run_without_leads_is_a_run(ledger: Ledger, table: Table) -> None:
    receipt = ledger.upsert_leads(table(), "r2")
    assert (receipt.leads, receipt.not_seen) == (0, 2)


@pytest.mark.parametrize("amount", ["0.00", "0.01", "0.10", "12345678901.23", "999999999999.99"])
def test_amounts_are_kept_to_the_cent(ledger: Ledger, table: Table, amount: str) -> None:
    ledger.upsert_leads(table({"lead_id": "e2", "exposure_cny": Decimal(amount)}), "r2")
    assert str(ledger.lead("e2").exposure_cny) == amount
    assert str(ledger.leads(limit=3)["exposure_cny"].max()) in {amount, "2750.50"}


def test_help_is_listed_before_errors_then_by_priority_then_by_exposure(
    ledger: Ledger, table: Table
) -> None:
    ledger.upsert_leads(
        table(
            {"lead_id": "e1", "priority": 1},
            {"lead_id": "e3", "priority": 2, "exposure_cny": Decimal(900)},
            {"lead_id": "e2", "priority": 2, "exposure_cny": Decimal(1000)},
            {"lead_id": "l1", "direction": "leak", "priority": 9},
        ),
        "r2",
    )
    assert ledger.leads()["lead_id"].tolist() == ["l1", "e1", "e2", "e3"]
    assert ledger.leads(limit=2)["lead_id"].tolist() == ["l1", "e1"]


def test_a_found_under_payment_is_listed_with_the_help(ledger: Ledger, walk: Walk) -> None:
    ledger.upsert_leads(ledger.leads().assign(priority=[5, 1]), "r2")
    walk("e1", "REPORTED", report={"outcome": "E1", "reason": "one child was left out"})
    assert ledger.leads()["lead_id"].tolist() == ["e1", "l1"]


def test_leads_are_filtered_by_what_they_say(ledger: Ledger, table: Table, walk: Walk) -> None:
    ledger.upsert_leads(
        table({"lead_id": "e2", "township": "539901002000", "detectors": ["E01", "E22"]}),
        "r2",
        is_complete=False,
    )
    walk("e1", "DISPATCHED")
    ledger.assign("e1", "li", "wang")

    def listed(**filters: str) -> list[str]:
        return ledger.leads(**filters)["lead_id"].tolist()  # type: ignore[arg-type] # words only

    assert listed(state="DISPATCHED") == ["e1"]
    assert listed(township="539901002000") == ["e2"]
    assert listed(direction="leak") == ["l1"]
    assert listed(detector="E22") == ["e1", "e2"]
    assert listed(detector="E0%") == []
    assert listed(assignee="li") == ["e1"]
    assert listed(state="CLOSED") == []


def test_an_empty_list_still_has_its_columns_and_types(ledger: Ledger) -> None:
    empty, full = ledger.leads(state="VOID"), ledger.leads()
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert full.columns.tolist()[:14] == [
        "lead_id",
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
        "status",
        "priority",
        "stale",
    ]


def test_unknown_filters_offer_the_nearest(ledger: Ledger) -> None:
    with pytest.raises(UnknownName, match="CLOSED"):
        ledger.leads(state="CLOSE")
    with pytest.raises(UnknownName, match="error"):
        ledger.leads(direction="errors")
    with pytest.raises(UsageError, match="limit"):
        ledger.leads(limit=-1)


def test_an_unknown_lead_is_said_to_be_unknown(ledger: Ledger) -> None:
    for ask in (ledger.lead, ledger.history):
        with pytest.raises(LedgerError, match="no lead 'nobody'"):
            ask("nobody")
    with pytest.raises(LedgerError, match="no lead 'nobody'"):
        ledger.decide("nobody", "dispatch", actor="chen")


def test_history_says_who_did_what_when_and_why(ledger: Ledger, walk: Walk) -> None:
    walk("e1", "CLOSED")
    history = ledger.history("e1")
    assert history["seq"].tolist() == list(range(1, 10))
    assert history["from_state"].tolist()[1:] == history["to_state"].tolist()[:-1]
    act = history[history["action"] == "act"].iloc[0]
    assert (act["actor"], act["second_actor"], act["outcome"]) == ("wang", "zhao", "A2")
    assert act["reason"] == "income over the line since March"
    assert history["at"].is_monotonic_increasing
    assert str(history["at"].dt.tz) == "UTC"


def test_a_decision_may_be_entered_later_and_never_ahead(ledger: Ledger, clock: Clock) -> None:
    beijing = timezone(timedelta(hours=8))
    happened = clock.moment + timedelta(seconds=30)
    ledger.decide("e1", "dispatch", actor="chen", at=happened.astimezone(beijing))
    assert ledger.history("e1")["at"].iloc[-1] == happened
    for at in (clock.moment + timedelta(days=1), happened - timedelta(days=1)):
        with pytest.raises(LedgerError, match="a decision dated"):
            ledger.decide("e1", "accept", actor="li", at=at)
    with pytest.raises(LedgerError, match="without a zone"):
        ledger.decide("e1", "accept", actor="li", at=datetime(2026, 7, 6, 8, 5))  # noqa: DTZ001 - what is refused


def test_a_clock_that_jumps_back_stops_nobody_and_the_order_stays(
    ledger: Ledger, clock: Clock
) -> None:
    ledger.decide("e1", "dispatch", actor="chen")
    clock.moment -= timedelta(days=1)
    ledger.decide("e1", "accept", actor="li")
    assert ledger.history("e1")["action"].tolist()[-2:] == ["dispatch", "accept"]


def test_a_lead_is_given_to_a_person_and_keeps_its_state(ledger: Ledger) -> None:
    given = ledger.assign("e1", "li", "wang")
    assert (given.assignee, given.state) == ("li", "TRIAGED")
    last = ledger.history("e1").iloc[-1]
    assert (last["action"], last["assignee"], last["actor"]) == ("assign", "li", "wang")
    assert ledger.decide("e1", "dispatch", actor="chen").assignee == "li"


def test_kin_of_the_household_are_not_given_its_lead(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="kin of the household"):
        ledger.assign("e1", "Li", "wang", recused=["li", "sun"])
    with pytest.raises(LedgerError, match="nobody"):
        ledger.assign("e1", " ", "wang")


def test_a_finished_lead_is_given_to_nobody(ledger: Ledger, walk: Walk) -> None:
    walk("e1", "VOID")
    with pytest.raises(LedgerError, match="VOID"):
        ledger.assign("e1", "li", "wang")


def test_everything_is_there_after_a_restart(ledger: Ledger, ledger_path: Path, walk: Walk) -> None:
    walk("e1", "REPORTED")
    ledger.record_run(RECEIPT)
    card, history, runs = ledger.lead("e1"), ledger.history("e1"), ledger.runs()
    ledger.close()
    with Ledger.open(ledger_path) as again:
        assert again.lead("e1") == card
        pd.testing.assert_frame_equal(again.history("e1"), history)
        pd.testing.assert_frame_equal(again.runs(), runs)
        assert again.decide("e1", "review", actor="wang", outcome="A2").state == "REVIEWED"


def test_a_receipt_is_kept_once_and_whole(ledger: Ledger) -> None:
    ledger.record_run(RECEIPT)
    ledger.record_run(dict(reversed(RECEIPT.items())))
    ledger.record_run({**RECEIPT, "exit_code": 3})
    ledger.record_run({**RECEIPT, "stage": "load"})
    runs = ledger.runs(stage="detect")
    assert sorted(runs["exit_code"]) == [0, 3]
    assert runs["receipt"].iloc[-1] == RECEIPT
    assert runs["started"].iloc[0] == datetime(2026, 7, 5, 18, 0, tzinfo=UTC)
    assert len(ledger.runs(limit=1)) == 1


def test_a_receipt_without_its_parts_is_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="without finished, ok"):
        ledger.record_run({**RECEIPT, "finished": None, "ok": None})
    with pytest.raises(LedgerError, match="started is not a moment"):
        ledger.record_run({**RECEIPT, "started": "yesterday"})
