"""A delivery's folder: every file accounted for, and its own words checked before anything is loaded."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from doudi.graph.errors import DeliveryError
from doudi.loaders.control import read_folder
from doudi.loaders.load import load

if TYPE_CHECKING:
    from pathlib import Path

    from tests.loaders.conftest import Office

AREAS = "code,name,valid_from,valid_to,parent,successor\n539901001000,甲,2000-01-01,,,\n"
INCOMES = "archive_no,year,wage,business_net,property,transfer,production_cost\n"
INCOME = {"household_income_ledger.csv": INCOMES + "A1,2025,10.5,1,1,1,1\n"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("area_code_history.CSV", AREAS.encode()),
        ("area_code_history.part1.Csv", AREAS.encode()),
        ("area_code_history.CSV.GZ", gzip.compress(AREAS.encode())),
        ("area_code_history.TSV", AREAS.replace(",", "\t").encode()),
    ],
    ids=["CSV", "part", "packed", "TSV"],
)
def test_a_suffix_in_capitals_is_read(office: Office, name: str, content: bytes) -> None:
    receipt = office.deliver({name: content})
    assert [(file.source, file.loaded) for file in receipt.files] == [("area_code_history", 1)]
    assert receipt.exit_code == 0


def test_a_file_that_is_not_read_is_told(office: Office) -> None:
    names = ["area_code_history.doc", "hukou_population.txt", "scan.pdf"]
    receipt = office.deliver({**dict.fromkeys(names, "x"), "area_code_history.csv": AREAS})
    assert [m.split(":")[0] for m in receipt.messages] == [f"2026-04/{name}" for name in names]
    assert "does not read such files" in receipt.messages[0]
    assert receipt.files[0].loaded == 1
    assert receipt.exit_code == 3


@pytest.mark.parametrize(
    "name", [".DS_Store", "~$area_code_history.xlsx", "SHA256SUMS", "sha256sums.txt", "a.csv.sha256", "a.md5"]
)  # fmt: skip  # one list
def test_hidden_files_and_check_sums_are_passed_over(office: Office, name: str) -> None:
    receipt = office.deliver({name: "x", "area_code_history.csv": AREAS})
    assert (receipt.messages, receipt.exit_code) == ((), 0)


@pytest.mark.parametrize(
    "batch", ["../../../escaped", "a/b", "..", ".", ".hidden", "2026..06", "a b", "", "a\\\\b"]
)
def test_a_batch_that_is_no_name_is_refused(office: Office, batch: str) -> None:
    with pytest.raises(DeliveryError, match="letters, digits") as caught:
        office.deliver({"area_code_history.csv": AREAS}, f'batch = "{batch}"\n')
    assert "delivery.toml" in caught.value.where
    assert not office.home.exists()


@pytest.mark.parametrize("batch", ["2026-06", "二〇二六年六月", "2026.06_补报-2"])
def test_a_batch_may_have_letters_of_any_language(office: Office, batch: str) -> None:
    receipt = office.deliver({"area_code_history.csv": AREAS}, f'batch = "{batch}"\n')
    assert receipt.batch == batch


def test_a_folder_whose_name_is_no_batch_says_so(tmp_path: Path) -> None:
    (tmp_path / "June 2026").mkdir()
    told = pytest.raises(DeliveryError, match=r"the folder's name is 'June 2026'.*letters, digits")
    with told as caught:
        load(tmp_path / "June 2026", tmp_path / "home")
    assert "没有写明 batch，文件夹名为“June 2026”" in caught.value.told("zh")
    (tmp_path / "June 2026" / "delivery.toml").write_text('batch = "2026-06"\n', "utf-8")
    assert load(tmp_path / "June 2026", tmp_path / "home").batch == "2026-06"


@pytest.mark.parametrize("value", ['"many"', "[1]", "true", "nan", "inf", "2026-01-01"])
def test_a_control_total_that_is_no_number_is_refused(tmp_path: Path, value: str) -> None:
    text = f"[control.household_income_ledger]\nwage = {value}\n"
    (tmp_path / "delivery.toml").write_text(text, "utf-8")
    with pytest.raises(DeliveryError, match=r"control\.household_income_ledger\.wage is"):
        read_folder(tmp_path)


@pytest.mark.parametrize("name", ["archive_no", "nothing", "recorded_time"])
@pytest.mark.parametrize("value", [0, 3])
def test_a_control_total_of_no_number_column_is_told(office: Office, name: str, value: int) -> None:
    dated = {file: _with_time(text) for file, text in INCOME.items()}
    toml = f"[control.household_income_ledger]\nrows = 1\nwage = 10.5\n{name} = {value}\n"
    receipt = office.deliver(dated, toml)
    (message,) = receipt.messages
    assert f"a control total of {name}, no number column" in message
    assert (receipt.files[0].loaded, receipt.exit_code) == (1, 3)


def _with_time(text: str) -> str:
    header, row = text.splitlines()
    return f"{header},recorded_time\n{row},2026-04-01\n"


def test_a_control_total_of_a_file_without_rows_is_compared_with_nil(office: Office) -> None:
    toml = "[control.household_income_ledger]\nrows = 0\nwage = 5\n"
    receipt = office.deliver({"household_income_ledger.csv": INCOMES}, toml)
    (message,) = receipt.messages
    assert "control total wage should be 5.00, is 0.00" in message
