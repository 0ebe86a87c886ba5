"""Faults planted and counted: what is caught is what was planted, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest

from benchmarks.payments import numbers
from doudi.loaders import long_csv, read, typed
from doudi.loaders.load import load
from doudi.loaders.macros import engine
from doudi.loaders.source import Column
from doudi.loaders.typed import told_numbers
from doudi.loaders.values import Cell

if TYPE_CHECKING:
    from pathlib import Path

    from tests.loaders.conftest import Office

ROWS = 50_000
HEADER = "payee_id,account_hash,account_name,programme,amount,pay_date,batch,status,benefit_month,area_code"
REFUSED, UNKNOWN = "row refused", "field unknown"
KINDS = (
    ("payee_id", "", "id.missing", REFUSED),
    ("payee_id", "不详", "id.missing", REFUSED),
    ("payee_id", "000000000000000000", "id.missing", REFUSED),
    ("payee_id", "539901198001010011", "id.checksum", REFUSED),
    ("payee_id", "539901198002300015", "id.checksum", REFUSED),
    ("payee_id", "5.39901E+17", "id.scientific", REFUSED),
    ("payee_id", "张三的证件", "id.text", REFUSED),
    ("amount", "待核", "number.text", REFUSED),
    ("amount", "——", "number.text", REFUSED),
    ("amount", "", "required.missing", REFUSED),
    ("amount", "1e15", "number.range", REFUSED),
    ("pay_date", "2025-02-30", "date.impossible", REFUSED),
    ("pay_date", "0000-00-00", "date.impossible", REFUSED),
    ("pay_date", "昨天", "date.impossible", REFUSED),
    ("pay_date", "2031-01-01", "date.future", REFUSED),
    ("status", "冻结", "enum.unknown", UNKNOWN),
    ("benefit_month", "202513", "month.impossible", UNKNOWN),
    ("benefit_month", "去年", "month.impossible", UNKNOWN),
    ("", "one cell too few", "row.truncated", REFUSED),
    ("", "one cell too many", "row.extra", REFUSED),
)


def payments(rows: int) -> tuple[list[list[str]], list[tuple[int, str, str, str]]]:
    """Rows of payments, one in a hundred with a fault, and the faults: line, field, reason, effect."""
    names: list[str] = [*HEADER.split(",")]
    people = numbers(rows // 20, 7)
    cells, planted = [], []
    for n in range(rows):
        month = f"2025-{n % 12 + 1:02d}"
        row = [
            str(people[n % len(people)]), f"{n:032x}", "王小明", "农村低保", f"{300 + n % 700}.50",
            f"{month}-15", month.replace("-", ""), "成功", month, "539901001001",
        ]  # fmt: skip  # one row
        if n % 100 == 37:
            field, cell, reason, effect = KINDS[n // 100 % len(KINDS)]
            planted.append((n + 2, field, reason, effect))
            if field:
                row[names.index(field)] = cell
            else:
                row = row[:-1] if reason == "row.truncated" else [*row, "x"]
        cells.append(row)
    return cells, sorted(planted)


def text(rows: list[list[str]]) -> str:
    return "\n".join([HEADER, *(",".join(row) for row in rows)]) + "\n"


def test_what_is_caught_is_what_was_planted(office: Office) -> None:
    rows, planted = payments(ROWS)
    again = [row for row in rows[:500] if len(row) == len(rows[0])][: ROWS // 200]
    receipt = office.deliver({"one_card_payment.csv": text(rows + again)}).files[0]
    refused = [fault for fault in planted if fault[3] == REFUSED]
    copies = [fault for fault in planted if fault[0] <= len(again) + 3]
    found = office.quarantine()
    assert [fault for fault in found if fault[0] <= ROWS + 1] == planted
    assert receipt.rows_in == ROWS + len(again)
    assert receipt.loaded == ROWS - len(refused)
    assert receipt.loaded + receipt.quarantined + receipt.duplicates == receipt.rows_in
    assert {f[1:] for f in found if f[0] > ROWS + 1} <= {f[1:] for f in copies}
    assert len(office.links("PAID", "Person", "Account")) == receipt.loaded
    assert len(planted) == ROWS // 100
    assert len(Counter(fault[1:3] for fault in planted)) == 13


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[list[list[str]], list[tuple[str, ...]]]:
    """Rows with faults, and what a plain load makes of them."""
    rows, _ = payments(6_000)
    return rows, contents(tmp_path_factory.mktemp("whole"), {"one_card_payment.csv": rows})


def contents(folder: Path, files: dict[str, list[list[str]]]) -> list[tuple[str, ...]]:
    """What a load of files leaves in an empty home."""
    delivery, home = folder / "2026-04", folder / "home"
    delivery.mkdir()
    (delivery / "delivery.toml").write_text("as_known = 2026-05-05\n")
    for name, rows in files.items():
        (delivery / name).write_text(text(rows), "utf-8")
    (home / "keys").mkdir(parents=True)
    (home / "keys" / "pid.key").write_bytes(b"k" * 32)
    load(delivery, home)
    return tables_of(home)


def tables_of(home: Path) -> list[tuple[str, ...]]:
    """Facts, people and refusals of a home, without the places of rows; each once."""
    with duckdb.connect() as con:
        found: list[tuple[str, ...]] = []
        for path in sorted({p.parent for p in (home / "tables").rglob("[0-9]*.parquet")}):
            names = [r[0] for r in con.execute(f"DESCRIBE FROM '{path}/*.parquet'").fetchall()]
            kept = ", ".join(
                f'"{n}"' for n in names if n not in ("row", "_line", "_part", "line", "seq")
            )
            found += con.execute(
                f"SELECT '{path.name}', ({kept})::VARCHAR FROM '{path}/*.parquet'"
            ).fetchall()
        sql = f"SELECT field, reason || effect FROM '{home}/quarantine/*/*.parquet'"
        return sorted({*found, *con.execute(sql).fetchall()})


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_any_number_of_threads_gives_the_same(
    tmp_path: Path,
    whole: tuple[list[list[str]], list[tuple[str, ...]]],
    monkeypatch: pytest.MonkeyPatch,
    threads: int,
) -> None:
    monkeypatch.setattr("doudi.loaders.desk.THREADS", threads)
    assert contents(tmp_path, {"one_card_payment.csv": whole[0]}) == whole[1]


def test_rows_in_any_order_and_files_cut_anywhere_give_the_same(
    tmp_path: Path, whole: tuple[list[list[str]], list[tuple[str, ...]]]
) -> None:
    rows = whole[0]
    mixed = rows[1::2][::-1] + rows[::2]
    parts = {
        "one_card_payment.part1.csv": mixed[:17],
        "one_card_payment.part2.csv": mixed[17:5000],
        "one_card_payment.part3.csv": mixed[5000:],
    }
    assert contents(tmp_path, parts) == whole[1]


@pytest.mark.parametrize("longest", [60, 2_000])
def test_a_file_read_in_small_pieces_gives_the_same(
    tmp_path: Path,
    whole: tuple[list[list[str]], list[tuple[str, ...]]],
    monkeypatch: pytest.MonkeyPatch,
    longest: int,
) -> None:
    monkeypatch.setattr(read, "LONG", 0)
    monkeypatch.setattr(long_csv, "CHUNK", longest * 50)
    monkeypatch.setattr(long_csv, "QUOTED", longest)
    monkeypatch.setattr(typed, "LONG", 100)
    assert contents(tmp_path, {"one_card_payment.csv": whole[0]}) == whole[1]


def second_opinion(number: str) -> str:
    """The reason why a text is no number, found another way than the loader's."""
    if number.strip() in ("", "无", "不详") or not number.strip("0"):
        return "id.missing"
    sent = number.translate(str.maketrans("０１２３４５６７８９Ｘ", "0123456789X")).upper()
    if len(sent) == 15 and sent.isdecimal():
        born, weighed = "19" + sent[6:12], 0
    elif len(sent) == 18 and sent[:17].isdecimal():
        born = sent[6:14]
        weighed = (
            sum(
                (10 if sign == "X" else int(sign)) * pow(2, 17 - place, 11)
                for place, sign in enumerate(sent)
            )
            % 11
            - 1
        )
    else:
        return "id.text"
    try:
        day = date(int(born[:4]), int(born[4:6]), int(born[6:]))
    except ValueError:
        return "id.checksum"
    right = weighed == 0 and date(1850, 1, 1) <= day <= date(2026, 5, 5)
    return "" if right and sent[0] != "0" else "id.checksum"


def altered(number: str, way: int) -> str:
    """A number altered in one of a dozen ways."""
    ways = (
        number, number[:17] + number[17].lower(), number[:6] + number[8:17],
        number.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        number[:10] + "0230" + number[14:], number[:6] + "2031" + number[10:],
        "0" + number[1:], number[:16] + str((int(number[16]) + 1) % 10) + number[17],
        number[:17], number + "1", number[:5] + "A" + number[6:], number[:6] + "1849" + number[10:],
    )  # fmt: skip  # one way each
    return ways[way]


def test_two_implementations_agree_on_every_number() -> None:
    texts = [
        altered(str(number), n % 12 if n % 3 == 0 else 0)
        for n, number in enumerate(numbers(300_000, 3))
    ]
    cell = Cell(Column("p", (), "id18", "key"), "c0", "", date(2026, 5, 5))
    with engine() as con:
        found = told_numbers(con, cell, pa.array(texts))["p__why"].to_pylist()
    wanted = [second_opinion(text) for text in texts]
    wrong = [(t, f, w) for t, f, w in zip(texts, found, wanted, strict=True) if (f or "") != w]
    assert wrong == []
    assert len(Counter(wanted)) == 3
