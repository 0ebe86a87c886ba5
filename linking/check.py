"""What must be so before records are linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from doudi.graph.errors import LinkError, UnknownName, UsageError
from doudi.linking.settings import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doudi.graph.errors import Pair
    from doudi.linking.settings import LinkSettings

MAP_NEXT = (
    "写 --map，例如 --map name=姓名,birth=出生日期,area=区划",
    "type --map, such as --map name=full_name,birth=dob,area=village",
)


def _table(side: str) -> Pair:
    return ("左表", "left table") if side == "left" else ("右表", "right table")


def check_settings(settings: LinkSettings, *, two: bool) -> None:
    """Refuse settings that leave nothing to compare, or ask for what one table cannot have."""
    told = [getattr(settings, kind) for kind in KINDS if kind != "household"]
    if not any(told) and not settings.compare:
        raise UsageError(
            ("没有可以比较的列", "no column to compare"),
            where="--map",
            expected=(
                "name、birth、sex、area 中至少一项，或 --compare",
                "at least one of name, birth, sex, area, or --compare",
            ),
            next_step=MAP_NEXT,
        )
    if settings.one_to_one and not two:
        raise UsageError(
            ("只有一个表", "there is one table only"),
            where="--one-to-one",
            expected=("两个表之间一对一", "one to one between two tables"),
            next_step=("去掉 --one-to-one，或给出第二个表", "leave it out, or name a second table"),
        )


def check_columns(names: Sequence[str], settings: LinkSettings, side: str) -> None:
    """Refuse a table that lacks a column, or has it twice; offers the nearest names."""
    for column in (settings.id, *settings.columns):
        if names.count(column) == 1:
            continue
        if column in names:
            raise LinkError(
                (f"有多个名为“{column}”的列", f"several columns are named {column!r}"),
                where=_table(side),
                expected=("列名各不相同", "a name for each column"),
                next_step=("给其中一列改名", "give one of them another name"),
            )
        raise UnknownName.among(
            ("列", "column"),
            column,
            names,
            where=_table(side),
            next_step=("改正 --id、--map 或 --compare", "mend --id, --map or --compare"),
        )


def check_table(table: pa.Table, settings: LinkSettings, side: str) -> None:
    """Refuse a table that lacks a column, has no rows, or whose identifiers are none."""
    check_columns(table.column_names, settings, side)
    if table.num_rows == 0:
        raise LinkError(
            ("没有记录", "it has no rows"),
            where=_table(side),
            expected=("至少一行", "at least one row"),
            next_step=("检查该文件的来源", "look at where the file comes from"),
        )
    _check_types(table, settings, side)
    _check_ids(table[settings.id], settings.id, side)


def _check_types(table: pa.Table, settings: LinkSettings, side: str) -> None:
    kinds = {name: table.schema.field(name).type for name in (settings.id, *settings.columns)}
    lists = [n for n, t in kinds.items() if pa.types.is_nested(t) or pa.types.is_binary(t)]
    if lists:
        raise LinkError(
            (
                f"列 {'、'.join(lists)} 的值不是单个值",
                f"the values of {', '.join(lists)} are no single values",
            ),
            where=_table(side),
            expected=("文本、数字或日期", "texts, numbers or dates"),
            next_step=("换一列，或先拆开该列", "take another column, or unfold this one first"),
        )


def _check_ids(ids: pa.ChunkedArray, name: str, side: str) -> None:
    rows, zh, en = len(ids), *_table(side)
    if pa.types.is_string(ids.type) or pa.types.is_large_string(ids.type):
        ids = pc.if_else(pc.equal(ids, ""), pa.scalar(None, ids.type), ids)
    told = rows - ids.null_count
    different = pc.count_distinct(ids).as_py() if told else 0
    if told == rows == different:
        return
    raise LinkError(
        (
            f"{rows} 行中有 {rows - told} 行编号为空，{told - different} 行编号重复",
            f"of {rows} rows {rows - told} have no identifier and {told - different} repeat one",
        ),
        where=(f"{zh} {name} 列", f"{en}, column {name}"),
        expected=("每行一个不同的编号", "one identifier a row, each different"),
        next_step=(
            "换一列作 --id，或为各行编号",
            "take another column as --id, or number the rows",
        ),
    )
