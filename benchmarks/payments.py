"""A delivery of payments made at will: any number of rows, one in a hundred with a fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pyarrow import csv

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
PROGRAMMES = ("农村低保", "城市低保", "高龄津贴", "耕地地力保护补贴", "临时救助")
HEADER = (
    "payee_id", "account_hash", "account_name", "programme", "amount", "pay_date", "batch",
    "status", "payment_no", "benefit_month", "household_id", "reverses", "area_code",
)  # fmt: skip
ONE_IN = 100


def numbers(count: int, seed: int) -> NDArray[np.str_]:
    """Valid numbers of nobody; several may be equal."""
    random = np.random.default_rng(seed)
    area = 539901 + 100 * random.integers(-9, 1, count)
    day = np.datetime64("1930-01-01") + random.integers(0, 30_000, count)
    body = [f"{a}{d}{s:03d}" for a, d, s in zip(
        area, np.char.replace(day.astype(str), "-", ""), random.integers(0, 1000, count), strict=True
    )]  # fmt: skip  # a generator of test data, not a job
    digits = np.array(body).view(np.uint32).reshape(count, 17) - ord("0")
    checks = np.array(list("10X98765432"))[(digits @ WEIGHTS) % 11]
    return np.char.add(body, checks)


@dataclass(frozen=True)
class Fault:
    """A fault: the column, what is done to its cells, and what a loader says of them."""

    column: str
    reason: str
    effect: str
    cells: tuple[str, ...]


FAULTS = (
    Fault("payee_id", "id.missing", "row refused", ("", "无", "000000000000000000")),
    Fault("payee_id", "id.text", "row refused", ("张三", "12345")),
    Fault("payee_id", "id.checksum", "row refused", ("53990119800230001X", "539901198001010011")),
    Fault("payee_id", "id.scientific", "row refused", ("5.39901E+17",)),
    Fault("amount", "number.text", "row refused", ("待核", "——")),
    Fault("amount", "required.missing", "row refused", ("", "NULL")),
    Fault("pay_date", "date.impossible", "row refused", ("2025-02-30", "0000-00-00", "昨天")),
    Fault("pay_date", "date.future", "row refused", ("2031-01-01",)),
    Fault("status", "enum.unknown", "field unknown", ("冻结",)),
    Fault("benefit_month", "month.impossible", "field unknown", ("202513", "去年")),
)


def write_payments(folder: Path, rows: int, seed: int = 1) -> None:
    """Write ``one_card_payment.csv`` and ``delivery.toml``.

    One row in a hundred has a fault of ``FAULTS``, one in two hundred a spelling that is repaired,
    and the last hundredth repeats rows of the first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    people = numbers(max(rows // 20, 10), seed)
    whose = random.integers(0, len(people), rows)
    month = np.datetime64("2023-05") + random.integers(0, 36, rows)
    day = month.astype("datetime64[D]") + random.integers(0, 28, rows)
    flat = np.char.replace(month.astype(str), "-", "")
    columns: dict[str, NDArray[np.object_]] = {
        "payee_id": people[whose].astype(object),
        "account_hash": np.array([f"{n:030x}ab" for n in whose * 7919 + 11], object),
        "account_name": np.array(["陈明海", "李小红", "王芳", "敬老院"], object)[whose % 4],
        "programme": np.array(PROGRAMMES, object)[random.integers(0, 5, rows)],
        "amount": np.char.mod("%.2f", random.integers(2000, 90_000, rows) / 100).astype(object),
        "pay_date": day.astype(str).astype(object),
        "batch": flat.astype(object),
        "status": np.where(random.integers(0, ONE_IN, rows) == 0, "退回", "成功").astype(object),
        "payment_no": np.array([f"P{n:010d}" for n in range(rows)], object),
        "benefit_month": flat.astype(object),
        "household_id": np.array([f"DB{n:09d}" for n in whose // 3], object),
        "reverses": np.full(rows, "", object),
        "area_code": np.array([f"5399010{n:05d}" for n in whose % 400], object),
    }
    _spoil(columns, random, rows)
    table = pa.table({name: pa.array(columns[name], pa.string()) for name in HEADER})
    table = pa.concat_tables([table, table.slice(0, rows // 100)])
    with (folder / "one_card_payment.csv").open("wb") as file:
        file.write((",".join(HEADER) + "\n").encode())
        csv.write_csv(table, file, csv.WriteOptions(include_header=False, quoting_style="none"))
    about = 'batch = "2026-04"\nas_known = 2026-05-05\nmode = "snapshot"\n'
    (folder / "delivery.toml").write_text(about, "utf-8")


HOUSEHOLD = "household_id,area_code,category,approve_date,start_month,monthly_amount"


def write_households(folder: Path, rows: int, *, changed: int = 0) -> None:
    """Write ``dibao_household_register.csv``: ``rows`` households, or those that changed.

    Args:
        folder: Where it goes.
        rows: Households in all.
        changed: Write every so-manyth only, with another amount; 0: all, as they were.
    """
    lines = [HOUSEHOLD]
    for n in range(0, rows, changed or 1):
        amount = 300 + n % 500 + (50 if changed else 0)
        lines.append(f"DB{n:09d},5399010{n % 400:05d},{'ABC'[n % 3]},2020-01-15,202002,{amount}.00")
    (folder / "dibao_household_register.csv").write_text("\n".join(lines) + "\n", "utf-8")


def _spoil(columns: dict[str, NDArray[np.object_]], random: np.random.Generator, rows: int) -> None:
    """Faults in some rows, other spellings in others."""
    odd = random.permutation(rows)[: rows // ONE_IN]
    for place, row in enumerate(odd):
        fault = FAULTS[place % len(FAULTS)]
        columns[fault.column][row] = fault.cells[place % len(fault.cells)]
    spelt = np.setdiff1d(random.permutation(rows)[: rows // (2 * ONE_IN)], odd)
    for place, row in enumerate(spelt):
        number = str(columns["payee_id"][row])
        if place % 3 == 0:
            columns["payee_id"][row] = "'" + number.lower()
        elif place % 3 == 1:
            columns["pay_date"][row] = str(columns["pay_date"][row]).replace("-", "/")
        else:
            columns["amount"][row] = "￥" + str(columns["amount"][row])
