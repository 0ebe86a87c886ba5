"""Files of a delivery: every row accounted for, every wrong file told in one message."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import duckdb
import pyarrow.parquet as pq
import pytest

from doudi.graph.tables import FactStore
from doudi.loaders.load import load

if TYPE_CHECKING:
    from pathlib import Path

    from doudi.loaders.receipt import LoadReceipt

MARRIAGES = "husband_id,wife_id,marriage_date,office_code,cert_no"
TRUNCATED = gzip.compress(MARRIAGES.encode() * 99, mtime=0)[:-9]
MAN, WOMAN = "110105194912310029", "11010519491231002X"


def check_digit(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def number(serial: int, born: str = "19800101") -> str:
    body = f"539901{born}{serial:03d}"
    return body + check_digit(body)


def couple(serial: int) -> str:
    return (
        f"{number(2 * serial + 1)},{number(2 * serial + 2)},2010-05-0{serial % 9 + 1},01,J{serial}"
    )


def deliver(folder: Path, name: str, text: str, *, toml: str = "as_known = 2026-05-05\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode())
    (folder / "delivery.toml").write_text(toml)
    return folder


def marriages(tmp_path: Path, *rows: str, **more: str) -> LoadReceipt:
    text = "\n".join([MARRIAGES, *rows]) + "\n"
    folder = deliver(tmp_path / "2026-04", "marriage_registration.csv", text, **more)
    return load(folder, tmp_path / "home", lang="en")


def quarantine(tmp_path: Path) -> list[tuple[int, str, str, str]]:
    files = str(tmp_path / "home" / "quarantine" / "*" / "*.parquet")
    sql = "SELECT line, field, reason, effect FROM read_parquet(?) ORDER BY ALL"
    return duckdb.execute(sql, [files]).fetchall()


def test_rows_in_are_loaded_refused_or_doubled(tmp_path: Path) -> None:
    bad = couple(3).replace("2010-05", "2010-02-3", 1)
    receipt = marriages(tmp_path, couple(1), couple(2), couple(2), bad, "只有一格")
    (file,) = receipt.files
    assert (file.rows_in, file.loaded, file.duplicates, file.quarantined) == (5, 2, 1, 2)
    assert file.reasons == {"date.impossible": 1, "row.truncated": 1}
    assert quarantine(tmp_path) == [
        (5, "marriage_date", "date.impossible", "row refused"),
        (6, "", "row.truncated", "row refused"),
    ]


def test_an_impossible_number_is_refused_and_its_value_is_nowhere(tmp_path: Path) -> None:
    wrong = number(1)[:-1] + ("0" if number(1)[-1] != "0" else "1")
    receipt = marriages(tmp_path, couple(1).replace(couple(1).split(",")[0], wrong))
    assert receipt.files[0].reasons == {"id.checksum": 1}
    for path in (tmp_path / "home").rglob("*.parquet"):
        assert wrong not in str(pq.read_table(path).to_pylist())


def test_a_15_digit_number_is_the_same_person_repaired(tmp_path: Path) -> None:
    whole = number(7)
    short = whole[:6] + whole[8:17]
    marriages(tmp_path, f"{whole},{number(8)},2001-01-01,01,A")
    receipt = marriages(tmp_path, f"{short},{number(8)},2001-01-01,01,A")
    assert receipt.files[0].repaired == 1
    with FactStore(tmp_path / "home" / "tables").connect() as view:
        ties = view.link("SPOUSE_OF", "Person", "Person").to_pyarrow()
    assert ties.num_rows == 1


def test_a_delivery_loaded_twice_changes_nothing(tmp_path: Path) -> None:
    marriages(tmp_path, couple(1), couple(2))
    before = sorted((tmp_path / "home" / "tables").rglob("*.parquet"))
    again = marriages(tmp_path, couple(1), couple(2))
    assert again.files[0].facts == 0
    assert again.files[0].loaded == 2
    assert sorted((tmp_path / "home" / "tables").rglob("*.parquet")) == before


def test_an_unknown_file_offers_the_nearest_and_the_others_go_on(tmp_path: Path) -> None:
    folder = deliver(tmp_path / "2026-04", "marriage_registraton.csv", MARRIAGES)
    deliver(folder, "divorce_registration.csv", "husband_id,wife_id,divorce_date\n")
    receipt = load(folder, tmp_path / "home", lang="en")
    assert "did you mean marriage_registration" in receipt.messages[0]
    assert [file.source for file in receipt.files] == ["divorce_registration"]
    assert receipt.exit_code == 3


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (MARRIAGES + ",shoe_size", "unknown column 'shoe_size'"),
        (MARRIAGES.replace("marriage_date", "office_code", 1), "column 'office_code' stands twice"),
        ("husband_id,marriage_date", "column 'wife_id' is missing"),
    ],
)
def test_a_wrong_header_stops_the_feed(tmp_path: Path, header: str, said: str) -> None:
    folder = deliver(tmp_path / "2026-04", "marriage_registration.csv", header + "\n")
    (message,) = load(folder, tmp_path / "home", lang="en").messages
    assert said in message
    assert "2026-04/marriage_registration.csv" in message


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("marriage_registration.csv", b"", "the file is empty"),
        ("marriage_registration.csv", MARRIAGES.encode("utf-32"), "UTF-32"),
        ("marriage_registration.csv.gz", TRUNCATED, "cut off"),
        ("marriage_registration.csv.gz", b"not gzip at all", "not what its name says"),
        ("marriage_registration.xlsx", b"PK no workbook", "not what its name says"),
        ("marriage_registration.parquet", b"no parquet here", "not what its name says"),
    ],
    ids=["empty", "UTF-32", "cut off", "no gzip", "no workbook", "no Parquet"],
)
def test_a_file_that_cannot_be_read_is_one_message(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    folder = deliver(tmp_path / "2026-04", "x.txt", "")
    (folder / name).write_bytes(content)
    receipt = load(folder, tmp_path / "home", lang="en")
    assert said in receipt.messages[0]
    assert receipt.files == ()


def test_gb18030_and_chinese_headers_read_the_same(tmp_path: Path) -> None:
    text = f"男方身份证号,女方身份证号,结婚日期,男方姓名\n{number(1)},{number(2)},2010年5月1日,王小明\n"
    folder = deliver(tmp_path / "2026-04", "marriage_registration.csv", "")
    (folder / "marriage_registration.csv").write_bytes(text.encode("gb18030"))
    assert load(folder, tmp_path / "home").files[0].loaded == 1


def test_amounts_off_by_ten_thousand_stop_the_feed(tmp_path: Path) -> None:
    rows = [f"{number(i)},3000{i:02d},,,,,0.05,2024-01,正常,2025-12" for i in range(30)]
    header = "person_id,base,monthly,balance,name,employer_uscc,rate,first_month,status,last_month"
    text = "\n".join([header, *[r.replace(",3000", ",30000") + "" for r in rows]])
    text = text.replace(",,,,,0.05", ",,,,91350100M000100Y43,0.05")
    wrong = "\n".join(
        line if i == 0 else ",".join([line.split(",")[0], "50000000", *line.split(",")[2:]])
        for i, line in enumerate(text.splitlines())
    )
    folder = deliver(tmp_path / "2026-04", "provident_fund_contribution.csv", wrong)
    (message,) = load(folder, tmp_path / "home", lang="en").messages
    assert "unit.suspect: base looks off by a factor of 10,000" in message


def test_control_totals_that_do_not_match_are_told(tmp_path: Path) -> None:
    toml = "as_known = 2026-05-05\n[control.marriage_registration]\nrows = 3\n"
    receipt = marriages(tmp_path, couple(1), couple(2), toml=toml)
    assert receipt.exit_code == 3
    assert "rows" in receipt.messages[0]
    assert receipt.files[0].control == [{"name": "rows", "expected": 3.0, "found": 2.0}]


def test_a_row_no_longer_listed_ends_what_we_know(tmp_path: Path) -> None:
    header = "code,name,valid_from\n"
    store = FactStore(tmp_path / "home" / "tables")
    first = deliver(
        tmp_path / "2026-04",
        "area_code_history.csv",
        header + "539901001000,甲,2000-01-01\n539901002000,乙,2000-01-01\n",
    )
    load(first, tmp_path / "home")
    later = "as_known = 2026-06-05\n"
    load(
        deliver(
            tmp_path / "2026-05",
            "area_code_history.csv",
            header + "539901001000,甲,2000-01-01\n",
            toml=later,
        ),
        tmp_path / "home",
    )
    with store.connect() as now:
        assert now.node("Area").to_pyarrow()["name"].to_pylist() == ["甲"]
    import datetime as dt

    with store.connect(dt.date(2026, 5, 31)) as before:
        assert sorted(before.node("Area").to_pyarrow()["name"].to_pylist()) == ["乙", "甲"]


def test_a_new_source_is_one_toml_file(tmp_path: Path) -> None:
    (tmp_path / "home" / "sources").mkdir(parents=True)
    (tmp_path / "home" / "sources" / "tobacco_retail_licence.toml").write_text(
        """
        [source]
        slug = "tobacco_retail_licence"
        title = { zh = "烟草零售许可", en = "tobacco retail licence" }
        publisher = "烟草专卖"
        cadence = "quarterly"
        nature = "register"
        key = ["licence_no"]
        key_kind = "id"
        [columns]
        licence_no = { zh = "许可证号", type = "str", role = "key" }
        holder_id = { zh = "持有人证件号", type = "id18", role = "main" }
        from_date = { zh = "起始日期", type = "date" }
        [[node]]
        label = "Company"
        id = "'licence/' || licence_no"
        set.kind = "'individual'"
        [[link]]
        type = "LEGAL_REP_OF"
        from = { label = "Person", id = "holder_id" }
        to = { label = "Company", id = "'licence/' || licence_no" }
        valid_from = "from_date"
        """
    )
    text = f"许可证号,持有人证件号,起始日期\nA1,{number(1)},2020-01-01\n"
    receipt = load(
        deliver(tmp_path / "2026-04", "tobacco_retail_licence.csv", text), tmp_path / "home"
    )
    assert receipt.files[0].loaded == 1
    with FactStore(tmp_path / "home" / "tables").connect() as view:
        (link,) = view.link("LEGAL_REP_OF", "Person", "Company").to_pyarrow().to_pylist()
    assert link["end_id"] == "licence/A1"
