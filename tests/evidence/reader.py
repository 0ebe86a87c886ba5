"""A county's deliveries as DuckDB tables: one for each source, English columns, one spelling.

``<slug>`` holds what counts: of every key the rows of the newest delivery that has it.
``<slug>_sent`` holds every row of every delivery. Both have a column ``delivery``, the folder's
name (``batch`` is a column of payments).
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from tests.evidence.cells import cells_of
from tests.evidence.spelling import (
    amount_of,
    day_of,
    flag_of,
    list_of,
    month_of,
    number_of,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
ENDS = {"终止": "end", "删除": "delete"}
AMOUNT = pa.decimal128(18, 4)
READINGS: dict[str, tuple[pa.DataType, Callable[[str | None], object]]] = {
    "id18": (pa.string(), number_of),
    "id18_or_uscc": (pa.string(), number_of),
    "str18": (pa.string(), number_of),
    "date": (pa.string(), day_of),
    "datetime": (pa.string(), day_of),
    "yyyymm": (pa.string(), month_of),
    "decimal": (AMOUNT, amount_of),
    "int": (AMOUNT, amount_of),
    "bool": (pa.bool_(), flag_of),
    "list[id18]": (pa.list_(pa.string()), partial(list_of, read=number_of)),
}
LIST = (pa.list_(pa.string()), list_of)
TEXT = (pa.string(), text_of)
"""Of a type, what DuckDB sees and how a cell is read; all other types are text."""


@dataclass(frozen=True)
class Column:
    """One column of a source, as the dictionary of headers has it."""

    field: str
    header: str
    type: str
    unit: str
    is_key: bool

    @property
    def reading(self) -> tuple[pa.DataType, Callable[[str | None], object]]:
        """Its type in DuckDB and the function that reads its cells."""
        return READINGS.get(self.type, LIST if self.type.startswith("list") else TEXT)

    def is_headed(self, name: str) -> bool:
        """Whether a file's header, without unit, means this column."""
        return name in {self.field, self.header, bare_header(self.header)[0]}


@dataclass(frozen=True)
class Source:
    """How a source is written, and whether a key stands for a bag of rows."""

    slug: str
    encoding: str
    suffix: str
    is_bag: bool
    columns: tuple[Column, ...]


@cache
def sources() -> dict[str, Source]:
    """Every source with its columns; ``_op`` may stand in any source and is read for all."""
    columns = defaultdict(list)
    for row in _dictionary("columns.csv"):
        if row["field"] == "_op":
            continue
        key = row["role"] == "key"
        column = Column(row["field"], row["header_zh"], row["type"], row["unit"], key)
        columns[row["source"]].append(column)
    return {
        row["source"]: Source(
            row["source"],
            row["encoding"],
            row["suffix"],
            row["key_kind"] == "group",
            tuple(columns[row["source"]]),
        )
        for row in _dictionary("sources.csv")
    }


def _dictionary(name: str) -> list[dict[str, str]]:
    text = files("doudi.synth").joinpath(name).read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def mentioned(sql: str) -> set[str]:
    """Sources whose tables a query names."""
    words = {word.removesuffix("_sent") for word in re.findall(r"\w+", sql)}
    return words & set(sources())


class Reader:
    """Reads sources of one county when they are first asked for."""

    def __init__(self, county: Path) -> None:
        """Open a county; nothing is read yet.

        Args:
            county: Folder with ``deliveries`` in it.
        """
        self.batches = sorted((county / "deliveries").iterdir())
        # One thread: with several, the recursive walk over kin lost a tie now and then.
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute((HERE / "macros.sql").read_text("utf-8"))
        self._read: set[str] = set()

    def need(self, slugs: set[str]) -> None:
        """Make the tables of these sources."""
        for slug in sorted(slugs - self._read):
            self._make(sources()[slug])
        self._read |= slugs

    def _make(self, source: Source) -> None:
        paths = [folder / f"{source.slug}.{source.suffix}" for folder in self.batches]
        parts = [_typed(source, path) for path in paths if path.exists()]
        whole = pa.concat_tables(parts) if parts else _schema(source).empty_table()
        self.connection.register("arrived", whole)
        self.connection.execute(f"CREATE TABLE {source.slug}_sent AS SELECT * FROM arrived")
        self.connection.unregister("arrived")
        self.connection.execute(f"CREATE TABLE {source.slug} AS {_newest(source)}")


def _schema(source: Source) -> pa.Schema:
    own = [(column.field, column.reading[0]) for column in source.columns]
    common = [("delivery", pa.string()), ("line", pa.int64()), ("_op", pa.string())]
    return pa.schema([*common, *own])


def _typed(source: Source, path: Path) -> pa.Table:
    """One file with English columns; a column it lacks is unknown throughout."""
    raw = cells_of(path, source.encoding)
    headers = [bare_header(name) for name in raw.column_names]
    made = {
        "delivery": pa.array([path.parent.name] * raw.num_rows, pa.string()),
        "line": pa.array(range(2, raw.num_rows + 2), pa.int64()),
        "_op": pa.nulls(raw.num_rows, pa.string()),
    }
    for cells, (name, unit) in zip(raw.columns, headers, strict=True):
        if name in {"_op", "操作"}:
            made["_op"] = _read(cells, pa.string(), lambda cell: ENDS.get(cell or "", cell))
        for column in source.columns:
            if column.is_headed(name):
                made[column.field] = _read(cells, *_in_unit(column, unit))
    for column in source.columns:
        made.setdefault(column.field, pa.nulls(raw.num_rows, column.reading[0]))
    schema = _schema(source)
    return pa.table([made[name] for name in schema.names], schema=schema)


def _in_unit(column: Column, unit: str) -> tuple[pa.DataType, Callable[[str | None], object]]:
    """The reading of a column whose header has a unit of its own."""
    kind, read = column.reading
    if column.type != "decimal" or "万元" not in {unit, column.unit} or unit in {"", column.unit}:
        return kind, read
    factor = 10000 if unit == "万元" else 1

    def scaled(cell: str | None) -> object:
        amount = amount_of(cell)
        return None if amount is None else amount * factor if factor > 1 else amount / 10000

    return kind, scaled


def _read(cells: Any, kind: pa.DataType, read: Callable[[str | None], object]) -> pa.Array:  # noqa: ANN401  # pyarrow is untyped
    """Read each different cell once."""
    coded = cells.combine_chunks().dictionary_encode(null_encoding="encode")
    values = pa.array([read(cell) for cell in coded.dictionary.to_pylist()], kind)
    return values.take(coded.indices)


def bare_header(header: str) -> tuple[str, str]:
    """A header without blanks and marks, and the unit in its brackets, empty if none."""
    text = re.sub(r"[\s\ufeff]", "", header).translate(str.maketrans("（）", "()"))
    found = re.fullmatch(r"(.+?)\(([^()]*)\)", text)
    return (found[1], found[2]) if found else (text, "")


def _newest(source: Source) -> str:
    """Rows of the newest delivery of each key; of a key that stands for one row, the last line."""
    key = ", ".join(f'"{column.field}"' for column in source.columns if column.is_key)
    rank = "rank() OVER" if source.is_bag else "row_number() OVER"
    order = "delivery DESC" if source.is_bag else "delivery DESC, line DESC"
    return (
        f"SELECT DISTINCT * EXCLUDE (line) FROM (SELECT * FROM {source.slug}_sent "
        f"QUALIFY {rank} (PARTITION BY {key} ORDER BY {order}) = 1) "
        "WHERE _op IS DISTINCT FROM 'delete'"
    )
