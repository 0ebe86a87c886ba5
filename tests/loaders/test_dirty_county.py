"""A whole county's deliveries with the faults of real exports: no row is lost, none is unexplained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from doudi.graph.errors import DeliveryError
from doudi.loaders.load import load
from doudi.loaders.receipt import FileReceipt
from doudi.loaders.source import sources
from doudi.synth.county import SMALLEST, make_county

if TYPE_CHECKING:
    from pathlib import Path

    from doudi.loaders.receipt import LoadReceipt


@pytest.fixture(scope="module")
def soiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a soiled county, its truth, and the home it was loaded into."""
    folder = tmp_path_factory.mktemp("soiled")
    make_county(folder / "county", households=SMALLEST, seed=2, dirt=2)
    return folder


@pytest.fixture(scope="module")
def receipts(soiled: Path) -> list[LoadReceipt]:
    deliveries = sorted((soiled / "county" / "deliveries").iterdir())
    return [load(folder, soiled / "home") for folder in deliveries]


def test_every_file_of_every_source_adds_up(soiled: Path, receipts: list[LoadReceipt]) -> None:
    files = [file for receipt in receipts for file in receipt.files]
    sent = (soiled / "county" / "deliveries").glob("*/*")
    assert {(f.batch, f.file) for f in files} == {
        (path.parent.name, path.name) for path in sent if path.name != "delivery.toml"
    }
    assert {file.source for file in files} == set(sources())
    assert all(f.rows_in == f.loaded + f.quarantined + f.duplicates for f in files)
    assert all(control.agrees for file in files for control in file.totals)
    assert all(receipt.exit_code == 0 for receipt in receipts)
    assert sum(file.duplicates for file in files) > 0


def test_what_was_soiled_is_refused_or_unknown_for_its_reason_and_nothing_else(
    soiled: Path, receipts: list[LoadReceipt]
) -> None:
    told = "SELECT source, batch, line, field, reason, effect FROM read_parquet(?) ORDER BY ALL"
    found = duckdb.execute(
        told, [str(soiled / "home" / "quarantine" / "*" / "*.parquet")]
    ).fetchall()
    truth = str(soiled / "county" / "truth" / "quarantine.parquet")
    planted = duckdb.execute(told, [truth]).fetchall()
    assert found == planted
    effects = [row[-1] for row in found]
    assert min(effects.count("row refused"), effects.count("field unknown")) > 20
    assert effects.count("row refused") == sum(f.quarantined for r in receipts for f in r.files)


def test_a_receipt_that_does_not_add_up_cannot_be_made() -> None:
    with pytest.raises(DeliveryError, match="3 rows in"):
        FileReceipt("2026-04", "x.csv", "x", 3, 1, 1, 0, repaired=0)
