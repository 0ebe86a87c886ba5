"""A batch that comes again, and the amounts of one that comes after: nothing is lost or let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from doudi.loaders.identity import Keys
from tests.loaders.conftest import number

if TYPE_CHECKING:
    from tests.loaders.conftest import Office

FILE = "household_income_ledger.csv"
HEADER = "archive_no,year,wage,business_net,property,transfer,production_cost"
KNOWN = "as_known = 2026-05-05\n"


def ledger(*rows: str) -> dict[str, str]:
    return {FILE: "\n".join([HEADER, *rows]) + "\n"}


def raw_rows(office: Office) -> list[str]:
    """The refused rows of the first batch, decrypted."""
    vault = Keys(office.home / "keys").vault
    table = pq.read_table(
        office.home / "quarantine" / "2026-04" / "household_income_ledger.parquet"
    )
    return [vault.decrypt(row).decode() for row in table["row"].to_pylist()]


def test_refused_rows_of_a_load_before_stay(office: Office) -> None:
    office.deliver(ledger("A1,今年,1,1,1,1,1", "A2,2025,1,1,1,1,1"), KNOWN, batch="2026-04")
    office.deliver(ledger("A2,2025,1,1,1,1,1", "A3,明年,2,2,2,2,2"), KNOWN, batch="2026-04")
    assert office.quarantine() == [(n, "year", "number.text", "row refused") for n in (2, 3)]
    assert ["A1" in raw_rows(office)[0], "A3" in raw_rows(office)[1]] == [True, True]


def test_a_line_refused_for_the_same_reason_with_other_cells_is_another(office: Office) -> None:
    for wage in (1, 2):
        office.deliver(ledger(f"A1,今年,{wage},1,1,1,1"), KNOWN, batch="2026-04")
    assert ['"1","1","1"' in row for row in raw_rows(office)] == [True, True]
    assert len(set(raw_rows(office))) == 2


def test_equal_refused_rows_are_not_doubled(office: Office) -> None:
    sent = ledger("A1,今年,1,1,1,1,1", "A2,2025,1,1,1,1,待核", "A3")
    office.deliver(sent, KNOWN, batch="2026-04")
    files = {path: path.read_bytes() for path in (office.home / "quarantine").rglob("*.parquet")}
    assert len(office.quarantine()) == 3
    office.deliver(sent, KNOWN, batch="2026-04")
    assert {path: path.read_bytes() for path in files} == files


def wages(factor: int, people: int = 20) -> dict[str, str]:
    return ledger(*(f"A{n},2025,{factor * (900 + 10 * n)},1,1,1,1" for n in range(people)))


def test_money_ten_thousand_times_the_last_batch_stops_the_feed(office: Office) -> None:
    office.deliver(wages(1))
    receipt = office.deliver(wages(10_000))
    assert "unit.suspect: wage looks off by a factor of 10,000" in receipt.messages[0]
    assert receipt.files == ()


def test_money_near_that_of_the_last_batch_or_of_few_passes(office: Office) -> None:
    office.deliver(wages(1))
    assert office.deliver(wages(3)).exit_code == 0
    assert office.deliver(wages(300_000, people=19), 'mode = "delta"\n').exit_code == 0


def test_few_amounts_of_which_each_is_off_by_the_factor_stop_the_feed(office: Office) -> None:
    office.deliver(wages(1))
    assert office.deliver(wages(10_000, people=19), 'mode = "delta"\n').stopped


def test_a_unit_in_the_header_explains_the_factor(office: Office) -> None:
    office.deliver(wages(1))
    text = wages(1)[FILE].replace("wage", "wage(万元)")
    assert office.deliver({FILE: text}).exit_code == 0


def test_a_number_that_is_no_money_may_grow(office: Office) -> None:
    header = "household_id,member_ids,income_pc,line_multiple,recognised_date,valid_to"
    for factor in (1, 10_000):
        rows = [f"D{n},,500,{1.2 * factor},2025-01-01," for n in range(20)]
        text = "\n".join([header, *rows]) + "\n"
        assert office.deliver({"low_income_edge_register.csv": text}).exit_code == 0


@pytest.mark.parametrize(
    ("amount", "is_stopped"),
    [
        (0.09, True), (0.0899, False), (0.109, True), (0.1091, False),
        (9_000_000, True), (8_999_999, False), (10_900_000, True), (10_900_001, False),
        (95, False), (1, False),
    ],
)  # fmt: skip  # 900 to 1,090 were known
def test_a_single_amount_is_off_where_a_factor_alone_explains_it(
    office: Office, amount: float, *, is_stopped: bool
) -> None:
    office.deliver(wages(1))
    receipt = office.deliver(ledger(f"B1,2025,{amount},1,1,1,1"), 'mode = "delta"\n')
    assert bool(receipt.stopped) == is_stopped


def test_a_small_amount_is_no_factor_where_small_ones_were_known(office: Office) -> None:
    office.deliver(wages(1))
    office.deliver(ledger("B1,2025,0.5,1,1,1,1"), 'mode = "delta"\n')
    receipt = office.deliver(ledger("B2,2025,0.1,1,1,1,1"), 'mode = "delta"\n')
    assert receipt.exit_code == 0


@pytest.mark.parametrize(("lost", "is_named"), [(5, False), (6, True)])
def test_numbers_that_a_spreadsheet_spoilt_are_sent_back_above_a_share(
    office: Office, lost: int, *, is_named: bool
) -> None:
    header = "plate,vin,owner_id,vehicle_type,use_nature,brand,first_reg_date,status,price"
    rows = [
        f"测A{n:05d},V{n:016d},{'5.39901E+17' if n < lost else number(n % 999, f'19{50 + n // 999}0101')},"
        "小型轿车,非营运,,2020-01-01,正常,9000"
        for n in range(1000)
    ]
    receipt = office.deliver({"vehicle_registration.csv": "\n".join([header, *rows]) + "\n"})
    assert receipt.files[0].reasons == {"id.scientific": lost}
    assert receipt.exit_code == (3 if is_named else 0)
    assert any(f"made {lost} numbers scientific" in text for text in receipt.messages) == is_named
