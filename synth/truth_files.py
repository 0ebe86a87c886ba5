"""The four tables of the truth: of each block, then of the county."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.synth import months
from doudi.synth.parts import PLACE, keep, kept, places_of
from doudi.synth.payments import SOURCE as PAYMENTS
from doudi.synth.truth import DIBAO

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from doudi.synth.sheets import Sheet
    from doudi.synth.truth import Planted
    from doudi.synth.world import World

PEOPLE = 100_000
"""Positions of people that a block may use up."""
PLANTED = pa.schema(
    [
        *((name, pa.string()) for name in ("kind", "code", "role", "household_id", "register")),
        ("person_index", pa.int64()),
        *((name, pa.string()) for name in ("person_id", "month_from", "month_to")),
        ("amount", pa.float64()),
        *(
            (name, pa.string())
            for name in ("clearing_code", "min_grade", "first_batch", "difficulty")
        ),
    ]
)
REFUSED = pa.schema(
    [
        ("source", pa.string()),
        ("batch", pa.string()),
        ("line", pa.int64()),
        ("field", pa.string()),
        ("reason", pa.string()),
        ("effect", pa.string()),
    ]
)
FAULTY = pa.schema(
    [
        ("source", pa.string()),
        ("batch", pa.string()),
        ("line", pa.int64()),
        ("field", pa.string()),
        ("code", pa.string()),
    ]
)
RELAPSED = pa.schema(
    [
        *(
            (name, pa.string())
            for name in ("household_id", "register", "person_id", "month", "cause", "entered")
        ),
        ("observed", pa.bool_()),
        ("delivered", pa.bool_()),
    ]
)
TABLES = {
    "cases": PLANTED,
    "people": PLACE,
    "quarantine": REFUSED,
    "faults": FAULTY,
    "risk": RELAPSED,
}
Tables: TypeAlias = dict[str, pa.Table]
"""Tables of the truth by name."""
ORDER = ("kind", "code", "role", "household_id", "person_id", "month_from")
PAID = """
    WITH paid AS (
        SELECT household_id, payee_id, programme, benefit_month AS month,
            amount::DECIMAL(14, 2) AS amount
        FROM payments WHERE status = '成功' AND amount > 0
    ),
    listed AS (
        SELECT id, sum(paid.amount) AS amount FROM planted JOIN paid USING (household_id)
        WHERE NOT by_payee AND paid.month BETWEEN first AND last GROUP BY id
        UNION ALL
        SELECT id, sum(paid.amount) FROM planted JOIN paid ON paid.payee_id = planted.payee
        WHERE by_payee AND paid.month BETWEEN first AND last
            AND list_contains(programmes, paid.programme) GROUP BY id
    )
    SELECT coalesce(listed.amount, 0)::DOUBLE AS amount
    FROM planted LEFT JOIN listed USING (id) ORDER BY id
"""
"""What was paid in the months of each planted fact: to the household, or by programme."""


def tables_of(world: World, sheets: Sequence[Sheet]) -> Tables:
    """The block's tables; lines count from the block's first row of each file."""
    return {
        "cases": _planted(world),
        "people": people_of(sheets),
        "quarantine": pa.Table.from_pylist(world.truth.refused, REFUSED),
        "faults": pa.Table.from_pylist(world.truth.faults, FAULTY),
        "risk": pa.Table.from_pylist(world.truth.relapses, RELAPSED),
    }


def people_of(sheets: Iterable[Sheet]) -> pa.Table:
    """Whom the lines of some sheets are about."""
    places = [place for sheet in sheets if (place := places_of(sheet)) is not None]
    return pa.concat_tables([PLACE.empty_table(), *(place.cast(PLACE) for place in places)])


def write_tables(tables: Tables, folder: Path) -> None:
    """Put a block's tables aside; those that are not given are empty."""
    for name, schema in TABLES.items():
        keep(tables.get(name, schema.empty_table()), folder / f"{name}.arrow")


def bind_truth(folders: list[Path], first: list[dict[tuple[str, str], int]], target: Path) -> None:
    """Join the tables of all blocks; lines become those of the finished files."""
    target.mkdir(parents=True)
    for name, schema in TABLES.items():
        with pq.ParquetWriter(target / f"{name}.parquet", schema, compression="zstd") as sink:
            if name == "cases":
                whole = pa.concat_tables(kept(f / f"{name}.arrow") for f in folders)
                sink.write_table(whole.sort_by([(column, "ascending") for column in ORDER]))
                continue
            for folder, before in zip(folders, first, strict=True):
                table = kept(folder / f"{name}.arrow")
                sink.write_table(_placed(table, before) if "line" in table.column_names else table)


def _placed(table: pa.Table, before: dict[tuple[str, str], int]) -> pa.Table:
    """The same rows with the lines of the finished files."""
    sheet = pc.binary_join_element_wise(table["batch"], table["source"], "/")
    keys = pa.array([f"{batch}/{source}" for batch, source in before], pa.string())
    rows = pa.array(np.fromiter(before.values(), dtype=np.int64))
    moved = pc.add(table["line"], rows.take(pc.index_in(sheet, value_set=keys)))
    line = pc.if_else(pc.equal(table["line"], 0), 0, moved)  # line 0 is the whole file
    return table.set_column(table.column_names.index("line"), "line", line)


def _planted(world: World) -> pa.Table:
    """The planted facts with what was paid in their months."""
    rows = [_row(world, planted) for planted in world.truth.planted]
    table = pa.Table.from_pylist(rows, PLANTED)
    amount = np.where([p.code.startswith("E") for p in world.truth.planted], _paid(world), 0.0)
    told = np.array([p.amount for p in world.truth.planted])
    amount = np.where(told < 0, amount, told)
    return table.set_column(table.column_names.index("amount"), "amount", pa.array(amount))


def _row(world: World, planted: Planted) -> dict[str, object]:
    """One planted fact as a row, its amount apart."""
    known = min(max(planted.known, months.SNAPSHOT), months.LAST)
    return {
        "kind": "error" if planted.code.startswith("E") else "leak",
        "code": planted.code,
        "role": planted.role,
        "household_id": planted.household_id,
        "register": planted.register,
        "person_index": world.block.number * PEOPLE + planted.person,
        "person_id": str(world.people.number[planted.person]),
        "month_from": months.month_name(planted.first),
        "month_to": months.month_name(planted.last),
        "clearing_code": planted.clearing,
        "min_grade": planted.min_grade,
        "first_batch": months.month_name(known),
        "difficulty": planted.difficulty,
    }


def _paid(world: World) -> NDArray[np.float64]:
    """What was paid in the months of each planted fact."""
    if not world.truth.planted:
        return np.zeros(0)
    planted = pa.Table.from_pylist(
        [
            {
                "id": number,
                "household_id": p.household_id,
                "payee": str(world.people.number[p.payee]),
                "by_payee": p.register != DIBAO,
                "programmes": list(p.programmes),
                "first": str(months.text_of(p.first)),
                "last": str(months.text_of(p.last)),
            }
            for number, p in enumerate(world.truth.planted)
        ]
    )
    with duckdb.connect(config={"threads": 1}) as con:
        con.register("planted", planted)
        books = (world.book, *(book for _, book in sorted(world.offices.items())))
        con.register("payments", pa.concat_tables(book.frame(PAYMENTS) for book in books))
        return np.asarray(con.execute(PAID).fetchnumpy()["amount"], dtype=np.float64)
