"""The order of work where detection did not state one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from doudi.casework.priority import priorities

if TYPE_CHECKING:
    from collections.abc import Callable

    from doudi.casework.ledger import Ledger

    Table = Callable[..., pd.DataFrame]

# From the first to look at to the last; each differs from the next by one thing.
ORDER = (
    {"lead_id": "b", "direction": "leak", "detectors": ["L09", "L02"]},
    {"lead_id": "c", "direction": "leak", "detectors": ["L09"]},
    {"lead_id": "a", "direction": "leak", "detectors": ["L02", "L07", "L17"]},
    {"lead_id": "d", "direction": "leak", "detectors": ["L02"]},
    {"lead_id": "x", "detectors": ["E01", "E22", "E30"]},
    {"lead_id": "w", "detectors": ["E01"], "exposure_cny": Decimal(9000)},
    {"lead_id": "v", "detectors": ["E01"], "exposure_cny": Decimal(100)},
)


def test_severity_comes_before_signals_before_exposure_and_help_before_errors(
    table: Table,
) -> None:
    leads = table(*ORDER)
    assert priorities(leads).tolist() == list(range(1, len(ORDER) + 1))


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rows_does_not_matter(table: Table, seed: int) -> None:
    leads = table(*ORDER)
    shuffled = leads.sample(frac=1, random_state=seed)
    assert priorities(shuffled).sort_index().tolist() == priorities(leads).tolist()


def test_the_same_signal_twice_counts_once(table: Table) -> None:
    leads = table(
        {"lead_id": "a", "detectors": ["E01", "E01"], "exposure_cny": Decimal(1)},
        {"lead_id": "b", "detectors": ["E22"], "exposure_cny": Decimal(2)},
    )
    assert priorities(leads).tolist() == [2, 1]


def test_what_is_recent_comes_before_what_is_large(table: Table) -> None:
    leads = table({"lead_id": "a"}, {"lead_id": "b", "exposure_cny": Decimal(1)}, {"lead_id": "c"})
    dated = leads.assign(month_to=pd.Series(["2025-12", "2026-06", None]))
    assert priorities(dated).tolist() == [2, 1, 3]


def test_a_run_without_priorities_gets_them_and_one_with_keeps_its_own(
    ledger: Ledger, table: Table
) -> None:
    leads = table({"lead_id": "e2"}, {"lead_id": "l2", "direction": "leak"})
    ledger.upsert_leads(leads.drop(columns="priority"), "r2")
    assert (ledger.lead("l2").priority, ledger.lead("e2").priority) == (1, 2)
    ledger.upsert_leads(leads.assign(priority=[7, 8]), "r3")
    assert (ledger.lead("l2").priority, ledger.lead("e2").priority) == (8, 7)
