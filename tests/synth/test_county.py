"""What a synthetic county promises."""

from __future__ import annotations

import hashlib
import tomllib
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from doudi.graph.errors import UsageError
from doudi.synth.county import SMALLEST, make_county
from doudi.synth.forms import columns, forms

if TYPE_CHECKING:
    from pathlib import Path

    from tests.synth.conftest import County

ERRORS = ("E01", "E03", "E05", "E09", "E10", "E11", "E15", "E16", "E17", "E22", "E23", "E31", "E33")
SOURCES = 128
MOST_EMPTY = 12
"""Columns for ends and corrections of which a small county may have none."""
LARGE = 10_000
"""Households of two blocks."""
KEYS = (
    ("dibao_household_register", "户编号"),
    ("vehicle_registration", "车辆识别代号"),
    ("vehicle_registration", "号牌号码"),
    ("enterprise_registration", "统一社会信用代码"),
    ("tobacco_retail_licence", "许可证号"),
    ("commercial_life_insurance", "保单号"),
    ("commercial_vehicle", "permit"),
    ("rental_invoice", "发票号码"),
)
NEEDS = ("L01", "L03", "L05", "L06", "L12", "L24")


def digest(folder: Path) -> str:
    parts = sorted(path for path in folder.rglob("*") if path.is_file())
    told = hashlib.sha256()
    for path in parts:
        told.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return told.hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    county: County, tmp_path: Path
) -> None:
    make_county(tmp_path / "again", seed=1)
    make_county(tmp_path / "other", seed=2)
    assert digest(tmp_path / "again") == digest(county.folder)
    assert digest(tmp_path / "other") != digest(county.folder)


def test_two_processes_write_what_one_writes(tmp_path: Path) -> None:
    for processes in (1, 2):
        made = make_county(tmp_path / str(processes), households=LARGE, processes=processes)
        assert made.households == LARGE
    assert digest(tmp_path / "1") == digest(tmp_path / "2")
    places = pd.read_parquet(tmp_path / "1" / "truth" / "people.parquet")
    own = places[(places["source"] == "vehicle_registration") & (places["batch"] == "2026-04")]
    path = tmp_path / "1" / "deliveries" / "2026-04" / "vehicle_registration.csv"
    sent = pd.read_csv(path, dtype=str, encoding="gb18030")
    assert own["line"].tolist() == list(range(2, len(sent) + 2))
    assert own["person_id"].tolist() == sent["所有人身份证号"].tolist()


def test_numbers_are_nobody_elses_in_a_county_of_several_blocks(tmp_path: Path) -> None:
    make_county(tmp_path, households=LARGE)
    folder = tmp_path / "deliveries" / "2026-04"
    for name, column in KEYS:
        rows = pd.read_csv(folder / f"{name}.csv", dtype=str, encoding=forms()[name].encoding)
        assert not rows[column].duplicated().any(), name


def test_a_county_below_the_smallest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"households: .* too few") as caught:
        make_county(tmp_path, households=SMALLEST - 1)
    assert caught.value.told("zh").startswith("户数：")


@pytest.mark.parametrize("code", ERRORS + NEEDS)
def test_every_code_has_two_cases_and_two_lookalikes_a_case(county: County, code: str) -> None:
    cases, decoys = county.cases(code), county.cases(code, "decoy")
    assert len(cases) >= 2
    assert len(decoys) >= (2 if code == "L03" else 4)
    assert (cases["clearing_code"] == "").all()


def test_months_are_ordered_and_errors_have_been_paid(county: County) -> None:
    table = county.truth("cases")
    assert (table["month_from"] <= table["month_to"]).all()
    assert table["month_from"].min() >= "2023-05"
    assert table["month_to"].max() <= "2026-06"
    unpaid = {"village_committee_roster", "low_income_edge_register"}
    paid = (table["kind"] == "error") & ~table["register"].isin(unpaid)
    assert (table.loc[paid, "amount"] > 0).all()
    assert set(table["first_batch"]) <= {"2026-04", "2026-05", "2026-06"}


def test_lookalikes_of_errors_say_what_clears_them(county: County) -> None:
    table = county.truth("cases")
    decoys = table[(table["role"] == "decoy") & (table["kind"] == "error")]
    silent = decoys[decoys["clearing_code"] == ""]
    assert set(silent["code"]) <= {"E31"}
    found = set(decoys["clearing_code"])
    assert found >= {"X02", "X03", "X04", "X05", "X06", "X07", "X08", "X10", "X11", "X12"}
    assert found >= {"X13", "X14", "X15", "X16", "X17", "X18", "X19", "X21", "X22"}


def test_the_snapshot_brings_every_source(county: County) -> None:
    files = sorted((county.folder / "deliveries" / "2026-04").iterdir())
    sources = [path.name.partition(".")[0] for path in files if path.suffix != ".toml"]
    assert len(sources) >= SOURCES
    for source in sources:
        assert len(county.sent(source, "2026-04")), source


@pytest.mark.parametrize("batch", ["2026-04", "2026-05", "2026-06"])
def test_cells_are_what_the_contract_allows(county: County, batch: str) -> None:
    for source, fields in columns().items():
        rows = county.sent(source, batch)
        for column in (c for c in fields if c.allowed and len(rows)):
            assert set(rows[column.field]) <= {*column.allowed, ""}, (source, column.field)


def test_most_columns_are_filled_in_some_row(county: County) -> None:
    empty = set()
    for source, fields in columns().items():
        rows = county.rows(source)
        empty |= {(source, c.field) for c in fields if (rows[c.field] == "").all()}
    assert len(empty) <= MOST_EMPTY, sorted(empty)


@pytest.mark.parametrize("batch", ["2026-04", "2026-05", "2026-06"])
@pytest.mark.parametrize("kind", ["clean", "soiled"])
def test_control_totals_are_those_of_the_files(
    county: County, soiled: County, kind: str, batch: str
) -> None:
    made = county if kind == "clean" else soiled
    told = tomllib.loads(
        (made.folder / "deliveries" / batch / "delivery.toml").read_text(encoding="utf-8")
    )
    assert told["mode"] == ("snapshot" if batch == "2026-04" else "delta")
    for source, totals in told["control"].items():
        rows = made.sent(source, batch)
        assert len(rows) == totals.pop("rows"), source
        for field, total in totals.items():
            values = pd.to_numeric(rows[field].str.replace(",", ""), errors="coerce")
            assert values.sum() == pytest.approx(total, abs=0.02), (source, field)


def test_magnitudes_are_those_of_a_poor_county(county: County) -> None:
    people = county.sent("hukou_population", "2026-04")
    members = county.sent("dibao_member_register", "2026-04")
    current = members[members["removed_date"] == ""]
    cases = county.sent("dibao_household_register", "2026-04")
    going = cases[cases["end_month"] == ""]
    paid = current[current["household_id"].isin(going["household_id"])]
    assert 0.035 < len(paid) / len(people) < 0.09
    assert 2.4 < len(people) / county.receipt.households < 3.2
    assert 1.5 < paid.groupby("household_id").size().mean() < 2.6
    cars = county.sent("vehicle_registration", "2026-04")
    share = (cars["vehicle_type"] == "小型轿车").sum() / county.receipt.households
    assert 0.2 < share < 0.45
    assert county.receipt.rows < 700_000


def test_enough_homes_fall_back_for_a_ranking_to_learn(county: County) -> None:
    risk = county.truth("risk")
    seen = risk[risk["observed"] & risk["delivered"]]
    assert 0.015 < len(seen) / 4 / county.receipt.households < 0.04
    assert set(seen["entered"]) == {"monitored", "edge", "dibao"}
    assert not risk["observed"].all()
