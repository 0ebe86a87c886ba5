"""Files of records to link, and the files of what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.graph.errors import DoudiError, HomeError, LinkError, filled, joined
from doudi.linking.check import check_columns
from doudi.loaders.read import SUFFIXES, read_sheet, suffix_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from doudi.graph.errors import Said
    from doudi.linking.settings import LinkSettings

READABLE = filled("{kinds} 文件", "a file of {kinds}", kinds=joined(SUFFIXES, "、", ", "))
NEXT = (
    "检查路径和文件内容；可另存为 Parquet 或 CSV",
    "look at the path and the file; save it as Parquet or CSV",
)


def read_records(path: Path, settings: LinkSettings, side: str) -> pa.Table:
    """The columns of a file that are used; of a Parquet file nothing else is read.

    Args:
        path: A Parquet, CSV, TSV or XLSX file.
        settings: Which column means what.
        side: ``left`` or ``right``, for messages.

    Raises:
        LinkError: if it cannot be read as what its name says.
        UnknownName: if a column is not there.
    """
    if not path.is_file():
        raise _unread(path, ("没有此文件", "there is no such file"))
    if not suffix_of(path):
        raise _unread(path, ("不能读取此类文件", "files of this kind are not read"))
    try:
        if suffix_of(path) == ".parquet":
            return _parquet(path, settings, side)
        return _text(path, settings, side)
    except (pa.ArrowException, OSError) as error:
        kind = type(error).__name__
        said = (
            f"文件已损坏或不是其扩展名所示({kind})",
            f"damaged, or not what its name says ({kind})",
        )
        raise _unread(path, said) from None


def _parquet(path: Path, settings: LinkSettings, side: str) -> pa.Table:
    names = pq.read_schema(path).names
    check_columns(names, settings, side)
    return pq.read_table(path, columns=list(dict.fromkeys([settings.id, *settings.columns])))


def _text(path: Path, settings: LinkSettings, side: str) -> pa.Table:
    """A table of texts."""
    try:
        sheet = read_sheet(path)
    except DoudiError as error:
        raise _unread(path, error.both.found) from None
    if sheet.misshapen:
        lines = ", ".join(str(line) for line, *_ in sheet.misshapen[:5])
        raise _unread(
            path,
            (
                f"第 {lines} 行的单元格数与表头不符",
                f"lines {lines} have other cells than the header",
            ),
        )
    headers = [header.strip() for header in sheet.headers]
    check_columns(headers, settings, side)
    wanted = dict.fromkeys([settings.id, *settings.columns])
    return pa.table({name: sheet.rows[f"c{headers.index(name)}"] for name in wanted})


def _unread(path: Path, found: Said) -> LinkError:
    return LinkError(found, where=str(path), expected=READABLE, next_step=NEXT)


def write_found(out: Path, tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """Write each table as ``NAME.parquet``, whole or not at all.

    Returns:
        Paths by name.

    Raises:
        HomeError: if the folder cannot be written.
    """
    paths = {name: out / f"{name}.parquet" for name in tables}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            part = out / f".{name}.part"
            pq.write_table(table, part, compression="zstd")
            part.replace(paths[name])
    except OSError as error:
        raise HomeError.unwritten(error, str(out)) from error
    return {name: str(path) for name, path in paths.items()}
