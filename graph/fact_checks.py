"""What a table must be before it may become a fact file: columns, types, grades, no NaN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.graph.errors import SchemaError, joined
from doudi.graph.schema import GRADES

if TYPE_CHECKING:
    from doudi.graph.errors import Said

_ALWAYS = ("fact_id", "known_from", "seq", "retracted", "source")


def checked(table: pa.Table, columns: pa.Schema, *, where: Said) -> pa.Table:
    """The table in the declared column order and types, or a SchemaError with all problems."""
    problems = _column_problems(table, columns)
    if problems:
        raise SchemaError(
            joined(problems),
            where=where,
            expected=("fact_columns 给出的列", "the columns of fact_columns"),
        )
    try:
        typed = pa.table({c.name: _column(table, c) for c in columns}, schema=columns)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise SchemaError(
            ("有列的类型与声明不符", "a column has another type than declared"),
            where=where,
            expected=", ".join(f"{c.name} {c.type}" for c in columns),
        ) from error
    problems = _value_problems(typed)
    if problems:
        raise SchemaError(joined(problems), where=where)
    return typed


_FIXED = (
    "fact_id", "id", "start_id", "end_id", "valid_from", "valid_to", "known_from", "seq",
    "retracted", "source", "batch", "row", "grade", "digest",
)  # fmt: skip


def _column_problems(table: pa.Table, columns: pa.Schema) -> list[Said]:
    given, declared = set(table.column_names), set(columns.names)
    fixed = {name for name in columns.names if name in _FIXED}
    problems: list[Said] = [
        (f"不认识的列 {name}", f"unknown column {name}") for name in sorted(given - declared)
    ]
    problems += [(f"缺少列 {name}", f"missing column {name}") for name in sorted(fixed - given)]
    if len(given) < len(table.column_names):
        problems.append(("有列出现两次", "a column occurs twice"))
    return problems


def _column(table: pa.Table, column: pa.Field) -> Any:  # noqa: ANN401 - Arrow is untyped
    if column.name not in table.column_names:
        return pa.nulls(table.num_rows, column.type)
    return table[column.name].cast(column.type)


def _value_problems(table: pa.Table) -> list[Said]:
    believed = table.filter(~pc.field("retracted"))
    ends = [name for name in ("id", "start_id", "end_id") if name in table.column_names]
    empty = [name for name in _ALWAYS if table[name].null_count]
    empty += [name for name in ends if believed[name].null_count]
    problems: list[Said] = [(f"{name} 有空值", f"{name} is empty") for name in empty]
    grades = set(believed["grade"].unique().to_pylist()) - set(GRADES)
    if grades:
        named = ", ".join(map(repr, sorted(map(str, grades))))
        problems.append((f"身份等级 {named}", f"grade {named}"))
    numbers = [column.name for column in table.schema if column.type == pa.float64()]
    problems += [
        (f"{name} 含 NaN，应为空值", f"{name} holds NaN, which must be null")
        for name in numbers
        if _has_nan(table[name])
    ]
    return problems


def _has_nan(numbers: pa.ChunkedArray) -> bool:
    return bool(np.isnan(numbers.drop_null().to_numpy()).any())
