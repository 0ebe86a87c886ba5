"""A whole county's deliveries with the faults of real exports: no row is lost, none is unexplained."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from doudi.graph.errors import DeliveryError
from doudi.loaders.load import load
from doudi.loaders.receipt import FileReceipt
from doudi.synth.county import SMALLEST, make_county
from tests.loaders.adds_up import delivered, in_error, problems, quarantined
from tests.loaders.who import taken

if TYPE_CHECKING:
    from pathlib import Path

    from doudi.loaders.receipt import LoadReceipt


SOME = 20


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


def _stopped(receipts: list[LoadReceipt]) -> set[tuple[str, str]]:
    return {(receipt.batch, slug) for receipt in receipts for slug in receipt.stopped}


def test_a_file_stops_where_its_unit_is_wrong_and_nowhere_else(
    soiled: Path, receipts: list[LoadReceipt]
) -> None:
    stopped = _stopped(receipts)
    assert stopped
    assert stopped <= in_error(soiled / "county")


def test_every_file_of_every_source_adds_up(soiled: Path, receipts: list[LoadReceipt]) -> None:
    files = [file for receipt in receipts for file in receipt.files]
    assert {(f.batch, f.source) for f in files} == delivered(soiled / "county") - _stopped(receipts)
    assert problems(soiled / "county", soiled / "home", [asdict(file) for file in files]) == []
    assert {r.exit_code for r in receipts if not r.stopped} == {0}
    assert sum(file.duplicates for file in files) > 0


def test_what_was_soiled_is_refused_or_unknown_for_its_reason_and_nothing_else(
    soiled: Path, receipts: list[LoadReceipt]
) -> None:
    found = quarantined(soiled / "home" / "quarantine" / "*" / "*.parquet")
    planted = quarantined(soiled / "county" / "truth" / "quarantine.parquet")
    stopped = _stopped(receipts)
    assert found == [row for row in planted if (row[1], row[0]) not in stopped]
    effects = [row[-1] for row in found]
    assert min(effects.count("row refused"), effects.count("field unknown")) > SOME
    assert effects.count("row refused") == sum(f.quarantined for r in receipts for f in r.files)


def test_no_number_is_taken_for_anothers(soiled: Path, receipts: list[LoadReceipt]) -> None:
    """Whoever a field is taken for is he, or nobody known: a number that was altered into one that
    nobody has cannot be told from a stranger's."""
    assert receipts
    found = taken(soiled / "county", soiled / "home")
    assert {"exact", "repaired"} <= {grade for grade, _ in found}
    assert sum(count for (_, who), count in found.items() if who == "another") == 0
    right = sum(count for (_, who), count in found.items() if who == "right")
    assert right > 0.999 * sum(found.values())


def test_a_receipt_that_does_not_add_up_cannot_be_made() -> None:
    with pytest.raises(DeliveryError, match="3 rows in"):
        FileReceipt("2026-04", "x.csv", "x", 3, 1, 1, 0, repaired=0)
